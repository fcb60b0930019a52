"""Events as records, customer by customer."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from lifecycle_model.columnar.jit import compiled, only_read
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


_FIELDS: Final = ("amount", "value", "opportunity", "flag", "kind")
_AMOUNT, _VALUE, _OPPORTUNITY, _FLAG = range(4)

_WORDS: Final = 4
"""A record as words of 64 bits: time, amount, value and opportunity, row and the bytes."""


@dataclass(frozen=True, slots=True)
class Records:
    """Records by customer, and where each row of the log has its own."""

    records: np.ndarray
    """One more stands at the end, for all rows that are left out."""
    starts: np.ndarray
    """Where each customer's records start, and where the last one's end; int64."""
    places: np.ndarray
    """By row, uint32."""
    threads: Threads

    def write(self, name: str, rows: np.ndarray, values: np.ndarray) -> None:
        """Write a field of the records of some rows."""
        field = _FIELDS.index(name)
        rows, values = only_read(rows, np.uint32), only_read(values, np.int64)
        self.threads.over(
            len(rows),
            lambda *part: _write(self.records, self.places, rows, values, field, *part),
        )


def group(
    ids: np.ndarray,
    kinds: np.ndarray,
    times: np.ndarray,
    customers: int,
    until: int,
    defaults: np.ndarray,
    threads: Threads,
) -> Records:
    """Group events by customer with a counting sort; those of one customer keep their order.

    Args:
        ids: by row, the customer's code.
        kinds: by row, INVALID where it does not count.
        times: by row, in microseconds since 1970.
        customers: how many customers the codes tell apart.
        until: events after this instant are left out.
        defaults: by kind, what its records start with: value and opportunity; int32.
        threads: who share the work.
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
    words = records.view(np.int64).reshape(-1, _WORDS)
    places = np.empty(len(kinds), np.uint32)
    bounds = threads.bounds(len(kinds))
    threads.map(
        lambda part: _scatter(
            words,
            places,
            cursors[part],
            ids,
            kinds,
            times,
            until,
            np.ascontiguousarray(defaults).view(np.int64)[:, 0],
            bounds[part],
            bounds[part + 1],
        ),
        range(threads.count),
    )
    return Records(records, starts, places, threads)


def clock_places(
    records: np.ndarray, starts: np.ndarray, names: np.ndarray, clocks: np.ndarray
) -> np.ndarray:
    """Return the places of folded records at their customer's clock that have a name."""
    return _clock_places(records, starts, names, clocks)


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
def _scatter(words, places, cursors, ids, kinds, times, until, defaults, start, end):
    for row in range(start, end):
        kind = kinds[row]
        if kind == INVALID or times[row] > until:
            places[row] = len(words) - 1
            continue
        place = cursors[ids[row]]
        cursors[ids[row]] = place + 1
        places[row] = place
        # Whole words, since memory takes few writes at a time; the lower half comes first.
        words[place, 0] = times[row]
        words[place, 1] = 0
        words[place, 2] = defaults[kind]
        words[place, 3] = row | np.int64(kind) << 32


@compiled
def _write(records, places, rows, values, field, start, end):
    for at in range(start, end):
        record = records[places[rows[at]]]
        value = values[at]
        if field == _AMOUNT:
            record.amount = value
        elif field == _VALUE:
            record.value = value
        elif field == _OPPORTUNITY:
            record.opportunity = value
        elif field == _FLAG:
            record.flag = value
        else:
            record.kind = value
