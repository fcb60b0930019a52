"""The texts that come with the library, read from TOML and held against each other."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from lifecycle_model.errors import (
    InvalidPlaybook,
    Problem,
    UnknownLanguage,
    did_you_mean,
    problems_of,
)
from lifecycle_model.explain.texts import LANGUAGES, flat, placeholders
from lifecycle_model.explain.voice import Voice, sentence
from lifecycle_model.playbook.action import GOALS, Action, Department, Source
from lifecycle_model.playbook.checks import placeholder_fault
from lifecycle_model.playbook.keys import AXES, Supplier
from lifecycle_model.playbook.strategy import Strategy
from lifecycle_model.playbook.words import Words

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
STRATEGY_TEXTS: Final = ("strategy", "result", "question", "handover")


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class _Action(_Model):
    department: Department
    works_towards: Text
    source: Source
    channel: Text | None = None
    promotion: bool = False


class _Structure(_Model):
    actions: dict[str, _Action]
    strategies: dict[str, tuple[str, ...]]


class _ActionTexts(_Model):
    title: Text
    text: Text


class _StrategyTexts(_Model):
    strategy: Text
    result: Text | None = None
    question: Text | None = None
    handover: Text | None = None


class _Texts(_Model):
    suppliers: dict[str, Text]
    goals: dict[str, Text]
    departments: dict[str, Text]
    channels: dict[str, Text]
    rules: dict[str, Text]
    holds: dict[str, Text]
    phrases: dict[str, Text]
    actions: dict[str, _ActionTexts]
    strategies: dict[str, _StrategyTexts]


@dataclass(frozen=True, slots=True)
class Content:
    """The parts of a playbook in one language."""

    strategies: Mapping[str, Strategy]
    words: Words


def check_language(lang: str, known: tuple[str, ...] = LANGUAGES) -> None:
    """Raise where there are no texts in a language.

    Raises:
        UnknownLanguage: with the languages that there are.

    >>> check_language("it")
    """
    if lang not in known:
        raise UnknownLanguage(lang, known)


def load_content(lang: str) -> Content:
    """Return what comes with the library, in one language.

    Raises:
        UnknownLanguage: it is not one of the four.
    """
    check_language(lang)
    return _shipped()[lang]


@cache
def _shipped() -> Mapping[str, Content]:
    # Only texts need it, and it takes a good part of the package's own import.
    from importlib import resources  # noqa: PLC0415

    folder = resources.files("lifecycle_model.playbook") / "texts"
    names = ("structure", *LANGUAGES)
    return build_content(
        {f"{name}.toml": (folder / f"{name}.toml").read_text("utf-8") for name in names}
    )


def build_content(files: Mapping[str, str]) -> Mapping[str, Content]:
    """Return the content of `structure.toml` and of one file for each language.

    Args:
        files: the texts of the files by name.

    Raises:
        InvalidPlaybook: with every mistake: the file and the key.
    """
    structure = _read(_Structure, "structure.toml", files)
    texts = {lang: _read(_Texts, f"{lang}.toml", files) for lang in LANGUAGES}
    if problems := (*_structure_faults(structure), *_text_faults(structure, texts)):
        raise InvalidPlaybook("playbook", problems)
    return {lang: _content(structure, texts[lang], Voice.of(lang)) for lang in LANGUAGES}


def _read(model: type[Any], name: str, files: Mapping[str, str]) -> Any:  # noqa: ANN401 - the model's own type
    try:
        return model.model_validate(tomllib.loads(files[name]))
    except tomllib.TOMLDecodeError as error:
        raise InvalidPlaybook(name, (Problem("TOML", "", str(error)),)) from error
    except ValidationError as error:
        raise InvalidPlaybook(name, problems_of(error)) from error


def _structure_faults(structure: _Structure) -> Iterator[Problem]:
    used = {one for ids in structure.strategies.values() for one in ids}
    for key, ids in structure.strategies.items():
        for one in ids:
            if one not in structure.actions:
                mend = f"is not an action: {did_you_mean(one, tuple(structure.actions))}"
                yield Problem(f"structure.toml: strategies.{key}", repr(one), mend)
    for one in structure.actions:
        if one not in used:
            yield Problem(f"structure.toml: actions.{one}", "", "belongs to no strategy")


def _text_faults(structure: _Structure, texts: Mapping[str, _Texts]) -> Iterator[Problem]:
    """Hold the languages against the structure, and against each other."""
    entries = {
        lang: dict(flat(one.model_dump(exclude_none=True))) for lang, one in texts.items()
    }
    needed = {
        *(f"suppliers.{one.value}" for one in Supplier),
        *(f"goals.{goal}" for goal in GOALS),
        *(f"departments.{one.value}" for one in Department),
        *(f"actions.{one}.{field}" for one in structure.actions for field in ("title", "text")),
        *(f"strategies.{key}.strategy" for key in structure.strategies),
    }
    everywhere = dict.fromkeys(
        [*sorted(needed), *(key for one in entries.values() for key in one)]
    )
    own = {
        *(f"actions.{one}" for one in structure.actions),
        *(f"strategies.{key}" for key in structure.strategies),
    }
    first = entries[LANGUAGES[0]]
    for lang, found in entries.items():
        for key in everywhere:
            place = f"{lang}.toml: {key}"
            if key not in found:
                yield Problem(place, "", "is missing: translate it")
            elif key.startswith(("actions.", "strategies.")) and (
                key.rpartition(".")[0] not in own
            ):
                yield Problem(place, "", "belongs to nothing in structure.toml: remove it")
            elif mend := _braces_fault(key, found[key], first.get(key, found[key])):
                yield Problem(place, repr(found[key]), mend)


def _braces_fault(key: str, text: str, original: str) -> str:
    if key.startswith("actions.") and (mend := placeholder_fault(text)):
        return mend
    try:
        names, expected = placeholders(text), placeholders(original)
    except ValueError:
        return "has a brace that stands alone: double it"
    if names != expected:
        asked = ", ".join(f"{{{name}}}" for name in sorted(expected)) or "none"
        return f"has other placeholders than {LANGUAGES[0]}.toml: it needs {asked}"
    return ""


def _content(structure: _Structure, texts: _Texts, voice: Voice) -> Content:
    actions = {
        one: Action(
            one,
            parts.department,
            texts.actions[one].title,
            texts.actions[one].text,
            parts.works_towards,
            parts.source,
            parts.channel,
            parts.promotion,
        )
        for one, parts in structure.actions.items()
    }
    strategies = {
        key: Strategy(
            key,
            **texts.strategies[key].model_dump(exclude_none=True),
            actions=tuple(actions[one] for one in ids),
        )
        for key, ids in structure.strategies.items()
    }
    # The states have their names from the sentences, so that a word means one thing everywhere.
    states = {
        state.value: sentence(voice.name(state))
        for axis, values in AXES.items()
        if axis != "supplier"
        for state in values
    }
    groups = texts.model_dump(exclude={"actions", "strategies", "suppliers"})
    return Content(strategies, Words(voice, states | texts.suppliers, **groups))
