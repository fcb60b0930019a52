"""Behaviours before the first purchase."""

from __future__ import annotations

import pytest

from insight.frames import book_of, bought, event
from insight.plain import day_of, random_book, random_histories
from lifecycle_model import Lifecycle, Policy
from lifecycle_model.errors import TooFewDays
from lifecycle_model.insight import Behaviours, behaviours
from lifecycle_model.insight.intervals import Z


def row(found: Behaviours, kind: str, behaviour: str | None = None) -> dict[str, object]:
    """Return the row of a kind and a behaviour."""
    for one in found.table.frame.iter_rows(named=True):
        if (one["kind"], one["behaviour"]) == (kind, behaviour):
            return one
    raise KeyError(kind)


def shown(name: str, behaviour: str, day: float = 0) -> object:
    """Return an interest that a customer showed."""
    return event(name, "interest_shown", day, behaviour=behaviour)


def shop() -> Behaviours:
    """Return 20 who tried on, of whom 16 bought, and 20 who browsed, of whom 4 bought."""
    events = []
    for number in range(20):
        events += [shown(f"t{number}", "fitting_room"), shown(f"b{number}", "browse")]
        if number < 16:
            events.append(bought(f"t{number}", 5))
        if number < 4:
            events.append(bought(f"b{number}", 5))
    return behaviours(book_of(*events, until=60), 30)


def test_rates_of_those_who_showed_it_and_the_others() -> None:
    """16 of 20 beside 4 of 20."""
    found = shop()
    tried = row(found, "interest_shown", "fitting_room")

    assert (tried["showed"], tried["bought"], tried["rate"]) == (20, 16, 0.8)
    assert (tried["others"], tried["others_bought"], tried["other_rate"]) == (20, 4, 0.2)
    assert tried["difference"] == pytest.approx(0.6)
    assert 0 < tried["difference_low"] < 0.6 < tried["difference_high"] < 1


def test_candidates_are_ranked_behaviours_that_help_for_certain() -> None:
    """Trying on leads, browsing does not help."""
    found = shop()

    assert found.candidates == ("fitting_room",)
    assert found.table.frame["behaviour"].to_list() == ["fitting_room", "browse"]
    assert row(found, "interest_shown", "fitting_room")["qualifies"]
    assert not row(found, "interest_shown", "browse")["qualifies"]


def test_the_policys_own_list_is_marked() -> None:
    """Under another policy another behaviour qualifies."""
    own = Lifecycle(Policy(qualifying_behaviours=frozenset({"browse"})))
    found = behaviours(book_of(shown("a", "browse"), until=40, lifecycle=own), 30)

    assert row(found, "interest_shown", "browse")["qualifies"]


def test_days_count_from_the_first_time() -> None:
    """Bought on the n-th day counts, a day later does not."""
    events = [
        shown("a", "browse"),
        shown("a", "browse", 3),
        bought("a", 10),
        shown("b", "browse"),
        bought("b", 11),
    ]
    tried = row(behaviours(book_of(*events, until=40), 10), "interest_shown", "browse")

    assert (tried["showed"], tried["bought"]) == (2, 1)


def test_who_is_not_followed_long_enough_is_in_no_rate() -> None:
    """Seen five days before the end, and 30 are asked for; who bought is known."""
    events = [shown("a", "browse", 35), shown("b", "browse", 35), bought("b", 36)]
    tried = row(behaviours(book_of(*events, until=40), 30), "interest_shown", "browse")

    assert (tried["showed"], tried["bought"]) == (1, 1)


def test_kinds_are_told_as_well_as_behaviours() -> None:
    """A qualified lead who buys, and one who was only contacted."""
    events = [
        event("a", "lead_qualified", 0),
        bought("a", 3),
        event("b", "contacted", 0),
    ]
    found = behaviours(book_of(*events, until=40), 30)

    assert row(found, "lead_qualified")["rate"] == 1
    assert row(found, "contacted")["rate"] == 0
    assert row(found, "lead_qualified")["other_rate"] == 0


def test_what_came_after_the_first_purchase_does_not_count() -> None:
    """Nor does a customer whose first event is a purchase."""
    events = [bought("a", 0), shown("a", "browse", 1), bought("b", 0), shown("c", "browse", 1)]
    found = behaviours(book_of(*events, until=60), 30)

    assert row(found, "interest_shown", "browse")["showed"] == 1
    assert (found.seen_first, found.bought_first) == (1, 2)


def test_where_everybody_showed_it_there_are_no_others() -> None:
    """Null, with the reason, and no candidate."""
    found = behaviours(book_of(shown("a", "browse"), bought("a", 1), until=60), 30)
    tried = row(found, "interest_shown", "browse")

    assert (tried["others"], tried["other_rate"], tried["difference"]) == (0, None, None)
    assert tried["difference_reason"] == ("nobody who did not show it was watched long enough")
    assert found.candidates == ()


def test_counts_are_those_of_a_plain_reading() -> None:
    """On random histories, for each kind and behaviour."""
    days, found = 10, behaviours(random_book(), 10)
    end = day_of(random_histories()[0].customer.clock)
    for one in found.table.frame.iter_rows(named=True):
        showed = bought_in_time = 0
        for history in random_histories():
            buys = [e.occurred_at for e in history.events if e.kind == "purchase_completed"]
            first = min(buys, default=None)
            signs = [
                e.occurred_at
                for e in history.events
                if e.kind == one["kind"]
                and getattr(e, "behaviour", None) == one["behaviour"]
                and (first is None or e.occurred_at < first)
            ]
            if not signs:
                continue
            start = day_of(min(signs))
            hit = first is not None and (day_of(first) - start).days <= days
            if hit or (end - start).days >= days:
                showed += 1
                bought_in_time += hit
        assert (one["showed"], one["bought"]) == (showed, bought_in_time)


def test_an_empty_book() -> None:
    """Nothing was shown by nobody."""
    found = behaviours(book_of(), 30)

    assert found.table.frame.height == 0
    assert (found.candidates, found.seen_first, found.bought_first) == ((), 0, 0)


def test_a_log_without_behaviours() -> None:
    """Purchases only: all bought first."""
    found = behaviours(book_of(bought("a"), bought("b")), 30)

    assert (found.table.frame.height, found.bought_first) == (0, 2)


def test_days_below_zero_are_refused() -> None:
    """Nothing follows before it happened."""
    with pytest.raises(TooFewDays, match="days=-1 is too few: give 0 or more"):
        behaviours(book_of(), -1)


def test_intervals_are_at_95_percent() -> None:
    """The point of the normal distribution that they use."""
    assert round(Z, 4) == 1.96
