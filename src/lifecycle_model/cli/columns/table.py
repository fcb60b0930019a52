"""A log as a table of events, and the way back from its rows to its lines."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from lifecycle_model.cli.reading import Log
from lifecycle_model.columnar.files import LogFile
from lifecycle_model.columnar.replaying import Replay, Run

Reread = Callable[[np.ndarray, Log], None]
"""Adds what stands in some lines, ascending, to a log, read one by one."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a log in columns."""

    file: LogFile
    """Its columns are the fields of events."""
    height: int
    """How many rows there are."""
    places: Callable[[np.ndarray], np.ndarray]
    """Returns where rows stand in the log: lines from 1, or rows of Parquet from 0."""
    reread: Reread | None = None
    """None where there is nothing that could be read one by one."""
    strange: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    """The rows that are none: blank lines, and those with other cells than the header."""

    def fold(self, run: Run) -> Replay:
        """Fold the log, in parts where it is larger than the memory."""
        return self.file.fold(run, self.file.parts())

    @property
    def in_memory(self) -> bool:
        """Whether all of it may be held at once."""
        return self.file.parts() == 1
