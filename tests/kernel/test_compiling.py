"""A table is compiled into what the program's fields say of themselves."""

from __future__ import annotations

from dataclasses import fields
from itertools import accumulate, product

import pytest

from laws.tables import EVERY_TABLE
from lifecycle_model import Axis, Customer, Lifecycle, Policy, RuleTable
from lifecycle_model.events import KINDS
from lifecycle_model.kernel import layout as at
from lifecycle_model.kernel.program import Program, compile_program
from lifecycle_model.kernel.record import MOVED, REFUSED
from lifecycle_model.rules.bounds import can_fail, can_hold
from lifecycle_model.rules.facts import FACTS
from lifecycle_model.rules.targets import STATES
from unit.making import event, purchase


def rows_of(table: RuleTable, axis: Axis, state: str, kind: str) -> list[int]:
    """Return the numbers of a cell's rows, of time's rows those that some day can bring."""
    return [
        number
        for number, rule in enumerate(table.rules)
        if rule.axis == axis
        and rule.kind == kind
        and state in rule.sources
        and (
            kind != "time_passed"
            or all(can_hold(rule, guard, Policy()) for guard in rule.guards)
        )
    ]


def mark_of(table: RuleTable, rows: list[int]) -> int:
    """Return the first row where nothing can keep it from firing."""
    if not rows:
        return at.NO_ROW
    first = table.rules[rows[0]]
    if any(
        FACTS[guard.fact].unit == "days" or can_fail(first, guard, Policy())
        for guard in first.guards
    ):
        return at.ASK_GUARDS
    return rows[0]


@pytest.mark.parametrize("table", EVERY_TABLE.values(), ids=EVERY_TABLE)
def test_cells_list_their_rows(table: RuleTable) -> None:
    """Each cell lists its rows in order, and its mark tells whether a guard must be asked."""
    program = compile_program(table, Policy())
    cells = [
        rows_of(table, axis, state, kind)
        for axis, states in STATES.items()
        for state, kind in product(states, KINDS)
    ]
    starts = [0, *accumulate(map(len, cells))]

    assert program.cell_start == tuple(starts)
    assert program.cell_row == tuple(row for rows in cells for row in rows)
    assert program.mark == tuple(mark_of(table, rows) for rows in cells)


@pytest.mark.parametrize("table", EVERY_TABLE.values(), ids=EVERY_TABLE)
def test_a_program_is_whole_numbers(table: RuleTable) -> None:
    """What is compiled reads nothing but whole numbers."""
    program = compile_program(table, Policy())

    for one in fields(Program):
        if one.name not in {"rules", "policy"}:
            found = getattr(program, one.name)
            numbers = found if isinstance(found, tuple) else (found,)
            assert {*map(type, numbers)} == {int}, one.name


def test_a_refusal_has_the_values_of_its_own_guards() -> None:
    """One for each guard of the cell, and none of the next cell."""
    program = Lifecycle().program
    events = (
        purchase(0),
        event("case_opened", 1, case_id="a", complaint=True),
        event("case_opened", 2, case_id="b", complaint=True),
        event("case_closed", 3, case_id="a"),
    )
    _, _, records = Lifecycle().engine.fold(Customer(id="c"), events, None, at.ANSWERS)
    refused = [(record[4], record[7]) for record in records if record[0] == REFUSED]

    assert refused
    for cell, values in refused:
        rows = program.cell_row[program.cell_start[cell] : program.cell_start[cell + 1]]
        assert len(values) == sum(len(program.rules[row].guards) for row in rows)


def test_moves_are_recorded_alone() -> None:
    """Where nobody asks for all answers, a refusal leaves no record."""
    model = Lifecycle(Policy(max_positions_skipped=0))
    events = (event("supplier_chosen", 0), event("survey_answered", 0, score=8))
    _, _, moves = model.engine.fold(Customer(id="c"), events, None, at.MOVES)
    _, _, answers = model.engine.fold(Customer(id="c"), events, None, at.ANSWERS)

    assert REFUSED in {record[0] for record in answers}
    assert moves == [record for record in answers if record[0] == MOVED]
