"""A slow, definitional reading of DOMAIN.md.  Stdlib only.  Written without sight of any engine.

    replay(events, policy=None, as_of=None) -> dict

State is almost only *lists of what happened* (purchases, reversals, signs ...); every fact is worked out from those lists at
the day it is asked for.  Every midnight is visited.  Comments quote DOMAIN.md.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

UTC = UTC
MAIN = "main"
REQUIRED = object()

# ------------------------------------------------------------------------------------------------ section 1: words
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

# ------------------------------------------------------------------------------------------------ section 2: events
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


def money(x) -> int:
    """Integer ten-thousandths."""
    d = (x if isinstance(x, Decimal) else Decimal(str(x))) * 10000
    if d != int(d):
        msg = f"money with more than four decimals: {x}"
        raise ValueError(msg)
    return int(d)


def as_date(x):
    if x is None or (isinstance(x, date) and not isinstance(x, datetime)):
        return x
    return date.fromisoformat(x)


def normalise(raw: dict) -> dict:
    """The validated event: all fields with their defaults, instants in UTC, money as integers, dates as dates."""
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


def canonical_json(e: dict) -> str:
    out = dict(e)
    out["occurred_at"] = e["occurred_at"].strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    for name in ("covers_until", "purchased_on"):
        if out.get(name) is not None:
            out[name] = out[name].isoformat()
    return json.dumps(out, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def fold_key(e: dict):
    return (
        e["occurred_at"],
        e["sequence"],
        PLACE[e["kind"]],
        e["source"],
        (0, "") if e["event_id"] is None else (1, e["event_id"]),
        canonical_json(e),
    )


# ------------------------------------------------------------------------------------------------ section 5: policy
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


def make_policy(overrides: dict | None) -> dict:
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


# ------------------------------------------------------------------------------------------------ section 4: the two tables
ANY_P, ANY_S = POSITIONS, SITUATIONS
GIVEN, RESTORED = "<the value given>", "<restored>"

# (rule id, sources, kind, guards, target); a guard is (fact, op, policy field or constant)
POSITION_RULES = [
    ("need-recognized", ANY_P, "need_recognized", (), NEEDS),
    (
        "evaluation-started",
        ANY_P,
        "evaluation_started",
        (("positions_skipped", "<=", "max_positions_skipped"),),
        OPTIONS,
    ),
    (
        "supplier-chosen",
        ANY_P,
        "supplier_chosen",
        (("positions_skipped", "<=", "max_positions_skipped"),),
        CONCERNS,
    ),
    ("contract-signed", ANY_P, "purchase_completed", (), IMPL),
    ("competitor-chosen", ANY_P, "opportunity_lost", (), IMPL),
    ("decision-dropped", OPEN, "decision_dropped", (), SQ),
    ("value-delivered", (IMPL,), "value_delivered", (), SQ),
    ("account-closed", (*OPEN, IMPL), "customer_left", (), SQ),
    ("contract-cancelled", (IMPL,), "purchase_reversed", (("purchase_taken_off", "=", 1),), SQ),
    ("corrected", ANY_P, "manual_correction", (), GIVEN),
    (
        "settled",
        (IMPL,),
        "time_passed",
        (("days_in_position", ">=", "implementation_days"),),
        SQ,
    ),
    ("stalled", OPEN, "time_passed", (("days_since_touched", ">=", "stale_days"),), SQ),
]

SITUATION_RULES = [
    ("behaviour-qualifies", (NON,), "interest_shown", (("behaviour_qualifies", "=", 1),), POT),
    ("lead-qualified", (NON,), "lead_qualified", (), POT),
    ("need-recognized", (NON,), "need_recognized", (), POT),
    ("evaluation-started", (NON,), "evaluation_started", (), POT),
    ("supplier-chosen", (NON,), "supplier_chosen", (), POT),
    (
        "first-purchase",
        (NON, POT),
        "purchase_completed",
        (("standing_purchases", "<=", 1),),
        OCC,
    ),
    ("won-back", (NON, POT), "purchase_completed", (), OCC),
    ("disqualified", (POT,), "lead_disqualified", (), NON),
    ("lost-to-competitor", (POT,), "opportunity_lost", (("open_opportunities", "<=", 0),), NON),
    (
        "went-cold",
        (POT,),
        "time_passed",
        (("days_since_sign", ">=", "cold_days"), ("open_opportunities", "<=", 0)),
        NON,
    ),
    (
        "became-regular",
        (OCC,),
        "purchase_completed",
        (("purchase_days", ">=", "regular_days"),),
        REG,
    ),
    (
        "became-preferred",
        (REG,),
        "purchase_completed",
        (("purchase_days", ">=", "preferred_days"), ("revenue", ">=", "preferred_revenue")),
        PRE,
    ),
    (
        "purchase-cancelled",
        ACTIVE,
        "purchase_reversed",
        (("purchase_taken_off", "=", 1), ("standing_purchases", "<=", 0)),
        POT,
    ),
    (
        "complained",
        ACTIVE,
        "case_opened",
        (("is_complaint", "=", 1), ("open_complaints", ">", "complaints_tolerated")),
        DIS,
    ),
    ("detractor", ACTIVE, "survey_answered", (("score", "<=", "detractor_score"),), DIS),
    ("left", (POT, OCC, REG, PRE, DIS), "customer_left", (), NON),
    (
        "not-renewed",
        ACTIVE,
        "time_passed",
        (
            ("protected", "<=", 0),
            ("days_expired", ">=", "renewal_grace_days"),
            ("open_opportunities", "<=", 0),
        ),
        NON,
    ),
    (
        "lapsed",
        ACTIVE,
        "time_passed",
        (
            ("protected", "<=", 0),
            ("days_idle", ">=", "lapsed_days"),
            ("open_opportunities", "<=", 0),
        ),
        NON,
    ),
    (
        "no-longer-regular",
        (REG,),
        "time_passed",
        (("protected", "<=", 0), ("purchase_days", "<", "keep_regular_days")),
        OCC,
    ),
    (
        "no-longer-frequent",
        (PRE,),
        "time_passed",
        (("protected", "<=", 0), ("purchase_days", "<", "keep_preferred_days")),
        REG,
    ),
    (
        "no-longer-valuable",
        (PRE,),
        "time_passed",
        (("protected", "<=", 0), ("revenue", "<", "keep_preferred_revenue")),
        REG,
    ),
    (
        "case-resolved",
        (DIS,),
        "case_closed",
        (
            ("closed_complaint", "=", 1),
            ("open_complaints", "<=", "complaints_tolerated"),
            ("confirmation_needed", "<=", 0),
        ),
        RESTORED,
    ),
    (
        "satisfied-again",
        (DIS,),
        "survey_answered",
        (("score", ">=", "satisfied_score"), ("open_complaints", "<=", "complaints_tolerated")),
        RESTORED,
    ),
    (
        "bought-again",
        (DIS,),
        "purchase_completed",
        (
            ("open_complaints", "<=", "complaints_tolerated"),
            ("confirmation_needed", "<=", 0),
            ("days_dissatisfied", ">=", "recovery_days"),
        ),
        RESTORED,
    ),
    (
        "given-up",
        (DIS,),
        "time_passed",
        (
            ("protected", "<=", 0),
            ("days_dissatisfied", ">=", "lost_days"),
            ("days_since_sign", ">=", "lost_days"),
            ("open_opportunities", "<=", 0),
        ),
        NON,
    ),
    ("corrected", ANY_S, "manual_correction", (), GIVEN),
]


def _index(rules):
    index = {}
    for rule in rules:
        for source in rule[1]:
            index.setdefault((source, rule[2]), []).append(rule)
    return index


POSITION_ROWS, SITUATION_ROWS = _index(POSITION_RULES), _index(SITUATION_RULES)
OPS = {
    "<=": lambda a, b: a <= b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
    "=": lambda a, b: a == b,
}

CUSTOMER_FACTS = (
    "purchase_days",
    "revenue",
    "standing_purchases",
    "days_since_purchase",
    "days_idle",
    "days_expired",
    "days_since_sign",
    "protected",
    "days_dissatisfied",
    "open_cases",
    "open_complaints",
    "open_opportunities",
    "payments_overdue",
    "confirmation_needed",
)


class Opportunity:
    def __init__(self) -> None:
        self.position = SQ
        self.entered = None  # ordinal day
        self.touched = None
        self.competitor = False


class Fold:
    """One customer.  Days are ordinals (date.toordinal())."""

    def __init__(self, policy) -> None:
        self.p = policy
        self.offset = timedelta(minutes=policy["day_offset_minutes"])
        # what happened
        self.purchases = []  # the day of each purchase ever completed
        self.taken_off = []  # the purchase day of each purchase that was fully reversed
        self.bookings = []  # (day, +/- amount)
        self.covers = []  # (day bought, covers_until) not forgotten, in fold order
        self.product_used = []  # days
        self.restores = []
        self.corrections = []  # of the situation
        self.signs = []  # of life, the customer's own
        self.contacted = False
        self.cases = {}  # open case_id -> complaint
        self.overdue = 0
        self.opps = {}
        # where things stand
        self.situation = NON
        self.rung = None  # the situation before the dissatisfaction
        self.dissatisfied_on = None
        # of the event at hand
        self.hand = {}
        # out
        self.transitions = []
        self.answers = []
        self.trace = None  # a list, if somebody wants to see each guard that was read

    # ---- days
    def day(self, instant) -> int:
        return (instant + self.offset).date().toordinal()

    def midnight(self, day: int) -> datetime:
        return (
            datetime.combine(date.fromordinal(day), datetime.min.time(), tzinfo=UTC)
            - self.offset
        )

    # ---- section 3, each fact from its definition
    def purchases_on(self, d: int) -> int:
        return self.purchases.count(d) - self.taken_off.count(d)

    def standing_days(self) -> set:
        """Every day on which at least one purchase is left."""
        left = Counter(self.purchases)
        left.subtract(self.taken_off)
        return {d for d, n in left.items() if n > 0}

    def latest_purchase_day(self):
        days = self.standing_days()
        return max(days) if days else None

    def in_window(self, d: int, D: int) -> bool:
        return D - self.p["window_days"] < d <= D

    def furthest_cover(self):
        """(covers_until as ordinal, the day it was bought, by the first to name that date)."""
        if not self.covers:
            return None
        until = max(c for _, c in self.covers)
        bought = next(b for b, c in self.covers if c == until)
        return until, bought

    def fact(
        self, name: str, D: int, opp: Opportunity | None = None, target: str | None = None
    ):
        p = self.p
        if name in (
            "score",
            "behaviour_qualifies",
            "is_complaint",
            "closed_complaint",
            "purchase_taken_off",
        ):
            return self.hand.get(name, None if name == "score" else 0)
        if name == "purchase_days":
            return sum(1 for d in self.standing_days() if self.in_window(d, D))
        if name == "revenue":
            return max(0, sum(a for d, a in self.bookings if self.in_window(d, D)))
        if name == "standing_purchases":
            return len(self.purchases) - len(self.taken_off)
        if name == "days_since_purchase":
            last = self.latest_purchase_day()
            return None if last is None else D - last
        if name == "days_idle":
            days = self.product_used + self.restores + self.corrections
            last = self.latest_purchase_day()
            if last is not None:
                days = [*days, last]
            return D - max(days) if days else None
        if name == "days_expired":
            cover = self.furthest_cover()
            if cover is None:
                return None
            until = cover[0]
            if until >= D:
                return None
            last = self.latest_purchase_day()
            renewed = ([last] if last is not None else []) + self.restores + self.corrections
            if any(d >= until for d in renewed):
                return None
            return D - until
        if name == "days_since_sign":
            days = self.signs + self.restores + self.corrections
            return D - max(days) if days else None
        if name == "protected":
            cover = self.furthest_cover()
            if cover is not None and cover[0] >= D:
                return 1
            if self.corrections and D - max(self.corrections) < p["correction_holds_days"]:
                return 1
            return 0
        if name == "days_dissatisfied":
            return None if self.dissatisfied_on is None else D - self.dissatisfied_on
        if name == "open_cases":
            return len(self.cases)
        if name == "open_complaints":
            return sum(1 for c in self.cases.values() if c)
        if name == "open_opportunities":
            return sum(1 for o in self.opps.values() if o.position in OPEN)
        if name == "payments_overdue":
            return self.overdue
        if name == "confirmation_needed":
            return 1 if p["recovery_needs_confirmation"] else 0
        if name == "days_in_position":
            return None if opp.entered is None else D - opp.entered
        if name == "days_since_touched":
            return None if opp.touched is None else D - opp.touched
        if name == "positions_skipped":
            if (
                target == opp.position
            ):  # "an event whose target is the present position skips nothing"
                return 0
            here = POSITIONS.index(SQ if opp.position == IMPL else opp.position)
            return max(0, POSITIONS.index(target) - here - 1)
        raise KeyError(name)

    def holds(self, guard, D, opp=None, target=None) -> bool:
        fact, op, threshold = guard
        value = self.fact(fact, D, opp, target)
        limit = self.p[threshold] if isinstance(threshold, str) else threshold
        answer = value is not None and OPS[op](value, limit)
        if self.trace is not None:
            self.trace.append(
                (fact, op, threshold, None if value is None else value - limit, answer)
            )
        return answer

    # ---- deciding
    def decide(self, rows, D, opp=None, given=None):
        """The first row whose guards all hold -> (rule, target) ; else 'refused' / 'not_applicable'."""
        if not rows:
            return "not_applicable"
        for rule, _, _, guards, target in rows:
            target = given if target is GIVEN else target
            if all(self.holds(g, D, opp, target) for g in guards):
                return rule, target
        return "refused"

    def record(self, at, axis, opportunity_id, rule, before, after, event_id) -> None:
        self.transitions.append(
            {
                "occurred_at": at,
                "axis": axis,
                "opportunity_id": opportunity_id,
                "rule": rule,
                "before": before,
                "after": after,
                "event_id": event_id,
            }
        )

    def try_position(self, oid, kind, D, at, event=None):
        opp = self.opps[oid]
        rows = POSITION_ROWS.get((opp.position, kind), [])
        found = self.decide(
            rows, D, opp, event["position"] if event and kind == "manual_correction" else None
        )
        if isinstance(found, str):
            return found
        rule, target = found
        before, moved = opp.position, target != opp.position
        if moved:
            self.record(
                at, "position", oid, rule, before, target, event["event_id"] if event else None
            )
            opp.position = target
            opp.competitor = False  # "until it enters another position"
        if moved or kind in ("purchase_completed", "opportunity_lost"):
            opp.entered = D  # these two enter implementation anew
        if kind == "opportunity_lost":
            opp.competitor = True
        elif kind == "supplier_chosen":
            opp.competitor = event["supplier"] is not None
        elif kind in ("purchase_completed", "manual_correction"):
            opp.competitor = False
        return "moved" if moved else "stayed"

    def restored(self):
        # "If purchases were made and none stands any more, restored is potential."
        if self.purchases and len(self.purchases) - len(self.taken_off) <= 0:
            return POT
        return self.rung

    def try_situation(self, kind, D, at, event=None):
        rows = SITUATION_ROWS.get((self.situation, kind), [])
        if kind == "manual_correction" and event["situation"] is None:
            rows = []  # the row is for "manual_correction with situation"
        found = self.decide(
            rows, D, given=event["situation"] if event and kind == "manual_correction" else None
        )
        if isinstance(found, str):
            return found
        rule, target = found
        if target is RESTORED:
            target = self.restored()
            self.restores.append(D)
        if target == self.situation:
            return "stayed"
        before, self.situation = self.situation, target
        if target == DIS:
            self.dissatisfied_on = D
            self.rung = before if before in ACTIVE else OCC
        if before == DIS:
            self.dissatisfied_on = self.rung = None
        self.record(
            at, "situation", None, rule, before, target, event["event_id"] if event else None
        )
        return "moved"

    # ---- section 4, step 1
    def midnights(self, after_day: int, up_to_day: int) -> None:
        self.hand = {}
        for D in range(after_day + 1, up_to_day + 1):
            at = self.midnight(D)
            for oid in sorted(self.opps):
                self.try_position(oid, "time_passed", D, at)
            while self.try_situation("time_passed", D, at) == "moved":
                pass

    # ---- section 4, step 2
    def absorb(self, e, D) -> None:
        kind = e["kind"]
        self.hand = {}
        if kind in SIGNS_OF_LIFE:
            self.signs.append(D)
        if kind == "contacted":
            self.contacted = True
        elif kind == "interest_shown":
            self.hand["behaviour_qualifies"] = int(
                e["behaviour"] in self.p["qualifying_behaviours"]
            )
        elif kind == "purchase_completed":
            self.purchases.append(D)
            self.bookings.append((D, e["amount"]))
            if e["covers_until"] is not None:
                self.covers.append((D, e["covers_until"].toordinal()))
        elif kind == "purchase_reversed":
            self.reverse(e, D)
        elif kind == "payment_overdue":
            self.overdue += 1
        elif kind == "payment_received":
            self.overdue = max(0, self.overdue - 1)
        elif kind == "product_used":
            self.product_used.append(D)
        elif kind == "case_opened":
            self.cases[e["case_id"]] = bool(e["complaint"])
            self.hand["is_complaint"] = int(bool(e["complaint"]))
        elif kind == "case_closed":
            self.hand["closed_complaint"] = int(self.cases.pop(e["case_id"], False))
        elif kind == "survey_answered":
            self.hand["score"] = e["score"]
        elif kind == "customer_left":
            self.cases.clear()
            self.covers.clear()
        elif kind == "manual_correction" and e["situation"] is not None:
            self.corrections.append(D)
        oid = e.get("opportunity_id")
        if oid is not None:
            opp = self.opps.setdefault(oid, Opportunity())
            if kind != "offer_made":
                opp.touched = D

    def reverse(self, e, D) -> None:
        if e["purchased_on"] is not None:
            meant = e["purchased_on"].toordinal()
        else:
            meant = self.latest_purchase_day()
            if meant is None:
                meant = D
        if self.purchases_on(meant) > 0 and D - meant < self.p["window_days"]:
            self.bookings.append((meant, -e["amount"]))
            if e["full"]:
                cover = self.furthest_cover()
                self.taken_off.append(meant)
                self.hand["purchase_taken_off"] = 1
                if cover is not None and cover[1] == meant:
                    self.covers.clear()
        else:
            self.bookings.append((D, -e["amount"]))

    # ---- section 4, steps 3 and 4
    def fold(self, e, previous_day):
        at = e["occurred_at"]
        D = self.day(at)
        if previous_day is not None:
            self.midnights(previous_day, D)
        self.absorb(e, D)
        positions = {}
        if e["kind"] == "customer_left":
            for oid in sorted(self.opps):
                positions[oid] = self.try_position(oid, "customer_left", D, at, e)
        elif e.get("opportunity_id") is not None:
            oid = e["opportunity_id"]
            positions[oid] = self.try_position(oid, e["kind"], D, at, e)
        situation = (
            "not_applicable"
            if e["kind"] == "time_passed"
            else self.try_situation(e["kind"], D, at, e)
        )
        self.answers.append(
            {
                "kind": e["kind"],
                "occurred_at": at,
                "event_id": e["event_id"],
                "positions": positions,
                "situation": situation,
            }
        )
        return D

    # ---- section 6
    def derived(self, D):
        def f(name):
            return self.fact(name, D)
        s, p = self.situation, self.p
        def at_least(name, limit):
            return f(name) is not None and f(name) >= limit
        opps = list(self.opps.values())
        former = f("standing_purchases") > 0
        reached = self.contacted or bool(self.signs)
        active = s in ACTIVE

        if former and s in (NON, POT):
            stage = "recovery"
        elif s == DIS or (
            active
            and (
                f("open_complaints") > p["complaints_tolerated"]
                or (
                    not f("protected")
                    and (
                        at_least("days_idle", p["at_risk_days"]) or at_least("days_expired", 1)
                    )
                )
                or any(o.position == OPTIONS for o in opps)
                or any(o.position in (CONCERNS, IMPL) and o.competitor for o in opps)
            )
        ):
            stage = "retention"
        elif active:
            stage = "monetization"
        elif s == POT or reached:
            stage = "acquisition"
        else:
            stage = "segmentation"

        funnel = {NON: "suspect", POT: "prospect"}.get(s, "customer")

        if stage == "recovery" or s == DIS:
            step = "win_back"
        elif any(o.position in (CONCERNS, OPTIONS) for o in opps):
            step = "offer"
        elif any(o.position == NEEDS for o in opps):
            step = "understanding"
        elif any(o.position == IMPL and not o.competitor for o in opps):
            step = "delivery"
        elif s == POT:
            step = "understanding"
        elif (
            active
            and f("days_since_purchase") is not None
            and f("days_since_purchase") <= p["follow_up_days"]
        ):
            step = "follow_up"
        elif active:
            step = "development"
        elif reached:
            step = "contact"
        else:
            step = "lead_generation"

        if f("open_complaints") > 0:
            service = "complaint_open"
        elif f("open_cases") > 0:
            service = "request_open"
        elif s == DIS:
            service = "awaiting_confirmation"
        else:
            service = "idle"

        for leading in (CONCERNS, OPTIONS, NEEDS, IMPL, SQ):
            if any(o.position == leading for o in opps):
                break
        return stage, funnel, step, service, leading


def identities(events):
    """Drop equal copies and conflicts; -> (events in fold order, duplicates, conflicts)."""
    kept, seen, duplicates, conflicts = [], {}, 0, 0
    for e in sorted(events, key=fold_key):
        if e["event_id"] is not None:
            contents = seen.setdefault((e["source"], e["event_id"]), set())
            text = canonical_json(e)
            if text in contents:
                duplicates += 1
                continue
            first = not contents
            contents.add(text)
            if not first:
                conflicts += 1
                continue
        kept.append(e)
    return kept, duplicates, conflicts


def replay(events, policy=None, as_of=None, trace=None):
    """facts["revenue"] is a Decimal in units of currency; every other fact an int or None.  entered_on, touched_on are dates.
    Extra keys beyond the brief: "answers" (what each axis answered to each folded event), "with facts at" day "day".
    """
    p = make_policy(policy)
    events = [normalise(e) for e in events]
    future = 0
    if as_of is not None:
        if as_of.tzinfo is None:
            msg = "naive as_of"
            raise ValueError(msg)
        as_of = as_of.astimezone(UTC)
        future = sum(1 for e in events if e["occurred_at"] > as_of)  # "set aside first"
        events = [e for e in events if e["occurred_at"] <= as_of]
    folded, duplicates, conflicts = identities(events)

    expected = p["currency"]
    for e in folded:
        currency = e.get("currency")
        if currency is None:
            continue
        if expected is None:
            expected = currency
        elif currency != expected:
            msg = "currency"
            raise ValueError(msg)

    fold, day = Fold(p), None
    fold.trace = trace
    for e in folded:
        day = fold.fold(e, day)
    clock = folded[-1]["occurred_at"] if folded else None
    if as_of is not None:
        if folded:
            fold.midnights(day, fold.day(as_of))
            clock = as_of
        day = fold.day(as_of)
    fold.trace, fold.hand = None, {}
    D = (
        day if day is not None else date(1970, 1, 1).toordinal()
    )  # no event: no fact depends on it

    stage, funnel, step, service, leading = fold.derived(D)
    facts = {name: fold.fact(name, D) for name in CUSTOMER_FACTS}
    facts["revenue"] = Decimal(facts["revenue"]) / 10000
    return {
        "situation": fold.situation,
        "position": leading,
        "stage": stage,
        "funnel_group": funnel,
        "sales_step": step,
        "service_state": service,
        "opportunities": {
            oid: {
                "position": o.position,
                "entered_on": date.fromordinal(o.entered),
                "touched_on": date.fromordinal(o.touched),
                "with_competitor": o.competitor,
            }
            for oid, o in sorted(fold.opps.items())
            if o.position != SQ
        },
        "facts": facts,
        "transitions": fold.transitions,
        "duplicates": duplicates,
        "conflicts": conflicts,
        "future": future,
        "clock": clock,
        "answers": fold.answers,
        "day": date.fromordinal(day) if day is not None else None,
    }
