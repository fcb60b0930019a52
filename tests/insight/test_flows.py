"""Flows: moves, days and loops, beside a plain reading."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from insight.frames import book_of, bought, event
from insight.plain import UNTIL, day_of, plain_stays, random_book, random_histories
from lifecycle_model import Axis
from lifecycle_model.errors import UnknownName
from lifecycle_model.insight import flows, time_in_state

if TYPE_CHECKING:
    from datetime import date


def month(day: date) -> date:
    """Return the first day of the month."""
    return day.replace(day=1)


def test_moves_and_rates_are_those_of_a_plain_reading() -> None:
    """Month by month and pair by pair: moves, who moved, and who was at risk."""
    frame = flows(random_book()).moves.frame
    left = [one for customer in plain_stays() for one in customer if one.until]
    moves = Counter((month(day_of(one.until)), one.state, one.after) for one in left)
    movers = {(month(day_of(one.until)), one.state, one.after, one.customer) for one in left}
    moved = Counter(row[:3] for row in movers)

    for row in frame.iter_rows(named=True):
        key = row["period"], row["before"], row["after"]
        first = row["period"]
        risk = {
            one.customer
            for customer in plain_stays()
            for one in customer
            if one.state == row["before"]
            and month(day_of(one.since)) <= first
            and (one.until is None or month(day_of(one.until)) >= first)
        }
        assert (row["moves"], row["moved"]) == (moves[key], moved[key])
        assert row["at_risk"] == len(risk)
        assert row["rate"] == (row["moved"] / len(risk) if risk else None)
        assert (row["rate_reason"] is None) == bool(risk)
    assert frame["moves"].sum() == sum(moves.values())


def test_positions_move_as_the_histories_say() -> None:
    """Every move of every decision is counted once."""
    frame = flows(random_book(), Axis.POSITION).moves.frame
    expected: Counter[tuple[str, str]] = Counter()
    for history in random_histories():
        for move in history.transitions:
            if move.axis == "position":
                expected[str(move.before), str(move.after)] += 1
    found: Counter[tuple[str, str]] = Counter()
    for row in frame.iter_rows(named=True):
        found[row["before"], row["after"]] += row["moves"]

    assert found == expected
    assert (frame["moved"] <= frame["at_risk"]).all()


def test_days_of_a_decision_count_from_its_first_move() -> None:
    """Nobody knows how long it stood in status_quo before."""
    book = book_of(event("a", "need_recognized", 3), event("a", "decision_dropped", 5), until=9)
    found = flows(book, Axis.POSITION)

    assert found.held.select("state", "cases", "ended").rows() == [
        ("needs_recognition", 1, 1),
        ("status_quo", 1, 0),
    ]
    assert found.moves.frame["moves"].sum() == 2


def test_time_in_state_latest_and_cumulative() -> None:
    """Occasional for 10 days, away for 20, occasional again for 5: latest 5, cumulative 15."""
    book = book_of(bought("a", 0), event("a", "customer_left", 10), bought("a", 30), until=35)
    row = flows(book).time.filter(state="occasional").row(0, named=True)

    assert (row["who"], row["entries"]) == (1, 2)
    assert (row["latest_days"], row["cumulative_days"]) == (5, 15)


def test_time_of_everybody_adds_up_to_the_time_followed() -> None:
    """The days of all states together are those from the first event to the end."""
    found = flows(random_book()).time
    total = (found["who"] * found["cumulative_days"]).sum()
    expected = sum(
        (day_of(UNTIL) - day_of(history.events[0].occurred_at)).days
        for history in random_histories()
    )

    assert total == pytest.approx(expected)


def test_days_held_with_those_who_still_hold() -> None:
    """Three left after 2, 4 and 8 days; one stays."""
    leaves = [
        event(name, "customer_left", day) for name, day in zip("abc", (2, 4, 8), strict=True)
    ]
    book = book_of(*[bought(name, 0) for name in "abcd"], *leaves, until=20)
    row = flows(book).held.filter(state="occasional").row(0, named=True)

    assert (row["cases"], row["ended"]) == (4, 3)
    assert (row["lower_quartile"], row["median"], row["upper_quartile"]) == (2, 4, 8)


def test_loops_are_those_of_a_plain_reading() -> None:
    """From a state, through another, and back."""
    ended: Counter[tuple[str, str]] = Counter()
    back: Counter[tuple[str, str]] = Counter()
    for customer in plain_stays():
        for before, stay in pairwise(customer):
            if stay.after is not None:
                ended[before.state, stay.state] += 1
                back[before.state, stay.state] += before.state == stay.after
    frame = flows(random_book()).loops.frame

    assert {row[:2]: row[2] for row in frame.iter_rows()} == ended
    assert {row[:2]: row[3] for row in frame.iter_rows() if row[3]} == +back


def test_dissatisfied_and_back() -> None:
    """One of two dissatisfied regulars comes back to regular."""
    events = [bought(name, day) for name in "ab" for day in (0, 1, 2)]
    events += [event(name, "survey_answered", 3, score=1) for name in "ab"]
    events += [event("a", "survey_answered", 9, score=9), event("b", "customer_left", 9)]
    frame = flows(book_of(*events)).loops.frame
    row = frame.filter(state="regular", through="dissatisfied").row(0, named=True)

    assert (row["ended"], row["back"], row["rate"]) == (2, 1, 0.5)


def test_survival_of_each_situation() -> None:
    """The curves never rise, and begin with all at risk."""
    found = flows(random_book()).survival
    by_state = defaultdict(list)
    for row in found.iter_rows(named=True):
        by_state[row["state"]].append(row["survival"])

    assert len(by_state) == 6
    for curve in by_state.values():
        assert curve == sorted(curve, reverse=True)


def test_time_of_each_customer_is_there_too() -> None:
    """As a frame of its own."""
    book = book_of(bought("a", 0), until=3)
    frame = flows(book).time

    assert frame.select("state", "who").rows() == [("occasional", 1)]
    assert time_in_state.__doc__


@pytest.mark.parametrize("axis", list(Axis))
def test_an_empty_book(axis: Axis) -> None:
    """All tables are there, without rows."""
    found = flows(book_of(), axis)

    assert found.moves.frame.height == found.held.height == found.survival.height == 0
    assert found.time.height == found.loops.frame.height == 0


def test_nothing_ever_moved() -> None:
    """A customer who was contacted: one stay that goes on."""
    found = flows(book_of(event("a", "contacted", 0), until=40))

    assert found.moves.frame.height == 0
    assert found.held.select("state", "cases", "ended", "median").row(0) == (
        "non_customer",
        1,
        0,
        None,
    )


def test_an_unknown_period_is_refused() -> None:
    """Day, week or month."""
    with pytest.raises(UnknownName):
        flows(book_of(), period="hour")
