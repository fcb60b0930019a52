"""One HTML file that works without a network: its data, its charts and its scripts inside."""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, Literal

import vl_convert

from lifecycle_model.explain.texts import LANGUAGES
from lifecycle_model.report.data import document
from lifecycle_model.report.stories import MOST
from lifecycle_model.report.texts import page_texts, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lifecycle_model.insight import Book

_SCRIPTS: Final = ("words", "elements", "charts", "figures", "customers", "main")
"""The page's own scripts, in the order in which they need each other."""

_CHARTS: Final = ("standing", "funnel", "survival", "deals", "nps", "complaints", "forecast")

_LOCALES: Final[dict[str, Literal["en-US", "pt-BR", "es-ES", "it-IT"]]] = {
    "en": "en-US",
    "pt": "pt-BR",
    "es": "es-ES",
    "it": "it-IT",
}
"""How the charts write numbers and dates."""

_ESCAPED: Final = {ord(one): f"\\u{ord(one):04x}" for one in "<>&"}


def page(book: Book, *, name: str = "", language: str = "en", most: int = MOST) -> str:
    """Return a page about a log: one HTML file that loads nothing from anywhere.

    Args:
        book: a folded log, with all columns that its events have.
        name: what the log is called.
        language: in which the page opens; all four are in it.
        most: how many customers it holds at most; above, an even sample.

    Raises:
        UnknownLanguage: the language is none of the four.

    >>> from lifecycle_model import Lifecycle
    >>> from lifecycle_model.insight import of_histories
    >>> page(of_histories([], Lifecycle())).splitlines()[:2]
    ['<!doctype html>', '<html lang="en">']
    """
    texts = page_texts(language)
    content = document(book, name=name, most=most) | {
        "words": {lang: words_of(lang, book.lifecycle) for lang in LANGUAGES},
        "charts": {one: json.loads(_asset(f"charts/{one}.json")) for one in _CHARTS},
        "locales": _locales(),
    }
    style, library = _asset("style.css"), _library()
    program = "\n".join(_asset(f"{one}.js") for one in _SCRIPTS)
    return _asset("page.html").format(
        language=language,
        security=_security([library, program], [style]),
        title=texts["page.title"],
        no_script=texts["page.no_script"],
        style=style,
        content=in_script(content),
        library=library,
        program=program,
    )


def in_script(content: Any) -> str:  # noqa: ANN401 - anything that JSON can hold
    r"""Return JSON that ends no script element and begins none, whatever it holds.

    >>> in_script({"id": "</script>"})
    '{"id":"\\u003c/script\\u003e"}'
    """
    # Other than ASCII is escaped as well, and with it the line ends that only scripts know.
    text = json.dumps(content, allow_nan=False, separators=(",", ":"))
    return text.translate(_ESCAPED)


def _security(scripts: Iterable[str], styles: Iterable[str]) -> str:
    """Return a policy under which these texts run and nothing else, and nothing is loaded."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {' '.join(map(_digest, scripts))}",
            f"style-src {' '.join(map(_digest, styles))}",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@cache
def _asset(name: str) -> str:
    return (resources.files("lifecycle_model.report") / "assets" / name).read_text("utf-8")


@cache
def _library() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script."""
    # Its type asks for a snippet; without one the bundle is whole.
    script: str = vl_convert.javascript_bundle(None)  # type: ignore[arg-type]
    return script.replace("</script", "<\\/script")


@cache
def _locales() -> dict[str, Any]:
    return {
        lang: {
            "number": vl_convert.get_format_locale(locale),
            "time": vl_convert.get_time_format_locale(locale),
        }
        for lang, locale in _LOCALES.items()
    }
