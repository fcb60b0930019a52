"""A whole log folded: what every customer became, as columns of log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import polars as pl

from lifecycle_model.columnar.canonical import read_texts
from lifecycle_model.columnar.faults import Faults
from lifecycle_model.columnar.folding import (
    NO_TIME,
    TOO_MUCH,
    WRONG_CURRENCY,
    After,
    Before,
    fold_customers,
)
from lifecycle_model.columnar.held import CHANNEL, SLOTS, Held, recoded
from lifecycle_model.columnar.identity import Identity, drop_copies, order_ties
from lifecycle_model.columnar.jit import announced, only_read
from lifecycle_model.columnar.log import Log, read_log
from lifecycle_model.columnar.native import HEAD, program_record
from lifecycle_model.columnar.ordering import chunks, put_in_order
from lifecycle_model.columnar.records import INVALID, clock_places
from lifecycle_model.columnar.schema import places_of
from lifecycle_model.columnar.source import Source, names_at, texts_at
from lifecycle_model.columnar.threads import Threads
from lifecycle_model.columnar.times import microseconds_of
from lifecycle_model.customer import Customer
from lifecycle_model.encode import Codes
from lifecycle_model.engine import Engine
from lifecycle_model.memory import Memory

_FOREVER: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Folded:
    """What became of the customers of a log; each array ends in one place for each of them."""

    known: np.ndarray
    """Which customers a sound row or a snapshot knows."""
    states: np.ndarray
    """int32: the kernel's slots, one line each; money does not fit and stands apart."""
    revenues: np.ndarray
    """int64, ten-thousandths."""
    conditions: np.ndarray
    """The conditions of the derived values, one bit each."""
    due: np.ndarray
    """The next day on which time moves something, NEVER or more for none."""
    due_row: np.ndarray
    """The first row that fires then."""
    left: Held
    """What later events need."""
    moves: np.ndarray
    """int64, one line for each: rows of the rule and of the event, day, opportunity, before,
    after, values of the guards, customer, time, kind."""
    events: int
    """How many events were folded."""
    future: np.ndarray
    """The rows after the instant asked for."""
    identity: Identity


@dataclass(frozen=True, slots=True)
class Fold:
    """One fold of one log."""

    source: Source
    engine: Engine
    held: Held
    threads: Threads
    faults: Faults
    as_of: datetime | None
    recording: bool

    def run(self) -> Folded:
        """Fold every customer of the log, and those that only snapshots know."""
        return self.fold(*self.prepare())

    def prepare(self) -> tuple[Log, Identity]:
        """Return the log in fold order, and what became of events that share a name."""
        until = _FOREVER if self.as_of is None else microseconds_of(self.as_of)
        log = read_log(
            self.source, self.engine.policy, self.held, until, self.threads, self.faults
        )
        marked = put_in_order(log, self.threads, recording=self.recording)
        texts = order_ties(log, marked, read_texts(self.source, log, marked))
        return log, drop_copies(log, self.source, marked, texts, self._remembered(log))

    def fold(self, log: Log, identity: Identity) -> Folded:
        """Fold a prepared log."""
        program, policy = self.engine.program, self.engine.policy
        customers = len(log.ids)
        nobody = Customer(id="-")
        blank = np.array(Memory(nobody, Codes(nobody, policy), program).state, np.int64)
        states = np.empty((len(blank), customers), np.int32)
        revenues = np.empty(customers, np.int64)
        moments = np.empty((4, customers), np.int64)
        values = np.empty((7, customers), np.int32)
        width = HEAD + max((len(rule.guards) for rule in program.rules), default=0)
        table, before = program_record(program), self._before(log)
        needed = _code_of(policy.currency, log.currencies.values)
        until = NO_TIME if self.as_of is None else microseconds_of(self.as_of)

        def fold_part(bounds: tuple[int, int]) -> tuple[Any, ...]:
            return fold_customers()(
                table,
                blank,
                log.records,
                log.starts,
                *bounds,
                before,
                log.currencies.codes,
                needed,
                until,
                int(self.recording),
                width,
                After(states, revenues, moments, values),
            )

        with announced():
            fold_part((0, 0))
        parts = self.threads.map(fold_part, chunks(log.starts, self.threads))
        moves, days, counts, amounts, opportunities, cases, folded, invalid = map(
            list, zip(*parts, strict=True)
        )
        if sum(invalid):
            self._tell_invalid(log)
        left = Held(
            ids=log.ids,
            slots=states[list(SLOTS)],
            moments=moments,
            currencies=values[1],
            window_starts=_starts(values[2]),
            window_days=np.concatenate(days),
            window_counts=np.concatenate(counts),
            window_amounts=np.concatenate(amounts),
            opportunity_starts=_starts(values[3]),
            opportunity_slots=np.concatenate(opportunities),
            case_starts=_starts(values[4]),
            case_slots=np.concatenate(cases),
            opportunity_names=log.opportunities,
            case_names=log.cases,
            currency_names=log.currencies.values,
            clock_events=self._clock_events(log, moments[0]),
            channels=self._channels(log),
        )
        return Folded(
            known=log.known | (moments[1] != NO_TIME),
            states=states,
            revenues=revenues,
            conditions=values[0],
            due=values[5],
            due_row=values[6],
            left=left,
            moves=np.concatenate(moves),
            events=sum(folded),
            future=log.future,
            identity=identity,
        )

    def _remembered(self, log: Log) -> pl.DataFrame:
        """Return the names that snapshots hold of their clock's instant, by customer."""
        names = self._still(log, self.held.clock_events)
        clocks = self.held.moments[0][self.held.clock_events["customer"].to_numpy()]
        return names.with_columns(time=pl.Series(clocks))

    def _before(self, log: Log) -> Before:
        """Return what is held in the form and the codes of this fold."""
        held = self.held
        opportunities, cases = held.opportunity_slots.copy(), held.case_slots.copy()
        opportunities[:, 0] = recoded(
            opportunities[:, 0], held.opportunity_names, log.opportunities
        )
        cases[:, 0] = recoded(cases[:, 0], held.case_names, log.cases)
        return Before(
            log.held_at,
            np.array(SLOTS, np.int64),
            only_read(held.slots, np.int32),
            only_read(held.moments, np.int64),
            recoded(held.currencies, held.currency_names, log.currencies.values),
            only_read(held.window_starts, np.int64),
            only_read(held.window_days, np.int32),
            only_read(held.window_counts, np.int32),
            only_read(held.window_amounts, np.int64),
            only_read(held.opportunity_starts, np.int64),
            only_read(opportunities, np.int32),
            only_read(held.case_starts, np.int64),
            only_read(cases, np.int32),
        )

    def _tell_invalid(self, log: Log) -> None:
        """Add the faults that only folding finds."""
        records = log.records
        found = records[records["kind"] == INVALID]
        for flag, column, mend in (
            (
                WRONG_CURRENCY,
                "currency",
                "is not the policy's currency or the customer's first: convert the amount",
            ),
            (
                TOO_MUCH,
                "amount",
                "brings the amounts of one window to 9e14: count in a larger unit",
            ),
        ):
            self.faults.add(found["row"][found["flag"] == flag], column, mend)

    def _clock_events(self, log: Log, clocks: np.ndarray) -> pl.DataFrame:
        """Return the names of the events at each customer's clock."""
        old = self._still(log, self.held.clock_events)
        if old.height:
            moved = self.held.moments[0][log.held_at[old["customer"].to_numpy()]]
            old = old.filter(pl.Series(clocks[old["customer"].to_numpy()] == moved))
        if not len(log.names):
            return old
        places = clock_places(log.records, log.starts, log.names, clocks)
        customers = pl.Series("customer", log.customers(places), dtype=pl.Int64)
        names = names_at(self.source, log.records["row"][places])
        new = names.insert_column(0, customers)
        return pl.concat([old, new]).sort("customer", "source", "event_id")

    def _channels(self, log: Log) -> pl.DataFrame:
        """Return the channels on which each customer's consent is withdrawn."""
        old = self._still(log, self.held.channels)
        consent = places_of("consent_changed")[0]
        places = np.flatnonzero(log.records["kind"] == consent)
        rows = log.records["row"][places]
        new = pl.DataFrame(
            {
                "customer": pl.Series(log.customers(places), dtype=pl.Int64),
                "channel": texts_at(self.source, "channel", rows),
                "allowed": pl.Series(log.records["flag"][places] > 0),
            }
        )
        both = pl.concat([old.with_columns(allowed=pl.lit(value=False)), new])
        last = both.group_by("customer", "channel", maintain_order=True).last()
        return last.filter(~pl.col("allowed")).select(list(CHANNEL)).sort(list(CHANNEL))

    def _still(self, log: Log, frame: pl.DataFrame) -> pl.DataFrame:
        """Return lines about customers that are held, by the places of this fold."""
        customers = np.flatnonzero(log.held_at >= 0)
        places = np.empty(len(self.held.ids), np.int64)
        places[log.held_at[customers]] = customers
        return frame.with_columns(customer=pl.Series(places[frame["customer"].to_numpy()]))


def _starts(lengths: np.ndarray) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


def _code_of(text: str | None, values: pl.Series) -> int:
    """Return the code of a text, one that no row has where it is not among the values."""
    if text is None:
        return -1
    places = (values == text).arg_true()
    return int(places[0]) if len(places) else len(values)
