"""Order and identity in columns: ties, copies and conflicts, as `Lifecycle.replay` has them."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import polars as pl
import pytest
from hypothesis import given, settings, strategies as st

from columnar.comparing import check_equal, frame_of, histories_of
from columnar.logs import NEEDS, NOON, log
from lifecycle_model import EVENT_TYPES, KINDS, Event, Lifecycle, columnar, parse_event
from lifecycle_model.columnar.canonical import quoted
from lifecycle_model.columnar.schema import OWN_COLUMNS

# Much of the same, and covered by other tests: tracing would take most of the time.
pytestmark = pytest.mark.bulk

LIFECYCLE: Final = Lifecycle()
SECOND: Final = timedelta(seconds=1)
TIED: Final = (
    ("purchase_completed", "purchase_reversed"),
    ("need_recognized", "evaluation_started", "supplier_chosen", "purchase_completed"),
    ("manual_correction", "survey_answered", "case_opened", "case_closed"),
    ("consent_changed", "interest_shown", "product_used"),
    KINDS,
)
"""Kinds that come together: in some of these logs every row has an amount."""

TEXTS: Final = (
    *("a", "ab", "a!", 'a"', "a\\", "a\n", "a\0", "a\x1f", "a\x7f", "\u00e9", "\u00ff", "main"),
    *("\U0001f600", "\uffff", "a ", "\u2028", "null", "A", "a,", "a]", "\t", "\b", "\f", "\r"),
)
"""Texts that compare otherwise once JSON writes them, or that other orders put elsewhere."""


def tied_event(rng: random.Random, kinds: tuple[str, ...]) -> dict[str, Any]:
    """Return an event at one of two instants, with any of its fields left out."""
    kind = rng.choice(kinds)
    own = {
        "money": lambda: rng.choice([Decimal(1), Decimal("1.5"), Decimal(10), Decimal(2)]),
        "day": lambda: rng.choice([date(2024, 5, 1), date(2024, 6, 1), date(999, 1, 1)]),
        "flag": lambda: rng.random() < 0.5,
        "score": lambda: rng.choice([0, 6, 7, 10]),
        "text": lambda: rng.choice([*TEXTS, ""]),
        "id": lambda: rng.choice(TEXTS),
        "texts": lambda: rng.choices(TEXTS, k=rng.choice([0, 1, 2])),
        "situation": lambda: rng.choice(["regular", "dissatisfied"]),
        "position": lambda: rng.choice(["implementation", "options_evaluation"]),
    }
    event = {
        "kind": kind,
        "customer_id": rng.choice("cd"),
        "occurred_at": NOON + rng.choice([0, 0, 1]) * SECOND,
        **NEEDS.get(kind, {}),
    }
    if rng.random() < 0.5:
        event["event_id"] = rng.choice(["e", "e", "f", 'E"', "\u00e9"])
    if rng.random() < 0.3:
        event["source"] = rng.choice(["", "s", "S\\"])
    if rng.random() < 0.2:
        event["sequence"] = rng.choice([-1, 0, 1])
    for name in EVENT_TYPES[KINDS.index(kind)].model_fields:
        if name in OWN_COLUMNS and name != "currency" and rng.random() < 0.5:
            event[name] = own[OWN_COLUMNS[name].form]()
    if kind == "manual_correction":
        if rng.random() < 0.5:
            event["situation"] = own["situation"]()
            event.pop("position", None)
            event.pop("opportunity_id", None)
        else:
            event["position"] = own["position"]()
            event.pop("situation", None)
    return event


def tied_log(rng: random.Random) -> list[Event]:
    """Return a shuffled log of ties, copies and conflicts of two customers."""
    kinds = rng.choice(TIED)
    raw = [tied_event(rng, kinds) for _ in range(rng.choice([2, 3, 6, 14]))]
    raw += rng.choices(raw, k=rng.choice([0, 1, 3]))
    for event in list(raw):
        if "event_id" in event and rng.random() < 0.2:
            raw.append(
                event | {"occurred_at": event["occurred_at"] + rng.choice([-1, 1]) * SECOND}
            )
    rng.shuffle(raw)
    return [parse_event(event) for event in raw]


def sparse_frame(events: list[Event]) -> pl.DataFrame:
    """Return the log without the columns that have no cell."""
    frame = frame_of(events)
    return frame.select(one for one in frame if one.null_count() < len(one))


@settings(max_examples=settings().max_examples // 2)
@given(st.integers(0, 2**64 - 1))
def test_ties_and_names_are_those_of_the_scalar_engine(seed: int) -> None:
    """With strings that JSON writes otherwise, fields left out or written, and a future."""
    rng = random.Random(seed)
    events = tied_log(rng)
    as_of = rng.choice([None, NOON, NOON - SECOND])
    histories, _ = histories_of(events, LIFECYCLE, as_of)

    replay = columnar.replay(
        sparse_frame(events), LIFECYCLE, as_of=as_of, transitions=True, threads=1
    )

    check_equal(replay, histories, LIFECYCLE)
    lost = [
        (one.kept.model_dump(), one.dropped.model_dump())
        for history in histories.values()
        for one in history.conflicts
    ]
    rows = replay.conflicts.select("kept_row", "dropped_row").iter_rows()
    told = [(events[kept].model_dump(), events[dropped].model_dump()) for kept, dropped in rows]
    assert sorted(map(str, told)) == sorted(map(str, lost))


@settings(max_examples=settings().max_examples // 5)
@given(st.integers(0, 2**64 - 1))
def test_any_order_of_the_rows_gives_the_same_frames(seed: int) -> None:
    """Customers, transitions and snapshots, to the last cell."""
    rng = random.Random(seed)
    frame = sparse_frame(tied_log(rng))
    mixed = frame.sample(fraction=1, shuffle=True, seed=seed % 2**32)

    one = columnar.replay(frame, transitions=True)
    other = columnar.replay(mixed, transitions=True)

    for name in ("customers", "transitions", "snapshots"):
        assert getattr(one, name).equals(getattr(other, name))
    assert (one.duplicates, one.events) == (other.duplicates, other.events)


def test_cells_stay_with_their_rows_where_every_row_has_the_field() -> None:
    """A log of purchases and refunds only: each amount is that of its own row."""
    frame = log(
        3,
        kind=["purchase_reversed", "purchase_completed", "purchase_completed"],
        customer_id=["b", "a", "b"],
        occurred_at=[NOON + SECOND, NOON, NOON],
        amount=[1, 20, 300],
        opportunity_id=["z", "y", "x"],
    )

    replay = columnar.replay(frame)

    assert replay.customers["revenue"].to_list() == [20, 299]
    named = [[one["id"] for one in many] for many in replay.snapshots["opportunities"]]
    assert named == [["y"], ["x"]]


def test_json_texts_are_as_json_writes_them() -> None:
    """Every control character, quotes and backslashes; the rest as it is."""
    import json

    texts = [chr(code) for code in range(0x300)] + list(TEXTS)

    assert quoted(pl.Series(texts)).to_list() == [
        json.dumps(text, ensure_ascii=False) for text in texts
    ]


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("amount", ["19.9", "19.90"]),
        ("amount", ["0", None]),
        ("occurred_at", ["2024-05-01T12:00:00Z", "2024-05-01 14:00:00.000+02:00"]),
        ("source", ["", None]),
        ("sequence", [0, None]),
        ("opportunity_id", ["main", None]),
        ("covers_until", ["2024-06-01", "20240601"]),
    ],
)
def test_copies_are_one_event_however_they_are_written(column: str, cells: Any) -> None:
    """Equal after validation: spelled otherwise, in another zone, a default left out."""
    copies = {"customer_id": "c", "event_id": "e", "amount": "5"} | {column: cells}

    replay = columnar.replay(log(2, "purchase_completed", **copies))

    assert (replay.duplicates, replay.events, len(replay.conflicts)) == (1, 1, 0)


def test_a_flag_left_out_is_false_and_a_list_left_out_is_empty() -> None:
    """Such copies are equal as well."""
    flags = log(2, "case_opened", customer_id="c", event_id="e", complaint=[False, None])
    lists = pl.Series([[], None], dtype=pl.List(pl.String))
    texts = log(2, "evaluation_started", customer_id="c", event_id="e", alternatives=lists)

    assert columnar.replay(flags).duplicates == columnar.replay(texts).duplicates == 1


def test_cells_of_other_kinds_make_no_difference_between_copies() -> None:
    """What is ignored is not compared."""
    frame = log(2, customer_id="c", event_id="e", amount=[1.0, None], supplier=["x", None])

    assert columnar.replay(frame).duplicates == 1


def test_of_events_with_one_name_the_first_counts_and_the_others_are_told() -> None:
    """First in fold order, not in the log; the rows point into the log."""
    frame = log(
        3,
        "purchase_completed",
        customer_id="c",
        event_id="e",
        source="till",
        occurred_at=[NOON + SECOND, NOON, NOON + SECOND],
        amount=[1, 20, 1],
    )

    replay = columnar.replay(frame)

    assert replay.customers["revenue"].to_list() == [20]
    assert replay.duplicates == 1
    assert replay.conflicts.rows() == [("c", "till", "e", 1, 0)]


@pytest.mark.parametrize("column", ["source", "customer_id"])
def test_a_name_holds_within_its_source_and_its_customer(column: str) -> None:
    """The same event_id of two sources, or of two customers, names two events."""
    names = {"customer_id": "c", "event_id": "e", "source": "s"} | {column: ["a", "b"]}

    replay = columnar.replay(log(2, "purchase_completed", **names))

    assert (replay.events, replay.duplicates, len(replay.conflicts)) == (2, 0, 0)


def test_events_without_a_name_are_never_copies() -> None:
    """Two equal rows are two purchases."""
    replay = columnar.replay(log(2, "purchase_completed", customer_id="c"))

    assert replay.customers["purchases"].to_list() == [2]


def test_the_future_is_set_aside_before_copies_are_looked_for() -> None:
    """A later version of an event is no conflict while it lies in the future."""
    frame = log(
        3,
        "purchase_completed",
        customer_id="c",
        event_id="e",
        occurred_at=[NOON + SECOND, NOON, NOON + SECOND],
        amount=[1, 20, 1],
    )

    replay = columnar.replay(frame, as_of=NOON)

    assert replay.future.rows() == [(0, "c", NOON + SECOND), (2, "c", NOON + SECOND)]
    assert (replay.events, replay.duplicates, len(replay.conflicts)) == (1, 0, 0)


def test_a_snapshot_remembers_the_names_of_its_clock() -> None:
    """A repeat there is dropped as a copy, whatever it says; a new one folds after it."""
    first = columnar.replay(
        log(2, "purchase_completed", customer_id="c", event_id=["e", "f"], source=["s", None])
    )
    later = log(
        4,
        "purchase_completed",
        customer_id="c",
        event_id=["e", "e", "f", None],
        source=["s", "other", None, None],
        amount=[1, 20, 300, 4000],
    )

    second = columnar.replay(later, snapshots=first)

    assert (second.duplicates, second.events) == (2, 2)
    assert second.customers["revenue"].to_list() == [4020]
    assert second.snapshots["clock_events"].to_list() == [
        [
            {"source": "", "event_id": "f"},
            {"source": "other", "event_id": "e"},
            {"source": "s", "event_id": "e"},
        ]
    ]


def test_an_event_of_a_later_instant_may_bear_a_remembered_name() -> None:
    """Only the clock's own instant is remembered: what is older is forgotten."""
    first = columnar.replay(log(1, "purchase_completed", customer_id="c", event_id="e"))
    later = datetime(2024, 5, 2, tzinfo=UTC)

    again = log(1, "purchase_completed", customer_id="c", event_id="e", occurred_at=[later])

    assert columnar.replay(again, snapshots=first).customers["purchases"].to_list() == [2]
