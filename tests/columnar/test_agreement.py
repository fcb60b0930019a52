"""Random logs of all kinds: the columnar engine says what `Lifecycle` says, in every column."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from cdnow import cohort
from columnar.comparing import (
    check_equal,
    events_of,
    frame_of,
    histories_of,
    random_log,
)
from laws.tables import TABLES
from lifecycle_model import PRESETS, Lifecycle, Policy, columnar, errors
from lifecycle_model.columnar.folding import fold_customers
from lifecycle_model.simulate import event_log

if TYPE_CHECKING:
    from collections.abc import Callable

# Much of the same, and covered by other tests: tracing would take most of the time.
pytestmark = pytest.mark.bulk

LOGS = int(os.environ.get("COLUMNAR_LOGS", "20"))
SIMULATED = 40_000
"""Events of the log for each preset; with the default policy there are six."""


@pytest.mark.parametrize(
    "preset", ["default", *(name for name in PRESETS if name != "default")]
)
def test_made_up_logs_come_out_as_in_the_scalar_engine(
    preset: str, record_property: Callable[[str, object], None]
) -> None:
    """All kinds, in processes as companies have them, with copies and late rows."""
    log = event_log(SIMULATED, 1_500, seed=len(preset), columns=None)
    lifecycle = Lifecycle(Policy.preset(preset))
    as_of = log["occurred_at"].max() + timedelta(days=200)
    histories, invalid = histories_of(events_of(log), lifecycle, as_of)
    assert not invalid

    replay = columnar.replay(log, lifecycle, as_of=as_of, transitions=True)

    check_equal(replay, histories, lifecycle)
    record_property("made-up events in the columnar engine", len(log))


def test_purchases_of_a_whole_cohort_come_out_as_in_the_scalar_engine() -> None:
    """The 69,659 purchases of CDNOW, of which 2,068 share their day with another."""
    lifecycle = Lifecycle()
    log = cohort()
    histories, _ = histories_of(events_of(log), lifecycle, None)

    replay = columnar.replay(log, lifecycle, transitions=True)

    assert replay.events == 69_659
    check_equal(replay, histories, lifecycle)


@pytest.mark.parametrize("seed", range(LOGS))
def test_every_column_and_transition_is_that_of_the_scalar_engine(seed: int) -> None:
    """Under a random policy, with ties, duplicates, conflicts and a future."""
    events, thresholds, as_of = random_log(f"agreement-{seed}", 60)
    lifecycle = Lifecycle(Policy(**thresholds))
    as_of = as_of if seed % 2 else None
    histories, invalid = histories_of(events, lifecycle, as_of)
    sound = [event for event in events if event.customer_id not in invalid]

    replay = columnar.replay(frame_of(sound), lifecycle, as_of=as_of, transitions=True)

    check_equal(replay, histories, lifecycle)


@pytest.mark.parametrize("table", sorted(TABLES))
def test_own_tables_come_out_as_in_the_scalar_engine(table: str) -> None:
    """One compilation serves them all, under random policies."""
    compared = 0
    for number in range(4):
        events, thresholds, as_of = random_log(f"table-{table}-{number}", 20)
        try:
            lifecycle = Lifecycle(Policy(**thresholds), TABLES[table])
        except errors.InvalidRules:  # not every threshold suits every table
            continue
        histories, invalid = histories_of(events, lifecycle, as_of)
        sound = [event for event in events if event.customer_id not in invalid]

        replay = columnar.replay(frame_of(sound), lifecycle, as_of=as_of, transitions=True)

        check_equal(replay, histories, lifecycle)
        compared += 1

    assert compared
    assert len(fold_customers().signatures) == 1


@pytest.mark.parametrize("seed", range(LOGS))
def test_a_log_folded_in_two_parts_gives_what_one_fold_gives(seed: int) -> None:
    """At any cut in time; copies and conflicts across the cut are what snapshots forget."""
    events, thresholds, as_of = random_log(f"halves-{seed}", 60)
    lifecycle = Lifecycle(Policy(**thresholds))
    _, invalid = histories_of(events, lifecycle, as_of)
    sound = [
        event
        for event in events
        if event.customer_id not in invalid and (event.event_id is None or seed % 2)
    ]
    known = {event.occurred_at for event in sound}
    times = sorted(time for time in known if as_of is None or time <= as_of)
    cut = times[len(times) * (seed + 1) // 22]
    if seed % 2:  # names stand on one side of the cut only
        sound = [one for one in sound if one.event_id is None or one.occurred_at < cut]
    before = [event for event in sound if event.occurred_at < cut]
    after = [event for event in sound if event.occurred_at >= cut]

    whole = columnar.replay(frame_of(sound), lifecycle, as_of=as_of, transitions=True)
    first = columnar.replay(frame_of(before), lifecycle, transitions=True)
    second = columnar.replay(
        frame_of(after), lifecycle, as_of=as_of, snapshots=first, transitions=True
    )

    assert second.customers.rows() == whole.customers.rows()
    assert second.snapshots.rows() == whole.snapshots.rows()
    moves = [*first.transitions.rows(), *second.transitions.rows()]
    assert sorted(moves, key=lambda row: row[0]) == whole.transitions.rows()


@pytest.mark.parametrize("seed", range(LOGS // 2))
def test_rows_that_cannot_be_folded_are_as_if_they_were_not_there(seed: int) -> None:
    """They are no copies of others, hold no place in the order, and start no history."""
    events, thresholds, as_of = random_log(f"invalid-{seed}", 30)
    lifecycle = Lifecycle(Policy(**thresholds))
    _, invalid = histories_of(events, lifecycle, as_of)
    log = frame_of([one for one in events if one.customer_id not in invalid])
    broken = pl.int_range(pl.len()) % 3 == 0
    wrong = log.with_columns(
        kind=pl.when(broken & (pl.int_range(pl.len()) % 2 == 0))
        .then(pl.lit("unheard_of"))
        .otherwise("kind"),
        event_id=pl.when(broken & (pl.int_range(pl.len()) % 2 == 1))
        .then(pl.lit(""))
        .otherwise("event_id"),
    )
    asked = {"lifecycle": lifecycle, "as_of": as_of, "transitions": True}

    found = columnar.replay(wrong, on_invalid="report", **asked)
    expected = columnar.replay(log.filter(~broken), **asked)

    assert found.customers.rows() == expected.customers.rows()
    assert found.transitions.rows() == expected.transitions.rows()
    assert found.snapshots.rows() == expected.snapshots.rows()
    assert (found.events, found.duplicates) == (expected.events, expected.duplicates)
    assert found.invalid["row"].to_list() == list(range(0, len(log), 3))
