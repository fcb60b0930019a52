"""Actions of the playbook: how often what they work towards followed, and how often without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from lifecycle_model.errors import TooFewDays
from lifecycle_model.insight.book import KIND, STATE, Book
from lifecycle_model.insight.cells import column
from lifecycle_model.insight.dense import last_upto
from lifecycle_model.insight.periods import index_of
from lifecycle_model.insight.stays import standing_at_end, stays
from lifecycle_model.insight.tables import Ratio, Table, with_ratios
from lifecycle_model.playbook import Playbook

CAVEAT: Final = (
    "This is association, not effect: actions are taken where somebody expects them to help, "
    "so customers with and without them differ before anything is done."
)

RATE: Final = Ratio(
    "rate",
    "followed",
    "watched",
    "times that the action was taken in the situation, and its goal followed or the days are "
    "over",
    "no action's days are over",
    interval=True,
)
WITHOUT: Final = Ratio(
    "rate_without",
    "followed_without",
    "without",
    "customers in the situation at the end of a month, once for each month, without the action "
    "in as many days before and after",
    "nobody was in the situation at the end of a month without the action",
    interval=True,
)

_LATER: Final = ("action_taken", "manual_correction")
"""What these kinds move comes after an action of the same instant, all else before it."""


@dataclass(frozen=True, slots=True)
class Actions:
    """How often what an action works towards followed."""

    days: int
    table: Table
    """By `action_id`, `works_towards` and the `situation` in which it was taken: `taken`,
    `censored` (not followed so far, and the days are not over), `watched`, `followed`, the
    `rate`, and beside it `without`, `followed_without` and `rate_without`."""
    unknown: pl.DataFrame
    """`action_id` and `taken`: actions that the playbook does not have."""
    caveat: str = CAVEAT


def actions(book: Book, days: int, playbook: Playbook | None = None) -> Actions:
    """Return how often what an action works towards followed within n days, and without it.

    A goal is an event of a kind or a move into a state. It follows where its day is at most n
    days after the action's, and it comes after the action, as in `Lifecycle.actions`. Beside
    it stand the customers who were in the same situation at the end of a month and did not get
    this action in the n days before and after: how often did the goal follow in n days?

    Args:
        book: a folded log.
        days: n.
        playbook: says what each action works towards; the default one where not given.

    Raises:
        TooFewDays: n is below 0.

    >>> from lifecycle_model import Lifecycle
    >>> from lifecycle_model.insight.histories import of_histories
    >>> actions(of_histories([], Lifecycle()), 30).table.frame.height
    0
    """
    if days < 0:
        raise TooFewDays(days, 0)
    goals = pl.DataFrame(
        [(one.id, one.works_towards) for one in (playbook or Playbook.default()).actions],
        {"action_id": pl.String, "goal": pl.String},
        orient="row",
    )
    events = book.events("action_taken", also=("action_id",))
    taken = events.select("customer", "occurred_at", "day", column(events, "action_id")).join(
        goals, on="action_id", how="left", maintain_order="left"
    )
    unknown = taken.filter(pl.col("goal").is_null())
    known = taken.filter(pl.col("goal").is_not_null())
    reached = _reached(book, known["goal"].unique().to_list())
    keys = ["action_id", "goal", "situation"]
    frame = (
        _results(book, known, reached, days)
        .join(_without(book, known, reached, days), on=keys, how="left")
        .rename({"goal": "works_towards"})
        .with_columns(pl.col("without", "followed_without").fill_null(0))
        .sort("action_id", "situation")
    )
    return Actions(
        days,
        with_ratios(frame, RATE, WITHOUT),
        unknown.group_by("action_id").agg(taken=pl.len().cast(pl.Int64)).sort("action_id"),
    )


def _reached(book: Book, goals: list[str]) -> pl.DataFrame:
    """Return when each customer reached each of the goals."""
    at = ("customer", "occurred_at", "day", "kind")
    kinds = [one for one in goals if one in KIND.categories]
    states = [one for one in goals if one in STATE.categories]
    events = book.log.filter(pl.col("kind").is_in(kinds)).select(*at, goal="kind")
    moves = book.moves.filter(pl.col("after").is_in(states)).select(*at, goal="after")
    both = [one.with_columns(pl.col("goal").cast(pl.String)) for one in (events, moves)]
    late = pl.when(pl.col("kind").is_in(_LATER)).then(1).otherwise(0)
    return pl.concat(both).select(
        "customer", "goal", "day", at=pl.col("occurred_at") + pl.duration(microseconds=late)
    )


def _results(book: Book, known: pl.DataFrame, reached: pl.DataFrame, days: int) -> pl.DataFrame:
    """Return how often each action was taken in each situation, and its goal followed."""
    held = stays(book)
    row = last_upto(held["owner"], held["since"], known["customer"], known["occurred_at"])
    placed = known.with_columns(
        held["state"].gather(row).cast(pl.String).alias("situation")
    ).sort("occurred_at")
    first = placed.join_asof(
        reached.select("customer", "goal", occurred_at="at", goal_day="day").sort(
            "occurred_at"
        ),
        on="occurred_at",
        by=["customer", "goal"],
        strategy="forward",
        allow_exact_matches=False,
        check_sortedness=False,
    )
    until = pl.col("day") + pl.duration(days=days)
    followed = (pl.col("goal_day") <= until).fill_null(value=False)
    over = until < pl.lit(book.last_day, pl.Date)
    return (
        # Before the first event there is no situation, and an action is one.
        first.with_columns(pl.col("situation").fill_null("non_customer"), followed=followed)
        .group_by("action_id", "goal", "situation")
        .agg(
            taken=pl.len().cast(pl.Int64),
            censored=(~pl.col("followed") & ~over).sum().cast(pl.Int64),
            watched=(pl.col("followed") | over).sum().cast(pl.Int64),
            followed=pl.col("followed").sum().cast(pl.Int64),
        )
    )


def _without(book: Book, known: pl.DataFrame, reached: pl.DataFrame, days: int) -> pl.DataFrame:
    """Return how often the goal followed in the same situation without the action."""
    ends = book.periods("month").select("index", end="ends")
    over = pl.col("end") + pl.duration(days=days) < pl.lit(book.last_day, pl.Date)
    ends = ends.filter(over)
    last = max(ends["index"], default=0)
    spans = standing_at_end(
        stays(book),
        index_of(pl.col("since_day"), "month"),
        index_of(pl.col("until_day"), "month").fill_null(last + 1).clip(upper_bound=last + 1),
    ).select("customer", "from_index", "ends", situation=pl.col("state").cast(pl.String))
    followed = _followed_ends(reached, ends, days)
    stood = spans.group_by("situation").agg(moments=pl.col("ends").sum().cast(pl.Int64))
    hits = (
        _situation_at(followed, spans)
        .group_by("goal", "situation")
        .agg(hits=pl.len().cast(pl.Int64))
    )
    treated = _situation_at(_treated_ends(known, ends, days), spans).join(
        followed.with_columns(hit=pl.lit(value=True)),
        on=["customer", "goal", "index"],
        how="left",
    )
    minus = treated.group_by("action_id", "goal", "situation").agg(
        treated=pl.len().cast(pl.Int64), treated_hits=pl.col("hit").sum().cast(pl.Int64)
    )
    return (
        known.select("action_id", "goal")
        .unique()
        .join(stood, how="cross")
        .join(hits, on=["goal", "situation"], how="left")
        .join(minus, on=["action_id", "goal", "situation"], how="left")
        .with_columns(pl.col("hits", "treated", "treated_hits").fill_null(0))
        .select(
            "action_id",
            "goal",
            "situation",
            without=pl.col("moments") - pl.col("treated"),
            followed_without=pl.col("hits") - pl.col("treated_hits"),
        )
    )


def _followed_ends(reached: pl.DataFrame, ends: pl.DataFrame, days: int) -> pl.DataFrame:
    """Return the ends of months after which a goal followed in time, once each."""
    steps = max(ends["index"], default=0)
    month = index_of(pl.col("day"), "month")
    first = pl.max_horizontal(
        index_of(pl.col("day") - pl.duration(days=days), "month"), min(ends["index"], default=1)
    )
    return (
        # The first day of a month on which it was reached speaks for the whole month.
        reached.group_by("customer", "goal", month.alias("month"))
        .agg(pl.col("day").min())
        .with_columns(index=pl.int_ranges(first, pl.min_horizontal("month", steps + 1)))
        .explode("index")
        .filter(pl.col("index").is_not_null())
        .with_columns(pl.col("index").cast(pl.Int32))
        .unique(["customer", "goal", "index"])
        .select("customer", "goal", "index")
    )


def _treated_ends(known: pl.DataFrame, ends: pl.DataFrame, days: int) -> pl.DataFrame:
    """Return the ends of months near which a customer got an action, once each."""
    near = pl.duration(days=days)
    return (
        known.select("customer", "action_id", "goal", "day")
        .join(ends, how="cross")
        .filter(pl.col("end").is_between(pl.col("day") - near, pl.col("day") + near))
        .unique(["customer", "action_id", "index"])
        .select("customer", "action_id", "goal", "index")
    )


def _situation_at(moments: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Return the moments at which the customer was known, with the situation."""
    row = last_upto(
        spans["customer"], spans["from_index"], moments["customer"], moments["index"]
    )
    held = spans.select("situation", until=pl.col("from_index") + pl.col("ends"))
    return (
        moments.with_columns(one.gather(row) for one in held)
        .filter(pl.col("index") < pl.col("until"))
        .drop("until")
    )
