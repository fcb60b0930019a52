from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from playing import LIFECYCLE, START, action, corrected, event, folded, held, planned

from lifecycle_model import (
    BuyingPosition,
    Customer,
    LifecycleStage,
    Playbook,
    Situation,
    Strategy,
)
from lifecycle_model.errors import LateEvent, UnknownLanguage
from lifecycle_model.playbook import LANGUAGES, Department, Hold
from lifecycle_model.playbook.show import note

COMBINATIONS = list(product(Situation, BuyingPosition))
PURCHASES = tuple(event("purchase_completed", day, order_id=f"o{day}") for day in (0, 30, 60))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("situation", "position"), COMBINATIONS)
def test_every_combination_has_marketing_and_sales(
    situation: Situation, position: BuyingPosition, lang: str
) -> None:
    """All thirty combinations are reachable and give both departments something to do."""
    customer = corrected(situation, position)
    plan = LIFECYCLE.plan(customer, lang=lang)

    assert (customer.situation, customer.position) == (situation, position)
    assert plan.of(Department.MARKETING)
    assert plan.of(Department.SALES)
    assert all(one.action.title and one.action.text for one in plan.planned)


@pytest.mark.parametrize(("situation", "position"), COMBINATIONS)
def test_nobody_is_idle_where_everything_is_held(
    situation: Situation, position: BuyingPosition
) -> None:
    """A complaint, a debt and no consent at all still leave each department something to do."""
    customer = corrected(
        situation,
        position,
        event("case_opened", case_id="k", complaint=True),
        event("payment_overdue"),
        *(event("consent_changed", channel=one, allowed=False) for one in ("email", "post")),
    )
    plan = LIFECYCLE.plan(customer)

    assert {one.action.department for one in plan.planned} == set(Department)


def test_promotion_waits_while_a_complaint_is_open() -> None:
    """Promotion is held beside an open complaint, even where the customer counts as content."""
    complaint = event("case_opened", 70, case_id="k", complaint=True)
    plan = LIFECYCLE.plan(folded(*PURCHASES, complaint, complaints_tolerated=1))

    assert plan.status.situation == Situation.REGULAR
    assert held(plan)["offer-more-complex"] == ("complaint_open",)
    assert not [one for one in plan.planned if one.action.promotion]


def test_promotion_waits_while_the_customer_is_dissatisfied() -> None:
    """Promotion is held after a low score although no case is open."""
    plan = LIFECYCLE.plan(folded(*PURCHASES, event("survey_answered", 70, score=2)))

    assert held(plan)["win-back-offer"] == ("dissatisfied",)
    assert not [one for one in plan.planned if one.action.promotion]


def test_promotion_waits_while_a_payment_is_overdue() -> None:
    """Promotion is held until the payment is there, and only promotion."""
    overdue = event("payment_overdue", 70)
    before = LIFECYCLE.plan(folded(*PURCHASES, overdue))
    after = LIFECYCLE.plan(folded(*PURCHASES, overdue, event("payment_received", 71)))

    assert set(held(before).values()) == {("payment_overdue",)}
    assert set(held(before)) == {one.action.id for one in after.planned if one.action.promotion}
    assert not after.held


def test_marketing_waits_on_a_channel_without_consent() -> None:
    """Withdrawn consent holds marketing on that channel: not sales, not other channels."""
    gone = [
        event("consent_changed", 1, channel=one, allowed=False) for one in ("email", "phone")
    ]
    plan = LIFECYCLE.plan(folded(event("contacted"), *gone))

    assert held(plan) == {"approach-by-email": ("no_consent",)}
    assert {"approach-by-letter", "approach-by-phone"} <= set(planned(plan))
    assert plan.why_held(plan.held[0]) == ("consent was withdrawn for e-mail",)


def test_each_department_has_its_part() -> None:
    """The parts of the departments are the whole, in its order, and say their language."""
    plan = LIFECYCLE.plan(folded(event("need_recognized")), lang="it")
    parts = {one: plan.of(one) for one in Department}

    assert plan.lang == "it"
    assert {one.action.department for one in parts[Department.SALES]} == {Department.SALES}
    assert sum(map(len, parts.values())) == len(plan.planned)
    assert all(
        part == tuple(one for one in plan.planned if one in part) for part in parts.values()
    )
    # The buyer's question of the position is among them.
    assert "needs_recognition" in {key for one in plan.planned for key in one.reasons}


def test_several_holds_are_all_named() -> None:
    """An action that waits for several reasons names each."""
    customer = folded(
        *PURCHASES,
        event("consent_changed", 70, channel="email", allowed=False),
        event("payment_overdue", 71),
    )
    plan = LIFECYCLE.plan(customer, as_of=START + timedelta(days=200))

    assert held(plan)["matching-suggestions"] == ("payment_overdue", "no_consent")


def test_an_action_appears_once_with_every_reason() -> None:
    """What several keys bring in is merged, and the plan names them all."""
    complaint = event("case_opened", 70, case_id="k", complaint=True)
    plan = LIFECYCLE.plan(folded(*PURCHASES, complaint))
    reasons = {one.action.id: one.reasons for one in plan.planned}

    assert reasons["pause-campaigns"] == ("complaint_open", "dissatisfied")
    assert len(planned(plan)) == len(set(planned(plan)))


def test_open_service_comes_before_everything() -> None:
    """While a request is open, the answer to it leads the plan, and promotion may go on."""
    plan = LIFECYCLE.plan(folded(*PURCHASES, event("case_opened", 70, case_id="k")))

    assert planned(plan)[0] == "answer-the-request"
    assert not plan.held


def test_the_more_specific_key_comes_first() -> None:
    """An action of a combination stands before those of its states."""
    playbook = Playbook.default().with_action(action(), "regular+status_quo")
    later = START + timedelta(days=100)
    plan = LIFECYCLE.plan(folded(*PURCHASES), playbook=playbook, as_of=later)

    assert planned(plan)[0] == "mine"
    assert plan.planned[0].reasons == ("regular+status_quo",)


@pytest.mark.parametrize(
    ("kind", "due"),
    [("purchase_completed", "deliver-and-check"), ("opportunity_lost", "watch-the-competitor")],
)
def test_a_signed_contract_asks_with_whom(kind: str, due: str) -> None:
    """After the signature ours is delivered, and a competitor's is watched."""
    plan = LIFECYCLE.plan(folded(event(kind)))
    both = {"deliver-and-check", "watch-the-competitor"}

    assert both & set(planned(plan)) == {due}


def test_only_the_leading_decision_says_with_whom() -> None:
    """A contract lost elsewhere does not colour the decision that leads."""
    rival = event("opportunity_lost", 1, opportunity_id="old")
    ours = event("supplier_chosen", 2, opportunity_id="new")
    plan = LIFECYCLE.plan(folded(rival, ours))

    assert plan.status.position == BuyingPosition.CONCERNS_RESOLUTION
    assert "leave-the-door-open" not in planned(plan)
    assert "talk-about-doubts" in planned(plan)


def test_a_lost_customer_is_asked_why() -> None:
    """Recovery asks for the reasons and offers a way back."""
    plan = LIFECYCLE.plan(folded(*PURCHASES, event("customer_left", 90)))

    assert plan.status.stage == LifecycleStage.RECOVERY
    assert planned(plan)[:3] == ["ask-why", "rework-the-offer", "win-back-offer"]


def test_the_plan_is_due_by_the_next_deadline() -> None:
    """The day is one of the policy's calendar, with the rule that will fire."""
    customer = folded(event("lead_qualified"), day_offset_minutes=600)
    due = type(LIFECYCLE)(
        policy=LIFECYCLE.policy.model_copy(update={"day_offset_minutes": 600})
    )
    plan = due.plan(customer)

    assert plan.due is not None
    assert (plan.due.on, plan.due.rule) == (date(2024, 3, 31), "went-cold")


def test_time_passes_before_the_plan_is_made() -> None:
    """At a later day the plan is that of the state to which time led."""
    customer = folded(event("lead_qualified"))
    plan = LIFECYCLE.plan(customer, as_of=START + timedelta(days=200))

    assert plan.status.situation == Situation.NON_CUSTOMER
    assert plan.due is None
    with pytest.raises(LateEvent):
        LIFECYCLE.plan(customer, as_of=START - timedelta(days=1))


def test_an_action_speaks_of_the_customer() -> None:
    """The placeholder in title and text is the customer's id."""
    mine = action(title="Call {customer}", text="{{Now}} call {customer}.")
    playbook = Playbook.default().with_action(mine, "non_customer", first=True)
    plan = LIFECYCLE.plan(Customer(id="{c}"), playbook=playbook)
    found = next(one.action for one in plan.planned if one.action.id == "mine")

    assert (found.title, found.text) == ("Call {c}", "{Now} call {c}.")


def test_a_reason_is_told_once() -> None:
    """A state that stands in several keys is named once in the words of an entry."""
    plan = LIFECYCLE.plan(folded(*PURCHASES, event("customer_left", 90)))

    assert plan.planned[0].reasons == ("non_customer+recovery", "win_back", "recovery")
    assert note(plan, plan.planned[0]).endswith("Reason: Non-customer, Recovery, Win-back")


def test_unknown_language_names_the_four() -> None:
    """A language without texts is refused, and the four are named."""
    with pytest.raises(
        UnknownLanguage, match="language 'fr' is not known: use one of: en, pt, es, it"
    ):
        LIFECYCLE.plan(Customer(id="c"), lang="fr")


def test_a_plan_prints_what_to_do_and_what_waits() -> None:
    """Its text names the customer, the deadline, each action and each hold."""
    customer = folded(*PURCHASES, event("payment_overdue", 70))
    lines = str(LIFECYCLE.plan(customer, lang="pt")).splitlines()

    assert lines[0] == "Plano para o cliente c"
    assert lines[1].startswith("Se nada acontecer, em ")
    assert "- Vendas: Observar sinais de mudança" not in lines
    assert "- Vender o que vale para os dois lados (há um pagamento em atraso)" in lines


def test_a_plan_without_deadline_or_holds_says_so() -> None:
    """Where nothing changes by itself the plan says it, and has no list of what waits."""
    text = str(LIFECYCLE.plan(Customer(id="c")))

    assert "Nothing changes by itself" in text
    assert "On hold" not in text


def test_html_is_escaped() -> None:
    """Nothing that a user wrote can become markup in a notebook."""
    bad = "<script>alert(1)</script>"
    mine = action(title=bad, text=bad, promotion=True)
    other = action("other", title=bad, text=bad)
    playbook = (
        Playbook.default().with_action(mine, "regular").with_action(other, "regular+retention")
    ).with_action(other, "regular+implementation")
    customer = Customer.model_validate(
        {**folded(*PURCHASES, event("payment_overdue", 61)).model_dump(), "id": bad}
    )
    html = LIFECYCLE.plan(customer, playbook=playbook)._repr_html_()

    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 4
    assert html.startswith("<div><h3>")


def test_html_of_a_key_with_a_question_only() -> None:
    """A strategy may leave out any of its texts."""
    strategy = Strategy("non_customer+status_quo", question="Who?")
    playbook = Playbook.default().with_strategy(strategy)
    html = LIFECYCLE.plan(Customer(id="c"), playbook=playbook)._repr_html_()

    assert "Status quo</b></dt><dd><i>The buyer asks</i>: Who?</dd>" in html


def test_html_without_holds_has_no_empty_list() -> None:
    """A plan in which nothing waits shows no list of it."""
    html = LIFECYCLE.plan(Customer(id="c"))._repr_html_()

    assert "<ul>" not in html


def test_every_hold_has_words() -> None:
    """Each reason to wait is told in every language, in other words each time."""
    for hold in Hold:
        words = {Playbook.default(lang).words.holds[hold] for lang in LANGUAGES}

        assert len(words) == len(LANGUAGES)


@pytest.mark.parametrize(
    ("kind", "fields", "ours", "theirs"),
    [
        ("supplier_chosen", {"supplier": "SAP"}, "reassure-the-choice", "leave-the-door-open"),
        ("opportunity_lost", {}, "record-the-promise", "watch-the-competitor"),
    ],
)
def test_advice_for_our_win_is_not_for_a_competitors(
    kind: str, fields: dict[str, str], ours: str, theirs: str
) -> None:
    """Where the buyer decided for somebody else, only the advice for that is given."""
    lost = planned(LIFECYCLE.plan(folded(*PURCHASES, event(kind, 70, **fields))))

    assert theirs in lost
    assert ours not in lost
