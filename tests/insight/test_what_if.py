"""What if, and where customers stand on each day."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from insight.frames import START, bought, event, histories_of, log_of_events
from insight.plain import LIFECYCLE, QUICK, UNTIL, random_book, random_histories
from lifecycle_model import Lifecycle, Policy
from lifecycle_model.insight import WhatIf, standings, what_if

if TYPE_CHECKING:
    from lifecycle_model import Event

PATIENT = QUICK.model_copy(update={"name": "patient", "lapsed_days": 70})


def events() -> list[Event]:
    """Return the events of the random histories."""
    return [one for history in random_histories() for one in history.events]


def compared() -> WhatIf:
    """Return the random log under two policies that differ in one threshold."""
    return what_if(log_of_events(*events()), QUICK, PATIENT, as_of=UNTIL)


@pytest.mark.untraced
def test_counts_are_those_of_both_replays() -> None:
    """Customer by customer, for situation and stage."""
    ends = [
        {
            history.customer.id: Lifecycle(policy).status(history.customer)
            for history in histories_of(events(), Lifecycle(policy), UNTIL)
        }
        for policy in (QUICK, PATIENT)
    ]
    found = compared()
    for axis in ("situation", "stage"):
        expected = Counter(
            (str(getattr(one, axis)), str(getattr(ends[1][name], axis)))
            for name, one in ends[0].items()
        )
        rows = found.counts.filter(axis=axis).select("under_a", "under_b", "customers").rows()
        assert {row[:2]: row[2] for row in rows} == expected
    assert found.customers == 160


def test_moved_are_who_stand_elsewhere() -> None:
    """The share is of all customers."""
    found = compared()
    other = found.counts.filter(
        (pl.col("axis") == "situation") & (pl.col("under_a") != pl.col("under_b"))
    )["customers"].sum()
    row = found.moved.row(0, named=True)

    assert (row["axis"], row["elsewhere"], row["share"]) == ("situation", other, other / 160)
    assert other > 0


def test_examples_name_the_rule_that_differs() -> None:
    """Lapsed under one policy at a day on which the other does nothing."""
    log = log_of_events(bought("a", 0), bought("b", 0), bought("b", 50))
    found = what_if(log, Policy(), Policy.grocery(), as_of=START + timedelta(days=120))

    assert found.examples.rows() == [
        ("a", "occasional", "non_customer", _midnight(90), None, "lapsed")
    ]
    assert (found.policy_a.name, found.policy_b.name) == ("default", "grocery")


def test_a_later_move_of_the_same_rule_differs_too() -> None:
    """Both policies let the customer lapse, and one wins the customer back."""
    log = log_of_events(bought("a", 0), bought("a", 35), bought("a", 36))
    slow = QUICK.model_copy(update={"lapsed_days": 30, "at_risk_days": 20})
    found = what_if(log, QUICK, slow, as_of=START + timedelta(days=37))

    assert found.examples.row(0) == (
        "a",
        "preferred",
        "regular",
        _midnight(30),
        None,
        "lapsed",
    )


def _midnight(day: int) -> object:
    return START.replace(hour=0) + timedelta(days=day)


def test_so_many_examples_as_asked_for() -> None:
    """Of each pair of situations."""
    log = log_of_events(*[bought(name, 0) for name in "abcdefgh"])
    late = START + timedelta(days=120)

    found = what_if(log, Policy(), Policy.grocery(), as_of=late, examples=3)

    assert found.examples.height == 3
    assert found.moved["elsewhere"][0] == 8


def test_a_policy_beside_itself() -> None:
    """Nobody stands elsewhere."""
    log = log_of_events(bought("a", 0), event("b", "contacted", 0))
    found = what_if(log, Policy(), Policy(), as_of=START + timedelta(days=9))

    assert set(found.moved["elsewhere"]) == {0}
    assert found.examples.height == 0


def test_an_empty_log_under_two_policies() -> None:
    """No customers, no counts."""
    found = what_if(log_of_events(), Policy(), Policy.grocery(), as_of=START)

    assert (found.customers, found.counts.height, found.moved.height) == (0, 0, 0)


DAYS = (date(2024, 3, 31), date(2024, 2, 29), date(2024, 4, 30))


@pytest.mark.untraced
def test_standings_are_those_of_replays_to_each_day() -> None:
    """Counts of each value, and flows from day to day, stage by stage."""
    found = standings(log_of_events(*events()), LIFECYCLE, DAYS)
    ends: list[dict[str, str]] = []
    for day in sorted(DAYS):
        known = [one for one in events() if one.occurred_at.date() <= day]
        late = START.replace(hour=23, minute=59).replace(
            year=day.year, month=day.month, day=day.day
        )
        ends.append(
            {
                history.customer.id: str(LIFECYCLE.status(history.customer).stage)
                for history in histories_of(known, LIFECYCLE, late)
            }
        )
        counts = found.counts.frame.filter(pl.col("day") == day, axis="stage")
        assert dict(counts.select("value", "customers").iter_rows()) == Counter(
            ends[-1].values()
        )
    flows = found.flows.frame.filter(pl.col("since") == date(2024, 2, 29), axis="stage")
    expected = Counter((ends[0].get(name), stage) for name, stage in ends[1].items())
    assert {
        row[:2]: row[2] for row in flows.select("before", "after", "customers").iter_rows()
    } == (expected)


def test_shares_and_rates_of_standings() -> None:
    """One of two stays occasional; who is new has no value before, and no rate."""
    log = log_of_events(
        bought("a", 0), bought("b", 0), event("b", "customer_left", 5), bought("c", 6)
    )
    found = standings(log, Lifecycle(), [date(2024, 1, 1), date(2024, 1, 8)])
    flows = found.flows.frame.filter(axis="situation")

    assert flows.select("before", "after", "customers", "rate").rows() == [
        (None, "occasional", 1, None),
        ("occasional", "non_customer", 1, 0.5),
        ("occasional", "occasional", 1, 0.5),
    ]
    assert flows["rate_reason"][0] == "nobody had the value before"
    shares = found.counts.frame.filter(pl.col("day") == date(2024, 1, 8), axis="stage")
    assert dict(shares.select("value", "share").iter_rows()) == pytest.approx(
        {"monetization": 2 / 3, "recovery": 1 / 3}
    )


def test_standings_of_nothing() -> None:
    """No days, or no events: no rows."""
    none = standings(log_of_events(bought("a")), Lifecycle(), [])
    empty = standings(log_of_events(), Lifecycle(), DAYS)

    for found in (none, empty):
        assert found.counts.frame.height == found.flows.frame.height == 0


def test_the_book_of_the_random_log_is_whole() -> None:
    """The log made of its events is the one that was folded."""
    assert random_book().log.height == len(events())
