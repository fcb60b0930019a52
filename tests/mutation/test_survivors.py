"""What the list of survivors says of the code is so."""

from __future__ import annotations

import inspect
import textwrap
from functools import reduce
from importlib import import_module
from typing import Any

import pytest

from mutation.judge import function_of, verdict
from mutation.survivors import Change, survivors

GROUPS = survivors()
CHANGES = [change for group in GROUPS for change in group.changes]


def source_of(function: str) -> str:
    """Return the source of a function, a line after the other, without indentation."""
    parts = function.split(".")
    for end in range(len(parts) - 1, 0, -1):
        try:
            module: Any = import_module(".".join(["lifecycle_model", *parts[:end]]))
        except ImportError:
            continue
        return textwrap.dedent(inspect.getsource(reduce(getattr, parts[end:], module)))
    raise LookupError(function)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.function)
def test_the_line_is_there(change: Change) -> None:
    """A line that has been rewritten since must be tried again."""
    lines = [line.strip() for line in source_of(change.function).splitlines()]

    assert change.was in lines
    assert change.now != change.was


def test_no_change_is_listed_twice() -> None:
    """Each has one reason."""
    assert len(CHANGES) == len({*CHANGES})


@pytest.mark.parametrize(
    ("mutant", "function"),
    [
        ("memory.xǁMemoryǁ_opportunities__mutmut_27", "memory.Memory._opportunities"),
        ("kernel.fold.x__visit_midnight__mutmut_3", "kernel.fold._visit_midnight"),
        ("order.x_in_order__mutmut_78", "order.in_order"),
    ],
)
def test_function_of(mutant: str, function: str) -> None:
    """A mutant's name tells what it changes."""
    assert function_of(mutant) == function


def test_verdict() -> None:
    """Wrong are a survivor that is not listed, a listed one that is none, and one not tried."""
    listed = {str(place): change for place, change in enumerate(CHANGES)}
    survived = dict.fromkeys(listed, "survived")
    strange = Change("order.in_order", "a", "b")
    killed = dict.fromkeys("abcd", "killed")

    said, wrong = verdict(survived | killed, listed)
    assert said.startswith(f"4 of {len(CHANGES) + 4} changes were noticed")
    assert not wrong

    # What takes too long is noticed, unless it is listed.
    slow = survived | {"0": "timeout", "x": "timeout"}
    said, wrong = verdict(slow, listed | {"x": strange})
    assert said.startswith(f"1 of {len(CHANGES) + 1} changes")
    assert not wrong

    _, wrong = verdict(survived | {"x": "survived"}, listed | {"x": strange})
    assert wrong == [f"no test notices, and the list does not have: {strange}"]

    noticed = {place: change for place, change in listed.items() if place != "0"}
    _, wrong = verdict(survived | {"0": "killed"}, noticed)
    assert wrong == [f"the list has, but a test notices: {CHANGES[0]}"]

    _, wrong = verdict(survived | {"x": "not checked"}, listed)
    assert wrong == ["1 were not tried"]
