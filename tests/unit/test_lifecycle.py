from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from lifecycle_model import (
    DEFAULT_RULES,
    Answer,
    AnswerKind,
    Axis,
    BuyingPosition,
    Customer,
    Guard,
    Lifecycle,
    Policy,
    Rule,
    Situation,
)
from lifecycle_model.errors import (
    CurrencyMismatch,
    FutureEvent,
    LateEvent,
    LifecycleError,
    NaiveTime,
    NotAnEvent,
    NothingToReplay,
    OutsideCalendar,
    RevenueOverflow,
    SnapshotMismatch,
    TransitionRefused,
    UnknownName,
    WrongCustomer,
)
from unit.making import LIFECYCLE, event, folded, lifecycle, on, purchase, told, values

NEW = Customer(id="c")
NAIVE = datetime(2024, 5, 1)  # noqa: DTZ001
MAIN = "main"
POSITION, SITUATION = Axis.POSITION, Axis.SITUATION
LARGEST = 10**11


def corrected(day: float, **to: Any) -> Any:
    """Return a correction."""
    return event("manual_correction", day, actor="ana", reason="typo", **to)


# Naive times.


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("as_of", lambda: LIFECYCLE.replay([purchase()], as_of=NAIVE)),
        ("as_of", lambda: LIFECYCLE.status(NEW, as_of=NAIVE)),
        ("as_of", lambda: LIFECYCLE.why_not(NEW, Situation.REGULAR, as_of=NAIVE)),
        ("to", lambda: LIFECYCLE.advance(NEW, to=NAIVE)),
        ("now", lambda: LIFECYCLE.apply(NEW, purchase(), now=NAIVE)),
    ],
)
def test_naive_time(name: str, ask: Any) -> None:
    """A time without a zone is refused by the name of its argument."""
    with pytest.raises(NaiveTime) as caught:
        ask()

    assert (name, NAIVE) == (caught.value.name, caught.value.value)


# Late, future, wrong.


@pytest.mark.parametrize(
    ("event_id", "ask"),
    [
        ("e", lambda who: LIFECYCLE.apply(who, purchase(4.9, event_id="e"))),
        ("e", lambda who: LIFECYCLE.replay([purchase(4.9, event_id="e")], customer=who)),
        (None, lambda who: LIFECYCLE.replay([], customer=who, as_of=on(4.9))),
        (None, lambda who: LIFECYCLE.replay([purchase(6)], customer=who, as_of=on(4.9))),
        (None, lambda who: LIFECYCLE.advance(who, to=on(4.9))),
        (None, lambda who: LIFECYCLE.status(who, as_of=on(4.9))),
        (None, lambda who: LIFECYCLE.why_not(who, Situation.REGULAR, as_of=on(4.9))),
    ],
)
def test_late(event_id: str | None, ask: Any) -> None:
    """Nothing can be asked or told before the customer's clock, not even on its day."""
    with pytest.raises(LateEvent) as caught:
        ask(folded(purchase(5)))

    error = caught.value
    assert ("c", on(4.9), on(5), event_id) == (
        error.customer_id,
        error.at,
        error.clock,
        error.event_id,
    )
    assert error.kind == ("purchase_completed" if event_id else None)


def test_late_after_advance() -> None:
    """The clock is the instant advanced to, where that is later than the last event."""
    customer = LIFECYCLE.advance(folded(purchase(0)), to=on(5)).customer

    assert on(5) == customer.clock
    with pytest.raises(LateEvent):
        LIFECYCLE.apply(customer, purchase(4))


def test_future_event() -> None:
    """An event after now is refused; one at now is not, in whatever zone now is told."""
    now = on(1).astimezone(timezone(timedelta(hours=5)))

    assert LIFECYCLE.apply(NEW, purchase(1), now=now).customer.purchases == 1
    with pytest.raises(FutureEvent) as caught:
        LIFECYCLE.apply(NEW, purchase(1.0001, event_id="e"), now=now)
    assert ("c", on(1.0001), on(1), "e", "purchase_completed") == (
        caught.value.customer_id,
        caught.value.at,
        caught.value.now,
        caught.value.event_id,
        caught.value.kind,
    )


def test_apply_wrong_customer() -> None:
    """An event of another customer is refused."""
    with pytest.raises(WrongCustomer) as caught:
        LIFECYCLE.apply(Customer(id="d"), purchase())

    assert (caught.value.customer_id, caught.value.found) == ("d", "c")


@pytest.mark.parametrize(
    ("strange", "found"),
    [
        ({"kind": "product_used"}, "dict"),
        (SimpleNamespace(customer_id="c", occurred_at=on(0)), "SimpleNamespace"),
    ],
)
def test_apply_not_an_event(strange: Any, found: str) -> None:
    """What did not pass the door is not folded."""
    with pytest.raises(NotAnEvent) as caught:
        LIFECYCLE.apply(NEW, strange)

    assert caught.value.found == found


def test_nothing_to_replay() -> None:
    """Without events and without a customer there is nobody to tell about."""
    with pytest.raises(NothingToReplay):
        LIFECYCLE.replay([])
    with pytest.raises(NothingToReplay):
        LIFECYCLE.replay(iter(()), as_of=on(0))


# Currency.


CURRENCIES: list[tuple[str | None, str | None, list[str | None], str]] = [
    # The policy's, the snapshot's, those of the events; what was expected.
    (None, None, ["EUR", "USD"], "EUR"),
    (None, None, [None, "EUR", None, "USD"], "EUR"),
    (None, "EUR", ["USD"], "EUR"),
    ("EUR", None, ["USD"], "EUR"),
    ("EUR", None, ["EUR", "USD"], "EUR"),
    ("EUR", "USD", ["USD"], "EUR"),
    (None, None, ["EUR", "eur"], "EUR"),
]


@pytest.mark.parametrize(("policy", "snapshot", "currencies", "expected"), CURRENCIES)
@pytest.mark.parametrize("kind", ["purchase_completed", "purchase_reversed"])
def test_currency(
    policy: str | None,
    snapshot: str | None,
    currencies: list[str | None],
    expected: str,
    kind: str,
) -> None:
    """The policy's currency, or else the customer's first, is the only one."""
    *before, last = currencies
    events = [purchase(day, currency=name) for day, name in enumerate(before)]
    wrong = event(kind, 9, currency=last, amount=1, event_id="e")
    customer = Customer(id="c", currency=snapshot)

    with pytest.raises(CurrencyMismatch) as caught:
        lifecycle(currency=policy).replay([*events, wrong], customer=customer)

    error = caught.value
    assert ("c", expected, last, on(9), "e") == (
        error.customer_id,
        error.expected,
        error.found,
        error.at,
        error.event_id,
    )


def test_currency_in_fold_order() -> None:
    """The first currency is the first in fold order, not in the order of arrival."""
    with pytest.raises(CurrencyMismatch) as caught:
        LIFECYCLE.replay([purchase(1, currency="USD"), purchase(0, currency="EUR")])

    assert (caught.value.expected, caught.value.found) == ("EUR", "USD")


def test_currency_of_apply() -> None:
    """One event in another currency is refused, and the customer remembers its first."""
    customer = folded(purchase(0, currency="EUR"))

    assert customer.currency == "EUR"
    with pytest.raises(CurrencyMismatch):
        LIFECYCLE.apply(customer, purchase(1, currency="USD"))


def test_currency_of_the_future() -> None:
    """What is set aside or dropped as a copy has no say in the currency."""
    history = LIFECYCLE.replay(
        [purchase(0, currency="EUR"), purchase(5, currency="USD")], as_of=on(1)
    )

    assert history.customer.currency == "EUR"


# Money.


def rich(units: int) -> Customer:
    """Return a customer whose window holds so many ten-thousandths."""
    bought = folded(purchase(0))
    window = [{"day": "2024-01-01", "purchases": 1, "amount": str(Decimal(units).scaleb(-4))}]
    return Customer.model_validate({**bought.model_dump(), "window": window})


LIMIT = 9 * 10**18


@pytest.mark.parametrize(
    ("before", "amount"),
    [
        (LIMIT - 10**15, LARGEST),
        (LIMIT - 1, Decimal("0.0001")),
        (LIMIT - 1, LARGEST),
    ],
)
def test_overflow(before: int, amount: Any) -> None:
    """The amounts of one window stay below 9e14: exactly there the event is too much."""
    with pytest.raises(RevenueOverflow) as caught:
        LIFECYCLE.apply(rich(before), purchase(1, amount=amount, event_id="e"))

    error = caught.value
    assert ("c", on(1), "e") == (error.customer_id, error.at, error.event_id)


@pytest.mark.parametrize(
    ("bought", "reversed_day"),
    [
        ("0", 0),
        ("0", 2),  # the window's sum alone
        ("10", 0),  # the day's sum alone
    ],
)
def test_overflow_below_zero(bought: str, reversed_day: int) -> None:
    """Reversals can overflow too."""
    customer = LIFECYCLE.apply(rich(1 - LIMIT), purchase(1, amount=bought)).customer
    refund = event(
        "purchase_reversed", 2, amount="0.0001", purchased_on=on(reversed_day).date()
    )

    with pytest.raises(RevenueOverflow):
        LIFECYCLE.apply(customer, refund)


def test_no_overflow() -> None:
    """One ten-thousandth below the limit is exact, and an event without money passes."""
    customer = LIFECYCLE.apply(rich(LIMIT - 2), purchase(1, amount="0.0001")).customer

    assert LIFECYCLE.status(customer).facts["revenue"] == Decimal("899999999999999.9999")
    assert LIFECYCLE.apply(customer, event("product_used", 2)).customer.used_on == on(2).date()


def test_overflow_leaves_with_the_window() -> None:
    """What left the window no longer counts."""
    assert (
        LIFECYCLE.apply(rich(LIMIT - 1), purchase(366, amount=LARGEST)).customer.purchases == 2
    )


def test_overflow_of_a_replay() -> None:
    """9,000 of the largest amounts are too much, 8,999 are not."""
    events = [purchase(0, amount=LARGEST, sequence=n) for n in range(9000)]

    assert len(LIFECYCLE.replay(events[:-1]).events) == 8999
    with pytest.raises(RevenueOverflow):
        LIFECYCLE.replay(events)


# Snapshots of other policies.


ASKS = [
    lambda model, who: model.replay([purchase(9)], customer=who),
    lambda model, who: model.apply(who, purchase(9)),
    lambda model, who: model.advance(who, to=on(9)),
    lambda model, who: model.status(who),
    lambda model, who: model.next_deadline(who),
    lambda model, who: model.why_not(who, Situation.REGULAR),
    lambda model, who: model.path(who, Situation.REGULAR),
]


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize(
    ("field", "snapshot", "policy"),
    [
        ("window_days", 364, 365),
        ("day_offset_minutes", 1, 0),
        ("day_offset_minutes", 0, -60),
    ],
)
def test_snapshot_mismatch(ask: Any, field: str, snapshot: int, policy: int) -> None:
    """A snapshot with a shorter window or another calendar cannot be continued."""
    customer = folded(purchase(0), **{field: snapshot})

    with pytest.raises(SnapshotMismatch) as caught:
        ask(lifecycle(**{field: policy}), customer)

    error = caught.value
    assert ("c", field, snapshot, policy) == (
        error.customer_id,
        error.field,
        error.snapshot,
        error.policy,
    )


def test_longer_window() -> None:
    """A snapshot with a longer window can be continued with a shorter one."""
    customer = folded(*(purchase(day) for day in (0, 200, 300)), window_days=365)

    after = lifecycle(window_days=150).apply(customer, purchase(310)).customer

    assert [on(200).date(), on(300).date(), on(310).date()] == [one.day for one in after.window]
    assert (after.window_days, after.purchases) == (150, 4)


# Refusals and answers.


def test_strict() -> None:
    """A strict apply raises with the same evidence as the outcome carries."""
    customer = folded(purchase(0))
    again = purchase(1)

    outcome = LIFECYCLE.apply(customer, again)
    with pytest.raises(TransitionRefused) as caught:
        LIFECYCLE.apply(customer, again, strict=True)

    (refusal,) = outcome.refusals
    assert outcome.refusals == caught.value.refusals
    assert caught.value.customer_id == "c"
    assert [(check.rule.id, values(check.evidence)) for check in refusal.checks] == [
        ("became-regular", {"purchase_days": 2})
    ]
    assert [one.gap for one in refusal.checks[0].evidence] == [1]
    assert outcome.customer.purchases == 2


def test_strict_without_a_refusal() -> None:
    """A strict apply lets pass what moves, what stays and what no row speaks of."""
    customer = LIFECYCLE.apply(NEW, purchase(0), strict=True).customer

    assert LIFECYCLE.apply(customer, event("contacted", 1), strict=True).refusals == ()


def test_refusal_tells_every_row() -> None:
    """A refusal tells every row that was tried, in order, with every guard."""
    unhappy = folded(purchase(), event("survey_answered", 1, score=0))

    (refusal,) = LIFECYCLE.apply(unhappy, event("survey_answered", 2, score=5)).refusals

    assert (Situation.DISSATISFIED, SITUATION, None, "survey_answered", on(2)) == (
        refusal.state,
        refusal.axis,
        refusal.opportunity_id,
        refusal.kind,
        refusal.occurred_at,
    )
    assert [values(one.evidence) for one in refusal.checks] == [
        {"score": 5, "open_complaints": 0}
    ]
    assert [one.source_holds for one in refusal.checks] == [True]
    assert refusal.policy == Policy().ref


def test_refusal_of_a_position() -> None:
    """A forward move that jumps too far is refused; the event still counts as a touch."""
    model = lifecycle(max_positions_skipped=1)

    outcome = model.apply(NEW, event("supplier_chosen", 0, opportunity_id="o", event_id="e"))

    refusal = outcome.refusals[0]
    assert (
        refusal.axis,
        refusal.opportunity_id,
        refusal.state,
        refusal.event_id,
    ) == (POSITION, "o", BuyingPosition.STATUS_QUO, "e")
    assert values(refusal.checks[0].evidence) == {"positions_skipped": 2}
    assert outcome.customer.opportunities == ()
    assert outcome.customer.situation is Situation.POTENTIAL


MOVED, STAYED = AnswerKind.MOVED, AnswerKind.STAYED
REFUSED, NOT_APPLICABLE = AnswerKind.REFUSED, AnswerKind.NOT_APPLICABLE

ANSWERS: list[tuple[str, list[Any], Any, list[Answer]]] = [
    (
        "both move",
        [],
        purchase(9),
        [
            Answer(POSITION, MAIN, MOVED, "contract-signed"),
            Answer(SITUATION, None, MOVED, "first-purchase"),
        ],
    ),
    (
        "position stays, situation is refused",
        [purchase(0)],
        purchase(9),
        [
            Answer(POSITION, MAIN, STAYED, "contract-signed"),
            Answer(SITUATION, None, REFUSED, None),
        ],
    ),
    (
        "position moves, situation has no row",
        [event("lead_qualified")],
        event("need_recognized", 9),
        [
            Answer(POSITION, MAIN, MOVED, "need-recognized"),
            Answer(SITUATION, None, NOT_APPLICABLE, None),
        ],
    ),
    (
        "no row on either axis",
        [],
        event("value_delivered", 9, opportunity_id="o"),
        [
            Answer(POSITION, "o", NOT_APPLICABLE, None),
            Answer(SITUATION, None, NOT_APPLICABLE, None),
        ],
    ),
    (
        "position is refused",
        [purchase(0)],
        event("purchase_reversed", 9, amount=1, opportunity_id=MAIN),
        [Answer(POSITION, MAIN, REFUSED, None), Answer(SITUATION, None, REFUSED, None)],
    ),
    (
        "no opportunity named",
        [purchase(0)],
        event("purchase_reversed", 9, amount=1),
        [Answer(SITUATION, None, REFUSED, None)],
    ),
    (
        "interest without an opportunity",
        [],
        event("interest_shown", 9, behaviour="free_trial"),
        [Answer(SITUATION, None, MOVED, "behaviour-qualifies")],
    ),
    (
        "interest in an opportunity",
        [],
        event("interest_shown", 9, behaviour="a glance", opportunity_id="o"),
        [
            Answer(POSITION, "o", NOT_APPLICABLE, None),
            Answer(SITUATION, None, REFUSED, None),
        ],
    ),
    (
        "every opportunity answers the end",
        [event("need_recognized", 0, opportunity_id="b"), purchase(0, opportunity_id="a")],
        event("customer_left", 9),
        [
            Answer(POSITION, "a", MOVED, "account-closed"),
            Answer(POSITION, "b", MOVED, "account-closed"),
            Answer(SITUATION, None, MOVED, "left"),
        ],
    ),
    (
        "the end without opportunities",
        [event("contacted")],
        event("customer_left", 9),
        [Answer(SITUATION, None, NOT_APPLICABLE, None)],
    ),
    (
        "a correction of the situation that it has",
        [purchase(0)],
        corrected(9, situation="occasional"),
        [Answer(SITUATION, None, STAYED, "corrected")],
    ),
    (
        "a correction of the position",
        [],
        corrected(9, position="options_evaluation"),
        [
            Answer(POSITION, MAIN, MOVED, "corrected"),
            Answer(SITUATION, None, NOT_APPLICABLE, None),
        ],
    ),
    (
        "a correction of the position that it has",
        [event("evaluation_started")],
        corrected(9, position="options_evaluation"),
        [
            Answer(POSITION, MAIN, STAYED, "corrected"),
            Answer(SITUATION, None, NOT_APPLICABLE, None),
        ],
    ),
    ("time", [purchase(0)], event("time_passed", 9), []),
]


@pytest.mark.parametrize(
    ("before", "asked", "answers"),
    [case[1:] for case in ANSWERS],
    ids=[case[0] for case in ANSWERS],
)
def test_answers(before: list[Any], asked: Any, answers: list[Answer]) -> None:
    """Each axis that an event tries gives one of four answers."""
    customer = folded(*before) if before else NEW

    assert answers == list(LIFECYCLE.apply(customer, asked).answers)


def test_time_before_the_event_is_no_answer() -> None:
    """What time moved before the event is a transition, not an answer of the event."""
    outcome = LIFECYCLE.apply(folded(event("lead_qualified")), event("lead_qualified", 200))

    assert told(outcome.transitions) == ["went-cold", "lead-qualified"]
    assert [(on(90), "time_passed", None), (on(200), "lead_qualified", None)] == [
        (move.occurred_at, move.kind, move.event_id) for move in outcome.transitions
    ]
    assert [Answer(SITUATION, None, MOVED, "lead-qualified")] == list(outcome.answers)


def test_transition() -> None:
    """A move carries who, when, from where, to where, why, and under which policy."""
    policy = Policy(name="shop", version="7")
    outcome = Lifecycle(policy=policy).apply(NEW, purchase(0, event_id="e"))
    position, situation = outcome.transitions

    assert (on(0), SITUATION, None, "first-purchase") == (
        situation.occurred_at,
        situation.axis,
        situation.opportunity_id,
        situation.rule,
    )
    assert (
        situation.before,
        situation.after,
        situation.event_id,
        situation.kind,
    ) == (Situation.NON_CUSTOMER, Situation.OCCASIONAL, "e", "purchase_completed")
    assert (
        position.axis,
        position.opportunity_id,
        position.after,
    ) == (POSITION, MAIN, BuyingPosition.IMPLEMENTATION)
    assert values(situation.evidence) == {"standing_purchases": 1}
    assert situation.policy == ("shop", "7", policy.digest)


# Duplicates of one instant.


def test_duplicate_at_the_clock() -> None:
    """A repeat at the clock's instant is dropped: same customer, nothing moved, no answer."""
    customer = folded(purchase(0, event_id="e"))

    outcome = LIFECYCLE.apply(customer, purchase(0, event_id="e"))

    assert outcome.duplicate
    assert outcome.customer is customer
    assert (outcome.transitions, outcome.refusals, outcome.answers) == ((), (), ())
    assert outcome.explain() == "This event had been counted before and is left out."


@pytest.mark.parametrize(
    "another",
    [
        purchase(0),
        purchase(0, event_id="f"),
        purchase(0, event_id="e", source="s"),
        purchase(0.5, event_id="e"),
    ],
)
def test_no_duplicate(another: Any) -> None:
    """Another name, no name, or another instant is another event."""
    outcome = LIFECYCLE.apply(folded(purchase(0, event_id="e")), another)

    assert not outcome.duplicate
    assert outcome.customer.purchases == 2


def test_names_of_the_instant() -> None:
    """The snapshot remembers the names of its clock's own instant, and no others."""
    customer = folded(purchase(0, event_id="a"), purchase(1, event_id="c"), purchase(1))
    same = LIFECYCLE.apply(customer, purchase(1, event_id="b", source="s")).customer
    later = LIFECYCLE.apply(same, purchase(2, event_id="d")).customer

    assert customer.clock_events == (("", "c"),)
    assert same.clock_events == (("", "c"), ("s", "b"))
    assert later.clock_events == (("", "d"),)
    assert LIFECYCLE.advance(later, to=on(2)).customer.clock_events == (("", "d"),)
    assert LIFECYCLE.advance(later, to=on(3)).customer.clock_events == ()


# Purity.


def test_nothing_is_changed() -> None:
    """Verbs give new customers; the one given stays, and the model can be shared."""
    customer = folded(*(purchase(day) for day in range(3)), event("need_recognized", 3))
    before = customer.to_json()

    LIFECYCLE.apply(customer, event("customer_left", 4))
    LIFECYCLE.advance(customer, to=on(5000))
    LIFECYCLE.replay([purchase(9)], customer=customer)
    LIFECYCLE.path(customer, Situation.POTENTIAL)
    LIFECYCLE.next_deadline(customer)

    assert before == customer.to_json()


def test_pickle() -> None:
    """A model and what it returns travel between processes."""
    model = Lifecycle(policy=Policy.grocery())
    history = model.replay([purchase(day) for day in range(9)])
    outcome = model.apply(history.customer, purchase(9))

    copy = pickle.loads(pickle.dumps(model))  # noqa: S301
    again = pickle.loads(pickle.dumps(history))  # noqa: S301

    assert model == copy
    assert history.transitions == again.transitions
    assert copy.apply(again.customer, purchase(9)).transitions == outcome.transitions


def test_pickle_after_use() -> None:
    """Machines that were built meanwhile do not travel: they are built again."""
    used = Lifecycle()
    used.machine(SimpleNamespace(situation=None)).fire(purchase())

    assert len(pickle.dumps(used)) == len(pickle.dumps(Lifecycle()))


def test_refusal_of_several_rows() -> None:
    """Each row of a refusal has the values of its own guards."""
    from lifecycle_model import RuleTable

    rows = [
        Rule(name, Axis.SITUATION, ("non_customer",), "survey_answered", "potential", guards)
        for name, guards in {
            "one": (Guard("open_cases", ">", 9), Guard("score", ">", 9)),
            "two": (Guard("payments_overdue", ">", 9),),
            "three": (Guard("standing_purchases", ">", 9), Guard("open_complaints", ">", 9)),
        }.items()
    ]
    model = Lifecycle(rules=RuleTable((*rows, *DEFAULT_RULES)))
    customer = model.replay(
        [
            event("case_opened", 0, case_id="x", complaint=True),
            event("case_opened", 0, case_id="y"),
            event("payment_overdue", 1),
            event("purchase_completed", 2),
            event("purchase_completed", 2),
            event("purchase_completed", 2),
            event("manual_correction", 3, situation="non_customer", actor="a", reason="r"),
        ]
    ).customer
    (refusal,) = model.apply(customer, event("survey_answered", 4, score=5)).refusals

    assert [values(check.evidence) for check in refusal.checks] == [
        {"open_cases": 2, "score": 5},
        {"payments_overdue": 1},
        {"standing_purchases": 3, "open_complaints": 1},
    ]


def test_leaving_may_keep_an_opportunity() -> None:
    """Under own rules a decision may go on; it enters its position on the day of leaving."""
    kept = Rule(
        "kept", Axis.POSITION, ("concerns_resolution",), "customer_left", "needs_recognition"
    )
    others = Rule(
        "account-closed", Axis.POSITION, ("implementation",), "customer_left", "status_quo"
    )
    model = Lifecycle(rules=DEFAULT_RULES.replace(others).with_rule(kept))
    customer = model.replay(
        [event("supplier_chosen", 0), event("customer_left", 5), event("time_passed", 7)]
    ).customer

    (opportunity,) = customer.opportunities
    assert opportunity.position == "needs_recognition"
    assert opportunity.entered_on == on(5).date()


def test_path_of_an_opportunity() -> None:
    """A path moves the opportunity that is named, not the one that is nearest."""
    customer = folded(event("evaluation_started", opportunity_id="a"))
    path = LIFECYCLE.path(customer, BuyingPosition.CONCERNS_RESOLUTION, opportunity_id="b")

    assert path is not None
    assert {getattr(one, "opportunity_id", None) for one in path.events} == {"b"}


# Time.


def test_advance_of_a_new_customer() -> None:
    """Before the first event there is no time."""
    outcome = LIFECYCLE.advance(NEW, to=on(0))

    assert (outcome.customer, outcome.transitions) == (NEW, ())


def test_replay_of_nothing() -> None:
    """A snapshot without new events stays as it is, but for the time asked for."""
    customer = folded(purchase(0))

    assert customer == LIFECYCLE.replay([], customer=customer).customer
    assert on(5) == LIFECYCLE.replay([], customer=customer, as_of=on(5)).customer.clock
    assert LIFECYCLE.replay([], customer=NEW, as_of=on(5)).customer == NEW


def test_as_of() -> None:
    """Time passes up to as_of, its midnight included."""
    lead = [event("lead_qualified")]

    assert told(LIFECYCLE.replay(lead, as_of=on(89.99)).transitions) == ["lead-qualified"]
    assert told(LIFECYCLE.replay(lead, as_of=on(90)).transitions) == [
        "lead-qualified",
        "went-cold",
    ]


def test_situation_since() -> None:
    """The customer knows since when and by which rule its situation holds."""
    bought = folded(purchase(0.5))
    again = LIFECYCLE.apply(bought, purchase(1)).customer
    gone = LIFECYCLE.advance(again, to=on(1000)).customer

    assert (NEW.situation_since, NEW.situation_rule) == (None, None)
    assert (on(0.5), "first-purchase") == (bought.situation_since, bought.situation_rule)
    assert (on(0.5), "first-purchase") == (again.situation_since, again.situation_rule)
    assert (on(396), "lapsed") == (gone.situation_since, gone.situation_rule)


@pytest.mark.parametrize(
    ("offset", "hour"), [(0, 0), (60, 23), (-60, 1), (-720, 12), (840, 10), (330, 18.5)]
)
def test_offset(offset: int, hour: float) -> None:
    """A midnight is one of the policy's calendar, wherever UTC stands."""
    model = lifecycle(day_offset_minutes=offset)
    customer = model.replay([event("lead_qualified", 0.5 - 1e-9)]).customer

    deadline = model.next_deadline(customer)

    assert hour == deadline.occurred_at.hour + deadline.occurred_at.minute / 60
    early = deadline.occurred_at - timedelta(microseconds=1)
    assert model.advance(customer, to=early).transitions == ()
    assert tuple(told(model.advance(customer, to=deadline.occurred_at).transitions)) == (
        "went-cold",
    )


@pytest.mark.parametrize(
    ("offset", "days"),
    [(0, 2), (-721 + 1, 2), (720, 1)],
)
def test_offset_of_purchase_days(offset: int, days: int) -> None:
    """Two purchases are of one day or of two as the policy's calendar says."""
    model = lifecycle(day_offset_minutes=offset)

    customer = model.replay([purchase(0.4), purchase(1.4)]).customer
    noons = model.replay([purchase(0.6), purchase(1.4)]).customer

    assert len(customer.window) == 2
    assert len(noons.window) == (1 if offset else days)


@pytest.mark.parametrize(
    ("offset", "at"),
    [(-1, datetime(1, 1, 1, tzinfo=UTC)), (1, datetime(9999, 12, 31, 23, 59, tzinfo=UTC))],
)
def test_outside_the_calendar(offset: int, at: datetime) -> None:
    """An instant whose day the policy's calendar does not have is one clear error."""
    with pytest.raises(OutsideCalendar, match="outside the years 1 to 9999") as caught:
        lifecycle(day_offset_minutes=offset).replay([purchase(occurred_at=at)])

    assert (caught.value.at, caught.value.day_offset_minutes) == (at, offset)


@pytest.mark.parametrize("offset", [0, 1])
@pytest.mark.parametrize("day", [(1, 1, 1), (9999, 1, 1), (9999, 12, 31)])
def test_ends_of_the_calendar(day: tuple[int, int, int], offset: int) -> None:
    """The first and the last days are days like others."""
    at = datetime(*day, tzinfo=UTC)

    model = lifecycle(day_offset_minutes=offset)
    customer = model.replay([purchase(occurred_at=at)]).customer

    assert customer == Customer.from_json(customer.to_json())
    assert model.status(customer).facts["days_since_purchase"] == 0


# Deadlines.


def test_no_deadline() -> None:
    """Where nothing will change there is no deadline."""
    gone = LIFECYCLE.advance(folded(purchase(0)), to=on(1000)).customer

    assert LIFECYCLE.next_deadline(NEW) is None
    assert LIFECYCLE.next_deadline(gone) is None


def test_deadline_beyond_the_calendar() -> None:
    """What would change after the year 9999 never does."""
    late = folded(purchase(occurred_at="9999-12-31T00:00:00Z"))
    slow = lifecycle(lapsed_days=10**8, implementation_days=10**8)

    assert LIFECYCLE.next_deadline(late) is None
    assert slow.next_deadline(slow.replay([purchase(0)]).customer) is None


def test_deadline_waits_for_every_guard() -> None:
    """A row whose age has come does not fire while another of its guards fails."""
    model = lifecycle(cold_days=30)
    customer = model.replay([event("need_recognized", 0)]).customer

    deadline = model.next_deadline(customer)

    assert (on(90), "stalled") == (deadline.occurred_at, deadline.rule)
    assert [move.rule for move in deadline.transitions] == ["stalled", "went-cold"]


def test_deadline() -> None:
    """The deadline is the first midnight at which something changes, with all that changes."""
    customer = folded(
        event("need_recognized", 0, opportunity_id="b"),
        event("need_recognized", 0, opportunity_id="a"),
    )

    deadline = LIFECYCLE.next_deadline(customer)

    assert (on(90), "stalled") == (deadline.occurred_at, deadline.rule)
    assert [(move.opportunity_id, move.rule) for move in deadline.transitions] == [
        ("a", "stalled"),
        ("b", "stalled"),
        (None, "went-cold"),
    ]
    assert LIFECYCLE.advance(customer, to=on(89.99)).transitions == ()
    assert LIFECYCLE.advance(customer, to=on(90)).transitions == deadline.transitions


# Status.


def test_status_of_a_new_customer() -> None:
    """A new customer has every value, and of the facts those that need no event."""
    status = LIFECYCLE.status(NEW)

    assert status.as_of is None
    assert (
        status.situation,
        status.position,
    ) == (Situation.NON_CUSTOMER, BuyingPosition.STATUS_QUO)
    assert status.facts == {
        "purchase_days": 0,
        "revenue": 0,
        "standing_purchases": 0,
        "open_cases": 0,
        "open_complaints": 0,
        "open_opportunities": 0,
        "payments_overdue": 0,
        "confirmation_needed": 0,
        "protected": 0,
        "days_since_purchase": None,
        "days_idle": None,
        "days_expired": None,
        "days_since_sign": None,
        "days_dissatisfied": None,
    }


def test_status() -> None:
    """The facts are those of the instant asked for, after time has passed up to it."""
    customer = folded(
        purchase(0, amount="19.9", covers_until=on(50).date()),
        event("product_used", 10),
        event("case_opened", 20, case_id="k", complaint=True),
        event("payment_overdue", 20),
        event("evaluation_started", 20, opportunity_id="o"),
    )

    status = LIFECYCLE.status(customer, as_of=on(100))

    assert on(100) == status.as_of
    assert {
        "purchase_days": 1,
        "revenue": Decimal("19.9"),
        "standing_purchases": 1,
        "open_cases": 1,
        "open_complaints": 1,
        "open_opportunities": 1,
        "payments_overdue": 1,
        "confirmation_needed": 0,
        "protected": 0,
        "days_since_purchase": 100,
        "days_idle": 90,
        "days_expired": 50,
        "days_since_sign": 80,
        "days_dissatisfied": 80,
    } == status.facts


def test_status_at_the_clock() -> None:
    """Without as_of the status is that of the customer's clock."""
    customer = folded(event("lead_qualified"), event("time_passed", 5))

    assert on(5) == LIFECYCLE.status(customer).as_of
    assert Situation.POTENTIAL is LIFECYCLE.status(customer, as_of=on(89)).situation
    assert Situation.NON_CUSTOMER is LIFECYCLE.status(customer, as_of=on(90)).situation


# Why not.


def reasons(*args: Any, **asked: Any) -> dict[str, tuple[bool, dict[str, Any]]]:
    """Return each rule that leads to a state, whether its source holds, and the values."""
    return {
        check.rule.id: (check.source_holds, values(check.evidence))
        for check in LIFECYCLE.why_not(*args, **asked)
    }


def test_why_not_a_situation() -> None:
    """Every rule that leads there is told, whether the customer is in its source or not."""
    customer = folded(purchase(0), purchase(1))

    assert reasons(customer, Situation.REGULAR) == {
        "became-regular": (True, {"purchase_days": 2}),
        "no-longer-frequent": (False, {"protected": 0, "purchase_days": 2}),
        "no-longer-valuable": (False, {"protected": 0, "revenue": 0}),
    }


def test_why_not_of_an_event() -> None:
    """Facts of an event at hand have no value yet: the guard says what the event must bring."""
    (check,) = [
        one
        for one in LIFECYCLE.why_not(folded(purchase(0)), Situation.DISSATISFIED)
        if one.rule.id == "detractor"
    ]

    assert not check.holds
    assert (
        str(check)
        == "detractor on survey_answered: score none <= detractor_score = 6, missing a value"
    )


@pytest.mark.parametrize(
    ("target", "restoring"), [(Situation.OCCASIONAL, True), (Situation.REGULAR, False)]
)
def test_why_not_restored(target: Situation, restoring: bool) -> None:  # noqa: FBT001
    """Rules that restore lead to the situation held before, and to no other."""
    unhappy = folded(purchase(0), event("survey_answered", 1, score=0))

    found = reasons(unhappy, target, as_of=on(9))

    ids = {"case-resolved", "satisfied-again", "bought-again"}
    assert (ids if restoring else set()) == ids & set(found)
    if restoring:
        assert found["bought-again"] == (
            True,
            {"open_complaints": 0, "confirmation_needed": 0, "days_dissatisfied": 8},
        )


def test_why_not_restored_without_purchases() -> None:
    """Where no purchase stands any more, rules that restore lead to potential."""
    unhappy = folded(
        purchase(0),
        event("survey_answered", 1, score=0),
        event("purchase_reversed", 2, amount=0, full=True),
    )

    assert "satisfied-again" in reasons(unhappy, Situation.POTENTIAL)
    assert "satisfied-again" not in reasons(unhappy, Situation.OCCASIONAL)


def test_why_not_a_position() -> None:
    """A position is asked of one opportunity, known or not."""
    customer = folded(
        event("need_recognized", 0, opportunity_id="b"),
        event("evaluation_started", 1, opportunity_id="c"),
    )
    quo = BuyingPosition.STATUS_QUO

    asked = {"opportunity_id": "b", "as_of": on(5)}
    assert reasons(customer, quo, **asked)["stalled"] == (True, {"days_since_touched": 5})
    asked["opportunity_id"] = "c"
    assert reasons(customer, quo, **asked)["stalled"] == (True, {"days_since_touched": 4})
    assert reasons(customer, quo)["settled"] == (False, {"days_in_position": 0})
    asked["opportunity_id"] = "a"
    assert reasons(customer, quo, **asked)["stalled"] == (False, {"days_since_touched": None})


@pytest.mark.parametrize(
    ("held", "skipped"),
    [
        ([], 2),
        ([event("need_recognized")], 1),
        ([event("evaluation_started")], 0),
        ([purchase()], 2),
    ],
)
def test_why_not_skipped(held: list[Any], skipped: int) -> None:
    """What a move would jump over depends on where the opportunity stands."""
    customer = folded(*held) if held else NEW

    found = reasons(customer, BuyingPosition.CONCERNS_RESOLUTION)

    assert found == {"supplier-chosen": (True, {"positions_skipped": skipped})}


def test_own_rules() -> None:
    """A table with a row of the user's own decides by it, with a threshold or a constant."""
    table = DEFAULT_RULES.with_rule(
        Rule(
            "big-spender",
            SITUATION,
            (Situation.OCCASIONAL,),
            "purchase_completed",
            "preferred",
            (Guard("revenue", ">", Decimal("99.99")),),
        ),
        before="became-regular",
    )

    history = lifecycle(table).replay([purchase(0, amount=50), purchase(1, amount="49.9901")])

    assert told(history.transitions) == ["first-purchase", "big-spender"]
    (evidence,) = history.transitions[-1].evidence
    assert (Decimal("99.9901"), None) == (evidence.value, evidence.threshold_name)


def test_as_of_outside_the_calendar() -> None:
    """A time that UTC does not have is an error of the library."""
    late = datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-2)))

    with pytest.raises(LifecycleError):
        LIFECYCLE.replay([purchase()], as_of=late)


@pytest.mark.parametrize("target", ["preffered", "retention", 7])
def test_unknown_target(target: Any) -> None:
    """What is neither a situation nor a position is an error, not an empty answer."""
    with pytest.raises(UnknownName, match="use one of non_customer, potential"):
        LIFECYCLE.why_not(NEW, target)
    with pytest.raises(UnknownName, match="use one of non_customer, potential"):
        LIFECYCLE.path(NEW, target)


def test_target_as_text() -> None:
    """The text of a state means the state."""
    assert LIFECYCLE.why_not(NEW, Situation.REGULAR) == LIFECYCLE.why_not(NEW, "regular")  # type: ignore[arg-type]


def test_leading_opportunity_is_meant() -> None:
    """Where no opportunity is named, the leading one is signed and asked about."""
    buyer = folded(
        event("need_recognized", 0, opportunity_id="b"),
        event("supplier_chosen", 1, opportunity_id="c"),
        event("purchase_completed", 2, opportunity_id="a"),
    )
    path = LIFECYCLE.path(buyer, BuyingPosition.IMPLEMENTATION)
    (check,) = (
        one
        for one in LIFECYCLE.why_not(buyer, BuyingPosition.STATUS_QUO)
        if one.rule.id == "stalled"
    )

    assert path is not None
    assert [one.opportunity_id for one in path.events] == ["c"]
    assert check.source_holds


def test_first_day_of_the_calendar() -> None:
    """An event on the calendar's first day moves, whatever the offset."""
    first = event("lead_qualified", occurred_at=datetime(1, 1, 1, tzinfo=UTC))
    east = lifecycle(day_offset_minutes=60)

    assert east.apply(NEW, first).customer.situation_since == first.occurred_at


def test_a_day_overflows() -> None:
    """A day's amounts have the bound of the window's, though the window's sum is small."""
    refunds = [event("purchase_reversed", 0, amount=10**11) for _ in range(5000)]
    bought = [event("purchase_completed", 1, amount=10**11) for _ in range(9000)]

    assert LIFECYCLE.replay([*refunds, *bought[:-1]]).customer.purchases == 8999
    with pytest.raises(RevenueOverflow):
        LIFECYCLE.replay([*refunds, *bought])


def test_broken_time_zone() -> None:
    """A time zone that cannot tell its offset is no time zone."""

    class Broken(tzinfo):
        def utcoffset(self, _: datetime | None) -> timedelta:
            return timedelta(hours=25)

    with pytest.raises(NaiveTime):
        LIFECYCLE.status(NEW, as_of=datetime(2024, 5, 1, tzinfo=Broken()))


def test_date_is_no_time() -> None:
    """A date has no time zone, whatever it is taken for."""
    with pytest.raises(NaiveTime) as caught:
        LIFECYCLE.status(NEW, as_of=on(1).date())

    assert caught.value.value == on(1).date()


def test_time_that_utc_does_not_have() -> None:
    """The last hours of the calendar in the west are beyond it in UTC."""
    last = datetime.max.replace(tzinfo=timezone(timedelta(hours=-1)))
    with pytest.raises(OutsideCalendar) as caught:
        LIFECYCLE.status(NEW, as_of=last)

    assert (caught.value.at, caught.value.day_offset_minutes) == (last, 0)


def test_outcomes_and_statuses_are_hashable() -> None:
    """Frozen values can stand in sets."""
    outcome = LIFECYCLE.apply(NEW, purchase())

    assert len({outcome, LIFECYCLE.apply(NEW, purchase())}) == 1
    assert len({LIFECYCLE.status(NEW), LIFECYCLE.status(NEW)}) == 1
