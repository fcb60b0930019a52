"""The rule table as `transitions` machines, one for each axis, without a model.

`transitions` decides here: it tries the rows of a state and an event in their order, and calls
guards that were made from the table's guards and read the kernel's numbers. The machines know
no object; an event is fired on a plain subject that lives as long as the question.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol, cast

from transitions import EventData, Machine

from lifecycle_model.encode import POSITIONS, SITUATIONS
from lifecycle_model.kernel.program import Program
from lifecycle_model.rules import GIVEN, RESTORED, Rule
from lifecycle_model.rules.targets import STATES, targets_of
from lifecycle_model.states import Axis

_PLACES = {
    Axis.SITUATION: {str(state): place for place, state in enumerate(SITUATIONS)},
    Axis.POSITION: {str(state): place for place, state in enumerate(POSITIONS)},
}


class Subject(Protocol):
    """What an event is fired on: it has a `state`, which `transitions` reads and sets."""

    state: str
    given: int
    """The place of the state that a correction names."""

    def fact(self, fact: int, target: int) -> int:
        """Return the kernel's number of a fact."""
        ...

    def restored(self) -> int:
        """Return the place of the situation that ends the dissatisfaction."""
        ...

    def fires(self, row: int, target: int) -> None:
        """Take note of the row that fires, before the state changes."""

    def fired(self) -> None:
        """Take note that the row has fired, after the state changed."""


def _subject(data: EventData) -> Subject:
    return cast("Subject", data.model)


@dataclass(frozen=True, slots=True)
class GuardHolds:
    """One guard of one row as a condition: the fact lies in the guard's interval."""

    fact: int
    low: int
    high: int
    target: int
    """The place of the state that the row leads to."""

    def __call__(self, data: EventData) -> bool:
        """Judge the subject's fact."""
        return self.low <= _subject(data).fact(self.fact, self.target) <= self.high


@dataclass(frozen=True, slots=True)
class GivenIs:
    """The condition that a correction names this state."""

    target: int

    def __call__(self, data: EventData) -> bool:
        """Compare with what the event names."""
        return _subject(data).given == self.target


@dataclass(frozen=True, slots=True)
class RestoresTo:
    """The condition that the dissatisfaction ends in this situation."""

    target: int

    def __call__(self, data: EventData) -> bool:
        """Compare with the situation that the customer held before."""
        return _subject(data).restored() == self.target


@dataclass(frozen=True, slots=True)
class Fires:
    """Tells the subject which row fires."""

    row: int
    target: int

    def __call__(self, data: EventData) -> None:
        """Tell it before the state changes."""
        _subject(data).fires(self.row, self.target)


def tell_fired(data: EventData) -> None:
    """Tell the subject that its row has fired."""
    _subject(data).fired()


def build_machines(program: Program) -> Mapping[Axis, Machine]:
    """Return one machine for each axis, built from the rows of a compiled table."""
    return MappingProxyType({axis: _machine(program, axis) for axis in Axis})


def _machine(program: Program, axis: Axis) -> Machine:
    return Machine(
        model=None,
        states=[str(state) for state in STATES[axis]],
        initial=None,
        transitions=[
            transition
            for row, rule in enumerate(program.rules)
            if rule.axis == axis
            for transition in _transitions(program, row, rule)
        ],
        auto_transitions=False,
        send_event=True,
        ignore_invalid_triggers=True,
        after_state_change=tell_fired,
        name=str(axis),
    )


def _transitions(program: Program, row: int, rule: Rule) -> Iterator[dict[str, Any]]:
    """Yield the row once for each source and each state that it may lead to."""
    places = _PLACES[rule.axis]
    targets = list(places) if rule.target == GIVEN else [*map(str, targets_of(rule))]
    first, end = program.guard_start[row], program.guard_start[row + 1]
    for source in map(str, rule.sources):
        for target in targets:
            place = places[target]
            conditions: list[object] = []
            if rule.target == GIVEN:
                conditions.append(GivenIs(place))
            elif rule.target == RESTORED:
                conditions.append(RestoresTo(place))
            conditions += [
                GuardHolds(
                    program.guard_fact[guard],
                    program.guard_low[guard],
                    program.guard_high[guard],
                    place,
                )
                for guard in range(first, end)
            ]
            yield {
                "trigger": rule.kind,
                "source": source,
                # A row that leads where the subject is changes no state.
                "dest": None if target == source else target,
                "conditions": conditions,
                "before": Fires(row, place),
            }
