"""The book: the same from a replay over columns and from scalar histories."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from insight.frames import (
    START,
    Folded,
    book_of,
    bought,
    event,
    fold,
    histories_of,
    log_of_events,
)
from lifecycle_model import Lifecycle
from lifecycle_model.errors import MixedCurrencies, NoTransitions, UnevenClocks
from lifecycle_model.insight import of_histories, of_replay
from lifecycle_model.insight.book import KIND

LIFECYCLE = Lifecycle()
EVENTS = (
    bought("b", 0, amount="10"),
    bought("b", 5, amount="20"),
    event("a", "interest_shown", 1, behaviour="free_trial"),
)
AS_OF = START + timedelta(days=10)


def folded(log: pl.DataFrame) -> Folded:
    """Fold a log as of the tenth day."""
    return fold(log, LIFECYCLE, as_of=AS_OF)


def test_a_replay_and_its_histories_make_the_same_book() -> None:
    """Events, customers and moves are equal, row by row."""
    log = log_of_events(*EVENTS)
    one = of_replay(log, folded(log), LIFECYCLE)
    other = of_histories(histories_of(list(EVENTS), LIFECYCLE, AS_OF), LIFECYCLE)

    assert_frame_equal(one.log, other.log)
    assert_frame_equal(one.customers, other.customers)
    assert_frame_equal(one.moves, other.moves)
    assert AS_OF == one.as_of == other.as_of


def test_a_book_is_read_from_frames_of_other_libraries() -> None:
    """A pandas log gives the same events."""
    log = log_of_events(*EVENTS)
    foreign = pd.DataFrame(log.drop("purchased_on").to_dict(as_series=False))

    book = of_replay(foreign, folded(log), LIFECYCLE)

    assert book.log["customer"].to_list() == [0, 1, 1]
    assert book.log["day"].to_list() == [day.date() for day in log["occurred_at"]]


def test_customers_know_when_they_were_first_seen() -> None:
    """It is the time of their first event."""
    book = book_of(*EVENTS, until=10)

    assert book.customers["first_event_at"].to_list() == [START + timedelta(days=1), START]
    assert (book.first_day, book.last_day) == (START.date(), AS_OF.date())


def test_what_was_not_folded_is_not_in_the_book() -> None:
    """Invalid rows, conflicts, later events and further copies are left out."""
    log = log_of_events(
        bought("a", 0, event_id="1"),
        bought("a", 1, event_id="2"),
        bought("a", 2),
        bought("a", 3, event_id="4"),
        bought("a", 20),
    )
    twice = pl.concat([log, log])
    replay = replace(
        folded(log),
        duplicates=3,
        invalid=pl.DataFrame({"row": [1]}),
        conflicts=pl.DataFrame({"row": [3, 6, 8]}),
    )

    book = of_replay(twice, replay, LIFECYCLE)

    assert book.log["event_id"].to_list() == ["1", None, None]


def test_copies_are_told_by_their_source_too() -> None:
    """The same event_id of another source is another event."""
    log = log_of_events(bought("a", 0, event_id="1", source="till"))
    twice = pl.concat([log, log, log.with_columns(source=pl.lit("web"))])

    book = of_replay(twice, replace(folded(log), duplicates=1), LIFECYCLE)

    assert book.log["source"].to_list() == ["till", "web"]


def test_a_log_without_sources_has_its_copies_dropped() -> None:
    """The column is the events' default where the log does not have it."""
    log = log_of_events(bought("a", 0, event_id="1")).drop("source")

    book = of_replay(pl.concat([log, log]), replace(folded(log), duplicates=1), LIFECYCLE)

    assert book.log.height == 1


def test_rows_of_nobody_are_left_out() -> None:
    """A row without a customer that was folded is no event of the book."""
    log = log_of_events(*EVENTS)
    stray = log.head(1).with_columns(customer_id=pl.lit(None, pl.String))

    assert of_replay(pl.concat([stray, log]), folded(log), LIFECYCLE).log.height == 3


def test_a_replay_without_transitions_is_refused() -> None:
    """The error says how to replay."""
    log = log_of_events(*EVENTS)

    with pytest.raises(NoTransitions, match="transitions=True"):
        of_replay(log, replace(folded(log), transitions=None), LIFECYCLE)


def test_customers_followed_to_different_instants_are_refused() -> None:
    """Without as_of each customer's clock stops at the last event."""
    with pytest.raises(UnevenClocks, match=r"from 2024-01-02.* to 2024-01-06"):
        of_histories(histories_of(list(EVENTS), LIFECYCLE, None), LIFECYCLE)


def test_amounts_in_two_currencies_are_not_added_up() -> None:
    """The error names both; one currency, or none, is fine."""
    book = book_of(bought("a", currency="EUR"), bought("b", currency="USD"))

    with pytest.raises(MixedCurrencies, match="EUR, USD"):
        book.require_one_currency()
    book_of(bought("a", currency="EUR"), bought("b")).require_one_currency()
    without = replace(book, log=book.log.drop("currency"))
    without.require_one_currency()


def test_an_empty_book_has_no_days() -> None:
    """There is nobody to follow."""
    book = book_of()

    assert (book.as_of, book.first_day, book.last_day) == (None, None, None)


def test_kinds_may_be_an_enumeration_already() -> None:
    """Of the model's own kinds in their order: then nothing is looked up."""
    log = log_of_events(*EVENTS)
    replay = folded(log)

    book = of_replay(log.with_columns(pl.col("kind").cast(KIND)), replay, LIFECYCLE)

    assert_frame_equal(book.log, of_replay(log, replay, LIFECYCLE).log)


def test_whole_numbers_do_as_ids() -> None:
    """A log may name its customers by number."""
    log = log_of_events(bought("1"), bought("2", 1))
    replay = fold(log, LIFECYCLE, as_of=datetime(2024, 2, 1, tzinfo=UTC))
    numbered = replace(
        replay,
        customers=replay.customers.with_columns(pl.col("customer_id").cast(pl.Int64)),
        transitions=replay.transitions.with_columns(pl.col("customer_id").cast(pl.Int64)),
    )

    book = of_replay(
        log.with_columns(pl.col("customer_id").cast(pl.Int64)), numbered, LIFECYCLE
    )

    assert book.log["customer"].to_list() == [0, 1]
