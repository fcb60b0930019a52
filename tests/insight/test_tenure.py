"""The lifecycle curve."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import polars as pl
import pytest

from insight.frames import book_of, bought, event, sample_book
from insight.plain import UNTIL, day_of, plain_stays, random_book, random_histories
from lifecycle_model.errors import MixedCurrencies, TooFewDays
from lifecycle_model.insight import tenure


def test_revenue_against_the_time_since_the_first_purchase() -> None:
    """Two customers, ten days a block: 10 and 20 first, then 6 from one of them."""
    book = book_of(
        bought("a", 0, amount="10"),
        bought("a", 10, amount="6"),
        bought("b", 5, amount="20"),
        until=24,
    )
    frame = tenure(book, 10).curve.frame

    assert frame.select("block", "customers", "active", "revenue").rows() == [
        (0, 2, 2, 30),
        (1, 2, 1, 6),
    ]
    assert frame["revenue_each"].to_list() == [15, 3]
    assert frame["cumulative_each"].to_list() == [15, 18]
    assert frame["share_active"].to_list() == [1, 0.5]


def test_a_block_that_is_not_over_is_left_out() -> None:
    """Followed for 19 days: one whole block of ten."""
    book = book_of(bought("a", 0, amount="10"), bought("a", 15, amount="9"), until=18)

    assert tenure(book, 10).curve.frame["revenue"].to_list() == [10]


def test_reversals_are_taken_off_on_their_own_day() -> None:
    """30 back in the second block."""
    book = book_of(
        bought("a", 0, amount="50"), event("a", "purchase_reversed", 12, amount="30"), until=20
    )
    frame = tenure(book, 10).curve.frame

    assert frame["revenue"].to_list() == [50, -30]
    assert frame["active"].to_list() == [1, 0]


def test_by_situation_at_the_beginning_of_each_block() -> None:
    """Occasional for two blocks, regular in the third."""
    days = (0, 11, 12, 21)
    book = book_of(*[bought("a", day, amount="10") for day in days], until=29)
    frame = tenure(book, 10).by_situation.frame

    assert frame.select("situation", "block", "revenue").rows() == [
        ("occasional", 0, 10),
        ("occasional", 1, 20),
        ("regular", 2, 10),
    ]


def test_by_stage_at_the_end_of_the_book() -> None:
    """One customer is lost, one is in monetization."""
    book = book_of(
        bought("a", 0, amount="1"),
        event("a", "customer_left", 3),
        bought("b", 0, amount="2"),
        until=9,
    )
    frame = tenure(book, 10).by_stage.frame

    assert frame.select("stage", "customers", "revenue").rows() == [
        ("monetization", 1, 2),
        ("recovery", 1, 1),
    ]


def test_every_part_adds_up_to_the_curve() -> None:
    """On the CDNOW sample, for customers and revenue alike."""
    found = tenure(sample_book(), 30)
    for part in (found.by_situation, found.by_stage):
        counts = pl.col("customers", "active", "revenue").sum()
        summed = part.frame.group_by("block").agg(counts).sort("block")
        for name in ("customers", "active"):
            assert summed[name].to_list() == found.curve.frame[name].to_list()
        assert summed["revenue"].to_list() == pytest.approx(
            found.curve.frame["revenue"].to_list()
        )


def test_blocks_are_those_of_a_plain_reading() -> None:
    """On random histories, by situation."""
    expected: dict[tuple[str, int], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 2)
    for history, customer in zip(random_histories(), plain_stays(), strict=True):
        bought_on = [
            day_of(e.occurred_at) for e in history.events if e.kind == "purchase_completed"
        ]
        if not bought_on:
            continue
        start = min(bought_on)
        for block in range(((day_of(UNTIL) - start).days + 1) // 7):
            first = start.toordinal() + 7 * block
            state = [one.state for one in customer if day_of(one.since).toordinal() <= first][
                -1
            ]
            count, revenue = expected[state, block]
            for one in history.events:
                if one.kind in {"purchase_completed", "purchase_reversed"}:
                    inside = 0 <= day_of(one.occurred_at).toordinal() - first < 7
                    sign = 1 if one.kind == "purchase_completed" else -1
                    revenue += sign * one.amount * inside
            expected[state, block] = [count + 1, revenue]
    frame = tenure(random_book(), 7).by_situation.frame
    found = {
        (row["situation"], row["block"]): [row["customers"], row["revenue"]]
        for row in frame.iter_rows(named=True)
    }

    assert found.keys() == expected.keys()
    for key, (count, revenue) in expected.items():
        assert found[key] == pytest.approx([float(count), float(revenue)])


def test_an_empty_book_and_one_without_purchases() -> None:
    """No blocks."""
    for book in (book_of(), book_of(event("a", "contacted"), until=90)):
        found = tenure(book)
        assert found.curve.frame.height == found.by_situation.frame.height == 0
        assert found.by_stage.frame.height == 0


def test_a_block_of_no_days_is_refused() -> None:
    """One day at least."""
    with pytest.raises(TooFewDays, match="days=0 is too few: give 1 or more"):
        tenure(book_of(bought("a")), 0)


def test_two_currencies_are_refused() -> None:
    """They cannot be added up."""
    with pytest.raises(MixedCurrencies):
        tenure(book_of(bought("a", currency="EUR"), bought("b", currency="USD")))
