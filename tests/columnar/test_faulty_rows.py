"""Rows that cannot be folded: told by row, column, value and reason, and left out."""

from __future__ import annotations

import polars as pl
import pytest

from columnar.logs import faults, log
from lifecycle_model import (
    KINDS,
    Lifecycle,
    columnar,
    errors,
)

MISSING = "is missing: give it a value"
WIDE = "is not a whole number of 64 bits: correct it"


def test_an_unknown_kind_is_told_with_its_value() -> None:
    """Kinds are exact: no other case, no space, nothing left out."""
    frame = log(5, kind=["contacted", "contactd", "Contacted", None, ""])

    assert faults(frame) == [
        (1, "kind", "'contactd'", "is not a known kind: use one of lifecycle_model.KINDS"),
        (2, "kind", "'Contacted'", "is not a known kind: use one of lifecycle_model.KINDS"),
        (3, "kind", "nothing", "is missing: say what happened"),
        (4, "kind", "''", "is not a known kind: use one of lifecycle_model.KINDS"),
    ]


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("interest_shown", "behaviour"),
        ("purchase_reversed", "amount"),
        ("consent_changed", "channel"),
        ("consent_changed", "allowed"),
        ("case_opened", "case_id"),
        ("case_closed", "case_id"),
        ("survey_answered", "score"),
        ("action_taken", "action_id"),
    ],
)
def test_a_null_is_told_where_the_kind_needs_a_value(kind: str, column: str) -> None:
    """Null in the column, or no such column at all, is the same fault."""
    whole = log(2, kind)
    first = pl.int_range(pl.len()) == 0
    nulled = whole.with_columns(
        pl.when(first).then(None).otherwise(pl.col(column)).alias(column)
    )

    assert faults(nulled) == [(0, column, "nothing", MISSING)]
    assert faults(whole.drop(column)) == [(row, column, "nothing", MISSING) for row in (0, 1)]


def test_a_null_is_a_default_where_the_kind_has_one() -> None:
    """An amount that is not given is 0, an opportunity that is not named is "main"."""
    names = ("amount", "opportunity_id", "currency", "event_id", "source", "sequence")
    frame = log(1, "purchase_completed", **{name: [None] for name in names})

    replay = columnar.replay(frame)

    snapshot = columnar.to_customer(replay.snapshots.row(0, named=True), Lifecycle())
    assert snapshot.opportunities[0].id == "main"
    assert replay.customers["revenue"].to_list() == [0]


def test_ids_that_are_null_or_too_wide_are_told() -> None:
    """A row without a customer is nobody's; whole numbers have 64 bits."""
    assert faults(log(2, customer_id=["a", None])) == [(1, "customer_id", "nothing", MISSING)]
    assert faults(log(2, customer_id=[1, None])) == [(1, "customer_id", "nothing", MISSING)]
    wide = pl.Series([1, 2**70], dtype=pl.Int128)
    assert faults(log(2, customer_id=wide)) == [(1, "customer_id", str(2**70), WIDE)]


def test_a_correction_sets_exactly_one_axis() -> None:
    """Both, or none, is told; an opportunity goes with a position only."""
    frame = log(
        6,
        "manual_correction",
        situation=["regular", None, "regular", None, "regular", None],
        position=[None, "status_quo", "status_quo", None, None, "status_quo"],
        opportunity_id=[None, None, None, None, "deal", "deal"],
    )

    both = "give exactly one of situation and position"
    assert faults(frame) == [
        (2, "situation", "'regular'", both),
        (3, "situation", "nothing", both),
        (4, "opportunity_id", "'deal'", "goes with position, not with situation: remove it"),
    ]


def test_a_hundred_faults_are_listed_and_all_are_counted() -> None:
    """The error names the first rows with column, value and reason, and what to do."""
    frame = log(250, "survey_answered", score=pl.Series([11] * 250))

    with pytest.raises(errors.InvalidRows) as caught:
        columnar.replay(frame)

    assert caught.value.count == 250
    assert len(caught.value.rows) == 100
    assert caught.value.rows[99] == errors.BadRow(
        99, "score", "11", "is not a whole number from 0 to 10: correct it"
    )
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("250 rows are not valid: correct them, or fold the others")
    assert lines[1] == "  row 0: score: 11: is not a whole number from 0 to 10: correct it"
    assert lines[-1] == "  ..."


def test_a_row_with_several_faults_counts_once() -> None:
    """Each of its faults is told."""
    frame = log(1, "case_opened", customer_id="", case_id="", complaint=pl.Series([2]))

    with pytest.raises(errors.InvalidRows, match="1 row is not valid") as caught:
        columnar.replay(frame)

    assert caught.value.count == 1
    assert [one.column for one in caught.value.rows] == ["case_id", "complaint", "customer_id"]


def test_long_and_hostile_values_stay_on_one_short_line() -> None:
    """What a log holds cannot forge lines of a report."""
    frame = log(3, kind=["x" * 200, "a\nrow 9: kind", "tab\there \\ \x1b[31m\u2028"])

    found = faults(frame)

    assert found[0][2] == "'" + "x" * 76 + "..."
    assert found[1][2] == r"'a\nrow 9: kind'"
    assert found[2][2] == r"'tab\there \\ \x1b[31m\u2028'"


def test_cells_of_other_kinds_are_ignored() -> None:
    """A field that a kind does not own is no fault, whatever it holds."""
    junk = {"amount": -1.0, "score": 99, "case_id": "", "situation": "x", "covers_until": "x"}

    assert faults(log(1, "product_used", **junk)) == []


def test_nan_is_nothing() -> None:
    """In a column of floats NaN stands for a cell without a value."""
    frame = log(
        2, "purchase_completed", amount=[float("nan"), 5.0], sequence=[float("nan"), 1.0]
    )

    assert columnar.replay(frame).customers["revenue"].to_list() == [0, 5]
    missing = log(1, "purchase_reversed", amount=[float("nan")])
    assert faults(missing) == [(0, "amount", "NaN", MISSING)]


def test_every_kind_of_fault_in_one_go() -> None:
    """All are told at once, and the sound rows fold as if the others were absent."""
    kinds = ["contacted", *KINDS, "strange", None]
    rows = len(kinds)
    frame = log(
        rows,
        kind=kinds,
        customer_id=["", *(f"c-{row:02}" for row in range(1, rows - 1)), None],
        occurred_at=["2024-05-01T12:00:00Z"] * (rows - 2) + ["2024-05-01", None],
        event_id=["", *["e"] * (rows - 1)],
        sequence=["x", *["1"] * (rows - 1)],
        amount=[str(row - 10) for row in range(rows)],
        score=[11.0] * rows,
        situation=["x"] * rows,
        opportunity_id=[""] * rows,
        full=[2] * rows,
        alternatives=pl.Series([[None]] * rows, dtype=pl.List(pl.String)),
    )

    reported = columnar.replay(frame, on_invalid="report", transitions=True)

    bad = set(reported.invalid["row"])
    sound = [row for row in range(rows) if row not in bad]
    assert {"contacted", "lead_qualified", "product_used"} <= {kinds[row] for row in sound}
    assert set(reported.invalid["column"]) >= {
        *("customer_id", "kind", "occurred_at", "event_id", "sequence", "score", "behaviour"),
        *("situation", "opportunity_id", "full", "alternatives", "case_id", "action_id"),
    }
    alone = columnar.replay(frame[sound], transitions=True)
    assert reported.customers.equals(alone.customers)
    assert reported.transitions.equals(alone.transitions)
    assert reported.snapshots.equals(alone.snapshots)
    with pytest.raises(errors.InvalidRows) as caught:
        columnar.replay(frame)
    assert caught.value.count == len(bad)
