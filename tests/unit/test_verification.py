"""What `RuleTable.verify` proves, and what it finds where tables or policies are unsound."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from lifecycle_model import (
    DEFAULT_RULES,
    PRESETS,
    Axis,
    Guard,
    Policy,
    Rule,
    RuleTable,
)
from lifecycle_model.errors import InvalidRules
from lifecycle_model.rules import cases
from lifecycle_model.rules.circles import circles_in_time
from unit.making import position_row, situation_row


def told(table: RuleTable, policy: Policy | None = None) -> list[str]:
    """Return the faults in words, without their mends."""
    found = table.verify(policy or Policy()).faults
    return [f"{one.place}: {one.value}: {re.split(': | at ', one.mend)[0]}" for one in found]


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_sound(preset: str) -> None:
    """No preset has a fault; each case has one answer on each axis."""
    proof = DEFAULT_RULES.verify(Policy.preset(preset))

    assert proof.faults == ()
    assert {sum(answers.values()) for answers in proof.answers.values()} == {proof.cases}
    assert proof.policy == Policy.preset(preset).ref


def test_cases_are_counted() -> None:
    """A table without guards has the cases that a pencil finds."""
    plain = RuleTable(
        tuple(
            replace(row, guards=())
            for row in DEFAULT_RULES
            # The rows that only a guard keeps apart.
            if row.id not in {"first-purchase", "lapsed"} and not row.id.startswith("no-longer")
        )
    )
    corrections = 6 + 5  # one for each state that can be named

    assert plain.verify(Policy()).cases == (26 + corrections) * 6 * 5


def test_cases_of_guards_are_counted() -> None:
    """One guard doubles the cases in which it is asked; one that no fact can meet does not."""
    detractor = DEFAULT_RULES.rule(Axis.SITUATION, "detractor")
    few = DEFAULT_RULES.without(Axis.SITUATION, "satisfied-again")
    asked = len(detractor.sources) * 5  # in any position

    with_guard = few.verify(Policy()).cases
    without = few.replace(replace(detractor, guards=())).verify(Policy()).cases
    unmeetable = few.replace(replace(detractor, guards=(Guard("score", ">", 10),)))

    assert with_guard - without == asked
    assert unmeetable.verify(Policy()).cases == without


def test_answers_are_counted() -> None:
    """A correction to where the axis stands stays; any other moves; it asks one axis."""
    proof = DEFAULT_RULES.verify(Policy())
    only = RuleTable(DEFAULT_RULES.rules)
    without = tuple(row for row in only if row.id != "corrected")
    answers = proof.answers[Axis.SITUATION]
    fewer = RuleTable(without).verify(Policy()).answers[Axis.SITUATION]

    assert (
        answers["stayed"] - fewer["stayed"] == 6 * 5
    )  # to the situation held, in any position
    assert answers["moved"] - fewer["moved"] == 6 * 5 * 5
    assert fewer["not_applicable"] - answers["not_applicable"] == 6 * 5 * 6


def test_answers_of_one_kind() -> None:
    """What a table of three rows on one kind answers, worked out with a pencil."""
    low = situation_row(
        "low", "potential", "survey_answered", "occasional", Guard("score", "<=", 6)
    )
    rest = situation_row("rest", "potential", "survey_answered", "regular")
    stays = situation_row("stays", "regular", "survey_answered", "regular")
    plain = [row for row in DEFAULT_RULES if row.kind != "survey_answered"]
    before = RuleTable(tuple(plain)).verify(Policy())
    after = RuleTable((low, rest, stays, *plain)).verify(Policy())
    grown = {
        answer: count - before.answers[Axis.SITUATION][answer]
        for answer, count in after.answers[Axis.SITUATION].items()
    }

    # In each of five positions: a prospect is moved by one row or by the other.
    assert after.cases - before.cases == 5
    assert grown == {"moved": 10, "stayed": 5, "refused": 0, "not_applicable": -10}
    assert after.decided_by_order - before.decided_by_order == 5
    assert before.decided_by_order == DEFAULT_RULES.verify(Policy()).decided_by_order == 54
    refusing = RuleTable((low, stays, *plain)).verify(Policy())
    assert (
        refusing.answers[Axis.SITUATION]["refused"] - before.answers[Axis.SITUATION]["refused"]
    ) == 5
    assert {sum(one.values()) for one in refusing.answers.values()} == {refusing.cases}
    assert list(refusing.answers[Axis.POSITION]) == [
        "moved",
        "stayed",
        "refused",
        "not_applicable",
    ]


def test_a_correction_asks_one_axis() -> None:
    """A correction of the situation is none of a position, and the other way round."""
    asked = replace(
        DEFAULT_RULES.rule(Axis.SITUATION, "corrected"), guards=(Guard("open_cases", "<=", 0),)
    )
    plain, guarded = DEFAULT_RULES.verify(Policy()), DEFAULT_RULES.replace(asked)
    proof = guarded.verify(Policy())
    without = RuleTable(tuple(row for row in DEFAULT_RULES if row.id != "corrected"))
    free = without.verify(Policy()).answers[Axis.POSITION]["not_applicable"]

    # Twice as many where one of six situations is named, and no more where a position is.
    assert proof.cases - plain.cases == 6 * 6 * 5
    assert (
        proof.answers[Axis.SITUATION]["refused"] - plain.answers[Axis.SITUATION]["refused"]
        == 180
    )
    assert free - plain.answers[Axis.POSITION]["not_applicable"] == 5 * 6 * 5


@pytest.mark.parametrize(
    "row",
    [
        situation_row(
            "one", "occasional", "purchase_completed", "regular", Guard("days_idle", ">=", 1)
        ),
        situation_row(
            "one", "occasional", "payment_overdue", "regular", Guard("payments_overdue", "<", 1)
        ),
        situation_row(
            "one", "occasional", "product_used", "regular", Guard("days_idle", ">", 0)
        ),
        situation_row(
            "one", "occasional", "case_opened", "regular", Guard("open_cases", "==", 0)
        ),
        situation_row(
            "one", "occasional", "customer_left", "potential", Guard("open_complaints", ">", 0)
        ),
        situation_row(
            "one", "occasional", "contacted", "regular", Guard("days_dissatisfied", ">=", 0)
        ),
        situation_row(
            "one", "occasional", "contacted", "regular", Guard("purchase_days", ">", 365)
        ),
        position_row(
            "one",
            "status_quo",
            "purchase_reversed",
            "implementation",
            Guard("days_in_position", ">=", 0),
        ),
        position_row(
            "one",
            "implementation",
            "value_delivered",
            "status_quo",
            Guard("days_since_touched", ">", 0),
        ),
    ],
)
def test_what_the_moment_excludes(row: Rule) -> None:
    """What an event brings, and the state that is held, leave no other numbers."""
    proof = RuleTable((row, *DEFAULT_RULES)).verify(Policy())

    assert proof.never_holds[0] == (row, row.guards[0])
    assert proof.never_fires[0] == row


@pytest.mark.parametrize(
    ("row", "fails"),
    [
        # An age may be missing ...
        (
            situation_row(
                "one", "occasional", "contacted", "regular", Guard("days_idle", ">=", 0)
            ),
            True,
        ),
        # ... but not that of the state in which the customer is, or of what has just happened.
        (
            situation_row(
                "one",
                "dissatisfied",
                "contacted",
                "regular",
                Guard("days_dissatisfied", ">=", 0),
            ),
            False,
        ),
        (
            situation_row(
                "one", "occasional", "product_used", "regular", Guard("days_idle", ">=", 0)
            ),
            False,
        ),
        (
            situation_row(
                "one",
                "occasional",
                "purchase_completed",
                "regular",
                Guard("standing_purchases", ">", 0),
            ),
            False,
        ),
        (
            position_row(
                "one",
                "implementation",
                "offer_made",
                "status_quo",
                Guard("days_in_position", ">=", 0),
            ),
            False,
        ),
        (
            position_row(
                "one",
                "implementation",
                "offer_made",
                "status_quo",
                Guard("days_since_touched", ">", 0),
            ),
            True,
        ),
    ],
)
def test_what_the_moment_grants(row: Rule, fails: bool) -> None:  # noqa: FBT001 - a case of two
    """A guard that holds whenever it is asked is named, unless its age may be missing."""
    proof = RuleTable((*DEFAULT_RULES, row)).verify(Policy())

    assert ((row, row.guards[0]) not in proof.never_fails) == fails


def test_what_never_fires_is_named() -> None:
    """By default money is no matter: its rows and guards are named."""
    proof = DEFAULT_RULES.verify(Policy())

    assert [rule.id for rule in proof.never_fires] == ["no-longer-valuable"]
    assert [(rule.id, guard.fact) for rule, guard in proof.never_holds] == [
        ("no-longer-valuable", "revenue")
    ]
    assert [(rule.id, guard.fact) for rule, guard in proof.never_fails] == [
        ("evaluation-started", "positions_skipped"),
        ("supplier-chosen", "positions_skipped"),
        ("became-preferred", "revenue"),
        ("case-resolved", "confirmation_needed"),
        ("bought-again", "confirmation_needed"),
    ]


def test_every_guard_can_hold_and_fail() -> None:
    """Under a policy that uses all thresholds nothing is idle but what a survey decides."""
    policy = Policy(
        preferred_revenue=9,
        keep_preferred_revenue=5,
        max_positions_skipped=0,
        recovery_needs_confirmation=True,
    )
    proof = DEFAULT_RULES.verify(policy)

    assert [rule.id for rule in proof.never_fires] == ["case-resolved", "bought-again"]
    assert {guard.fact for _, guard in proof.never_holds} == {"confirmation_needed"}
    assert proof.never_fails == ()


def test_one_row_of_skips_is_idle() -> None:
    """With one position to skip, only the choice of a supplier can jump too far."""
    proof = DEFAULT_RULES.verify(Policy(max_positions_skipped=1))

    assert [
        rule.id for rule, guard in proof.never_fails if guard.fact == "positions_skipped"
    ] == ["evaluation-started"]


@pytest.mark.parametrize(
    ("days", "faults"),
    [
        (365, []),
        (
            366,
            ["situation: 'preferred': is unreachable from non_customer"],
        ),
    ],
)
def test_more_purchase_days_than_the_window_has(days: int, faults: list[str]) -> None:
    """A window of 365 days holds no 366 purchase days: nobody becomes preferred."""
    proof = told(DEFAULT_RULES, Policy(preferred_days=days))

    assert proof == faults


def test_mend_speaks_of_thresholds() -> None:
    """A state that the thresholds lock is no matter of a missing row alone."""
    (fault,) = DEFAULT_RULES.verify(Policy(preferred_days=400)).faults

    assert fault.mend.endswith("add a row that leads there, or mend the threshold of one")


def test_row_behind_others_never_fires() -> None:
    """Two rows before it take every case, though neither does alone."""
    low = situation_row(
        "low", "potential", "survey_answered", "regular", Guard("score", "<=", 6)
    )
    high = situation_row(
        "high", "potential", "survey_answered", "regular", Guard("score", ">", 5)
    )
    rest = situation_row("rest", "potential", "survey_answered", "preferred")
    table = RuleTable((low, high, rest, *DEFAULT_RULES))
    proof = table.verify(Policy())

    assert "rest" in {rule.id for rule in proof.never_fires}
    assert proof.decided_by_order > DEFAULT_RULES.verify(Policy()).decided_by_order


def test_a_way_out_that_is_never_taken_is_none() -> None:
    """A state is a trap where rows that stay come before each row that leads out."""
    rows = []
    for row in DEFAULT_RULES:
        sources = tuple(one for one in row.sources if one != "implementation")
        rows.append(row if row.axis == Axis.SITUATION else replace(row, sources=sources))
    asks = Guard("open_cases", "<=", 0)
    low = position_row("low", "implementation", "offer_made", "implementation", asks)
    high = replace(low, id="high", guards=(Guard("open_cases", ">", 0),))
    out = position_row(
        "out", "implementation", "offer_made", "status_quo", Guard("revenue", ">", 5)
    )
    both = replace(out, sources=("concerns_resolution", "implementation"))
    rest = [row for row in rows if row.sources]

    assert told(RuleTable((low, high, out, *rest))) == ["position: 'implementation': is a trap"]
    # That the row fires elsewhere is no way out of there.
    assert told(RuleTable((low, high, both, *rest))) == told(RuleTable((low, high, out, *rest)))


UNDONE = {
    # A purchase promotes from three days on, and time takes back below five.
    "time": (
        DEFAULT_RULES.replace(
            situation_row(
                "no-longer-regular",
                "regular",
                "time_passed",
                "occasional",
                Guard("purchase_days", "<", 5),
            )
        ),
        ["situation rules: became-regular -> no-longer-regular: lead back to occasional"],
    ),
    # The same answer leads to and fro.
    "the same event": (
        RuleTable(
            (
                *DEFAULT_RULES,
                situation_row("up", "occasional", "product_used", "regular"),
                situation_row("down", "regular", "product_used", "occasional"),
            )
        ),
        [
            "situation rules: up -> down: lead back to occasional",
            "situation rules: down -> up: lead back to regular",
        ],
    ),
    # How far the one jumps says nothing of the other.
    "jumps": (
        RuleTable(
            (
                *DEFAULT_RULES,
                position_row(
                    "up",
                    "needs_recognition",
                    "offer_made",
                    "concerns_resolution",
                    Guard("positions_skipped", ">=", 1),
                ),
                position_row(
                    "down",
                    "concerns_resolution",
                    "offer_made",
                    "needs_recognition",
                    Guard("positions_skipped", "<=", 0),
                ),
            )
        ),
        [
            "position rules: up -> down: lead back to needs_recognition",
            "position rules: down -> up: lead back to concerns_resolution",
        ],
    ),
    # An opportunity that has just been touched stands still no longer than time lets it.
    "a position": (
        DEFAULT_RULES.with_rule(
            position_row(
                "hasty",
                "implementation",
                "time_passed",
                "status_quo",
                Guard("days_in_position", ">=", 0),
            )
        ),
        [
            "position rules: contract-signed -> hasty: lead back to status_quo",
            "position rules: competitor-chosen -> hasty: lead back to status_quo",
        ],
    ),
    # Two steps back.
    "a longer way": (
        RuleTable(
            (
                *DEFAULT_RULES,
                situation_row("jump", "occasional", "product_used", "preferred"),
                situation_row(
                    "one", "preferred", "time_passed", "regular", Guard("days_idle", "<", 2)
                ),
                situation_row(
                    "two", "regular", "time_passed", "occasional", Guard("days_idle", "<", 1)
                ),
            )
        ),
        ["situation rules: jump -> one -> two: lead back to occasional"],
    ),
}


@pytest.mark.parametrize("name", UNDONE)
def test_moves_that_are_undone(name: str) -> None:
    """Rows whose guards can hold together take back what an event did."""
    table, expected = UNDONE[name]

    found = told(table)

    assert set(expected) <= set(found)


@pytest.mark.parametrize(
    "row",
    [
        # The purchase itself ends the silence.
        situation_row(
            "gone", "occasional", "time_passed", "non_customer", Guard("days_idle", ">=", 1)
        ),
        # It renews the cover.
        situation_row(
            "out", "occasional", "time_passed", "non_customer", Guard("days_expired", ">=", 1)
        ),
        # It leaves a purchase that stands.
        situation_row(
            "none",
            "occasional",
            "time_passed",
            "non_customer",
            Guard("standing_purchases", "<=", 0),
        ),
        situation_row(
            "never",
            "occasional",
            "time_passed",
            "non_customer",
            Guard("purchase_days", "<=", 0),
        ),
        # A dissatisfaction that has just begun is no day old.
        situation_row(
            "calm",
            "dissatisfied",
            "time_passed",
            "occasional",
            Guard("days_dissatisfied", ">=", 1),
        ),
        # Outside a dissatisfaction there are no days of it.
        situation_row(
            "odd",
            "occasional",
            "time_passed",
            "non_customer",
            Guard("days_dissatisfied", ">=", 0),
        ),
    ],
)
def test_moves_that_stand(row: Rule) -> None:
    """What the event itself says of the facts excludes the row that would take it back."""
    assert told(DEFAULT_RULES.with_rule(row)) == []


def test_restored_customers_stay_where_they_are() -> None:
    """A restore ends silence and an expired cover, so time does not take it back."""
    restored = situation_row("forgiven", "dissatisfied", "action_taken", "restored")
    sulks = situation_row(
        "sulks", "regular", "time_passed", "dissatisfied", Guard("days_idle", ">=", 1)
    )
    expired = situation_row(
        "lost", "regular", "time_passed", "dissatisfied", Guard("days_expired", ">=", 1)
    )
    silent = situation_row(
        "silent", "regular", "time_passed", "dissatisfied", Guard("days_since_sign", ">=", 1)
    )

    assert told(RuleTable((*DEFAULT_RULES, restored, sulks, expired, silent))) == []
    again = replace(sulks, guards=(Guard("days_idle", ">=", 0),))
    direct = [
        one
        for one in told(RuleTable((*DEFAULT_RULES, restored, again)))
        if one.count("->") == 1
    ]
    assert direct == [
        "situation rules: case-resolved -> sulks: lead back to dissatisfied",
        "situation rules: satisfied-again -> sulks: lead back to dissatisfied",
        "situation rules: bought-again -> sulks: lead back to dissatisfied",
        "situation rules: forgiven -> sulks: lead back to dissatisfied",
    ]


def test_a_dissatisfaction_begins_today() -> None:
    """Time that ends it at once takes back what began it."""
    calm = situation_row(
        "calm", "dissatisfied", "time_passed", "occasional", Guard("days_dissatisfied", ">=", 0)
    )

    assert told(DEFAULT_RULES.with_rule(calm)) == [
        "situation rules: complained -> calm: lead back to occasional",
        "situation rules: detractor -> calm: lead back to occasional",
    ]


@pytest.mark.parametrize(
    ("target", "circles"),
    [
        ("occasional", []),
        # A restore may lead back to potential itself.
        ("restored", ["sulks -> calm"]),
    ],
)
def test_no_days_of_a_dissatisfaction_that_is_over(target: str, circles: list[str]) -> None:
    """A row that asks for them afterwards closes no circle."""
    rows = [
        situation_row("sulks", "potential", "time_passed", "dissatisfied"),
        situation_row("calm", "dissatisfied", "time_passed", target),
        *(
            situation_row(
                name, name, "time_passed", "potential", Guard("days_dissatisfied", ">=", 0)
            )
            for name in ("occasional", "regular", "preferred")
        ),
    ]
    found = circles_in_time((*DEFAULT_RULES, *rows), Policy())

    assert [one.value for one in found] == circles


def test_a_circle_is_a_fault() -> None:
    """A circle that `Lifecycle` would refuse is among the faults; the proof itself ends."""
    warm = situation_row("warm", "non_customer", "time_passed", "potential")

    assert "situation rules: warm -> went-cold: lead in a circle" in told(
        DEFAULT_RULES.with_rule(warm)
    )


def test_too_many_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table whose rows ask too much in one state is refused, with the place and the count."""
    monkeypatch.setattr(cases, "MOST_CASES", 64)
    assert DEFAULT_RULES.verify(Policy()).faults == ()
    monkeypatch.setattr(cases, "MOST_CASES", 63)

    with pytest.raises(InvalidRules) as caught:
        DEFAULT_RULES.verify(Policy())

    assert str(caught.value) == (
        "rule table is not valid:\n  regular, needs_recognition, time_passed: 64 cases: "
        "are more than 63: let their rows read fewer facts"
    )
