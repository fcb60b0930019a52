"""The figures that the page shows, read from a book."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from lifecycle_model.errors import MixedCurrencies
from lifecycle_model.insight import Figure, deals, flows, funnel, growth, satisfaction, value
from lifecycle_model.insight.conversion import ACTIVE
from lifecycle_model.insight.periods import index_of
from lifecycle_model.insight.stays import count_open, standing_at_end, stays
from lifecycle_model.report.plain import Plain, counted, figure, nothing, plain, rows, told
from lifecycle_model.states import Situation

if TYPE_CHECKING:
    from lifecycle_model.insight import Book, Deals, Flows, Satisfaction, Table

AHEAD: Final = 12
"""How many periods the forecast looks ahead."""

_LONG: Final = {"month": 120, "week": 28}
"""From how many days on a log is told by month, and by week."""

_POINTS: Final = 120
"""How many points of a curve are drawn, about."""

_QUARTILES: Final = ("lower_quartile", "median", "upper_quartile")
_LASTED: Final = (
    "cases",
    "ended",
    *_QUARTILES,
    *(f"{one}_reason" for one in _QUARTILES),
)

NO_PERIOD: Final = "no period is complete"
NO_PAIR: Final = "no two periods are complete"
MIXED: Final = "the amounts are in several currencies"


def period_of(book: Book) -> str:
    """Return the period by which a log is told: the shorter the log, the shorter."""
    first, last = book.first_day, book.last_day
    days = 0 if first is None or last is None else (last - first).days
    return next((name for name, least in _LONG.items() if days >= least), "day")


def figures(book: Book) -> Plain:
    """Return every figure of the page as plain values.

    >>> from lifecycle_model import Lifecycle
    >>> from lifecycle_model.insight import of_histories
    >>> figures(of_histories([], Lifecycle()))["headline"]["customers"]
    {'value': 0, 'reason': None}
    """
    period = period_of(book)
    moved = flows(book, period=period)
    dealt = _deals(book)
    content = satisfaction(book, period)
    grown = growth(book, period)
    return {
        "period": period,
        "headline": _headline(book, grown, dealt, content),
        "standing": standing_over_time(book, period),
        "axes": _axes(_known(book)),
        "funnel": _funnel(book),
        "flows": _flows(moved),
        "deals": _dealt(dealt),
        "satisfaction": _satisfaction(content),
        "forecast": _forecast(book, period),
    }


def _known(book: Book) -> pl.DataFrame:
    """Return where everybody stands of whom something is known."""
    return book.customers.filter(pl.col("first_event_at").is_not_null()).select(
        pl.col("situation", "position").cast(pl.String)
    )


def _axes(known: pl.DataFrame) -> list[Plain]:
    counts = known.group_by("situation", "position").len("customers")
    return rows(counts.sort("situation", "position"))


def _headline(book: Book, grown: Table, dealt: Deals, content: Satisfaction) -> Plain:
    known = _known(book)
    complete = grown.frame.filter("complete")
    found: Plain = {
        "customers": counted(known.height),
        "active": counted(known.filter(pl.col("situation").is_in(ACTIVE)).height),
        "dissatisfied": counted(content.dissatisfied),
    }
    names = ("new", "resurrected", "churned")
    if complete.height:
        last = complete.row(-1, named=True)
        found |= {name: counted(last[name]) for name in names}
        found |= {one.name: told(last, one) for one in grown.ratios}
        found["since"] = plain(last["period"])
    else:
        ratios = [one.name for one in grown.ratios]
        found |= dict.fromkeys([*names, *ratios], nothing(NO_PERIOD))
        found["since"] = None
    found["win_rate"] = _outcomes(dealt)["win_rate"]
    found["nps"] = told(content.nps.frame.row(-1, named=True), content.nps.ratio("nps"))
    return found


def standing_over_time(book: Book, period: str) -> list[Plain]:
    """Return how many customers stood in each situation at the end of each period.

    Returns:
        `at` (the period's last day, of the last one the book's), `state` and `customers`.
    """
    periods = book.periods(period)
    after: int = max(periods["index"], default=0) + 1
    found = standing_at_end(
        stays(book),
        index_of(pl.col("since_day"), period),
        index_of(pl.col("until_day"), period).fill_null(after),
    )
    spans = found.select("state", start="from_index", end=pl.col("from_index") + pl.col("ends"))
    counts = count_open(spans, "state").with_columns(pl.col("state").cast(pl.String))
    frame = (
        periods.select("index", at=pl.min_horizontal("ends", pl.lit(book.last_day, pl.Date)))
        .join(_situations(), how="cross")
        .join(counts, on=["index", "state"], how="left", maintain_order="left")
        .select("at", "state", customers=pl.col("open").fill_null(0))
    )
    return rows(frame)


def _situations() -> pl.DataFrame:
    return pl.DataFrame({"state": [one.value for one in Situation]}, {"state": pl.String})


def _funnel(book: Book) -> Plain:
    found = funnel(book)
    return {
        "since": plain(found.since),
        "until": plain(found.until),
        "standing": rows(found.standing.frame.drop("group", "share", "share_reason")),
        "steps": [
            {"step": row["step"], "conversion": told(row, found.steps.ratios[0])}
            | {name: plain(row[name]) for name in _LASTED}
            for row in found.steps.frame.iter_rows(named=True)
        ],
    }


def _flows(found: Flows) -> Plain:
    moves = found.moves.frame.group_by("before", "after", maintain_order=True)
    time = found.time.select("state", "who", "entries", "latest_days", "cumulative_days")
    return {
        "moves": rows(moves.agg(pl.col("moves").sum())),
        "held": rows(
            _situations()
            .join(found.held, on="state", maintain_order="left")
            .join(time, on="state", how="left", maintain_order="left")
        ),
        "survival": _thinned(found.survival),
    }


def _thinned(curve: pl.DataFrame) -> list[Plain]:
    """Return curves from their beginning, with few enough points to draw."""
    found: list[Plain] = []
    for (state,), one in curve.group_by("state", maintain_order=True):
        step = -(-one.height // _POINTS)
        last = one.height - 1
        chosen = one.with_row_index().filter(
            (pl.col("index") % step == 0) | (pl.col("index") == last)
        )
        found.append({"state": state, "days": 0, "survival": 1.0})
        found += rows(chosen, "state", "days", "survival")
    return found


def _deals(book: Book) -> Deals:
    """Return the deals; without their money where no sum of it would mean anything."""
    try:
        return deals(book)
    except MixedCurrencies:
        found = deals(_without_money(book))
        missing = Figure(None, reason=MIXED)
        return replace(found, average_value=missing, velocity=missing)


def _without_money(book: Book) -> Book:
    return replace(book, log=book.log.drop("amount", "currency", strict=False))


def _outcomes(found: Deals) -> Plain:
    row = found.outcomes.frame.row(0, named=True)
    return {one.name: told(row, one) for one in found.outcomes.ratios}


def _dealt(found: Deals) -> Plain:
    outcomes = found.outcomes.frame.row(0, named=True)
    return {
        "outcomes": {name: plain(outcomes[name]) for name in ("closed", "direct")}
        | _outcomes(found),
        "cycle": rows(found.cycle)[0],
        "positions": rows(found.positions),
        "pipeline": rows(found.pipeline),
        "average_value": figure(found.average_value),
        "velocity": figure(found.velocity),
    }


def _satisfaction(found: Satisfaction) -> Plain:
    asked, complaints, recovery = found.nps, found.complaints, found.recovery
    return {
        "nps": rows(asked.frame.filter(pl.col("period").is_not_null())),
        "complaints": rows(complaints.frame),
        "to_resolve": rows(found.to_resolve)[0],
        "to_recover": rows(found.to_recover)[0],
        "recovered": int(recovery.frame["recovered"].sum()),
        "lost": int(recovery.frame["lost"].sum()),
    }


def _forecast(book: Book, period: str) -> Plain:
    """Return how many of today's customers are expected in each situation later on."""
    chain = value(_without_money(book), period)
    seen = int(chain.moves["of"].sum())
    if not seen:
        return {"expected": [], "loss": [], "reason": NO_PAIR}
    return {
        "expected": rows(chain.forecast(AHEAD)),
        "loss": rows(chain.time_to_loss()),
        "reason": None,
    }
