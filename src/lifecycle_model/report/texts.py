"""The words of a page in every language, beside the names that the model has already."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from lifecycle_model.events import KINDS
from lifecycle_model.explain.texts import LANGUAGES, check_texts, read_texts
from lifecycle_model.explain.voice import Voice, sentence
from lifecycle_model.export.labels import labels_in
from lifecycle_model.playbook import Playbook
from lifecycle_model.playbook.content import check_language
from lifecycle_model.states import (
    Axis,
    BuyingPosition,
    FunnelGroup,
    LifecycleStage,
    SalesStep,
    ServiceState,
    Situation,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_model.lifecycle import Lifecycle

_KINDS_OF_STATES = (
    Situation,
    BuyingPosition,
    LifecycleStage,
    FunnelGroup,
    SalesStep,
    ServiceState,
)


@cache
def page_texts(lang: str) -> Mapping[str, str]:
    """Return the page's own texts of a language, by dotted key.

    Raises:
        UnknownLanguage: the language is none of the four.
        InvalidTexts: its file does not say what the English one says.

    >>> page_texts("it")["page.customers"]
    'Clienti'
    """
    check_language(lang)
    name = f"{lang}.toml"
    file = resources.files("lifecycle_model.report").joinpath("words", name)
    entries = read_texts(name, file.read_text(encoding="utf-8"))
    if lang != LANGUAGES[0]:
        check_texts(name, entries, page_texts(LANGUAGES[0]))
    return entries


def words_of(lang: str, lifecycle: Lifecycle) -> dict[str, Any]:
    """Return everything that a page calls by name, in one language.

    Raises:
        UnknownLanguage: the language is none of the four.

    >>> from lifecycle_model import Lifecycle
    >>> words_of("es", Lifecycle())["states"]["regular"]
    'Cliente habitual'
    """
    voice, labels, playbook = Voice.of(lang), labels_in(lang), Playbook.default(lang)
    states = [state for kind in _KINDS_OF_STATES for state in kind]
    return {
        "page": page_texts(lang),
        "states": {state.value: sentence(voice.name(state)) for state in states},
        "kinds": {kind: labels.kind(kind) for kind in KINDS},
        "rules": {rule.id: labels.rule(Axis(rule.axis), rule.id) for rule in lifecycle.rules},
        "due": dict(playbook.words.rules),
        "departments": dict(playbook.words.departments),
        "channels": dict(playbook.words.channels),
        "holds": dict(playbook.words.holds),
        "actions": {
            one.id: [one.department.value, one.title, one.text, one.channel or ""]
            for one in playbook.actions
        },
    }
