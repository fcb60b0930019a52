"""Absorbing one event into the facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_model.kernel.layout import (
    ABSENT,
    AMOUNT,
    BEHAVIOUR_QUALIFIES,
    BOOKED,
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
    END,
    EVENT_DAY,
    FLAG,
    HEAD,
    INTEREST_SHOWN,
    IS_COMPLAINT,
    KIND,
    MANUAL_CORRECTION,
    NET_REVENUE,
    NONE,
    OLDER_PURCHASE,
    OPEN_CASES,
    OPEN_COMPLAINTS,
    OPPORTUNITY,
    PAYMENT_OVERDUE,
    PAYMENT_RECEIVED,
    PAYMENTS_OVERDUE,
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
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_model.kernel.layout import Memory, Numbers
    from lifecycle_model.kernel.program import Program


def absorb(program: Program, memory: Memory, event: Sequence[int]) -> None:
    """Update the customer's facts by one event."""
    state = memory.state
    cases = memory.cases
    kind = event[KIND]
    day = event[EVENT_DAY]
    if program.is_sign[kind]:
        state[REACHED] = 1
        _first_age(state, DAYS_SINCE_SIGN, day)
        state[DAYS_SINCE_SIGN] = day
    if kind == PURCHASE_COMPLETED:
        _purchase(memory, event)
    elif kind == PRODUCT_USED:
        _first_age(state, DAYS_IDLE, day)
        state[USED] = day
        state[DAYS_IDLE] = day
    elif kind == CONTACTED:
        state[REACHED] = 1
    elif kind == PURCHASE_REVERSED:
        _reversal(program, memory, event)
    elif kind == INTEREST_SHOWN:
        state[BEHAVIOUR_QUALIFIES] = event[VALUE]
    elif kind == SURVEY_ANSWERED:
        state[SCORE] = event[VALUE]
    elif kind == CASE_OPENED:
        state[IS_COMPLAINT] = event[FLAG]
        _close_case(memory, event[VALUE])
        state[CLOSED_COMPLAINT] = 0
        cases[event[VALUE]] = 2 * state[CASE_EPOCH] + event[FLAG]
        state[OPEN_CASES] += 1
        state[OPEN_COMPLAINTS] += event[FLAG]
    elif kind == CASE_CLOSED:
        _close_case(memory, event[VALUE])
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
        state[SITUATION_DUE] = day
        renew_clocks(program, state)


def clear_event_facts(state: Numbers) -> None:
    """Forget the facts of the event that was at hand."""
    state[SCORE] = ABSENT
    state[BEHAVIOUR_QUALIFIES] = 0
    state[IS_COMPLAINT] = 0
    state[CLOSED_COMPLAINT] = 0
    state[PURCHASE_TAKEN_OFF] = 0


def leave_window(program: Program, memory: Memory, day: int) -> None:
    """Drop the entries that are no longer in the window at `day`."""
    state = memory.state
    days = memory.days
    counts = memory.counts
    amounts = memory.amounts
    head = state[HEAD]
    end = state[END]
    while head < end and days[head] <= day - program.window_days:
        state[NET_REVENUE] -= amounts[head]
        if counts[head] > 0:
            state[PURCHASE_DAYS] -= 1
            state[OLDER_PURCHASE] = days[head]
        head += 1
    state[HEAD] = head
    state[REVENUE] = max(0, state[NET_REVENUE])


def restore(program: Program, state: Numbers, day: int) -> None:
    """Move the clocks that a restore moves."""
    state[RESTORED] = day
    state[DAYS_SINCE_SIGN] = day
    renew_clocks(program, state)


def _purchase(memory: Memory, event: Sequence[int]) -> None:
    state = memory.state
    days = memory.days
    counts = memory.counts
    amounts = memory.amounts
    day = event[EVENT_DAY]
    cover = event[VALUE]
    amount = event[AMOUNT]
    entry = state[END] - 1
    if entry < state[HEAD] or days[entry] != day:
        entry = _new_entry(memory, day)
    if counts[entry] == 0:
        state[PURCHASE_DAYS] += 1
    counts[entry] += 1
    if amount:
        amounts[entry] += amount
        state[NET_REVENUE] += amount
        state[REVENUE] = max(0, state[NET_REVENUE])
        state[BOOKED] = amounts[entry]
    _first_age(state, DAYS_SINCE_PURCHASE, day)
    _first_age(state, DAYS_IDLE, day)
    state[PURCHASES] += 1
    state[STANDING_PURCHASES] += 1
    state[DAYS_SINCE_PURCHASE] = day
    state[DAYS_IDLE] = day
    if cover > state[COVER]:
        state[SITUATION_DUE] = day
        state[COVER] = cover
        state[COVER_BOUGHT] = day
        state[PROTECTED] = max(cover, state[PROTECTED])
    state[DAYS_EXPIRED] = state[COVER] if state[COVER] > day else NONE


def _first_age(state: Numbers, fact: int, day: int) -> None:
    """Where an age has its first value, a time row may come to hold that never could."""
    if state[fact] == NONE:
        state[SITUATION_DUE] = day


def _new_entry(memory: Memory, day: int) -> int:
    state = memory.state
    days = memory.days
    counts = memory.counts
    amounts = memory.amounts
    entry = state[END]
    days[entry] = day
    counts[entry] = 0
    amounts[entry] = 0
    state[END] = entry + 1
    return entry


def _reversal(program: Program, memory: Memory, event: Sequence[int]) -> None:
    state = memory.state
    days = memory.days
    amounts = memory.amounts
    day = event[EVENT_DAY]
    meant = event[VALUE] if event[VALUE] != NONE else state[DAYS_SINCE_PURCHASE]
    entry = _purchase_entry(memory, meant)
    if entry >= 0:
        if event[FLAG]:
            _take_off(program, memory, entry)
    else:
        entry = state[END] - 1
        if entry < state[HEAD] or days[entry] != day:
            entry = _new_entry(memory, day)
    amounts[entry] -= event[AMOUNT]
    state[BOOKED] = amounts[entry]
    state[NET_REVENUE] -= event[AMOUNT]
    state[REVENUE] = max(0, state[NET_REVENUE])


def _purchase_entry(memory: Memory, day: int) -> int:
    """Return the window's entry of a purchase day, or -1."""
    state = memory.state
    days = memory.days
    counts = memory.counts
    low = state[HEAD]
    high = state[END]
    while low < high:
        middle = (low + high) // 2
        if days[middle] < day:
            low = middle + 1
        else:
            high = middle
    if low < state[END] and days[low] == day and counts[low] > 0:
        return low
    return -1


def _take_off(program: Program, memory: Memory, entry: int) -> None:
    """Take one purchase off a purchase day of the window."""
    state = memory.state
    days = memory.days
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
            days[last] if last >= state[HEAD] else state[OLDER_PURCHASE]
        )
    if days[entry] == state[COVER_BOUGHT]:
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


def _close_case(memory: Memory, case: int) -> None:
    state = memory.state
    cases = memory.cases
    mark = cases[case]
    if mark // 2 == state[CASE_EPOCH]:
        cases[case] = 0
        state[OPEN_CASES] -= 1
        if mark % 2 == 1:
            state[OPEN_COMPLAINTS] -= 1
            state[CLOSED_COMPLAINT] = 1
