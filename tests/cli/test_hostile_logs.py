"""Logs that nobody means well with: an answer, or one error, both ways of reading the same."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran

HEADER = "customer_id,occurred_at,kind,reason"
LEFT = '{"customer_id":"c","occurred_at":"2024-05-01T12:00:00Z","kind":"customer_left"'
ROW = "c,2024-05-01T12:00:00Z,customer_left,"
LONG = "x" * 10_000_000
QUOTES = '"' * 1_000_001
DEEP = '{"a":' * 100_000
IDS = (
    "a\x1b[2Jb",
    "\u202egnp.exe",
    "\u200f",
    " ",
    "\t",
    "a\nb",
    "a\rb",
    '"',
    "\ufeff",
    "\u2028",
    "=1+1",
    "é",
    "e\u0301",
    "\U0001f600",
    "\x7f\x9b31m",
)
"""Ids that are allowed, though no person would choose them."""


def brief(value: object) -> str:
    """Return a name for a value that may be long."""
    return ascii(value)[:40]


def write(content: str | bytes, name: str) -> Path:
    """Write a log and return its path."""
    path = Path(name)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", f"{HEADER}\n{ROW}{LONG}\n", "line 2: is broken: field larger than"),
        ("a.csv", f"{HEADER}\n{ROW}\n{QUOTES}\n", "line 3: is broken: field larger"),
        ("a.csv", f'{HEADER}\n{ROW}\n"{ROW}\n' + f"{ROW}\n" * 9, "quotation mark left open"),
        ("a.csv", f"{HEADER}\n{',' * 1_000_000}\n", "has 1,000,001 cells, the header has 4"),
        ("a.csv", f"{'x' * 1_000_000}\n{ROW}\n", "line 1: the header is broken: field larger"),
        ("a.csv", f'{HEADER[:-1]}"{ROW}', "column 'reaso\"c': is not a field"),
        ("a.csv", f"{HEADER}\n{ROW}a\0b\n", "line 2: a NUL byte"),
        ("a.csv", f"{HEADER}\n{ROW}\n".encode("utf-16"), "line 1: byte 0xff is not UTF-8"),
        ("a.csv", f"{HEADER}\n{ROW}é\n".encode("latin-1"), "line 2: byte 0xe9 is not UTF-8"),
        ("a.csv", b"\xef\xbb\xbf" * 2 + HEADER.encode() + b"\n", r"column '\ufeffcustomer_id'"),
        ("a.csv", f"{HEADER}{',customer_id' * 50_000}\n", "stands 50001 times: rename one"),
        ("a.jsonl", "null\n", "Input should be an object"),
        ("a.jsonl", f"{'[' * 100_000}\n", "recursion limit exceeded"),
        ("a.jsonl", f"{DEEP}\n", "recursion limit exceeded"),
        ("a.jsonl", f'{LEFT},"sequence":{"9" * 100_000}}}\n', "number out of range"),
        ("a.jsonl", f'{LEFT},"{LONG}":1}}\n', "xxx...: 1: is not a field of this kind"),
        ("a.jsonl", f'{LEFT},"reason":"\\ud800"}}\n', "Invalid JSON"),
        ("a.jsonl", f"{LONG}\n", "Invalid JSON: expected value"),
        (
            "a.jsonl",
            "".join(f'{LEFT},"k{number}":1}}\n' for number in range(2000)),
            "... and 1,980 more",
        ),
    ],
    ids=brief,
)
def test_broken_log(
    both: Callable[..., Ran], name: str, content: str | bytes, told: str
) -> None:
    """The error names place and mend, and does not repeat the log."""
    ran = both(write(content, name))

    assert ran.code == 1
    assert told in ran.err
    assert len(ran.err) < 6_000


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("null\n", "is not a JSON object: put the fields in {}"),
        (f"{'[' * 100_000}\n", "is not JSON: maximum recursion depth exceeded"),
        (f"{LEFT}}}\n{'{' + chr(34) + 'a' + chr(34) + ':' * 1}" * 1 + "\n", "is not JSON"),
        (f"{DEEP}\n{LEFT}}}\n", "is not JSON: maximum recursion depth"),
        (f'{LEFT},"sequence":{"9" * 100_000}}}\n', "field 'sequence': '999"),
        (f'{LEFT},"reason":"\\ud800"}}\n', r"field 'reason': '\ud800'"),
        (f'{LEFT},"reason":1e999999999}}\n'.replace("customer_left", "offer_made"), "reason"),
    ],
    ids=brief,
)
def test_broken_foreign_log(both: Callable[..., Ran], content: str, told: str) -> None:
    """Objects with times of another form are read by other means, which fail as clearly."""
    ran = both(write(content, "a.jsonl"), "--timezone=UTC")

    assert ran.code == 1
    assert told in ran.err
    assert len(ran.err) < 6_000


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "... and 49,980 columns more"),
        (("--map=reason=x",), "name it with --map kind=COLUMN; the columns are column_0, col"),
    ],
)
def test_many_columns(both: Callable[..., Ran], options: tuple[str, ...], told: str) -> None:
    """The first columns that are no fields are told; looking at all takes no time."""
    header = ",".join(f"column_{number}" for number in range(50_000))
    ran = both(write(f"{header}\n", "a.csv"), *options)

    assert ran.code == 1
    assert told in ran.err
    assert len(ran.err) < 6_000


@pytest.mark.parametrize(
    "amount", ["1e999999999", "1e-999999999", "NaN", "sNaN", "9" * 10_000], ids=brief
)
def test_amount(both: Callable[..., Ran], amount: str) -> None:
    """An amount that needs gigabytes to write out is refused for what it is."""
    header = HEADER.replace("reason", "amount")
    row = ROW.replace("customer_left", "purchase_completed")
    ran = both(write(f"{header}\n{row}{amount}\n", "a.csv"))

    assert ran.code == 1
    assert "line 2: column 'amount': '" in ran.err
    assert len(ran.err) < 1_000


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_ends_of_the_calendar(both: Callable[..., Ran], zone: str) -> None:
    """A local time whose instant lies outside the years 1 to 9999 is told as such."""
    rows = [
        ROW.replace("2024-05-01T12:00:00Z", time) for time in ("0001-01-01", "9999-12-31T23:59")
    ]
    ran = both(write("\n".join([HEADER, *rows, ""]), "a.csv"), f"--timezone={zone}")

    assert "1 row is not valid" in ran.err
    assert "lies outside the years 1 to 9999 in UTC: correct the time" in ran.err


def test_long_line(both: Callable[..., Ran]) -> None:
    """A line of 10 million characters is an event like any other."""
    ran = both(write(f'{LEFT},"reason":"{LONG}"}}\n', "a.jsonl"), "--json")

    assert json.loads(ran.out)["events"] == 1


def test_ids_go_through_every_output(cli: Callable[..., Ran]) -> None:
    """Whatever an id holds, files give it back, and the terminal only shows it."""
    line = {"kind": "purchase_completed", "occurred_at": "2024-05-01T12:00:00Z"}
    lines = [
        json.dumps(line | {"customer_id": one, "opportunity_id": one, "event_id": one})
        for one in IDS
    ]
    path = write("\n".join(lines), "a.jsonl")
    texts = ""
    for name in ("o.csv", "o.jsonl", "o.parquet"):
        ran = cli("replay", path, "--out", name, "--transitions", f"moves-{name}")
        texts += ran.out + ran.err
        assert ran.code == 0
    for one in IDS:
        for command in ("explain", "plan"):
            ran = cli(command, path, "--", one)
            assert ran.code == 0
            texts += ran.out + ran.err
        told = json.loads(cli("plan", path, "--json", "--", one).out)
        assert one in {told.get("customer"), told.get("customer_id")}

    assert not {*texts} & {"\x1b", "\u202e", "\u200f", "\r", "\t", "\x7f", "\x9b", "\u2028"}
    for prefix in ("", "moves-"):
        with Path(f"{prefix}o.csv").open(encoding="utf-8", newline="") as file:
            tables = [list(csv.DictReader(file))]
        text = Path(f"{prefix}o.jsonl").read_text(encoding="utf-8")
        tables.append([json.loads(one) for one in text.split("\n") if one])
        tables.append(pl.read_parquet(f"{prefix}o.parquet").to_dicts())
        for table in tables:
            assert {row["customer_id"] for row in table} == {*IDS}
