"""The book that every figure is read from: events, customers and moves as columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import numpy as np
import polars as pl

from lifecycle_model.columnar.coding import SPREAD, code
from lifecycle_model.columnar.threads import Threads
from lifecycle_model.errors import MixedCurrencies, NoTransitions, UnevenClocks
from lifecycle_model.events import KINDS
from lifecycle_model.insight.cells import INSTANT, instants
from lifecycle_model.insight.dense import least
from lifecycle_model.insight.periods import day_of, periods_between
from lifecycle_model.states import Axis, BuyingPosition, Situation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_model.columnar import Replay
    from lifecycle_model.lifecycle import Lifecycle

Frame = Any
"""A frame of polars, pandas, pyarrow or any other kind that narwhals reads."""

KIND: Final = pl.Enum(KINDS)
STATE: Final = pl.Enum([one.value for axis in (Situation, BuyingPosition) for one in axis])
"""A state of either axis."""

_AXIS: Final = pl.Enum([one.value for one in Axis])


@dataclass(frozen=True, slots=True)
class Book:
    """A log that was folded, all its customers followed to one instant."""

    log: pl.DataFrame
    """The events that were folded; `customer` is the place in `customers`, `day` the date."""
    customers: pl.DataFrame
    """One row each, ascending by id; `first_event_at` is when the customer was first seen."""
    moves: pl.DataFrame
    """The transitions of both axes, by `customer` and as they happened, with their `day`;
    states and kinds as enumerations."""
    lifecycle: Lifecycle
    as_of: datetime | None
    """To which every customer is followed; None where there is none."""

    @property
    def first_day(self) -> date | None:
        """The day of the first event; None without events."""
        return self.log["day"].min()  # type: ignore[return-value]

    @property
    def last_day(self) -> date | None:
        """The day to which every customer is followed; None without customers."""
        if self.as_of is None:
            return None
        day: date = pl.select(day_of(pl.lit(self.as_of), self.offset)).item()
        return day

    @property
    def offset(self) -> int:
        """The calendar's minutes east of UTC."""
        return self.lifecycle.policy.day_offset_minutes

    def periods(self, period: str) -> pl.DataFrame:
        """Return the calendar periods from the first event to the last day; see `growth`.

        Raises:
            UnknownName: `period` is no day, week or month.
        """
        first, last = self.first_day, self.last_day
        if first is None or last is None:
            return periods_between(date.min, date.min, period).clear()
        return periods_between(first, last, period)

    def events(self, *kinds: str, also: Sequence[str] = ()) -> pl.DataFrame:
        """Return the events of some kinds, in the log's order.

        Args:
            kinds: which.
            also: columns to have beside `customer`, `occurred_at`, `day` and `kind`; those that
                the log does not have are left out.
        """
        there = [name for name in also if name in self.log.columns]
        narrow = self.log.select("customer", "occurred_at", "day", "kind", *there)
        return narrow.filter(pl.col("kind").is_in(kinds))

    def moves_on(self, axis: Axis) -> pl.DataFrame:
        """Return the moves of one axis."""
        return self.moves.filter(pl.col("axis") == axis.value).drop("axis")

    def require_one_currency(self) -> None:
        """Refuse to add amounts up that are in several currencies.

        Raises:
            MixedCurrencies: they are.
        """
        if "currency" in self.log.columns:
            found = self.log["currency"].drop_nulls().unique().sort().to_list()
            if len(found) > 1:
                raise MixedCurrencies(tuple(found))


def of_replay(log: Frame, replay: Replay, lifecycle: Lifecycle) -> Book:
    """Return the book of a replay over columns.

    Args:
        log: the frame that was replayed, whole.
        replay: made with `transitions=True`, and with `as_of`, so that all customers are
            followed to one instant.
        lifecycle: under which it was replayed.

    Raises:
        NoTransitions: the replay kept none.
        UnevenClocks: not all customers are followed to one instant.
    """
    if replay.transitions is None:
        raise NoTransitions
    customers = polars_of(replay.customers)
    events = polars_of(log)
    rows = pl.concat(
        [
            polars_of(replay.invalid)["row"].cast(pl.UInt32),
            polars_of(replay.conflicts)["dropped_row"].cast(pl.UInt32),
        ]
    )
    if len(rows):
        events = events.with_row_index("row").filter(~pl.col("row").is_in(rows.implode()))
    moves = polars_of(replay.transitions)
    return make_book(events, customers, moves, lifecycle, copies=replay.duplicates)


def make_book(
    events: pl.DataFrame,
    customers: pl.DataFrame,
    transitions: pl.DataFrame,
    lifecycle: Lifecycle,
    *,
    copies: int = 0,
) -> Book:
    """Return the book of frames that hold what was folded.

    Args:
        events: the log, with so many copies of events.
        customers: as a replay gives them.
        transitions: likewise.
        lifecycle: under which the log was folded.
        copies: how many copies there are; they are dropped.

    Raises:
        UnevenClocks: not all customers are followed to one instant.
    """
    # Frames of other kinds may have brought other units, or another name of UTC.
    customers = customers.with_columns(pl.selectors.datetime(time_zone="*").cast(INSTANT))
    as_of = _common_clock(customers)
    day = day_of(pl.col("occurred_at"), lifecycle.policy.day_offset_minutes).alias("day")
    events = events.with_columns(
        places_of(events, customers),
        instants(events["occurred_at"]),
        _enum(events, "kind", KIND),
    )
    if copies:
        events = without_copies(events)
    # Where nobody has a clock, nothing was folded.
    reached = (pl.col("occurred_at") <= pl.lit(as_of, INSTANT)).fill_null(value=False)
    folded = pl.col("customer").is_not_null() & pl.col("kind").is_not_null() & reached
    whole: bool = events.select(folded.all()).item()
    events = (events if whole else events.filter(folded)).with_columns(day)
    moves = transitions.with_columns(places_of(transitions, customers).set_sorted()).select(
        "customer",
        pl.col("occurred_at").cast(INSTANT),
        day,
        _enum(transitions, "axis", _AXIS),
        _enum(transitions, "before", STATE),
        _enum(transitions, "after", STATE),
        _enum(transitions, "kind", KIND),
        pl.col("opportunity_id").cast(pl.String),
    )
    seen = least(events["customer"], events["occurred_at"], customers.height)
    return Book(
        events,
        customers.with_columns(seen.alias("first_event_at")),
        moves,
        lifecycle,
        as_of,
    )


def places_of(frame: pl.DataFrame, customers: pl.DataFrame) -> pl.Series:
    """Return the place of each row's customer among the customers, null where there is none."""
    ids = customers["customer_id"]
    named = frame["customer_id"].cast(ids.dtype, strict=False)
    # Neighbours of one name are looked up once.
    run = named.rle_id()
    heads = named.filter(run.diff().cast(pl.Boolean).fill_null(value=True))
    coded = code(heads, Threads.of(None))
    known = customers.select("customer_id").with_row_index("customer")
    found = coded.values.to_frame("customer_id").join(
        known, on="customer_id", how="left", maintain_order="left"
    )["customer"]
    rows = pl.Series(coded.codes)
    places = found.gather(pl.select(pl.when(rows >= 0).then(rows)).to_series())
    return places.gather(run).alias("customer")


def _enum(frame: pl.DataFrame, name: str, dtype: pl.Enum) -> pl.Expr:
    """Return a column as an enumeration, null where it says something else."""
    if frame.schema[name] == dtype:
        return pl.col(name)
    return pl.col(name).cast(pl.String).cast(dtype, strict=False)


def polars_of(frame: Frame) -> pl.DataFrame:
    """Return any frame as one of polars.

    >>> import polars as pl
    >>> polars_of(pl.DataFrame({"score": [9]})).item()
    9
    """
    if isinstance(frame, pl.DataFrame):
        return frame
    converted: pl.DataFrame = nw.from_native(frame).lazy().collect(backend="polars").to_native()
    return converted


def without_copies(events: pl.DataFrame) -> pl.DataFrame:
    """Return the events, those of one `customer`, source and event_id once."""
    event_id = events["event_id"].cast(pl.String)
    source = pl.col("source").cast(pl.String) if "source" in events.columns else pl.lit(None)
    spread = events["customer"].fill_null(0).to_numpy().astype(np.uint64) * SPREAD
    keys = event_id.hash().to_numpy() ^ spread
    # Only rows that share a key can be copies, and numbers are compared much faster than names.
    ordered = np.sort(keys)
    twice = pl.Series(ordered[1:][ordered[1:] == ordered[:-1]])
    rows = (pl.Series(keys).is_in(twice.implode()) & event_id.is_not_null()).arg_true()
    names = events[rows].select(
        pl.struct(
            "customer", source.fill_null("").alias("source"), pl.col("event_id").cast(pl.String)
        )
    )
    copies = rows.filter(~names.to_series().is_first_distinct())
    kept = np.ones(events.height, dtype=bool)
    kept[copies.to_numpy()] = False
    return events.filter(pl.Series(kept))


def end_of(day: date, lifecycle: Lifecycle) -> datetime:
    """Return the last moment of a day.

    >>> from datetime import date
    >>> from lifecycle_model import Lifecycle, Policy
    >>> end_of(date(2024, 5, 1), Lifecycle(Policy(day_offset_minutes=60))).isoformat()
    '2024-05-01T22:59:59.999999+00:00'
    """
    offset = timedelta(minutes=lifecycle.policy.day_offset_minutes)
    return datetime.combine(day, time.max, UTC) - offset


def known_at(log: pl.DataFrame, end: datetime) -> pl.DataFrame:
    """Return the rows of a log that are not later; those of no time are for the replay to tell.

    >>> from datetime import UTC, datetime
    >>> log = pl.DataFrame({"occurred_at": ["2024-05-01T12:00Z", "2024-05-03T12:00Z"]})
    >>> known_at(log, datetime(2024, 5, 2, tzinfo=UTC)).height
    1
    """
    if "occurred_at" not in log.columns:
        return log
    later = instants(log["occurred_at"]) > end
    return log.filter(~later.fill_null(value=False))


def _common_clock(customers: pl.DataFrame) -> datetime | None:
    clocks = customers["clock"].drop_nulls()
    earliest, latest = clocks.min(), clocks.max()
    if earliest != latest:
        raise UnevenClocks(earliest, latest)  # type: ignore[arg-type]
    return latest  # type: ignore[return-value]
