"""The funnel: who stands where, who comes and goes, who converts and how long it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from lifecycle_model.insight.dense import NONE, last_row, least_row
from lifecycle_model.insight.groups import groups
from lifecycle_model.insight.stays import merge_stays, stays
from lifecycle_model.insight.survival import quartiles, survival_curve
from lifecycle_model.insight.tables import Ratio, Table, columns_of
from lifecycle_model.states import FunnelGroup, Situation

if TYPE_CHECKING:
    from datetime import date

    from lifecycle_model.insight.book import Book, Frame

SUSPECTS: Final = (Situation.NON_CUSTOMER.value,)
PROSPECTS: Final = (Situation.POTENTIAL.value,)
ACTIVE: Final = (
    Situation.OCCASIONAL.value,
    Situation.REGULAR.value,
    Situation.PREFERRED.value,
)
CUSTOMERS: Final = (*ACTIVE, Situation.DISSATISFIED.value)

GROUP_OF: Final = {
    **dict.fromkeys(SUSPECTS, FunnelGroup.SUSPECT.value),
    **dict.fromkeys(PROSPECTS, FunnelGroup.PROSPECT.value),
    **dict.fromkeys(CUSTOMERS, FunnelGroup.CUSTOMER.value),
}
"""The funnel group of each situation."""

STEPS: Final = {
    "suspect to prospect": (SUSPECTS, PROSPECTS),
    "suspect to customer": (SUSPECTS, CUSTOMERS),
    "prospect to customer": (PROSPECTS, CUSTOMERS),
    "occasional to regular": (ACTIVE[:1], ACTIVE[1:2]),
    "regular to preferred": (ACTIVE[1:2], ACTIVE[2:]),
    "dissatisfied to recovered": (CUSTOMERS[-1:], ACTIVE),
    "customer to lost": (CUSTOMERS, SUSPECTS),
}
"""From which situations to which; also by others in between."""

SHARE: Final = Ratio(
    "share", "at_end", "known", "customers known at the end", "nobody is known"
)
CONVERSION: Final = Ratio(
    "conversion",
    "converted",
    "at_risk",
    "customers who stood in the source at any time in the period",
    "nobody stood in the source in the period",
    interval=True,
)


@dataclass(frozen=True, slots=True)
class Funnel:
    """Who stands where, who comes and goes, and who converts."""

    since: date | None
    until: date | None
    """The first and the last day of the period; None without events."""
    standing: Table
    """By `group`, and by `level` (`funnel_group` or `situation`) and `state`: `at_start`,
    `appeared` (were first seen there), `entered`, `left`, `at_end`, and the `share`. What stood
    at the start, appeared and entered, less what left, stands at the end."""
    steps: Table
    """By `group` and `step`: `at_risk`, `converted` and the `conversion`; and of those who
    first stood in the source in the period: `cases`, `ended` (converted, up to the end of the
    book) and the quartiles of the days that it took."""


def funnel(
    book: Book,
    since: date | None = None,
    until: date | None = None,
    *,
    by: str | Frame | None = None,
) -> Funnel:
    """Return the funnel of a period: suspects, prospects, customers and the six situations.

    At risk of a step is who stood in its source at any time in the period. Converted is who of
    these entered its target later in the period, straight or by way of other situations. The
    days are counted from the first time that a customer ever stood in the source, where that
    lies in the period, to the first time in the target after it; who has not converted by the
    end of the book is censored there, whatever else happened (Kaplan-Meier, see
    `survival_curve`).

    Args:
        book: a folded log.
        since: the first day of the period; the log's first where not given.
        until: its last day; the book's last where not given. For the standing on one day give
            it as both.
        by: one funnel for each group of customers; see `groups`.

    Raises:
        UnknownName: the log has no such column.

    >>> from lifecycle_model import Lifecycle
    >>> from lifecycle_model.insight.histories import of_histories
    >>> funnel(of_histories([], Lifecycle())).steps.frame.height
    0
    """
    start, end = since or book.first_day, until or book.last_day
    found = stays(book)
    group = groups(book, by)["group"]
    owner = group.cast(pl.Enum(group.unique().sort()))
    span = (pl.lit(start, pl.Date), pl.lit(end, pl.Date))
    return Funnel(start, end, _standing(found, owner, *span), _steps(found, owner, book, *span))


def _standing(found: pl.DataFrame, owner: pl.Series, start: pl.Expr, end: pl.Expr) -> Table:
    levels = {
        "funnel_group": (merge_stays(found, GROUP_OF), tuple(FunnelGroup)),
        "situation": (found, tuple(Situation)),
    }
    since, until = pl.col("since_day"), pl.col("until_day")
    begun, over = since.is_between(start, end), until.is_between(start, end)
    parts = {
        "at_start": (since < start) & (until.is_null() | (until >= start)),
        "appeared": begun & pl.col("first"),
        "entered": begun & ~pl.col("first"),
        "left": over,
        "at_end": (since <= end) & (until.is_null() | (until > end)),
    }
    frames = []
    for level, (spans, states) in levels.items():
        names = (
            pl.Series("state", states, pl.String)
            .cast(spans.schema["state"])
            .to_frame()
            .with_row_index("_place")
        )
        counts = (
            spans.with_columns(owner.gather(spans["customer"]))
            .group_by("group", "state")
            .agg(
                holds.fill_null(value=False).sum().cast(pl.Int64).alias(name)
                for name, holds in parts.items()
            )
        )
        frames.append(
            owner.unique()
            .to_frame()
            .join(names.select(pl.lit(level).alias("level"), "state", "_place"), how="cross")
            .join(counts, on=["group", "state"], how="left")
            .with_columns(pl.col("state").cast(pl.String), pl.col(*parts).fill_null(0))
        )
    frame = (
        pl.concat(frames)
        .sort("group", "level", "_place")
        .drop("_place")
        .with_columns(
            pl.col("group").cast(pl.String),
            known=pl.col("at_end").sum().over("group", "level"),
        )
    )
    return Table(frame.with_columns(columns_of([SHARE])), (SHARE,))


def _steps(
    found: pl.DataFrame, owner: pl.Series, book: Book, start: pl.Expr, end: pl.Expr
) -> Table:
    begun = pl.col("since_day") <= end
    touched = begun & (pl.col("until_day").is_null() | (pl.col("until_day") >= start))
    marks = found.select(
        "customer",
        "since_day",
        begun=begun,
        touched=touched.fill_null(value=False),
        state="state",
    )
    people = pl.concat(
        _people(marks, sources, targets, owner).with_columns(step=pl.lit(step))
        for step, (sources, targets) in STEPS.items()
    )
    keys = ["group", "step"]
    counts = (
        people.filter("at_risk")
        .group_by(keys)
        .agg(
            at_risk=pl.len().cast(pl.Int64), converted=pl.col("converted").sum().cast(pl.Int64)
        )
    )
    last = pl.lit(book.last_day, pl.Date)
    timed = people.filter(pl.col("from_day").is_between(start, end)).select(
        *keys,
        days=(pl.coalesce("reached_day", last) - pl.col("from_day")).dt.total_days(),
        ended=pl.col("reached_day").is_not_null(),
    )
    names = pl.DataFrame({"step": list(STEPS)}).with_row_index("_place")
    frame = owner.unique().to_frame().join(names, how="cross")
    for one in (counts, quartiles(survival_curve(timed, keys), keys)):
        frame = frame.join(one, on=keys, how="left")
    frame = frame.sort("group", "_place").drop("_place")
    frame = frame.with_columns(
        pl.col("group").cast(pl.String),
        pl.col("at_risk", "converted", "cases", "ended").fill_null(0),
        pl.when(pl.col("cases").is_null())
        .then(pl.lit("nobody first stood in the source in the period"))
        .otherwise(pl.col("^.*_reason$"))
        .name.keep(),
    )
    return Table(frame.with_columns(columns_of([CONVERSION])), (CONVERSION,))


def _people(
    marks: pl.DataFrame, sources: tuple[str, ...], targets: tuple[str, ...], owner: pl.Series
) -> pl.DataFrame:
    """Return who ever stood in the sources.

    Args:
        marks: the stays, by customer and in order, with what they `touched` and what had
            `begun` by the end of the period.
        sources: the states to come from.
        targets: the states to go to.
        owner: the group of each customer.

    Returns:
        `group`; whether the customer was `at_risk` in the period and `converted`; `from_day`,
        when first in the sources, and `reached_day`, when first in the targets after that.
    """
    state = marks["state"]
    customer, size = marks["customer"].to_numpy(), len(owner)
    there, reached = (state.is_in(names).to_numpy() for names in (sources, targets))
    first = least_row(customer, there, size)
    source = least_row(customer, there & marks["touched"].to_numpy(), size)
    target = last_row(customer, reached & marks["begun"].to_numpy(), size)
    after = reached & (np.arange(len(customer)) > first[customer])
    rows = pl.DataFrame(
        {
            "group": owner,
            "at_risk": source != NONE,
            "converted": target > source,
            "first": first,
            "after": least_row(customer, after, size),
        }
    )
    met = rows.filter(pl.col("first") != NONE).with_columns(
        pl.when(pl.col("after") != NONE).then("after")
    )
    days = marks["since_day"]
    return met.select(
        "group",
        "at_risk",
        "converted",
        days.gather(met["first"]).alias("from_day"),
        days.gather(met["after"]).alias("reached_day"),
    )
