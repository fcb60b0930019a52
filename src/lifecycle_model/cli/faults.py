"""What is wrong with an input: one fault for each row, and the error that ends a command."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from lifecycle_model.cli.words import counted
from lifecycle_model.errors import Problem

SHOWN: Final = 20
"""How many different faults are told."""

RANGES: Final = 5
"""How many ranges of lines are told of one fault."""


@dataclass(eq=False)
class InputError(Exception):
    """The input has faults: the command ends with exit code 1."""

    headline: str
    details: tuple[str, ...] = ()
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row of a log."""

    lines: tuple[int, int]
    """The first and the last line of the row."""
    problems: tuple[Problem, ...]
    """In each, the place is a column or field, empty for the row as a whole."""

    @property
    def skippable(self) -> bool:
        """False for a row over several lines: it is unclear which rows are lost with it."""
        return self.lines[0] == self.lines[1]


@dataclass(slots=True)
class Group:
    """The rows in which one column has one fault."""

    first: Problem
    """The problem of the first row."""
    start: tuple[int, int]
    """The lines of the first row."""
    unit: str
    lines: list[tuple[int, int]] = field(default_factory=list)

    def add(self, lines: tuple[int, int], problem: Problem) -> None:
        """Take note of a row; rows may come in any order."""
        self.lines.append(lines)
        if lines < self.start:
            self.start, self.first = lines, problem

    def __str__(self) -> str:
        (start, end), others = self.start, self.lines[1:]
        place, value, mend = self.first.place, self.first.value, self.first.mend
        where = f"{self.unit} {start}" if start == end else f"{self.unit}s {start} to {end}"
        if others:
            where = f"{counted(len(self.lines), 'row')} ({self.unit}s {_ranges(self.lines)})"
            if place and value:
                value, mend = "", f"{mend} (first value {value})"
        return ": ".join(part for part in (where, place, value, mend) if part)


def _sort(problem: Problem) -> tuple[str, str, str]:
    """Return what is equal in problems that are told as one: not the values of a column."""
    return problem.place, "" if problem.place else problem.value, problem.mend


def _ranges(lines: Iterable[tuple[int, int]]) -> str:
    """Return lines with their neighbours as one.

    >>> _ranges([(7, 7), (2, 2), (3, 5), (9, 9)])
    '2-5, 7, 9'
    """
    found: list[tuple[int, int]] = []
    for start, end in sorted(lines):
        if found and start <= found[-1][1] + 1:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    texts = [str(start) if start == end else f"{start}-{end}" for start, end in found[:RANGES]]
    return ", ".join([*texts, "..."] if found[RANGES:] else texts)


@dataclass(slots=True)
class Faults:
    """Counts the faulty rows of a log and keeps their first faults, equal ones as one."""

    name: str
    """The log."""
    skipping: bool
    unit: str = "line"
    """What the places of rows count."""
    count: int = 0
    groups: dict[tuple[str, str, str], Group] = field(default_factory=dict)
    unread: int = 0
    """How many faulty rows more there are, of which nobody looked for the reason."""
    _untold: int = 0
    _lasting: bool = False

    def add(self, fault: Fault) -> None:
        """Take note of a faulty row."""
        self.count += 1
        self._lasting = self._lasting or not fault.skippable
        for problem in fault.problems:
            sort = _sort(problem)
            if sort in self.groups or len(self.groups) < SHOWN:
                new = Group(problem, fault.lines, self.unit)
                self.groups.setdefault(sort, new).add(fault.lines, problem)
            else:
                self._untold += 1

    def check(self) -> None:
        """End the command where faulty rows may not be skipped.

        Raises:
            InputError: with the first faults and the number of all.
        """
        if self.total and (self._lasting or not self.skipping):
            mend = (
                "Where rows end is unclear there, so none can be skipped: mend them."
                if self._lasting
                else "Mend them, or leave them out with --skip-invalid."
            )
            headline = f"{self.name}: {self.rows()} not valid, nothing was folded"
            raise InputError(headline, self.details(), mend)

    @property
    def total(self) -> int:
        """How many rows are faulty."""
        return self.count + self.unread

    def rows(self) -> str:
        """Say how many rows are faulty."""
        return f"{counted(self.total, 'row')} {'is' if self.total == 1 else 'are'}"

    def details(self) -> tuple[str, ...]:
        """Return one line for each fault that is told, and how many are not."""
        groups = sorted(self.groups.values(), key=lambda group: group.start)
        lines = [str(group) for group in groups]
        if self._untold:
            lines.append(f"... and {self._untold:,} more")
        if self.unread:
            lines.append(
                f"... and {counted(self.unread, 'row')} more, not looked at one by one"
            )
        return tuple(lines)
