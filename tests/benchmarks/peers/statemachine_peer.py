"""python-statemachine: one class made from the table, one instance a customer."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from statemachine import State, StateMachine

from peers.edges import INITIAL, SITUATIONS, Edge, Facts, Test
from peers.peer import Step


def _condition(tests: tuple[Test, ...]) -> Callable[[Facts], bool]:
    """Return one condition for all guards of a row; the library passes `facts` by its name."""

    def condition(facts: Facts) -> bool:
        return all(test(facts) for test in tests)

    return condition


class StateMachinePeer:
    """The situation rules as a `statemachine.StateMachine`."""

    package: ClassVar[str] = "python-statemachine"

    def __init__(self, edges: Sequence[Edge]) -> None:
        states = {name: State(name, initial=name == INITIAL) for name in SITUATIONS}
        events: dict[str, Any] = {}
        for edge in edges:
            conditions = _condition(edge.guards) if edge.guards else None
            path = states[edge.source].to(states[edge.target], cond=conditions)
            events[edge.kind] = events[edge.kind] | path if edge.kind in events else path
        members = {"allow_event_without_transition": True, **states, **events}
        self.machine: type[Any] = type("Situations", (StateMachine,), members)

    def subjects(self, count: int) -> list[Any]:
        """Return fresh customers."""
        return [self.machine() for _ in range(count)]

    def drive(self, subjects: Sequence[Any], histories: Sequence[Sequence[Step]]) -> None:
        """Send the events."""
        for subject, history in zip(subjects, histories, strict=True):
            for kind, facts in history:
                subject.send(kind, facts=facts)

    def situations(self, subjects: Sequence[Any]) -> list[str]:
        """Return where the customers stand."""
        return [next(iter(subject.configuration)).id for subject in subjects]
