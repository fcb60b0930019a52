"""Folding: time first, then the event into the facts, then each axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_model.kernel.absorb import absorb, clear_event_facts, leave_window
from lifecycle_model.kernel.guards import row_due
from lifecycle_model.kernel.layout import (
    AMOUNT,
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

    from lifecycle_model.kernel.layout import Decision, Numbers
    from lifecycle_model.kernel.program import Program


def fold(
    program: Program,
    state: Numbers,
    days: Numbers,
    counts: Numbers,
    amounts: Numbers,
    opportunities: Numbers,
    listed: Numbers,
    cases: Numbers,
    events: Sequence[Sequence[int]],
    sink: list[Decision],
) -> int:
    """Fold events, already in order; return how many were folded.

    It stops before the end only where the amounts of one window reach MONEY_LIMIT: the event at
    the returned place is the one that is too much.
    """
    mark = program.mark
    stirs_situation = program.stirs_situation
    stirs_positions = program.stirs_positions
    tells_competitor = program.tells_competitor
    sets_facts = program.sets_facts
    window_days = program.window_days
    today = state[DAY]
    for event_at in range(len(events)):
        event = events[event_at]
        kind = event[KIND]
        day = event[EVENT_DAY]
        if day > today:
            is_due = day >= state[SITUATION_DUE] or day >= state[POSITION_DUE]
            if is_due and today != NONE:
                advance(program, state, days, counts, amounts, opportunities, listed, day, sink)
            today = day
            state[DAY] = day
            if days[state[HEAD]] <= day - window_days:
                leave_window(program, state, days, counts, amounts, day)
        if kind == TIME_PASSED:
            continue
        absorb(program, state, days, counts, amounts, cases, event)
        if event[AMOUNT] and not -MONEY_LIMIT < state[NET_REVENUE] < MONEY_LIMIT:
            return event_at
        if stirs_situation[kind]:
            state[SITUATION_DUE] = day
        if stirs_positions[kind]:
            state[POSITION_DUE] = day
        named = event[OPPORTUNITY]
        given = event[VALUE]
        if named >= 0:
            at = named * OPPORTUNITY_SLOTS
            if kind != OFFER_MADE:
                opportunities[at + TOUCHED] = day
            row = NO_ROW
            if (
                mark[(SITUATION_COUNT + opportunities[at + POSITION]) * KIND_COUNT + kind]
                != NO_ROW
            ):
                row = try_position(
                    program, state, opportunities, listed, at, kind, day, given, event_at, sink
                )
            if tells_competitor[kind]:
                note_competitor(opportunities, at, kind, row, given)
            if kind == MANUAL_CORRECTION:
                continue
        elif kind == CUSTOMER_LEFT:
            for place in range(state[LISTED]):
                at = listed[place]
                try_position(
                    program, state, opportunities, listed, at, kind, day, given, event_at, sink
                )
        if mark[state[SITUATION] * KIND_COUNT + kind] != NO_ROW:
            try_situation(program, state, opportunities, kind, day, given, event_at, sink)
        if sets_facts[kind]:
            clear_event_facts(state)
    return len(events)


def advance(
    program: Program,
    state: Numbers,
    days: Numbers,
    counts: Numbers,
    amounts: Numbers,
    opportunities: Numbers,
    listed: Numbers,
    to_day: int,
    sink: list[Decision],
) -> None:
    """Let time pass: visit the midnights up to `to_day` at which something may change.

    A due day that is not in the future is unknown and found again.
    """
    while state[DAY] < to_day:
        day = state[DAY] + 1
        if state[SITUATION_DUE] < day:
            state[SITUATION_DUE] = situation_due(
                program, state, days, counts, amounts, opportunities, day, to_day
            )
        if state[POSITION_DUE] < day:
            state[POSITION_DUE] = position_due(
                program, state, days, counts, amounts, opportunities, listed, day, to_day
            )
        day = min(state[SITUATION_DUE], state[POSITION_DUE])
        begin_day(program, state, days, counts, amounts, min(day, to_day))
        if day > to_day:
            break
        if state[POSITION_DUE] <= day:
            _visit_positions(program, state, opportunities, listed, day, sink)
        if state[SITUATION_DUE] <= day:
            row = 0
            while row >= 0:
                row = try_situation(
                    program, state, opportunities, TIME_PASSED, day, 0, -1, sink
                )


def begin_day(
    program: Program, state: Numbers, days: Numbers, counts: Numbers, amounts: Numbers, day: int
) -> None:
    """Make `day` the latest day seen."""
    state[DAY] = day
    if days[state[HEAD]] <= day - program.window_days:
        leave_window(program, state, days, counts, amounts, day)


def situation_due(
    program: Program,
    state: Numbers,
    days: Numbers,
    counts: Numbers,
    amounts: Numbers,
    opportunities: Numbers,
    day: int,
    horizon: int,
) -> int:
    """Return the earliest day from `day` on at which a time row of the situation fires.

    Beyond the horizon a lower bound is enough.
    """
    cell = state[SITUATION] * KIND_COUNT + TIME_PASSED
    return _cell_due(
        program, state, days, counts, amounts, opportunities, -1, cell, day, horizon
    )


def position_due(
    program: Program,
    state: Numbers,
    days: Numbers,
    counts: Numbers,
    amounts: Numbers,
    opportunities: Numbers,
    listed: Numbers,
    day: int,
    horizon: int,
) -> int:
    """Return the earliest day from `day` on at which a time row of an opportunity fires.

    Beyond the horizon a lower bound is enough.
    """
    due = NEVER
    for place in range(state[LISTED]):
        at = listed[place]
        cell = (SITUATION_COUNT + opportunities[at + POSITION]) * KIND_COUNT + TIME_PASSED
        due = min(
            due,
            _cell_due(
                program, state, days, counts, amounts, opportunities, at, cell, day, horizon
            ),
        )
    return due


def _cell_due(
    program: Program,
    state: Numbers,
    days: Numbers,
    counts: Numbers,
    amounts: Numbers,
    opportunities: Numbers,
    at: int,
    cell: int,
    day: int,
    horizon: int,
) -> int:
    due = NEVER
    for place in range(program.cell_start[cell], program.cell_start[cell + 1]):
        row = program.cell_row[place]
        found = row_due(
            program, state, days, counts, amounts, opportunities, at, row, day, horizon
        )
        due = min(due, found)
    return due


def _visit_positions(
    program: Program,
    state: Numbers,
    opportunities: Numbers,
    listed: Numbers,
    day: int,
    sink: list[Decision],
) -> None:
    """Let each opportunity try its time rows once; forget those that are back at status quo."""
    kept = 0
    for place in range(state[LISTED]):
        at = listed[place]
        if opportunities[at + POSITION] != STATUS_QUO:
            try_position(
                program, state, opportunities, listed, at, TIME_PASSED, day, 0, -1, sink
            )
        if opportunities[at + POSITION] == STATUS_QUO:
            opportunities[at + IS_LISTED] = 0
        else:
            listed[kept] = at
            kept += 1
    state[LISTED] = kept
