"""Reading facts, testing guards, and finding the day on which a guard will hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_model.kernel.layout import (
    ANSWER,
    DAYS_IN_POSITION,
    END,
    ENTERED,
    FIRST_AGE,
    FIRST_OPPORTUNITY_FACT,
    HEAD,
    IMPLEMENTATION,
    NET_REVENUE,
    NEVER,
    NONE,
    POSITION,
    POSITIONS_SKIPPED,
    PROTECTED,
    PURCHASE_DAYS,
    REFUSED,
    REVENUE,
    STATUS_QUO,
    TO_GIVEN,
)

if TYPE_CHECKING:
    from lifecycle_model.kernel.layout import Memory
    from lifecycle_model.kernel.program import Program


def positions_skipped(before: int, target: int) -> int:
    """Return how many positions a move jumps over; a new cycle starts from status quo."""
    if target == before:
        return 0
    if before == IMPLEMENTATION:
        before = STATUS_QUO
    return max(0, target - before - 1)


def fact_value(memory: Memory, at: int, fact: int, day: int, target: int) -> int:
    """Return the fact's number at `day`; ages of NONE come out larger than every interval."""
    if fact < FIRST_AGE:
        return memory.state[fact]
    if fact < FIRST_OPPORTUNITY_FACT:
        return day - memory.state[fact]
    if fact == POSITIONS_SKIPPED:
        return positions_skipped(memory.opportunities[at + POSITION], target)
    return day - memory.opportunities[at + ENTERED + fact - DAYS_IN_POSITION]


def first_row(
    program: Program, memory: Memory, at: int, cell: int, day: int, given: int
) -> int:
    """Return the first row of the cell whose guards all hold, or REFUSED."""
    step = program.first_step[cell]
    fact = program.step_fact[step]
    while fact != ANSWER:
        if fact < FIRST_AGE:  # read in place: most guards ask plain facts and ages
            value = memory.state[fact]
        elif fact < FIRST_OPPORTUNITY_FACT:
            value = day - memory.state[fact]
        else:  # the row's answer stands just before the next row
            row = program.step_low[program.step_else[step] - 1]
            value = fact_value(memory, at, fact, day, target_of(program, row, given))
        if value < program.step_low[step] or value > program.step_high[step]:
            step = program.step_else[step]
        else:
            step += 1
        fact = program.step_fact[step]
    return program.step_low[step]


def target_of(program: Program, row: int, given: int) -> int:
    """Return the state that the row leads to, as far as the row itself tells."""
    target = program.target[row]
    return given if target == TO_GIVEN else target


def cell_due(
    program: Program, memory: Memory, at: int, cell: int, day: int, horizon: int
) -> int:
    """Return the earliest day from `day` on at which a time row of the cell fires, or NEVER.

    Where that day lies beyond the horizon, a lower bound beyond the horizon may come back.
    """
    due = NEVER
    first = program.first_step[cell]
    fact = program.step_fact[first]
    while fact != ANSWER:
        after = program.step_else[first]
        found = day
        if fact > PROTECTED:  # most rows wait for an age: a look at the most patient is enough
            if fact < FIRST_OPPORTUNITY_FACT:
                start = memory.state[fact]
            else:
                start = memory.opportunities[at + ENTERED + fact - DAYS_IN_POSITION]
            if start == NONE:
                found = NEVER
            elif start + program.step_low[first] > day:
                found = start + program.step_low[first]
        if found <= horizon:
            found = _row_due(program, memory, at, first, after - 1, found, horizon)
        if found < due:
            due = found
        first = after
        fact = program.step_fact[first]
    if program.step_low[first] != REFUSED:  # a row without a guard
        return day
    return due


def _row_due(
    program: Program, memory: Memory, at: int, first: int, end: int, day: int, horizon: int
) -> int:
    """Return the earliest day from `day` on at which all steps of a time row pass, or NEVER.

    Every step may put the day off; it is found once all agree, one after the other.
    """
    step = first
    found = day
    missing = end - first
    while missing > 0 and found <= horizon:
        fact = program.step_fact[step]
        low = program.step_low[step]
        high = program.step_high[step]
        later = found
        if fact >= FIRST_AGE:
            if fact < FIRST_OPPORTUNITY_FACT:
                start = memory.state[fact]
            else:
                start = memory.opportunities[at + ENTERED + fact - DAYS_IN_POSITION]
            if found - start > high:
                later = NEVER
            elif found - start < low:
                later = start + low
        elif fact == PURCHASE_DAYS or fact == REVENUE:
            later = _window_due(program, memory, fact, low, high, found, horizon)
        elif memory.state[fact] < low or memory.state[fact] > high:
            later = NEVER
        if later > found:
            found = later
            missing = end - first
        missing -= 1
        step += 1
        if step == end:
            step = first
    return found


def _window_due(
    program: Program, memory: Memory, fact: int, low: int, high: int, day: int, horizon: int
) -> int:
    """Walk the days on which an entry leaves the window until the fact lies in the interval."""
    state = memory.state
    days = memory.days
    head = state[HEAD]
    end = state[END]
    total = state[PURCHASE_DAYS] if fact == PURCHASE_DAYS else state[NET_REVENUE]
    if fact == PURCHASE_DAYS and high < total == end - head:
        # Every entry counts one: jump to the last that has to leave. There is one: no row that
        # time tries asks for less than nothing.
        head += total - high - 1
        total = high + 1
        day = max(day, days[head] + program.window_days)
    while True:
        while head < end and days[head] <= day - program.window_days:
            if fact == REVENUE:
                total -= memory.amounts[head]
            elif memory.counts[head] > 0:
                total -= 1
            head += 1
        if low <= max(0, total) <= high or day > horizon:
            return day
        if head == end:
            return NEVER
        day = days[head] + program.window_days
