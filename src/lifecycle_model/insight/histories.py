"""Scalar histories as the same book that a replay over columns gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from lifecycle_model.columnar.schema import OWN_COLUMNS
from lifecycle_model.insight.book import Book, make_book
from lifecycle_model.insight.cells import INSTANT
from lifecycle_model.rules import FACTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lifecycle_model.columnar.schema import Form
    from lifecycle_model.history import History
    from lifecycle_model.lifecycle import Lifecycle

Type = type[pl.DataType] | pl.DataType
"""A type of a column."""

MONEY: Final = pl.Decimal(18, 4)

_FORMS: Final[dict[Form, Type]] = {
    "money": MONEY,
    "day": pl.Date,
    "flag": pl.Boolean,
    "score": pl.Int64,
    "texts": pl.List(pl.String),
}
"""The types of the forms that are no text."""

LOG_COLUMNS: Final[Mapping[str, Type]] = {
    "customer_id": pl.String,
    "kind": pl.String,
    "occurred_at": INSTANT,
    "event_id": pl.String,
    "source": pl.String,
    "sequence": pl.Int64,
    **{name: _FORMS.get(own.form, pl.String) for name, own in OWN_COLUMNS.items()},
}
"""The columns of a log: every field that an event may have."""

_FACTS: Final = tuple(fact for fact in FACTS.values() if fact.scope == "customer")

CUSTOMER_COLUMNS: Final[Mapping[str, Type]] = {
    "customer_id": pl.String,
    "situation": pl.String,
    "position": pl.String,
    "stage": pl.String,
    "funnel_group": pl.String,
    "sales_step": pl.String,
    "service_state": pl.String,
    **{fact.name: MONEY if fact.unit == "money" else pl.Int64 for fact in _FACTS},
    "purchases": pl.Int64,
    "last_event_at": INSTANT,
    "clock": INSTANT,
    "next_deadline": INSTANT,
    "next_deadline_rule": pl.String,
    "situation_rule": pl.String,
    "situation_since": INSTANT,
}

MOVE_COLUMNS: Final[Mapping[str, Type]] = {
    "customer_id": pl.String,
    "occurred_at": INSTANT,
    "axis": pl.String,
    "opportunity_id": pl.String,
    "rule": pl.String,
    "before": pl.String,
    "after": pl.String,
    "kind": pl.String,
}


def of_histories(histories: Iterable[History], lifecycle: Lifecycle) -> Book:
    """Return the book of customers that were replayed one by one.

    Args:
        histories: one a customer, all replayed with the same `as_of`.
        lifecycle: under which they were replayed.

    Raises:
        UnevenClocks: not all customers are followed to one instant.

    >>> from datetime import UTC, datetime
    >>> from lifecycle_model import Lifecycle, PurchaseCompleted
    >>> lifecycle = Lifecycle()
    >>> bought = PurchaseCompleted(
    ...     customer_id="c", occurred_at=datetime(2024, 5, 1, tzinfo=UTC)
    ... )
    >>> book = of_histories(
    ...     [lifecycle.replay([bought], as_of=datetime(2024, 6, 1, tzinfo=UTC))], lifecycle
    ... )
    >>> book.customers["situation"].to_list(), book.moves["after"].to_list()
    (['occasional'], ['implementation', 'occasional', 'status_quo'])
    """
    ordered = sorted(histories, key=lambda one: one.customer.id)
    return make_book(
        log_of(ordered), customers_of(ordered, lifecycle), transitions_of(ordered), lifecycle
    )


def log_of(histories: Iterable[History]) -> pl.DataFrame:
    """Return the events that were folded, one row each."""
    return pl.DataFrame(
        [
            {name: getattr(event, name, None) for name in LOG_COLUMNS}
            for history in histories
            for event in history.events
        ],
        LOG_COLUMNS,
    )


def customers_of(histories: Iterable[History], lifecycle: Lifecycle) -> pl.DataFrame:
    """Return where the customers stand, one row each."""
    rows = [_customer(history, lifecycle) for history in histories]
    return pl.DataFrame(rows, CUSTOMER_COLUMNS)


def transitions_of(histories: Iterable[History]) -> pl.DataFrame:
    """Return the moves on both axes, one row each."""
    moves = [
        {"customer_id": history.customer.id}
        | {name: getattr(move, name) for name in MOVE_COLUMNS if name != "customer_id"}
        for history in histories
        for move in history.transitions
    ]
    return pl.DataFrame(moves, MOVE_COLUMNS)


def _customer(history: History, lifecycle: Lifecycle) -> dict[str, Any]:
    """Return one row of the customers."""
    customer = history.customer
    status = lifecycle.status(customer)
    deadline = lifecycle.next_deadline(customer)
    return {
        "customer_id": customer.id,
        "situation": status.situation,
        "position": status.position,
        "stage": status.stage,
        "funnel_group": status.funnel_group,
        "sales_step": status.sales_step,
        "service_state": status.service_state,
        **status.facts,
        "purchases": customer.purchases,
        "last_event_at": history.events[-1].occurred_at if history.events else None,
        "clock": customer.clock,
        "next_deadline": None if deadline is None else deadline.occurred_at,
        "next_deadline_rule": None if deadline is None else deadline.rule,
        "situation_rule": customer.situation_rule,
        "situation_since": customer.situation_since,
    }
