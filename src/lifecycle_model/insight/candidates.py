"""Behaviours before the first purchase: which of them most often lead to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from lifecycle_model.errors import TooFewDays
from lifecycle_model.events import KINDS
from lifecycle_model.insight.book import KIND, Book
from lifecycle_model.insight.cells import INSTANT, column
from lifecycle_model.insight.dense import least
from lifecycle_model.insight.intervals import newcombe
from lifecycle_model.insight.periods import day_of
from lifecycle_model.insight.tables import Ratio, Table, with_ratios

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_model.insight.dense import Type

_NOT_SHOWN: Final = ("purchase_completed", "time_passed", "action_taken")
"""Kinds that are no sign before a purchase."""

RATE: Final = Ratio(
    "rate",
    "bought",
    "showed",
    "customers who showed it before any purchase and were watched long enough",
    "nobody who showed it was watched long enough",
    interval=True,
)
OTHER_RATE: Final = Ratio(
    "other_rate",
    "others_bought",
    "others",
    "customers seen before any purchase who did not show it, watched long enough",
    "nobody who did not show it was watched long enough",
    interval=True,
)


@dataclass(frozen=True, slots=True)
class Behaviours:
    """What customers did before their first purchase, and how many bought."""

    days: int
    table: Table
    """By `kind` and `behaviour` (null but for `interest_shown`), the best first: `showed`,
    `bought`, `rate`, `others`, `others_bought`, `other_rate`, the `difference` of the rates
    with `difference_low` and `difference_high`, and `qualifies`: whether the policy's list has
    the behaviour."""
    candidates: tuple[str, ...]
    """The behaviours that raise the rate for certain (`difference_low` above 0), best first."""
    seen_first: int
    """Customers who were seen before any purchase: only they could show anything."""
    bought_first: int
    """Customers whose first event was a purchase; they are in no rate."""


def behaviours(book: Book, days: int) -> Behaviours:
    """Return which behaviours and events before the first purchase most often lead to one.

    For who showed it, the days count from the first time; for the others, from their first
    event. Who bought by the n-th day after bought; who did not, and is followed for less, is
    in neither rate. Rates have Wilson's interval, their difference Newcombe's, both 95 %. Rows
    are ranked by the lower end of the difference, so that a behaviour seen twice does not lead.
    It is association: who is about to buy may show more.

    Args:
        book: a folded log.
        days: n.

    Raises:
        TooFewDays: n is below 0.

    >>> from lifecycle_model import Lifecycle
    >>> from lifecycle_model.insight.histories import of_histories
    >>> behaviours(of_histories([], Lifecycle()), 30).candidates
    ()
    """
    if days < 0:
        raise TooFewDays(days, 0)
    people = _people(book)
    seen = people.filter(pl.col("seen"))
    shown = _shown(book, seen)
    last = pl.lit(book.last_day, pl.Date)
    marked = [_judged(frame, days, last) for frame in (shown, seen)]
    showed = (
        marked[0]
        .group_by("kind", "behaviour")
        .agg(showed=pl.len().cast(pl.Int64), bought=pl.col("bought").sum().cast(pl.Int64))
    )
    # The others are all who were seen, less those who showed it, each from the first event.
    themselves = (
        shown.select("customer", "kind", "behaviour")
        .join(marked[1].select("customer", "bought"), on="customer")
        .group_by("kind", "behaviour")
        .agg(own=pl.len().cast(pl.Int64), own_bought=pl.col("bought").sum().cast(pl.Int64))
    )
    everybody, all_bought = marked[1].height, int(marked[1]["bought"].sum())
    keys = ["kind", "behaviour"]
    frame = (
        shown.select(keys)
        .unique()
        .join(showed, on=keys, how="left", nulls_equal=True)
        .join(themselves, on=keys, how="left", nulls_equal=True)
        .with_columns(pl.col("showed", "bought", "own", "own_bought").fill_null(0))
        .select(
            *keys,
            "showed",
            "bought",
            others=everybody - pl.col("own"),
            others_bought=all_bought - pl.col("own_bought"),
        )
    )
    table = _ranked(frame, sorted(book.lifecycle.policy.qualifying_behaviours))
    better = table.frame.filter(
        pl.col("behaviour").is_not_null() & (pl.col("difference_low") > 0)
    )
    return Behaviours(
        days,
        table,
        tuple(better["behaviour"]),
        seen.height,
        people.height - seen.height,
    )


def _people(book: Book) -> pl.DataFrame:
    """Return when each customer was first seen and first bought."""
    bought = book.events("purchase_completed")
    size = book.customers.height
    before = pl.col("bought_at").is_null() | (pl.col("first_at") < pl.col("bought_at"))
    people = pl.DataFrame(
        {
            "first_at": book.customers["first_event_at"],
            "bought_at": least(bought["customer"], bought["occurred_at"], size),
        }
    ).with_row_index("customer")
    return people.filter(pl.col("first_at").is_not_null()).with_columns(
        from_day=day_of(pl.col("first_at"), book.offset),
        bought_day=day_of(pl.col("bought_at"), book.offset),
        seen=before,
    )


def _shown(book: Book, seen: pl.DataFrame) -> pl.DataFrame:
    """Return what each customer showed before any purchase, with the first day."""
    size = book.customers.height
    bought_at = pl.repeat(None, size, dtype=pl.Int64, eager=True).cast(INSTANT)
    bought_at = bought_at.scatter(seen["customer"], seen["bought_at"])
    told = [one for one in KINDS if one not in _NOT_SHOWN]
    signs = book.events(*told, also=("behaviour",))
    limit = bought_at.gather(signs["customer"])
    behaviour = column(signs, "behaviour")
    shown = signs.with_columns(
        pl.when(pl.col("kind") == "interest_shown").then(behaviour).alias("behaviour")
    ).filter(pl.select(limit.is_null() | (signs["occurred_at"] < limit)).to_series())
    first = [
        pl.DataFrame({"from_day": least(rows["customer"], rows["day"], size)})
        .with_row_index("customer")
        .filter(pl.col("from_day").is_not_null())
        .with_columns(kind=pl.lit(kind, KIND), behaviour=pl.lit(name, pl.String))
        for (kind, name), rows in shown.group_by("kind", "behaviour")
    ]
    schema: dict[str, Type] = {
        "customer": pl.UInt32,
        "from_day": pl.Date,
        "kind": KIND,
        "behaviour": pl.String,
    }
    return pl.concat([pl.DataFrame(schema=schema), *first]).join(
        seen.select("customer", "bought_day"), on="customer"
    )


def _judged(frame: pl.DataFrame, days: int, last: pl.Expr) -> pl.DataFrame:
    """Return the rows of which it is known whether a purchase followed in time."""
    until = pl.col("from_day") + pl.duration(days=days)
    bought = (pl.col("bought_day") <= until).fill_null(value=False)
    return frame.with_columns(bought=bought).filter(pl.col("bought") | (until <= last))


def _ranked(frame: pl.DataFrame, qualifying: Sequence[str]) -> Table:
    named = frame.with_columns(pl.col("kind", "behaviour").cast(pl.String))
    table = with_ratios(named, RATE, OTHER_RATE)
    low, high = newcombe(
        pl.col("bought"), pl.col("showed"), pl.col("others_bought"), pl.col("others")
    )
    both = (pl.col("showed") > 0) & (pl.col("others") > 0)
    ranked = table.frame.with_columns(
        difference=pl.when(both).then(pl.col("rate") - pl.col("other_rate")),
        difference_low=pl.when(both).then(low),
        difference_high=pl.when(both).then(high),
        difference_reason=pl.when(~both).then(pl.coalesce("rate_reason", "other_rate_reason")),
        qualifies=pl.col("behaviour").is_in(qualifying).fill_null(value=False),
    ).sort(
        ["difference_low", "kind", "behaviour"],
        descending=[True, False, False],
        nulls_last=True,
    )
    return Table(ranked, table.ratios)
