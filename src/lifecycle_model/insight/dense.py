"""Looking things up by customer, where customers are the numbers 0, 1, ..: without joins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Type = type[pl.DataType] | pl.DataType

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
    size = 1 + max(int(np.max(part, initial=0)) for part in (owner, wanted))
    begins = np.searchsorted(owner, np.arange(size + 1))
    start = begins[wanted]
    low, high = start.copy(), begins[wanted + 1]
    # All searches halve their rows at once.
    while (open_ := low < high).any():
        middle = (low + high) // 2
        fits = open_ & (value[np.minimum(middle, len(value) - 1)] <= limit)
        low = np.where(fits, middle + 1, low)
        high = np.where(open_ & ~fits, middle, high)
    row = pl.Series(low - 1, dtype=pl.Int64)
    return pl.select(pl.when(pl.Series(low > start)).then(row)).to_series()


def recoded(states: pl.Series, names: Mapping[str, str | int | None], dtype: Type) -> pl.Series:
    """Return what each state stands for.

    Args:
        states: an enumeration.
        names: what its values stand for; null where it says nothing.
        dtype: of the result.

    >>> states = pl.Series(["a", "b", "a"], dtype=pl.Enum(["a", "b"]))
    >>> recoded(states, {"a": 1, "b": 2}, pl.Int32).to_list()
    [1, 2, 1]
    """
    table = pl.Series([names.get(one) for one in states.dtype.categories], dtype=dtype)  # type: ignore[attr-defined]
    return table.gather(states.to_physical())


def nearly_sorted(keys: pl.Series) -> NDArray[np.intp]:
    """Return the order that sorts numbers which almost stand in order; equal ones stay so.

    NumPy's stable sort takes hardly more than one look at each where runs are in order.

    >>> nearly_sorted(pl.Series([0, 2, 1, 5]))
    array([0, 2, 1, 3])
    """
    return np.argsort(keys.to_numpy(), kind="stable")
