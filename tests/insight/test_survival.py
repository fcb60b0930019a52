"""The Kaplan-Meier curve, beside the one of lifelines."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, strategies as st
from lifelines import KaplanMeierFitter
from lifelines.utils import qth_survival_time

from lifecycle_model.insight.survival import quartiles, survival_curve

CASES = st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=60)


def frame(cases: list[tuple[int, bool]]) -> pl.DataFrame:
    """Return cases as a frame."""
    return pl.DataFrame(cases, {"days": pl.Int64, "ended": pl.Boolean}, orient="row")


@pytest.mark.untraced
@given(CASES)
def test_curve_interval_and_quartiles_are_those_of_lifelines(
    cases: list[tuple[int, bool]],
) -> None:
    """Every step; where lifelines has no interval or no day, ours is null with a reason."""
    curve = survival_curve(frame(cases))
    other = KaplanMeierFitter().fit(*zip(*cases, strict=True))
    expected = other.survival_function_["KM_estimate"]
    bounds = other.confidence_interval_

    for row in curve.iter_rows(named=True):
        assert row["survival"] == pytest.approx(expected[row["days"]], abs=1e-12)
        if 0 < row["survival"] < 1:
            low, high = bounds.loc[row["days"]]
            assert (row["low"], row["high"]) == pytest.approx((low, high), abs=1e-7)
        else:
            assert (row["low"], row["high"]) == (None, None)
            assert row["reason"] in {"none has ended yet", "none is left"}
    days = quartiles(curve).row(0, named=True)
    for name, left in (("lower_quartile", 0.75), ("median", 0.5), ("upper_quartile", 0.25)):
        day = qth_survival_time(left, expected.round(9))
        assert days[name] == (None if day == float("inf") else day)
        assert (days[name] is None) == (days[f"{name}_reason"] is not None)


def test_groups_have_curves_of_their_own() -> None:
    """Two groups at once give what each gives alone."""
    first, second = frame([(1, True), (3, False)]), frame([(2, True), (2, True), (5, True)])
    both = pl.concat(
        [first.with_columns(group=pl.lit("a")), second.with_columns(group=pl.lit("b"))]
    )

    curve = survival_curve(both, ["group"])

    assert curve.filter(group="b").drop("group").rows() == survival_curve(second).rows()
    assert quartiles(curve, ["group"])["median"].to_list() == [1, 2]


def test_all_censored() -> None:
    """Nothing has ended: the curve stays at 1, and the reason is told."""
    curve = survival_curve(frame([(4, False), (9, False)]))

    assert curve["survival"].to_list() == [1, 1]
    assert quartiles(curve).select("cases", "ended", "median", "median_reason").row(0) == (
        2,
        0,
        None,
        "fewer than half have ended",
    )
