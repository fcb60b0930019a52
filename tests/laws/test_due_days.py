"""What an event hastens is seen at the next midnight, also within one replay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from laws.tables import DUE_TABLES
from lifecycle_model import Customer, Lifecycle, Policy, parse_event

# Much of the same: what runs here is covered by other tests, and tracing it takes its time.
pytestmark = pytest.mark.no_cover

NEW = Customer(id="c")
START = datetime(2024, 1, 1, 10, tzinfo=UTC)

Step = tuple[int, str, dict[str, Any]]

NEED = {"opportunity_id": "main"}
CASE = {"case_id": "k", "complaint": True}
CASES: list[tuple[str, list[Step], str, int]] = [
    (
        "debt",
        [(0, "purchase_completed", {}), (3, "time_passed", {}), (5, "payment_overdue", {})],
        "does-not-pay",
        6,
    ),
    (
        "complaint blocks",
        [(0, "need_recognized", NEED), (3, "time_passed", {}), (5, "case_opened", CASE)],
        "blocked-by-complaint",
        6,
    ),
    (
        "upper bound",
        [
            (0, "purchase_completed", {}),
            (1, "time_passed", {}),
            (3, "case_opened", {**CASE, "complaint": False}),
        ],
        "waits-for-an-answer",
        4,
    ),
    (
        "first use",
        [(0, "lead_qualified", {}), (1, "contacted", {}), (2, "product_used", {})],
        "unused",
        3,
    ),
    (
        "two waits",
        [(0, "contacted", {}), (1, "product_used", {}), (2, "purchase_completed", {})],
        "settled",
        32,
    ),
    (
        "young again",
        [(0, "purchase_completed", {}), (9, "time_passed", {}), (10, "product_used", {})],
        "just-used",
        11,
    ),
    (
        "unhappy in time",
        [
            (0, "purchase_completed", {}),
            (0, "need_recognized", {"opportunity_id": "a"}),
            (1, "time_passed", {}),
            (3, "case_opened", {**CASE, "complaint": False}),
        ],
        "stops-when-unhappy",
        6,
    ),
]


@pytest.mark.parametrize(("name", "steps", "rule", "day"), CASES, ids=lambda one: str(one)[:20])
def test_a_hastened_row_fires_at_its_midnight(
    name: str, steps: list[Step], rule: str, day: int
) -> None:
    """In one replay, event by event and by advancing, the row fires at the same midnight."""
    lifecycle = Lifecycle(Policy(), DUE_TABLES[name])
    log = [
        parse_event(
            {"kind": kind, "customer_id": "c", "occurred_at": START + timedelta(days=at), **own}
        )
        for at, kind, own in (*steps, (40, "time_passed", {}))
    ]
    whole = lifecycle.replay(log, customer=NEW)
    customer = NEW
    single = []
    for event in whole.events:
        outcome = lifecycle.apply(customer, event)
        customer = outcome.customer
        single += outcome.transitions
    midnight = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=day)

    assert [midnight] == [one.occurred_at for one in whole.transitions if one.rule == rule]
    assert whole.transitions == tuple(single)
    assert whole.customer == customer
