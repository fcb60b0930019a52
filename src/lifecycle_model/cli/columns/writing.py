"""Frames as files."""

from typing import Final

import polars as pl

from lifecycle_model.cli.columns.tallies import known_customers
from lifecycle_model.cli.outputs import Output
from lifecycle_model.cli.reading import PARQUET
from lifecycle_model.cli.request import Request
from lifecycle_model.columnar.replaying import Replay
from lifecycle_model.rules import FACTS

_VALUES: Final = (
    "situation", "position", "stage", "funnel_group", "sales_step", "service_state"
)  # fmt: skip
_CUSTOMER: Final[tuple[str | pl.Expr, ...]] = (
    "customer_id",
    *_VALUES,
    *(fact.name for fact in FACTS.values() if fact.scope == "customer"),
    "clock",
    "situation_since",
    "situation_rule",
    "next_deadline",
    pl.col("next_deadline_rule").alias("next_rule"),
)


def write_all(replay: Replay, request: Request) -> None:
    """Write the files that are asked for.

    Raises:
        InputError: one cannot be written.
    """
    if request.out is not None:
        _write(request.out, known_customers(replay).select(_CUSTOMER))
    if request.transitions is not None:
        _write(request.transitions, replay.transitions)
    if request.snapshots is not None:
        _write(request.snapshots, replay.snapshots)


def _write(output: Output, frame: pl.DataFrame) -> None:
    """Write a frame."""
    if output.form == PARQUET:
        output.write(frame.write_parquet)
    elif output.form == "csv":
        cells = frame.select(_cells(frame))
        output.write(
            lambda file: cells.write_csv(
                file,
                include_header=frame.height > 0,
                separator=output.delimiter,
                line_terminator="\r\n",
            )
        )
    else:
        output.write(frame.select(_values_of(frame)).write_ndjson)


def _cells(frame: pl.DataFrame) -> list[pl.Expr]:
    """Return columns as CSV holds them: lists with bars, money with at least two decimals."""
    found = []
    for name, dtype in frame.schema.items():
        column = pl.col(name)
        if dtype == pl.List:
            column = column.cast(pl.List(pl.String)).list.join("|")
        elif dtype.is_decimal():
            column = column.cast(pl.String).str.replace("0{1,2}$", "")
        elif dtype == pl.Datetime:
            column = _iso(column)
        found.append(column)
    return found


def _values_of(frame: pl.DataFrame) -> list[pl.Expr]:
    """Return columns as JSON holds them: money as text, so that nothing is rounded."""
    found = []
    for name, dtype in frame.schema.items():
        column = pl.col(name)
        if dtype.is_decimal():
            column = column.cast(pl.String).str.replace(r"\.?0+$", "")
        elif dtype == pl.Datetime:
            column = _iso(column)
        found.append(column)
    return found


def _iso(column: pl.Expr) -> pl.Expr:
    """Return instants as Python writes them: with a fraction where there is one."""
    whole = column.dt.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    fine = column.dt.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00")
    return pl.when(column.dt.microsecond() == 0).then(whole).otherwise(fine)
