"""The page as text: nothing from a log is markup, nothing is loaded, no word is missing."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import cdnow
from insight.frames import book_of, bought, event
from lifecycle_model import Lifecycle
from lifecycle_model.errors import UnknownLanguage
from lifecycle_model.explain import LANGUAGES
from lifecycle_model.insight import of_histories
from lifecycle_model.report import document, page
from lifecycle_model.report.page import in_script
from lifecycle_model.report.texts import page_texts, words_of
from report.pages_of import HOSTILE, folded, made_up

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = re.compile(r"<script[^>]*>(.*?)</script>", re.DOTALL)


@pytest.fixture(scope="module")
def html() -> str:
    """Return the page of a log whose customers include a hostile id."""
    return page(folded(made_up()), name="</title><b>", language="it")


def test_what_comes_from_the_log_is_data(html: str) -> None:
    """No tag of an id or a name stands in the page; both are there as they are."""
    content, library, program = SCRIPT.findall(html)

    assert html.count("<script") - library.count("<script") == 3
    assert "<b>" not in html.replace(library, "")
    assert not set(content) & {"<", ">", "&", "\u2028"}
    told = json.loads(content)
    assert told["name"] == "</title><b>"
    assert HOSTILE in {row["id"] for row in told["customers"]["rows"]}
    assert "innerHTML" not in program


def test_escaping_keeps_every_text() -> None:
    """What is escaped reads back as it was, also half of a pair."""
    hostile = {"</script><!--": ["&", "\u2028\u2029", "\ud800", "é"]}

    assert json.loads(in_script(hostile)) == hostile


def test_nothing_is_loaded(html: str) -> None:
    """No element names another file, and the policy forbids to load any."""
    outside = html.replace(SCRIPT.findall(html)[1], "")

    assert not re.search(
        r"""(src|href|url)\s*[=(]\s*["']?[^#"']""", outside.split("<script")[0]
    )
    assert "http:" not in outside
    assert "https:" not in outside
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]


def test_only_the_scripts_of_the_page_may_run(html: str) -> None:
    """The policy names the digests of both scripts and of the style."""
    _, library, program = SCRIPT.findall(html)
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    for text in (library, program, style):
        digest = b64encode(sha256(text.encode()).digest()).decode()

        assert f"'sha256-{digest}'" in html


def test_opens_in_the_language_asked_for(html: str) -> None:
    """The language is that of the document, and all four are in it."""
    assert '<html lang="it">' in html
    assert "<title>Ciclo di vita del cliente</title>" in html
    assert list(json.loads(SCRIPT.findall(html)[0])["words"]) == list(LANGUAGES)
    with pytest.raises(UnknownLanguage):
        page(of_histories([], Lifecycle()), language="de")


def test_page_of_many_customers_is_small() -> None:
    """Ten times as many customers as it holds make it no larger, and it stays below 4 MB."""
    log = cdnow.cohort()
    text = page(folded(log))

    assert log["customer_id"].n_unique() == 23570
    assert len(text) < 4_000_000
    assert json.loads(SCRIPT.findall(text)[0])["customers"]["all"] == 23570


def reasons(content: Any) -> Iterator[str]:
    """Yield every reason that stands anywhere in a document."""
    if isinstance(content, dict):
        for name, one in content.items():
            if name.endswith("reason") and isinstance(one, str):
                yield one
            yield from reasons(one)
    elif isinstance(content, list):
        for one in content:
            yield from reasons(one)


def test_every_reason_has_words() -> None:
    """Whatever is missing says why in each language."""
    currencies = [
        event("a", "need_recognized"),
        bought("a", 0, amount=9, currency="EUR"),
        bought("b", 5, amount=9, currency="USD"),
    ]
    books = [
        of_histories([], Lifecycle()),
        book_of(bought("a"), until=40),
        book_of(bought("a"), bought("a", 700), until=701),
        book_of(event("a", "need_recognized"), event("b", "contacted")),
        book_of(event("a", "need_recognized"), bought("a"), event("b", "need_recognized")),
        folded(
            pl.from_dicts([one.model_dump() for one in currencies], infer_schema_length=None)
        ),
        folded(made_up(600, 30)),
    ]
    found = {one for book in books for one in reasons(document(book, most=0))}

    assert len(found) >= 14
    assert {f"reason.{one}" for one in found} <= set(page_texts("en"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_has_a_name(lang: str) -> None:
    """States, kinds, rules and actions are named, and every word of a script is a text."""
    words = words_of(lang, Lifecycle())
    program = SCRIPT.findall(page(of_histories([], Lifecycle())))[2]
    asked = set(re.findall(r"""word\(["`]([\w.]+)["`]""", program))

    assert asked <= set(words["page"])
    assert len(words["kinds"]) == 27
    assert words["states"]["suspect"]
    assert words["rules"]["went-cold"] != "went-cold"
    assert words["actions"]["cross-selling"][0] == "sales"
