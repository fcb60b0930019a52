"""A used lifecycle, sent to other processes: python -m concurrency.processes fork.

It is a process of its own, since one with threads should not be forked.
"""

from __future__ import annotations

import multiprocessing
import sys
from functools import partial

from concurrency.asking import answer, new_lifecycle, random_events

CUSTOMERS = 8


def answer_here(lifecycle: object, name: int) -> object:
    """Answer in a process of the pool, where the lifecycle arrives pickled."""
    return answer(lifecycle, random_events(name))  # type: ignore[arg-type]


def main(method: str) -> None:
    """Hold the answers of two processes against those given here; print how many there are."""
    alone = [answer(new_lifecycle(), random_events(name)) for name in range(CUSTOMERS)]
    used = new_lifecycle()
    answer(used, random_events("warm"))
    with multiprocessing.get_context(method).Pool(2) as pool:
        found = pool.map(partial(answer_here, used), range(CUSTOMERS))
    if found != alone:
        sys.exit("the processes say something else")
    sys.stdout.write(f"{len(found)} customers\n")


if __name__ == "__main__":
    main(sys.argv[1])
