"""Unpacking what a snapshot holds into the memory that events are folded into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_model.kernel.absorb import renew_clocks
from lifecycle_model.kernel.layout import (
    DAYS_SINCE_PURCHASE,
    END,
    IMPLEMENTATION,
    IS_LISTED,
    LISTED,
    NET_REVENUE,
    OLDER_PURCHASE,
    OPEN_CASES,
    OPEN_COMPLAINTS,
    OPEN_OPPORTUNITIES,
    OPPORTUNITY_DUE,
    OPPORTUNITY_SLOTS,
    POSITION,
    PURCHASE_DAYS,
    REVENUE,
    WINDOW_DUE,
)

if TYPE_CHECKING:
    from lifecycle_model.kernel.layout import Memory, Numbers
    from lifecycle_model.kernel.program import Program


def unpack_window(program: Program, memory: Memory, entries: int) -> None:
    """Work out what hangs on the window, whose entries stand in the memory already."""
    state = memory.state
    state[END] = entries
    state[DAYS_SINCE_PURCHASE] = state[OLDER_PURCHASE]
    for place in range(entries):
        if memory.counts[place] > 0:
            state[PURCHASE_DAYS] += 1
            state[DAYS_SINCE_PURCHASE] = memory.days[place]
        state[NET_REVENUE] += memory.amounts[place]
    if entries > 0:
        state[WINDOW_DUE] = memory.days[0] + program.window_days
    state[REVENUE] = max(0, state[NET_REVENUE])
    renew_clocks(program, state)


def unpack_opportunity(memory: Memory, code: int) -> None:
    """List an opportunity that is under way, whose slots stand in the memory already."""
    state = memory.state
    at = code * OPPORTUNITY_SLOTS
    memory.opportunities[at + IS_LISTED] = 1
    memory.opportunities[at + OPPORTUNITY_DUE] = 0
    memory.listed[state[LISTED]] = at
    state[LISTED] += 1
    if memory.opportunities[at + POSITION] != IMPLEMENTATION:
        state[OPEN_OPPORTUNITIES] += 1


def unpack_case(state: Numbers, cases: Numbers, code: int, complaint: int) -> None:
    """Open a case."""
    cases[code] = 2 + complaint
    state[OPEN_CASES] += 1
    state[OPEN_COMPLAINTS] += complaint
