"""The SCXML charts in an engine of other people's making."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
from statemachine.io.scxml.processor import SCXMLProcessor

from engines import CHUNK_EVENTS, CHUNKS
from export.trails import random_rounds
from lifecycle_model import Axis, Lifecycle
from lifecycle_model.export import diagram

if TYPE_CHECKING:
    from export.trails import Question, Round


def started(chart: str, listener: Any = None) -> Any:
    """Return a running machine whose guards cannot run code."""
    processor = SCXMLProcessor(trusted=False)
    processor.parse_scxml("chart", chart)
    return processor.start(listeners=[listener] if listener else None)


def states_of(machine: Any) -> set[str]:
    """Return the states that the machine is in."""
    return {state.id for state in machine.configuration}


class Running:
    """One chart that runs, and hears which of its transitions are taken."""

    def __init__(self, lifecycle: Lifecycle, axis: Axis) -> None:
        drawn = diagram(lifecycle, axis=axis)
        (region,) = drawn.graph.regions
        self.machine = started(drawn.render("scxml"), self)
        self.initial = region.states[0].name
        self.taken: list[str] = []
        # SCXML names no transition: a chart has them in the order of the rows.
        self.rules: dict[int, str] = {}
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


def check_round(one: Round) -> int:
    """Hold the engine against the kernel; return how many events it was sent."""
    idle: dict[Axis, list[Running]] = defaultdict(list)
    sent = 0
    for questions in one.histories:
        running: dict[int, Running] = {}
        for question in questions:
            subject = question["subject"]
            if subject not in running:
                running[subject] = begun(one.lifecycle, idle, subject)
            check_question(running[subject], question)
        for subject, machine in running.items():
            idle[axis_of(subject)].append(machine)
        sent += len(questions)
    return sent


def axis_of(subject: int) -> Axis:
    """Return the axis of a subject: opportunities have numbers from 0 on."""
    return Axis.SITUATION if subject < 0 else Axis.POSITION


def begun(lifecycle: Lifecycle, idle: dict[Axis, list[Running]], subject: int) -> Running:
    """Return a machine in its first state."""
    axis = axis_of(subject)
    if not idle[axis]:
        return Running(lifecycle, axis)
    machine = idle[axis].pop()
    machine.restart()
    return machine


def check_question(machine: Running, question: Question) -> None:
    """Hold one answer against that of the kernel."""
    states, rules = machine.answer(question["kind"], question["facts"])

    assert states == {question["after"]}, question
    assert rules == [question["rule"]] * (question["rule"] is not None), question


@pytest.mark.untraced
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_charts_agree_with_the_kernel(chunk: int) -> None:
    """Fed with the facts, the engine goes where the kernel goes, by the same rule."""
    events = sent = 0
    for one in random_rounds(f"scxml-{chunk}"):
        events += one.events
        sent += check_round(one)

    assert events >= CHUNK_EVENTS
    assert sent > events


def test_both_axes_are_parallel() -> None:
    """One event reaches both regions."""
    machine = started(diagram(Lifecycle()).render("scxml"))
    machine.model.standing_purchases = 1

    machine.send("purchase_completed")

    assert {"occasional", "implementation"} <= states_of(machine)
