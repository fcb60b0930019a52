"""One `Lifecycle` for many threads and processes says what it says to one."""

from __future__ import annotations

from functools import partial

import pytest

from concurrency.asking import answer, new_lifecycle, random_events
from concurrency.running import at_once, run_module

# Much of the same, and covered by other tests: tracing would take most of the time.
pytestmark = pytest.mark.untraced

THREADS = 16


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
