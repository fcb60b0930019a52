"""A customer that is kept: events, time, storage and questions in any order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from lifecycle_model import Customer, Event, Lifecycle, Policy
from lifecycle_model.order import fold_key
from lifecycle_model.testing import events, policies, rule_tables

# Much of the same: what runs here is covered by other tests, and tracing it takes its time.
pytestmark = pytest.mark.no_cover

START = datetime(2024, 2, 26, tzinfo=UTC)
FAR = START + timedelta(days=36_500)
WAITS = st.one_of(
    st.sampled_from((0, 1, 2, 7, 29, 30, 31, 60, 89, 90, 91)).map(
        lambda days: timedelta(days=days)
    ),
    st.timedeltas(timedelta(0), timedelta(days=500)),
)


class KeptCustomer(RuleBasedStateMachine):
    """What is kept, event by event, must be what a replay of everything gives."""

    def __init__(self) -> None:
        super().__init__()
        self.lifecycle = Lifecycle()
        self.customer = Customer(id="c")
        self.log: list[Event] = []
        self.clock = START
        self.moves = 0

    @initialize(data=st.data(), policy=st.one_of(st.just(Policy()), policies()))
    def choose(self, data: st.DataObject, policy: Policy) -> None:
        """Take a policy and rules that it bears."""
        policy = policy.model_copy(update={"currency": None})
        tables = st.one_of(st.just(self.lifecycle.rules), rule_tables(policy=policy))
        self.lifecycle = Lifecycle(policy, data.draw(tables))

    @rule(event=events(customer_id="c", currency="EUR"), wait=WAITS)
    def apply(self, event: Event, wait: timedelta) -> None:
        """Fold one more event, some time after the last."""
        at = self.clock + wait
        event = event.model_copy(update={"occurred_at": at, "event_id": None})
        if self.log and fold_key(event) < fold_key(self.log[-1]):
            return  # at one instant the order of the kinds decides, and this one would be first
        outcome = self.lifecycle.apply(self.customer, event)
        self.moves += len(outcome.transitions)
        self.customer = outcome.customer
        self.log.append(event)
        self.clock = at

    @rule(wait=WAITS)
    def advance(self, wait: timedelta) -> None:
        """Let time pass."""
        if self.log:
            self.clock += wait
            outcome = self.lifecycle.advance(self.customer, to=self.clock)
            self.moves += len(outcome.transitions)
            self.customer = outcome.customer

    @rule()
    def advance_to_deadline(self) -> None:
        """Let time pass until something happens."""
        deadline = self.lifecycle.next_deadline(self.customer)
        if deadline is not None and deadline.occurred_at < FAR:
            self.advance(deadline.occurred_at - self.clock)

    @rule()
    def store(self) -> None:
        """Store the customer and load it again."""
        self.customer = Customer.from_json(self.customer.to_json())

    @rule()
    def ask(self) -> None:
        """Ask for the status; nothing changes."""
        assert self.lifecycle.status(self.customer).situation == self.customer.situation

    @invariant()
    def equals_replay(self) -> None:
        """All events at once, in the other order, give the customer that is kept."""
        new = Customer(id="c")
        as_of = self.clock if self.log else None
        history = self.lifecycle.replay(self.log[::-1], customer=new, as_of=as_of)
        assert self.customer == history.customer
        assert self.moves == len(history.transitions)


TestKeptCustomer = KeptCustomer.TestCase
TestKeptCustomer.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
