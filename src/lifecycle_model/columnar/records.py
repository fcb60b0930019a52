"""The events of a log as records, customer by customer, in fold order."""

# ruff: noqa: ANN001, ANN202, PLR0913, PLR0917 - compiled code goes by position, untyped
# mypy: disable-error-code="no-untyped-def"

from dataclasses import dataclass
from typing import Final

import numpy as np

from lifecycle_model.columnar.coding import SPREAD
from lifecycle_model.columnar.jit import compiled
from lifecycle_model.columnar.reading import INVALID, Numbers
from lifecycle_model.columnar.schema import places_of
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
"""One event in 32 bytes: half a line of the processor's cache."""

TIED: Final = 1
"""Marks a record that only the texts of its event can put in order; 2 begins such a run."""

_FEW: Final = 24
"""So many records are sorted fastest by insertion."""

_CONSENT: Final = places_of("consent_changed")[0]


@dataclass(frozen=True, slots=True)
class Grouped:
    """Records by customer."""

    records: np.ndarray
    starts: np.ndarray
    """Where each customer's records start, and where the last one's end; int64."""
    future: np.ndarray
    """The rows that lie after the instant asked for, ascending."""
    known: np.ndarray
    """By customer: whether any row of the log is theirs and sound."""

    def customers(self, places: np.ndarray) -> np.ndarray:
        """Return whose records stand at some places."""
        return np.searchsorted(self.starts, places, side="right") - 1


def group(numbers: Numbers, customers: int, until: int, threads: Threads) -> Grouped:
    """Group sound events by customer with a counting sort; those of one keep their order.

    Args:
        numbers: the log.
        customers: how many customers the codes tell apart.
        until: events after this instant, in microseconds since 1970, are set aside.
        threads: who share the work.
    """
    ids, kinds, times = numbers.ids.codes, numbers.kinds, numbers.times
    counted = threads.over(
        len(kinds),
        lambda start, end: _count(ids, kinds, times, until, customers, start, end),
    )
    counts = np.array([counts for counts, _ in counted])
    known = np.any([known for _, known in counted], axis=0)
    starts = np.concatenate([[0], np.cumsum(counts.sum(axis=0))])
    cursors = starts[:-1] + np.cumsum(counts, axis=0) - counts
    records = np.empty(starts[-1], RECORD)
    bounds = [len(kinds) * part // threads.count for part in range(threads.count + 1)]
    threads.map(
        lambda part: _scatter(
            records,
            cursors[part],
            ids,
            kinds,
            times,
            numbers.amounts,
            numbers.values,
            numbers.flags,
            numbers.opportunities.codes,
            until,
            bounds[part],
            bounds[part + 1],
        ),
        range(threads.count),
    )
    future = np.empty(0, np.int64)
    if starts[-1] < len(kinds):
        future = np.flatnonzero((times > until) & (kinds != INVALID))
    return Grouped(records, starts, future, known)


def put_in_order(grouped: Grouped, numbers: Numbers, threads: Threads) -> bool:
    """Bring each customer's records into the order of time, sequence and kind.

    Returns:
        Whether records are marked: as tied where only texts can order them, as named where
        another of the customer's has the same hash of source and event_id.
    """
    marked = threads.map(
        lambda bounds: _order(
            grouped.records,
            grouped.starts,
            numbers.sequences,
            numbers.names,
            numbers.currencies.codes,
            *bounds,
        ),
        chunks(grouped.starts, threads),
    )
    return any(marked)


def chunks(starts: np.ndarray, threads: Threads) -> list[tuple[int, int]]:
    """Return parts of the customers that have about as many events each."""
    customers = len(starts) - 1
    parts = 1 if threads.count == 1 else 8 * threads.count
    cuts = np.searchsorted(starts, np.linspace(0, starts[-1], parts + 1)[1:-1])
    bounds = sorted({*(int(cut) for cut in cuts if 0 < cut < customers), customers})
    return list(zip([0, *bounds], bounds, strict=False))


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
    known = np.zeros(customers, np.bool_)
    for row in range(start, end):
        if kinds[row] != INVALID:
            known[ids[row]] = True
            if times[row] <= until:
                counts[ids[row]] += 1
    return counts, known


@compiled
def _scatter(
    records,
    cursors,
    ids,
    kinds,
    times,
    amounts,
    values,
    flags,
    opportunities,
    until,
    start,
    end,
):
    for row in range(start, end):
        if kinds[row] == INVALID or times[row] > until:
            continue
        place = cursors[ids[row]]
        cursors[ids[row]] = place + 1
        record = records[place]
        record.time = times[row]
        record.amount = amounts[row]
        record.value = values[row]
        record.opportunity = opportunities[row]
        record.row = row
        record.kind = kinds[row]
        record.flag = flags[row]
        record.tied = 0
        record.named = 0


@compiled
def _order(records, starts, sequences, names, currencies, first, last):
    """Order the records of some customers; return whether any was marked."""
    most = 0
    for customer in range(first, last):
        most = max(most, starts[customer + 1] - starts[customer])
    keys = np.empty(most, np.int64)
    copies = np.empty(most, records.dtype)
    size = 16
    while size < 2 * most:
        size *= 2
    size = size if len(names) > 0 else 0
    table = np.zeros(size, np.uint64)
    seats = np.empty(size, np.int64)
    marked = False
    for customer in range(first, last):
        start, end = starts[customer], starts[customer + 1]
        tied = False
        ascending = True
        for place in range(start + 1, end):
            if records[place].time < records[place - 1].time:
                ascending = False
                break
            if records[place].time == records[place - 1].time:
                tied = True
        if not ascending:
            _sort_times(records, keys, copies, start, end)
            tied = True  # perhaps; looked at below
        if tied and _sort_ties(records, sequences, names, currencies, keys, copies, start, end):
            marked = True
        if len(names) > 0 and _mark_named(records, names, table, seats, start, end):
            marked = True
    return marked


@compiled
def _sort_times(records, keys, copies, start, end):
    """Sort records by time; those of one instant keep their order."""
    count = end - start
    if count <= _FEW:
        for place in range(start + 1, end):
            copies[0] = records[place]
            time = copies[0].time
            hole = place
            while hole > start and records[hole - 1].time > time:
                records[hole] = records[hole - 1]
                hole -= 1
            records[hole] = copies[0]
        return
    for place in range(count):
        keys[place] = records[start + place].time
        copies[place] = records[start + place]
    order = np.argsort(keys[:count], kind="mergesort")
    for place in range(count):
        records[start + place] = copies[order[place]]


@compiled
def _sort_ties(records, sequences, names, currencies, keys, copies, start, end):
    """Sort records of one instant by sequence and kind; return whether any stay undecided."""
    undecided = False
    first = start
    while first < end:
        last = first + 1
        while last < end and records[last].time == records[first].time:
            last += 1
        if last - first > 1:
            _sort_instant(records, sequences, keys, copies, first, last)
            if _mark_ties(records, sequences, names, currencies, first, last):
                undecided = True
        first = last
    return undecided


@compiled
def _sort_instant(records, sequences, keys, copies, first, last):
    """Sort the records of one instant by sequence, then by kind."""
    count = last - first
    for step in range(2):
        for place in range(count):
            record = records[first + place]
            copies[place] = record
            if step == 0:
                keys[place] = record.kind
            elif len(sequences) > 0:
                keys[place] = sequences[record.row]
            else:
                return
        order = np.argsort(keys[:count], kind="mergesort")
        for place in range(count):
            records[first + place] = copies[order[place]]


@compiled
def _mark_ties(records, sequences, names, currencies, first, last):
    """Mark runs of one sequence and kind whose records differ in anything that counts."""
    undecided = False
    place = first
    while place < last:
        one = records[place]
        until = place + 1
        differ = one.kind == _CONSENT or len(names) > 0
        while until < last and records[until].kind == one.kind:
            other = records[until]
            if len(sequences) > 0 and sequences[other.row] != sequences[one.row]:
                break
            differ |= other.amount != one.amount or other.value != one.value
            differ |= other.opportunity != one.opportunity or other.flag != one.flag
            differ |= currencies[other.row] != currencies[one.row]
            until += 1
        if differ and until - place > 1:
            undecided = True
            records[place].tied = TIED + 1
            for follower in range(place + 1, until):
                records[follower].tied = TIED
        place = until
    return undecided


@compiled
def _mark_named(records, names, table, seats, start, end):
    """Mark the records of a customer whose hash of source and event_id comes more than once."""
    size = 16
    while size < 2 * (end - start):
        size *= 2
    mask = np.uint64(size - 1)
    again = False
    for place in range(start, end):
        name = names[records[place].row]
        if name == 0:
            continue
        slot = (name * SPREAD) >> np.uint64(20) & mask
        while table[slot] != 0 and table[slot] != name:
            slot = (slot + np.uint64(1)) & mask
        if table[slot] == name:
            again = True
            records[place].named = 1
            records[seats[slot]].named = 1
        else:
            table[slot] = name
            seats[slot] = place
    table[:size] = 0
    return again
