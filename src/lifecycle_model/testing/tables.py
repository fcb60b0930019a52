"""A strategy for rule tables: the default one, edited as users edit it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from lifecycle_model.errors import InvalidRules
from lifecycle_model.events import KINDS
from lifecycle_model.kernel.program import compile_program
from lifecycle_model.policy import Policy
from lifecycle_model.rules import DEFAULT_RULES, FACTS, GIVEN, RESTORED, Guard, Rule, RuleTable
from lifecycle_model.rules.checks import (
    OPERATORS,
    OPPORTUNITY_KINDS,
    THRESHOLDS,
    UNNAMED_KINDS,
    misplaced,
)
from lifecycle_model.rules.targets import STATES
from lifecycle_model.states import Axis, BuyingPosition, Situation
from lifecycle_model.testing.values import money, names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from lifecycle_model.rules import Fact

_MOST: Final = 10**15
_NUMBERS: Final = tuple(
    name for name in THRESHOLDS if not isinstance(Policy.model_fields[name].default, Decimal)
)


def rule_tables(*, policy: Policy | None = None) -> SearchStrategy[RuleTable]:
    """Generate valid rule tables: the default one with rows removed, added and changed.

    Args:
        policy: whose thresholds the rows must bear, as `Lifecycle` asks; any where not given.

    >>> from hypothesis import find
    >>> table = find(rule_tables(), lambda table: len(table) < len(DEFAULT_RULES))
    >>> len(DEFAULT_RULES) - len(table)
    1
    """
    return _tables(policy)


@st.composite
def _tables(draw: DrawFn, policy: Policy | None) -> RuleTable:
    if policy is not None and not isinstance(policy, Policy):
        raise InvalidArgument(f"policy={policy!r} is not a Policy")
    table = RuleTable(DEFAULT_RULES.rules, draw(st.one_of(st.just("1"), names())))
    places = st.integers(0, len(table) - 1)
    edits = st.one_of(st.just(_removed), st.just(_loosened), _rules().map(_preceded_by))
    for place, edit in draw(st.lists(st.tuples(places, edits), max_size=8)):
        rows = table.rules
        at = place % len(rows)
        try:
            edited = RuleTable((*rows[:at], *edit(rows[at]), *rows[at + 1 :]), table.version)
            if policy is not None:
                compile_program(edited, policy)
        except InvalidRules:  # this edit would break the table: the others may stand
            continue
        table = edited
    return table


def _removed(_row: Rule) -> tuple[Rule, ...]:
    return ()


def _loosened(row: Rule) -> tuple[Rule, ...]:
    return (replace(row, guards=row.guards[1:]),)


def _preceded_by(added: Rule) -> Callable[[Rule], tuple[Rule, ...]]:
    return lambda row: (added, row)


@st.composite
def _rules(draw: DrawFn) -> Rule:
    """Generate rows that are sound in themselves."""
    axis = draw(st.sampled_from(Axis))
    states = STATES[axis]
    kind = draw(st.sampled_from(KINDS if axis == Axis.SITUATION else OPPORTUNITY_KINDS))
    sources: list[str] = list(states)
    if axis == Axis.POSITION and kind in {*UNNAMED_KINDS, "offer_made"}:
        sources.remove(BuyingPosition.STATUS_QUO)
    if kind == "manual_correction":
        target: str = GIVEN
    else:
        restores = axis == Axis.SITUATION and draw(st.booleans())
        target = RESTORED if restores else draw(st.sampled_from(states))
    if target == RESTORED:
        sources = [Situation.DISSATISFIED]
    elif kind == "time_passed" and target in sources:
        sources.remove(target)
    chosen = draw(st.lists(st.sampled_from(sources), min_size=1, unique=True))
    row = Rule(draw(names()), axis, tuple(sorted(chosen, key=states.index)), kind, target)
    known = [fact for fact in FACTS.values() if not misplaced(row, fact)]
    return replace(row, guards=tuple(draw(st.lists(_guards(known), max_size=3))))


def _guards(known: Sequence[Fact]) -> SearchStrategy[Guard]:
    """Generate guards on some facts."""
    numbers = st.one_of(
        st.sampled_from(_NUMBERS), st.integers(0, 10), st.integers(-_MOST, _MOST)
    )
    amounts = st.one_of(st.sampled_from(THRESHOLDS), money())
    return st.sampled_from(known).flatmap(
        lambda fact: st.builds(
            Guard,
            st.just(fact.name),
            st.sampled_from(OPERATORS),
            amounts if fact.unit == "money" else numbers,
        )
    )
