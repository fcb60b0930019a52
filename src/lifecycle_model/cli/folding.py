"""Folding the events of a log, and where in the log an event stood that cannot be folded."""

from collections.abc import Iterator
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
        except (CurrencyMismatch, RevenueOverflow) as error:
            at, problem = _blame(log, events, error)
            log.faults.add(Fault(f"line {places[at]}", (problem,)))
            # Without it the others may fold, or show what else is wrong.
            del events[at], places[at]
    return None


def _blame(
    log: Log, events: list[Event], error: CurrencyMismatch | RevenueOverflow
) -> tuple[int, Problem]:
    """Return the place of the event that could not be folded, and what is wrong with it."""
    named = [
        at
        for at, event in enumerate(events)
        if event.occurred_at == error.at and event.event_id == error.event_id
    ]
    if isinstance(error, CurrencyMismatch):
        at = next(at for at in named if getattr(events[at], "currency", None) == error.found)
        mend = f"the policy or the customer's first amount has {error.expected!r}: convert it"
        return at, Problem(log.place("currency"), repr(error.found), mend)
    # Several at one instant: the largest is the likeliest mistake.
    amount, at = max((_booked(events[at]), -at) for at in named)
    mend = "the amounts of one window reach 9e14: check them, or count in a larger unit"
    return -at, Problem(log.place("amount"), str(amount), mend)


def _booked(event: Event) -> Decimal:
    if isinstance(event, PurchaseCompleted | PurchaseReversed):
        return event.amount
    return Decimal(-1)


def line_of(log: Log, event: Event) -> int:
    """Return the line on which an event of the log stood."""
    events, places = log.events[event.customer_id], log.places[event.customer_id]
    return next(place for one, place in zip(events, places, strict=True) if one is event)
