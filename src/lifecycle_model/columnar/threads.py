"""Sharing work among threads; compiled functions run without the interpreter's lock."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from lifecycle_model.errors import NoThreads

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Threads:
    """A number of threads. One gives the same answers as many."""

    count: int

    @classmethod
    def of(cls, count: int | None) -> "Threads":
        """Return so many threads; one for each processor where no number is given.

        Raises:
            NoThreads: the number is below 1.
        """
        if count is None:
            count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
            count = count or os.cpu_count() or 1
        if count < 1:
            raise NoThreads(count)
        return cls(count)

    def map(self, work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
        """Do the work for each item and return the results in the items' order."""
        if self.count == 1:
            return [work(item) for item in items]
        with ThreadPoolExecutor(self.count) as pool:
            return list(pool.map(work, items))

    def bounds(self, length: int) -> list[int]:
        """Return where equal parts of a range start, and where the last one ends."""
        return [length * part // self.count for part in range(self.count + 1)]

    def over(self, length: int, work: Callable[[int, int], Result]) -> list[Result]:
        """Do the work for equal parts of a range, given by start and end."""
        bounds = self.bounds(length)
        return self.map(lambda part: work(bounds[part], bounds[part + 1]), range(self.count))
