"""Random logs of all kinds: the columnar engine says what `Lifecycle` says, in every column."""

from __future__ import annotations

import pytest

from columnar.comparing import check_equal, frame_of, histories_of, random_log
from lifecycle_model import Lifecycle, Policy, columnar


@pytest.mark.parametrize("seed", range(20))
def test_every_column_and_transition_is_that_of_the_scalar_engine(seed: int) -> None:
    """Under a random policy, with ties, duplicates, conflicts and a future."""
    events, thresholds, as_of = random_log(f"agreement-{seed}", 60)
    lifecycle = Lifecycle(Policy(**thresholds))
    as_of = as_of if seed % 2 else None
    histories, invalid = histories_of(events, lifecycle, as_of)
    sound = [event for event in events if event.customer_id not in invalid]

    replay = columnar.replay(frame_of(sound), lifecycle, as_of=as_of, transitions=True)

    check_equal(replay, histories, lifecycle)


@pytest.mark.parametrize("seed", range(20))
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
