"""Lifecycles of unusual tables, under any policy that bears them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import assume, strategies as st

from lifecycle_model import Lifecycle, RuleTable, errors
from lifecycle_model.testing import policies

if TYPE_CHECKING:
    from collections.abc import Mapping


@st.composite
def unusual_lifecycles(draw: st.DrawFn, tables: Mapping[str, RuleTable]) -> Lifecycle:
    """Generate lifecycles of any policy and one of the tables."""
    try:
        return Lifecycle(draw(policies()), draw(st.sampled_from(tuple(tables.values()))))
    except errors.InvalidRules:  # under this policy the rows could chase each other
        assume(condition=False)
        raise
