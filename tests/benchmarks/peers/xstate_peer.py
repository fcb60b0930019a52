"""xstate-statemachine: one machine from a configuration, one interpreter a customer."""

import logging
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from xstate_statemachine import MachineLogic, SyncInterpreter, create_machine

from peers.edges import INITIAL, SITUATIONS, Edge, Test
from peers.peer import Step


def _guard(tests: tuple[Test, ...]) -> Callable[[Any, Any], bool]:
    return lambda _, event: all(test(event.payload["facts"]) for test in tests)


class XStatePeer:
    """The situation rules as an XState machine."""

    package: ClassVar[str] = "xstate-statemachine"

    def __init__(self, edges: Sequence[Edge]) -> None:
        # Its messages are switched off, so that none is paid for.
        logging.getLogger("xstate_statemachine").setLevel(logging.ERROR)
        guards: dict[str, Callable[[Any, Any], bool]] = {}
        states: dict[str, dict[str, Any]] = {name: {"on": {}} for name in SITUATIONS}
        for edge in edges:
            path = {"target": f"#situations.{edge.target}"}
            if edge.guards:
                path["guard"] = f"guard_{len(guards)}"
                guards[path["guard"]] = _guard(edge.guards)
            states[edge.source]["on"].setdefault(edge.kind, []).append(path)
        config = {"id": "situations", "initial": INITIAL, "context": {}, "states": states}
        self.machine = create_machine(config, logic=MachineLogic(guards=guards))

    def subjects(self, count: int) -> list[Any]:
        """Return fresh customers, started."""
        return [SyncInterpreter(self.machine).start() for _ in range(count)]

    def drive(self, subjects: Sequence[Any], histories: Sequence[Sequence[Step]]) -> None:
        """Send the events."""
        for subject, history in zip(subjects, histories, strict=True):
            for kind, facts in history:
                subject.send(kind, facts=facts)

    def situations(self, subjects: Sequence[Any]) -> list[str]:
        """Return where the customers stand."""
        return [
            next(iter(subject.current_state_ids)).removeprefix("situations.")
            for subject in subjects
        ]
