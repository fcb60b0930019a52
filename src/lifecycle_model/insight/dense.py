"""Looking things up by customer, where customers are the numbers 0, 1, ..: without joins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

NONE: Final = int(np.iinfo(np.int64).max)
"""Stands where there is no least number."""


def least(places: pl.Series, values: pl.Series, size: int) -> pl.Series:
    """Return the least value at each place, null where there is none.

    Args:
        places: whole numbers below `size`.
        values: instants, days or numbers, as many.
        size: how many places there are.

    >>> least(pl.Series([0, 2, 0]), pl.Series([5, 7, 3]), 3).to_list()
    [3, None, 7]
    """
    physical = values.to_physical()
    found = np.full(size, NONE)
    np.minimum.at(found, places.to_numpy(), physical.cast(pl.Int64).to_numpy())
    there = pl.Series(found != NONE)
    number = pl.select(pl.when(there).then(pl.Series(found))).to_series()
    return number.cast(physical.dtype).cast(values.dtype)


def least_row(places: Numbers, where: NDArray[np.bool_], size: int) -> Numbers:
    """Return the number of the first row at each place at which something holds.

    >>> places, where = np.array([0, 0, 2]), np.array([False, True, True])
    >>> least_row(places, where, 3) == np.array([1, NONE, 2])
    array([ True,  True,  True])
    """
    rows = np.flatnonzero(where)
    found = np.full(size, NONE)
    np.minimum.at(found, places[rows], rows)
    return found


def last_row(places: Numbers, where: NDArray[np.bool_], size: int) -> Numbers:
    """Return the number of the last row at each place at which something holds, -1 for none.

    >>> last_row(np.array([0, 0, 2]), np.array([True, True, False]), 3)
    array([ 1, -1, -1])
    """
    rows = np.flatnonzero(where)
    found = np.full(size, -1)
    np.maximum.at(found, places[rows], rows)
    return found


def last_upto(
    owners: pl.Series, values: pl.Series, asked: pl.Series, limits: pl.Series
) -> pl.Series:
    """Return the last row of each owner asked for with a value up to a limit, null for none.

    Args:
        owners: of the rows, in ascending order.
        values: of the rows, in ascending order for each owner.
        asked: owners.
        limits: one for each owner asked for.

    >>> owners, values = pl.Series([0, 0, 1]), pl.Series([3, 5, 4])
    >>> last_upto(owners, values, pl.Series([0, 0, 1, 7]), pl.Series([2, 9, 4, 4])).to_list()
    [None, 1, 2, None]
    """
    owner, wanted = owners.to_numpy(), asked.to_numpy()
    value = values.to_physical().cast(pl.Int64).to_numpy()
    limit = limits.to_physical().cast(pl.Int64).to_numpy()
    start = np.searchsorted(owner, wanted, "left")
    low, high = start.copy(), np.searchsorted(owner, wanted, "right")
    # All searches halve their rows at once.
    while (open_ := low < high).any():
        middle = (low + high) // 2
        fits = open_ & (value[np.minimum(middle, len(value) - 1)] <= limit)
        low = np.where(fits, middle + 1, low)
        high = np.where(open_ & ~fits, middle, high)
    row = pl.Series(low - 1, dtype=pl.Int64)
    return pl.select(pl.when(pl.Series(low > start)).then(row)).to_series()
