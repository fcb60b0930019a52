"""Hypothesis strategies: policies, events and logs of one customer, all valid.

Thresholds and the gaps between events come from one pool of lengths, so that events fall on
thresholds, one day before and one day after.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from lifecycle_model import (
    EVENT_TYPES,
    KINDS,
    BuyingPosition,
    Event,
    Policy,
    Situation,
    parse_event,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

CUSTOMER: Final = "c"
START: Final = datetime(2024, 2, 26, tzinfo=UTC)
LENGTHS: Final = (1, 2, 3, 5, 8, 13, 30, 90)
BEHAVIOURS: Final = ("free_trial", "browse")
THEMES: Final = (
    KINDS,
    ("purchase_completed", "purchase_reversed", "product_used", "time_passed"),
    ("purchase_completed", "case_opened", "case_closed", "survey_answered", "contacted"),
    ("purchase_completed", "manual_correction", "payment_overdue", "customer_left"),
    ("need_recognized", "supplier_chosen", "opportunity_lost", "purchase_completed"),
    ("need_recognized", "offer_made", "concern_raised", "customer_left", "time_passed"),
)
"""Kinds that reach deep states together."""
_GAPS: Final = sorted({gap for days in LENGTHS for gap in (days - 1, days, days + 1)})
_TIMES: Final = (
    timedelta(0),
    timedelta(hours=12),
    timedelta(days=1) - timedelta(microseconds=1),
    timedelta(microseconds=1),
)
_ZONES: Final = (UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8)))


def amounts(*, max_value: int = 200) -> SearchStrategy[Decimal]:
    """Generate money with up to four decimals."""
    return st.one_of(
        st.integers(0, max_value).map(Decimal),
        st.integers(0, max_value * 10_000).map(lambda units: Decimal(units).scaleb(-4)),
    )


@st.composite
def policies(draw: DrawFn) -> Policy:
    """Generate valid policies with thresholds that short logs reach."""
    length = st.sampled_from(LENGTHS)
    or_none = st.sampled_from((0, *LENGTHS))
    regular = draw(st.integers(1, 3))
    preferred = draw(st.integers(regular, 4))
    revenue = draw(st.sampled_from((Decimal(0), Decimal("25.5"), Decimal(100))))
    lapsed = draw(length)
    detractor = draw(st.integers(3, 9))
    return Policy(
        window_days=draw(length),
        regular_days=regular,
        keep_regular_days=draw(st.integers(1, regular)),
        preferred_days=preferred,
        keep_preferred_days=draw(st.integers(1, preferred)),
        preferred_revenue=revenue,
        keep_preferred_revenue=draw(st.sampled_from((Decimal(0), revenue / 2, revenue))),
        detractor_score=detractor,
        satisfied_score=draw(st.integers(detractor + 1, 10)),
        complaints_tolerated=draw(st.integers(0, 1)),
        recovery_needs_confirmation=draw(st.booleans()),
        max_positions_skipped=draw(st.integers(0, 2)),
        recovery_days=draw(or_none),
        cold_days=draw(length),
        lapsed_days=lapsed,
        at_risk_days=draw(st.integers(1, lapsed)),
        lost_days=draw(length),
        implementation_days=draw(length),
        stale_days=draw(length),
        follow_up_days=draw(or_none),
        correction_holds_days=draw(or_none),
        renewal_grace_days=draw(or_none),
        day_offset_minutes=draw(st.sampled_from((0, 330, -720, 840))),
    )


def _own_fields(day: datetime) -> dict[str, SearchStrategy[dict[str, Any]]]:
    """Return a strategy of the own fields of each kind that has any worth varying."""
    some = st.sampled_from
    named = st.fixed_dictionaries({}, optional={"opportunity_id": some(("a", "b"))})
    dates = some([0, -1, 1, *_GAPS, *(-gap for gap in _GAPS)]).map(
        lambda days: (day + timedelta(days=days)).date()
    )
    fixed: Callable[..., SearchStrategy[dict[str, Any]]] = st.fixed_dictionaries
    corrections = st.one_of(
        fixed({"situation": some(tuple(Situation))}),
        fixed(
            {"position": some(tuple(BuyingPosition))}, optional={"opportunity_id": some("ab")}
        ),
    ).map(lambda fields: {**fields, "actor": "ana", "reason": "checked"})
    naming = {
        kind: named
        for kind, cls in zip(KINDS, EVENT_TYPES, strict=True)
        if "opportunity_id" in cls.model_fields
    }
    return {
        **naming,
        "interest_shown": fixed(
            {"behaviour": some(BEHAVIOURS)}, optional={"opportunity_id": some("ab")}
        ),
        "supplier_chosen": fixed(
            {}, optional={"opportunity_id": some("ab"), "supplier": some(("Acme",))}
        ),
        "purchase_completed": fixed(
            {"amount": amounts()},
            optional={"opportunity_id": some("ab"), "covers_until": dates},
        ),
        "purchase_reversed": fixed(
            {"amount": amounts(), "full": st.booleans()},
            optional={"opportunity_id": some("ab"), "purchased_on": dates},
        ),
        "consent_changed": fixed(
            {"channel": some(("email", "phone")), "allowed": st.booleans()}
        ),
        "case_opened": fixed({"case_id": some("kl"), "complaint": st.booleans()}),
        "case_closed": fixed({"case_id": some("kl")}),
        "survey_answered": fixed({"score": st.integers(0, 10)}),
        "action_taken": fixed({"action_id": some(("call",))}),
        "manual_correction": corrections,
    }


@st.composite
def events(
    draw: DrawFn, *, kinds: Sequence[str] = KINDS, day: int = 0, max_days: int = 0
) -> Event:
    """Generate events of one customer.

    Args:
        draw: given by Hypothesis.
        kinds: the kinds to choose from.
        day: the first day, counted from `START`.
        max_days: how many days later the event may be.
    """
    at = START + timedelta(days=day + draw(st.integers(0, max_days)))
    kind = draw(st.sampled_from(kinds))
    own = draw(_own_fields(at).get(kind, st.just({})))
    instant = (at + draw(st.sampled_from(_TIMES))).astimezone(draw(st.sampled_from(_ZONES)))
    return parse_event(
        {
            "kind": kind,
            "customer_id": CUSTOMER,
            "occurred_at": instant,
            "source": draw(st.sampled_from(("", "crm"))),
            "event_id": draw(st.sampled_from((None, None, None, None, "1", "é"))),
            "sequence": draw(st.sampled_from((0, 0, 0, -1, 1))),
            **own,
        }
    )


@st.composite
def event_logs(
    draw: DrawFn, *, min_size: int = 0, max_size: int = 12, kinds: Sequence[str] = ()
) -> list[Event]:
    """Generate logs of one customer: any order, ties, equal copies and conflicting versions.

    Args:
        draw: given by Hypothesis.
        min_size: the least number of events, copies not counted.
        max_size: the greatest number of events, copies not counted.
        kinds: the kinds to choose from; by default all, or a few that reach deep states.
    """
    kinds = kinds or draw(st.sampled_from(THEMES))
    gaps = st.one_of(st.sampled_from((0, 1, 2)), st.sampled_from(_GAPS))
    found: list[Event] = []
    day = 0
    for gap in draw(st.lists(gaps, min_size=min_size, max_size=max_size)):
        day += gap
        found.append(draw(events(kinds=kinds, day=day)))
    named = [event for event in found if event.event_id is not None]
    if named:
        found += draw(st.lists(st.sampled_from(named), max_size=2))
    return draw(st.permutations(found))
