"""From the caller's kind of frame to polars, and back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import narwhals as nw
import polars as pl
import pyarrow as pa

from lifecycle_model.columnar.source import check_names
from lifecycle_model.errors import InvalidColumns, NotAFrame, Problem, shown

Restore = Callable[[pl.DataFrame], Any]
"""Turns a polars frame into the caller's kind."""

_UNREADABLE: Final = (
    pa.ArrowException,
    pl.exceptions.PolarsError,
    pl.exceptions.PanicException,
    ArithmeticError,
    TypeError,
    ValueError,
)
"""What libraries raise over a column that they cannot convert."""


@dataclass(frozen=True, slots=True)
class Given:
    """A frame in polars, and the way back to its own kind."""

    frame: pl.DataFrame
    restore: Restore


def take(native: Any, what: str, wanted: tuple[str, ...]) -> Given:  # noqa: ANN401 - any frame
    """Return a frame of any known kind in polars, with those columns of it that are wanted.

    Args:
        native: a frame of pandas, polars (eager or lazy), pyarrow (table, batch or reader) or
            DuckDB, or anything else that hands out Arrow data.
        what: what it is, for errors.
        wanted: the names of columns; others are left alone.

    Raises:
        NotAFrame: it is none of these.
        InvalidColumns: a wanted column stands twice or cannot be read, or there is none.
    """
    if isinstance(native, pl.DataFrame):
        frame = native.select(check_names(native.columns, what, wanted))
        return Given(frame, lambda frame: frame)
    if isinstance(native, pl.LazyFrame):
        names = check_names(native.collect_schema().names(), what, wanted)
        return Given(native.select(names).collect(), lambda frame: frame.lazy())
    if nw.dependencies.is_pandas_dataframe(native):
        return Given(_of_pandas(native, what, wanted), lambda frame: frame.to_pandas())
    duckdb = nw.dependencies.get_duckdb()
    if duckdb is not None and isinstance(native, duckdb.DuckDBPyRelation):
        return Given(_of_duckdb(native, what, wanted), lambda frame: _to_duckdb(native, frame))
    table = _table(native, what)
    names = check_names(table.column_names, what, wanted)
    columns = ((name, table.column(name)) for name in names)
    return Given(_read(columns, what), lambda frame: frame.to_arrow())


def _table(native: Any, what: str) -> pa.Table:  # noqa: ANN401 - anything
    """Return what hands out Arrow data as a table."""
    if isinstance(native, pa.Table):
        return native
    try:
        if hasattr(native, "__arrow_c_stream__"):
            return pa.table(native)
        if hasattr(native, "__arrow_c_array__"):
            return pa.Table.from_batches([pa.record_batch(native)])
    except pa.ArrowInvalid:  # one column, or a single value, but no frame
        pass
    raise NotAFrame(what, type(native).__name__)


def _read(columns: Iterable[tuple[str, pa.ChunkedArray]], what: str) -> pl.DataFrame:
    """Return Arrow's columns in polars.

    Raises:
        InvalidColumns: with every column that has no counterpart there.
    """
    found, problems = {}, []
    for name, column in columns:
        try:
            found[name] = _series(column)
        except _UNREADABLE as error:
            mend = f"{column.type} cannot be read ({_first_line(error)}): cast it"
            problems.append(Problem("column", repr(name), mend))
    if problems:
        raise InvalidColumns(what, tuple(problems))
    return pl.DataFrame(found)


def _series(column: pa.ChunkedArray) -> pl.Series:
    kind = column.type
    if pa.types.is_timestamp(kind):
        if kind.unit == "s":  # where all that comes next could overflow unnoticed
            column = column.cast(pa.timestamp("ms", kind.tz))
        if kind.tz and not _knows_zone(kind.tz):
            column = column.cast(pa.timestamp(column.type.unit, "UTC"))
    elif pa.types.is_decimal(kind) and (kind.bit_width > _WIDEST or kind.scale < 0):
        column = column.cast(pa.string())
    return pl.Series(pl.from_arrow(column))


_WIDEST: Final = 128
"""Bits of the decimals that polars knows."""


def _knows_zone(zone: str) -> bool:
    try:
        pl.Series([], dtype=pl.Datetime("us", zone))
    except pl.exceptions.PolarsError:
        return False
    return True


def _first_line(error: BaseException) -> str:
    return shown(str(error).partition("\n")[0])


def _of_pandas(native: Any, what: str, wanted: tuple[str, ...]) -> pl.DataFrame:  # noqa: ANN401
    names = check_names(native.columns, what, wanted, rows=len(native))
    columns, problems = [], []
    for name in names:
        try:
            plain = _plain(native[name]).to_frame()
            table = pa.Table.from_pandas(plain, preserve_index=False)
        except _UNREADABLE as error:
            mend = (
                f"{native[name].dtype} cannot be read ({_first_line(error)}): give it one type"
            )
            problems.append(Problem("column", repr(name), mend))
        else:
            columns.append((name, table.column(0)))
    if problems:
        raise InvalidColumns(what, tuple(problems))
    return _read(columns, what)


def _plain(column: Any) -> Any:  # noqa: ANN401 - a pandas series
    """Return a column of any objects with its times as texts, each with its own offset or none.

    Arrow would give all of them the zone of the first.
    """
    pandas = nw.dependencies.get_pandas()
    if column.dtype != object or pandas.api.types.infer_dtype(column) == "string":
        return column
    return column.map(
        lambda value: value.isoformat() if isinstance(value, datetime) else value,
        na_action="ignore",
    )


def _of_duckdb(native: Any, what: str, wanted: tuple[str, ...]) -> pl.DataFrame:  # noqa: ANN401
    names = check_names(native.columns, what, wanted)
    if not names:
        return pl.DataFrame()
    table = native.project(", ".join(f'"{name}"' for name in names)).to_arrow_table()
    return _read(zip(names, table.columns, strict=True), what)


def _to_duckdb(native: Any, frame: pl.DataFrame) -> Any:  # noqa: ANN401 - relations
    """Return a frame as a relation of the same connection as another one."""
    # DuckDB finds the variable by its name, which no table of the user's should have.
    lifecycle_model_frame = frame.to_arrow()
    found = native.query("lifecycle_model_log", "select * from lifecycle_model_frame")
    del lifecycle_model_frame
    return found
