"""The event streams: seeded, grouped by customer, each in the order of time."""

import csv
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from lifecycle_model import BuyingPosition, PurchaseCompleted, Situation, parse_event
from lifecycle_model.events import Event

CDNOW: Final = Path(__file__).parents[3] / "docs" / "data" / "CDNOW_sample.csv"

# How often each of the 27 kinds comes, per thousand events of a shop that also sells contracts.
FREQUENCIES: Final = {
    "contact_identified": 15,
    "contacted": 130,
    "interest_shown": 90,
    "lead_qualified": 12,
    "lead_disqualified": 4,
    "need_recognized": 30,
    "evaluation_started": 28,
    "offer_made": 28,
    "supplier_chosen": 20,
    "concern_raised": 12,
    "concern_resolved": 10,
    "decision_dropped": 8,
    "purchase_completed": 220,
    "opportunity_lost": 8,
    "value_delivered": 60,
    "purchase_reversed": 14,
    "payment_overdue": 12,
    "payment_received": 11,
    "consent_changed": 10,
    "product_used": 130,
    "case_opened": 28,
    "case_closed": 27,
    "survey_answered": 40,
    "customer_left": 3,
    "action_taken": 40,
    "manual_correction": 2,
    "time_passed": 8,
}

_BEHAVIOURS: Final = ("newsletter_read", "page_viewed", "fitting_room", "quote_request")
_SCORES: Final = (0, 3, 5, 6, 7, 8, 8, 9, 9, 9, 10, 10, 10)


@dataclass(frozen=True, slots=True)
class Stream:
    """Validated events of many customers."""

    name: str
    histories: tuple[tuple[Event, ...], ...]
    """One for each customer."""

    @property
    def events(self) -> int:
        """How many events there are."""
        return sum(map(len, self.histories))

    def only(self, name: str, kinds: frozenset[str]) -> "Stream":
        """Return the events of some kinds, and the customers who have any."""
        kept = (
            tuple(event for event in history if event.kind in kinds)
            for history in self.histories
        )
        return Stream(name, tuple(history for history in kept if history))


def all_kinds(customers: int, seed: int = 20_261_123) -> Stream:
    """Return a stream of all kinds.

    A customer has 1 to 500 events (log-normal, median 12): most have few, a few have hundreds.
    """
    chance = random.Random(seed)  # noqa: S311 - a stream that anybody can make again
    return Stream(
        "all 27 kinds",
        tuple(_history(f"customer-{number:05}", chance) for number in range(customers)),
    )


def cdnow_purchases() -> Stream:
    """Return the purchases of the CDNOW sample: one kind, dates only, repeated days."""
    histories: dict[str, list[Event]] = {}
    with CDNOW.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            bought = PurchaseCompleted(
                customer_id=row["customer_id"],
                occurred_at=datetime.strptime(row["date"], "%Y%m%d").replace(tzinfo=UTC),
                amount=Decimal(row["dollars"]),
            )
            histories.setdefault(bought.customer_id, []).append(bought)
    return Stream("CDNOW, purchases only", tuple(map(tuple, histories.values())))


def _history(customer_id: str, chance: random.Random) -> tuple[Event, ...]:
    count = min(500, max(1, round(chance.lognormvariate(2.5, 1.2))))
    kinds = chance.choices(tuple(FREQUENCIES), tuple(FREQUENCIES.values()), k=count)
    now = datetime(2022, 1, 1, tzinfo=UTC) + timedelta(days=chance.uniform(0, 700))
    pace = min(20.0, 1200 / count)
    opened: list[str] = []
    events = []
    for number, kind in enumerate(kinds):
        now += timedelta(days=chance.expovariate(1 / pace), microseconds=1)
        data = {
            "kind": kind,
            "customer_id": customer_id,
            "occurred_at": now,
            "event_id": f"{customer_id}-{number}",
            "source": "shop",
        }
        if kind in _FIELDS:
            data |= _FIELDS[kind](_Draw(chance, number, now.date(), opened))
        events.append(parse_event(data))
    return tuple(events)


@dataclass(frozen=True, slots=True)
class _Draw:
    """What the fields of one event are drawn from."""

    chance: random.Random
    number: int
    """The place of the event in its history."""
    today: date
    opened: list[str]
    """The cases that are open."""


def _opportunity(draw: _Draw) -> dict[str, Any]:
    """Return a name for one event in five; the others are of the main opportunity."""
    if draw.chance.random() < 0.8:
        return {}
    return {"opportunity_id": draw.chance.choice(("renewal", "second-site", "upgrade"))}


def _amount(draw: _Draw) -> Decimal:
    return Decimal(round(draw.chance.lognormvariate(8.3, 0.9))).scaleb(-2)


def _interest(draw: _Draw) -> dict[str, Any]:
    return {"behaviour": draw.chance.choice(_BEHAVIOURS)}


def _supplier(draw: _Draw) -> dict[str, Any]:
    chosen = draw.chance.choice((None, None, None, "Other"))
    return {**_opportunity(draw), "supplier": chosen}


def _purchase(draw: _Draw) -> dict[str, Any]:
    covers = draw.today + timedelta(days=365) if draw.chance.random() < 0.05 else None
    money = {"amount": _amount(draw), "currency": "EUR"}
    return {**_opportunity(draw), **money, "covers_until": covers}


def _reversal(draw: _Draw) -> dict[str, Any]:
    return {"amount": _amount(draw), "currency": "EUR", "full": draw.chance.random() < 0.5}


def _consent(draw: _Draw) -> dict[str, Any]:
    return {"channel": "email", "allowed": draw.chance.random() < 0.7}


def _opening(draw: _Draw) -> dict[str, Any]:
    draw.opened.append(f"case-{draw.number}")
    return {"case_id": draw.opened[-1], "complaint": draw.chance.random() < 0.4}


def _closing(draw: _Draw) -> dict[str, Any]:
    return {"case_id": draw.opened.pop(0) if draw.opened else "case-unknown"}


def _survey(draw: _Draw) -> dict[str, Any]:
    return {"score": draw.chance.choice(_SCORES)}


def _action(_: _Draw) -> dict[str, Any]:
    return {"action_id": "welcome-call", "department": "sales"}


def _correction(draw: _Draw) -> dict[str, Any]:
    who = {"actor": "anna", "reason": "data was wrong"}
    if draw.chance.random() < 0.5:
        return {**who, "situation": draw.chance.choice(tuple(Situation))}
    return {**who, "position": draw.chance.choice(tuple(BuyingPosition))}


_FIELDS: Final[dict[str, Callable[[_Draw], dict[str, Any]]]] = {
    "interest_shown": _interest,
    "need_recognized": _opportunity,
    "evaluation_started": _opportunity,
    "offer_made": _opportunity,
    "supplier_chosen": _supplier,
    "concern_raised": _opportunity,
    "concern_resolved": _opportunity,
    "decision_dropped": _opportunity,
    "purchase_completed": _purchase,
    "opportunity_lost": _opportunity,
    "value_delivered": _opportunity,
    "purchase_reversed": _reversal,
    "consent_changed": _consent,
    "case_opened": _opening,
    "case_closed": _closing,
    "survey_answered": _survey,
    "action_taken": _action,
    "manual_correction": _correction,
}
"""The own fields of the kinds that have any to draw."""
