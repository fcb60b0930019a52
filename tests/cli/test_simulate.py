"""`lifecycle simulate` writes a log that the other commands read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lifecycle_model import Situation

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran


def words(text: str) -> str:
    """Return a message without its frame and line breaks."""
    return " ".join(text.replace("│", " ").split())


@pytest.mark.parametrize("name", ["log.csv", "log.jsonl"])
def test_log_can_be_folded(cli: Callable[..., Ran], name: str) -> None:
    """What one command writes, the next one reads without a fault."""
    written = cli("simulate", "--events", 2_000, "--customers", 100, "--out", name)
    ran = cli("replay", name, "--json")

    assert written.out == (
        f"{name}: 2,000 events of 100 customers, seed 0\n"
        f"Where they stand:\n  lifecycle replay {name}\n"
    )
    assert ran.code == 0
    told = json.loads(ran.out)
    assert told["events"] == 2_000
    assert told["customers"] == 100
    assert set(told["situations"]) == set(Situation)


def test_seed_and_json(cli: Callable[..., Ran]) -> None:
    """A seed is said again, and another one gives another log."""
    asked = ("simulate", "--events=100", "--customers=5", "--json")
    ran = cli(*asked, "--out=one.parquet", "--seed=1")
    cli(*asked, "--out=two.parquet", "--seed=2")

    assert json.loads(ran.out) == {
        "log": "one.parquet",
        "events": 100,
        "customers": 5,
        "seed": 1,
    }
    assert Path("one.parquet").read_bytes() != Path("two.parquet").read_bytes()


def test_parquet_is_written(cli: Callable[..., Ran]) -> None:
    """Parquet is said to be there, and nothing else."""
    ran = cli("simulate", "--events=100", "--customers=5", "--out=log.parquet")

    assert ran.out == "log.parquet: 100 events of 5 customers, seed 0\n"


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        ((), 2, "Missing option '--out'"),
        (
            ("--out=log.xlsx",),
            2,
            "--out: the format of 'log.xlsx' is unknown: name it with one",
        ),
        (
            ("--out=log.csv", "--events=3"),
            2,
            "--events: 3: give at least one event for each of",
        ),
        (("--out=log.csv", "--seed=-1"), 2, "--seed: -1: give a number from 0 to"),
        (("--out=nowhere/log.csv",), 1, "nowhere/log.csv: cannot be written: No such file"),
    ],
)
def test_wrong_usage(
    cli: Callable[..., Ran], options: tuple[str, ...], code: int, told: str
) -> None:
    """What cannot be made or written is told."""
    ran = cli("simulate", *options)

    assert ran.code == code
    assert told in words(ran.err)


def test_without_the_extra(cli: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the column libraries the extra is named that brings them."""
    monkeypatch.setitem(sys.modules, "polars", None)
    for name in [name for name in sys.modules if name.startswith("lifecycle_model.simulate")]:
        monkeypatch.delitem(sys.modules, name)
    ran = cli("simulate", "--out", "log.csv")

    assert ran.code == 1
    assert ran.err == (
        'error: lifecycle simulate needs an extra: pip install "lifecycle-model[columnar]"\n'
    )


def test_other_import_errors_are_not_hidden(
    cli: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module of our own that is missing is a fault of ours."""
    monkeypatch.setitem(sys.modules, "lifecycle_model.simulate", None)

    with pytest.raises(ModuleNotFoundError):
        cli("simulate", "--out", "log.csv")


def test_other_commands_are_light() -> None:
    """The column libraries are loaded by this command only."""
    code = "import sys, lifecycle_model.cli.app; print('polars' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    assert printed.stdout.split() == [b"False"]
