"""What only the texts of events can decide: the order of ties, and which events are one."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from lifecycle_model.columnar.canonical import canonical_fields
from lifecycle_model.columnar.log import Log
from lifecycle_model.columnar.ordering import TIED
from lifecycle_model.columnar.records import DROPPED, INVALID
from lifecycle_model.columnar.source import Source, texts_at


@dataclass(frozen=True, slots=True)
class Identity:
    """What became of the events that share a name."""

    duplicates: int
    conflicts: pl.DataFrame
    """One line each: customer (a code), source, event_id, kept_row, dropped_row."""


def order_ties(log: Log, source: Source, marked: np.ndarray) -> None:
    """Put records of one instant, sequence and kind into the order of their texts."""
    records = log.records
    places = marked[records["tied"][marked] > 0]
    if not len(places):
        return
    run = np.cumsum(records["tied"][places] > TIED)
    fields = canonical_fields(source, log, places)
    frame = fields.with_columns(
        run=pl.Series(run),
        seat=pl.Series(np.arange(len(places), dtype=np.uint32)),
        # As in the law: the source before the event_id, both before all the rest.
        first=texts_at(source, "source", records["row"][places]).fill_null(""),
        second=texts_at(source, "event_id", records["row"][places]),
    )
    keys = ["run", "first", "second", *fields.columns]
    order = frame.sort(keys, nulls_last=False)["seat"].to_numpy()
    records[places] = records[places[order]]


def drop_copies(
    log: Log, source: Source, marked: np.ndarray, remembered: pl.DataFrame
) -> Identity:
    """Keep one event of each name of a customer; the others will not fold.

    Args:
        log: the records, in fold order.
        source: the texts of the log.
        marked: the places of marked records.
        remembered: names that snapshots hold of their clock's instant: customer, time, source,
            event_id.
    """
    records = log.records
    known = 0
    if remembered.height and len(log.names):
        known = _drop_remembered(log, source, remembered)
    places = marked[(records["named"][marked] > 0) & (records["kind"][marked] != DROPPED)]
    rows = records["row"][places]
    fields = canonical_fields(source, log, places)
    name = ["customer", "source", "event_id"]
    frame = (
        fields.with_columns(
            customer=pl.Series(log.customers(places)),
            place=pl.Series(places),
        )
        .with_columns(
            first=pl.col("place").min().over(name),
            version=pl.col("place").min().over("customer", *fields.columns),
        )
        .filter(pl.col("place") != pl.col("first"))
    )
    dropped = frame["place"].to_numpy()
    records["kind"][dropped] = DROPPED
    losers = frame.filter(pl.col("version") == pl.col("place"))
    rows = records["row"][losers["place"].to_numpy()]
    conflicts = pl.DataFrame(
        {
            "customer": losers["customer"],
            "source": texts_at(source, "source", rows).fill_null(""),
            "event_id": texts_at(source, "event_id", rows),
            "kept_row": pl.Series(records["row"][losers["first"].to_numpy()]),
            "dropped_row": pl.Series(rows),
        }
    )
    return Identity(known + len(dropped) - losers.height, conflicts)


def _drop_remembered(log: Log, source: Source, remembered: pl.DataFrame) -> int:
    """Drop what was folded before a snapshot was taken."""
    records = log.records
    clocks = np.full(len(log.starts) - 1, np.iinfo(np.int64).min)
    clocks[remembered["customer"].to_numpy()] = remembered["time"].to_numpy()
    at_clock = records["time"] == np.repeat(clocks, np.diff(log.starts))
    named = (log.names[records["row"]] != 0) & (records["kind"] != INVALID)
    places = np.flatnonzero(at_clock & named)
    rows = records["row"][places]
    twins = pl.DataFrame(
        {
            "customer": log.customers(places),
            "source": texts_at(source, "source", rows).fill_null(""),
            "event_id": texts_at(source, "event_id", rows),
            "place": places,
        }
    ).join(remembered, on=["customer", "source", "event_id"], how="semi")
    records["kind"][twins["place"].to_numpy()] = DROPPED
    return twins.height
