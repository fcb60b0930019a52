"""Ids as dense numbers: hashed once, then verified."""

# ruff: noqa: ANN001, ANN202, PLR0913, PLR0917 - compiled code goes by position, untyped
# mypy: disable-error-code="no-untyped-def"

from dataclasses import dataclass

import numpy as np
import polars as pl

from lifecycle_model.columnar.jit import compiled
from lifecycle_model.columnar.threads import Threads
from lifecycle_model.errors import HashCollision

SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""Fibonacci hashing spreads keys over a table (Knuth, The Art of Computer Programming, 6.4)."""

_HALF = np.uint64(32)
_AT_A_TIME = 1 << 18
"""Cells verified at a time: few enough to stay in the processor's cache."""


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
    categories = cells.dtype in (pl.Categorical, pl.Enum)
    keys = cells.to_physical() if categories else cells
    hashes = keys.hash().to_numpy()
    nulls = keys.is_null().to_numpy() if keys.null_count() else np.empty(0, np.bool_)
    codes = np.empty(len(keys), np.int32)
    firsts = threads.map(
        lambda part: _code_part(hashes, nulls, codes, part, threads.count),
        range(threads.count),
    )
    found = cells.gather(np.concatenate(firsts))
    if categories:
        found = found.cast(pl.String)
    values, ranks = _ranked(found, also)
    starts = np.cumsum([0, *map(len, firsts)])
    threads.over(
        len(codes),
        lambda start, end: _rank_codes(hashes, codes, starts, ranks, start, end),
    )
    known = keys.clear(len(values))
    known = known.scatter(ranks, keys.gather(np.concatenate(firsts)))
    if not all(threads.over(len(codes), lambda *part: _agree(keys, known, codes, *part))):
        raise HashCollision(cells.name)
    return Coded(codes, values)


def _ranked(found: pl.Series, also: pl.Series | None) -> tuple[pl.Series, np.ndarray]:
    """Return the values in ascending order, and the place there of each that was found."""
    if also is not None and len(also):
        values = pl.concat([found, also.cast(found.dtype)]).unique().sort()
        return values, values.search_sorted(found).to_numpy().astype(np.int32)
    order = found.arg_sort()
    ranks = np.empty(len(order), np.int32)
    ranks[order.to_numpy()] = np.arange(len(order), dtype=np.int32)
    return found.gather(order), ranks


def _agree(keys: pl.Series, known: pl.Series, codes: np.ndarray, start: int, end: int) -> bool:
    """Return whether every code stands for the value of its cell."""
    for at in range(start, end, _AT_A_TIME):
        part = codes[at : min(at + _AT_A_TIME, end)]
        cells = keys.slice(at, len(part))
        if cells.null_count():
            kept = part >= 0
            cells, part = cells.filter(kept), part[kept]
        if not (known.gather(part) == cells).all():
            return False
    return True


@compiled
def _code_part(hashes, nulls, codes, part, parts):
    """Number the distinct hashes of one part in the order in which they first come."""
    bits = np.uint64(16)
    one = np.uint64(1)
    firsts = np.empty(1 << 15, np.int64)
    numbers = np.full(1 << 16, -1, np.int32)
    keys = np.empty(1 << 16, np.uint64)
    found = 0
    for at in range(len(hashes)):
        if len(nulls) > 0 and nulls[at]:
            codes[at] = -1
            continue
        key = hashes[at]
        if ((key >> _HALF) * np.uint64(parts)) >> _HALF != np.uint64(part):
            continue
        slot = (key * SPREAD) >> (np.uint64(64) - bits)
        while numbers[slot] >= 0 and keys[slot] != key:
            slot = (slot + one) & np.uint64(len(numbers) - 1)
        if numbers[slot] < 0:
            numbers[slot] = found
            keys[slot] = key
            firsts[found] = at
            found += 1
        codes[at] = numbers[slot]
        if found == len(firsts):
            bits += one
            more = np.empty(2 * found, np.int64)
            more[:found] = firsts
            firsts = more
            numbers = np.full(4 * found, -1, np.int32)
            keys = np.empty(4 * found, np.uint64)
            for known in range(found):
                key = hashes[firsts[known]]
                slot = (key * SPREAD) >> (np.uint64(64) - bits)
                while numbers[slot] >= 0:
                    slot = (slot + one) & np.uint64(len(numbers) - 1)
                numbers[slot] = known
                keys[slot] = key
    return firsts[:found].copy()


@compiled
def _rank_codes(hashes, codes, starts, ranks, start, end):
    """Turn numbers within parts into ranks among all."""
    parts = np.uint64(len(starts) - 1)
    for at in range(start, end):
        if codes[at] >= 0:
            part = ((hashes[at] >> _HALF) * parts) >> _HALF
            codes[at] = ranks[starts[part] + codes[at]]
