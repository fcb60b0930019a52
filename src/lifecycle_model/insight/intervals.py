"""Intervals for shares and their differences, in closed form, at 95 %."""

from __future__ import annotations

from typing import Final

import polars as pl

Z: Final = 1.959963984540054
"""The 97.5 % point of the normal distribution."""


def wilson(hits: pl.Expr, of: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return both ends of Wilson's score interval for a share; null where `of` is 0.

    E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
    Journal of the American Statistical Association 22 (1927).

    >>> low, high = wilson(pl.col("hits"), pl.col("of"))
    >>> frame = pl.DataFrame({"hits": [0], "of": [10]})
    >>> frame.select(low=low.round(4), high=high.round(4)).row(0)
    (0.0, 0.2775)
    """
    share = pl.when(of != 0).then(hits / of)
    centre = (share + Z**2 / (2 * of)) / (1 + Z**2 / of)
    reach = (share * (1 - share) / of + Z**2 / (4 * of**2)).sqrt() * Z / (1 + Z**2 / of)
    return (centre - reach).clip(0, 1), (centre + reach).clip(0, 1)


def newcombe(
    hits: pl.Expr, of: pl.Expr, other_hits: pl.Expr, other_of: pl.Expr
) -> tuple[pl.Expr, pl.Expr]:
    """Return both ends of the interval for one share less another of other people.

    It joins both Wilson intervals: R. G. Newcombe, "Interval Estimation for the Difference
    Between Independent Proportions", Statistics in Medicine 17 (1998), method 10.

    >>> low, high = newcombe(pl.lit(56), pl.lit(70), pl.lit(48), pl.lit(80))
    >>> pl.select(low=low.round(4), high=high.round(4)).row(0)
    (0.0524, 0.3339)
    """
    share, other = hits / of, other_hits / other_of
    low, high = wilson(hits, of)
    other_low, other_high = wilson(other_hits, other_of)
    difference = share - other
    down = ((share - low) ** 2 + (other_high - other) ** 2).sqrt()
    up = ((high - share) ** 2 + (other - other_low) ** 2).sqrt()
    return difference - down, difference + up


def bonett_price(more: pl.Expr, less: pl.Expr, of: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return both ends of the interval for one share less another of the same people.

    D. G. Bonett and R. M. Price, "Adjusted Wald Confidence Interval for a Difference of
    Binomial Proportions Based on Paired Data", Journal of Educational and Behavioral
    Statistics 37 (2012): one is added to both counts and two to their total, so it keeps a
    width where all answers are alike.

    >>> low, high = bonett_price(pl.lit(3), pl.lit(2), pl.lit(10))
    >>> pl.select(low=low.round(4), high=high.round(4)).row(0)
    (-0.3462, 0.5129)
    """
    total = of + 2
    up, down = (more + 1) / total, (less + 1) / total
    reach = ((up + down - (up - down) ** 2) / total).sqrt() * Z
    return (up - down - reach).clip(-1, 1), (up - down + reach).clip(-1, 1)
