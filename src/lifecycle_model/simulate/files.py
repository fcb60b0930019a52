"""Logs as files, written part by part."""

from collections.abc import Callable, Iterator
from itertools import chain
from os import PathLike
from pathlib import Path
from typing import IO, Final

import polars as pl
import pyarrow.parquet as pq

from lifecycle_model.errors import UnknownName

_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"


def write_parts(path: str | PathLike[str], parts: Iterator[pl.DataFrame]) -> None:
    """Write a log to a file, one part after the other.

    Args:
        path: its suffix says the format.
        parts: at least one; all have the same columns.

    Raises:
        UnknownName: no format has that suffix.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in _WRITERS:
        raise UnknownName("suffix", suffix, tuple(_WRITERS))
    with Path(path).open("wb") as file:
        _WRITERS[suffix](file, parts)


def _write_parquet(file: IO[bytes], parts: Iterator[pl.DataFrame]) -> None:
    tables = (part.to_arrow(compat_level=pl.CompatLevel.oldest()) for part in parts)
    first = next(tables)
    with pq.ParquetWriter(file, first.schema) as writer:
        for table in chain([first], tables):
            writer.write_table(table)


def _write_csv(file: IO[bytes], parts: Iterator[pl.DataFrame]) -> None:
    """Write cells; a field that is not given is an empty one."""
    for number, part in enumerate(parts):
        lists = [name for name, dtype in part.schema.items() if dtype == pl.List]
        cells = part.with_columns(
            pl.col("occurred_at").dt.strftime(_TIME), pl.col(lists).list.join("|")
        )
        cells.write_csv(file, include_header=number == 0)


def _write_json_lines(file: IO[bytes], parts: Iterator[pl.DataFrame]) -> None:
    """Write objects without the fields that are not given: each line is a valid event."""
    for part in parts:
        members = [_member(name, dtype) for name, dtype in part.schema.items()]
        body = pl.concat_str(members, separator=",", ignore_nulls=True)
        lines = part.select("{" + body + "}")
        lines.write_csv(file, include_header=False, quote_style="never")


def _member(name: str, dtype: pl.DataType) -> pl.Expr:
    """Return `"name":value`, null where there is no value; no text of a log needs an escape."""
    column = pl.col(name)
    if dtype.is_integer() or dtype == pl.Boolean:
        return f'"{name}":' + column.cast(pl.String)
    if dtype == pl.List:
        texts = pl.concat_str(pl.lit('"'), column.list.join('","'), pl.lit('"'))
        texts = pl.when(column.list.len() > 0).then(texts).otherwise(column.list.join(""))
        return f'"{name}":[' + texts + "]"
    if dtype == pl.Datetime:
        column = column.dt.strftime(_TIME)
    return f'"{name}":"' + column.cast(pl.String) + '"'


_WRITERS: Final[dict[str, Callable[[IO[bytes], Iterator[pl.DataFrame]], None]]] = {
    ".parquet": _write_parquet,
    ".csv": _write_csv,
    ".jsonl": _write_json_lines,
}
