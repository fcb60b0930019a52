"""What hostile inputs are put together from: names of fields, and values known for trouble."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lifecycle_model import EVENT_TYPES, KINDS, BuyingPosition, Situation

if TYPE_CHECKING:
    from fuzzing.dice import Dice

ROOT: Final = Path(__file__).parents[2]

FIELDS: Final = tuple(
    dict.fromkeys(name for cls in EVENT_TYPES for name in ("kind", *cls.model_fields))
)

TIMES: Final = (
    "2024-05-01T12:00:00+00:00",
    "2024-05-01T12:00:00Z",
    "2024-05-01",
    "2024-05-01T12:00",
    "2024-W18-3T12:00+02",
    "2024-05-02T00:00:00.000001-11:59:59",
    "0001-01-01T00:00:00+00:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999+00:00",
    "9999-12-31T23:59:59-12:00",
    "10000-01-01T00:00:00Z",
    "2024-02-30T00:00:00Z",
    "2024-05-01T24:00:00Z",
    "1714564800",
    "20240501T120000Z",
)

NUMBERS: Final = (
    "0",
    "1",
    "-1",
    "10",
    "11",
    "19.90",
    "0.00001",
    "100000000000",
    "100000000000.0001",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "1e5",
    "1e-5",
    "1E+11",
    "1e999999999",
    "1e-999999999",
    "-0.0",
    "NaN",
    "Infinity",
    "sNaN",
    "1_000",
    "1,50",
    "٣",
    "9" * 400,
)

TEXTS: Final = (
    "c",
    "main",
    "",
    " ",
    "\t\n",
    "a\0b",
    "a\x1b[2Jb",
    "\u202egnp.exe",
    "\u200b",
    "é",
    "e\u0301",
    "\U0001f600",
    "\ufeff",
    "\u2028",
    "=1+1",
    "a,b;c|d",
    '"',
    "'",
    "[red]",
    "<script>",
    "%s{0}{name}$x",
    "EUR",
    "free_trial",
    "true",
    "x" * 300,
)

VALUES: Final[tuple[Any, ...]] = (
    *KINDS,
    *Situation,
    *BuyingPosition,
    *TIMES,
    *NUMBERS,
    *TEXTS,
    *FIELDS,
    None,
    True,
    False,
    0,
    1,
    5,
    -1,
    10**18,
    10**30,
    0.1,
    1e308,
    float("nan"),
    float("inf"),
    [],
    {},
    [[]],
    [None],
    ["a", "b"],
    {"a": {"b": []}},
)
"""What JSON can say, or nearly."""

OBJECTS: Final[tuple[Any, ...]] = (
    *VALUES,
    "\ud800",
    b"bytes",
    Decimal("19.90"),
    Decimal("1e999999"),
    Decimal("NaN"),
    Decimal("sNaN"),
    date.min,
    date.max,
    datetime(1, 1, 1),  # noqa: DTZ001 - a naive one
    datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
    datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))),
    datetime(2024, 5, 1, 12, tzinfo=UTC),
    datetime(2024, 5, 2, tzinfo=timezone(timedelta(seconds=1))),
    1j,
    ("a", "b"),
    {"set"},
    object(),
    int,
    10**5000,
)
"""What Python can say besides."""


def examples() -> list[dict[str, Any]]:
    """Return the examples of the golden corpus."""
    folder = ROOT / "tests" / "golden"
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.jsonl"))]
    return [json.loads(line) for text in texts for line in text.splitlines() if line.strip()]


def histories() -> list[list[dict[str, Any]]]:
    """Return the golden histories whose events are sound, raw, of one customer each."""
    found = [
        one["events"]
        for one in examples()
        if one.get("events") and one["expect"].get("error") != "InvalidEvent"
    ]
    return [[{"customer_id": "c"} | event for event in events] for events in found]


def purchases(count: int) -> bytes:
    """Return the first lines of the purchase log that the pages use, with our column names."""
    text = (ROOT / "docs" / "data" / "CDNOW_sample.csv").read_bytes()
    return b"".join(text.splitlines(keepends=True)[: count + 1])


def raw_event(dice: Dice, values: tuple[Any, ...] = VALUES) -> dict[str, Any]:
    """Return the fields of an event that is nearly always sound but for what was picked."""
    kind = dice.pick(KINDS)
    cls = EVENT_TYPES[KINDS.index(kind)]
    event: dict[str, Any] = {
        "kind": kind,
        "customer_id": "c",
        "occurred_at": f"20{dice.upto(99):02}-{dice.upto(11) + 1:02}-15T12:00:00+00:00",
    }
    sound: dict[str, Any] = {
        "behaviour": dice.pick(["free_trial", "browse"]),
        "amount": dice.pick(["19.90", 0, "100000000000", 1.5]),
        "channel": "email",
        "allowed": bool(dice.upto(1)),
        "case_id": dice.pick(["k", "l"]),
        "complaint": bool(dice.upto(1)),
        "score": dice.upto(10),
        "action_id": "call",
        "actor": "ana",
        "reason": "checked",
        "opportunity_id": dice.pick(["main", "b", "a"]),
        "full": bool(dice.upto(1)),
    }
    event |= {name: value for name, value in sound.items() if name in cls.model_fields}
    if kind == "manual_correction":
        event.pop("opportunity_id")
        event["situation"] = dice.pick(list(Situation))
    for _ in range(dice.pick([0, 0, 1, 2])):
        event[dice.pick(FIELDS)] = dice.pick(values)
    return event
