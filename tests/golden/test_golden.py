"""What was worked out by hand is what `Lifecycle` says, at once and event by event."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from golden.corpus import (
    CORPUS,
    History,
    as_of,
    directions,
    events_of,
    expected,
    lifecycle_of,
    named,
    spoken_of,
    standing,
    start_of,
    told,
    walked,
)
from golden.rule_coverage import covered, guarded_rows, rows, ways
from lifecycle_model import Customer, Lifecycle, errors

if TYPE_CHECKING:
    from datetime import datetime

    from golden.corpus import Answer
    from lifecycle_model import Event, Outcome


class Stored:
    """A customer that is stored as text between any two events."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self.lifecycle = lifecycle
        self.text = Customer(id="c").to_json()

    @property
    def customer(self) -> Customer:
        """Where the customer stands."""
        return Customer.from_json(self.text)

    def fire(self, event: Event) -> Outcome:
        """Take one event."""
        return self._kept(self.lifecycle.apply(self.customer, event))

    def advance(self, *, to: datetime) -> Outcome:
        """Let time pass."""
        return self._kept(self.lifecycle.advance(self.customer, to=to))

    def _kept(self, outcome: Outcome) -> Outcome:
        self.text = outcome.customer.to_json()
        return outcome


def replayed(history: History, lifecycle: Lifecycle) -> Answer:
    """Return what comes out where all events are folded at once."""
    result = lifecycle.replay(
        events_of(history["events"]), customer=start_of(history), as_of=as_of(history)
    )
    return {
        **told(result.transitions),
        "directions": directions(result.transitions),
        **standing(lifecycle, result.customer),
        "duplicates": result.duplicates,
        "conflicts": len(result.conflicts),
        "future": len(result.future),
        "refused": history["expect"].get("refused"),  # told by `apply` alone
    }


@pytest.mark.parametrize("history", CORPUS, ids=named)
def test_replay_gives_what_was_worked_out_by_hand(history: History) -> None:
    """Moves, values, facts and counts are those of the history."""
    if "error" in history["expect"]:
        with pytest.raises(getattr(errors, history["expect"]["error"])):
            replayed(history, lifecycle_of(history))
        return

    found = replayed(history, lifecycle_of(history))

    assert spoken_of(found, history) == expected(history)


@pytest.mark.parametrize("history", CORPUS, ids=named)
def test_apply_gives_what_was_worked_out_by_hand(history: History) -> None:
    """Event by event, through stored snapshots, the same; the last event is refused alike."""
    if "error" in history["expect"]:
        with pytest.raises(getattr(errors, history["expect"]["error"])):
            walked(history, Stored(lifecycle_of(history)))
        return

    found = walked(history, Stored(lifecycle_of(history)))

    assert spoken_of(found, history) == expected(history)


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
