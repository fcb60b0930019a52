"""How well an order of customers tells who buys later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from lifecycle_model.states import Situation

if TYPE_CHECKING:
    from collections.abc import Sequence

RANK: Final = {
    Situation.NON_CUSTOMER.value: 0,
    Situation.POTENTIAL.value: 1,
    Situation.DISSATISFIED.value: 2,
    Situation.OCCASIONAL.value: 3,
    Situation.REGULAR.value: 4,
    Situation.PREFERRED.value: 5,
}
"""The order of the situations in which the model expects more."""

NOBODY: Final = "nobody bought later"
ALIKE: Final = "every customer has as many later purchase days: no order is better than another"


def normalised_gini(
    frame: pl.DataFrame, score: Sequence[str], outcome: str
) -> tuple[float | None, str | None]:
    """Return how near an order of customers comes to the perfect one, or why that is undefined.

    Customers are sorted by the score, the highest first. After each customer the share of the
    outcome gathered so far is noted; where several have one score, each of them adds their
    average. The area is the mean of these shares. The result is the area above one half over
    the same for the perfect order, which is sorted by the outcome itself: 1 is perfect, and
    with many customers chance comes near 0.

    Args:
        frame: one row a customer.
        score: the columns to sort by, the first one first; more is better in each.
        outcome: the column that counts what came, 0 or more.

    >>> frame = pl.DataFrame({"good": [3, 2, 1, 0], "bad": [0, 0, 0, 0], "later": [5, 3, 0, 0]})
    >>> normalised_gini(frame, ["good"], "later")
    (1.0, None)
    >>> round(normalised_gini(frame, ["bad"], "later")[0], 2)
    0.31
    """
    if not frame[outcome].sum():
        return None, NOBODY
    if frame[outcome].n_unique() == 1:
        return None, ALIKE
    perfect = area(frame, [outcome], outcome) - 0.5
    return (area(frame, score, outcome) - 0.5) / perfect, None


def area(frame: pl.DataFrame, score: Sequence[str], outcome: str) -> float:
    """Return the mean, over all customers in order, of the share gathered so far.

    >>> area(pl.DataFrame({"score": [2, 1], "later": [1, 0]}), ["score"], "later")
    1.0
    """
    found = gathered(frame, score, outcome)
    size, share = pl.col("customers"), pl.col("share")
    before = share.cum_sum() - share
    mean: float = found.select(
        (size * before + share * (size + 1) / 2).sum() / size.sum()
    ).item()
    return mean


def gathered(frame: pl.DataFrame, score: Sequence[str], outcome: str) -> pl.DataFrame:
    """Return the customers of each score, the highest first, with their share of the outcome.

    >>> frame = pl.DataFrame({"score": [1, 2, 1], "later": [1, 2, 1]})
    >>> gathered(frame, ["score"], "later").rows()
    [(1, 0.5), (2, 0.5)]
    """
    return (
        frame.group_by(score)
        .agg(customers=pl.len().cast(pl.Int64), gathered=pl.col(outcome).sum())
        .sort(score, descending=True)
        .select("customers", share=pl.col("gathered") / pl.col("gathered").sum())
    )


def quintile(column: str) -> pl.Expr:
    """Return the fifth, 1 to 5, in which a value lies; equal values lie in one fifth.

    >>> frame = pl.DataFrame({"spent": [1, 2, 3, 4, 5, 5]})
    >>> frame.select(quintile("spent"))["spent"].to_list()
    [1, 2, 3, 3, 5, 5]
    """
    place = pl.col(column).rank("average") - 0.5
    return (place * 5 / pl.len()).floor().cast(pl.Int64) + 1
