"""The event streams: seeded, grouped by customer, each customer's events in the order of time."""

import csv
import random
from collections.abc import Callable, Sequence
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
        events.append(
            parse_event({
                "kind": kind,
                "customer_id": customer_id,
                "occurred_at": now,
                "event_id": f"{customer_id}-{number}",
                "source": "shop",
                **_fields(kind, number, now.date(), opened, chance),
            })
        )
    return tuple(events)


def _fields(
    kind: str, number: int, today: date, opened: list[str], chance: random.Random
) -> dict[str, Any]:
    """Return the fields of one event; `opened` is the list of the cases that are open."""
    match kind:
        case "interest_shown":
            return {"behaviour": chance.choice(_BEHAVIOURS)}
        case "supplier_chosen":
            return {**_opportunity(chance), "supplier": chance.choice((None, None, None, "Other"))}
        case "purchase_completed":
            covers = today + timedelta(days=365) if chance.random() < 0.05 else None
            return {
                **_opportunity(chance),
                "amount": _amount(chance),
                "currency": "EUR",
                "covers_until": covers,
            }
        case "purchase_reversed":
            full = chance.random() < 0.5
            return {"amount": _amount(chance), "currency": "EUR", "full": full}
        case "consent_changed":
            return {"channel": "email", "allowed": chance.random() < 0.7}
        case "case_opened":
            opened.append(f"case-{number}")
            return {"case_id": opened[-1], "complaint": chance.random() < 0.4}
        case "case_closed":
            known = opened.pop(0) if opened else "case-unknown"
            return {"case_id": known}
        case "survey_answered":
            return {"score": chance.choice(_SCORES)}
        case "action_taken":
            return {"action_id": "welcome-call", "department": "sales"}
        case "manual_correction":
            return {**_correction(chance), "actor": "anna", "reason": "data was wrong"}
        case _:
            return _opportunity(chance) if kind in _NAMING else {}


_NAMING: Final = frozenset({
    "need_recognized",
    "evaluation_started",
    "offer_made",
    "concern_raised",
    "concern_resolved",
    "decision_dropped",
    "opportunity_lost",
    "value_delivered",
})


def _opportunity(chance: random.Random) -> dict[str, Any]:
    """Return a name for one event in five; the others are of the main opportunity."""
    if chance.random() < 0.8:
        return {}
    return {"opportunity_id": chance.choice(("renewal", "second-site", "upgrade"))}


def _amount(chance: random.Random) -> Decimal:
    return Decimal(round(chance.lognormvariate(8.3, 0.9))).scaleb(-2)


def _correction(chance: random.Random) -> dict[str, Any]:
    axes: Sequence[Callable[[], dict[str, Any]]] = (
        lambda: {"situation": chance.choice(tuple(Situation))},
        lambda: {"position": chance.choice(tuple(BuyingPosition))},
    )
    return chance.choice(axes)()
