"""Where customers stand on each of some days, by all six values, and how they got there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from lifecycle_model.columnar import replay
from lifecycle_model.insight.book import Frame, end_of, known_at, polars_of
from lifecycle_model.insight.comparing import AXES
from lifecycle_model.insight.tables import Ratio, Table, with_ratios

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from lifecycle_model.lifecycle import Lifecycle

SHARE: Final = Ratio(
    "share", "customers", "known", "customers known at the end of the day", "nobody is known"
)
RATE: Final = Ratio(
    "rate",
    "customers",
    "stood",
    "customers who had the value before at the end of the first day",
    "nobody had the value before",
    interval=True,
)


@dataclass(frozen=True, slots=True)
class Standings:
    """Where customers stand on each of some days."""

    counts: Table
    """By `day`, `axis` and `value`: `customers`, `known` (all on that day), and the `share`."""
    flows: Table
    """From each day to the next, by `since`, `until`, `axis`, `before` and `after`:
    `customers`, `stood`, and the `rate`. `before` is null for who was first seen in between:
    no rate."""


def standings(log: Frame, lifecycle: Lifecycle, days: Iterable[date]) -> Standings:
    """Return where customers stand at the end of each day, and the flows between these days.

    Stage, funnel group, sales step and service state follow from facts that change with time,
    so the log is folded once for each day. What happened between two days and was undone is not
    seen; for the moves of situations and positions see `flows`.

    Args:
        log: events as columns.
        lifecycle: the rules and the policy.
        days: any days, in any order.
    """
    whole = polars_of(log)
    counts, flows = [_NO_COUNTS], [_NO_FLOWS]
    before: pl.DataFrame | None = None
    since: date | None = None
    for day in sorted(set(days)):
        end = end_of(day, lifecycle)
        now = replay(known_at(whole, end), lifecycle, as_of=end).customers.select(
            "customer_id", *[pl.col(axis).cast(pl.String) for axis in AXES]
        )
        counts += [_counted(now, axis, day) for axis in AXES]
        if before is not None:
            both = now.join(before, on="customer_id", how="left", suffix="_before")
            flows += [_flowed(both, axis, since, day) for axis in AXES]
        before, since = now, day
    return Standings(with_ratios(pl.concat(counts), SHARE), with_ratios(pl.concat(flows), RATE))


_NO_COUNTS: Final = pl.DataFrame(
    schema={
        "day": pl.Date,
        "axis": pl.String,
        "value": pl.String,
        "customers": pl.Int64,
        "known": pl.Int64,
    }
)
_NO_FLOWS: Final = pl.DataFrame(
    schema={
        "since": pl.Date,
        "until": pl.Date,
        "axis": pl.String,
        "before": pl.String,
        "after": pl.String,
        "customers": pl.Int64,
        "stood": pl.Int64,
    }
)


def _counted(now: pl.DataFrame, axis: str, day: date) -> pl.DataFrame:
    return (
        now.group_by(value=axis)
        .agg(customers=pl.len().cast(pl.Int64))
        .sort("value")
        .select(
            pl.lit(day).alias("day"),
            pl.lit(axis).alias("axis"),
            "value",
            "customers",
            known=pl.lit(now.height, pl.Int64),
        )
    )


def _flowed(both: pl.DataFrame, axis: str, since: date | None, until: date) -> pl.DataFrame:
    stood = pl.when(pl.col("before").is_not_null()).then(
        pl.col("customers").sum().over("before")
    )
    return (
        both.group_by(before=f"{axis}_before", after=axis)
        .agg(customers=pl.len().cast(pl.Int64))
        .sort("before", "after")
        .select(
            pl.lit(since).alias("since"),
            pl.lit(until).alias("until"),
            pl.lit(axis).alias("axis"),
            "before",
            "after",
            "customers",
            stood=stood,
        )
    )
