"""Absorbing one event into the facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_model.kernel.layout import (
    AMOUNT,
    BEHAVIOUR_QUALIFIES,
    CASE_CLOSED,
    CASE_EPOCH,
    CASE_OPENED,
    CLOSED_COMPLAINT,
    CONTACTED,
    CORRECTED,
    COVER,
    COVER_BOUGHT,
    CUSTOMER_LEFT,
    DAYS_EXPIRED,
    DAYS_IDLE,
    DAYS_SINCE_PURCHASE,
    DAYS_SINCE_SIGN,
    DUE,
    END,
    EVENT_DAY,
    FLAG,
    HEAD,
    INTEREST_SHOWN,
    IS_COMPLAINT,
    KIND,
    MANUAL_CORRECTION,
    MONEY_LIMIT,
    NET_REVENUE,
    NEVER,
    NO_ENTRY,
    NONE,
    OLDER_PURCHASE,
    OPEN_CASES,
    OPEN_COMPLAINTS,
    OPPORTUNITY,
    PAYMENT_OVERDUE,
    PAYMENT_RECEIVED,
    PAYMENTS_OVERDUE,
    POSITION_DUE,
    PRODUCT_USED,
    PROTECTED,
    PURCHASE_COMPLETED,
    PURCHASE_DAYS,
    PURCHASE_REVERSED,
    PURCHASE_TAKEN_OFF,
    PURCHASES,
    REACHED,
    RESTORED,
    REVENUE,
    SCORE,
    SITUATION_DUE,
    STANDING_PURCHASES,
    SURVEY_ANSWERED,
    USED,
    VALUE,
    WINDOW_DUE,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_model.kernel.layout import Memory, Numbers
    from lifecycle_model.kernel.program import Program


def absorb(program: Program, memory: Memory, event: Sequence[int]) -> bool:
    """Update the customer's facts by one event; return False where its money is too much."""
    state = memory.state
    kind = event[KIND]
    day = event[EVENT_DAY]
    fits = True
    if kind == PURCHASE_COMPLETED:
        fits = _purchase(program, memory, event)
    elif kind == PRODUCT_USED:
        if state[DAYS_IDLE] == NONE:
            stir_situation(state, day)
        state[USED] = day
        state[DAYS_IDLE] = day
    elif kind == CONTACTED:
        state[REACHED] = 1
    elif kind == INTEREST_SHOWN:
        state[BEHAVIOUR_QUALIFIES] = event[VALUE]
    elif kind > PURCHASE_COMPLETED:
        if kind == SURVEY_ANSWERED:
            state[SCORE] = event[VALUE]
        elif kind == CASE_OPENED:
            _open_case(memory, event[VALUE], event[FLAG])
        elif kind == CASE_CLOSED:
            state[CLOSED_COMPLAINT] = _close_case(memory, event[VALUE])
        elif kind == PURCHASE_REVERSED:
            fits = _reversal(program, memory, event)
        elif kind == PAYMENT_OVERDUE:
            state[PAYMENTS_OVERDUE] += 1
        elif kind == PAYMENT_RECEIVED:
            state[PAYMENTS_OVERDUE] = max(0, state[PAYMENTS_OVERDUE] - 1)
        elif kind == CUSTOMER_LEFT:
            state[CLOSED_COMPLAINT] = 1 if state[OPEN_COMPLAINTS] > 0 else 0
            state[CASE_EPOCH] += 1
            state[OPEN_CASES] = 0
            state[OPEN_COMPLAINTS] = 0
            _forget_cover(program, state)
        elif kind == MANUAL_CORRECTION and event[OPPORTUNITY] < 0:
            state[CORRECTED] = day
            state[DAYS_SINCE_SIGN] = day
            stir_situation(state, day)
            renew_clocks(program, state)
    if program.is_sign[kind]:
        if state[DAYS_SINCE_SIGN] == NONE:
            stir_situation(state, day)
        state[DAYS_SINCE_SIGN] = day
        state[REACHED] = 1
    if program.stirs_situation[kind]:
        stir_situation(state, day)
    if program.stirs_positions[kind]:
        stir_positions(state, day)
    return fits


def stir_situation(state: Numbers, day: int) -> None:
    """Have the day on which time moves the situation found again at the next midnight."""
    state[SITUATION_DUE] = day
    state[DUE] = day


def stir_positions(state: Numbers, day: int) -> None:
    """Have the day on which time moves an opportunity found again at the next midnight."""
    state[POSITION_DUE] = day
    state[DUE] = day


def leave_window(program: Program, memory: Memory, day: int) -> None:
    """Drop the entries that are no longer in the window at `day`."""
    state = memory.state
    days = memory.days
    head = state[HEAD]
    end = state[END]
    net = state[NET_REVENUE]
    while head < end and days[head] <= day - program.window_days:
        net -= memory.amounts[head]
        if memory.counts[head] > 0:
            state[PURCHASE_DAYS] -= 1
            state[OLDER_PURCHASE] = days[head]
        head += 1
    state[HEAD] = head
    state[NET_REVENUE] = net
    state[REVENUE] = net if net > 0 else 0
    state[WINDOW_DUE] = days[head] + program.window_days if head < end else NEVER


def restore(program: Program, state: Numbers, day: int) -> None:
    """Move the clocks that a restore moves."""
    state[RESTORED] = day
    state[DAYS_SINCE_SIGN] = day
    renew_clocks(program, state)


def _purchase(program: Program, memory: Memory, event: Sequence[int]) -> bool:
    state = memory.state
    day = event[EVENT_DAY]
    cover = event[VALUE]
    if state[DAYS_SINCE_PURCHASE] == NONE or cover > state[COVER]:
        stir_situation(state, day)
    if cover > state[COVER]:
        state[COVER] = cover
        state[COVER_BOUGHT] = day
        state[PROTECTED] = max(state[PROTECTED], cover)
    state[DAYS_EXPIRED] = state[COVER] if state[COVER] > day else NONE
    state[DAYS_SINCE_PURCHASE] = day
    state[DAYS_IDLE] = day
    state[PURCHASES] += 1
    state[STANDING_PURCHASES] += 1
    return _book(program, memory, NO_ENTRY, day, 1, event[AMOUNT])


def _book(
    program: Program, memory: Memory, entry: int, day: int, purchases: int, amount: int
) -> bool:
    """Book on an entry, without one on the day's own; return False if it is too much."""
    state = memory.state
    if entry == NO_ENTRY:
        end = state[END]
        entry = end - 1
        if end == state[HEAD] or memory.days[entry] != day:
            entry = end
            memory.days[end] = day
            memory.counts[end] = 0
            memory.amounts[end] = 0
            state[END] = end + 1
            if end == state[HEAD]:
                state[WINDOW_DUE] = day + program.window_days
                if state[WINDOW_DUE] < state[DUE]:
                    state[DUE] = state[WINDOW_DUE]
    if purchases:
        if memory.counts[entry] == 0:
            state[PURCHASE_DAYS] += 1
        memory.counts[entry] += purchases
    if amount == 0:
        return True
    booked = memory.amounts[entry] + amount
    net = state[NET_REVENUE] + amount
    memory.amounts[entry] = booked
    state[NET_REVENUE] = net
    state[REVENUE] = net if net > 0 else 0
    return -MONEY_LIMIT < net < MONEY_LIMIT and -MONEY_LIMIT < booked < MONEY_LIMIT


def _reversal(program: Program, memory: Memory, event: Sequence[int]) -> bool:
    state = memory.state
    meant = event[VALUE] if event[VALUE] != NONE else state[DAYS_SINCE_PURCHASE]
    entry = _purchase_entry(memory, meant)
    state[PURCHASE_TAKEN_OFF] = 0
    if entry != NO_ENTRY and event[FLAG]:
        _take_off(program, memory, entry)
    return _book(program, memory, entry, event[EVENT_DAY], 0, -event[AMOUNT])


def _purchase_entry(memory: Memory, day: int) -> int:
    """Return the window's entry of a purchase day, or NO_ENTRY."""
    days = memory.days
    low = memory.state[HEAD]
    high = memory.state[END]
    while low < high:
        middle = (low + high) // 2
        if days[middle] < day:
            low = middle + 1
        else:
            high = middle
    if low < memory.state[END] and days[low] == day and memory.counts[low] > 0:
        return low
    return NO_ENTRY


def _take_off(program: Program, memory: Memory, entry: int) -> None:
    """Take one purchase off a purchase day of the window."""
    state = memory.state
    counts = memory.counts
    state[PURCHASE_TAKEN_OFF] = 1
    state[STANDING_PURCHASES] -= 1
    counts[entry] -= 1
    if counts[entry] == 0:
        state[PURCHASE_DAYS] -= 1
        last = state[END] - 1
        while last >= state[HEAD] and counts[last] == 0:
            last -= 1
        state[DAYS_SINCE_PURCHASE] = (
            memory.days[last] if last >= state[HEAD] else state[OLDER_PURCHASE]
        )
    if memory.days[entry] == state[COVER_BOUGHT]:
        _forget_cover(program, state)
    renew_clocks(program, state)


def _forget_cover(program: Program, state: Numbers) -> None:
    state[COVER] = NONE
    state[COVER_BOUGHT] = NONE
    renew_clocks(program, state)


def renew_clocks(program: Program, state: Numbers) -> None:
    """Compute again the ages that several facts feed."""
    proven = max(state[DAYS_SINCE_PURCHASE], state[RESTORED], state[CORRECTED])
    state[DAYS_IDLE] = max(proven, state[USED])
    state[DAYS_EXPIRED] = state[COVER] if state[COVER] > proven else NONE
    state[PROTECTED] = max(state[COVER], state[CORRECTED] + program.correction_holds_days - 1)


def _open_case(memory: Memory, case: int, complaint: int) -> None:
    """Open a case; one that is open under its name is replaced."""
    state = memory.state
    _close_case(memory, case)
    memory.cases[case] = 2 * state[CASE_EPOCH] + complaint
    state[IS_COMPLAINT] = complaint
    state[OPEN_CASES] += 1
    state[OPEN_COMPLAINTS] += complaint


def _close_case(memory: Memory, case: int) -> int:
    """Close a case, if it is open; return 1 where it was a complaint."""
    mark = memory.cases[case]
    if mark // 2 != memory.state[CASE_EPOCH]:
        return 0
    complaint = mark % 2
    memory.cases[case] = 0
    memory.state[OPEN_CASES] -= 1
    memory.state[OPEN_COMPLAINTS] -= complaint
    return complaint
