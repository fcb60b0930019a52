"""Random cells of random columns: what single events refuse the columns refuse, and no more."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings, strategies as st
from pydantic import TypeAdapter, ValidationError

from lifecycle_model import (
    EVENT_TYPES,
    KINDS,
    BuyingPosition,
    Event,
    Lifecycle,
    Situation,
    columnar,
    parse_event,
)
from lifecycle_model.columnar.schema import COLUMNS, OWN_COLUMNS
from lifecycle_model.columnar.times import EARLIEST, LATEST, instant_of
from lifecycle_model.errors import InvalidEvent
from lifecycle_model.events import Integer

if TYPE_CHECKING:
    from collections.abc import Callable

# Much of the same: what runs here is covered by other tests, and tracing it takes its time.
pytestmark = pytest.mark.no_cover

LIFECYCLE: Final = Lifecycle()
ROWS: Final = 40
OWN_FIELDS: Final = {
    kind: set(cls.model_fields) for kind, cls in zip(KINDS, EVENT_TYPES, strict=True)
}

DAY: Final = datetime(2024, 5, 1, tzinfo=UTC)
HALF: Final = timedelta(hours=12)
FIRST, LAST = (instant_of(one) for one in (EARLIEST, LATEST))


def _same(cell: Any) -> Any:
    return cell


@dataclass(frozen=True)
class Carrier:
    """One type of column that cells of a form may come in."""

    dtype: Any
    cells: tuple[Any, ...]
    """The second is sound where any is; most rows have it."""
    said: Callable[[Any], Any] = _same
    """What a single event is given for a cell."""


def _whole(cell: float) -> Any:
    """Return what a float means where a whole number is due: many frames have no other."""
    return int(cell) if math.isfinite(cell) and cell == int(cell) else cell


def _number(text: str) -> Any:
    """Return what a text means where a whole number is due, as the command line reads it."""
    try:
        return TypeAdapter(Integer).validate_strings(text)
    except ValidationError:
        return text


def _single(cell: float) -> float:
    """Return the number that a float of half the width is written as."""
    return float(str(np.float32(cell)))


def _midnight(cell: datetime) -> Any:
    """Return what a time means where a day is due: some frames have no other."""
    return cell.date() if cell.time() == time() else cell


WORDS: Final = (None, "a", "", "b", " ", "é", 'say "x"', "main", "free_trial", "EUR")
TEXT: Final = (
    Carrier(pl.String, WORDS),
    Carrier(pl.Categorical, WORDS),
    Carrier(pl.Enum([word for word in WORDS if word is not None]), WORDS),
)
NUMBERS: Final = (
    "7",
    " 7 ",
    "07",
    "7.0",
    "7.5",
    "-1",
    "11",
    "x",
    "",
    "1e1",
    "9" * 30,
    "\u0667",
)
AMOUNTS: Final = (0, 1, 19, 10**11, 10**11 + 1, -1, 2**62)
EXACT: Final = tuple(map(Decimal, ("0", "1.5", "19.90", "0.0001", "-0.0001", "1e11", "1e11")))
CARRIERS: Final[dict[str, tuple[Carrier, ...]]] = {
    "text": TEXT,
    "id": TEXT,
    "situation": (Carrier(pl.String, (None, *map(str, Situation), "Regular", "")),),
    "position": (
        Carrier(pl.Categorical, (None, *map(str, BuyingPosition), "implementation ", "")),
    ),
    "money": (
        Carrier(
            pl.Float64, (None, math.nan, 0.0, -0.0, 19.9, 0.0001, 1e-5, 1e11, 1e11 + 1, -1.0)
        ),
        Carrier(
            pl.Float64, (None, 99999999999.9999, math.inf, -math.inf, 0.1 + 0.2, 1e300, 5e-324)
        ),
        Carrier(
            pl.Float32, (None, math.nan, 19.9, 0.5, 1e-5, 1234.25, -19.9, math.inf), _single
        ),
        Carrier(pl.Int64, (None, *AMOUNTS)),
        Carrier(pl.UInt64, (None, 0, 5, 2**63, 2**64 - 1)),
        Carrier(pl.Int8, (None, 0, 127, -128)),
        Carrier(pl.Decimal(20, 4), (None, *EXACT)),
        Carrier(pl.Decimal(30, 9), (None, *EXACT, Decimal("0.000000001"), Decimal("1.00001"))),
        Carrier(pl.Decimal(38, 0), (None, Decimal(1), Decimal(10) ** 37, Decimal(-1))),
        Carrier(
            pl.String,
            (
                None,
                "19.9",
                "19.90",
                "1e3",
                " 5 ",
                "NaN",
                "inf",
                "-0",
                "1,5",
                "",
                "1_0",
                "0.00001",
            ),
        ),
    ),
    "score": (
        Carrier(pl.Int64, (None, 0, 7, 10, 11, -1)),
        Carrier(pl.UInt8, (None, 0, 255)),
        Carrier(pl.Float64, (None, math.nan, 0.0, 7.0, 7.5, 10.0, 11.0, math.inf), _whole),
        Carrier(pl.String, (None, *NUMBERS), _number),
    ),
    "flag": (
        Carrier(pl.Boolean, (None, True, False)),
        Carrier(pl.Int64, (None, 0, 1, 2, -1)),
        Carrier(pl.Float64, (None, math.nan, 0.0, 1.0, 0.5)),
        Carrier(pl.String, (None, "true", "False", "1", "0", "2", "yes", "", " true", "maybe")),
    ),
    "day": (
        Carrier(pl.Date, (None, date(1, 1, 1), date(2024, 5, 1), date(9999, 12, 31))),
        Carrier(
            pl.Datetime("us"),
            tuple(one and one.replace(tzinfo=None) for one in (None, DAY, FIRST, DAY + HALF)),
            _midnight,
        ),
        Carrier(
            pl.String,
            (
                None,
                "2024-05-01",
                "20240501",
                "2024-W18-3",
                "2024-02-30",
                "",
                "2024-05-01T00:00",
            ),
        ),
    ),
    "texts": (
        Carrier(pl.List(pl.String), (None, [], ["a"], ["a", "b"], [None], ["a", None], [""])),
    ),
    "sequence": (
        Carrier(pl.Int64, (None, 0, -1, 2**63 - 1, -(2**63))),
        Carrier(pl.UInt64, (None, 0, 2**63 - 1, 2**63, 2**64 - 1)),
        Carrier(pl.Float64, (None, math.nan, 1.0, 0.5, -(2.0**63), 2.0**63, 1e300), _whole),
        Carrier(pl.Decimal(38, 0), (None, Decimal(2**53 + 1), Decimal(2**63)), _whole),
        Carrier(pl.String, (None, *NUMBERS), _number),
    ),
    "occurred_at": (
        *(
            Carrier(pl.Datetime(unit, zone), (None, DAY, DAY + HALF, DAY - 73_000 * HALF))
            for unit in ("ms", "us", "ns")
            for zone in ("UTC", "America/New_York")
        ),
        Carrier(pl.Datetime("us"), (None, DAY.replace(tzinfo=None))),
        Carrier(pl.Datetime("us", "UTC"), (None, FIRST, LAST)),
        Carrier(pl.Date, (None, date(2024, 5, 1))),
        Carrier(
            pl.String,
            (
                None,
                "2024-05-01T12:00:00Z",
                "2024-05-01 12:00+02:00",
                "2024-05-01T12:00:00",
                "0001-01-01T00:00:00+02:00",
                "20240501T120000.5Z",
                "",
            ),
        ),
    ),
    "kind": (
        Carrier(pl.String, (None, *KINDS, "", "contactd", "Contacted")),
        Carrier(pl.Enum(["x", *KINDS]), (None, *KINDS, "x")),
    ),
}


def random_log(rng: random.Random) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """Return a log, and each of its rows as a single event is given it."""
    ids = [f"c-{row:02}" for row in range(ROWS)]
    columns: dict[str, pl.Series] = {"customer_id": pl.Series(ids)}
    said: list[dict[str, Any]] = [{"customer_id": one} for one in ids]
    for name in rng.sample(COLUMNS[1:], len(COLUMNS) - 1):
        if name not in {"kind", "occurred_at"} and rng.random() < 0.3:
            continue
        carrier = rng.choice(_carriers(name))
        usual = rng.choice(carrier.cells) if rng.random() < 0.1 else carrier.cells[1]
        strange = rng.choice((0.0, 0.1, 1.0))
        cells = [rng.choice(carrier.cells) if rng.random() < strange else usual for _ in ids]
        if name == "kind" and strange < 1:
            cells = [rng.choice(KINDS) if cell == usual else cell for cell in cells]
        columns[name] = pl.Series(cells, dtype=carrier.dtype)
        for row, cell in zip(said, cells, strict=True):
            if cell is not None and not (isinstance(cell, float) and math.isnan(cell)):
                row[name] = carrier.said(cell)
    for row in said:  # fields that a kind does not own are ignored in columns
        for name in set(row) - OWN_FIELDS.get(row.get("kind", ""), set(row)):
            del row[name]
    return pl.DataFrame(columns), said


def _carriers(name: str) -> tuple[Carrier, ...]:
    form = OWN_COLUMNS[name].form if name in OWN_COLUMNS else name
    return CARRIERS[{"event_id": "id", "source": "text"}.get(form, form)]


def _event(row: dict[str, Any]) -> Event | None:
    try:
        return parse_event(row)
    except InvalidEvent:
        return None


@settings(max_examples=settings().max_examples // 3)  # each has many rows
@given(st.integers(0, 2**64 - 1))
def test_a_row_is_refused_where_the_same_event_is_refused(seed: int) -> None:
    """And what is accepted means the same: the customers are those of the scalar engine."""
    frame, said = random_log(random.Random(seed))
    events = [_event(row) for row in said]

    replay = columnar.replay(frame, on_invalid="report", threads=1)

    refused = [row for row, event in enumerate(events) if event is None]
    assert replay.invalid["row"].unique().to_list() == refused
    assert replay.invalid.is_duplicated().sum() == 0
    known = [LIFECYCLE.replay([event]).customer for event in events if event is not None]
    assert known == [
        columnar.to_customer(row, LIFECYCLE) for row in replay.snapshots.iter_rows(named=True)
    ]
