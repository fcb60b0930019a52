"""Rows that only folding finds wrong, or that are older than a snapshot; times asked for."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import polars as pl
import pytest

from columnar.logs import NOON, faults, log
from lifecycle_model import Lifecycle, Policy, columnar, errors
from lifecycle_model.columnar.times import EARLIEST, LATEST, instant_of

HOUR: Final = timedelta(hours=1)
EURO: Final = Lifecycle(Policy(currency="EUR"))
CURRENCY: Final = "is not the policy's currency or the customer's first: convert the amount"
LATE: Final = "is older than the clock of the customer's snapshot: fold the whole log again"


def bought(**columns: Any) -> pl.DataFrame:
    """Return purchases of one customer, an hour apart, of 1, 10, 100 and so on."""
    rows = len(next(iter(columns.values())))
    usual = {
        "customer_id": "c",
        "occurred_at": [NOON + row * HOUR for row in range(rows)],
        "amount": [10**row for row in range(rows)],
    }
    return log(rows, "purchase_completed", **usual | columns)


def revenue(replay: columnar.Replay) -> list[Any]:
    """Return what the customers are worth."""
    return replay.customers["revenue"].to_list()


def test_an_amount_without_a_currency_is_in_the_right_one() -> None:
    """The policy's, or the customer's first; only amounts in another one are told."""
    replay = columnar.replay(bought(currency=["USD", "EUR", None]), EURO, on_invalid="report")

    assert replay.invalid.rows() == [(0, "currency", "'USD'", CURRENCY)]
    assert revenue(replay) == [110]


def test_each_customer_has_a_first_currency_of_their_own() -> None:
    """First in fold order, not in the log."""
    frame = bought(
        currency=["EUR", "USD", None, "USD", "CHF"],
        occurred_at=[NOON + hour * HOUR for hour in (3, 1, 0, 2, 0)],
        customer_id=["c", "c", "c", "c", "d"],
    )

    replay = columnar.replay(frame, on_invalid="report")

    assert replay.invalid.rows() == [(0, "currency", "'EUR'", CURRENCY)]
    assert revenue(replay) == [1110, 10_000]
    assert replay.snapshots["currency"].to_list() == ["USD", "CHF"]


def test_refunds_have_a_currency_too() -> None:
    """Money comes off in the currency in which it came."""
    frame = bought(currency=["EUR", "USD", "EUR"]).with_columns(
        kind=pl.Series(["purchase_completed", "purchase_reversed", "purchase_reversed"])
    )

    assert faults(frame) == [(1, "currency", "'USD'", CURRENCY)]


def test_currencies_of_events_that_do_not_fold_are_not_looked_at() -> None:
    """Neither in the future, nor in the losers of conflicts."""
    frame = bought(currency=["EUR", "USD", "USD"], event_id=["e", "e", "f"])

    replay = columnar.replay(frame, as_of=NOON + HOUR)

    assert len(replay.invalid) == 0
    assert len(replay.conflicts) == len(replay.future) == 1


def test_rows_older_than_a_snapshot_are_told() -> None:
    """The others of the customer fold, those of the clock's instant too."""
    first = columnar.replay(bought(currency=[None]))
    later = bought(
        customer_id=["c", "c", "new"],
        occurred_at=[NOON - timedelta(microseconds=1), NOON, NOON - HOUR],
    )

    replay = columnar.replay(later, snapshots=first, on_invalid="report")

    late = (0, "occurred_at", "2024-05-01 11:59:59.999999+00:00", LATE)
    assert replay.invalid.rows() == [late]
    assert revenue(replay) == [11, 100]


def test_large_sums_keep_all_their_digits() -> None:
    """Up to what one window may hold, in every kind of frame."""
    rows = 9000
    amounts = [*[Decimal(10**11)] * (rows - 1), Decimal("99999999999.9999")]
    frame = bought(amount=pl.Series(amounts), occurred_at=[NOON] * rows)

    replay = columnar.replay(frame.to_arrow())

    worth = Decimal("899999999999999.9999")
    assert replay.customers.column("revenue").to_pylist() == [worth]
    assert replay.snapshots.column("window").to_pylist()[0][0]["amount"] == worth
    later = columnar.replay(log(1, customer_id="c"), snapshots=replay.snapshots)
    assert revenue(later) == [worth]


def test_all_rows_may_be_bad() -> None:
    """Then nobody is known, and every row is told."""
    replay = columnar.replay(
        log(3, kind=["x", "y", "z"]), on_invalid="report", transitions=True
    )

    assert replay.invalid["row"].to_list() == [0, 1, 2]
    assert len(replay.customers) == len(replay.snapshots) == len(replay.transitions) == 0
    assert replay.events == 0


def test_bad_rows_leave_the_customer_of_a_snapshot_as_it_was() -> None:
    """A customer of whom only bad rows come is still who the snapshot says."""
    first = columnar.replay(bought(currency=["EUR"]), as_of=NOON)
    bad = bought(currency=["USD", "EUR"], amount=[5, -5], occurred_at=[NOON + HOUR] * 2)

    replay = columnar.replay(bad, snapshots=first, on_invalid="report")

    assert replay.snapshots.equals(first.snapshots)
    assert sorted(replay.invalid["column"]) == ["amount", "currency"]


def test_a_time_before_a_snapshot_s_clock_cannot_be_asked_for() -> None:
    """The error is that of the scalar engine, and names one such customer."""
    first = columnar.replay(bought(currency=[None]))

    with pytest.raises(errors.LateEvent, match="customer 'c': a time at 2024-05-01T11"):
        columnar.replay(pl.DataFrame(), snapshots=first, as_of=NOON - HOUR)


@pytest.mark.parametrize(("ticks", "offset"), [(LATEST, 60), (EARLIEST, -60)])
def test_a_time_outside_the_policy_s_calendar_cannot_be_asked_for(
    ticks: int, offset: int
) -> None:
    """Like in the scalar engine: the snapshots left would have no day."""
    lifecycle = Lifecycle(Policy(day_offset_minutes=offset))

    with pytest.raises(errors.OutsideCalendar):
        columnar.replay(log(1), lifecycle, as_of=instant_of(ticks))


def test_a_customer_of_bad_rows_only_is_nobody() -> None:
    """As if the rows were absent, also where only folding finds them bad."""
    replay = columnar.replay(bought(currency=["USD"]), EURO, on_invalid="report")

    assert len(replay.customers) == len(replay.snapshots) == 0


def test_currencies_are_judged_among_the_events_that_are_left() -> None:
    """As the law says: which of two versions counts is settled before."""
    frame = bought(currency=["EUR", "USD"], event_id=["e", "e"])

    replay = columnar.replay(frame, EURO, on_invalid="report")

    assert revenue(replay) == [1]
    assert len(replay.conflicts) == 1
    assert len(replay.invalid) == 0
