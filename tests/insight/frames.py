"""Logs for the tests of figures, and their books."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import polars as pl

from lifecycle_model import Event, History, Lifecycle, parse_event
from lifecycle_model.columnar import replay
from lifecycle_model.columnar.schema import NEEDED, OWN_COLUMNS
from lifecycle_model.insight import Book, of_replay
from lifecycle_model.insight.cells import INSTANT
from lifecycle_model.insight.histories import LOG_COLUMNS

START: Final = datetime(2024, 1, 1, 12, tzinfo=UTC)
SAMPLE: Final = Path(__file__).resolve().parents[2] / "docs" / "data" / "CDNOW_sample.csv"
TYPES: Final = {
    "money": pl.Decimal(18, 4),
    "day": pl.Date,
    "flag": pl.Boolean,
    "score": pl.Int64,
    "texts": pl.List(pl.String),
}
"""Of the forms that are no text."""


def event(customer_id: str, kind: str, day: float = 0, **fields: Any) -> Event:
    """Return an event so many days after noon of 1 January 2024."""
    at = START + timedelta(days=day)
    return parse_event({"customer_id": customer_id, "kind": kind, "occurred_at": at, **fields})


def bought(customer_id: str, day: float = 0, **fields: Any) -> Event:
    """Return a purchase."""
    return event(customer_id, "purchase_completed", day, **fields)


def histories_of(
    events: list[Event], lifecycle: Lifecycle, as_of: datetime | None
) -> list[History]:
    """Replay the events of many customers, one customer after the other."""
    of_customer: dict[str, list[Event]] = {}
    for one in events:
        of_customer.setdefault(one.customer_id, []).append(one)
    return [lifecycle.replay(of_customer[name], as_of=as_of) for name in sorted(of_customer)]


def book_of(
    *events: Event, until: float | None = None, lifecycle: Lifecycle | None = None
) -> Book:
    """Return the book of events, followed until so many days after the start."""
    last = max((one.occurred_at for one in events), default=START)
    as_of = last if until is None else START + timedelta(days=until)
    log = log_of_events(*events)
    given = [one.name for one in log if one.name in NEEDED or one.null_count() < len(one)]
    return replayed(log.select(given), as_of, lifecycle or Lifecycle())


def replayed(log: pl.DataFrame, as_of: datetime, lifecycle: Lifecycle) -> Book:
    """Return the book of a replay of a log."""
    return of_replay(log, replay(log, lifecycle, as_of=as_of, transitions=True), lifecycle)


def log_of_events(*events: Event) -> pl.DataFrame:
    """Return events as a log of columns, with all their fields."""
    rows = [one.model_dump(exclude_none=True) for one in events]
    own = {name: TYPES.get(one.form, pl.String) for name, one in OWN_COLUMNS.items()}
    return pl.DataFrame(rows, {**own, **LOG_COLUMNS})


def cdnow_sample() -> pl.DataFrame:
    """Return the purchases of 2,357 customers as a log of columns."""
    return pl.read_csv(
        SAMPLE, schema_overrides={"customer_id": pl.String, "dollars": pl.Decimal(18, 4)}
    ).select(
        "customer_id",
        pl.lit("purchase_completed").alias("kind"),
        pl.col("date")
        .cast(pl.String)
        .str.to_datetime("%Y%m%d", time_zone="UTC")
        .cast(INSTANT)
        .alias("occurred_at"),
        pl.col("dollars").alias("amount"),
    )


@cache
def sample_book() -> Book:
    """Return the folded sample, as of the end of its last day."""
    as_of = datetime(1998, 6, 30, 12, tzinfo=UTC)
    return replayed(cdnow_sample(), as_of, Lifecycle())


def day(text: str) -> date:
    """Return the day of an ISO 8601 text."""
    return date.fromisoformat(text)
