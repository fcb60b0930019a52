"""The XState charts in XState."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from export.trails import Question, random_trail
from lifecycle_model import KINDS, Lifecycle
from lifecycle_model.export import diagram
from pages import ROOT

HISTORIES = int(os.environ.get("XSTATE_HISTORIES", "100"))
PACKAGES = Path(os.environ.get("LIFECYCLE_NPM", ROOT / ".venv" / "npm"))
NODE = shutil.which("node")


def sendable(question: Question) -> Question:
    """Leave facts without a value out: JSON knows no NaN, and `undefined` compares like it."""
    facts = {
        name: value
        for name, value in question["facts"].items()
        if not (isinstance(value, float) and math.isnan(value))
    }
    return {**question, "facts": facts}


@pytest.mark.untraced
@pytest.mark.skipif(
    NODE is None or not (PACKAGES / "node_modules" / "xstate").is_dir(),
    reason="needs Node.js and xstate: make test installs both",
)
def test_charts_agree_with_the_kernel(tmp_path: Path) -> None:
    """Fed with the facts, XState goes where the kernel goes, on both axes."""
    cases = []
    for number in range(HISTORIES):
        lifecycle, questions = random_trail(f"xstate-{number}")
        charts = {
            axis: json.loads(diagram(lifecycle, axis=axis).render("xstate"))
            for axis in ("situation", "position")
        }
        cases.append({"charts": charts, "questions": list(map(sendable, questions))})
    file = tmp_path / "cases.json"
    file.write_text(json.dumps(cases), encoding="utf-8")
    script = Path(__file__).with_name("run_xstate.mjs")

    printed = subprocess.run(
        [str(NODE), script, PACKAGES.resolve(), file],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    told = json.loads(printed.stdout)

    assert told["wrong"] == []
    assert told["asked"] > 15 * HISTORIES


@pytest.mark.parametrize("axis", [None, "situation", "position"])
def test_every_target_exists(axis: str | None) -> None:
    """Ids are unique, each target is one of them, and each event is a kind."""
    chart = json.loads(diagram(Lifecycle(), axis=axis).render("xstate"))
    regions = chart["states"].values() if axis is None else [chart]
    states = [state for region in regions for state in region["states"].values()]
    ids = {state["id"] for state in states}
    ways = [way for state in states for row in state["on"].values() for way in row]

    assert len(ids) == len(states)
    assert {target[1:] for way in ways for target in way["target"]} == ids
    assert {way["eventType"] for way in ways} <= set(KINDS)
