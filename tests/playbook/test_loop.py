from __future__ import annotations

from datetime import timedelta

import pytest
from playing import LIFECYCLE, START, action, event, taken

from lifecycle_model import Customer, Lifecycle, Playbook, Policy
from lifecycle_model.errors import NegativeDays


@pytest.mark.parametrize(
    ("answered_on", "followed"), [(0.5, "yes"), (7.9, "yes"), (8.0, "no"), (20, "no")]
)
def test_the_last_day_counts_to_its_end(answered_on: float, followed: str) -> None:
    """An event follows within n days up to the last instant of the nth day, not later."""
    events = [taken("short-survey", 0.3), event("survey_answered", answered_on, score=9)]
    (result,) = LIFECYCLE.actions(events, days=7, as_of=START + timedelta(days=30))

    assert result.followed == followed
    found = START + timedelta(days=answered_on)
    assert result.followed_at == (found if followed == "yes" else None)


@pytest.mark.parametrize(("ends_on", "followed"), [(7.99, "censored"), (8, "no")])
def test_a_history_that_ends_early_is_censored(ends_on: float, followed: str) -> None:
    """Nobody says no before the nth day is over."""
    end = START + timedelta(days=ends_on)
    (result,) = LIFECYCLE.actions([taken("short-survey", 0.3)], days=7, as_of=end)

    assert result.followed == followed


def test_days_are_those_of_the_policy() -> None:
    """The calendar's offset moves the end of the nth day."""
    events = [taken("short-survey", 0), event("survey_answered", 1.9, score=9)]
    west = Lifecycle(Policy(day_offset_minutes=-300))

    assert LIFECYCLE.actions(events, days=1)[0].followed == "yes"
    # In the west the action falls on the day before.
    assert west.actions(events, days=1)[0].followed == "no"
    sooner = [events[0], event("survey_answered", 1.1, score=9)]
    assert west.actions(sooner, days=1)[0].followed == "yes"


def test_what_came_before_does_not_follow() -> None:
    """An event of the same day before the action is none that followed it."""
    events = [event("survey_answered", 0.1, score=9), taken("short-survey", 0.2)]

    assert LIFECYCLE.actions(events, days=7)[0].followed == "censored"


def test_a_state_follows_by_an_event_or_by_time() -> None:
    """Entering the state counts, whether an event led there or time did."""
    back = action("let-go", works_towards="non_customer")
    book = Playbook.default().with_action(back, "potential")
    events = [
        event("lead_qualified"),
        taken("let-go", 1),
        taken("suggest-next-purchase", 2),
        event("lead_disqualified", 3),
        event("lead_qualified", 4),
        taken("let-go", 5),
    ]
    results = LIFECYCLE.actions(
        events, days=100, playbook=book, as_of=START + timedelta(days=120)
    )

    assert [(one.action_id, one.followed.value) for one in results] == [
        ("let-go", "yes"),
        ("suggest-next-purchase", "no"),
        ("let-go", "yes"),
    ]
    assert [one.followed_at for one in results] == [
        START + timedelta(days=3),
        None,
        START + timedelta(days=94),
    ]
    assert [one.taken_at for one in results] == [START + timedelta(days=n) for n in (1, 2, 5)]
    assert {results[0].works_towards, results[2].works_towards} == {"non_customer"}
    # Own actions are held against the plan of their own playbook.
    assert [one.in_plan.value for one in results] == ["planned", "elsewhere", "planned"]


def test_staying_is_not_reaching() -> None:
    """A second signature does not reach the position in which the opportunity is."""
    sign = action("sign", works_towards="implementation")
    book = Playbook.default().with_action(sign, "regular")
    events = [
        event("purchase_completed"),
        taken("sign", 1),
        event("purchase_completed", 2),
    ]
    end = START + timedelta(days=20)
    (result,) = LIFECYCLE.actions(events, days=7, playbook=book, as_of=end)

    assert result.followed == "no"


def test_a_move_of_the_midnight_before_does_not_follow() -> None:
    """What time moved up to the action came before it, even at the same instant."""
    back = action("let-go", works_towards="non_customer")
    book = Playbook.default().with_action(back, "potential")
    events = [event("lead_qualified"), taken("let-go", 90)]
    (result,) = LIFECYCLE.actions(
        events, days=1, playbook=book, as_of=START + timedelta(days=95)
    )

    assert (result.situation, result.followed) == ("non_customer", "no")


def test_an_action_is_held_against_its_plan() -> None:
    """Each action says how it stood to the plan of its moment, and where the customer was."""
    events = [
        *(event("purchase_completed", day) for day in (0, 30, 60)),
        taken("offer-more-complex", 61),
        event("payment_overdue", 62),
        taken("offer-more-complex", 63),
        taken("entry-offer", 64),
        taken("dance", 65),
    ]
    results = LIFECYCLE.actions(events, days=7)

    assert [one.in_plan.value for one in results] == [
        "planned",
        "held",
        "elsewhere",
        "unknown",
    ]
    assert {one.situation.value for one in results} == {"regular"}
    assert {one.position.value for one in results} == {"implementation"}
    assert (results[3].works_towards, results[3].followed) == (None, "unknown")


def test_a_snapshot_goes_on() -> None:
    """Later events give the same results from a snapshot as from the start."""
    first = [event("purchase_completed", day) for day in (0, 30)]
    later = [taken("show-results", 31), event("purchase_completed", 40)]
    customer = LIFECYCLE.replay(first).customer

    assert LIFECYCLE.actions(later, days=30, customer=customer) == LIFECYCLE.actions(
        [*first, *later], days=30
    )


def test_the_order_of_arrival_does_not_matter() -> None:
    """Events may come in any order and twice."""
    events = [taken("short-survey", 0), event("survey_answered", 1, score=9, event_id="e")]

    assert LIFECYCLE.actions([*events[::-1], events[1]], days=1) == LIFECYCLE.actions(
        events, days=1
    )


def test_nobody_took_an_action() -> None:
    """A customer without events has no results."""
    assert LIFECYCLE.actions([], days=1, customer=Customer(id="c")) == ()


def test_a_span_beyond_the_calendar_is_censored() -> None:
    """More days than the calendar has are never over."""
    (result,) = LIFECYCLE.actions([taken("short-survey")], days=10**7)

    assert result.followed == "censored"


def test_negative_days_are_refused() -> None:
    """A span below no days is an error that names it."""
    with pytest.raises(NegativeDays, match="days=-1 is below 0"):
        LIFECYCLE.actions([taken("short-survey")], days=-1)


def test_an_action_may_move_the_customer_itself() -> None:
    """Under own rules an action can lead to the state that it works towards, at once."""
    from lifecycle_model import DEFAULT_RULES, Axis, Rule

    rule = Rule("met", Axis.SITUATION, ("non_customer",), "action_taken", "potential")
    own = Lifecycle(rules=DEFAULT_RULES.with_rule(rule))
    (result,) = own.actions([taken("easy-first-talk")], days=0)

    assert (result.situation, result.followed) == ("non_customer", "yes")
