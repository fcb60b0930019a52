"""Interleaved timing: every round runs every task once, in turn, in one process."""

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import Any


@dataclass(frozen=True, slots=True)
class Task:
    """Something to time."""

    run: Callable[[Any], object]
    prepare: Callable[[], Any] = lambda: None
    """Not timed; what it returns is given to `run`."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The least, the middle and the greatest of some measurements."""

    low: float
    middle: float
    high: float

    def __str__(self) -> str:
        return f"{_short(self.low)} / {_short(self.middle)} / {_short(self.high)}"


def spread(values: list[float]) -> Spread:
    """Return the spread of some measurements."""
    return Spread(min(values), median(values), max(values))


def interleaved(tasks: Mapping[str, Task], rounds: int) -> dict[str, list[float]]:
    """Return the processor seconds of every task, one for each round.

    The first round warms up and is not kept. Processor time, not time on the wall: other
    programs on the machine do not count.
    """
    gc.freeze()  # the streams and machines are no work for the collector
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for turn in range(rounds + 1):
        for name, task in tasks.items():
            given = task.prepare()
            gc.collect()
            start = process_time()
            task.run(given)
            spent = process_time() - start
            if turn > 0:
                seconds[name].append(spent)
    return seconds


def ratio(slow: list[float], fast: list[float]) -> Spread:
    """Return how many times longer one task took than another, round by round."""
    return spread([one / other for one, other in zip(slow, fast, strict=True)])


def _short(value: float) -> str:
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"
