"""The SCXML charts in an engine of other people's making."""

from __future__ import annotations

import os
from typing import Any

import pytest
from statemachine.io.scxml.processor import SCXMLProcessor

from export.trails import random_trail
from lifecycle_model import Lifecycle
from lifecycle_model.export import diagram

HISTORIES = int(os.environ.get("SCXML_HISTORIES", "12"))


def started(chart: str) -> Any:
    """Return a running machine whose guards cannot run code."""
    processor = SCXMLProcessor(trusted=False)
    processor.parse_scxml("chart", chart)
    return processor.start()


def states_of(machine: Any) -> set[str]:
    """Return the states that the machine is in."""
    return {state.id for state in machine.configuration}


@pytest.mark.parametrize("number", range(HISTORIES))
def test_chart_agrees_with_the_kernel(number: int) -> None:
    """Fed with the facts, the engine goes where the kernel goes, on both axes."""
    lifecycle, questions = random_trail(f"scxml-{number}")
    charts = {
        axis: diagram(lifecycle, axis=axis).render("scxml")
        for axis in ("situation", "position")
    }
    machines: dict[int, Any] = {}
    for question in questions:
        subject = question["subject"]
        if subject not in machines:
            machines[subject] = started(charts["situation" if subject < 0 else "position"])
        machine = machines[subject]
        for name, value in question["facts"].items():
            setattr(machine.model, name, value)

        machine.send(question["kind"])

        assert states_of(machine) == {question["after"]}, question


def test_both_axes_are_parallel() -> None:
    """One event reaches both regions."""
    machine = started(diagram(Lifecycle()).render("scxml"))
    machine.model.standing_purchases = 1

    machine.send("purchase_completed")

    assert {"occasional", "implementation"} <= states_of(machine)
