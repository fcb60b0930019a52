"""The backtest: an independent program's figures, and what has none says why."""

from __future__ import annotations

from datetime import date
from functools import cache

import polars as pl
import pytest

from insight.frames import bought, cdnow_sample, day, event, log_of_events
from lifecycle_model import Event, Lifecycle, Policy
from lifecycle_model.errors import InvalidColumns, InvalidRows
from lifecycle_model.insight import BGNBD, Backtest, backtest

CUT = day("1997-09-30")
PAPER = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)


@cache
def sample() -> Backtest:
    """Return the backtest of the CDNOW sample after 39 weeks, BG/NBD as published."""
    return backtest(cdnow_sample(), CUT, bgnbd=PAPER)


@cache
def fitted() -> Backtest:
    """Return the same with BG/NBD fitted to the 39 weeks."""
    return backtest(cdnow_sample(), CUT)


def small(*events: Event, cut: str, until: str | None = None) -> Backtest:
    """Return the backtest of a few events."""
    last = None if until is None else day(until)
    return backtest(log_of_events(*events), day(cut), until=last)


def test_customers_of_each_situation_and_what_they_did() -> None:
    """How many, and their mean later purchase days and share active, on 30 September 1997."""
    frame = sample().situations.frame
    found = {
        row["state"]: (
            row["customers"],
            round(row["days_each"], 2),
            round(100 * row["share_active"], 1),
        )
        for row in frame.filter(pl.col("customers") > 0).iter_rows(named=True)
    }

    assert found == {
        "preferred": (131, 4.82, 77.1),
        "regular": (376, 1.62, 62.0),
        "occasional": (1850, 0.35, 18.9),
    }


def test_normalised_gini_of_every_order() -> None:
    """The readable order with recency beats BG/NBD on this cut."""
    found = {row[0]: round(row[1], 3) for row in sample().orders.iter_rows()}

    assert found == {
        "situation": 0.572,
        "situation, purchase days": 0.660,
        "situation, purchase days, recency": 0.686,
        "recency": 0.649,
        "frequency": 0.660,
        "RFM quintiles": 0.653,
        "BG/NBD": 0.663,
    }


def test_forecast_is_nearer_than_bgnbd() -> None:
    """1882 purchase days came; BG/NBD's fit expects 1653, the log's own pace 1841."""
    total = fitted().forecast.row(-1, named=True)

    assert total["state"] == "all"
    assert (total["customers"], total["observed"]) == (2357, 1882)
    assert round(total["bgnbd"]) == 1653
    assert round(total["expected"]) == 1841
    assert round(fitted().exponent, 3) == 0.746


def test_fitted_model_is_the_published_one() -> None:
    """R .243, alpha 4.414, a .793, b 2.426, as far as they are given."""
    model = fitted().bgnbd

    assert (round(model.r, 2), round(model.alpha, 2)) == (0.24, 4.41)
    assert (round(model.a, 2), round(model.b, 2)) == (0.79, 2.43)


def test_classes_add_up_to_the_total() -> None:
    """The forecast of all is the sum of the situations'."""
    rows = sample().forecast
    total = rows.row(-1, named=True)

    assert rows["state"].to_list() == ["preferred", "regular", "occasional", "all"]
    for name in ("customers", "observed", "expected", "bgnbd"):
        assert rows[name][:-1].sum() == pytest.approx(total[name])


def test_lift_is_against_all_customers() -> None:
    """Preferred customers make six times the mean."""
    row = sample().situations.frame.row(0, named=True)

    assert row["lift"] == pytest.approx(row["days_each"] / (1882 / 2357))
    assert sample().situations.ratio("lift").of == "mean later purchase days of all customers"


def test_curves_run_from_nothing_to_everything() -> None:
    """Each order's curve has 21 points and never falls."""
    curves = sample().curves

    for _, curve in curves.group_by("order"):
        days = curve.sort("customers")["days"]
        assert (len(days), days[0], days[-1]) == (21, 0, pytest.approx(1))
        assert days.is_sorted()


def test_a_situation_that_nobody_held_says_so() -> None:
    """The ratios of an empty row are null with the reason."""
    row = sample().situations.frame.row(-1, named=True)

    assert (row["state"], row["customers"]) == ("non_customer", 0)
    assert (row["share_active"], row["share_active_reason"]) == (
        None,
        "nobody was in this situation",
    )
    assert row["lift"] is None


def test_an_empty_log_has_defined_results() -> None:
    """Nobody, nothing, and the reasons."""
    found = small(cut="2024-06-30")

    assert found.situations.frame["customers"].sum() == 0
    assert set(found.orders["reason"].drop_nulls()) == {
        "nobody bought later",
        "nobody had bought again: there is nothing to fit",
    }
    assert found.orders["gini"].null_count() == 7
    assert found.curves.height == 0
    assert found.forecast.row(0)[:4] == ("all", 0, 0, 0.0)
    assert found.until == found.cut


def test_nobody_who_bought_again_means_no_bgnbd() -> None:
    """Null, with the reason; the other orders have their figures."""
    found = small(bought("a", 0), bought("b", 0), bought("a", 100), cut="2024-02-01")
    reasons = {row[0]: row[2] for row in found.orders.iter_rows()}

    assert found.bgnbd is None
    assert reasons["BG/NBD"] == "nobody had bought again: there is nothing to fit"
    assert reasons["recency"] is None
    assert found.forecast["bgnbd"].null_count() == found.forecast.height


def test_a_model_that_gives_no_number_is_left_out() -> None:
    """Wild parameters: null, with the reason, and the other orders have their figures."""
    log = log_of_events(bought("a", 0), bought("b", 0), bought("a", 100))
    wild = BGNBD(54.0, 1.0, 54.0, 148.0)

    found = backtest(log, day("2024-01-01"), bgnbd=wild)
    reasons = {row[0]: row[2] for row in found.orders.iter_rows()}

    assert reasons["BG/NBD"] == "the model's formula gives no number for these buyers"
    assert reasons["frequency"] is None
    assert found.forecast["bgnbd"].null_count() == found.forecast.height


def test_customers_who_all_buy_alike_cannot_be_ordered() -> None:
    """With one customer, or no variance, every order is as good as another."""
    one = small(bought("a", 0), bought("a", 100), cut="2024-02-01")

    assert set(one.orders["reason"].drop_nulls()) == {
        "every customer has as many later purchase days: no order is better than another",
        "nobody had bought again: there is nothing to fit",
    }
    assert one.situations.frame.filter(state="occasional")["lift"].item() == 1


def test_nothing_after_the_cut() -> None:
    """The cut is the last day or later: nobody bought, no order can be judged."""
    found = small(bought("a", 0), bought("a", 5), bought("b", 5), cut="2024-03-01")

    assert set(found.orders["reason"]) == {"nobody bought later"}
    assert found.situations.frame["active"].sum() == 0
    assert found.forecast.row(-1, named=True)["expected"] == 0
    assert found.bgnbd is not None


def test_a_cut_before_the_first_event() -> None:
    """Nobody is known yet."""
    found = small(bought("a", 10), cut="2024-01-01")

    assert found.situations.frame["customers"].sum() == 0
    assert found.until == date(2024, 1, 11)


def test_leads_stand_behind_all_who_bought() -> None:
    """Who never bought has no recency: last in every order; no part of the forecast."""
    found = small(
        event("lead", "lead_qualified", 0),
        bought("a", 0),
        bought("b", 1),
        bought("b", 9),
        bought("b", 100),
        cut="2024-02-01",
    )
    frame = found.situations.frame

    assert frame.filter(state="potential")["customers"].item() == 1
    assert found.forecast.row(-1, named=True)["customers"] == 2
    ginis = {row[0]: row[1] for row in found.orders.iter_rows()}
    assert ginis["recency"] == ginis["frequency"] == 1


def test_the_last_day_that_counts_can_be_given() -> None:
    """Purchases after it are no later ones."""
    events = (bought("a", 0), bought("b", 0), bought("a", 60), bought("a", 90))

    assert small(*events, cut="2024-02-01").situations.frame["later_days"].sum() == 2
    found = small(*events, cut="2024-02-01", until="2024-03-10")
    assert found.situations.frame["later_days"].sum() == 1


def test_a_log_without_times_is_refused() -> None:
    """As by a replay; and a time that is none is told, wherever the cut lies."""
    log = log_of_events(bought("a", 0), bought("b", 1))
    wrong = log.with_columns(occurred_at=pl.Series(["2024-01-01T12:00:00Z", "soon"]))

    with pytest.raises(InvalidColumns, match="occurred_at"):
        backtest(log.drop("occurred_at"), day("2024-02-01"))
    with pytest.raises(InvalidRows, match="soon"):
        backtest(wrong, day("2023-01-01"))


def test_the_whole_day_of_the_cut_is_folded() -> None:
    """At the policy's offset: late on 31 January in UTC is February an hour further east."""
    log = log_of_events(bought("a", 0), bought("b", 30 + 11.5 / 24))
    east = Lifecycle(Policy(day_offset_minutes=60))

    here = backtest(log, day("2024-01-31"))
    there = backtest(log, day("2024-01-31"), east)

    assert here.situations.frame["customers"].sum() == 2
    assert there.situations.frame["customers"].sum() == 1


def test_copies_count_once_and_days_once() -> None:
    """Two orders of one day are one purchase day; a copy of an event is none."""
    log = log_of_events(
        bought("a", 0, event_id="1"),
        bought("a", 60, event_id="2", amount="10"),
        bought("a", 60.1, event_id="3", amount="5"),
    )
    found = backtest(pl.concat([log, log.tail(1)]), day("2024-02-01"))
    row = found.situations.frame.filter(state="occasional").row(0, named=True)

    assert (row["later_days"], row["purchases"], row["revenue"]) == (1, 2, 15)


def test_a_log_without_event_ids_will_do() -> None:
    """The column is not needed."""
    log = log_of_events(bought("a", 0), bought("a", 60)).drop("event_id")

    found = backtest(log, day("2024-02-01"))

    assert found.situations.frame["purchases"].sum() == 1
