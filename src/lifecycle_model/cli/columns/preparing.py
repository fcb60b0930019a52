"""From the cells of a log to the columns that the engine reads."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import polars as pl

from lifecycle_model import KINDS
from lifecycle_model.cli.columns.table import Table
from lifecycle_model.cli.columns.times import localised, read_instants
from lifecycle_model.cli.faults import InputError
from lifecycle_model.cli.reading import PARQUET, Log, Reading
from lifecycle_model.columnar.schema import OWN_COLUMNS
from lifecycle_model.columnar.series import INSTANT

_ROW: Final = "row number"


def prepare(table: Table, reading: Reading, log: Log) -> Table:
    """Return a table with its kinds and times as the options say.

    Rows that are none, and rows with a field that their kind does not have, lose the kind: the
    engine refuses them. With --map, and in Parquet, such fields are passed over and counted.

    Raises:
        InputError: the times are of a type that the options do not suit.
    """
    scan = table.file.scan
    if table.in_memory and reading.form != PARQUET:
        scan = scan.collect().lazy()
    kind = pl.col("kind") if reading.kind is None else pl.lit(reading.kind)
    if len(table.strange):
        rows = pl.Series(table.strange, dtype=pl.UInt32)
        kind = pl.when(~pl.col(_ROW).is_in(rows.implode())).then(kind)
        scan = scan.with_row_index(_ROW)
    scan = scan.with_columns(kind=kind.cast(pl.String))
    foreign = _foreign(scan)
    if reading.mapping or reading.form == PARQUET:
        by_row = sorted(foreign, key=lambda name: foreign[name][0])
        log.ignored.update({name: foreign[name][1] for name in by_row})
    elif foreign:
        some = pl.any_horizontal([_is_foreign(name) for name in foreign])
        scan = scan.with_columns(kind=pl.when(~some).then(pl.col("kind")))
    scan = scan.with_columns(_converted(scan, reading))
    return replace(table, file=replace(table.file, scan=scan))


def _foreign(scan: pl.LazyFrame) -> dict[str, tuple[int, int]]:
    """Return the fields that rows have but not their kind: the first row, and how many."""
    masks = {name: _is_foreign(name) for name in scan.collect_schema() if name in OWN_COLUMNS}
    if not masks:
        return {}
    found = scan.select(
        pl.struct(mask.arg_true().first().alias("first"), mask.sum().alias("count")).alias(name)
        for name, mask in masks.items()
    ).collect()
    lines = {name: found[name].item() for name in masks}
    return {name: (one["first"], one["count"]) for name, one in lines.items() if one["count"]}


def _is_foreign(name: str) -> pl.Expr:
    """Return whether a row has a field that its kind, which is a known one, does not have."""
    kind = pl.col("kind").cast(pl.Enum(KINDS), strict=False).to_physical()
    return (
        pl.col(name).is_not_null() & kind.is_not_null() & ~kind.is_in(OWN_COLUMNS[name].kinds)
    )


def _converted(scan: pl.LazyFrame, reading: Reading) -> list[pl.Expr]:
    """Return the columns that are not read as they are."""
    schema = scan.collect_schema()
    found = []
    if schema.get("alternatives") == pl.String:
        found.append(pl.col("alternatives").str.split("|"))
    times, zone = reading.times, reading.times.zone
    if times.pattern is None and zone is None:
        return found
    dtype = schema["occurred_at"]
    column = pl.col("occurred_at")
    if not dtype.is_temporal():
        return [*found, _mapped(column.cast(pl.String), lambda one: read_instants(one, times))]
    if times.pattern is not None:
        msg = f"{reading.name}: occurred_at holds {dtype}, not text: leave --time-format out"
        raise InputError(msg)
    if zone is not None and (dtype == pl.Date or getattr(dtype, "time_zone", "") is None):
        local = column.cast(pl.Datetime("us"))
        found.append(_mapped(local, lambda one: localised(one, zone)))
    return found


def _mapped(column: pl.Expr, read: Callable[[pl.Series], pl.Series]) -> pl.Expr:
    return column.map_batches(read, return_dtype=INSTANT, is_elementwise=True)
