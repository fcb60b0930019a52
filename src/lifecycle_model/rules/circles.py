"""Rows that undo each other: circles at one midnight, and moves taken back at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from lifecycle_model.errors import Problem
from lifecycle_model.rules.bounds import extent, holds_between
from lifecycle_model.rules.moments import known_facts, once_entered
from lifecycle_model.rules.targets import RESTORED, STATES, targets_of
from lifecycle_model.states import Axis, Situation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifecycle_model.policy import Policy
    from lifecycle_model.rules.bounds import Interval
    from lifecycle_model.rules.table import Rule

    _Facts: TypeAlias = dict[str, Interval]
    _Way: TypeAlias = tuple[Rule, ...]

_TIME: Final = "time_passed"


def circles_in_time(rules: Sequence[Rule], policy: Policy) -> Iterator[Problem]:
    """Find time rows of the situation that could lead in a circle at one midnight."""
    rows = [rule for rule in rules if (rule.axis, rule.kind) == (Axis.SITUATION, _TIME)]
    states = STATES[Axis.SITUATION]
    for place, start in enumerate(states):
        # A circle is told where the first of its states begins it.
        facts = known_facts(_TIME, policy, situation=start)
        for way in _Search(start, rows, policy).ways(start, facts, frozenset(states[:place])):
            chain = " -> ".join(row.id for row in way)
            mend = "lead in a circle at one midnight: let one guard exclude another"
            yield Problem("situation rules", chain, mend)


def moves_undone(rules: Sequence[Rule], policy: Policy) -> Iterator[Problem]:
    """Find moves on an event that time, or the same event again, could undo at that instant."""
    for rule in rules:
        if rule.kind == _TIME:
            continue
        later = [
            row for row in rules if row.axis == rule.axis and row.kind in {_TIME, rule.kind}
        ]
        facts = known_facts(rule.kind, policy)
        for source in rule.sources:
            search = _Search(source, later, policy)
            for way in search.through(rule, source, facts, frozenset()):
                chain = " -> ".join(row.id for row in way)
                mend = f"lead back to {source} at one instant: let one guard exclude another"
                yield Problem(f"{rule.axis} rules", chain, mend)


@dataclass(frozen=True, slots=True)
class _Search:
    """The ways to a state, along rows whose guards can hold one after the other."""

    start: str
    rows: Sequence[Rule]
    policy: Policy

    def ways(self, state: str, facts: _Facts, passed: frozenset[str]) -> Iterator[_Way]:
        """Yield those from a state, or around from the start, that pass no state twice."""
        for row in self.rows:
            if state in row.sources:
                yield from self.through(row, state, facts, passed)

    def through(
        self, row: Rule, state: str, facts: _Facts, passed: frozenset[str]
    ) -> Iterator[_Way]:
        """Yield those that begin with a row."""
        held = _narrowed(facts, row, self.policy)
        if held is None:
            return
        for target in _targets(row):
            if target == self.start != state:
                yield (row,)
            elif target not in {state, *passed}:
                entered = held | once_entered(target, restored=row.target == RESTORED)
                for way in self.ways(target, entered, passed | {target}):
                    yield (row, *way)


def _narrowed(facts: _Facts, rule: Rule, policy: Policy) -> _Facts | None:
    """Return the facts with which all guards of a row hold; None where they exclude them."""
    found = dict(facts)
    for guard in rule.guards:
        low, high = holds_between(guard, policy)
        least, greatest = found.get(guard.fact) or extent(rule, guard.fact, policy)
        found[guard.fact] = max(low, least), min(high, greatest)
        if found[guard.fact][0] > found[guard.fact][1]:
            return None
    # How far a move jumps is the row's own affair.
    found.pop("positions_skipped", None)
    return found


def _targets(rule: Rule) -> tuple[str, ...]:
    """Return where a row may lead; with rows of one's own a restore may lead anywhere."""
    return tuple(Situation) if rule.target == RESTORED else targets_of(rule)
