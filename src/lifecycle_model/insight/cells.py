"""The cells of a log as the fold reads them, whatever type their column has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from lifecycle_model.columnar.cells import READERS, read_times
from lifecycle_model.columnar.schema import OWN_COLUMNS
from lifecycle_model.events import MONEY_UNITS

if TYPE_CHECKING:
    from lifecycle_model.columnar.schema import Form
    from lifecycle_model.insight.dense import Type

UNITS: Final = MONEY_UNITS
"""Money is added up in whole ten-thousandths."""

INSTANT: Final = pl.Datetime("us", "UTC")

_TYPES: Final[dict[Form, Type]] = {"money": pl.Int64, "score": pl.Int64, "flag": pl.Boolean}
"""The types of the forms that are read as numbers; all others are texts."""


def column(frame: pl.DataFrame, name: str) -> pl.Series:
    """Return a column of the events' own: texts, whole numbers, flags, or money in units.

    Where the log does not have it, all cells are null. Money is in whole ten-thousandths.

    >>> frame = pl.DataFrame({"amount": ["29.33", None]})
    >>> column(frame, "amount").to_list(), column(frame, "channel").to_list()
    ([293300, None], [None, None])
    """
    form = OWN_COLUMNS[name].form
    dtype = _TYPES.get(form, pl.String)
    if name in frame.columns and dtype == pl.String:
        return frame[name].cast(pl.String)
    found = pl.repeat(None, frame.height, dtype=dtype, eager=True).alias(name)
    filled = frame[name].drop_nulls() if name in frame.columns else found.clear()
    read = READERS[form].read(filled) if len(filled) else None
    if read is None:
        return found
    return found.scatter(frame[name].is_not_null().arg_true(), pl.Series(read[0]).cast(dtype))


def money(frame: pl.DataFrame) -> pl.Series:
    """Return the amounts of events in whole ten-thousandths, 0 where none is given.

    >>> frame = pl.DataFrame({"amount": [29.33, None]})
    >>> money(frame).to_list()
    [293300, 0]
    """
    return column(frame, "amount").fill_null(0)


def instants(cells: pl.Series) -> pl.Series:
    """Return times in UTC, null where a cell is no time.

    >>> instants(pl.Series(["2024-05-01T12:00:00+02:00", "soon"])).dt.hour().to_list()
    [10, None]
    """
    ticks, wrong, _ = read_times(cells)
    sound = cells.is_not_null().to_numpy().copy()
    sound[wrong] = False
    number = pl.select(pl.when(pl.Series(sound)).then(pl.Series(ticks))).to_series()
    return number.cast(INSTANT).alias(cells.name)
