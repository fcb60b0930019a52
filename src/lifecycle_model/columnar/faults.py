"""What is wrong with rows and columns of a log, gathered without stopping at the first."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from lifecycle_model.columnar.cells import is_text
from lifecycle_model.errors import BadRow, InvalidRows

if TYPE_CHECKING:
    from lifecycle_model.columnar.source import Source

MISSING: Final = "is missing: give it a value"

LISTED: Final = 100
"""How many rows an error names; it counts all of them."""

_LONGEST: Final = 80
_NOTHING: Final = "nothing"

# As `repr` writes them: a line of a report stays one line, whatever the cells hold.
_ESCAPES: Final = {
    "\\": "\\\\",
    **{
        chr(code): repr(chr(code))[1:-1]
        for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
    },
}

_SCHEMA = {"row": pl.UInt32, "column": pl.String, "value": pl.String, "reason": pl.String}


@dataclass(slots=True)
class Faults:
    """The rows that cannot be folded, each with a column and a reason."""

    source: "Source"
    _found: list[pl.DataFrame] = field(default_factory=list)

    def add(self, rows: np.ndarray, column: str, reason: str) -> None:
        """Keep rows that are wrong in one column for one reason."""
        if len(rows) == 0:
            return
        cells = self.source.column(column)
        values = _texts(cells.gather(rows)) if cells is not None else _NOTHING
        self._found.append(
            pl.DataFrame({"row": pl.Series(rows, dtype=pl.UInt32)}).select(
                "row",
                pl.lit(column).alias("column"),
                pl.lit(values).alias("value"),
                pl.lit(reason).alias("reason"),
            )
        )

    @property
    def rows(self) -> np.ndarray:
        """The rows that have a fault, ascending, each once."""
        return np.unique(np.concatenate([np.empty(0, np.uint32), *self._rows()]))

    def frame(self) -> pl.DataFrame:
        """Return one line for each fault: row, column, value, reason."""
        if not self._found:
            return pl.DataFrame(schema=_SCHEMA)
        frame = pl.concat(self._found)
        numbers = pl.Series(self.source.numbers(frame["row"].to_numpy()), dtype=pl.UInt32)
        return frame.with_columns(row=numbers).sort("row", "column", "reason")

    def _rows(self) -> Iterator[np.ndarray]:
        return (one["row"].to_numpy() for one in self._found)


def refuse_faults(frame: pl.DataFrame) -> None:
    """Refuse a log that has faults.

    Raises:
        InvalidRows: naming the first rows and counting all.
    """
    if frame.height:
        listed = tuple(BadRow(*line) for line in frame.head(LISTED).iter_rows())
        raise InvalidRows(frame["row"].n_unique(), listed)


def _texts(cells: pl.Series) -> pl.Series:
    """Return cells as they appear in an error: text in quotes, and nothing too long."""
    if cells.dtype.is_nested():
        texts = pl.Series([str(cell) for cell in cells.to_list()], dtype=pl.String)
    elif cells.dtype.is_temporal():
        texts = _times(cells)
    else:
        texts = cells.cast(pl.String)
    if is_text(cells.dtype):
        quote = pl.Series(["'"])
        escaped = texts.str.replace_many(list(_ESCAPES), list(_ESCAPES.values()))
        texts = quote + escaped + quote
    long = texts.str.len_chars() > _LONGEST
    short = texts.zip_with(~long, texts.str.head(_LONGEST - 3) + pl.Series(["..."]))
    return short.fill_null(_NOTHING)


def _times(cells: pl.Series) -> pl.Series:
    """Return days and times as text; what is far from any calendar, and spans, as numbers."""
    bare = cells.to_physical()
    if cells.dtype not in (pl.Date, pl.Datetime):
        return bare.cast(pl.String)
    utc = pl.Datetime(cells.dtype.time_unit) if cells.dtype == pl.Datetime else pl.Date  # type: ignore[attr-defined]
    near = bare.cast(utc).dt.year().is_between(-_FAR, _FAR).fill_null(value=False)
    return cells.set(~near, None).cast(pl.String).zip_with(near, bare.cast(pl.String))


_FAR: Final = 99_999
"""Years that can still be written."""
