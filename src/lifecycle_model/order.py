"""Order and identity: which events of one customer fold, and in which order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter, lt
from typing import Any

from lifecycle_model.customer import Customer
from lifecycle_model.errors import LateEvent, NotAnEvent, WrongCustomer
from lifecycle_model.events import EVENT_TYPES, KINDS, Event, canonical_json
from lifecycle_model.outcome import Conflict

_TIME = attrgetter("occurred_at")
_PLACE = {kind: place for place, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Ordered:
    """The events of one customer, ready to fold."""

    events: Sequence[Event]
    duplicates: int
    conflicts: tuple[Conflict, ...]
    future: tuple[Event, ...]


def fold_key(event: Event) -> tuple[Any, ...]:
    """Return the key by which events of one customer fold."""
    return (
        event.occurred_at,
        event.sequence,
        _PLACE[event.kind],
        event.source,
        () if event.event_id is None else (event.event_id,),
        canonical_json(event),
    )


def in_order(
    events: Iterable[Event], customer: Customer | None, as_of: datetime | None
) -> Ordered:
    """Sort the events, set aside the future, and keep one event of each name.

    Raises:
        NotAnEvent: something is not a validated event.
        WrongCustomer: the events are of several customers, or of another one.
        LateEvent: an event is older than the customer's clock.
    """
    ordered = list(events)
    for strange in set(map(type, ordered)).difference(EVENT_TYPES):
        raise NotAnEvent(strange.__name__)
    # Looking up a field of a model is slow: one look at them all serves every question below.
    fields = list(map(vars, ordered))
    _check_customer([one["customer_id"] for one in fields], customer)
    names = [(one["source"], one["event_id"]) for one in fields if one["event_id"] is not None]
    times = [one["occurred_at"] for one in fields]
    if not all(map(lt, times, times[1:])):
        _sort(ordered)
    future: list[Event] = []
    if as_of is not None:
        while ordered and ordered[-1].occurred_at > as_of:
            future.append(ordered.pop())
    clock = None if customer is None else customer.clock
    if clock is not None and ordered and ordered[0].occurred_at < clock:
        late = ordered[0]
        raise LateEvent(late.customer_id, late.occurred_at, clock, late.event_id, late.kind)
    duplicates = 0
    conflicts: tuple[Conflict, ...] = ()
    remembered = () if customer is None else customer.clock_events
    if len({*names, *remembered}) < len(names) + len(remembered):
        ordered, duplicates, conflicts = _unique(ordered, customer)
    return Ordered(ordered, duplicates, conflicts, tuple(reversed(future)))


def _check_customer(found: Sequence[str], customer: Customer | None) -> None:
    ids = set(found)
    if customer is not None:
        ids.add(customer.id)
    if len(ids) > 1:
        own = customer.id if customer is not None else found[0]
        raise WrongCustomer(own, min(ids - {own}))


def _sort(events: list[Event]) -> None:
    events.sort(key=_TIME)
    at = 0
    for _, group in groupby(list(events), key=_TIME):
        tied = list(group)
        if len(tied) > 1:
            tied.sort(key=fold_key)
            events[at : at + len(tied)] = tied
        at += len(tied)


def _unique(
    events: list[Event], customer: Customer | None
) -> tuple[list[Event], int, tuple[Conflict, ...]]:
    """Keep the first event of each name, and say what was dropped."""
    remembered = () if customer is None else customer.clock_events
    clock = None if customer is None else customer.clock
    versions: dict[tuple[str, str], dict[Event, None]] = {}
    kept: list[Event] = []
    duplicates = 0
    conflicts: list[Conflict] = []
    for event in events:
        if event.event_id is None:
            kept.append(event)
            continue
        name = (event.source, event.event_id)
        seen = versions.setdefault(name, {})
        if event in seen or (event.occurred_at == clock and name in remembered):
            duplicates += 1
            continue
        if seen:
            conflicts.append(Conflict(next(iter(seen)), event))
        else:
            kept.append(event)
        seen[event] = None
    return kept, duplicates, tuple(conflicts)
