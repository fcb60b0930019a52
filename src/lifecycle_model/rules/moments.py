"""What is known of the facts at the moment at which rows are tried."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from lifecycle_model.rules.bounds import ENDLESS
from lifecycle_model.rules.checks import OPPORTUNITY_KINDS, UNNAMED_KINDS
from lifecycle_model.rules.facts import SIGNS_OF_LIFE
from lifecycle_model.states import BuyingPosition, Situation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_model.policy import Policy
    from lifecycle_model.rules.bounds import Interval

NOTHING: Final = (0, -1)
"""The interval of a fact that has no value."""

_TODAY: Final = (0, 0)
_SOME: Final = (1, ENDLESS)
_ANY: Final = (0, ENDLESS)

_BROUGHT: Final[Mapping[str, Mapping[str, Interval]]] = MappingProxyType(
    {
        "purchase_completed": {
            "standing_purchases": _SOME,
            "days_since_purchase": _TODAY,
            "days_idle": _TODAY,
            "days_expired": NOTHING,
        },
        "payment_overdue": {"payments_overdue": _SOME},
        "product_used": {"days_idle": _TODAY},
        "case_opened": {"open_cases": _SOME},
        "customer_left": {
            "open_cases": _TODAY,
            "open_complaints": _TODAY,
            "days_expired": NOTHING,
        },
    }
)
"""What an event says of the facts once it is absorbed. Source: the model's law, section 3."""


def known_facts(
    kind: str,
    policy: Policy,
    *,
    situation: str | None = None,
    position: str | None = None,
) -> dict[str, Interval]:
    """Return the facts of which more is known than what their unit allows.

    Args:
        kind: of the event at hand, which the facts have absorbed.
        policy: whose window bounds the purchase days.
        situation: where the customer is; None where that is open.
        position: where the opportunity at hand is; None where that is open.
    """
    bought = kind == "purchase_completed"
    found: dict[str, Interval] = {
        "purchase_days": (int(bought), policy.window_days),
        **_BROUGHT.get(kind, {}),
    }
    if kind in SIGNS_OF_LIFE:
        found["days_since_sign"] = _TODAY
    if situation is not None:
        unhappy = situation == Situation.DISSATISFIED
        found["days_dissatisfied"] = _ANY if unhappy else NOTHING
    if position is not None:
        idle = position == BuyingPosition.STATUS_QUO
        found["days_in_position"] = NOTHING if idle else _ANY
        found["days_since_touched"] = _ANY
    if kind in OPPORTUNITY_KINDS and kind not in {*UNNAMED_KINDS, "offer_made"}:
        found["days_since_touched"] = _TODAY
    return found


def once_entered(state: str, *, restored: bool) -> dict[str, Interval]:
    """Return what is known of the facts once a state has been entered, the rest as before."""
    if state in tuple(BuyingPosition):
        return {"days_in_position": _TODAY}
    found: dict[str, Interval] = {
        "days_dissatisfied": _TODAY if state == Situation.DISSATISFIED else NOTHING
    }
    if restored:
        found |= {"days_idle": _TODAY, "days_since_sign": _TODAY, "days_expired": NOTHING}
    return found
