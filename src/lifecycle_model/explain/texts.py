"""The texts of each language: one TOML file each, read once and held against English."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import Any, Final

from lifecycle_model.errors import InvalidTexts, Problem, UnknownLanguage, shown

LANGUAGES: Final = ("en", "pt", "es", "it")
"""The languages spoken: English, Portuguese, Spanish, Italian."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language, by dotted key.

    >>> texts_of("it").say("fact.open_complaints.other", n=2)
    '2 reclami aperti'
    """

    lang: str
    entries: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """Return a text with its placeholders filled."""
        return self.entries[key].format_map(values)


@cache
def texts_of(lang: str) -> Texts:
    """Return the texts of a language.

    Raises:
        UnknownLanguage: the language is none of the four.
        InvalidTexts: its file does not say what the English one says.

    >>> len(texts_of("pt").entries) == len(texts_of("en").entries)
    True
    """
    if lang not in LANGUAGES:
        raise UnknownLanguage(lang, LANGUAGES)
    name = f"{lang}.toml"
    entries = read_texts(name, _file(name))
    if lang != LANGUAGES[0]:
        check_texts(name, entries, texts_of(LANGUAGES[0]).entries)
    return Texts(lang, entries)


def _file(name: str) -> str:
    # It takes a tenth of the package's own import, and only words need it.
    from importlib import resources  # noqa: PLC0415

    words = resources.files("lifecycle_model.explain").joinpath("words", name)
    return words.read_text(encoding="utf-8")


def read_texts(name: str, text: str) -> dict[str, str]:
    r"""Return the entries of a TOML text by dotted key.

    Args:
        name: the file's name, for errors.
        text: what is in the file.

    Raises:
        InvalidTexts: it is no TOML, or an entry is no text or has a broken placeholder.

    >>> read_texts("en.toml", '[say]\nhello = "Good day, {name}."')
    {'say.hello': 'Good day, {name}.'}
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidTexts(name, (Problem("TOML", "", str(error)),)) from error
    entries = dict(flat(data))
    if problems := tuple(_broken(entries)):
        raise InvalidTexts(name, problems)
    return entries


def flat(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the entries of nested tables by dotted key.

    >>> dict(flat({"say": {"hello": "Good day."}}))
    {'say.hello': 'Good day.'}
    """
    for key, value in data.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _broken(entries: Mapping[str, Any]) -> Iterator[Problem]:
    for key, value in entries.items():
        if not isinstance(value, str):
            yield Problem(key, shown(value), "is no text: put it in quotes")
            continue
        try:
            placeholders(value)
        except ValueError as error:
            yield Problem(key, shown(value), f"{error}: write a brace as {{{{ or }}}}")


def placeholders(text: str) -> frozenset[str]:
    """Return the names between braces.

    Raises:
        ValueError: a brace stands alone.

    >>> sorted(placeholders("from {before} to {after}"))
    ['after', 'before']
    """
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def check_texts(name: str, entries: Mapping[str, str], english: Mapping[str, str]) -> None:
    """Hold the texts of a language against the English ones.

    Args:
        name: the file's name, for errors.
        entries: its texts.
        english: the texts that they translate.

    Raises:
        InvalidTexts: with every key that is missing or unknown, and every other placeholder.

    >>> check_texts("pt.toml", {"say.hello": "Bom dia, {nome}."}, {"say.hello": "Hi, {name}."})
    Traceback (most recent call last):
    lifecycle_model.errors.InvalidTexts: pt.toml is not valid:
      say.hello: 'Bom dia, {nome}.': has the placeholders nome, en.toml has name
    """
    problems = [
        Problem(key, "", "is missing: translate it") for key in english if key not in entries
    ]
    for key, text in entries.items():
        if key not in english:
            problems.append(Problem(key, shown(text), "is not a key of en.toml: remove it"))
            continue
        found, wanted = placeholders(text), placeholders(english[key])
        if found != wanted:
            mend = f"has the placeholders {_names(found)}, en.toml has {_names(wanted)}"
            problems.append(Problem(key, shown(text), mend))
    if problems:
        raise InvalidTexts(name, tuple(problems))


def _names(names: frozenset[str]) -> str:
    return ", ".join(sorted(names)) or "none"
