"""The history of one customer: what `replay` returns."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from lifecycle_model.customer import Customer
from lifecycle_model.decode import Decoder
from lifecycle_model.events import Event
from lifecycle_model.outcome import Conflict, Transition


class History:
    """A replayed customer, every move with its reason, and what was not folded.

    The moves are kept as the kernel's numbers and told in words when asked for.
    """

    def __init__(  # noqa: PLR0913 - one argument for each attribute
        self,
        customer: Customer,
        events: Sequence[Event],
        duplicates: int,
        conflicts: tuple[Conflict, ...],
        future: tuple[Event, ...],
        decoder: Decoder,
        records: Sequence[Any],
    ) -> None:
        """Keep what a replay found."""
        self.customer = customer
        """The customer after the last event and the time asked for."""
        self.events = tuple(events)
        """The events that were folded, in fold order."""
        self.duplicates = duplicates
        """How many equal copies were dropped."""
        self.conflicts = conflicts
        """Events that share a name with another but not its content; the first one counts."""
        self.future = future
        """Events after `as_of`, in fold order; they were not folded."""
        self._decoder = decoder
        self._records = records

    @cached_property
    def transitions(self) -> tuple[Transition, ...]:
        """Every move on both axes, in the order in which it happened."""
        return tuple(self._decoder.transitions(self._records))

    def __repr__(self) -> str:
        return (
            f"History(customer={self.customer.id!r}, situation={self.customer.situation.value!r}, "
            f"events={len(self.events)}, duplicates={self.duplicates}, "
            f"conflicts={len(self.conflicts)}, future={len(self.future)})"
        )
