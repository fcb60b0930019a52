"""Every case that a rule table can meet: states, kind, and the truth of each guard asked."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Final

from lifecycle_model.errors import InvalidRules, Problem
from lifecycle_model.events import KINDS
from lifecycle_model.rules.bounds import extent, holds_between
from lifecycle_model.rules.facts import FACTS
from lifecycle_model.rules.moments import known_facts
from lifecycle_model.states import Axis, BuyingPosition, Situation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lifecycle_model.policy import Policy
    from lifecycle_model.rules.bounds import Interval
    from lifecycle_model.rules.table import Rule, RuleTable

MOST_CASES: Final = 1_000_000
"""How many cases of one situation, position and kind are gone through."""


@dataclass(frozen=True, slots=True)
class Case:
    """One situation, position and kind, with a number for each fact that their rows read.

    The numbers stand for all with which the same guards hold.
    """

    situation: Situation
    position: BuyingPosition
    kind: str
    given: Situation | BuyingPosition | None
    """What a correction names."""
    facts: Mapping[str, int | None]
    """Whole numbers, money in ten-thousandths; None where the fact has no value."""

    def state(self, axis: Axis) -> str:
        """Return where the axis stands."""
        return self.situation if axis == Axis.SITUATION else self.position

    def rows(self, table: RuleTable, axis: Axis) -> tuple[Rule, ...]:
        """Return the rows that an axis tries, in their order; a correction asks one axis."""
        states = Situation if axis == Axis.SITUATION else BuyingPosition
        if self.given is not None and not isinstance(self.given, states):
            return ()
        return table.rows(axis, self.state(axis), self.kind)

    def holds(self, guard_bounds: Sequence[tuple[str, Interval]]) -> bool:
        """Return whether all guards hold."""
        return all(
            (value := self.facts[fact]) is not None and low <= value <= high
            for fact, (low, high) in guard_bounds
        )


def cases_of(table: RuleTable, policy: Policy) -> Iterator[Case]:
    """Yield every case: no two of the same states and kind differ in no guard.

    Raises:
        InvalidRules: the rows of one situation, position and kind ask too much to go through.
    """
    for situation, position, kind in product(Situation, BuyingPosition, KINDS):
        for given in _given(kind):
            case = Case(situation, position, kind, given, {})
            rows = [row for axis in Axis for row in case.rows(table, axis)]
            known = known_facts(kind, policy, situation=situation, position=position)
            values = _values(rows, known, policy)
            if (count := prod(map(len, values.values()))) > MOST_CASES:
                place = f"{situation}, {position}, {kind}"
                mend = f"are more than {MOST_CASES:,}: let their rows read fewer facts"
                problem = Problem(place, f"{count:,} cases", mend)
                raise InvalidRules("rule table", (problem,))
            pairs = ([(fact, value) for value in among] for fact, among in values.items())
            for chosen in product(*pairs):
                yield Case(situation, position, kind, given, dict(chosen))


def _given(kind: str) -> tuple[Situation | BuyingPosition | None, ...]:
    return (*Situation, *BuyingPosition) if kind == "manual_correction" else (None,)


def _values(
    rows: Sequence[Rule], known: Mapping[str, Interval], policy: Policy
) -> dict[str, list[int | None]]:
    """Return for each fact that the rows read one value for each way to judge its guards."""
    asked: dict[str, list[tuple[Rule, Interval]]] = {}
    for row in rows:
        for guard in row.guards:
            asked.setdefault(guard.fact, []).append((row, holds_between(guard, policy)))
    found: dict[str, list[int | None]] = {}
    for fact, guards in asked.items():
        least, greatest = known.get(fact) or (
            min(extent(row, fact, policy)[0] for row, _ in guards),
            max(extent(row, fact, policy)[1] for row, _ in guards),
        )
        bounds = [interval for _, interval in guards]
        points = {least, *(low for low, _ in bounds), *(high + 1 for _, high in bounds)}
        values: list[int | None] = [*sorted(at for at in points if least <= at <= greatest)]
        # Any age may be missing, unless the moment tells it.
        if not values or (FACTS[fact].unit == "days" and fact not in known):
            values.append(None)
        told = {
            tuple(at is not None and low <= at <= high for low, high in bounds): at
            for at in reversed(values)
        }
        found[fact] = list(told.values())
    return found
