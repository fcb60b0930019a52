"""Folding the events of a log, and where in the log an event stood that cannot be folded."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from lifecycle_model import Event, History, Lifecycle, PurchaseCompleted, PurchaseReversed
from lifecycle_model.cli.faults import Fault
from lifecycle_model.cli.progress import watched
from lifecycle_model.cli.reading import Log
from lifecycle_model.errors import CurrencyMismatch, Problem, RevenueOverflow, shown
from lifecycle_model.order import in_order


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
    events = log.events[customer_id]
    try:
        return lifecycle.replay(events, as_of=as_of)
    except (CurrencyMismatch, RevenueOverflow):
        pass
    # What does not count anyway, a copy or a conflict, is not to blame either.
    ordered = in_order(events, None, as_of)
    sound = list(ordered.events)
    while sound or ordered.future:
        try:
            history = lifecycle.replay([*sound, *ordered.future], as_of=as_of)
        except CurrencyMismatch as error:
            problem = other_currency(log, error.expected, error.found)
            blamed = [one for one in sound if getattr(one, "currency", None) == error.found]
        except RevenueOverflow as error:
            last = _overflowing(sound, error, lifecycle)
            problem = too_much(log, last.amount)
            blamed = [last]
        else:
            return replace(history, duplicates=ordered.duplicates, conflicts=ordered.conflicts)
        # Without them the others may fold, or show what else is wrong.
        sound = _without(sound, blamed)
        log.unsound += len(blamed)
        lines = _lines_of(log, customer_id)
        for event in blamed:
            line = lines[id(event)]
            log.faults.add(Fault((line, line), (problem,)))
    return None


def other_currency(log: Log, expected: str, found: str | None) -> Problem:
    """Return the fault of an amount in another currency than the amounts before it."""
    mend = f"expected {shown(expected)}, the policy's or the customer's first: convert it"
    return Problem(log.place("currency"), shown(found), mend)


def too_much(log: Log, amount: Decimal) -> Problem:
    """Return the fault of an amount that is too much with those before it."""
    mend = "the amounts of one window reach 9e14: check them, or count in a larger unit"
    return Problem(log.place("amount"), str(amount), mend)


def _overflowing(
    events: Sequence[Event], error: RevenueOverflow, lifecycle: Lifecycle
) -> PurchaseCompleted | PurchaseReversed:
    """Return the first of the events, in fold order, whose amount is too much."""
    named = [
        (at, event)
        for at, event in enumerate(events)
        if isinstance(event, PurchaseCompleted | PurchaseReversed)
        and (event.occurred_at, event.event_id) == (error.at, error.event_id)
    ]

    def overflows(one: tuple[int, Event]) -> bool:
        try:
            lifecycle.replay(events[: one[0] + 1])
        except RevenueOverflow:
            return True
        return False

    return named[bisect_left(named, True, key=overflows)][1]


def _without(events: Iterable[Event], others: Iterable[Event]) -> list[Event]:
    """Return the events without those very others."""
    gone = set(map(id, others))
    return [event for event in events if id(event) not in gone]


def _lines_of(log: Log, customer_id: str) -> dict[int, int]:
    """Return the lines of a customer's events by their identity."""
    return dict(zip(map(id, log.events[customer_id]), log.places[customer_id], strict=True))


@dataclass(frozen=True, slots=True, order=True)
class Clash:
    """An event that does not count, since another one has its id and comes first."""

    dropped: int
    """Its place in the log."""
    kept: int
    """The place of the other one."""
    event_id: str
    customer_id: str


def clashes_of(log: Log, history: History) -> Iterator[Clash]:
    """Yield the conflicts of a customer's history."""
    if not history.conflicts:
        return
    customer_id = history.customer.id
    lines = _lines_of(log, customer_id)
    for one in history.conflicts:
        name = str(one.dropped.event_id)
        yield Clash(lines[id(one.dropped)], lines[id(one.kept)], name, customer_id)
