from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from lifecycle_model import (
    DEFAULT_RULES,
    Axis,
    BuyingPosition,
    Customer,
    Guard,
    Lifecycle,
    Policy,
    Rule,
    RuleTable,
    Situation,
)
from unit.making import event, folded, lifecycle, on, purchase

NEW = Customer(id="c")


def walked(model: Lifecycle, customer: Customer, target: Any, **which: Any) -> list[str]:
    """Return the kinds of the path, after checking that it leads there."""
    path = model.path(customer, target, **which)
    assert path is not None
    assert all(one.customer_id == customer.id for one in path.events)
    history = model.replay(path.events, customer=customer)
    assert path.transitions == history.transitions
    if isinstance(target, Situation):
        assert history.customer.situation is target
    return [one.kind for one in path.events]


@pytest.mark.parametrize(
    ("target", "kinds"),
    [
        ("non_customer", ""),
        ("potential", "lead_qualified"),
        ("occasional", "purchase_completed"),
        ("regular", "purchase_completed " * 3),
        ("preferred", "purchase_completed " * 6),
        ("dissatisfied", "purchase_completed survey_answered"),
    ],
)
def test_from_nowhere(target: str, kinds: str) -> None:
    """The shortest path to each situation has as many events as the rules ask for."""
    found = walked(lifecycle(), NEW, Situation(target))

    assert len(kinds.split()) == len(found)
    if target not in {"potential", "dissatisfied"}:
        assert kinds.split() == found


def test_first_day() -> None:
    """For a customer without events the path begins on 2000-01-01, a day apart each."""
    path = lifecycle().path(NEW, Situation.REGULAR)

    assert [datetime(2000, 1, day, tzinfo=UTC) for day in (1, 2, 3)] == [
        one.occurred_at for one in path.events
    ]


def test_from_the_clock() -> None:
    """For others it begins a day after their clock, and counts what is there."""
    customer = folded(purchase(0), purchase(5))

    path = lifecycle().path(customer, Situation.REGULAR)

    assert [on(6)] == [one.occurred_at for one in path.events]


@pytest.mark.parametrize(
    ("target", "kinds"),
    [
        ("status_quo", []),
        ("needs_recognition", ["need_recognized"]),
        ("options_evaluation", ["evaluation_started"]),
        ("concerns_resolution", ["supplier_chosen"]),
    ],
)
def test_positions(target: str, kinds: list[str]) -> None:
    """A position is one event away where jumps are allowed."""
    assert kinds == walked(lifecycle(), NEW, BuyingPosition(target))


def test_implementation() -> None:
    """Implementation is reached by a signature, with us or with somebody else."""
    (kind,) = walked(lifecycle(), NEW, BuyingPosition.IMPLEMENTATION)

    assert kind in {"purchase_completed", "opportunity_lost"}


def test_positions_step_by_step() -> None:
    """Where no position may be skipped the path goes through each."""
    kinds = walked(lifecycle(max_positions_skipped=0), NEW, BuyingPosition.CONCERNS_RESOLUTION)

    assert kinds == ["need_recognized", "evaluation_started", "supplier_chosen"]


def test_of_one_opportunity() -> None:
    """A path is of the opportunity that is asked for, whatever the others are at."""
    customer = folded(event("supplier_chosen", 0, opportunity_id="a"))
    path = lifecycle().path(customer, BuyingPosition.CONCERNS_RESOLUTION, opportunity_id="b")

    assert [one.opportunity_id for one in path.events] == ["b"]


def test_back_to_status_quo() -> None:
    """An opportunity under way comes back by one event."""
    customer = folded(event("need_recognized"))

    assert len(walked(lifecycle(), customer, BuyingPosition.STATUS_QUO)) == 1


def test_no_way() -> None:
    """Where no events lead to a state under a policy, there is no path."""
    old = DEFAULT_RULES.rule(Axis.POSITION, "evaluation-started")
    never = replace(old, guards=(Guard("positions_skipped", "<", 0),))

    path = lifecycle(DEFAULT_RULES.replace(never)).path(NEW, BuyingPosition.OPTIONS_EVALUATION)

    assert path is None


@pytest.mark.untraced
def test_revenue_asked_for() -> None:
    """The amounts of the path are those that the guards ask for."""
    model = lifecycle(
        preferred_revenue=Decimal("99.5"), preferred_days=3, keep_preferred_days=3
    )

    path = model.path(NEW, Situation.PREFERRED)

    # One purchase promotes by at most one rung, so the fourth is the one.
    assert walked(model, NEW, Situation.PREFERRED) == ["purchase_completed"] * 4
    assert sum(one.amount for one in path.events) >= Decimal("99.5")


def test_score_asked_for() -> None:
    """The scores of the path are on the right side of the bound."""
    model = lifecycle(detractor_score=0, satisfied_score=10, recovery_needs_confirmation=True)
    unhappy = folded(purchase(), event("survey_answered", 1, score=0))

    assert walked(model, unhappy, Situation.OCCASIONAL) == ["survey_answered"]
    assert model.path(unhappy, Situation.OCCASIONAL).events[0].score == 10


def test_complaint_closed() -> None:
    """A path closes the complaints that stand in the way, before any request."""
    unhappy = folded(
        purchase(),
        event("case_opened", 1, case_id="a"),
        event("case_opened", 1, case_id="z", complaint=True),
    )

    path = lifecycle().path(unhappy, Situation.OCCASIONAL)

    assert [(one.kind, one.case_id) for one in path.events] == [("case_closed", "z")]


def test_complaints_tolerated() -> None:
    """Where some complaints are tolerated a path opens more, each its own."""
    table = DEFAULT_RULES.without(Axis.SITUATION, "detractor")
    model = lifecycle(table, complaints_tolerated=1)

    path = model.path(NEW, Situation.DISSATISFIED)

    opened = [one.case_id for one in path.events if one.kind == "case_opened"]
    assert len(opened) == len(set(opened)) == 2


def test_wait() -> None:
    """A path waits for the age that a guard asks for where nothing else helps."""
    rules = DEFAULT_RULES.without(Axis.SITUATION, "satisfied-again").without(
        Axis.SITUATION, "case-resolved"
    )
    model = lifecycle(rules, recovery_days=7)
    unhappy = folded(purchase(), event("survey_answered", 1, score=0))

    path = model.path(unhappy, Situation.OCCASIONAL)

    assert [("purchase_completed", on(8))] == [
        (one.kind, one.occurred_at) for one in path.events
    ]


def test_wait_for_more_than() -> None:
    """A guard that asks for more than an age is waited for one day longer."""
    rules = DEFAULT_RULES.without(Axis.SITUATION, "satisfied-again").without(
        Axis.SITUATION, "case-resolved"
    )
    old = rules.rule(Axis.SITUATION, "bought-again")
    new = replace(old, guards=(Guard("days_dissatisfied", ">", "recovery_days"),))
    unhappy = folded(purchase(), event("survey_answered", 1, score=0))

    path = lifecycle(rules.replace(new)).path(unhappy, Situation.OCCASIONAL)

    assert [on(9)] == [one.occurred_at for one in path.events]


def test_time_alone() -> None:
    """Where only time leads somewhere, the path is the day that time needs."""
    table = RuleTable(tuple(rule for rule in DEFAULT_RULES if rule.id != "left"))
    customer = folded(purchase())

    path = lifecycle(table).path(customer, Situation.NON_CUSTOMER)

    assert [("time_passed", on(395))] == [(one.kind, one.occurred_at) for one in path.events]


def test_down_by_time() -> None:
    """A demotion is reached by waiting."""
    customer = folded(*(purchase(day) for day in range(3)))

    assert walked(lifecycle(), customer, Situation.OCCASIONAL) == ["time_passed"]


def test_purchase_undone() -> None:
    """A path may take a purchase back."""
    table = DEFAULT_RULES.without(Axis.SITUATION, "left")
    customer = folded(purchase())

    kinds = walked(lifecycle(table), customer, Situation.POTENTIAL)

    assert kinds == ["purchase_reversed"]


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("consent_changed", "channel", "any"),
        ("action_taken", "action_id", "any"),
        ("contacted", "channel", None),
        ("offer_made", "opportunity_id", "main"),
        ("payment_overdue", "order_id", None),
    ],
)
def test_kinds_of_own_rules(kind: str, field: str, value: Any) -> None:
    """A path uses the kinds that a user's own rows ask for."""
    table = DEFAULT_RULES.with_rule(
        Rule("own", Axis.SITUATION, (Situation.NON_CUSTOMER,), kind, "preferred")
    )

    path = lifecycle(table).path(NEW, Situation.PREFERRED)

    assert [(kind, value)] == [(one.kind, getattr(one, field)) for one in path.events]


def test_nothing_qualifies() -> None:
    """A policy without qualifying behaviours leaves the other ways open."""
    assert len(walked(lifecycle(qualifying_behaviours=[]), NEW, Situation.POTENTIAL)) == 1


def test_behaviour() -> None:
    """A path shows a behaviour of the policy's list."""
    others = {"lead-qualified", "need-recognized", "evaluation-started", "supplier-chosen"}
    table = RuleTable(
        tuple(
            rule
            for rule in DEFAULT_RULES
            if rule.axis == Axis.POSITION or rule.id not in others
        )
    )

    path = lifecycle(table).path(NEW, Situation.POTENTIAL)

    assert [one.behaviour for one in path.events] == ["demo_request"]


@pytest.mark.parametrize("name", ["clothing_store", "business_software", "grocery", "durables"])
def test_presets(name: str) -> None:
    """Under every preset the best situation can be reached."""
    model = Lifecycle(policy=Policy.preset(name))

    kinds = walked(model, NEW, Situation.PREFERRED)

    assert kinds.count("purchase_completed") >= model.policy.preferred_days


@pytest.mark.parametrize("time", ["00:00:00", "23:59:30"])
def test_end_of_the_calendar(time: str) -> None:
    """Where the calendar leaves no day for an event there is no path."""
    customer = folded(purchase(occurred_at=f"9999-12-31T{time}Z"))

    assert lifecycle().path(customer, Situation.REGULAR) is None


def test_no_wait_for_an_age_without_a_value() -> None:
    """A row that asks for an age that does not run yet is not waited for."""
    idle = Rule(
        "own",
        Axis.SITUATION,
        (Situation.NON_CUSTOMER,),
        "contacted",
        "potential",
        (Guard("days_idle", ">=", 5),),
    )
    customer = folded(event("contacted"))

    path = lifecycle(DEFAULT_RULES.with_rule(idle)).path(customer, Situation.POTENTIAL)

    assert [on(1)] == [one.occurred_at for one in path.events]
    assert [one for one in path.events if one.kind == "contacted"] == []


def test_no_way_over_the_edge() -> None:
    """A way on which the window's money overflows is none: time has to empty it first."""
    rich = Rule(
        "became-preferred",
        Axis.SITUATION,
        (Situation.REGULAR,),
        "purchase_completed",
        "preferred",
        (Guard("revenue", ">=", Decimal(10**11)), Guard("purchase_days", ">=", 6)),
    )
    model = lifecycle(DEFAULT_RULES.replace(rich))
    full = folded(*(purchase(0, amount=10**11) for _ in range(8999)))

    assert walked(model, full, Situation.PREFERRED)[0] == "time_passed"
