"""`lifecycle replay` folds large logs in columns, and says the same as event by event."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lifecycle_model.cli import choosing
from lifecycle_model.cli.columns import judging, lines as text_lines
from lifecycle_model.columnar.files import LogFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "docs" / "data" / "CDNOW_sample.csv"
FOREIGN = (
    "--kind=purchase_completed",
    "--map=customer_id=customer_id,occurred_at=date,amount=dollars",
    "--time-format=%Y%m%d",
)
BOUGHT = "a,2024-01-01T00:00Z,purchase_completed,1,,,,"


def table(path: Path) -> list[dict[str, object]] | bytes:
    """Return what was written, JSON Lines by their values."""
    data = path.read_bytes()
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in data.splitlines()]
    return data


@pytest.fixture
def made_up(cli: Callable[..., Ran]) -> Callable[[str], str]:
    """Write a made-up log of 1,000 events of all kinds."""

    def write(suffix: str) -> str:
        cli("simulate", "--events=1000", "--customers=60", f"--out=log{suffix}")
        return f"log{suffix}"

    return write


@pytest.mark.untraced
@pytest.mark.parametrize("zone", ["UTC", "Europe/Lisbon"])
def test_sample(both: Callable[..., Ran], zone: str) -> None:
    """The sample gives the same page, sums and customers."""
    options = (SAMPLE, *FOREIGN, f"--timezone={zone}")
    ran = both(*options, "--as-of=1998-06-30", "--out=c.csv")
    both(*options, "--json")

    assert "events 6919, customers 2357, duplicates 0," in ran.out
    assert re.fullmatch(
        r"folded in columns for a log of 0 MB: 6,919 rows in .* s \(.* rows a second\)\n",
        ran.err.splitlines(keepends=True)[-1],
    )


@pytest.mark.parametrize(
    ("suffix", "name"), [(".csv", "c.csv"), (".csv", "c.jsonl"), (".jsonl", "c.tsv")]
)
def test_made_up_logs(
    cli: Callable[..., Ran],
    both: Callable[..., Ran],
    made_up: Callable[[str], str],
    suffix: str,
    name: str,
) -> None:
    """All kinds, conflicts, copies and late rows give the same page, notes and customers."""
    log = made_up(suffix)
    options = (log, "--as-of=2023-06-30", "--policy=grocery", f"--out={name}")
    cli("replay", *options)
    singly = table(Path(name))
    ran = both(*options)

    assert ran.code == 0
    assert table(Path(name)) == singly
    both(log, "--timezone=Europe/Lisbon", "--json")
    both(log, "--map=amount=amount,score=score,case_id=case_id", "--skip-invalid")


def test_conflicts(both: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """Conflicts are told by their lines, in the order of these."""
    bought = ("{},2024-01-0{}T00:00Z,purchase_completed,1,,,e,".format(*one) for one in
              (("b", 2), ("b", 1), ("a", 1), ("b", 2), ("a", 3), ("a", 2)))  # fmt: skip
    ran = both(log(*bought))

    assert re.findall(r"line (\d) has", ran.err) == ["3", "4", "4"]


def test_larger_than_the_memory(
    both: Callable[..., Ran], made_up: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log that is folded in parts gives the same, faults and places of rows included."""
    log = Path(made_up(".csv"))
    with log.open("a", encoding="utf-8") as file:
        file.write("nobody,soon\n\nnobody,product_used,soon" + "," * 30 + "\n")
    monkeypatch.setattr(LogFile, "parts", lambda *_: 3)
    both(log, "--skip-invalid", "--timezone=UTC")


def test_where_it_pays(
    cli: Callable[..., Ran], log: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a large log is folded in columns; without the extra it is folded as ever."""
    path = log(BOUGHT)
    small = cli("replay", path)
    monkeypatch.setattr(choosing, "LARGE", path.stat().st_size)
    large = cli("replay", path)
    _hide_the_extra(monkeypatch)
    without = cli("replay", path)
    monkeypatch.setitem(sys.modules, "lifecycle_model.cli.columns", None)

    with pytest.raises(ModuleNotFoundError, match="columns"):
        cli("replay", path)
    assert (small.err, large.out) == ("", small.out)
    assert large.err.startswith("folded in columns for a log of 0 MB: 1 row in ")
    assert without == small


def _hide_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the libraries of columns look as if they were not installed."""
    ours = ("lifecycle_model.cli.columns", "lifecycle_model.columnar")
    for name in [name for name in sys.modules if name.startswith(ours)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "polars", None)


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (("log.parquet",), "a log in Parquet"),
        (("log.csv", "--transitions=m.csv"), "--transitions"),
        (("log.csv", "--snapshots=s.parquet"), "--snapshots"),
        (("log.csv", "--continue=s.parquet"), "--continue"),
        (("log.csv", "--out=c.parquet"), "--out in Parquet"),
    ],
)
def test_what_needs_the_extra(
    cli: Callable[..., Ran],
    log: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    what: str,
) -> None:
    """What only columns do names the extra that brings it."""
    log(BOUGHT)
    log("", name="log.parquet")
    _hide_the_extra(monkeypatch)
    ran = cli("replay", *options)

    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        f'error: {what} needs an extra: pip install "lifecycle-model[columnar]"\n'
    )


@pytest.mark.parametrize("threads", [1, 2])
def test_threads(both: Callable[..., Ran], threads: int) -> None:
    """The number of threads does not show in the answer."""
    both(SAMPLE, *FOREIGN, "--timezone=UTC", f"--threads={threads}")


def test_piped(cli: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """A log from standard input is as long as what comes."""
    told = []
    for form, text in (
        ("csv", f"customer_id,occurred_at,kind,amount\n{BOUGHT[:-4]}\n"),
        (
            "jsonl",
            '{"customer_id":"a","occurred_at":"2024-01-01T00:00Z","kind":"product_used"}\n',
        ),
    ):
        for large in (len(text) + 1, len(text)):
            monkeypatch.setattr(choosing, "LARGE", large)
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
            told.append(cli("replay", "-", f"--format={form}"))

    assert told[0].out == told[1].out
    assert told[2].out == told[3].out
    assert [one.err.startswith("folded") for one in told] == [False, True, False, True]


def test_stages_on_a_terminal(
    cli: Callable[..., Ran], log: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A terminal shows what is being done, and for how long."""
    monkeypatch.setattr(choosing, "LARGE", 0)
    monkeypatch.setattr("rich.console.Console.is_terminal", True)
    monkeypatch.setenv("TERM", "xterm")
    ran = cli("replay", log(BOUGHT))

    assert "0:00:00" in ran.err


FAULTY = (
    "a,2024-01-01T00:00:00,product_used,,,,,",
    "a,soon,product_used,,,,,",
    ",2024-01-01T00:00Z,product_used,,,,,",
    "a,2024-01-01T00:00Z,product_usd,,,,,",
    "a,2024-01-01T00:00Z,,,,,,",
    "a,2024-01-01T00:00Z,product_used,,9,,,",
    "a,2024-01-01T00:00Z,purchase_completed,-1,9,,,us|them",
    "a,2024-01-01T00:00Z,purchase_completed,NaN,,,,",
    'a,2024-01-01T00:00Z,purchase_completed,"1,5",,,,',
    "a,2024-01-01T00:00Z,survey_answered,,11,,,",
    "a,2024-01-01T00:00Z,survey_answered,,,,,",
    "a,2024-01-01T00:00Z",
    "",
    "b,2024-01-01T00:00Z,product_used,,,,,,,",
)
MIXED = (
    "b,2024-01-01T00:00Z,purchase_completed,5,,USD,,",
    "b,2024-01-02T00:00Z,purchase_completed,5,,EUR,e,",
    "b,2024-01-02T00:00Z,purchase_completed,5,,EUR,e,",
    "b,2024-01-03T00:00Z,purchase_completed,5,,GBP,,",
    "c,2024-01-01T00:00Z,purchase_completed,5,,EUR,,",
    "c,2024-01-03T00:00Z,purchase_completed,5,,USD,,",
    "d,2025-01-03T00:00Z,purchase_completed,5,,USD,,",
)
"""Amounts in several currencies: a fault that only folding shows."""


@pytest.mark.parametrize("options", [(), ("--skip-invalid",), ("--policy=usd.toml",)])
def test_faults(
    both: Callable[..., Ran], log: Callable[..., Path], options: tuple[str, ...]
) -> None:
    """Faults have the same lines, places, values and mends; so have those of folding alone."""
    Path("usd.toml").write_text('currency = "USD"', encoding="utf-8")
    path = log(BOUGHT, *FAULTY, *MIXED)
    both(path, *options)
    both(path, *options, "--map=amount=amount,score=score", "--as-of=2024-12-01")
    mixed = log(*MIXED, name="mixed.csv")
    both(mixed, *options)

    assert both(mixed, "--skip-invalid").code == 0


def test_amounts_beyond_all_measure(both: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """The row that reaches 9e14 is told."""
    rows = ["a,2024-01-01T00:00Z,purchase_completed,100000000000,,,,"] * 9000

    assert "line 9001: column 'amount': 100000000000: the" in both(log(*rows)).err


@pytest.mark.parametrize("skip", [(), ("--skip-invalid",)])
def test_nothing_is_left(
    both: Callable[..., Ran], log: Callable[..., Path], skip: tuple[str, ...]
) -> None:
    """A log without events, or without sound ones, is an error."""
    assert both(log(*FAULTY[:4]), *skip).code == 1
    assert both(log(name="none.csv"), *skip).code == 1
    assert both(log("", name="blank.csv"), *skip).code == 1


def test_many_faults_are_looked_at_in_part(
    cli: Callable[..., Ran], log: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond a number only the first rows are asked for their faults; all are counted."""
    monkeypatch.setattr(choosing, "LARGE", 0)
    monkeypatch.setattr(judging, "_READ", 2)
    ran = cli("replay", log(*FAULTY[:2] * 3, BOUGHT), "--skip-invalid")

    assert ran.code == 0
    assert ran.err.startswith("note: log.csv: 6 rows are not valid and skipped\n  line 2: ")
    assert "\n  ... and 4 rows more, not looked at one by one\n" in ran.err
    assert "events 1, customers 1, duplicates 0, conflicts 0, future 0, skipped 6" in ran.out


def test_logs_of_several_blocks(
    both: Callable[..., Ran],
    made_up: Callable[[str], str],
    log: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where a block of lines ends does not matter."""
    monkeypatch.setattr(text_lines, "_BLOCK", 50)
    both(log(BOUGHT, *FAULTY, name="faulty.csv"), "--skip-invalid")
    both(made_up(".jsonl"))
