"""The customers of the page: where each stands, what to do, and what happened."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from lifecycle_model.events import EVENT_TYPES, parse_event
from lifecycle_model.playbook import Playbook
from lifecycle_model.report.cells import as_events_take
from lifecycle_model.states import Situation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lifecycle_model.events import Event
    from lifecycle_model.history import History
    from lifecycle_model.insight import Book
    from lifecycle_model.playbook import Plan
    from lifecycle_model.report.plain import Plain

MOST: Final = 2000
"""How many customers a page holds at most."""

STEPS: Final = 40
"""How many steps of a customer's timeline it holds: the latest."""

_FIELDS: Final = {
    cls.model_fields["kind"].default: frozenset(cls.model_fields) for cls in EVENT_TYPES
}
_DETAILS: Final = (
    "amount",
    "currency",
    "score",
    "behaviour",
    "channel",
    "campaign",
    "action_id",
    "competitor",
    "case_id",
    "reason",
)
"""The fields of an event that a timeline shows, as they stand in the log."""


def customers_of(book: Book, most: int = MOST) -> Plain:
    """Return the customers of a book, or an even sample of them where there are too many.

    Each one of the sample is folded once more, event by event, which also gives the plan.

    Args:
        book: a folded log, with all columns that its events have.
        most: how many customers to return at most.

    Returns:
        How many customers there are in `all`; `rows`, one a customer; and the `plans`, to
        which the rows point by number.
    """
    known = book.customers.with_row_index("customer").filter(
        pl.col("first_event_at").is_not_null()
    )
    chosen = known.filter(pl.col("customer").is_in(_sample(known, most).implode()))
    names = chosen["customer_id"].cast(pl.String)
    log = book.log.filter(pl.col("customer").is_in(chosen["customer"].implode()))
    log = as_events_take(log.drop("day"))
    of = log.partition_by("customer", as_dict=True, include_key=False)
    plans: dict[tuple[Any, ...], int] = {}
    playbook = Playbook.default()
    rows = []
    for place, name, purchases in zip(
        chosen["customer"], names, chosen["purchases"], strict=True
    ):
        events = [event_of({**row, "customer_id": name}) for row in of[place,].to_dicts()]
        history = book.lifecycle.replay(events, as_of=book.as_of)
        plan = book.lifecycle.plan(history.customer, playbook=playbook)
        rows.append(
            _row(history, plan, book.offset)
            | {"purchases": purchases, "plan": plans.setdefault(_tasks(plan), len(plans))}
        )
    return {
        "all": known.height,
        "rows": rows,
        "plans": [{"planned": planned, "held": held} for planned, held in plans],
    }


def _sample(known: pl.DataFrame, most: int) -> pl.Series:
    """Return the places of customers, evenly spread over the situations."""
    order = pl.Enum([one.value for one in Situation])
    places = known.sort(
        pl.col("situation").cast(pl.String).cast(order), "customer", maintain_order=True
    )["customer"]
    if len(places) <= most:
        return places
    return places.gather([place * len(places) // most for place in range(most)])


def event_of(row: Mapping[str, Any]) -> Event:
    """Return a row of the log as the event that it is; fields that are not its own are left.

    >>> row = {"customer_id": "c", "kind": "product_used", "score": None, "amount": 3}
    >>> event_of(row | {"occurred_at": "2024-05-01T12:00:00Z"}).kind
    'product_used'
    """
    own = _FIELDS[row["kind"]]
    return parse_event(
        {name: one for name, one in row.items() if name in own and one is not None}
    )


def _row(history: History, plan: Plan, offset_minutes: int) -> Plain:
    status, due = plan.status, plan.due
    steps = list(_steps(history, offset_minutes))
    return {
        "id": history.customer.id,
        "situation": status.situation.value,
        "position": status.position.value,
        "stage": status.stage.value,
        "sales_step": status.sales_step.value,
        "service_state": status.service_state.value,
        "due": None if due is None else [due.on.isoformat(), due.rule],
        "steps": steps[-STEPS:],
        "earlier": max(len(steps) - STEPS, 0),
    }


def _steps(history: History, offset_minutes: int) -> Iterator[list[str]]:
    """Yield what happened in order: events, and the moves of both axes.

    An event is its day, its kind and its details; a move its day, the rule, and the states
    before and after.
    """
    offset = timedelta(minutes=offset_minutes)
    found: list[tuple[datetime, int, list[str]]] = [
        (event.occurred_at, 1, [event.kind, _details(event)]) for event in history.events
    ]
    for move in history.transitions:
        # What time moved comes before an event of the same instant, what that moved after.
        place = 0 if move.kind == "time_passed" else 2
        told = [move.rule, move.before.value, move.after.value]
        found.append((move.occurred_at, place, told))
    for at, _, told in sorted(found, key=lambda one: one[:2]):
        yield [_day(at, offset).isoformat(), *told]


def _day(at: datetime, offset: timedelta) -> date:
    return (at + offset).date()


def _details(event: Event) -> str:
    given = (getattr(event, name, None) for name in _DETAILS)
    return " ".join(_text(one) for one in given if one is not None)


def _text(value: object) -> str:
    """Return a value as people write it: amounts without zeros at the end."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _tasks(plan: Plan) -> tuple[Any, ...]:
    """Return the plan by ids: what is due with its reasons, and what waits and why."""
    planned = tuple((one.action.id, one.reasons) for one in plan.planned)
    held = tuple((one.action.id, tuple(map(str, one.holds))) for one in plan.held)
    return planned, held
