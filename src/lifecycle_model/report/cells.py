"""The cells of a log as single events take them, whatever type their column has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from lifecycle_model.columnar.cells import READERS, whole_numbers
from lifecycle_model.columnar.schema import OWN_COLUMNS
from lifecycle_model.columnar.series import dates, money

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from lifecycle_model.columnar.cells import Read
    from lifecycle_model.columnar.schema import Form

_MADE: Final[dict[Form, Callable[[np.ndarray], pl.Series]]] = {
    "money": money,
    "day": dates,
    "flag": lambda numbers: pl.Series(numbers).cast(pl.Boolean),
    "score": pl.Series,
}
"""What is made of the numbers of each form; all other forms are texts already."""


def as_events_take(log: pl.DataFrame) -> pl.DataFrame:
    """Return a log whose amounts, days, flags and whole numbers are that, and no texts of them.

    >>> log = pl.DataFrame({"amount": ["29.33", None], "channel": ["email", None]})
    >>> as_events_take(log).row(0)
    (Decimal('29.3300'), 'email')
    """
    found = []
    for cells in log:
        own = OWN_COLUMNS.get(cells.name)
        if cells.name == "sequence":
            found.append(_filled(cells, whole_numbers, pl.Series))
        elif own is not None and own.form in _MADE:
            found.append(_filled(cells, READERS[own.form].read, _MADE[own.form]))
    return log.with_columns(found)


def _filled(
    cells: pl.Series,
    read: Callable[[pl.Series], Read | None],
    made: Callable[[np.ndarray], pl.Series],
) -> pl.Series:
    """Return what cells hold, null where they hold nothing that can be read."""
    there = cells.is_not_null().arg_true()
    found = read(cells.gather(there))
    if found is None:
        return cells
    numbers, sound = found
    values = made(numbers[sound])
    nothing = pl.Series(cells.name, [None], dtype=values.dtype)
    return nothing.new_from_index(0, len(cells)).scatter(there.filter(pl.Series(sound)), values)
