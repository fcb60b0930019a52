"""Every kind of frame goes in, the same kind comes back, and nothing is mistaken for a log."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from columnar.logs import NOON, log
from lifecycle_model import columnar, errors

if TYPE_CHECKING:
    from collections.abc import Callable

LOG: Final = pl.concat(
    [
        log(3, "purchase_completed", customer_id=["b", "a", "b"], amount=[1.5, 20.25, 300.0]),
        log(2, "survey_answered", customer_id=["b", "a"], score=[3, 9]),
    ],
    how="diagonal",
)
TWINS: Final = pd.DataFrame([[1, 2]] * 5, columns=["x", "x"])
EXPECTED: Final = columnar.replay(LOG, transitions=True)


class Stream:
    """Somebody else's frame, which hands out a stream of Arrow data and nothing more."""

    def __init__(self, table: pa.Table) -> None:
        """Keep a table."""
        self.table = table

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Hand the table out."""
        return self.table.__arrow_c_stream__(requested_schema)


class Batch:
    """Somebody else's batch, which hands out one piece of Arrow data and nothing more."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        """Keep a batch."""
        self.batch = batch

    def __arrow_c_array__(self, requested_schema: Any = None) -> Any:
        """Hand the batch out."""
        return self.batch.__arrow_c_array__(requested_schema)


def with_types(frame: pl.DataFrame, **types: Any) -> pl.DataFrame:
    """Return a frame with some columns in other types."""
    return frame.cast(types)


def arrow(**columns: pa.Array) -> pa.Table:
    """Return the log as an Arrow table, with some columns replaced."""
    table = LOG.to_arrow()
    for name, column in columns.items():
        table = table.set_column(table.column_names.index(name), name, column)
    return table


def relation(frame: pl.DataFrame) -> duckdb.DuckDBPyRelation:
    """Return a frame as a relation of a connection of its own."""
    return duckdb.connect().from_arrow(frame.to_arrow())


KINDS_OF_FRAMES: Final[dict[str, tuple[Callable[[], Any], type]]] = {
    "polars": (lambda: LOG, pl.DataFrame),
    "polars lazy": (LOG.lazy, pl.LazyFrame),
    "pandas": (LOG.to_pandas, pd.DataFrame),
    "pandas of arrow": (lambda: LOG.to_pandas(use_pyarrow_extension_array=True), pd.DataFrame),
    "arrow table": (LOG.to_arrow, pa.Table),
    "arrow batch": (
        lambda: LOG.to_arrow().combine_chunks().to_batches()[0],
        pa.Table,
    ),
    "arrow reader": (lambda: LOG.to_arrow().to_reader(), pa.Table),
    "stream": (lambda: Stream(LOG.to_arrow()), pa.Table),
    "batch": (lambda: Batch(LOG.to_arrow().combine_chunks().to_batches()[0]), pa.Table),
    "duckdb": (lambda: relation(LOG), duckdb.DuckDBPyRelation),
}


def plain(frame: Any) -> pl.DataFrame:
    """Return a frame of any kind in polars."""
    if isinstance(frame, pl.LazyFrame):
        return frame.collect()
    if isinstance(frame, duckdb.DuckDBPyRelation):
        frame = frame.to_arrow_table()
    return frame if isinstance(frame, pl.DataFrame) else pl.DataFrame(frame)


@pytest.mark.parametrize("name", KINDS_OF_FRAMES)
def test_the_result_comes_back_in_the_kind_of_the_log(name: str) -> None:
    """All frames of it, with the same values; a reader or a batch gives tables."""
    make, kind = KINDS_OF_FRAMES[name]

    replay = columnar.replay(make(), transitions=True)

    parts = ("customers", "transitions", "snapshots", "invalid", "conflicts", "future")
    assert {type(getattr(replay, part)) for part in parts} == {kind}
    for part in ("customers", "transitions"):
        expected = getattr(EXPECTED, part)
        found = plain(getattr(replay, part)).cast(dict(expected.schema))
        assert found.rows() == expected.rows()


@pytest.mark.parametrize("name", KINDS_OF_FRAMES)
def test_snapshots_of_any_kind_continue(name: str) -> None:
    """The replay itself, or its snapshots as they came back."""
    make, _ = KINDS_OF_FRAMES[name]
    later = log(1, "purchase_completed", customer_id="a", occurred_at=[NOON + timedelta(1)])
    expected = columnar.replay(later, snapshots=EXPECTED).customers.rows()

    first = columnar.replay(make())

    assert columnar.replay(later, snapshots=first.snapshots).customers.rows() == expected
    assert columnar.replay(later, snapshots=first).customers.rows() == expected


@pytest.mark.parametrize(
    "make",
    [
        lambda: with_types(LOG, customer_id=pl.Categorical, kind=pl.Categorical),
        lambda: with_types(LOG, customer_id=pl.Enum(["b", "a"]), kind=pl.Categorical),
        lambda: pl.concat([LOG[:2], LOG[2:]], rechunk=False),
        LOG.reverse,
        lambda: LOG.with_columns(more=pl.lit(object(), dtype=pl.Object), amounts=pl.lit(1)),
        lambda: LOG.with_columns(reason=pl.lit(None)),
        lambda: LOG.to_pandas().astype({"customer_id": "category", "kind": "category"}),
        lambda: LOG.to_pandas().astype({"customer_id": object, "kind": object}),
        lambda: LOG.to_pandas().astype({"customer_id": "string", "score": "Int64"}),
        lambda: LOG.to_pandas().set_index(pd.Index(list("xxyyz"), name="kind of row")),
        lambda: LOG.to_pandas().astype({"occurred_at": object, "score": object}),
        lambda: pd.concat([LOG.to_pandas(), TWINS], axis=1),
        lambda: LOG.to_pandas().assign(**{"0": 1}).rename(columns={"0": 0}),
        lambda: arrow(customer_id=LOG["customer_id"].to_arrow().dictionary_encode()),
        lambda: arrow(customer_id=pa.array(LOG["customer_id"].to_list(), pa.string_view())),
        lambda: arrow(customer_id=pa.array(LOG["customer_id"].to_list(), pa.large_string())),
        lambda: arrow(
            customer_id=pa.chunked_array(
                [pa.array(part).dictionary_encode() for part in (["b", "a"], ["b", "b", "a"])]
            )
        ),
        lambda: arrow(
            customer_id=pa.DictionaryArray.from_arrays([0, 1, 2, 0, 1], ["b", "a", "b"])
        ),
        lambda: arrow(
            amount=pa.array(
                [Decimal("1.5"), Decimal("20.25"), Decimal(300), None, None],
                pa.decimal128(30, 11),
            )
        ),
        lambda: arrow(
            amount=pa.array(
                [Decimal("1.5"), Decimal("20.25"), Decimal(300), None, None],
                pa.decimal256(60, 11),
            )
        ),
        lambda: arrow(score=pa.array([None, None, None, 3, 9], pa.uint8())),
    ],
)
def test_a_log_means_the_same_in_every_type_of_column(make: Callable[[], Any]) -> None:
    """Categories, dictionaries, chunks, views, objects, an index, more columns."""
    assert plain(columnar.replay(make()).customers).rows() == EXPECTED.customers.rows()


@pytest.mark.parametrize("zone", ["UTC", "Europe/Lisbon", "+02:00", "+05:45", "-07", "Z"])
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_arrow_times_of_every_unit_and_zone_are_the_same_instants(unit: str, zone: str) -> None:
    """Also in zones that other libraries have no name for."""
    times = LOG["occurred_at"].to_arrow().cast(pa.timestamp(unit, zone))

    replay = columnar.replay(arrow(occurred_at=times))

    assert plain(replay.customers)["clock"].to_list() == [NOON, NOON]


def test_an_arrow_time_with_an_empty_zone_is_naive() -> None:
    """No zone is no zone."""
    times = LOG["occurred_at"].to_arrow().cast(pa.timestamp("us", ""))

    with pytest.raises(errors.InvalidRows, match="has no time zone"):
        columnar.replay(arrow(occurred_at=times))


@pytest.mark.parametrize("naive_first", [True, False])
def test_naive_times_among_aware_ones_are_told_row_by_row(naive_first: bool) -> None:  # noqa: FBT001
    """A pandas column of any objects keeps each one's own zone, or that it has none."""
    times = [
        datetime(2024, 5, 1, 12),  # noqa: DTZ001 - the point
        pd.Timestamp(2024, 5, 1, 14, tz=timezone(timedelta(hours=2))),
        "2024-05-01T12:00:00Z",
        pd.NaT,
        NOON,
    ]
    order = slice(None) if naive_first else slice(None, None, -1)
    frame = log(5).to_pandas().assign(occurred_at=pd.Series(times[order], dtype=object))

    replay = columnar.replay(frame, on_invalid="report")

    assert sorted(replay.invalid["row"]) == ([0, 3] if naive_first else [1, 4])
    assert set(replay.customers["clock"]) == {pd.Timestamp(NOON)}


def test_nothing_is_nothing_in_every_spelling_of_pandas() -> None:
    """None, NaN, NaT, NA and the NaN of decimals are empty cells."""
    frame = log(4, "purchase_completed").to_pandas()
    for empty in (None, np.nan, pd.NA, pd.NaT, Decimal("NaN")):
        frame["amount"] = pd.Series([empty, Decimal(5), None, Decimal(7)], dtype=object)
        frame["opportunity_id"] = pd.Series([empty, "x", None, "x"], dtype=object)

        replay = columnar.replay(frame)

        assert list(replay.customers["revenue"]) == [0, 5, 0, 7]


@pytest.mark.parametrize(
    "dtype", [pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64]
)
def test_whole_numbers_are_ids_in_every_width(dtype: Any) -> None:
    """They are ordered as numbers, and a null is told."""
    frame = log(4, customer_id=pl.Series([100, 20, None, 3], dtype=dtype))

    replay = columnar.replay(frame, on_invalid="report")

    assert replay.customers["customer_id"].to_list() == [3, 20, 100]
    assert replay.invalid["row"].to_list() == [2]


def test_unsigned_ids_keep_all_their_64_bits() -> None:
    """Also through snapshots, beside a log whose ids are all small."""
    large = pl.Series([2**64 - 1, 2**63, 5], dtype=pl.UInt64)

    first = columnar.replay(log(3, customer_id=large))
    second = columnar.replay(log(1, customer_id=pl.Series([5])), snapshots=first)

    assert first.customers["customer_id"].to_list() == [5, 2**63, 2**64 - 1]
    assert second.customers["customer_id"].to_list() == [5, 2**63, 2**64 - 1]


def test_negative_ids_and_unsigned_ones_meet_as_signed() -> None:
    """Those that do not fit are told."""
    first = columnar.replay(log(1, customer_id=pl.Series([-5])))
    unsigned = pl.Series([2**64 - 1, 7], dtype=pl.UInt64)

    replay = columnar.replay(log(2, customer_id=unsigned), snapshots=first, on_invalid="report")

    assert replay.customers["customer_id"].to_list() == [-5, 7]
    assert replay.invalid["row"].to_list() == [0]


@pytest.mark.parametrize(("before", "after"), [(["1"], [1]), ([1], ["1"])])
def test_ids_of_snapshots_are_of_the_kind_of_the_log(before: Any, after: Any) -> None:
    """A number is not the text that it is written as."""
    first = columnar.replay(log(1, customer_id=before))

    with pytest.raises(
        errors.InvalidColumns, match=r"'customer_id': holds .* cast one of them"
    ):
        columnar.replay(log(1, customer_id=after), snapshots=first)


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame(),
        pl.LazyFrame(),
        pd.DataFrame(),
        pa.table({}),
        LOG.clear(),
        LOG.clear().to_pandas(),
        LOG.clear().to_arrow(),
        LOG.clear().select("customer_id"),
        pd.DataFrame(columns=["customer_id", "kind", "occurred_at"]),
    ],
)
def test_a_log_without_rows_has_no_customers(frame: Any) -> None:
    """With columns, with a few of them, or with none."""
    replay = columnar.replay(frame, transitions=True)

    for name in ("customers", "transitions", "snapshots"):
        assert len(plain(getattr(replay, name))) == 0
    assert plain(replay.customers).columns == EXPECTED.customers.columns


def test_an_empty_log_leaves_snapshots_as_they_are() -> None:
    """Time may pass, and customers stay who they are."""
    for empty in (pl.DataFrame(), LOG.clear()):
        replay = columnar.replay(empty, snapshots=EXPECTED)

        assert replay.snapshots.equals(EXPECTED.snapshots)
        assert replay.customers.equals(EXPECTED.customers)


def test_one_event_and_the_needed_columns_are_enough() -> None:
    """All other fields have defaults."""
    replay = columnar.replay(log(1))

    assert replay.customers["clock"].to_list() == [NOON]


@pytest.mark.parametrize(
    ("column", "cells", "expected", "found"),
    [
        ("customer_id", [1.5], "text or whole numbers", "Float64"),
        ("customer_id", [True], "text or whole numbers", "Boolean"),
        ("kind", [1], "text", "Int64"),
        ("occurred_at", [1], "aware times", "Int64"),
        ("event_id", [1], "text", "Int64"),
        ("source", [b"x"], "text", "Binary"),
        ("sequence", [True], "whole numbers", "Boolean"),
        ("amount", [True], "amounts: numbers, decimals or text", "Boolean"),
        ("amount", [[1]], "amounts: numbers, decimals or text", "List(Int64)"),
        ("score", [True], "whole numbers", "Boolean"),
        ("covers_until", [1], "dates, or ISO 8601 text", "Int64"),
        ("full", [NOON], "true or false", "Datetime(time_unit='us', time_zone='UTC')"),
        ("situation", [1], "text", "Int64"),
        ("order_id", [1], "text", "Int64"),
        ("topic", [1], "text", "Int64"),
        ("alternatives", ["a"], "lists of text", "String"),
        ("topic", [object()], "text", "Object"),
    ],
)
def test_a_column_of_another_type_is_refused(
    column: str, cells: Any, expected: str, found: str
) -> None:
    """With its name, what it should hold, and what it holds; whatever the kinds of the rows."""
    with pytest.raises(errors.InvalidColumns) as caught:
        columnar.replay(log(1).with_columns(pl.Series(column, cells)))

    (problem,) = caught.value.problems
    assert str(problem) == f"column: {column!r}: should hold {expected}, not {found}: cast it"


@pytest.mark.parametrize("name", ["customer_id", "kind", "occurred_at"])
def test_a_needed_column_that_is_missing_is_named(name: str) -> None:
    """Or one that holds nothing but nulls of no type."""
    for frame in (LOG.drop(name), LOG.with_columns(pl.lit(None).alias(name))):
        with pytest.raises(
            errors.InvalidColumns, match=f"'{name}': is missing: a log needs it"
        ):
            columnar.replay(frame)


@pytest.mark.parametrize(
    "frame",
    [
        pd.concat([LOG.to_pandas(), LOG.to_pandas()[["kind"]]], axis=1),
        pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], ["kind", "kind"]),
        duckdb.connect().sql("select 'a' as kind, 'b' as kind"),
    ],
)
def test_a_column_that_stands_twice_is_refused(frame: Any) -> None:
    """Nobody knows which of them is meant."""
    with pytest.raises(errors.InvalidColumns, match="'kind': stands more than once: rename"):
        columnar.replay(frame)


@pytest.mark.parametrize(
    "frame",
    [
        LOG.select(pl.col("customer_id").alias("customer")),
        LOG.lazy().select(pl.col("customer_id").alias("customer")),
        pa.table({"customer": ["a"]}),
        duckdb.connect().sql("select 1 as customer"),
        LOG.to_pandas().set_index(LOG.columns),
        LOG.to_pandas().pipe(
            lambda frame: frame.set_axis([("x", one) for one in frame], axis=1)
        ),
    ],
)
def test_a_frame_without_any_known_column_is_no_empty_log(frame: Any) -> None:
    """Its rows would be lost in silence."""
    with pytest.raises(
        errors.InvalidColumns, match="none of them is known: name them customer_id"
    ):
        columnar.replay(frame)


@pytest.mark.parametrize(
    "thing",
    [
        None,
        "log.csv",
        5,
        [{"customer_id": "a"}],
        {"customer_id": ["a"]},
        np.zeros(2),
        pl.Series(["a"]),
        pd.Series(["a"]),
        pa.array(["a"]),
        pa.chunked_array([["a"]]),
    ],
)
def test_what_is_no_frame_is_refused(thing: Any) -> None:
    """A single column is none either."""
    with pytest.raises(errors.NotAFrame, match="the log cannot be a "):
        columnar.replay(thing)


@pytest.mark.parametrize(
    ("frame", "found"),
    [
        (arrow(kind=pa.RunEndEncodedArray.from_arrays([5], ["contacted"])), "run_end_encoded"),
        (arrow(amount=pa.array([pa.MonthDayNano([1, 1, 1])] * 5)), "month_day_nano_interval"),
        (
            arrow(occurred_at=pa.array([2**60] * 5, pa.timestamp("s", "UTC"))),
            "timestamp[s, tz=UTC]",
        ),
        (LOG.to_pandas().assign(amount=[Decimal("Infinity")] * 5), "object"),
        (LOG.to_pandas().assign(amount=[1j] * 5), "complex128"),
        (LOG.to_pandas().assign(amount=[Decimal(1), 2.5, "3", None, None]), "object"),
        (LOG.to_pandas().assign(customer_id=[1, "a", 2, "b", 3]), "object"),
        (LOG.to_pandas().assign(customer_id=pd.Series(["\ud800"] * 5, dtype=object)), "object"),
        (
            LOG.to_pandas().assign(amount=pd.arrays.SparseArray([1.0] * 5)),
            "Sparse[float64, nan]",
        ),
    ],
)
def test_what_no_column_of_one_type_can_hold_is_refused(frame: Any, found: str) -> None:
    """With the column and what it holds."""
    with pytest.raises(errors.InvalidColumns) as caught:
        columnar.replay(frame)

    (problem,) = caught.value.problems
    assert problem.place == "column"
    assert f"{found}" in problem.mend
    assert "cannot be read" in problem.mend


def test_the_answer_belongs_to_the_connection_of_the_question() -> None:
    """And the tables of that connection keep their names and their content."""
    connection = duckdb.connect()
    for name in ("result", "log", "frame", "native"):
        connection.execute(f"create table {name} as select 42 as x")
    question = connection.from_arrow(LOG.to_arrow())

    customers = columnar.replay(question).customers

    joined = connection.table("log").join(customers, "x < 50 and true")
    assert joined.project("customer_id").order("customer_id").fetchall() == [("a",), ("b",)]
    assert connection.sql("select * from log, result").fetchall() == [(42, 42)]


def test_databases_give_numbers_and_times_of_their_own() -> None:
    """Large whole numbers come as decimals, the end of time as a number."""
    rows = duckdb.connect().sql(
        """
        select 'c' as customer_id, 'survey_answered' as kind,
            time::timestamptz as occurred_at, 7::hugeint as score, sequence::hugeint as sequence
        from (values ('2024-05-01 12:00:00+00', 9007199254740993), ('infinity', 1))
            as t(time, sequence)
        """
    )

    replay = columnar.replay(rows, on_invalid="report")

    assert plain(replay.invalid)["row"].to_list() == [1]
    assert plain(replay.customers)["clock"].to_list() == [NOON]


def test_values_come_back_in_the_zone_they_came_in() -> None:
    """What is set aside as future is told as the log has it."""
    local = LOG.with_columns(pl.col("occurred_at").dt.convert_time_zone("Europe/Lisbon"))

    future = columnar.replay(local.to_arrow(), as_of=NOON - timedelta(1)).future

    assert future.column("occurred_at").type == pa.timestamp("us", "Europe/Lisbon")
    assert future.column("occurred_at").to_pylist() == [NOON] * 5
