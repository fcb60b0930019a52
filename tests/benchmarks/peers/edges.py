"""The situation rows of the rule table as plain edges with guards that can be called."""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from lifecycle_model import (
    DEFAULT_RULES,
    FACTS,
    GIVEN,
    RESTORED,
    Guard,
    Policy,
    Rule,
    Situation,
)
from lifecycle_model.states import Axis

Facts = Mapping[str, Any]
Test = Callable[[Facts], bool]

INITIAL: Final = Situation.NON_CUSTOMER.value
SITUATIONS: Final = tuple(situation.value for situation in Situation)

_COMPARE: Final = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
}
_BEFORE_DISSATISFIED: Final = ("potential", "occasional", "regular", "preferred")


@dataclass(frozen=True, slots=True)
class Edge:
    """One way from one situation to another."""

    rule: str
    source: str
    kind: str
    target: str
    guards: tuple[Test, ...]
    """All must hold."""


def situation_edges(policy: Policy) -> tuple[Edge, ...]:
    """Return the rows of the situation axis that events fire, in the order they are tried.

    A row with several sources gives one edge for each. A row to `restored` or to the situation
    given gives one for each situation it may lead to, with one guard more that compares it with
    the fact of that name: so machines whose targets are fixed can follow it.
    """
    return tuple(
        edge
        for rule in DEFAULT_RULES
        if rule.axis == Axis.SITUATION and rule.kind != "time_passed"
        for edge in _edges(rule, policy)
    )


def _edges(rule: Rule, policy: Policy) -> Iterator[Edge]:
    guards = tuple(_test(guard, policy) for guard in rule.guards)
    for source in rule.sources:
        if rule.target == RESTORED:
            for target in _BEFORE_DISSATISFIED:
                tests = (*guards, _compare("restores_to", "==", target))
                yield Edge(rule.id, str(source), rule.kind, target, tests)
        elif rule.target == GIVEN:
            for target in SITUATIONS:
                tests = (*guards, _compare("given", "==", target))
                yield Edge(rule.id, str(source), rule.kind, target, tests)
        else:
            yield Edge(rule.id, str(source), rule.kind, str(rule.target), guards)


def _test(guard: Guard, policy: Policy) -> Test:
    threshold = guard.threshold
    number = getattr(policy, threshold) if isinstance(threshold, str) else threshold
    if FACTS[guard.fact].unit == "money":
        number = int(Decimal(number) * 10_000)
    return _compare(guard.fact, guard.operator, number)


def _compare(fact: str, symbol: str, threshold: Any) -> Test:  # noqa: ANN401 - a number or a name
    """Return a guard; a fact without a value is NaN, which no comparison accepts."""
    compare = _COMPARE[symbol]

    def holds(facts: Facts) -> bool:
        return bool(compare(facts[fact], threshold))

    return holds
