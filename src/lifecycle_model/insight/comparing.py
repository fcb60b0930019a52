"""What if: the same log under two policies, who would stand elsewhere and by which rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from lifecycle_model.columnar import replay
from lifecycle_model.insight.book import Frame, polars_of
from lifecycle_model.lifecycle import Lifecycle

if TYPE_CHECKING:
    from datetime import datetime

    from lifecycle_model.columnar import Replay
    from lifecycle_model.policy import Policy, PolicyRef

AXES: Final = ("situation", "position", "stage", "funnel_group", "sales_step", "service_state")


@dataclass(frozen=True, slots=True)
class WhatIf:
    """How two policies judge the same log."""

    policy_a: PolicyRef
    policy_b: PolicyRef
    customers: int
    """How many there are; each stands somewhere under both."""
    moved: pl.DataFrame
    """By `axis` (`situation`, `stage` and the other values): `elsewhere`, how many customers
    have another value under the second policy, and their `share` of all (null without any)."""
    counts: pl.DataFrame
    """By `axis`, `under_a` and `under_b`: `customers`."""
    examples: pl.DataFrame
    """Customers who stand in another situation: `customer_id`, `under_a`, `under_b`, and where
    their stories part: `parted_at`, and `rule_a` and `rule_b`, the moves that the two policies
    make there; null where one makes none."""


def what_if(
    log: Frame,
    policy_a: Policy,
    policy_b: Policy,
    *,
    as_of: datetime,
    examples: int = 5,
) -> WhatIf:
    """Fold a log under two policies, and return who would stand elsewhere.

    Args:
        log: events as columns.
        policy_a: as it is.
        policy_b: as it could be.
        as_of: the instant at which both are compared.
        examples: how many customers to show for each pair of situations.
    """
    one, other = (
        replay(log, Lifecycle(policy), as_of=as_of, transitions=True)
        for policy in (policy_a, policy_b)
    )
    both = _values(one, "a").join(_values(other, "b"), on="customer_id")
    counts = pl.concat(
        both.group_by(under_a=f"{axis}_a", under_b=f"{axis}_b")
        .agg(customers=pl.len().cast(pl.Int64))
        .select(pl.lit(axis).alias("axis"), pl.all())
        .sort("under_a", "under_b")
        for axis in AXES
    )
    elsewhere = pl.col("customers").filter(pl.col("under_a") != pl.col("under_b")).sum()
    moved = counts.group_by("axis", maintain_order=True).agg(
        elsewhere=elsewhere, share=elsewhere / pl.col("customers").sum()
    )
    shown = (
        both.filter(pl.col("situation_a") != pl.col("situation_b"))
        .select("customer_id", under_a="situation_a", under_b="situation_b")
        .group_by("under_a", "under_b", maintain_order=True)
        .head(examples)
    )
    return WhatIf(
        policy_a.ref,
        policy_b.ref,
        both.height,
        moved,
        counts,
        _parted(shown, one, other),
    )


def _values(folded: Replay, suffix: str) -> pl.DataFrame:
    return polars_of(folded.customers).select(
        "customer_id",
        *[pl.col(axis).cast(pl.String).alias(f"{axis}_{suffix}") for axis in AXES],
    )


def _parted(shown: pl.DataFrame, one: Replay, other: Replay) -> pl.DataFrame:
    """Return the customers with the first move of the situation that is not the same."""
    first, second = (_moves(shown, folded) for folded in (one, other))
    keys = ["customer_id", "place"]
    parted = (
        first.join(second, on=keys, how="full", coalesce=True, suffix="_b")
        .filter(
            pl.col("at").ne_missing(pl.col("at_b"))
            | pl.col("rule").ne_missing(pl.col("rule_b"))
            | pl.col("after").ne_missing(pl.col("after_b"))
        )
        .sort(keys)
        .group_by("customer_id", maintain_order=True)
        .first()
    )
    at = pl.min_horizontal("at", "at_b")
    earliest = parted.select(
        "customer_id",
        parted_at=at,
        # Where one moves earlier, the other does nothing at that moment.
        rule_a=pl.when(pl.col("at") == at).then(pl.col("rule")),
        rule_b=pl.when(pl.col("at_b") == at).then(pl.col("rule_b")),
    )
    return shown.join(earliest, on="customer_id", how="left", maintain_order="left").select(
        "customer_id", "under_a", "under_b", "parted_at", "rule_a", "rule_b"
    )


def _moves(shown: pl.DataFrame, folded: Replay) -> pl.DataFrame:
    """Return the moves of the situation of some customers, numbered."""
    return (
        polars_of(folded.transitions)
        .filter(pl.col("axis").cast(pl.String) == "situation")
        .join(shown.select("customer_id"), on="customer_id", how="semi")
        .select(
            "customer_id",
            pl.int_range(pl.len()).over("customer_id").alias("place"),
            pl.col("rule", "after").cast(pl.String),
            at="occurred_at",
        )
    )
