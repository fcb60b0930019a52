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
    told,
    walked,
)
from golden.rule_coverage import guarded_rules, histories_by_rule, rules
from lifecycle_model import Customer, Lifecycle, errors

if TYPE_CHECKING:
    from datetime import datetime

    from golden.corpus import Answer
    from lifecycle_model import Event, Outcome

NEW = Customer(id="c")


class Stored:
    """A customer that is stored as text between any two events."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self.lifecycle = lifecycle
        self.text = NEW.to_json()

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
    start = lifecycle.replay(events_of(history.get("before", [])), customer=NEW).customer
    result = lifecycle.replay(
        events_of(history["events"]), customer=start, as_of=as_of(history)
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
def test_every_row_fires_and_every_guarded_row_is_refused() -> None:
    """Each row of both tables moves in some history, and with guards does not in another."""
    fired, refused = histories_by_rule()

    assert set() == rules() - set(fired)
    assert set() == guarded_rules() - set(refused)


def test_names_tell_histories_apart() -> None:
    """Every history has its own name and says what it shows."""
    assert len(CORPUS) == len({history["name"] for history in CORPUS})
    assert all(history["says"].endswith(".") for history in CORPUS)
