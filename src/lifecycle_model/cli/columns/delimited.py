"""CSV in columns, where every row stands on a line of its own."""

import csv
from pathlib import Path

import numpy as np
import polars as pl

from lifecycle_model.cli.columns.lines import Inexact, Lines
from lifecycle_model.cli.columns.table import Table
from lifecycle_model.cli.mapping import wanted_columns
from lifecycle_model.cli.reading import Log, Reading, read_text
from lifecycle_model.cli.rows import delimiter_of
from lifecycle_model.columnar.files import LogFile


def csv_table(reading: Reading, lines: Lines, data: bytes | None) -> Table:
    """Return the cells of a CSV log as text; an empty one is null.

    Args:
        reading: what the options say about it.
        lines: its lines.
        data: what it holds, where that is not in the file.

    Raises:
        InputError: the header does not fit.
        Inexact: a row may stand on several lines, or its cells be parted in several ways.
    """
    header = lines.first
    delimiter = delimiter_of(header)
    cell = rf'(?:[^"\r\n{delimiter}]*|"(?:[^"\r\n]|"")*")'
    plain = pl.Series([header]).str.contains(_row(cell, delimiter, "*")).item()
    if not plain or not header.strip():
        msg = "its first line is no plain header"
        raise Inexact(msg)
    if len(header) > csv.field_size_limit():
        msg = "its first line is very long"
        raise Inexact(msg)
    columns = next(csv.reader([header], delimiter=delimiter), [])
    height, strange = _look(lines, _row(cell, delimiter, f"{{{len(columns) - 1}}}"))
    what = f"{reading.name}, line 1: the header"
    wanted = wanted_columns(what, columns, reading.mapping, reading.kind)
    scan = pl.scan_csv(
        reading.log if data is None else data,
        separator=delimiter,
        new_columns=[str(place) for place in range(len(columns))],
        infer_schema=False,
        truncate_ragged_lines=True,
        glob=False,
    ).select(_filled(str(place)).alias(field) for place, field in wanted)

    def reread(places: np.ndarray, log: Log) -> None:
        text = "\n".join([header.rstrip("\r\n"), *lines.at(places - 1)])
        read_text(reading, text, log, lambda line: int(places[line - 2]))

    return Table(
        LogFile.of_text(Path(reading.log), scan, lines.size),
        height,
        lambda rows: rows + 2,
        reread,
        strange,
    )


def _row(cell: str, delimiter: str, more: str) -> str:
    """Return the form of a line with a cell and so many more."""
    return rf"^{cell}(?:{pl.escape_regex(delimiter)}{cell}){more}(?:\r?\n)?$"


def _filled(column: str) -> pl.Expr:
    return pl.when(pl.col(column) != "").then(pl.col(column))


def _look(lines: Lines, row: str) -> tuple[int, np.ndarray]:
    """Return how many rows there are, and which of them have another form.

    Raises:
        Inexact: it is not certain how they would be read.
    """
    height, strange = 0, []
    for first, block in lines.blocks():
        other = (~block.str.contains(row)).arg_true()
        unclear = block.gather(other).str.contains(r'"|\r[^\n]|\r$')
        if unclear.any():
            line = first + other.filter(unclear)[0] + 1
            msg = f"line {line} has a quotation mark inside a cell, or a row over several lines"
            raise Inexact(msg)
        if (block.str.len_bytes() > csv.field_size_limit()).any():
            msg = "a line is very long"
            raise Inexact(msg)
        strange.append(other.to_numpy().astype(np.int64) + first - 1)
        height += len(block)
    # The header is no row.
    return height - 1, np.concatenate(strange)
