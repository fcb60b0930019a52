"""What people call the states, kinds and rules, in four languages."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from lifecycle_model.errors import UnknownLanguage
from lifecycle_model.explain.texts import LANGUAGES, texts_of
from lifecycle_model.states import Axis


class Labels:
    """The labels of one language; what has none is called by its own name."""

    __slots__ = ("_texts", "lang")

    def __init__(self, lang: str, texts: dict[str, Any]) -> None:
        self.lang = lang
        self._texts = texts

    def word(self, name: str) -> str:
        """Return a word of the frame, such as a column's heading."""
        return self._texts["words"][name]  # type: ignore[no-any-return]

    def state(self, axis: Axis, name: str) -> str:
        """Return what a state is called, as in sentences, with a capital letter."""
        called = texts_of(self.lang).say(f"{axis}.name.{name}")
        return called[:1].upper() + called[1:]

    def kind(self, name: str) -> str:
        """Return what a kind of event is called."""
        return self._texts["kinds"][name]  # type: ignore[no-any-return]

    def rule(self, axis: Axis, name: str) -> str:
        """Return what a rule is called: its id where it is the user's own."""
        return self._texts["rules"][axis].get(name, name)  # type: ignore[no-any-return]


@cache
def labels_in(lang: str) -> Labels:
    """Return the labels of a language.

    Raises:
        UnknownLanguage: the language is none of the four.

    >>> labels_in("pt").state(Axis.SITUATION, "regular")
    'Cliente regular'
    """
    if lang not in LANGUAGES:
        raise UnknownLanguage(lang, LANGUAGES)
    texts = resources.files("lifecycle_model.export").joinpath("texts", f"{lang}.toml")
    return Labels(lang, tomllib.loads(texts.read_text(encoding="utf-8")))
