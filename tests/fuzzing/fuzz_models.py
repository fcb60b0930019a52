"""Events and stored customers, from raw bytes and from fields put together."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from fuzzing.dice import Dice
from fuzzing.pieces import OBJECTS, VALUES, histories, raw_event
from lifecycle_model import (
    Customer,
    Lifecycle,
    LifecycleError,
    Situation,
    parse_event,
)
from lifecycle_model.events import canonical_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lifecycle_model import Event

LIFECYCLE = Lifecycle()
LAST = datetime(9999, 12, 31, tzinfo=UTC)


def check_event(event: Event) -> None:
    """Assert that an event survives its stored form and can be folded."""
    assert parse_event(event.model_dump_json()) == event
    assert parse_event(event.model_dump()) == event
    json.loads(canonical_json(event))
    with suppress(LifecycleError):
        check_customer(LIFECYCLE.replay([event]).customer)


def check_customer(customer: Customer) -> None:
    """Assert that a customer survives its stored form and answers every question."""
    assert Customer.from_json(customer.to_json()) == customer
    with suppress(LifecycleError):
        LIFECYCLE.status(customer)
        LIFECYCLE.next_deadline(customer)
        LIFECYCLE.why_not(customer, Situation.PREFERRED)
        LIFECYCLE.plan(customer)
        later = LIFECYCLE.advance(customer, to=LAST)
        assert Customer.from_json(later.customer.to_json()) == later.customer


def event_texts(data: bytes) -> None:
    """Parse bytes as the JSON of an event."""
    with suppress(LifecycleError):
        check_event(parse_event(data))


def event_fields(data: bytes) -> None:
    """Parse fields put together, as Python objects."""
    dice = Dice(data)
    fields = raw_event(dice, OBJECTS)
    with suppress(LifecycleError):
        check_event(parse_event(fields))


def one_customer(data: bytes) -> None:
    """Fold several events of one customer, in two orders of arrival."""
    dice = Dice(data)
    events = []
    while dice.left and len(events) < 30:
        fields: Mapping[str, Any] = raw_event(dice) | {"customer_id": "c"}
        with suppress(LifecycleError):
            events.append(parse_event(fields))
    with suppress(LifecycleError):
        history = LIFECYCLE.replay(events)
        assert LIFECYCLE.replay(events[::-1]) == history
        check_customer(history.customer)
        history.explain()


def customer_texts(data: bytes) -> None:
    """Load bytes as a stored customer."""
    with suppress(LifecycleError):
        check_customer(Customer.from_json(data))


def customer_fields(data: bytes) -> None:
    """Load stored customers with some places changed."""
    dice = Dice(data)
    stored = dice.changed(json.loads(dice.pick(stored_customers())), VALUES)
    with suppress(LifecycleError):
        check_customer(Customer.from_json(json.dumps(stored)))


@cache
def stored_customers() -> list[bytes]:
    """Return what the golden histories lead to, as stored."""
    found = []
    for events in histories():
        with suppress(LifecycleError):  # some of them show what is refused
            customer = LIFECYCLE.replay(map(parse_event, events)).customer
            found.append(customer.to_json().encode())
    return found


def event_texts_seeds() -> Iterator[bytes]:
    """Yield the golden events as JSON, each form once."""
    forms = {}
    for events in histories():
        for event in events:
            forms[tuple(sorted(event))] = json.dumps(event).encode()
    yield from forms.values()


def customer_texts_seeds() -> Iterator[bytes]:
    """Yield every tenth of the golden customers."""
    yield from stored_customers()[::10]
