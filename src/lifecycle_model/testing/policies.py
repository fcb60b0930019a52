"""A strategy for policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from lifecycle_model.policy import ORDERED, Policy
from lifecycle_model.testing.values import money, names

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

_DEFAULT: Final = Policy()
_MOST: Final = 10**18

_DAYS: Final = st.one_of(st.sampled_from((1, 2, 3, 5, 8, 13, 30, 90)), st.integers(1, _MOST))
"""Often a length that short logs reach, and that several thresholds share."""
_COUNTS: Final = st.one_of(st.integers(1, 4), st.integers(1, _MOST))
_DAYS_OR_NONE: Final = st.one_of(st.just(0), _DAYS)

_VALUES: Final[dict[str, SearchStrategy[Any]]] = {
    "name": names(),
    "version": names(),
    "window_days": _DAYS,
    "regular_days": _COUNTS,
    "keep_regular_days": _COUNTS,
    "preferred_days": _COUNTS,
    "keep_preferred_days": _COUNTS,
    "preferred_revenue": money(),
    "keep_preferred_revenue": money(),
    "detractor_score": st.integers(0, 9),
    "satisfied_score": st.integers(1, 10),
    "complaints_tolerated": _COUNTS,
    "recovery_needs_confirmation": st.just(value=True),
    "max_positions_skipped": st.integers(0, 1),
    "recovery_days": _DAYS_OR_NONE,
    "cold_days": _DAYS,
    "lapsed_days": _DAYS,
    "at_risk_days": _DAYS,
    "lost_days": _DAYS,
    "implementation_days": _DAYS,
    "stale_days": _DAYS,
    "follow_up_days": _DAYS_OR_NONE,
    "currency": names(),
    "correction_holds_days": _DAYS_OR_NONE,
    "day_offset_minutes": st.one_of(st.sampled_from((330, -720, 840)), st.integers(-720, 840)),
    "renewal_grace_days": _DAYS_OR_NONE,
    "qualifying_behaviours": st.frozensets(names(), max_size=3),
}


def policies() -> SearchStrategy[Policy]:
    """Generate valid policies: the simplest is the default one, and each threshold is free.

    >>> from hypothesis import find
    >>> strict = find(policies(), lambda policy: policy.complaints_tolerated > 0)
    >>> strict == Policy(complaints_tolerated=1)
    True
    """
    return _policies()


@st.composite
def _policies(draw: DrawFn) -> Policy:
    fields = {**dict(_DEFAULT), **draw(st.fixed_dictionaries({}, optional=_VALUES))}
    # The rungs are the last pairs but one: what a customer must keep is lowered after them.
    for lower, upper in reversed(ORDERED):
        fields[lower] = min(fields[lower], fields[upper])
    fields["satisfied_score"] = max(fields["satisfied_score"], fields["detractor_score"] + 1)
    return Policy(**fields)
