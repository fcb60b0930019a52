"""The values derived from both axes and the facts, as decision tables.

The first line that holds wins. Sources: stages S0, funnel S1, sales steps and service cycle S3.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, TypeVar

from lifecycle_model.kernel.layout import (
    CONCERNS_RESOLUTION as CONCERNS,
    DAYS_EXPIRED,
    DAYS_IDLE,
    DAYS_SINCE_PURCHASE,
    DISSATISFIED,
    IMPLEMENTATION,
    LISTED,
    NEEDS_RECOGNITION,
    NEVER,
    NON_CUSTOMER,
    NONE,
    OPEN_CASES,
    OPEN_COMPLAINTS,
    OPTIONS_EVALUATION,
    POSITION,
    POTENTIAL,
    PROTECTED,
    REACHED,
    SITUATION,
    STANDING_PURCHASES,
    WITH_COMPETITOR,
    Memory,
)
from lifecycle_model.kernel.program import Program
from lifecycle_model.states import FunnelGroup, LifecycleStage, SalesStep, ServiceState

CONDITIONS: Final = {
    "non_customer": "the situation is non_customer",
    "potential": "the situation is potential",
    "active": "the situation is occasional, regular or preferred",
    "dissatisfied": "the situation is dissatisfied",
    "former": "at least one purchase stands",
    "reached": "has been contacted or has given a sign of life",
    "loosening": (
        "more complaints open than tolerated; or not protected and idle for at_risk_days or "
        "with an expired cover; or an opportunity comparing suppliers; or one with a competitor"
    ),
    "recognizing": "an opportunity is in needs_recognition",
    "deciding": "an opportunity is in options_evaluation or concerns_resolution",
    "receiving": "an opportunity is in implementation with us",
    "fresh": "the latest standing purchase is at most follow_up_days old",
    "complaining": "a complaint is open",
    "asking": "a case is open",
}
"""What the lines ask; a condition's bit is its place here."""

Line = tuple[StrEnum, tuple[str, ...]]

STAGE_LINES: Final = (
    (LifecycleStage.RECOVERY, ("former", "non_customer")),
    (LifecycleStage.RECOVERY, ("former", "potential")),
    (LifecycleStage.RETENTION, ("dissatisfied",)),
    (LifecycleStage.RETENTION, ("active", "loosening")),
    (LifecycleStage.MONETIZATION, ("active",)),
    (LifecycleStage.ACQUISITION, ("potential",)),
    (LifecycleStage.ACQUISITION, ("reached",)),
    (LifecycleStage.SEGMENTATION, ()),
)

FUNNEL_LINES: Final = (
    (FunnelGroup.SUSPECT, ("non_customer",)),
    (FunnelGroup.PROSPECT, ("potential",)),
    (FunnelGroup.CUSTOMER, ()),
)

SALES_LINES: Final = (
    *(
        (SalesStep.WIN_BACK, needed)
        for stage, needed in STAGE_LINES
        if stage == LifecycleStage.RECOVERY
    ),
    (SalesStep.WIN_BACK, ("dissatisfied",)),
    (SalesStep.OFFER, ("deciding",)),
    (SalesStep.UNDERSTANDING, ("recognizing",)),
    (SalesStep.DELIVERY, ("receiving",)),
    (SalesStep.UNDERSTANDING, ("potential",)),
    (SalesStep.FOLLOW_UP, ("active", "fresh")),
    (SalesStep.DEVELOPMENT, ("active",)),
    (SalesStep.CONTACT, ("reached",)),
    (SalesStep.LEAD_GENERATION, ()),
)

SERVICE_LINES: Final = (
    (ServiceState.COMPLAINT_OPEN, ("complaining",)),
    (ServiceState.REQUEST_OPEN, ("asking",)),
    (ServiceState.AWAITING_CONFIRMATION, ("dissatisfied",)),
    (ServiceState.IDLE, ()),
)

Value = TypeVar("Value", bound=StrEnum)


def first_value(lines: Sequence[tuple[Value, tuple[str, ...]]], bits: int) -> Value:
    """Return the value of the first line whose conditions all hold.

    Args:
        lines: a decision table that ends with a line without conditions.
        bits: the conditions that hold, as `conditions` returns them.

    >>> first_value(FUNNEL_LINES, 0b10)
    <FunnelGroup.PROSPECT: 'prospect'>
    """
    return next(value for value, needed in lines if bits & (mask := _mask(needed)) == mask)


def _mask(needed: tuple[str, ...]) -> int:
    places = tuple(CONDITIONS)
    return sum(1 << places.index(name) for name in needed)


def conditions(program: Program, memory: Memory, day: int) -> int:
    """Return which conditions hold at `day`, one bit each, in the order of `CONDITIONS`."""
    state = memory.state
    situation = state[SITUATION]
    active = POTENTIAL < situation < DISSATISFIED
    loosening = state[OPEN_COMPLAINTS] > program.complaints_tolerated
    if day > state[PROTECTED]:
        idle = day - state[DAYS_IDLE]
        # A cover protects through its last day: one that does not is over.
        if program.at_risk_days <= idle < NEVER or state[DAYS_EXPIRED] != NONE:
            loosening = True
    recognizing = deciding = receiving = False
    for place in range(state[LISTED]):
        at = memory.listed[place]
        position = memory.opportunities[at + POSITION]
        if position == NEEDS_RECOGNITION:
            recognizing = True
        elif position == OPTIONS_EVALUATION:
            deciding = loosening = True
        else:
            rival = memory.opportunities[at + WITH_COMPETITOR] == 1
            loosening = loosening or rival
            deciding = deciding or position == CONCERNS
            receiving = receiving or (position == IMPLEMENTATION and not rival)
    return (
        (situation == NON_CUSTOMER)
        | (situation == POTENTIAL) << 1
        | active << 2
        | (situation == DISSATISFIED) << 3
        | (state[STANDING_PURCHASES] > 0) << 4
        | (state[REACHED] == 1) << 5
        | loosening << 6
        | recognizing << 7
        | deciding << 8
        | receiving << 9
        | (day - state[DAYS_SINCE_PURCHASE] <= program.follow_up_days) << 10
        | (state[OPEN_COMPLAINTS] > 0) << 11
        | (state[OPEN_CASES] > 0) << 12
    )
