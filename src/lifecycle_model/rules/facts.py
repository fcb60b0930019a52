"""The facts that guards may read: what each says, its unit, and where it may be used."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Unit = Literal["days", "count", "money", "score", "yes_no"]
Scope = Literal["customer", "opportunity", "event"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. Source: the model's law, section 3."""

    name: str
    unit: Unit
    scope: Scope
    """Whose fact it is: the customer's, the opportunity's at hand, or the event's at hand."""
    text: str
    kinds: tuple[str, ...] = ()
    """The kinds that set it; for a fact of the event at hand, no other row may read it."""


_PURCHASES: Final = ("purchase_completed", "purchase_reversed")
_CASES: Final = ("case_opened", "case_closed")

_ALL: Final = (
    Fact(
        "purchase_days",
        "count",
        "customer",
        "days in the window with a purchase that stands",
        _PURCHASES,
    ),
    Fact(
        "revenue",
        "money",
        "customer",
        "net amount booked in the window, never below 0",
        _PURCHASES,
    ),
    Fact(
        "standing_purchases",
        "count",
        "customer",
        "purchases ever completed, less those reversed",
        _PURCHASES,
    ),
    Fact("open_cases", "count", "customer", "cases opened and not closed", _CASES),
    Fact("open_complaints", "count", "customer", "open cases that are complaints", _CASES),
    Fact(
        "open_opportunities",
        "count",
        "customer",
        "opportunities in needs, options or concerns",
        ("need_recognized", "decision_dropped"),
    ),
    Fact(
        "payments_overdue",
        "count",
        "customer",
        "payments overdue and not received",
        ("payment_overdue", "payment_received"),
    ),
    Fact(
        "confirmation_needed",
        "yes_no",
        "customer",
        "the policy asks for a survey to end a dissatisfaction",
    ),
    Fact("score", "score", "event", "the answer of the survey", ("survey_answered",)),
    Fact(
        "behaviour_qualifies",
        "yes_no",
        "event",
        "the behaviour is on the policy's list",
        ("interest_shown",),
    ),
    Fact("is_complaint", "yes_no", "event", "the case opened is a complaint", ("case_opened",)),
    Fact(
        "closed_complaint",
        "yes_no",
        "event",
        "the event closed an open complaint",
        ("case_closed", "customer_left"),
    ),
    Fact(
        "purchase_taken_off",
        "yes_no",
        "event",
        "the full reversal took a purchase off",
        ("purchase_reversed",),
    ),
    Fact("protected", "yes_no", "customer", "a contract covers the day, or a correction holds"),
    Fact(
        "days_since_purchase",
        "days",
        "customer",
        "days since the latest purchase day that stands",
    ),
    Fact(
        "days_idle",
        "days",
        "customer",
        "days since the latest standing purchase, use, restore or correction",
    ),
    Fact(
        "days_expired",
        "days",
        "customer",
        "days since the furthest cover ended without a renewal",
    ),
    Fact(
        "days_since_sign", "days", "customer", "days since the customer's latest sign of life"
    ),
    Fact("days_dissatisfied", "days", "customer", "days since the dissatisfaction began"),
    Fact(
        "days_in_position",
        "days",
        "opportunity",
        "days since the opportunity entered its position",
    ),
    Fact(
        "days_since_touched",
        "days",
        "opportunity",
        "days since an event other than an offer named it",
    ),
    Fact(
        "positions_skipped",
        "count",
        "opportunity",
        "positions that the forward move jumps over",
    ),
)

FACTS: Final = MappingProxyType({fact.name: fact for fact in _ALL})
"""Every fact by name."""

SIGNS_OF_LIFE: Final = frozenset(
    {
        "interest_shown",
        "lead_qualified",
        "need_recognized",
        "evaluation_started",
        "supplier_chosen",
        "concern_raised",
        "concern_resolved",
        "decision_dropped",
        "purchase_completed",
        "purchase_reversed",
        "product_used",
        "case_opened",
        "survey_answered",
    }
)
"""The kinds that are the customer's own signs of life."""
