"""The two tables of the law, read independently of the library.

A row is (rule id, sources, kind, guards, target); a guard is (fact, operator, threshold), the
threshold a policy field or a constant.
"""

from __future__ import annotations

from operator import eq, ge, gt, le, lt
from typing import TYPE_CHECKING, Any

from reading.terms import (
    ACTIVE,
    CONCERNS,
    DIS,
    IMPL,
    NEEDS,
    NON,
    OCC,
    OPEN,
    OPTIONS,
    POSITIONS,
    POT,
    PRE,
    REG,
    SITUATIONS,
    SQ,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

Row = tuple[str, tuple[str, ...], str, tuple[tuple[str, str, Any], ...], str]
Rows = dict[tuple[str, str], list[Row]]

ANY_P, ANY_S = POSITIONS, SITUATIONS
GIVEN, RESTORED = "<the value given>", "<restored>"

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


def index(rules: Iterable[Row]) -> Rows:
    """Return the rows by source and kind, in their order."""
    found: Rows = {}
    for rule in rules:
        for source in rule[1]:
            found.setdefault((source, rule[2]), []).append(rule)
    return found


TABLES = index(POSITION_RULES), index(SITUATION_RULES)
OPERATORS = {"<=": le, "<": lt, ">=": ge, ">": gt, "=": eq, "==": eq}
