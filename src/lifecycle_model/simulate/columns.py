"""The columns of a log: their types, and which of them a kind of event needs."""

from typing import Final

import polars as pl

from lifecycle_model.events import EVENT_TYPES, KINDS

KEYS: Final = ("customer_id", "kind", "occurred_at")
"""The columns that every log has."""

COLUMNS: Final[dict[str, pl.DataType]] = {
    "customer_id": pl.String(),
    "kind": pl.Enum(KINDS),
    "occurred_at": pl.Datetime("us", "UTC"),
    "event_id": pl.String(),
    "source": pl.String(),
    "sequence": pl.Int64(),
    "segment": pl.String(),
    "channel": pl.String(),
    "campaign": pl.String(),
    "behaviour": pl.String(),
    "opportunity_id": pl.String(),
    "by": pl.String(),
    "reason": pl.String(),
    "alternatives": pl.List(pl.String()),
    "amount": pl.Decimal(18, 4),
    "supplier": pl.String(),
    "topic": pl.String(),
    "currency": pl.String(),
    "order_id": pl.String(),
    "covers_until": pl.Date(),
    "competitor": pl.String(),
    "full": pl.Boolean(),
    "purchased_on": pl.Date(),
    "allowed": pl.Boolean(),
    "case_id": pl.String(),
    "complaint": pl.Boolean(),
    "severity": pl.String(),
    "score": pl.Int8(),
    "action_id": pl.String(),
    "department": pl.String(),
    "situation": pl.String(),
    "position": pl.String(),
    "actor": pl.String(),
}
"""Every column of a log and its type, in order; whole-number ids are `Int64`."""

NARROW: Final = (
    *KEYS,
    "event_id",
    "behaviour",
    "opportunity_id",
    "amount",
    "covers_until",
    "full",
    "case_id",
    "complaint",
    "score",
)
"""What nearly all rules read, and no more: for large logs."""

OWN: Final = {
    kind: frozenset(cls.model_fields) for kind, cls in zip(KINDS, EVENT_TYPES, strict=True)
}
"""The fields of each kind."""

NEEDED: Final = {
    kind: frozenset(
        name for name, field in cls.model_fields.items() if field.is_required()
    ).union(KEYS)
    for kind, cls in zip(KINDS, EVENT_TYPES, strict=True)
}
"""The fields without which an event of a kind is not valid."""
