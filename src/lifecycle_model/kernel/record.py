"""Where decisions leave the kernel.

These two functions are all that a compiled engine gives its own body; they decide nothing.
`sink` is a list here: each record is a tuple of numbers, with the values of the row's guards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_model.kernel.guards import fact_value, target_of
from lifecycle_model.kernel.layout import ANSWERS, NO_STATE, RECORDING

if TYPE_CHECKING:
    from lifecycle_model.kernel.layout import Decision, Memory
    from lifecycle_model.kernel.program import Program


MOVED = 1
STAYED = 2
REFUSED = 3


def record_answer(
    program: Program,
    memory: Memory,
    at: int,
    row: int,
    before: int,
    after: int,
    day: int,
    event_at: int,
    sink: list[Decision],
) -> None:
    """Record that a row fired: the axis moves, or stays where the row leads."""
    state = memory.state
    answer = MOVED
    if after == before:
        if state[RECORDING] != ANSWERS:
            return
        answer = STAYED
    guard = program.guard_start[row]
    end = program.guard_start[row + 1]
    values: tuple[int, ...] = ()
    while guard < end:
        fact = program.guard_fact[guard]
        values += (fact_value(memory, at, fact, day, after),)
        guard += 1
    sink.append((answer, event_at, day, at, row, before, after, values))


def record_refusal(
    program: Program,
    memory: Memory,
    at: int,
    cell: int,
    given: int,
    day: int,
    event_at: int,
    sink: list[Decision],
) -> None:
    """Record that no row of a cell held, with the values of all their guards."""
    values: tuple[int, ...] = ()
    for place in range(program.cell_start[cell], program.cell_start[cell + 1]):
        row = program.cell_row[place]
        target = target_of(program, row, given)
        for guard in range(program.guard_start[row], program.guard_start[row + 1]):
            fact = program.guard_fact[guard]
            values += (fact_value(memory, at, fact, day, target),)
    sink.append((REFUSED, event_at, day, at, cell, NO_STATE, NO_STATE, values))
