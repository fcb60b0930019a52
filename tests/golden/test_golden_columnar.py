"""What was worked out by hand is what the columnar engine says, many histories in one log."""

from __future__ import annotations

import json
from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import pytest

from columnar.comparing import frame_of
from golden.corpus import (
    CORPUS,
    VALUES,
    Answer,
    History,
    as_of,
    events_of,
    expected,
    lifecycle_of,
    named,
    rivals,
    spoken_of,
    told,
)
from lifecycle_model import FACTS, columnar, errors
from lifecycle_model.columnar.schema import NEEDED

# Other tests cover what it runs.
pytestmark = pytest.mark.untraced

FAULTS = {"LateEvent": "occurred_at", "CurrencyMismatch": "currency"}
"""The column in which a log shows what is an error of one customer's replay."""

UNTOLD = ("answers", "duplicates", "refused", "directions")
"""Frames tell neither whose copies were dropped, nor the answers, nor the way of a move."""


def batches() -> list[list[History]]:
    """Return the histories that can be folded together: of one policy, asked at one instant."""
    found: dict[tuple[Any, ...], list[History]] = defaultdict(list)
    for history in CORPUS:
        if "error" not in history["expect"]:
            policy = json.dumps(history.get("policy", {}), sort_keys=True)
            asked = (history.get("as_of"), history.get("before_as_of"))
            found[history.get("preset"), policy, *asked].append(history)
    return list(found.values())


def folded(batch: list[History]) -> columnar.Replay:
    """Fold histories as one log, each under its name, from snapshots where it has some past."""
    lifecycle = lifecycle_of(batch[0])

    def log(part: str) -> Any:
        rows = frame_of(
            event for one in batch for event in events_of(one.get(part, []), one["name"])
        )
        # Empty columns say nothing, and take most of the time of so short a log.
        return rows.select(one for one in rows if one.name in NEEDED or one.count())

    past = log("before")
    before = None
    if len(past):
        stored_at = as_of(batch[0], "before_as_of")
        before = columnar.replay(past, lifecycle, as_of=stored_at, threads=1)
    return columnar.replay(
        log("events"),
        lifecycle,
        as_of=as_of(batch[0]),
        snapshots=before,
        transitions=True,
        threads=1,
    )


def answers(batch: list[History], replay: columnar.Replay) -> dict[str, Answer]:
    """Return what the frames say of each history."""
    lifecycle = lifecycle_of(batch[0])
    moves, customers = defaultdict(list), {}
    for row in replay.transitions.iter_rows(named=True):
        moves[row["customer_id"]].append(SimpleNamespace(**row))
    for row in replay.snapshots.iter_rows(named=True):
        customers[row["customer_id"]] = columnar.to_customer(row, lifecycle)
    found = {}
    for row in replay.customers.iter_rows(named=True):
        name = row["customer_id"]
        found[name] = {
            **told(moves[name]),
            "values": {one: row[one] for one in VALUES},
            "facts": {one: row[one] for one in FACTS if one in row},
            "competitors": rivals(customers[name]),
            "conflicts": (replay.conflicts["customer_id"] == name).sum(),
            "future": (replay.future["customer_id"] == name).sum(),
        }
    return found


@pytest.mark.parametrize("batch", batches(), ids=lambda batch: batch[0]["name"])
def test_log_gives_what_was_worked_out_by_hand(batch: list[History]) -> None:
    """Moves, values, facts and counts of each history; copies are counted over all of them."""
    replay = folded(batch)
    found = answers(batch, replay)
    wanted = {one["name"]: expected(one) for one in batch}

    assert replay.duplicates == sum(one["duplicates"] for one in wanted.values())
    for history in batch:
        untold = {one: wanted[history["name"]].get(one) for one in UNTOLD}
        answer = found[history["name"]] | untold
        assert spoken_of(answer, history) == wanted[history["name"]], history["name"]


@pytest.mark.parametrize(
    "history", [one for one in CORPUS if one["expect"].get("error") in FAULTS], ids=named
)
def test_log_refuses_what_is_an_error(history: History) -> None:
    """The row is named, or the whole fold refused where no row is at fault."""
    error = history["expect"]["error"]
    if not history["events"]:
        with pytest.raises(getattr(errors, error)):
            folded([history])
        return

    with pytest.raises(errors.InvalidRows) as raised:
        folded([history])

    assert {row.column for row in raised.value.rows} == {FAULTS[error]}
