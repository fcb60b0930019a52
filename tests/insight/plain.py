"""Random logs, and stays told slowly and plainly, to hold the figures against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

from insight.frames import START, event, histories_of, log_of_events, replayed
from lifecycle_model import Event, History, Lifecycle, Policy

if TYPE_CHECKING:
    from lifecycle_model.insight import Book

QUICK = Policy(
    window_days=60,
    regular_days=2,
    preferred_days=3,
    keep_preferred_days=2,
    cold_days=20,
    lapsed_days=40,
    at_risk_days=30,
    lost_days=30,
    stale_days=15,
    implementation_days=5,
    recovery_days=2,
    correction_holds_days=0,
)
"""A policy under which much happens within months."""

UNTIL = START + timedelta(days=200)

_CHOICES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("purchase_completed", {"amount": "20"}),
    ("purchase_completed", {"amount": "35.50"}),
    ("purchase_completed", {"amount": "5", "opportunity_id": "second"}),
    ("interest_shown", {"behaviour": "free_trial"}),
    ("interest_shown", {"behaviour": "browse"}),
    ("lead_qualified", {}),
    ("lead_disqualified", {}),
    ("need_recognized", {"opportunity_id": "second"}),
    ("need_recognized", {}),
    ("evaluation_started", {"opportunity_id": "second"}),
    ("supplier_chosen", {"opportunity_id": "second"}),
    ("opportunity_lost", {"opportunity_id": "second"}),
    ("decision_dropped", {"opportunity_id": "second"}),
    ("survey_answered", {"score": 3}),
    ("survey_answered", {"score": 9}),
    ("case_opened", {"case_id": "k", "complaint": True}),
    ("case_closed", {"case_id": "k"}),
    ("customer_left", {}),
    ("contacted", {"channel": "email"}),
    ("action_taken", {"action_id": "short-survey"}),
    ("action_taken", {"action_id": "show-results"}),
    ("action_taken", {"action_id": "easy-first-talk"}),
    ("action_taken", {"action_id": "make-it-worthwhile"}),
    ("action_taken", {"action_id": "watch-for-change"}),
    ("action_taken", {"action_id": "our-own"}),
    ("purchase_reversed", {"amount": "5"}),
)


@dataclass(frozen=True)
class Stay:
    """One customer in one situation."""

    customer: str
    state: str
    since: datetime
    until: datetime | None
    after: str | None
    first: bool


@cache
def random_histories() -> tuple[History, ...]:
    """Return the histories of 160 customers to whom much happens."""
    chance = Random(5)
    events: list[Event] = []
    for number in range(160):
        at = chance.uniform(0, 120)
        for _ in range(chance.randint(1, 14)):
            kind, fields = chance.choice(_CHOICES)
            events.append(event(f"c{number:03}", kind, at, **fields))
            at = min(at + chance.choice((0, 0.1, 1, 3, 8, 20, 45)), 199.0)
    return tuple(histories_of(events, LIFECYCLE, UNTIL))


@cache
def random_book() -> Book:
    """Return the book of these histories."""
    events = [one for history in random_histories() for one in history.events]
    return replayed(log_of_events(*events), UNTIL, LIFECYCLE)


def plain_stays() -> list[list[Stay]]:
    """Return the stays of each customer, read off the transitions one by one."""
    found = []
    for history in random_histories():
        moves = [one for one in history.transitions if one.axis == "situation"]
        states = ["non_customer", *(str(one.after) for one in moves)]
        times = [history.events[0].occurred_at, *(one.occurred_at for one in moves), None]
        rows = [(state, times[place], times[place + 1]) for place, state in enumerate(states)]
        if rows[0][1] == rows[0][2]:
            rows = rows[1:]
        found.append(
            [
                Stay(
                    history.customer.id,
                    state,
                    since,
                    until,
                    rows[place + 1][0] if until else None,
                    place == 0,
                )
                for place, (state, since, until) in enumerate(rows)
            ]
        )
    return found


def day_of(at: datetime) -> date:
    """Return the day in UTC."""
    return at.astimezone(UTC).date()


LIFECYCLE = Lifecycle(QUICK)
