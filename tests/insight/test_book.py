"""The book: the same from a replay over columns and from scalar histories."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from insight.frames import (
    START,
    book_of,
    bought,
    event,
    histories_of,
    log_of_events,
    replayed,
)
from insight.plain import LIFECYCLE as QUICK, random_book, random_histories
from lifecycle_model import Lifecycle
from lifecycle_model.columnar import replay
from lifecycle_model.errors import MixedCurrencies, NoTransitions, UnevenClocks
from lifecycle_model.insight import Book, funnel, of_histories, of_replay, satisfaction, tenure
from lifecycle_model.insight.book import KIND
from lifecycle_model.insight.histories import MONEY

LIFECYCLE = Lifecycle()
EVENTS = (
    bought("b", 0, amount="10"),
    bought("b", 5, amount="20"),
    event("a", "interest_shown", 1, behaviour="free_trial"),
)
AS_OF = START + timedelta(days=10)


def book(log: object) -> Book:
    """Fold a log of any kind as of the tenth day."""
    return replayed(log, AS_OF, LIFECYCLE)


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with its states and rules as texts."""
    return frame.with_columns(pl.selectors.enum().cast(pl.String))


def test_a_replay_and_its_histories_make_the_same_book() -> None:
    """Events, customers and moves of a log in which much happens are equal, row by row."""
    one, other = random_book(), of_histories(random_histories(), QUICK)

    assert_frame_equal(
        one.log.select(other.log.columns).sort("customer", "occurred_at", "kind", "action_id"),
        other.log.sort("customer", "occurred_at", "kind", "action_id"),
    )
    assert_frame_equal(plain(one.customers), plain(other.customers), check_dtypes=False)
    assert_frame_equal(one.moves, other.moves)
    assert one.as_of == other.as_of


@pytest.mark.parametrize("kind", ["lazy", "pandas", "pyarrow", "duckdb"])
def test_a_book_is_read_from_frames_of_other_libraries(kind: str) -> None:
    """A log of any kind that can be folded gives the same events."""
    import duckdb

    log = log_of_events(*EVENTS).drop("alternatives")
    connection = duckdb.connect()
    foreign = {
        "lazy": log.lazy,
        "pandas": log.to_pandas,
        "pyarrow": log.to_arrow,
        "duckdb": lambda: connection.from_arrow(log.to_arrow()),
    }[kind]()

    found = book(foreign)

    expected = book(log)
    assert found.log["customer"].to_list() == [1, 1, 0]
    assert_frame_equal(found.log.select("day", "kind"), expected.log.select("day", "kind"))
    assert_frame_equal(found.moves, expected.moves)


def test_customers_know_when_they_were_first_seen() -> None:
    """It is the time of their first event."""
    found = book_of(*EVENTS, until=10)

    assert found.customers["first_event_at"].to_list() == [START + timedelta(days=1), START]
    assert (found.first_day, found.last_day) == (START.date(), AS_OF.date())


def test_what_was_not_folded_is_not_in_the_book() -> None:
    """Invalid rows, conflicts, later events and further copies are left out."""
    log = log_of_events(
        bought("a", 0, event_id="1", amount="10"),
        bought("a", 1, event_id="2"),
        bought("a", 2),
        bought("a", 3, event_id="4"),
        bought("a", 20),
    )
    other = log.with_columns(pl.Series("amount", ["10", "-1", "5", "7", "5"]).cast(MONEY))
    both = pl.concat([log, other])
    folded = replay(both, LIFECYCLE, as_of=AS_OF, transitions=True, on_invalid="report")

    found = of_replay(both, folded, LIFECYCLE)

    assert (folded.duplicates, folded.invalid["row"].to_list()) == (1, [6])
    dropped = {4, 5, 6, 9, folded.conflicts["dropped_row"].item()}
    kept = [name for row, name in enumerate(both["event_id"]) if row not in dropped]
    assert found.log["event_id"].to_list() == kept
    assert found.log.height == folded.events


def test_who_is_only_seen_later_has_no_events() -> None:
    """A customer whose events all come after the last day is there, and stands nowhere."""
    found = book(log_of_events(*EVENTS, bought("late", 20)))

    assert found.customers["customer_id"].to_list() == ["a", "b", "late"]
    assert found.customers["first_event_at"].null_count() == 1
    assert funnel(found).standing.frame.filter(level="situation")["at_end"].sum() == 2


def test_copies_are_told_by_their_customer_and_source_too() -> None:
    """The same event_id of another source or customer is another event."""
    log = log_of_events(bought("a", 0, event_id="1", source="till"), bought("b"))
    web, other = (
        log.with_columns(source=pl.lit("web")),
        log.with_columns(customer_id=pl.lit("c")),
    )

    found = book(pl.concat([log, log.head(1), web.head(1), other.head(1)]))

    rows = found.log.select("customer_id", "source").rows()
    assert rows == [("a", "till"), ("b", ""), ("a", "web"), ("c", "till")]


def test_a_log_without_sources_has_its_copies_dropped() -> None:
    """The column is the events' default where the log does not have it."""
    log = log_of_events(bought("a", 0, event_id="1")).drop("source")

    assert book(pl.concat([log, log])).log.height == 1


def test_a_replay_without_transitions_is_refused() -> None:
    """The error says how to replay."""
    log = log_of_events(*EVENTS)

    with pytest.raises(NoTransitions, match="transitions=True"):
        of_replay(log, replay(log, LIFECYCLE, as_of=AS_OF), LIFECYCLE)


def test_customers_followed_to_different_instants_are_refused() -> None:
    """Without as_of each customer's clock stops at the last event."""
    with pytest.raises(UnevenClocks, match=r"from 2024-01-02.* to 2024-01-06"):
        of_histories(histories_of(list(EVENTS), LIFECYCLE, None), LIFECYCLE)


def test_amounts_in_two_currencies_are_not_added_up() -> None:
    """The error names both; one currency, or none, is fine."""
    found = book_of(bought("a", currency="EUR"), bought("b", currency="USD"))

    with pytest.raises(MixedCurrencies, match="EUR, USD"):
        found.require_one_currency()
    book_of(bought("a", currency="EUR"), bought("b")).require_one_currency()
    without = replace(found, log=found.log.drop("currency"))
    without.require_one_currency()


def test_an_empty_book_has_no_days() -> None:
    """There is nobody to follow."""
    found = book_of()

    assert (found.as_of, found.first_day, found.last_day) == (None, None, None)


def test_texts_and_categories_say_the_same() -> None:
    """All cells as text, as a CSV gives them, or as categories: the same book and figures."""
    events = (
        *EVENTS,
        bought("c", 1, amount="12.5", event_id="1"),
        event("b", "survey_answered", 6, score=9),
        event("b", "case_opened", 7, case_id="k", complaint=True),
        event("b", "case_closed", 9, case_id="k"),
    )
    log = log_of_events(*events).drop("alternatives")
    texts = log.with_columns(
        pl.col("occurred_at").dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
        pl.exclude("occurred_at").cast(pl.String),
    )
    names = ["customer_id", "kind", "event_id", "source", "case_id", "opportunity_id"]
    categories = log.with_columns(pl.col(names).cast(pl.Categorical))
    expected = book(log)

    for other in (texts, categories):
        found = book(pl.concat([other, other.slice(3, 1)]))
        assert_frame_equal(found.moves, expected.moves)
        assert found.log["occurred_at"].to_list() == expected.log["occurred_at"].to_list()
        for one in (found, expected):
            told = satisfaction(one)
            assert told.nps.frame["promoters"].to_list() == [1, 1]
            assert told.complaints.frame["complaints"].to_list() == [1]
            assert told.to_resolve["median"].item() == 2
            assert tenure(one, 5).curve.frame["revenue"].to_list() == [22.5, 20]


def test_kinds_may_be_an_enumeration_already() -> None:
    """Of the model's own kinds in their order: then nothing is looked up."""
    log = log_of_events(*EVENTS)

    found = book(log.with_columns(pl.col("kind").cast(KIND)))

    assert_frame_equal(found.log, book(log).log)


def test_whole_numbers_do_as_ids() -> None:
    """A log may name its customers by number."""
    log = log_of_events(bought("10"), bought("2", 1))

    found = book(log.with_columns(pl.col("customer_id").cast(pl.Int16)))

    assert found.log["customer"].to_list() == [1, 0]


def test_events_that_nobody_reached_are_left_out() -> None:
    """A replay that ends before the log begins knows nobody, and its book holds no event."""
    found = replayed(log_of_events(bought("a")), START - timedelta(days=1), LIFECYCLE)

    assert found.as_of is None
    assert found.log.height == 0
    assert funnel(found).standing.frame["at_end"].sum() == 0
