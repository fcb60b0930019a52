"""The columnar way of a replay: read, fold, judge, write, and say how fast it was."""

from time import perf_counter
from typing import Final

import polars as pl

from lifecycle_model.cli.columns.delimited import csv_table
from lifecycle_model.cli.columns.judging import judge
from lifecycle_model.cli.columns.lines import Inexact, Lines
from lifecycle_model.cli.columns.objects import json_table
from lifecycle_model.cli.columns.parquet import parquet_table
from lifecycle_model.cli.columns.preparing import prepare
from lifecycle_model.cli.columns.single import events_table
from lifecycle_model.cli.columns.table import Table
from lifecycle_model.cli.columns.tallies import summed
from lifecycle_model.cli.columns.writing import write_all
from lifecycle_model.cli.faults import InputError
from lifecycle_model.cli.notes import tell_notes
from lifecycle_model.cli.progress import stages
from lifecycle_model.cli.reading import PARQUET, Log, new_log, read_log
from lifecycle_model.cli.request import Request
from lifecycle_model.cli.summary import Summary
from lifecycle_model.cli.terminal import messages, say, say_note
from lifecycle_model.cli.words import counted
from lifecycle_model.columnar.replaying import Run

_MILLION: Final = 1_000_000


def fold_in_columns(request: Request, data: bytes | None, why: str) -> Summary:
    """Fold a log, write what is asked for, say what is left out, and return the sums.

    Args:
        request: the options.
        data: what the log holds, where that is known already.
        why: what the columnar engine is needed for.

    Raises:
        InputError: the log has faults, or something cannot be written.
    """
    began = perf_counter()
    with stages() as at:
        at("reading")
        table, log = open_log(request, data)
        at("folding")
        run = Run.of(
            request.lifecycle,
            request.as_of,
            _snapshots(request.earlier),
            "report",
            request.threads,
            transitions=True,
        )
        replay = table.fold(run)
        events = judge(table, replay, request, log)
        summary = summed(replay, table, request, events)
        summary.skipped = log.faults.total
        at("writing")
        write_all(replay, request)
    tell_notes(log, summary.clashes)
    speed = _speed(table.height, perf_counter() - began)
    say(messages(), f"folded in columns for {why}: {speed}")
    return summary


def open_log(request: Request, data: bytes | None) -> tuple[Table, Log]:
    """Return a log in columns, and what is found in it."""
    reading = request.reading
    log = new_log(reading)
    if reading.form == PARQUET:
        return prepare(parquet_table(reading), reading, log), log
    try:
        lines = Lines.of(reading, data)
        table = (
            csv_table(reading, lines, data)
            if reading.form == "csv"
            else json_table(reading, lines)
        )
        return prepare(table, reading, log), log
    except Inexact as reason:
        say_note(f"{reading.name} is read row by row, which takes longer: {reason}")
    log = read_log(reading, data)
    return events_table(reading, log), log


def _snapshots(path: str | None) -> pl.DataFrame | None:
    """Return the snapshots of an earlier replay.

    Raises:
        InputError: they cannot be read.
    """
    if path is None:
        return None
    try:
        return pl.read_parquet(path, glob=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = str(error).partition("\n")[0]
        msg = f"{path}: cannot be read: {reason}"
        raise InputError(msg) from None


def _speed(rows: int, seconds: float) -> str:
    """Say how many rows were folded in which time.

    >>> _speed(10_000_000, 3.125)
    '10,000,000 rows in 3.1 s (3.2 M rows a second)'
    >>> _speed(1, 2)
    '1 row in 2.0 s (0 rows a second)'
    """
    rate = rows / seconds
    told = f"{rate / _MILLION:.1f} M" if rate >= _MILLION else f"{rate:,.0f}"
    return f"{counted(rows, 'row')} in {seconds:.1f} s ({told} rows a second)"
