"""sismic: one statechart, one interpreter a customer.

sismic keeps its guards as source text. The text here names a guard made from the table, found
in the interpreter's context; the order of the rows becomes their priority.
"""

from collections.abc import Sequence
from typing import ClassVar

from sismic.interpreter import Interpreter
from sismic.model import BasicState, CompoundState, Event, Statechart, Transition

from peers.edges import INITIAL, SITUATIONS, Edge, Test
from peers.peer import Step


class SismicPeer:
    """The situation rules as a sismic `Statechart`."""

    package: ClassVar[str] = "sismic"

    def __init__(self, edges: Sequence[Edge]) -> None:
        self.guards: dict[str, Test] = {}
        self.chart = Statechart("situations")
        self.chart.add_state(CompoundState("customer", initial=INITIAL), None)
        for name in SITUATIONS:
            self.chart.add_state(BasicState(name), "customer")
        for place, edge in enumerate(edges):
            self.chart.add_transition(
                Transition(
                    edge.source,
                    edge.target,
                    event=edge.kind,
                    guard=self._guard(edge.guards),
                    priority=len(edges) - place,
                )
            )

    def _guard(self, tests: tuple[Test, ...]) -> str | None:
        names = [f"guard_{len(self.guards) + number}" for number in range(len(tests))]
        self.guards.update(zip(names, tests, strict=True))
        return " and ".join(f"{name}(event.facts)" for name in names) or None

    def subjects(self, count: int) -> list[Interpreter]:
        """Return fresh customers, started."""
        interpreters = [
            Interpreter(self.chart, initial_context=self.guards) for _ in range(count)
        ]
        for interpreter in interpreters:
            interpreter.execute()
        return interpreters

    def drive(
        self, subjects: Sequence[Interpreter], histories: Sequence[Sequence[Step]]
    ) -> None:
        """Queue each event and run one macro step."""
        for subject, history in zip(subjects, histories, strict=True):
            for kind, facts in history:
                subject.queue(Event(kind, facts=facts))
                subject.execute_once()

    def situations(self, subjects: Sequence[Interpreter]) -> list[str]:
        """Return where the customers stand."""
        return [subject.configuration[-1] for subject in subjects]
