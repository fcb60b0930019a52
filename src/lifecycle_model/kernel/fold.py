"""Folding: time first, then the event into the facts, then each axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_model.kernel.absorb import absorb, clear_event_facts, leave_window
from lifecycle_model.kernel.guards import cell_due
from lifecycle_model.kernel.layout import (
    AMOUNT,
    BOOKED,
    CUSTOMER_LEFT,
    DAY,
    EVENT_DAY,
    HEAD,
    IS_LISTED,
    KIND,
    KIND_COUNT,
    LISTED,
    MANUAL_CORRECTION,
    MONEY_LIMIT,
    NET_REVENUE,
    NEVER,
    NO_ROW,
    NONE,
    OFFER_MADE,
    OPPORTUNITY,
    OPPORTUNITY_SLOTS,
    POSITION,
    POSITION_DUE,
    SITUATION,
    SITUATION_COUNT,
    SITUATION_DUE,
    STATUS_QUO,
    TIME_PASSED,
    TOUCHED,
    VALUE,
)
from lifecycle_model.kernel.moves import note_competitor, try_position, try_situation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_model.kernel.layout import Decision, Memory
    from lifecycle_model.kernel.program import Program


def fold(
    program: Program,
    memory: Memory,
    events: Sequence[Sequence[int]],
    sink: list[Decision],
) -> int:
    """Fold events, already in order; return how many were folded.

    It stops before the end only where the amounts of a day or a window reach MONEY_LIMIT: the
    event at the returned place is the one that is too much.
    """
    state = memory.state
    opportunities = memory.opportunities
    listed = memory.listed
    mark = program.mark
    stirs_situation = program.stirs_situation
    stirs_positions = program.stirs_positions
    tells_competitor = program.tells_competitor
    sets_facts = program.sets_facts
    for event_at in range(len(events)):
        event = events[event_at]
        kind = event[KIND]
        day = event[EVENT_DAY]
        if day > state[DAY]:
            if day >= state[SITUATION_DUE] or day >= state[POSITION_DUE]:
                visit_midnights(program, memory, day, sink)
            begin_day(program, memory, day)
        if kind == TIME_PASSED:
            continue
        absorb(program, memory, event)
        if event[AMOUNT] and not (
            -MONEY_LIMIT < state[NET_REVENUE] < MONEY_LIMIT
            and -MONEY_LIMIT < state[BOOKED] < MONEY_LIMIT
        ):
            return event_at
        if stirs_situation[kind]:
            state[SITUATION_DUE] = day
        if stirs_positions[kind]:
            state[POSITION_DUE] = day
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
            for place in range(state[LISTED]):
                at = listed[place]
                cell = (SITUATION_COUNT + opportunities[at + POSITION]) * KIND_COUNT + kind
                if mark[cell] != NO_ROW:
                    try_position(program, memory, at, cell, day, 0, event_at, sink)
        cell = state[SITUATION] * KIND_COUNT + kind
        if mark[cell] != NO_ROW:
            try_situation(program, memory, cell, day, event[VALUE], event_at, sink)
        if sets_facts[kind]:
            clear_event_facts(state)
    return len(events)


def advance(program: Program, memory: Memory, to_day: int, sink: list[Decision]) -> None:
    """Let time pass up to `to_day`."""
    visit_midnights(program, memory, to_day, sink)
    begin_day(program, memory, to_day)


def next_due(program: Program, memory: Memory) -> int:
    """Return the next day on which a time row fires, or NEVER."""
    state = memory.state
    if state[DAY] == NONE:
        return NEVER
    day = state[DAY] + 1
    cell = state[SITUATION] * KIND_COUNT + TIME_PASSED
    situation_day = cell_due(program, memory, -1, cell, day, NEVER)
    return min(situation_day, positions_due(program, memory, day, NEVER))


def visit_midnights(
    program: Program,
    memory: Memory,
    to_day: int,
    sink: list[Decision],
) -> None:
    """Visit the midnights up to `to_day` at which something may change.

    A due day that is not in the future is unknown and found again.
    """
    state = memory.state
    if state[DAY] == NONE:  # before the first event there is no time
        return
    while state[DAY] < to_day:
        day = state[DAY] + 1
        if state[SITUATION_DUE] < day:
            cell = state[SITUATION] * KIND_COUNT + TIME_PASSED
            state[SITUATION_DUE] = cell_due(program, memory, -1, cell, day, to_day)
        if state[POSITION_DUE] < day:
            state[POSITION_DUE] = positions_due(program, memory, day, to_day)
        situation_day = state[SITUATION_DUE]
        position_day = state[POSITION_DUE]
        day = min(position_day, situation_day)
        if day > to_day:
            return
        begin_day(program, memory, day)
        if position_day == day:
            _visit_positions(program, memory, day, sink)
        row = 0
        while state[SITUATION_DUE] <= day and row >= 0:
            cell = state[SITUATION] * KIND_COUNT + TIME_PASSED
            row = program.mark[cell]
            if row != NO_ROW:
                row = try_situation(program, memory, cell, day, 0, -1, sink)


def begin_day(program: Program, memory: Memory, day: int) -> None:
    """Make `day` the latest day seen."""
    state = memory.state
    days = memory.days
    state[DAY] = day
    if days[state[HEAD]] <= day - program.window_days:
        leave_window(program, memory, day)


def positions_due(program: Program, memory: Memory, day: int, horizon: int) -> int:
    """Return the earliest day from `day` on at which a time row of an opportunity fires.

    Beyond the horizon a lower bound is enough.
    """
    state = memory.state
    opportunities = memory.opportunities
    listed = memory.listed
    due = NEVER
    for place in range(state[LISTED]):
        at = listed[place]
        cell = (SITUATION_COUNT + opportunities[at + POSITION]) * KIND_COUNT + TIME_PASSED
        found = cell_due(program, memory, at, cell, day, horizon)
        due = min(due, found)
    return due


def _visit_positions(program: Program, memory: Memory, day: int, sink: list[Decision]) -> None:
    """Let each opportunity try its time rows once; forget those that are back at status quo."""
    state = memory.state
    opportunities = memory.opportunities
    listed = memory.listed
    kept = 0
    for place in range(state[LISTED]):
        at = listed[place]
        cell = (SITUATION_COUNT + opportunities[at + POSITION]) * KIND_COUNT + TIME_PASSED
        if program.mark[cell] != NO_ROW:
            try_position(program, memory, at, cell, day, 0, -1, sink)
        if opportunities[at + POSITION] == STATUS_QUO:
            opportunities[at + IS_LISTED] = 0
        else:
            listed[kept] = at
            kept += 1
    state[LISTED] = kept
    state[POSITION_DUE] = day
