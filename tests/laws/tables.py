"""Rule tables other than the default one, each unusual in a way of its own."""

from __future__ import annotations

from typing import Final

from lifecycle_model import DEFAULT_RULES, Axis, Guard, Rule, RuleTable

_ACTIVE: Final = ("occasional", "regular", "preferred")
_OPEN: Final = ("needs_recognition", "options_evaluation", "concerns_resolution")


def _situation(name: str, sources: tuple[str, ...], target: str, *guards: Guard) -> Rule:
    return Rule(name, Axis.SITUATION, sources, "time_passed", target, guards)


def _position(name: str, sources: tuple[str, ...], target: str, *guards: Guard) -> Rule:
    return Rule(name, Axis.POSITION, sources, "time_passed", target, guards)


def _with(*rules: Rule, first: bool = False) -> RuleTable:
    table = DEFAULT_RULES
    for rule in rules:
        table = table.with_rule(rule, before="went-cold" if first else None)
    return table


_PROMOTED = _situation(
    "grew-in-time",
    ("occasional",),
    "regular",
    Guard("purchase_days", ">=", "regular_days"),
    Guard("days_since_purchase", ">=", 2),
)
_WORTH_MORE = _situation(
    "spent-much",
    ("regular",),
    "preferred",
    Guard("revenue", ">=", 20),
    Guard("purchase_days", ">=", "preferred_days"),
    Guard("revenue", ">=", "preferred_revenue"),
)
_COVERED = _situation(
    "under-contract",
    ("occasional",),
    "regular",
    Guard("protected", "==", 1),
    Guard("days_since_purchase", ">=", 2),
)
_TALKING = _situation(
    "in-talks", ("non_customer",), "potential", Guard("open_opportunities", ">=", 1)
)
_ANNOYED = _situation(
    "waits-for-an-answer",
    _ACTIVE,
    "dissatisfied",
    Guard("open_cases", ">=", 1),
    Guard("days_idle", ">=", 2),
    Guard("days_idle", "<=", 5),
)
_EARLY = _situation(
    "forgotten-early",
    ("potential",),
    "non_customer",
    Guard("days_since_sign", ">=", 1),
    Guard("days_since_sign", "<=", 3),
    Guard("days_since_purchase", ">", 2),
    Guard("open_opportunities", "<=", 0),
)
_IN_DEBT = _situation(
    "does-not-pay", _ACTIVE, "non_customer", Guard("payments_overdue", ">=", 1)
)
_RICH_AGAIN = _situation(
    "few-but-dear",
    ("dissatisfied",),
    "potential",
    Guard("revenue", ">", 10),
    Guard("standing_purchases", "<", 3),
    Guard("days_dissatisfied", ">=", 2),
)
_EXPIRED_NOW = _situation(
    "just-expired",
    _ACTIVE,
    "dissatisfied",
    Guard("days_expired", ">=", 1),
    Guard("days_expired", "<", 3),
    Guard("open_opportunities", ">=", 1),
)
_BLOCKED = _position(
    "blocked-by-complaint", _OPEN, "status_quo", Guard("open_complaints", ">=", 1)
)
_PAID = _position(
    "paid-up",
    ("implementation",),
    "status_quo",
    Guard("payments_overdue", "<=", 0),
    Guard("days_in_position", ">=", 2),
    Guard("purchase_days", ">=", 2),
)
_HURRIED = _position(
    "decided-by-time",
    ("needs_recognition",),
    "options_evaluation",
    Guard("days_in_position", ">=", 2),
    Guard("days_since_touched", "<=", 5),
)
_PROTECTED_WAIT = _position(
    "covered-anyway",
    ("options_evaluation", "concerns_resolution"),
    "implementation",
    Guard("protected", ">", 0),
    Guard("days_idle", ">=", 1),
)
_OFFERED = Rule(
    "offer-weighed",
    Axis.POSITION,
    ("needs_recognition", "options_evaluation"),
    "offer_made",
    "concerns_resolution",
)
_KEPT_OPEN = Rule(
    "kept-open", Axis.POSITION, ("concerns_resolution",), "customer_left", "needs_recognition"
)
_CLOSED = Rule(
    "account-closed",
    Axis.POSITION,
    ("needs_recognition", "options_evaluation", "implementation"),
    "customer_left",
    "status_quo",
)

TABLES: Final = {
    "default": DEFAULT_RULES,
    "time promotes": _with(_PROMOTED),
    "money promotes": _with(_PROMOTED, _WORTH_MORE),
    "protection promotes": _with(_COVERED),
    "talks promote": _with(_TALKING),
    "upper bounds on ages": _with(_ANNOYED, _EARLY, first=True),
    "payments and covers": _with(_IN_DEBT, _EXPIRED_NOW, first=True),
    "money restores": _with(_RICH_AGAIN),
    "positions read the customer": _with(_BLOCKED, _PAID, _PROTECTED_WAIT),
    "positions move forward in time": _with(_HURRIED),
    "moved without being touched": DEFAULT_RULES.replace(_CLOSED)
    .with_rule(_OFFERED)
    .with_rule(_KEPT_OPEN),
    "nothing lapses": DEFAULT_RULES.without(Axis.SITUATION, "lapsed"),
    "nothing settles": DEFAULT_RULES.without(Axis.POSITION, "settled"),
    "everything at once": _with(
        _ANNOYED, _EARLY, _IN_DEBT, _TALKING, _BLOCKED, _PAID, first=False
    ),
}

_UNHAPPY = _position(
    "stops-when-unhappy", _OPEN, "status_quo", Guard("days_dissatisfied", ">=", 2)
)

_UNUSED = _situation("unused", ("potential",), "non_customer", Guard("days_idle", ">=", 1))
_JUST_USED = _situation(
    "just-used",
    ("occasional",),
    "potential",
    Guard("days_since_purchase", ">=", 5),
    Guard("days_idle", "<=", 1),
)
_LONG_TALK = _position("long-talk", _OPEN, "status_quo", Guard("days_in_position", ">=", 300))
_LONG_DEAL = _position(
    "long-deal", ("implementation",), "status_quo", Guard("days_in_position", ">=", 300)
)

DUE_TABLES: Final = {
    "first use": _with(_UNUSED),
    "young again": _with(_JUST_USED),
    "two waits": _with(_LONG_TALK, _LONG_DEAL),
    "debt": _with(_IN_DEBT),
    "complaint blocks": _with(_BLOCKED),
    "upper bound": _with(_ANNOYED, first=True),
    "unhappy in time": _with(_ANNOYED, _UNHAPPY),
}
"""Tables with one unusual time row each."""

EVERY_TABLE: Final = {**TABLES, **DUE_TABLES}
