"""Print how long each figure of a large log takes, beside the replay that it is read from.

Run it with `python tests/benchmarks/insight.py`. Nothing passes or fails here: one page of
figures. docs/explanation/insight.md shows it.
"""

import argparse
import os
import platform
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import polars as pl
from harness.clock import spread

from columnar import made_log
from lifecycle_model import Axis, Lifecycle, Policy, columnar, insight
from lifecycle_model.insight import Book

FIGURES: Final[dict[str, Callable[[Book], object]]] = {
    "growth": insight.growth,
    "funnel": insight.funnel,
    "funnel, by cohort": lambda book: insight.funnel(book, by="cohort"),
    "flows of situations": insight.flows,
    "flows of positions": lambda book: insight.flows(book, Axis.POSITION),
    "deals": insight.deals,
    "satisfaction": insight.satisfaction,
    "value": insight.value,
    "behaviours, 30 days": lambda book: insight.behaviours(book, 30),
    "tenure, 30 days": insight.tenure,
    "actions, 30 days": lambda book: insight.actions(book, 30),
}
"""What is read off one book."""

Times = dict[str, float]
"""Seconds by name."""


def main() -> None:
    """Measure everything and print the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=10_000_000, help="size of the log")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(tempfile.gettempdir()) / "lifecycle-model-benchmarks",
        help="where the logs are kept",
    )
    options = parser.parse_args()
    path = made_log(options.folder, options.events)
    log = pl.read_parquet(path)
    times: dict[str, list[float]] = {}
    for turn in range(options.rounds + 1):
        found = measured(path, log)
        if turn > 0:  # the first round warms up
            for name, seconds in found.items():
                times.setdefault(name, []).append(seconds)
    machine = (
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores"
    )
    print(f"{datetime.now(tz=UTC).date()}: {machine}; {log.height:,} events")
    print(f"{options.rounds} rounds; seconds on the wall, least / median / greatest")
    for name, seconds in times.items():
        print(f"{name:32}{spread(seconds)!s:>22}")


def measured(path: Path, log: pl.DataFrame) -> Times:
    """Return how long everything takes, once."""
    times: Times = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        start = perf_counter()
        found = work()
        times[name] = perf_counter() - start
        return found

    lifecycle = Lifecycle()
    first, end = log["occurred_at"].min(), log["occurred_at"].max()
    middle = (first + (end - first) / 2).date()
    days = [middle, middle + timedelta(days=30)]
    replay = timed(
        "replay_file, with transitions",
        lambda: columnar.replay_file(path, lifecycle, as_of=end, transitions=True),
    )
    book = timed("of_replay", lambda: insight.of_replay(log, replay, lifecycle))
    for name, figure in FIGURES.items():
        timed(name, partial(figure, book))
    timed("backtest, at the middle", lambda: insight.backtest(log, middle, lifecycle))
    timed("standings, two days", lambda: insight.standings(log, lifecycle, days))
    policies = Policy(), Policy.grocery()
    timed("what_if", lambda: insight.what_if(log, *policies, as_of=end))
    return times


if __name__ == "__main__":
    main()
