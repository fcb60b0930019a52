"""The texts: complete, equal in shape, and in four languages."""

from __future__ import annotations

import pickle
from dataclasses import fields
from importlib import resources

import pytest

from lifecycle_model import DEFAULT_RULES, EVENT_TYPES, FACTS, KINDS, BaseEvent, errors, states
from lifecycle_model.explain import LANGUAGES, explain_deadline
from lifecycle_model.explain.texts import (
    Texts,
    check_texts,
    placeholders,
    read_texts,
    texts_of,
)
from lifecycle_model.explain.voice import state_table

ENUMS = (
    states.Situation,
    states.BuyingPosition,
    states.LifecycleStage,
    states.FunnelGroup,
    states.SalesStep,
    states.ServiceState,
)
# Words that are written alike in two languages, or have no other word.
SAME = frozenset({"status quo", "no", "segmento", "campo"})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_state_rule_and_field_has_its_text(lang: str) -> None:
    """Nothing that the library can decide is left without words."""
    texts = texts_of(lang)
    own = {
        name
        for cls in EVENT_TYPES
        for name in cls.model_fields
        if name not in BaseEvent.model_fields and name != "kind"
    }
    wanted = [
        *(f"kind.{kind}" for kind in KINDS),
        *(f"field.{name}" for name in own),
        *(f"{state_table(enum)}.name.{state}" for enum in ENUMS for state in enum),
        *(f"situation.being.{state}" for state in states.Situation),
        *(f"{rule.axis}.name.{rule.target}" for rule in DEFAULT_RULES),
        *(f"rule.{rule.axis}.{rule.id}" for rule in DEFAULT_RULES),
    ]

    assert [key for key in wanted if not texts.entries.get(key)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fact_has_the_forms_of_its_unit(lang: str) -> None:
    """A fact that is counted has a text for none, zero, one and more."""
    forms = {
        "days": {"none", "zero", "one", "other"},
        "count": {"none", "zero", "one", "other"},
        "money": {"none", "zero", "other"},
        "score": {"none", "other"},
        "yes_no": {"yes", "no"},
    }
    entries = texts_of(lang).entries
    found = {
        name: {key.rpartition(".")[2] for key in entries if key.startswith(f"fact.{name}.")}
        for name in FACTS
    }

    assert found == {name: forms[fact.unit] for name, fact in FACTS.items()}
    assert {key.split(".")[1] for key in entries if key.startswith("fact.")} == FACTS.keys()


@pytest.mark.parametrize("lang", LANGUAGES[1:])
def test_keys_and_placeholders_are_those_of_english(lang: str) -> None:
    """The four files say the same things with the same values."""
    english, other = texts_of("en").entries, texts_of(lang).entries

    assert other.keys() == english.keys()
    assert {key: placeholders(text) for key, text in other.items()} == {
        key: placeholders(text) for key, text in english.items()
    }


@pytest.mark.parametrize("lang", LANGUAGES[1:])
def test_sentences_are_translated(lang: str) -> None:
    """No text but marks, numbers and a few international words is copied from English."""
    english = texts_of("en").entries
    copied = {
        key
        for key, text in texts_of(lang).entries.items()
        if text == english[key]
        and any(letter.isalpha() for letter in text.replace("{", " {").split("{")[0])
        and text not in SAME
    }

    assert copied == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_is_empty(lang: str) -> None:
    """Only what a language does not have is empty."""
    empty = {key for key, text in texts_of(lang).entries.items() if not text.strip()}

    assert empty <= {"format.of_many", "format.elided_days"}


def test_there_is_one_file_a_language() -> None:
    """No file is forgotten in the list of languages, none is missing."""
    words = resources.files("lifecycle_model.explain") / "words"

    assert {file.name for file in words.iterdir()} == {f"{lang}.toml" for lang in LANGUAGES}


def test_a_text_is_found_by_its_key() -> None:
    """The texts are a plain record: a language and its entries."""
    assert [field.name for field in fields(Texts)] == ["lang", "entries"]
    assert texts_of("es").say("say.decision") == "la decisión de compra"


@pytest.mark.parametrize("lang", ["de", "EN", "pt-BR", ""])
def test_unknown_language_names_the_four(lang: str) -> None:
    """A language that is not spoken is one error, which pickles."""
    with pytest.raises(errors.UnknownLanguage) as caught:
        explain_deadline(None, lang)
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes

    assert str(error) == f"language {lang!r} is not known: use one of: en, pt, es, it"
    assert (error.language, error.known) == (lang, LANGUAGES)
    assert isinstance(error, errors.LifecycleError)


def test_every_fault_of_a_file_is_named() -> None:
    """A missing key, an unknown one and another placeholder are told at once."""
    english = {"a": "{n} days", "b": "gone", "c": "same {x} and {y}"}
    other = {"a": "{m} dias", "c": "mesmo {y} e {x}", "d": "novo"}

    with pytest.raises(errors.InvalidTexts) as caught:
        check_texts("pt.toml", other, english)

    assert str(caught.value).split("\n  ") == [
        "pt.toml is not valid:",
        "b: is missing: translate it",
        "a: '{m} dias': has the placeholders m, en.toml has n",
        "d: 'novo': is not a key of en.toml: remove it",
    ]


def test_a_placeholder_that_is_gone_is_named() -> None:
    """A text without placeholders is told so."""
    with pytest.raises(errors.InvalidTexts, match=r"has the placeholders none, en\.toml has n"):
        check_texts("it.toml", {"a": "giorni"}, {"a": "{n} days"})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = ", "TOML: "),
        ("[a]\nb = 3", "a.b: 3: is no text: put it in quotes"),
        ('a = "50 {"', "a: '50 {': "),
    ],
)
def test_broken_file_is_one_error(text: str, told: str) -> None:
    """What is no TOML, no text or no template is told with file and key."""
    with pytest.raises(errors.InvalidTexts) as caught:
        read_texts("es.toml", text)

    assert str(caught.value).startswith(f"es.toml is not valid:\n  {told}")
