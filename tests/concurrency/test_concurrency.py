"""One `Lifecycle` for many threads and processes says what it says to one."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from concurrency import first_use
from concurrency.asking import answer, at_once, new_lifecycle, random_events

if TYPE_CHECKING:
    from collections.abc import Iterator

# Much of the same, and covered by other tests: tracing would take most of the time.
pytestmark = pytest.mark.untraced

THREADS = 16
TESTS = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _hurried() -> Iterator[None]:
    """Let threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


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


@pytest.mark.parametrize("trial", range(2))
def test_threads_share_a_lifecycle(trial: int) -> None:
    """Sixteen customers at once, on one that nobody has used yet."""
    events = [random_events(f"{trial}-{number}") for number in range(THREADS)]
    alone = [answer(new_lifecycle(), one) for one in events]
    shared = new_lifecycle()

    assert at_once(partial(answer, shared, one) for one in events) == alone


def test_threads_share_a_customer() -> None:
    """Sixteen threads ask about one customer, and read one history."""
    events = random_events("shared", 30)
    alone = new_lifecycle().replay(events)
    shared = new_lifecycle().replay(events)

    found = at_once([lambda: (shared.transitions, shared.explain("pt"))] * THREADS)

    assert found == [(alone.transitions, alone.explain("pt"))] * THREADS


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_share_a_lifecycle(method: str) -> None:
    """It travels pickled, though it has been used, and answers there as here."""
    assert run_module("concurrency.processes", method) == "8 customers\n"


def test_threads_use_the_columnar_engine_at_once() -> None:
    """Each with a log, a policy and threads of its own."""
    alone = [first_use.told(seed) for seed in range(first_use.THREADS)]

    found = at_once(partial(first_use.told, seed) for seed in range(first_use.THREADS))

    assert found == alone


def test_threads_may_be_the_first_to_use_the_columnar_engine() -> None:
    """What is compiled on first use is compiled, or loaded, for all of them."""
    first_use.told(0)  # so that it is kept for the new process

    assert run_module("concurrency.first_use") == "6 threads, 1 compilation\n"
