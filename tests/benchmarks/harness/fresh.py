"""One job in a process of its own: how long it takes, and how much memory more it takes."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, Final

_BENCHMARKS: Final = Path(__file__).parents[1]

_START: Final = """
from time import perf_counter
start = perf_counter()
from datetime import UTC, datetime
import polars
from lifecycle_model import columnar
middle = perf_counter()
columnar.replay(
    polars.DataFrame(
        {
            "customer_id": ["c"],
            "kind": ["purchase_completed"],
            "occurred_at": [datetime(2024, 1, 1, tzinfo=UTC)],
        }
    )
)
print(middle - start, perf_counter() - middle)
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run of a job took."""

    seconds: float
    """On the wall, without the imports."""
    peak: float
    """Megabytes at the greatest, above what the process had after the imports."""
    told: dict[str, Any] = field(default_factory=dict)
    """What the job itself says."""


def measure(job: str, path: Path, events: int, threads: int) -> Measured | None:
    """Run a job over a log in a fresh process; None where it cannot be run yet.

    Args:
        job: its name in `harness.jobs`.
        path: the log.
        events: how many it holds.
        threads: how many the job may use.
    """
    command = [sys.executable, "-m", "harness.jobs", job, str(path), str(events), str(threads)]
    environment = {**os.environ, "POLARS_MAX_THREADS": str(threads)}
    run = subprocess.run(
        command, cwd=_BENCHMARKS, env=environment, stdout=subprocess.PIPE, check=True, text=True
    )
    told = json.loads(run.stdout)
    return None if told is None else Measured(**told)


def start_times() -> dict[str, tuple[float, float, float]]:
    """Return the seconds of a cold start and of the warm one after it.

    Of each: the imports, the first call of `columnar.replay` over one event, and the whole
    process. For the cold one numba's cache is empty.
    """
    with tempfile.TemporaryDirectory() as cache:
        return {name: _start(cache) for name in ("cold", "warm")}


def _start(cache: str) -> tuple[float, float, float]:
    environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
    begin = perf_counter()
    run = subprocess.run(
        [sys.executable, "-c", _START],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    whole = perf_counter() - begin
    imports, call = map(float, run.stdout.split())
    return imports, call, whole
