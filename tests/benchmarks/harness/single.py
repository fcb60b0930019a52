"""One event: `apply` beside one `transitions` trigger with a guard."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from peers.edges import Edge, Facts
from peers.transitions_peer import Subject, TransitionsPeer

from harness.clock import Task
from harness.facts import steps_of
from lifecycle_model import Customer, Lifecycle, PurchaseCompleted, SurveyAnswered
from lifecycle_model.events import Event

CALLS: Final = 2000
YOUNG, OLD = 3, 125
"""Purchase days in the window."""

MOVE, REFUSAL = "a survey that moves", "a purchase, promotion refused"

_START: Final = datetime(2024, 1, 1, 9, 30, tzinfo=UTC)


def single_tasks(lifecycle: Lifecycle, edges: Sequence[Edge]) -> dict[str, Task]:
    """Return `CALLS` calls of each: two events, a young customer, an old one, the peer."""
    peer = TransitionsPeer(edges)
    tasks = {}
    for name in (MOVE, REFUSAL):
        for days in (YOUNG, OLD):
            history = _history(name, days)
            customer = lifecycle.replay(history[:-1]).customer
            tasks[f"{name}, {days}"] = _applying(lifecycle, customer, history[-1])
        steps, _ = steps_of(_history(name, YOUNG), edges, lifecycle.policy)
        kind, facts = steps[-1]
        tasks[f"{name}, trigger"] = _firing(peer, kind, facts)
    return tasks


def _history(name: str, days: int) -> list[Event]:
    """Return purchases on so many days, two days apart, and the event that is timed."""
    times = [_START + timedelta(days=2 * number) for number in range(days + 1)]
    events: list[Event] = [_purchase(time) for time in times]
    if name == MOVE:
        events[-1] = SurveyAnswered(customer_id="c", occurred_at=times[-1], score=2)
    return events


def _purchase(time: datetime) -> PurchaseCompleted:
    return PurchaseCompleted(customer_id="c", occurred_at=time, amount=Decimal("19.90"))


def _applying(lifecycle: Lifecycle, customer: Customer, event: Event) -> Task:
    def run(_: None) -> None:
        apply = lifecycle.apply
        for _call in range(CALLS):
            apply(customer, event)

    return Task(run)


def _firing(peer: TransitionsPeer, kind: str, facts: Facts) -> Task:
    """Fire at a regular customer, who is put back after each call."""

    def run(subject: Subject) -> None:
        event = peer.events[kind]
        for _ in range(CALLS):
            subject.state = "regular"
            event.trigger(subject, facts)

    return Task(run, lambda: Subject("regular"))
