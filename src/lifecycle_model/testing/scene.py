"""What logs are made of: the values worth trying, for any model or for one lifecycle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from lifecycle_model.events import KINDS, MAX_AMOUNT
from lifecycle_model.policy import PRESETS, Policy
from lifecycle_model.rules import FACTS
from lifecycle_model.rules.bounds import threshold_value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lifecycle_model.lifecycle import Lifecycle

# A day inside the calendar's ends, so that each instant has a day at every policy's offset.
FIRST: Final = datetime(1, 1, 2, tzinfo=UTC)
LAST: Final = datetime(9999, 12, 30, tzinfo=UTC)

_THEMES: Final = (
    KINDS,
    ("purchase_completed", "purchase_reversed", "product_used", "time_passed"),
    ("purchase_completed", "case_opened", "case_closed", "survey_answered"),
    ("purchase_completed", "survey_answered", "manual_correction", "customer_left"),
    ("need_recognized", "supplier_chosen", "opportunity_lost", "purchase_completed"),
    ("need_recognized", "offer_made", "concern_raised", "customer_left", "time_passed"),
    ("evaluation_started", "decision_dropped", "purchase_completed", "purchase_reversed"),
)

_TEN_YEARS: Final = 3653


def _beside(lengths: Iterable[int]) -> tuple[int, ...]:
    """Return few days, and the lengths with one day less and more, as far as a log reaches."""
    near = {length + step for length in lengths for step in (-1, 0, 1)}
    days = sorted(days for days in near if 0 <= days <= _TEN_YEARS)
    return (0, 1, 2) * len(days) + tuple(days)


def _lengths(policy: Policy) -> set[int]:
    return {value for name, value in policy if name.endswith("_days")}


PRESET_DAYS: Final = _beside(
    {1, *(days for name in PRESETS for days in _lengths(Policy.preset(name)))}
)
"""The days of all presets, with those beside them."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The kinds, instants and values that events are drawn from."""

    kinds: tuple[str, ...] = KINDS
    """The kinds to choose from."""
    customer_id: str | None = None
    """The one customer; several where None."""
    currency: str | None = None
    """The one currency; any one of each log where None."""
    min_time: datetime = FIRST
    max_time: datetime = LAST
    days: tuple[int, ...] = PRESET_DAYS
    """Days worth waiting, beside any number."""
    amounts: tuple[Decimal, ...] = (Decimal(0),)
    """Amounts that decide something, beside any amount."""
    behaviours: tuple[str, ...] = ("free_trial",)
    """Behaviours that decide something, beside any text."""
    day_offset_minutes: int = 0

    @property
    def themes(self) -> tuple[tuple[str, ...], ...]:
        """The kinds of one log: those given; of all, often a few that reach deep states."""
        return _THEMES if self.kinds == KINDS else (self.kinds,)


def scene_of(lifecycle: Lifecycle) -> Scene:
    """Return the scene in which logs come to a lifecycle's thresholds, and just miss them."""
    policy = lifecycle.policy
    lengths = {1, *_lengths(policy)}
    amounts = {Decimal(0)}
    step = Decimal("0.0001")
    for rule in lifecycle.rules:
        for guard in rule.guards:
            value = threshold_value(guard, policy)
            if FACTS[guard.fact].unit == "days":
                lengths.add(int(value))
            elif FACTS[guard.fact].unit == "money":
                amounts |= {Decimal(value) + beside for beside in (-step, Decimal(0), step)}
    return Scene(
        customer_id="c",
        currency=policy.currency,
        min_time=datetime(1600, 1, 1, tzinfo=UTC),
        max_time=datetime(2600, 1, 1, tzinfo=UTC),
        days=_beside(lengths),
        amounts=tuple(sorted(one for one in amounts if 0 <= one <= MAX_AMOUNT)),
        behaviours=("", *sorted(policy.qualifying_behaviours)),
        day_offset_minutes=policy.day_offset_minutes,
    )
