"""Flows: how often each move happened, how long states are held, and who comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from lifecycle_model.insight.book import STATE
from lifecycle_model.insight.dense import nearly_sorted
from lifecycle_model.insight.periods import index_of
from lifecycle_model.insight.stays import count_met, stays, touched_periods
from lifecycle_model.insight.survival import quartiles, survival_curve
from lifecycle_model.insight.tables import Ratio, Table, with_ratios
from lifecycle_model.states import Axis

if TYPE_CHECKING:
    from lifecycle_model.insight.book import Book

WHO: Final = {Axis.SITUATION: "customers", Axis.POSITION: "decisions"}
_MOVED: Final = "who stood in the state before at any time in the period"


@dataclass(frozen=True, slots=True)
class Flows:
    """How customers, or decisions, move between states."""

    axis: Axis
    moves: Table
    """By `period`, `before` and `after`: `moves`, how many `moved` at least once, how many were
    `at_risk`, and the `rate`. A pair that never moved in any period is left out."""
    held: pl.DataFrame
    """By `state`: `cases` (stays), `ended`, and the quartiles of the days of one stay."""
    survival: pl.DataFrame
    """By `state`: which share of the stays still goes on after so many days."""
    time: pl.DataFrame
    """By `state`: of those who ever stood there, `who` many, the mean `entries`, the mean
    `latest_days` of their latest stay and the mean `cumulative_days` of all their stays."""
    loops: Table
    """By `state` and `through`: of the stays in `through` that came from `state` and `ended`,
    how many went `back`, and the `rate`."""


def flows(book: Book, axis: Axis = Axis.SITUATION, period: str = "month") -> Flows:
    """Return how customers move between situations, or decisions between buying positions.

    Days are calendar days from the day of the entry to the day of the leave. Stays that go on
    at the end of the book are censored in `held` and `survival` (Kaplan-Meier, see
    `survival_curve`) and count up to the last day in `time`. A decision is seen from its first
    move on: its days in `status_quo` before are not known.

    Args:
        book: a folded log.
        axis: whose states.
        period: `day`, `week` or `month`.

    Raises:
        UnknownName: `period` is no day, week or month.

    >>> from lifecycle_model import Lifecycle
    >>> from lifecycle_model.insight.histories import of_histories
    >>> flows(of_histories([], Lifecycle())).moves.frame.height
    0
    """
    found = stays(book, axis)
    last = pl.lit(book.last_day, pl.Date)
    begun = pl.lit(value=True) if axis == Axis.SITUATION else ~pl.col("first")
    lasted = found.filter(begun).with_columns(
        days=(pl.coalesce("until_day", last) - pl.col("since_day")).dt.total_days(),
        ended=pl.col("until_day").is_not_null(),
    )
    curve = survival_curve(lasted, ["state"]).with_columns(pl.col("state").cast(pl.String))
    return Flows(
        axis,
        _moves(book, found, axis, period),
        quartiles(curve, ["state"]),
        curve,
        _time(time_in_state(lasted)),
        _loops(found),
    )


def time_in_state(lasted: pl.DataFrame) -> pl.DataFrame:
    """Return how long each customer, or decision, stood in each state.

    Args:
        lasted: stays in order, with `days`.

    Returns:
        `customer`, `owner` (the customer's or the decision's number), `state`, `entries`,
        `latest_days` (of the latest stay) and `cumulative_days` (of all).

    >>> lasted = pl.DataFrame(
    ...     {"customer": [0, 0], "owner": [0, 0], "state": ["regular"] * 2, "days": [9, 4]}
    ... )
    >>> time_in_state(lasted).row(0)
    (0, 0, 'regular', 2, 4, 13)
    """
    code = pl.col("state").cast(STATE).to_physical().cast(pl.Int64)
    keyed = lasted.with_columns(key=pl.col("owner").cast(pl.Int64) * 16 + code)
    return (
        keyed[nearly_sorted(keyed["key"])]
        .with_columns(pl.col("key").set_sorted())
        .group_by("key", maintain_order=True)
        .agg(
            pl.col("customer", "owner", "state").first(),
            entries=pl.len().cast(pl.Int64),
            latest_days=pl.col("days").last(),
            cumulative_days=pl.col("days").sum(),
        )
        .drop("key")
    )


def _moves(book: Book, found: pl.DataFrame, axis: Axis, period: str) -> Table:
    pair = pl.col("before").to_physical().cast(pl.Int64) * 16 + pl.col("after").to_physical()
    index = index_of(pl.col("until_day"), period)
    left = found.filter(pl.col("after").is_not_null()).select(
        "owner", before="state", after="after", index=index
    )
    keyed = left.with_columns(key=(pl.col("owner") * 256 + pair) * 2**24 + pl.col("index"))
    ordered = keyed[nearly_sorted(keyed["key"])]
    ordered = ordered.with_columns(again=pl.col("key").diff().eq(0).fill_null(value=False))
    moved = ordered.group_by("index", "before", "after").agg(
        moves=pl.len().cast(pl.Int64),
        moved=(~pl.col("again")).sum().cast(pl.Int64),
    )
    met = count_met(touched_periods(book, found, period)).rename(
        {"state": "before", "met": "at_risk"}
    )
    frame = (
        book.periods(period)
        .select("index", "period")
        .join(moved.select("before", "after").unique(), how="cross")
        .join(moved, on=["index", "before", "after"], how="left")
        .join(met, on=["index", "before"], how="left")
        .sort("index", "before", "after")
        .drop("index")
        .with_columns(
            pl.col("before", "after").cast(pl.String),
            pl.col("moves", "moved", "at_risk").fill_null(0),
        )
    )
    rate = Ratio(
        "rate",
        "moved",
        "at_risk",
        f"{WHO[axis]} {_MOVED}",
        "nobody stood there in the period",
        interval=True,
    )
    return with_ratios(frame, rate)


def _time(each: pl.DataFrame) -> pl.DataFrame:
    return (
        each.group_by("state")
        .agg(
            who=pl.len().cast(pl.Int64),
            entries=pl.col("entries").mean(),
            latest_days=pl.col("latest_days").mean(),
            cumulative_days=pl.col("cumulative_days").mean(),
        )
        .sort("state")
        .with_columns(pl.col("state").cast(pl.String))
    )


def _loops(found: pl.DataFrame) -> Table:
    same = pl.col("owner") == pl.col("owner").shift(1)
    came = found.select(
        state=pl.when(same).then(pl.col("state").shift(1)), through="state", after="after"
    )
    frame = (
        came.filter(pl.col("state").is_not_null() & pl.col("after").is_not_null())
        .group_by("state", "through")
        .agg(
            ended=pl.len().cast(pl.Int64),
            back=(pl.col("after") == pl.col("state")).sum().cast(pl.Int64),
        )
        .with_columns(pl.col("state", "through").cast(pl.String))
        .sort("state", "through")
    )
    rate = Ratio(
        "rate",
        "back",
        "ended",
        "ended stays in `through` that came from `state`",
        "no such stay ended",
        interval=True,
    )
    return with_ratios(frame, rate)
