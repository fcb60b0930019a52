"""`lifecycle replay`: what it prints and writes."""

from __future__ import annotations

import csv
import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "docs" / "data" / "CDNOW_sample.csv"
FOREIGN = (
    "--kind=purchase_completed",
    "--map=customer_id=customer_id,occurred_at=date,amount=dollars",
    "--time-format=%Y%m%d",
    "--timezone=UTC",
)


def bought(customer: str, day: str, event_id: str = "") -> str:
    """Write a row of the log."""
    return f"{customer},{day}T00:00Z,purchase_completed,1,,,{event_id},"


@pytest.mark.untraced
def test_sample_has_the_known_figures(cli: Callable[..., Ran]) -> None:
    """The sample folds to the figures that an independent program found."""
    ran = cli("replay", SAMPLE, *FOREIGN, "--as-of=1998-06-30", "--json")
    found = json.loads(ran.out)

    assert (ran.code, ran.err) == (0, "")
    assert found["customers"] == 2357
    assert found["events"] == 6919
    assert found["situations"] == {
        "non_customer": 1487,
        "potential": 0,
        "occasional": 445,
        "regular": 261,
        "preferred": 164,
        "dissatisfied": 0,
    }
    assert {rule: count for rule, count in found["moves"]["situation"].items() if count} == {
        "first-purchase": 2357,
        "won-back": 55,
        "became-regular": 671,
        "became-preferred": 243,
        "lapsed": 1542,
        "no-longer-regular": 246,
        "no-longer-frequent": 79,
    }


@pytest.mark.untraced
@pytest.mark.parametrize("width", [80, 100])
def test_tables_fit(
    cli: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """No line of a table is wider than the terminal or broken."""
    monkeypatch.setenv("COLUMNS", str(width))
    ran = cli("replay", SAMPLE, *FOREIGN, "--as-of=1998-06-30")
    tables = [line for line in ran.out.splitlines() if not line.startswith("  lifecycle")]

    assert ran.code == 0
    assert max(len(line.removeprefix(str(SAMPLE))) for line in tables) <= width
    assert "situation      non_customer        1487   63.1%" in ran.out
    assert "no-longer-frequent      79   regular" in ran.out


def hint_of(ran: Ran) -> list[str]:
    """Return the command that the tables end with, as a shell reads it."""
    lines = ran.out.partition("  lifecycle ")[2].splitlines()
    last = next(at for at, line in enumerate(lines) if not line.endswith("\\"))
    assert max(map(len, lines[: last + 1])) <= 88
    return [
        "lifecycle",
        *shlex.split("".join(line.removesuffix("\\") for line in lines[: last + 1])),
    ]


def test_last_lines_can_be_run(cli: Callable[..., Ran]) -> None:
    """The command that the tables end with explains a customer of the log."""
    ran = cli("replay", SAMPLE, *FOREIGN, "--as-of=1998-06-30")
    program, *arguments = hint_of(ran)
    explained = cli(*arguments)

    assert program == "lifecycle"
    assert explained.code == 0
    assert "Now, as of 1998-06-30" in explained.out


def test_hint_repeats_every_option(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """What was needed to read the log stands in the hint, quoted for a shell."""
    path = log("a;2024-01-01", header='customer_id;"day, local"', name="my log.csv")
    ran = cli(
        "replay",
        path,
        '--map="occurred_at=day, local"',
        "--kind=purchase_completed",
        "--timezone=Europe/Lisbon",
        "--policy=grocery",
        "--skip-invalid",
    )

    assert hint_of(ran) == [
        "lifecycle",
        "explain",
        "my log.csv",
        "a",
        "--map",
        '"occurred_at=day, local"',
        "--kind",
        "purchase_completed",
        "--timezone",
        "Europe/Lisbon",
        "--policy",
        "grocery",
        "--skip-invalid",
    ]
    assert cli(*hint_of(ran)[1:]).code == 0


def test_without_as_of_each_customer_stands_alone(
    cli: Callable[..., Ran], log: Callable[..., Path]
) -> None:
    """Without an instant nobody lapses after the last event, and the output says how to."""
    path = log(bought("a", "2020-01-01"), bought("b", "2024-01-01"))
    ran = cli("replay", path)

    assert "2 customers, each up to its own last event" in ran.out
    assert "  --as-of 2024-01-01T00:00:00+00:00" in ran.out
    assert "lapsed" not in ran.out


def test_later_events_are_set_aside(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """Events after the instant are counted, and customers who have no other are not."""
    path = log(bought("a", "2024-01-01"), bought("a", "2024-03-01"), bought("b", "2024-03-01"))
    ran = cli("replay", path, "--as-of=2024-02-01")

    assert "events 3, customers 1, duplicates 0, conflicts 0, future 2, skipped 0" in ran.out
    assert "not yet known: 1 customer whose events are all later" in ran.out


def test_all_later(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """A log that lies wholly after the instant gives empty tables and no hint."""
    ran = cli("replay", log(bought("a", "2024-03-01")), "--as-of=2024-02-01")

    assert ran.code == 0
    assert "events 1, customers 0" in ran.out
    assert "lifecycle explain" not in ran.out


def test_date_begins_at_the_policys_midnight(
    cli: Callable[..., Ran], tmp_path: Path, log: Callable[..., Path]
) -> None:
    """A date asked for means its first instant in the policy's calendar."""
    (tmp_path / "east.toml").write_text("day_offset_minutes = 120", encoding="utf-8")
    ran = cli("replay", log(bought("a", "2024-01-01")), "--policy=east.toml",
              "--as-of=2024-02-01", "--json")  # fmt: skip

    assert json.loads(ran.out)["as_of"] == "2024-01-31T22:00:00+00:00"


def test_duplicates_are_counted(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """A row that stands twice under one id counts once."""
    row = bought("a", "2024-01-01", "e1")
    found = json.loads(cli("replay", log(row, row), "--json").out)

    assert (found["events"], found["duplicates"], found["conflicts"]) == (2, 1, 0)


def test_conflicts_are_told_and_not_fatal(
    cli: Callable[..., Ran], log: Callable[..., Path]
) -> None:
    """Two events of one id with other content: both lines are named, the first counts."""
    ran = cli("replay", log(bought("a", "2024-01-01", "e"), bought("a", "2024-01-02", "e")))

    assert ran.code == 0
    assert ran.err == (
        "note: log.csv: 1 event conflicts with another of its id\n"
        "  line 3: event_id 'e' of customer 'a' does not count: "
        "line 2 has other content under that id and comes first\n"
    )
    assert "conflicts 1" in ran.out


def test_many_conflicts_are_told_in_part(
    cli: Callable[..., Ran], log: Callable[..., Path]
) -> None:
    """After twenty conflicts only their number is told."""
    ran = cli("replay", log(*(bought("a", f"2024-01-{day:02}", "e") for day in range(1, 24))))

    assert ran.err.startswith("note: log.csv: 22 events conflict with another of its id\n")
    assert ran.err.endswith("\n  ... and 2 more\n")


@pytest.mark.parametrize(("name", "delimiter"), [("c.csv", ","), ("c.tsv", "\t")])
def test_out_as_csv(
    cli: Callable[..., Ran], log: Callable[..., Path], name: str, delimiter: str
) -> None:
    """One row for each customer is written: values, facts, clock and the next deadline."""
    path = log(bought('"a,b"', "2024-01-01"), bought("c", "2024-01-01"))
    ran = cli("replay", path, "--out", name)
    with Path(name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=delimiter))

    assert f"One row for each customer is in {name}." in ran.out
    assert len(rows) == 2
    assert (
        rows[0]
        | {
            "customer_id": "a,b",
            "situation": "occasional",
            "stage": "monetization",
            "revenue": "1.00",
            "days_expired": "",
            "clock": "2024-01-01T00:00:00+00:00",
            "situation_since": "2024-01-01T00:00:00+00:00",
            "situation_rule": "first-purchase",
            "next_deadline": "2024-01-31T00:00:00+00:00",
            "next_rule": "settled",
        }
        == rows[0]
    )


def test_money_in_csv(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """Money has at least two decimals, and none is lost."""
    row = "{},2024-01-01T00:00Z,purchase_completed,{},,,,"
    path = log(*(row.format(*one) for one in (("a", 12), ("b", "44.4"), ("c", "0.1234"))))
    cli("replay", path, "--out=c.csv")
    with Path("c.csv").open(encoding="utf-8", newline="") as file:
        found = [row["revenue"] for row in csv.DictReader(file)]

    assert found == ["12.00", "44.40", "0.1234"]


def test_restored_in_words(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """The table of moves says what the targets that are no state mean."""
    header = "customer_id,occurred_at,kind,score,situation,actor,reason"
    path = log(
        "a,2024-01-01T00:00Z,purchase_completed,,,,",
        "a,2024-01-02T00:00Z,survey_answered,1,,,",
        "a,2024-01-03T00:00Z,survey_answered,9,,,",
        "a,2024-01-04T00:00Z,manual_correction,,preferred,Eva,known",
        header=header,
    )
    lines = [line.rstrip().split(maxsplit=2) for line in cli("replay", path).out.splitlines()]

    assert ["satisfied-again", "1", "the situation before"] in lines
    assert ["corrected", "1", "the state named"] in lines


def test_out_keeps_line_ends_in_an_id(
    cli: Callable[..., Ran], log: Callable[..., Path]
) -> None:
    """An id with a line end in it stays one cell."""
    cli("replay", log(bought('"a\rb"', "2024-01-01")), "--out=c.csv")
    with Path("c.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)

    assert row["customer_id"] == "a\rb"


def test_out_is_never_the_log_under_another_name(
    cli: Callable[..., Ran], log: Callable[..., Path]
) -> None:
    """A hard link to the log is the log."""
    path = log(bought("a", "2024-01-01"))
    Path("link.csv").hardlink_to(path)
    before = path.read_bytes()

    assert cli("replay", path, "--out=link.csv").code == 2
    assert path.read_bytes() == before


def test_out_as_json_lines(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """The same keys are written as JSON Lines; nothing ahead is null."""
    cli("replay", log(bought("ü", "2020-01-01")), "--as-of=2024-01-01", "--out=c.jsonl")
    text = Path("c.jsonl").read_text(encoding="utf-8")
    row = json.loads(text)

    assert text.count("\n") == 1
    assert "ü" in text
    assert (row["situation"], row["next_deadline"], row["next_rule"]) == (
        "non_customer",
        None,
        None,
    )


def test_out_leaves_unknown_customers_out(
    cli: Callable[..., Ran], log: Callable[..., Path]
) -> None:
    """A customer whose events are all later has no row."""
    path = log(bought("a", "2024-01-01"), bought("b", "2025-01-01"))
    cli("replay", path, "--as-of=2024-02-01", "--out=c.csv")

    assert len(Path("c.csv").read_text(encoding="utf-8").splitlines()) == 2


def test_out_without_customers(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """Where nobody is known yet the file is there and empty."""
    cli("replay", log(bought("a", "2024-03-01")), "--as-of=2024-02-01", "--out=c.csv")

    assert Path("c.csv").read_text(encoding="utf-8") == ""


def test_out_that_cannot_be_written(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """A place that does not exist is one clear error."""
    ran = cli("replay", log(bought("a", "2024-01-01")), "--out=none/c.csv")

    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "error: none/c.csv: cannot be written: No such file or directory\n"


def test_bars_are_ascii_where_nothing_else_is_shown(
    cli: Callable[..., Ran], log: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An output that knows ASCII only gets bars of it."""
    monkeypatch.setattr("rich.console.Console.encoding", "ascii")
    ran = cli("replay", log(bought("a", "2024-01-01")))

    assert "100.0% | ########################" in ran.out
    assert "■" not in ran.out


def test_ids_cannot_drive_the_terminal(
    cli: Callable[..., Ran], log: Callable[..., Path]
) -> None:
    """Control characters, bidi marks and markup in ids are shown, not obeyed."""
    strange = "\x1b[31m\u202e[bold]x[/bold]"
    path = log(bought(strange, "2024-01-01", "e"), bought(strange, "2024-01-02", "e"))
    ran = cli("replay", path)
    explained = cli("explain", path, strange)

    assert "\x1b" not in ran.out + ran.err + explained.out + explained.err
    assert "\u202e" not in ran.out + ran.err + explained.out + explained.err
    assert r"customer '\x1b[31m\u202e[bold]x[/bold]' in log.csv" in explained.out
    assert "lifecycle explain" not in ran.out


def test_ids_that_look_like_options_are_no_example(
    cli: Callable[..., Ran], log: Callable[..., Path]
) -> None:
    """The hint never names a customer that the command line would take for an option."""
    assert "lifecycle explain" not in cli("replay", log(bought("-x", "2024-01-01"))).out
