"""A backtest: fold a log up to a day, and see what the customers did afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from lifecycle_model.columnar import replay
from lifecycle_model.insight.book import (
    Frame,
    end_of,
    known_at,
    of_replay,
    places_of,
    polars_of,
    without_copies,
)
from lifecycle_model.insight.cells import INSTANT, UNITS, instants, money
from lifecycle_model.insight.forecasting import expected_days, forecast_buyers, purchase_days
from lifecycle_model.insight.periods import day_of
from lifecycle_model.insight.ranking import RANK, gathered, normalised_gini, quintile
from lifecycle_model.insight.tables import Ratio, Table, with_ratios
from lifecycle_model.lifecycle import Lifecycle

if TYPE_CHECKING:
    from datetime import date

    from lifecycle_model.insight.bgnbd import BGNBD
    from lifecycle_model.insight.book import Book

ORDERS: Final = {
    "situation": ("rank",),
    "situation, purchase days": ("rank", "window_days"),
    "situation, purchase days, recency": ("rank", "window_days", "fresh"),
    "recency": ("fresh",),
    "frequency": ("frequency",),
    "RFM quintiles": ("rfm",),
    "BG/NBD": ("bgnbd",),
}
"""The orders that are compared, each by the columns that it sorts by."""

_KNOWN: Final = "customers in this situation on the day of the cut"
_NONE: Final = "nobody was in this situation"
ACTIVE: Final = Ratio("share_active", "active", "customers", _KNOWN, _NONE, interval=True)
EACH: Final = Ratio("days_each", "later_days", "customers", _KNOWN, _NONE)
REVENUE: Final = Ratio("revenue_each", "revenue", "customers", _KNOWN, _NONE)
LIFT: Final = Ratio(
    "lift",
    "days_each",
    "days_each_overall",
    "mean later purchase days of all customers",
    "nobody bought later",
)


@dataclass(frozen=True, slots=True)
class Backtest:
    """What the model said on one day, beside what came."""

    cut: date
    until: date
    situations: Table
    """One row a situation: `customers` on the day of the cut, how many were `active` later,
    their `later_days` (purchase days), `purchases` and `revenue`, and the ratios."""
    orders: pl.DataFrame
    """`order`, its `gini` (normalised), and `reason` where there is none."""
    curves: pl.DataFrame
    """`order`, `customers` and `days`: which share of the later purchase days the first so many
    customers made, both as shares."""
    forecast: pl.DataFrame
    """Of those who had bought, by situation: `customers`, the `observed` later purchase days,
    `expected` by the log's own earlier pace (`reason` where it is the common one) and `bgnbd`
    (null where it could not be fitted). The last row, `all`, adds up."""
    exponent: float
    """By which the log's customers cooled: purchases up to age t go with t to this power."""
    bgnbd: BGNBD | None
    """None where nobody had bought again."""


def backtest(
    log: Frame,
    cut: date,
    lifecycle: Lifecycle | None = None,
    *,
    until: date | None = None,
    bgnbd: BGNBD | None = None,
) -> Backtest:
    """Fold a log up to the end of a day, and compare what was said with what came.

    A later purchase day is a day after the cut with a completed purchase. The forecast takes
    the half of the earlier period before the cut to see how the customers' pace went on; see
    `forecast_of`.

    Args:
        log: events as columns, whole.
        cut: the last day that is folded.
        lifecycle: the rules and the policy; the default ones where not given.
        until: the last day that counts as later; the log's last where not given.
        bgnbd: the model to compare with; fitted to the days up to the cut where not given.
    """
    used = lifecycle or Lifecycle()
    whole, end = polars_of(log), end_of(cut, used)
    earlier = known_at(whole, end)
    book = of_replay(earlier, replay(earlier, used, as_of=end, transitions=True), used)
    latest = pl.lit(instants(whole["occurred_at"]).max(), INSTANT)
    last: date = until or pl.select(day_of(latest, book.offset)).item() or cut
    came = _came(whole, book, cut, last)
    people = _people(book, cut).join(came, on="customer", how="left")
    people = people.with_columns(pl.col("later_days", "purchases", "revenue").fill_null(0))
    horizon = max((last - cut).days, 0)
    model, number, reason = expected_days(people, bgnbd, horizon)
    people = people.with_columns(number.alias("bgnbd"))
    forecast, exponent = forecast_buyers(book, people, cut, horizon)
    orders, curves = _orders(people, reason)
    return Backtest(cut, last, _situations(people), orders, curves, forecast, exponent, model)


def _people(book: Book, cut: date) -> pl.DataFrame:
    """Return what was known of each customer on the day of the cut."""
    spent = book.events("purchase_completed", also=("amount",))
    size = book.customers.height
    days = purchase_days(book)
    customer = pl.col("customer")
    ends = days.filter((customer != customer.shift(1)).fill_null(value=True)).with_columns(
        last=days.filter((customer != customer.shift(-1)).fill_null(value=True))["day"]
    )
    units = money(spent).to_numpy()
    sums = pl.DataFrame(
        {
            "frequency": np.bincount(days["customer"].to_numpy(), minlength=size),
            # Whole numbers below 2^53 add up exactly.
            "spent": np.bincount(spent["customer"].to_numpy(), units, minlength=size),
        }
    )
    return (
        book.customers.select(
            pl.int_range(pl.len(), dtype=pl.UInt32).alias("customer"),
            state=pl.col("situation").cast(pl.String),
            window_days=pl.col("purchase_days").cast(pl.Int64),
            fresh=-pl.col("days_since_purchase").cast(pl.Int64),
        )
        .with_columns(sums)
        .join(ends.rename({"day": "first"}), on="customer", how="left", maintain_order="left")
        .with_columns(
            # Who never bought stands behind all who did.
            pl.col("fresh").fill_null(-(2**31)),
            pl.col("frequency").cast(pl.Int64),
            rank=pl.col("state").replace_strict(RANK, return_dtype=pl.Int64),
            age=(pl.lit(cut) - pl.col("first")).dt.total_days(),
            recency=(pl.col("last") - pl.col("first")).dt.total_days(),
        )
        .with_columns(
            rfm=quintile("fresh") * 100 + quintile("frequency") * 10 + quintile("spent")
        )
    )


def _came(log: pl.DataFrame, book: Book, cut: date, last: date) -> pl.DataFrame:
    """Return what each customer did after the cut."""
    columns = ("customer_id", "kind", "occurred_at", "amount", "source", "event_id")
    narrow = log.select(name for name in columns if name in log.columns)
    bought = narrow.filter(pl.col("kind").cast(pl.String) == "purchase_completed")
    day = day_of(pl.col("occurred_at"), book.offset)
    bought = (
        bought.with_columns(instants(bought["occurred_at"]))
        .with_columns(day=day)
        .filter(pl.col("day").is_between(cut, last, closed="right"))
    )
    bought = bought.with_columns(places_of(bought, book.customers), money(bought))
    if "event_id" in bought.columns:
        bought = without_copies(bought)
    return (
        bought.filter(pl.col("customer").is_not_null())
        .group_by("customer")
        .agg(
            later_days=pl.col("day").n_unique().cast(pl.Int64),
            purchases=pl.len().cast(pl.Int64),
            revenue=pl.col("amount").sum() / UNITS,
        )
    )


def _situations(people: pl.DataFrame) -> Table:
    """Return what came, by the situation on the day of the cut."""
    names = sorted(RANK, key=lambda name: RANK[name], reverse=True)
    counts = people.group_by("state").agg(
        customers=pl.len().cast(pl.Int64),
        active=(pl.col("later_days") > 0).sum().cast(pl.Int64),
        later_days=pl.col("later_days").sum(),
        purchases=pl.col("purchases").sum(),
        revenue=pl.col("revenue").sum(),
    )
    frame = (
        pl.Series("state", names, pl.String)
        .to_frame()
        .join(counts, on="state", how="left", maintain_order="left")
        .with_columns(pl.exclude("state").fill_null(0))
    )
    overall = people["later_days"].sum() / max(people.height, 1)
    each = with_ratios(frame, ACTIVE, EACH, REVENUE)
    lifted = with_ratios(each.frame.with_columns(days_each_overall=pl.lit(overall)), LIFT)
    return Table(lifted.frame, (*each.ratios, LIFT))


def _orders(people: pl.DataFrame, no_model: str | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return how well each order tells who buys later, and its curve."""
    judged, curves = [], []
    for name, score in ORDERS.items():
        gini, reason = normalised_gini(people, score, "later_days")
        if name == "BG/NBD" and no_model is not None:
            gini, reason = None, no_model
        judged.append((name, gini, reason))
        if gini is not None:
            curves.append(_curve(people, score).select(pl.lit(name).alias("order"), pl.all()))
    schema = {"order": pl.String, "customers": pl.Float64, "days": pl.Float64}
    return (
        pl.DataFrame(
            judged, {"order": pl.String, "gini": pl.Float64, "reason": pl.String}, orient="row"
        ),
        pl.concat([pl.DataFrame(schema=schema), *curves]),
    )


def _curve(people: pl.DataFrame, score: tuple[str, ...]) -> pl.DataFrame:
    """Return which share of the later purchase days the first so many customers add up to."""
    found = gathered(people, score, "later_days")
    place = np.concatenate([[0.0], found["customers"].cum_sum().to_numpy() / people.height])
    share = np.concatenate([[0.0], found["share"].cum_sum().to_numpy()])
    points = np.linspace(0, 1, 21)
    return pl.DataFrame({"customers": points, "days": np.interp(points, place, share)})
