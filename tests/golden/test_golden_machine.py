"""What was worked out by hand is what a machine of `transitions` says."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from golden.corpus import (
    CORPUS,
    Answer,
    History,
    hold,
    lifecycle_of,
    named,
    walked,
)


@pytest.mark.parametrize("history", CORPUS, ids=named)
def test_machine_gives_what_was_worked_out_by_hand(history: History) -> None:
    """Fired event by event; the object has the values of the history in the end."""
    thing = SimpleNamespace(situation=None, position=None)

    def found() -> Answer:
        machine = lifecycle_of(history).machine(thing, position="position")
        return walked(history, machine)

    if (answer := hold(history, found)) is None:
        return
    held = (thing.situation or "non_customer", thing.position or "status_quo")
    assert held == (answer["values"]["situation"], answer["values"]["position"])
