"""The kernel compiled: the very functions that Python runs for one customer.

Only the two functions of `kernel.record` get a body of their own; they decide nothing.
"""

import hashlib
import inspect
import sys
from collections import namedtuple
from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import cache
from types import ModuleType
from typing import Any, Final

import numpy as np
from numba import njit, types
from numba.extending import overload, register_jitable

from lifecycle_model import derived
from lifecycle_model.errors import TooManyRules
from lifecycle_model.kernel import absorb, fold, guards, layout, moves, record, unpack
from lifecycle_model.kernel.program import Program

_ROOM: Final = 4096
"""Room of each sequence of a program: one compilation serves every table and policy."""

HEAD: Final = 6
"""Numbers of a record before the values of its guards."""

PROGRAM: Final = np.dtype(
    [
        (field.name, np.int64, () if field.type is int else (_ROOM,))
        for field in fields(Program)
        if field.name not in {"rules", "policy"}
    ]
)

Memory = namedtuple(  # noqa: PYI024 - the compiler knows this kind of named tuple
    "Memory", ("state", "days", "counts", "amounts", "opportunities", "listed", "cases")
)
"""One customer's sequences as bare pointers: what they point to is the caller's."""

Sink = namedtuple("Sink", ("used", "room", "width", "lines"))  # noqa: PYI024 - the same
"""Where moves go: `used` counts them, also those for which there was no room."""


def program_record(program: Program) -> np.ndarray:
    """Return a program as one record of fixed size.

    Raises:
        TooManyRules: the record has no room for it.
    """
    found = np.zeros(1, PROGRAM)
    for name in PROGRAM.names or ():
        value = getattr(program, name)
        if isinstance(value, int):
            found[name] = value
            continue
        if len(value) > _ROOM:
            raise TooManyRules(name, len(value), _ROOM)
        found[name][0, : len(value)] = value
    return found


@njit(types.CPointer(types.int64)(types.CPointer(types.int64)))
def pointer(start):  # noqa: ANN201
    """Return the place where an array starts; the array must outlive its use."""
    return start


def _write_move(program, memory, at, row, before, after, day, event_at, sink):
    if before == after:
        return
    used = sink.used[0]
    sink.used[0] = used + 1
    if used >= sink.room:
        return
    line = used * sink.width
    sink.lines[line] = row
    sink.lines[line + 1] = event_at
    sink.lines[line + 2] = day
    sink.lines[line + 3] = at
    sink.lines[line + 4] = before
    sink.lines[line + 5] = after
    start = program.guard_start[row]
    for guard in range(start, program.guard_start[row + 1]):
        fact = program.guard_fact[guard]
        value = guards.fact_value(memory, at, fact, day, after)
        sink.lines[line + HEAD + guard - start] = value


def _write_nothing(program, memory, at, cell, given, day, event_at, sink):
    pass


def _functions(module: ModuleType) -> Iterator[Callable[..., Any]]:
    for function in vars(module).values():
        if inspect.isfunction(function) and function.__module__ == module.__name__:
            yield function


_MODULES: Final = (guards, absorb, moves, fold, unpack, derived, record, layout)


@cache
def kernel_digest() -> str:
    """Teach the compiler the kernel's functions; return a digest of their source.

    What the compiler keeps between processes is keyed by the caller's file, not by the
    kernel's: with the digest in it, it notices that the kernel changed.
    """
    for module in _MODULES[:5]:
        for function in _functions(module):
            register_jitable(function)
    register_jitable(derived.conditions)

    @overload(record.record_answer)
    def answer(program, memory, at, row, before, after, day, event_at, sink):
        return _write_move if isinstance(sink, types.BaseNamedTuple) else None

    @overload(record.record_refusal)
    def refusal(program, memory, at, cell, given, day, event_at, sink):
        return _write_nothing if isinstance(sink, types.BaseNamedTuple) else None

    modules = (*_MODULES, sys.modules[__name__])
    source = "".join(inspect.getsource(module) for module in modules)
    return hashlib.sha256(source.encode()).hexdigest()
