from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_model import (
    DEFAULT_RULES,
    Axis,
    BuyingPosition,
    Customer,
    Guard,
    Opportunity,
    RuleTable,
    Situation,
)
from unit.making import (
    LIFECYCLE,
    event,
    folded,
    lifecycle,
    on,
    purchase,
    situation_row,
    told,
    values,
)

if TYPE_CHECKING:
    from datetime import date

    from lifecycle_model import Event


def corrected(day: float, **to: Any) -> Any:
    """Return a correction."""
    return event("manual_correction", day, actor="ana", reason="typo", **to)


def reversed_(day: float, **fields: Any) -> Any:
    """Return a full reversal."""
    return event("purchase_reversed", day, **{"amount": 0, "full": True, **fields})


def unhappy(day: float) -> Any:
    """Return the answer of a detractor."""
    return event("survey_answered", day, score=0)


def day(number: float) -> date:
    """Return the date so many days after the start."""
    return on(number).date()


def fact(name: str, *events: Any, at: float | None = None, **thresholds: Any) -> Any:
    """Return one fact after the events."""
    model = lifecycle(**thresholds)
    asked = None if at is None else on(at)
    return model.status(model.replay(events).customer, as_of=asked).facts[name]


def rules(*events: Event, axis: str = "situation", until: float | None = None) -> list[str]:
    """Return the rules that moved one axis."""
    asked = None if until is None else on(until)
    return told(LIFECYCLE.replay(events, as_of=asked).transitions, axis)


# Purchases and their days.


def test_one_purchase_day() -> None:
    """Two orders on one day are one purchase day; both amounts count."""
    events = [purchase(0, amount=1), purchase(0.9, amount=2), purchase(1, amount=4)]

    assert fact("purchase_days", *events) == 2
    assert fact("revenue", *events) == 7
    assert fact("standing_purchases", *events) == 3


def test_window() -> None:
    """A day counts while fewer than window_days have passed since it."""
    events = [purchase(0, amount=1), purchase(5, amount=2)]

    for at, days in [(9, 2), (10, 1), (14, 1), (15, 0)]:
        assert days == fact("purchase_days", *events, at=at, window_days=10)
    assert fact("revenue", *events, at=10, window_days=10) == 2
    assert fact("days_since_purchase", *events, at=100, window_days=10) == 95
    assert fact("standing_purchases", *events, at=100, window_days=10) == 2


def test_purchase_outside_the_window_still_stands() -> None:
    """The latest purchase day counts for days_since_purchase wherever it lies."""
    model = lifecycle(window_days=10)
    customer = model.replay([purchase(0), purchase(20)]).customer

    after = model.apply(customer, reversed_(21)).customer

    assert day(0) == customer.older_purchase_on
    assert model.status(after).facts["days_since_purchase"] == 21


def test_window_of_a_former_customer() -> None:
    """Days leave the window too where no rule waits for them."""
    customer = folded(
        purchase(0, amount=5),
        event("customer_left", 1),
        event("contacted", 2),
        event("contacted", 400),
    )

    assert (0, day(0)) == (len(customer.window), customer.older_purchase_on)


# Reversals.


@pytest.mark.parametrize(
    ("fields", "days", "purchases", "revenue", "latest"),
    [
        ({"amount": 3}, 2, 3, 12, 2),
        ({"amount": 3, "full": False}, 2, 3, 12, 2),
        ({"amount": 8, "full": True}, 1, 2, 7, 3),
        ({"amount": 3, "full": True, "purchased_on": "2024-01-01"}, 2, 2, 12, 2),
        ({"amount": 3, "full": True, "purchased_on": "2024-01-02"}, 1, 2, 12, 3),
        ({"amount": 3, "full": True, "purchased_on": "2023-12-31"}, 2, 3, 12, 2),
        ({"amount": 3, "full": True, "purchased_on": "2024-01-03"}, 2, 3, 12, 2),
        ({"amount": 100}, 2, 3, 0, 2),
    ],
)
def test_reversal(
    fields: dict[str, Any], days: int, purchases: int, revenue: int, latest: int
) -> None:
    """A reversal takes the amount off the day meant, and if full one purchase too."""
    bought = [purchase(0, amount=3), purchase(0, amount=4), purchase(1, amount=8)]
    customer = folded(*bought, event("purchase_reversed", 3, **fields))

    facts = LIFECYCLE.status(customer).facts

    assert (days, purchases) == (facts["purchase_days"], facts["standing_purchases"])
    assert revenue == facts["revenue"]
    assert latest == facts["days_since_purchase"]


def test_reversal_on_its_own_day() -> None:
    """Where the day meant is no purchase day, the amount comes off the reversal's own day."""
    customer = folded(
        purchase(0, amount=5),
        event("purchase_reversed", 2, amount=1, purchased_on=day(1)),
        event("purchase_reversed", 2, amount=1, purchased_on=day(1)),
    )

    assert [(day(0), 1, Decimal(5)), (day(2), 0, Decimal(-2))] == [
        tuple(one) for one in customer.window
    ]


def test_reversal_without_a_purchase() -> None:
    """A reversal of nothing takes no purchase off, and revenue stays at 0."""
    customer = folded(reversed_(0, amount=5))

    assert (customer.purchases, customer.standing_purchases) == (0, 0)
    assert LIFECYCLE.status(customer).facts["revenue"] == 0
    assert [Decimal(-5)] == [one.amount for one in customer.window]


@pytest.mark.parametrize(("at", "left"), [(9, 0), (10, 1)])
def test_reversal_of_an_old_day(at: int, left: int) -> None:
    """A day outside the window is no longer touched."""
    events = [purchase(0), reversed_(at, purchased_on=day(0))]

    assert left == fact("standing_purchases", *events, window_days=10)


def test_reversed_day_is_no_purchase_day() -> None:
    """A day whose purchases are all gone counts as none, and can be bought on again."""
    events = [purchase(0, amount=5), purchase(4, amount=5), reversed_(4, amount=5)]

    assert fact("purchase_days", *events) == 1
    assert fact("days_since_purchase", *events) == 4
    assert fact("purchase_days", *events, purchase(4, sequence=1)) == 2
    assert len(folded(*events).window) == 1


def test_reversal_of_two_days() -> None:
    """The latest standing day is found over days that no longer stand."""
    events = [
        purchase(0),
        purchase(1),
        purchase(2),
        reversed_(3, purchased_on=day(1)),
        reversed_(4),
    ]

    assert fact("days_since_purchase", *events) == 4
    assert fact("days_since_purchase", *events, reversed_(5)) is None


def test_cancelled() -> None:
    """Without any standing purchase the customer is a prospect again."""
    events = [purchase(0), reversed_(1)]

    assert rules(*events) == ["first-purchase", "purchase-cancelled"]
    assert rules(purchase(0), reversed_(1, full=False)) == ["first-purchase"]
    assert rules(purchase(0), purchase(0.1), reversed_(1)) == ["first-purchase"]


def test_contract_cancelled() -> None:
    """A contract's opportunity resets where the reversal names it and took a purchase off."""
    named = reversed_(1, opportunity_id="main")

    assert rules(purchase(0), named, axis="position") == [
        "contract-signed",
        "contract-cancelled",
    ]
    assert rules(purchase(0), reversed_(1), axis="position") == ["contract-signed"]


# Covers.


def test_cover() -> None:
    """The furthest cover protects through its last day."""
    events = [purchase(0, covers_until=day(20)), purchase(1, covers_until=day(10))]

    assert [fact("protected", *events, at=at) for at in (20, 21)] == [1, 0]
    assert [fact("days_expired", *events, at=at) for at in (20, 21)] == [None, 1]


@pytest.mark.parametrize(("renewed", "expired"), [(19, 5), (20, None), (21, None)])
def test_renewed(renewed: int, expired: int | None) -> None:
    """A purchase on or after the last day of the cover renews it."""
    events = [purchase(0, covers_until=day(20)), purchase(renewed)]

    assert expired == fact("days_expired", *events, at=25)


@pytest.mark.parametrize(("renewed", "lost"), [(19, ["not-renewed"]), (20, [])])
def test_renewed_within_one_replay(renewed: int, lost: list[str]) -> None:
    """The same holds while events are folded, not only from a snapshot on."""
    events = [purchase(0, covers_until=day(20)), purchase(renewed)]

    assert ["first-purchase", *lost] == rules(*events, until=100)


def test_renewal_taken_back() -> None:
    """Where the renewal is reversed, the cover has expired after all."""
    events = [purchase(0, covers_until=day(20)), purchase(22), reversed_(24)]

    assert fact("days_expired", *events, at=25) == 5


@pytest.mark.parametrize(
    ("last", "protected"),
    [
        ([reversed_(3)], 0),
        ([reversed_(3, purchased_on=day(0))], 1),
        ([reversed_(3, full=False)], 1),
        ([event("customer_left", 3)], 0),
    ],
)
def test_cover_forgotten(last: list[Any], protected: int) -> None:
    """Covers are forgotten with the purchase that named the furthest date, and with the end."""
    bought = [
        purchase(0),
        purchase(1, covers_until=day(20)),
        purchase(0.5, covers_until=day(9)),
    ]

    assert protected == fact("protected", *bought, *last)


def test_cover_bought_first() -> None:
    """The furthest date belongs to the first purchase that named it."""
    bought = [purchase(0, covers_until=day(20)), purchase(1, covers_until=day(20))]

    assert fact("protected", *bought, reversed_(2)) == 1
    assert fact("protected", *bought, reversed_(2, purchased_on=day(0))) == 0


def test_not_renewed() -> None:
    """An expired contract without a renewal ends the relation after its grace."""
    bought = purchase(0, covers_until=day(20))

    history = LIFECYCLE.replay([bought], as_of=on(80))

    assert told(history.transitions) == ["first-purchase", "not-renewed"]
    assert on(80) == history.transitions[-1].occurred_at


# Cases, payments, consent.


def test_cases() -> None:
    """Cases open, are replaced, and close once."""
    opened = event("case_opened", 0, case_id="k", complaint=True)
    replaced = event("case_opened", 1, case_id="k")
    closed = event("case_closed", 2, case_id="k")

    assert (fact("open_cases", opened), fact("open_complaints", opened)) == (1, 1)
    assert fact("open_cases", opened, replaced) == 1
    assert fact("open_complaints", opened, replaced) == 0
    assert fact("open_cases", opened, closed, event("case_closed", 3, case_id="k")) == 0
    assert fact("open_cases", opened, event("case_closed", 1, case_id="unknown")) == 1
    assert [(one.id, one.complaint) for one in folded(opened).open_cases] == [("k", True)]
    assert [(one.id, one.complaint) for one in folded(opened, replaced).open_cases] == [
        ("k", False)
    ]


def test_cases_sort_by_id() -> None:
    """Open cases are kept by ascending id."""
    opened = [event("case_opened", 0, case_id=name, complaint=True) for name in "bca"]

    customer = folded(*opened)

    assert [one.id for one in customer.open_cases] == ["a", "b", "c"]
    assert LIFECYCLE.apply(
        customer, event("case_closed", 1, case_id="b")
    ).customer.open_cases == (
        customer.open_cases[0],
        customer.open_cases[2],
    )


def test_end_closes_every_case() -> None:
    """The end closes all cases; one opened later is a new one, even of the same id."""
    opened = event("case_opened", 0, case_id="k", complaint=True)
    customer = folded(opened, event("customer_left", 1))

    assert customer.open_cases == ()
    assert LIFECYCLE.status(customer).facts["open_complaints"] == 0
    again = LIFECYCLE.apply(customer, event("case_opened", 2, case_id="k")).customer
    assert LIFECYCLE.status(again).facts["open_cases"] == 1
    closed = LIFECYCLE.apply(again, event("case_closed", 3, case_id="k")).customer
    assert LIFECYCLE.status(closed).facts["open_cases"] == 0
    assert (
        fact(
            "open_cases",
            opened,
            event("customer_left", 1),
            event("case_closed", 2, case_id="k"),
        )
        == 0
    )


def test_payments() -> None:
    """Payments overdue less payments received never fall below 0."""
    due, paid = event("payment_overdue", 1), event("payment_received", 2)

    assert fact("payments_overdue", due, due, paid) == 1
    assert fact("payments_overdue", event("payment_received", 0), due) == 1


def test_consent() -> None:
    """Channels without consent are kept in order, and given back."""
    no = [event("consent_changed", 0, channel=name, allowed=False) for name in ("sms", "email")]
    yes = [event("consent_changed", 1, channel=name, allowed=True) for name in ("sms", "phone")]

    assert folded(*no).withdrawn_channels == ("email", "sms")
    assert folded(*no, *yes).withdrawn_channels == ("email",)


# Dissatisfaction.


@pytest.mark.parametrize(
    ("events", "rule", "situation"),
    [
        ([event("survey_answered", 2, score=7)], "satisfied-again", "occasional"),
        ([purchase(8)], "bought-again", "occasional"),
        ([event("customer_left", 2)], "left", "non_customer"),
        ([reversed_(2), event("survey_answered", 3, score=9)], "satisfied-again", "potential"),
        ([corrected(2, situation="preferred")], "corrected", "preferred"),
    ],
)
def test_out_of_dissatisfaction(events: list[Any], rule: str, situation: str) -> None:
    """A dissatisfaction ends at the rung before, or at potential where no purchase stands."""
    customer = folded(purchase(0), unhappy(1), *events)

    assert (rule, Situation(situation)) == (customer.situation_rule, customer.situation)
    assert (customer.restores_to, customer.dissatisfied_on) == (None, None)


def test_case_resolved() -> None:
    """Closing the complaint restores; closing a request does not."""
    events = [
        purchase(0),
        event("case_opened", 1, case_id="k", complaint=True),
        event("case_opened", 1, case_id="l"),
        event("case_closed", 2, case_id="l"),
        event("case_closed", 3, case_id="k"),
    ]

    assert rules(*events) == ["first-purchase", "complained", "case-resolved"]
    assert on(3).date() == folded(*events).restored_on


def test_given_up() -> None:
    """A long dissatisfaction without a sign of life ends in losing the customer."""
    assert rules(purchase(0), unhappy(1), until=181) == [
        "first-purchase",
        "detractor",
        "given-up",
    ]
    assert rules(purchase(0), unhappy(1), until=180) == ["first-purchase", "detractor"]


@pytest.mark.parametrize(
    ("before", "rung"),
    [
        ("non_customer", "occasional"),
        ("potential", "occasional"),
        ("occasional", "occasional"),
        ("preferred", "preferred"),
    ],
)
def test_corrected_to_dissatisfied(before: str, rung: str) -> None:
    """A correction to dissatisfied restores to the rung before, at least to occasional."""
    customer = folded(corrected(0, situation=before), corrected(1, situation="dissatisfied"))

    assert (Situation(rung), day(1)) == (customer.restores_to, customer.dissatisfied_on)


def test_corrected_from_dissatisfied_to_itself() -> None:
    """A correction to the situation that it has keeps the rung and the day."""
    customer = folded(purchase(0), unhappy(1), corrected(5, situation="dissatisfied"))

    assert (Situation.OCCASIONAL, day(1), day(5)) == (
        customer.restores_to,
        customer.dissatisfied_on,
        customer.corrected_on,
    )


# Corrections.


@pytest.mark.parametrize(("holds", "protected"), [(0, 0), (1, 1), (5, 1)])
def test_correction_holds(holds: int, protected: int) -> None:
    """A correction of the situation protects for the policy's days, its own the first."""
    correction = corrected(0, situation="regular")

    assert protected == fact("protected", correction, correction_holds_days=holds)
    assert fact("protected", correction, at=holds, correction_holds_days=holds) == 0
    assert fact("days_idle", correction, at=3) == 3
    assert fact("days_since_sign", correction, at=3) == 3


def test_correction_of_a_position() -> None:
    """A correction of a position moves it and touches nothing of the situation."""
    customer = folded(corrected(0, position="implementation"))

    assert customer.opportunities == (
        Opportunity(
            id="main",
            position=BuyingPosition.IMPLEMENTATION,
            entered_on=day(0),
            touched_on=day(0),
        ),
    )
    assert (customer.corrected_on, customer.reached, customer.sign_on) == (None, False, None)


def test_correction_to_the_position_it_has() -> None:
    """There the day it entered stays, and the opportunity is with us again."""
    lost = event("opportunity_lost", 0)

    (one,) = folded(lost, corrected(5, position="implementation")).opportunities

    assert (day(0), day(5), False) == (one.entered_on, one.touched_on, one.with_competitor)


# Opportunities.


def test_purchase_in_implementation() -> None:
    """A further purchase enters implementation anew, with us."""
    (one,) = folded(event("opportunity_lost", 0), purchase(5)).opportunities

    assert (day(5), False) == (one.entered_on, one.with_competitor)


@pytest.mark.parametrize(
    ("events", "with_competitor"),
    [
        ([event("opportunity_lost")], True),
        ([purchase(0), event("opportunity_lost", 1)], True),
        ([event("supplier_chosen", supplier="rival")], True),
        ([event("supplier_chosen")], False),
        ([event("supplier_chosen", supplier="rival"), event("supplier_chosen", 1)], False),
        ([event("supplier_chosen", supplier="rival"), event("need_recognized", 1)], False),
        ([event("supplier_chosen", supplier="rival"), purchase(1)], False),
        ([event("supplier_chosen", supplier="rival"), event("concern_raised", 1)], True),
    ],
)
def test_with_competitor(events: list[Any], with_competitor: bool) -> None:  # noqa: FBT001
    """An opportunity is with whom the latest choice named."""
    assert [with_competitor] == [one.with_competitor for one in folded(*events).opportunities]


def test_refused_choice_is_no_choice() -> None:
    """A choice that the position refused names no competitor."""
    events = [event("need_recognized"), event("supplier_chosen", 1, supplier="rival")]

    assert [
        one.with_competitor for one in folded(*events, max_positions_skipped=0).opportunities
    ] == [False]


def test_offer_is_no_touch() -> None:
    """An offer of ours is not the buyer's move: the decision still goes stale."""
    events = [event("need_recognized", 0), event("offer_made", 80), event("concern_raised", 85)]

    assert rules(*events[:2], axis="position", until=90) == ["need-recognized", "stalled"]
    assert rules(*events, axis="position", until=174) == ["need-recognized"]


def test_settled_and_forgotten() -> None:
    """What is delivered or settled is no longer stored, and can begin anew."""
    customer = folded(purchase(0), event("time_passed", 30))

    assert customer.opportunities == ()
    again = LIFECYCLE.apply(customer, event("need_recognized", 31)).customer
    assert [day(31)] == [one.entered_on for one in again.opportunities]


def test_reopened_in_one_run() -> None:
    """An opportunity that came back to status quo may be named again in the same replay."""
    events = [
        event("need_recognized", 0, opportunity_id="b"),
        event("decision_dropped", 1, opportunity_id="b"),
        event("need_recognized", 2, opportunity_id="b"),
        event("need_recognized", 3, opportunity_id="a"),
        event("decision_dropped", 4, opportunity_id="a"),
        event("time_passed", 92),
        event("need_recognized", 93, opportunity_id="a"),
    ]

    assert [one.id for one in folded(*events).opportunities] == ["a"]


def test_several_opportunities() -> None:
    """Each opportunity has its own position and its own clock."""
    customer = folded(
        event("need_recognized", 0, opportunity_id="b"),
        event("evaluation_started", 1, opportunity_id="a"),
        event("concern_resolved", 2, opportunity_id="b"),
    )

    assert [("a", "options_evaluation", day(1)), ("b", "needs_recognition", day(2))] == [
        (one.id, one.position, one.touched_on) for one in customer.opportunities
    ]


# Signs of life.

SIGNS = [
    "interest_shown",
    "lead_qualified",
    "need_recognized",
    "evaluation_started",
    "supplier_chosen",
    "concern_raised",
    "concern_resolved",
    "decision_dropped",
    "purchase_completed",
    "purchase_reversed",
    "product_used",
    "case_opened",
    "survey_answered",
]
OWN = {
    "interest_shown": {"behaviour": "x"},
    "purchase_reversed": {"amount": 0},
    "case_opened": {"case_id": "k"},
    "case_closed": {"case_id": "k"},
    "survey_answered": {"score": 7},
    "consent_changed": {"channel": "email", "allowed": True},
    "action_taken": {"action_id": "a"},
    "manual_correction": {"position": "status_quo", "actor": "a", "reason": "r"},
}


def test_an_opportunity_that_stays_as_it_is_is_shared() -> None:
    """A snapshot costs no more than what has changed."""
    needs = [event("need_recognized", 0, opportunity_id=name) for name in ("a", "b")]
    before = folded(*needs)
    outcome = LIFECYCLE.apply(before, event("need_recognized", 1, opportunity_id="b"))
    kept, touched = outcome.customer.opportunities

    assert kept is before.opportunities[0]
    assert touched is not before.opportunities[1]


def test_signs_of_life() -> None:
    """Exactly the customer's own doings are signs of life and reach the customer."""
    from lifecycle_model import KINDS

    alive = {kind: folded(event(kind, 3, **OWN.get(kind, {}))) for kind in KINDS}

    assert set(SIGNS) == {kind for kind, one in alive.items() if one.sign_on == day(3)}
    assert {*SIGNS, "contacted"} == {kind for kind, one in alive.items() if one.reached}


def test_days_idle() -> None:
    """A use keeps a customer that an interest does not."""
    events = [purchase(0), event("interest_shown", 5, behaviour="x")]

    assert fact("days_idle", *events, at=9) == 9
    assert fact("days_idle", *events, event("product_used", 7), at=9) == 2


# Time.


def test_lapses_one_after_the_other() -> None:
    """Each change of time happens at its own midnight, in order, before the event after it."""
    events = [purchase(number) for number in range(0, 12, 2)]
    history = LIFECYCLE.replay([*events, purchase(2000)])

    assert [
        (move.rule, (move.occurred_at - on(0)).days)
        for move in history.transitions
        if move.axis == "situation"
    ] == [
        ("first-purchase", 0),
        ("became-regular", 4),
        ("became-preferred", 10),
        ("no-longer-frequent", 369),
        ("no-longer-regular", 373),
        ("lapsed", 405),
        ("won-back", 2000),
    ]


def test_demotion_where_days_lost_their_purchases() -> None:
    """The day of a demotion is found over days whose purchases were taken back."""
    events = [purchase(number) for number in range(5)]
    taken = reversed_(5, purchased_on=day(1))

    history = LIFECYCLE.replay([*events, taken], as_of=on(400))

    assert told(history.transitions) == [
        "first-purchase",
        "became-regular",
        "no-longer-regular",
        "lapsed",
    ]
    assert on(368) == history.transitions[-2].occurred_at


def test_no_longer_valuable() -> None:
    """A demotion for revenue happens when the large purchase leaves the window."""
    model = lifecycle(
        regular_days=1,
        keep_regular_days=1,
        preferred_days=2,
        keep_preferred_days=1,
        preferred_revenue=100,
        keep_preferred_revenue=50,
    )
    events = [
        purchase(0, amount=80),
        purchase(0.5),
        purchase(10, amount=30),
        purchase(20, amount=1),
    ]

    customer = model.replay(events).customer

    assert customer.situation is Situation.PREFERRED
    assert (on(365), "no-longer-valuable") == (
        model.next_deadline(model.advance(customer, to=on(60)).customer).occurred_at,
        model.next_deadline(model.advance(customer, to=on(60)).customer).rule,
    )


def test_revenue_below_zero() -> None:
    """More paid back than bought counts as a revenue of 0."""
    model = lifecycle(
        regular_days=1,
        keep_regular_days=1,
        preferred_days=2,
        keep_preferred_days=1,
        keep_preferred_revenue="0.0001",
        preferred_revenue="0.0001",
    )
    bought = [purchase(0), purchase(1), purchase(2, amount=5), purchase(3, amount=5)]
    customer = model.replay(bought).customer
    refund = event("purchase_reversed", 4, amount=50)

    assert customer.situation is Situation.PREFERRED
    refunded = model.apply(customer, refund).customer
    assert (on(5), "no-longer-valuable") == (
        model.next_deadline(refunded).occurred_at,
        model.next_deadline(refunded).rule,
    )


def test_time_before_the_first_event() -> None:
    """The first event finds no time to pass."""
    assert folded(event("time_passed", 5)) == Customer(
        id="c", clock=on(5), window_days=365, day_offset_minutes=0
    )


# Facts that only rows of one's own ask for, within one fold.


def test_open_cases_are_counted_while_folding() -> None:
    """Three are opened, one is closed twice: two are open when the row asks."""
    two = situation_row(
        "two", "non_customer", "contacted", "potential", Guard("open_cases", "==", 2)
    )
    opened = [event("case_opened", day, case_id=str(day)) for day in range(3)]
    closed = [event("case_closed", day, case_id="1") for day in (3, 4)]
    model = lifecycle(DEFAULT_RULES.with_rule(two))

    assert told(model.replay([*opened, *closed, event("contacted", 5)]).transitions) == ["two"]
    assert told(model.replay([*opened, event("contacted", 5)]).transitions) == []


@pytest.mark.parametrize(
    ("later", "spent_on"),
    [
        ([], 10),
        # Taken off a day without a purchase, it stays when the purchase has left the window.
        ([event("purchase_reversed", 5, amount=80, purchased_on=on(3).date())], 10),
        ([event("purchase_completed", 5, amount=Decimal("0.0001"))], 15),
    ],
)
def test_revenue_is_nothing_while_folding(later: list[Event], spent_on: int) -> None:
    """When the purchase leaves the window revenue is 0, and no row finds it below."""
    spent = situation_row(
        "spent", "occasional", "time_passed", "potential", Guard("revenue", "==", 0)
    )
    model = lifecycle(DEFAULT_RULES.with_rule(spent, before="went-cold"), window_days=10)
    history = model.replay(
        [event("purchase_completed", 0, amount=100), *later, event("contacted", 20)]
    )

    moves = [
        (move.rule, move.occurred_at)
        for move in history.transitions
        if move.axis == Axis.SITUATION
    ]
    assert moves[1] == ("spent", on(spent_on))


def test_smallest_revenue_while_folding() -> None:
    """A ten-thousandth that stays in the window is more than nothing."""
    asked = situation_row(
        "asked", "occasional", "contacted", "potential", Guard("revenue", "==", 0)
    )
    model = lifecycle(DEFAULT_RULES.with_rule(asked), window_days=10)
    bought = [purchase(0, amount=5), purchase(5, amount=Decimal("0.0001"))]

    assert "asked" not in told(model.replay([*bought, event("contacted", 12)]).transitions)
    assert "asked" in told(model.replay([*bought, event("contacted", 15)]).transitions)


@pytest.mark.parametrize(
    ("refund", "nothing"), [("4.9999", False), ("5", True), ("5.0001", True)]
)
def test_revenue_after_a_refund_while_folding(refund: str, nothing: bool) -> None:  # noqa: FBT001
    """As much paid back as bought, or more, leaves no revenue; less leaves some."""
    asked = situation_row(
        "asked", "occasional", "contacted", "potential", Guard("revenue", "==", 0)
    )
    events = [
        purchase(0, amount=5),
        event("purchase_reversed", 1, amount=refund),
        event("contacted", 2),
    ]
    model = lifecycle(DEFAULT_RULES.with_rule(asked))

    assert nothing == ("asked" in told(model.replay(events).transitions))


def test_older_purchase_while_folding() -> None:
    """Once the window has no purchase left, the last one that stands before it counts."""
    asked = situation_row(
        "asked", "occasional", "contacted", "potential", Guard("days_since_purchase", "==", 100)
    )
    model = lifecycle(DEFAULT_RULES.with_rule(asked), window_days=10)
    events = [
        purchase(0),
        purchase(2),
        reversed_(3),
        purchase(50),
        reversed_(51),
        event("contacted", 100),
    ]

    assert told(model.replay(events).transitions)[-1] == "asked"


def test_correction_that_skips_too_much() -> None:
    """A correction's own guard is told how far the state that it gives lies ahead."""
    corrected_by = DEFAULT_RULES.rule(Axis.POSITION, "corrected")
    near = replace(corrected_by, guards=(Guard("positions_skipped", "<=", 1),))
    model = lifecycle(DEFAULT_RULES.replace(near))
    customer = model.replay([event("need_recognized", 0)]).customer

    refused = model.apply(customer, corrected(1, position="implementation"))
    taken = model.apply(customer, corrected(1, position="concerns_resolution"))

    (check,) = refused.refusals[0].checks
    assert values(check.evidence) == {"positions_skipped": 2}
    assert refused.transitions == ()
    assert [values(one.evidence) for one in taken.transitions] == [{"positions_skipped": 1}]
    assert [one.after for one in taken.transitions] == [BuyingPosition.CONCERNS_RESOLUTION]


@pytest.mark.parametrize(
    ("complaints", "moves"), [([], []), ([False], []), ([True], ["angry"])]
)
def test_leaving_closes_a_complaint(complaints: list[bool], moves: list[str]) -> None:
    """A row on the end of the relation can ask whether a complaint was open."""
    angry = situation_row(
        "angry",
        "potential",
        "customer_left",
        "dissatisfied",
        Guard("closed_complaint", "==", 1),
    )
    model = lifecycle(DEFAULT_RULES.with_rule(angry, before="left"))
    opened = [event("case_opened", 1, case_id="k", complaint=one) for one in complaints]
    history = model.replay([event("lead_qualified", 0), *opened, event("customer_left", 2)])

    assert [rule for rule in told(history.transitions) if rule == "angry"] == moves


def test_no_case_is_open_after_leaving() -> None:
    """Closing a case that nobody opened changes nothing, also once all were closed."""
    asked = situation_row(
        "asked", "non_customer", "contacted", "potential", Guard("open_cases", "==", 0)
    )
    model = lifecycle(DEFAULT_RULES.with_rule(asked))
    events = [
        event("case_opened", 0, case_id="k"),
        event("customer_left", 1),
        event("case_closed", 2, case_id="other"),
        event("contacted", 3),
    ]

    assert told(model.replay(events).transitions) == ["asked"]


def test_unhappy_before_any_other_situation() -> None:
    """The first situation can be one to go back to."""
    angry = situation_row("angry", "non_customer", "survey_answered", "dissatisfied")
    customer = folded(
        event("survey_answered", 0, score=0), rules=DEFAULT_RULES.with_rule(angry)
    )

    assert customer.restores_to is Situation.NON_CUSTOMER


def test_a_day_without_anything_is_forgotten() -> None:
    """A day whose purchase and money are gone leaves the window beside one of two purchases."""
    customer = folded(purchase(0), purchase(0), purchase(1, amount=0), reversed_(2))

    assert [(one.day, one.purchases) for one in customer.window] == [(day(0), 2)]


@pytest.mark.parametrize("first", ["supplier-chosen", "signed", "corrected", "lead-qualified"])
def test_the_first_row_is_a_row(first: str) -> None:
    """What moved is kept whatever the place of its row."""
    rows = sorted(DEFAULT_RULES, key=lambda row: row.id != first)
    events = [
        event("lead_qualified", 0),
        event("supplier_chosen", 1, supplier="rival"),
        event("opportunity_lost", 2, opportunity_id="o"),
        corrected(3, opportunity_id="o", position="implementation"),
    ]
    for some in (events, [*events, purchase(4)]):
        assert folded(*some, rules=RuleTable(tuple(rows))) == folded(*some)


def test_refused_correction_leaves_the_competitor() -> None:
    """A correction that is refused tells nothing about whom the customer buys from."""
    never = replace(
        DEFAULT_RULES.rule(Axis.POSITION, "corrected"),
        guards=(Guard("positions_skipped", "<", 0),),
    )
    customer = folded(
        event("supplier_chosen", 0, supplier="rival"),
        corrected(1, position="needs_recognition"),
        rules=DEFAULT_RULES.replace(never),
    )

    assert [one.with_competitor for one in customer.opportunities] == [True]
