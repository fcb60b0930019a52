"""A customer may have thousands of opportunities, named in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_model import DEFAULT_RULES, BuyingPosition, Customer, Guard
from unit.making import LIFECYCLE, event, lifecycle, needs, on, position_row

if TYPE_CHECKING:
    from collections.abc import Sequence

SHUFFLED = (3, 9, 0, 7, 1, 8, 4, 2, 6, 5)


@pytest.mark.parametrize("numbers", [SHUFFLED, range(40, 0, -1), [*range(1, 40), 0]])
def test_time_visits_in_ascending_order(numbers: Sequence[int]) -> None:
    """Whatever the order in which they were named, one midnight moves them by ascending id."""
    history = LIFECYCLE.replay([*needs(0, numbers), event("time_passed", 100)])

    stalled = [move.opportunity_id for move in history.transitions if move.rule == "stalled"]
    assert stalled == sorted(f"deal-{number:02}" for number in numbers)


def test_two_among_more_are_visited_in_ascending_order() -> None:
    """Also where one that was never open comes before them."""
    events = [*needs(0, [2, 1]), event("decision_dropped", 1, opportunity_id="deal-00")]
    history = LIFECYCLE.replay([*events, event("time_passed", 100)])

    stalled = [move.opportunity_id for move in history.transitions if move.rule == "stalled"]
    assert stalled == ["deal-01", "deal-02"]


def test_leaving_closes_in_ascending_order() -> None:
    """A customer who leaves closes the opportunities by ascending id."""
    history = LIFECYCLE.replay([*needs(0, SHUFFLED), event("customer_left", 1)])

    closed = [
        move.opportunity_id for move in history.transitions if move.rule == "account-closed"
    ]
    assert closed == [f"deal-{number:02}" for number in range(10)]


def test_snapshot_is_in_ascending_order() -> None:
    """The customer lists opportunities by ascending id."""
    customer = LIFECYCLE.replay(needs(0, SHUFFLED)).customer

    assert [one.id for one in customer.opportunities] == [f"deal-{n:02}" for n in range(10)]
    assert Customer.from_json(customer.to_json()) == customer


def test_each_stalls_ninety_days_after_it_was_touched() -> None:
    """Opportunities of one customer fall due on days of their own."""
    named = [*needs(0, SHUFFLED), *needs(5, [4, 2]), *needs(7, [2])]
    history = LIFECYCLE.replay([*named, event("time_passed", 200)])

    days = {
        move.opportunity_id: (move.occurred_at - named[0].occurred_at).days
        for move in history.transitions
        if move.rule == "stalled"
    }
    assert days == {f"deal-{n:02}": {4: 95, 2: 97}.get(n, 90) for n in range(10)}


def test_the_first_that_falls_due_is_not_forgotten() -> None:
    """Between what stalls and what stalls beyond the last event, another one is due."""
    named = [*needs(0, [1, 2, 3]), *needs(5, [1]), *needs(7, [2])]
    history = LIFECYCLE.replay([*named, event("time_passed", 96)])

    moved = [move.opportunity_id for move in history.transitions if move.rule == "stalled"]
    assert moved == ["deal-03", "deal-01"]


def test_one_that_moves_lets_another_move() -> None:
    """Where a row reads how many are open, those visited before are asked again a day later."""
    alone = position_row(
        "alone",
        "needs_recognition",
        "time_passed",
        "status_quo",
        Guard("open_opportunities", "<=", 1),
    )
    model = lifecycle(DEFAULT_RULES.with_rule(alone))
    named = [*needs(0, [1, 2]), *needs(5, [1])]
    history = model.replay([*named, event("time_passed", 93)])

    moved = [
        (move.opportunity_id, move.rule, move.occurred_at)
        for move in history.transitions
        if move.after == BuyingPosition.STATUS_QUO
    ]
    assert moved == [("deal-02", "stalled", on(90)), ("deal-01", "alone", on(91))]
