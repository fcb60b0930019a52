"""A memory that watches the kernel: what it reads, and that it stays within its sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lifecycle_model.kernel import layout as at
from lifecycle_model.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from lifecycle_model import Customer, Event, Lifecycle

SEQUENCES: Final = (
    "amounts",
    "cases",
    "counts",
    "days",
    "listed",
    "opportunities",
    "state",
)


class Watched(list[int]):
    """Whole numbers by place, as compiled code has them; it counts how often one is read."""

    reads = 0

    def __getitem__(self, place: Any) -> Any:
        """Return the number at a place; before the first, compiled code would read anything."""
        assert place >= 0
        self.reads += 1
        return super().__getitem__(place)

    def __setitem__(self, place: Any, value: Any) -> None:
        """Put a number at a place."""
        assert place >= 0
        assert isinstance(value, int)
        super().__setitem__(place, value)


class StrictMemory(Memory):
    """A memory of watched sequences."""

    __slots__ = ()

    def __init__(self, *unpacked: Any) -> None:
        """Unpack a customer as every memory does, then watch."""
        super().__init__(*unpacked)
        for name in SEQUENCES:
            setattr(self, name, Watched(getattr(self, name)))

    def reads(self) -> int:
        """Return how often a number was read."""
        return sum(getattr(self, name).reads for name in SEQUENCES)


def strictly_folded(
    model: Lifecycle,
    customer: Customer,
    events: Sequence[Event],
    until: datetime | None = None,
    recording: int = at.MOVES,
) -> StrictMemory:
    """Return the memory that events in order are folded into."""
    memory, _, _ = model.engine.fold(customer, events, until, recording, StrictMemory)
    assert isinstance(memory, StrictMemory)
    return memory
