"""A progress bar on standard error for long logs, on a terminal only."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from rich.progress import Progress

from lifecycle_model.cli.terminal import messages

LONG: Final = 5_000
"""From how many items on there is a bar."""

_STEP: Final = 500
"""Drawing for every item would cost more than the work itself."""

Item = TypeVar("Item")


@contextmanager
def watched(items: Iterable[Item], what: str, total: int) -> Iterator[Iterator[Item]]:
    """Give the items, and show how many of them went by.

    Args:
        items: what is worked on.
        what: what is done to them.
        total: how many they are, about.
    """
    console = messages()
    if total < LONG or not console.is_terminal or console.is_dumb_terminal:
        yield iter(items)
        return
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(what, total=total)

        def moving() -> Iterator[Item]:
            for number, item in enumerate(items):
                if number % _STEP == 0:
                    progress.update(task, completed=number)
                yield item

        yield moving()
