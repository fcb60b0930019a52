"""The playbook: what each state calls for, in one language; complete, or not built."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from lifecycle_model.errors import InvalidPlaybook, Problem, did_you_mean
from lifecycle_model.playbook.action import Action
from lifecycle_model.playbook.checks import faults_of
from lifecycle_model.playbook.content import Content, load_content
from lifecycle_model.playbook.keys import plain_key, rank, states_of
from lifecycle_model.playbook.own import load_own, merged
from lifecycle_model.playbook.strategy import Strategy
from lifecycle_model.playbook.words import Words


@dataclass(frozen=True)
class Playbook:
    """Strategies by key, with the words around them. A value: each change returns a new one.

    Raises:
        InvalidPlaybook: with every fault; a combination of situation and position in which
            marketing or sales have nothing to do is one.

    >>> playbook = Playbook.default("es")
    >>> playbook.strategy("dissatisfied").service[0].id
    'acknowledge-dissatisfaction'
    """

    lang: str
    strategies: tuple[Strategy, ...] = field(repr=False)
    words: Words = field(repr=False)
    name: str = "playbook"
    """What errors call it: a plain word, or the file that it came from."""

    def __post_init__(self) -> None:
        if problems := faults_of(self.strategies):
            raise InvalidPlaybook(self.name, problems)

    @classmethod
    def default(cls, lang: str = "en") -> Self:
        """Return the playbook that comes with the library.

        Raises:
            UnknownLanguage: it is not one of the four.

        >>> Playbook.default("pt").strategy("regular").sales[0].title
        'Apresentar soluções mais completas'
        """
        return cls._of(lang, load_content(lang))

    @classmethod
    def from_toml(cls, source: str | Path, lang: str = "en") -> Self:
        r"""Return the default playbook with a user's own TOML merged over it.

        Args:
            source: a `Path` to read, or the text itself.
            lang: the language of the playbook.

        Raises:
            InvalidPlaybook: with every mistake: the file, the key and the mend.
            UnknownLanguage: it is not one of the four, or not one of the file's `languages`.
            OSError: the file cannot be read.

        >>> text = 'languages = ["en"]\nwithout = ["cross-selling"]'
        >>> "cross-selling" in {action.id for action in Playbook.from_toml(text).actions}
        False
        """
        name, own = load_own(source)
        content, problems = merged(load_content(lang), own, lang)
        if problems:
            raise InvalidPlaybook(name, problems)
        return cls._of(lang, content, name)

    @classmethod
    def _of(cls, lang: str, content: Content, name: str = "playbook") -> Self:
        return cls(lang, tuple(content.strategies.values()), content.words, name)

    @property
    def actions(self) -> tuple[Action, ...]:
        """Every action once, in the order of the strategies."""
        return tuple(dict.fromkeys(action for one in self.strategies for action in one.actions))

    def action(self, action_id: str) -> Action:
        """Return the action of that id.

        Raises:
            InvalidPlaybook: there is none.

        >>> Playbook.default().action("cross-selling").promotion
        True
        """
        for action in self.actions:
            if action.id == action_id:
                return action
        mend = f"is not an action: {did_you_mean(action_id, [one.id for one in self.actions])}"
        raise InvalidPlaybook(self.name, (Problem("actions", repr(action_id), mend),))

    def strategy(self, key: str) -> Strategy:
        """Return the strategy of exactly that key.

        Raises:
            InvalidPlaybook: there is none.

        >>> Playbook.default().strategy("status_quo").question
        'Why should I change anything?'
        """
        plain = self._key(key)
        for one in self.strategies:
            if one.key == plain:
                return one
        mend = f"has no strategy: {did_you_mean(plain, [one.key for one in self.strategies])}"
        raise InvalidPlaybook(self.name, (Problem(f"strategies.{key}", "", mend),))

    def matching(self, states: Iterable[str]) -> tuple[Strategy, ...]:
        """Return the strategies whose key holds in these states, the more specific first.

        Service that is due comes before everything else.

        >>> [one.key for one in Playbook.default().matching(["regular", "status_quo"])]
        ['status_quo', 'regular']
        """
        held = {str(state) for state in states}
        found = [one for one in self.strategies if held.issuperset(states_of(one.key))]
        return tuple(sorted(found, key=lambda one: rank(one.key)))

    def with_action(self, action: Action, *keys: str, first: bool = False) -> Self:
        """Return a playbook with one more action.

        Args:
            action: its id must be new, or the action be the one of that id.
            keys: where it belongs, at least one; a key without a strategy gets one.
            first: put it before the other actions of the key.

        Raises:
            InvalidPlaybook: the id is taken, a key names an unknown state, or no key is given.

        >>> from lifecycle_model.playbook import Department
        >>> call = Action("call", Department.SALES, "Call", "Just call.", "purchase_completed")
        >>> Playbook.default().with_action(call, "regular+status_quo").strategy(
        ...     "regular+status_quo"
        ... ).actions == (call,)
        True
        """
        if not keys:
            problem = Problem(f"actions.{action.id}", "", "has no key: say where it belongs")
            raise InvalidPlaybook(self.name, (problem,))
        found = {one.key: one for one in self.strategies}
        for key in map(self._key, keys):
            held = found.get(key, Strategy(key))
            actions = (action, *held.actions) if first else (*held.actions, action)
            found[key] = replace(held, actions=actions)
        return replace(self, strategies=tuple(found.values()))

    def without(self, action_id: str, *keys: str) -> Self:
        """Return a playbook without an action.

        Args:
            action_id: an action that is there.
            keys: where to remove it; everywhere where not given.

        Raises:
            InvalidPlaybook: there is no such action, or its place is left empty.

        >>> playbook = Playbook.default().without("short-survey", "follow_up")
        >>> [action.id for action in playbook.strategy("follow_up").actions]
        ['ask-if-satisfied']
        """
        self.action(action_id)
        chosen = {self.strategy(key).key for key in keys} or {
            one.key for one in self.strategies
        }
        return replace(
            self,
            strategies=tuple(
                replace(one, actions=tuple(act for act in one.actions if act.id != action_id))
                if one.key in chosen
                else one
                for one in self.strategies
            ),
        )

    def replace(self, action: Action) -> Self:
        """Return a playbook in which an action stands in for the one with its id.

        Raises:
            InvalidPlaybook: there is no action of that id.

        >>> import dataclasses
        >>> playbook = Playbook.default()
        >>> short = dataclasses.replace(playbook.action("cross-selling"), title="Cross-sell")
        >>> playbook.replace(short).action("cross-selling").title
        'Cross-sell'
        """
        self.action(action.id)
        return replace(
            self,
            strategies=tuple(
                replace(
                    one,
                    actions=tuple(
                        action if act.id == action.id else act for act in one.actions
                    ),
                )
                for one in self.strategies
            ),
        )

    def with_strategy(self, strategy: Strategy) -> Self:
        """Return a playbook in which a key has this strategy, in place of what it had.

        >>> held = Playbook.default().strategy("development")
        >>> Playbook.default().with_strategy(held) == Playbook.default()
        True
        """
        plain = replace(strategy, key=self._key(strategy.key))
        found = {one.key: one for one in self.strategies}
        return replace(self, strategies=tuple({**found, plain.key: plain}.values()))

    def _key(self, key: str) -> str:
        try:
            return plain_key(key)
        except ValueError as error:
            raise InvalidPlaybook(
                self.name, (Problem(f"strategies.{key}", "", str(error)),)
            ) from error
