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


def test_story_in_words(
    log: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every chapter, where the customer stands, and what comes next, line by line."""
    monkeypatch.setenv("COLUMNS", "900")
    with pytest.raises(SystemExit) as ended:
        run(["explain", str(log), "c", "--lang", "it", "--as-of", "2024-06-10"])
    lines = capsys.readouterr().out.split("\n")

    assert ended.value.code == 0
    assert lines[0].startswith("Cliente «c» in ")
    assert lines[1:4] == [
        (
            "Politica «default», versione 1, impronta 88c6229f0efe; giorni del calendario "
            "della politica"
        ),
        "",
        "8 maggio 2024: un acquisto concluso (decisione: \\x1b[2J).",
    ]
    assert lines[6:8] == [
        "1 giugno 2024: l'uso del prodotto.",
        (
            "  Questo non cambia né la situazione né alcuna posizione; i fatti possono essere "
            "cambiati."
        ),
    ]
    assert lines[8].startswith(
        "Il 7 giugno 2024 la decisione d'acquisto «\\x1b[2J» si è chiusa"
    )
    assert "Dove si trova il cliente" in lines
    assert "Che cosa cambierebbe la situazione" in lines


@pytest.mark.parametrize(
    ("lang", "head", "later"),
    [
        (
            "en",
            (
                "Customer “c” in ",
                "Policy “default”, version 1, digest 88c6229f0efe; days of the policy's",
            ),
            "  1 event lies after the date asked for and was set aside.",
        ),
        (
            "pt",
            (
                "Cliente “c” em ",
                "Política “default”, versão 1, hash 88c6229f0efe; dias do calendário",
            ),
            "  1 evento é posterior à data pedida e foi posto de lado.",
        ),
        (
            "es",
            (
                "Cliente «c» en ",
                "Política «default», versión 1, huella 88c6229f0efe; días del calendario de la",
            ),
            "  1 evento es posterior a la fecha pedida y se apartó.",
        ),
        (
            "it",
            (
                "Cliente «c» in ",
                "Politica «default», versione 1, impronta 88c6229f0efe; giorni del calendario",
            ),
            "  1 evento è successivo alla data richiesta ed è stato messo da parte.",
        ),
    ],
)
def test_head_and_foot(  # noqa: PLR0917 - three of them are pytest's
    log: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    lang: str,
    head: tuple[str, str],
    later: str,
) -> None:
    """Whose story it is, under which policy, and what is not counted, as without a language."""
    monkeypatch.chdir(log.parent)
    monkeypatch.setenv("COLUMNS", "88")
    with pytest.raises(SystemExit):
        run(["explain", "log.csv", "c", "--lang", lang, "--as-of", "2024-05-20"])
    lines = capsys.readouterr().out.split("\n")

    assert lines[0] == f"{head[0]}log.csv"
    assert lines[1].startswith(head[1])
    assert later in lines


def test_sentences_are_wrapped(
    log: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every line fits the terminal, and one that goes on is indented further."""
    monkeypatch.setenv("COLUMNS", "60")
    with pytest.raises(SystemExit):
        run(["explain", str(log), "c", "--lang", "en", "--as-of", "2024-05-20"])
    lines = capsys.readouterr().out.split("\n")

    assert max(map(len, lines[2:])) <= 60
    assert lines[lines.index("May 8, 2024: a completed purchase (decision: \\x1b[2J).") + 1 :][
        :2
    ] == [
        "  The buying decision “\\x1b[2J” moved forward from status",
        "    quo to implementation: a signature or payment with us.",
    ]


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
