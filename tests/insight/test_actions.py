"""Actions: what followed them, as the scalar verb tells it, and what followed without them."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from datetime import date, timedelta

import pytest

from insight.frames import book_of, bought, event
from insight.plain import LIFECYCLE, UNTIL, day_of, plain_stays, random_book, random_histories
from lifecycle_model.errors import TooFewDays
from lifecycle_model.insight import actions
from lifecycle_model.playbook import Action, Department, Playbook

DAYS = 14
GOALS = {one.id: one.works_towards for one in Playbook.default().actions}


@pytest.mark.untraced
def test_results_are_those_of_the_scalar_verb() -> None:
    """Situation by situation, `Lifecycle.actions` tells the same of every action."""
    expected: Counter[tuple[str, str, str]] = Counter()
    for history in random_histories():
        for one in LIFECYCLE.actions(history.events, days=DAYS, as_of=UNTIL):
            expected[one.action_id, str(one.situation), str(one.followed)] += 1
    found: Counter[tuple[str, str, str]] = Counter()
    result = actions(random_book(), DAYS)
    for row in result.table.frame.iter_rows(named=True):
        key = row["action_id"], row["situation"]
        found[*key, "yes"] = row["followed"]
        found[*key, "no"] = row["watched"] - row["followed"]
        found[*key, "censored"] = row["censored"]
        assert row["taken"] == row["watched"] + row["censored"]

    assert {key: n for key, n in expected.items() if key[2] != "unknown"} == +found
    assert result.unknown.rows() == [
        ("our-own", sum(n for key, n in expected.items() if key[2] == "unknown"))
    ]
    assert found.total() > 100


def month_ends() -> list[date]:
    """Return the ends of the months whose next n days are over."""
    ends = [date(2024, month, monthrange(2024, month)[1]) for month in range(1, 8)]
    return [end for end in ends if end + timedelta(days=DAYS) < day_of(UNTIL)]


@pytest.mark.untraced
def test_without_the_action_is_that_of_a_plain_reading() -> None:
    """Month by month: in the situation, without the action nearby, and the goal reached."""
    span = timedelta(days=DAYS)
    for row in actions(random_book(), DAYS).table.frame.iter_rows(named=True):
        goal, without, followed = row["works_towards"], 0, 0
        for history, customer in zip(random_histories(), plain_stays(), strict=True):
            taken = [
                day_of(one.occurred_at)
                for one in history.events
                if getattr(one, "action_id", None) == row["action_id"]
            ]
            reached = [day_of(one.occurred_at) for one in history.events if one.kind == goal]
            reached += [
                day_of(move.occurred_at) for move in history.transitions if move.after == goal
            ]
            for end in month_ends():
                held = [stay.state for stay in customer if day_of(stay.since) <= end]
                if held[-1:] != [row["situation"]] or any(
                    end - span <= day <= end + span for day in taken
                ):
                    continue
                without += 1
                followed += any(end < day <= end + span for day in reached)
        assert (row["without"], row["followed_without"]) == (without, followed), row


def test_an_action_and_its_comparison() -> None:
    """Asked one of two customers for an answer; the other gave one without."""
    book = book_of(
        bought("a", 0),
        bought("b", 0),
        event("a", "action_taken", 29, action_id="short-survey"),
        event("a", "survey_answered", 31, score=9),
        event("b", "survey_answered", 33, score=9),
        until=60,
    )
    found = actions(book, 7)
    row = found.table.frame.row(0, named=True)

    assert (row["works_towards"], row["situation"]) == ("survey_answered", "occasional")
    assert (row["taken"], row["followed"], row["rate"]) == (1, 1, 1)
    assert (row["without"], row["followed_without"], row["rate_without"]) == (1, 1, 1)
    assert "association, not effect" in found.caveat


def test_what_did_not_follow_yet_is_censored() -> None:
    """Three days before the end, and seven are asked for."""
    book = book_of(
        bought("a", 0), event("a", "action_taken", 10, action_id="short-survey"), until=13
    )
    row = actions(book, 7).table.frame.row(0, named=True)

    assert (row["taken"], row["censored"], row["watched"], row["rate"]) == (1, 1, 0, None)
    assert row["rate_reason"] == "no action's days are over"
    assert row["rate_without_reason"].startswith("nobody was in the situation")


def test_an_action_may_be_the_first_event() -> None:
    """Before it the customer was nobody's: a non-customer."""
    book = book_of(event("a", "action_taken", 0, action_id="attract-leads"), until=40)

    assert actions(book, 7).table.frame["situation"].to_list() == ["non_customer"]


def test_an_own_playbook_says_what_is_worked_towards() -> None:
    """The default one does not know the action; the own one does."""
    call = Action("our-own", Department.SALES, "Call", "Call them.", "product_used")
    own = Playbook.default().with_action(call, "regular")
    book = book_of(bought("a", 0), event("a", "action_taken", 1, action_id="our-own"), until=40)

    assert actions(book, 7).unknown.rows() == [("our-own", 1)]
    assert actions(book, 7, own).table.frame["works_towards"].to_list() == ["product_used"]


def test_an_empty_book_and_one_without_actions() -> None:
    """No rows."""
    for book in (book_of(), book_of(bought("a"), until=90)):
        found = actions(book, 30)
        assert found.table.frame.height == found.unknown.height == 0


def test_days_below_zero_are_refused() -> None:
    """Nothing follows before it happened."""
    with pytest.raises(TooFewDays):
        actions(book_of(), -1)


def test_goals_of_the_test_are_the_playbooks() -> None:
    """An event, a situation and a position are among them."""
    assert {GOALS[name] for name in ("short-survey", "show-results", "watch-for-change")} == {
        "survey_answered",
        "regular",
        "needs_recognition",
    }
