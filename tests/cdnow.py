"""The purchases of the whole CDNOW cohort."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import polars as pl

from lifecycle_model.columnar.series import INSTANT, MONEY


def cohort() -> pl.DataFrame:
    """Return 69,659 purchases of 23,570 customers, from the data of the package lifetimes."""
    spec = find_spec("lifetimes")
    assert spec is not None
    assert spec.origin is not None
    lines = (Path(spec.origin).parent / "datasets" / "CDNOW_master.txt").read_text(
        encoding="ascii"
    )
    rows = [line.split() for line in lines.splitlines()[1:]]
    return pl.DataFrame(
        {
            "customer_id": [row[0] for row in rows],
            "kind": ["purchase_completed"] * len(rows),
            "occurred_at": [row[1] for row in rows],
            "amount": [row[3] for row in rows],
        }
    ).with_columns(
        pl.col("occurred_at").str.to_datetime("%Y%m%d", time_zone="UTC").cast(INSTANT),
        pl.col("amount").cast(MONEY),
    )
