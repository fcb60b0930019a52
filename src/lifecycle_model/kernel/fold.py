"""Folding: time first, then the event into the facts, then each axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_model.kernel.absorb import absorb, leave_window
from lifecycle_model.kernel.guards import cell_due
from lifecycle_model.kernel.layout import (
    CUSTOMER_LEFT,
    DAY,
    DUE,
    EVENT_DAY,
    IS_LISTED,
    KIND,
    KIND_COUNT,
    LISTED,
    MANUAL_CORRECTION,
    NEVER,
    NO_EVENT,
    NO_OPPORTUNITY,
    NO_ROW,
    NO_STATE,
    NONE,
    OFFER_MADE,
    OPPORTUNITY,
    OPPORTUNITY_DUE,
    OPPORTUNITY_SLOTS,
    ORDERED,
    POSITION,
    POSITION_DUE,
    REFUSED,
    SITUATION,
    SITUATION_COUNT,
    SITUATION_DUE,
    STATUS_QUO,
    TIME_PASSED,
    TOUCHED,
    VALUE,
    WINDOW_DUE,
)
from lifecycle_model.kernel.moves import (
    note_competitor,
    order_listed,
    try_position,
    try_situation,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_model.kernel.layout import Decision, Memory
    from lifecycle_model.kernel.program import Program


def fold(
    program: Program, memory: Memory, events: Sequence[Sequence[int]], sink: list[Decision]
) -> int:
    """Fold events, already in order; return how many were folded.

    It stops before the end only where the amounts of a day or a window reach MONEY_LIMIT: the
    event at the returned place is the one that is too much.
    """
    state = memory.state
    opportunities = memory.opportunities
    mark = program.mark
    absorbs = program.absorbs
    tells_competitor = program.tells_competitor
    for event_at in range(len(events)):
        event = events[event_at]
        kind = event[KIND]
        day = event[EVENT_DAY]
        if day > state[DAY]:
            if day < state[DUE]:
                state[DAY] = day
            else:
                advance(program, memory, day, sink)
        if absorbs[kind]:
            if not absorb(program, memory, event):
                return event_at
        elif kind == TIME_PASSED:
            continue
        named = event[OPPORTUNITY]
        if named >= 0:
            at = named * OPPORTUNITY_SLOTS
            if kind != OFFER_MADE:
                opportunities[at + TOUCHED] = day
            cell = (SITUATION_COUNT + opportunities[at + POSITION]) * KIND_COUNT + kind
            row = mark[cell]
            if row != NO_ROW:
                given = event[VALUE]
                row = try_position(program, memory, at, cell, day, given, event_at, sink)
            if tells_competitor[kind]:
                note_competitor(memory, at, kind, row, event[VALUE])
            if kind == MANUAL_CORRECTION:
                continue
        elif kind == CUSTOMER_LEFT:
            _leave_positions(program, memory, day, event_at, sink)
        cell = state[SITUATION] * KIND_COUNT + kind
        if mark[cell] != NO_ROW:
            try_situation(program, memory, cell, day, event[VALUE], event_at, sink)
    return len(events)


def advance(program: Program, memory: Memory, to_day: int, sink: list[Decision]) -> None:
    """Let time pass up to `to_day`, a later day; visit the midnights at which a row fires."""
    state = memory.state
    due = to_day  # before the first event there is no time, and no due day is known
    while state[DAY] > NONE:
        # A due day beyond the horizon still holds, any other is found again.
        if state[SITUATION_DUE] <= to_day:
            cell = state[SITUATION] * KIND_COUNT + TIME_PASSED
            state[SITUATION_DUE] = cell_due(
                program, memory, NO_OPPORTUNITY, cell, state[DAY] + 1, to_day
            )
        if state[POSITION_DUE] <= to_day:
            state[POSITION_DUE] = _positions_due(program, memory, to_day)
        due = state[SITUATION_DUE]
        if state[POSITION_DUE] < due:
            due = state[POSITION_DUE]
        if due > to_day:
            break
        _visit_midnight(program, memory, due, sink)
    begin_day(program, memory, to_day)
    if state[WINDOW_DUE] < due:
        due = state[WINDOW_DUE]
    state[DUE] = due


def next_due(program: Program, memory: Memory) -> int:
    """Return the next day on which a time row fires, or NEVER."""
    state = memory.state
    if state[DAY] == NONE:
        return NEVER
    cell = state[SITUATION] * KIND_COUNT + TIME_PASSED
    situation_due = cell_due(program, memory, NO_OPPORTUNITY, cell, state[DAY] + 1, NEVER)
    return min(situation_due, _positions_due(program, memory, NEVER))


def begin_day(program: Program, memory: Memory, day: int) -> None:
    """Make `day` the latest day seen."""
    memory.state[DAY] = day
    if memory.state[WINDOW_DUE] <= day:
        leave_window(program, memory, day)


def _positions_due(program: Program, memory: Memory, horizon: int) -> int:
    """Return the next day on which time moves an opportunity."""
    opportunities = memory.opportunities
    due = NEVER
    for place in range(memory.state[LISTED]):
        at = memory.listed[place]
        found = opportunities[at + OPPORTUNITY_DUE]
        if found <= horizon or program.positions_read_customer:
            cell = (SITUATION_COUNT + opportunities[at + POSITION]) * KIND_COUNT + TIME_PASSED
            found = cell_due(program, memory, at, cell, memory.state[DAY] + 1, horizon)
            opportunities[at + OPPORTUNITY_DUE] = found
        if found < due:
            due = found
    return due


def _visit_midnight(program: Program, memory: Memory, day: int, sink: list[Decision]) -> None:
    """Let each opportunity try its time rows once, then the situation until none fires."""
    state = memory.state
    begin_day(program, memory, day)
    if state[POSITION_DUE] <= day:
        _visit_positions(program, memory, day, sink)
    while state[SITUATION_DUE] <= day:
        cell = state[SITUATION] * KIND_COUNT + TIME_PASSED
        if program.mark[cell] == NO_ROW or (
            try_situation(program, memory, cell, day, NO_STATE, NO_EVENT, sink) == REFUSED
        ):
            break


def _visit_positions(program: Program, memory: Memory, day: int, sink: list[Decision]) -> None:
    """Let the opportunities try their time rows; forget those that are back at status quo."""
    state = memory.state
    opportunities = memory.opportunities
    listed = memory.listed
    if state[ORDERED] < state[LISTED]:
        order_listed(memory)
    due = NEVER
    kept = 0
    for place in range(state[LISTED]):
        at = listed[place]
        # Where opportunities read the customer, one that moves may let the next one move.
        if opportunities[at + OPPORTUNITY_DUE] <= day or program.positions_read_customer:
            cell = (SITUATION_COUNT + opportunities[at + POSITION]) * KIND_COUNT + TIME_PASSED
            if program.mark[cell] != NO_ROW:
                try_position(program, memory, at, cell, day, NO_STATE, NO_EVENT, sink)
        if opportunities[at + POSITION] == STATUS_QUO:
            opportunities[at + IS_LISTED] = 0
        else:
            listed[kept] = at
            kept += 1
            if opportunities[at + OPPORTUNITY_DUE] < due:
                due = opportunities[at + OPPORTUNITY_DUE]
    state[LISTED] = kept
    state[ORDERED] = kept
    state[POSITION_DUE] = day if program.positions_read_customer else due


def _leave_positions(
    program: Program, memory: Memory, day: int, event_at: int, sink: list[Decision]
) -> None:
    """Let each opportunity answer to the customer's leaving."""
    opportunities = memory.opportunities
    order_listed(memory)
    for place in range(memory.state[LISTED]):
        at = memory.listed[place]
        cell = (SITUATION_COUNT + opportunities[at + POSITION]) * KIND_COUNT + CUSTOMER_LEFT
        if program.mark[cell] != NO_ROW:
            try_position(program, memory, at, cell, day, NO_STATE, event_at, sink)
