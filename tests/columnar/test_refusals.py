"""What only folding finds, arguments that are refused, and snapshots that no fold left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numba
import numpy as np
import polars as pl
import pytest

from columnar.comparing import frame_of, histories_of
from lifecycle_model import (
    Lifecycle,
    Policy,
    PurchaseCompleted,
    columnar,
    errors,
)
from lifecycle_model.columnar import coding, jit, native
from lifecycle_model.columnar.series import words
from lifecycle_model.columnar.threads import Threads

START = datetime(2024, 1, 1, tzinfo=UTC)


def bought(day: int, customer: str = "c", **fields: Any) -> PurchaseCompleted:
    """Return a purchase."""
    return PurchaseCompleted(
        customer_id=customer, occurred_at=START + timedelta(days=day), **fields
    )


def held() -> columnar.Replay:
    """Return a replay of two customers."""
    return columnar.replay(frame_of([bought(0), bought(1, "d", event_id="e-1")]))


def test_amounts_in_another_currency_than_the_first_are_told() -> None:
    """The first in fold order counts, whatever the order of the rows; the others fold."""
    events = [bought(3, currency="EUR"), bought(2, currency="USD"), bought(1, currency="EUR")]

    with pytest.raises(errors.InvalidRows, match="row 1: currency: 'USD': is not the policy's"):
        columnar.replay(frame_of(events))
    replay = columnar.replay(frame_of(events), on_invalid="report")

    assert replay.events == 2
    assert replay.customers["purchase_days"].to_list() == [2]
    assert replay.snapshots["currency"].to_list() == ["EUR"]


def test_the_currency_of_the_policy_goes_before_the_first() -> None:
    """An amount in another is told even where it comes first."""
    events = [bought(1, currency="EUR"), bought(2, currency="USD")]
    lifecycle = Lifecycle(Policy(currency="USD"))

    replay = columnar.replay(frame_of(events), lifecycle, on_invalid="report")

    assert replay.invalid["row"].to_list() == [0]
    assert replay.snapshots["currency"].to_list() == ["USD"]


def test_the_currency_of_a_snapshot_counts() -> None:
    """It is the customer's first, also in a later call."""
    first = columnar.replay(frame_of([bought(1, currency="EUR")]))

    later = columnar.replay(
        frame_of([bought(2, currency="USD")]), snapshots=first, on_invalid="report"
    )

    assert later.invalid["column"].to_list() == ["currency"]


def test_the_amount_that_is_too_much_for_a_window_is_told() -> None:
    """The row that reaches 9e14 is left out, and its customer folded without it."""
    rows = 9_001
    log = pl.DataFrame(
        {
            "customer_id": ["c"] * rows,
            "kind": "purchase_completed",
            "occurred_at": [START] * rows,
            "sequence": range(rows),
            "amount": [100_000_000_000] * rows,
        }
    )

    replay = columnar.replay(log, on_invalid="report")

    assert replay.invalid["row"].to_list() == [8_999, 9_000]
    assert replay.invalid["column"].to_list() == ["amount", "amount"]
    assert replay.events == 8_999


def test_arguments_that_mean_nothing_are_refused() -> None:
    """Each error says what can be given."""
    log = frame_of([bought(1)])
    with pytest.raises(errors.UnknownChoice, match="on_invalid='skip'"):
        columnar.replay(log, on_invalid="skip")
    with pytest.raises(errors.NoThreads, match="threads=0"):
        columnar.replay(log, threads=0)
    with pytest.raises(errors.NaiveTime):
        columnar.replay(log, as_of=datetime(2024, 1, 1))  # noqa: DTZ001


def test_a_table_without_room_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The compiled engine has room for a fixed number of rows in all cells."""
    monkeypatch.setattr(native, "_ROOM", 4)

    with pytest.raises(errors.TooManyRules, match="has room for 4"):
        native.program_record(Lifecycle().program)


def test_ids_of_snapshots_that_do_not_fit_the_log_are_refused() -> None:
    """Beside a negative id there is no room for one of 64 bits without sign."""
    large = frame_of([bought(1)]).with_columns(customer_id=pl.lit(2**64 - 1, pl.UInt64))
    negative = frame_of([bought(2)]).with_columns(customer_id=pl.lit(-1, pl.Int64))

    with pytest.raises(errors.InvalidColumns, match="cast one of them"):
        columnar.replay(negative, snapshots=columnar.replay(large))


def test_two_ids_with_one_hash_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has met this; should it happen, no customer becomes another."""
    monkeypatch.setattr(
        pl.Series, "hash", lambda cells: pl.Series(np.ones(len(cells), np.uint64))
    )

    with pytest.raises(errors.HashCollision, match="two ids share a hash"):
        coding.code(pl.Series("customer_id", ["a", "b"]), Threads(1))


def test_what_cannot_be_kept_is_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no place can be written to, each process compiles for itself."""

    def no_place(*, nogil: bool, cache: bool = False) -> Any:
        if cache:
            raise RuntimeError
        return numba.njit(nogil=nogil)

    monkeypatch.setattr(jit, "njit", no_place)

    assert jit.compiled(lambda number: number + 1)(1) == 2


def test_no_words_at_all_are_nulls() -> None:
    """A table without rules for an axis names none."""
    assert words(np.array([-1, -1]), []).to_list() == [None, None]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda frame: frame.drop("clock"), "column: 'clock': is missing"),
        (lambda frame: frame.with_columns(clock=pl.lit("noon")), "should hold Datetime"),
        (
            lambda frame: frame.with_columns(pl.col("clock").dt.replace_time_zone(None)),
            "should hold Datetime",
        ),
        (
            lambda frame: frame.with_columns(purchases=pl.lit("many")),
            "should hold Int32, not String",
        ),
        (
            lambda frame: frame.with_columns(purchases=pl.lit(2**40)),
            "should hold Int32, not Int64",
        ),
        (lambda frame: pl.concat([frame, frame]), "is not what a fold leaves"),
        (
            lambda frame: frame.with_columns(customer_id=pl.lit(None, pl.String)),
            "is not what a fold leaves",
        ),
        (
            lambda frame: frame.with_columns(standing_purchases=pl.lit(-1, pl.Int32)),
            "is not what a fold leaves",
        ),
        (
            lambda frame: frame.with_columns(
                window=pl.col("window").list.eval(
                    pl.struct(
                        pl.element().struct.field("day"),
                        pl.element().struct.field("purchases") * -1,
                        pl.element().struct.field("amount"),
                    )
                )
            ),
            "is not what a fold leaves",
        ),
    ],
)
def test_a_frame_that_no_fold_left_is_refused(change: Any, told: str) -> None:
    """The engine would believe it: what is wrong is told by column, row and customer."""
    with pytest.raises(errors.InvalidColumns, match=told):
        columnar.replay(frame_of([bought(5)]), snapshots=change(held().snapshots))


def test_a_row_that_is_no_customer_is_refused() -> None:
    """A field that is missing, or that no customer can have."""
    lifecycle = Lifecycle()
    row = held().snapshots.row(0, named=True)

    with pytest.raises(errors.InvalidCustomer, match="clock: is missing"):
        columnar.to_customer({key: row[key] for key in row if key != "clock"}, lifecycle)
    with pytest.raises(errors.InvalidCustomer, match="purchases"):
        columnar.to_customer(row | {"purchases": -1}, lifecycle)
    with pytest.raises(errors.SnapshotsMismatch):
        columnar.to_customer(row, Lifecycle(Policy.grocery()))


def test_customers_and_snapshots_turn_into_each_other() -> None:
    """A frame made of customers continues like the one that the fold left."""
    lifecycle = Lifecycle()
    first = held()
    rows = first.snapshots.iter_rows(named=True)
    customers = [columnar.to_customer(row, lifecycle) for row in rows]
    histories, _ = histories_of([bought(0), bought(1, "d", event_id="e-1")], lifecycle, None)

    again = columnar.from_customers(reversed(customers), lifecycle)

    assert customers == [history.customer for history in histories.values()]
    unknown = first.snapshots.with_columns(last_event_at=pl.lit(None))
    assert again.rows() == unknown.rows()
    later = frame_of([bought(9), bought(9, "d")])
    assert (
        columnar.replay(later, snapshots=again).customers.rows()
        == columnar.replay(later, snapshots=first).customers.rows()
    )
