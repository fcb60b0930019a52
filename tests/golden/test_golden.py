"""What was worked out by hand is what `Lifecycle` says, at once and event by event."""

from __future__ import annotations

import pytest

from golden.corpus import (
    CORPUS,
    History,
    Stored,
    hold,
    lifecycle_of,
    named,
    replayed,
    walked,
)
from golden.rule_coverage import covered, guarded_rows, rows, ways


@pytest.mark.parametrize("history", CORPUS, ids=named)
def test_replay_gives_what_was_worked_out_by_hand(history: History) -> None:
    """Moves, values, facts and counts are those of the history."""
    hold(history, lambda: replayed(history, lifecycle_of(history)))


@pytest.mark.parametrize("history", CORPUS, ids=named)
def test_apply_gives_what_was_worked_out_by_hand(history: History) -> None:
    """Event by event, through stored snapshots, the same; the last event is refused alike."""
    hold(history, lambda: walked(history, Stored(lifecycle_of(history))))


@pytest.mark.untraced
def test_corpus_covers_the_table() -> None:
    """Each row moves, each row with guards is refused, and each way is gone, somewhere."""
    found = covered()

    assert set() == rows() - set(found.fired)
    assert set() == guarded_rows() - set(found.refused)
    assert set() == ways() ^ set(found.moved)


def test_names_tell_histories_apart() -> None:
    """Every history has its own name and says what it shows."""
    assert len(CORPUS) == len({history["name"] for history in CORPUS})
    assert all(history["says"].endswith(".") for history in CORPUS)
