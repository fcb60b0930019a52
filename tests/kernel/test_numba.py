"""The kernel's source, compiled as it is, against the same source run by Python."""

# ruff: noqa: ANN001, ANN201, ANN202, ARG001, PLR0917 - compiled code goes by position, untyped

from __future__ import annotations

import inspect
import random
from collections import namedtuple
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numba import njit, types
from numba.extending import overload, register_jitable

from laws.tables import TABLES
from lifecycle_model import Customer, Lifecycle, Policy, errors, parse_event
from lifecycle_model.encode import Codes, encode
from lifecycle_model.kernel import absorb, fold, guards, layout, moves, record
from lifecycle_model.kernel.program import Program
from lifecycle_model.memory import Memory
from lifecycle_model.order import in_order
from reading.histories import random_history

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import ModuleType

# Much of the same: what runs here is covered by other tests, and tracing it takes its time.
pytestmark = pytest.mark.no_cover

WIDTH = 24
"""Numbers of one record: seven, and the values of the guards."""
ABSENT_VALUE = -(1 << 60)
AGED = 400
"""Days that pass after the last event."""
CAPACITY = 1024
"""Room for each sequence of a program: records of one type hold every table and policy."""
TABLE = np.dtype(
    [
        (field.name, np.int64, () if field.type is int else (CAPACITY,))
        for field in fields(Program)
        if field.name not in {"rules", "policy"}
    ]
)
EVENT = np.dtype(
    [
        ("kind", np.int8),
        ("day", np.int32),
        ("opportunity", np.int32),
        ("value", np.int32),
        ("flag", np.int8),
        ("amount", np.int64),
    ],
    align=True,
)
"""One event: the kernel asks for a field by its place, which compiled code does at no cost."""
MEMORY = ("state", "days", "counts", "amounts", "opportunities", "listed", "cases")
Pointers = namedtuple("Pointers", MEMORY)  # noqa: PYI024 - numba knows this kind of named tuple
HISTORIES = 300


def write_answer(program, memory, at, row, before, after, day, event_at, sink):
    """Write what `record_answer` appends; the first row of the sink counts the others."""
    answer = record.MOVED if after != before else record.STAYED
    if answer == record.STAYED and memory.state[layout.RECORDING] != layout.ANSWERS:
        return
    sink[0, 0] += 1
    line = sink[sink[0, 0]]
    line[:7] = (answer, event_at, np.int64(day), at, row, before, np.int64(after))
    start = program.guard_start[row]
    for guard in range(start, program.guard_start[row + 1]):
        fact = program.guard_fact[guard]
        value = guards.fact_value(memory, at, fact, day, after)
        line[7 + guard - start] = value


def write_refusal(program, memory, at, cell, given, day, event_at, sink):
    """Write what `record_refusal` appends."""
    sink[0, 0] += 1
    line = sink[sink[0, 0]]
    line[:7] = (record.REFUSED, event_at, np.int64(day), at, cell, 0, 0)
    used = 7
    for place in range(program.cell_start[cell], program.cell_start[cell + 1]):
        row = program.cell_row[place]
        target = guards.target_of(program, row, given)
        for guard in range(program.guard_start[row], program.guard_start[row + 1]):
            fact = program.guard_fact[guard]
            line[used] = guards.fact_value(memory, at, fact, day, target)
            used += 1


def own_functions(module: ModuleType) -> Iterator[Callable[..., Any]]:
    """Yield the functions that a module defines."""
    for function in vars(module).values():
        if inspect.isfunction(function) and function.__module__ == module.__name__:
            yield function


@cache
def compiled() -> Any:
    """Compile the kernel's functions in place; the installed modules stay as they are."""
    for module in (guards, absorb, moves, fold):
        for function in own_functions(module):
            register_jitable(function)

    @overload(record.record_answer)
    def answer(program, memory, at, row, before, after, day, event_at, sink):
        return None if isinstance(sink, types.BaseNamedTuple) else write_answer

    @overload(record.record_refusal)
    def refusal(program, memory, at, cell, given, day, event_at, sink):
        return None if isinstance(sink, types.BaseNamedTuple) else write_refusal

    fold_events, next_due, advance = fold.fold, fold.next_due, fold.advance

    @njit(types.CPointer(types.int64)(types.CPointer(types.int64)))
    def pointer(start):
        return start

    @njit
    def run(table, state, days, counts, amounts, opportunities, listed, cases, events, sink):
        program = table[0]
        memory = Pointers(
            pointer(state.ctypes),
            pointer(days.ctypes),
            pointer(counts.ctypes),
            pointer(amounts.ctypes),
            pointer(opportunities.ctypes),
            pointer(listed.ctypes),
            pointer(cases.ctypes),
        )
        done = fold_events(program, memory, events, sink)
        if done == len(events) and state[layout.DAY] > 0:
            due = next_due(program, memory)
            advance(program, memory, state[layout.DAY] + AGED, sink)
            return done, due
        return done, layout.NEVER

    return run


def table_of(program: Program) -> Any:
    """Return a program as a record of fixed size."""
    table = np.zeros(1, TABLE)
    for name in TABLE.names:
        value = getattr(program, name)
        if isinstance(value, tuple):
            table[name][0, : len(value)] = value
        else:
            table[name] = value
    return table


def memories(
    lifecycle: Lifecycle, raw: list[dict[str, Any]]
) -> tuple[Memory, Sequence[Sequence[int]]]:
    """Return the memory of a new customer and the records of a history."""
    customer = Customer(id="c")
    events = in_order([parse_event(one) for one in raw], customer, None).events
    codes = Codes(customer, lifecycle.policy)
    records = encode(events, codes, lifecycle.policy)
    memory = Memory(customer, codes, lifecycle.program, len(records))
    memory.state[layout.RECORDING] = layout.ANSWERS
    return memory, records


def cases() -> Iterator[tuple[str, Lifecycle, list[dict[str, Any]]]]:
    """Yield numbered random histories, under random policies and unusual tables."""
    tables = list(TABLES)
    for number in range(HISTORIES):
        rng = random.Random(f"compiled-{number}")
        raw, thresholds, _ = random_history(
            rng, rng.choice((1, 5, 13, 40)), focused=number % 2 > 0
        )
        name = tables[number // 2 % len(tables)] if number % 2 else "default"
        try:
            yield f"{number}, {name}", Lifecycle(Policy(**thresholds), TABLES[name]), raw
        except errors.InvalidRules:
            continue


def test_compiled_kernel_agrees_with_the_kernel_in_python() -> None:
    """Memory, moves, refusals, values and the next day are the same; all share one type."""
    run = compiled()
    compared = 0
    for name, lifecycle, raw in cases():
        try:
            memory, records = memories(lifecycle, raw)
        except errors.CurrencyMismatch:
            continue
        slots = [np.array(getattr(memory, part), np.int64) for part in MEMORY]
        lines = np.full((20 * len(records) + 100, WIDTH), ABSENT_VALUE, np.int64)
        lines[0, 0] = 0
        events = np.array(records, EVENT)
        folded, due = run(table_of(lifecycle.program), *slots, events, lines)

        sink: list[Any] = []
        assert memory.fold(records, sink) == folded, name
        assert folded < len(records) or memory.due() == due, name
        memory.advance(memory.state[layout.DAY] + AGED, sink)
        expected = [[*line[:7], *line[7]] for line in sink]
        actual = [
            [number for number in line.tolist() if number != ABSENT_VALUE]
            for line in lines[1 : lines[0, 0] + 1]
        ]
        assert expected == actual, name
        for part, slot in zip(MEMORY, slots, strict=True):
            assert getattr(memory, part) == slot.tolist(), (name, part)
        compared += 1

    assert compared > HISTORIES * 0.8
    assert len(run.signatures) == 1


def test_compiling_leaves_the_installed_kernel_as_it_was() -> None:
    """Every name of the kernel's modules is what it was before the compilation."""
    modules = (guards, absorb, moves, fold, record)
    before = [dict(vars(module)) for module in modules]
    compiled()

    assert before == [vars(module) for module in modules]
    assert all(inspect.isfunction(one) for module in modules for one in own_functions(module))


@pytest.mark.parametrize("module", [guards, absorb, moves, fold, layout, record])
def test_kernel_names_no_library(module: ModuleType) -> None:
    """What is compiled imports nothing but the kernel itself and names of types."""
    source = inspect.getsource(module)
    imports = [
        line.split()[1] for line in source.splitlines() if line.lstrip().startswith("from ")
    ]

    assert {"__future__", "typing", "collections.abc"} >= {
        name for name in imports if not name.startswith("lifecycle_model.kernel")
    }
