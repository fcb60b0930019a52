"""The models behind a backtest: BG/NBD, the pace that cools, and the orders."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, strategies as st
from scipy.optimize import check_grad
from scipy.special import hyp2f1

from insight.frames import cdnow_sample, day
from lifecycle_model.insight.bgnbd import BGNBD, _Likelihood, fit_bgnbd
from lifecycle_model.insight.cooling import cooling_exponent, forecast_of
from lifecycle_model.insight.ranking import area, normalised_gini, quintile

PAPER = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)


def buyers(weeks: int = 39) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return x, t_x, T and the number of customers of the CDNOW sample."""
    end = day("1997-01-01").toordinal() + weeks * 7 - 1
    days = cdnow_sample().select(
        "customer_id", day=pl.col("occurred_at").dt.date().cast(pl.Int32) + 719163
    )
    found = (
        days.filter(pl.col("day") <= end)
        .group_by("customer_id")
        .agg(
            x=pl.col("day").n_unique() - 1.0,
            recency=(pl.col("day").max() - pl.col("day").min()) / 7,
            age=(end - pl.col("day").min()) / 7,
        )
    )
    columns = [found[name].to_numpy() for name in ("x", "recency", "age")]
    return (*columns, np.ones(found.height))


def test_repeat_purchases_of_the_sample() -> None:
    """Customers by repeat purchase days in the first 39 weeks, 0 to 6 and more."""
    x, *_ = buyers()
    counts = np.bincount(np.minimum(x, 7).astype(int))

    assert counts.tolist() == [1411, 439, 214, 100, 62, 38, 29, 64]
    assert x.sum() == 2457
    assert buyers(78)[0].sum() - x.sum() == 1882


def test_fit_reaches_the_published_likelihood() -> None:
    """-9582.4, with the published parameters and with the fitted ones."""
    fitted = fit_bgnbd(*buyers())

    assert round(PAPER.log_likelihood(*buyers()), 1) == -9582.4
    assert round(fitted.log_likelihood(*buyers()), 1) == -9582.4
    assert fitted.log_likelihood(*buyers()) >= PAPER.log_likelihood(*buyers())


def test_expectation_is_the_papers_formula() -> None:
    """The rewritten hypergeometric function is the one of equation 10."""
    x, recency, age, _ = buyers()
    r, alpha, a, b, t = PAPER.r, PAPER.alpha, PAPER.a, PAPER.b, 39.0
    series = hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + age + t))
    above = (a + b + x - 1) / (a - 1)
    above = above * (1 - ((alpha + age) / (alpha + age + t)) ** (r + x) * series)
    ratio = (alpha + age) / (alpha + recency)
    below = 1 + (x > 0) * a / (b + np.maximum(x, 1) - 1) * ratio ** (r + x)

    assert PAPER.expected(x, recency, age, t) == pytest.approx(above / below)
    assert round(PAPER.expected(x, recency, age, t).sum()) == 1654


def test_expectation_where_a_is_one() -> None:
    """The formula divides by a - 1; beside it the values run together."""
    one = np.array([2.0]), np.array([30.43]), np.array([38.86])
    values = [
        float(BGNBD(0.243, 4.414, a, 2.426).expected(*one, 39.0)[0])
        for a in (0.999, 1.0, 1.001)
    ]

    assert values[1] == pytest.approx((values[0] + values[2]) / 2, rel=1e-4)


def test_expectation_of_very_many_purchases_is_finite() -> None:
    """A thousand purchases and then a long silence: nothing overflows."""
    found = PAPER.expected(np.array([1000.0]), np.array([10.0]), np.array([500.0]), 39.0)

    assert found == pytest.approx([0.0])


@given(
    st.tuples(*[st.floats(-4, 3)] * 4), st.integers(0, 400), st.floats(0, 1), st.floats(0, 300)
)
def test_expectation_is_finite_and_grows_with_time(
    logarithms: tuple[float, ...], x: int, place: float, age: float
) -> None:
    """Over a wide range of parameters: from 0 up, more in two years than in one."""
    model = BGNBD(*np.exp(logarithms).tolist())
    recency = (x / 7 + age) * place if x else 0.0
    age = x / 7 + age
    one = np.array([float(x)]), np.array([recency]), np.array([age])
    values = [float(model.expected(*one, t)[0]) for t in (0.0, 52.0, 104.0)]

    assert np.isfinite(values).all()
    assert values[0] == pytest.approx(0, abs=1e-6)
    assert values == pytest.approx(sorted(values), abs=1e-6)


def test_slope_of_the_likelihood_is_right() -> None:
    """Against finite differences."""
    likelihood = _Likelihood(*buyers())
    at = np.log([0.3, 5.0, 0.7, 2.0])

    assert check_grad(lambda p: likelihood(p)[0], lambda p: likelihood(p)[1], at) < 1e-5


def test_alike_buyers_may_be_counted_together() -> None:
    """Two customers of one kind weigh as much as that kind twice."""
    x, recency, age, ones = buyers()
    twice = fit_bgnbd(x, recency, age, ones * 2)

    assert twice.log_likelihood(x, recency, age, ones) == pytest.approx(
        fit_bgnbd(x, recency, age, ones).log_likelihood(x, recency, age, ones)
    )


def test_cooling_exponent_has_the_greatest_likelihood() -> None:
    """No other power law explains these ages better."""
    ages, ends = np.array([1.0, 2, 3, 7, 15, 40, 90]), np.array([100.0, 60, 100, 0])

    def likelihood(b: float) -> float:
        held = ends[ends > 0]
        scale = len(ages) / (held**b).sum()
        return len(ages) * np.log(scale * b) + (b - 1) * np.log(ages).sum() - len(ages)

    best = cooling_exponent(pl.Series(ages), pl.Series(ends))

    assert best == pytest.approx(max(np.linspace(0.01, 1, 9901), key=likelihood), abs=1e-4)


def test_without_repeat_purchases_the_pace_is_steady() -> None:
    """There is nothing to tell otherwise."""
    assert cooling_exponent(pl.Series([], dtype=pl.Int64), pl.Series([10])) == 1.0


def frame(*rows: tuple[str, int, int]) -> pl.DataFrame:
    """Return buyers: state, age, purchase days."""
    return pl.DataFrame(rows, ["state", "age", "purchase_days"], orient="row")


def test_forecast_follows_the_earlier_pace() -> None:
    """Ten customers made 20 purchase days in 10 days: in 5 days 5 customers make 5."""
    earlier = frame(*[("a", 0, 2)] * 10)
    now = frame(*[("a", 50, 0)] * 5)

    found = forecast_of(earlier, now, watched=10, horizon=5, exponent=1.0)

    assert found.select("state", "customers", "expected").rows() == [("a", 5, 5.0)]


def test_forecast_cools_with_age() -> None:
    """At t^0.5 the days from 100 to 121 bring as much as those from 0 to 1."""
    found = forecast_of(
        frame(("a", 0, 1)), frame(("a", 100, 0)), watched=1, horizon=21, exponent=0.5
    )

    assert found["expected"].item() == pytest.approx(1)


def test_a_class_without_a_past_takes_the_common_pace() -> None:
    """And says so."""
    found = forecast_of(
        frame(("a", 0, 4)), frame(("a", 0, 0), ("b", 0, 0)), watched=4, horizon=4, exponent=1.0
    )

    assert found.rows() == [
        ("a", 1, 4.0, None),
        ("b", 1, 4.0, "nobody stood there earlier: the common pace"),
    ]


def test_a_forecast_from_nothing_is_nothing() -> None:
    """Nobody was there earlier, or nobody bought, or no day was watched."""
    for earlier, watched in ((frame().cast({"age": pl.Int64}), 5), (frame(("a", 0, 0)), 5)):
        found = forecast_of(
            earlier.cast({"state": pl.String, "purchase_days": pl.Int64}),
            frame(("a", 3, 0)),
            watched=watched,
            horizon=9,
            exponent=1.0,
        )
        assert found["expected"].to_list() == [0.0]


def shares(order: tuple[int, ...]) -> float:
    """Return the mean share gathered, customer by customer."""
    return float(np.mean(np.cumsum(order) / sum(order)))


def test_ties_add_their_average() -> None:
    """The area is the mean over every order that the ties allow."""
    later = (5, 0, 1, 2)
    tied = pl.DataFrame({"score": [2, 1, 1, 1], "later": later})
    orders = [shares((5, *rest)) for rest in permutations(later[1:])]

    assert area(tied, ["score"], "later") == pytest.approx(np.mean(orders))


@given(st.lists(st.integers(0, 9), min_size=2, max_size=20))
def test_no_order_is_better_than_the_perfect_one(later: list[int]) -> None:
    """Its Gini is 1, where there is one at all."""
    people = pl.DataFrame({"later": later, "place": range(len(later))})
    perfect, reason = normalised_gini(people, ["later"], "later")
    other, _ = normalised_gini(people, ["place"], "later")

    assert (perfect is None) == (reason is not None) == (len(set(later)) == 1)
    if perfect is not None:
        assert perfect == pytest.approx(1)
        assert other <= 1 + 1e-9


def test_quintiles_are_as_large_as_ties_allow() -> None:
    """A fifth of the customers each; equal values stay together."""
    even = pl.DataFrame({"v": range(10)}).select(quintile("v"))["v"].to_list()
    tied = pl.DataFrame({"v": [0] * 9 + [1]}).select(quintile("v"))["v"].to_list()

    assert even == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert tied == [3] * 9 + [5]
