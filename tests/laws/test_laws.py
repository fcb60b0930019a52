"""The laws that every policy, every table and every history obeys."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings, strategies as st

from laws.lifecycles import unusual_lifecycles
from laws.tables import TABLES
from lifecycle_model import (
    BuyingPosition,
    Customer,
    Event,
    Lifecycle,
    Policy,
    Situation,
    errors,
    parse_event,
)
from lifecycle_model.events import canonical_json
from lifecycle_model.testing import customers, event_logs, events, policies, rule_tables
from lifecycle_model.testing.checking import hold_laws
from lifecycle_model.testing.laws.trial import STATES

# Much of the same, and covered by other tests: tracing would take most of the time.
pytestmark = pytest.mark.untraced

State = Situation | BuyingPosition

NEW = Customer(id="c")
PRESETS = [
    Policy(),
    Policy.clothing_store(),
    Policy.business_software(),
    Policy.online_media(),
    Policy.grocery(),
    Policy.durables(),
]


def made_up_lifecycles() -> st.SearchStrategy[Lifecycle]:
    """Generate lifecycles of any policy and any table."""
    return policies().flatmap(
        lambda policy: rule_tables(policy=policy).map(lambda table: Lifecycle(policy, table))
    )


def test_the_laws_hold_under_any_policy() -> None:
    """The model's own rules obey the laws, whatever the thresholds."""
    hold_laws(policies().map(Lifecycle))


def test_the_laws_hold_for_unusual_tables() -> None:
    """So do tables that bring facts and states together as the model's own does not."""
    hold_laws(unusual_lifecycles(TABLES))


def test_the_laws_hold_for_made_up_tables() -> None:
    """So do tables with rows removed, changed and added at random."""
    hold_laws(made_up_lifecycles())


@given(events())
def test_an_event_goes_to_json_and_back(event: Event) -> None:
    """The event that is read is the one that was written, down to its canonical form."""
    read = parse_event(event.model_dump_json())

    assert event == read
    assert canonical_json(event) == canonical_json(read)


@pytest.mark.parametrize("name", TABLES)
@settings(max_examples=10)
@given(policies(), st.data())
def test_a_customer_left_alone_comes_to_rest(
    name: str, policy: Policy, data: st.DataObject
) -> None:
    """The rows of these tables do not take turns: from deadline to deadline they run out."""
    try:
        lifecycle = Lifecycle(policy, TABLES[name])
    except errors.InvalidRules:
        assume(condition=False)
        raise
    customer = data.draw(customers(lifecycle=lifecycle))
    deadlines = 0
    while (deadline := lifecycle.next_deadline(customer)) is not None:
        customer = lifecycle.advance(customer, to=deadline.occurred_at).customer
        deadlines += 1
        assert deadlines < 200


# ---------------------------------------------------------------- paths


def leads_there(lifecycle: Lifecycle, customer: Customer, target: State) -> bool:
    """Whether a path exists; asserts that it leads where it says."""
    path = lifecycle.path(customer, target)
    if path is None:
        return False
    history = lifecycle.replay(path.events, customer=customer)
    held = {one.id: one.position for one in history.customer.opportunities}
    if isinstance(target, Situation):
        reached: State = history.customer.situation
    else:
        leading = customer.leading_opportunity
        meant = "main" if leading is None else leading.id
        reached = held.get(meant, BuyingPosition.STATUS_QUO)

    assert target == reached
    assert path.transitions == history.transitions
    assert path.events == history.events
    return True


@pytest.mark.parametrize("target", STATES)
@pytest.mark.parametrize("policy", PRESETS, ids=lambda policy: policy.name)
def test_every_state_is_reachable_from_a_new_customer(policy: Policy, target: State) -> None:
    """Under every preset a path leads to each situation and each position."""
    assert leads_there(Lifecycle(policy), NEW, target)


def young_customers(lifecycle: Lifecycle) -> st.SearchStrategy[Customer]:
    """Generate customers with a short history: paths from there are found soon."""
    logs = event_logs(customer_id="c", currency=lifecycle.policy.currency, max_size=6)
    return logs.map(lambda log: lifecycle.replay(log, customer=NEW).customer)


def few_days(policy: Policy) -> Policy:
    """Lower what is counted in purchase days, since a path has as many purchases."""
    fields = dict(policy)
    for name, most in (("regular_days", 3), ("preferred_days", 4)):
        for lowered in (name, f"keep_{name}"):
            fields[lowered] = min(fields[lowered], most)
    return Policy(**fields)


@settings(max_examples=30)
@given(young_customers(Lifecycle()), st.sampled_from(STATES))
def test_a_path_from_anywhere_leads_where_it_says(customer: Customer, target: State) -> None:
    """From any customer the made-up events lead to the target, without corrections."""
    assert leads_there(Lifecycle(), customer, target)


@settings(max_examples=30)
@given(policies().map(few_days), st.sampled_from(STATES), st.data())
def test_a_path_under_any_policy_leads_where_it_says(
    policy: Policy, target: State, data: st.DataObject
) -> None:
    """Where a path is found it leads there; events a day apart may find none."""
    lifecycle = Lifecycle(policy)
    customer = data.draw(young_customers(lifecycle))

    leads_there(lifecycle, customer, target)
