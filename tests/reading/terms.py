"""The words of the law, its events and its policy, read independently of the library."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

Event = dict[str, Any]
Policy = dict[str, Any]

MAIN = "main"
REQUIRED = object()

NON, POT, OCC, REG, PRE, DIS = (
    "non_customer",
    "potential",
    "occasional",
    "regular",
    "preferred",
    "dissatisfied",
)
SITUATIONS = (NON, POT, OCC, REG, PRE, DIS)
SQ, NEEDS, OPTIONS, CONCERNS, IMPL = (
    "status_quo",
    "needs_recognition",
    "options_evaluation",
    "concerns_resolution",
    "implementation",
)
POSITIONS = (SQ, NEEDS, OPTIONS, CONCERNS, IMPL)
ACTIVE = (OCC, REG, PRE)
OPEN = (NEEDS, OPTIONS, CONCERNS)

# in the order of the table, left before right in a shared row: (kind, {own field: default})
TABLE = [
    ("contact_identified", {"segment": None}),
    ("contacted", {"channel": None, "campaign": None}),
    ("interest_shown", {"behaviour": REQUIRED, "opportunity_id": None}),
    ("lead_qualified", {"by": None}),
    ("lead_disqualified", {"reason": None}),
    ("need_recognized", {"opportunity_id": MAIN}),
    ("evaluation_started", {"opportunity_id": MAIN, "alternatives": ()}),
    ("offer_made", {"opportunity_id": MAIN, "amount": None}),
    ("supplier_chosen", {"opportunity_id": MAIN, "supplier": None}),
    ("concern_raised", {"opportunity_id": MAIN, "topic": None}),
    ("concern_resolved", {"opportunity_id": MAIN, "topic": None}),
    ("decision_dropped", {"opportunity_id": MAIN, "reason": None}),
    (
        "purchase_completed",
        {
            "opportunity_id": MAIN,
            "amount": 0,
            "currency": None,
            "order_id": None,
            "covers_until": None,
        },
    ),
    ("opportunity_lost", {"opportunity_id": MAIN, "competitor": None, "reason": None}),
    ("value_delivered", {"opportunity_id": MAIN}),
    (
        "purchase_reversed",
        {
            "opportunity_id": None,
            "amount": REQUIRED,
            "currency": None,
            "order_id": None,
            "full": False,
            "purchased_on": None,
        },
    ),
    ("payment_overdue", {"order_id": None}),
    ("payment_received", {"order_id": None}),
    ("consent_changed", {"channel": REQUIRED, "allowed": REQUIRED}),
    ("product_used", {}),
    ("case_opened", {"case_id": REQUIRED, "complaint": False, "severity": None}),
    ("case_closed", {"case_id": REQUIRED}),
    ("survey_answered", {"score": REQUIRED}),
    ("customer_left", {"reason": None, "competitor": None}),
    ("action_taken", {"action_id": REQUIRED, "department": None}),
    (
        "manual_correction",
        {
            "situation": None,
            "position": None,
            "opportunity_id": None,
            "actor": REQUIRED,
            "reason": REQUIRED,
        },
    ),
    ("time_passed", {}),
]
KINDS = [k for k, _ in TABLE]
PLACE = {k: i for i, k in enumerate(KINDS)}
FIELDS = dict(TABLE)
assert len(KINDS) == 27

SIGNS_OF_LIFE = {
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


def money(x: Decimal | str | int) -> int:
    """Integer ten-thousandths."""
    d = (x if isinstance(x, Decimal) else Decimal(str(x))) * 10000
    if d != int(d):
        msg = f"money with more than four decimals: {x}"
        raise ValueError(msg)
    return int(d)


def as_date(x: date | str | None) -> date | None:
    """Return a date that may be written as text."""
    if x is None or (isinstance(x, date) and not isinstance(x, datetime)):
        return x
    return date.fromisoformat(x)


def normalise(raw: Event) -> Event:  # noqa: C901, PLR0912 - one check after another
    """Return the event with all fields and defaults, instants in UTC, money as integers."""
    kind = str(raw["kind"])
    own = FIELDS[kind]
    common = {"kind", "customer_id", "occurred_at", "event_id", "source", "sequence"}
    unknown = set(raw) - common - set(own)
    if unknown:
        msg = f"unknown fields {sorted(unknown)} in {kind}"
        raise ValueError(msg)
    at = raw["occurred_at"]
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    if at.tzinfo is None:
        msg = "naive occurred_at"
        raise ValueError(msg)
    e = {
        "kind": kind,
        "customer_id": raw["customer_id"],
        "occurred_at": at.astimezone(UTC),
        "event_id": raw.get("event_id"),
        "source": raw.get("source", ""),
        "sequence": raw.get("sequence", 0),
    }
    for name, default in own.items():
        if name in raw:
            e[name] = raw[name]
        elif default is REQUIRED:
            msg = f"{kind} needs {name}"
            raise ValueError(msg)
        else:
            e[name] = default
    if e.get("amount") is not None:
        e["amount"] = money(e["amount"])
    for name in ("covers_until", "purchased_on"):
        if name in e:
            e[name] = as_date(e[name])
    if "alternatives" in e:
        e["alternatives"] = list(e["alternatives"])
    if kind == "manual_correction":
        for name in ("situation", "position"):
            if e[name] is not None:
                e[name] = str(e[name])
        if (e["situation"] is None) == (e["position"] is None):
            msg = "exactly one of situation, position"
            raise ValueError(msg)
        if e["position"] is not None:
            if e["opportunity_id"] is None:
                e["opportunity_id"] = MAIN
        elif e["opportunity_id"] is not None:
            msg = "opportunity_id is an error beside situation"
            raise ValueError(msg)
    return e


def canonical_json(e: Event) -> str:
    """Return the text that decides among events that are otherwise alike."""
    out = dict(e)
    out["occurred_at"] = e["occurred_at"].strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    for name in ("covers_until", "purchased_on"):
        if out.get(name) is not None:
            out[name] = out[name].isoformat()
    return json.dumps(out, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def fold_key(e: Event) -> tuple[Any, ...]:
    """Return what events are sorted by."""
    return (
        e["occurred_at"],
        e["sequence"],
        PLACE[e["kind"]],
        e["source"],
        (0, "") if e["event_id"] is None else (1, e["event_id"]),
        canonical_json(e),
    )


DEFAULTS = {
    "window_days": 365,
    "regular_days": 3,
    "keep_regular_days": 2,
    "preferred_days": 6,
    "keep_preferred_days": 4,
    "preferred_revenue": Decimal(0),
    "keep_preferred_revenue": Decimal(0),
    "detractor_score": 6,
    "satisfied_score": 7,
    "complaints_tolerated": 0,
    "recovery_needs_confirmation": False,
    "max_positions_skipped": 2,
    "recovery_days": 7,
    "day_offset_minutes": 0,
    "qualifying_behaviours": ("free_trial", "demo_request", "quote_request", "fitting_room"),
    "cold_days": 90,
    "lapsed_days": 395,
    "at_risk_days": 330,
    "lost_days": 180,
    "implementation_days": 30,
    "stale_days": 90,
    "follow_up_days": 60,
    "currency": None,
    "correction_holds_days": 180,
    "renewal_grace_days": 60,
}


def make_policy(overrides: Policy | None) -> Policy:
    """Return every threshold, checked."""
    overrides = overrides or {}
    unknown = set(overrides) - set(DEFAULTS)
    if unknown:
        msg = f"policy: unknown {sorted(unknown)}"
        raise ValueError(msg)
    p = {**DEFAULTS, **overrides}
    for k in ("preferred_revenue", "keep_preferred_revenue"):
        p[k] = money(p[k])
        if p[k] < 0:
            msg = f"policy: {k} below 0"
            raise ValueError(msg)
    zero_ok = {"recovery_days", "correction_holds_days", "follow_up_days", "renewal_grace_days"}
    for k, v in p.items():
        if k.endswith("_days") and v < (0 if k in zero_ok else 1):
            msg = f"policy: {k}"
            raise ValueError(msg)
    bad = [
        why
        for why, wrong in (
            ("keep_regular_days", p["keep_regular_days"] > p["regular_days"]),
            ("keep_preferred_days", p["keep_preferred_days"] > p["preferred_days"]),
            ("keep_preferred_revenue", p["keep_preferred_revenue"] > p["preferred_revenue"]),
            ("preferred_days", p["preferred_days"] < p["regular_days"]),
            ("satisfied_score", p["satisfied_score"] <= p["detractor_score"]),
            ("at_risk_days", p["at_risk_days"] > p["lapsed_days"]),
            ("complaints_tolerated", p["complaints_tolerated"] < 0),
            (
                "score",
                not (0 <= p["detractor_score"] <= 10 and 0 <= p["satisfied_score"] <= 10),
            ),
            ("max_positions_skipped", not 0 <= p["max_positions_skipped"] <= 2),
            ("day_offset_minutes", not -720 <= p["day_offset_minutes"] <= 840),
        )
        if wrong
    ]
    if bad:
        msg = f"policy: {bad}"
        raise ValueError(msg)
    return p
