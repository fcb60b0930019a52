"""What `lifecycle replay` is asked for, whichever way the log is folded."""

from dataclasses import dataclass
from datetime import datetime

from lifecycle_model import Lifecycle
from lifecycle_model.cli.outputs import Output
from lifecycle_model.cli.reading import PARQUET, Reading


@dataclass(frozen=True, slots=True)
class Request:
    """The options of a replay, checked."""

    reading: Reading
    lifecycle: Lifecycle
    as_of: datetime | None
    out: Output | None = None
    """Takes one row for each customer."""
    transitions: Output | None = None
    """Takes one row for each move."""
    snapshots: Output | None = None
    """Takes what a later replay continues from."""
    earlier: str | None = None
    """The snapshots of an earlier replay, to continue from."""
    threads: int | None = None

    @property
    def needs_columns(self) -> str | None:
        """What of it only the columnar engine does."""
        if self.reading.form == PARQUET:
            return "a log in Parquet"
        for option, asked in (
            ("--transitions", self.transitions),
            ("--snapshots", self.snapshots),
            ("--continue", self.earlier),
        ):
            if asked is not None:
                return option
        if self.out is not None and self.out.form == PARQUET:
            return "--out in Parquet"
        return None
