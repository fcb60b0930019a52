from __future__ import annotations

from typing import Any

import pytest

from lifecycle_model import FunnelGroup, LifecycleStage, SalesStep, ServiceState, Situation
from lifecycle_model.derived import CONDITIONS, conditions
from lifecycle_model.encode import Codes
from unit.making import LIFECYCLE, event, folded, lifecycle, on, purchase

BOUGHT = [purchase(0)]
LATER = [purchase(0), event("value_delivered", 1)]
COMPLAINT = event("case_opened", 1, case_id="k", complaint=True)


def left(day: float) -> Any:
    """Return the end of the relation."""
    return event("customer_left", day)


def corrected(day: float, situation: str) -> Any:
    """Return a correction of the situation."""
    return event("manual_correction", day, situation=situation, actor="a", reason="r")


def contract(day: float, **fields: Any) -> Any:
    """Return a purchase of a second opportunity."""
    return purchase(day, opportunity_id="o", **fields)


# Events, the day asked for, and the value: a line of the table, in its order.
STAGES: list[tuple[list[Any], float, str]] = [
    # Former, and non_customer or potential.
    ([*BOUGHT, left(1)], 1, "recovery"),
    ([*BOUGHT, left(1), event("need_recognized", 2)], 2, "recovery"),
    ([*BOUGHT, left(1), event("evaluation_started", 2)], 2, "recovery"),
    ([*BOUGHT, event("purchase_reversed", 1, amount=0, full=True), left(2)], 2, "acquisition"),
    # Dissatisfied, with whatever else.
    ([*BOUGHT, event("survey_answered", 1, score=0)], 1, "retention"),
    ([corrected(0, "dissatisfied")], 0, "retention"),
    # Active, and something loosens.
    ([*LATER, event("evaluation_started", 2)], 2, "retention"),
    ([*LATER, event("need_recognized", 2)], 2, "monetization"),
    ([*LATER, event("supplier_chosen", 2)], 2, "monetization"),
    ([*LATER, event("supplier_chosen", 2, supplier="rival")], 2, "retention"),
    ([*LATER, event("opportunity_lost", 2)], 2, "retention"),
    ([*BOUGHT, event("opportunity_lost", 2), contract(3)], 3, "retention"),
    (
        [
            *BOUGHT,
            event("opportunity_lost", 2),
            event("need_recognized", 2, opportunity_id="o"),
        ],
        2,
        "retention",
    ),
    ([*BOUGHT, event("opportunity_lost", 2), purchase(3)], 3, "monetization"),
    (BOUGHT, 329, "monetization"),
    (BOUGHT, 330, "retention"),
    ([*BOUGHT, event("product_used", 300)], 330, "monetization"),
    ([*BOUGHT, event("product_used", 300)], 394, "monetization"),
    ([purchase(0, covers_until=on(20).date())], 20, "monetization"),
    ([purchase(0, covers_until=on(20).date())], 21, "retention"),
    ([purchase(0, covers_until=on(340).date())], 340, "monetization"),
    ([purchase(0, covers_until=on(20).date()), purchase(20)], 21, "monetization"),
    ([purchase(0, covers_until=on(20).date()), purchase(19)], 21, "retention"),
    ([*BOUGHT, corrected(200, "occasional")], 379, "monetization"),
    # Active.
    (BOUGHT, 0, "monetization"),
    ([corrected(0, "regular")], 0, "monetization"),
    ([corrected(0, "preferred")], 0, "monetization"),
    # Potential, or reached.
    ([event("lead_qualified")], 0, "acquisition"),
    ([event("contacted")], 0, "acquisition"),
    ([event("interest_shown", behaviour="a glance")], 0, "acquisition"),
    ([event("lead_qualified")], 90, "acquisition"),
    ([corrected(0, "potential")], 0, "acquisition"),
    # The rest: restores and corrections are no signs of life.
    ([event("contact_identified")], 0, "segmentation"),
    ([event("offer_made")], 0, "segmentation"),
    ([corrected(0, "regular"), corrected(1, "non_customer")], 1, "segmentation"),
    ([event("evaluation_started", 0)], 0, "acquisition"),
]

SALES: list[tuple[list[Any], float, str]] = [
    ([*BOUGHT, left(1)], 1, "win_back"),
    ([*BOUGHT, left(1), event("supplier_chosen", 2)], 2, "win_back"),
    ([*BOUGHT, event("survey_answered", 1, score=0)], 1, "win_back"),
    (
        [*BOUGHT, event("survey_answered", 1, score=0), event("need_recognized", 2)],
        2,
        "win_back",
    ),
    ([event("evaluation_started")], 0, "offer"),
    ([event("supplier_chosen")], 0, "offer"),
    ([event("supplier_chosen", supplier="rival")], 0, "offer"),
    ([event("supplier_chosen", opportunity_id="a"), event("need_recognized", 1)], 1, "offer"),
    ([event("need_recognized")], 0, "understanding"),
    ([event("need_recognized", 1, opportunity_id="a"), *BOUGHT], 1, "understanding"),
    (BOUGHT, 0, "delivery"),
    (BOUGHT, 29, "delivery"),
    ([event("opportunity_lost")], 0, "lead_generation"),
    ([*LATER, event("opportunity_lost", 2)], 2, "follow_up"),
    ([*BOUGHT, event("opportunity_lost", 2, opportunity_id="o")], 2, "delivery"),
    ([event("lead_qualified"), event("opportunity_lost", 1)], 1, "contact"),
    ([event("lead_qualified")], 0, "understanding"),
    (BOUGHT, 30, "follow_up"),
    (LATER, 60, "follow_up"),
    (LATER, 61, "development"),
    ([corrected(0, "regular")], 0, "development"),
    ([event("contacted")], 0, "contact"),
    ([event("contact_identified")], 0, "lead_generation"),
]

SERVICE: list[tuple[list[Any], str]] = [
    ([COMPLAINT], "complaint_open"),
    ([COMPLAINT, event("case_opened", 2, case_id="l")], "complaint_open"),
    ([*BOUGHT, COMPLAINT], "complaint_open"),
    ([event("case_opened", case_id="k")], "request_open"),
    (
        [*BOUGHT, event("survey_answered", 1, score=0), event("case_opened", 2, case_id="k")],
        "request_open",
    ),
    ([*BOUGHT, event("survey_answered", 1, score=0)], "awaiting_confirmation"),
    (BOUGHT, "idle"),
    ([COMPLAINT, event("case_closed", 2, case_id="k")], "idle"),
]


@pytest.mark.parametrize(("events", "day", "stage"), STAGES)
def test_stage(events: list[Any], day: float, stage: str) -> None:
    """The stage is that of the first line that holds, at exactly its bounds."""
    assert LifecycleStage(stage) is lifecycle().status(folded(*events), as_of=on(day)).stage


@pytest.mark.parametrize(
    ("complaints", "tolerated", "stage"),
    [
        (0, 0, "monetization"),
        (1, 1, "monetization"),
        (2, 2, "monetization"),
        (1, 0, "retention"),
    ],
)
def test_complaints_loosen(complaints: int, tolerated: int, stage: str) -> None:
    """More open complaints than tolerated are a risk even where the situation stayed."""
    cases = [event("case_opened", 0, case_id=str(n), complaint=True) for n in range(complaints)]
    model = lifecycle(complaints_tolerated=tolerated)

    customer = model.replay([*cases, purchase(1)]).customer

    assert customer.situation is Situation.OCCASIONAL
    assert LifecycleStage(stage) is model.status(customer).stage


@pytest.mark.parametrize("situation", Situation)
def test_funnel_group(situation: Situation) -> None:
    """A suspect is nobody's customer, a prospect might become ours, the rest are customers."""
    expected = {"non_customer": "suspect", "potential": "prospect"}.get(situation, "customer")
    events = [event("contacted"), corrected(1, situation)]

    assert FunnelGroup(expected) is lifecycle().status(folded(*events)).funnel_group


@pytest.mark.parametrize(("events", "day", "step"), SALES)
def test_sales_step(events: list[Any], day: float, step: str) -> None:
    """The sales step is that of the first line that holds, at exactly its bounds."""
    assert SalesStep(step) is lifecycle().status(folded(*events), as_of=on(day)).sales_step


@pytest.mark.parametrize(("events", "state"), SERVICE)
def test_service_state(events: list[Any], state: str) -> None:
    """A complaint comes before a request, and a dissatisfied customer is waited for."""
    assert ServiceState(state) is lifecycle().status(folded(*events)).service_state


def test_no_follow_up() -> None:
    """Where nothing is followed up, only the day of the purchase is fresh."""
    model = lifecycle(follow_up_days=0, implementation_days=1)
    customer = model.replay([*BOUGHT, event("value_delivered")]).customer

    assert model.status(customer).sales_step is SalesStep.FOLLOW_UP
    assert model.status(customer, as_of=on(1)).sales_step is SalesStep.DEVELOPMENT


def test_nobody() -> None:
    """A customer of whom nothing is known stands at the first value of everything."""
    status = lifecycle().status(folded(event("time_passed")))

    assert [
        status.stage,
        status.funnel_group,
        status.sales_step,
        status.service_state,
        status.position,
    ] == ["segmentation", "suspect", "lead_generation", "idle", "status_quo"]


@pytest.mark.parametrize(
    ("situation", "condition"),
    [
        ("non_customer", "non_customer"),
        ("potential", "potential"),
        ("occasional", "active"),
        ("regular", "active"),
        ("preferred", "active"),
        ("dissatisfied", "dissatisfied"),
    ],
)
def test_a_situation_meets_one_condition(situation: str, condition: str) -> None:
    """Of the conditions on the situation exactly one holds."""
    customer = folded(corrected(0, situation))
    memory = LIFECYCLE.engine.memory(customer, Codes(customer, LIFECYCLE.policy))
    bits = conditions(LIFECYCLE.program, memory, on(0).toordinal())

    holding = {name for place, name in enumerate(CONDITIONS) if bits >> place & 1}
    assert holding & {"non_customer", "potential", "active", "dissatisfied"} == {condition}
