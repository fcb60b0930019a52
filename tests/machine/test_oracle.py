"""`transitions` decides as the kernel does, over random histories."""

from __future__ import annotations

import os
import random
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_model import Customer, Lifecycle, Policy, errors, parse_event
from lifecycle_model.kernel import layout
from lifecycle_model.machine.driven import DrivenMemory
from lifecycle_model.order import in_order
from reading.histories import random_history

if TYPE_CHECKING:
    from lifecycle_model import Event, Outcome
    from lifecycle_model.memory import Memory

# Much of the same: what runs here is covered by other tests, and tracing it takes its time.
pytestmark = pytest.mark.no_cover

EVENTS = int(os.environ.get("MACHINE_EVENTS", "20000"))
SEED = int(os.environ.get("MACHINE_SEED", "0"))
CHUNKS = 8


class Silent:
    """Somebody who is told of moves and does nothing."""

    def before_move(self, memory: Memory, record: Any) -> None:
        """Do nothing."""

    def after_move(self, memory: Memory, record: Any) -> None:
        """Do nothing."""


def random_case(name: str) -> tuple[Lifecycle, list[Event], Any]:
    """Return a lifecycle, the ordered events of one history, and an instant after them."""
    rng = random.Random(name)
    raw, thresholds, as_of = random_history(rng, rng.choice((5, 13, 20, 35)), focused=True)
    events = in_order([parse_event(one) for one in raw], None, None).events
    return Lifecycle(Policy(**thresholds)), events, as_of


def told(outcome: Outcome) -> tuple[Any, ...]:
    """Return all that an outcome says."""
    return outcome.customer, outcome.transitions, outcome.refusals, outcome.answers


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_machine_is_the_kernel(chunk: int) -> None:
    """States, rules and refusals are equal event by event, and after time has passed."""
    fired = number = 0
    while fired < EVENTS / CHUNKS:
        number += 1
        lifecycle, events, as_of = random_case(f"{SEED}-{chunk}-{number}")
        thing = SimpleNamespace(situation=None, position=None)
        machine = lifecycle.machine(thing, position="position")
        customer = Customer(id="c")
        for event in events:
            try:
                expected = lifecycle.apply(customer, event)
            except errors.CurrencyMismatch:
                with pytest.raises(errors.CurrencyMismatch):
                    machine.fire(event)
                continue
            customer = expected.customer

            assert told(machine.fire(event)) == told(expected), (number, event)
            assert (thing.situation, thing.position) == (customer.situation, customer.position)

            fired += 1
        if as_of is not None and customer.clock is not None and as_of >= customer.clock:
            assert told(machine.advance(to=as_of)) == told(
                lifecycle.advance(customer, to=as_of)
            )


@pytest.mark.parametrize("chunk", range(4))
def test_every_midnight(chunk: int) -> None:
    """Asked at every midnight, `transitions` finds no move that the kernel passed over."""
    for number in range(40):
        lifecycle, events, _ = random_case(f"{SEED}-midnights-{chunk}-{number}")
        plain = [event for event in events if getattr(event, "currency", None) is None]
        make = partial(
            DrivenMemory,
            machines=lifecycle._machines,
            watcher=Silent(),
            every_midnight=True,
        )

        asked, _, decided = lifecycle.engine.fold(
            Customer(id="c"), plain, None, layout.ANSWERS, make
        )
        known, _, expected = lifecycle.engine.fold(
            Customer(id="c"), plain, None, layout.ANSWERS
        )

        assert decided == expected
        assert asked.pack({}) == known.pack({})
