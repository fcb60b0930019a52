"""Value: published tables come out exactly, and the chain counts what happened."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from scipy import stats

from insight.frames import book_of, bought, event, sample_book
from lifecycle_model.errors import InvalidChain, MixedCurrencies
from lifecycle_model.insight import (
    Book,
    expected_numbers,
    expected_steps,
    lifetime_value,
    margin_multiple,
    retention_value,
    value,
)

# Pfeifer & Carraway 2000: who bought last month buys again with .30, and so on; the fifth state
# is lost. A purchase brings 40, contacting somebody costs 4.
PAPER = [
    [0.30, 0.70, 0, 0, 0],
    [0.20, 0, 0.80, 0, 0],
    [0.15, 0, 0, 0.85, 0],
    [0.05, 0, 0, 0, 0.95],
    [0, 0, 0, 0, 1],
]
REWARDS = [36, -4, -4, -4, 0]
STOPPING = [[0.30, 0.70, 0, 0], [0.20, 0, 0.80, 0], [0.15, 0, 0, 0.85], [0, 0, 0, 1]]


def test_pfeifer_and_carraway_over_four_periods() -> None:
    """The paper's table for T = 4."""
    found = lifetime_value(PAPER, REWARDS, discount=0.2, horizon=4)

    assert [round(one, 3) for one in found] == [50.115, 4.220, 0.592, -1.980, 0]


def test_pfeifer_and_carraway_without_end() -> None:
    """The paper's table for the infinite horizon."""
    found = lifetime_value(PAPER, REWARDS, discount=0.2)

    assert [round(one, 3) for one in found] == [52.320, 5.554, 1.251, -1.820, 0]


def test_pfeifer_and_carraway_stopping_after_three_months() -> None:
    """It pays to give a customer up one month earlier."""
    found = lifetime_value(STOPPING, [36, -4, -4, 0], discount=0.2)

    assert [round(one, 3) for one in found] == [53.149, 6.621, 2.644, 0]


def test_a_long_horizon_comes_near_the_endless_one() -> None:
    """Both forms are one formula."""
    long = lifetime_value(PAPER, REWARDS, discount=0.2, horizon=500)

    assert long == pytest.approx(lifetime_value(PAPER, REWARDS, discount=0.2))


def test_berger_and_nasr_case_1() -> None:
    """GC 260, M 50, r .75, d .2, ten years, the promotion in the middle of the year."""
    found = retention_value(margin=260, promotion=50, retention=0.75, discount=0.2, periods=10)

    assert round(found, 2) == 568.78


@pytest.mark.parametrize(
    ("retention", "discount", "expected"), [(0.80, 0.12, 2.50), (0.90, 0.10, 4.50), (0, 0, 0)]
)
def test_margin_multiples(retention: float, discount: float, expected: float) -> None:
    """R / (1 + i - r), as published."""
    assert margin_multiple(retention=retention, discount=discount) == pytest.approx(expected)


def test_a_customer_who_never_leaves_has_no_multiple_without_a_discount() -> None:
    """The sum has no end."""
    assert margin_multiple(retention=1, discount=0) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"retention": 1.2}, "retention: 1.2: is no probability"),
        ({"discount": -0.1}, "discount: -0.1: is below 0"),
        ({"discount": float("nan")}, "discount: nan: is below 0 or no number"),
        ({"periods": -1}, "periods: -1: is below 0"),
    ],
)
def test_numbers_that_cannot_be_are_refused(change: dict[str, float], message: str) -> None:
    """The error names the number."""
    good = {"margin": 1, "promotion": 0, "retention": 0.5, "discount": 0.1, "periods": 3}

    with pytest.raises(InvalidChain, match=message):
        retention_value(**(good | change))


@pytest.mark.parametrize(
    ("rows", "rewards", "discount", "horizon", "message"),
    [
        ([[1.0]], [1], 0, None, "discount: 0: is not above 0"),
        ([[1.0]], [1], -0.1, 2, "discount: -0.1: is below 0"),
        ([[1.0]], [1], 0.1, -2, "horizon: -2: is below 0"),
        ([[1.0]], [1, 2], 0.1, 2, "rewards or numbers: 2: are not 1"),
        ([[1.0, 0.0]], [1], 0.1, 2, "row 0: 2: has not 1 numbers"),
        ([[0.6, 0.6], [0, 1]], [1, 1], 0.1, 2, r"row 0: \[0.6, 0.6\]: are no probabilities"),
        ([[1.5, -0.5], [0, 1]], [1, 1], 0.1, 2, "row 0: .*none may be below 0"),
        ([[float("nan"), 1], [0, 1]], [1, 1], 0.1, 2, "row 0: .*are no probabilities"),
    ],
)
def test_what_is_no_chain_is_refused(
    rows: list[list[float]],
    rewards: list[float],
    discount: float,
    horizon: int | None,
    message: str,
) -> None:
    """The error names the row or the number."""
    with pytest.raises(InvalidChain, match=message):
        lifetime_value(rows, rewards, discount=discount, horizon=horizon)


def test_a_chain_of_nothing_has_no_values() -> None:
    """No states, no numbers."""
    assert lifetime_value([], [], discount=0.1) == ()
    assert expected_steps([], []) == ()


def test_expected_steps_to_a_target() -> None:
    """Tossing a coin until two heads in a row takes six tosses; from one head on, four."""
    coin = [[0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0, 1]]

    assert expected_steps(coin, [2]) == pytest.approx((6, 4, 0))


def test_a_target_that_may_be_missed_has_no_expected_time() -> None:
    """From the first state one may end in the third, which never leaves."""
    rows = [[0, 0.5, 0.5, 0], [0, 0, 0, 1], [0, 0, 1, 0], [0, 0, 0, 1]]

    assert expected_steps(rows, [3]) == (None, 1.0, None, 0.0)


def test_expected_numbers_keep_everybody() -> None:
    """Customers move, none is lost on the way."""
    found = expected_numbers(PAPER, [100, 20, 0, 3, 0], 12)

    assert [sum(row) for row in found] == pytest.approx([123] * 13)
    assert found[1] == pytest.approx(np.array([100, 20, 0, 3, 0]) @ np.array(PAPER))


def monthly_standings(book: Book) -> dict[int, list[str]]:
    """Return where each customer stood at the end of each month, the slow and plain way."""
    ends = [date(1997 + m // 12, m % 12 + 1, 1).toordinal() for m in range(1, 19)]
    found: dict[int, list[str]] = {}
    first = dict(enumerate(book.customers["first_event_at"].to_list()))
    moves: dict[int, list[tuple[int, str]]] = {}
    for row in book.moves.iter_rows(named=True):
        if row["axis"] == "situation":
            moves.setdefault(row["customer"], []).append((row["day"].toordinal(), row["after"]))
    for customer, at in first.items():
        for end in ends:
            if at.date().toordinal() < end:
                past = [state for day, state in moves[customer] if day < end]
                found.setdefault(customer, []).append(past[-1])
    return found


def test_the_chain_counts_every_customer_from_month_to_month() -> None:
    """On the CDNOW sample it agrees with a plain count."""
    chain = value(sample_book())
    expected = Counter(
        pair for row in monthly_standings(sample_book()).values() for pair in pairwise(row)
    )
    found = {row[:2]: row[2] for row in chain.moves.iter_rows() if row[2]}

    assert found == expected
    assert chain.states == ("non_customer", "occasional", "regular", "preferred")
    assert chain.absent == ("potential", "dissatisfied")


def test_rewards_are_booked_under_the_situation_before() -> None:
    """All revenue but that of each customer's first month is somebody's reward."""
    book = sample_book()
    chain = value(book)
    rows = [
        (row["customer"], row["day"].replace(day=1), row["amount"])
        for row in book.log.iter_rows(named=True)
    ]
    firsts = {customer: month for customer, month, _ in sorted(rows, reverse=True)}
    expected = sum(amount for customer, month, amount in rows if month > firsts[customer])

    assert chain.rewards.frame["revenue"].sum() == pytest.approx(float(expected))
    assert chain.rewards.ratio("revenue_each").of.startswith("customers who stood there")


def test_probabilities_are_the_mean_of_the_posterior() -> None:
    """One pseudo-move a row, spread evenly; the interval is the Beta's."""
    chain = value(sample_book())
    row = chain.moves.filter(before="regular", after="preferred").row(0, named=True)
    posterior = stats.beta(row["moved"] + 0.25, row["of"] + 1 - row["moved"] - 0.25)

    assert row["probability"] == pytest.approx(posterior.mean())
    assert (row["low"], row["high"]) == pytest.approx(posterior.interval(0.95))
    assert [sum(row) for row in chain.probabilities] == pytest.approx([1] * 4)


def test_forecast_starts_from_today() -> None:
    """Step 0 is where customers stand; nobody is lost on the way."""
    chain = value(sample_book())
    now = {row[1]: row[2] for row in chain.forecast(3).iter_rows() if row[0] == 0}
    totals = (
        chain.forecast(3).group_by("step").agg(pl.col("customers").sum())["customers"].to_list()
    )

    assert now == {"non_customer": 1487, "occasional": 445, "regular": 261, "preferred": 164}
    assert totals == pytest.approx([2357] * 4)


def test_better_situations_are_worth_more_and_lost_later() -> None:
    """On the CDNOW sample the order of the situations is the order of the values."""
    chain = value(sample_book())
    worth = chain.value(discount=0.01, margin=0.3)
    steps = chain.time_to_loss()

    assert worth["value"].to_list() == sorted(worth["value"])
    assert steps["periods"].to_list() == sorted(steps["periods"])
    assert steps["periods"][0] == 0
    assert steps["reason"].null_count() == 4


def test_costs_are_taken_off() -> None:
    """Contacting occasional customers costs 2 a month."""
    chain = value(sample_book())
    plain = chain.value(discount=0.01, horizon=0)
    paid = chain.value(discount=0.01, horizon=0, costs={"occasional": 2})

    assert (plain["value"] - paid["value"]).to_list() == pytest.approx([0, 2, 0, 0])
    assert plain["value"].to_list() == pytest.approx(plain["reward"].to_list())


def test_reversals_are_taken_off_the_revenue() -> None:
    """100 bought, 30 paid back in the same month."""
    book = book_of(
        bought("a", 0, amount="1"),
        bought("a", 40, amount="100"),
        event("a", "purchase_reversed", 41, amount="30"),
        until=59.5,
    )
    row = value(book).rewards.frame.row(0, named=True)

    assert (row["state"], row["revenue"], row["customer_periods"]) == ("occasional", 70, 1)


def test_a_situation_met_only_now_has_the_prior_alone() -> None:
    """Nobody was seen to leave it: the row says so, and no reward is known."""
    book = book_of(bought("a", 0), bought("a", 32), bought("a", 33), until=40)
    chain = value(book)
    row = chain.moves.filter(before="regular", after="occasional").row(0, named=True)
    worth = chain.value(discount=0.01).filter(state="regular").row(0, named=True)

    assert (row["of"], row["probability"]) == (0, 0.5)
    assert row["reason"] == "the prior alone: nobody stood there when a period began"
    assert (worth["reward"], worth["reason"]) == (0, "nobody stood there when a period began")


def test_where_nobody_is_lost_there_is_no_time_to_loss() -> None:
    """One customer who stays: null, and why."""
    steps = value(book_of(bought("a"), until=70)).time_to_loss()

    assert steps.row(0) == (
        "occasional",
        None,
        "nobody was a non-customer at the end of a period",
    )


def test_an_empty_book_has_an_empty_chain() -> None:
    """Every frame is there, without rows."""
    chain = value(book_of())

    assert (chain.states, chain.probabilities, len(chain.absent)) == ((), (), 6)
    assert chain.forecast(2).height == 0
    assert chain.time_to_loss().height == 0
    assert chain.value(discount=0.1).height == 0


def test_a_log_shorter_than_a_period_has_no_moves() -> None:
    """All that is known is where customers stand."""
    chain = value(book_of(bought("a"), until=3))

    assert chain.probabilities == ((1.0,),)
    assert chain.moves.row(0, named=True)["of"] == 0
    assert chain.moves.select("low", "high").row(0) == (1.0, 1.0)


def test_a_prior_must_weigh_something() -> None:
    """Without one a row without moves would be undefined."""
    with pytest.raises(InvalidChain, match="prior: 0: is not above 0"):
        value(book_of(bought("a")), prior=0)


def test_revenue_in_two_currencies_is_refused() -> None:
    """It cannot be added up."""
    with pytest.raises(MixedCurrencies):
        value(book_of(bought("a", currency="EUR"), bought("b", currency="USD")))
