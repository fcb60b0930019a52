"""The columns that every event has, as numbers row by row."""

from collections.abc import Callable
from itertools import pairwise
from typing import Final, TypeVar

import numpy as np
import polars as pl

from lifecycle_model.columnar.cells import (
    READERS,
    is_text,
    outside_of,
    read_times as cells_as_times,
    whole_numbers,
)
from lifecycle_model.columnar.coding import Coded, code, code_slices
from lifecycle_model.columnar.faults import MISSING, Faults
from lifecycle_model.columnar.held import Held
from lifecycle_model.columnar.records import INVALID
from lifecycle_model.columnar.source import Source, cells_at
from lifecycle_model.columnar.threads import Threads
from lifecycle_model.columnar.times import EARLIEST, LATEST, MINUTE
from lifecycle_model.errors import InvalidColumns, Problem
from lifecycle_model.events import KINDS
from lifecycle_model.policy import Policy

Result = TypeVar("Result")

_WIDE: Final = "is not a whole number of 64 bits: correct it"
_NO_ROWS: Final = np.empty(0, np.int64)


def read_ids(source: Source, threads: Threads, faults: Faults, held: Held) -> Coded:
    """Return the customers as codes, those that are held from before among them."""
    if not source.height:
        return code(held.ids.clear(), threads, held.ids)

    same = _id_type(source, held.ids)
    coded = code_slices(
        lambda start, end: source.slice("customer_id", start, end).cast(same, strict=False),
        source.bounds,
        threads,
        _same_ids(held.ids, same),
    )
    rows = np.flatnonzero(coded.codes < 0)
    empty = cells_at(source, ["customer_id"], rows)["customer_id"].is_null().to_numpy()
    faults.add(rows[empty], "customer_id", MISSING)
    faults.add(rows[~empty], "customer_id", _WIDE)
    if coded.values.dtype == pl.String and (coded.values.head(1) == "").any():
        faults.add(np.flatnonzero(coded.codes == 0), "customer_id", READERS["id"].reason)
    return coded


def _id_type(source: Source, held: pl.Series) -> pl.DataType:
    """Return the type of ids: text, or 64 bits, signed unless they are large already."""
    dtype = source.dtypes.get("customer_id", pl.String())
    if is_text(dtype):
        return pl.String()
    if not {dtype, held.dtype} & {pl.UInt64(), pl.UInt128()}:
        return pl.Int64()
    ids = (cells for cells in (held, source.column("customer_id")) if cells is not None)
    signed = [cells for cells in ids if cells.dtype.is_signed_integer()]
    return pl.Int64() if any((cells < 0).any() for cells in signed) else pl.UInt64()


def _same_ids(ids: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Return the ids of snapshots in the type of a log's.

    Raises:
        InvalidColumns: they are of another kind.
    """
    if not len(ids) or is_text(ids.dtype) == is_text(dtype):
        same = ids.cast(dtype, strict=False)
        if not same.null_count():
            return same
    mend = f"holds {ids.dtype}, that of the log {dtype}: cast one of them"
    raise InvalidColumns("the frame of snapshots", (Problem("column", "'customer_id'", mend),))


def read_kinds(source: Source, threads: Threads, faults: Faults) -> np.ndarray:
    """Return the kinds by their places in the fold order, INVALID for others; uint8."""
    kinds = np.empty(source.height, np.uint8)

    def read(start: int, end: int) -> tuple[np.ndarray, np.ndarray]:
        cells = source.slice("kind", start, end)
        kinds[start:end] = _places_of(cells)
        other = np.flatnonzero(kinds[start:end] == INVALID)
        missing = cells.gather(other).is_null().to_numpy()
        return start + other[missing], start + other[~missing]

    for missing, unknown in _by_slice(source, threads, read):
        faults.add(missing, "kind", "is missing: say what happened")
        faults.add(unknown, "kind", "is not a known kind: use one of lifecycle_model.KINDS")
    return kinds


def _places_of(cells: pl.Series) -> np.ndarray:
    """Return the places of kinds, INVALID for others."""
    if cells.dtype != pl.String:  # categories: few texts stand for many cells
        distinct = cells.drop_nulls().unique()
        numbers = distinct.to_physical().to_numpy()
        places = np.full(numbers.max(initial=0) + 2, INVALID, np.uint8)
        places[numbers] = _places_of(distinct.cast(pl.String))
        none = len(places) - 1
        return places[cells.to_physical().cast(pl.UInt32).fill_null(none).to_numpy()]
    known = cells.cast(pl.Enum(KINDS), strict=False).to_physical()
    return known.cast(pl.UInt8).fill_null(INVALID).to_numpy()


def read_times(source: Source, policy: Policy, threads: Threads, faults: Faults) -> np.ndarray:
    """Return the instants in microseconds since 1970; int64."""
    times = np.zeros(source.height, np.int64)
    offset = policy.day_offset_minutes * MINUTE

    def read(start: int, end: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, str]:
        cells = source.slice("occurred_at", start, end)
        times[start:end], wrong, reason = cells_as_times(cells)
        outside = outside_of(times[start:end], EARLIEST - offset, LATEST - offset)
        missing = np.flatnonzero(cells.is_null().to_numpy()) if cells.null_count() else _NO_ROWS
        outside = np.setdiff1d(outside, np.union1d(wrong, missing))
        return start + missing, start + wrong, start + outside, reason

    calendar = "lies outside the years 1 to 9999 in the policy's calendar: correct the time"
    for missing, wrong, outside, reason in _by_slice(source, threads, read):
        faults.add(missing, "occurred_at", MISSING)
        faults.add(wrong, "occurred_at", reason)
        faults.add(outside, "occurred_at", calendar)
    return times


def _by_slice(
    source: Source, threads: Threads, read: Callable[[int, int], Result]
) -> list[Result]:
    """Read the slices of a column that every event has; a log without rows may lack it."""
    if not source.height:
        return []
    return threads.map(lambda bounds: read(*bounds), list(pairwise(source.bounds)))


def read_sequences(source: Source, faults: Faults) -> np.ndarray:
    """Return the sequences by row; int64, empty where no event has one."""
    cells = source.column("sequence")
    if cells is None:
        return np.empty(0, np.int64)
    filled = cells.is_not_null()
    if cells.dtype.is_float():
        filled &= cells.is_not_nan()
    rows = np.flatnonzero(filled.to_numpy())
    numbers, sound = whole_numbers(cells.filter(filled))
    faults.add(rows[~sound], "sequence", _WIDE)
    sequences = np.zeros(len(cells), np.int64)
    sequences[rows] = numbers
    return sequences


def read_names(source: Source, threads: Threads, faults: Faults) -> np.ndarray:
    """Return one hash for each pair of source and event_id; uint64, 0 for no event_id."""
    if "event_id" not in source.dtypes:
        return np.empty(0, np.uint64)
    names = np.empty(source.height, np.uint64)

    def read(start: int, end: int) -> np.ndarray:
        texts = source.slice("event_id", start, end).cast(pl.String)
        hashes = texts.hash().to_numpy().copy()
        if "source" in source.dtypes:
            origins = source.slice("source", start, end).cast(pl.String)
            hashes ^= origins.fill_null("").hash(seed=1).to_numpy()
        hashes[hashes == 0] = 1
        hashes[texts.is_null().to_numpy()] = 0
        names[start:end] = hashes
        empty = (texts.str.len_bytes() == 0).fill_null(value=False)
        return start + np.flatnonzero(empty.to_numpy())

    for empty in _by_slice(source, threads, read):
        faults.add(empty, "event_id", READERS["id"].reason)
    return names
