"""The funnel: it balances, and every count is that of a plain reading."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from insight.frames import book_of, bought, event, sample_book
from insight.plain import Stay, day_of, plain_stays, random_book, random_histories
from lifecycle_model import Situation
from lifecycle_model.errors import UnknownName
from lifecycle_model.insight import funnel
from lifecycle_model.insight.conversion import GROUP_OF, STEPS

SPAN = (date(2024, 3, 1), date(2024, 4, 15))


def test_standing_balances() -> None:
    """What stood at the start, appeared and entered, less what left, stands at the end."""
    frame = funnel(random_book(), *SPAN).standing.frame
    ends = frame["at_start"] + frame["appeared"] + frame["entered"] - frame["left"]

    assert frame["at_end"].to_list() == ends.to_list()
    assert frame.height == 9


def test_standing_is_that_of_a_plain_reading() -> None:
    """Situation by situation, at both ends and through the period."""
    stays = [stay for customer in plain_stays() for stay in customer]
    frame = funnel(random_book(), *SPAN).standing.frame.filter(level="situation")

    for row in frame.iter_rows(named=True):
        mine = [stay for stay in stays if stay.state == row["state"]]
        begun = [stay for stay in mine if SPAN[0] <= day_of(stay.since) <= SPAN[1]]
        assert row["appeared"] == sum(stay.first for stay in begun)
        assert row["entered"] == sum(not stay.first for stay in begun)
        assert row["left"] == sum(
            stay.until is not None and SPAN[0] <= day_of(stay.until) <= SPAN[1] for stay in mine
        )
        assert row["at_end"] == sum(
            day_of(stay.since) <= SPAN[1]
            and (stay.until is None or day_of(stay.until) > SPAN[1])
            for stay in mine
        )


def test_groups_of_the_funnel_move_only_where_the_group_changes() -> None:
    """A customer who becomes regular neither enters nor leaves the customers."""
    frame = funnel(random_book(), *SPAN).standing.frame.filter(level="funnel_group")
    moves = sum(
        GROUP_OF[stay.state] != GROUP_OF[stay.after]
        and SPAN[0] <= day_of(stay.until) <= SPAN[1]
        for customer in plain_stays()
        for stay in customer
        if stay.until is not None
    )

    assert frame["entered"].sum() == frame["left"].sum() == moves


def test_groups_are_those_of_the_lifecycle() -> None:
    """The law's own table gives every situation the same group."""
    pairs = set(random_book().customers.select("situation", "funnel_group").iter_rows())

    assert set(GROUP_OF) == {one.value for one in Situation}
    assert all(GROUP_OF[situation] == group for situation, group in pairs)


def converted(
    customer: list[Stay], sources: tuple[str, ...], targets: tuple[str, ...]
) -> bool | None:
    """Return whether a customer converted in the period; None where not at risk."""
    source = next(
        (
            place
            for place, stay in enumerate(customer)
            if stay.state in sources
            and day_of(stay.since) <= SPAN[1]
            and (stay.until is None or day_of(stay.until) >= SPAN[0])
        ),
        None,
    )
    if source is None:
        return None
    return any(
        stay.state in targets and day_of(stay.since) <= SPAN[1]
        for stay in customer[source + 1 :]
    )


def test_conversion_is_that_of_a_plain_reading() -> None:
    """Each step: at risk, and converted among them."""
    frame = funnel(random_book(), *SPAN).steps.frame

    for row in frame.iter_rows(named=True):
        found = [converted(customer, *STEPS[row["step"]]) for customer in plain_stays()]
        assert row["at_risk"] == sum(one is not None for one in found)
        assert row["converted"] == sum(one is True for one in found)
        assert row["conversion"] == row["converted"] / row["at_risk"]


def test_time_to_convert_is_counted_from_the_first_time() -> None:
    """Cases and those that ended, for customers who first stood there in the period."""
    frame = funnel(random_book(), *SPAN).steps.frame

    for row in frame.iter_rows(named=True):
        sources, targets = STEPS[row["step"]]
        cases = ended = 0
        for customer in plain_stays():
            place = next((n for n, one in enumerate(customer) if one.state in sources), None)
            if place is not None and SPAN[0] <= day_of(customer[place].since) <= SPAN[1]:
                cases += 1
                ended += any(one.state in targets for one in customer[place + 1 :])
        assert (row["cases"], row["ended"]) == (cases, ended)


def test_days_to_convert() -> None:
    """Leads who buy after 2, 4 and 10 days, and one who never does."""
    leads = [event(name, "lead_qualified", 0) for name in "abcd"]
    book = book_of(*leads, bought("a", 2), bought("b", 4), bought("c", 10), until=60)
    row = funnel(book).steps.frame.filter(step="prospect to customer").row(0, named=True)

    assert (row["at_risk"], row["converted"], row["conversion"]) == (4, 3, 0.75)
    assert (row["lower_quartile"], row["median"], row["upper_quartile"]) == (2, 4, 10)
    assert row["conversion_low"] < 0.75 < row["conversion_high"]


def test_a_funnel_for_each_channel() -> None:
    """The first channel of a customer counts; who has none is unknown."""
    book = book_of(
        event("a", "contacted", 0, channel="email"),
        event("a", "contacted", 1, channel="phone"),
        event("b", "contacted", 0, channel="phone"),
        event("c", "lead_qualified", 0),
        event("a", "lead_qualified", 3),
        until=10,
    )
    frame = funnel(book, by="channel").steps.frame.filter(step="suspect to prospect")

    assert frame.select("group", "at_risk", "converted").rows() == [
        ("email", 1, 1),
        ("phone", 1, 0),
        ("unknown", 0, 0),
    ]


def test_a_funnel_for_each_cohort() -> None:
    """By the month in which a customer was first seen."""
    book = book_of(bought("a", 0), bought("b", 40), until=80)
    frame = funnel(book, by="cohort").standing.frame.filter(state="occasional")

    assert frame.select("group", "appeared").rows() == [("2024-01", 1), ("2024-02", 1)]


def test_a_funnel_by_the_users_own_column() -> None:
    """A frame with the id and one column; customers who are not in it are unknown."""
    book = book_of(bought("a", 0), bought("b", 0))
    own = pl.DataFrame({"customer_id": ["a", "z"], "region": ["north", "south"]})
    frame = funnel(book, by=own).standing.frame.filter(state="occasional")

    assert frame.select("group", "at_end").rows() == [("north", 1), ("unknown", 1)]


@pytest.mark.parametrize("by", ["chanel", pl.DataFrame({"id": ["a"], "region": ["x"]})])
def test_an_unknown_column_is_refused(by: str | pl.DataFrame) -> None:
    """In the log, or in the frame."""
    with pytest.raises(UnknownName):
        funnel(book_of(bought("a")), by=by)


def test_a_frame_of_two_columns_is_refused() -> None:
    """Nobody could tell which one is meant."""
    own = pl.DataFrame({"customer_id": ["a"], "x": [1], "y": [2]})

    with pytest.raises(UnknownName, match="'customer_id, x, y' is unknown"):
        funnel(book_of(bought("a")), by=own)


def test_who_bought_at_once_was_never_a_suspect() -> None:
    """In the CDNOW sample nobody is at risk of becoming a prospect before they lapse."""
    found = funnel(sample_book(), date(1997, 1, 1), date(1997, 12, 31))
    first = found.steps.frame.row(0, named=True)
    occasional = found.standing.frame.filter(state="occasional").row(0, named=True)

    assert (first["step"], first["at_risk"], first["conversion"]) == (
        "suspect to prospect",
        0,
        None,
    )
    assert first["conversion_reason"] == "nobody stood in the source in the period"
    assert first["median_reason"] == "nobody first stood in the source in the period"
    assert occasional["appeared"] == 2357


def test_standing_on_one_day() -> None:
    """The end of the sample: the shares are of all that are known."""
    last = date(1998, 6, 30)
    frame = funnel(sample_book(), last, last).standing.frame
    found = {row["state"]: row["at_end"] for row in frame.iter_rows(named=True)}

    assert (found["customer"], found["suspect"], found["regular"]) == (870, 1487, 261)
    assert frame.filter(level="situation")["share"].sum() == pytest.approx(1)


def test_all_censored() -> None:
    """Leads who never buy: no quartile, with its reason."""
    book = book_of(*[event(name, "lead_qualified", 0) for name in "ab"], until=9)
    row = funnel(book).steps.frame.filter(step="prospect to customer").row(0, named=True)

    assert (row["cases"], row["ended"], row["median"]) == (2, 0, None)
    assert row["median_reason"] == "fewer than half have ended"


def test_an_empty_book() -> None:
    """No groups, so no rows."""
    found = funnel(book_of())

    assert (found.since, found.until) == (None, None)
    assert found.standing.frame.height == found.steps.frame.height == 0


def test_random_histories_reach_every_situation() -> None:
    """Else the plain readings would prove little."""
    states = {stay.state for customer in plain_stays() for stay in customer}

    assert states == {one.value for one in Situation}
    assert len(random_histories()) == 160
