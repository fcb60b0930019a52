"""Structural checks of a rule table: every fault is found, none is raised here."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING, Final

from lifecycle_model.errors import Problem, did_you_mean
from lifecycle_model.events import EVENT_TYPES, KINDS
from lifecycle_model.policy import Policy
from lifecycle_model.rules.facts import FACTS
from lifecycle_model.states import Axis, BuyingPosition, Situation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifecycle_model.rules.table import Guard, Rule

OPERATORS: Final = (">=", "<=", ">", "<", "==")

STATES: Final = {
    Axis.SITUATION: tuple(Situation),
    Axis.POSITION: tuple(BuyingPosition),
}

THRESHOLDS: Final = tuple(
    name
    for name, field in Policy.model_fields.items()
    if isinstance(field.default, int | Decimal)
)
"""The policy fields that a guard may name."""

# Kinds that reach an opportunity without naming it.
_UNNAMED: Final = ("customer_left", "time_passed")

_OPPORTUNITY_KINDS: Final = (
    *(
        cls.model_fields["kind"].default
        for cls in EVENT_TYPES
        if "opportunity_id" in cls.model_fields
    ),
    *_UNNAMED,
)


def faults_of(rules: Sequence[Rule]) -> tuple[Problem, ...]:
    """Return every structural fault of the rows."""
    found = [problem for rule in rules for problem in _row_faults(rule)]
    if not found:
        # Reachability and shadows are only told of rows that are sound in themselves.
        found = [*_duplicates(rules), *_shadows(rules), *_dead_ends(rules)]
    return tuple(found)


def _place(rule: Rule) -> str:
    return f"{rule.axis} rule {rule.id!r}"


def _row_faults(rule: Rule) -> Iterator[Problem]:
    place = _place(rule)
    states = STATES[rule.axis]
    if not rule.sources:
        yield Problem(place, "", "has no source: name at least one state")
    for source in rule.sources:
        if source not in states:
            yield Problem(
                place, repr(source), f"is not a {rule.axis}: {did_you_mean(source, states)}"
            )
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
    if (rule.target == "given") != (rule.kind == "manual_correction"):
        yield Problem(
            place,
            repr(rule.target),
            "'given' is the target of manual_correction, and only of it",
        )
    elif rule.target == "restored":
        if rule.axis != Axis.SITUATION or set(rule.sources) != {Situation.DISSATISFIED}:
            yield Problem(
                place, "'restored'", "is a target from dissatisfied only: split the row"
            )
    elif rule.target != "given" and rule.target not in states:
        known = (*states, "restored") if rule.axis == Axis.SITUATION else states
        yield Problem(
            place,
            repr(rule.target),
            f"is not a {rule.axis}: {did_you_mean(rule.target, known)}",
        )
    if rule.kind == "time_passed" and rule.target in rule.sources:
        yield Problem(
            place,
            repr(rule.target),
            "time would fire this row for ever: remove it from the sources",
        )


def _position_faults(rule: Rule, place: str) -> Iterator[Problem]:
    if rule.kind in KINDS and rule.kind not in _OPPORTUNITY_KINDS:
        yield Problem(
            place, repr(rule.kind), "names no opportunity: use a kind with an opportunity_id"
        )
    if rule.kind in _UNNAMED and BuyingPosition.STATUS_QUO in rule.sources:
        mend = "finds no opportunity at status_quo, which may be forgotten: remove that source"
        yield Problem(place, repr(rule.kind), mend)


def _guard_faults(rule: Rule, guard: Guard, place: str) -> Iterator[Problem]:
    if guard.operator not in OPERATORS:
        yield Problem(
            place,
            repr(guard.operator),
            f"is not an operator: use one of {', '.join(OPERATORS)}",
        )
    threshold = guard.threshold
    if isinstance(threshold, str):
        if threshold not in THRESHOLDS:
            yield Problem(
                place,
                repr(threshold),
                f"is not a threshold: {did_you_mean(threshold, THRESHOLDS)}",
            )
    elif not Decimal(threshold).is_finite() or threshold % Decimal("0.0001"):
        yield Problem(place, str(threshold), "is not a threshold: use at most four decimals")
    fact = FACTS.get(guard.fact)
    if fact is None:
        yield Problem(
            place, repr(guard.fact), f"is not a fact: {did_you_mean(guard.fact, tuple(FACTS))}"
        )
    elif fact.scope == "opportunity" and rule.axis != Axis.POSITION:
        yield Problem(
            place, repr(guard.fact), "belongs to an opportunity: use it on the position axis"
        )
    elif fact.scope == "event" and rule.kind not in fact.kinds:
        yield Problem(
            place, repr(guard.fact), f"is set only by {', '.join(fact.kinds)}: change the kind"
        )
    elif fact.name == "positions_skipped" and rule.kind == "time_passed":
        yield Problem(place, repr(guard.fact), "time skips no position: remove the guard")
    elif isinstance(threshold, Decimal) and fact.unit != "money" and threshold % 1:
        yield Problem(
            place, str(threshold), f"is compared with whole {fact.unit}: use a whole number"
        )


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


def _dead_ends(rules: Sequence[Rule]) -> Iterator[Problem]:
    """Find states that no row reaches, and states that no row leaves, corrections left out."""
    for axis, states in STATES.items():
        edges = {
            (source, target)
            for rule in rules
            if rule.axis == axis and rule.kind != "manual_correction"
            for source in rule.sources
            for target in targets_of(rule)
            if source != target
        }
        reached = {str(states[0])}
        while more := {str(target) for source, target in edges if source in reached} - reached:
            reached |= more
        for state in states:
            if state not in reached:
                yield Problem(
                    axis,
                    repr(str(state)),
                    f"is unreachable from {states[0]}: add a row that leads there",
                )
            if not any(source == state for source, _ in edges):
                yield Problem(axis, repr(str(state)), "is a trap: add a row that leads out")


def targets_of(rule: Rule) -> tuple[str, ...]:
    """Return the states that a row may lead to; none for a correction."""
    if rule.target == "given":
        return ()
    if rule.target == "restored":
        return (
            Situation.POTENTIAL,
            Situation.OCCASIONAL,
            Situation.REGULAR,
            Situation.PREFERRED,
        )
    return (rule.target,)
