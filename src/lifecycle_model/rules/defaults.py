"""The two default tables: every rule of the model, as data. Nothing else states a rule.

The rows were built from five documents, S0 to S4; the documentation says what each gave.
"""

from typing import Final

from lifecycle_model.rules.table import Guard, Rule, RuleTable
from lifecycle_model.rules.targets import GIVEN, RESTORED
from lifecycle_model.states import Axis, BuyingPosition, Situation

_NON, _POTENTIAL, _OCCASIONAL, _REGULAR, _PREFERRED, _DISSATISFIED = Situation
_STATUS_QUO, _NEEDS, _OPTIONS, _CONCERNS, _IMPLEMENTATION = BuyingPosition

_ACTIVE: Final = (_OCCASIONAL, _REGULAR, _PREFERRED)
_OPEN: Final = (_NEEDS, _OPTIONS, _CONCERNS)


def _position(
    rule_id: str, sources: tuple[str, ...], kind: str, target: str, *guards: Guard
) -> Rule:
    return Rule(rule_id, Axis.POSITION, sources, kind, target, guards, ("S0",))


def _situation(
    rule_id: str,
    sources: tuple[str, ...],
    kind: str,
    target: str,
    *guards: Guard,
    origin: tuple[str, ...],
) -> Rule:
    return Rule(rule_id, Axis.SITUATION, sources, kind, target, guards, origin)


_ANY_POSITION: Final = tuple(BuyingPosition)
_ANY_SITUATION: Final = tuple(Situation)

_SKIPS_FEW: Final = Guard("positions_skipped", "<=", "max_positions_skipped")
_NO_OPEN_OPPORTUNITY: Final = Guard("open_opportunities", "<=", 0)
_UNPROTECTED: Final = Guard("protected", "<=", 0)
_FEW_COMPLAINTS: Final = Guard("open_complaints", "<=", "complaints_tolerated")
_NO_CONFIRMATION: Final = Guard("confirmation_needed", "<=", 0)
_TAKEN_OFF: Final = Guard("purchase_taken_off", "==", 1)

_POSITIONS: Final = (
    _position("need-recognized", _ANY_POSITION, "need_recognized", _NEEDS),
    _position("evaluation-started", _ANY_POSITION, "evaluation_started", _OPTIONS, _SKIPS_FEW),
    _position("supplier-chosen", _ANY_POSITION, "supplier_chosen", _CONCERNS, _SKIPS_FEW),
    _position("contract-signed", _ANY_POSITION, "purchase_completed", _IMPLEMENTATION),
    _position("competitor-chosen", _ANY_POSITION, "opportunity_lost", _IMPLEMENTATION),
    _position("decision-dropped", _OPEN, "decision_dropped", _STATUS_QUO),
    _position("value-delivered", (_IMPLEMENTATION,), "value_delivered", _STATUS_QUO),
    _position("account-closed", (*_OPEN, _IMPLEMENTATION), "customer_left", _STATUS_QUO),
    _position(
        "contract-cancelled", (_IMPLEMENTATION,), "purchase_reversed", _STATUS_QUO, _TAKEN_OFF
    ),
    Rule("corrected", Axis.POSITION, _ANY_POSITION, "manual_correction", GIVEN),
    _position(
        "settled",
        (_IMPLEMENTATION,),
        "time_passed",
        _STATUS_QUO,
        Guard("days_in_position", ">=", "implementation_days"),
    ),
    _position(
        "stalled",
        _OPEN,
        "time_passed",
        _STATUS_QUO,
        Guard("days_since_touched", ">=", "stale_days"),
    ),
)

_SITUATIONS: Final = (
    _situation(
        "behaviour-qualifies",
        (_NON,),
        "interest_shown",
        _POTENTIAL,
        Guard("behaviour_qualifies", "==", 1),
        origin=("S1",),
    ),
    _situation("lead-qualified", (_NON,), "lead_qualified", _POTENTIAL, origin=("S1", "S3")),
    _situation("need-recognized", (_NON,), "need_recognized", _POTENTIAL, origin=("S0",)),
    _situation("evaluation-started", (_NON,), "evaluation_started", _POTENTIAL, origin=("S0",)),
    _situation("supplier-chosen", (_NON,), "supplier_chosen", _POTENTIAL, origin=("S0",)),
    _situation(
        "first-purchase",
        (_NON, _POTENTIAL),
        "purchase_completed",
        _OCCASIONAL,
        Guard("standing_purchases", "<=", 1),
        origin=("S2", "S0"),
    ),
    _situation(
        "won-back", (_NON, _POTENTIAL), "purchase_completed", _OCCASIONAL, origin=("S0", "S3")
    ),
    _situation("disqualified", (_POTENTIAL,), "lead_disqualified", _NON, origin=("S1",)),
    _situation(
        "lost-to-competitor",
        (_POTENTIAL,),
        "opportunity_lost",
        _NON,
        _NO_OPEN_OPPORTUNITY,
        origin=("S0",),
    ),
    _situation(
        "went-cold",
        (_POTENTIAL,),
        "time_passed",
        _NON,
        Guard("days_since_sign", ">=", "cold_days"),
        _NO_OPEN_OPPORTUNITY,
        origin=("S2",),
    ),
    _situation(
        "became-regular",
        (_OCCASIONAL,),
        "purchase_completed",
        _REGULAR,
        Guard("purchase_days", ">=", "regular_days"),
        origin=("S2",),
    ),
    _situation(
        "became-preferred",
        (_REGULAR,),
        "purchase_completed",
        _PREFERRED,
        Guard("purchase_days", ">=", "preferred_days"),
        Guard("revenue", ">=", "preferred_revenue"),
        origin=("S2",),
    ),
    _situation(
        "purchase-cancelled",
        _ACTIVE,
        "purchase_reversed",
        _POTENTIAL,
        _TAKEN_OFF,
        Guard("standing_purchases", "<=", 0),
        origin=("S1",),
    ),
    _situation(
        "complained",
        _ACTIVE,
        "case_opened",
        _DISSATISFIED,
        Guard("is_complaint", "==", 1),
        Guard("open_complaints", ">", "complaints_tolerated"),
        origin=("S2",),
    ),
    _situation(
        "detractor",
        _ACTIVE,
        "survey_answered",
        _DISSATISFIED,
        Guard("score", "<=", "detractor_score"),
        origin=("S4",),
    ),
    _situation(
        "left",
        (_POTENTIAL, *_ACTIVE, _DISSATISFIED),
        "customer_left",
        _NON,
        origin=("S0",),
    ),
    _situation(
        "not-renewed",
        _ACTIVE,
        "time_passed",
        _NON,
        _UNPROTECTED,
        Guard("days_expired", ">=", "renewal_grace_days"),
        _NO_OPEN_OPPORTUNITY,
        origin=("S0",),
    ),
    _situation(
        "lapsed",
        _ACTIVE,
        "time_passed",
        _NON,
        _UNPROTECTED,
        Guard("days_idle", ">=", "lapsed_days"),
        _NO_OPEN_OPPORTUNITY,
        origin=("S0",),
    ),
    _situation(
        "no-longer-regular",
        (_REGULAR,),
        "time_passed",
        _OCCASIONAL,
        _UNPROTECTED,
        Guard("purchase_days", "<", "keep_regular_days"),
        origin=("S2",),
    ),
    _situation(
        "no-longer-frequent",
        (_PREFERRED,),
        "time_passed",
        _REGULAR,
        _UNPROTECTED,
        Guard("purchase_days", "<", "keep_preferred_days"),
        origin=("S2",),
    ),
    _situation(
        "no-longer-valuable",
        (_PREFERRED,),
        "time_passed",
        _REGULAR,
        _UNPROTECTED,
        Guard("revenue", "<", "keep_preferred_revenue"),
        origin=("S2",),
    ),
    _situation(
        "case-resolved",
        (_DISSATISFIED,),
        "case_closed",
        RESTORED,
        Guard("closed_complaint", "==", 1),
        _FEW_COMPLAINTS,
        _NO_CONFIRMATION,
        origin=("S2", "S3"),
    ),
    _situation(
        "satisfied-again",
        (_DISSATISFIED,),
        "survey_answered",
        RESTORED,
        Guard("score", ">=", "satisfied_score"),
        _FEW_COMPLAINTS,
        origin=("S2", "S3"),
    ),
    _situation(
        "bought-again",
        (_DISSATISFIED,),
        "purchase_completed",
        RESTORED,
        _FEW_COMPLAINTS,
        _NO_CONFIRMATION,
        Guard("days_dissatisfied", ">=", "recovery_days"),
        origin=("S2",),
    ),
    _situation(
        "given-up",
        (_DISSATISFIED,),
        "time_passed",
        _NON,
        _UNPROTECTED,
        Guard("days_dissatisfied", ">=", "lost_days"),
        Guard("days_since_sign", ">=", "lost_days"),
        _NO_OPEN_OPPORTUNITY,
        origin=("S0",),
    ),
    _situation("corrected", _ANY_SITUATION, "manual_correction", GIVEN, origin=()),
)

DEFAULT_RULES: Final = RuleTable((*_POSITIONS, *_SITUATIONS))
"""The rules of the model."""
