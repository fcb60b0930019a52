"""`lifecycle explain --lang`: a story on the terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("typer")
from lifecycle_model.cli.app import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log with one customer, in whose ids lurks a terminal code."""
    path = tmp_path / "log.csv"
    lines = (
        "customer_id,occurred_at,kind,opportunity_id",
        "c,2024-05-08T09:30Z,purchase_completed,\x1b[2J",
        "c,2024-06-01T09:30Z,product_used,",
    )
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_story_in_words(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every chapter, where the customer stands, and what comes next, line by line."""
    with pytest.raises(SystemExit) as ended:
        run(["explain", str(log), "c", "--lang", "it", "--as-of", "2024-06-10"])
    lines = capsys.readouterr().out.split("\n")

    assert ended.value.code == 0
    assert lines[0] == "8 maggio 2024: un acquisto concluso (decisione: \\x1b[2J)."
    assert lines[3:5] == [
        "1 giugno 2024: l'uso del prodotto.",
        "  Questo non cambia nulla.",
    ]
    assert lines[5].startswith(
        "Il 7 giugno 2024 la decisione d'acquisto «\\x1b[2J» si è chiusa"
    )
    assert "Dove si trova il cliente" in lines
    assert "Che cosa cambierebbe la situazione" in lines


def test_json_stays_as_it_is(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Programs get the records, whatever the language."""
    with pytest.raises(SystemExit):
        run(["explain", str(log), "c", "--lang", "pt", "--json"])

    assert json.loads(capsys.readouterr().out)["situation"] == "occasional"


def test_unknown_language_is_wrong_usage(
    log: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names the four languages."""
    monkeypatch.setenv("COLUMNS", "200")
    with pytest.raises(SystemExit) as ended:
        run(["explain", str(log), "c", "--lang", "fr"])

    assert ended.value.code == 2
    assert "'fr' is not a language: use one of: en, pt, es, it" in capsys.readouterr().err
