"""`lifecycle diagram`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_model import Lifecycle, Policy, errors
from lifecycle_model.cli import main
from lifecycle_model.export import diagram

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: str) -> int | str | None:
    """Run the command and return how it ended."""
    with pytest.raises(SystemExit) as ended:
        main(["diagram", *arguments])
    return ended.value.code


def test_prints_what_the_library_renders(capsys: pytest.CaptureFixture[str]) -> None:
    """Format, language, axis and policy are handed on."""
    options = ("--format", "table", "--lang", "it", "--axis", "position")

    assert run(*options, "--policy", "grocery") in {None, 0}

    expected = diagram(Lifecycle(Policy.grocery()), axis="position", lang="it").render("table")
    assert capsys.readouterr().out == expected


def test_counts_a_log_into_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A log's customers and moves are counted, as of an instant."""
    log, out = tmp_path / "log.csv", tmp_path / "rules.md"
    log.write_text("customer_id,occurred_at,kind\na,2024-01-01T00:00:00Z,lead_qualified\n")
    options = ("--counts", str(log), "--as-of", "2024-02-01T00:00:00Z", "-o", str(out))

    assert run("--format", "table", *options) in {None, 0}

    assert "| Potential customer | 1 |" in out.read_text(encoding="utf-8")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("option", "value"), [("--format", "png"), ("--lang", "de"), ("--axis", "stage")]
)
def test_wrong_usage(option: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown value is wrong usage, and the known ones are told."""
    assert run(option, value) == 2

    assert f"'{value}' is not one of" in capsys.readouterr().err


def test_unwritable_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that cannot be written is named."""
    assert run("-o", str(tmp_path / "none" / "x.svg")) == 1

    assert "cannot be written" in capsys.readouterr().err


def test_missing_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the extra the command says how to get it."""

    def missing(*_: object, **__: object) -> None:
        raise errors.MissingExtra("SVG", "diagrams")

    monkeypatch.setattr("lifecycle_model.cli.diagram.draw", missing)

    assert run("--format", "svg") == 1
    assert 'pip install "lifecycle-model[diagrams]"' in capsys.readouterr().err
