"""Where a row may lead: the states of its axis, and the two targets that are no state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lifecycle_model.states import Axis, BuyingPosition, Situation

if TYPE_CHECKING:
    from lifecycle_model.rules.table import Rule

RESTORED: Final = "restored"
"""The target of a row that ends a dissatisfaction: the situation held before it."""

GIVEN: Final = "given"
"""The target of a correction: the value that the event names."""

STATES: Final = {
    Axis.SITUATION: tuple(Situation),
    Axis.POSITION: tuple(BuyingPosition),
}


def targets_of(rule: Rule) -> tuple[str, ...]:
    """Return the states that a row may lead to; none for a correction."""
    if rule.target == GIVEN:
        return ()
    if rule.target == RESTORED:
        return (
            Situation.POTENTIAL,
            Situation.OCCASIONAL,
            Situation.REGULAR,
            Situation.PREFERRED,
        )
    return (rule.target,)
