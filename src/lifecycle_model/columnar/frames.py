"""From the caller's kind of frame to polars, and back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl
import pyarrow as pa

from lifecycle_model.columnar.source import check_names
from lifecycle_model.errors import InvalidColumns, NotAFrame, Problem, shown

Restore = Callable[[pl.DataFrame], Any]
"""Turns a polars frame into the caller's kind."""


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
        InvalidColumns: a column stands twice, or holds what Arrow cannot.
    """
    if isinstance(native, pl.DataFrame):
        return Given(_chosen(native, wanted), lambda frame: frame)
    if isinstance(native, pl.LazyFrame):
        names = [name for name in native.collect_schema().names() if name in wanted]
        return Given(native.select(names).collect(), lambda frame: frame.lazy())
    if nw.dependencies.is_pandas_dataframe(native):
        return Given(_of_pandas(native, what, wanted), lambda frame: frame.to_pandas())
    duckdb = nw.dependencies.get_duckdb()
    if duckdb is not None and isinstance(native, duckdb.DuckDBPyRelation):
        return _of_duckdb(native, what, wanted)
    if isinstance(native, pa.Table) or hasattr(native, "__arrow_c_stream__"):
        return Given(_of_arrow(native, what, wanted), lambda frame: frame.to_arrow())
    if isinstance(native, pa.RecordBatch) or hasattr(native, "__arrow_c_array__"):
        table = pa.Table.from_batches([pa.record_batch(native)])
        return Given(_of_arrow(table, what, wanted), lambda frame: frame.to_arrow())
    raise NotAFrame(what, type(native).__name__)


def _chosen(frame: pl.DataFrame, wanted: tuple[str, ...]) -> pl.DataFrame:
    return frame.select([name for name in frame.columns if name in wanted])


def _of_arrow(native: Any, what: str, wanted: tuple[str, ...]) -> pl.DataFrame:  # noqa: ANN401
    table = native if isinstance(native, pa.Table) else pa.table(native)
    check_names(table.column_names, what)
    table = table.select([name for name in table.column_names if name in wanted])
    fields = [_in_utc(field) for field in table.schema]
    frame = pl.from_arrow(table.cast(pa.schema(fields)))
    return frame if isinstance(frame, pl.DataFrame) else frame.to_frame()


def _in_utc(field: pa.Field) -> pa.Field:
    """Return a column's type in UTC: not every zone of Arrow has a name elsewhere."""
    if pa.types.is_timestamp(field.type) and field.type.tz is not None:
        return field.with_type(pa.timestamp(field.type.unit, "UTC"))
    return field


def _of_pandas(native: Any, what: str, wanted: tuple[str, ...]) -> pl.DataFrame:  # noqa: ANN401
    names = [str(name) for name in native.columns]
    check_names(names, what)
    kept = native[[name for name in native.columns if name in wanted]]
    try:
        table = pa.Table.from_pandas(kept, preserve_index=False)
    except (pa.ArrowException, OverflowError) as error:
        mend = "give every column one type"
        raise InvalidColumns(what, (Problem("columns", shown(str(error)), mend),)) from None
    return _of_arrow(table, what, wanted)


def _of_duckdb(native: Any, what: str, wanted: tuple[str, ...]) -> Given:  # noqa: ANN401
    check_names(native.columns, what)
    names = ", ".join(f'"{name}"' for name in native.columns if name in wanted)
    table = native.project(names).to_arrow_table() if names else pa.table({})

    def restore(frame: pl.DataFrame) -> Any:  # noqa: ANN401 - a relation
        # A query of the relation itself: so the result belongs to the same connection.
        result = frame.to_arrow()  # found by its name below
        return native.query("log", "select * from result") if result is not None else None

    return Given(_of_arrow(table, what, wanted), restore)
