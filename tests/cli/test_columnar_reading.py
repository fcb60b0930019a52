"""Logs that `lifecycle replay` reads in columns are read as rows are, whatever they hold."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from lifecycle_model import KINDS, parse_event
from lifecycle_model.cli.columns.lines import Lines
from lifecycle_model.cli.columns.times import read_instants
from lifecycle_model.cli.faults import Fault, Faults, InputError
from lifecycle_model.cli.reading import Reading
from lifecycle_model.cli.times import Times
from lifecycle_model.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from conftest import Ran

BOUGHT = "a,2024-01-01T00:00Z,purchase_completed,1,,,,"
MIXED = (
    "b,2024-01-01T00:00Z,purchase_completed,5,,USD,,",
    "b,2024-01-02T00:00Z,purchase_completed,5,,EUR,e,",
)
"""Amounts in two currencies: a fault that only folding shows."""


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (('a,2024-01-01T00:00Z,survey_answered,,9,,"e\nf",',), "a row over several lines"),
        (('a"b,2024-01-01T00:00Z,product_used,,,,,',), "line 2 has a quotation mark"),
        (("a,2024-01-01T00:00Z,product_used,,,,\r,",), "a row over several lines"),
        (('a,"b"c,d',), "line 2 has a quotation mark"),
        ((f"{'a' * 140_000},2024-01-01T00:00Z,product_used,,,,,",), "a line is very long"),
        (("a\0,2024-01-01T00:00Z,product_used,,,,,",), "it holds a NUL byte"),
    ],
)
def test_read_row_by_row(
    both: Callable[..., Ran], log: Callable[..., Path], rows: tuple[str, ...], reason: str
) -> None:
    """What columns would read in another way is read row by row, and the reason is told."""
    ran = both(log(*rows, BOUGHT))

    assert ran.err.startswith("note: log.csv is read row by row, which takes longer: ")
    assert reason in ran.err
    both(log(*rows, BOUGHT, *MIXED), "--skip-invalid")


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"a\n\xff\n", b'"a"b,c\n1,2\n', b'"a\nb",c\n']
)
def test_what_is_no_csv(both: Callable[..., Ran], content: bytes) -> None:
    """Files that hold no rows, or no header, are told as ever."""
    Path("log.csv").write_bytes(content)

    assert both("log.csv").code == 1


def test_header_does_not_fit(both: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """Missing, unknown and repeated columns are told as ever."""
    both(log(BOUGHT, header="customer_id,kind,kind,zzz"))
    both(log(BOUGHT), "--kind=product_used")


USED = {"kind": "product_used", "customer_id": "a", "occurred_at": "2024-01-01T00:00Z"}
ASKED = {**USED, "kind": "survey_answered", "score": 9}
COMPARED = {**USED, "kind": "evaluation_started", "alternatives": ["us", "them"]}
PAID = {**USED, "kind": "purchase_completed", "amount": 19.9}


@pytest.fixture
def objects() -> Callable[..., str]:
    """Write a JSON Lines log."""

    def write(*values: object) -> str:
        texts = [one if isinstance(one, str) else json.dumps(one) for one in values]
        Path("log.jsonl").write_text("\n".join([*texts, ""]), encoding="utf-8")
        return "log.jsonl"

    return write


@pytest.mark.parametrize(
    ("values", "options"),
    [
        ((USED, "", " ", ASKED, COMPARED, PAID), ()),
        ((USED, {**PAID, "amount": "19.90"}), ()),
        (({**USED, "occurred_at": "soon"}, {**COMPARED, "alternatives": []}, PAID), ()),
        (({**USED, "event_id": ""}, {**PAID, "alternatives": []}), ("--skip-invalid",)),
        (
            (USED, {**ASKED, "sequence": 2}, COMPARED, {**PAID, "amount": 5}),
            ("--timezone=UTC",),
        ),
        (({**USED, "customer_id": 42, "event_id": True},), ("--timezone=UTC",)),
        (({**PAID, "full": "true", "kind": "purchase_reversed"},), ("--timezone=UTC",)),
        (
            ({"id": 7, "at": 20240101, "x": [1], "cur": None},),
            (
                "--map=customer_id=id,occurred_at=at,currency=cur",
                "--kind=purchase_completed",
                "--time-format=%Y%m%d",
                "--timezone=UTC",
            ),
        ),
    ],
)
def test_objects(
    both: Callable[..., Ran],
    objects: Callable[..., str],
    values: tuple[object, ...],
    options: tuple[str, ...],
) -> None:
    """Values of every type are read as they are, or as their text."""
    assert "row by row" not in both(objects(*values), *options).err


@pytest.mark.parametrize(
    ("values", "options", "reason"),
    [
        ((USED, {**PAID, "currency": None}), (), "it holds null"),
        ((json.dumps(USED) * 2,), (), "a line holds several objects"),
        (('{"kind":', USED), (), "JSON parse error"),
        ((None, USED), (), "a line holds no object"),
        ((USED, " null"), ("--timezone=UTC",), "a line holds no object"),
        ((USED, {**USED, "x": 1}), (), "JSON parse error: unexpected field"),
        (({**USED, "customer_id": 1},), (), "Column(/customer_id) changed"),
        (("{", [1], {**USED, "customer_id": 1}, USED), ("--timezone=UTC",), "several types"),
        (({**COMPARED, "alternatives": "us"},), ("--timezone=UTC",), "alternatives have"),
        (({**USED, "source": ["x"]},), ("--timezone=UTC",), "the values of source"),
        (({**ASKED, "score": 5.0},), ("--timezone=UTC",), "the values of score"),
    ],
)
def test_objects_read_row_by_row(
    both: Callable[..., Ran],
    objects: Callable[..., str],
    values: tuple[object, ...],
    options: tuple[str, ...],
    reason: str,
) -> None:
    """Values of several types, and what is no object, are read row by row."""
    ran = both(objects(*values, PAID), *options, "--skip-invalid")

    assert reason in ran.err


@pytest.mark.parametrize(
    ("texts", "options"),
    [
        (
            (
                "2024-07-01",
                "2024-07-01T12:00",
                "2024-07-01 12:00:30.125",
                "2024-07-01T12:00Z",
                "2024-07-01T12:00:00.5+02:00",
            ),
            (),
        ),
        (("2024-03-31T01:30", "2024-10-27T01:30", "20240701", "2024-W30-1", "soon", ""), ()),
        (
            ("01/07/2024 12:00", "1/7/2024 2:00", "31/03/2024 01:30", "31/02/2024 12:00"),
            ("--time-format=%d/%m/%Y %H:%M",),
        ),
        (("01/07/24", "Jul 1"), ("--time-format=%d/%m/%y",)),
        (("01.07.2024 +0200", "01.07.2024"), ("--time-format=%d.%m.%Y %z",)),
        (("9999-12-31 23:30",), ("--time-format=%Y-%m-%d %H:%M",)),
        (("2024-07-01 12",), ("--time-format=%Y-%m-%d %H",)),
    ],
)
def test_times(
    both: Callable[..., Ran],
    log: Callable[..., Path],
    texts: tuple[str, ...],
    options: tuple[str, ...],
) -> None:
    """Times of any form are read alike, near changes of the clocks too."""
    header = "customer_id,occurred_at,kind"
    path = log(*(f"{at},{text},product_used" for at, text in enumerate(texts)), header=header)
    for zone in ("UTC", "Europe/Lisbon", "America/New_York"):
        both(path, *options, f"--timezone={zone}", "--skip-invalid")
    both(path, *options)


@pytest.mark.parametrize("seed", range(6))
def test_random_cells(both: Callable[..., Ran], log: Callable[..., Path], seed: int) -> None:
    """Cells that are mostly sound, quoted or not, of any kind, give the same."""
    rng = random.Random(seed)
    columns = {
        "customer_id": ["a", "b", "c", "é", "-x"],
        "occurred_at": [*(f"2024-0{n}-0{n}T00:00Z" for n in range(1, 10)), "soon"],
        "kind": [*KINDS, "purchase_completed", "product_usd"],
        "amount": ["", "1", "2.50", " 3", "-1"],
        "score": ["", "10", "0", "11"],
        "currency": ["", "EUR", "USD"],
        "event_id": ["", "e1", "e2"],
        "alternatives": ["", "us|them"],
        "case_id": ["", "c1"],
        "sequence": ["", "1", "x"],
    }
    delimiter = rng.choice(",;\t|")
    rows = []
    for _ in range(80):
        sound = rng.random() < 0.8
        cells = [rng.choice(values[:-1] if sound else values) for values in columns.values()]
        quoted = (
            f'"{cell}"' if delimiter in cell or rng.random() < 0.2 else cell for cell in cells
        )
        rows.append(delimiter.join(quoted))
    path = log(*rows, header=delimiter.join(columns))
    both(path, "--skip-invalid", "--out=c.csv")
    both(path, f"--map={','.join(f'{name}={name}' for name in columns)}", "--skip-invalid")
    both(path)


ISO = (
    "2024-07-01",
    "2024-07-01T12:00",
    "2024-07-01 12:00:30.125",
    "2024-07-01T12:00Z",
    "2024-07-01T12:00:00.5+02:00",
    "2024-03-31T01:30",
    "2024-10-27T01:30",
    "9999-12-31T23:30",
    "20240701",
    "soon",
    "",
    None,
)
FORMATTED = ("01/07/2024 12:00", "1/7/2024 2:00", "31/03/2024 01:30", "31/02/2024 12:00", None)


@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Lisbon", "America/New_York"])
@pytest.mark.parametrize(
    ("texts", "pattern"),
    [
        (ISO, None),
        (ISO[:1], None),
        (FORMATTED, "%d/%m/%Y %H:%M"),
        (("01/07/24", "Jul 1"), "%d/%m/%y"),
        (("01.07.2024 +0200", "01.07.2024"), "%d.%m.%Y %z"),
        (("2024-07-01 12",), "%Y-%m-%d %H"),
    ],
)
def test_column_of_times(
    texts: tuple[str | None, ...], pattern: str | None, zone: str | None
) -> None:
    """Each instant is that which is read from its text alone; null where there is none."""
    times = Times(pattern, None if zone is None else ZoneInfo(zone))

    found = read_instants(pl.Series(texts, dtype=pl.String), times)

    assert found.to_list() == [instant(one, times) for one in texts]


def instant(text: str | None, times: Times) -> datetime | None:
    """Return the instant of one text as the reader of rows has it."""
    try:
        event = {
            "kind": "product_used",
            "customer_id": "c",
            "occurred_at": times.text(text or ""),
        }
        return parse_event(event).occurred_at
    except ValueError:
        return None


def test_file_that_is_gone() -> None:
    """What vanishes between two looks is told by name."""
    reading = Reading("gone.csv", "csv", {}, None, Times(None, None), skipping=False)

    with pytest.raises(InputError, match=r"gone\.csv: cannot be read"):
        Lines.of(reading, None)


def test_objects_of_an_empty_file(both: Callable[..., Ran]) -> None:
    """Where there is no line, none tells the types of the fields."""
    Path("log.jsonl").write_bytes(b"")

    assert both("log.jsonl", "--kind=product_used").code == 1


def test_faults_found_out_of_order() -> None:
    """The first row that is named is the first of the log."""
    faults = Faults("log.csv", skipping=False)
    for line in (9, 2, 5):
        faults.add(Fault((line, line), (Problem("score", str(line), "is too high"),)))

    with pytest.raises(InputError) as told:
        faults.check()

    assert told.value.details == ("3 rows (lines 2, 5, 9): score: is too high (first value 2)",)
