"""The columnar engine, called by several threads at one moment."""

from __future__ import annotations

from functools import partial

import pytest

from concurrency import first_use
from concurrency.running import at_once, run_module

# Much of the same, and covered by other tests: tracing would take most of the time.
pytestmark = pytest.mark.untraced


def test_threads_use_the_columnar_engine_at_once() -> None:
    """Each with a log, a policy and threads of its own."""
    alone = [first_use.told(seed) for seed in range(first_use.THREADS)]

    found = at_once(partial(first_use.told, seed) for seed in range(first_use.THREADS))

    assert found == alone


def test_threads_may_be_the_first_to_use_the_columnar_engine() -> None:
    """What is compiled on first use is compiled, or loaded, for all of them."""
    first_use.told(0)  # so that it is kept for the new process

    assert run_module("concurrency.first_use") == "6 threads, 1 compilation\n"
