"""A user's own playbook in TOML, merged over the one that comes with the library."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lifecycle_model.errors import InvalidPlaybook, Problem, did_you_mean, problems_of
from lifecycle_model.explain.texts import LANGUAGES, placeholders
from lifecycle_model.playbook.action import Action, Department, Source
from lifecycle_model.playbook.checks import placeholder_fault
from lifecycle_model.playbook.content import STRATEGY_TEXTS, Content, Text, check_language
from lifecycle_model.playbook.keys import plain_key
from lifecycle_model.playbook.strategy import Strategy
from lifecycle_model.toml import NotToml, read_toml

Texts = Annotated[Text | dict[str, Text], Field(union_mode="left_to_right")]
"""One text, where the file has one language; else one for each of its languages."""

_ACTION_TEXTS = ("title", "text")
_PLAIN = ("department", "works_towards", "source", "channel", "promotion")


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class OwnAction(_Model):
    """An action of a user's file."""

    replace: bool = False
    """True where it changes the action that has this id; what is left out stays as it is."""
    department: Department | None = None
    works_towards: Text | None = None
    source: Source | None = None
    channel: Text | None = None
    promotion: bool | None = None
    title: Texts | None = None
    text: Texts | None = None


class OwnStrategy(_Model):
    """What a user's file says about one key."""

    actions: tuple[str, ...] | None = None
    """In place of what the key had."""
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    strategy: Texts | None = None
    result: Texts | None = None
    question: Texts | None = None
    handover: Texts | None = None


class OwnPlaybook(_Model):
    """A user's file."""

    languages: Annotated[tuple[str, ...], Field(min_length=1)] = LANGUAGES
    """Those in which its texts are written."""
    actions: dict[str, OwnAction] = Field(default_factory=dict)
    strategies: dict[str, OwnStrategy] = Field(default_factory=dict)
    without: tuple[str, ...] = ()
    """Actions to remove everywhere."""


def load_own(source: str | Path) -> tuple[str, OwnPlaybook]:
    """Return what errors call a user's TOML, and what it holds.

    Raises:
        InvalidPlaybook: with every key that is unknown or has a value of the wrong kind.
        OSError: the file cannot be read.
    """
    name = str(source) if isinstance(source, Path) else "playbook"
    try:
        own = OwnPlaybook.model_validate(read_toml(source))
    except NotToml as error:
        raise InvalidPlaybook(name, (Problem("TOML", "", str(error)),)) from error
    except ValidationError as error:
        raise InvalidPlaybook(name, problems_of(error)) from error
    mend = f"use: {', '.join(LANGUAGES)}"
    if unknown := [one for one in own.languages if one not in LANGUAGES]:
        raise InvalidPlaybook(
            name, tuple(Problem("languages", repr(one), mend) for one in unknown)
        )
    return name, own


def merged(base: Content, own: OwnPlaybook, lang: str) -> tuple[Content, tuple[Problem, ...]]:
    """Return a user's file merged over the content of a language, and what is wrong with it.

    Raises:
        UnknownLanguage: the file has no texts in that language.
    """
    check_language(lang, own.languages)
    merge = _Merge(base, own, lang)
    merge.run()
    return Content(merge.strategies, base.words), tuple(merge.problems)


@dataclass
class _Merge:
    """The work of merging: collects faults, so that all are told at once."""

    base: Content
    own: OwnPlaybook
    lang: str
    problems: list[Problem] = field(default_factory=list)
    strategies: dict[str, Strategy] = field(default_factory=dict)
    _actions: dict[str, Action] = field(default_factory=dict)

    def run(self) -> None:
        """Merge actions, removals and strategies, in this order."""
        self._actions = {
            one.id: one for held in self.base.strategies.values() for one in held.actions
        }
        for one, parts in self.own.actions.items():
            self._merge_action(one, parts)
        self._check_use()
        for one in self.own.without:
            if self._known("without", one):
                del self._actions[one]
        self.strategies = {
            key: replace(
                held,
                actions=tuple(
                    self._actions[one.id] for one in held.actions if one.id in self._actions
                ),
            )
            for key, held in self.base.strategies.items()
        }
        for key, own in self.own.strategies.items():
            self._merge_strategy(key, own)

    def _fault(self, place: str, value: str, mend: str) -> None:
        self.problems.append(Problem(place, value, mend))

    def _known(self, place: str, action_id: str) -> bool:
        if action_id in self._actions:
            return True
        mend = f"is not an action: {did_you_mean(action_id, tuple(self._actions))}"
        self._fault(place, repr(action_id), mend)
        return False

    def _merge_action(self, action_id: str, own: OwnAction) -> None:
        place = f"actions.{action_id}"
        held = self._actions.get(action_id)
        if own.replace and not self._known(place, action_id):
            return
        if held is not None and not own.replace:
            mend = "is the id of an action that is there: use another, or set replace = true"
            self._fault(place, "", mend)
            return
        texts = {
            name: self._text(f"{place}.{name}", getattr(own, name), in_action=True)
            for name in _ACTION_TEXTS
        }
        plain = {name: getattr(own, name) for name in _PLAIN}
        given = {name: value for name, value in (texts | plain).items() if value is not None}
        if held is not None:
            self._actions[action_id] = replace(held, **given)
            return
        missing = [
            name
            for name in ("department", "works_towards", *_ACTION_TEXTS)
            if getattr(own, name) is None
        ]
        for name in missing:
            self._fault(f"{place}.{name}", "", "is missing: give it a value")
        if not missing:
            self._actions[action_id] = Action(**{"id": action_id, **given})

    def _check_use(self) -> None:
        used = {
            one
            for own in self.own.strategies.values()
            for one in (*(own.actions or ()), *own.add)
        }
        for one, own in self.own.actions.items():
            if not own.replace and one not in used:
                mend = "belongs to no strategy: add it to one, with add = [...]"
                self._fault(f"actions.{one}", "", mend)

    def _merge_strategy(self, key: str, own: OwnStrategy) -> None:
        place = f"strategies.{key}"
        try:
            plain = plain_key(key)
        except ValueError as error:
            self._fault(place, "", str(error))
            return
        held = self.strategies.get(plain, Strategy(plain))
        texts = {
            name: self._text(f"{place}.{name}", getattr(own, name)) for name in STRATEGY_TEXTS
        }
        start = held.actions
        if own.actions is not None:
            start = self._chosen(f"{place}.actions", own.actions)
        there = [one.id for one in start]
        for one in own.remove:
            if one not in there:
                self._fault(f"{place}.remove", repr(one), "is not there: leave it out")
        kept = tuple(one for one in start if one.id not in own.remove)
        self.strategies[plain] = replace(
            held,
            actions=(*kept, *self._chosen(f"{place}.add", own.add)),
            **{name: value for name, value in texts.items() if value is not None},
        )

    def _chosen(self, place: str, ids: tuple[str, ...]) -> tuple[Action, ...]:
        broken = self.own.actions.keys() - self._actions.keys()
        return tuple(
            self._actions[one] for one in ids if one not in broken and self._known(place, one)
        )

    def _text(
        self, place: str, texts: str | Mapping[str, str] | None, *, in_action: bool = False
    ) -> str | None:
        """Return the text of the language, after a look at the others."""
        if texts is None:
            return None
        languages = self.own.languages
        if isinstance(texts, str):
            if len(languages) > 1:
                mend = f"has one text for {len(languages)} languages: write one for each"
                self._fault(place, repr(texts), mend)
            texts = dict.fromkeys(languages, texts)
        self._check_languages(place, texts, in_action=in_action)
        return texts.get(self.lang, "")

    def _check_languages(
        self, place: str, texts: Mapping[str, str], *, in_action: bool
    ) -> None:
        for name in self.own.languages:
            if name not in texts:
                self._fault(f"{place}.{name}", "", "is missing: translate it")
        expected: frozenset[str] | None = None
        for name, text in texts.items():
            if name not in self.own.languages:
                self._fault(f"{place}.{name}", "", "is not among the languages of the file")
            if not in_action:
                continue
            if mend := placeholder_fault(text):
                self._fault(f"{place}.{name}", repr(text), mend)
                continue
            found = placeholders(text)
            if expected is not None and found != expected:
                mend = "has other placeholders than the languages before it: use the same"
                self._fault(f"{place}.{name}", repr(text), mend)
            expected = found if expected is None else expected
