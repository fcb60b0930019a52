"""No row and no threshold can change unnoticed: some history of the corpus then fails."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from golden.corpus import (
    ANSWERS,
    CORPUS,
    Stored,
    expected,
    lifecycle_of,
    replayed,
    spoken_of,
    walked,
)
from lifecycle_model import (
    DEFAULT_RULES,
    KINDS,
    PRESETS,
    Guard,
    Lifecycle,
    Policy,
    Rule,
    RuleTable,
)
from lifecycle_model.errors import InvalidRules, LifecycleError
from lifecycle_model.rules.bounds import extent, holds_between
from lifecycle_model.rules.checks import OPERATORS
from lifecycle_model.rules.moments import known_facts
from lifecycle_model.rules.targets import STATES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from golden.corpus import History

pytestmark = pytest.mark.bulk

FOLDED = [history for history in CORPUS if "error" not in history["expect"]]
POLICIES = {history["name"]: lifecycle_of(history).policy for history in FOLDED}


UNSEEN = {
    # Time tries the rows at every midnight, so they fire on the first day that is enough.
    ("settled", "days_in_position == implementation_days"),
    ("stalled", "days_since_touched == stale_days"),
    # There `became-regular` comes first, and no policy lets it ask for more.
    ("became-preferred", "regular | occasional"),
    # A dissatisfaction begins with a sign of life or a correction: it is never younger.
    ("given-up", "if protected <= 0 and days_since_sign >= lost_days and open_opportunities"),
}
"""Rows with a part that is changed such that nothing can come out otherwise."""


def other_guards(guard: Guard) -> Iterator[Guard]:
    """Yield the guard with another operator, and with another threshold."""
    for operator in OPERATORS:
        if operator != guard.operator:
            yield replace(guard, operator=operator)
    if isinstance(guard.threshold, str):
        yield replace(guard, threshold=getattr(Policy(), guard.threshold))
    else:
        for step in (-1, 1):
            yield replace(guard, threshold=guard.threshold + step)


def other_rows(rule: Rule) -> Iterator[Rule]:
    """Yield the row with one source less, another kind or target, or one guard otherwise."""
    for source in rule.sources[: len(rule.sources) if len(rule.sources) > 1 else 0]:
        yield replace(rule, sources=tuple(one for one in rule.sources if one != source))
    for source in STATES[rule.axis]:
        if source not in rule.sources:
            yield replace(rule, sources=(*rule.sources, source))
    for kind in KINDS:
        if kind != rule.kind:
            yield replace(rule, kind=kind)
    for target in (*STATES[rule.axis], "restored"):
        if target != rule.target:
            yield replace(rule, target=target)
    for at, guard in enumerate(rule.guards):
        before, after = rule.guards[:at], rule.guards[at + 1 :]
        yield replace(rule, guards=(*before, *after))
        for other in other_guards(guard):
            yield replace(rule, guards=(*before, other, *after))


def asked_in(source: str, rule: Rule) -> tuple[Any, ...] | None:
    """Return what a row asks in a state, as numbers; None where it does not fire there."""
    if source not in rule.sources:
        return None
    left = known_facts(rule.kind, Policy(), **{str(rule.axis): source})
    named = []
    for guard in rule.guards:
        if isinstance(guard.threshold, str):  # a number that differs between policies
            named.append(guard)
            continue
        low, high = holds_between(guard, Policy())
        least, greatest = left.get(guard.fact) or extent(rule, guard.fact, Policy())
        left[guard.fact] = max(low, least), min(high, greatest)
    known = [left[guard.fact] for guard in rule.guards if guard.fact in left]
    return None if any(low > high for low, high in known) else (left, named)


def is_the_same(rule: Rule, other: Rule) -> bool:
    """Return whether rows fire alike, as with `protected <= 0` and `protected == 0`."""
    return (rule.kind, rule.target) == (other.kind, other.target) and all(
        asked_in(state, rule) == asked_in(state, other) for state in STATES[rule.axis]
    )


def other_tables(rule: Rule) -> Iterator[tuple[str, tuple[Rule, ...]]]:
    """Yield the rows of the table with this one gone, changed, or behind a later one."""
    rows = DEFAULT_RULES.rules
    at = rows.index(rule)
    yield f"{rule} gone", (*rows[:at], *rows[at + 1 :])
    for other in other_rows(rule):
        if not is_the_same(rule, other):
            yield str(other), (*rows[:at], other, *rows[at + 1 :])
    for later in rows[at + 1 :]:
        alike = (later.axis, later.kind) == (rule.axis, rule.kind)
        if alike and {*later.sources} & {*rule.sources}:
            end = rows.index(later) + 1
            yield f"{rule} behind {later}", (*rows[:at], *rows[at + 1 : end], rule, *rows[end:])


def fails(history: History, lifecycle: Lifecycle) -> bool:
    """Return whether a history does not come out as it should."""
    try:
        if spoken_of(replayed(history, lifecycle), history) != expected(history):
            return True
        if not {*ANSWERS} & {*history["expect"]}:
            return False
        return spoken_of(walked(history, Stored(lifecycle)), history) != expected(history)
    except LifecycleError:
        return True


def is_noticed(rows: tuple[Rule, ...], histories: Iterable[History]) -> bool:
    """Return whether the table is refused, or some history fails under it."""
    models: dict[str, Lifecycle] = {}
    try:
        table = RuleTable(rows)
        for history in histories:
            policy = POLICIES[history["name"]]
            if policy.digest not in models:
                models[policy.digest] = Lifecycle(policy, table)
            if fails(history, models[policy.digest]):
                return True
    except InvalidRules:
        return True
    return False


@pytest.mark.parametrize("rule", DEFAULT_RULES.rules, ids=lambda rule: f"{rule.axis}-{rule.id}")
def test_a_changed_row_is_noticed(
    rule: Rule, record_property: Callable[[str, object], None]
) -> None:
    """A row that is gone, moved, or differs in one thing is refused or fails a history."""
    # Those that speak of the row come first, and fail soonest.
    nearest = sorted(FOLDED, key=lambda history: rule.id not in str(history["expect"]))

    changed = [
        (told, rows)
        for told, rows in other_tables(rule)
        if not any(name == rule.id and part in told for name, part in UNSEEN)
    ]
    unseen = [told for told, rows in changed if not is_noticed(rows, nearest)]

    assert unseen == []
    record_property("changes of a row, noticed by the golden corpus", len(changed))


def changed_policies(preset: str) -> Iterator[tuple[str, Any]]:
    """Yield each threshold that a preset sets, one step away."""
    for name, value in Policy.preset(preset):
        if preset != "default" and value == getattr(Policy(), name):
            continue
        if isinstance(value, bool):
            yield name, not value
        elif isinstance(value, int | Decimal):
            yield from ((name, value + step) for step in (-1, 1))
        elif isinstance(value, frozenset):
            yield from ((name, value - {one}) for one in value)
            yield name, value | {"another"}


@pytest.mark.parametrize("preset", PRESETS)
def test_a_changed_threshold_is_noticed(
    preset: str, record_property: Callable[[str, object], None]
) -> None:
    """A threshold that is one step away is refused, or fails a history of its preset."""
    unseen = []
    changed = list(changed_policies(preset))
    for name, value in changed:
        histories = [
            history
            for history in FOLDED
            if history.get("preset", "default") == preset
            and name not in history.get("policy", {})
        ]
        try:
            noticed = any(
                fails(
                    history,
                    Lifecycle(Policy(**POLICIES[history["name"]].model_dump() | {name: value})),
                )
                for history in histories
            )
        except ValidationError:
            noticed = True
        if not noticed:
            unseen.append((name, value))

    assert unseen == []
    record_property("changes of a threshold, noticed by the golden corpus", len(changed))
