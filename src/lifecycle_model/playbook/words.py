"""The words around the actions: names of states, headings, dates, in one language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lifecycle_model.explain.voice import Voice
from lifecycle_model.playbook.keys import states_of


@dataclass(frozen=True, slots=True)
class Words:
    """What a plan and a playbook need besides the texts of actions and strategies."""

    voice: Voice
    """The language, for its dates."""
    states: Mapping[str, str]
    """The name of every state that a key may hold."""
    goals: Mapping[str, str]
    """What each kind of event and each state with transitions is called as a goal."""
    departments: Mapping[str, str]
    channels: Mapping[str, str]
    """Those that the actions use; another channel is called by its own name."""
    rules: Mapping[str, str]
    """What happens when time fires a rule; another rule is called by its id."""
    holds: Mapping[str, str]
    """Why an action waits."""
    phrases: Mapping[str, str]

    def key(self, key: str) -> str:
        """Return the name of a key.

        >>> from lifecycle_model.playbook import Playbook
        >>> Playbook.default("it").words.key("potential")
        'Cliente potenziale'
        """
        return " + ".join(self.states[state] for state in states_of(key))

    def goal(self, works_towards: str) -> str:
        """Return the name of what an action works towards."""
        return self.goals[works_towards]

    def channel(self, name: str) -> str:
        """Return the name of a channel."""
        return self.channels.get(name, name)

    def rule(self, rule_id: str) -> str:
        """Return what a rule does."""
        return self.rules.get(rule_id, rule_id)

    def day(self, day: date) -> str:
        """Return a date as people write it.

        >>> from lifecycle_model.playbook import Playbook
        >>> Playbook.default("pt").words.day(date(2024, 3, 31))
        '31 de março de 2024'
        """
        return self.voice.day(day)
