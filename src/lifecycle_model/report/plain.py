"""Figures as plain values: what JSON can hold, and the reason of what is missing."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from lifecycle_model.insight import Figure, Ratio

Plain = dict[str, Any]
"""What JSON calls an object."""


def plain(value: Any) -> Any:  # noqa: ANN401 - any cell of a frame
    """Return a cell as JSON holds it; what is no number is null.

    >>> plain(date(2024, 5, 1)), plain(float("nan")), plain(0.25)
    ('2024-05-01', None, 0.25)
    """
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value


def rows(frame: pl.DataFrame, *columns: str) -> list[Plain]:
    """Return the rows of a frame, of some columns where they are named.

    >>> import polars as pl
    >>> rows(pl.DataFrame({"won": [1], "lost": [2]}), "lost")
    [{'lost': 2}]
    """
    chosen = frame.select(columns) if columns else frame
    return [
        {name: plain(value) for name, value in row.items()}
        for row in chosen.iter_rows(named=True)
    ]


def told(row: Mapping[str, Any], ratio: Ratio) -> Plain:
    """Return a ratio of a row with its parts, its interval and its reason."""
    name = ratio.name
    return {
        "value": plain(row[name]),
        "above": plain(row[ratio.numerator]),
        "below": plain(row[ratio.denominator]),
        "low": plain(row.get(f"{name}_low")),
        "high": plain(row.get(f"{name}_high")),
        "reason": row[f"{name}_reason"],
    }


def counted(value: int) -> Plain:
    """Return a number of customers or deals.

    >>> counted(3)
    {'value': 3, 'reason': None}
    """
    return {"value": value, "reason": None}


def nothing(reason: str) -> Plain:
    """Return a figure that is not there.

    >>> nothing("nobody answered")
    {'value': None, 'reason': 'nobody answered'}
    """
    return {"value": None, "reason": reason}


def figure(one: Figure) -> Plain:
    """Return a figure with its parts and its reason."""
    return {
        "value": plain(one.value),
        "above": plain(one.numerator),
        "below": plain(one.denominator),
        "low": plain(one.low),
        "high": plain(one.high),
        "reason": one.reason,
    }
