"""Which guards can hold, and which can fail, whatever happens."""

from __future__ import annotations

import pytest

from lifecycle_model import Guard, Policy
from lifecycle_model.rules.bounds import can_fail, can_hold
from unit.making import position_row, situation_row


@pytest.mark.parametrize(
    ("guard", "holds", "fails"),
    [
        (Guard("standing_purchases", ">=", 0), True, False),
        (Guard("standing_purchases", ">=", 1), True, True),
        (Guard("standing_purchases", "<", 0), False, True),
        (Guard("protected", "<=", 1), True, False),
        (Guard("protected", "<=", 0), True, True),
        (Guard("protected", "==", 2), False, True),
        (Guard("score", "<=", 10), True, False),
        (Guard("score", ">", 9), True, True),
        (Guard("score", ">", 10), False, True),
        (Guard("confirmation_needed", "<=", 0), True, False),
        (Guard("confirmation_needed", "==", 1), False, True),
    ],
)
def test_guard(guard: Guard, holds: bool, fails: bool) -> None:  # noqa: FBT001
    """A guard can hold and fail with the numbers that its fact can take."""
    row = situation_row("row", "potential", "survey_answered", "occasional", guard)

    assert can_hold(row, guard, Policy()) == holds
    assert can_fail(row, guard, Policy()) == fails


@pytest.mark.parametrize(
    ("target", "most"),
    [
        ("status_quo", 0),
        ("needs_recognition", 0),
        ("options_evaluation", 1),
        ("concerns_resolution", 2),
        ("implementation", 3),
        ("given", 3),
    ],
)
def test_positions_skipped(target: str, most: int) -> None:
    """A row skips no more positions than there are before its target."""
    guard = Guard("positions_skipped", ">=", most)
    too_much = Guard("positions_skipped", ">", most)
    row = position_row("row", "status_quo", "supplier_chosen", target, guard)

    assert can_hold(row, guard, Policy())
    assert not can_hold(row, too_much, Policy())
    assert not can_fail(row, Guard("positions_skipped", "<=", most), Policy())
