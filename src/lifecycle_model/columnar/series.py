"""Numbers of the engine as columns of a frame."""

from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa

from lifecycle_model.columnar.times import DAY, EPOCH, MINUTE
from lifecycle_model.kernel import layout as at

MONEY = pl.Decimal(18, 4)
INSTANT = pl.Datetime("us", "UTC")


def money(units: np.ndarray) -> pl.Series:
    """Return ten-thousandths as exact amounts.

    >>> money(np.array([199000, -1])).to_list()
    [Decimal('19.9000'), Decimal('-0.0001')]
    """
    wide = np.empty((len(units), 2), np.int64)
    wide[:, 0] = units
    wide[:, 1] = units >> 63  # the sign, for the upper half of 128 bits
    buffer = pa.py_buffer(np.ascontiguousarray(wide))
    amounts = pa.Array.from_buffers(pa.decimal128(18, 4), len(units), [None, buffer])
    return pl.Series(pl.from_arrow(amounts))


def instants(microseconds: np.ndarray, missing: np.ndarray) -> pl.Series:
    """Return microseconds since 1970 as instants; null where missing."""
    return _nulled(pl.Series(microseconds).cast(INSTANT), missing)


def dates(days: np.ndarray) -> pl.Series:
    """Return ordinals as dates; null for the kernel's NONE."""
    since = pl.Series(days.astype(np.int32) - np.int32(EPOCH)).cast(pl.Date)
    return _nulled(since, days == at.NONE)


def midnights(days: np.ndarray, offset_minutes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the microseconds at which days begin, and which of them no calendar has."""
    wide = days.astype(np.int64)
    begins = (wide - EPOCH) * DAY - offset_minutes * MINUTE
    from_year_1 = (wide >= 1) & (begins >= (1 - EPOCH) * DAY)
    return begins, ~(from_year_1 & (wide <= _LAST_DAY))


def words(places: np.ndarray, known: Sequence[str]) -> pl.Series:
    """Return places among known words as these words; null for -1."""
    texts = [str(word) for word in known]
    enum = pl.Enum(list(dict.fromkeys(texts)))
    distinct = pl.Series(texts, dtype=enum)
    if not len(distinct):
        return pl.Series([None], dtype=enum).new_from_index(0, len(places))
    found = distinct.gather(np.maximum(places, 0).astype(np.uint32))
    return _nulled(found, places < 0)


def numbers(values: np.ndarray, dtype: pl.DataType, missing: np.ndarray) -> pl.Series:
    """Return numbers of a type; null where missing."""
    return _nulled(pl.Series(values).cast(dtype, strict=False), missing)


def lists(starts: np.ndarray, values: pl.Series) -> pl.Series:
    """Return values that lie end to end as lists."""
    offsets = pa.array(starts.astype(np.int64))
    return pl.Series(pl.from_arrow(pa.LargeListArray.from_arrays(offsets, values.to_arrow())))


def _nulled(series: pl.Series, missing: np.ndarray) -> pl.Series:
    if not missing.any():
        return series
    nothing = pl.Series([None], dtype=series.dtype)
    return series.zip_with(pl.Series(~missing), nothing)


_LAST_DAY = 3_652_059
