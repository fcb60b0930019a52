"""Where the columns of a log come from."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import polars as pl

from lifecycle_model.columnar.cells import READERS, is_text
from lifecycle_model.columnar.coding import bounds_of
from lifecycle_model.columnar.schema import COLUMNS, NEEDED, OWN_COLUMNS
from lifecycle_model.errors import InvalidColumns, Problem, shown


class Source(Protocol):
    """Something that has the columns of a log."""

    @property
    def height(self) -> int:
        """How many rows there are."""
        ...

    @property
    def dtypes(self) -> dict[str, pl.DataType]:
        """The columns that a log may have, with their types; none without cells."""
        ...

    @property
    def bounds(self) -> list[int]:
        """Where the slices start that columns are best read in, and where the last one ends."""
        ...

    def slice(self, name: str, start: int, end: int) -> pl.Series:
        """Return the cells of some rows of a column that is there."""
        ...

    def column(self, name: str) -> pl.Series | None:
        """Return a column, or None where the log has none of that name."""
        ...

    def gather(self, names: Sequence[str], rows: np.ndarray) -> pl.DataFrame:
        """Return the cells of some rows of columns that are there, in the order asked for."""
        ...

    def numbers(self, rows: np.ndarray) -> np.ndarray:
        """Return the places of rows in the whole log, of which this may be a part."""
        ...


@dataclass(frozen=True, slots=True)
class FrameSource:
    """The columns of a frame in memory."""

    frame: pl.DataFrame
    places: np.ndarray | None = None
    """Where each row stands in the whole log; None where the frame is all of it."""

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self.frame.height

    @property
    def dtypes(self) -> dict[str, pl.DataType]:
        """The columns with their types."""
        return known_types(self.frame.schema)

    @property
    def bounds(self) -> list[int]:
        """Where slices start, and where the last one ends."""
        return bounds_of(self.height)

    def slice(self, name: str, start: int, end: int) -> pl.Series:
        """Return the cells of some rows."""
        return self.frame[name].slice(start, end - start)

    def column(self, name: str) -> pl.Series | None:
        """Return a column."""
        return self.frame[name] if name in self.dtypes else None

    def gather(self, names: Sequence[str], rows: np.ndarray) -> pl.DataFrame:
        """Return the cells of some rows, in the order asked for."""
        return self.frame.select(names)[rows]

    def numbers(self, rows: np.ndarray) -> np.ndarray:
        """Return the places of rows in the whole log."""
        return rows if self.places is None else self.places[rows]


def known_types(schema: pl.Schema) -> dict[str, pl.DataType]:
    """Return the types of the columns that a log may have; a column of nulls is none."""
    return {
        name: dtype for name, dtype in schema.items() if name in COLUMNS and dtype != pl.Null
    }


def check_names(
    names: Iterable[object], what: str, wanted: tuple[str, ...], rows: int = 0
) -> list[str]:
    """Return those names of columns that are wanted.

    Args:
        names: the columns of a frame.
        what: what the frame is, for errors.
        wanted: the names that are looked for.
        rows: how many rows there are at least.

    Raises:
        InvalidColumns: one stands twice; or none is there, though there are others or rows.
    """
    counts = Counter(names)
    found = [name for name in wanted if counts[name]]
    twice = [name for name in found if counts[name] > 1]
    if twice:
        mend = "stands more than once: rename one of them"
        raise InvalidColumns(what, tuple(Problem("column", repr(name), mend) for name in twice))
    if not found and (counts or rows):
        mend = f"none of them is known: name them {', '.join(wanted[:3])} and so on"
        raise InvalidColumns(what, (Problem("columns", shown(list(counts)), mend),))
    return found


def check_columns(source: Source) -> None:
    """Refuse a log that lacks a needed column, or whose columns hold something else.

    Raises:
        InvalidColumns: with every such column.
    """
    problems = [
        Problem("column", repr(name), "is missing: a log needs it")
        for name in NEEDED
        if name not in source.dtypes and source.height
    ]
    for name, dtype in source.dtypes.items():
        expected = _expected(name, dtype)
        if expected:
            mend = f"should hold {expected}, not {dtype}: cast it"
            problems.append(Problem("column", repr(name), mend))
    if problems:
        raise InvalidColumns("the log", tuple(problems))


def _expected(name: str, dtype: pl.DataType) -> str:
    """Return what a column should hold where its type cannot, else nothing."""
    if name == "customer_id":
        return "" if is_text(dtype) or dtype.is_integer() else "text or whole numbers"
    if name == "sequence":
        return "" if is_text(dtype) or dtype.is_numeric() else "whole numbers"
    if name == "occurred_at":
        return "" if is_text(dtype) or dtype.is_temporal() else "aware times"
    if name in OWN_COLUMNS:
        reader = READERS[OWN_COLUMNS[name].form]
        return reader.expected if reader.read(pl.Series([], dtype=dtype)) is None else ""
    return "" if is_text(dtype) else "text"


def cells_at(source: Source, names: Sequence[str], rows: np.ndarray) -> pl.DataFrame:
    """Return the cells of columns at some rows, nulls where the log has no such column."""
    there = [name for name in names if name in source.dtypes]
    found = source.gather(there, rows).to_dict() if there else {}
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(rows))
    return pl.DataFrame({name: found.get(name, nothing) for name in names})


def names_at(source: Source, rows: np.ndarray) -> pl.DataFrame:
    """Return the names of events: source and event_id."""
    return as_names(cells_at(source, ["source", "event_id"], rows))


def as_names(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of names as text; no source is the empty one."""
    texts = cells.select("source", "event_id").cast(pl.String)
    return texts.with_columns(pl.col("source").fill_null(""))


def texts_at(source: Source, name: str, rows: np.ndarray) -> pl.Series:
    """Return a text column's cells at some rows, plain."""
    return cells_at(source, [name], rows)[name].cast(pl.String)
