"""Small logs for tests: one row each, and what the columnar engine finds wrong with them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from lifecycle_model import columnar
from lifecycle_model.columnar.series import INSTANT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)

NEEDS: dict[str, dict[str, Any]] = {
    "interest_shown": {"behaviour": "browse"},
    "purchase_reversed": {"amount": 1},
    "consent_changed": {"channel": "email", "allowed": True},
    "case_opened": {"case_id": "k"},
    "case_closed": {"case_id": "k"},
    "survey_answered": {"score": 5},
    "action_taken": {"action_id": "call"},
    "manual_correction": {"actor": "ana", "reason": "checked"},
}
"""The fields that kinds cannot do without."""


def log(
    rows: int, kind: str | list[str | None] = "product_used", **columns: Any
) -> pl.DataFrame:
    """Return sound rows of one kind, each of a customer of its own, but for the columns given.

    A column is a series, a list of cells, or one cell for all rows.
    """
    cells = {
        "customer_id": [f"c-{row:03}" for row in range(rows)],
        "kind": kind,
        "occurred_at": pl.Series([NOON] * rows, dtype=INSTANT),
        **NEEDS.get(str(kind), {}),
        **columns,
    }
    return pl.DataFrame(
        {
            name: pl.Series(value if isinstance(value, pl.Series | list) else [value] * rows)
            for name, value in cells.items()
        }
    )


def cells_of(kind: str, column: str, cells: Any, dtype: Any = None) -> pl.DataFrame:
    """Return a log of one kind with these cells in one column."""
    series = pl.Series(cells, dtype=dtype)
    return log(len(series), kind, **{column: series})


def faults(frame: Any, **arguments: Any) -> list[tuple[int, str, str, str]]:
    """Return what is wrong with a log: row, column, value, reason."""
    return columnar.replay(frame, on_invalid="report", **arguments).invalid.rows()


def values(found: Sequence[tuple[int, str, str, str]], column: str) -> Mapping[int, str]:
    """Return the faulty rows of a column with what stands there; there are no other faults."""
    assert {one[1] for one in found} <= {column}
    assert len({one[3] for one in found}) <= 1
    return {row: value for row, _, value, _ in found}
