"""Which rows of a log in columns do not fold, and why, in the words of the command line."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any, Final

import numpy as np
import polars as pl

from lifecycle_model import KINDS, Event, PurchaseCompleted, PurchaseReversed
from lifecycle_model.cli.columns.table import Reread, Table
from lifecycle_model.cli.faults import Fault
from lifecycle_model.cli.folding import other_currency, too_much
from lifecycle_model.cli.reading import Log, new_log
from lifecycle_model.cli.request import Request
from lifecycle_model.columnar.replaying import Replay
from lifecycle_model.errors import Problem, did_you_mean

_READ: Final = 50_000
"""How many faulty rows are looked at one by one, at most."""


def judge(table: Table, replay: Replay, request: Request, log: Log) -> int:
    """Tell the rows that were not folded, and return how many were.

    Args:
        table: the log.
        replay: what became of it.
        request: what was asked for.
        log: takes the faults.

    Raises:
        InputError: there are some, and they are not to be skipped; or there are no others.
    """
    refused = np.union1d(replay.invalid["row"].to_numpy(), table.strange).astype(np.int64)
    looked = refused[:_READ]
    log.faults.unread = len(refused) - len(looked)
    lines = replay.invalid.filter(pl.col("row") <= looked.max(initial=-1))
    lines = lines.with_columns(place=pl.Series(table.places(lines["row"].to_numpy())))
    events: dict[int, Event] = {}
    if table.reread is not None:
        events = _read_again(table.reread, table.places(looked), request, log)
        # What cannot be read is told first: the rest shows only when it is folded.
        log.faults.check()
        lines = lines.filter(pl.col("place").is_in(list(events)))
    expected = _currencies(lines, events, replay, request)
    for place, found in groupby(lines.iter_rows(named=True), key=lambda line: line["place"]):
        problems = tuple(_problem(line, events.get(place), expected, log) for line in found)
        log.faults.add(Fault((place, place), problems))
    log.faults.check()
    sound = table.height - len(refused)
    if request.earlier is None:
        log.check_events(sound + len(events))
    return sound


def _read_again(
    reread: Reread, places: np.ndarray, request: Request, log: Log
) -> dict[int, Event]:
    """Read rows one by one, and return the events of those that are fine by themselves."""
    read = new_log(request.reading)
    read.faults = log.faults
    if len(places):
        reread(places, read)
    return {
        place: event
        for customer_id, events in read.events.items()
        for place, event in zip(read.places[customer_id], events, strict=True)
    }


def _currencies(
    lines: pl.DataFrame, events: Mapping[int, Event], replay: Replay, request: Request
) -> dict[str, str]:
    """Return the currency of each customer who has an amount in another one."""
    places = lines.filter(pl.col("column") == "currency")["place"]
    ids = {events[place].customer_id for place in places if place in events}
    needed = request.lifecycle.policy.currency
    if needed is not None or not ids:
        return dict.fromkeys(ids, needed or "")
    kept = replay.snapshots.select(pl.col("customer_id").cast(pl.String), "currency")
    return dict(kept.filter(pl.col("customer_id").is_in(list(ids))).iter_rows())


def _problem(
    line: Mapping[str, Any], event: Event | None, expected: Mapping[str, str], log: Log
) -> Problem:
    """Return what is wrong with a row."""
    match line["column"], event:
        case "currency", PurchaseCompleted() | PurchaseReversed():
            return other_currency(log, expected[event.customer_id], event.currency)
        case "amount", PurchaseCompleted() | PurchaseReversed():
            return too_much(log, event.amount)
        case "kind", None if line["value"].startswith("'"):
            mend = f"is not a known kind: {did_you_mean(line['value'][1:-1], KINDS)}"
            return Problem(log.place("kind"), line["value"], mend)
        case _:
            return Problem(log.place(line["column"]), line["value"], line["reason"])
