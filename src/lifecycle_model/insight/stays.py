"""Stays: each time that a customer, or a decision, stood in one state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from lifecycle_model.insight.book import STATE
from lifecycle_model.insight.dense import nearly_sorted, recoded
from lifecycle_model.insight.periods import day_of, index_of
from lifecycle_model.states import Axis

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_model.insight.book import Book


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
        `customer`, `owner` (a number for the customer, or for the decision), `state`, `since`
        and its `since_day`, `until`, its `until_day` and `after` (null where the stay goes on
        at the end), and `first`: whether it is the first of its owner.

    >>> from lifecycle_model import Lifecycle
    >>> from lifecycle_model.insight.histories import of_histories
    >>> stays(of_histories([], Lifecycle())).height
    0
    """
    moves = owned_moves(book, axis)
    first = _before_first_moves(book, moves) if axis == Axis.SITUATION else _opened(moves)
    begun = moves.select(
        "customer", "owner", state="after", since="occurred_at", since_day="day"
    )
    found = _inserted(first, begun)
    goes_on = pl.col("owner") == pl.col("owner").shift(-1)
    found = found.with_columns(
        pl.when(goes_on).then(pl.col("since").shift(-1)).alias("until"),
        pl.when(goes_on).then(pl.col("since_day").shift(-1)).alias("until_day"),
        pl.when(goes_on).then(pl.col("state").shift(-1)).alias("after"),
        first=(pl.col("owner") != pl.col("owner").shift(1)).fill_null(value=True),
    )
    if axis == Axis.POSITION:
        return found
    # The first stay of a customer whom the first event moved, and customers without events.
    at_once = pl.col("first") & (pl.col("until") == pl.col("since")).fill_null(value=False)
    found = found.with_columns(never=at_once | pl.col("since").is_null())
    begins = pl.col("first") | pl.col("never").shift(1, fill_value=False)
    return found.with_columns(first=begins).filter(~pl.col("never")).drop("never")


def owned_moves(book: Book, axis: Axis) -> pl.DataFrame:
    """Return the moves of an axis, by `owner` and in order: the customer, or the decision."""
    moves = book.moves_on(axis)
    if axis == Axis.SITUATION:
        return moves.with_columns(owner=pl.col("customer").cast(pl.Int64)).with_columns(
            pl.col("owner").set_sorted()
        )
    decision = pl.col("opportunity_id").cast(pl.Categorical).to_physical().cast(pl.Int64)
    pair = pl.col("customer").cast(pl.Int64) * 2**32 + decision
    ordered = moves.with_columns(pair=pair)
    ordered = ordered[nearly_sorted(ordered["pair"])]
    begins = (pl.col("pair") != pl.col("pair").shift(1)).fill_null(value=True)
    owner = begins.cast(pl.Int64).cum_sum() - 1
    return ordered.with_columns(owner=owner.set_sorted()).drop("pair")


def _before_first_moves(book: Book, moves: pl.DataFrame) -> pl.DataFrame:
    """Return where each customer stood before the first move."""
    changed = moves.filter((pl.col("owner") != pl.col("owner").shift(1)).fill_null(value=True))
    owner = pl.int_range(pl.len(), dtype=pl.Int64)
    everybody = book.customers.select(
        owner.cast(pl.UInt32).alias("customer"),
        owner.alias("owner"),
        pl.col("situation").cast(pl.String).cast(STATE),
        pl.col("first_event_at").alias("since"),
        day_of(pl.col("first_event_at"), book.offset).alias("since_day"),
    )
    return everybody.join(
        changed.select("owner", "before"), on="owner", how="left", maintain_order="left"
    ).select(
        "customer",
        "owner",
        pl.coalesce("before", "situation").alias("state"),
        "since",
        "since_day",
    )


def _opened(moves: pl.DataFrame) -> pl.DataFrame:
    """Return the state that each decision's first move left, at the moment of the move."""
    first = (pl.col("owner") != pl.col("owner").shift(1)).fill_null(value=True)
    return moves.filter(first).select(
        "customer", "owner", state="before", since="occurred_at", since_day="day"
    )


def _inserted(first: pl.DataFrame, begun: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of both, each owner's first one before the others.

    Args:
        first: one row for each owner, 0, 1, ..
        begun: any rows, by owner.
    """
    owners, rows = first.height, begun.height
    owner = begun["owner"].to_numpy()
    starts = np.searchsorted(owner, np.arange(owners))
    order = np.empty(owners + rows, dtype=np.uint32)
    order[starts + np.arange(owners)] = np.arange(owners)
    order[np.arange(rows) + owner + 1] = owners + np.arange(rows)
    return pl.concat([first, begun])[order].with_columns(pl.col("owner").set_sorted())


def merge_stays(found: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    """Return the stays of customers in wider states, neighbours of one name made one.

    Args:
        found: stays in situations, by customer and in order.
        names: the wider state of each.
    """
    wider = pl.Enum(sorted(set(names.values())))
    named = found.with_columns(recoded(found["state"], names, wider).alias("state"))
    stays_on = (pl.col("customer") == pl.col("customer").shift(1)) & (
        pl.col("state") == pl.col("state").shift(1)
    )
    begun = named.filter(~stays_on.fill_null(value=False))
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


def count_met(touched: pl.DataFrame) -> pl.DataFrame:
    """Return how many owners were met in each state, at any time in each period.

    Args:
        touched: as `touched_periods` gives it, each owner's stays in order.

    Returns:
        `state`, `index` and `met`; a period that has none may be missing.
    """
    code = pl.col("state").cast(STATE).to_physical().cast(pl.Int64)
    narrow = touched.select("state", "from_index", "to_index", key=pl.col("owner") * 16 + code)
    ordered = narrow[nearly_sorted(narrow["key"])]
    # A return within the period of the last leave is the same one met again.
    met = (pl.col("key") == pl.col("key").shift(1)) & (
        pl.col("from_index") == pl.col("to_index").shift(1)
    )
    spans = ordered.select(
        "state",
        start=pl.col("from_index") + met.fill_null(value=False).cast(pl.Int32),
        end=pl.col("to_index") + 1,
    ).filter(pl.col("start") < pl.col("end"))
    return count_open(spans, "state").rename({"open": "met"})


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
        return pl.DataFrame(
            schema={group: spans.schema[group], "index": pl.Int32, "open": pl.Int64}
        )
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
