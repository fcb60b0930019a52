"""Calendar days, weeks and months at the policy's offset from UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from lifecycle_model.errors import UnknownName

if TYPE_CHECKING:
    from datetime import date

PERIODS: Final = {"day": "1d", "week": "1w", "month": "1mo"}
"""The names of the periods; a week begins on Monday."""


def step_of(period: str) -> str:
    """Return how polars calls a period.

    Raises:
        UnknownName: it is none.

    >>> step_of("week")
    '1w'
    """
    if period not in PERIODS:
        raise UnknownName("period", period, tuple(PERIODS))
    return PERIODS[period]


def day_of(instant: pl.Expr, offset_minutes: int) -> pl.Expr:
    """Return the calendar day of an instant in UTC.

    >>> late = pl.lit("2024-05-01T23:30").str.to_datetime(time_zone="UTC")
    >>> pl.select(day_of(late, 60)).item()
    datetime.date(2024, 5, 2)
    """
    return (instant + pl.duration(minutes=offset_minutes)).dt.date()


def index_of(day: pl.Expr, period: str) -> pl.Expr:
    """Return a number for the period of a day; the next period has the next number.

    >>> days = pl.Series(["2023-12-31", "2024-01-01"]).str.to_date()
    >>> frame = pl.DataFrame({"day": days})
    >>> frame.select(step=index_of(pl.col("day"), "month").diff())["step"].to_list()
    [None, 1]
    """
    step_of(period)
    if period == "month":
        return day.dt.year().cast(pl.Int32) * 12 + day.dt.month()
    # Day 0 of the epoch is a Thursday: three days on, weeks divide evenly.
    days = day.cast(pl.Int32)
    return days if period == "day" else (days + 3) // 7


def periods_between(first: date, last: date, period: str) -> pl.DataFrame:
    """Return every period that has a day between two days, with its number and its ends.

    Returns:
        `index`, `period` (its first day), `ends` (its last day) and `complete`: whether it
        ends by the last day given.

    >>> from datetime import date
    >>> periods_between(date(2024, 1, 15), date(2024, 2, 29), "month").rows()
    [(24289, datetime.date(2024, 1, 1), datetime.date(2024, 1, 31), True), \
(24290, datetime.date(2024, 2, 1), datetime.date(2024, 2, 29), True)]
    """
    step = step_of(period)
    starts = pl.date_range(pl.lit(first).dt.truncate(step), pl.lit(last), step, eager=True)
    return (
        pl.DataFrame({"period": starts})
        .select(
            index_of(pl.col("period"), period).alias("index"),
            "period",
            ends=pl.col("period").dt.offset_by(step).dt.offset_by("-1d"),
        )
        .with_columns(complete=pl.col("ends") <= last)
    )
