"""What only the texts of events can decide: the order of ties, and which events are one."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from lifecycle_model.columnar.canonical import canonical_fields
from lifecycle_model.columnar.reading import Numbers
from lifecycle_model.columnar.records import TIED, Grouped
from lifecycle_model.columnar.source import Source, texts_at

DROPPED: Final = 254
"""Stands for the kind of a record that does not fold: a copy, or the loser of a conflict."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What became of the events that share a name."""

    duplicates: int
    conflicts: pl.DataFrame
    """One line each: customer (a code), source, event_id, kept_row, dropped_row."""


def order_ties(grouped: Grouped, numbers: Numbers, source: Source) -> None:
    """Put records of one instant, sequence and kind into the order of their texts."""
    records = grouped.records
    places = np.flatnonzero(records["tied"])
    if not len(places):
        return
    run = np.cumsum(records["tied"][places] > TIED)
    fields = canonical_fields(source, numbers, records["row"][places])
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
    grouped: Grouped,
    numbers: Numbers,
    source: Source,
    remembered: pl.DataFrame,
) -> Identity:
    """Keep one event of each name of a customer; the others will not fold.

    Args:
        grouped: the records, in fold order.
        numbers: the log.
        source: the texts of the log.
        remembered: names that snapshots hold of their clock's instant: customer, time, source,
            event_id.
    """
    records = grouped.records
    known = 0
    if remembered.height and len(numbers.names):
        known = _drop_remembered(grouped, numbers, source, remembered)
    places = np.flatnonzero(records["named"])
    places = places[records["kind"][places] != DROPPED]
    rows = records["row"][places]
    fields = canonical_fields(source, numbers, rows)
    name = ["customer", "source", "event_id"]
    frame = (
        fields.with_columns(
            customer=pl.Series(grouped.customers(places)),
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


def _drop_remembered(
    grouped: Grouped, numbers: Numbers, source: Source, remembered: pl.DataFrame
) -> int:
    """Drop what was folded before a snapshot was taken."""
    records = grouped.records
    clocks = np.full(len(grouped.starts) - 1, np.iinfo(np.int64).min)
    clocks[remembered["customer"].to_numpy()] = remembered["time"].to_numpy()
    at_clock = records["time"] == np.repeat(clocks, np.diff(grouped.starts))
    places = np.flatnonzero(at_clock & (numbers.names[records["row"]] != 0))
    rows = records["row"][places]
    twins = pl.DataFrame(
        {
            "customer": grouped.customers(places),
            "source": texts_at(source, "source", rows).fill_null(""),
            "event_id": texts_at(source, "event_id", rows),
            "place": places,
        }
    ).join(remembered, on=["customer", "source", "event_id"], how="semi")
    records["kind"][twins["place"].to_numpy()] = DROPPED
    return twins.height
