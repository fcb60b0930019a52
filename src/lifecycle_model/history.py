"""What folding returns: decisions are kept as numbers and told in words on demand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lifecycle_model.customer import Customer
from lifecycle_model.decode import Decoder
from lifecycle_model.events import Event
from lifecycle_model.kernel.layout import Decision
from lifecycle_model.outcome import Answer, Conflict, Refusal, Transition

Decisions = tuple[Decoder, Sequence[Decision]]
"""What the kernel decided, and who can tell it in words."""


@dataclass(frozen=True)
class Outcome:
    """What one event, or the passing of time, did to a customer."""

    customer: Customer
    """Where the customer stands now."""
    _decoder: Decoder = field(repr=False, compare=False)
    _decisions: Sequence[Decision] = field(repr=False)
    duplicate: bool = False
    """True where the event had been folded before and was dropped."""

    @cached_property
    def transitions(self) -> tuple[Transition, ...]:
        """What time moved before the event, then what the event moved."""
        return tuple(self._decoder.transitions(self._decisions))

    @cached_property
    def refusals(self) -> tuple[Refusal, ...]:
        """The axes that have rows for the event, none of which held."""
        return tuple(self._decoder.refusals(self._decisions))

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """One for each axis that the event tried; none for `time_passed` or a duplicate."""
        return () if self.duplicate else tuple(self._decoder.answers(self._decisions))


@dataclass(frozen=True)
class History:
    """A replayed customer, every move with its reason, and what was not folded."""

    customer: Customer
    """Where the customer stands after the last event and the time asked for."""
    events: tuple[Event, ...] = field(repr=False)
    """The events that were folded, in fold order."""
    duplicates: int
    """How many equal copies were dropped."""
    conflicts: tuple[Conflict, ...] = field(repr=False)
    """Events that share a name with another but not its content; the first one counts."""
    future: tuple[Event, ...] = field(repr=False)
    """Events after `as_of`, in fold order; they were not folded."""
    _decide: Callable[[], Decisions] = field(repr=False, compare=False)

    @cached_property
    def transitions(self) -> tuple[Transition, ...]:
        """Every move on both axes, in the order in which it happened.

        They are found when first asked for, by folding once more.
        """
        decoder, decisions = self._decide()
        return tuple(decoder.transitions(decisions))
