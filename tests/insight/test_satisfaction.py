"""Satisfaction: the published meaning of NPS, complaints, and who comes back."""

from __future__ import annotations

import pytest
from scipy import stats

from insight.frames import book_of, bought, event
from lifecycle_model import Lifecycle, Policy
from lifecycle_model.errors import UnknownName
from lifecycle_model.insight import net_promoter_score, satisfaction


def nps(*scores: int) -> dict[str, float]:
    """Return the one row of the score of some answers."""
    return net_promoter_score(scores).frame.row(0, named=True)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([10] * 5, 100),
        ([6] * 5, -100),
        ([7] * 5, 0),
        ([9] * 30 + [8] * 50 + [0] * 20, 10),
        ([10], 100),
    ],
)
def test_net_promoter_score(scores: list[int], expected: float) -> None:
    """All 10 is 100, all 6 is -100, all 7 is 0; 30 % promoters and 20 % detractors is +10."""
    row = nps(*scores)

    assert row["nps"] == pytest.approx(expected)
    assert row["answers"] == len(scores)
    assert row["nps_low"] <= row["nps"] <= row["nps_high"]
    assert row["nps_reason"] is None


def test_no_answers_have_no_score() -> None:
    """Undefined, and not 0; nor is there an interval."""
    row = nps()

    assert (row["nps"], row["nps_low"], row["nps_high"]) == (None, None, None)
    assert (row["answers"], row["nps_reason"]) == (0, "nobody answered")


def test_interval_of_the_score() -> None:
    """Bonett & Price: one more promoter and detractor, two more answers."""
    row = nps(*[9] * 30 + [8] * 50 + [0] * 20)
    up, down = 31 / 102, 21 / 102
    spread = ((up + down - (up - down) ** 2) / 102) ** 0.5
    low, high = stats.norm(up - down, spread).interval(0.95)

    assert (row["nps_low"], row["nps_high"]) == pytest.approx((100 * low, 100 * high))


def test_answers_that_are_all_alike_keep_an_interval() -> None:
    """Zero variance among five answers is no certainty."""
    row = nps(10, 10, 10, 10, 10)

    assert row["nps_low"] < 60
    assert row["nps_high"] == 100


def test_score_by_period_and_in_all() -> None:
    """January has one promoter, February none, March one detractor; the last row is all."""
    book = book_of(
        event("a", "survey_answered", 0, score=10), event("b", "survey_answered", 61, score=2)
    )
    frame = satisfaction(book).nps.frame

    assert frame["nps"].to_list() == [100, None, -100, 0]
    assert frame["period"].null_count() == 1
    assert frame["nps_reason"].to_list() == [None, "nobody answered", None, None]


def test_complaints_per_thousand_customers() -> None:
    """Two complaints among four customers of January; requests and leads do not count."""
    book = book_of(
        *[bought(name, 0) for name in "abcd"],
        event("a", "case_opened", 1, case_id="1", complaint=True),
        event("a", "case_opened", 2, case_id="2", complaint=True),
        event("b", "case_opened", 2, case_id="1"),
        event("lead", "lead_qualified", 2),
        event("lead", "case_opened", 3, case_id="1", complaint=True),
        until=40,
    )
    found = satisfaction(book).complaints

    assert found.frame.select("complaints", "customers", "complaints_per_1000").rows() == [
        (2, 4, 500.0),
        (0, 4, 0.0),
    ]
    assert found.ratio("complaints_per_1000").of.startswith("customers at any time")


def test_a_customer_who_left_and_came_back_is_one_customer() -> None:
    """Met twice in January, counted once; and still there in February."""
    book = book_of(
        bought("a", 0),
        event("a", "customer_left", 5),
        bought("a", 10),
        bought("b", 10),
        until=40,
    )

    assert satisfaction(book).complaints.frame["customers"].to_list() == [2, 2]


def test_who_left_is_no_customer_in_the_next_period() -> None:
    """Left on 6 January: none in February, and no rate."""
    book = book_of(bought("a", 0), event("a", "customer_left", 5), until=40)
    row = satisfaction(book).complaints.frame.row(1, named=True)

    assert (row["customers"], row["complaints_per_1000"]) == (0, None)
    assert row["complaints_per_1000_reason"] == "nobody was a customer"


def test_days_to_resolve_a_complaint() -> None:
    """Closed after 2, 4 and 6 days; one is still open and counts as watched."""
    events = [bought(name, 0) for name in "abcd"]
    for name, closed in zip("abc", (2, 4, 6), strict=True):
        events.append(event(name, "case_opened", 1, case_id="k", complaint=True))
        events.append(event(name, "case_closed", 1 + closed, case_id="k"))
    events.append(event("d", "case_opened", 1, case_id="k", complaint=True))
    row = satisfaction(book_of(*events, until=30)).to_resolve.row(0, named=True)

    assert (row["cases"], row["ended"]) == (4, 3)
    assert (row["lower_quartile"], row["median"], row["upper_quartile"]) == (2, 4, 6)


def test_a_complaint_ends_unresolved_where_the_customer_leaves_or_it_opens_again() -> None:
    """Neither is a resolution; requests are no complaints."""
    book = book_of(
        bought("a", 0),
        event("a", "case_opened", 1, case_id="k", complaint=True),
        event("a", "customer_left", 3),
        event("a", "case_closed", 5, case_id="k"),
        bought("b", 0),
        event("b", "case_opened", 1, case_id="k", complaint=True),
        event("b", "case_opened", 2, case_id="k", complaint=True),
        event("b", "case_opened", 2, case_id="r"),
        event("b", "case_closed", 7, case_id="k"),
    )
    row = satisfaction(book).to_resolve.row(0, named=True)

    assert (row["cases"], row["ended"], row["lower_quartile"]) == (3, 1, 5)


def test_recovery_of_the_dissatisfied() -> None:
    """One comes back after 9 days, one leaves, one is dissatisfied still."""
    book = book_of(
        *[bought(name, 0) for name in "abc"],
        *[event(name, "survey_answered", 1, score=2) for name in "abc"],
        event("a", "survey_answered", 10, score=9),
        event("b", "customer_left", 12),
        until=40,
    )
    found = satisfaction(book)
    recovery = found.recovery.frame

    assert recovery.select("ended", "recovered", "lost", "recovery_rate").rows() == [
        (2, 1, 1, 0.5),
        (0, 0, 0, None),
    ]
    assert recovery["recovery_rate_reason"][1] == "no dissatisfaction ended"
    assert found.dissatisfied == 1
    assert found.to_recover.select("cases", "ended", "lower_quartile", "median").row(0) == (
        3,
        1,
        9,
        None,
    )


def test_the_scale_does_not_follow_the_policy() -> None:
    """An answer of 7 is passive also where the policy is dissatisfied below 8."""
    book = book_of(
        event("a", "survey_answered", 0, score=7),
        lifecycle=Lifecycle(Policy(detractor_score=7, satisfied_score=8)),
    )

    assert satisfaction(book).nps.frame["nps"].to_list() == [0, 0]


def test_an_empty_book() -> None:
    """Everything is defined, nothing has happened."""
    found = satisfaction(book_of())

    assert found.complaints.frame.height == found.recovery.frame.height == 0
    assert found.to_resolve.select("cases", "median", "median_reason").row(0) == (
        0,
        None,
        "fewer than half have ended",
    )
    assert found.dissatisfied == 0


def test_a_log_without_surveys_and_cases() -> None:
    """Purchases only: nobody answered, nobody complained."""
    book = book_of(bought("a", 0))
    frame = satisfaction(book).complaints.frame

    assert frame["complaints"].to_list() == [0]
    assert frame["complaints_per_1000"].to_list() == [0]


def test_an_unknown_period_is_refused() -> None:
    """Day, week or month."""
    with pytest.raises(UnknownName):
        satisfaction(book_of(), "quarter")
