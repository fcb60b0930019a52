"""Folding the events of a log, and where in the log an event stood that cannot be folded."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from lifecycle_model import Event, History, Lifecycle, PurchaseCompleted, PurchaseReversed
from lifecycle_model.cli.faults import Fault
from lifecycle_model.cli.progress import watched
from lifecycle_model.cli.reading import Log
from lifecycle_model.errors import CurrencyMismatch, Problem, RevenueOverflow


def fold_all(log: Log, lifecycle: Lifecycle, as_of: datetime | None) -> Iterator[History]:
    """Yield the history of every customer; rows that cannot be folded become faults."""
    with watched(log.events, "folding", len(log.events)) as customers:
        for customer_id in customers:
            history = fold_one(log, customer_id, lifecycle, as_of)
            if history is not None:
                yield history


def fold_one(
    log: Log, customer_id: str, lifecycle: Lifecycle, as_of: datetime | None
) -> History | None:
    """Return the history of a customer, or None where no event of it can be folded."""
    events, places = log.events[customer_id], log.places[customer_id]
    while events:
        try:
            return lifecycle.replay(events, as_of=as_of)
        except CurrencyMismatch as error:
            mend = (
                f"expected {error.expected!r}, the policy's or the customer's first: convert it"
            )
            problem = Problem(log.place("currency"), repr(error.found), mend)
            blamed = _of_currency(events, error, as_of)
        except RevenueOverflow as error:
            at = _largest(events, error)
            mend = "the amounts of one window reach 9e14: check them, or count in a larger unit"
            problem = Problem(log.place("amount"), str(_booked(events[at])), mend)
            blamed = [at]
        for at in blamed:
            log.faults.add(Fault((places[at], places[at]), (problem,)))
        # Without them the others may fold, or show what else is wrong.
        for at in reversed(blamed):
            del events[at], places[at]
    return None


def _of_currency(
    events: Sequence[Event], error: CurrencyMismatch, as_of: datetime | None
) -> list[int]:
    """Return the places of the events in the wrong currency, all of those that would fold.

    One by one they would cost a replay each. Those whose id stands twice are left for later,
    unless it is the one blamed: only a replay knows which of them counts.
    """
    names = Counter((event.source, event.event_id) for event in events)
    return [
        at
        for at, event in enumerate(events)
        if getattr(event, "currency", None) == error.found
        and (as_of is None or event.occurred_at <= as_of)
        and (
            event.event_id is None
            or names[event.source, event.event_id] == 1
            or (event.occurred_at, event.event_id) == (error.at, error.event_id)
        )
    ]


def _largest(events: Sequence[Event], error: RevenueOverflow) -> int:
    """Return the place of the largest amount at the instant of the error."""
    named = [
        at
        for at, event in enumerate(events)
        if (event.occurred_at, event.event_id) == (error.at, error.event_id)
    ]
    return max(named, key=lambda at: _booked(events[at]))


def _booked(event: Event) -> Decimal:
    if isinstance(event, PurchaseCompleted | PurchaseReversed):
        return event.amount
    return Decimal(-1)


def line_of(log: Log, event: Event) -> int:
    """Return the line on which an event of the log stood."""
    events, places = log.events[event.customer_id], log.places[event.customer_id]
    return next(place for one, place in zip(events, places, strict=True) if one is event)
