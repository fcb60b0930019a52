"""The XState charts in XState."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from pydantic import TypeAdapter
from typing_extensions import TypedDict

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


class Way(TypedDict):
    """What that schema asks of a transition."""

    actions: list[Any]
    eventType: str
    source: str
    target: list[str]


class Atomic(TypedDict):
    """What it asks of a state that holds no other."""

    id: str
    key: str
    type: Literal["atomic"]
    on: dict[str, list[Way]]


class Compound(TypedDict):
    """What it asks of one axis."""

    id: str
    key: str
    type: Literal["compound"]
    initial: str
    states: dict[str, Atomic]


class Parallel(TypedDict):
    """What it asks of both axes."""

    id: str
    key: str
    type: Literal["parallel"]
    states: dict[str, Compound]


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


needs_xstate = pytest.mark.skipif(
    NODE is None or not (PACKAGES / "node_modules" / "xstate").is_dir(),
    reason="needs Node.js and xstate: make test installs both",
)


def told_by(script: str, file: Path) -> Any:
    """Return what a script beside this file prints."""
    printed = subprocess.run(
        [str(NODE), Path(__file__).with_name(script), PACKAGES.resolve(), file],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    return json.loads(printed.stdout)


@pytest.mark.bulk
@needs_xstate
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_charts_agree_with_the_kernel(
    chunk: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Fed with the facts, XState goes where the kernel goes, by the same rule."""
    rounds = list(random_rounds(f"xstate-{chunk}"))
    file = tmp_path / "rounds.jsonl"
    file.write_text("\n".join(map(written, rounds)), encoding="utf-8")

    told = told_by("run_xstate.mjs", file)

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


def said_otherwise(ours: Any, theirs: Any, place: str = "") -> list[str]:
    """Return the places of a chart that are not, or not the same, where XState wrote it."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return [
            found
            for key, value in ours.items()
            for found in said_otherwise(value, theirs.get(key), f"{place}/{key}")
        ]
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return [
            found
            for number, (one, other) in enumerate(zip(ours, theirs, strict=True))
            for found in said_otherwise(one, other, f"{place}/{number}")
        ]
    if isinstance(theirs, dict) and place.endswith("/initial"):  # it names a state as a target
        (target,) = theirs["target"]
        theirs = target.rsplit(".", 1)[-1]
    return [] if ours == theirs else [place]


@needs_xstate
@pytest.mark.parametrize("axis", [None, *Axis])
def test_xstate_writes_what_the_chart_says(axis: Axis | None, tmp_path: Path) -> None:
    """Nothing of the chart is lost on XState or means something else to it."""
    models = [Lifecycle(Policy.preset(preset)) for preset in PRESETS]
    charts = [json.loads(diagram(model, axis=axis).render("xstate")) for model in models]
    file = tmp_path / "charts.json"
    file.write_text(json.dumps(charts), encoding="utf-8")

    assert said_otherwise(charts, told_by("write_xstate.mjs", file)) == []


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("axis", [None, *Axis])
def test_chart_has_what_the_schema_of_xstate_asks(preset: str, axis: Axis | None) -> None:
    """Every member that must be there is, and is of its type."""
    chart = diagram(Lifecycle(Policy.preset(preset)), axis=axis).render("xstate")

    TypeAdapter(Compound if axis else Parallel).validate_json(chart, strict=True)


if SCHEMA:

    @pytest.mark.parametrize("preset", PRESETS)
    @pytest.mark.parametrize("axis", [None, *Axis])
    def test_chart_is_valid_by_the_schema_of_xstate(preset: str, axis: Axis | None) -> None:
        """Under every preset, the charts of both axes and of each."""
        from jsonschema import Draft7Validator

        schema = json.loads(Path(SCHEMA).read_text(encoding="utf-8"))
        chart = diagram(Lifecycle(Policy.preset(preset)), axis=axis).render("xstate")

        assert list(Draft7Validator(schema).iter_errors(json.loads(chart))) == []
