"""A made-up log is valid, complete, uneven in the ways logs are, and always the same."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from lifecycle_model import DEFAULT_RULES, KINDS, Lifecycle, Policy, parse_event
from lifecycle_model.errors import InvalidSimulation, UnknownName
from lifecycle_model.simulate import COLUMNS, NARROW, event_log, wanted, write_event_log
from lifecycle_model.simulate.columns import OWN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lifecycle_model import History
    from lifecycle_model.events import Event

START = datetime(2021, 1, 1, tzinfo=UTC)
FULL = event_log(20_000, 1_000)


def given(row: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a row that have a value."""
    return {name: value for name, value in row.items() if value is not None}


def events_of(log: pl.DataFrame) -> list[Event]:
    """Return the rows as events."""
    return [parse_event(given(row)) for row in log.iter_rows(named=True)]


def histories(log: pl.DataFrame, lifecycle: Lifecycle) -> Iterator[History]:
    """Fold each customer up to the end of the log."""
    end = log["occurred_at"].max()
    for rows in log.partition_by("customer_id"):
        yield lifecycle.replay(events_of(rows), as_of=end)


def test_every_row_is_an_event() -> None:
    """A row has what its kind needs, and nothing that its kind does not own."""
    for row in FULL.iter_rows(named=True):
        parse_event(given(row))
        assert given(row).keys() <= OWN[row["kind"]]


def test_log_has_the_columns_it_says() -> None:
    """All columns are there with their types, and each holds something."""
    assert dict(FULL.schema) == COLUMNS
    assert [name for name in FULL.columns if FULL[name].null_count() == len(FULL)] == []


def test_model_is_shown_as_a_whole() -> None:
    """All kinds, values and rules occur, but for the rule that the default policy silences."""
    lifecycle = Lifecycle()
    found = list(histories(FULL, lifecycle))
    fired = {(one.axis, one.rule) for history in found for one in history.transitions}
    statuses = [lifecycle.status(history.customer) for history in found]

    assert set(FULL["kind"]) == set(KINDS)
    assert {rule.id for rule in DEFAULT_RULES if (rule.axis, rule.id) not in fired} == {
        "no-longer-valuable"
    }
    for values in (
        {status.situation for status in statuses},
        {status.stage for status in statuses},
        {status.sales_step for status in statuses},
        {status.service_state for status in statuses},
        {one.before for history in found for one in history.transitions}
        | {one.after for history in found for one in history.transitions},
    ):
        of = {type(value) for value in values}
        assert values == {value for kind in of for value in kind}


def test_revenue_matters_where_a_policy_asks_for_it() -> None:
    """Amounts are such that customers gain and lose the highest rung by them."""
    policy = Policy(preferred_revenue=300, keep_preferred_revenue=200)
    fired = {
        one.rule
        for history in histories(event_log(10_000, 300), Lifecycle(policy))
        for one in history.transitions
    }

    assert {"became-preferred", "no-longer-valuable"} <= fired


def test_same_seed_same_log() -> None:
    """A seed gives one log, on every machine and with every version of the libraries."""
    log = event_log(3_000, 100, seed=7).with_columns(pl.col("occurred_at").cast(pl.Int64))
    text = "\n".join(map(repr, log.rows()))

    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "4b6d22ee2d618b9d"
    assert not event_log(3_000, 100, seed=8).equals(event_log(3_000, 100, seed=7))


def test_few_customers_have_most_events() -> None:
    """The tail is heavy, and nobody is without an event."""
    counts = FULL.group_by("customer_id").len()["len"].sort(descending=True)

    assert len(counts) == 1_000
    assert counts[:10].sum() > 0.15 * len(FULL)
    assert counts.mean() == 20
    assert counts.median() < 10


def test_copies() -> None:
    """As many rows as asked for repeat an event id, one in ten with other content."""
    log = event_log(20_000, 1_000, duplicates=0.05)
    named = log.filter(pl.col("event_id").is_not_null())
    repeats = len(named) - named.select("source", "event_id").n_unique()
    found = list(histories(log, Lifecycle()))

    assert len(log) == 20_000
    assert repeats == 1_000
    assert sum(history.duplicates + len(history.conflicts) for history in found) == 1_000
    assert 50 < sum(len(history.conflicts) for history in found) < 150


def test_ties() -> None:
    """Events of one customer share an instant; some customers have days only."""
    instants = FULL.unique(["source", "event_id"]).group_by("customer_id", "occurred_at").len()
    dated = FULL.group_by("customer_id").agg(
        (pl.col("occurred_at").dt.truncate("1d") == pl.col("occurred_at")).mean()
    )["occurred_at"]

    assert (instants["len"] > 1).sum() > 500
    assert 0.05 < (dated > 0.9).mean() < 0.15


@pytest.mark.parametrize("size", [500, wanted.BATCH])
def test_lateness(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only rows that arrive late are out of the order of time, however a log is cut."""
    monkeypatch.setattr(wanted, "BATCH", size)
    clean = event_log(10_000, 500, duplicates=0, late=0)
    late = event_log(10_000, 500, duplicates=0, late=0.1)
    behind = late["occurred_at"] < late["occurred_at"].cum_max()

    assert clean["occurred_at"].is_sorted()
    assert 0.05 < behind.mean() <= 0.1


def test_cuts_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log made in many parts has all its rows, and each customer."""
    monkeypatch.setattr(wanted, "BATCH", 500)
    log = event_log(10_000, 500)

    assert len(log) == 10_000
    assert log["customer_id"].n_unique() == 500
    assert Counter(log["event_id"].drop_nulls()).most_common(1)[0][1] <= 3


def test_processes_take_their_course() -> None:
    """Of a deal, the offer follows the evaluation, and a complaint is closed after it opens."""
    log = FULL.unique("event_id").sort("occurred_at")
    for first, then, key in (
        ("evaluation_started", "offer_made", "opportunity_id"),
        ("case_opened", "case_closed", "case_id"),
    ):
        both = log.filter(kind=first).join(log.filter(kind=then), on=key)

        assert len(both) > 100
        assert (both["occurred_at"] <= both["occurred_at_right"]).all()


def test_log_lies_within_its_days() -> None:
    """Nothing happens before the first day or after the last."""
    log = event_log(2_000, 100, start=date(1969, 12, 1), days=60)

    assert log["occurred_at"].min() >= datetime(1969, 12, 1, tzinfo=UTC)
    assert log["occurred_at"].max() < datetime(1969, 12, 1, tzinfo=UTC) + timedelta(days=60)


def test_customers_appear_over_time() -> None:
    """Each quarter of the log has about a quarter of the first events."""
    first = FULL.group_by("customer_id").agg(pl.col("occurred_at").min())["occurred_at"]
    quarters = Counter((at - START) // timedelta(days=366) for at in first)

    assert set(quarters) == {0, 1, 2, 3}
    assert min(quarters.values()) > 200


def test_columns_can_be_left_out() -> None:
    """A log of few columns has the kinds that these make valid, and without ids no copies."""
    log = event_log(5_000, 200, columns=["amount", "complaint"])

    assert log.columns == ["customer_id", "kind", "occurred_at", "amount", "complaint"]
    assert len(events_of(log)) == 5_000
    assert not {"case_opened", "survey_answered", "interest_shown"} & set(log["kind"])
    assert "purchase_reversed" in set(log["kind"])
    assert len(event_log(5_000, 200, columns=[], duplicates=0.5)) == 5_000


def test_narrow_log() -> None:
    """The narrow columns lack only the kinds that need others."""
    log = event_log(20_000, 1_000, columns=NARROW)

    assert tuple(log.columns) == NARROW
    assert len(events_of(log)) == 20_000
    assert set(KINDS) - set(log["kind"]) == {
        "action_taken",
        "consent_changed",
        "manual_correction",
    }


def test_ids() -> None:
    """Ids are texts of one width, or whole numbers on demand."""
    numbers = event_log(1_000, 50, integer_ids=True)

    assert numbers.schema["customer_id"] == pl.Int64
    assert set(numbers["customer_id"]) == set(range(1, 51))
    assert set(event_log(1_000, 50)["customer_id"]) == {f"c-{n:07}" for n in range(1, 51)}


@pytest.mark.parametrize(
    ("events", "customers", "days", "duplicates"),
    [(1, 1, 1, 0.5), (2, 1, 1, 0.5), (7, 7, 400, 0.5), (10, 7, 1, 0.2), (5_000, 1, 30, 0)],
)
def test_small_logs(events: int, customers: int, days: int, duplicates: float) -> None:
    """However small, a log has as many rows and customers as asked for."""
    for seed in range(20):
        log = event_log(events, customers, seed=seed, days=days, duplicates=duplicates)

        assert len(log) == events
        assert log["customer_id"].n_unique() == customers


def test_parquet_holds_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file written in parts reads as the frame."""
    monkeypatch.setattr(wanted, "BATCH", 1_000)
    write_event_log(tmp_path / "log.parquet", 5_000, 200, seed=3)
    read = pl.read_parquet(tmp_path / "log.parquet")

    assert read.cast({"kind": COLUMNS["kind"]}).equals(event_log(5_000, 200, seed=3))


def test_json_lines_are_events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line is an event as it stands, the same as in the frame."""
    monkeypatch.setattr(wanted, "BATCH", 1_000)
    write_event_log(tmp_path / "log.jsonl", 5_000, 200, seed=3)
    lines = (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()

    assert list(map(parse_event, lines)) == events_of(event_log(5_000, 200, seed=3))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"events": 0}, "events: 0: give a number from 1 to 2147483647"),
        ({"events": 4}, "events: 4: give at least one event for each of the 5 customers"),
        ({"customers": 0}, "customers: 0: give a number from 1"),
        ({"seed": -1}, "seed: -1: give a number from 0"),
        ({"days": 0}, "days: 0: give a number from 1 to 36525"),
        ({"duplicates": 0.6}, "duplicates: 0.6: give a number from 0 to 0.5"),
        ({"late": float("nan")}, "late: nan: give a number from 0 to 1"),
        ({"start": START}, "start: datetime.+: give a date without a time"),
        ({"start": date(9990, 1, 1)}, "start: .+: leave room for the days before year 9999"),
        ({"columns": ["amout"]}, "columns: 'amout': did you mean 'amount'?"),
    ],
)
def test_what_cannot_be(wrong: dict[str, Any], message: str) -> None:
    """What cannot be made is refused, with the mend."""
    with pytest.raises(InvalidSimulation, match=message):
        event_log(**{"events": 10, "customers": 5, **wrong})


def test_unknown_format(tmp_path: Path) -> None:
    """A suffix that stands for no format is an error, and no file is left."""
    with pytest.raises(UnknownName, match=r"suffix '.xlsx' is unknown: use one of .parquet,"):
        write_event_log(tmp_path / "log.xlsx", 10, 5)

    assert list(tmp_path.iterdir()) == []
