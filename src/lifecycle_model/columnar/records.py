"""Events as records, customer by customer."""

# ruff: noqa: ANN001, ANN202, PLR0913, PLR0917 - compiled code goes by position, untyped
# mypy: disable-error-code="no-untyped-def"

from typing import Final

import numpy as np

from lifecycle_model.columnar.jit import compiled
from lifecycle_model.columnar.threads import Threads
from lifecycle_model.kernel.layout import KIND_COUNT

RECORD: Final = np.dtype(
    [
        ("time", np.int64),
        ("amount", np.int64),
        ("value", np.int32),
        ("opportunity", np.int32),
        ("row", np.uint32),
        ("kind", np.uint8),
        ("flag", np.uint8),
        ("tied", np.uint8),
        ("named", np.uint8),
    ]
)
"""One event in 32 bytes, half a line of the processor's cache: microseconds since 1970,
ten-thousandths, what the kernel wants of its kind, the code of its opportunity, its row in the
log, and marks."""

INVALID: Final = 255
"""Stands for the kind of a row that cannot be folded."""

DROPPED: Final = 254
"""Stands for the kind of a record that does not fold: a copy, or the loser of a conflict."""


def group(
    ids: np.ndarray,
    kinds: np.ndarray,
    times: np.ndarray,
    customers: int,
    until: int,
    threads: Threads,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Group events by customer with a counting sort; those of one customer keep their order.

    Args:
        ids: by row, the customer's code.
        kinds: by row, INVALID where it does not count.
        times: by row, in microseconds since 1970.
        customers: how many customers the codes tell apart.
        until: events after this instant are left out.
        threads: who share the work.

    Returns:
        The records, with time, row and kind filled in and one more record at the end; where each
        customer's records start, and where the last one's end; by row the place of its record,
        which is the last one for all rows that are left out.
    """
    counts = np.array(
        threads.over(
            len(kinds),
            lambda start, end: _count(ids, kinds, times, until, customers, start, end),
        )
    )
    starts = np.concatenate([[0], np.cumsum(counts.sum(axis=0))])
    cursors = starts[:-1] + np.cumsum(counts, axis=0) - counts
    records = np.empty(starts[-1] + 1, RECORD)
    places = np.empty(len(kinds), np.uint32)
    bounds = threads.bounds(len(kinds))
    threads.map(
        lambda part: _scatter(
            records,
            places,
            cursors[part],
            ids,
            kinds,
            times,
            until,
            bounds[part],
            bounds[part + 1],
        ),
        range(threads.count),
    )
    return records, starts, places


def clock_places(
    records: np.ndarray, starts: np.ndarray, names: np.ndarray, clocks: np.ndarray
) -> np.ndarray:
    """Return the places of folded records at their customer's clock that have a name."""
    return _clock_places(records, starts, names, clocks)  # type: ignore[no-any-return]


@compiled
def _clock_places(records, starts, names, clocks):
    found = np.empty(len(starts), np.int64)
    count = 0
    for customer in range(len(starts) - 1):
        place = starts[customer + 1] - 1
        while place >= starts[customer]:
            record = records[place]
            if record.kind < KIND_COUNT:
                if record.time != clocks[customer]:
                    break
                if names[record.row] != 0:
                    if count == len(found):
                        more = np.empty(2 * count, np.int64)
                        more[:count] = found
                        found = more
                    found[count] = place
                    count += 1
            place -= 1
    return found[:count]


@compiled
def _count(ids, kinds, times, until, customers, start, end):
    counts = np.zeros(customers, np.int64)
    for row in range(start, end):
        if kinds[row] != INVALID and times[row] <= until:
            counts[ids[row]] += 1
    return counts


@compiled
def _scatter(records, places, cursors, ids, kinds, times, until, start, end):
    for row in range(start, end):
        if kinds[row] == INVALID or times[row] > until:
            places[row] = len(records) - 1
            continue
        place = cursors[ids[row]]
        cursors[ids[row]] = place + 1
        places[row] = place
        record = records[place]
        record.time = times[row]
        record.amount = 0
        record.value = 0
        record.opportunity = -1
        record.row = row
        record.kind = kinds[row]
        record.flag = 0
        record.tied = 0
        record.named = 0
