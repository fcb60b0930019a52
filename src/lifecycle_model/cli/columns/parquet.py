"""Logs in Parquet: columns as they are."""

from pathlib import Path

import polars as pl

from lifecycle_model.cli.columns.table import Table
from lifecycle_model.cli.faults import InputError
from lifecycle_model.cli.mapping import wanted_columns
from lifecycle_model.cli.reading import Reading
from lifecycle_model.columnar.files import LogFile


def parquet_table(reading: Reading) -> Table:
    """Return the columns of a Parquet file.

    Raises:
        InputError: it cannot be read, or its columns do not fit.
    """
    try:
        scan = pl.scan_parquet(reading.log, glob=False)
        columns = scan.collect_schema().names()
        rows = scan.select(pl.len()).collect().item()
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = str(error).partition("\n")[0]
        msg = f"{reading.name}: cannot be read: {reason}"
        raise InputError(msg) from None
    what = f"{reading.name}: its schema"
    wanted = wanted_columns(what, columns, reading.mapping, reading.kind)
    types = scan.collect_schema()
    named = scan.select(
        _given(columns[place], types[columns[place]]).alias(field) for place, field in wanted
    )
    return Table(LogFile.of_parquet(Path(reading.log), named, rows), rows, lambda rows: rows)


def _given(column: str, dtype: pl.DataType) -> pl.Expr:
    """Return a column in which a cell that says nothing is null."""
    if dtype.is_float():
        return pl.col(column).fill_nan(None)
    if dtype == pl.List:
        return pl.when(pl.col(column).list.len() > 0).then(pl.col(column))
    return pl.col(column)
