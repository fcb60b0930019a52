"""What a log in columns amounts to, in the sums that are told of any log."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

import polars as pl

from lifecycle_model import Axis, FunnelGroup, LifecycleStage, Situation
from lifecycle_model.cli.columns.table import Table
from lifecycle_model.cli.folding import Clash
from lifecycle_model.cli.request import Request
from lifecycle_model.cli.summary import Summary, is_typed
from lifecycle_model.columnar.replaying import Replay

Value = TypeVar("Value", bound=StrEnum)


def known_customers(replay: Replay) -> pl.DataFrame:
    """Return the customers of whom something was folded."""
    customers: pl.DataFrame = replay.customers
    return customers.filter(pl.col("clock").is_not_null())


def summed(replay: Replay, table: Table, request: Request, events: int) -> Summary:
    """Return the sums of a log, of which so many events are sound."""
    customers = known_customers(replay)
    summary = Summary(request.reading.name, request.lifecycle, request.as_of)
    summary.events = events
    summary.customers = customers.height
    later = replay.future.select(pl.col("customer_id").unique())
    summary.unknown = later.join(customers, on="customer_id", how="anti").height
    summary.duplicates = replay.duplicates
    summary.clashes = list(clashes_in(replay, table))
    summary.future = replay.future.height
    summary.situations = _tally(customers["situation"], Situation)
    summary.stages = _tally(customers["stage"], LifecycleStage)
    summary.groups = _tally(customers["funnel_group"], FunnelGroup)
    moves = replay.transitions.group_by("axis", "rule").len()
    summary.moves = Counter({(Axis(axis), rule): count for axis, rule, count in moves.rows()})
    last = customers["last_event_at"].max()
    summary.last = last if isinstance(last, datetime) else None
    summary.example = _example(replay)
    return summary


def _tally(column: pl.Series, values: type[Value]) -> Counter[Value]:
    counts = column.value_counts()
    return Counter({values(value): count for value, count in counts.rows()})


def clashes_in(replay: Replay, table: Table) -> Iterator[Clash]:
    """Yield the conflicts with their places in the log."""
    found = replay.conflicts
    dropped = table.places(found["dropped_row"].to_numpy())
    kept = table.places(found["kept_row"].to_numpy())
    names, ids = found["event_id"], found["customer_id"].cast(pl.String)
    for one in zip(dropped.tolist(), kept.tolist(), names, ids, strict=True):
        yield Clash(*one)


def _example(replay: Replay) -> str | None:
    """Return the customer whose situation moved most often, the first by id of these."""
    turns = (
        replay.transitions.filter(pl.col("axis") == str(Axis.SITUATION))
        .group_by(pl.col("customer_id").cast(pl.String))
        .len()
        .sort(pl.col("len"), "customer_id", descending=[True, False])
    )
    return next(filter(is_typed, turns["customer_id"]), None)
