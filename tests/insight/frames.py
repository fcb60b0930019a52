"""Logs for the tests of figures, and a fold over columns that is made of scalar histories."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import polars as pl

from lifecycle_model import Event, History, Lifecycle, parse_event
from lifecycle_model.insight import Book, of_histories
from lifecycle_model.insight.book import INSTANT, make_book
from lifecycle_model.insight.histories import (
    CUSTOMER_COLUMNS,
    MOVE_COLUMNS,
    customers_of,
    log_of,
    transitions_of,
)

START: Final = datetime(2024, 1, 1, 12, tzinfo=UTC)
SAMPLE: Final = Path(__file__).resolve().parents[2] / "docs" / "data" / "CDNOW_sample.csv"
NO_ROWS: Final = pl.DataFrame({"row": []}, {"row": pl.UInt32})


@dataclass(frozen=True)
class Folded:
    """What a replay over columns gives, as far as figures read it."""

    customers: pl.DataFrame
    transitions: pl.DataFrame | None
    duplicates: int = 0
    invalid: pl.DataFrame = field(default_factory=lambda: NO_ROWS)
    conflicts: pl.DataFrame = field(default_factory=lambda: NO_ROWS)


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
    used = lifecycle or Lifecycle()
    last = max((one.occurred_at for one in events), default=START)
    as_of = last if until is None else START + timedelta(days=until)
    return of_histories(histories_of(list(events), used, as_of), used)


def fold(
    log: pl.DataFrame, lifecycle: Lifecycle, *, as_of: datetime, transitions: bool = True
) -> Folded:
    """Fold a log of columns, one customer after the other."""
    events = [
        parse_event({name: value for name, value in row.items() if value is not None})
        for row in log.to_dicts()
    ]
    histories = histories_of(events, lifecycle, as_of)
    return Folded(
        customers_of(histories, lifecycle),
        transitions_of(histories) if transitions else None,
        duplicates=sum(history.duplicates for history in histories),
    )


def log_of_events(*events: Event) -> pl.DataFrame:
    """Return events as a log of columns, as they stand there."""
    lifecycle = Lifecycle()
    return log_of(histories_of(list(events), lifecycle, None))


def purchase_book(log: pl.DataFrame) -> Book:
    """Return the book of a log of purchases, for figures that read nothing but events."""
    ids = log.select(pl.col("customer_id").unique().sort())
    empty = {name: pl.lit(None, dtype) for name, dtype in CUSTOMER_COLUMNS.items()}
    customers = ids.with_columns(
        **{name: one for name, one in empty.items() if name != "customer_id"}
    ).with_columns(clock=pl.lit(log["occurred_at"].max(), INSTANT))
    return make_book(log, customers, pl.DataFrame(schema=MOVE_COLUMNS), Lifecycle())


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


def cdnow_master() -> pl.DataFrame:
    """Return the purchases of the whole cohort of 23,570 customers as a log of columns.

    The file comes with the package lifetimes, which is not imported.
    """
    spec = find_spec("lifetimes")
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).parent / "datasets" / "CDNOW_master.txt"
    lines = path.read_text(encoding="ascii").splitlines()[1:]
    rows = [line.split() for line in lines]
    return pl.DataFrame(
        {
            "customer_id": [row[0] for row in rows],
            "kind": "purchase_completed",
            "occurred_at": [row[1] for row in rows],
            "amount": [row[3] for row in rows],
        }
    ).with_columns(
        pl.col("occurred_at").str.to_datetime("%Y%m%d", time_zone="UTC").cast(INSTANT),
        pl.col("amount").cast(pl.Decimal(18, 4)),
    )


@cache
def sample_book() -> Book:
    """Return the folded sample, as of the end of its last day."""
    log, lifecycle = cdnow_sample(), Lifecycle()
    as_of = datetime(1998, 6, 30, 12, tzinfo=UTC)
    events = [parse_event(row) for row in log.to_dicts()]
    return of_histories(histories_of(events, lifecycle, as_of), lifecycle)


def day(text: str) -> date:
    """Return the day of an ISO 8601 text."""
    return date.fromisoformat(text)
