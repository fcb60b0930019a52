"""Deals: outcomes, cycles and the pipeline."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from insight.frames import book_of, bought, event
from insight.plain import random_book, random_histories
from lifecycle_model.errors import MixedCurrencies
from lifecycle_model.insight import Deals, deals

if TYPE_CHECKING:
    from lifecycle_model import Event

NEED, EVALUATION, CHOICE = "need_recognized", "evaluation_started", "supplier_chosen"
LOST, DROPPED = "opportunity_lost", "decision_dropped"
SIGNED = "purchase_completed"
OPEN = {"needs_recognition", "options_evaluation", "concerns_resolution"}


def deal(name: str, *steps: tuple[str, float], **fields: object) -> list[Event]:
    """Return the events of one decision: kind and day each."""
    return [
        event(
            name,
            kind,
            day,
            opportunity_id="d",
            **(fields if kind == SIGNED else {}),
        )
        for kind, day in steps
    ]


def outcome(found: Deals) -> dict[str, object]:
    """Return the one row of the outcomes."""
    return found.outcomes.frame.row(0, named=True)


def four() -> list[Event]:
    """Return one deal won, one lost, one dropped, one open."""
    return [
        *deal(
            "won",
            (NEED, 0),
            (EVALUATION, 4),
            (CHOICE, 6),
            (SIGNED, 10),
            amount="90",
        ),
        *deal("lost", (NEED, 0), (EVALUATION, 2), (LOST, 8)),
        *deal("dropped", (NEED, 0), (DROPPED, 20)),
        *deal("open", (NEED, 0), (CHOICE, 5)),
    ]


def test_outcomes_of_the_closed_deals() -> None:
    """Each a third of the three that closed; the open one is in no rate."""
    row = outcome(deals(book_of(*four(), until=25)))

    assert (row["closed"], row["won"], row["lost_to_competitor"], row["no_decision"]) == (
        3,
        1,
        1,
        1,
    )
    assert row["win_rate"] == row["competitor_rate"] == row["no_decision_rate"] == 1 / 3
    assert row["win_rate_low"] < 1 / 3 < row["win_rate_high"]


def test_cycle_and_positions_with_open_deals_censored() -> None:
    """Closed after 10, 8 and 20 days; one is open for 25."""
    found = deals(book_of(*four(), until=25))
    positions = {row["state"]: row for row in found.positions.iter_rows(named=True)}

    assert found.cycle.select("cases", "ended", "lower_quartile", "median").row(0) == (
        4,
        3,
        8,
        10,
    )
    assert list(positions) == ["needs_recognition", "options_evaluation", "concerns_resolution"]
    assert positions["needs_recognition"]["cases"] == 4
    assert positions["options_evaluation"]["median"] == 2
    assert (
        positions["concerns_resolution"]["cases"],
        positions["concerns_resolution"]["ended"],
    ) == (2, 1)


def test_skipped_and_backward_moves() -> None:
    """Of three closed deals the dropped one did neither."""
    events = [
        *deal("a", (NEED, 0), (CHOICE, 5), (SIGNED, 6)),
        *deal("b", (NEED, 0), (EVALUATION, 1), (NEED, 2), (LOST, 3)),
        *deal("c", (NEED, 0), (DROPPED, 5)),
    ]
    row = outcome(deals(book_of(*events)))

    assert (row["went_back"], row["backward_rate"]) == (1, 1 / 3)
    # From needs to concerns, and from needs to the loss.
    assert (row["skipped"], row["skipping_rate"]) == (2, 2 / 3)


def test_an_opportunity_can_be_a_deal_again() -> None:
    """Won, delivered, and dropped the second time."""
    events = deal(
        "a",
        (NEED, 0),
        (SIGNED, 3),
        ("value_delivered", 5),
        (NEED, 9),
        (DROPPED, 12),
    )
    row = outcome(deals(book_of(*events)))

    assert (row["closed"], row["won"], row["no_decision"]) == (2, 1, 1)


def test_a_new_need_while_the_last_purchase_is_delivered() -> None:
    """From implementation a new cycle begins, and skips nothing."""
    events = deal(
        "a",
        (NEED, 0),
        (EVALUATION, 1),
        (CHOICE, 2),
        (SIGNED, 3),
        (NEED, 4),
        (DROPPED, 5),
    )
    row = outcome(deals(book_of(*events)))

    assert (row["closed"], row["went_back"], row["skipped"]) == (2, 0, 0)


def test_purchases_without_a_decision_before_are_no_deals() -> None:
    """Walk-in purchases would make every win rate 100 %."""
    row = outcome(deals(book_of(bought("a", 0), bought("b", 1), bought("b", 90))))

    assert (row["closed"], row["direct"], row["win_rate"]) == (0, 3, None)
    assert row["win_rate_reason"] == "no deal was closed in the period"


def test_time_and_leaving_close_without_a_decision() -> None:
    """Stalled after 90 days, and an account closed."""
    events = [*deal("a", (NEED, 0)), *deal("b", (NEED, 0)), event("b", "customer_left", 3)]
    row = outcome(deals(book_of(*events, until=120)))

    assert (row["closed"], row["no_decision"]) == (2, 2)


def test_only_deals_closed_in_the_period_count() -> None:
    """The first closed on 9 January, the others later."""
    found = deals(book_of(*four(), until=25), date(2024, 1, 1), date(2024, 1, 9))

    assert (outcome(found)["closed"], outcome(found)["won"]) == (1, 0)
    assert found.average_value.reason == "no deal was won by a purchase in the period"
    assert found.velocity.reason == "no deal was won by a purchase in the period"


def test_pipeline_and_velocity() -> None:
    """1 open x 1/3 x 90 / the mean of 10, 8 and 20 days."""
    found = deals(book_of(*four(), until=25))

    assert found.pipeline.rows() == [
        ("needs_recognition", 0),
        ("options_evaluation", 0),
        ("concerns_resolution", 1),
    ]
    assert (found.average_value.value, found.average_value.denominator) == (90, 1)
    assert found.velocity.value == pytest.approx(1 * (1 / 3) * 90 / (38 / 3))
    assert found.velocity.of == "mean days of the closed deals"


def test_no_velocity_without_open_deals_or_days() -> None:
    """Each null has its own reason."""
    same_day = [
        *deal("a", (NEED, 0), (SIGNED, 0.1), amount="5"),
        *deal("b", (NEED, 1)),
    ]

    assert deals(book_of(*same_day)).velocity.reason == "every deal closed on the day it began"
    assert deals(book_of(bought("a"))).velocity.reason == "no deal is open"


def test_values_in_two_currencies_are_refused() -> None:
    """They cannot be averaged."""
    with pytest.raises(MixedCurrencies):
        deals(book_of(bought("a", currency="EUR"), bought("b", currency="USD")))


def test_every_deal_of_random_histories_is_told_once() -> None:
    """Moves out of the open positions and into others close the deals; those inside do not."""
    opened = closed = back = 0
    for history in random_histories():
        for move in history.transitions:
            if move.axis == "position":
                inside = [
                    str(one)
                    in {"needs_recognition", "options_evaluation", "concerns_resolution"}
                    for one in (move.before, move.after)
                ]
                opened += inside == [False, True]
                closed += inside == [True, False]
                back += move.direction == "backward"
    found = deals(random_book())

    assert found.cycle["cases"].item() == opened
    assert outcome(found)["closed"] == closed == found.cycle["ended"].item()
    assert found.pipeline["open"].sum() == opened - closed
    assert 0 < outcome(found)["went_back"] <= back


def test_an_empty_book() -> None:
    """No deals, and the reasons."""
    found = deals(book_of())

    assert outcome(found)["closed"] == 0
    assert found.cycle["median_reason"].item() == "fewer than half have ended"
    assert found.positions.height == 0
    assert found.average_value.value is None
