"""What a backtest expects of the buyers: by the log's own pace, and by BG/NBD."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from lifecycle_model.insight.bgnbd import BGNBD, fit_bgnbd
from lifecycle_model.insight.cooling import cooling_exponent, forecast_of
from lifecycle_model.insight.dense import last_row
from lifecycle_model.insight.ranking import RANK
from lifecycle_model.states import Axis

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from lifecycle_model.insight.book import Book


class _Numbers(NamedTuple):
    """What BG/NBD reads, one entry for all buyers who are alike."""

    frequency: NDArray[np.float64]
    recency: NDArray[np.float64]
    age: NDArray[np.float64]
    customers: NDArray[np.float64]


def _grouped(people: pl.DataFrame) -> pl.DataFrame:
    """Return the buyers by what BG/NBD reads, in days: it gives equal ones equal numbers."""
    return (
        people.filter(pl.col("frequency") > 0)
        .group_by("frequency", "recency", "age")
        .agg(customers=pl.len())
        .sort("frequency", "recency", "age")
    )


def expected_days(
    people: pl.DataFrame, given: BGNBD | None, horizon: int
) -> tuple[BGNBD | None, pl.Series, str | None]:
    """Return BG/NBD, its expectation for each customer, and why there is none.

    Args:
        people: one row a customer: `frequency` (purchase days), and in days `recency` (from the
            first to the last) and `age` (from the first to the cut).
        given: the model; fitted to the buyers where None.
        horizon: for how many days to expect.

    Returns:
        The expectation of who never bought is 0. Without a model all are null.
    """
    groups = _grouped(people)
    model = given or fit_bgnbd(*_numbers(groups, 7))
    if model is None:
        return None, _no_number(people), "nobody had bought again: there is nothing to fit"
    frequency, recency, age, _ = _numbers(groups, model.unit_days)
    with np.errstate(all="ignore"):
        number = model.expected(frequency, recency, age, horizon / model.unit_days)
    if not np.isfinite(number).all():
        return model, _no_number(people), "the model's formula gives no number for these buyers"
    known = groups.with_columns(bgnbd=pl.Series(number, dtype=pl.Float64))
    keys = ["frequency", "recency", "age"]
    found = people.join(known, on=keys, how="left", maintain_order="left")
    return model, found["bgnbd"].fill_null(0.0), None


def _no_number(people: pl.DataFrame) -> pl.Series:
    return pl.repeat(None, people.height, dtype=pl.Float64, eager=True)


def _numbers(groups: pl.DataFrame, unit_days: int) -> _Numbers:
    return _Numbers(
        groups["frequency"].to_numpy().astype(np.float64) - 1,
        groups["recency"].to_numpy() / unit_days,
        groups["age"].to_numpy() / unit_days,
        groups["customers"].to_numpy().astype(np.float64),
    )


def forecast_buyers(
    book: Book, people: pl.DataFrame, cut: date, horizon: int
) -> tuple[pl.DataFrame, float]:
    """Return the later purchase days expected of those who had bought, beside what came.

    Args:
        book: folded up to the cut.
        people: one row a customer: `state`, `frequency` (purchase days), `age` in days since
            the first of them, `later_days`, and `bgnbd` as `expected_days` gives it.
        cut: the last day that was folded.
        horizon: how many days came after it.

    Returns:
        One row a situation and one, `all`, for the sum; and the exponent of the pace.
    """
    buyers = people.filter(pl.col("frequency") > 0)
    days = purchase_days(book)
    first = people["first"].gather(days["customer"])
    since = (days["day"] - first).dt.total_days()
    exponent = cooling_exponent(since.filter(since > 0), buyers["age"])
    middle = cut - (cut - (book.first_day or cut)) // 2
    earlier = _then(book, days, middle)
    found = forecast_of(
        earlier,
        buyers.select("state", "age"),
        watched=(cut - middle).days,
        horizon=horizon,
        exponent=exponent,
    )
    came = buyers.group_by("state").agg(
        observed=pl.col("later_days").sum(), bgnbd=pl.col("bgnbd").sum()
    )
    fitted = buyers["bgnbd"].null_count() == 0
    rows = found.join(came, on="state").select(
        "state",
        "customers",
        "observed",
        "expected",
        bgnbd=pl.col("bgnbd") if fitted else pl.lit(None, pl.Float64),
        reason="reason",
    )
    total = rows.select(
        pl.lit("all").alias("state"),
        pl.col("customers", "observed", "expected").sum(),
        pl.col("bgnbd").sum() if fitted else pl.lit(None, pl.Float64).alias("bgnbd"),
        pl.lit(None, pl.String).alias("reason"),
    )
    best_first = rows.sort(pl.col("state").replace_strict(RANK, default=-1), descending=True)
    return pl.concat([best_first, total]), exponent


def _then(book: Book, days: pl.DataFrame, middle: date) -> pl.DataFrame:
    """Return the buyers as they stood at the end of a day, and what they bought after it."""
    size = book.customers.height
    moved = book.moves_on(Axis.SITUATION).filter(pl.col("day") <= middle)
    row = last_row(moved["customer"].to_numpy(), np.ones(moved.height, dtype=bool), size)
    standing = moved["after"].gather(
        pl.select(pl.when(pl.Series(row) >= 0).then(pl.Series(row))).to_series()
    )
    first = days.filter(
        (pl.col("customer") != pl.col("customer").shift(1)).fill_null(value=True)
    )
    later = np.bincount(
        days.filter(pl.col("day") > middle)["customer"].to_numpy(), minlength=size
    )
    return (
        first.with_columns(
            state=standing.gather(first["customer"]).cast(pl.String),
            purchase_days=pl.Series(later).gather(first["customer"]).cast(pl.Int64),
        )
        .filter(pl.col("day") <= middle)
        .select("state", "purchase_days", age=(pl.lit(middle) - pl.col("day")).dt.total_days())
    )


def purchase_days(book: Book) -> pl.DataFrame:
    """Return every day on which a customer bought, once: `customer` and `day`, in order."""
    key = pl.col("customer").cast(pl.Int64) * 2**32 + pl.col("day").cast(pl.Int64)
    keys = book.events("purchase_completed").select(key=key).sort("key")
    return keys.filter((pl.col("key") != pl.col("key").shift(1)).fill_null(value=True)).select(
        customer=(pl.col("key") // 2**32).cast(pl.UInt32),
        day=(pl.col("key") % 2**32).cast(pl.Int32).cast(pl.Date),
    )
