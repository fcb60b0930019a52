"""The numbers between which a guard holds, and those that its fact can take."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeAlias

from lifecycle_model.events import MAX_SCORE, money_units
from lifecycle_model.rules.facts import FACTS
from lifecycle_model.rules.targets import STATES

if TYPE_CHECKING:
    from lifecycle_model.policy import Policy
    from lifecycle_model.rules.table import Guard, Rule

Interval: TypeAlias = tuple[int, int]
"""A least and a greatest whole number; empty where the least is above the greatest.

Money counts in ten-thousandths."""

ENDLESS: Final = 10**20
"""Beyond all that a fact or a threshold can be: the open end of an interval."""


def threshold_value(guard: Guard, policy: Policy) -> int | Decimal:
    """Return the number that a guard compares with."""
    if isinstance(guard.threshold, str):
        return getattr(policy, guard.threshold)  # type: ignore[no-any-return]
    return guard.threshold


def holds_between(guard: Guard, policy: Policy) -> Interval:
    """Return the numbers with which a guard holds."""
    value = threshold_value(guard, policy)
    is_money = FACTS[guard.fact].unit == "money"
    bound = money_units(Decimal(value)) if is_money else int(value)
    return {
        ">=": (bound, ENDLESS),
        ">": (bound + 1, ENDLESS),
        "<=": (-ENDLESS, bound),
        "<": (-ENDLESS, bound - 1),
        "==": (bound, bound),
    }[guard.operator]


def extent(rule: Rule, fact: str, policy: Policy) -> Interval:
    """Return the numbers that a fact can take, if it has a value, where a row asks for it."""
    if fact == "confirmation_needed":
        needed = int(policy.recovery_needs_confirmation)
        return needed, needed
    if fact == "positions_skipped":
        states = STATES[rule.axis]
        target = states.index(rule.target) if rule.target in states else len(states) - 1
        return 0, max(0, target - 1)
    greatest = {"yes_no": 1, "score": MAX_SCORE}
    return 0, greatest.get(FACTS[fact].unit, ENDLESS)


def can_hold(rule: Rule, guard: Guard, policy: Policy) -> bool:
    """Return whether the fact of a guard can take a number with which it holds."""
    low, high = holds_between(guard, policy)
    least, greatest = extent(rule, guard.fact, policy)
    return max(low, least) <= min(high, greatest)


def can_fail(rule: Rule, guard: Guard, policy: Policy) -> bool:
    """Return whether the fact of a guard can take a number with which it fails."""
    low, high = holds_between(guard, policy)
    least, greatest = extent(rule, guard.fact, policy)
    return low > least or high < greatest
