"""The book that every figure is read from: events, customers and moves as columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

import narwhals as nw
import polars as pl

from lifecycle_model.errors import MixedCurrencies, NoTransitions, UnevenClocks
from lifecycle_model.events import KINDS
from lifecycle_model.insight.dense import least
from lifecycle_model.insight.periods import day_of, periods_between
from lifecycle_model.states import Axis, BuyingPosition, Situation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_model.lifecycle import Lifecycle

Frame = Any
"""A frame of polars, pandas, pyarrow or any other kind that narwhals reads."""

UNITS: Final = 10_000
"""Money is added up in whole ten-thousandths."""

INSTANT: Final = pl.Datetime("us", "UTC")
KIND: Final = pl.Enum(KINDS)
STATE: Final = pl.Enum([one.value for axis in (Situation, BuyingPosition) for one in axis])
"""A state of either axis."""

_AXIS: Final = pl.Enum([one.value for one in Axis])


class Replayed(Protocol):
    """What a replay over columns gives."""

    @property
    def customers(self) -> Frame:
        """One row a customer, ascending by `customer_id`."""

    @property
    def transitions(self) -> Frame | None:
        """One row a move, by customer and in the order in which they happened."""

    @property
    def duplicates(self) -> int:
        """How many equal copies were dropped."""

    @property
    def invalid(self) -> Frame:
        """The rows that were no events, by `row`."""

    @property
    def conflicts(self) -> Frame:
        """The rows that said something else under a name that was taken, by `row`."""


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


def of_replay(log: Frame, replay: Replayed, lifecycle: Lifecycle) -> Book:
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
    left_out = [polars_of(frame)["row"] for frame in (replay.invalid, replay.conflicts)]
    events = polars_of(log)
    rows = pl.concat([one.cast(pl.UInt32) for one in left_out])
    if len(rows):
        events = events.with_row_index("row").filter(~pl.col("row").is_in(rows.implode()))
    if replay.duplicates:
        events = without_copies(events)
    return make_book(events, customers, polars_of(replay.transitions), lifecycle)


def make_book(
    events: pl.DataFrame,
    customers: pl.DataFrame,
    transitions: pl.DataFrame,
    lifecycle: Lifecycle,
) -> Book:
    """Return the book of frames that hold what was folded, each event once.

    Raises:
        UnevenClocks: not all customers are followed to one instant.
    """
    as_of = _common_clock(customers)
    day = day_of(pl.col("occurred_at"), lifecycle.policy.day_offset_minutes).alias("day")
    events = events.with_columns(
        places_of(events, customers),
        pl.col("occurred_at").cast(INSTANT),
        _enum(events, "kind", KIND),
    )
    folded = pl.col("customer").is_not_null() & pl.col("kind").is_not_null()
    if as_of is not None:
        folded &= pl.col("occurred_at") <= as_of
    whole: bool = events.select(folded.all()).item()
    events = (events if whole else events.filter(folded)).with_columns(day)
    moves = transitions.with_columns(places_of(transitions, customers).set_sorted()).select(
        "customer",
        "occurred_at",
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
    named = frame["customer_id"].cast(ids.dtype)
    # Neighbours of one name are looked up once.
    heads = pl.select(named.ne_missing(named.shift(1)).fill_null(value=True)).to_series()
    if len(heads):
        heads[0] = True
    asked = named.filter(heads)
    if ids.dtype == pl.String:
        found = asked.cast(pl.Enum(ids), strict=False).to_physical().cast(pl.UInt32)
    else:
        places = customers.select("customer_id").with_row_index("customer")
        found = asked.to_frame().join(
            places, on="customer_id", how="left", maintain_order="left"
        )["customer"]
    return found.gather(heads.cast(pl.Int64).cum_sum() - 1).alias("customer")


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
    converted: pl.DataFrame = nw.from_native(frame, eager_only=True).to_polars()
    return converted


def without_copies(events: pl.DataFrame) -> pl.DataFrame:
    """Return the events, those of one customer, source and event_id once."""
    source = pl.col("source").fill_null("") if "source" in events.columns else pl.lit("")
    name = pl.struct("customer_id", source.alias("source"), "event_id")
    return events.filter(pl.col("event_id").is_null() | name.is_first_distinct())


def column(frame: pl.DataFrame, name: str, dtype: pl.DataType | type[pl.DataType]) -> pl.Expr:
    """Return a column of the log as a type, null where the log does not have it.

    >>> frame = pl.DataFrame({"kind": ["contacted"]})
    >>> frame.select(column(frame, "channel", pl.String)).item() is None
    True
    """
    if name in frame.columns:
        return pl.col(name).cast(dtype)
    return pl.lit(None, dtype).alias(name)


def money(frame: pl.DataFrame) -> pl.Expr:
    """Return the amounts of events in whole ten-thousandths, 0 where none is given.

    >>> frame = pl.DataFrame({"amount": [29.33, None]})
    >>> frame.select(money(frame))["amount"].to_list()
    [293300, 0]
    """
    amount = column(frame, "amount", pl.Float64)
    return (amount * UNITS).round().cast(pl.Int64).fill_null(0).alias("amount")


def _common_clock(customers: pl.DataFrame) -> datetime | None:
    clocks = customers["clock"].drop_nulls()
    earliest, latest = clocks.min(), clocks.max()
    if earliest != latest:
        raise UnevenClocks(earliest, latest)  # type: ignore[arg-type]
    return latest  # type: ignore[return-value]
