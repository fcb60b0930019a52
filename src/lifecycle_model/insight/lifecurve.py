"""The lifecycle curve: what customers bring against the time of the relationship."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from lifecycle_model.errors import TooFewDays
from lifecycle_model.insight.cells import UNITS, money
from lifecycle_model.insight.dense import last_upto, least
from lifecycle_model.insight.stays import count_open, stays
from lifecycle_model.insight.tables import Ratio, Table, with_ratios

if TYPE_CHECKING:
    from lifecycle_model.insight.book import Book

EACH: Final = Ratio(
    "revenue_each",
    "revenue",
    "customers",
    "customers who have bought and were followed through the whole block",
    "nobody was followed so long",
)
ACTIVE: Final = Ratio("share_active", "active", "customers", EACH.of, EACH.none, interval=True)


@dataclass(frozen=True, slots=True)
class Tenure:
    """What customers bring, block by block of the time since their first purchase."""

    days: int
    """The length of a block: block 0 begins with the day of the first purchase."""
    curve: Table
    """By `block`: `customers`, the net `revenue`, how many were `active` (bought), and what
    each brought; `cumulative_each` adds the blocks up."""
    by_situation: Table
    """The same by `situation` at the beginning of the block; after the first purchase of its
    day, for block 0."""
    by_stage: Table
    """The same by `stage` at the end of the book."""


def tenure(book: Book, days: int = 30) -> Tenure:
    """Return the lifecycle curve: revenue per customer over the time since the first purchase.

    A customer is in a block only if it is over: all are followed through all of it. So later
    blocks are of fewer, older customers. Revenue is net: reversals count on their own day.

    Args:
        book: a folded log, with amounts in one currency.
        days: how long a block is, from 1.

    Raises:
        TooFewDays: `days` is below 1.
        MixedCurrencies: the amounts are in several currencies.

    >>> from lifecycle_model import Lifecycle
    >>> from lifecycle_model.insight.histories import of_histories
    >>> tenure(of_histories([], Lifecycle())).curve.frame.height
    0
    """
    book.require_one_currency()
    if days < 1:
        raise TooFewDays(days, 1)
    people = _people(book, days)
    booked = _booked(book, people, days)
    spans = people.select("stage", all=pl.lit("all"), start=pl.lit(0), end="blocks")
    whole = _table(spans, booked.with_columns(all=pl.lit("all")), "all")
    curve = whole.frame.drop("all").with_columns(
        cumulative_each=pl.col("revenue_each").cum_sum()
    )
    held = _held(book, people, days)
    return Tenure(
        days,
        Table(curve, whole.ratios),
        _table(held, _with_situation(booked, held), "situation"),
        _table(spans, booked, "stage"),
    )


def _people(book: Book, days: int) -> pl.DataFrame:
    """Return who has bought: the day of the first purchase, and how many blocks are over."""
    bought = book.events("purchase_completed")
    first = least(bought["customer"], bought["day"], book.customers.height)
    followed = (pl.lit(book.last_day, pl.Date) - pl.col("first_day")).dt.total_days() + 1
    return (
        book.customers.select(pl.col("stage").cast(pl.String), first.alias("first_day"))
        .with_row_index("customer")
        .with_columns(blocks=(followed // days).fill_null(0))
    )


def _booked(book: Book, people: pl.DataFrame, days: int) -> pl.DataFrame:
    """Return what was booked in complete blocks: one row an amount.

    `began` is the day on which the block did, and `active` is the customer's number where the
    row is the first purchase of the block.
    """
    events = book.events("purchase_completed", "purchase_reversed", also=("amount",))
    bought = pl.col("kind") == "purchase_completed"
    customer = events["customer"]
    rows = events.select("customer", "day", bought.alias("bought"), money(events)).with_columns(
        one.gather(customer) for one in people.select("stage", "first_day", "blocks")
    )
    block = (pl.col("day") - pl.col("first_day")).dt.total_days() // days
    rows = rows.with_columns(block=block).filter(
        (pl.col("block") >= 0) & (pl.col("block") < pl.col("blocks"))
    )
    # Purchases of one block stand together, so that the first of each can be told.
    key = pl.col("customer").cast(pl.Int64) * 2**24 + pl.col("block") * 2 + ~pl.col("bought")
    rows = rows.with_columns(key=key).sort("key")
    first = (pl.col("key") != pl.col("key").shift(1)).fill_null(value=True)
    return rows.select(
        "customer",
        "stage",
        "block",
        began=pl.col("first_day") + pl.duration(days=pl.col("block") * days),
        units=pl.when("bought").then(pl.col("amount")).otherwise(-pl.col("amount")),
        active=first & pl.col("bought"),
    )


def _held(book: Book, people: pl.DataFrame, days: int) -> pl.DataFrame:
    """Return in which blocks each situation was held at the end of the first day."""
    found = stays(book)

    def block_from(day: str) -> pl.Expr:
        """Return the first block that begins on a day or after it."""
        return ((pl.col(day) - pl.col("first_day")).dt.total_days() + days - 1) // days

    return (
        found.select("customer", "since_day", "until_day", situation="state")
        .with_columns(
            one.gather(found["customer"]) for one in people.select("first_day", "blocks")
        )
        .filter(pl.col("blocks") > 0)
        .select(
            "customer",
            pl.col("situation").cast(pl.String),
            "since_day",
            start=block_from("since_day").clip(lower_bound=0),
            end=pl.min_horizontal(block_from("until_day"), "blocks"),
        )
    )


def _with_situation(booked: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Return what was booked with the situation in which the block began."""
    row = last_upto(held["customer"], held["since_day"], booked["customer"], booked["began"])
    return booked.with_columns(held["situation"].gather(row))


def _table(spans: pl.DataFrame, booked: pl.DataFrame, by: str) -> Table:
    brought = booked.group_by(by, index=pl.col("block").cast(pl.Int32)).agg(
        active=pl.col("active").sum().cast(pl.Int64),
        revenue=pl.col("units").sum() / UNITS,
    )
    frame = (
        count_open(spans.filter(pl.col("start") < pl.col("end")), by)
        .filter(pl.col("open") > 0)
        .join(brought, on=[by, "index"], how="left", maintain_order="left")
        .select(
            by,
            block="index",
            customers="open",
            active=pl.col("active").fill_null(0),
            revenue=pl.col("revenue").fill_null(0),
        )
    )
    return with_ratios(frame, EACH, ACTIVE)
