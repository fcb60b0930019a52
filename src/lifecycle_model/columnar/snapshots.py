"""Snapshots: the frame from which a later call continues, and single customers of it.

Its columns are the fields of `Customer`, with what a single customer cannot tell: the policy
and the rules that it was folded under, and the last event.
"""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import polars as pl
from pydantic import ValidationError

from lifecycle_model.columnar.customers import situation_rules
from lifecycle_model.columnar.folding import NO_TIME
from lifecycle_model.columnar.held import CHANNEL, NAME, SLOTS, Held
from lifecycle_model.columnar.series import dates, instants, lists, money, words
from lifecycle_model.columnar.snapshot_frame import (
    LAW,
    SCHEMA,
    check_law,
    checked,
    list_starts,
    unpacked,
)
from lifecycle_model.columnar.times import DAY, EPOCH, MINUTE
from lifecycle_model.customer import SCHEMA_VERSION, Customer, Opportunity
from lifecycle_model.encode import POSITIONS, SITUATIONS
from lifecycle_model.errors import InvalidCustomer, Problem, problems_of
from lifecycle_model.kernel import layout as at
from lifecycle_model.lifecycle import Lifecycle
from lifecycle_model.memory import COUNT_FIELDS, DAY_FIELDS
from lifecycle_model.states import Axis

# What a customer does not keep, or keeps of the policy.
_BESIDE: Final = ("customer_id", "policy", "rules", "last_event_at")


def snapshots_frame(held: Held, known: np.ndarray, lifecycle: Lifecycle) -> pl.DataFrame:
    """Return what is held as a frame, without the customers that nobody knows."""
    clock, latest, since, moved_by = held.moments
    slots = dict(zip(SLOTS, held.slots, strict=True))
    rungs = slots[at.RUNG]
    columns: dict[str, Any] = {
        "customer_id": held.ids,
        "schema_version": pl.lit(SCHEMA_VERSION, pl.Int32),
        "policy": pl.lit(lifecycle.policy.digest),
        "rules": pl.lit(lifecycle.rules.digest),
        "clock": instants(clock, clock == NO_TIME),
        "last_event_at": instants(latest, latest == NO_TIME),
        "situation": words(slots[at.SITUATION], SITUATIONS),
        "situation_since": instants(since, since == NO_TIME),
        "situation_rule": situation_rules(moved_by, lifecycle.engine).cast(pl.String),
        "restores_to": words(rungs, SITUATIONS),
        **{name: dates(slots[slot]) for name, slot in DAY_FIELDS},
        **{name: pl.Series(slots[slot]) for name, slot in COUNT_FIELDS},
        "reached": pl.Series(slots[at.REACHED] > 0),
        "currency": _named(held.currency_names, held.currencies),
        "window": _window(held),
        "opportunities": _opportunities(held),
        "open_cases": _cases(held),
        "clock_events": _grouped(held.clock_events, NAME, len(held.ids)),
        "withdrawn_channels": _grouped(held.channels, CHANNEL, len(held.ids)),
    }
    return pl.DataFrame({"customer_id": held.ids}).select(**columns).filter(pl.Series(known))


def read_snapshots(frame: pl.DataFrame, lifecycle: Lifecycle) -> Held:
    """Return the customers of a frame of snapshots in the engine's form.

    Raises:
        InvalidColumns: it is no frame of snapshots, or a row is none that a fold leaves.
        SnapshotsMismatch: it was made by another release, policy or table.
    """
    frame = checked(frame, lifecycle)
    situation_rows = {
        rule.id: row
        for row, rule in enumerate(lifecycle.engine.program.rules)
        if rule.axis == Axis.SITUATION
    }
    clock = _microseconds(frame["clock"])
    offset = lifecycle.policy.day_offset_minutes * MINUTE
    days = [_ordinals(frame[name]) for name, _ in DAY_FIELDS]
    counts = [frame[name].to_numpy() for name, _ in COUNT_FIELDS]
    today = np.where(clock == NO_TIME, at.NONE, (clock + offset) // DAY + EPOCH)
    others = [
        frame["situation"].to_physical().to_numpy(),
        frame["restores_to"].to_physical().cast(pl.Int32).fill_null(-1).to_numpy(),
        frame["reached"].to_numpy(),
        today,
    ]
    moved_by = frame["situation_rule"].replace_strict(
        situation_rows, default=None, return_dtype=pl.Int64
    )
    window = unpacked(frame["window"])
    opportunities = unpacked(frame["opportunities"])
    cases = unpacked(frame["open_cases"])
    opportunity_names = opportunities["id"].unique().sort()
    case_names = cases["id"].unique().sort()
    currency_names = frame["currency"].drop_nulls().unique().sort()
    return Held(
        ids=frame["customer_id"],
        slots=np.array([*days, *counts, *others], np.int32).reshape(len(SLOTS), frame.height),
        moments=np.array(
            [
                clock,
                _microseconds(frame["last_event_at"]),
                _microseconds(frame["situation_since"]),
                moved_by.fill_null(-1).to_numpy(),
            ],
            np.int64,
        ),
        currencies=_codes(frame["currency"], currency_names),
        window_starts=list_starts(frame["window"]),
        window_days=_ordinals(window["day"]),
        window_counts=window["purchases"].to_numpy(),
        window_amounts=(window["amount"].to_physical().cast(pl.Int64)).to_numpy(),
        opportunity_starts=list_starts(frame["opportunities"]),
        opportunity_slots=np.column_stack(
            [
                _codes(opportunities["id"], opportunity_names),
                opportunities["position"].to_physical().to_numpy(),
                _ordinals(opportunities["entered_on"]),
                _ordinals(opportunities["touched_on"]),
                opportunities["with_competitor"].to_numpy(),
            ]
        ).astype(np.int32),
        case_starts=list_starts(frame["open_cases"]),
        case_slots=np.column_stack(
            [_codes(cases["id"], case_names), cases["complaint"].to_numpy()]
        ).astype(np.int32),
        opportunity_names=opportunity_names,
        case_names=case_names,
        currency_names=currency_names,
        clock_events=_lines(frame["clock_events"], list(NAME)),
        channels=_lines(frame["withdrawn_channels"], list(CHANNEL)),
    )


def to_customer(snapshot: dict[str, Any], lifecycle: Lifecycle) -> Customer:
    """Return one row of snapshots as a customer.

    Args:
        snapshot: the row as a dictionary, as `frame.row(0, named=True)` of polars gives it.
        lifecycle: what it was folded with.

    Raises:
        SnapshotsMismatch: it was folded under something else.
        InvalidCustomer: the row is not sound.
    """
    missing = [name for name in SCHEMA if name not in snapshot]
    if missing:
        mend = "is missing: give a row that `Replay.snapshots` has"
        raise InvalidCustomer("snapshot", tuple(Problem(name, "", mend) for name in missing))
    check_law(tuple(snapshot[name] for name in LAW), lifecycle)
    kept = {name: snapshot[name] for name in SCHEMA if name not in _BESIDE}
    policy = lifecycle.policy
    started = kept["clock"] is not None
    fields = kept | {
        "id": str(snapshot["customer_id"]),
        "clock_events": _pairs(kept["clock_events"]),
        "window_days": policy.window_days if started else None,
        "day_offset_minutes": policy.day_offset_minutes if started else None,
    }
    try:
        return Customer.model_validate(fields)
    except ValidationError as error:
        raise InvalidCustomer("snapshot", problems_of(error)) from error


def _pairs(names: object) -> object:
    """Return the clock's events as pairs; what is something else is left to be refused."""
    if not isinstance(names, Iterable):
        return names
    return [
        (one.get("source"), one.get("event_id")) if isinstance(one, dict) else one
        for one in names
    ]


def from_customers(customers: Iterable[Customer], lifecycle: Lifecycle) -> pl.DataFrame:
    """Return customers that were folded with a lifecycle as snapshots, ascending by id.

    A customer does not keep its last event's time apart from its clock: that column is empty.

    Raises:
        SnapshotMismatch: one was folded under a policy that counts days in another way.
    """
    known = sorted(customers, key=lambda one: one.id)
    for one in known:
        lifecycle.engine.check_snapshot(one)
    return pl.DataFrame(
        [_row(one, lifecycle) for one in known],
        schema=SCHEMA,
    )


def _row(customer: Customer, lifecycle: Lifecycle) -> dict[str, Any]:
    fields = {name: getattr(customer, name, None) for name in SCHEMA}
    return fields | {
        "customer_id": customer.id,
        "policy": lifecycle.policy.digest,
        "rules": lifecycle.rules.digest,
        "situation": str(customer.situation),
        "restores_to": customer.restores_to and str(customer.restores_to),
        "window": [entry._asdict() for entry in customer.window],
        "opportunities": [_plain(one) for one in customer.opportunities],
        "open_cases": [one.model_dump() for one in customer.open_cases],
        "clock_events": [
            {"source": source, "event_id": name} for source, name in customer.clock_events
        ],
        "withdrawn_channels": list(customer.withdrawn_channels),
    }


def _plain(opportunity: Opportunity) -> dict[str, Any]:
    return opportunity.model_dump() | {"position": str(opportunity.position)}


def _window(held: Held) -> pl.Series:
    entries = pl.DataFrame(
        {
            "day": dates(held.window_days),
            "purchases": pl.Series(held.window_counts),
            "amount": money(held.window_amounts),
        }
    ).to_struct()
    return lists(held.window_starts, entries)


def _opportunities(held: Held) -> pl.Series:
    code, position, entered, touched, competitor = held.opportunity_slots.T
    entries = pl.DataFrame(
        {
            "id": _named(held.opportunity_names, code),
            "position": words(position, POSITIONS),
            "entered_on": dates(entered),
            "touched_on": dates(touched),
            "with_competitor": pl.Series(competitor > 0),
        }
    ).to_struct()
    return lists(held.opportunity_starts, entries)


def _cases(held: Held) -> pl.Series:
    code, complaint = held.case_slots.T
    entries = pl.DataFrame(
        {"id": _named(held.case_names, code), "complaint": pl.Series(complaint > 0)}
    ).to_struct()
    return lists(held.case_starts, entries)


def _grouped(frame: pl.DataFrame, schema: dict[str, Any], customers: int) -> pl.Series:
    """Return lines about customers, which stand in their order, as one list each."""
    fields = [name for name in schema if name != "customer"]
    values = frame[fields[0]] if len(fields) == 1 else frame.select(fields).to_struct()
    counts = np.bincount(frame["customer"].to_numpy(), minlength=customers)
    return lists(np.concatenate([[0], np.cumsum(counts)]), values)


def _named(names: pl.Series, codes: np.ndarray) -> pl.Series:
    """Return names by code; null for -1."""
    return pl.concat([names, pl.Series([None], dtype=pl.String)]).gather(
        np.where(codes < 0, len(names), codes)
    )


def _lines(lists_of: pl.Series, columns: list[str]) -> pl.DataFrame:
    """Return the entries of lists, each with the place of its customer."""
    entries = unpacked(lists_of)
    customers = np.repeat(np.arange(len(lists_of)), np.diff(list_starts(lists_of)))
    renamed = entries.rename(dict(zip(entries.columns, columns[1:], strict=True)))
    return renamed.with_columns(customer=pl.Series(customers, dtype=pl.Int64)).select(columns)


def _codes(texts: pl.Series, names: pl.Series) -> np.ndarray:
    found = names.search_sorted(texts.fill_null("")).to_numpy().astype(np.int32)
    return np.where(texts.is_null().to_numpy(), np.int32(-1), found)


def _ordinals(days: pl.Series) -> np.ndarray:
    since = days.to_physical().cast(pl.Int32) + EPOCH
    return since.fill_null(at.NONE).to_numpy()


def _microseconds(times: pl.Series) -> np.ndarray:
    return times.to_physical().fill_null(NO_TIME).to_numpy()
