"""Structural checks of a rule table: every fault is found, none is raised here."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING, Final

from lifecycle_model.errors import Problem, did_you_mean, shown
from lifecycle_model.events import EVENT_TYPES, KINDS
from lifecycle_model.policy import Policy
from lifecycle_model.rules.facts import FACTS
from lifecycle_model.rules.targets import GIVEN, RESTORED, STATES, targets_of
from lifecycle_model.states import Axis, BuyingPosition, Situation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifecycle_model.rules.facts import Fact, Unit
    from lifecycle_model.rules.table import Guard, Rule

OPERATORS: Final = (">=", "<=", ">", "<", "==")

AXES: Final = tuple(Axis)

_MOST: Final = 10**15

THRESHOLDS: Final = tuple(
    name
    for name, field in Policy.model_fields.items()
    if isinstance(field.default, int | Decimal)
)
"""The policy fields that a guard may name."""

UNNAMED_KINDS: Final = ("customer_left", "time_passed")
"""Kinds that reach an opportunity without naming it."""

OPPORTUNITY_KINDS: Final = (
    *(
        cls.model_fields["kind"].default
        for cls in EVENT_TYPES
        if "opportunity_id" in cls.model_fields
    ),
    *UNNAMED_KINDS,
)
"""Kinds that reach an opportunity."""


def faults_of(rules: Sequence[Rule]) -> tuple[Problem, ...]:
    """Return every structural fault of the rows."""
    found = [problem for rule in rules for problem in _row_faults(rule)]
    if not found:
        # Reachability and shadows are only told of rows that are sound in themselves.
        found = [*_duplicates(rules), *_shadows(rules), *dead_ends(rules)]
    return tuple(found)


def _place(rule: Rule) -> str:
    return f"{rule.axis} rule {rule.id!r}"


def _row_faults(rule: Rule) -> Iterator[Problem]:
    place = _place(rule)
    if rule.axis not in STATES:
        yield Problem(
            place, repr(rule.axis), f"is not an axis: {did_you_mean(rule.axis, AXES)}"
        )
        return
    states = STATES[rule.axis]
    sources: object = rule.sources
    if isinstance(sources, str):
        yield Problem(place, repr(str(sources)), f'sources is a tuple: ("{sources}",)')
        rule = replace(rule, sources=(sources,))
    if not rule.sources:
        yield Problem(place, "", "has no source: name at least one state")
    for source in rule.sources:
        if source not in states:
            mend = f"is not a {rule.axis}: {did_you_mean(source, states)}"
            yield Problem(place, repr(str(source)), mend)
    if rule.kind not in KINDS:
        yield Problem(
            place, repr(rule.kind), f"is not a kind: {did_you_mean(rule.kind, KINDS)}"
        )
    yield from _target_faults(rule, place)
    if rule.axis == Axis.POSITION:
        yield from _position_faults(rule, place)
    for guard in rule.guards:
        yield from _guard_faults(rule, guard, place)


def _target_faults(rule: Rule, place: str) -> Iterator[Problem]:
    states = STATES[rule.axis]
    if (rule.target == GIVEN) != (rule.kind == "manual_correction"):
        yield Problem(
            place,
            repr(str(rule.target)),
            "'given' is the target of manual_correction, and only of it",
        )
    elif rule.target == RESTORED:
        if rule.axis != Axis.SITUATION or set(rule.sources) != {Situation.DISSATISFIED}:
            yield Problem(
                place, "'restored'", "is a target from dissatisfied only: split the row"
            )
    elif rule.target != GIVEN and rule.target not in states:
        known = (*states, RESTORED) if rule.axis == Axis.SITUATION else states
        yield Problem(
            place,
            repr(str(rule.target)),
            f"is not a {rule.axis}: {did_you_mean(rule.target, known)}",
        )
    if rule.kind == "time_passed" and rule.target in rule.sources:
        yield Problem(
            place,
            repr(str(rule.target)),
            "time would fire this row for ever: remove it from the sources",
        )


def _position_faults(rule: Rule, place: str) -> Iterator[Problem]:
    if rule.kind in KINDS and rule.kind not in OPPORTUNITY_KINDS:
        yield Problem(
            place, repr(rule.kind), "names no opportunity: use a kind with an opportunity_id"
        )
    if rule.kind == "offer_made" and BuyingPosition.STATUS_QUO in rule.sources:
        yield Problem(place, repr(rule.kind), "touches no opportunity: remove status_quo")
    if rule.kind in UNNAMED_KINDS and BuyingPosition.STATUS_QUO in rule.sources:
        mend = "finds no opportunity at status_quo, which may be forgotten: remove that source"
        yield Problem(place, repr(rule.kind), mend)


def _guard_faults(rule: Rule, guard: Guard, place: str) -> Iterator[Problem]:
    if guard.operator not in OPERATORS:
        mend = f"is not an operator: use one of {', '.join(OPERATORS)}"
        yield Problem(place, repr(guard.operator), mend)
    fact = FACTS.get(guard.fact)
    if fact is None:
        mend = f"is not a fact: {did_you_mean(guard.fact, tuple(FACTS))}"
        yield Problem(place, repr(guard.fact), mend)
    elif mend := misplaced(rule, fact):
        yield Problem(place, repr(guard.fact), mend)
    if mend := _unfit(guard.threshold, "count" if fact is None else fact.unit):
        yield Problem(place, shown(guard.threshold), mend)


def misplaced(rule: Rule, fact: Fact) -> str:
    """Return why the row cannot read the fact; empty where it can."""
    if fact.scope == "opportunity" and rule.axis != Axis.POSITION:
        return "belongs to an opportunity: use it on the position axis"
    if fact.scope == "event" and rule.kind not in fact.kinds:
        return f"is set only by {', '.join(fact.kinds)}: change the kind"
    if fact.name == "positions_skipped" and rule.kind == "time_passed":
        return "time skips no position: remove the guard"
    return ""


def _unfit(threshold: object, unit: Unit) -> str:
    """Return why a fact of the unit cannot be compared with it; empty where it can."""
    if isinstance(threshold, str):
        if threshold not in THRESHOLDS:
            return f"is not a threshold: {did_you_mean(threshold, THRESHOLDS)}"
        is_money = isinstance(Policy.model_fields[threshold].default, Decimal)
        return "is money: compare revenue with it" if is_money and unit != "money" else ""
    if not isinstance(threshold, int | Decimal):
        return "is not a threshold: use a policy field, an int or a Decimal"
    if not Decimal(threshold).is_finite() or not -_MOST <= Decimal(threshold) <= _MOST:
        return f"is not a threshold: stay within {_MOST:,}"
    step = Decimal("0.0001") if unit == "money" else Decimal(1)
    if threshold % step:
        return f"does not fit a fact in {unit}: use a multiple of {step}"
    return ""


def _duplicates(rules: Sequence[Rule]) -> Iterator[Problem]:
    seen = set()
    for rule in rules:
        if (rule.axis, rule.id) in seen:
            yield Problem(_place(rule), "", "stands twice: give each row of an axis its own id")
        seen.add((rule.axis, rule.id))


def _shadows(rules: Sequence[Rule]) -> Iterator[Problem]:
    for earlier, later in combinations(rules, 2):
        if (earlier.axis, earlier.kind) != (later.axis, later.kind):
            continue
        hidden = [source for source in later.sources if source in earlier.sources]
        if hidden and set(earlier.guards) <= set(later.guards):
            mend = f"never fires, {earlier.id!r} always comes first: put it before that row"
            yield Problem(_place(later), f"from {', '.join(hidden)}", mend)


def dead_ends(rules: Sequence[Rule]) -> Iterator[Problem]:
    """Find states that no row reaches, and states that no row leaves, corrections left out."""
    for axis, states in STATES.items():
        rows = [rule for rule in rules if rule.axis == axis]
        # A restore only leads back to where the customer was: it reaches nothing new.
        ways = [rule for rule in rows if rule.target in states]
        reached = {str(states[0])}
        while more := {str(row.target) for row in ways if reached & {*row.sources}} - reached:
            reached |= more
        for state in states:
            value = repr(str(state))
            if state not in reached:
                mend = f"is unreachable from {states[0]}: add a row that leads there"
                yield Problem(axis, value, mend)
            leaves = [
                row for row in rows if state in row.sources and {*targets_of(row)} - {state}
            ]
            if not leaves:
                yield Problem(axis, value, "is a trap: add a row that leads out")
