"""`lifecycle report` writes a page about a log, and says what hinders it."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran

FIRST = "a,2024-01-01T00:00Z,purchase_completed,9.50,,,,"
LAST = "b,2024-03-01T00:00Z,product_used,,,,,"


def words(text: str) -> str:
    """Return a message without its frame and line breaks."""
    return " ".join(text.replace("│", " ").split())


def content(path: str) -> dict[str, Any]:
    """Return what a page holds."""
    text = Path(path).read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="page">(.*?)</script>', text)
    assert found is not None
    told: dict[str, Any] = json.loads(found[1])
    return told


@pytest.mark.parametrize("name", ["log.csv", "log.jsonl", "log.parquet"])
def test_page_is_the_same_for_every_format(cli: Callable[..., Ran], name: str) -> None:
    """What a log says does not depend on how it is written."""
    for one in ("log.csv", name):
        cli("simulate", "--events=400", "--customers=20", "--out", one)
    ran = cli("report", name, "--out=page.html", "--as-of=2025-01-01", "--policy=grocery")
    cli("report", "log.csv", "--out=other.html", "--as-of=2025-01-01", "--policy=grocery")

    assert ran.code == 0
    assert ran.out == "page.html: 20 customers as of 2025-01-01\n"
    told = content("page.html")
    assert told["name"] == name
    assert told["policy"].startswith("grocery")
    assert told | {"name": "log.csv"} == content("other.html")


def test_customers_are_followed_to_the_last_event(
    cli: Callable[..., Ran], log: Callable[..., Path]
) -> None:
    """Without an instant all are followed to one: that of the last event."""
    ran = cli("report", log(FIRST, LAST), "--out=page.html", "--lang=pt", "--json")

    assert json.loads(ran.out) == {
        "out": "page.html",
        "customers": 2,
        "as_of": "2024-03-01T00:00:00+00:00",
    }
    assert content("page.html")["last_day"] == "2024-03-01"
    assert '<html lang="pt">' in Path("page.html").read_text(encoding="utf-8")


def test_nobody_is_known_yet(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """A log that begins later gives a page of nobody."""
    ran = cli("report", log(FIRST), "--out=page.html", "--as-of=2023-01-01")

    assert ran.out == "page.html: 0 customers\n"
    assert content("page.html")["customers"]["rows"] == []


def test_faults_and_conflicts_are_told(
    cli: Callable[..., Ran], log: Callable[..., Path]
) -> None:
    """Bad rows end the command or are skipped; what does not count is noted."""
    path = log(
        FIRST,
        "a,soon,product_used,,,,,",
        "b,2024-03-01T00:00Z,product_used,,,,e,",
        "b,2024-03-02T00:00Z,product_used,,,,e,",
    )
    refused = cli("report", path, "--out=page.html")
    ran = cli("report", path, "--out=page.html", "--skip-invalid")

    assert refused.code == 1
    assert "1 row is not valid, nothing was folded" in refused.err
    assert ran.code == 0
    assert "1 row is not valid and skipped" in ran.err
    assert "1 event conflicts with another of its id" in ran.err
    assert content("page.html")["events"] == 2


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "Missing option '--out'"),
        (("--out=page.pdf",), "--out: the format of 'page.pdf' is unknown: name it .html"),
        (("--out=page.html", "--language=de"), "'de' is not a language"),
    ],
)
def test_option_of_a_page_is_refused(
    cli: Callable[..., Ran], log: Callable[..., Path], options: tuple[str, ...], told: str
) -> None:
    """An option that cannot be meant is named with the mend."""
    ran = cli("report", log(FIRST), *options)

    assert ran.code == 2
    assert told in words(ran.err)


def test_page_cannot_be_written(cli: Callable[..., Ran], log: Callable[..., Path]) -> None:
    """A folder that is not there is told as the reason."""
    ran = cli("report", log(FIRST), "--out=away/page.html")

    assert ran.code == 1
    assert "error: away/page.html: cannot be written: No such file or directory" in ran.err


def test_report_without_its_extra(
    cli: Callable[..., Ran], log: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the chart library the extra is named; another fault is not taken for that."""
    asked = ("report", log(FIRST), "--out=page.html")
    for name in ("lifecycle_model.report", "lifecycle_model.report.page"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    ran = cli(*asked)

    assert ran.code == 1
    assert ran.err == (
        'error: a report needs an extra: pip install "lifecycle-model[report]"\n'
    )
    monkeypatch.setitem(sys.modules, "lifecycle_model.report", None)
    with pytest.raises(ModuleNotFoundError, match="report"):
        cli(*asked)
