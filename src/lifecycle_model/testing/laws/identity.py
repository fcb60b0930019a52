"""The laws of order and identity: which events count, whatever way they come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_model.errors import LateEvent
from lifecycle_model.events import TimePassed
from lifecycle_model.testing.laws.comparing import MICROSECOND, NEW, folded, same, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_model.testing.laws.trial import Trial


def arrival_order_changes_nothing(trial: Trial) -> None:
    """The same events in another order give the same history, down to conflicts and counts."""
    once = told(trial.lifecycle.replay(trial.log, customer=NEW))
    again = told(trial.lifecycle.replay(trial.shuffled, customer=NEW))
    same("replayed in another order", once, again)


def copies_are_counted_and_change_nothing(trial: Trial) -> None:
    """Equal copies of events with an id are dropped, each counted once."""
    copies = [event for event in trial.shuffled if event.event_id is not None][:3]
    once = trial.lifecycle.replay(trial.log, customer=NEW)
    again = trial.lifecycle.replay([*copies, *trial.log], customer=NEW)
    counted = {**told(once), "duplicates": once.duplicates + len(copies)}
    same(f"with {len(copies)} copies", counted, told(again))


def events_without_an_id_are_no_copies(trial: Trial) -> None:
    """Two equal events without an id are two events."""
    unnamed = [event.model_copy(update={"event_id": None}) for event in trial.log]
    history = trial.lifecycle.replay([*unnamed, *unnamed], customer=NEW)
    counts = (len(history.events), history.duplicates, history.conflicts)
    same("every event twice, without ids", (2 * len(unnamed), 0, ()), counts)


def the_future_is_set_aside(trial: Trial) -> None:
    """What lies after `as_of` changes nothing, and every event is accounted for."""
    if not trial.log:
        return
    as_of = trial.log[trial.place % len(trial.log)].occurred_at
    known = [event for event in trial.log if event.occurred_at <= as_of]
    history = trial.lifecycle.replay(trial.log, customer=NEW, as_of=as_of)
    only_known = told(trial.lifecycle.replay(known, customer=NEW, as_of=as_of))
    what = f"as of {as_of.isoformat()}"
    same(
        f"{what}, without the later events",
        {**only_known, "future": history.future},
        told(history),
    )
    parts = history.events, history.conflicts, history.future
    counted = sum(map(len, parts), history.duplicates)
    same(f"{what}, events accounted for", len(trial.log), counted)


def a_repeat_at_the_clock_is_dropped(trial: Trial) -> None:
    """A snapshot knows the ids of its clock's instant, and drops them when repeated."""
    history = trial.lifecycle.replay(trial.log, customer=NEW)
    customer = history.customer
    named = [
        event
        for event in history.events
        if event.occurred_at == customer.clock and event.event_id is not None
    ]
    again = trial.lifecycle.replay(named, customer=customer)
    same("replayed again at the clock: customer", customer, again.customer)
    same("replayed again at the clock: duplicates", len(named), again.duplicates)
    for event in named:
        outcome = trial.lifecycle.apply(customer, event)
        same("applied again at the clock: customer", customer, outcome.customer)
        same("applied again at the clock: duplicate", expected=True, found=outcome.duplicate)


def the_past_is_refused(trial: Trial) -> None:
    """No verb folds into a snapshot, or asks of it, what is older than its clock."""
    lifecycle, customer = trial.lifecycle, folded(trial)
    if customer.clock is None:
        return
    at = customer.clock - trial.wait - MICROSECOND
    late = TimePassed(customer_id=customer.id, occurred_at=at)
    verbs: dict[str, Callable[[], object]] = {
        "apply": lambda: lifecycle.apply(customer, late),
        "replay": lambda: lifecycle.replay([late], customer=customer),
        "replay as of": lambda: lifecycle.replay([], customer=customer, as_of=at),
        "advance": lambda: lifecycle.advance(customer, to=at),
        "status": lambda: lifecycle.status(customer, as_of=at),
    }
    for name, verb in verbs.items():
        try:
            verb()
        except LateEvent:
            continue
        clock = customer.clock.isoformat()
        raise AssertionError(f"{name} took {at.isoformat()}, clock {clock}")
