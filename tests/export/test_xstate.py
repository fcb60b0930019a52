"""The XState charts in XState."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engines import CHUNK_EVENTS, CHUNKS
from export.trails import Question, Round, random_rounds
from lifecycle_model import KINDS, PRESETS, Axis, Lifecycle, Policy
from lifecycle_model.export import diagram
from pages import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGES = Path(os.environ.get("LIFECYCLE_NPM", ROOT / ".venv" / "npm"))
NODE = shutil.which("node")

SCHEMA = os.environ.get("XSTATE_SCHEMA")
"""XState's own schema of charts, `packages/core/src/machine.schema.json` in its repository.

No package carries it, so the usual run of the tests goes without.
"""


def sendable(question: Question) -> Question:
    """Leave facts without a value out: JSON knows no NaN, and `undefined` compares like it."""
    facts = {
        name: value
        for name, value in question["facts"].items()
        if not (isinstance(value, float) and math.isnan(value))
    }
    return {**question, "facts": facts}


def written(one: Round) -> str:
    """Return a round as a line for the script."""
    charts = {
        axis: json.loads(diagram(one.lifecycle, axis=axis).render("xstate")) for axis in Axis
    }
    histories = [list(map(sendable, questions)) for questions in one.histories]
    return json.dumps({"charts": charts, "histories": histories})


@pytest.mark.bulk
@pytest.mark.skipif(
    NODE is None or not (PACKAGES / "node_modules" / "xstate").is_dir(),
    reason="needs Node.js and xstate: make test installs both",
)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_charts_agree_with_the_kernel(
    chunk: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Fed with the facts, XState goes where the kernel goes, by the same rule."""
    rounds = list(random_rounds(f"xstate-{chunk}"))
    file = tmp_path / "rounds.jsonl"
    file.write_text("\n".join(map(written, rounds)), encoding="utf-8")
    script = Path(__file__).with_name("run_xstate.mjs")

    printed = subprocess.run(
        [str(NODE), script, PACKAGES.resolve(), file],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    told = json.loads(printed.stdout)

    assert told["wrong"] == []
    assert told["asked"] == sum(len(one) for each in rounds for one in each.histories)
    events = sum(each.events for each in rounds)
    assert events >= CHUNK_EVENTS
    record_property("random events in XState", events)


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


if SCHEMA:

    @pytest.mark.parametrize("preset", PRESETS)
    @pytest.mark.parametrize("axis", [None, *Axis])
    def test_chart_is_valid_by_the_schema_of_xstate(preset: str, axis: Axis | None) -> None:
        """Under every preset, the charts of both axes and of each."""
        from jsonschema import Draft7Validator

        schema = json.loads(Path(SCHEMA).read_text(encoding="utf-8"))
        chart = diagram(Lifecycle(Policy.preset(preset)), axis=axis).render("xstate")

        assert list(Draft7Validator(schema).iter_errors(json.loads(chart))) == []
