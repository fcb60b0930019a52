"""Logs in files: read as they are, whole or in parts."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

import polars as pl
import pytest

from lifecycle_model import Lifecycle, Policy, columnar, errors
from lifecycle_model.columnar import files
from lifecycle_model.columnar.coding import SLICE
from lifecycle_model.simulate import event_log

if TYPE_CHECKING:
    from pathlib import Path

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
LEAST = 1 << 26


@cache
def log() -> pl.DataFrame:
    """Return a made-up log of all kinds."""
    return event_log(6_000, 400, seed=4).drop("alternatives")


def written(folder: Path, suffix: str) -> Path:
    """Return a file that holds the log."""
    path = folder / f"log{suffix}"
    if suffix == ".parquet":
        log().write_parquet(path, row_group_size=1_500)
    elif suffix == ".csv":
        log().write_csv(path, datetime_format="%Y-%m-%dT%H:%M:%S%.6f%:z")
    else:
        times = log().with_columns(
            pl.col("occurred_at").dt.strftime("%Y-%m-%dT%H:%M:%S%.6f%:z"),
            pl.col("amount").cast(pl.Float64),
        )
        times.write_ndjson(path)
    return path


def same(found: columnar.Replay, expected: columnar.Replay) -> None:
    """Assert that two replays say the same."""
    assert found.customers.rows() == expected.customers.rows()
    assert found.transitions.rows() == expected.transitions.rows()
    assert found.snapshots.rows() == expected.snapshots.rows()
    assert found.invalid.rows() == expected.invalid.rows()
    assert found.conflicts.rows() == expected.conflicts.rows()
    assert found.future["row"].to_list() == expected.future["row"].to_list()
    assert (found.events, found.duplicates) == (expected.events, expected.duplicates)


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".jsonl", ".ndjson"])
def test_a_file_folds_like_the_frame_that_it_holds(tmp_path: Path, suffix: str) -> None:
    """Amounts, times and empty cells survive every format."""
    expected = columnar.replay(log(), as_of=AS_OF, transitions=True)
    path = written(tmp_path, suffix)

    same(columnar.replay_file(path, as_of=AS_OF, transitions=True), expected)


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
@pytest.mark.parametrize("on_invalid", ["raise", "report"])
def test_a_log_folded_in_parts_gives_the_same(
    tmp_path: Path, suffix: str, on_invalid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Customers are shared out; rows keep their numbers, snapshots their customer."""
    path = written(tmp_path, suffix)
    held = columnar.replay(
        log().filter(pl.col("occurred_at") < datetime(2022, 1, 1, tzinfo=UTC))
    )
    later = log().with_columns(
        kind=pl.when(pl.col("customer_id").hash() % 50 == 0)
        .then(pl.lit("unheard_of"))
        .otherwise(pl.col("kind").cast(pl.String))
    )
    later = later if on_invalid == "report" else log()
    later = later.filter(pl.col("occurred_at") >= datetime(2022, 1, 1, tzinfo=UTC))
    if suffix == ".parquet":
        later.write_parquet(path)
    else:
        later.write_csv(path, datetime_format="%Y-%m-%dT%H:%M:%S%.6f%:z")
    asked = {"as_of": datetime(2024, 6, 1, tzinfo=UTC), "transitions": True}
    expected = columnar.replay(later, snapshots=held, on_invalid=on_invalid, **asked)
    monkeypatch.setattr(files, "_ROW", LEAST // 1_000)
    monkeypatch.setattr(files, "_CHARACTER", LEAST // 100_000)

    found = columnar.replay_file(
        path, snapshots=held, on_invalid=on_invalid, memory=LEAST, **asked
    )

    same(found, expected)


def test_faults_of_all_parts_are_told_in_one_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The count is that of the whole log, not of the first part that has a fault."""
    path = tmp_path / "log.parquet"
    wrong = pl.Series("score", [11] * 6_000, dtype=pl.Int8)
    log().with_columns(wrong).write_parquet(path)
    answers = log().filter(pl.col("kind").cast(pl.String) == "survey_answered").height
    monkeypatch.setattr(files, "_ROW", LEAST // 1_000)

    with pytest.raises(errors.InvalidRows) as caught:
        columnar.replay_file(path, memory=LEAST)

    assert caught.value.count == answers
    assert [row.column for row in caught.value.rows] == ["score"] * 100


def test_snapshots_may_be_a_file(tmp_path: Path) -> None:
    """They are stored as Parquet and read again."""
    cut = datetime(2022, 6, 1, tzinfo=UTC)
    before, after = tmp_path / "before.parquet", tmp_path / "after.parquet"
    log().filter(pl.col("occurred_at") < cut).write_parquet(before)
    log().filter(pl.col("occurred_at") >= cut).write_parquet(after)
    state = tmp_path / "state.parquet"
    first = columnar.replay_file(before)
    first.snapshots.write_parquet(state)

    found = columnar.replay_file(after, snapshots=state)

    expected = columnar.replay_file(after, snapshots=first)
    assert found.customers.rows() == expected.customers.rows()


def test_small_row_groups_are_read_together(tmp_path: Path) -> None:
    """A slice is a number of whole row groups, large enough to be worth the call."""
    rows = 2 * SLICE + 10
    path = tmp_path / "log.parquet"
    pl.DataFrame({"customer_id": pl.zeros(rows, pl.Int64, eager=True)}).write_parquet(
        path, row_group_size=SLICE // 2 + 1
    )

    assert files.LogFile.of(path).source().bounds == [0, SLICE + 2, 2 * SLICE + 4, rows]


def test_an_empty_file_has_no_customers(tmp_path: Path) -> None:
    """A log without rows is a log."""
    path = tmp_path / "log.parquet"
    log().clear().write_parquet(path)

    assert columnar.replay_file(path).customers.height == 0


def test_a_file_that_is_none_of_the_known_forms_is_refused(tmp_path: Path) -> None:
    """The suffix says the form."""
    with pytest.raises(errors.UnknownName, match=r"suffix '\.xlsx' is unknown"):
        columnar.replay_file(tmp_path / "log.xlsx")


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".jsonl"])
def test_a_file_that_does_not_hold_what_it_says_is_refused(tmp_path: Path, suffix: str) -> None:
    """Whether it is not there or holds something else, the error names it."""
    path = tmp_path / f"log{suffix}"
    with pytest.raises(errors.UnreadableLog, match="cannot be read"):
        columnar.replay_file(path)

    path.write_bytes(b"\xff\xfe{{\n")
    with pytest.raises(errors.LifecycleError):
        columnar.replay_file(path)


def test_a_header_that_names_a_column_twice_is_refused(tmp_path: Path) -> None:
    """Nobody can say which of the two counts."""
    path = tmp_path / "log.csv"
    path.write_text("customer_id,kind,occurred_at,kind\n", encoding="utf-8")

    with pytest.raises(errors.InvalidColumns, match="stands more than once"):
        columnar.replay_file(path)


def test_too_little_memory_is_refused() -> None:
    """Below 64 MiB nothing can be folded."""
    with pytest.raises(errors.TooLittleMemory, match="memory=1 is too little"):
        columnar.replay_file("log.parquet", memory=1)


def test_a_machine_that_does_not_say_its_memory_is_taken_for_a_small_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then 4 GiB may be used."""
    path = written(tmp_path, ".parquet")
    expected = columnar.replay(log())
    monkeypatch.delattr(files.os, "sysconf")

    assert columnar.replay_file(path).events == expected.events


def test_as_of_before_a_snapshot_is_refused() -> None:
    """Time does not run backwards; the error names one such customer."""
    held = columnar.replay(log())
    with pytest.raises(errors.LateEvent, match="older than the customer's clock"):
        columnar.replay(log().clear(), snapshots=held, as_of=datetime(2020, 1, 1, tzinfo=UTC))


def test_snapshots_of_another_policy_are_refused() -> None:
    """What they counted may not be what this policy counts."""
    held = columnar.replay(log())
    with pytest.raises(errors.SnapshotsMismatch, match="the snapshots have policy"):
        columnar.replay(log().clear(), Lifecycle(Policy.grocery()), snapshots=held)


def test_customers_of_snapshots_stay_where_no_event_comes() -> None:
    """An empty log moves nobody; time may."""
    held = columnar.replay(log())

    assert columnar.replay(log().clear(), snapshots=held).customers.rows() == (
        held.customers.rows()
    )
