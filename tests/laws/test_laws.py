"""The laws that every policy, every table and every history obeys."""

from __future__ import annotations

import operator
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings, strategies as st

from laws.tables import TABLES
from lifecycle_model import (
    DEFAULT_RULES,
    BuyingPosition,
    Customer,
    Event,
    Evidence,
    History,
    Lifecycle,
    Policy,
    Situation,
    errors,
    parse_event,
)
from strategies import CUSTOMER, LENGTHS, event_logs, events, policies

if TYPE_CHECKING:
    from random import Random

    State = Situation | BuyingPosition

NEW = Customer(id=CUSTOMER)
MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)
AGE = timedelta(days=365 * 30)
OPERATORS = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
}
STATES = (*Situation, *BuyingPosition)


@st.composite
def lifecycles(draw: st.DrawFn) -> Lifecycle:
    """Generate lifecycles: any policy, the default table more often than another."""
    name = draw(st.one_of(st.just("default"), st.sampled_from(tuple(TABLES))))
    try:
        return Lifecycle(draw(policies()), TABLES[name])
    except errors.InvalidRules:  # under this policy the rows could chase each other
        assume(condition=False)
        raise


def waits() -> st.SearchStrategy[timedelta]:
    """Generate how long nothing happens."""
    days = sorted({near for days in LENGTHS for near in (days - 1, days, days + 1)})
    return st.one_of(
        st.sampled_from(days).map(lambda number: timedelta(days=number)),
        st.integers(0, 400 * 24).map(lambda hours: timedelta(hours=hours)),
    )


def told(history: History) -> tuple[object, ...]:
    """Return all that a history says."""
    return (
        history.customer,
        history.transitions,
        history.events,
        history.duplicates,
        history.conflicts,
        history.future,
    )


def folded(lifecycle: Lifecycle, log: list[Event]) -> Customer:
    """Return the customer of a log."""
    return lifecycle.replay(log, customer=NEW).customer


def dumped(value: Customer | Event) -> object:
    """Return a deep copy of a record as plain data."""
    return pickle.loads(pickle.dumps(value.model_dump()))  # noqa: S301 - bytes made here


# ---------------------------------------------------------------- order and identity


@given(lifecycles(), event_logs(), st.randoms(use_true_random=False))
def test_arrival_order_never_changes_the_result(
    lifecycle: Lifecycle, log: list[Event], random: Random
) -> None:
    """Shuffled events give the same history, down to conflicts and counts."""
    shuffled = random.sample(log, len(log))

    assert told(lifecycle.replay(log, customer=NEW)) == told(
        lifecycle.replay(shuffled, customer=NEW)
    )


@given(lifecycles(), event_logs(min_size=1), st.data())
def test_repetition_is_counted_and_changes_nothing_else(
    lifecycle: Lifecycle, log: list[Event], data: st.DataObject
) -> None:
    """Equal copies of named events are dropped, each counted once."""
    named = [event for event in log if event.event_id is not None]
    assume(named)
    copies = data.draw(st.lists(st.sampled_from(named), max_size=5))
    once = lifecycle.replay(log, customer=NEW)
    again = lifecycle.replay([*copies, *log], customer=NEW)

    assert told(once)[:3] == told(again)[:3]
    assert once.duplicates + len(copies) == again.duplicates
    assert once.conflicts == again.conflicts


@given(lifecycles(), event_logs(min_size=1))
def test_events_without_a_name_are_never_duplicates(
    lifecycle: Lifecycle, log: list[Event]
) -> None:
    """Two equal events without an id are two events."""
    unnamed = [event.model_copy(update={"event_id": None}) for event in log]
    history = lifecycle.replay([*unnamed, *unnamed], customer=NEW)

    assert 2 * len(unnamed) == len(history.events)
    assert (history.duplicates, history.conflicts) == (0, ())


@given(lifecycles(), event_logs(), st.data())
def test_future_events_are_set_aside_and_counted(
    lifecycle: Lifecycle, log: list[Event], data: st.DataObject
) -> None:
    """What lies after `as_of` changes nothing, and every event is accounted for."""
    as_of = data.draw(
        st.sampled_from([event.occurred_at for event in log] or [datetime.now(UTC)])
    )
    history = lifecycle.replay(log, customer=NEW, as_of=as_of)
    known = [event for event in log if event.occurred_at <= as_of]

    assert told(lifecycle.replay(known, customer=NEW, as_of=as_of))[:5] == told(history)[:5]
    assert len(log) == sum(
        map(len, (history.events, history.conflicts, history.future)), history.duplicates
    )


# ---------------------------------------------------------------- one law, many calls


@given(lifecycles(), event_logs(min_size=1, max_size=16), st.data())
def test_replay_in_two_parts_equals_replay_of_the_whole(
    lifecycle: Lifecycle, log: list[Event], data: st.DataObject
) -> None:
    """A snapshot, stored and loaded, continues as if it had never been taken."""
    whole = lifecycle.replay(log, customer=NEW)
    cut = data.draw(st.integers(0, len(whole.events)))
    first = lifecycle.replay(whole.events[:cut], customer=NEW)
    stored = Customer.from_json(first.customer.to_json())
    for customer in (first.customer, stored):
        second = lifecycle.replay(whole.events[cut:], customer=customer)

        assert whole.customer == second.customer
        assert whole.transitions == first.transitions + second.transitions


@given(lifecycles(), event_logs(min_size=1, max_size=16), st.data())
def test_a_snapshot_at_any_instant_changes_nothing(
    lifecycle: Lifecycle, log: list[Event], data: st.DataObject
) -> None:
    """Time may pass up to any instant between two events before the rest is folded."""
    whole = lifecycle.replay(log, customer=NEW)
    times = sorted({event.occurred_at for event in whole.events})
    instant = data.draw(st.sampled_from(times)) + data.draw(waits())
    known = [event for event in whole.events if event.occurred_at <= instant]
    rest = [event for event in whole.events if event.occurred_at > instant]
    end = max(instant, times[-1])
    first = lifecycle.replay(known, customer=NEW, as_of=instant)
    second = lifecycle.replay(rest, customer=first.customer, as_of=end)
    direct = lifecycle.replay(log, customer=NEW, as_of=end)

    assert direct.customer == second.customer
    assert direct.transitions == first.transitions + second.transitions


@given(lifecycles(), event_logs(min_size=1, max_size=16))
def test_apply_event_by_event_equals_replay(lifecycle: Lifecycle, log: list[Event]) -> None:
    """One event at a time gives the same customer and the same transitions."""
    whole = lifecycle.replay(log, customer=NEW)
    customer = NEW
    transitions = []
    for event in whole.events:
        outcome = lifecycle.apply(customer, event)
        customer = outcome.customer
        transitions += outcome.transitions

    assert whole.customer == customer
    assert whole.transitions == tuple(transitions)


@given(lifecycles(), event_logs(min_size=1))
def test_a_repeat_at_the_clock_is_a_duplicate(lifecycle: Lifecycle, log: list[Event]) -> None:
    """A snapshot remembers the names of its clock's instant, and drops them when repeated."""
    history = lifecycle.replay(log, customer=NEW)
    customer = history.customer
    last = [event for event in history.events if event.occurred_at == customer.clock]
    named = [event for event in last if event.event_id is not None]
    again = lifecycle.replay(named, customer=customer)

    assert (customer, (), len(named)) == (again.customer, again.transitions, again.duplicates)
    for event in named:
        outcome = lifecycle.apply(customer, event)
        assert (customer, True) == (outcome.customer, outcome.duplicate)


@given(lifecycles(), event_logs(min_size=1), waits())
def test_what_is_older_than_the_clock_is_late(
    lifecycle: Lifecycle, log: list[Event], wait: timedelta
) -> None:
    """Neither verb folds the past into a snapshot."""
    customer = lifecycle.replay(log, customer=NEW).customer
    late = parse_event(
        {
            "kind": "product_used",
            "customer_id": CUSTOMER,
            "occurred_at": customer.clock - wait - MICROSECOND,
        }
    )
    with pytest.raises(errors.LateEvent):
        lifecycle.apply(customer, late)
    with pytest.raises(errors.LateEvent):
        lifecycle.replay([late], customer=customer)
    with pytest.raises(errors.LateEvent):
        lifecycle.advance(customer, to=late.occurred_at)
    with pytest.raises(errors.LateEvent):
        lifecycle.replay([], customer=customer, as_of=late.occurred_at)
    with pytest.raises(errors.LateEvent):
        lifecycle.status(customer, as_of=late.occurred_at)


@given(lifecycles(), event_logs(), events(day=200, max_days=200))
def test_apply_mutates_nothing_and_is_repeatable(
    lifecycle: Lifecycle, log: list[Event], event: Event
) -> None:
    """Customer and event are as they were, and the same question has the same answer."""
    customer = folded(lifecycle, log)
    assume(customer.clock is None or customer.clock <= event.occurred_at)
    before = dumped(customer), dumped(event)
    first = lifecycle.apply(customer, event)

    assert before == (dumped(customer), dumped(event))
    assert first == lifecycle.apply(customer, event)
    assert before == (dumped(customer), dumped(event))


# ---------------------------------------------------------------- evidence


def judged(evidence: Evidence) -> bool:
    """Judge a guard by its four values alone."""
    if evidence.value is None:
        return False
    return OPERATORS[evidence.operator](evidence.value, evidence.threshold)


def adds_up(lifecycle: Lifecycle, evidence: Evidence) -> bool:
    """Whether verdict, gap and threshold of a guard agree with each other and the policy."""
    name = evidence.threshold_name
    if name is not None and getattr(lifecycle.policy, name) != evidence.threshold:
        return False
    if evidence.value is None:
        return evidence.gap is None
    mended = OPERATORS[evidence.operator](evidence.value + evidence.gap, evidence.threshold)
    return mended and (evidence.gap == 0) == evidence.holds == judged(evidence)


@given(lifecycles(), event_logs())
def test_evidence_of_a_transition_holds_when_judged_again(
    lifecycle: Lifecycle, log: list[Event]
) -> None:
    """Each move names every guard of its row, and each guard holds by its own values."""
    for move in lifecycle.replay(log, customer=NEW).transitions:
        rule = lifecycle.rules.rule(move.axis, move.rule)

        assert [guard.fact for guard in rule.guards] == [one.fact for one in move.evidence]
        assert all(judged(one) and adds_up(lifecycle, one) for one in move.evidence)
        assert move.before in rule.sources
        assert lifecycle.policy.ref == move.policy


@given(lifecycles(), event_logs())
def test_a_refusal_names_in_each_row_a_guard_that_does_not_hold(
    lifecycle: Lifecycle, log: list[Event]
) -> None:
    """All rows of the cell are listed, each with a guard that fails by its own values."""
    customer = NEW
    for event in lifecycle.replay(log, customer=NEW).events:
        outcome = lifecycle.apply(customer, event)
        customer = outcome.customer
        for refusal in outcome.refusals:
            rows = lifecycle.rules.rows(refusal.axis, refusal.state, event.kind)

            assert rows == tuple(check.rule for check in refusal.checks)
            for check in refusal.checks:
                assert not all(map(judged, check.evidence))
                assert all(adds_up(lifecycle, one) for one in check.evidence)
        refused = [answer.axis for answer in outcome.answers if answer.kind == "refused"]
        assert refused == [refusal.axis for refusal in outcome.refusals]


@given(lifecycles(), event_logs())
def test_strict_raises_exactly_where_an_axis_refuses(
    lifecycle: Lifecycle, log: list[Event]
) -> None:
    """`strict` changes nothing but that a refusal is raised, with the same evidence."""
    customer = NEW
    for event in lifecycle.replay(log, customer=NEW).events:
        outcome = lifecycle.apply(customer, event)
        if outcome.refusals:
            with pytest.raises(errors.TransitionRefused) as caught:
                lifecycle.apply(customer, event, strict=True)
            assert outcome.refusals == caught.value.refusals
        else:
            assert outcome == lifecycle.apply(customer, event, strict=True)
        customer = outcome.customer


@given(lifecycles(), event_logs())
def test_moves_of_an_axis_are_a_chain(lifecycle: Lifecycle, log: list[Event]) -> None:
    """Each move begins where the one before it on its axis ended, and never earlier."""
    history = lifecycle.replay(log, customer=NEW)
    name = operator.attrgetter("axis", "opportunity_id")
    whose = sorted(history.transitions, key=lambda move: (move.axis, move.opportunity_id or ""))
    held = {one.id: one.position for one in history.customer.opportunities}
    for (axis, opportunity), moves in groupby(whose, key=name):
        chain = list(moves)
        last = held.get(opportunity, "status_quo")
        ends = history.customer.situation if axis == "situation" else last

        assert ("non_customer" if axis == "situation" else "status_quo") == chain[0].before
        assert all(first.after == second.before for first, second in pairwise(chain))
        assert ends == chain[-1].after
    times = [move.occurred_at for move in history.transitions]
    assert sorted(times) == times


# ---------------------------------------------------------------- time


@given(lifecycles(), event_logs(min_size=1), waits())
def test_a_deadline_tells_exactly_what_fires_and_nothing_fires_before(
    lifecycle: Lifecycle, log: list[Event], wait: timedelta
) -> None:
    """At the midnight named the moves named happen; an instant or a day earlier, none."""
    customer = lifecycle.advance(
        folded(lifecycle, log), to=max(event.occurred_at for event in log) + wait
    ).customer
    for _ in range(4):
        deadline = lifecycle.next_deadline(customer)
        if deadline is None:
            break
        there = lifecycle.advance(customer, to=deadline.occurred_at)

        assert deadline.occurred_at > customer.clock
        assert deadline.transitions == there.transitions
        assert {deadline.occurred_at} == {move.occurred_at for move in there.transitions}
        for earlier in (MICROSECOND, DAY):
            to = max(customer.clock, deadline.occurred_at - earlier)
            assert lifecycle.advance(customer, to=to).transitions == ()
        customer = there.customer


@given(lifecycles(), event_logs(min_size=1))
def test_without_a_deadline_nothing_ever_fires(lifecycle: Lifecycle, log: list[Event]) -> None:
    """From deadline to deadline a customer comes to rest; thirty more years change nothing."""
    customer = folded(lifecycle, log)
    deadlines = 0
    while (deadline := lifecycle.next_deadline(customer)) is not None:
        customer = lifecycle.advance(customer, to=deadline.occurred_at).customer
        deadlines += 1
        assert deadlines < 200

    assert lifecycle.advance(customer, to=customer.clock + AGE).transitions == ()


@given(lifecycles(), event_logs(min_size=1))
def test_time_in_one_step_equals_time_day_by_day(
    lifecycle: Lifecycle, log: list[Event]
) -> None:
    """Midnights may be skipped where nothing can change: visiting each finds no other move."""
    customer = folded(lifecycle, log)
    clock = customer.clock
    whole = lifecycle.advance(customer, to=clock + 120 * DAY)
    transitions = []
    for _ in range(120):
        clock += DAY
        outcome = lifecycle.advance(customer, to=clock)
        customer = outcome.customer
        transitions += outcome.transitions

    assert whole.customer == customer
    assert whole.transitions == tuple(transitions)


@given(lifecycles(), event_logs(min_size=1), waits(), waits())
def test_advance_twice_equals_advance_once(
    lifecycle: Lifecycle, log: list[Event], first: timedelta, second: timedelta
) -> None:
    """A stop on the way changes nothing, nor does storing the customer there."""
    customer = folded(lifecycle, log)
    half = lifecycle.advance(customer, to=customer.clock + first)
    stored = Customer.from_json(half.customer.to_json())
    end = customer.clock + first + second
    rest = lifecycle.advance(stored, to=end)
    direct = lifecycle.advance(customer, to=end)

    assert direct.customer == rest.customer
    assert direct.transitions == half.transitions + rest.transitions


@given(lifecycles(), event_logs(min_size=1), waits())
def test_as_of_equals_advance_after_replay(
    lifecycle: Lifecycle, log: list[Event], wait: timedelta
) -> None:
    """`replay` up to an instant is `replay` and then `advance`."""
    history = lifecycle.replay(log, customer=NEW)
    end = history.customer.clock + wait
    later = lifecycle.advance(history.customer, to=end)
    direct = lifecycle.replay(log, customer=NEW, as_of=end)

    assert later.customer == direct.customer
    assert history.transitions + later.transitions == direct.transitions


@given(lifecycles(), event_logs(min_size=1), waits())
def test_a_time_event_is_nothing_but_time(
    lifecycle: Lifecycle, log: list[Event], wait: timedelta
) -> None:
    """`time_passed` does what `advance` does."""
    customer = folded(lifecycle, log)
    at = customer.clock + wait
    event = parse_event({"kind": "time_passed", "customer_id": CUSTOMER, "occurred_at": at})
    applied = lifecycle.apply(customer, event)
    advanced = lifecycle.advance(customer, to=at)

    assert advanced.customer == applied.customer
    assert advanced.transitions == applied.transitions
    assert (applied.refusals, applied.answers) == ((), ())


@given(lifecycles())
def test_a_customer_without_events_has_no_time(lifecycle: Lifecycle) -> None:
    """Before the first event nothing is due and nothing passes."""
    assert None is lifecycle.next_deadline(NEW)
    assert (
        (outcome := lifecycle.advance(NEW, to=datetime(2024, 1, 1, tzinfo=UTC))).customer,
        outcome.transitions,
    ) == (NEW, ())
    assert (
        lifecycle.replay([], customer=NEW, as_of=datetime(2024, 1, 1, tzinfo=UTC)).customer
        == NEW
    )


# ---------------------------------------------------------------- snapshots


@given(lifecycles(), event_logs(), waits())
def test_a_customer_goes_to_json_and_back_without_loss(
    lifecycle: Lifecycle, log: list[Event], wait: timedelta
) -> None:
    """The loaded customer is equal, and stands where the stored one stood."""
    customer = folded(lifecycle, log)
    loaded = Customer.from_json(customer.to_json())

    assert customer == loaded
    assert customer.to_json() == loaded.to_json()
    if customer.clock is not None:
        as_of = customer.clock + wait
        assert lifecycle.status(customer, as_of=as_of) == lifecycle.status(loaded, as_of=as_of)


@given(lifecycles(), event_logs(), waits())
def test_status_reads_and_never_changes(
    lifecycle: Lifecycle, log: list[Event], wait: timedelta
) -> None:
    """The customer is as before, and the status is that of the customer advanced."""
    customer = folded(lifecycle, log)
    before = dumped(customer)
    as_of = None if customer.clock is None else customer.clock + wait
    status = lifecycle.status(customer, as_of=as_of)
    lifecycle.next_deadline(customer)
    for state in STATES:
        lifecycle.why_not(customer, state, as_of=as_of)

    assert before == dumped(customer)
    assert status == lifecycle.status(customer, as_of=as_of)
    if as_of is not None:
        assert status == lifecycle.status(lifecycle.advance(customer, to=as_of).customer)
    else:
        assert (customer.situation, customer.position) == (status.situation, status.position)


@given(lifecycles(), event_logs(max_size=30), waits())
def test_a_snapshot_is_bounded(lifecycle: Lifecycle, log: list[Event], wait: timedelta) -> None:
    """It holds days of the window, opportunities under way and open cases, and nothing more."""
    policy = lifecycle.policy
    customer = folded(lifecycle, log)
    if customer.clock is not None:
        customer = lifecycle.advance(customer, to=customer.clock + wait).customer
        offset = timedelta(minutes=policy.day_offset_minutes)
        today = (customer.clock + offset).toordinal()
        days = customer.window.days
        assert all(today - policy.window_days < day <= today for day in days)
        assert sorted(set(days)) == list(days)
        assert all(day.purchases or day.amount for day in customer.window)
    assert policy.window_days >= len(customer.window)
    assert all(one.position != "status_quo" for one in customer.opportunities)
    names = [one.id for one in customer.opportunities]
    assert sorted(set(names)) == names
    assert {"k", "l"} >= {case.id for case in customer.open_cases}


@given(lifecycles(), event_logs(min_size=1))
def test_lifecycle_customer_and_outcome_pickle(lifecycle: Lifecycle, log: list[Event]) -> None:
    """Every value goes to another process and back."""
    history = lifecycle.replay(log, customer=NEW)
    outcome = lifecycle.advance(history.customer, to=history.customer.clock + 90 * DAY)
    copied, customer, again = pickle.loads(  # noqa: S301 - bytes made here
        pickle.dumps((lifecycle, history.customer, outcome))
    )

    assert lifecycle == copied
    assert history.customer == customer
    assert outcome == again
    assert told(history) == told(copied.replay(log, customer=NEW))


@settings(max_examples=5)
@given(lifecycles(), st.lists(event_logs(min_size=4), min_size=8, max_size=8))
def test_threads_may_share_one_lifecycle(lifecycle: Lifecycle, logs: list[list[Event]]) -> None:
    """Sixteen threads that fold at the same time give what one thread gives."""
    expected = [told(lifecycle.replay(log, customer=NEW)) for log in logs]

    def fold(log: list[Event]) -> tuple[object, ...]:
        return told(lifecycle.replay(log, customer=NEW))

    with ThreadPoolExecutor(16) as pool:
        assert expected * 20 == list(pool.map(fold, logs * 20))


# ---------------------------------------------------------------- paths


def leads_there(lifecycle: Lifecycle, customer: Customer, target: object) -> bool:
    """Whether a path exists; asserts that it leads where it says."""
    path = lifecycle.path(customer, target)
    if path is None:
        return False
    history = lifecycle.replay(path.events, customer=customer)
    held = {one.id: one.position for one in history.customer.opportunities}
    if isinstance(target, Situation):
        reached = history.customer.situation
    else:
        leading = customer.leading_opportunity
        meant = "main" if leading is None else leading.id
        reached = held.get(meant, BuyingPosition.STATUS_QUO)

    assert target == reached
    assert path.transitions == history.transitions
    assert path.events == history.events
    return True


@pytest.mark.parametrize("target", STATES)
@pytest.mark.parametrize(
    "policy",
    [
        Policy(),
        Policy.clothing_store(),
        Policy.business_software(),
        Policy.online_media(),
        Policy.grocery(),
        Policy.durables(),
    ],
    ids=lambda policy: policy.name,
)
def test_every_state_is_reachable_from_a_new_customer(policy: Policy, target: State) -> None:
    """Under every preset a path leads to each situation and each position."""
    assert leads_there(Lifecycle(policy), NEW, target)


@settings(max_examples=30)
@given(event_logs(max_size=6), st.sampled_from(STATES))
def test_a_path_from_anywhere_leads_where_it_says(log: list[Event], target: State) -> None:
    """From any customer the made-up events lead to the target, without corrections."""
    lifecycle = Lifecycle(Policy())

    assert leads_there(lifecycle, folded(lifecycle, log), target)


@settings(max_examples=30)
@given(policies(), event_logs(max_size=6), st.sampled_from(STATES))
def test_a_path_under_any_policy_leads_where_it_says(
    policy: Policy, log: list[Event], target: State
) -> None:
    """Where a path is found it leads there; events a day apart may find none."""
    lifecycle = Lifecycle(policy)

    leads_there(lifecycle, folded(lifecycle, log), target)


@settings(max_examples=30)
@given(policies(), event_logs(max_size=6), st.sampled_from(STATES))
def test_why_not_names_every_row_that_leads_there(
    policy: Policy, log: list[Event], target: State
) -> None:
    """The rows are those of the table with that target, each with all its guards."""
    lifecycle = Lifecycle(policy)
    customer = folded(lifecycle, log)
    checks = lifecycle.why_not(customer, target)
    axis = "situation" if isinstance(target, Situation) else "position"
    targets = {target, "restored"} if customer.restores_to == target else {target}
    expected = [
        rule.id for rule in DEFAULT_RULES if rule.axis == axis and rule.target in targets
    ]

    assert expected == [check.rule.id for check in checks]
    for check in checks:
        assert [guard.fact for guard in check.rule.guards] == [
            one.fact for one in check.evidence
        ]
        assert all(adds_up(lifecycle, one) for one in check.evidence)
