"""The laws of folding: one law, whichever verbs are called, and in how many steps."""

from __future__ import annotations

import pickle
from itertools import groupby, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING

from lifecycle_model.customer import Customer
from lifecycle_model.errors import TransitionRefused
from lifecycle_model.states import Axis, BuyingPosition, Situation
from lifecycle_model.testing.laws.comparing import NEW, demand, folded, same

if TYPE_CHECKING:
    from lifecycle_model.lifecycle import Lifecycle
    from lifecycle_model.outcome import State, Transition
    from lifecycle_model.testing.laws.trial import Trial


def a_customer_goes_to_json_and_back(trial: Trial) -> None:
    """The customer that is loaded is equal, and stands where the stored one stands."""
    customer = folded(trial)
    loaded = Customer.from_json(customer.to_json())
    same("loaded", customer, loaded)
    if customer.clock is not None:
        as_of = customer.clock + trial.wait
        status = trial.lifecycle.status(customer, as_of=as_of)
        again = trial.lifecycle.status(loaded, as_of=as_of)
        same(f"status as of {as_of.isoformat()}", status, again)


def two_parts_equal_the_whole(trial: Trial) -> None:
    """A snapshot, stored as JSON and loaded, continues as if it had never been taken."""
    lifecycle = trial.lifecycle
    whole = lifecycle.replay(trial.log, customer=NEW)
    cut = trial.place % (len(whole.events) + 1)
    first = lifecycle.replay(whole.events[:cut], customer=NEW)
    stored = Customer.from_json(first.customer.to_json())
    for name, customer in (("kept", first.customer), ("stored", stored)):
        second = lifecycle.replay(whole.events[cut:], customer=customer)
        moves = first.transitions + second.transitions
        what = f"cut after event {cut}, snapshot {name}"
        same(f"{what}: customer", whole.customer, second.customer)
        same(f"{what}: transitions", whole.transitions, moves)


def a_snapshot_at_any_instant_changes_nothing(trial: Trial) -> None:
    """Time may pass up to any instant between two events before the rest is folded."""
    lifecycle = trial.lifecycle
    whole = lifecycle.replay(trial.log, customer=NEW)
    times = sorted({event.occurred_at for event in whole.events})
    if not times:
        return
    instant = times[trial.place % len(times)] + trial.wait
    end = max(instant, times[-1])
    known = [event for event in whole.events if event.occurred_at <= instant]
    rest = [event for event in whole.events if event.occurred_at > instant]
    first = lifecycle.replay(known, customer=NEW, as_of=instant)
    second = lifecycle.replay(rest, customer=first.customer, as_of=end)
    direct = lifecycle.replay(trial.log, customer=NEW, as_of=end)
    moves = first.transitions + second.transitions
    what = f"snapshot at {instant.isoformat()}"
    same(f"{what}: customer", direct.customer, second.customer)
    same(f"{what}: transitions", direct.transitions, moves)


def event_by_event_equals_replay(trial: Trial) -> None:
    """`apply`, one event after the other, gives the customer and the moves of `replay`."""
    whole = trial.lifecycle.replay(trial.log, customer=NEW)
    customer = NEW
    moves: list[Transition] = []
    for event in whole.events:
        outcome = trial.lifecycle.apply(customer, event)
        customer = outcome.customer
        moves += outcome.transitions
    same("customer", whole.customer, customer)
    same("transitions", whole.transitions, tuple(moves))


def the_same_question_has_the_same_answer(trial: Trial) -> None:
    """`apply` can be repeated: it changes neither the customer nor the event given."""
    customer = NEW
    for event in trial.lifecycle.replay(trial.log, customer=NEW).events:
        before = customer.model_copy(), event.model_copy()
        first = trial.lifecycle.apply(customer, event)
        second = trial.lifecycle.apply(customer, event)
        same(f"{event.kind}: what was given", before, (customer, event))
        for name in ("customer", "transitions", "refusals", "answers"):
            once, again = getattr(first, name), getattr(second, name)
            same(f"{event.kind} applied again: {name}", once, again)
        customer = first.customer


def strict_raises_where_an_axis_refuses(trial: Trial) -> None:
    """`strict` changes nothing but that a refusal is raised, with the same evidence."""
    customer = NEW
    for event in trial.lifecycle.replay(trial.log, customer=NEW).events:
        outcome = trial.lifecycle.apply(customer, event)
        try:
            strict = trial.lifecycle.apply(customer, event, strict=True)
        except TransitionRefused as error:
            demand(f"{event.kind}: raised without a refusal", holds=bool(outcome.refusals))
            same(f"{event.kind}: refusals raised", outcome.refusals, error.refusals)
        else:
            same(f"{event.kind}: refusals that were not raised", (), outcome.refusals)
            same(f"{event.kind}: customer", outcome.customer, strict.customer)
        customer = outcome.customer


def moves_are_a_chain(trial: Trial) -> None:
    """Each move begins where the one before it on its axis ended, and never earlier in time."""
    history = trial.lifecycle.replay(trial.log, customer=NEW)
    held = {one.id: one.position for one in history.customer.opportunities}
    whose = sorted(history.transitions, key=lambda move: (move.axis, move.opportunity_id or ""))
    for (axis, opportunity), moves in groupby(whose, attrgetter("axis", "opportunity_id")):
        chain = list(moves)
        first: State = Situation.NON_CUSTOMER
        last: State = history.customer.situation
        if axis == Axis.POSITION:
            first = BuyingPosition.STATUS_QUO
            last = held.get(opportunity, BuyingPosition.STATUS_QUO)
        same(f"{axis}: the first move begins at", first, chain[0].before)
        for one, other in pairwise(chain):
            same(f"{axis}: the move after {one.rule} begins at", one.after, other.before)
        same(f"{axis}: the customer stands at", last, chain[-1].after)
    times = [move.occurred_at for move in history.transitions]
    same("times of the moves", sorted(times), times)


def a_lifecycle_goes_to_another_process(trial: Trial) -> None:
    """The pickled lifecycle gives the same customer and the same moves."""
    copied: Lifecycle = pickle.loads(pickle.dumps(trial.lifecycle))  # noqa: S301 - made here
    once = trial.lifecycle.replay(trial.log, customer=NEW)
    again = copied.replay(trial.log, customer=NEW)
    same("customer", once.customer, again.customer)
    same("transitions", once.transitions, again.transitions)
