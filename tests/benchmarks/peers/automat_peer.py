"""automat: every pair of state and input declared, the guards outside.

automat has no guards. So its driver asks the guards in the order of the rows and gives the
machine the input they chose: the situation to go to, or that the event was refused. That is
less than the other peers do inside their machines. More inputs, one for each kind, would be
slower: automat looks a transition up by going through all of them.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final, Protocol

from automat import TypeMachineBuilder

from peers.edges import INITIAL, SITUATIONS, Edge, Test
from peers.peer import Step

_INPUTS: Final = {name: f"to_{name}" for name in SITUATIONS}


class Core:
    """A customer, to this library: what the outputs write to."""

    __slots__ = ("machine", "state")

    def __init__(self) -> None:
        self.state = INITIAL
        self.machine: Any = None


Choice = tuple[tuple[Test, ...], str]
"""The guards of a row and the input that it chooses."""


class AutomatPeer:
    """The situation rules as an automat `TypeMachine`."""

    package: ClassVar[str] = "automat"

    def __init__(self, edges: Sequence[Edge]) -> None:
        self.choices: dict[tuple[str, str], list[Choice]] = {}
        for edge in edges:
            choice = edge.guards, _INPUTS[edge.target]
            self.choices.setdefault((edge.source, edge.kind), []).append(choice)
        self.factory = _build({(edge.source, edge.target) for edge in edges})

    def subjects(self, count: int) -> list[Core]:
        """Return fresh customers."""
        cores = [Core() for _ in range(count)]
        for core in cores:
            core.machine = self.factory(core)
        return cores

    def drive(self, subjects: Sequence[Core], histories: Sequence[Sequence[Step]]) -> None:
        """Ask the guards, then give the input."""
        choices = self.choices
        for core, history in zip(subjects, histories, strict=True):
            machine = core.machine
            for kind, facts in history:
                for guards, chosen in choices.get((core.state, kind), ()):
                    if all(test(facts) for test in guards):
                        getattr(machine, chosen)()
                        break
                else:
                    machine.refuse()

    def situations(self, subjects: Sequence[Core]) -> list[str]:
        """Return where the customers stand."""
        return [core.state for core in subjects]


def _build(pairs: set[tuple[str, str]]) -> Callable[[Core], Any]:
    """Build the machine; a pair of state and input without a row is a loop."""
    methods = {name: _declared(name) for name in (*_INPUTS.values(), "refuse")}
    inputs = type("Inputs", (Protocol,), {**methods, "__module__": __name__})
    builder: Any = TypeMachineBuilder(inputs, Core)
    states = {name: builder.state(name) for name in SITUATIONS}
    for source, state in states.items():
        state.upon(methods["refuse"]).loop().returns(None)
        for target, name in _INPUTS.items():
            path = state.upon(methods[name])
            if (source, target) in pairs:
                path.to(states[target])(_entering(name, target))
            else:
                path.loop().returns(None)
    return builder.build()  # type: ignore[no-any-return]


def _declared(name: str) -> Callable[[Any], None]:
    def method(self: Any) -> None:  # noqa: ANN401 - a protocol made while the program runs
        """Declare an input."""

    method.__name__ = method.__qualname__ = name
    return method


def _entering(name: str, target: str) -> Callable[[Any, Core], None]:
    def enter(_: Any, core: Core) -> None:  # noqa: ANN401 - the same
        core.state = target

    enter.__name__ = name
    return enter
