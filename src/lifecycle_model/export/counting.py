"""How many customers stand where, and how often each row moved one."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from lifecycle_model.history import History
from lifecycle_model.states import Axis


@dataclass(frozen=True)
class Counts:
    """Counts of states and moves; what is not counted is 0."""

    states: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """By axis and state: the customers that stand there, by their leading position."""
    moves: Mapping[tuple[str, str, str, str], int] = field(default_factory=dict)
    """By axis, rule, state before and state after."""

    @classmethod
    def of(cls, histories: Iterable[History]) -> Self:
        """Count the customers and moves of replayed histories.

        >>> from datetime import UTC, datetime
        >>> from lifecycle_model import Lifecycle, LeadQualified
        >>> event = LeadQualified(customer_id="c", occurred_at=datetime(2024, 1, 1, tzinfo=UTC))
        >>> counts = Counts.of([Lifecycle().replay([event])])
        >>> counts.moves["situation", "lead-qualified", "non_customer", "potential"]
        1
        """
        states: Counter[tuple[str, str]] = Counter()
        moves: Counter[tuple[str, str, str, str]] = Counter()
        for history in histories:
            states[Axis.SITUATION, history.customer.situation] += 1
            states[Axis.POSITION, history.customer.position] += 1
            moves.update(
                (move.axis, move.rule, move.before, move.after) for move in history.transitions
            )
        return cls(states, moves)
