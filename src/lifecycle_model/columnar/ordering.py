"""Bringing each customer's records into fold order."""

from typing import Final

import numpy as np

from lifecycle_model.columnar.coding import SPREAD
from lifecycle_model.columnar.jit import compiled
from lifecycle_model.columnar.log import Log
from lifecycle_model.columnar.records import INVALID
from lifecycle_model.columnar.schema import places_of
from lifecycle_model.columnar.threads import Threads

TIED: Final = 1
"""Marks a record that only the texts of its event can put in order; 2 begins such a run."""

_FEW: Final = 24
"""So many records are sorted fastest by insertion."""

_CONSENT: Final = places_of("consent_changed")[0]


def put_in_order(log: Log, threads: Threads, *, recording: bool) -> np.ndarray:
    """Bring each customer's records into the order of time, sequence and kind.

    Args:
        log: the records.
        threads: who share the work.
        recording: whether it will be told which event moved what.

    Returns:
        The places of records that are marked, ascending: as tied where only texts can order
        them, as named where another of the customer's has the same hash of source and event_id.
    """
    marked = threads.map(
        lambda bounds: _order(
            log.records,
            log.starts,
            log.sequences,
            log.names,
            log.currencies.codes,
            recording,
            *bounds,
        ),
        chunks(log.starts, threads),
    )
    return np.concatenate(marked)


def chunks(starts: np.ndarray, threads: Threads) -> list[tuple[int, int]]:
    """Return parts of the customers that have about as many events each."""
    customers = len(starts) - 1
    parts = 1 if threads.count == 1 else 8 * threads.count
    cuts = np.searchsorted(starts, np.linspace(0, starts[-1], parts + 1)[1:-1])
    bounds = sorted({*(int(cut) for cut in cuts if 0 < cut < customers), customers})
    return list(zip([0, *bounds], bounds, strict=False))


@compiled
def _order(records, starts, sequences, names, currencies, recording, first, last):
    """Order the records of some customers; return the places of those that are marked."""
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
        if len(names) > 0 and _mark_named(records, names, table, seats, start, end):
            marked = True
        told = recording and len(names) > 0
        if tied and _sort_ties(records, sequences, currencies, told, keys, copies, start, end):
            marked = True
    if not marked:
        return np.empty(0, np.int64)
    found = np.empty(starts[last] - starts[first], np.int64)
    count = 0
    for place in range(starts[first], starts[last]):
        if records[place].tied or records[place].named:
            found[count] = place
            count += 1
    return found[:count].copy()


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
def _sort_ties(records, sequences, currencies, told, keys, copies, start, end):
    """Sort records of one instant by sequence and kind; return whether any stay undecided."""
    undecided = False
    first = start
    while first < end:
        last = first + 1
        while last < end and records[last].time == records[first].time:
            last += 1
        if last - first > 1:
            _sort_instant(records, sequences, keys, copies, first, last)
            if _mark_ties(records, sequences, currencies, told, first, last):
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
def _mark_ties(records, sequences, currencies, told, first, last):
    """Mark runs of one sequence and kind whose records differ in anything that counts.

    Which of several names comes first counts only where it is told, or where one comes again.
    """
    undecided = False
    place = first
    while place < last:
        one = records[place]
        until = place + 1
        differ = one.kind == _CONSENT or told or one.named > 0
        while until < last and records[until].kind == one.kind:
            other = records[until]
            if len(sequences) > 0 and sequences[other.row] != sequences[one.row]:
                break
            differ |= other.named > 0
            differ |= other.amount != one.amount or other.value != one.value
            differ |= other.opportunity != one.opportunity or other.flag != one.flag
            if len(currencies) > 0:
                differ |= currencies[other.row] != currencies[one.row]
            until += 1
        if differ and until - place > 1 and one.kind != INVALID:
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
        if name == 0 or records[place].kind == INVALID:
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
