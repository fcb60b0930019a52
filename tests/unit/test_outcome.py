from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from lifecycle_model import (
    Axis,
    BuyingPosition,
    Customer,
    Deadline,
    Direction,
    Evidence,
    Lifecycle,
    Path,
    Policy,
    Refusal,
    Rule,
    RuleCheck,
    Situation,
    Transition,
)

CENT = Decimal("0.0001")
AT = datetime(2024, 5, 1, tzinfo=UTC)
EVIDENCE = Evidence("purchase_days", 1, ">=", 3, "regular_days")
BECAME_REGULAR = Rule(
    "became-regular", Axis.SITUATION, (Situation.OCCASIONAL,), "purchase_completed", "regular"
)


def moved(before: Any, after: Any, *evidence: Evidence) -> Transition:
    """Return a move on the axis of the states."""
    position = isinstance(after, BuyingPosition)
    return Transition(
        AT,
        Axis.POSITION if position else Axis.SITUATION,
        "main" if position else None,
        "some-rule",
        before,
        after,
        None,
        "time_passed",
        evidence,
        Policy().ref,
    )


@pytest.mark.parametrize(
    ("operator", "value", "gap"),
    [
        (">=", 2, 1),
        (">=", 3, 0),
        (">=", 4, 0),
        (">", 2, 2),
        (">", 3, 1),
        (">", 4, 0),
        ("<=", 5, -2),
        ("<=", 3, 0),
        ("<=", 2, 0),
        ("<", 4, -2),
        ("<", 3, -1),
        ("<", 2, 0),
        ("==", 1, 2),
        ("==", 3, 0),
        ("==", 5, -2),
    ],
)
def test_gap(operator: str, value: int, gap: int) -> None:
    """The gap is the least change that makes the guard hold, 0 where it does."""
    one = Evidence("purchase_days", value, operator, 3, None)

    assert (one.holds, one.gap) == (gap == 0, gap)
    assert Evidence("purchase_days", value + gap, operator, 3, None).holds
    if gap:
        nearer = value + gap + (-1 if gap > 0 else 1)
        assert not Evidence("purchase_days", nearer, operator, 3, None).holds


@pytest.mark.parametrize(
    ("operator", "value", "gap"),
    [
        (">=", "99.9999", CENT),
        (">", "100", CENT),
        ("<", "100", -CENT),
        ("<=", "100.5", Decimal("-0.5")),
        ("==", "0", Decimal(100)),
        (">", "100.0001", 0),
    ],
)
def test_gap_of_money(operator: str, value: str, gap: Decimal) -> None:
    """Money is missing to the ten-thousandth."""
    one = Evidence("revenue", Decimal(value), operator, Decimal(100), "preferred_revenue")

    assert gap == one.gap


@pytest.mark.parametrize("operator", [">=", "<=", ">", "<", "=="])
def test_no_value(operator: str) -> None:
    """A fact without a value holds under no operator, and no number tells what is missing."""
    one = Evidence("days_idle", None, operator, 3, "lapsed_days")

    assert (one.holds, one.gap) == (False, None)


@pytest.mark.parametrize(
    ("evidence", "text"),
    [
        (EVIDENCE, "purchase_days 1 >= regular_days = 3, missing 2"),
        (
            Evidence("purchase_days", 3, ">=", 3, "regular_days"),
            "purchase_days 3 >= regular_days = 3",
        ),
        (
            Evidence("open_opportunities", 2, "<=", 0, None),
            "open_opportunities 2 <= 0, 2 too many",
        ),
        (Evidence("score", None, "<=", 6, None), "score none <= 6, missing a value"),
        (
            Evidence("revenue", Decimal("9.5"), ">", Decimal(10), None),
            "revenue 9.5 > 10, missing 0.5001",
        ),
        (
            Evidence("revenue", Decimal("433.14"), "<", Decimal(400), None),
            "revenue 433.14 < 400, 33.1401 too many",
        ),
    ],
)
def test_evidence_in_words(evidence: Evidence, text: str) -> None:
    """Evidence reads: fact, value, operator, threshold by name and number, what is missing."""
    assert text == str(evidence)


# Each pair of positions: the way, and what is jumped over.
MOVES = {
    ("status_quo", "needs_recognition"): "forward",
    ("status_quo", "options_evaluation"): "forward needs_recognition",
    ("status_quo", "concerns_resolution"): "forward needs_recognition options_evaluation",
    ("status_quo", "implementation"): (
        "forward needs_recognition options_evaluation concerns_resolution"
    ),
    ("needs_recognition", "status_quo"): "reset",
    ("needs_recognition", "options_evaluation"): "forward",
    ("needs_recognition", "concerns_resolution"): "forward options_evaluation",
    ("needs_recognition", "implementation"): "forward options_evaluation concerns_resolution",
    ("options_evaluation", "status_quo"): "reset",
    ("options_evaluation", "needs_recognition"): "backward",
    ("options_evaluation", "concerns_resolution"): "forward",
    ("options_evaluation", "implementation"): "forward concerns_resolution",
    ("concerns_resolution", "status_quo"): "reset",
    ("concerns_resolution", "needs_recognition"): "backward",
    ("concerns_resolution", "options_evaluation"): "backward",
    ("concerns_resolution", "implementation"): "forward",
    ("implementation", "status_quo"): "reset",
    ("implementation", "needs_recognition"): "forward",
    ("implementation", "options_evaluation"): "forward needs_recognition",
    ("implementation", "concerns_resolution"): "forward needs_recognition options_evaluation",
}


def test_moves_are_complete() -> None:
    """The table below tells every pair of positions."""
    assert list(permutations(BuyingPosition, 2)) == list(MOVES)


@pytest.mark.parametrize(("pair", "told"), MOVES.items())
def test_direction(pair: tuple[str, str], told: str) -> None:
    """A move goes forward, backward or to status quo; implementation begins a new cycle."""
    direction, *skipped = told.split()
    move = moved(BuyingPosition(pair[0]), BuyingPosition(pair[1]))

    assert Direction(direction) is move.direction
    assert tuple(skipped) == move.skipped


def test_no_direction() -> None:
    """A situation has neither a direction nor anything to jump over."""
    move = moved(Situation.NON_CUSTOMER, Situation.REGULAR)

    assert (move.direction, move.skipped) == (None, ())


@pytest.mark.parametrize(
    ("move", "text"),
    [
        (
            moved(Situation.POTENTIAL, Situation.REGULAR),
            "situation: potential -> regular by some-rule",
        ),
        (
            moved(BuyingPosition.STATUS_QUO, BuyingPosition.IMPLEMENTATION, EVIDENCE, EVIDENCE),
            (
                "position of 'main': status_quo -> implementation by some-rule "
                "(purchase_days 1 >= regular_days = 3, missing 2; "
                "purchase_days 1 >= regular_days = 3, missing 2)"
            ),
        ),
    ],
)
def test_transition_in_words(move: Transition, text: str) -> None:
    """A move reads: axis and opportunity, from where to where, the rule, the reason."""
    assert text == str(move)


@pytest.mark.parametrize(
    ("source_holds", "evidence", "holds"),
    [(True, (), True), (False, (), False), (True, (EVIDENCE,), False)],
)
def test_rule_check(source_holds: bool, evidence: tuple[Evidence, ...], holds: bool) -> None:  # noqa: FBT001
    """A row holds where its source and all its guards do."""
    assert (
        holds is RuleCheck(BECAME_REGULAR, evidence=evidence, source_holds=source_holds).holds
    )


def test_refusal_in_words() -> None:
    """A refusal reads: what stays, then every row that was tried with its guards."""
    checks = (
        RuleCheck(BECAME_REGULAR, source_holds=True, evidence=(EVIDENCE,)),
        RuleCheck(BECAME_REGULAR, source_holds=True, evidence=()),
    )
    refusal = Refusal(
        AT,
        Axis.SITUATION,
        None,
        Situation.OCCASIONAL,
        None,
        "purchase_completed",
        checks,
        Policy().ref,
    )

    assert str(refusal) == (
        "situation stays occasional: "
        "became-regular on purchase_completed: "
        "purchase_days 1 >= regular_days = 3, missing 2 | "
        "became-regular on purchase_completed: no guard"
    )


def test_deadline_in_words() -> None:
    """A deadline reads: when, and what moves then."""
    first = moved(Situation.REGULAR, Situation.OCCASIONAL)
    second = moved(BuyingPosition.IMPLEMENTATION, BuyingPosition.STATUS_QUO)

    assert str(Deadline(AT, (first, second))) == (
        "on 2024-05-01T00:00:00+00:00: situation: regular -> occasional by some-rule; "
        "position of 'main': implementation -> status_quo by some-rule"
    )


def test_status_in_words() -> None:
    """A status reads: when, and the six values."""
    lifecycle = Lifecycle()
    status = lifecycle.status(Customer(id="c"))

    assert str(status) == (
        "before any event: non_customer, position status_quo, stage segmentation, "
        "funnel group suspect, sales step lead_generation, service idle"
    )
    later = lifecycle.status(Customer(id="c"), as_of=AT)
    assert str(later).startswith("at 2024-05-01T00:00:00+00:00: non_customer, position ")


def test_path_in_words() -> None:
    """A path reads: the events, then each move on a line."""
    path = Lifecycle().path(Customer(id="c", clock=AT), Situation.POTENTIAL)

    assert path is not None
    first, *moves = str(path).split("\n")
    assert first == ", then ".join(
        f"{one.kind} at {one.occurred_at.isoformat()}" for one in path.events
    )
    assert moves == [f"  {move}" for move in path.transitions]
    assert str(Path((), ())) == "no event"
