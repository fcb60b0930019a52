"""Growth accounting: against the known table of a whole cohort, and at its edges."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING

import polars as pl
import pytest

import cdnow
from insight.frames import book_of, bought, event, replayed
from lifecycle_model import Lifecycle, Policy
from lifecycle_model.errors import UnknownName
from lifecycle_model.insight import growth
from lifecycle_model.insight.forecasting import purchase_days

if TYPE_CHECKING:
    from lifecycle_model.insight import Book

END = datetime(1998, 6, 30, 12, tzinfo=UTC)
COUNTS = ("active", "new", "retained", "resurrected", "churned")

# Month of the cohort, then the counts. Source: Fader & Hardie's CDNOW master file.
KNOWN = {
    date(1997, 1, 1): (7846, 7846, 0, 0, 0),
    date(1997, 2, 1): (9633, 8476, 1157, 0, 6689),
    date(1997, 3, 1): (9524, 7248, 1681, 595, 7952),
    date(1997, 4, 1): (2822, 0, 1773, 1049, 7751),
    date(1997, 5, 1): (2214, 0, 852, 1362, 1970),
    date(1997, 6, 1): (2339, 0, 747, 1592, 1467),
    date(1997, 12, 1): (1864, 0, 632, 1232, 1396),
    date(1998, 6, 1): (1506, 0, 446, 1060, 1042),
}


@cache
def cohort() -> Book:
    """Return the book of the whole cohort."""
    return replayed(cdnow.cohort(), END, Lifecycle())


def test_the_known_table_of_the_cohort_comes_out_in_every_cell() -> None:
    """Eight months of the CDNOW cohort, each with its five counts."""
    table = growth(cohort()).frame
    found = {row[0]: row[1:] for row in table.select("period", *COUNTS).iter_rows()}

    assert {month: found[month] for month in KNOWN} == KNOWN
    assert len(found) == 18
    assert table["complete"].all()


def test_customers_of_the_cohort_by_purchase_days() -> None:
    """So many customers bought on 1, 2, 3, 4, 5, and 6 or more separate days."""
    log = cohort().log
    days = purchase_days(cohort()).group_by("customer").agg(n=pl.len().clip(0, 6))

    assert (days.group_by("n").len().sort("n")["len"].to_list()) == [
        12054,
        4040,
        2205,
        1436,
        991,
        2844,
    ]
    assert (log.height, days.height) == (69659, 23570)
    assert str(log["amount"].sum()) == "2500315.6300"


def test_every_active_customer_is_new_retained_or_resurrected() -> None:
    """The three parts add up, and nobody is new twice."""
    table = growth(cohort(), "week").frame
    parts = table["new"] + table["retained"] + table["resurrected"]

    assert table["active"].to_list() == parts.to_list()
    assert table["new"].sum() == 23570


def test_ratios_say_what_they_divide() -> None:
    """The quick ratio is the gained over the churned, the retention those who stayed."""
    table = growth(book_of(bought("a", 0), bought("b", 0), bought("a", 31), bought("c", 31)))
    february = table.frame.row(1, named=True)

    assert (february["gained"], february["churned"], february["quick_ratio"]) == (1, 1, 1.0)
    assert (february["retained"], february["before"], february["retention"]) == (1, 2, 0.5)
    assert table.ratio("quick_ratio").of == "customers churned in the period"
    assert table.ratio("retention").of == "customers active in the period before"


def test_a_ratio_without_a_denominator_is_null_with_its_reason() -> None:
    """In the first period nobody could churn or be retained."""
    row = growth(book_of(bought("a"))).frame.row(0, named=True)

    assert (row["quick_ratio"], row["quick_ratio_reason"]) == (
        None,
        "nobody churned in the period",
    )
    assert (row["retention"], row["retention_reason"]) == (
        None,
        "nobody was active in the period before",
    )
    assert (row["retention_low"], row["retention_high"]) == (None, None)


def test_periods_without_purchases_are_there() -> None:
    """A gap of two months shows as two months in which nobody bought."""
    table = growth(book_of(bought("a", 0), bought("a", 95))).frame

    assert (table.select("active", "new", "resurrected", "churned").rows()) == [
        (1, 1, 0, 0),
        (0, 0, 0, 1),
        (0, 0, 0, 0),
        (1, 0, 1, 0),
    ]


def test_a_period_that_is_not_over_says_so() -> None:
    """The book is followed to 15 February: January is complete, February is not."""
    table = growth(book_of(bought("a"), until=45)).frame

    assert table["complete"].to_list() == [True, False]


def test_a_log_without_purchases_has_its_periods_all_the_same() -> None:
    """Nobody was active, in every month that the customers were followed."""
    table = growth(book_of(event("a", "contacted"), until=31)).frame

    assert table["active"].to_list() == [0, 0]


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_an_empty_log_gives_an_empty_table(period: str) -> None:
    """The columns are there, the rows are not."""
    table = growth(book_of(), period).frame

    assert table.height == 0
    assert {"period", "quick_ratio", "quick_ratio_reason"} <= set(table.columns)


def test_days_lie_at_the_policys_offset() -> None:
    """Late on 31 January in UTC it is February an hour further east."""
    late = bought("a", 30 + 11.5 / 24)
    east = Lifecycle(Policy(day_offset_minutes=60))

    assert growth(book_of(late)).frame["period"].to_list() == [date(2024, 1, 1)]
    assert growth(book_of(late, lifecycle=east)).frame["period"].to_list() == [date(2024, 2, 1)]


def test_an_unknown_period_is_refused() -> None:
    """The error names the periods that there are."""
    with pytest.raises(UnknownName, match="'year' is unknown: use one of day, week, month"):
        growth(book_of(bought("a")), "year")
