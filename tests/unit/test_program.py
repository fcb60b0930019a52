from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lifecycle_model import (
    DEFAULT_RULES,
    Axis,
    Customer,
    Guard,
    Lifecycle,
    Policy,
    Rule,
    RuleTable,
    Situation,
    Transition,
)
from lifecycle_model.errors import InvalidRules
from unit.making import (
    event,
    folded,
    lifecycle,
    on,
    position_row,
    purchase,
    situation_row,
    told,
)

NON, POTENTIAL, OCCASIONAL, REGULAR, PREFERRED, _ = Situation


def asking(*guards: Guard) -> RuleTable:
    """Return the default table in which an action taken asks the guards."""
    return DEFAULT_RULES.with_rule(
        Rule("asked", Axis.SITUATION, (NON, OCCASIONAL), "action_taken", POTENTIAL, guards)
    )


def by_time(rule_id: str, source: str, target: str, *guards: Guard) -> Rule:
    """Return a row of the situation that time fires."""
    return situation_row(rule_id, source, "time_passed", target, *guards)


def position_by_time(rule_id: str, source: str, target: str, *guards: Guard) -> Rule:
    """Return a row of the position that time fires."""
    return position_row(rule_id, source, "time_passed", target, *guards)


# A delivery that leads to the next need.
AGAIN = position_by_time(
    "again", "implementation", "needs_recognition", Guard("days_in_position", ">=", 3)
)


def fires(guard: Guard, *events: Any) -> bool:
    """Return whether a guard holds after the events."""
    model = lifecycle(asking(guard))
    customer = model.replay(events).customer if events else Customer(id="c")
    asked = event("action_taken", 30, action_id="a")
    outcome = model.apply(customer, asked)
    assert [one.holds for found in outcome.refusals for one in found.checks[0].evidence] in (
        [],
        [False],
    )
    return told(outcome.transitions) == ["asked"]


@pytest.mark.parametrize(
    ("operator", "holding"),
    [
        (">=", [False, True, True]),
        ("<=", [True, True, False]),
        (">", [False, False, True]),
        ("<", [True, False, False]),
        ("==", [False, True, False]),
    ],
)
@pytest.mark.parametrize(
    ("fact", "step"), [("revenue", Decimal("0.0001")), ("purchase_days", 1)]
)
def test_operator(operator: Any, holding: list[bool], fact: str, step: Any) -> None:
    """Each operator decides exactly at its bound, one smallest step below and above it."""
    bought = [purchase(0, amount="1.5"), purchase(1, amount="1.5")]
    value = Decimal(3) if fact == "revenue" else 2
    thresholds = [value + step, value, value - step]

    assert holding == [
        fires(Guard(fact, operator, threshold), *bought) for threshold in thresholds
    ]


@pytest.mark.parametrize(
    ("guard", "holding"),
    [
        (Guard("protected", "==", 1), True),
        (Guard("protected", ">=", 1), True),
        (Guard("protected", ">=", 0), True),
        (Guard("protected", "<=", 1), True),
        (Guard("protected", ">", 0), True),
        (Guard("protected", "<=", 0), False),
        (Guard("protected", "==", 0), False),
        (Guard("protected", "<", 0), False),
        (Guard("protected", ">", 1), False),
        (Guard("protected", "==", 2), False),
    ],
)
def test_protected_is_zero_or_one(guard: Guard, holding: bool) -> None:  # noqa: FBT001
    """Protection is compared as the number 1 while it lasts ..."""
    assert holding is fires(guard, purchase(0, covers_until="2024-12-31"))


@pytest.mark.parametrize(
    ("guard", "holding"),
    [
        (Guard("protected", "==", 1), False),
        (Guard("protected", ">=", 0), True),
        (Guard("protected", "<=", 0), True),
        (Guard("protected", "==", 0), True),
        (Guard("protected", "<", 1), True),
        (Guard("protected", "<", 0), False),
    ],
)
def test_unprotected_is_zero(guard: Guard, holding: bool) -> None:  # noqa: FBT001
    """... and as 0 otherwise."""
    assert holding is fires(guard, purchase(0))


@pytest.mark.parametrize("operator", [">=", "<=", ">", "<", "=="])
@pytest.mark.parametrize(
    "fact", ["days_idle", "days_since_purchase", "days_dissatisfied", "days_expired"]
)
def test_fact_without_a_value(fact: str, operator: Any) -> None:
    """A guard on a fact that has no value never holds."""
    assert not fires(Guard(fact, operator, 0), event("contacted"))


def test_days_expired_begin_at_one() -> None:
    """On its last day a cover has not expired; from the next day on it has."""
    covered = purchase(0, covers_until=on(30).date())
    ended = purchase(0, covers_until=on(29).date())

    assert not fires(Guard("days_expired", "<=", 10), covered)
    assert fires(Guard("days_expired", "<=", 10), ended)
    assert not fires(Guard("days_expired", ">", 1), ended)


def test_unset_score() -> None:
    """A score is of the event at hand only: the next survey starts without the last one's."""
    table = DEFAULT_RULES.with_rule(
        Rule(
            "ten",
            Axis.SITUATION,
            (NON,),
            "survey_answered",
            POTENTIAL,
            (Guard("score", "==", 10),),
        )
    )
    history = lifecycle(table).replay(
        [event("survey_answered", 0, score=9), event("survey_answered", 1, score=10)]
    )

    assert [on(1)] == [move.occurred_at for move in history.transitions]


def test_dead_row() -> None:
    """A time row that no value can satisfy never fires, and time still ends."""
    dead = by_time("never", "potential", "occasional", Guard("standing_purchases", "<", 0))
    empty = by_time(
        "empty",
        "potential",
        "regular",
        Guard("days_since_sign", ">=", 9),
        Guard("days_since_sign", "<", 9),
    )
    model = lifecycle(RuleTable((dead, empty, *DEFAULT_RULES)))

    outcome = model.advance(folded(event("lead_qualified")), to=on(5000))

    assert told(outcome.transitions) == ["went-cold"]


def test_zero_money_bound() -> None:
    """Nothing is below a revenue of 0, so the default policy never demotes for revenue."""
    customer = folded(
        *[purchase(day, amount=0) for day in range(0, 12, 2)], preferred_revenue=0
    )

    outcome = lifecycle().advance(customer, to=on(2000))

    assert customer.situation is PREFERRED
    assert "no-longer-valuable" not in told(outcome.transitions)


CIRCLES = [
    # One row back is enough where both can hold on one day.
    [by_time("warm", "non_customer", "potential", Guard("days_since_sign", ">=", 10))],
    [by_time("warm", "non_customer", "potential")],
    # A longer way round.
    [
        by_time("up", "non_customer", "occasional", Guard("days_since_sign", ">=", 90)),
        by_time("down", "occasional", "potential", Guard("days_since_sign", ">=", 90)),
    ],
]


@pytest.mark.parametrize("rows", CIRCLES)
def test_endless_time(rows: list[Rule]) -> None:
    """Time rows that could chase each other at one midnight are refused, all by their names."""
    table = RuleTable((*DEFAULT_RULES, *rows))

    with pytest.raises(InvalidRules, match="lead in a circle at one midnight") as caught:
        Lifecycle(rules=table)

    assert str(caught.value).startswith("rule table is not valid:\n")
    chains = [problem.value.split(" -> ") for problem in caught.value.problems]
    assert {problem.place for problem in caught.value.problems} == {"situation rules"}
    assert all({row.id for row in rows} & {*chain} for chain in chains)
    assert len(chains) == len(set(map(frozenset, chains)))


@pytest.mark.parametrize(
    "guard",
    [
        Guard("days_since_sign", "<", "cold_days"),
        Guard("open_opportunities", ">=", 1),
        Guard("days_dissatisfied", ">=", 0),  # it has no value outside a dissatisfaction
    ],
)
def test_time_that_ends(guard: Guard) -> None:
    """A circle whose guards exclude each other is no circle."""
    warm = by_time("warm", "non_customer", "potential", guard)

    model = lifecycle(DEFAULT_RULES.with_rule(warm))

    assert model.rules.rules[-1] == warm


def test_circle_found_from_outside() -> None:
    """A circle is refused that is entered from a state outside it."""
    fresh = Guard("days_since_sign", "<", "cold_days")
    table = RuleTable(
        (
            *DEFAULT_RULES,
            by_time("enter", "non_customer", "potential", fresh),
            by_time("up", "potential", "dissatisfied", fresh),
            by_time("down", "dissatisfied", "potential", fresh),
        )
    )

    with pytest.raises(InvalidRules, match=r"up -> down|down -> up"):
        Lifecycle(rules=table)


def test_circle_depends_on_the_policy() -> None:
    """Rows may exclude each other under one policy and chase each other under another."""
    table = DEFAULT_RULES.with_rule(
        by_time(
            "warm", "non_customer", "potential", Guard("days_since_sign", "<=", "lost_days")
        )
    )

    assert Lifecycle(policy=Policy(cold_days=181, lost_days=180), rules=table).rules is table
    with pytest.raises(InvalidRules, match="circle"):
        Lifecycle(policy=Policy(cold_days=180, lost_days=180), rules=table)


@pytest.mark.parametrize("source", ["non_customer", "regular"])
def test_restored_in_a_circle(source: str) -> None:
    """A time row that restores may lead to any situation, with rows of one's own also lower."""
    table = RuleTable(
        (
            *DEFAULT_RULES,
            Rule(
                "forgiven", Axis.SITUATION, (Situation.DISSATISFIED,), "time_passed", "restored"
            ),
            by_time("sulks", source, "dissatisfied"),
        )
    )

    with pytest.raises(InvalidRules, match=r"forgiven -> sulks|sulks -> forgiven"):
        Lifecycle(rules=table)


def test_restored_without_a_purchase_that_stands() -> None:
    """Who became dissatisfied as a suspect, and bought in vain, is restored a prospect."""
    annoyed = Rule("annoyed", Axis.SITUATION, ("non_customer",), "contacted", "dissatisfied")
    model = lifecycle(DEFAULT_RULES.with_rule(annoyed))
    bought = [purchase(0), event("customer_left", 1)]
    cancelled = event("purchase_reversed", 2, amount=0, full=True)
    heard = [event("contacted", 3), event("survey_answered", 4, score=9)]

    assert model.replay([*bought, *heard]).customer.situation == "non_customer"
    assert model.replay([*bought, cancelled, *heard]).customer.situation == "potential"


def test_time_alone() -> None:
    """A time row that asks nothing fires at the first midnight after its situation began."""
    model = Lifecycle(
        rules=DEFAULT_RULES.with_rule(by_time("sulks", "occasional", "dissatisfied"))
    )

    outcome = model.advance(model.replay([purchase(0)]).customer, to=on(9))

    assert [("sulks", on(1))] == [(move.rule, move.occurred_at) for move in outcome.transitions]


def test_a_window_that_only_empties() -> None:
    """Time brings no purchases: a row that asks for more of them waits for ever."""
    wait = by_time("adored", "occasional", "preferred", Guard("purchase_days", ">=", 5))
    model = Lifecycle(rules=DEFAULT_RULES.with_rule(wait))

    outcome = model.advance(model.replay([purchase(0)]).customer, to=on(400))

    assert {"settled", "lapsed"} == {move.rule for move in outcome.transitions}


def test_time_moves_an_opportunity_on() -> None:
    """Time that brings it forward does not touch it: it grows stale from its last touch on."""
    forward = position_by_time(
        "decided-by-time",
        "needs_recognition",
        "options_evaluation",
        Guard("days_in_position", ">=", 2),
    )
    model = Lifecycle(rules=DEFAULT_RULES.with_rule(forward))
    customer = model.replay([event("need_recognized")]).customer

    outcome = model.advance(customer, to=on(9))

    assert [("decided-by-time", on(2))] == [
        (move.rule, move.occurred_at) for move in outcome.transitions
    ]


def test_an_opportunity_that_time_does_not_move() -> None:
    """Where positions read the customer, each is looked at; one without a time row stays."""
    blocked = position_by_time(
        "blocked", "options_evaluation", "status_quo", Guard("open_complaints", ">=", 1)
    )
    table = DEFAULT_RULES.without(Axis.POSITION, "settled").with_rule(blocked)
    model = Lifecycle(rules=table)
    customer = model.replay(
        [purchase(0), event("need_recognized", opportunity_id="b")]
    ).customer

    left = model.advance(customer, to=on(400)).customer.opportunities

    assert [(one.id, one.position) for one in left] == [("main", "implementation")]


def test_huge_thresholds() -> None:
    """A threshold beyond every calendar means never, and breaks nothing."""
    model = lifecycle(
        lapsed_days=10**18,
        at_risk_days=10**18,
        window_days=10**18,
        follow_up_days=10**18,
        correction_holds_days=10**18,
        stale_days=10**18,
        implementation_days=10**18,
        renewal_grace_days=10**18,
    )

    history = model.replay(
        [
            purchase(0, amount=1),
            event("need_recognized", 1),
            event("manual_correction", 2, situation="regular", actor="a", reason="r"),
        ]
    )

    assert history.customer.situation is REGULAR
    assert model.next_deadline(history.customer) is None
    assert model.status(history.customer, as_of=on(10**6)).situation is REGULAR


# Time rows that are unlike the default ones: each must still fire on its day.


def moves(table: RuleTable, *events: Any, **thresholds: Any) -> tuple[Transition, ...]:
    """Return what moved."""
    return lifecycle(table, **thresholds).replay(events).transitions


def days_moved(table: RuleTable, *events: Any, rule: str, **thresholds: Any) -> list[float]:
    """Return the days on which time fired a rule, up to the last event."""
    moved = moves(table, *events, **thresholds)
    return [(move.occurred_at - on(0)).days for move in moved if move.rule == rule]


def test_time_row_on_a_growing_count() -> None:
    """A time row may wait for a count to grow: it fires at the midnight after."""
    table = DEFAULT_RULES.with_rule(
        by_time("grown", "occasional", "preferred", Guard("purchase_days", ">=", 2))
    )
    events = [purchase(0), purchase(5), event("time_passed", 9)]

    assert days_moved(table, *events, rule="grown") == [6]


def test_time_row_on_an_upper_age() -> None:
    """A time row may hold only while an age is small: an event makes it small again."""
    owing = Guard("payments_overdue", ">", 0)
    events = [
        purchase(0),
        event("payment_overdue", 5),
        event("product_used", 20),
        event("time_passed", 30),
    ]

    for guard, day in [
        (Guard("days_since_sign", "<", 3), 21),
        (Guard("days_since_sign", "==", 4), 24),
        (Guard("days_since_sign", "==", 5), 25),
        (Guard("days_since_sign", ">", 20), 21),
    ]:
        table = DEFAULT_RULES.with_rule(
            by_time("fresh", "occasional", "potential", owing, guard)
        )
        used = events if guard.operator != ">" else [events[0], events[1], events[3]]
        assert [day] == days_moved(table, *used, rule="fresh")


def test_time_row_on_a_late_touch() -> None:
    """A touch by an event that moves nothing is seen at the next midnight."""
    nagged = position_by_time(
        "nagged",
        "needs_recognition",
        "status_quo",
        Guard("days_in_position", ">=", 10),
        Guard("days_since_touched", "<=", 3),
    )
    need = {"opportunity_id": "main"}
    days = days_moved(
        DEFAULT_RULES.with_rule(nagged),
        event("need_recognized", 0, **need),
        event("value_delivered", 20, **need),
        event("time_passed", 40),
        rule="nagged",
    )

    assert days == [21]


def test_refused_row_on_an_age_of_the_opportunity() -> None:
    """The refusal tells how old it was on the day of the event."""
    row = position_row(
        "late",
        "needs_recognition",
        "value_delivered",
        "status_quo",
        Guard("days_in_position", ">=", 10),
    )
    model = lifecycle(DEFAULT_RULES.with_rule(row))
    need = {"opportunity_id": "main"}
    customer = model.replay([event("need_recognized", 0, **need)]).customer
    (refusal,) = model.apply(customer, event("value_delivered", 3, **need)).refusals

    assert [one.value for one in refusal.checks[0].evidence] == [3]


def test_time_row_on_protection() -> None:
    """A time row may ask that a cover protects: it fires the day after the cover was bought."""
    table = DEFAULT_RULES.with_rule(
        by_time("safe", "occasional", "regular", Guard("protected", ">=", 1))
    )
    events = [purchase(0), purchase(5, covers_until="2024-03-01"), event("time_passed", 9)]

    assert days_moved(table, *events, rule="safe") == [6]


def test_time_row_on_open_opportunities() -> None:
    """A time row may ask for an open opportunity: it fires the day after one opens."""
    table = DEFAULT_RULES.with_rule(
        by_time("shopping", "occasional", "potential", Guard("open_opportunities", ">=", 1))
    )
    events = [purchase(0), event("need_recognized", 5), event("time_passed", 9)]

    assert days_moved(table, *events, rule="shopping") == [6]


def test_time_row_on_payments() -> None:
    """A time row may ask for a debt: it fires the day after the payment fell due."""
    table = DEFAULT_RULES.with_rule(
        by_time("owing", "occasional", "potential", Guard("payments_overdue", ">", 0))
    )
    events = [purchase(0), event("payment_overdue", 5), event("time_passed", 9)]

    assert days_moved(table, *events, rule="owing") == [6]


@pytest.mark.parametrize(
    "rows",
    [
        DEFAULT_RULES.rules,
        # Where no other row of the positions asks anything.
        tuple(
            replace(row, guards=()) if row.axis == Axis.POSITION else row
            for row in DEFAULT_RULES
            if row.id not in {"settled", "stalled"}
        ),
    ],
    ids=["among others", "alone"],
)
def test_position_time_row_on_a_fact_of_the_customer(rows: tuple[Rule, ...]) -> None:
    """A time row of the positions may ask for a fact of the customer."""
    paused = position_by_time(
        "paused", "needs_recognition", "status_quo", Guard("open_cases", ">", 0)
    )
    events = [
        event("need_recognized", 0),
        event("case_opened", 5, case_id="k"),
        event("time_passed", 9),
    ]

    assert days_moved(RuleTable((*rows, paused)), *events, rule="paused") == [6]


@pytest.mark.parametrize(("needed", "days"), [(True, [6]), (False, [])])
def test_time_row_on_a_fact_of_the_policy(needed: bool, days: list[int]) -> None:  # noqa: FBT001
    """A time row may ask what the policy fixes: it fires, or it never does."""
    table = DEFAULT_RULES.with_rule(
        by_time(
            "unsettled",
            "occasional",
            "potential",
            Guard("confirmation_needed", "==", 1),
            Guard("days_idle", ">=", 6),
        )
    )
    events = [purchase(0), event("time_passed", 9)]

    assert (
        days_moved(table, *events, rule="unsettled", recovery_needs_confirmation=needed) == days
    )


def test_what_time_opens_counts_from_the_last_touch() -> None:
    """An opportunity that time moves on stalls by the day on which it was touched."""
    events = [purchase(0), event("time_passed", 92)]

    assert days_moved(DEFAULT_RULES.with_rule(AGAIN), *events, rule="stalled") == [90]


def test_situation_time_row_on_what_time_opens() -> None:
    """An opportunity that time opens counts for the situation at the same midnight."""
    in_talks = by_time(
        "in-talks", "occasional", "potential", Guard("open_opportunities", ">=", 1)
    )
    table = DEFAULT_RULES.with_rule(AGAIN).with_rule(in_talks)

    assert days_moved(table, purchase(0), event("time_passed", 9), rule="in-talks") == [3]


@pytest.mark.parametrize(("protected", "days"), [(1, [20]), (0, [21])])
def test_row_on_protection(protected: int, days: list[int]) -> None:
    """The last day of the cover is protected, the next one is not."""
    table = asking(Guard("protected", "==", protected))
    bought = purchase(0, covers_until=on(20).date())
    asked = [
        day
        for day in (20, 21)
        if "asked" in told(moves(table, bought, event("action_taken", day, action_id="a")))
    ]

    assert asked == days


def test_row_on_much_money() -> None:
    """Revenue has no bound that a guard could not be held against."""
    table = asking(Guard("revenue", ">=", 1))
    events = [purchase(0, amount=10**9), event("action_taken", 1, action_id="a")]

    assert told(moves(table, *events))[-1] == "asked"


def test_row_on_the_first_purchase_of_who_is_a_customer_already() -> None:
    """A purchase that moves nothing sets off what waits for the days since one."""
    waits = by_time("waits", "regular", "occasional", Guard("days_since_purchase", ">=", 2))
    events = [
        event("manual_correction", 0, situation="regular", actor="a", reason="r"),
        event("time_passed", 3),
        purchase(5),
        event("time_passed", 9),
    ]

    assert days_moved(DEFAULT_RULES.with_rule(waits), *events, rule="waits") == [7]


def test_deadline_of_a_row_on_two_ages() -> None:
    """The deadline of a row is the day on which the last of its ages has come."""
    drops = position_by_time(
        "drops",
        "needs_recognition",
        "status_quo",
        Guard("days_since_touched", ">=", 5),
        Guard("days_in_position", ">=", 4),
    )
    model = lifecycle(DEFAULT_RULES.with_rule(AGAIN).with_rule(drops))
    deadline = model.next_deadline(model.replay([purchase(0)], as_of=on(4)).customer)

    assert (on(7), "drops") == (deadline.occurred_at, deadline.rule)


def test_row_on_the_first_sign_of_who_stays_no_customer() -> None:
    """A sign of life that moves nothing sets off what waits for the days since one."""
    waits = by_time("waits", "non_customer", "potential", Guard("days_since_sign", ">=", 2))
    events = [
        event("contact_identified", 0),
        event("time_passed", 3),
        event("survey_answered", 5, score=7),
        event("time_passed", 9),
    ]
    cold = DEFAULT_RULES.without(Axis.SITUATION, "went-cold")

    assert days_moved(cold.with_rule(waits), *events, rule="waits") == [7]
