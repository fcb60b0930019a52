"""Reading facts, testing guards, and finding the day on which a guard will hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_model.kernel.layout import (
    DAYS_IN_POSITION,
    END,
    ENTERED,
    FIRST_AGE,
    FIRST_OPPORTUNITY_FACT,
    HEAD,
    IMPLEMENTATION,
    NET_REVENUE,
    NEVER,
    POSITION,
    POSITIONS_SKIPPED,
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
    state = memory.state
    opportunities = memory.opportunities
    if fact < FIRST_AGE:
        return state[fact]
    if fact < FIRST_OPPORTUNITY_FACT:
        return day - state[fact]
    if fact == POSITIONS_SKIPPED:
        return positions_skipped(opportunities[at + POSITION], target)
    return day - opportunities[at + ENTERED + fact - DAYS_IN_POSITION]


def first_row(
    program: Program,
    memory: Memory,
    at: int,
    cell: int,
    day: int,
    given: int,
) -> int:
    """Return the first row of the cell whose guards all hold, or REFUSED."""
    state = memory.state
    for place in range(program.cell_start[cell], program.cell_start[cell + 1]):
        row = program.cell_row[place]
        guard = program.guard_start[row]
        end = program.guard_start[row + 1]
        while guard < end:
            fact = program.guard_fact[guard]
            if fact < FIRST_AGE:  # read in place: most guards ask plain facts
                value = state[fact]
            else:
                value = fact_value(memory, at, fact, day, target_of(program, row, given))
            if value < program.guard_low[guard] or value > program.guard_high[guard]:
                break
            guard += 1
        if guard == end:
            return row
    return REFUSED


def target_of(program: Program, row: int, given: int) -> int:
    """Return the state that the row leads to, as far as the row itself tells."""
    target = program.target[row]
    return given if target == TO_GIVEN else target


def cell_due(
    program: Program,
    memory: Memory,
    at: int,
    cell: int,
    day: int,
    horizon: int,
) -> int:
    """Return the earliest day from `day` on at which a time row of the cell fires, or NEVER.

    Where that day lies beyond the horizon, a lower bound beyond the horizon may come back.
    """
    state = memory.state
    opportunities = memory.opportunities
    due = NEVER
    for place in range(program.cell_start[cell], program.cell_start[cell + 1]):
        row = program.cell_row[place]
        first = program.guard_start[row]
        missing = program.guard_start[row + 1] - first
        guard = first
        agreed = 0
        found = day
        # Every guard may put the day off; it is found once all agree, one after the other.
        while agreed < missing and found <= horizon:
            low = program.guard_low[guard]
            fact = program.guard_fact[guard]
            if fact >= FIRST_AGE:
                if fact < FIRST_OPPORTUNITY_FACT:
                    age = found - state[fact]
                else:
                    age = found - opportunities[at + ENTERED + fact - DAYS_IN_POSITION]
                if age > program.guard_high[guard]:
                    found = NEVER
                elif age < low:
                    found += low - age
                    agreed = 0
            elif fact == PURCHASE_DAYS or fact == REVENUE:
                high = program.guard_high[guard]
                later = _window_due(program, memory, fact, low, high, found)
                if later > found:
                    found = later
                    agreed = 0
            elif state[fact] < low or state[fact] > program.guard_high[guard]:
                found = NEVER
            agreed += 1
            guard += 1
            if guard == first + missing:
                guard = first
        due = min(due, found)
    return due


def _window_due(
    program: Program,
    memory: Memory,
    fact: int,
    low: int,
    high: int,
    day: int,
) -> int:
    """Walk the days on which an entry leaves the window until the fact lies in the interval."""
    state = memory.state
    days = memory.days
    counts = memory.counts
    amounts = memory.amounts
    head = state[HEAD]
    end = state[END]
    total = state[PURCHASE_DAYS] if fact == PURCHASE_DAYS else state[NET_REVENUE]
    if fact == PURCHASE_DAYS and total == end - head and total > high >= 0:
        # Every entry counts one: jump to the last that has to leave.
        head += total - high - 1
        total = high + 1
        day = max(day, days[head] + program.window_days)
    while True:
        while head < end and days[head] <= day - program.window_days:
            if fact == REVENUE:
                total -= amounts[head]
            elif counts[head] > 0:
                total -= 1
            head += 1
        if low <= total <= high or (total < 0 and low <= 0 <= high):
            return day
        if head == end:
            return NEVER
        day = days[head] + program.window_days
