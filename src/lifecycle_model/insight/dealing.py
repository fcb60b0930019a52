"""Deals: which decisions are won, which are lost and to whom, and how long they take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from lifecycle_model.insight.cells import UNITS, column, money
from lifecycle_model.insight.dense import recoded
from lifecycle_model.insight.stays import owned_moves
from lifecycle_model.insight.survival import quartiles, survival_curve
from lifecycle_model.insight.tables import Figure, Ratio, Table, with_ratios
from lifecycle_model.states import Axis, BuyingPosition

if TYPE_CHECKING:
    from datetime import date

    from lifecycle_model.insight.book import Book

OPEN: Final = (
    BuyingPosition.NEEDS_RECOGNITION.value,
    BuyingPosition.OPTIONS_EVALUATION.value,
    BuyingPosition.CONCERNS_RESOLUTION.value,
)
"""A deal is open in these positions."""

PLACE: Final = {one.value: place for place, one in enumerate(BuyingPosition)}
STARTS: Final = PLACE | {BuyingPosition.IMPLEMENTATION.value: 0}
"""From implementation a new cycle begins, as from status_quo."""

_CLOSED: Final = "deals closed in the period: won, lost to a competitor, or without a decision"
_NONE: Final = "no deal was closed in the period"
RATES: Final = tuple(
    Ratio(name, part, "closed", _CLOSED, _NONE, interval=True)
    for name, part in (
        ("win_rate", "won"),
        ("competitor_rate", "lost_to_competitor"),
        ("no_decision_rate", "no_decision"),
        ("backward_rate", "went_back"),
        ("skipping_rate", "skipped"),
    )
)


@dataclass(frozen=True, slots=True)
class Deals:
    """What became of the decisions that were worked on."""

    since: date | None
    until: date | None
    """The first and the last day on which deals closed that count; None without events."""
    outcomes: Table
    """One row: `closed`, `won`, `lost_to_competitor`, `no_decision`, how many of them
    `went_back` or `skipped` a position at least once, and a rate of each. `direct` purchases,
    signed without any open position before, are counted and are no deals."""
    cycle: pl.DataFrame
    """One row: `cases` (deals), `ended` (closed), and the quartiles of the days from the first
    open position to the close."""
    positions: pl.DataFrame
    """By `state`: `cases` (stays in an open position), `ended`, and the quartiles of days."""
    pipeline: pl.DataFrame
    """By `state`: the deals `open` at the end of the book."""
    average_value: Figure
    """The mean amount of a deal that was won by a purchase."""
    velocity: Figure
    """Money a day: open deals x win rate x average value / mean days of a closed cycle."""


def deals(book: Book, since: date | None = None, until: date | None = None) -> Deals:
    """Return what became of the decisions that were worked on.

    A deal is one way of a decision through the open positions (needs, options, concerns), from
    the first of them to the close. It is won where the buyer signs with us, lost to a
    competitor where with somebody else, and without a decision where it goes back to
    `status_quo`, for whatever reason. The same opportunity can be a deal again. Cycle and
    positions are of all deals; those still open are censored (see `survival_curve`).

    Args:
        book: a folded log.
        since: the first day on which closed deals count; the log's first where not given.
        until: the last day; the book's last where not given.

    >>> from lifecycle_model import Lifecycle
    >>> from lifecycle_model.insight.histories import of_histories
    >>> deals(of_histories([], Lifecycle())).velocity.reason
    'no deal is open'
    """
    start, end = since or book.first_day, until or book.last_day
    steps = _steps(book)
    every = _deals(steps, pl.lit(book.last_day, pl.Date))
    span = (pl.lit(start, pl.Date), pl.lit(end, pl.Date))
    closed = every.filter(pl.col("ended") & pl.col("closed_day").is_between(*span))
    direct = steps.filter(
        ~pl.col("before").is_in(OPEN)
        & (pl.col("kind") == "purchase_completed")
        & pl.col("day").is_between(*span)
    ).height
    outcomes = with_ratios(_outcomes(closed, direct), *RATES)
    pipeline = _pipeline(every)
    value = _average_value(book, closed)
    return Deals(
        start,
        end,
        outcomes,
        quartiles(survival_curve(every.select("days", "ended"))),
        _positions(steps, pl.lit(book.last_day, pl.Date)),
        pipeline,
        value,
        _velocity(outcomes, closed, pipeline, value),
    )


def _steps(book: Book) -> pl.DataFrame:
    """Return the moves of every decision in order, with the deal that each belongs to."""
    begins = ~pl.col("before").is_in(OPEN) & pl.col("after").is_in(OPEN)
    steps = owned_moves(book, Axis.POSITION)
    left = recoded(steps["before"], STARTS, pl.Int8)
    entered = recoded(steps["after"], PLACE, pl.Int8)
    back = (entered <= left) & (entered > 0)
    same = pl.col("owner") == pl.col("owner").shift(-1)
    return steps.with_columns(
        deal=begins.cum_sum(),
        begins=begins,
        back=back.cast(pl.Int64).cum_sum(),
        skips=(entered > left + 1).cast(pl.Int64).cum_sum(),
        next_day=pl.when(same).then(pl.col("day").shift(-1)),
    )


def _deals(steps: pl.DataFrame, last: pl.Expr) -> pl.DataFrame:
    """Return the deals, one row each."""
    inside = steps.filter(pl.col("begins") | pl.col("before").is_in(OPEN))
    last_step = (pl.col("deal") != pl.col("deal").shift(-1)).fill_null(value=True)
    begun = inside.filter("begins")
    done = inside.filter(last_step)
    # The first step of a deal goes forward, and may skip.
    skipped_before = (
        begun["skips"] - begun.select((pl.col("after") != OPEN[0]).cast(pl.Int64)).to_series()
    )
    return (
        begun.select("customer", "opportunity_id", "day")
        .with_columns(
            closed_day=done["day"],
            closed_at=done["occurred_at"],
            state=done["after"],
            by=done["kind"],
            went_back=done["back"] > begun["back"],
            skipped=done["skips"] > skipped_before,
        )
        .with_columns(ended=~pl.col("state").is_in(OPEN))
        .with_columns(
            days=(
                pl.when("ended").then(pl.col("closed_day")).otherwise(last) - pl.col("day")
            ).dt.total_days()
        )
    )


def _outcomes(closed: pl.DataFrame, direct: int) -> pl.DataFrame:
    signed = pl.col("state") == BuyingPosition.IMPLEMENTATION.value
    lost = pl.col("by") == "opportunity_lost"
    return closed.select(
        closed=pl.len().cast(pl.Int64),
        won=(signed & ~lost).sum().cast(pl.Int64),
        lost_to_competitor=(signed & lost).sum().cast(pl.Int64),
        no_decision=(~signed).sum().cast(pl.Int64),
        went_back=pl.col("went_back").sum().cast(pl.Int64),
        skipped=pl.col("skipped").sum().cast(pl.Int64),
        direct=pl.lit(direct, pl.Int64),
    )


def _positions(steps: pl.DataFrame, last: pl.Expr) -> pl.DataFrame:
    held = steps.filter(pl.col("after").is_in(OPEN)).select(
        state="after",
        days=(pl.coalesce("next_day", last) - pl.col("day")).dt.total_days(),
        ended=pl.col("next_day").is_not_null(),
    )
    found = quartiles(survival_curve(held, ["state"]), ["state"])
    return found.with_columns(pl.col("state").cast(pl.String))


def _pipeline(every: pl.DataFrame) -> pl.DataFrame:
    names = pl.Series("state", OPEN, pl.String).to_frame()
    waiting = every.filter(~pl.col("ended")).select(pl.col("state").cast(pl.String))
    counts = waiting.group_by("state").agg(open=pl.len().cast(pl.Int64))
    return names.join(counts, on="state", how="left", maintain_order="left").fill_null(0)


def _average_value(book: Book, closed: pl.DataFrame) -> Figure:
    """Return the mean amount of the purchases that closed deals."""
    of = "deals won by a purchase in the period"
    book.require_one_currency()
    signed = closed.filter(pl.col("by") == "purchase_completed")
    keys = ["customer", "opportunity_id", "closed_at"]
    bought = book.events("purchase_completed", also=("opportunity_id", "amount"))
    amounts = bought.select(
        "customer",
        column(bought, "opportunity_id").fill_null("main"),
        money(bought),
        closed_at="occurred_at",
    ).join(signed.select(keys), on=keys, how="semi")
    won = signed.join(amounts.group_by(keys).agg(pl.col("amount").sum()), on=keys)
    if won.is_empty():
        return Figure(None, 0.0, 0, of, reason="no deal was won by a purchase in the period")
    total = float(won["amount"].sum()) / UNITS
    return Figure(total / won.height, total, won.height, of)


def _velocity(
    outcomes: Table, closed: pl.DataFrame, pipeline: pl.DataFrame, value: Figure
) -> Figure:
    """Return how much money a day the open deals bring at the pace of the closed ones."""
    of = "mean days of the closed deals"
    waiting = int(pipeline["open"].sum())
    rate = outcomes.frame["win_rate"].item()
    if not waiting:
        return Figure(None, of=of, reason="no deal is open")
    if rate is None or value.value is None:
        return Figure(None, of=of, reason=value.reason)
    days = float(closed["days"].mean())  # type: ignore[arg-type]
    above = waiting * rate * value.value
    if not days:
        return Figure(None, above, 0.0, of, reason="every deal closed on the day it began")
    return Figure(above / days, above, days, of)
