"""Times and days of every type: what is none is told, the others are exact."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import product
from typing import Any

import polars as pl
import pytest

from columnar.logs import NOON, cells_of, faults, log, values
from lifecycle_model import (
    Lifecycle,
    Policy,
    columnar,
)
from lifecycle_model.columnar.times import EARLIEST, LATEST, instant_of
from lifecycle_model.events import to_utc

MISSING = "is missing: give it a value"
ZONE = "has no time zone: give aware times, for example in UTC"
OUTSIDE = "lies outside the years 1 to 9999 in UTC: correct the time"
DAY = "is not a date: give a day without a time"


@pytest.mark.parametrize("column", ["covers_until", "purchased_on"])
def test_dates_are_days(column: str) -> None:
    """Dates, midnights and ISO 8601 text of the calendar's years; a time of day is no date."""
    kind = "purchase_completed" if column == "covers_until" else "purchase_reversed"
    midnight = datetime(2024, 5, 1)  # noqa: DTZ001 - some frames know days only so
    for cells, dtype, bad in (
        ([date.min, date.max], pl.Date, {}),
        ([2932897, -719163], pl.Date, {0: "+10000-01-01", 1: "0000-12-31"}),
        ([2**31 - 1], pl.Date, {0: "2147483647"}),
        ([midnight, midnight + timedelta(seconds=1)], pl.Datetime, {1: "2024-05-01 00:00:01"}),
        ([2**62, -(2**62)], pl.Datetime("us"), {0: str(2**62), 1: str(-(2**62))}),
        (
            ["2024-05-01", "20240501", "2024-W18-3", "2024-02-30", "", "2024-05-01T00:00"],
            pl.String,
            {3: "'2024-02-30'", 4: "''", 5: "'2024-05-01T00:00'"},
        ),
    ):
        found = faults(cells_of(kind, column, _physical(cells, dtype)))

        assert {
            row: one.removesuffix(".000000") for row, one in values(found, column).items()
        } == bad
        assert {one[3] for one in found} <= {DAY}


def _physical(cells: Any, dtype: Any) -> pl.Series:
    """Return a column of times, given as such or as the numbers behind them."""
    if isinstance(cells[0], int):
        return pl.Series(cells, dtype=pl.Int64).cast(dtype)
    return pl.Series(cells, dtype=dtype)


def test_a_midnight_is_that_of_its_own_zone() -> None:
    """So a column of local midnights holds days, and one of UTC midnights does in UTC."""
    lisbon = pl.Series([datetime(2024, 5, 1, tzinfo=UTC), datetime(2024, 5, 1, 23, tzinfo=UTC)])
    lisbon = lisbon.dt.convert_time_zone("Europe/Lisbon")

    found = faults(cells_of("purchase_completed", "covers_until", lisbon))

    assert values(found, "covers_until") == {0: "2024-05-01 01:00:00.000000+01:00"}


def test_naive_times_are_told() -> None:
    """No zone is guessed, in no unit."""
    for unit in ("ms", "us", "ns"):
        naive = pl.Series([NOON, None]).dt.replace_time_zone(None).dt.cast_time_unit(unit)

        found = faults(log(2, occurred_at=naive))

        assert [(row, reason) for row, _, _, reason in found] == [(0, ZONE), (1, MISSING)]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Lisbon", "America/New_York", "Asia/Kathmandu"])
@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_times_of_every_unit_and_zone_mean_the_same_instant(unit: Any, zone: str) -> None:
    """Also before 1970, and on both sides of a change of the clocks."""
    instants = [
        NOON,
        datetime(1969, 12, 31, 23, 59, 59, 999000, tzinfo=UTC),
        datetime(1700, 2, 28, 12, tzinfo=UTC),
        datetime(2024, 3, 31, 0, 59, 59, tzinfo=UTC),
        datetime(2024, 3, 31, 1, tzinfo=UTC),
        datetime(2024, 10, 27, 0, 30, tzinfo=UTC),
        datetime(2024, 10, 27, 1, 30, tzinfo=UTC),
    ]
    times = pl.Series(instants).dt.convert_time_zone(zone).dt.cast_time_unit(unit)

    assert columnar.replay(log(7, occurred_at=times)).customers["clock"].to_list() == instants


def test_finer_times_are_cut_to_whole_microseconds() -> None:
    """Towards the past, before 1970 as after it; so single events cut them."""
    nanoseconds = pl.Series([1999, -1, -1000, -1001]).cast(pl.Datetime("ns", "UTC"))

    replay = columnar.replay(log(4, occurred_at=nanoseconds))

    expected = [instant_of(one) for one in (1, -1, -1, -2)]
    assert replay.customers["clock"].to_list() == expected


def test_times_outside_the_calendar_are_told() -> None:
    """In UTC, and at the policy's offset; what no calendar writes is told as a number."""
    ticks = [EARLIEST, EARLIEST - 1, LATEST, LATEST + 1, 2**62, -(2**63)]
    times = pl.Series(ticks).cast(pl.Datetime("us", "UTC"))
    frame = log(6, occurred_at=times)

    assert faults(frame) == [
        (1, "occurred_at", "0000-12-31 23:59:59.999999+00:00", OUTSIDE),
        (3, "occurred_at", "+10000-01-01 00:00:00.000000+00:00", OUTSIDE),
        (4, "occurred_at", str(2**62), OUTSIDE),
        (5, "occurred_at", str(-(2**63)), OUTSIDE),
    ]
    for offset, row in ((60, 2), (-60, 0)):
        found = faults(frame[[0, 2]], lifecycle=Lifecycle(Policy(day_offset_minutes=offset)))
        assert [(one[0], one[1]) for one in found] == [(row // 2, "occurred_at")]
        assert "in the policy's calendar" in found[0][3]


def test_the_calendar_ends_before_milliseconds_do() -> None:
    """A wider unit reaches further, and is held to the same years."""
    ticks = [EARLIEST // 1000, EARLIEST // 1000 - 1, LATEST // 1000, LATEST // 1000 + 1, 2**62]
    times = pl.Series(ticks).cast(pl.Datetime("ms", "UTC"))

    assert [one[0] for one in faults(log(5, occurred_at=times))] == [1, 3, 4]


@pytest.mark.parametrize("dtype", [pl.Date, pl.Time, pl.Duration("us")])
def test_days_and_spans_are_no_times(dtype: Any) -> None:
    """An instant needs a day and a time of day."""
    found = faults(log(1, occurred_at=pl.Series([7], dtype=pl.Int32).cast(dtype)))

    assert [one[3] for one in found] == ["is not a time: give aware times"]


def _time_texts() -> list[str]:
    days = ("2024-05-01", "20240501", "2024-W18-3", "2024W183", "2024-5-1", "2024- 5-01")
    days += ("0001-01-01", "9999-12-31", "0000-01-01", "2024-02-30", "2024-121", "24-05-01")
    joints = ("T", " ", "t", "_", "", "TT")
    hours = ("12:00", "12", "1200", "120000", "12:00:00", "12:00:00.1", "12:00:00,123456")
    hours += ("12:00:00.123456789", "12:00:60", "24:00:00", "12:60:00", "12:0:0", "12:00:0.12")
    hours += (" 2:00:00", "12:00:00.", "2:00:00.1", "23:59:59.9999999")
    zones = (
        "Z",
        "z",
        "+00:00",
        "+0200",
        "+02",
        "-07:30",
        "+24:00",
        "+23:59",
        "-23:59:59.999999",
    )
    zones += ("+01:00:30", "", "+1", "+02:60", " +02:00", "UTC", "\u221202:00", "+99:00")
    return ["".join(parts) for parts in product(days, joints, hours, zones)]


def test_texts_are_times_where_python_reads_them_as_aware_ones() -> None:
    """The same ISO 8601 forms as in single events, and the same instants."""
    texts = _time_texts()
    expected = []
    for text in texts:
        try:
            expected.append(to_utc(datetime.fromisoformat(text)))
        except ValueError:
            expected.append(None)

    replay = columnar.replay(
        log(len(texts), occurred_at=texts, customer_id=texts), on_invalid="report"
    )

    bad = [row for row, one in enumerate(expected) if one is None]
    assert replay.invalid["row"].to_list() == bad
    assert set(replay.invalid["reason"]) == {
        "is not an aware ISO 8601 time: write it like 2024-05-01T12:00:00+00:00"
    }
    instants = dict(replay.customers.select("customer_id", "clock").iter_rows())
    assert instants == {
        text: one for text, one in zip(texts, expected, strict=True) if one is not None
    }


def test_python_times_of_fixed_offsets_in_text_are_aware() -> None:
    """An offset of seconds is one too."""
    zone = timezone(timedelta(hours=1, seconds=30))
    texts = [NOON.astimezone(zone).isoformat(), NOON.isoformat(" ")]

    assert columnar.replay(log(2, occurred_at=texts)).customers["clock"].to_list() == [NOON] * 2
