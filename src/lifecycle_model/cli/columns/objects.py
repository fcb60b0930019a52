"""JSON Lines in columns, where each field has one type of value."""

import json
import re
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.json as pj

from lifecycle_model.cli.columns.lines import Inexact, Lines
from lifecycle_model.cli.columns.table import Table
from lifecycle_model.cli.mapping import FIELDS, fields_of
from lifecycle_model.cli.reading import Log, Reading, read_text
from lifecycle_model.columnar.files import LogFile
from lifecycle_model.columnar.schema import OWN_COLUMNS
from lifecycle_model.errors import clipped

_SAMPLE: Final = 1000
"""How many objects tell the types of the fields."""

_MONEY: Final = pa.decimal128(38, 4)
_TEXTS: Final = pa.list_(pa.string())
_USUAL: Final = {"flag": pa.bool_(), "score": pa.int64(), "texts": _TEXTS}
_TYPES: Final = {str: pa.string(), bool: pa.bool_(), int: pa.int64(), list: _TEXTS}

_LONGEST: Final = 200
"""Letters of a reason: some quote the value that they are about."""

_NULL: Final = re.compile(rb":\s*null")


def json_table(reading: Reading, lines: Lines) -> Table:
    """Return the values of a JSON Lines log.

    Raises:
        Inexact: a value is of another type than the others of its field, a line holds no object
            or several, or a field is null where that is not the same as none.
    """
    if reading.as_is and _NULL.search(lines.data):
        msg = "it holds null"
        raise Inexact(msg)
    # Without --map every key is a field.
    columns = fields_of(reading.mapping, reading.kind)
    if not reading.mapping:
        columns = {name: name for name in FIELDS if name != "kind" or reading.kind is None}
    seen = {} if reading.as_is else _seen(lines)
    options = pj.ParseOptions(
        explicit_schema=pa.schema(
            [
                (column, _type(field, seen.get(column, set())))
                for field, column in columns.items()
            ]
        ),
        unexpected_field_behavior="ignore" if reading.mapping else "error",
    )
    numbers = _filled(lines)
    try:
        text = pa.BufferReader(pa.py_buffer(memoryview(lines.data)[lines.start :]))
        found = pj.read_json(text, parse_options=options)
    except pa.ArrowInvalid as error:
        raise Inexact(_first_line(error)) from None
    if len(found) != len(numbers):
        msg = "a line holds several objects"
        raise Inexact(msg)
    frame = pl.DataFrame(pl.from_arrow(found))
    scan = frame.lazy().select(
        _read(column, field, frame.schema).alias(field) for field, column in columns.items()
    )

    def reread(places: np.ndarray, log: Log) -> None:
        text = "\n".join(lines.at(places - 1))
        read_text(reading, text, log, lambda line: int(places[line - 1]))

    return Table(
        LogFile.of_text(Path(reading.log), scan, lines.size),
        len(found),
        lambda rows: numbers[rows] + 1,
        reread,
    )


def _seen(lines: Lines) -> dict[str, set[type]]:
    """Return the types of values that the first objects have under each key."""
    seen: dict[str, set[type]] = {}
    for _, block in lines.blocks():
        for line in islice(block, _SAMPLE):
            try:
                found = json.loads(line)
            except (ValueError, RecursionError):  # blank, or for others to tell
                continue
            for key, value in found.items() if isinstance(found, dict) else ():
                if value is not None:
                    seen.setdefault(key, set()).add(type(value))
        break
    return seen


def _type(field: str, seen: set[type]) -> pa.DataType:
    """Return the type in which the values of a field are read exactly.

    Raises:
        Inexact: there is none.
    """
    form = OWN_COLUMNS[field].form if field in OWN_COLUMNS else ""
    if form == "money":
        # As text where it is text: a decimal would accept less.
        return pa.string() if seen == {str} else _MONEY
    if not seen:
        return pa.int64() if field == "sequence" else _USUAL.get(form, pa.string())
    found = [_TYPES.get(one) for one in seen]
    if len(found) > 1 or found[0] is None or (found[0] == _TEXTS) != (form == "texts"):
        msg = f"the values of {field} have several types, or an unusual one"
        raise Inexact(msg)
    return found[0]


def _filled(lines: Lines) -> np.ndarray:
    """Return the numbers, from 0, of the lines that are not blank.

    Raises:
        Inexact: one of them begins with something else than an object.
    """
    found = [np.empty(0, np.int64)]
    for first, block in lines.blocks():
        filled = block.str.contains(r"\S")
        # The parser of columns ends the process where a block begins with null.
        if not block.filter(filled).str.contains(r"^\s*\{").all():
            msg = "a line holds no object"
            raise Inexact(msg)
        found.append(first + filled.arg_true().to_numpy().astype(np.int64))
    return np.concatenate(found)


def _read(column: str, field: str, schema: pl.Schema) -> pl.Expr:
    """Return the values of a field, as text where its events hold something else."""
    dtype = schema[column]
    form = OWN_COLUMNS[field].form if field in OWN_COLUMNS else ""
    own = (
        dtype == pl.String
        or form in {"money", "texts"}
        or (form == "flag" and dtype == pl.Boolean)
        or ((form == "score" or field == "sequence") and dtype == pl.Int64)
    )
    return pl.col(column) if own else pl.col(column).cast(pl.String)


def _first_line(error: Exception) -> str:
    return clipped(str(error).partition("\n")[0], _LONGEST)
