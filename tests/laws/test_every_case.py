"""The cases of a proof: none is missing, and the kernel answers as the rows say."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from export.trails import plain_events, trail
from laws.tables import TABLES
from lifecycle_model import (
    FACTS,
    KINDS,
    PRESETS,
    Axis,
    Lifecycle,
    Policy,
)
from lifecycle_model.encode import POSITIONS, SITUATIONS
from lifecycle_model.events import MONEY_UNITS
from lifecycle_model.kernel import layout as at
from lifecycle_model.kernel.guards import first_row, positions_skipped
from lifecycle_model.kernel.program import FACT_CODES, Program
from lifecycle_model.rules.bounds import holds_between
from lifecycle_model.rules.cases import Case, cases_of
from reading.histories import random_history

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_model import Rule, RuleTable

pytestmark = pytest.mark.bulk

DAY = 20_000

Facts = Mapping[str, int | None]


def numbers_of(case: Case) -> SimpleNamespace:
    """Return the facts of a case as the kernel keeps them."""
    state = [0] * at.CUSTOMER_SLOTS
    opportunity = [0] * at.OPPORTUNITY_SLOTS
    opportunity[at.POSITION] = POSITIONS.index(case.position)
    for name, value in case.facts.items():
        code = FACT_CODES[name]
        if code < at.FIRST_AGE:
            state[code] = at.ABSENT if value is None else value
        elif name == "protected":
            state[code] = DAY if value else DAY - 1
        elif code < at.FIRST_OPPORTUNITY_FACT:
            state[code] = at.NONE if value is None else DAY - value
        elif name != "positions_skipped":
            place = at.ENTERED + code - at.DAYS_IN_POSITION
            opportunity[place] = at.NONE if value is None else DAY - value
    return SimpleNamespace(state=state, opportunities=opportunity)


def kernel_row(program: Program, case: Case, axis: Axis) -> int:
    """Return what the kernel answers on one axis."""
    memory, start, place = numbers_of(case), -1, SITUATIONS.index(case.situation)
    if axis == Axis.POSITION:
        start, place = 0, at.SITUATION_COUNT + POSITIONS.index(case.position)
    cell = place * at.KIND_COUNT + KINDS.index(case.kind)
    if program.mark[cell] != at.ASK_GUARDS:
        return program.mark[cell]
    return first_row(program, memory, start, cell, DAY, 0)


def jumps_otherwise(case: Case, row: Rule) -> bool:
    """Return whether the case skips another number of positions than the row's move would."""
    told = case.facts.get("positions_skipped")
    if told is None or row.target not in POSITIONS:
        return False
    before, target = POSITIONS.index(case.position), POSITIONS.index(row.target)
    return told != positions_skipped(before, target)


@pytest.mark.parametrize(
    ("table", "policy"),
    [
        *((TABLES["default"], Policy.preset(name)) for name in PRESETS),
        *(
            (table, Policy(preferred_revenue=9, keep_preferred_revenue=3))
            for table in TABLES.values()
        ),
    ],
)
def test_kernel_answers_as_the_rows_say(
    table: RuleTable, policy: Policy, record_property: Callable[[str, object], None]
) -> None:
    """In every case the compiled table finds the first row whose guards all hold."""
    program = Lifecycle(policy, table).program
    bounds = {
        rule: [(guard.fact, holds_between(guard, policy)) for guard in rule.guards]
        for rule in table
    }
    numbers = {rule: number for number, rule in enumerate(table)}
    asked = 0
    for case in cases_of(table, policy):
        for axis in Axis:
            rows = case.rows(table, axis)
            if case.given is not None or any(jumps_otherwise(case, row) for row in rows):
                continue
            first = next((numbers[row] for row in rows if case.holds(bounds[row])), None)
            expected = at.REFUSED if first is None else first

            assert kernel_row(program, case, axis) == (expected if rows else at.NO_ROW), case

            asked += 1
    assert asked > 2000
    record_property("cases of the rules, answered by the kernel on one axis", asked)


def as_in_a_case(facts: dict[str, Any]) -> Facts:
    """Return the facts of a question as a case has them."""
    units = {name: MONEY_UNITS if FACTS[name].unit == "money" else 1 for name in FACTS}
    return {
        name: None if math.isnan(value) else round(value * units[name])
        for name, value in facts.items()
        if name in FACTS
    }


@pytest.mark.parametrize("name", TABLES)
def test_no_case_is_missing(name: str) -> None:
    """Whatever random histories ask, the guards that then hold are those of some case."""
    table = TABLES[name]
    thresholds = random_history(random.Random(name), 5, focused=True)[1]
    policy = Policy(**thresholds)
    lifecycle = Lifecycle(policy, table)
    known = {
        (axis, case.state(axis), case.kind, truth(rows, case.facts, policy))
        for case in cases_of(table, policy)
        for axis in Axis
        if (rows := case.rows(table, axis))
    }
    asked = 0
    for number in range(12):
        raw = random_history(random.Random(f"{name}-{number}"), 40, focused=True)[0]
        for question in trail(lifecycle, plain_events(raw)):
            axis = Axis.POSITION if question["subject"] >= 0 else Axis.SITUATION
            held, kind = question["before"], question["kind"]
            rows = table.rows(axis, held, kind)
            if rows:
                holding = truth(rows, as_in_a_case(question["facts"]), policy)

                assert (axis, held, kind, holding) in known

                asked += 1
    assert asked > 200


def truth(rows: tuple[Rule, ...], facts: Facts, policy: Policy) -> tuple[bool, ...]:
    """Return which guards of the rows hold, one after the other."""
    found = []
    for row in rows:
        for guard in row.guards:
            low, high = holds_between(guard, policy)
            value = facts[guard.fact]
            found.append(value is not None and low <= value <= high)
    return tuple(found)
