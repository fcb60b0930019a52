"""Stays: each time that a customer, or a decision, stood in one state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from lifecycle_model.insight.periods import day_of, index_of
from lifecycle_model.states import Axis

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecycle_model.insight.book import Book

STAY_KEYS: Final = {
    Axis.SITUATION: ("customer",),
    Axis.POSITION: ("customer", "opportunity_id"),
}
"""Whose stays they are."""


def stays(book: Book, axis: Axis = Axis.SITUATION) -> pl.DataFrame:
    """Return every stay in a state, by customer and in order.

    A customer's first stay is in the situation before the first move, from the first event on.
    Where the first event moved the customer at once there is no such stay: nobody ever was
    known there. A decision's first stay is the one that its first move ended; since nobody
    knows when it began, it has no length.

    Args:
        book: a folded log.
        axis: whose states.

    Returns:
        `customer` (and `opportunity_id`), `state`, `since`, `until` and `after` (both null
        where the stay goes on at the end), `by` (the kind that ended it), `since_day`,
        `until_day`, and `first`: whether it is the first stay of its customer or decision.

    >>> from lifecycle_model import Lifecycle
    >>> from lifecycle_model.insight.histories import of_histories
    >>> stays(of_histories([], Lifecycle())).height
    0
    """
    keys = STAY_KEYS[axis]
    moves = book.moves_on(axis)
    begun = moves.select(*keys, state="after", since="occurred_at", kind="kind")
    if axis == Axis.SITUATION:
        before = _first_stays(book, moves)
    else:
        before = moves.group_by(keys, maintain_order=True).agg(
            state=pl.col("before").first(),
            since=pl.col("occurred_at").first(),
            kind=pl.lit(None, pl.String),
        )
    begun = pl.concat([before, begun]).sort(keys, maintain_order=True)
    alike = pl.all_horizontal(pl.col(key) == pl.col(key).shift(-1) for key in keys)
    found = begun.with_columns(
        until=pl.when(alike).then(pl.col("since").shift(-1)),
        after=pl.when(alike).then(pl.col("state").shift(-1)),
        by=pl.when(alike).then(pl.col("kind").shift(-1)),
    )
    if axis == Axis.SITUATION:
        took_time = pl.col("until").ne_missing(pl.col("since"))
        found = found.filter(pl.col("kind").is_not_null() | took_time)
    follows = pl.all_horizontal(pl.col(key) == pl.col(key).shift(1) for key in keys)
    return found.drop("kind").with_columns(
        since_day=day_of(pl.col("since"), book.offset),
        until_day=day_of(pl.col("until"), book.offset),
        first=~follows.fill_null(value=False),
    )


def merge_stays(found: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    """Return the stays of customers in wider states, neighbours of one name made one.

    Args:
        found: stays in situations, by customer and in order.
        names: the wider state of each.
    """
    named = found.with_columns(pl.col("state").replace_strict(names, return_dtype=pl.String))
    before = pl.col("customer") == pl.col("customer").shift(1)
    begun = named.filter(
        ~(before & (pl.col("state") == pl.col("state").shift(1))).fill_null(value=False)
    )
    alike = pl.col("customer") == pl.col("customer").shift(-1)
    return begun.select(
        "customer",
        "state",
        "since",
        "since_day",
        until=pl.when(alike).then(pl.col("since").shift(-1)),
        until_day=pl.when(alike).then(pl.col("since_day").shift(-1)),
        after=pl.when(alike).then(pl.col("state").shift(-1)),
        first=~(pl.col("customer") == pl.col("customer").shift(1)).fill_null(value=False),
    )


def _first_stays(book: Book, moves: pl.DataFrame) -> pl.DataFrame:
    """Return where each customer stood before the first move."""
    before = moves.group_by("customer").agg(pl.col("before").first())
    everybody = book.customers.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("customer"),
        pl.col("situation").cast(pl.String),
        since="first_event_at",
    )
    return (
        everybody.join(before, on="customer", how="left")
        .filter(pl.col("since").is_not_null())
        .select(
            "customer",
            state=pl.coalesce("before", "situation"),
            since="since",
            kind=pl.lit(None, pl.String),
        )
    )


def standing_at_end(found: pl.DataFrame, index: pl.Expr, until_index: pl.Expr) -> pl.DataFrame:
    """Return the stays that hold the end of at least one period, with which.

    Args:
        found: as `stays` gives them.
        index: the number of the period in which a stay began.
        until_index: of the period in which it ended; what comes after the last one that counts
            where it goes on.

    Returns:
        The stays with `from_index`, the first period at whose end it went on, and `ends`, how
        many there are.
    """
    return found.with_columns(from_index=index, ends=until_index - index).filter(
        pl.col("ends") > 0
    )


def touched_periods(book: Book, found: pl.DataFrame, period: str) -> pl.DataFrame:
    """Return the stays with the first and the last period that each touches.

    A stay touches the period in which it ended, also where that was its first instant: so
    whoever moved in a period was at risk in it.

    Args:
        book: a folded log.
        found: stays of it.
        period: `day`, `week` or `month`.

    Returns:
        The stays with `from_index` and `to_index`.
    """
    last = max(book.periods(period)["index"], default=0)
    return found.with_columns(
        from_index=index_of(pl.col("since_day"), period),
        to_index=index_of(pl.col("until_day"), period).fill_null(last),
    )


def count_met(touched: pl.DataFrame, keys: Sequence[str], group: str) -> pl.DataFrame:
    """Return how many were met in each state, at any time in each period.

    Args:
        touched: as `touched_periods` gives it, each one's stays in order.
        keys: who is counted once, for example `customer`.
        group: the column of the states.

    Returns:
        `group`, `index` and `met`; a period that has none may be missing.
    """
    ordered = touched.sort([*keys, group], maintain_order=True)
    again = pl.all_horizontal(pl.col(key) == pl.col(key).shift(1) for key in (*keys, group))
    # A return within the period of the last leave is the same one met again.
    met = (pl.col("from_index") == pl.col("to_index").shift(1)) & again
    spans = ordered.select(
        group,
        start=pl.col("from_index") + met.fill_null(value=False).cast(pl.Int32),
        end=pl.col("to_index") + 1,
    ).filter(pl.col("start") < pl.col("end"))
    return count_open(spans, group).rename({"open": "met"})


def count_open(spans: pl.DataFrame, group: str) -> pl.DataFrame:
    """Return how many spans of each group are open at each whole number.

    Args:
        spans: `group`, `start` and `end`, whole numbers; a span is open from its start to
            before its end.
        group: the column of the groups.

    Returns:
        `group`, `index` and `open`, for every number from the first start to the last end.

    >>> spans = pl.DataFrame({"state": ["a", "a"], "start": [0, 1], "end": [2, 3]})
    >>> count_open(spans, "state")["open"].to_list()
    [1, 2, 1]
    """
    if spans.is_empty():
        return pl.DataFrame(schema={group: pl.String, "index": pl.Int32, "open": pl.Int64})
    one = pl.len().cast(pl.Int64)
    steps = pl.concat(
        [
            spans.group_by(group, index=pl.col("start").cast(pl.Int32)).agg(step=one),
            spans.group_by(group, index=pl.col("end").cast(pl.Int32)).agg(step=-one),
        ]
    )
    first, last = min(steps["index"]), max(steps["index"])
    every = pl.DataFrame({"index": range(first, last)}, {"index": pl.Int32})
    summed = steps.group_by(group, "index").agg(pl.col("step").sum())
    return (
        spans.select(pl.col(group).unique())
        .join(every, how="cross")
        .join(summed, on=[group, "index"], how="left")
        .sort(group, "index")
        .select(group, "index", open=pl.col("step").fill_null(0).cum_sum().over(group))
    )
