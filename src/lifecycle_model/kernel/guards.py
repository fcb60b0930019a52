"""Reading facts, testing guards, and finding the day on which a guard will hold."""

from lifecycle_model.kernel.layout import (
    DAYS_IN_POSITION,
    END,
    ENTERED,
    FIRST_AGE,
    FIRST_OPPORTUNITY_FACT,
    HEAD,
    IMPLEMENTATION,
    NEVER,
    POSITION,
    POSITIONS_SKIPPED,
    PURCHASE_DAYS,
    REFUSED,
    REVENUE,
    STATUS_QUO,
    TO_GIVEN,
)


def positions_skipped(before, target):
    """Return how many positions a move jumps over; a new cycle starts from status quo."""
    if target == before:
        return 0
    if before == IMPLEMENTATION:
        before = STATUS_QUO
    return max(0, target - before - 1)


def fact_value(program, state, opportunities, at, fact, day, target):
    """Return the fact's number at `day`; ages of NONE come out larger than every interval."""
    if fact < FIRST_AGE:
        return state[fact]
    if fact < FIRST_OPPORTUNITY_FACT:
        return day - state[fact]
    if fact == POSITIONS_SKIPPED:
        return positions_skipped(opportunities[at + POSITION], target)
    return day - opportunities[at + ENTERED + fact - DAYS_IN_POSITION]


def first_row(program, state, opportunities, at, cell, day, given):
    """Return the first row of the cell whose guards all hold, or REFUSED."""
    for place in range(program.cell_start[cell], program.cell_start[cell + 1]):
        row = program.cell_row[place]
        target = program.target[row]
        if target == TO_GIVEN:
            target = given
        guard = program.guard_start[row]
        end = program.guard_start[row + 1]
        while guard < end:
            value = fact_value(
                program, state, opportunities, at, program.guard_fact[guard], day, target
            )
            if value < program.guard_low[guard] or value > program.guard_high[guard]:
                break
            guard += 1
        if guard == end:
            return row
    return REFUSED


def row_due(program, state, days, counts, amounts, opportunities, at, row, day):
    """Return the earliest day from `day` on at which all guards of a time row hold, or NEVER."""
    first = program.guard_start[row]
    end = program.guard_start[row + 1]
    guard = first
    agreed = 0
    while agreed < end - first:
        due = _guard_due(program, state, days, counts, amounts, opportunities, at, guard, day)
        if due >= NEVER:
            return NEVER
        agreed = agreed + 1 if due == day else 1
        day = due
        guard = guard + 1 if guard + 1 < end else first
    return day


def _guard_due(program, state, days, counts, amounts, opportunities, at, guard, day):
    fact = program.guard_fact[guard]
    low = program.guard_low[guard]
    high = program.guard_high[guard]
    if fact < FIRST_AGE:
        if fact == PURCHASE_DAYS or fact == REVENUE:
            return _window_due(program, state, days, counts, amounts, fact, low, high, day)
        return day if low <= state[fact] <= high else NEVER
    if fact < FIRST_OPPORTUNITY_FACT:
        base = state[fact]
    else:
        base = opportunities[at + ENTERED + fact - DAYS_IN_POSITION]
    if day - base > high:
        return NEVER
    return max(day, base + low)


def _window_due(program, state, days, counts, amounts, fact, low, high, day):
    """Walk the days on which an entry leaves the window until the fact lies in the interval."""
    head = state[HEAD]
    end = state[END]
    total = 0
    for entry in range(head, end):
        total += _weight(counts, amounts, fact, entry)
    while True:
        while head < end and days[head] <= day - program.window_days:
            total -= _weight(counts, amounts, fact, head)
            head += 1
        if low <= max(0, total) <= high:
            return day
        if head == end:
            return NEVER
        day = days[head] + program.window_days


def _weight(counts, amounts, fact, entry):
    if fact == REVENUE:
        return amounts[entry]
    return 1 if counts[entry] > 0 else 0
