"""A progress bar on standard error for long logs, on a terminal only."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from lifecycle_model.cli.terminal import messages

LONG: Final = 5_000
"""From how many items on there is a bar."""

_STEP: Final = 500
"""Drawing for every item would cost more than the work itself."""

Item = TypeVar("Item")


@contextmanager
def stages() -> Iterator[Callable[[str], None]]:
    """Give what says the stage of a long work: it is shown with the time that passes."""
    console = messages()
    if not console.is_terminal or console.is_dumb_terminal:
        yield lambda _: None
        return
    shown = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*shown, console=console, transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda stage: progress.update(task, description=stage)


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
