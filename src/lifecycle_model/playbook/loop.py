"""The loop closes: which actions were taken, and whether what they work towards followed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from lifecycle_model.errors import NegativeDays
from lifecycle_model.events import ActionTaken, Event
from lifecycle_model.outcome import Transition
from lifecycle_model.playbook.plan import Plan
from lifecycle_model.states import BuyingPosition, Situation

_DAY: Final = timedelta(days=1)


class Followed(StrEnum):
    """What came of an action within the days given."""

    YES = "yes"
    NO = "no"
    CENSORED = "censored"
    """Not so far, and the history ends before the days are over."""
    UNKNOWN = "unknown"
    """The playbook has no such action, so nobody knows what it works towards."""


class InPlan(StrEnum):
    """How an action stood to the customer's plan when it was taken."""

    PLANNED = "planned"
    HELD = "held"
    """It should have waited."""
    ELSEWHERE = "elsewhere"
    """The playbook has it, but not for where the customer stood."""
    UNKNOWN = "unknown"
    """The playbook does not have it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One folded event, with what it moved."""

    event: Event
    transitions: tuple[Transition, ...]
    plan: Plan | None = None
    """Of the moment before, where the event is an action taken."""


@dataclass(frozen=True, slots=True)
class ActionResult:
    """One action that was taken."""

    action_id: str
    taken_at: datetime
    situation: Situation
    """In which the customer was then."""
    position: BuyingPosition
    in_plan: InPlan
    works_towards: str | None
    """None for an action that the playbook does not have."""
    followed: Followed
    followed_at: datetime | None = None
    """When it followed first; None where it did not within the days."""


@dataclass(frozen=True, slots=True)
class Course:
    """One customer's history, told for the question what came of actions."""

    steps: tuple[Step, ...]
    """Every folded event, in fold order."""
    late: tuple[Transition, ...]
    """What time moved after the last event."""
    ends_at: datetime
    day_offset_minutes: int = 0
    """Where the calendar's midnight lies, in minutes east of UTC."""


def results_of(
    course: Course, goals: Mapping[str, str], *, days: int
) -> tuple[ActionResult, ...]:
    """Return what came of every action taken, in the order in which they were.

    What an action works towards follows within n days where its day less the action's is at
    most n; it must come after the action, and it is an event of that kind, or a move into that
    state from another.

    Args:
        course: the history.
        goals: what each action of the playbook works towards, by id.
        days: n.

    Raises:
        NegativeDays: n is below 0.
    """
    if days < 0:
        raise NegativeDays(days)
    found = []
    for place, step in enumerate(course.steps):
        event, plan = step.event, step.plan
        if not isinstance(event, ActionTaken) or plan is None:
            continue
        goal = goals.get(event.action_id)
        end = _end(event.occurred_at, days, course.day_offset_minutes)
        at = None if goal is None else _first(course.steps[place:], course.late, goal)
        if goal is None:
            followed = Followed.UNKNOWN
        elif at is not None and at < end:
            followed = Followed.YES
        else:
            followed = Followed.NO if course.ends_at >= end else Followed.CENSORED
        found.append(
            ActionResult(
                event.action_id,
                event.occurred_at,
                plan.status.situation,
                plan.status.position,
                _in_plan(event.action_id, plan, goals),
                goal,
                followed,
                at if followed is Followed.YES else None,
            )
        )
    return tuple(found)


def _end(taken_at: datetime, days: int, offset_minutes: int) -> datetime:
    """Return the first instant after the last day that counts."""
    offset = timedelta(minutes=offset_minutes)
    day = (taken_at + offset).date()
    try:
        return datetime(day.year, day.month, day.day, tzinfo=UTC) - offset + (days + 1) * _DAY
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _first(steps: Sequence[Step], late: Sequence[Transition], goal: str) -> datetime | None:
    """Return when a goal was first reached after the first of these steps."""
    action, *others = steps
    # Time passes before an event: only what the action itself moved comes after it.
    own = [one for one in action.transitions if one.kind == action.event.kind]
    if at := _reached(own, goal):
        return at
    for step in others:
        if at := _reached(step.transitions, goal):
            return at
        if step.event.kind == goal:
            return step.event.occurred_at
    return _reached(late, goal)


def _reached(moves: Sequence[Transition], goal: str) -> datetime | None:
    return next((one.occurred_at for one in moves if one.after == goal), None)


def _in_plan(action_id: str, plan: Plan, goals: Mapping[str, str]) -> InPlan:
    if any(one.action.id == action_id for one in plan.planned):
        return InPlan.PLANNED
    if any(one.action.id == action_id for one in plan.held):
        return InPlan.HELD
    return InPlan.ELSEWHERE if action_id in goals else InPlan.UNKNOWN
