"""The columnar engine held against `Lifecycle`, customer by customer, to the last column."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import polars as pl

from lifecycle_model import (
    FACTS,
    Customer,
    Event,
    History,
    Lifecycle,
    columnar,
    errors,
    parse_event,
)
from lifecycle_model.columnar.schema import COLUMNS
from lifecycle_model.columnar.series import INSTANT, MONEY
from lifecycle_model.events import money_units
from reading.histories import random_history

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

TYPES: dict[str, Any] = {
    "occurred_at": INSTANT,
    "sequence": pl.Int64,
    "amount": MONEY,
    "covers_until": pl.Date,
    "purchased_on": pl.Date,
    "full": pl.Boolean,
    "allowed": pl.Boolean,
    "complaint": pl.Boolean,
    "score": pl.Int64,
    "alternatives": pl.List(pl.String),
}


def frame_of(events: Iterable[Event]) -> pl.DataFrame:
    """Return events as a log, one row each, in their order."""
    rows = list(events)
    return pl.DataFrame(
        {
            name: pl.Series(
                [_cell(row, name) for row in rows], dtype=TYPES.get(name, pl.String)
            )
            for name in COLUMNS
        }
    )


def events_of(log: pl.DataFrame) -> list[Event]:
    """Return the rows of a log as events, without the cells that their kind does not own."""
    return [
        parse_event({name: value for name, value in row.items() if value is not None})
        for row in log.iter_rows(named=True)
    ]


def _cell(event: Event, name: str) -> Any:
    value = getattr(event, name, None)
    if isinstance(value, tuple):
        return list(value)
    if name in {"situation", "position", "kind"} and value is not None:
        return str(value)
    return value


def random_log(
    seed: str, customers: int, size: int = 13
) -> tuple[list[Event], dict[str, Any], Any]:
    """Return shuffled events of many customers, overrides of a policy, and an instant."""
    rng = random.Random(seed)
    _, thresholds, as_of = random_history(rng, 5, focused=rng.random() < 0.5)
    events = []
    for number in range(customers):
        raw, _, _ = random_history(
            rng, rng.choice((1, 5, size, 3 * size)), focused=number % 2 > 0
        )
        events += [parse_event(one | {"customer_id": f"c-{number:05}"}) for one in raw]
    rng.shuffle(events)
    return events, thresholds, as_of


def histories_of(
    events: Iterable[Event], lifecycle: Lifecycle, as_of: datetime | None
) -> tuple[dict[str, History], set[str]]:
    """Return every customer's scalar history, and the customers with an invalid event."""
    by_customer = defaultdict(list)
    for event in events:
        by_customer[event.customer_id].append(event)
    found, invalid = {}, set()
    for customer_id, own in sorted(by_customer.items()):
        try:
            found[customer_id] = lifecycle.replay(own, as_of=as_of)
        except (errors.CurrencyMismatch, errors.RevenueOverflow):
            invalid.add(customer_id)
    return found, invalid


def expected_customers(histories: dict[str, History], lifecycle: Lifecycle) -> pl.DataFrame:
    """Return what the frame of customers must say, in plain values."""
    return pl.DataFrame(
        [_customer(one.customer, lifecycle, one) for one in histories.values()],
        infer_schema_length=None,
    )


def _customer(customer: Customer, lifecycle: Lifecycle, history: History) -> dict[str, Any]:
    status, deadline = lifecycle.status(customer), lifecycle.next_deadline(customer)
    return {
        "customer_id": customer.id,
        "situation": str(status.situation),
        "position": str(status.position),
        "stage": str(status.stage),
        "funnel_group": str(status.funnel_group),
        "sales_step": str(status.sales_step),
        "service_state": str(status.service_state),
        **status.facts,
        "purchases": customer.purchases,
        "last_event_at": history.events[-1].occurred_at if history.events else None,
        "clock": customer.clock,
        "next_deadline": None if deadline is None else deadline.occurred_at,
        "next_deadline_rule": None if deadline is None else deadline.rule,
        "situation_rule": customer.situation_rule,
        "situation_since": customer.situation_since,
    }


def expected_transitions(histories: dict[str, History]) -> list[tuple[Any, ...]]:
    """Return what the frame of transitions must say, in plain values."""
    return [
        (
            customer_id,
            move.occurred_at,
            str(move.axis),
            move.opportunity_id,
            move.rule,
            str(move.before),
            str(move.after),
            move.kind,
            move.event_id,
            [
                money_units(one.value) if FACTS[one.fact].unit == "money" else one.value
                for one in move.evidence
            ],
        )
        for customer_id, history in histories.items()
        for move in history.transitions
    ]


def check_equal(
    replay: columnar.Replay, histories: dict[str, History], lifecycle: Lifecycle
) -> None:
    """Assert that a replay with transitions says what the scalar histories say."""
    customers = expected_customers(histories, lifecycle).rows()
    assert replay.customers.rows() == customers
    assert replay.transitions.rows() == expected_transitions(histories)
    assert replay.events == sum(len(one.events) for one in histories.values())
    assert replay.duplicates == sum(one.duplicates for one in histories.values())
    assert len(replay.conflicts) == sum(len(one.conflicts) for one in histories.values())
    assert len(replay.future) == sum(len(one.future) for one in histories.values())
    loaded = [
        columnar.to_customer(row, lifecycle) for row in replay.snapshots.iter_rows(named=True)
    ]
    assert loaded == [one.customer for one in histories.values()]
