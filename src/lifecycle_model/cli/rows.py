"""From the text of a log to rows: where each stands, and its fields as text."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from lifecycle_model.cli.faults import Fault, Faults, InputError
from lifecycle_model.cli.mapping import fields_of, wanted_columns
from lifecycle_model.cli.words import counted
from lifecycle_model.errors import Problem, shown

Row = tuple[int, dict[str, Any]]
"""The number of the line, and the fields."""

DELIMITERS: Final = ",;\t|"


Number = Callable[[int], int]
"""Gives the number in the log of a line of the text, which may be a part of the log."""


def same(line: int) -> int:
    """Number the lines of a whole log."""
    return line


def delimiter_of(header: str) -> str:
    """Return the delimiter that a header has most of.

    >>> delimiter_of('"a, b";c')
    ';'
    """
    return max(DELIMITERS, key=re.sub('"[^"]*"', "", header).count)


def csv_rows(
    name: str,
    text: str,
    faults: Faults,
    mapping: Mapping[str, str],
    kind: str | None,
    number: Number = same,
) -> Iterator[Row]:
    """Yield the rows of a CSV text; empty cells are fields that are not given.

    Args:
        name: the log, for errors.
        text: a header line and rows. Its delimiter is the one that the header has most of.
        faults: takes note of rows that cannot be read.
        mapping: field to column.
        kind: the kind that every row is.
        number: numbers the lines.

    Raises:
        InputError: the header does not fit.
    """
    delimiter = delimiter_of(text.partition("\n")[0])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = next(reader)
    except csv.Error as error:
        headline = f"{name}, line 1: the header is broken: {error}"
        raise InputError(headline) from None
    wanted = wanted_columns(f"{name}, line 1: the header", header, mapping, kind)
    constant = {} if kind is None else {"kind": kind}
    for line, cells in _records(reader, faults, number):
        if len(cells) != len(header):
            if cells:
                mend = "mend the row; a cell that holds the delimiter stands in quotation marks"
                found = f"has {counted(len(cells), 'cell')}, the header has {len(header)}"
                problem = Problem("", found, mend)
                faults.add(Fault((line, number(reader.line_num)), (problem,)))
            continue
        yield line, {**constant, **{field: cells[at] for at, field in wanted if cells[at]}}


def _records(
    reader: Any,  # noqa: ANN401 - csv hides its type
    faults: Faults,
    number: Number,
) -> Iterator[tuple[int, list[str]]]:
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = Problem("", f"is broken: {error}", "is a quotation mark left open?")
            faults.add(Fault((number(line), number(reader.line_num)), (problem,)))
        else:
            yield number(line), cells


def json_lines(text: str, number: Number = same) -> Iterator[tuple[int, str]]:
    """Yield the lines of a JSON Lines text that are not blank."""
    # Not splitlines(): a JSON text may hold other line breaks inside its strings.
    for place, line in enumerate(text.split("\n"), start=1):
        if line and not line.isspace():
            yield number(place), line


def json_rows(
    text: str,
    faults: Faults,
    mapping: Mapping[str, str],
    kind: str | None,
    number: Number = same,
) -> Iterator[Row]:
    """Yield the objects of a JSON Lines text with the text of their values.

    Args:
        text: one object on each line.
        faults: takes note of lines that hold none.
        mapping: field to key; where it is empty, every key is a field.
        kind: the kind that every object is.
        number: numbers the lines.
    """
    columns = fields_of(mapping, kind)
    constant = {} if kind is None else {"kind": kind}
    for line, raw in json_lines(text, number):
        try:
            found = json.loads(raw, parse_int=str, parse_float=str, parse_constant=str)
        except (ValueError, RecursionError) as error:
            problem = Problem("", shown(raw), f"is not JSON: {error}")
            faults.add(Fault((line, line), (problem,)))
            continue
        if not isinstance(found, dict):
            problem = Problem("", shown(raw), "is not a JSON object: put the fields in {}")
            faults.add(Fault((line, line), (problem,)))
            continue
        if kind is not None and not mapping and "kind" in found:
            problem = Problem("field 'kind'", "", "stands beside --kind: leave --kind out")
            faults.add(Fault((line, line), (problem,)))
            continue
        if mapping:
            found = {field: found[key] for field, key in columns.items() if key in found}
        fields = {field: _text(value) for field, value in found.items() if value is not None}
        yield line, {**constant, **fields}


def _text(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


Place = Callable[[str], str]
"""Names the place of a field in a row."""


def place_of(word: str, mapping: Mapping[str, str]) -> Place:
    """Return what names the place of a field: `column 'dollars' (amount)`."""

    def place(field: str) -> str:
        if field == "the whole":
            return ""
        own = mapping.get(field, field)
        return f"{word} {shown(own)}" if own == field else f"{word} {shown(own)} ({field})"

    return place
