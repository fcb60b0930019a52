"""Strategies for the values that events, policies and rules are made of."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from lifecycle_model.events import MAX_AMOUNT, MONEY_UNITS

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_MOST: Final = int(MAX_AMOUNT) * MONEY_UNITS


def names() -> SearchStrategy[str]:
    """Generate ids: often one of two, so that events meet, else any text."""
    return st.one_of(st.sampled_from(("a", "b")), st.text(min_size=1))


def money() -> SearchStrategy[Decimal]:
    """Generate amounts with up to four decimals: small and whole ones, or any."""
    small = st.integers(0, 200).map(Decimal)
    wide = st.integers(0, _MOST).map(lambda units: Decimal(units).scaleb(-4))
    return st.one_of(small, wide)
