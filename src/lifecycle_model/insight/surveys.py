"""Satisfaction: what customers say, complain of, and whether they come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from lifecycle_model.insight.cells import column
from lifecycle_model.insight.conversion import CUSTOMERS
from lifecycle_model.insight.intervals import bonett_price
from lifecycle_model.insight.periods import index_of
from lifecycle_model.insight.stays import count_met, stays, touched_periods
from lifecycle_model.insight.survival import quartiles, survival_curve
from lifecycle_model.insight.tables import Ratio, Table, with_ratios
from lifecycle_model.states import Situation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lifecycle_model.insight.book import Book

PROMOTER: Final = 9
DETRACTOR: Final = 6
"""The usual reading of a scale from 0 to 10; the policy's thresholds do not change it."""

NPS: Final = Ratio("nps", "net", "answers", "survey answers", "nobody answered", per=100)
COMPLAINTS: Final = Ratio(
    "complaints_per_1000",
    "complaints",
    "customers",
    "customers at any time in the period: occasional, regular, preferred or dissatisfied",
    "nobody was a customer",
    per=1000,
)
RECOVERY: Final = Ratio(
    "recovery_rate",
    "recovered",
    "ended",
    "dissatisfactions that ended in the period",
    "no dissatisfaction ended",
    interval=True,
)


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """What customers say, complain of, and whether they come back."""

    nps: Table
    """By period, and `all` in the last row (`period` null): `answers`, `promoters`, `passives`,
    `detractors`, `net` (promoters less detractors) and `nps` with `nps_low` and `nps_high`."""
    complaints: Table
    """By period: `complaints` opened by its customers, `customers`, and how many per 1,000."""
    to_resolve: pl.DataFrame
    """One row: `cases` (complaints), `ended` (resolved), and the quartiles of the days until a
    complaint was closed; those still open, opened again or ended by a leave are censored."""
    recovery: Table
    """By period in which the dissatisfaction ended: `ended`, `recovered`, `lost`, and the
    rate."""
    to_recover: pl.DataFrame
    """One row: the quartiles of the days from the dissatisfaction to the return."""
    dissatisfied: int
    """How many are dissatisfied at the end of the book."""


def satisfaction(book: Book, period: str = "month") -> Satisfaction:
    """Return what customers say, complain of, and whether they come back, period by period.

    NPS = 100 (promoters - detractors) / answers, with promoters 9 or 10 and detractors 0 to 6.
    Its interval is that of Bonett & Price (2012), 95 %; see `bonett_price`. Every answer
    counts. A dissatisfied customer is recovered who goes to occasional, regular or preferred,
    and lost who goes anywhere else.

    Args:
        book: a folded log.
        period: `day`, `week` or `month`.

    Raises:
        UnknownName: `period` is no day, week or month.

    >>> from lifecycle_model import Lifecycle
    >>> from lifecycle_model.insight.histories import of_histories
    >>> found = satisfaction(of_histories([], Lifecycle()))
    >>> found.nps.frame.select("answers", "nps", "nps_reason").rows()
    [(0, None, 'nobody answered')]
    """
    spans = stays(book)
    upset = spans.filter(pl.col("state") == Situation.DISSATISFIED.value)
    return Satisfaction(
        _nps(book, period),
        _complaints(book, spans, period),
        _to_resolve(book),
        _recovery(book, upset, period),
        _to_recover(book, upset),
        int(upset["until"].null_count()),
    )


def net_promoter_score(scores: Iterable[int]) -> Table:
    """Return the net promoter score of answers from 0 to 10; see `satisfaction`.

    >>> table = net_promoter_score([10, 10, 10, 7, 7, 7, 7, 7, 3, 5])
    >>> table.frame["nps"].item()
    10.0
    """
    answers = pl.DataFrame({"score": list(scores)}, {"score": pl.Int64})
    return _with_interval(answers.select(_counts()))


def _counts() -> list[pl.Expr]:
    score = pl.col("score")
    parts = {
        "answers": score.is_not_null(),
        "promoters": score >= PROMOTER,
        "passives": (score < PROMOTER) & (score > DETRACTOR),
        "detractors": score <= DETRACTOR,
    }
    return [holds.sum().cast(pl.Int64).alias(name) for name, holds in parts.items()]


def _with_interval(counts: pl.DataFrame) -> Table:
    net = (pl.col("promoters") - pl.col("detractors")).alias("net")
    table = with_ratios(counts.with_columns(net), NPS)
    ends = bonett_price(pl.col("promoters"), pl.col("detractors"), pl.col("answers"))
    there = pl.when(pl.col("answers") > 0)
    low, high = (there.then(end * 100) for end in ends)
    return Table(table.frame.with_columns(nps_low=low, nps_high=high), table.ratios)


def _nps(book: Book, period: str) -> Table:
    answers = book.events("survey_answered", also=("score",))
    answers = answers.select(column(answers, "score"), index=index_of(pl.col("day"), period))
    by_period = (
        book.periods(period)
        .select("index", "period")
        .join(answers.group_by("index").agg(_counts()), on="index", how="left")
        .sort("index")
        .drop("index")
        .with_columns(pl.exclude("period").fill_null(0))
    )
    total = answers.select(pl.lit(None, pl.Date).alias("period"), *_counts())
    return _with_interval(pl.concat([by_period, total]))


def _complaints(book: Book, spans: pl.DataFrame, period: str) -> Table:
    there = touched_periods(book, spans.filter(pl.col("state").is_in(CUSTOMERS)), period)
    there = there.with_columns(state=pl.lit(CUSTOMERS[0]))
    opened = book.events("case_opened", also=("complaint",)).with_row_index("case")
    theirs = (
        opened.filter(column(opened, "complaint"))
        .select("case", "customer", index=index_of(pl.col("day"), period))
        .join(there.select("customer", "from_index", "to_index"), on="customer")
        .filter(pl.col("index").is_between("from_index", "to_index"))
        .unique("case")
    )
    frame = book.periods(period).select("index", "period")
    for one in (
        theirs.group_by("index").agg(complaints=pl.len()),
        count_met(there).select("index", customers="met"),
    ):
        frame = frame.join(one, on="index", how="left", maintain_order="left")
    counts = pl.col("complaints", "customers").fill_null(0).cast(pl.Int64)
    return with_ratios(frame.select("period", counts), COMPLAINTS)


def _to_resolve(book: Book) -> pl.DataFrame:
    """Return the quartiles of the days until a complaint was closed."""
    cases = book.events("case_opened", "case_closed", also=("case_id", "complaint"))
    steps = cases.select(
        "customer",
        "occurred_at",
        "day",
        "kind",
        column(cases, "case_id"),
        column(cases, "complaint"),
    ).sort("customer", "case_id", "occurred_at", maintain_order=True)
    same = (pl.col("customer") == pl.col("customer").shift(-1)) & (
        pl.col("case_id") == pl.col("case_id").shift(-1)
    )
    opened = steps.with_columns(
        next_at=pl.when(same).then(pl.col("occurred_at").shift(-1)),
        next_day=pl.when(same).then(pl.col("day").shift(-1)),
        ended=(same & (pl.col("kind").shift(-1) == "case_closed")).fill_null(value=False),
    ).filter((pl.col("kind") == "case_opened") & pl.col("complaint").fill_null(value=False))
    left = book.events("customer_left").select("customer", "occurred_at", left_day="day")
    watched = opened.sort("occurred_at").join_asof(
        left.sort("occurred_at"),
        on="occurred_at",
        by="customer",
        strategy="forward",
        check_sortedness=False,
    )
    end = pl.min_horizontal("next_day", "left_day", pl.lit(book.last_day, pl.Date))
    # A leave closes the case too, but resolves nothing.
    resolved = pl.col("ended") & (pl.col("next_day") == end)
    return _quartiles(
        watched.select(days=(end - pl.col("day")).dt.total_days(), ended=resolved)
    )


def _recovery(book: Book, upset: pl.DataFrame, period: str) -> Table:
    ended = (
        upset.filter(pl.col("after").is_not_null())
        .group_by(index=index_of(pl.col("until_day"), period))
        .agg(
            ended=pl.len().cast(pl.Int64),
            recovered=pl.col("after").is_in(CUSTOMERS).sum().cast(pl.Int64),
        )
    )
    frame = (
        book.periods(period)
        .select("index", "period")
        .join(ended, on="index", how="left", maintain_order="left")
        .select("period", pl.col("ended", "recovered").fill_null(0))
        .with_columns(lost=pl.col("ended") - pl.col("recovered"))
    )
    return with_ratios(frame, RECOVERY)


def _to_recover(book: Book, upset: pl.DataFrame) -> pl.DataFrame:
    """Return the quartiles of the days until a dissatisfied customer came back."""
    end = pl.coalesce("until_day", pl.lit(book.last_day, pl.Date))
    return _quartiles(
        upset.select(
            days=(end - pl.col("since_day")).dt.total_days(),
            ended=pl.col("after").is_in(CUSTOMERS).fill_null(value=False),
        )
    )


def _quartiles(cases: pl.DataFrame) -> pl.DataFrame:
    return quartiles(survival_curve(cases))
