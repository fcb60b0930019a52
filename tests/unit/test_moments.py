"""What an event says of the facts at the moment at which its rows are tried."""

from __future__ import annotations

from typing import Any

import pytest

from lifecycle_model import Policy
from lifecycle_model.rules.bounds import ENDLESS
from lifecycle_model.rules.moments import NOTHING, known_facts

POLICY = Policy(window_days=100)
TODAY = (0, 0)
SOME = (1, ENDLESS)
ANY = (0, ENDLESS)


@pytest.mark.parametrize(
    ("kind", "known"),
    [
        ("contacted", {}),
        ("time_passed", {}),
        ("lead_qualified", {"days_since_sign": TODAY}),
        ("need_recognized", {"days_since_sign": TODAY, "days_since_touched": TODAY}),
        ("offer_made", {}),
        ("value_delivered", {"days_since_touched": TODAY}),
        ("opportunity_lost", {"days_since_touched": TODAY}),
        (
            "purchase_completed",
            {
                "purchase_days": (1, 100),
                "standing_purchases": SOME,
                "days_since_purchase": TODAY,
                "days_idle": TODAY,
                "days_expired": NOTHING,
                "days_since_sign": TODAY,
                "days_since_touched": TODAY,
            },
        ),
        ("payment_overdue", {"payments_overdue": SOME}),
        ("payment_received", {}),
        ("product_used", {"days_idle": TODAY, "days_since_sign": TODAY}),
        ("case_opened", {"open_cases": SOME, "days_since_sign": TODAY}),
        ("case_closed", {}),
        (
            "customer_left",
            {"open_cases": TODAY, "open_complaints": TODAY, "days_expired": NOTHING},
        ),
        ("manual_correction", {"days_since_touched": TODAY}),
    ],
)
def test_what_a_kind_says(kind: str, known: dict[str, Any]) -> None:
    """It has been absorbed: a purchase is in the window, what a customer does is today."""
    assert known_facts(kind, POLICY) == {"purchase_days": (0, 100)} | known


@pytest.mark.parametrize(
    ("states", "known"),
    [
        ({"situation": "regular"}, {"days_dissatisfied": NOTHING}),
        ({"situation": "dissatisfied"}, {"days_dissatisfied": ANY}),
        (
            {"position": "status_quo"},
            {"days_in_position": NOTHING, "days_since_touched": ANY},
        ),
        (
            {"position": "implementation"},
            {"days_in_position": ANY, "days_since_touched": ANY},
        ),
    ],
)
def test_what_a_state_says(states: dict[str, Any], known: dict[str, Any]) -> None:
    """Ages of a state count only in it; an opportunity under way has been touched."""
    found = known_facts("contacted", POLICY, **states)

    assert found == {"purchase_days": (0, 100)} | known
