"""The laws of time: what happens when nothing does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from lifecycle_model.customer import Customer
from lifecycle_model.events import TimePassed
from lifecycle_model.testing.laws.comparing import DAY, MICROSECOND, NEW, demand, folded, same
from lifecycle_model.testing.laws.trial import STATES

if TYPE_CHECKING:
    from lifecycle_model.outcome import Transition
    from lifecycle_model.testing.laws.trial import Trial

_AGE: Final = timedelta(days=30 * 365)
_MANY: Final = 40
_ANY_TIME: Final = datetime(2024, 1, 1, tzinfo=UTC)


def a_deadline_tells_exactly_what_fires(trial: Trial) -> None:
    """At the midnight named the moves named happen; an instant or a day earlier, none."""
    lifecycle, customer = trial.lifecycle, folded(trial)
    if customer.clock is None:
        return
    customer = lifecycle.advance(customer, to=customer.clock + trial.wait).customer
    for _ in range(4):
        clock = customer.clock
        deadline = lifecycle.next_deadline(customer)
        if clock is None or deadline is None:
            break
        there = lifecycle.advance(customer, to=deadline.occurred_at)
        is_later = deadline.occurred_at > clock
        demand(f"{deadline} is not after {clock.isoformat()}", holds=is_later)
        same(f"{deadline}: moves", deadline.transitions, there.transitions)
        demand(f"{deadline}: nothing moves", holds=bool(there.transitions))
        for move in there.transitions:
            same(f"time of {move}", deadline.occurred_at, move.occurred_at)
        for earlier in (MICROSECOND, DAY):
            to = max(clock, deadline.occurred_at - earlier)
            moves = lifecycle.advance(customer, to=to).transitions
            same(f"{deadline}: moves up to {to.isoformat()}", (), moves)
        customer = there.customer


def without_a_deadline_nothing_fires(trial: Trial) -> None:
    """Where no deadline is left, thirty more years change nothing."""
    lifecycle, customer = trial.lifecycle, folded(trial)
    for _ in range(_MANY):
        deadline = lifecycle.next_deadline(customer)
        if deadline is None:
            break
        customer = lifecycle.advance(customer, to=deadline.occurred_at).customer
    else:  # rows of time may take turns for ever; then there is nothing to hold
        return
    if customer.clock is not None:
        moves = lifecycle.advance(customer, to=customer.clock + _AGE).transitions
        same("moves in thirty years without a deadline", (), moves)


def one_step_equals_day_by_day(trial: Trial) -> None:
    """Midnights are skipped only where nothing changes: visiting each finds no other move."""
    lifecycle, customer = trial.lifecycle, folded(trial)
    if customer.clock is None:
        return
    customer = lifecycle.advance(customer, to=customer.clock + trial.wait).customer
    clock = customer.clock or _ANY_TIME
    days = 1 + trial.place
    whole = lifecycle.advance(customer, to=clock + days * DAY)
    moves: list[Transition] = []
    for day in range(1, days + 1):
        outcome = lifecycle.advance(customer, to=clock + day * DAY)
        customer = outcome.customer
        moves += outcome.transitions
    same(f"{days} days, customer", whole.customer, customer)
    same(f"{days} days, transitions", whole.transitions, tuple(moves))


def a_stop_on_the_way_changes_nothing(trial: Trial) -> None:
    """`advance` twice, the customer stored between, is `advance` once."""
    lifecycle, customer = trial.lifecycle, folded(trial)
    if customer.clock is None:
        return
    stop = customer.clock + trial.wait
    end = stop + trial.rest
    half = lifecycle.advance(customer, to=stop)
    rest = lifecycle.advance(Customer.from_json(half.customer.to_json()), to=end)
    direct = lifecycle.advance(customer, to=end)
    what = f"stop at {stop.isoformat()} on the way to {end.isoformat()}"
    same(f"{what}: customer", direct.customer, rest.customer)
    same(f"{what}: transitions", direct.transitions, half.transitions + rest.transitions)


def as_of_equals_advance(trial: Trial) -> None:
    """`replay` up to an instant is `replay` and then `advance`, and so is an event of time."""
    lifecycle = trial.lifecycle
    history = lifecycle.replay(trial.log, customer=NEW)
    customer = history.customer
    if customer.clock is None:
        return
    end = customer.clock + trial.wait
    later = lifecycle.advance(customer, to=end)
    direct = lifecycle.replay(trial.log, customer=NEW, as_of=end)
    same(f"as of {end.isoformat()}: customer", later.customer, direct.customer)
    moves = history.transitions + later.transitions
    same(f"as of {end.isoformat()}: transitions", moves, direct.transitions)
    passed = TimePassed(customer_id=customer.id, occurred_at=end)
    applied = lifecycle.apply(customer, passed)
    same(f"time_passed at {end.isoformat()}: customer", later.customer, applied.customer)
    same(f"time_passed at {end.isoformat()}: moves", later.transitions, applied.transitions)
    same("answers to time_passed", ((), ()), (applied.refusals, applied.answers))


def before_the_first_event_there_is_no_time(trial: Trial) -> None:
    """A customer without events has no deadline and does not change."""
    lifecycle = trial.lifecycle
    same("deadline", None, lifecycle.next_deadline(NEW))
    outcome = lifecycle.advance(NEW, to=_ANY_TIME)
    same("advanced", (NEW, ()), (outcome.customer, outcome.transitions))
    same("as of", NEW, lifecycle.replay([], customer=NEW, as_of=_ANY_TIME).customer)


def asking_changes_nothing(trial: Trial) -> None:
    """The status is that of the customer advanced, and no question changes the customer."""
    lifecycle, customer = trial.lifecycle, folded(trial)
    before = customer.to_json()
    as_of = None if customer.clock is None else customer.clock + trial.wait
    status = lifecycle.status(customer, as_of=as_of)
    lifecycle.next_deadline(customer)
    for state in STATES:
        lifecycle.why_not(customer, state, as_of=as_of)
    same("the customer after the questions", before, customer.to_json())
    same("status asked again", status, lifecycle.status(customer, as_of=as_of))
    if as_of is None:
        return
    later = lifecycle.advance(customer, to=as_of).customer
    same(f"status as of {as_of.isoformat()}", lifecycle.status(later), status)
    same("situation", later.situation, status.situation)
    same("position", later.position, status.position)


def a_snapshot_is_bounded(trial: Trial) -> None:
    """It holds days of the window, opportunities under way and cases open, and no more."""
    lifecycle, customer = trial.lifecycle, folded(trial)
    if customer.clock is None:
        return
    policy = lifecycle.policy
    customer = lifecycle.advance(customer, to=customer.clock + trial.wait).customer
    offset = timedelta(minutes=policy.day_offset_minutes)
    today = ((customer.clock or _ANY_TIME) + offset).toordinal()
    for day in customer.window.days:
        demand(
            f"{day - today} days from today are no day of the window",
            holds=today - policy.window_days < day <= today,
        )
    for one in customer.window:
        demand(f"{one} holds nothing", holds=bool(one.purchases or one.amount))
    opened = {getattr(event, "case_id", None) for event in trial.log}
    for case in customer.open_cases:
        demand(f"case {case.id!r} was never opened", holds=case.id in opened)
    # What is stored in any other order, or twice, cannot be loaded.
    same("loaded", customer, Customer.from_json(customer.to_json()))
