"""Short ways to make events, customers and playbooks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from lifecycle_model import Customer, Lifecycle, Policy, parse_event
from lifecycle_model.playbook import Action, Department

if TYPE_CHECKING:
    from lifecycle_model import BuyingPosition, Event, Plan, Situation

START = datetime(2024, 1, 1, tzinfo=UTC)
LIFECYCLE = Lifecycle()


def event(kind: str, day: float = 0, **fields: Any) -> Event:
    """Return an event of customer `c` so many days after the start."""
    at = START + timedelta(days=day)
    return parse_event({"kind": kind, "customer_id": "c", "occurred_at": at, **fields})


def taken(action_id: str, day: float = 0, **fields: Any) -> Event:
    """Return the event that an action was carried out."""
    return event("action_taken", day, action_id=action_id, **fields)


def folded(*events: Event, **thresholds: Any) -> Customer:
    """Return the customer that the events lead to."""
    return Lifecycle(Policy(**thresholds)).replay(events).customer


def corrected(situation: Situation, position: BuyingPosition, *more: Event) -> Customer:
    """Return a customer whom a person put there, with more events before it."""
    why = {"actor": "a", "reason": "r"}
    return folded(
        *more,
        event("manual_correction", 9, situation=situation, **why),
        event("manual_correction", 9, position=position, opportunity_id="main", **why),
    )


def planned(plan: Plan) -> list[str]:
    """Return the ids of what is due, in order."""
    return [one.action.id for one in plan.planned]


def held(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Return why each action waits, by id."""
    return {one.action.id: tuple(hold.value for hold in one.holds) for one in plan.held}


def action(action_id: str = "mine", **fields: Any) -> Action:
    """Return an action that is sound but for the fields given."""
    sound: dict[str, Any] = {
        "department": Department.SALES,
        "title": "Title",
        "text": "Text.",
        "works_towards": "regular",
    }
    return Action(action_id, **{**sound, **fields})
