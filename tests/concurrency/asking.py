"""Everything that a lifecycle is asked about one customer, as one comparable answer."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from lifecycle_model import Customer, Lifecycle, Policy, RuleTable, parse_event
from lifecycle_model.explain.texts import LANGUAGES
from lifecycle_model.order import in_order
from reading.histories import random_history

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lifecycle_model import Event

TARGETS = ("preferred", "non_customer", "implementation")


def new_lifecycle() -> Lifecycle:
    """Return a lifecycle that has not been used, with a table that has not."""
    lifecycle = Lifecycle()
    return Lifecycle(
        Policy(lapsed_days=100, at_risk_days=80), RuleTable(tuple(lifecycle.rules))
    )


def random_events(name: object, size: int = 12) -> list[Event]:
    """Return the events of one customer in fold order, without a second currency."""
    raw, _, _ = random_history(random.Random(f"concurrency-{name}"), size, focused=True)
    events = in_order([parse_event(one) for one in raw], None, None).events
    return [event for event in events if getattr(event, "currency", None) is None]


def answer(lifecycle: Lifecycle, events: Iterable[Event]) -> dict[str, Any]:
    """Ask every verb, and return what is said in plain values."""
    events = list(events)
    history = lifecycle.replay(events)
    thing = SimpleNamespace(situation=None, position=None)
    machine = lifecycle.machine(thing, position="position")
    customer = Customer(id="c")
    applied, fired = [], []
    for event in events:
        outcome = lifecycle.apply(customer, event)
        customer = outcome.customer
        applied.append((outcome.transitions, outcome.answers, outcome.explain("it")))
        fired.append(machine.fire(event).answers)
    return {
        "replayed": (history.customer.to_json(), history.transitions),
        "told": [history.explain(lang) for lang in LANGUAGES],
        "applied": (customer.to_json(), applied),
        "fired": (thing.situation, thing.position, fired),
        "status": lifecycle.status(customer),
        "deadline": lifecycle.next_deadline(customer),
        "plans": [str(lifecycle.plan(customer, lang=lang)) for lang in LANGUAGES],
        "why_not": [lifecycle.why_not(customer, target) for target in TARGETS],
        "path": str(lifecycle.path(customer, "needs_recognition")),
    }
