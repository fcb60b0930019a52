"""Columns: frames of odd types and values, and files of any bytes."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from columnar.comparing import check_equal, frame_of, histories_of
from fuzzing.dice import Dice
from fuzzing.pieces import FIELDS, NUMBERS, TEXTS, TIMES, histories, raw_event
from lifecycle_model import KINDS, Lifecycle, LifecycleError, columnar, parse_event
from lifecycle_model.columnar.snapshot_frame import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator

LIFECYCLE = Lifecycle()

TYPES: tuple[Any, ...] = (
    pl.String,
    pl.Categorical,
    pl.Enum([*KINDS, *TEXTS]),
    pl.Int8,
    pl.UInt8,
    pl.Int64,
    pl.UInt64,
    pl.Int128,
    pl.Float32,
    pl.Float64,
    pl.Boolean,
    pl.Date,
    pl.Time,
    pl.Duration("us"),
    pl.Datetime("us", "UTC"),
    pl.Datetime("ms", "UTC"),
    pl.Datetime("ns", "Europe/Lisbon"),
    pl.Datetime("us"),
    pl.Decimal(38, 4),
    pl.Decimal(20, 9),
    pl.Binary,
    pl.Null,
    pl.Object,
    pl.List(pl.String),
    pl.List(pl.Int64),
    pl.List(pl.Null),
    pl.Array(pl.String, 2),
    pl.Struct({"a": pl.String}),
)

CELLS: tuple[Any, ...] = (
    None,
    *TEXTS[:-1],
    *NUMBERS,
    *TIMES,
    *KINDS,
    0,
    1,
    10,
    -1,
    127,
    2**63 - 1,
    -(2**63),
    10**38,
    0.1,
    -0.0,
    float("nan"),
    float("inf"),
    1e300,
    True,
    Decimal("19.90"),
    Decimal("0.000000001"),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2024, 5, 1, tzinfo=UTC),
    datetime(2024, 5, 1).date(),  # noqa: DTZ001 - a date
    timedelta(days=1),
    b"\xff",
    ["a", None],
    [],
    [1],
    {"a": "b"},
)


def _column(dice: Dice, rows: int) -> pl.Series:
    """Return a column of a picked type; cells that it cannot hold are null, or other ticks."""
    dtype = dice.pick(TYPES)
    cells = [dice.pick(CELLS) for _ in range(rows)]
    with suppress(Exception):
        made = pl.Series(cells, dtype=dtype, strict=False)
        if not made.null_count() or dice.upto(1):
            return made
    if dtype in (pl.Date, pl.Time, pl.Duration, pl.Datetime):
        physical = pl.Int32 if dtype == pl.Date else pl.Int64
        most = 2 ** (31 if dtype == pl.Date else 63) - 1
        ticks = [dice.pick([None, 0, 1, -1, most, -most - 1, 719162, -719163]) for _ in cells]
        if dtype != pl.Time:
            return pl.Series(ticks, dtype=physical).cast(dtype)
    return pl.Series([None] * rows, dtype=pl.Null if dtype == pl.Object else dtype)


def odd_frames(data: bytes) -> None:
    """Fold a frame with columns of any types."""
    dice = Dice(data)
    rows = dice.upto(4)
    columns: dict[str, Any] = {
        "customer_id": pl.Series(["c", "d", "c", "d"][:rows], dtype=pl.String),
        "kind": pl.Series([dice.pick(KINDS) for _ in range(rows)], dtype=pl.String),
        "occurred_at": pl.Series(
            [datetime(2024, 5, 1, tzinfo=UTC)] * rows, dtype=pl.Datetime("us", "UTC")
        ),
    }
    for _ in range(dice.upto(4)):
        columns[dice.pick(FIELDS)] = _column(dice, rows)
    frame: Any = pl.DataFrame(columns)
    if dice.upto(3) == 1:
        with suppress(Exception):  # not every type has a counterpart there
            frame = frame.to_arrow()
    as_of = dice.pick([None, datetime(2025, 1, 1, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)])
    with suppress(LifecycleError):
        found = columnar.replay(frame, on_invalid="report", transitions=True, as_of=as_of)
        assert found.events + found.duplicates + len(found.conflicts) <= rows
        for row in pl.DataFrame(found.snapshots).iter_rows(named=True):
            columnar.to_customer(row, LIFECYCLE)


def same_answers(data: bytes) -> None:
    """Fold sound events in columns and one by one."""
    dice = Dice(data)
    events = []
    while dice.left and len(events) < 40:
        fields = raw_event(dice) | {"customer_id": dice.pick("cd")}
        with suppress(LifecycleError):
            events.append(parse_event(fields))
    known, invalid = histories_of(events, LIFECYCLE, None)
    sound = [event for event in events if event.customer_id not in invalid]
    found = columnar.replay(frame_of(sound), LIFECYCLE, transitions=True)
    if sound:
        check_equal(found, known, LIFECYCLE)


def odd_snapshots(data: bytes) -> None:
    """Continue from snapshots of which some columns hold other things."""
    dice = Dice(data)
    events = [parse_event(one) for one in dice.pick(histories())]
    frame = columnar.replay(frame_of(events), on_invalid="report").snapshots
    for _ in range(dice.upto(2)):
        name = dice.pick(list(SCHEMA))
        frame = frame.with_columns(_column(dice, frame.height).alias(name))
    log = frame_of([parse_event(raw_event(Dice(b"")))])
    with suppress(LifecycleError):
        for row in frame.iter_rows(named=True):
            columnar.to_customer(row, LIFECYCLE)
    with suppress(LifecycleError):
        columnar.replay(log, snapshots=frame, on_invalid="report")


def files(data: bytes) -> None:
    """Fold files of any bytes."""
    dice = Dice(data[:1])
    suffix = dice.pick([".csv", ".jsonl", ".parquet"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"log{suffix}"
        path.write_bytes(data[1:])
        with suppress(LifecycleError):
            columnar.replay_file(path, on_invalid="report")


def files_seeds() -> Iterator[bytes]:
    """Yield golden histories in the three forms."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        for place, events in enumerate(histories()[::40]):
            frame = frame_of(map(parse_event, events))
            frame = frame.select(one for one in frame if one.null_count() < len(one))
            write = [frame.drop("alternatives", strict=False).write_csv, frame.write_ndjson]
            [*write, frame.write_parquet][place % 3](path)
            yield bytes([place % 3]) + path.read_bytes()
