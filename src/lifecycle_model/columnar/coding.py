"""Ids as dense numbers: hashed once, then verified, a slice of the column at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from lifecycle_model.columnar.jit import compiled, only_read
from lifecycle_model.columnar.threads import Threads
from lifecycle_model.errors import HashCollision

SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
"""Spreads keys over a table (Knuth, The Art of Computer Programming 3, 6.4)."""

SLICE: Final = 1 << 18
"""Rows of a slice: few enough that what is made of them stays in the processor's cache."""

_AHEAD: Final = 32
"""Slots of the table that are fetched before they are needed."""


@dataclass(frozen=True, slots=True)
class Coded:
    """Cells as numbers: each is the place of its value among the distinct ones."""

    codes: np.ndarray
    """int32, -1 for null."""
    values: pl.Series
    """The distinct values, ascending."""


def code(cells: pl.Series, threads: Threads, also: pl.Series | None = None) -> Coded:
    """Return cells as codes that have the order of the values.

    Args:
        cells: text, categories or whole numbers; text is ordered by code point.
        threads: who share the work.
        also: values that get codes too, whether the cells have them or not.

    Raises:
        HashCollision: two values have the same hash; nobody has met this yet.

    >>> coded = code(pl.Series(["b", None, "a", "b"]), Threads(1))
    >>> coded.codes.tolist(), coded.values.to_list()
    ([1, -1, 0, 1], ['a', 'b'])
    """
    bounds = bounds_of(len(cells))
    return code_slices(
        lambda start, end: cells.slice(start, end - start), bounds, threads, also
    )


def bounds_of(length: int) -> list[int]:
    """Return where the slices of a column start, and where the last one ends.

    >>> bounds_of(0), bounds_of(300_000)
    ([0, 0], [0, 262144, 300000])
    """
    return [*range(0, length or 1, SLICE), length]


def code_slices(
    slice_of: Callable[[int, int], pl.Series],
    bounds: Sequence[int],
    threads: Threads,
    also: pl.Series | None = None,
) -> Coded:
    """Return the cells of a column that is read slice by slice as codes; see `code`.

    Args:
        slice_of: returns the cells of some rows, given by start and end.
        bounds: where the slices start, and where the last one ends.
        threads: who share the work.
        also: see `code`.
    """
    codes = np.empty(bounds[-1], np.int32)
    shares = threads.bounds(len(bounds) - 1)

    def number_share(share: int) -> _Numbering:
        numbering = _Numbering()
        for place in range(shares[share], shares[share + 1]):
            start, end = bounds[place], bounds[place + 1]
            numbering.add(slice_of(start, end), codes[start:end])
        return numbering

    # Each thread numbers its own rows; then their numbers become ranks among all.
    parts = threads.map(number_share, range(threads.count))
    together = _Numbering()
    for part in parts:
        part.numbers = np.empty(len(part.values), np.int32)
        together.add(part.values, part.numbers)
    values, ranks = _ranked(together.values, also)

    def rank_share(share: int) -> None:
        start, end = bounds[shares[share]], bounds[shares[share + 1]]
        _rank(codes, ranks[parts[share].numbers], start, end)

    threads.map(rank_share, range(threads.count))
    return Coded(codes, values)


class _Numbering:
    """Values numbered in the order in which they come."""

    def __init__(self) -> None:
        self.values = pl.Series([], dtype=pl.Null)
        self.numbers = np.empty(0, np.int32)
        self._table = np.zeros((1 << 12, 2), np.uint64)

    def add(self, cells: pl.Series, numbers: np.ndarray) -> None:
        """Write the cells' numbers, -1 for null.

        Raises:
            HashCollision: a cell has the hash of another value.
        """
        if cells.dtype in (pl.Categorical, pl.Enum):
            cells = cells.cast(pl.String)
        if self.values.dtype != cells.dtype:
            self.values = cells.clear()
        nulls = cells.is_null().to_numpy() if cells.null_count() else np.empty(0, np.bool_)
        rows, self._table = _number(
            only_read(cells.hash().to_numpy(), np.uint64),
            only_read(nulls, np.bool_),
            numbers,
            len(self.values),
            self._table,
        )
        if len(rows):
            self.values = pl.concat([self.values, cells.gather(rows)], rechunk=True)
        if len(nulls):
            cells, numbers = cells.filter(pl.Series(~nulls)), numbers[~nulls]
        if not (self.values.gather(numbers) == cells).all():
            raise HashCollision(cells.name)


def _ranked(found: pl.Series, also: pl.Series | None) -> tuple[pl.Series, np.ndarray]:
    """Return the values in ascending order, and the place there of each that was found."""
    if also is not None and len(also):
        values = pl.concat([found.cast(also.dtype), also]).unique().sort()
        return values, values.search_sorted(found).to_numpy().astype(np.int32)
    order = found.arg_sort()
    ranks = np.empty(len(order), np.int32)
    ranks[order.to_numpy()] = np.arange(len(order), dtype=np.int32)
    return found.gather(order), ranks


@compiled
def _number(hashes, nulls, numbers, before, table):
    """Number hashes as they come, after those known before.

    Return the rows in which new ones come first, and the table, which may have grown.

    A slot of the table holds a hash and, side by side with it, its number plus one.
    """
    one = np.uint64(1)
    bits = np.uint64(0)
    while (1 << bits) < len(table):
        bits += one
    found = before
    rows = np.empty(len(hashes), np.int64)
    fetched = np.zeros(1, np.uint64)
    for row in range(len(hashes)):
        if row % _AHEAD == 0:  # all at once, memory answers many times faster
            touched = np.uint64(0)
            for next_row in range(row, min(row + _AHEAD, len(hashes))):
                touched += table[(hashes[next_row] * SPREAD) >> (np.uint64(64) - bits), 1]
            fetched[0] = touched
        if len(nulls) > 0 and nulls[row]:
            numbers[row] = -1
            continue
        key = hashes[row]
        slot = (key * SPREAD) >> (np.uint64(64) - bits)
        while table[slot, 1] != 0 and table[slot, 0] != key:
            slot = (slot + one) & np.uint64(len(table) - 1)
        if table[slot, 1] == 0:
            table[slot, 0] = key
            table[slot, 1] = np.uint64(found + 1)
            rows[found - before] = row
            found += 1
        numbers[row] = np.int64(table[slot, 1]) - 1
        if 2 * found > len(table):
            bits += one
            wider = np.zeros((2 * len(table), 2), np.uint64)
            for old in range(len(table)):
                if table[old, 1] != 0:
                    slot = (table[old, 0] * SPREAD) >> (np.uint64(64) - bits)
                    while wider[slot, 1] != 0:
                        slot = (slot + one) & np.uint64(len(wider) - 1)
                    wider[slot] = table[old]
            table = wider
    return rows[: found - before].copy(), table


@compiled
def _rank(codes, ranks, start, end):
    """Turn numbers into ranks."""
    for row in range(start, end):
        if codes[row] >= 0:
            codes[row] = ranks[codes[row]]
