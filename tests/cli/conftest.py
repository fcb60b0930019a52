"""Running the command line inside the test process."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from lifecycle_model.cli import choosing, main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OF_COLUMNS = ("folded in columns", "compiling the rules")
ROW_BY_ROW = "is read row by row, which takes longer"
HEADER = "customer_id,occurred_at,kind,amount,score,currency,event_id,alternatives"


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int | str | None
    out: str
    err: str


@pytest.fixture
def cli(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Ran]:
    """Run a command in an empty directory, on a terminal that is 88 columns wide and plain."""
    for name, value in {"COLUMNS": "88", "NO_COLOR": "1", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    for name in ("FORCE_COLOR", "GITHUB_ACTIONS", "PY_COLORS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Ran:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Ran(ended.value.code, printed.out, printed.err)

    return run


@pytest.fixture
def log(tmp_path: Path) -> Callable[..., Path]:
    """Write a CSV log of the given rows under the usual header."""

    def write(*rows: str, name: str = "log.csv", header: str = HEADER) -> Path:
        path = tmp_path / name
        path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        return path.relative_to(tmp_path)

    return write


@pytest.fixture
def both(cli: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Replay a log both ways, assert that they say the same, and return the columnar way.

    The lines that it tells of itself are not compared.
    """

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(choosing, "LARGE", float("inf"))
        singly = cli("replay", *arguments)
        monkeypatch.setattr(choosing, "LARGE", 0)
        ran = cli("replay", *arguments)
        lines = ran.err.splitlines(keepends=True)
        rest = [
            line for line in lines if not line.startswith(OF_COLUMNS) and ROW_BY_ROW not in line
        ]

        assert replace(ran, err="".join(rest)) == singly
        assert singly.code or len(rest) < len(lines)
        return ran

    return run
