"""A log as records and codes: all that folding needs of it."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from lifecycle_model.columnar.coding import Coded
from lifecycle_model.columnar.faults import Faults
from lifecycle_model.columnar.folding import NO_TIME
from lifecycle_model.columnar.held import Held
from lifecycle_model.columnar.own import Own, defaults_of
from lifecycle_model.columnar.reading import (
    read_ids,
    read_kinds,
    read_names,
    read_sequences,
    read_times,
)
from lifecycle_model.columnar.records import INVALID, group
from lifecycle_model.columnar.source import Source, check_columns
from lifecycle_model.columnar.threads import Threads
from lifecycle_model.policy import Policy


@dataclass(frozen=True, slots=True)
class Log:
    """A log as records, customer by customer."""

    ids: pl.Series
    """The customers, ascending: of the log and of what is held from before."""
    held_at: np.ndarray
    """By customer: the place among those held, -1 for none; empty where nothing is held."""
    known: np.ndarray
    """By customer: whether a snapshot or a row after the instant asked for knows them."""
    records: np.ndarray
    starts: np.ndarray
    """Where each customer's records start, and where the last one's end; int64."""
    future: np.ndarray
    """The rows that lie after the instant asked for, ascending."""
    opportunities: pl.Series
    """The ids of opportunities, ascending."""
    cases: pl.Series
    currencies: Coded
    """By row; without any currency its codes are empty."""
    sequences: np.ndarray
    """By row, int64; empty where no event has one."""
    names: np.ndarray
    """By row, uint64: a hash of source and event_id, 0 for no event_id; empty without any."""

    def customers(self, places: np.ndarray) -> np.ndarray:
        """Return whose records stand at some places."""
        return np.searchsorted(self.starts, places, side="right") - 1


def read_log(  # noqa: PLR0913, PLR0917 - all that a log is read with
    source: Source, policy: Policy, held: Held, until: int, threads: Threads, faults: Faults
) -> Log:
    """Read a log; rows that are not sound become faults.

    Args:
        source: its columns.
        policy: whose calendar and behaviours count.
        held: what is held of customers from before.
        until: events after this instant, in microseconds since 1970, are set aside.
        threads: who share the work.
        faults: takes note of what is wrong.

    Raises:
        InvalidColumns: the columns do not make a log.
    """
    check_columns(source)
    ids = read_ids(source, threads, faults, held)
    kinds = read_kinds(source, threads, faults)
    times = read_times(source, policy, threads, faults)
    held_at = _held_at(ids.values, held)
    if len(held_at):
        clocks = np.append(held.moments[0], NO_TIME)[held_at]
        late = np.flatnonzero((times < clocks[ids.codes]) & (kinds != INVALID))
        mend = "is older than the clock of the customer's snapshot: fold the whole log again"
        faults.add(late, "occurred_at", mend)
    counted = kinds.copy()
    counted[faults.rows] = INVALID
    own = Own(source, threads, faults, kinds)
    named, opportunities, main = own.opportunities(held.opportunity_names)
    defaults = defaults_of(main)
    records = group(ids.codes, counted, times, len(ids.values), until, defaults, threads)
    own.fill(records, policy)
    corrected = own.positions()
    records.write("opportunity", corrected, np.full(len(corrected), main))
    records.write("opportunity", named, opportunities.codes)
    with_case, cases = own.coded("case_id", held.case_names)
    records.write("value", with_case, cases.codes)
    currencies = own.currencies(held.currency_names)
    own.check_corrections()
    sequences = read_sequences(source, faults)
    names = read_names(source, threads, faults)
    bad = faults.rows
    kinds[bad] = INVALID
    records.write("kind", bad, np.full(len(bad), INVALID))
    starts = records.starts
    future = np.empty(0, np.int64)
    if starts[-1] < len(kinds):
        future = np.flatnonzero((times > until) & (kinds != INVALID))
    known = held_at >= 0 if len(held_at) else np.zeros(len(ids.values), np.bool_)
    known[ids.codes[future]] = True
    return Log(
        ids=ids.values,
        held_at=held_at,
        known=known,
        records=records.records[:-1],
        starts=starts,
        future=future,
        opportunities=opportunities.values,
        cases=cases.values,
        currencies=currencies,
        sequences=sequences,
        names=names,
    )


def _held_at(ids: pl.Series, held: Held) -> np.ndarray:
    if not len(held.ids):
        return np.empty(0, np.int64)
    found = np.full(len(ids), -1, np.int64)
    found[ids.search_sorted(held.ids.cast(ids.dtype)).to_numpy()] = np.arange(len(held.ids))
    return found
