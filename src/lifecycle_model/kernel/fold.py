"""Folding: time first, then the event into the facts, then each axis."""

from lifecycle_model.kernel.absorb import absorb, clear_event_facts, leave_window
from lifecycle_model.kernel.guards import row_due
from lifecycle_model.kernel.layout import (
    CUSTOMER_LEFT,
    DAY,
    END,
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


def fold(program, state, days, counts, amounts, opportunities, listed, cases, events, sink):
    """Fold events, already in order; return how many were folded.

    It stops before the end only where the amounts of one window reach MONEY_LIMIT: the event at
    the returned place is the one that is too much.
    """
    for event_at in range(len(events)):
        event = events[event_at]
        kind = event[KIND]
        day = event[EVENT_DAY]
        if day > state[DAY]:
            if state[DAY] == NONE:
                begin_day(program, state, days, counts, amounts, day)
            else:
                advance(program, state, days, counts, amounts, opportunities, listed, day, sink)
        if kind == TIME_PASSED:
            continue
        absorb(program, state, days, counts, amounts, cases, event)
        if not -MONEY_LIMIT < state[NET_REVENUE] < MONEY_LIMIT:
            return event_at
        if program.stirs_situation[kind]:
            state[SITUATION_DUE] = day
        if program.stirs_positions[kind]:
            state[POSITION_DUE] = day
        named = event[OPPORTUNITY]
        given = event[VALUE]
        if named >= 0:
            at = named * OPPORTUNITY_SLOTS
            if kind != OFFER_MADE:
                opportunities[at + TOUCHED] = day
            row = try_position(
                program, state, opportunities, listed, at, kind, day, given, event_at, sink
            )
            if program.tells_competitor[kind]:
                note_competitor(opportunities, at, kind, row, given)
        elif kind == CUSTOMER_LEFT:
            for place in range(state[LISTED]):
                at = listed[place]
                try_position(
                    program, state, opportunities, listed, at, kind, day, given, event_at, sink
                )
        if named < 0 or kind != MANUAL_CORRECTION:
            try_situation(program, state, opportunities, kind, day, given, event_at, sink)
        if program.sets_facts[kind]:
            clear_event_facts(state)
    return len(events)


def advance(program, state, days, counts, amounts, opportunities, listed, to_day, sink):
    """Let time pass: visit the midnights up to `to_day` at which something may change."""
    while True:
        day = max(state[DAY] + 1, min(state[SITUATION_DUE], state[POSITION_DUE]))
        if day > to_day:
            begin_day(program, state, days, counts, amounts, to_day)
            return
        begin_day(program, state, days, counts, amounts, day)
        if state[POSITION_DUE] <= day:
            _visit_positions(program, state, opportunities, listed, day, sink)
        if state[SITUATION_DUE] <= day:
            kind = TIME_PASSED
            while try_situation(program, state, opportunities, kind, day, 0, -1, sink) >= 0:
                pass
            state[SITUATION_DUE] = situation_due(
                program, state, days, counts, amounts, opportunities, day + 1
            )
        if state[POSITION_DUE] <= day:
            state[POSITION_DUE] = position_due(
                program, state, days, counts, amounts, opportunities, listed, day + 1
            )


def begin_day(program, state, days, counts, amounts, day):
    """Make `day` the latest day seen."""
    state[DAY] = day
    if state[HEAD] < state[END] and days[state[HEAD]] <= day - program.window_days:
        leave_window(program, state, days, counts, amounts, day)


def situation_due(program, state, days, counts, amounts, opportunities, day):
    """Return the earliest day from `day` on at which a time row of the situation fires."""
    cell = state[SITUATION] * KIND_COUNT + TIME_PASSED
    due = NEVER
    for place in range(program.cell_start[cell], program.cell_start[cell + 1]):
        row = program.cell_row[place]
        due = min(
            due, row_due(program, state, days, counts, amounts, opportunities, -1, row, day)
        )
    return due


def position_due(program, state, days, counts, amounts, opportunities, listed, day):
    """Return the earliest day from `day` on at which a time row of an opportunity fires."""
    due = NEVER
    for index in range(state[LISTED]):
        at = listed[index]
        cell = (SITUATION_COUNT + opportunities[at + POSITION]) * KIND_COUNT + TIME_PASSED
        for place in range(program.cell_start[cell], program.cell_start[cell + 1]):
            row = program.cell_row[place]
            due = min(
                due, row_due(program, state, days, counts, amounts, opportunities, at, row, day)
            )
    return due


def _visit_positions(program, state, opportunities, listed, day, sink):
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
    state[POSITION_DUE] = day
