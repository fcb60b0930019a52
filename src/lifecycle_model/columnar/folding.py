"""Folding customers one after the other with the compiled kernel."""

# ruff: noqa: ANN001, ANN202, PLR0913, PLR0917 - compiled code goes by position, untyped
# ruff: noqa: C901, PLR0912, PLR0914, PLR0915 - one loop, so that scratch is shared
# mypy: disable-error-code="no-untyped-def"

from functools import cache
from typing import Any, Final

import numpy as np
from numba import carray

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

_MORE: Final = 3
"""Numbers of a move behind its line: customer, time, kind."""

_PURCHASE, _REVERSAL = at.PURCHASE_COMPLETED, at.PURCHASE_REVERSED
_OPENED, _CLOSED = at.CASE_OPENED, at.CASE_CLOSED


@compiled
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


@compiled
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


@cache
def fold_customers() -> Any:  # noqa: ANN401 - a compiled function
    """Return the compiled loop over customers; see `_make`."""
    return _make(kernel_digest())


def _make(digest: str) -> Any:  # noqa: ANN401 - a compiled function
    @compiled
    def run(
        table,  # the program's record
        blank,  # the slots of a new customer
        records,
        starts,
        first,
        last,
        held,  # by customer: the place of the snapshot, -1 without one
        snapshots,  # what is held of them, see `Fold`
        currencies,  # by row: the code of the currency, -1 without one; empty without any
        needed_currency,  # the policy's, -1 without one
        until,  # microseconds to which time passes, NO_TIME for the last event's
        recording,
        width,  # numbers of a move: HEAD and the values of its guards
        finals,  # what becomes of them, see `Fold`
    ):
        digest  # noqa: B018 - part of what the compiled function is kept under
        (
            slot_ids,
            slot_values,
            window_starts,
            window_days,
            window_counts,
            window_amounts,
            opportunity_starts,
            opportunity_slots,
            case_starts,
            case_slots,
            moments,
            first_currencies,
        ) = snapshots
        (states, revenues, final_moments, values) = finals
        program = table[0]
        offset = program.day_offset_minutes * MINUTE

        # Room for the largest customer, and for what all of them leave behind.
        most = 0
        most_window = most_opportunities = most_cases = 0
        all_window = all_opportunities = all_cases = 0
        for customer in range(first, last):
            window = opportunities = cases = 0
            for place in range(starts[customer], starts[customer + 1]):
                kind = records[place].kind
                window += kind == _PURCHASE or kind == _REVERSAL
                opportunities += records[place].opportunity >= 0
                cases += kind == _OPENED or kind == _CLOSED
            if len(held) > 0 and held[customer] >= 0:
                old = held[customer]
                window += window_starts[old + 1] - window_starts[old]
                opportunities += opportunity_starts[old + 1] - opportunity_starts[old]
                cases += case_starts[old + 1] - case_starts[old]
            most = max(most, starts[customer + 1] - starts[customer])
            most_window = max(most_window, window)
            most_opportunities = max(most_opportunities, opportunities)
            most_cases = max(most_cases, cases)
            all_window += window
            all_opportunities += opportunities
            all_cases += cases

        state = np.empty(len(blank), np.int64)
        unnamed = np.array(NO_OPPORTUNITY)
        days = np.empty(most_window + 1, np.int64)
        counts = np.empty(most_window + 1, np.int64)
        amounts = np.empty(most_window + 1, np.int64)
        slots = np.empty((most_opportunities + 1) * at.OPPORTUNITY_SLOTS, np.int64)
        listed = np.empty(most_opportunities + 1, np.int64)
        cases = np.empty(most_cases + 1, np.int64)
        opportunity_codes = np.empty(most_opportunities + 1, np.int64)
        case_codes = np.empty(most_cases + 1, np.int64)
        events = np.empty((most + 1, 6), np.int64)
        origins = np.empty(most + 1, np.int64)
        memory = Memory(
            pointer(state.ctypes),
            pointer(days.ctypes),
            pointer(counts.ctypes),
            pointer(amounts.ctypes),
            pointer(slots.ctypes),
            pointer(listed.ctypes),
            pointer(cases.ctypes),
        )
        used = np.zeros(1, np.int64)
        room = 2 * most + 64 if recording else 1
        lines = np.empty(room * width, np.int64)
        next_used = np.zeros(1, np.int64)
        next_line = np.empty(width, np.int64)
        next_sink = Sink(pointer(next_used.ctypes), 1, width, pointer(next_line.ctypes))

        moves = np.empty((1024 if recording else 1, width + _MORE), np.int64)
        moved = 0
        left_days = np.empty(all_window, np.int32)
        left_counts = np.empty(all_window, np.int32)
        left_amounts = np.empty(all_window, np.int64)
        left_opportunities = np.empty((all_opportunities, 5), np.int32)
        left_cases = np.empty((all_cases, 2), np.int32)
        left_window = left_opportunity = left_case = 0
        all_folded = invalid = 0

        for customer in range(first, last):
            start, end = starts[customer], starts[customer + 1]
            old = held[customer] if len(held) > 0 else -1

            # The ids of this customer as small numbers, in their own order.
            opportunities = open_cases = 0
            for place in range(start, end):
                record = records[place]
                if record.opportunity >= 0:
                    opportunity_codes[opportunities] = record.opportunity
                    opportunities += 1
                if record.kind == _OPENED or record.kind == _CLOSED:
                    case_codes[open_cases] = record.value
                    open_cases += 1
            if old >= 0:
                for place in range(opportunity_starts[old], opportunity_starts[old + 1]):
                    opportunity_codes[opportunities] = opportunity_slots[place, 0]
                    opportunities += 1
                for place in range(case_starts[old], case_starts[old + 1]):
                    case_codes[open_cases] = case_slots[place, 0]
                    open_cases += 1
            opportunities = _distinct(opportunity_codes, opportunities)
            open_cases = _distinct(case_codes, open_cases)

            while True:  # again without an event that is too much, or with more room
                state[:] = blank
                for code in range(opportunities):
                    slot = code * at.OPPORTUNITY_SLOTS
                    slots[slot : slot + at.OPPORTUNITY_SLOTS] = unnamed
                cases[:open_cases] = 0
                clock = latest = since = NO_TIME
                moved_by = -1
                currency = -1
                entries = 0
                if old >= 0:
                    for one in range(len(slot_ids)):
                        state[slot_ids[one]] = slot_values[one, old]
                    for place in range(window_starts[old], window_starts[old + 1]):
                        days[entries] = window_days[place]
                        counts[entries] = window_counts[place]
                        amounts[entries] = window_amounts[place]
                        entries += 1
                    unpack_window(program, memory, entries)
                    for place in range(opportunity_starts[old], opportunity_starts[old + 1]):
                        code = _place(
                            opportunity_codes, opportunities, opportunity_slots[place, 0]
                        )
                        slot = code * at.OPPORTUNITY_SLOTS
                        slots[slot : slot + at.IS_LISTED] = opportunity_slots[place, 1:]
                        unpack_opportunity(memory, code)
                    for place in range(case_starts[old], case_starts[old + 1]):
                        code = _place(case_codes, open_cases, case_slots[place, 0])
                        unpack_case(memory.state, memory.cases, code, case_slots[place, 1])
                    clock, latest, since = moments[0, old], moments[1, old], moments[2, old]
                    moved_by = moments[3, old]
                    currency = first_currencies[old]

                count = 0
                for place in range(start, end):
                    record = records[place]
                    kind = record.kind
                    if kind >= at.KIND_COUNT:
                        continue
                    value = np.int64(record.value)
                    if kind == _PURCHASE or kind == _REVERSAL:
                        found = currencies[record.row] if len(currencies) > 0 else -1
                        if found >= 0:
                            expected = needed_currency if needed_currency >= 0 else currency
                            if expected >= 0 and found != expected:
                                record.kind = INVALID
                                record.flag = WRONG_CURRENCY
                                invalid += 1
                                continue
                            if currency < 0:
                                currency = found
                    elif kind == _OPENED or kind == _CLOSED:
                        value = _place(case_codes, open_cases, value)
                    opportunity = np.int64(record.opportunity)
                    if opportunity >= 0:
                        opportunity = _place(opportunity_codes, opportunities, opportunity)
                    events[count, 0] = kind
                    events[count, 1] = (record.time + offset) // DAY + EPOCH
                    events[count, 2] = opportunity
                    events[count, 3] = value
                    events[count, 4] = record.flag
                    events[count, 5] = record.amount
                    origins[count] = place
                    count += 1

                state[at.RECORDING] = recording
                used[0] = 0
                sink = Sink(pointer(used.ctypes), room, width, pointer(lines.ctypes))
                folded = fold(program, memory, carray(pointer(events.ctypes), (count, 6)), sink)
                if folded < count:
                    records[origins[folded]].kind = INVALID
                    records[origins[folded]].flag = TOO_MUCH
                    invalid += 1
                    continue
                if count > 0:
                    latest = clock = records[origins[count - 1]].time
                if until != NO_TIME and state[at.DAY] != at.NONE:
                    clock = until
                    to_day = (until + offset) // DAY + EPOCH
                    if to_day > state[at.DAY]:
                        advance(program, memory, to_day, sink)
                if used[0] > room:
                    room = 2 * used[0]
                    lines = np.empty(room * width, np.int64)
                    continue
                break

            # What became of the customer.
            all_folded += count
            if state[at.MOVED_ROW] >= 0:
                moved_by = state[at.MOVED_ROW]
                event = state[at.MOVED_EVENT]
                since = (state[at.MOVED_DAY] - EPOCH) * DAY - offset
                if event >= 0:
                    since = records[origins[event]].time
            for slot in range(len(blank)):
                states[slot, customer] = state[slot]
            revenues[customer] = state[at.REVENUE]
            final_moments[0, customer] = clock
            final_moments[1, customer] = latest
            final_moments[2, customer] = since
            final_moments[3, customer] = moved_by
            values[0, customer] = conditions(program, memory, max(state[at.DAY], 0))
            values[1, customer] = currency

            kept = 0
            for place in range(state[at.HEAD], state[at.END]):
                if counts[place] or amounts[place]:
                    left_days[left_window] = days[place]
                    left_counts[left_window] = counts[place]
                    left_amounts[left_window] = amounts[place]
                    left_window += 1
                    kept += 1
            values[2, customer] = kept
            kept = 0
            for code in range(opportunities):
                slot = code * at.OPPORTUNITY_SLOTS
                if slots[slot + at.POSITION] != at.STATUS_QUO:
                    left_opportunities[left_opportunity, 0] = opportunity_codes[code]
                    left_opportunities[left_opportunity, 1:] = slots[
                        slot : slot + at.IS_LISTED
                    ]
                    left_opportunity += 1
                    kept += 1
            values[3, customer] = kept
            kept = 0
            for code in range(open_cases):
                if cases[code] // 2 == state[at.CASE_EPOCH]:
                    left_cases[left_case, 0] = case_codes[code]
                    left_cases[left_case, 1] = cases[code] % 2
                    left_case += 1
                    kept += 1
            values[4, customer] = kept

            if recording:
                while moved + used[0] > len(moves):
                    more = np.empty((2 * len(moves), moves.shape[1]), np.int64)
                    more[:moved] = moves[:moved]
                    moves = more
                for line in range(used[0]):
                    move = lines[line * width : (line + 1) * width]
                    event = move[1]
                    moves[moved, :width] = move
                    moves[moved, 3] = -1
                    if move[3] >= 0:
                        moves[moved, 3] = opportunity_codes[move[3] // at.OPPORTUNITY_SLOTS]
                    moves[moved, width] = customer
                    if event >= 0:
                        moves[moved, 1] = records[origins[event]].row
                        moves[moved, width + 1] = records[origins[event]].time
                        moves[moved, width + 2] = records[origins[event]].kind
                    else:
                        moves[moved, width + 1] = (move[2] - EPOCH) * DAY - offset
                        moves[moved, width + 2] = at.TIME_PASSED
                    moved += 1

            due = next_due(program, memory)
            values[5, customer] = due
            values[6, customer] = -1
            if due < at.NEVER:
                state[at.RECORDING] = at.MOVES
                next_used[0] = 0
                advance(program, memory, due, next_sink)
                values[6, customer] = next_line[0]

        listed[0] = 0  # until here the pointer to it must hold
        return (
            moves[:moved].copy(),
            left_days[:left_window].copy(),
            left_counts[:left_window].copy(),
            left_amounts[:left_window].copy(),
            left_opportunities[:left_opportunity].copy(),
            left_cases[:left_case].copy(),
            all_folded,
            invalid,
        )

    return run
