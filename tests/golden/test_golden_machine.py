"""What was worked out by hand is what a machine of `transitions` says."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from golden.corpus import CORPUS, History, expected, lifecycle_of, named, spoken_of, walked
from lifecycle_model import errors


@pytest.mark.parametrize("history", CORPUS, ids=named)
def test_machine_gives_what_was_worked_out_by_hand(history: History) -> None:
    """Fired event by event; the object has the values of the history in the end."""
    lifecycle, expect = lifecycle_of(history), history["expect"]
    thing = SimpleNamespace(situation=None, position=None)
    machine = lifecycle.machine(thing, position="position")
    if "error" in expect:
        with pytest.raises(getattr(errors, expect["error"])):
            walked(history, lifecycle, machine)
        return

    found = walked(history, lifecycle, machine)

    assert spoken_of(found, history) == expected(history)
    held = (thing.situation or "non_customer", thing.position or "status_quo")
    assert held == (found["values"]["situation"], found["values"]["position"])
