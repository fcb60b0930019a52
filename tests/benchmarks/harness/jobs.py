"""The jobs that are measured over large logs; each is run in a process of its own.

A job imports its libraries, prepares what is not to be timed, and returns what is. That returns
what the job says of itself, and its result, which is kept until the memory was measured.
"""

import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any, Final

Run = Callable[[], tuple[dict[str, Any], object]]

APPLIED, DRIVEN = 1_000_000, 100_000
"""How many events, about, pandas and transitions get at most: those of one customer in n."""


def replay_file(path: str, events: int, threads: int) -> Run:
    """Fold the file. The compiled kernel was loaded before, for a log of one event."""
    from datetime import UTC, datetime

    import polars as pl

    from lifecycle_model import columnar

    at = pl.Series("occurred_at", [datetime(2024, 1, 1, tzinfo=UTC)])
    one = pl.DataFrame({"customer_id": ["c"], "kind": ["product_used"]}).with_columns(at)
    columnar.replay(one, threads=threads)

    def run() -> tuple[dict[str, Any], object]:
        replay = columnar.replay_file(path, threads=threads)
        return {"events": events, "folded": replay.events}, replay

    return run


def polars_sort(path: str, events: int, threads: int) -> Run:
    """Read the file and sort it by customer and time."""
    import polars as pl

    _expect(pl.thread_pool_size(), threads)

    def run() -> tuple[dict[str, Any], object]:
        return {"events": events}, pl.read_parquet(path).sort("customer_id", "occurred_at")

    return run


def polars_read(path: str, events: int, threads: int) -> Run:
    """Read the file and say what its columns occupy, as polars estimates it and in fact."""
    import polars as pl

    _expect(pl.thread_pool_size(), threads)
    before = _resident()

    def run() -> tuple[dict[str, Any], object]:
        frame = pl.read_parquet(path)
        occupied = {"estimated": frame.estimated_size() / 1e6, "resident": _resident() - before}
        return {"events": events, **occupied}, frame

    return run


def duckdb_group(path: str, events: int, threads: int) -> Run:
    """Count, sum and find the latest time of each customer."""
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"set threads = {threads}")

    def run() -> tuple[dict[str, Any], object]:
        connection.execute(
            "create table answer as select customer_id, count(*), sum(amount), "
            "max(occurred_at) from read_parquet(?) group by customer_id",
            [path],
        )
        return {"events": events}, connection

    return run


def pandas_apply(path: str, events: int, threads: int) -> Run:
    """Sort some customers' events by time and fold each customer in plain Python."""
    import pandas as pd

    del threads
    columns = ["customer_id", "occurred_at", "kind", "amount"]
    sample = _some(path, events, APPLIED).select(columns).cast({"amount": float}).to_pandas()

    def fold(rows: pd.DataFrame) -> str:
        situation, purchases = "non_customer", 0
        for kind in rows["kind"]:
            if kind == "purchase_completed":
                purchases += 1
                situation = "regular" if purchases > 2 else "occasional"
            elif kind == "customer_left":
                situation, purchases = "non_customer", 0
            elif kind == "lead_qualified" and situation == "non_customer":
                situation = "potential"
        return situation

    def run() -> tuple[dict[str, Any], object]:
        groups = sample.sort_values("occurred_at").groupby("customer_id")
        return {"events": len(sample)}, groups[["kind", "amount"]].apply(fold)

    return run


def transitions_loop(path: str, events: int, threads: int) -> Run:
    """Drive some customers through a machine with the situation rules, guards' facts given."""
    from peers.edges import situation_edges
    from peers.transitions_peer import TransitionsPeer

    from harness.facts import steps_of
    from lifecycle_model import Lifecycle, parse_event

    del threads
    lifecycle = Lifecycle()
    edges = situation_edges(lifecycle.policy)
    histories, count = [], 0
    for rows in _some(path, events, DRIVEN).partition_by("customer_id"):
        history = [
            parse_event({name: value for name, value in row.items() if value is not None})
            for row in rows.iter_rows(named=True)
        ]
        count += len(history)
        ordered = lifecycle.replay(history).events
        histories.append(steps_of(ordered, edges, lifecycle.policy)[0])
    peer = TransitionsPeer(edges)
    subjects = peer.subjects(len(histories))

    def run() -> tuple[dict[str, Any], object]:
        peer.drive(subjects, histories)
        return {"events": count}, subjects

    return run


def kernel(path: str, events: int, threads: int) -> Run:
    """Fold events that are read, grouped and ordered already, with the kernel alone."""
    from lifecycle_model import Lifecycle
    from lifecycle_model.columnar.faults import Faults
    from lifecycle_model.columnar.files import LogFile
    from lifecycle_model.columnar.folded import Fold
    from lifecycle_model.columnar.held import nothing_held
    from lifecycle_model.columnar.threads import Threads

    source = LogFile.of(Path(path)).source()
    fold = Fold(
        source,
        Lifecycle().engine,
        nothing_held(),
        Threads(threads),
        Faults(source),
        as_of=None,
        recording=False,
    )
    log, identity = fold.prepare()
    fold.fold(log, identity)  # loads the kernel

    def run() -> tuple[dict[str, Any], object]:
        return {"events": events}, fold.fold(log, identity)

    return run


JOBS: Final[dict[str, Callable[[str, int, int], Run]]] = {
    job.__name__: job
    for job in (
        replay_file,
        polars_sort,
        polars_read,
        duckdb_group,
        pandas_apply,
        transitions_loop,
        kernel,
    )
}


def _some(path: str, events: int, most: int) -> Any:
    """Return the events of one customer in n as a polars frame, so that they are few enough."""
    import polars as pl

    number = pl.col("customer_id").str.slice(2).cast(pl.Int64)
    return pl.scan_parquet(path).filter(number % -(-events // most) == 0).collect()


def _expect(found: int, threads: int) -> None:
    if found != threads:
        msg = f"polars runs {found} threads, not {threads}"
        raise SystemExit(msg)


def _peak() -> float:
    """Return the most megabytes that the process ever had."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _resident() -> float:
    """Return the megabytes that the process has now, or its peak where no more is known."""
    pages = Path("/proc/self/statm")
    if not pages.exists():
        return _peak()
    return int(pages.read_text().split()[1]) * resource.getpagesize() / 1e6


def _main(name: str, path: str, events: str, threads: str) -> None:
    """Run one job and print what `harness.fresh` reads."""
    try:
        run = JOBS[name](path, int(events), int(threads))
    except NotImplementedError:
        print(json.dumps(None))
        return
    base, start = _peak(), perf_counter()
    told, result = run()
    seconds, peak = perf_counter() - start, _peak() - base
    print(json.dumps({"seconds": seconds, "peak": peak, "told": told}))
    del result


if __name__ == "__main__":
    _main(*sys.argv[1:])
