"""The SCXML charts in an engine of other people's making."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from statemachine.io.scxml.processor import SCXMLProcessor

from engines import CHUNK_EVENTS, CHUNKS
from export.trails import random_rounds
from lifecycle_model import Axis, Lifecycle
from lifecycle_model.export import diagram

if TYPE_CHECKING:
    from collections.abc import Callable

    from export.trails import Question
    from lifecycle_model.export import Region


def loaded(chart: str) -> SCXMLProcessor:
    """Return the engine with a chart, in which guards cannot run code."""
    processor = SCXMLProcessor(trusted=False)
    processor.parse_scxml("chart", chart)
    return processor


def states_of(machine: Any) -> set[str]:
    """Return the states that the machine is in."""
    return {state.id for state in machine.configuration}


class Running:
    """One machine of a chart, which hears what transitions are taken."""

    def __init__(self, processor: SCXMLProcessor, region: Region) -> None:
        self.taken: list[str] = []
        self.rules: dict[int, str] = {}
        self.initial = region.states[0].name
        self.machine: Any = processor.start(listeners=[self])
        # SCXML names no transition: a chart has them in the order of the rows.
        for state in region.states:
            rows = [
                row for row in region.rows if state.name in row.sources for _ in row.targets
            ]
            ways = self.machine.states_map[state.name].transitions
            for row, way in zip(rows, ways, strict=True):
                assert way.event == row.kind
                self.rules[id(way)] = row.id

    def before_transition(self, transition: Any) -> None:
        """Be told of a transition by the engine."""
        if id(transition) in self.rules:  # it tells of its start too
            self.taken.append(self.rules[id(transition)])

    def restart(self) -> None:
        """Go back to the first state, as a correction does: quicker than a new machine."""
        self.answer("manual_correction", {"given": self.initial})
        assert states_of(self.machine) == {self.initial}

    def answer(self, kind: str, facts: dict[str, Any]) -> tuple[set[str], list[str]]:
        """Send an event; return where the machine is, and the rules of what it did."""
        self.taken = []
        for name, value in facts.items():
            setattr(self.machine.model, name, value)
        self.machine.send(kind)
        return states_of(self.machine), self.taken


class Charts:
    """The charts of a lifecycle in the engine, and their machines that nobody uses."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        drawn = {axis: diagram(lifecycle, axis=axis) for axis in Axis}
        self.regions = {axis: drawn[axis].graph.regions[0] for axis in Axis}
        self.processors = {axis: loaded(drawn[axis].render("scxml")) for axis in Axis}
        self.idle: dict[Axis, list[Running]] = {axis: [] for axis in Axis}

    def begun(self, axis: Axis) -> Running:
        """Return a machine in its first state."""
        if not self.idle[axis]:
            return Running(self.processors[axis], self.regions[axis])
        machine = self.idle[axis].pop()
        machine.restart()
        return machine

    def check(self, questions: list[Question]) -> None:
        """Hold the engine against the kernel over one history."""
        running: dict[tuple[Axis, int], Running] = {}
        for question in questions:
            subject = question["subject"]
            axis = Axis.SITUATION if subject < 0 else Axis.POSITION
            machine = running.get((axis, subject)) or self.begun(axis)
            running[axis, subject] = machine
            states, rules = machine.answer(question["kind"], question["facts"])

            assert states == {question["after"]}, question
            assert rules == ([question["rule"]] if question["rule"] else []), question
        for (axis, _), machine in running.items():
            self.idle[axis].append(machine)


@pytest.mark.bulk
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_charts_agree_with_the_kernel(
    chunk: int, record_property: Callable[[str, object], None]
) -> None:
    """Fed with the facts, the engine goes where the kernel goes, by the same rule."""
    events = 0
    for one in random_rounds(f"scxml-{chunk}"):
        charts = Charts(one.lifecycle)
        for questions in one.histories:
            charts.check(questions)
        events += one.events

    assert events >= CHUNK_EVENTS
    record_property("random events in the SCXML engine", events)


def test_both_axes_are_parallel() -> None:
    """One event reaches both regions."""
    machine: Any = loaded(diagram(Lifecycle()).render("scxml")).start()
    machine.model.standing_purchases = 1

    machine.send("purchase_completed")

    assert {"occasional", "implementation"} <= states_of(machine)
