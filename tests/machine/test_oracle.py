"""`transitions` decides as the kernel does, over random histories."""

from __future__ import annotations

import random
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from engines import CHUNK_EVENTS, CHUNKS, SEED, Silent
from lifecycle_model import Customer, Lifecycle, Policy, errors, parse_event
from lifecycle_model.kernel import layout
from lifecycle_model.machine.driven import DrivenMemory
from lifecycle_model.order import in_order
from reading.histories import random_history

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_model import Event, Outcome

# Much of the same, and covered by other tests: tracing would take most of the time.
pytestmark = pytest.mark.bulk

POLICY_EVENTS = 250
"""Events of the histories under one policy: its machines take a while to build."""


def random_policy(rng: random.Random) -> dict[str, Any]:
    """Return thresholds."""
    return random_history(rng, 5, focused=True)[1]


def random_case(rng: random.Random, thresholds: dict[str, Any]) -> tuple[list[Event], Any]:
    """Return the ordered events of one history, and an instant after them."""
    size = rng.choice((5, 13, 20, 35))
    raw, _, as_of = random_history(rng, size, focused=True, policy=thresholds)
    return in_order([parse_event(one) for one in raw], None, None).events, as_of


def told(outcome: Outcome) -> tuple[Any, ...]:
    """Return all that an outcome says."""
    return outcome.customer, outcome.transitions, outcome.refusals, outcome.answers


def check_history(lifecycle: Lifecycle, events: list[Event], as_of: Any) -> int:
    """Hold a machine against the kernel over one history; return how many events it took."""
    thing = SimpleNamespace(situation=None, position=None)
    machine = lifecycle.machine(thing, position="position")
    customer, fired = Customer(id="c"), 0
    for event in events:
        try:
            expected = lifecycle.apply(customer, event)
        except errors.CurrencyMismatch:
            with pytest.raises(errors.CurrencyMismatch):
                machine.fire(event)
            continue
        customer = expected.customer

        assert told(machine.fire(event)) == told(expected), event
        assert (thing.situation, thing.position) == (customer.situation, customer.position)

        fired += 1
    if as_of is not None and customer.clock is not None and as_of >= customer.clock:
        assert told(machine.advance(to=as_of)) == told(lifecycle.advance(customer, to=as_of))
    return fired


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_machine_is_the_kernel(
    chunk: int, record_property: Callable[[str, object], None]
) -> None:
    """States, rules and refusals are equal event by event, and after time has passed."""
    rng = random.Random(f"machine-{SEED}-{chunk}")
    fired = 0
    while fired < CHUNK_EVENTS:
        thresholds = random_policy(rng)
        lifecycle, until = Lifecycle(Policy(**thresholds)), fired + POLICY_EVENTS
        while fired < until:
            fired += check_history(lifecycle, *random_case(rng, thresholds))

    assert fired >= CHUNK_EVENTS
    record_property("random events in the machine of transitions", fired)


@pytest.mark.parametrize("chunk", range(4))
def test_every_midnight(chunk: int) -> None:
    """Asked at every midnight, `transitions` finds no move that the kernel passed over."""
    rng = random.Random(f"midnights-{SEED}-{chunk}")
    for _ in range(40):
        thresholds = random_policy(rng)
        lifecycle = Lifecycle(Policy(**thresholds))
        events, _ = random_case(rng, thresholds)
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
