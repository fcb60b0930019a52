"""Deciding and moving: one try of a cell of the table, on either axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_model.kernel.absorb import restore, stir_positions, stir_situation
from lifecycle_model.kernel.guards import first_row
from lifecycle_model.kernel.layout import (
    ANSWERS,
    ASK_GUARDS,
    DAYS_DISSATISFIED,
    DISSATISFIED,
    DUE,
    ENTERED,
    IMPLEMENTATION,
    IS_LISTED,
    KIND_COUNT,
    LISTED,
    MANUAL_CORRECTION,
    MOVED_DAY,
    MOVED_EVENT,
    MOVED_ROW,
    NEVER,
    NO_OPPORTUNITY,
    NO_ROW,
    NONE,
    OCCASIONAL,
    OPEN_OPPORTUNITIES,
    OPPORTUNITY_DUE,
    OPPORTUNITY_LOST,
    ORDERED,
    POSITION,
    POSITION_DUE,
    POTENTIAL,
    PURCHASE_COMPLETED,
    PURCHASES,
    RECORDING,
    REFUSED,
    RUNG,
    SITUATION,
    STANDING_PURCHASES,
    STATUS_QUO,
    SUPPLIER_CHOSEN,
    TO_GIVEN,
    TO_RESTORED,
    TOUCHED,
    WITH_COMPETITOR,
)
from lifecycle_model.kernel.record import record_answer, record_refusal

if TYPE_CHECKING:
    from lifecycle_model.kernel.layout import Decision, Memory, Numbers
    from lifecycle_model.kernel.program import Program


def try_position(
    program: Program,
    memory: Memory,
    at: int,
    cell: int,
    day: int,
    given: int,
    event_at: int,
    sink: list[Decision],
) -> int:
    """Let one opportunity answer in a cell with rows; return the row that fired or REFUSED."""
    state = memory.state
    opportunities = memory.opportunities
    row = program.mark[cell]
    if row == ASK_GUARDS:
        row = first_row(program, memory, at, cell, day, given)
        if row == REFUSED:
            if state[RECORDING] == ANSWERS and event_at >= 0:
                record_refusal(program, memory, at, cell, given, day, event_at, sink)
            return REFUSED
    before = opportunities[at + POSITION]
    target = program.target[row]
    if target == TO_GIVEN:
        target = given
    if state[RECORDING]:
        record_answer(program, memory, at, row, before, target, day, event_at, sink)
    if target != before:
        enter_position(program, memory, at, before, target, day)
    elif target == IMPLEMENTATION and program.renews_implementation[cell % KIND_COUNT]:
        opportunities[at + ENTERED] = day
    return row


def note_competitor(memory: Memory, at: int, kind: int, row: int, named: int) -> None:
    """Keep with whom the opportunity is, after the position answered `row`."""
    opportunities = memory.opportunities
    if kind == OPPORTUNITY_LOST and row != NO_ROW:
        opportunities[at + WITH_COMPETITOR] = 1
    elif row >= 0 and kind == SUPPLIER_CHOSEN:
        opportunities[at + WITH_COMPETITOR] = named
    elif row >= 0 and (kind == PURCHASE_COMPLETED or kind == MANUAL_CORRECTION):
        opportunities[at + WITH_COMPETITOR] = 0


def try_situation(
    program: Program,
    memory: Memory,
    cell: int,
    day: int,
    given: int,
    event_at: int,
    sink: list[Decision],
) -> int:
    """Let the situation answer in a cell with rows; return the row that fired or REFUSED."""
    state = memory.state
    row = program.mark[cell]
    if row == ASK_GUARDS:
        row = first_row(program, memory, NO_OPPORTUNITY, cell, day, given)
        if row == REFUSED:
            if state[RECORDING] == ANSWERS and event_at >= 0:
                record_refusal(
                    program, memory, NO_OPPORTUNITY, cell, given, day, event_at, sink
                )
            return REFUSED
    before = state[SITUATION]
    target = program.target[row]
    restored = target == TO_RESTORED
    if restored:
        target = restored_situation(state)
    elif target == TO_GIVEN:
        target = given
    if state[RECORDING]:
        record_answer(program, memory, NO_OPPORTUNITY, row, before, target, day, event_at, sink)
    if target != before:
        state[MOVED_ROW] = row
        state[MOVED_EVENT] = event_at
        state[MOVED_DAY] = day
        corrected = cell % KIND_COUNT == MANUAL_CORRECTION
        enter_situation(program, state, before, target, restored, corrected, day)
    return row


def enter_position(
    program: Program, memory: Memory, at: int, before: int, target: int, day: int
) -> None:
    """Move an opportunity to another position, with all that hangs on it."""
    state = memory.state
    opportunities = memory.opportunities
    opportunities[at + POSITION] = target
    opportunities[at + WITH_COMPETITOR] = 0
    was_open = STATUS_QUO < before < IMPLEMENTATION
    is_open = STATUS_QUO < target < IMPLEMENTATION
    if is_open and not was_open:
        state[OPEN_OPPORTUNITIES] += 1
        if program.situation_reads_growth:
            stir_situation(state, day)
    elif was_open and not is_open:
        state[OPEN_OPPORTUNITIES] -= 1
        stir_situation(state, day)
    if target == STATUS_QUO:
        opportunities[at + ENTERED] = NONE
        opportunities[at + OPPORTUNITY_DUE] = NEVER
        return
    if not opportunities[at + IS_LISTED]:
        _list(memory, at)
    due = day
    if opportunities[at + TOUCHED] == day:
        due += program.position_wait[target]
    opportunities[at + ENTERED] = day
    opportunities[at + OPPORTUNITY_DUE] = due
    if due < state[POSITION_DUE]:
        state[POSITION_DUE] = due
        state[DUE] = min(state[DUE], due)


def _list(memory: Memory, at: int) -> None:
    """Put the opportunity behind those that time visits."""
    state = memory.state
    count = state[LISTED]
    memory.opportunities[at + IS_LISTED] = 1
    memory.listed[count] = at
    state[LISTED] = count + 1
    if state[ORDERED] == count and (count == 0 or memory.listed[count - 1] < at):
        state[ORDERED] = count + 1


def order_listed(memory: Memory) -> None:
    """Bring the listed opportunities into ascending order (Shell's sort)."""
    state = memory.state
    listed = memory.listed
    count = state[LISTED]
    gap = 1
    while gap < count - state[ORDERED]:  # few new ones need few rounds
        gap = 3 * gap + 1
    while gap > 0 and state[ORDERED] < count:
        for place in range(gap, count):
            at = listed[place]
            hole = place
            while hole >= gap and listed[hole - gap] > at:
                listed[hole] = listed[hole - gap]
                hole -= gap
            listed[hole] = at
        gap //= 3
    state[ORDERED] = count


def restored_situation(state: Numbers) -> int:
    """Return the situation to which a restore leads, -1 outside a dissatisfaction."""
    rung = state[RUNG]
    if rung >= 0 and state[PURCHASES] > 0 and state[STANDING_PURCHASES] <= 0:
        return POTENTIAL
    return rung


def enter_situation(
    program: Program,
    state: Numbers,
    before: int,
    target: int,
    restored: bool,
    corrected: bool,
    day: int,
) -> None:
    """Move the situation, with all that hangs on it."""
    state[SITUATION] = target
    if before == DISSATISFIED:
        state[RUNG] = NO_ROW
        state[DAYS_DISSATISFIED] = NONE
    if restored:
        restore(program, state, day)
    if target == DISSATISFIED:
        state[RUNG] = before
        if corrected and before < OCCASIONAL:
            state[RUNG] = OCCASIONAL
        state[DAYS_DISSATISFIED] = day
    stir_situation(state, day)
    if program.positions_read_customer:
        stir_positions(state, day)
