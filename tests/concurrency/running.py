"""Work done by several threads at one moment, or by a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Result = TypeVar("Result")

TESTS = Path(__file__).resolve().parent.parent


@contextmanager
def hurried() -> Iterator[None]:
    """Let threads take turns far more often than they do by themselves."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def at_once(work: Iterable[Callable[[], Result]]) -> list[Result]:
    """Do each work in a thread of its own, and start all of them at one moment."""
    work = list(work)
    barrier = threading.Barrier(len(work))

    def begin(one: Callable[[], Result]) -> Result:
        barrier.wait()
        return one()

    with hurried(), ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(begin, work))


def run_module(*command: str) -> str:
    """Run a module of the tests in a new process, and return what it prints."""
    path = os.pathsep.join([str(TESTS), *sys.path])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", *command],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
