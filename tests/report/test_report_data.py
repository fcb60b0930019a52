"""The document behind a page: figures of insight, and customers as the fold left them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from insight.frames import book_of, bought, cdnow_sample, event, histories_of, log_of_events
from lifecycle_model import Lifecycle
from lifecycle_model.insight import (
    deals,
    flows,
    funnel,
    growth,
    of_histories,
    satisfaction,
    value,
)
from lifecycle_model.report import document
from lifecycle_model.report.cells import as_events_take
from lifecycle_model.report.figures import MIXED, NO_PAIR, NO_PERIOD, period_of
from lifecycle_model.report.plain import plain
from lifecycle_model.report.stories import STEPS
from report.pages_of import folded, made_up

if TYPE_CHECKING:
    from lifecycle_model.insight import Book


@pytest.fixture(scope="module")
def book() -> Book:
    """Fold a log with all kinds of events."""
    return folded(made_up())


@pytest.fixture(scope="module")
def content(book: Book) -> dict[str, Any]:
    """Return the document of that log."""
    return document(book, name="made-up.csv")


def test_headline_figures_are_those_of_insight(book: Book, content: dict[str, Any]) -> None:
    """They are of the last complete period of the growth table, or of the whole log."""
    last = growth(book).frame.filter("complete").row(-1, named=True)
    won = deals(book).outcomes.frame.row(0, named=True)
    asked = satisfaction(book).nps.frame.row(-1, named=True)
    told = content["headline"]

    assert told["customers"]["value"] == book.customers.height == 120
    assert told["since"] == last["period"].isoformat()
    for name in ("new", "resurrected", "churned", "quick_ratio", "retention"):
        assert told[name]["value"] == plain(last[name])
    assert told["retention"]["below"] == last["before"]
    assert told["win_rate"]["value"] == plain(won["win_rate"])
    assert told["win_rate"]["below"] == won["closed"]
    assert [told["nps"][name] for name in ("value", "low", "high")] == [
        plain(asked[name]) for name in ("nps", "nps_low", "nps_high")
    ]


def test_sections_are_those_of_insight(book: Book, content: dict[str, Any]) -> None:
    """Funnel, flows, deals, satisfaction and forecast tell what their functions return."""
    steps = funnel(book).steps.frame
    moved = flows(book)
    dealt = deals(book)
    asked = satisfaction(book)
    expected = value(book).forecast(12)

    assert [row["conversion"]["value"] for row in content["funnel"]["steps"]] == [
        plain(one) for one in steps["conversion"]
    ]
    assert (
        sum(row["moves"] for row in content["flows"]["moves"])
        == moved.moves.frame["moves"].sum()
    )
    assert {row["state"]: row["median"] for row in content["flows"]["held"]} == dict(
        moved.held.select("state", "median").iter_rows()
    )
    assert content["deals"]["velocity"]["value"] == plain(dealt.velocity.value)
    assert content["deals"]["pipeline"] == dealt.pipeline.to_dicts()
    assert [row["complaints"] for row in content["satisfaction"]["complaints"]] == (
        asked.complaints.frame["complaints"].to_list()
    )
    assert [row["customers"] for row in content["forecast"]["expected"]] == [
        plain(one) for one in expected["customers"]
    ]


def test_everybody_stands_somewhere_at_the_end_of_each_period(
    book: Book, content: dict[str, Any]
) -> None:
    """The last point of the areas is the standing of the book, and nobody is lost before."""
    at_end = [row for row in content["standing"] if row["at"] == content["last_day"]]
    now = book.customers["situation"].cast(pl.String).value_counts()

    assert {row["state"]: row["customers"] for row in at_end if row["customers"]} == dict(
        now.iter_rows()
    )
    days = sorted({row["at"] for row in content["standing"]})
    totals = [
        sum(row["customers"] for row in content["standing"] if row["at"] == day) for day in days
    ]
    assert totals == sorted(totals)
    assert sum(row["customers"] for row in content["axes"]) == book.customers.height


def test_curves_are_thinned_but_whole(book: Book, content: dict[str, Any]) -> None:
    """Every curve begins with all, ends where it ends, and has few points."""
    curve = flows(book).survival
    for state, last in curve.group_by("state").agg(pl.col("survival").last()).iter_rows():
        points = [row for row in content["flows"]["survival"] if row["state"] == state]

        assert points[0] == {"state": state, "days": 0, "survival": 1.0}
        assert points[-1]["survival"] == plain(last)
        assert len(points) <= 130


def test_customers_are_as_the_fold_left_them(book: Book, content: dict[str, Any]) -> None:
    """The table stands on single replays, and agrees with the fold of the whole log."""
    rows = {row["id"]: row for row in content["customers"]["rows"]}

    assert content["customers"]["all"] == len(rows) == 120
    for one in book.customers.iter_rows(named=True):
        told = rows[one["customer_id"]]
        for axis in ("situation", "position", "stage", "sales_step", "service_state"):
            assert told[axis] == one[axis]
        assert told["purchases"] == one["purchases"]
        due = one["next_deadline"]
        assert told["due"] == (
            None if due is None else [due.date().isoformat(), one["next_deadline_rule"]]
        )


def test_timeline_tells_events_and_moves_in_order() -> None:
    """What time moved comes before the event of its day, and what an event moved after it."""
    events = [bought("a", 0, amount="9.50", currency="EUR"), bought("a", 500, amount=1)]
    content = document(book_of(*events, until=501))
    (row,) = content["customers"]["rows"]

    assert row["steps"][0] == ["2024-01-01", "purchase_completed", "9.5 EUR"]
    assert ["2025-01-30", "lapsed", "occasional", "non_customer"] in row["steps"]
    days = [step[0] for step in row["steps"]]
    assert days == sorted(days)
    assert row["earlier"] == 0


def test_timeline_keeps_the_latest_steps() -> None:
    """A long story is cut at its beginning, and says so."""
    content = document(book_of(*(event("a", "product_used", day) for day in range(60))))
    (row,) = content["customers"]["rows"]

    assert len(row["steps"]) == STEPS
    assert row["earlier"] == 60 - STEPS
    assert row["steps"][-1][0] == "2024-02-29"


def test_plan_is_that_of_the_verb() -> None:
    """Planned and waiting actions are those of `Lifecycle.plan`, alike for customers alike."""
    lifecycle = Lifecycle()
    events = [
        bought("a"),
        bought("b"),
        bought("c"),
        event("c", "consent_changed", 1, channel="email", allowed=False),
        event("c", "case_opened", 2, case_id="1", complaint=True),
    ]
    book = book_of(*events, until=3)
    content = document(book)["customers"]
    plans = [content["plans"][row["plan"]] for row in content["rows"]]

    for history, told in zip(histories_of(events, lifecycle, book.as_of), plans, strict=True):
        plan = lifecycle.plan(history.customer)
        assert [one for one, _ in told["planned"]] == [one.action.id for one in plan.planned]
        assert told["held"] == tuple((one.action.id, one.holds) for one in plan.held)
    assert content["rows"][0]["plan"] == content["rows"][1]["plan"]
    assert len(content["plans"]) == 2
    assert plans[2]["held"]


def test_many_customers_are_sampled_evenly() -> None:
    """The sample has each situation in proportion, and the figures are of all."""
    book = folded(cdnow_sample(), as_of=datetime(1998, 6, 30, 12, tzinfo=UTC))
    content = document(book, most=200)
    found = [row["situation"] for row in content["customers"]["rows"]]

    assert content["customers"]["all"] == content["headline"]["customers"]["value"] == 2357
    assert len(found) == 200
    for state, count in book.customers["situation"].value_counts().iter_rows():
        assert abs(found.count(state) - 200 * count / 2357) <= 1


def test_cells_of_text_are_read_as_the_fold_reads_them(content: dict[str, Any]) -> None:
    """A log whose columns are all texts gives the same document."""
    log = made_up()
    lists = pl.col("alternatives")
    texts = log.select(pl.exclude("alternatives").cast(pl.String), lists).with_columns(
        occurred_at=log["occurred_at"].dt.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00")
    )
    lifecycle_book = folded(texts, as_of=log["occurred_at"].max() + timedelta(days=1))

    assert document(lifecycle_book, name="made-up.csv") == content


def test_cells_that_no_event_owns_do_not_matter() -> None:
    """What cannot be read, or is of a type that its field cannot have, is left alone."""
    log = pl.DataFrame(
        {
            "covers_until": ["soon", "2024-05-01", None],
            "score": [9.0, 7.5, None],
            "full": [None, None, None],
        },
        {"covers_until": pl.String, "score": pl.Float64, "full": pl.List(pl.String)},
    )

    read = as_events_take(log)

    assert read["covers_until"].is_null().to_list() == [True, False, True]
    assert read["score"].to_list() == [9, None, None]
    assert read["full"].dtype == pl.List(pl.String)


def test_histories_give_the_same_document() -> None:
    """A book of single replays holds every field, so its stories are whole as well."""
    events = [
        event("a", "consent_changed", 1, channel="email", allowed=True),
        event("a", "evaluation_started", 2, alternatives=("x", "y")),
        event("a", "manual_correction", 3, situation="regular", actor="me", reason="known"),
        bought("a", 4, amount="2.50", covers_until="2025-01-01"),
    ]
    book = book_of(*events, until=9)
    lifecycle = Lifecycle()
    histories = histories_of(events, lifecycle, book.as_of)

    assert document(of_histories(histories, lifecycle)) == document(book)


@pytest.mark.parametrize(
    ("days", "period"), [(0, "day"), (27, "day"), (28, "week"), (119, "week"), (120, "month")]
)
def test_short_logs_are_told_by_short_periods(days: int, period: str) -> None:
    """A few weeks are told by the day, a few months by the week."""
    assert period_of(book_of(bought("a"), bought("a", days))) == period


def test_nothing_gives_reasons() -> None:
    """An empty log has counts of 0 and reasons, and no customer."""
    content = document(of_histories([], Lifecycle()))

    assert content["headline"]["customers"] == {"value": 0, "reason": None}
    assert content["headline"]["new"] == {"value": None, "reason": NO_PERIOD}
    assert content["headline"]["quick_ratio"] == {"value": None, "reason": NO_PERIOD}
    assert content["headline"]["nps"]["reason"] == "nobody answered"
    assert content["forecast"] == {"expected": [], "loss": [], "reason": NO_PAIR}
    assert content["standing"] == content["axes"] == content["flows"]["survival"] == []
    assert content["customers"] == {"all": 0, "rows": [], "plans": []}


def test_several_currencies_are_not_added_up() -> None:
    """What is no money is told all the same."""
    events = [
        event("a", "need_recognized"),
        bought("a", 5, amount=9, currency="EUR"),
        event("b", "need_recognized"),
        bought("b", 5, amount=9, currency="USD"),
    ]
    told = document(folded(log_of_events(*events)))["deals"]

    assert told["outcomes"]["win_rate"]["value"] == 1
    assert told["average_value"]["reason"] == told["velocity"]["reason"] == MIXED
    assert told["average_value"]["value"] is None


def test_no_number_is_none() -> None:
    """What is not finite is null, since JSON has no word for it."""
    assert [plain(one) for one in (float("nan"), float("inf"), 1 / 3)] == [None, None, 0.333333]
