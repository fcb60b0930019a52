"""The events of some rows as texts, field by field, as their canonical JSON writes them.

Field by field in the order of the keys, these texts compare as the whole JSON does.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
import polars as pl

from lifecycle_model.columnar.cells import READERS
from lifecycle_model.columnar.log import Log
from lifecycle_model.columnar.schema import OWN_COLUMNS, Column, places_of
from lifecycle_model.columnar.source import Source, as_names, cells_at
from lifecycle_model.columnar.times import EPOCH
from lifecycle_model.events import KINDS, money_units

_SHORT: Final = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPES: Final = {
    "\\": "\\\\",
    '"': '\\"',
    **{chr(code): f"\\u{code:04x}" for code in range(0x20)},
    **_SHORT,
}


@dataclass(frozen=True, slots=True)
class Texts:
    """The events of some records as texts; each frame has one line for each of them."""

    names: pl.DataFrame
    """Source and event_id, as they are."""
    fields: pl.DataFrame
    """One column for each field of the log, as JSON."""

    def at(self, lines: np.ndarray) -> "Texts":
        """Return some of them, in the order asked for."""
        return Texts(self.names[lines], self.fields[lines])


def read_texts(source: Source, log: Log, places: np.ndarray) -> Texts:
    """Return the events of some records as texts."""
    records = log.records[places]
    rows, kinds = records["row"], records["kind"]
    own = [name for name in OWN_COLUMNS if name in source.dtypes]
    cells = cells_at(source, ["source", "event_id", *own], rows)
    names = as_names(cells)
    texts = {
        "event_id": quoted(names["event_id"]),
        "kind": pl.Series(KINDS, dtype=pl.String).gather(kinds),
        "occurred_at": pl.Series(np.ascontiguousarray(records["time"])),
        "source": quoted(names["source"]),
        **{name: _own(cells, OWN_COLUMNS[name], kinds) for name in own},
    }
    if len(log.sequences):
        texts["sequence"] = pl.Series(log.sequences[rows])
    return Texts(names, pl.DataFrame({name: texts[name] for name in sorted(texts)}))


def quoted(texts: pl.Series) -> pl.Series:
    r"""Return texts as JSON writes them, null where there is none.

    >>> quoted(pl.Series(['a"b', "tab\t", None])).to_list()
    ['"a\\"b"', '"tab\\t"', None]
    """
    escaped = texts.cast(pl.String).str.replace_many(list(_ESCAPES), list(_ESCAPES.values()))
    return (pl.Series(['"']) + escaped + pl.Series(['"'])).alias(texts.name)


def _own(events: pl.DataFrame, column: Column, kinds: np.ndarray) -> pl.Series:
    """Return one column's texts; nothing where the kind does not own it."""
    cells = events[column.name]
    texts = _written(cells, column)
    for kind, default in zip(column.kinds, column.defaults, strict=True):
        empty = pl.Series(kinds == kind) & texts.is_null()
        texts = texts.zip_with(~empty, pl.Series([_default(default)]))
    if column.name == "opportunity_id":
        corrected = pl.Series(kinds == places_of("manual_correction")[0])
        if "position" in events:
            main = corrected & events["position"].is_not_null() & cells.is_null()
            texts = texts.zip_with(~main, pl.Series(['"main"']))
    owned = pl.Series(np.isin(kinds, column.kinds))
    return texts.zip_with(owned, pl.Series([""])).alias(column.name)


def _default(value: object) -> str:
    """Return what an empty cell means as JSON."""
    if isinstance(value, Decimal):
        return f"{money_units(value)},"
    return _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _written(cells: pl.Series, column: Column) -> pl.Series:
    """Return cells as JSON; null where they are empty or cannot be read."""
    if column.form in {"text", "id", "situation", "position"}:
        return quoted(cells)
    if column.form == "texts":
        return pl.Series(
            [None if cell is None else _json(cell.to_list()) for cell in cells],
            dtype=pl.String,
        )
    filled = cells.is_not_null()
    if cells.dtype.is_float():
        filled &= cells.is_not_nan()
    read = READERS[column.form].read(cells.filter(filled))
    written = pl.Series(read[0] if read is not None else [])
    match column.form:
        case "day":
            days = (written - EPOCH).cast(pl.Int32).cast(pl.Date)
            written = quoted(days.cast(pl.String))
        case "flag":
            written = (written > 0).cast(pl.String)
        case _:  # a number ends where the comma after it stands
            written = written.cast(pl.String) + pl.Series([","])
    texts = pl.Series([None], dtype=pl.String).new_from_index(0, len(cells))
    return texts.scatter(np.flatnonzero(filled.to_numpy()), written)
