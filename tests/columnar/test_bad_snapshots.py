"""Snapshots: of another law they are refused, and none reaches the engine that is not sound."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import polars as pl
import pytest

from columnar.logs import NOON, log
from lifecycle_model import DEFAULT_RULES, Axis, Customer, Lifecycle, Policy, columnar, errors
from lifecycle_model.columnar.snapshot_frame import SCHEMA
from lifecycle_model.columnar.times import LATEST, instant_of
from lifecycle_model.events import ProductUsed

AHEAD: Final = Lifecycle(Policy(day_offset_minutes=60))
"""Its calendar ends an hour earlier in UTC."""

LOG: Final = pl.concat(
    [
        log(2, "purchase_completed", customer_id=["a", "b"], amount=[5, 7], event_id="e"),
        log(2, "need_recognized", customer_id="b", opportunity_id=["x", "y"]),
        log(2, "case_opened", customer_id="b", case_id=["k", "l"], complaint=True),
        log(1, "consent_changed", customer_id="b", allowed=False),
    ],
    how="diagonal",
)
SNAPSHOTS: Final = columnar.replay(LOG, AHEAD).snapshots
LAW: Final = ("schema_version", "policy", "rules")


def changed(name: str, cell: Any) -> pl.DataFrame:
    """Return the snapshots with another cell for customer b."""
    cells = [SNAPSHOTS[name].to_list()[0], cell]
    return SNAPSHOTS.with_columns(pl.Series(name, cells, dtype=SNAPSHOTS[name].dtype))


def entries(name: str, **fields: Any) -> list[dict[str, Any]]:
    """Return customer b's list in a column, its first entry with other fields."""
    first, *others = SNAPSHOTS[name].to_list()[1]
    return [first | fields, *others]


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("customer_id", None),
        ("customer_id", ""),
        ("customer_id", "a"),
        ("clock", instant_of(LATEST)),
        ("situation", None),
        ("situation_rule", "no such rule"),
        ("situation_rule", "settled"),
        ("restores_to", None),
        ("restores_to", "dissatisfied"),
        ("dissatisfied_on", None),
        ("purchases", None),
        ("standing_purchases", -1),
        ("standing_purchases", 0),
        ("payments_overdue", -1),
        ("reached", None),
        ("currency", ""),
        ("window", None),
        ("window", [None]),
        ("window", entries("window", day=None)),
        ("window", entries("window", purchases=None)),
        ("window", entries("window", purchases=-1)),
        ("window", entries("window", amount=None)),
        ("window", entries("window", amount=Decimal(9 * 10**14))),
        ("window", [*entries("window"), *entries("window", purchases=0)]),
        ("opportunities", None),
        ("opportunities", entries("opportunities", id="")),
        ("opportunities", entries("opportunities", id="y")),
        ("opportunities", entries("opportunities", position="status_quo")),
        ("opportunities", entries("opportunities", position=None)),
        ("opportunities", entries("opportunities", entered_on=None)),
        ("opportunities", entries("opportunities", touched_on=None)),
        ("opportunities", entries("opportunities", with_competitor=None)),
        ("open_cases", None),
        ("open_cases", entries("open_cases", id="l")),
        ("open_cases", entries("open_cases", complaint=None)),
        ("clock_events", None),
        ("clock_events", [{"source": None, "event_id": "e"}]),
        ("clock_events", [{"source": "", "event_id": None}]),
        ("withdrawn_channels", None),
        ("withdrawn_channels", [None]),
    ],
)
def test_a_row_that_no_fold_leaves_is_refused(name: str, cell: Any) -> None:
    """With the column, the row and the customer; the engine would believe it."""
    with pytest.raises(errors.InvalidColumns) as caught:
        columnar.replay(pl.DataFrame(), AHEAD, snapshots=changed(name, cell))

    assert any(
        one.place.startswith(f"column {name!r}, row ") and "what a fold leaves" in one.mend
        for one in caught.value.problems
    )


def test_the_columns_of_a_row_agree_with_each_other() -> None:
    """As in a single customer: what only some situations have, counts that hold others."""
    for name, cell, told in (
        ("situation", "regular", "restores_to"),
        ("purchases", 0, "standing_purchases"),
    ):
        with pytest.raises(errors.InvalidColumns, match=f"'{told}', row 1, customer 'b'"):
            columnar.replay(pl.DataFrame(), AHEAD, snapshots=changed(name, cell))


@pytest.mark.parametrize("name", ["clock", "last_event_at", "situation_since", "covers_until"])
def test_times_and_days_outside_the_calendar_are_refused(name: str) -> None:
    """Whatever a frame can hold."""
    wild = pl.Series(name, [2**30, 2**30], dtype=pl.Int32).cast(pl.Date)
    if name != "covers_until":
        wild = pl.Series(name, [2**62, -(2**62)]).cast(pl.Datetime("us", "UTC"))

    with pytest.raises(errors.InvalidColumns, match=f"column '{name}', row 0, customer 'a'"):
        columnar.replay(pl.DataFrame(), AHEAD, snapshots=SNAPSHOTS.with_columns(wild))


@pytest.mark.parametrize("name", SCHEMA)
def test_a_column_that_is_missing_or_of_another_type_is_refused(name: str) -> None:
    """Days are no numbers, instants have a zone, lists hold what they should."""
    strange = SNAPSHOTS.with_columns(pl.lit(b"x").alias(name))

    with pytest.raises(errors.InvalidColumns, match=f"'{name}': is missing: give a frame"):
        columnar.replay(pl.DataFrame(), AHEAD, snapshots=SNAPSHOTS.drop(name))
    refusal = errors.SnapshotsMismatch if name in LAW else errors.InvalidColumns
    with pytest.raises(refusal, match=name):
        columnar.replay(pl.DataFrame(), AHEAD, snapshots=strange)


@pytest.mark.parametrize("name", [name for name in SCHEMA if SCHEMA[name] != pl.String])
def test_structures_are_no_numbers_and_no_times(name: str) -> None:
    """A cast of structures goes into them, so it does not fail."""
    strange = SNAPSHOTS.with_columns(pl.struct(pl.lit(1).alias("a")).alias(name))

    refusal = errors.SnapshotsMismatch if name in LAW else errors.InvalidColumns
    with pytest.raises(refusal, match=name):
        columnar.replay(pl.DataFrame(), AHEAD, snapshots=strange)


@pytest.mark.parametrize(
    "name", ["clock", "purchases", "window", "opportunities", "open_cases", "clock_events"]
)
@pytest.mark.parametrize("cell", [1j, "text", ["a"], [{"a": "b"}]])
def test_a_single_row_of_other_values_is_refused(name: str, cell: Any) -> None:
    """With the field; whatever stands there."""
    row = SNAPSHOTS.row(1, named=True) | {name: cell}
    with pytest.raises(errors.InvalidCustomer, match=name):
        columnar.to_customer(row, AHEAD)


def test_a_word_that_is_no_situation_is_refused() -> None:
    """A column of texts may stand for one of words, if all of them are known."""
    texts = SNAPSHOTS.with_columns(pl.col("situation").cast(pl.String))
    strange = texts.with_columns(situation=pl.lit("gone"))

    same = columnar.replay(pl.DataFrame(), AHEAD, snapshots=texts).snapshots
    assert same.equals(SNAPSHOTS)
    with pytest.raises(errors.InvalidColumns, match="'situation': should hold Enum"):
        columnar.replay(pl.DataFrame(), AHEAD, snapshots=strange)


@pytest.mark.parametrize(
    ("lifecycle", "what"),
    [
        (Lifecycle(), "policy"),
        (Lifecycle(AHEAD.policy, DEFAULT_RULES.without(Axis.SITUATION, "lapsed")), "rules"),
    ],
)
def test_snapshots_of_another_law_are_refused(lifecycle: Lifecycle, what: str) -> None:
    """With what differs: a policy, or a table."""
    with pytest.raises(errors.SnapshotsMismatch) as caught:
        columnar.replay(pl.DataFrame(), lifecycle, snapshots=SNAPSHOTS)

    assert caught.value.what == what


def test_snapshots_of_another_release_are_refused() -> None:
    """A later schema may mean something else by the same columns."""
    later = SNAPSHOTS.with_columns(schema_version=pl.lit(2, pl.Int32))

    with pytest.raises(errors.SnapshotsMismatch, match="schema_version 2, needed is 1"):
        columnar.replay(pl.DataFrame(), AHEAD, snapshots=later)


@pytest.mark.parametrize("thing", [5, [Customer(id="a")], pl.Series(["a"])])
def test_snapshots_are_a_frame(thing: Any) -> None:
    """A list of customers, or one column, is none."""
    with pytest.raises(errors.NotAFrame, match="the frame of snapshots cannot be a "):
        columnar.replay(LOG, snapshots=thing)


def test_a_customer_of_another_calendar_is_refused() -> None:
    """With the error of the scalar engine; a longer window than needed is fine."""
    longer = Lifecycle(Policy(window_days=400))
    customer = longer.replay([ProductUsed(customer_id="a", occurred_at=NOON)]).customer

    assert len(columnar.from_customers([customer], Lifecycle())) == 1
    for other in (Lifecycle(Policy(window_days=401)), AHEAD):
        with pytest.raises(errors.SnapshotMismatch):
            columnar.from_customers([customer], other)
