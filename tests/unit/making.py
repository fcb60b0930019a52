"""Short ways to make events and customers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from lifecycle_model import DEFAULT_RULES, Axis, Lifecycle, Policy, Rule, parse_event

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lifecycle_model import Customer, Event, Evidence, Guard, Transition

START = datetime(2024, 1, 1, tzinfo=UTC)
LIFECYCLE = Lifecycle()


def on(day: float) -> datetime:
    """Return the instant so many days after the start."""
    return START + timedelta(days=day)


def event(kind: str, day: float = 0, **fields: Any) -> Event:
    """Return an event of customer `c` so many days after the start."""
    return parse_event({"kind": kind, "customer_id": "c", "occurred_at": on(day), **fields})


def purchase(day: float = 0, **fields: Any) -> Event:
    """Return a purchase so many days after the start."""
    return event("purchase_completed", day, **fields)


def needs(day: float, numbers: Iterable[int], step: float = 0.0001) -> list[Event]:
    """Return a need of one opportunity after the other, so many days apart."""
    return [
        event("need_recognized", day + step * place, opportunity_id=f"deal-{number:02}")
        for place, number in enumerate(numbers)
    ]


def folded(*events: Event, rules: Any = DEFAULT_RULES, **thresholds: Any) -> Customer:
    """Return the customer that the events lead to, under a policy with these thresholds."""
    return lifecycle(rules, **thresholds).replay(events).customer


def lifecycle(rules: Any = DEFAULT_RULES, **thresholds: Any) -> Lifecycle:
    """Return the model with a table and with these thresholds."""
    return Lifecycle(policy=Policy(**thresholds), rules=rules)


def situation_row(name: str, source: str, kind: str, target: str, *guards: Guard) -> Rule:
    """Return a row of the situation axis."""
    return Rule(name, Axis.SITUATION, (source,), kind, target, guards)


def position_row(name: str, source: str, kind: str, target: str, *guards: Guard) -> Rule:
    """Return a row of the position axis."""
    return Rule(name, Axis.POSITION, (source,), kind, target, guards)


def told(transitions: tuple[Transition, ...], axis: str = "situation") -> list[str]:
    """Return the rules that moved one axis."""
    return [move.rule for move in transitions if move.axis == axis]


def values(evidence: tuple[Evidence, ...]) -> dict[str, Any]:
    """Return the value of each fact."""
    return {one.fact: one.value for one in evidence}
