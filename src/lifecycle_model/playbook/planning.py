"""Making a plan: pure functions over the records of a customer."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from lifecycle_model.customer import Customer
from lifecycle_model.outcome import Deadline, Status
from lifecycle_model.playbook.action import Action, Department
from lifecycle_model.playbook.keys import Supplier
from lifecycle_model.playbook.plan import Due, Held, Hold, Plan, Planned
from lifecycle_model.playbook.playbook import Playbook
from lifecycle_model.states import BuyingPosition, ServiceState, Situation


def make_plan(
    playbook: Playbook, customer: Customer, status: Status, deadline: Deadline | None = None
) -> Plan:
    """Return what to do for a customer.

    Args:
        playbook: the strategies, in the language of the plan.
        customer: where the customer stands.
        status: the six values of that customer at the same instant.
        deadline: what changes next if nothing happens.

    >>> from lifecycle_model import Lifecycle
    >>> lifecycle, customer = Lifecycle(), Customer(id="c-42")
    >>> plan = make_plan(Playbook.default(), customer, lifecycle.status(customer))
    >>> plan.planned[0].reasons
    ('status_quo',)
    """
    states = states_now(customer, status)
    strategies = playbook.matching(states)
    if Supplier.COMPETITOR in states and Supplier.US not in states:
        # The advice of the position itself is for a buyer who chose us.
        strategies = tuple(one for one in strategies if one.key != status.position)
    reasons: dict[str, list[str]] = {}
    actions: dict[str, Action] = {}
    for strategy in strategies:
        for action in strategy.actions:
            actions.setdefault(action.id, action)
            reasons.setdefault(action.id, []).append(strategy.key)
    planned, held = [], []
    for one, action in actions.items():
        told = replace(
            action,
            title=action.title.format(customer=customer.id),
            text=action.text.format(customer=customer.id),
        )
        if holds := tuple(_holds(action, customer, status)):
            held.append(Held(told, tuple(reasons[one]), holds))
        else:
            planned.append(Planned(told, tuple(reasons[one])))
    return Plan(
        customer.id,
        playbook.lang,
        status,
        strategies,
        tuple(planned),
        tuple(held),
        None if deadline is None else _due(customer, deadline),
        playbook.words,
    )


def states_now(customer: Customer, status: Status) -> tuple[str, ...]:
    """Return every state in which a customer is, as keys name them."""
    decided = (BuyingPosition.CONCERNS_RESOLUTION, BuyingPosition.IMPLEMENTATION)
    suppliers = {
        Supplier.COMPETITOR if one.with_competitor else Supplier.US
        for one in customer.opportunities
        if one.position == status.position and one.position in decided
    }
    return (
        status.situation,
        status.position,
        status.stage,
        status.sales_step,
        status.service_state,
        *sorted(suppliers),
    )


def _holds(action: Action, customer: Customer, status: Status) -> Iterator[Hold]:
    if action.promotion:
        if status.service_state == ServiceState.COMPLAINT_OPEN:
            yield Hold.COMPLAINT_OPEN
        if status.situation == Situation.DISSATISFIED:
            yield Hold.DISSATISFIED
        if customer.payments_overdue:
            yield Hold.PAYMENT_OVERDUE
    if (
        action.department == Department.MARKETING
        and action.channel in customer.withdrawn_channels
    ):
        yield Hold.NO_CONSENT


def _due(customer: Customer, deadline: Deadline) -> Due:
    """Return the deadline as a day of the calendar under which the customer was folded."""
    offset = timedelta(minutes=customer.day_offset_minutes or 0)
    return Due((deadline.occurred_at + offset).date(), deadline.rule)
