"""Logs of every form are read."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_model.cli import progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Ran

USED = {"kind": "product_used", "customer_id": "a", "occurred_at": "2024-01-01T00:00Z"}


@pytest.fixture
def lines(tmp_path: Path) -> Callable[..., str]:
    """Write a JSON Lines log."""

    def write(*objects: Any) -> str:
        texts = [one if isinstance(one, str) else json.dumps(one) for one in objects]
        (tmp_path / "log.jsonl").write_text("\n".join([*texts, ""]), encoding="utf-8")
        return "log.jsonl"

    return write


def events(ran: Ran) -> list[dict[str, Any]]:
    """Return the events of an explained customer."""
    chapters = json.loads(ran.out)["chapters"]
    return [one["event"] for one in chapters if one["event"] is not None]


def test_json_lines(cli: Callable[..., Ran], lines: Callable[..., str]) -> None:
    """Events as the library writes them are read as they are; blank lines are passed over."""
    log = lines(USED, "", "\r", {**USED, "kind": "survey_answered", "score": 9})

    assert json.loads(cli("replay", log, "--json").out)["events"] == 2


def test_json_strings_may_hold_line_breaks_of_other_kinds(
    cli: Callable[..., Ran], lines: Callable[..., str]
) -> None:
    """Only a line feed ends a line of JSON Lines."""
    log = lines(json.dumps({**USED, "customer_id": "a\u2028b"}, ensure_ascii=False))

    assert json.loads(cli("replay", log, "--json").out)["customers"] == 1


def test_faulty_json_lines(cli: Callable[..., Ran], lines: Callable[..., str]) -> None:
    """Broken JSON, other values than objects and faulty fields are named."""
    ran = cli("replay", lines('{"kind":', [1], {**USED, "occurred_at": "2024-01-01", "x": 1}))

    assert ran.code == 1
    assert ran.err.splitlines()[1:-1] == [
        "  line 1: '{\"kind\":': Invalid JSON: EOF while parsing a value at line 1 column 8",
        "  line 2: [1]: Input should be an object",
        (
            "  line 3: field 'occurred_at': '2024-01-01': has no time zone: "
            "give --timezone, for example --timezone UTC"
        ),
        (
            "  line 3: field 'x': 1: is not a field of this kind: leave it out, or correct its "
            "name or the kind"
        ),
    ]


def test_foreign_json_lines(cli: Callable[..., Ran], lines: Callable[..., str]) -> None:
    """With --map values count as their text, whatever their JSON type; null is not given."""
    log = lines({"id": 42, "at": "2024-01-01", "sum": 19.90, "cur": None, "more": [1]})
    ran = cli(
        "explain", log, "42", "--map=customer_id=id,occurred_at=at,amount=sum,currency=cur",
        "--kind=purchase_completed", "--timezone=UTC", "--json",
    )  # fmt: skip

    assert ran.err == ""
    assert events(ran)[0]["amount"] in {"19.9", "19.90"}


def test_foreign_json_booleans(cli: Callable[..., Ran], lines: Callable[..., str]) -> None:
    """True and false keep their meaning."""
    log = lines({"customer_id": "a", "occurred_at": "2024-01-01T00:00Z", "c": "1", "bad": True})
    ran = cli(
        "explain", log, "a", "--map=case_id=c,complaint=bad", "--kind=case_opened", "--json"
    )

    assert events(ran)[0]["complaint"] is True


def test_faulty_foreign_json_lines(cli: Callable[..., Ran], lines: Callable[..., str]) -> None:
    """The same faults are named when fields are read as text."""
    log = lines("{", "[1]", USED, "[" * 100_000, {"customer_id": "a", "occurred_at": 1})
    ran = cli("replay", log, "--kind=product_used")
    told = ran.err.splitlines()

    assert ran.code == 1
    assert told[1].startswith("  line 1: '{': is not JSON: ")
    assert told[2] == "  line 2: '[1]': is not a JSON object: put the fields in {}"
    assert told[3] == "  line 3: field 'kind': stands beside --kind: leave --kind out"
    assert told[4].startswith("  line 4: '[[[[")
    assert told[5].startswith("  line 5: field 'occurred_at': '1': is not an ISO 8601 time")


def test_nested_values_are_faults(cli: Callable[..., Ran], lines: Callable[..., str]) -> None:
    """A list where a text is needed is a fault of that row."""
    log = lines({"customer_id": ["a"], "occurred_at": ["2024-01-01"]})
    ran = cli("replay", log, "--kind=product_used")

    assert ran.code == 1
    assert ran.err.startswith("error: log.jsonl: 1 row is not valid")


def test_alternatives(
    cli: Callable[..., Ran], lines: Callable[..., str], log: Callable[..., Path]
) -> None:
    """The one field that is a list is parted by bars in a cell, and is a list in JSON."""
    path = log("a,2024-01-01T00:00Z,evaluation_started,,,,,us|them")
    compared = {**USED, "kind": "evaluation_started", "alternatives": ["us", "them"]}

    assert events(cli("explain", path, "a", "--json"))[0]["alternatives"] == ["us", "them"]
    for options in ((), ("--timezone=UTC",)):
        ran = cli("explain", lines(compared), "a", "--json", *options)
        assert events(ran)[0]["alternatives"] == ["us", "them"]


def test_alternatives_of_another_kind(
    cli: Callable[..., Ran], log: Callable[..., Path]
) -> None:
    """A list beside a kind that has none is a fault."""
    ran = cli("replay", log("a,2024-01-01T00:00Z,product_used,,,,,us|them"))

    assert "column 'alternatives': 'us|them': is not a field of this kind" in ran.err


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(cli: Callable[..., Ran], log: Callable[..., Path], delimiter: str) -> None:
    """The delimiter is the one that the header has most of."""
    header = delimiter.join(["customer_id", "occurred_at", "kind"])
    path = log(delimiter.join(["a", "2024-01-01T00:00Z", "product_used"]), header=header)

    assert cli("replay", path).code == 0


def test_byte_order_mark(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """A byte order mark before the header is no part of a name."""
    path = log("a,2024-01-01T00:00Z,product_used", header="\ufeffcustomer_id,occurred_at,kind")

    assert cli("replay", path).code == 0


def test_standard_input(cli: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """A log can be piped in; the hint, which could not be run, is left out."""
    data = io.BytesIO(f"{json.dumps(USED)}\n".encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data))
    ran = cli("replay", "-", "--format=jsonl")

    assert ran.code == 0
    assert ran.out.startswith("standard input: 1 customer, each up to its own last event\n")
    assert "lifecycle explain" not in ran.out


@pytest.mark.parametrize(
    ("options", "raw", "expected"),
    [
        (("--timezone=utc",), "2024-07-01", "2024-07-01T00:00:00+00:00"),
        (("--timezone=Europe/Lisbon",), "2024-07-01T12:00", "2024-07-01T11:00:00+00:00"),
        (("--timezone=Europe/Lisbon",), "2024-07-01T12:00+00:00", "2024-07-01T12:00:00+00:00"),
        (
            ("--timezone=Europe/Lisbon", "--time-format=%d/%m/%Y %H:%M"),
            "01/07/2024 12:00",
            "2024-07-01T11:00:00+00:00",
        ),
        (("--time-format=%d.%m.%Y %z",), "01.07.2024 +0200", "2024-06-30T22:00:00+00:00"),
        # Twice: clocks went back. The first is meant, which was summer time.
        (("--timezone=Europe/Lisbon",), "2024-10-27T01:30", "2024-10-27T00:30:00+00:00"),
        # Never: clocks went forward. It is read with the offset from before.
        (("--timezone=Europe/Lisbon",), "2024-03-31T01:30", "2024-03-31T01:30:00+00:00"),
    ],
)
def test_times(
    cli: Callable[..., Ran],
    log: Callable[..., Path],
    options: tuple[str, ...],
    raw: str,
    expected: str,
) -> None:
    """Times without an offset are local in the zone; those with one keep it."""
    path = log(f"a,{raw},product_used", header="customer_id,occurred_at,kind")

    assert events(cli("explain", path, "a", "--json", *options))[0]["occurred_at"] == expected


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            ("--time-format=%d/%m/%Y", "--timezone=UTC"),
            "'soon': does not have the --time-format %d/%m/%Y",
        ),
        (("--timezone=UTC",), "'soon': is not an ISO 8601 time: say how times are"),
    ],
)
def test_faulty_times(
    cli: Callable[..., Ran], log: Callable[..., Path], options: tuple[str, ...], told: str
) -> None:
    """A time of another format is named with its column."""
    path = log("a,soon", header="customer_id,when")
    ran = cli("replay", path, "--map=occurred_at=when", "--kind=product_used", *options)

    assert f"  line 2: column 'when' (occurred_at): {told}" in ran.err


def test_time_format_without_a_zone(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """A format without an offset needs a time zone beside it."""
    ran = cli("replay", log("a,01/07/2024,product_used,,,,,"), "--time-format=%d/%m/%Y")

    assert "has no time zone: give --timezone" in ran.err


@pytest.mark.parametrize(
    ("as_of", "options", "expected"),
    [
        ("2024-07-01T12:00+02:00", (), "2024-07-01T10:00:00+00:00"),
        ("2024-07-01T12:00", ("--timezone=Europe/Lisbon",), "2024-07-01T11:00:00+00:00"),
    ],
)
def test_instant_asked_for(
    cli: Callable[..., Ran],
    lines: Callable[..., str],
    as_of: str,
    options: tuple[str, ...],
    expected: str,
) -> None:
    """An instant has an offset, or is local in the zone."""
    ran = cli("replay", lines(USED), "--json", f"--as-of={as_of}", *options)

    assert json.loads(ran.out)["as_of"] == expected


def test_progress_on_a_terminal(
    cli: Callable[..., Ran], lines: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long log shows a bar on standard error, on a terminal only."""
    monkeypatch.setattr(progress, "LONG", 1)
    log = lines(USED, USED)
    piped = cli("replay", log)
    monkeypatch.setattr("rich.console.Console.is_terminal", True)
    dumb = cli("replay", log)
    monkeypatch.setenv("TERM", "xterm")
    shown = cli("replay", log)

    assert (piped.err, dumb.err) == ("", "")
    assert "reading" in shown.err
    assert "folding" in shown.err
