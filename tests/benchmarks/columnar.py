"""Print how fast and how lean the columnar engine folds large logs, beside other tools.

Run it with `python tests/benchmarks/columnar.py`. Nothing passes or fails here: one page of
figures. docs/explanation/performance.md tells how to read it.
"""

import argparse
import hashlib
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Final

from harness.clock import Spread, ratio, spread
from harness.fresh import Measured, measure, start_times

import lifecycle_model

CUSTOMER_EVENTS: Final = 20
"""Events for each customer, on average; few have most of them."""
SEED: Final = 20_261_125
SIZES: Final = (1_000_000, 10_000_000, 40_000_000)

ENGINE, SORT, READ, DUCKDB = "replay_file", "polars_sort", "polars_read", "duckdb_group"
PANDAS, MACHINE, KERNEL = "pandas_apply", "transitions_loop", "kernel"
WHOLE: Final = (ENGINE, SORT, DUCKDB, READ)
SAMPLED: Final = (PANDAS, MACHINE)
JOB_NAMES: Final = {
    ENGINE: "columnar.replay_file",
    SORT: "polars: read, sort by customer and time",
    DUCKDB: "duckdb: count, sum, max by customer",
    READ: "polars: read",
    PANDAS: "pandas: groupby.apply",
    MACHINE: "transitions: a loop",
}

Key = tuple[int, str, int]
"""Events, job, threads."""
Results = dict[Key, list[Measured]]


def main() -> None:
    """Measure everything and print the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, nargs="+", default=SIZES, help="sizes of the log")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--starts", type=int, default=3, help="cold starts, each compiles")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(tempfile.gettempdir()) / "lifecycle-model-benchmarks",
        help="where the logs are kept",
    )
    options = parser.parse_args()
    sizes = sorted(options.events)
    logs = {events: made_log(options.folder, events) for events in sizes}
    machine = (
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores"
    )
    print(
        f"{datetime.now(tz=UTC).date()}: {machine}; {options.threads} threads, time on the wall"
    )
    print(f"{options.rounds} rounds, every round runs each line once, in a process of its own;")
    print("least / median / greatest; peak: memory above what the imports took")
    results = measured(logs, options.threads, options.rounds)
    for events in sizes:
        _print_size(events, logs[events], results, options.threads)
    for small, large in pairwise(sizes):
        _print_growth(small, large, results, options.threads)
    _print_kernel(_kernel_size(sizes), results, options.threads)
    _print_starts(options.starts)


def made_log(folder: Path, events: int) -> Path:
    """Return a log of so many events, made where it is not there yet."""
    customers = events // CUSTOMER_EVENTS
    source = Path(lifecycle_model.__file__).parent / "simulate"
    digest = hashlib.sha256(b"".join(map(Path.read_bytes, sorted(source.glob("*.py")))))
    path = folder / f"log-{events}-{customers}-{SEED}-{digest.hexdigest()[:8]}.parquet"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.parquet")
        # In a process of its own: a child's greatest memory begins with its parent's.
        program = (
            "import sys; from lifecycle_model.simulate import NARROW, write_event_log; "
            "path, *numbers = sys.argv[1:]; events, customers, seed = map(int, numbers); "
            "write_event_log(path, events, customers, seed=seed, columns=NARROW)"
        )
        command = [sys.executable, "-c", program, str(part), str(events), str(customers)]
        subprocess.run([*command, str(SEED)], check=True)
        part.rename(path)
    return path


def measured(logs: Mapping[int, Path], threads: int, rounds: int) -> Results:
    """Run every job on every log once in each round; the first round is not kept."""
    keys = [(events, job, threads) for events in logs for job in (*WHOLE, *SAMPLED)]
    keys += [(_kernel_size(logs), KERNEL, some) for some in range(1, threads + 1)]
    results: Results = {key: [] for key in keys}
    for turn in range(rounds + 1):
        for events, job, some in keys:
            found = measure(job, logs[events], events, some)
            if turn > 0 and found is not None:
                results[events, job, some].append(found)
    return results


def _kernel_size(sizes: Iterable[int]) -> int:
    """Return the size at which the kernel is measured alone: the one nearest to 10 million."""
    return min(sizes, key=lambda events: abs(events - 10_000_000))


def _print_size(events: int, log: Path, results: Results, threads: int) -> None:
    whole = {job: results[events, job, threads] for job in WHOLE}
    engine = whole[ENGINE]
    print()
    megabytes, customers = log.stat().st_size / 1e6, events // CUSTOMER_EVENTS
    print(f"== {events:,} events, {customers:,} customers; a file of {megabytes:.0f} MB ==")
    print(f"{'':48}{'seconds':>22}{'peak MB':>9}{'replay_file over it':>22}")
    for job, found in whole.items():
        peak = median(one.peak for one in found)
        beside = "" if job == ENGINE else ratio(_seconds(engine), _seconds(found))
        print(f"{_name(job):48}{spread(_seconds(found))!s:>22}{peak:>9.0f}{beside!s:>22}")
    print(
        f"{'of some customers':48}{'µs an event':>22}{'events':>9}{'it over replay_file':>22}"
    )
    for job in SAMPLED:
        found = results[events, job, threads]
        each, beside = spread(_each(found)), ratio(_each(found), _each(engine))
        sample = found[0].told["events"]
        print(f"{_name(job):48}{each!s:>22}{sample:>9}{beside!s:>22}")
    for job, aim in ((SORT, "0.5"), (DUCKDB, "3")):
        _aim(f"replay_file over {job}", ratio(_seconds(engine), _seconds(whole[job])), aim)
    for what in ("resident", "estimated"):
        occupied = [one.told[what] for one in whole[READ]]
        text = f"its peak over the {median(occupied):.0f} MB that polars_read keeps, {what}"
        _aim(text, ratio([one.peak for one in engine], occupied), "2")


def _print_growth(small: int, large: int, results: Results, threads: int) -> None:
    print()
    print(f"== growth: the time of {large:,} events over that of {small:,} ==")
    growth = {
        job: [
            more / less
            for more, less in zip(
                _seconds(results[large, job, threads]),
                _seconds(results[small, job, threads]),
                strict=True,
            )
        ]
        for job in (ENGINE, SORT, DUCKDB)
    }
    for job, times in growth.items():
        print(f"{_name(job):48}{spread(times)!s:>22}")
    _aim("replay_file's over duckdb_group's", ratio(growth[ENGINE], growth[DUCKDB]), "1.25")


def _print_kernel(events: int, results: Results, threads: int) -> None:
    print()
    print(f"== the compiled kernel alone, {events:,} encoded events ==")
    for some in range(1, threads + 1):
        found = results[events, KERNEL, some]
        speed = [events / seconds / 1e6 for seconds in _seconds(found)]
        told = f"{spread(speed)} million events a second" if speed else "not measured"
        print(f"{some} thread{'s' * (some > 1)}: {told}; the aim on two is 30")


def _print_starts(rounds: int) -> None:
    print()
    print("== start: seconds on the wall ==")
    print(f"{'':24}{'imports':>22}{'replay of one event':>22}{'the whole process':>22}")
    times = [start_times() for _ in range(rounds)]
    for name, text in (("cold", "nothing compiled"), ("warm", "compiled before")):
        parts = zip(*(one[name] for one in times), strict=True)
        print(f"{text:24}" + "".join(f"{spread(list(part))!s:>22}" for part in parts))
    print(
        "the aims are at most 15 for the first replay, and less than 1 for a process after it"
    )


def _name(job: str) -> str:
    """Return what a job is called on the page; a name of another package has its version."""
    package, _, does = JOB_NAMES[job].partition(":")
    return f"{package} {version(package)}:{does}" if does else package


def _seconds(found: Sequence[Measured]) -> list[float]:
    return [one.seconds for one in found]


def _each(found: Sequence[Measured]) -> list[float]:
    """Return microseconds for each event."""
    return [1e6 * one.seconds / one.told["events"] for one in found]


def _aim(text: str, found: Spread, wanted: str) -> None:
    print(f"{text}: {found}; the aim is at most {wanted}")


if __name__ == "__main__":
    main()
