"""Wrong usage ends with 2, and every option says what it wanted."""

from __future__ import annotations

import builtins
import io
import json
import sys
from importlib.metadata import PackageNotFoundError
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_model.cli import app, main, replay
from lifecycle_model.errors import NothingToReplay

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Ran

GOOD = "g,2024-01-01T00:00Z,product_used,,,,,"


def words(text: str) -> str:
    """Return a message without its frame and line breaks."""
    return " ".join(text.replace("│", " ").split())


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            ("--map=amoun=x",),
            "--map: 'amoun' is not a field of an event: did you mean 'amount'?",
        ),
        (
            ("--map=amount",),
            "--map: 'amount' is not FIELD=COLUMN: write it like amount=dollars",
        ),
        (("--map=a\nb",), "is not FIELD=COLUMN,...: new-line character seen"),
        (("--map=amount=a", "--map=amount=b"), "--map: 'amount' stands twice: name one column"),
        (("--kind=product_usd",), "--kind: 'product_usd' is not a known kind: did you mean"),
        (
            ("--kind=purchase",),
            (
                "--kind: 'purchase' is not a known kind: did you mean 'purchase_completed' or "
                "'purchase_reversed'?"
            ),
        ),
        (
            ("--kind=product_used", "--map=kind=what"),
            "--kind: --map names a column for kind already: leave one of the two out",
        ),
        (("--as-of=1998-13-01",), "--as-of: '1998-13-01' is not a date or time: write 2024-05"),
        (("--as-of=0001-01-01T00:00+10:00",), "is not a date or time"),
        (("--as-of=1998-12-01T00:00",), "--as-of: '1998-12-01T00:00' has no time zone: add an"),
        (("--timezone=Europe/Lisbo",), "not a time zone: did you mean Europe/Lisbon?"),
        (("--timezone=/etc",), "'/etc' is not a time zone: use an IANA name"),
        (("--time-format=%H:%M",), "--time-format: '%H:%M' does not give year, month and day"),
        (("--time-format=%Y%Y",), "--time-format: '%Y%Y' does not give year, month and day"),
        (("--time-format=%Q",), "--time-format: '%Q' does not give year, month and day"),
        (("--format=xml",), "--format: 'xml' is not a format: use csv or jsonl"),
        (
            ("--out=c.xlsx",),
            "--out: the format of 'c.xlsx' is unknown: name it .csv, .jsonl or .parquet",
        ),
        (("--snapshots=s.csv",), "the format of 's.csv' is unknown: name it .parquet"),
        (("--out=log.csv",), "--out: 'log.csv' is the log itself: name another file"),
        (
            ("--out=c.csv", "--transitions=./c.csv"),
            "--transitions: './c.csv' is what --out writes: name another file",
        ),
        (
            ("--continue=s.parquet", "--out=s.parquet"),
            "--out: 's.parquet' is what --continue reads: name another file",
        ),
        (
            ("--snapshots=s.parquet", "--transitions=s.parquet"),
            "--transitions: 's.parquet' is what --snapshots writes: name another file",
        ),
        (("--threads=0",), "--threads"),
    ],
)
def test_option_is_refused(
    cli: Callable[..., Ran], log: Callable[..., Path], options: tuple[str, ...], told: str
) -> None:
    """An option that cannot be meant is named with its value and the mend."""
    ran = cli("replay", log(GOOD), *options)

    assert (ran.code, ran.out) == (2, "")
    assert told in words(ran.err)


def test_unknown_format(cli: Callable[..., Ran]) -> None:
    """Without a known suffix the format must be given."""
    assert "the format of 'log.dat' is unknown: give --format" in words(
        cli("replay", "log.dat").err
    )
    assert "the format of standard input is unknown" in words(cli("replay", "-").err)


def test_help(cli: Callable[..., Ran]) -> None:
    """The help tells what a zone is called, and no type of a switch."""
    ran = cli("replay", "--help")
    told = words(ran.out)

    assert "UTC or a name such as Europe/Lisbon" in told
    assert "--skip-invalid Leave rows out" in told
    assert "--json Print the result" in told


def test_unknown_command(cli: Callable[..., Ran]) -> None:
    """A command that does not exist is wrong usage."""
    assert cli("nope").code == 2


def test_unknown_schema(cli: Callable[..., Ran]) -> None:
    """What has no schema is wrong usage."""
    ran = cli("schema", "event")

    assert ran.code == 2
    assert "'event' has no schema: did you mean 'events'?" in words(ran.err)


def test_version(cli: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """The version of the installed package is printed, as text or JSON."""
    monkeypatch.setattr(app, "version", lambda _: "1.2.3")

    assert cli("--version") == type(cli("--version"))(0, "lifecycle 1.2.3\n", "")
    assert json.loads(cli("--json", "--version").out) == {"version": "1.2.3"}


def test_version_of_what_is_not_installed(
    cli: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A source tree that was never installed has no version."""

    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(app, "version", missing)

    assert cli("--version").out == "lifecycle unknown\n"


def test_errors_of_the_library_are_one_message(
    cli: Callable[..., Ran], log: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the library refuses ends as a message and exit code 1, not as a traceback."""

    def refuse(_: object) -> None:
        raise NothingToReplay

    monkeypatch.setattr(replay, "fold", refuse)
    ran = cli("replay", log(GOOD))

    assert (ran.code, ran.err) == (
        1,
        (
            "error: no events and no customer: give at least one event, or "
            "customer=Customer(id=...)\n"
        ),
    )


@pytest.mark.parametrize("library", ["typer", "rich"])
def test_extra_is_missing(
    cli: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    """Without the extra one line says what to install."""
    _hide(monkeypatch, library)

    assert cli("rules") == type(cli("rules"))(
        2,
        "",
        'lifecycle: the command line needs its extra: pip install "lifecycle-model[cli]"\n',
    )


def test_other_missing_modules_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken installation is not taken for a missing extra."""
    _hide(monkeypatch, "transitions_of_old")

    with pytest.raises(ModuleNotFoundError, match="transitions_of_old"):
        main([])


def _hide(monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    """Make the command line fail to import as if a library were not installed."""
    original = builtins.__import__

    def hiding(name: str, *arguments: Any) -> Any:
        if name == "lifecycle_model.cli.app":
            msg = f"No module named {library!r}"
            raise ModuleNotFoundError(msg, name=library)
        return original(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", hiding)


def test_arguments_of_the_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Called as a program it takes the process's own arguments."""
    monkeypatch.setattr(sys, "argv", ["lifecycle", "schema", "policy"])
    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Policy"


def test_output_that_is_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Output that the caller replaced is written to as it is."""
    output = io.StringIO()
    monkeypatch.setattr(sys, "stdout", output)
    with pytest.raises(SystemExit):
        main(["schema", "policy"])

    assert json.loads(output.getvalue())["title"] == "Policy"


def test_letters_that_the_output_lacks(
    cli: Callable[..., Ran], log: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A terminal of another encoding gets escapes, not a traceback."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="latin-1"))
    with pytest.raises(SystemExit) as ended:
        main(["explain", str(log(GOOD.replace("g,", "Ω,"))), "Ω"])
    sys.stdout.flush()

    assert ended.value.code == 0
    assert raw.getvalue().startswith(b"customer '\\u03a9' in log.csv")
    del cli


def test_output_that_cannot_be_written(
    cli: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is one clear error."""

    def full(_: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys.stdout, "write", full)
    ran = cli("schema", "policy")

    assert ran.code == 1
    assert ran.err == "error: the output cannot be written: No space left on device\n"
