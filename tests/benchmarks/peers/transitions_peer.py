"""`transitions`: one machine without a model, events fired on plain subjects."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from transitions import EventData, Machine

from peers.edges import INITIAL, SITUATIONS, Edge, Test
from peers.peer import Step


class Subject:
    """A customer, to this library: an object with a state."""

    __slots__ = ("state",)

    def __init__(self, state: str = INITIAL) -> None:
        self.state = state


def _condition(test: Test) -> Callable[[EventData], bool]:
    return lambda data: test(data.args[0])


class TransitionsPeer:
    """The situation rules as a `transitions.Machine`."""

    package: ClassVar[str] = "transitions"

    def __init__(self, edges: Sequence[Edge]) -> None:
        machine = Machine(
            model=None,
            states=list(SITUATIONS),
            initial=INITIAL,
            transitions=[
                {
                    "trigger": edge.kind,
                    "source": edge.source,
                    "dest": edge.target,
                    "conditions": [_condition(test) for test in edge.guards],
                }
                for edge in edges
            ],
            auto_transitions=False,
            send_event=True,
            ignore_invalid_triggers=True,
        )
        self.events = machine.events

    def subjects(self, count: int) -> list[Subject]:
        """Return fresh customers."""
        return [Subject() for _ in range(count)]

    def drive(self, subjects: Sequence[Subject], histories: Sequence[Sequence[Step]]) -> None:
        """Fire the events."""
        events = self.events
        for subject, history in zip(subjects, histories, strict=True):
            for kind, facts in history:
                events[kind].trigger(subject, facts)

    def situations(self, subjects: Sequence[Subject]) -> list[str]:
        """Return where the customers stand."""
        return [subject.state for subject in subjects]
