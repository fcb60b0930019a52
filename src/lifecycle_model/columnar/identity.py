"""What only the texts of events can decide: the order of ties, and which events are one."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from lifecycle_model.columnar.canonical import Texts
from lifecycle_model.columnar.log import Log
from lifecycle_model.columnar.ordering import TIED
from lifecycle_model.columnar.records import DROPPED, INVALID
from lifecycle_model.columnar.source import Source, names_at


@dataclass(frozen=True, slots=True)
class Identity:
    """What became of the events that share a name."""

    duplicates: int
    conflicts: pl.DataFrame
    """One line each: customer (a code), source, event_id, kept_row, dropped_row."""


def order_ties(log: Log, marked: np.ndarray, texts: Texts) -> Texts:
    """Put records of one instant, sequence and kind into the order of their texts.

    Args:
        log: the records.
        marked: the places of marked records.
        texts: theirs.

    Returns:
        The texts in the new order.
    """
    records = log.records
    run = np.cumsum(records["tied"][marked] != TIED)  # what is not tied is a run of its own
    frame = texts.fields.with_columns(
        run=pl.Series(run),
        # As in the law: the source before the event_id, both before all the rest.
        first=texts.names["source"],
        second=texts.names["event_id"],
    )
    keys = ["run", "first", "second", *texts.fields.columns]
    order = (
        frame.select(pl.arg_sort_by(keys, nulls_last=False, maintain_order=True))
        .to_series()
        .to_numpy()
    )
    records[marked] = records[marked[order]]
    return texts.at(order)


def drop_copies(
    log: Log, source: Source, marked: np.ndarray, texts: Texts, remembered: pl.DataFrame
) -> Identity:
    """Keep one event of each name of a customer; the others will not fold.

    Args:
        log: the records, in fold order.
        source: the columns of the log.
        marked: the places of marked records.
        texts: theirs.
        remembered: names that snapshots hold of their clock's instant: customer, time, source,
            event_id.
    """
    records = log.records
    known = 0
    if remembered.height and len(log.names):
        known = _drop_remembered(log, source, remembered)
    named = (records["named"][marked] > 0) & (records["kind"][marked] != DROPPED)
    places, texts = marked[named], texts.at(np.flatnonzero(named))
    frame = (
        texts.fields.with_columns(
            customer=pl.Series(log.customers(places)),
            place=pl.Series(places),
            line=pl.Series(np.arange(len(places))),
        )
        .with_columns(
            first=pl.col("place").min().over("customer", "source", "event_id"),
            version=pl.col("place").min().over("customer", *texts.fields.columns),
        )
        .filter(pl.col("place") != pl.col("first"))
    )
    dropped = frame["place"].to_numpy()
    records["kind"][dropped] = DROPPED
    losers = frame.filter(pl.col("version") == pl.col("place"))
    conflicts = pl.DataFrame(
        {
            "customer": losers["customer"],
            **texts.names[losers["line"]].to_dict(),
            "kept_row": pl.Series(records["row"][losers["first"].to_numpy()]),
            "dropped_row": pl.Series(records["row"][losers["place"].to_numpy()]),
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
    twins = (
        names_at(source, rows)
        .with_columns(customer=pl.Series(log.customers(places)), place=pl.Series(places))
        .join(remembered, on=["customer", "source", "event_id"], how="semi")
    )
    records["kind"][twins["place"].to_numpy()] = DROPPED
    return twins.height
