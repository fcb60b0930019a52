"""Purchases to come, from the pace at which a log's own customers cooled so far."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

_STEPS: Final = 60
"""Halvings of an interval of width 1 until no double lies inside."""


def cooling_exponent(repeat_ages: pl.Series, ages: pl.Series) -> float:
    """Return the exponent of the power law by which repeat purchases of customers thin out.

    A customer's expected repeat purchases up to age t are proportional to t^b. The likelihood
    is that of a power law process over systems watched for different times: L. H. Crow,
    "Reliability Analysis for Complex, Repairable Systems" (1974): b solves
    N / b + sum ln t = N (sum T^b ln T) / (sum T^b). Above 1 customers would buy faster the
    longer they are customers, for ever; so 1, a steady pace, is the most.

    Args:
        repeat_ages: t, the days from the first purchase day to each further one, above 0.
        ages: T, the days from the first purchase day to the end, one a customer.

    >>> steady = pl.Series([10, 20, 30, 40]), pl.Series([40])
    >>> cooling_exponent(*steady)
    1.0
    >>> round(cooling_exponent(pl.Series([1, 2, 4, 8]), pl.Series([40])), 2)
    0.38
    """
    repeats = len(repeat_ages)
    if not repeats:
        return 1.0
    held = ages.filter(ages > 0).value_counts()
    whole = held.get_column(held.columns[0]).to_numpy().astype(np.float64)
    weight = held["count"].to_numpy()
    logs = float(np.log(repeat_ages.to_numpy().astype(np.float64)).sum())

    def slope(b: float) -> float:
        """Return the slope of the likelihood, which falls as b grows."""
        power = weight * whole**b
        return repeats / b + logs - repeats * float((power * np.log(whole)).sum() / power.sum())

    low, high = 0.0, 1.0
    if slope(high) >= 0:
        return high
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    return high


def forecast_of(
    earlier: pl.DataFrame, now: pl.DataFrame, *, watched: int, horizon: int, exponent: float
) -> pl.DataFrame:
    """Return the purchase days that each class of customers is expected to have.

    The log's own earlier period gives all of it. The customers as they stood then were watched
    for some days: so many purchase days came for each unit of t^b that the customers aged.
    Those of today age too: in all they have as many for each unit. The total is divided among
    the classes by each one's own earlier pace.

    Args:
        earlier: one row a buyer of then: `state`, `age` in days, and `purchase_days` while
            watched.
        now: one row a buyer of today: `state` and `age`.
        watched: for how many days the earlier ones were.
        horizon: how many days are to come.
        exponent: b, as `cooling_exponent` gives it.

    Returns:
        `state`, `customers` and `expected`, and `reason` where a class has no earlier pace of
        its own and the common one was taken.

    >>> then = pl.DataFrame({"state": ["a", "b"], "age": [0, 0], "purchase_days": [3, 1]})
    >>> today = pl.DataFrame({"state": ["a", "b"], "age": [10, 10]})
    >>> forecast_of(then, today, watched=10, horizon=20, exponent=1.0).rows()
    [('a', 1, 6.0, None), ('b', 1, 2.0, None)]
    """
    paced = _by_state(earlier, watched, exponent).join(
        earlier.group_by("state").agg(came=pl.col("purchase_days").sum()), on="state"
    )
    aged = float(paced["exposure"].sum())
    common = float(paced["came"].sum()) / aged if aged else 0.0
    found = _by_state(now, horizon, exponent).join(
        paced.select("state", pace=pl.col("came") / pl.col("exposure")), on="state", how="left"
    )
    own = pl.col("pace").is_not_null()
    share = pl.col("exposure") * pl.when(own).then(pl.col("pace")).otherwise(common)
    total = float(found["exposure"].sum()) * common
    return found.select(
        "state",
        "customers",
        expected=pl.when(share.sum() > 0).then(share * total / share.sum()).otherwise(0.0),
        reason=pl.when(~own).then(pl.lit("nobody stood there earlier: the common pace")),
    ).sort("state")


def _by_state(frame: pl.DataFrame, days: int, exponent: float) -> pl.DataFrame:
    """Return the customers of each state, and by how much of t^b they age in some days."""
    age = pl.col("age").cast(pl.Float64)
    aged = (age + days) ** exponent - age**exponent
    return frame.group_by("state").agg(customers=pl.len().cast(pl.Int64), exposure=aged.sum())
