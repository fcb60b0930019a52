"""Telling a history step by step, for the question what came of the actions taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_model.customer import Customer
from lifecycle_model.events import ActionTaken
from lifecycle_model.playbook import ActionResult, Course, Playbook, Step, results_of

if TYPE_CHECKING:
    from lifecycle_model.history import History
    from lifecycle_model.lifecycle import Lifecycle


def find_results(
    lifecycle: Lifecycle,
    history: History,
    customer: Customer | None,
    playbook: Playbook,
    days: int,
) -> tuple[ActionResult, ...]:
    """Return what came of every action taken in a history.

    Args:
        lifecycle: the rules and the policy.
        history: replayed under them.
        customer: the snapshot from which it went on; None where it began anew.
        playbook: says what each action works towards.
        days: within how many days it must follow.
    """
    end = history.customer.clock
    if end is None:  # without a clock there is no event either
        return ()
    held = customer or Customer(id=history.customer.id)
    steps = []
    for event in history.events:
        plan = None
        if isinstance(event, ActionTaken):
            plan = lifecycle.plan(held, playbook=playbook, as_of=event.occurred_at)
        outcome = lifecycle.apply(held, event)
        steps.append(Step(event, outcome.transitions, plan))
        held = outcome.customer
    late = lifecycle.advance(held, to=end).transitions
    course = Course(tuple(steps), late, end, lifecycle.policy.day_offset_minutes)
    goals = {action.id: action.works_towards for action in playbook.actions}
    return results_of(course, goals, days=days)
