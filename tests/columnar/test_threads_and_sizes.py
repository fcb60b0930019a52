"""Any number of threads, any size of customer, any law: the same answers, compiled once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
import pytest

from columnar.comparing import check_equal, frame_of, histories_of, random_log
from columnar.logs import NOON, log
from laws.tables import TABLES
from lifecycle_model import Lifecycle, Policy, columnar, parse_event
from lifecycle_model.columnar import coding, ordering, own, records
from lifecycle_model.columnar.coding import code
from lifecycle_model.columnar.folding import fold_customers
from lifecycle_model.columnar.threads import Threads

if TYPE_CHECKING:
    from lifecycle_model import Event

# Much of the same, and covered by other tests: tracing would take most of the time.
pytestmark = pytest.mark.bulk

PARTS: Final = ("customers", "transitions", "snapshots", "conflicts", "future", "invalid")


@pytest.mark.parametrize("seed", range(3))
def test_one_thread_gives_the_same_as_three(seed: int) -> None:
    """Every frame, to the last cell, with ties, copies, conflicts and bad rows among them."""
    events, thresholds, as_of = random_log(f"threads-{seed}", 40)
    lifecycle = Lifecycle(Policy(**thresholds))
    ninth = pl.int_range(pl.len()) % 9 == 0
    frame = frame_of(events).with_columns(
        pl.when(ninth).then(99).otherwise("score").alias("score")
    )

    def run(threads: int) -> columnar.Replay:
        return columnar.replay(
            frame,
            lifecycle,
            as_of=as_of,
            transitions=True,
            on_invalid="report",
            threads=threads,
        )

    one, three = run(1), run(3)

    for part in PARTS:
        assert getattr(one, part).equals(getattr(three, part))
    assert (one.events, one.duplicates) == (three.events, three.duplicates)


def test_more_threads_than_rows_do_no_harm() -> None:
    """Some of them have nothing to do."""
    assert columnar.replay(log(2), threads=9).customers.height == 2


def test_a_customer_may_have_a_million_events() -> None:
    """In any order of the rows, with purchases of all minutes of almost two years."""
    many = 1_000_000
    minutes = pl.Series("minute", np.random.default_rng(1).permutation(many))
    even = pl.col("minute") % 2 == 0
    frame = minutes.to_frame().with_columns(
        customer_id=7,
        kind=pl.when(even).then(pl.lit("purchase_completed")).otherwise(pl.lit("product_used")),
        occurred_at=NOON + pl.duration(minutes="minute"),
        amount=pl.col("minute") % 10,
    )

    replay = columnar.replay(frame, transitions=True)

    last = NOON + timedelta(minutes=many - 1)
    first_day = last.replace(hour=0, minute=0) - timedelta(days=364)
    counted = frame.filter(even.is_not_null() & (pl.col("occurred_at") >= first_day))
    bought = counted.filter(kind="purchase_completed")["amount"].sum()
    customer = replay.customers.row(0, named=True)
    assert (replay.events, customer["purchases"]) == (many, many // 2)
    assert (customer["clock"], customer["purchase_days"]) == (last, 365)
    assert customer["revenue"] == bought
    situations = replay.transitions.filter(axis="situation")["after"].to_list()
    assert situations == ["occasional", "regular", "preferred"]


def test_a_hundred_thousand_ids_are_told_apart() -> None:
    """Text, numbers and categories; the tables of their codes grow as they come."""
    many = 100_000
    numbers = np.random.default_rng(2).permutation(np.repeat(np.arange(many), 2))
    texts = pl.select(pl.format("c-{}", pl.Series(numbers))).to_series()
    base = pl.DataFrame({"amount": numbers % 1000}).with_columns(
        kind=pl.lit("purchase_completed"), occurred_at=NOON
    )
    for ids in (pl.Series(numbers), texts, texts.cast(pl.Categorical)):
        customers = columnar.replay(base.with_columns(customer_id=ids)).customers

        found = customers["customer_id"].cast(pl.String).str.strip_prefix("c-").cast(pl.Int64)
        assert customers["customer_id"].is_sorted()
        assert found.n_unique() == many
        assert (customers["revenue"].cast(pl.Float64) == found % 1000 * 2).all()
        assert (customers["purchases"] == 2).all()


def test_codes_have_the_order_of_the_values() -> None:
    """By code point; nulls have none."""
    cells = ["b", None, "\u00e9", "a", "B", "\U0001f600", "\uffff", "b", ""]
    for threads in (1, 3):
        coded = code(pl.Series(cells), Threads(threads))

        assert coded.values.to_list() == sorted({*cells} - {None})
        assert coded.codes.tolist() == [3, -1, 4, 2, 1, 6, 5, 3, 0]


def _crowd(kind: str, field: str, count: int, **more: Any) -> list[Event]:
    return [
        parse_event(
            {
                "kind": kind,
                "customer_id": "c",
                "occurred_at": NOON + timedelta(hours=number * 7 % count),
                field: f"n-{number % count}",
                **more,
            }
        )
        for number in range(count + count // 2)
    ]


def test_a_customer_may_have_many_opportunities_and_cases() -> None:
    """Each is told apart, and the codes keep the order of the ids."""
    events = [
        *_crowd("need_recognized", "opportunity_id", 300),
        *_crowd("evaluation_started", "opportunity_id", 200),
        *_crowd("case_opened", "case_id", 300, complaint=True),
        *_crowd("case_closed", "case_id", 100),
    ]
    lifecycle = Lifecycle()
    as_of = NOON + timedelta(days=95)
    histories, _ = histories_of(events, lifecycle, as_of)

    replay = columnar.replay(frame_of(events), lifecycle, as_of=as_of, transitions=True)

    check_equal(replay, histories, lifecycle)
    assert len(replay.snapshots["open_cases"][0]) > 100


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_one_s_own_needs_no_compilation_of_its_own(name: str) -> None:
    """And folds as in the scalar engine, with snapshots and without."""
    events, thresholds, as_of = random_log(f"table-{name}", 12)
    lifecycle = Lifecycle(Policy(**thresholds), TABLES[name])
    histories, invalid = histories_of(events, lifecycle, as_of)
    sound = [event for event in events if event.customer_id not in invalid]

    replay = columnar.replay(frame_of(sound), lifecycle, as_of=as_of, transitions=True)
    columnar.replay(pl.DataFrame(), lifecycle, snapshots=replay)

    check_equal(replay, histories, lifecycle)
    assert len(fold_customers().signatures) == 1


@pytest.mark.parametrize(
    "times",
    [
        pl.Series([NOON]),
        pl.Series([NOON]).dt.cast_time_unit("ns"),
        pl.Series([NOON]).dt.cast_time_unit("ms"),
        pl.Series(["2024-05-01T12:00:00Z"]),
        pl.Series(["20240501T12Z"]),
    ],
)
def test_no_type_of_column_needs_a_compilation_of_its_own(times: pl.Series) -> None:
    """The small compiled functions see the same arrays, however a log is typed."""
    for ids in (pl.Series(["a"]), pl.Series([1]), pl.Series(["a"], dtype=pl.Categorical)):
        for more in ({}, {"event_id": "e"}, {"sequence": 1}, {"event_id": [None]}):
            columnar.replay(log(1, occurred_at=times, customer_id=ids, **more))
    columnar.replay(pl.DataFrame())

    compiled = {
        name: len(function.signatures)
        for module in (coding, own, ordering, records)
        for name, function in vars(module).items()
        if hasattr(function, "signatures")
    }
    # Functions that only compiled ones call come with these from the cache.
    assert max(compiled.values()) == 1
