"""Folding customers one after the other with the compiled kernel."""

# Pointers and a sink of its own stand for the lists that the kernel's types name.
# pyright: reportArgumentType=false, reportPrivateImportUsage=false, reportUnusedExpression=false

from collections import namedtuple
from functools import cache
from typing import Any, Final

import numpy as np
from numba import carray
from numba.extending import register_jitable

from lifecycle_model.columnar.jit import compiled
from lifecycle_model.columnar.native import Memory, Sink, kernel_digest, pointer
from lifecycle_model.columnar.records import INVALID
from lifecycle_model.columnar.times import DAY, EPOCH, MINUTE
from lifecycle_model.derived import conditions
from lifecycle_model.kernel import layout as at
from lifecycle_model.kernel.fold import advance, fold, next_due
from lifecycle_model.kernel.unpack import unpack_case, unpack_opportunity, unpack_window
from lifecycle_model.memory import NO_OPPORTUNITY

WRONG_CURRENCY: Final = 1
TOO_MUCH: Final = 2
"""Why a record became INVALID while folding; kept in its flag."""

NO_TIME: Final = -(2**63)
"""Stands where there is no instant."""

MORE: Final = 3
"""Numbers of a move behind its line: customer, time, kind."""

# The compiler knows named tuples of this kind.
Before = namedtuple(  # noqa: PYI024
    "Before",
    (
        "held_at",  # by customer: the place among those held, -1 for none; empty for nobody
        "slot_ids",
        "slots",
        "moments",
        "currencies",
        "window_starts",
        "window_days",
        "window_counts",
        "window_amounts",
        "opportunity_starts",
        "opportunity_slots",
        "case_starts",
        "case_slots",
    ),
)
"""What is held of customers from before, as in `Held`, in the codes of this fold."""

After = namedtuple("After", ("states", "revenues", "moments", "values"))  # noqa: PYI024
"""What becomes of customers; the last axis is the customer. The values are: conditions, first
currency, entries left of the window, of opportunities and of cases, the next due day and its
row."""

Left = namedtuple(  # noqa: PYI024
    "Left", ("days", "counts", "amounts", "opportunities", "cases", "used")
)
"""What customers leave behind, end to end, and how much there is of each kind."""

# By kind, INVALID and DROPPED among them. Which kind comes next nobody can guess, so a number
# that is looked up is faster than a branch.
_BOOKS: Final = np.zeros(256, np.int64)
_BOOKS[[at.PURCHASE_COMPLETED, at.PURCHASE_REVERSED]] = 1
_NAMES_CASE: Final = np.zeros(256, np.int64)
_NAMES_CASE[[at.CASE_OPENED, at.CASE_CLOSED]] = 1


@register_jitable
def _distinct(codes, count):
    """Sort the first codes and drop those that stand twice; return how many are left."""
    same = True
    for place in range(1, count):
        if codes[place] != codes[0]:
            same = False
            break
    if same:
        return min(count, 1)
    codes[:count].sort()
    kept = 1
    for place in range(1, count):
        if codes[place] != codes[kept - 1]:
            codes[kept] = codes[place]
            kept += 1
    return kept


@register_jitable
def _place(codes, count, code):
    """Return the place of a code among the distinct ones."""
    low, high = 0, count
    while high - low > 1:
        middle = (low + high) // 2
        if codes[middle] <= code:
            low = middle
        else:
            high = middle
    return low


@register_jitable
def _copy(numbers, start, target, place, count):
    """Copy numbers; a loop compiles in a fraction of the time that a slice takes."""
    for one in range(count):
        target[place + one] = numbers[start + one]


@register_jitable
def _rooms(records, starts, before, first, last):
    """Return what the largest customer needs, and then what all need together.

    Each time: events, entries of the window, opportunities, cases.
    """
    largest = np.zeros(4, np.int64)
    total = np.zeros(4, np.int64)
    need = np.empty(4, np.int64)
    for customer in range(first, last):
        for one in range(4):
            need[one] = 0
        for place in range(starts[customer], starts[customer + 1]):
            record = records[place]
            need[0] += 1
            need[1] += _BOOKS[record.kind]
            need[2] += record.opportunity >= 0
            need[3] += _NAMES_CASE[record.kind]
        if len(before.held_at) > 0 and before.held_at[customer] >= 0:
            old = before.held_at[customer]
            need[1] += before.window_starts[old + 1] - before.window_starts[old]
            need[2] += before.opportunity_starts[old + 1] - before.opportunity_starts[old]
            need[3] += before.case_starts[old + 1] - before.case_starts[old]
        for one in range(4):
            largest[one] = max(largest[one], need[one])
            total[one] += need[one]
    return largest, total


@register_jitable
def _own_codes(records, start, end, before, old, opportunities, cases):
    """Collect the opportunities and cases of one customer, ascending; return how many."""
    many = some = 0
    for place in range(start, end):
        record = records[place]
        opportunities[many] = record.opportunity  # overwritten where there is none
        many += record.opportunity >= 0
        cases[some] = record.value
        some += _NAMES_CASE[record.kind]
    if old >= 0:
        for place in range(before.opportunity_starts[old], before.opportunity_starts[old + 1]):
            opportunities[many] = before.opportunity_slots[place, 0]
            many += 1
        for place in range(before.case_starts[old], before.case_starts[old + 1]):
            cases[some] = before.case_slots[place, 0]
            some += 1
    return _distinct(opportunities, many), _distinct(cases, some)


@register_jitable
def _unpack(program, memory, before, old, opportunities, many, cases, some):
    """Fill the memory of a new customer with what is held of an old one."""
    for one in range(len(before.slot_ids)):
        memory.state[before.slot_ids[one]] = before.slots[one, old]
    entries = 0
    for place in range(before.window_starts[old], before.window_starts[old + 1]):
        memory.days[entries] = before.window_days[place]
        memory.counts[entries] = before.window_counts[place]
        memory.amounts[entries] = before.window_amounts[place]
        entries += 1
    unpack_window(program, memory, entries)
    for place in range(before.opportunity_starts[old], before.opportunity_starts[old + 1]):
        held = before.opportunity_slots[place]
        code = _place(opportunities, many, held[0])
        for slot in range(at.IS_LISTED):
            memory.opportunities[code * at.OPPORTUNITY_SLOTS + slot] = held[1 + slot]
        unpack_opportunity(memory, code)
    for place in range(before.case_starts[old], before.case_starts[old + 1]):
        code = _place(cases, some, before.case_slots[place, 0])
        unpack_case(memory.state, memory.cases, code, before.case_slots[place, 1])


@register_jitable
def _check_currency(record, currencies, needed, first):
    """Return the customer's first currency after a record, which may turn out invalid."""
    found = currencies[record.row]
    if found < 0:
        return first
    expected = needed if needed >= 0 else first
    if expected >= 0 and found != expected:
        record.kind = INVALID
        record.flag = WRONG_CURRENCY
        return first
    return found if first < 0 else first


@register_jitable
def _write_event(event, record, offset, opportunities, many, cases, some):
    """Write a record as the kernel's event."""
    event[at.KIND] = record.kind
    event[at.EVENT_DAY] = (record.time + offset) // DAY + EPOCH
    event[at.OPPORTUNITY] = np.int64(record.opportunity >= 0) - 1
    if many > 1 and record.opportunity >= 0:
        event[at.OPPORTUNITY] = _place(opportunities, many, record.opportunity)
    event[at.VALUE] = record.value
    if some > 0 and _NAMES_CASE[record.kind]:
        event[at.VALUE] = _place(cases, some, record.value)
    event[at.FLAG] = record.flag
    event[at.AMOUNT] = record.amount


@register_jitable
def _leave(memory, left, opportunities, many, cases, some, values, customer):
    """Copy what later events need to the end of what all leave behind."""
    state = memory.state
    kept = left.used[0]
    for place in range(state[at.HEAD], state[at.END]):
        if memory.counts[place] or memory.amounts[place]:
            left.days[kept] = memory.days[place]
            left.counts[kept] = memory.counts[place]
            left.amounts[kept] = memory.amounts[place]
            kept += 1
    values[2, customer] = kept - left.used[0]
    left.used[0] = kept
    kept = left.used[1]
    for code in range(many):
        slot = code * at.OPPORTUNITY_SLOTS
        if memory.opportunities[slot + at.POSITION] != at.STATUS_QUO:
            left.opportunities[kept, 0] = opportunities[code]
            for one in range(at.IS_LISTED):
                left.opportunities[kept, 1 + one] = memory.opportunities[slot + one]
            kept += 1
    values[3, customer] = kept - left.used[1]
    left.used[1] = kept
    kept = left.used[2]
    for code in range(some):
        if memory.cases[code] // 2 == state[at.CASE_EPOCH]:
            left.cases[kept, 0] = cases[code]
            left.cases[kept, 1] = memory.cases[code] % 2
            kept += 1
    values[4, customer] = kept - left.used[2]
    left.used[2] = kept


@register_jitable
def _append_moves(
    moves, moved, lines, count, width, records, origins, opportunities, customer, offset
):
    """Copy a customer's moves to the end of all, in the codes and rows of the log."""
    while moved + count > len(moves):
        more = np.empty((2 * len(moves), moves.shape[1]), np.int64)
        for line in range(moved):
            _copy(moves[line], 0, more[line], 0, moves.shape[1])
        moves = more
    for line in range(count):
        move = moves[moved + line]
        _copy(lines, line * width, move, 0, width)
        event, slot = move[1], move[3]
        move[3] = opportunities[slot // at.OPPORTUNITY_SLOTS] if slot >= 0 else -1
        move[width] = customer
        if event >= 0:
            cause = records[origins[event]]
            move[1] = cause.row
            move[width + 1] = cause.time
            move[width + 2] = cause.kind
        else:
            move[width + 1] = (move[2] - EPOCH) * DAY - offset
            move[width + 2] = at.TIME_PASSED
    return moves


@register_jitable
def _hold(*arrays):
    """Keep arrays: the compiler frees one after its last use, and a pointer to it is none."""


@cache
def fold_customers() -> Any:  # noqa: ANN401 - a compiled function
    """Return the compiled loop over customers; see `_make`."""
    return _make(kernel_digest())


def _make(digest: str) -> Any:  # noqa: ANN401 - a compiled function
    @compiled
    def run(
        table,  # the program, as one record
        blank,  # the slots of a new customer
        records,
        starts,
        first,
        last,
        before,
        currencies,  # by row: the code of the currency, -1 without one; empty without any
        needed_currency,  # the policy's, -1 without one
        until,  # microseconds to which time passes, NO_TIME for the last event's
        recording,
        width,  # numbers of a move: HEAD and the values of its guards
        after,
    ):
        digest  # noqa: B018 - part of what the compiled function is kept under
        program = table[0]
        offset = program.day_offset_minutes * MINUTE
        unnamed = np.array(NO_OPPORTUNITY)
        largest, total = _rooms(records, starts, before, first, last)

        state = np.empty(len(blank), np.int64)
        days = np.empty(largest[1] + 1, np.int64)
        counts = np.empty(largest[1] + 1, np.int64)
        amounts = np.empty(largest[1] + 1, np.int64)
        slots = np.empty((largest[2] + 1) * at.OPPORTUNITY_SLOTS, np.int64)
        listed = np.empty(largest[2] + 1, np.int64)
        marks = np.empty(largest[3] + 1, np.int64)
        memory = Memory(
            pointer(state.ctypes),
            pointer(days.ctypes),
            pointer(counts.ctypes),
            pointer(amounts.ctypes),
            pointer(slots.ctypes),
            pointer(listed.ctypes),
            pointer(marks.ctypes),
        )
        opportunities = np.empty(largest[2] + 1, np.int64)
        cases = np.empty(largest[3] + 1, np.int64)
        events = np.empty((largest[0] + 1, 6), np.int64)
        origins = np.empty(largest[0] + 1, np.int64)

        used = np.zeros(1, np.int64)
        room = 2 * largest[0] + 64 if recording else 1
        lines = np.empty(room * width, np.int64)
        next_used = np.zeros(1, np.int64)
        next_line = np.empty(width, np.int64)
        next_sink = Sink(pointer(next_used.ctypes), 1, width, pointer(next_line.ctypes))
        moves = np.empty((1024 if recording else 1, width + MORE), np.int64)
        moved = 0
        left = Left(
            np.empty(total[1], np.int32),
            np.empty(total[1], np.int32),
            np.empty(total[1], np.int64),
            np.empty((total[2], 5), np.int32),
            np.empty((total[3], 2), np.int32),
            np.zeros(3, np.int64),
        )
        all_folded = all_invalid = 0

        for customer in range(first, last):
            start, end = starts[customer], starts[customer + 1]
            old = before.held_at[customer] if len(before.held_at) > 0 else -1
            many, some = _own_codes(records, start, end, before, old, opportunities, cases)

            while True:  # again without an event that is too much, or with more room
                _copy(blank, 0, state, 0, len(blank))
                for code in range(many):
                    _copy(unnamed, 0, slots, code * at.OPPORTUNITY_SLOTS, len(unnamed))
                for code in range(some):
                    marks[code] = 0
                clock = latest = since = NO_TIME
                moved_by = currency = -1
                if old >= 0:
                    _unpack(program, memory, before, old, opportunities, many, cases, some)
                    clock, latest = before.moments[0, old], before.moments[1, old]
                    since, moved_by = before.moments[2, old], before.moments[3, old]
                    currency = before.currencies[old]

                count = 0
                for place in range(start, end):
                    record = records[place]
                    if len(currencies) > 0 and _BOOKS[record.kind]:
                        currency = _check_currency(
                            record, currencies, needed_currency, currency
                        )
                        all_invalid += record.kind == INVALID
                    if record.kind < at.KIND_COUNT:
                        event = events[count]
                        _write_event(event, record, offset, opportunities, many, cases, some)
                        origins[count] = place
                        count += 1

                state[at.RECORDING] = recording
                used[0] = 0
                sink = Sink(pointer(used.ctypes), room, width, pointer(lines.ctypes))
                folded = fold(program, memory, carray(pointer(events.ctypes), (count, 6)), sink)
                if folded < count:
                    records[origins[folded]].kind = INVALID
                    records[origins[folded]].flag = TOO_MUCH
                    all_invalid += 1
                    continue
                if count > 0:
                    clock = latest = records[origins[count - 1]].time
                if until != NO_TIME and state[at.DAY] != at.NONE:
                    clock = until
                    to_day = (until + offset) // DAY + EPOCH
                    if to_day > state[at.DAY]:
                        advance(program, memory, to_day, sink)
                if used[0] <= room:
                    break
                room = 2 * used[0]
                lines = np.empty(room * width, np.int64)

            all_folded += count
            if state[at.MOVED_ROW] >= 0:
                moved_by = state[at.MOVED_ROW]
                since = (state[at.MOVED_DAY] - EPOCH) * DAY - offset
                if state[at.MOVED_EVENT] >= 0:
                    since = records[origins[state[at.MOVED_EVENT]]].time
            for slot in range(len(blank)):
                after.states[slot, customer] = state[slot]
            after.revenues[customer] = state[at.REVENUE]
            after.moments[0, customer] = clock
            after.moments[1, customer] = latest
            after.moments[2, customer] = since
            after.moments[3, customer] = moved_by
            after.values[0, customer] = conditions(program, memory, max(state[at.DAY], 0))
            after.values[1, customer] = currency
            _leave(memory, left, opportunities, many, cases, some, after.values, customer)
            if recording:
                moves = _append_moves(
                    moves,
                    moved,
                    lines,
                    used[0],
                    width,
                    records,
                    origins,
                    opportunities,
                    customer,
                    offset,
                )
                moved += used[0]

            due = next_due(program, memory)
            after.values[5, customer] = due
            after.values[6, customer] = -1
            if due < at.NEVER:
                state[at.RECORDING] = at.MOVES
                next_used[0] = 0
                advance(program, memory, due, next_sink)
                after.values[6, customer] = next_line[0]

        _hold(days, counts, amounts, listed, lines, next_line)
        return (
            moves[:moved].copy(),
            left.days[: left.used[0]].copy(),
            left.counts[: left.used[0]].copy(),
            left.amounts[: left.used[0]].copy(),
            left.opportunities[: left.used[1]].copy(),
            left.cases[: left.used[2]].copy(),
            all_folded,
            all_invalid,
        )

    return run
