"""Amounts, numbers, words and ids of every type: what is none is told with its value."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from columnar.logs import NOON, cells_of, faults, log, values
from lifecycle_model import (
    BuyingPosition,
    Situation,
    columnar,
)

AMOUNT = "is not an amount from 0 to 1e11 with at most four decimals: correct it"
WIDE = "is not a whole number of 64 bits: correct it"
EMPTY = "is empty: give it a name, or leave the cell null"


@pytest.mark.parametrize(
    ("cells", "dtype", "bad"),
    [
        ([19.9, -0.01, 1e-5, float("inf"), 1e11, 1e11 + 1], pl.Float64, (1, 2, 3, 5)),
        ([0.1 + 0.2, -0.0, 123456.7891, 99999999999.9999], pl.Float64, (0,)),
        ([19.9, -1.0, 1e-5, float("inf")], pl.Float32, (1, 2, 3)),
        ([19.9, -1.0, float("inf")], pl.Float16, (1, 2)),
        ([Decimal("1.5000"), Decimal("-0.0001")], pl.Decimal(20, 4), (1,)),
        ([Decimal("1.50000"), Decimal("1.00001")], pl.Decimal(20, 5), (1,)),
        ([Decimal(10) ** 37, Decimal(10) ** 11], pl.Decimal(38, 0), (0,)),
        ([Decimal("1e-30"), Decimal(0)], pl.Decimal(38, 38), (0,)),
        ([10**11, 10**11 + 1, -1, -(2**63)], pl.Int64, (1, 2, 3)),
        ([5, 2**63, 2**64 - 1], pl.UInt64, (1, 2)),
        ([5, 2**100], pl.Int128, (1,)),
        ([127, -128], pl.Int8, (1,)),
        (["19.90", " 5 ", "1e3", "1_0"], pl.String, ()),
        (
            ["1,5", "NaN", "inf", "-1", "", "x", "0.00001", "100000000000.01"],
            pl.String,
            range(8),
        ),
        (["1.5", "x"], pl.Categorical, (1,)),
    ],
)
def test_amounts_are_exact_and_bounded_in_every_type(cells: Any, dtype: Any, bad: Any) -> None:
    """Finite, from 0 to 10^11, at most four decimals: as numbers, decimals and text."""
    frame = cells_of("purchase_completed", "amount", cells, dtype)

    found = faults(frame)

    assert list(values(found, "amount")) == list(bad)
    assert {one[3] for one in found} <= {AMOUNT}


@pytest.mark.parametrize(
    ("cell", "dtype", "units"),
    [
        (19.9, pl.Float64, 199_000),
        (19.9, pl.Float32, 199_000),
        (123456.79, pl.Float32, 1_234_567_900),
        (100000.0625, pl.Float32, 1_000_000_625),
        (99999997952.0, pl.Float32, 999_999_979_520_000),
        (19.9, pl.Float16, 199_000),
        (99999999999.9999, pl.Float64, 999_999_999_999_999),
        (Decimal("19.9"), pl.Decimal(38, 10), 199_000),
        (10**11, pl.UInt64, 10**15),
        ("19.9", pl.String, 199_000),
        ("1e-4", pl.String, 1),
    ],
)
def test_an_amount_is_the_decimal_that_is_written(cell: Any, dtype: Any, units: int) -> None:
    """A narrow float is the number itself where it has four decimals, else the shortest."""
    replay = columnar.replay(cells_of("purchase_completed", "amount", [cell], dtype))

    assert replay.customers["revenue"].to_list() == [Decimal(units) / 10_000]


@pytest.mark.parametrize("column", ["score", "sequence"])
@pytest.mark.parametrize(
    ("cells", "dtype", "bad"),
    [
        ([7.0, 7.5, float("inf"), float("-inf")], pl.Float64, (1, 2, 3)),
        ([7, 0], pl.UInt64, ()),
        ([Decimal("7.00"), Decimal("7.50")], pl.Decimal(10, 2), (1,)),
        (["7", " 7", "7.5", "x", "", "true", "9" * 30], pl.String, (2, 3, 4, 5, 6)),
        (["7", "x"], pl.Categorical, (1,)),
    ],
)
def test_whole_numbers_are_whole_in_every_type(
    column: str, cells: Any, dtype: Any, bad: Any
) -> None:
    """A float that is whole is one, for frames without whole numbers that may be null."""
    assert list(
        values(faults(cells_of("survey_answered", column, cells, dtype)), column)
    ) == list(bad)


def test_scores_lie_between_0_and_10() -> None:
    """Both ends are scores."""
    found = faults(cells_of("survey_answered", "score", [0, 10, 11, -1]))

    assert values(found, "score") == {2: "11", 3: "-1"}
    assert found[0][3] == "is not a whole number from 0 to 10: correct it"


@pytest.mark.parametrize(
    ("cells", "dtype", "bad"),
    [
        ([2**63 - 1, -(2**63)], pl.Int64, ()),
        ([2**63 - 1, 2**63], pl.UInt64, (1,)),
        ([-(2**63), -(2**63) - 1], pl.Int128, (1,)),
        ([Decimal(2**63 - 1), Decimal(2**63)], pl.Decimal(38, 0), (1,)),
        ([-(2.0**63), 2.0**63, 1e300], pl.Float64, (1, 2)),
        ([str(2**63 - 1), str(2**63)], pl.String, (1,)),
    ],
)
def test_sequences_have_64_bits(cells: Any, dtype: Any, bad: Any) -> None:
    """From -2^63 to 2^63 - 1, however they are written."""
    found = faults(cells_of("product_used", "sequence", cells, dtype))

    assert [(row, reason) for row, _, _, reason in found] == [(row, WIDE) for row in bad]


def test_a_large_sequence_keeps_all_its_digits() -> None:
    """Decimals, which some databases give for large numbers, do not pass through floats."""
    same = {"customer_id": "c", "event_id": ["late", "early"], "kind": "survey_answered"}
    exact = pl.Series([Decimal(2**53 + 1), Decimal(2**53)], dtype=pl.Decimal(38, 0))
    frame = log(2, **same, score=pl.Series([0, 10]), sequence=exact)
    buyer = log(1, "purchase_completed", customer_id="c", occurred_at=[NOON - timedelta(1)])

    replay = columnar.replay(
        pl.concat([frame, buyer], how="diagonal_relaxed"), transitions=True
    )

    assert replay.transitions["rule"].to_list()[-1] == "detractor"


@pytest.mark.parametrize(
    ("column", "states", "reason"),
    [
        ("situation", Situation, "is not a situation: use one of non_customer, "),
        ("position", BuyingPosition, "is not a buying position: use one of status_quo, "),
    ],
)
def test_states_are_exact(column: str, states: Any, reason: str) -> None:
    """Every word of the axis is known, plain or as a category, and no other."""
    words = [str(state) for state in states]
    strange = ["Regular", "", " ", "gone"]
    for dtype in (pl.String, pl.Categorical, pl.Enum([*words, *strange])):
        frame = cells_of("manual_correction", column, words + strange, dtype)

        found = faults(frame)

        rows = range(len(words), len(words) + 4)
        assert values(found, column) == {
            row: f"'{one}'" for row, one in zip(rows, strange, strict=True)
        }
        assert found[0][3].startswith(reason)


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("purchase_reversed", "full"),
        ("consent_changed", "allowed"),
        ("case_opened", "complaint"),
    ],
)
def test_flags_are_true_or_false(kind: str, column: str) -> None:
    """As such, as 1 and 0, and as the texts that single events know."""
    for cells, dtype, bad in (
        ([True, False], pl.Boolean, ()),
        ([0, 1, 2, -1], pl.Int64, (2, 3)),
        ([0.0, 1.0, 0.5], pl.Float64, (2,)),
        (["true", "False", "1", "0", "yes", "off", "2", "", "maybe"], pl.String, (6, 7, 8)),
    ):
        found = faults(cells_of(kind, column, cells, dtype))

        assert list(values(found, column)) == list(bad)
        assert {one[3] for one in found} <= {
            "is not true or false: give one of them, or 1 or 0"
        }


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("product_used", "customer_id"),
        ("product_used", "event_id"),
        ("need_recognized", "opportunity_id"),
        ("interest_shown", "opportunity_id"),
        ("purchase_completed", "currency"),
        ("payment_overdue", "order_id"),
        ("case_opened", "case_id"),
        ("action_taken", "action_id"),
    ],
)
def test_ids_are_not_empty(kind: str, column: str) -> None:
    """A space is a name; nothing at all between the quotes is none."""
    for dtype in (pl.String, pl.Categorical):
        found = faults(cells_of(kind, column, ["", " ", "a"], dtype))

        assert found == [(0, column, "''", EMPTY)]


def test_a_list_of_texts_has_no_holes() -> None:
    """A null list is an empty one; a null among the texts is told."""
    frame = log(
        4,
        "evaluation_started",
        alternatives=pl.Series([["a"], [], None, ["a", None]], dtype=pl.List(pl.String)),
    )

    assert faults(frame) == [
        (3, "alternatives", "['a', None]", "has a null among its texts: leave it out")
    ]
