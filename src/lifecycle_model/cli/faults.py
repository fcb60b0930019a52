"""What is wrong with an input: one fault for each row, and the error that ends a command."""

from dataclasses import dataclass, field
from typing import Final

from lifecycle_model.cli.words import counted
from lifecycle_model.errors import Problem

SHOWN: Final = 20
"""How many faulty rows are told one by one."""


@dataclass(eq=False)
class InputError(Exception):
    """The input has faults: the command ends with exit code 1."""

    headline: str
    details: tuple[str, ...] = ()
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row of a log."""

    place: str
    """Where: `line 4`."""
    problems: tuple[Problem, ...]
    """In each, the place is a column or field, empty for the row as a whole."""
    skippable: bool = True
    """False where it is unclear which rows are lost with it."""

    def __str__(self) -> str:
        return "; ".join(
            ": ".join(part for part in (problem.place, problem.value, problem.mend) if part)
            for problem in self.problems
        )


@dataclass(slots=True)
class Faults:
    """Counts the faulty rows of a log and keeps the first of them."""

    name: str
    """The log."""
    skipping: bool
    count: int = 0
    first: list[Fault] = field(default_factory=list)
    _lasting: bool = False

    def add(self, fault: Fault) -> None:
        """Take note of a faulty row."""
        self.count += 1
        self._lasting = self._lasting or not fault.skippable
        if len(self.first) < SHOWN:
            self.first.append(fault)

    def check(self) -> None:
        """End the command where faulty rows may not be skipped.

        Raises:
            InputError: with the first faults and the number of all.
        """
        if self.count and (self._lasting or not self.skipping):
            mend = (
                "Where rows end is unclear there, so none can be skipped: mend them."
                if self._lasting
                else "Mend them, or leave them out with --skip-invalid."
            )
            headline = f"{self.name}: {self.rows()} not valid, nothing was folded"
            raise InputError(headline, self.details(), mend)

    def rows(self) -> str:
        """Say how many rows are faulty."""
        return f"{counted(self.count, 'row')} {'is' if self.count == 1 else 'are'}"

    def details(self) -> tuple[str, ...]:
        """Return one line for each fault that is told, and how many are not."""
        lines = [f"{fault.place}: {fault}" for fault in self.first]
        if more := self.count - len(lines):
            lines.append(f"... and {more:,} more")
        return tuple(lines)
