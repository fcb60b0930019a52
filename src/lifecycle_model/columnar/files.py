"""Logs in files: only the columns that count are read, in as many parts as memory asks for."""

import csv
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from lifecycle_model.columnar.coding import SLICE
from lifecycle_model.columnar.faults import refuse_faults
from lifecycle_model.columnar.replaying import OnInvalid, Replay, Run, joined, share_of
from lifecycle_model.columnar.schema import COLUMNS, NEEDED, OWN_COLUMNS
from lifecycle_model.columnar.source import FrameSource, Source, check_names, known_types
from lifecycle_model.errors import TooLittleMemory, UnknownName, UnreadableLog
from lifecycle_model.lifecycle import Lifecycle

Result = TypeVar("Result")

_TEXTS: Final = {
    name: pl.List(pl.String)
    if name in OWN_COLUMNS and OWN_COLUMNS[name].form == "texts"
    else pl.String()
    for name in COLUMNS
}
"""Everything in a text file is read as text first: so amounts stay exact."""

_SUFFIXES: Final = (".parquet", ".csv", ".jsonl", ".ndjson")

_ROW: Final = 160
"""Bytes that folding one row of Parquet may take."""

_CHARACTER: Final = 6
"""Bytes that folding one byte of a text file may take."""

_LEAST: Final = 1 << 26
_KEPT: Final = 2
"""Columns of a file that stay in memory: some are asked for twice in a row."""


def replay_file(  # noqa: PLR0913 - all but the path go by name
    path: str | os.PathLike[str],
    lifecycle: Lifecycle | None = None,
    *,
    as_of: datetime | None = None,
    snapshots: Any = None,  # noqa: ANN401 - any kind of frame
    transitions: bool = False,
    on_invalid: OnInvalid = "raise",
    threads: int | None = None,
    memory: int | None = None,
) -> Replay:
    r"""Fold a log in a file: Parquet, CSV with a header line, or JSON Lines.

    A log that would need more than `memory` is read several times, each time for a share of the
    customers; the answer is the same. What the customers themselves take comes on top.

    Args:
        path: the file; the suffix `.parquet`, `.csv`, `.jsonl` or `.ndjson` says its form. The
            columns are those of `replay`; in text files an empty cell is a field not given, and
            times are ISO 8601.
        lifecycle: the rules and the policy; the default ones where not given.
        as_of: see `replay`, also for the next four.
        snapshots: see there; also the path of a Parquet file.
        transitions: see there.
        on_invalid: see there.
        threads: see there.
        memory: bytes that the rows in work may take; half of the machine's where not given.

    Returns:
        Frames of polars.

    Raises:
        UnknownName: the suffix is none of these.
        UnreadableLog: the file cannot be read as what its suffix says.
        TooLittleMemory: less than 64 MiB.
        InvalidColumns: this and all others as for `replay`.

    >>> import tempfile
    >>> from datetime import UTC
    >>> with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
    ...     _ = file.write("customer_id,kind,occurred_at\n")
    ...     _ = file.write("c-1,lead_qualified,2024-05-01T12:00:00Z\n")
    ...     file.flush()
    ...     replay_file(file.name).customers["situation"].to_list()
    ['potential']
    """
    if memory is not None and memory < _LEAST:
        raise TooLittleMemory(memory, _LEAST)
    log = LogFile.of(Path(path))
    if isinstance(snapshots, str | os.PathLike):
        held = Path(snapshots)
        snapshots = _opened(held, lambda: pl.read_parquet(held))
    asked = Run.of(
        lifecycle or Lifecycle(), as_of, snapshots, on_invalid, threads, transitions=transitions
    )
    run = replace(asked, raising=False)  # faults are told once every part is read
    found = log.fold(run, log.parts(memory))
    if asked.raising:
        refuse_faults(found.invalid)
    return found


@dataclass(frozen=True, slots=True)
class LogFile:
    """One file of a known form."""

    path: Path
    scan: pl.LazyFrame
    """Its columns that a log may have."""
    rows: int | None
    """How many rows it has, where the file itself says it."""
    estimate: int
    """The bytes that folding all of it at once may take."""

    @classmethod
    def of(cls, path: Path) -> "LogFile":
        """Open a file.

        Raises:
            UnknownName: the suffix is not known.
            UnreadableLog: it cannot be read as what its suffix says.
            InvalidColumns: a column stands twice.
        """
        match path.suffix.lower():
            case ".parquet":
                scan = _opened(path, lambda: _known(pl.scan_parquet(path)))
                rows = _opened(path, lambda: scan.select(pl.len()).collect().item())
                return cls.of_parquet(path, scan, rows)
            case ".csv":
                scan = _opened(path, lambda: _scan_csv(path))
            case ".jsonl" | ".ndjson":
                scan = pl.scan_ndjson(path, schema=_TEXTS)
            case suffix:
                raise UnknownName("suffix", suffix, _SUFFIXES)
        return cls.of_text(path, scan, _opened(path, path.stat).st_size)

    @classmethod
    def of_parquet(cls, path: Path, scan: pl.LazyFrame, rows: int) -> "LogFile":
        """Return a file of Parquet of so many rows; the scan may give its columns new names."""
        return cls(path, scan, rows, _ROW * rows)

    @classmethod
    def of_text(cls, path: Path, scan: pl.LazyFrame, size: int) -> "LogFile":
        """Return a text of so many bytes."""
        return cls(path, scan, None, _CHARACTER * size)

    def parts(self, memory: int | None = None) -> int:
        """Return in how many parts the log is to be folded, so that each fits the memory."""
        return max(1, -(-self.estimate // (memory or _half_of_the_machine())))

    def fold(self, run: Run, parts: int) -> Replay:
        """Fold the log in so many parts."""
        if parts == 1:
            return run.fold(self.source())
        return joined([run.part(n, parts).fold(self.part(n, parts)) for n in range(parts)])

    def source(self) -> Source:
        """Return the whole log; columns of Parquet are read when asked for."""
        if self.rows is None:
            frame = _opened(self.path, self.scan.collect)
            return FrameSource(_without_empty(frame))
        types = known_types(self.scan.collect_schema())
        bounds = _opened(self.path, lambda: _row_groups(self.path))
        return ParquetSource(self.path, self.scan, self.rows, types, bounds)

    def part(self, number: int, parts: int) -> FrameSource:
        """Return the rows of a share of the customers."""
        ids = self.scan.collect_schema().get("customer_id", pl.String())
        share = share_of(pl.col("customer_id"), ids, parts)
        rows = self.scan.with_row_index("row").filter(share == number)
        frame = _opened(self.path, lambda: rows.collect(engine="streaming"))
        return FrameSource(_without_empty(frame.drop("row")), frame["row"].to_numpy())


@dataclass(slots=True)
class ParquetSource:
    """The columns of a Parquet file, read one at a time."""

    path: Path
    scan: pl.LazyFrame
    height: int
    dtypes: dict[str, pl.DataType]
    """The columns with their types."""
    bounds: list[int]
    """Where slices start, and where the last one ends: whole row groups of the file."""
    _kept: dict[str, pl.Series] = field(default_factory=dict)

    def slice(self, name: str, start: int, end: int) -> pl.Series:
        """Return the cells of some rows."""
        part = self.scan.select(name).slice(start, end - start)
        return _opened(self.path, part.collect)[name]

    def column(self, name: str) -> pl.Series | None:
        """Return a column."""
        if name not in self._kept:
            if name not in self.dtypes:
                return None
            if len(self._kept) == _KEPT:
                del self._kept[next(iter(self._kept))]
            read = _opened(self.path, self.scan.select(name).collect)
            self._kept[name] = read[name]
        return self._kept[name]

    def gather(self, names: Sequence[str], rows: np.ndarray) -> pl.DataFrame:
        """Return the cells of some rows, in the order asked for."""
        order = np.argsort(rows, kind="stable")
        cuts = np.searchsorted(rows, self.bounds, sorter=order)
        parts = [_opened(self.path, self.scan.select(names).head(0).collect)]
        for place, (start, end) in enumerate(pairwise(self.bounds)):
            wanted = rows[order[cuts[place] : cuts[place + 1]]]
            if len(wanted):
                part = self.scan.select(names).slice(start, end - start)
                parts.append(_opened(self.path, part.collect)[wanted - start])
        back = np.empty(len(rows), np.int64)
        back[order] = np.arange(len(rows))
        return pl.concat(parts)[back]

    def numbers(self, rows: np.ndarray) -> np.ndarray:
        """Return the places of rows in the log."""
        return rows


def _row_groups(path: Path) -> list[int]:
    """Return where the row groups start, small ones taken together, and where the last ends."""
    meta = pq.read_metadata(path)
    bounds = [0]
    rows = 0
    for place in range(meta.num_row_groups):
        rows += meta.row_group(place).num_rows
        if rows - bounds[-1] >= SLICE:
            bounds.append(rows)
    return bounds if bounds[-1] == rows and rows else [*bounds, rows]


def _known(scan: pl.LazyFrame) -> pl.LazyFrame:
    return scan.select([name for name in scan.collect_schema().names() if name in COLUMNS])


def _scan_csv(path: Path) -> pl.LazyFrame:
    with path.open(encoding="utf-8-sig", newline="") as file:
        check_names(next(csv.reader(file), []), str(path), COLUMNS)
    scan = _known(pl.scan_csv(path, infer_schema=False))
    if "alternatives" in scan.collect_schema():
        return scan.with_columns(pl.col("alternatives").str.split("|"))
    return scan


def _without_empty(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame without the columns in which no row has anything, but for the needed."""
    return frame.select(
        [one for one in frame if one.name in NEEDED or one.null_count() < len(one)]
    )


def _opened(path: Path, read: Callable[[], Result]) -> Result:
    """Return what reading gives.

    Raises:
        UnreadableLog: the file is not there, or does not hold what its suffix says.
    """
    try:
        return read()
    except (OSError, pl.exceptions.PolarsError, csv.Error, UnicodeDecodeError) as error:
        reason = str(error).partition("\n")[0]
        raise UnreadableLog(str(path), reason) from None


def _half_of_the_machine() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (AttributeError, ValueError, OSError):  # not every system says
        return 4 << 30
