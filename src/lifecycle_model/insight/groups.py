"""Groups of customers: by cohort, by a column of the log, or by a frame of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from lifecycle_model.errors import UnknownName
from lifecycle_model.insight.book import Book, Frame, polars_of
from lifecycle_model.insight.periods import day_of

if TYPE_CHECKING:
    from collections.abc import Sequence

COHORT: Final = "cohort"
UNKNOWN: Final = "unknown"
"""The group of customers for whom the column says nothing."""


def groups(book: Book, by: str | Frame | None) -> pl.DataFrame:
    """Return the group of every customer.

    Args:
        book: a folded log.
        by: None for one group of all; `cohort` for the month in which a customer was first
            seen; the name of a column of the log, of which each customer's first value counts;
            or a frame with `customer_id` and one more column.

    Returns:
        `customer` and `group`, in the order of the customers.

    Raises:
        UnknownName: the log has no such column, or the frame has no `customer_id`.

    >>> from lifecycle_model import Lifecycle
    >>> from lifecycle_model.insight.histories import of_histories
    >>> groups(of_histories([], Lifecycle()), "channel").columns
    ['customer', 'group']
    """
    everybody = book.customers.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("customer"),
        "customer_id",
        "first_event_at",
    )
    if by is None:
        return everybody.select("customer", pl.lit("all").alias("group"))
    if not isinstance(by, str):
        own = polars_of(by)
        name = _only_column(own.columns)
        known = own.select(
            pl.col("customer_id").cast(everybody.schema["customer_id"]),
            pl.col(name).cast(pl.String).alias("group"),
        ).unique("customer_id", keep="first", maintain_order=True)
        found = everybody.join(known, on="customer_id", how="left", maintain_order="left")
    elif by == COHORT:
        month = day_of(pl.col("first_event_at"), book.offset).dt.strftime("%Y-%m")
        found = everybody.with_columns(month.alias("group"))
    elif by in book.log.columns:
        first = (
            book.log.select(
                "customer", "occurred_at", pl.col(by).cast(pl.String).alias("group")
            )
            .filter(pl.col("group").is_not_null())
            .sort("occurred_at", maintain_order=True)
            .group_by("customer")
            .agg(pl.col("group").first())
        )
        found = everybody.join(first, on="customer", how="left", maintain_order="left")
    else:
        raise UnknownName("by", by, (COHORT, *book.log.columns))
    return found.select("customer", pl.col("group").fill_null(UNKNOWN))


def _only_column(columns: Sequence[str]) -> str:
    """Return the column beside `customer_id`.

    Raises:
        UnknownName: there is no `customer_id`, or not one column beside it.
    """
    others = [name for name in columns if name != "customer_id"]
    if "customer_id" not in columns or len(others) != 1:
        raise UnknownName("columns", ", ".join(columns), ("customer_id and one more",))
    return others[0]
