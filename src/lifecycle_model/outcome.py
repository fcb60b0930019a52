"""Decisions with their evidence, as plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from lifecycle_model.events import Event
from lifecycle_model.policy import PolicyRef
from lifecycle_model.rules import FACTS, Rule
from lifecycle_model.states import (
    Axis,
    BuyingPosition,
    FunnelGroup,
    LifecycleStage,
    SalesStep,
    ServiceState,
    Situation,
)

Number = int | Decimal
State = Situation | BuyingPosition

_CENT: Final = Decimal("0.0001")


class Direction(StrEnum):
    """Which way an opportunity moved."""

    FORWARD = "forward"
    BACKWARD = "backward"
    RESET = "reset"


class AnswerKind(StrEnum):
    """What an axis answered to an event."""

    MOVED = "moved"
    STAYED = "stayed"
    REFUSED = "refused"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One guard as it was judged: fact, value, operator, threshold.

    >>> one = Evidence("purchase_days", 1, ">=", 3, "regular_days")
    >>> one.holds, one.gap
    (False, 2)
    """

    fact: str
    value: Number | None
    """None where the fact has no value; such a guard does not hold."""
    operator: str
    threshold: Number
    threshold_name: str | None
    """The policy field that gave the threshold; None for a constant."""

    @property
    def holds(self) -> bool:
        """Whether the guard holds."""
        if self.value is None:
            return False
        match self.operator:
            case ">=":
                return self.value >= self.threshold
            case "<=":
                return self.value <= self.threshold
            case ">":
                return self.value > self.threshold
            case "<":
                return self.value < self.threshold
            case _:
                return self.value == self.threshold

    @property
    def gap(self) -> Number | None:
        """The least change of the value that makes the guard hold: 0 where it does.

        Positive where the value must grow, negative where it must shrink, None without a value.
        """
        if self.value is None:
            return None
        if self.holds:
            return 0
        step = _CENT if FACTS[self.fact].unit == "money" else 1
        beyond = {">": step, "<": -step}.get(self.operator, 0)
        return self.threshold + beyond - self.value

    def __str__(self) -> str:
        named = f"{self.threshold_name} = " if self.threshold_name else ""
        value = "none" if self.value is None else self.value
        text = f"{self.fact} {value} {self.operator} {named}{self.threshold}"
        if self.gap is None:
            return f"{text}, missing a value"
        if self.gap < 0:
            return f"{text}, {-self.gap} too many"
        return f"{text}, missing {self.gap}" if self.gap else text


@dataclass(frozen=True, slots=True)
class Transition:
    """One move on one axis, with the reason."""

    occurred_at: datetime
    """The event's time, or the midnight at which time moved the axis."""
    axis: Axis
    opportunity_id: str | None
    rule: str
    before: State
    after: State
    event_id: str | None
    """None where time did it, or where the event has none."""
    kind: str
    """The kind of the event, `time_passed` where time did it."""
    evidence: tuple[Evidence, ...]
    policy: PolicyRef

    @property
    def direction(self) -> Direction | None:
        """Which way an opportunity moved; None on the situation axis."""
        if not isinstance(self.after, BuyingPosition):
            return None
        if self.after == BuyingPosition.STATUS_QUO:
            return Direction.RESET
        start, end = _span(self.before, self.after)
        return Direction.FORWARD if end > start else Direction.BACKWARD

    @property
    def skipped(self) -> tuple[BuyingPosition, ...]:
        """The positions that a forward move jumped over."""
        if self.direction is not Direction.FORWARD:
            return ()
        start, end = _span(self.before, self.after)
        return tuple(BuyingPosition)[start + 1 : end]

    def __str__(self) -> str:
        whose = f" of {self.opportunity_id!r}" if self.opportunity_id is not None else ""
        why = f" ({'; '.join(map(str, self.evidence))})" if self.evidence else ""
        return f"{self.axis}{whose}: {self.before} -> {self.after} by {self.rule}{why}"


def _span(before: State, after: State) -> tuple[int, int]:
    """Return the places of a move in the cycle; from implementation it begins anew."""
    places = tuple(BuyingPosition)
    start = (
        0 if before == BuyingPosition.IMPLEMENTATION else places.index(BuyingPosition(before))
    )
    return start, places.index(BuyingPosition(after))


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """One row of the table held against a customer."""

    rule: Rule
    evidence: tuple[Evidence, ...]
    """Every guard of the row, in order."""
    source_holds: bool = True
    """Whether the customer is in a state from which the row leads on."""

    @property
    def holds(self) -> bool:
        """Whether the row would fire on an event of its kind that changed no fact."""
        return self.source_holds and all(one.holds for one in self.evidence)

    def __str__(self) -> str:
        why = "; ".join(map(str, self.evidence)) or "no guard"
        origin = "" if self.source_holds else f" (only from {', '.join(self.rule.sources)})"
        return f"{self.rule.id} on {self.rule.kind}{origin}: {why}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An event to which an axis has rows, none of which held."""

    occurred_at: datetime
    axis: Axis
    opportunity_id: str | None
    state: State
    event_id: str | None
    kind: str
    checks: tuple[RuleCheck, ...]
    """Every row that was tried, in order, each with all its guards."""
    policy: PolicyRef

    def __str__(self) -> str:
        return f"{self.axis} stays {self.state}: {' | '.join(map(str, self.checks))}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one axis answered to the event."""

    axis: Axis
    opportunity_id: str | None
    kind: AnswerKind
    rule: str | None
    """The row that fired; None where none did."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two events of one name with different content; the first in fold order counts."""

    kept: Event
    dropped: Event


@dataclass(frozen=True, slots=True)
class Deadline:
    """The next midnight at which something changes if nothing happens."""

    occurred_at: datetime
    transitions: tuple[Transition, ...]
    """What will happen then, in order."""

    @property
    def rule(self) -> str:
        """The first rule that will fire."""
        return self.transitions[0].rule

    def __str__(self) -> str:
        moves = "; ".join(map(str, self.transitions))
        return f"on {self.occurred_at.isoformat()}: {moves}"


@dataclass(frozen=True, slots=True)
class Status:
    """The six values of a customer at an instant, and the facts behind them."""

    as_of: datetime | None
    """None for a customer without events."""
    situation: Situation
    position: BuyingPosition
    stage: LifecycleStage
    funnel_group: FunnelGroup
    sales_step: SalesStep
    service_state: ServiceState
    facts: Mapping[str, Number | None] = field(repr=False, hash=False)

    def __str__(self) -> str:
        when = "before any event" if self.as_of is None else f"at {self.as_of.isoformat()}"
        return (
            f"{when}: {self.situation}, position {self.position}, stage {self.stage}, "
            f"funnel group {self.funnel_group}, sales step {self.sales_step}, "
            f"service {self.service_state}"
        )


@dataclass(frozen=True, slots=True)
class Path:
    """The shortest sequence of events that leads to a state."""

    events: tuple[Event, ...]
    transitions: tuple[Transition, ...]

    def __str__(self) -> str:
        steps = [f"{event.kind} at {event.occurred_at.isoformat()}" for event in self.events]
        return "\n  ".join([", then ".join(steps) or "no event", *map(str, self.transitions)])
