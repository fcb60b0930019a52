"""The figures of a real purchase log: the CDNOW sample of 2,357 customers."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from lifecycle_model import Customer, History, Lifecycle, PurchaseCompleted, Situation
from reading import law

# Much of the same: what runs here is covered by other tests, and tracing it takes its time.
pytestmark = pytest.mark.no_cover

LOG = Path(__file__).resolve().parents[2] / "docs" / "data" / "CDNOW_sample.csv"
AS_OF = datetime(1998, 6, 30, tzinfo=UTC)


@cache
def purchases() -> dict[str, list[PurchaseCompleted]]:
    """Return the events of each customer of the log."""
    found = defaultdict(list)
    with LOG.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            bought = PurchaseCompleted(
                customer_id=row["customer_id"],
                occurred_at=datetime.strptime(row["date"], "%Y%m%d").replace(tzinfo=UTC),
                amount=Decimal(row["dollars"]),
            )
            found[bought.customer_id].append(bought)
    return found


@cache
def histories() -> list[History]:
    """Return every customer's history as of the end of the log."""
    lifecycle = Lifecycle()
    return [lifecycle.replay(events, as_of=AS_OF) for events in purchases().values()]


def test_every_customer_and_purchase_of_the_log_is_folded() -> None:
    """The log holds 6,919 purchases of 2,357 customers; none is dropped."""
    assert len(histories()) == 2357
    assert sum(len(history.events) for history in histories()) == 6919
    assert {(0, (), ())} == {
        (history.duplicates, history.conflicts, history.future) for history in histories()
    }


def test_situations_at_the_end_of_the_log() -> None:
    """So many customers stand in each situation on 30 June 1998 under the default policy."""
    expected = {
        Situation.NON_CUSTOMER: 1487,
        Situation.OCCASIONAL: 445,
        Situation.REGULAR: 261,
        Situation.PREFERRED: 164,
    }

    assert expected == Counter(history.customer.situation for history in histories())


def test_moves_of_the_situation_over_the_log() -> None:
    """So often each rule moved a situation."""
    expected = {
        "first-purchase": 2357,
        "won-back": 55,
        "became-regular": 671,
        "became-preferred": 243,
        "lapsed": 1542,
        "no-longer-regular": 246,
        "no-longer-frequent": 79,
    }

    assert expected == Counter(
        move.rule
        for history in histories()
        for move in history.transitions
        if move.axis == "situation"
    )


def test_events_of_several_days_fold_alike_in_one_call_and_one_by_one() -> None:
    """The busiest customers come out the same from `replay` and from `apply` after `apply`."""
    lifecycle = Lifecycle()
    busiest = sorted(purchases().values(), key=len)[-20:]
    for events in busiest:
        customer = Customer(id=events[0].customer_id)
        whole = lifecycle.replay(events)
        for event in whole.events:
            customer = lifecycle.apply(customer, event).customer

        assert whole.customer == customer


def test_reading_and_library_agree_on_the_busiest_customers() -> None:
    """An independent reading of the law gives the same moves."""
    lifecycle = Lifecycle()
    for events in sorted(purchases().values(), key=len)[-20:]:
        raw = [event.model_dump() for event in events]
        expected = [
            (move["occurred_at"], move["axis"], move["rule"])
            for move in law.replay(raw, as_of=AS_OF)["transitions"]
        ]
        history = lifecycle.replay(events, as_of=AS_OF)

        assert expected == [
            (move.occurred_at, move.axis, move.rule) for move in history.transitions
        ]
