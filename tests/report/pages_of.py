"""Logs and pages for the tests of the report."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from lifecycle_model import Lifecycle
from lifecycle_model.columnar import replay
from lifecycle_model.insight import Book, of_replay
from lifecycle_model.simulate import event_log

if TYPE_CHECKING:
    from datetime import datetime

HOSTILE: Final = '<script>alert("x")</script>\u2028&amp;'
"""An id that is text and nothing else."""


def folded(log: pl.DataFrame, *, as_of: datetime | None = None) -> Book:
    """Return the book of a log, followed to an instant, else to the day after its end."""
    lifecycle = Lifecycle()
    until = as_of or log["occurred_at"].max() + timedelta(days=1)
    return of_replay(log, replay(log, lifecycle, as_of=until, transitions=True), lifecycle)


def made_up(events: int = 4000, customers: int = 120) -> pl.DataFrame:
    """Return a log with all kinds of events, one of whose customers has a hostile id."""
    log = event_log(events, customers, seed=3)
    first = log["customer_id"].cast(pl.String).min()
    named = pl.col("customer_id").cast(pl.String)
    return log.with_columns(
        customer_id=pl.when(named == first).then(pl.lit(HOSTILE)).otherwise(named)
    )
