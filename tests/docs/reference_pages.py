"""The parts of the pages that the code itself tells: diagrams and tables.

Run as a script it rewrites them in place; `test_generated.py` fails where a page is outdated.
A part stands between `<!-- generated: NAME -->` and `<!-- end -->`; the rest of a page is
written by hand and left alone.
"""

from __future__ import annotations

import ast
import inspect
import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from diagrams import STATES, diagram
from testing_page import number_rows, survivor_rows

from lifecycle_model import (
    DEFAULT_RULES,
    EVENT_TYPES,
    FACTS,
    PRESETS,
    Axis,
    BaseEvent,
    Policy,
    Rule,
    derived,
    events,
    policy,
)
from lifecycle_model.rules.facts import SIGNS_OF_LIFE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import ModuleType

ROOT: Final = Path(__file__).resolve().parent.parent.parent

_PART: Final = re.compile(
    r"(?P<start><!-- generated: (?P<name>[\w-]+) -->\n).*?(?P<end><!-- end -->)", re.DOTALL
)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def code(value: object) -> str:
    """Write a value as code."""
    return f"`{value}`"


def codes(values: Iterable[object], between: str = " ") -> str:
    """Write values as code, one after the other."""
    return between.join(map(code, values))


def field_texts(module: ModuleType) -> dict[tuple[str, str], str]:
    """Return the sentences below the fields of a module's classes."""
    found = {}
    for node in ast.parse(inspect.getsource(module)).body:
        if not isinstance(node, ast.ClassDef):
            continue
        for field, below in zip(node.body, node.body[1:], strict=False):
            if not isinstance(field, ast.AnnAssign) or not isinstance(below, ast.Expr):
                continue
            text = ast.literal_eval(below.value)
            found[node.name, ast.unparse(field.target)] = " ".join(text.split())
    return found


def sources(rule: Rule) -> str:
    """Write where a rule leads from, in as few words as the table allows."""
    states = STATES[rule.axis]
    left = [state for state in states if state not in rule.sources]
    if not left:
        return "any"
    if len(left) == 1:
        return f"all but {code(left[0])}"
    return codes(rule.sources, ", ")


def guards(rule: Rule) -> str:
    """Write the guards of a rule, each with the default of its threshold."""
    parts = []
    for guard in rule.guards:
        default = getattr(Policy(), str(guard.threshold), None)
        parts.append(code(guard) + ("" if default is None else f" ({default})"))
    return "<br>".join(parts)


def target(rule: Rule) -> str:
    """Write where a rule leads to; two words are no states."""
    return f"*{rule.target}*" if rule.target in {"restored", "given"} else code(rule.target)


def rule_table(axis: Axis) -> str:
    """Write the rows of one axis."""
    return table(
        ("rule", "from", "event", "guards, all of them (default)", "to", "source"),
        (
            (
                code(rule.id),
                sources(rule),
                code(rule.kind),
                guards(rule),
                target(rule),
                ", ".join(rule.origin),
            )
            for rule in DEFAULT_RULES
            if rule.axis == axis
        ),
    )


def fact_table() -> str:
    """Write what guards may read."""
    return table(
        ("fact", "unit", "whose", "what it says", "only on"),
        (
            (
                code(fact.name),
                fact.unit.replace("_", " or "),
                fact.scope,
                fact.text,
                codes(fact.kinds if fact.scope == "event" else (), ", "),
            )
            for fact in FACTS.values()
        ),
    )


def common_fields() -> str:
    """Write the fields that every event has."""
    texts = field_texts(events)
    return table(
        ("field", "default", "what it says"),
        (
            (code(name), _default(field), texts["BaseEvent", name])
            for name, field in BaseEvent.model_fields.items()
        ),
    )


def event_table() -> str:
    """Write every kind, with its class and its sentence."""
    return table(
        ("kind", "class", "what it says", "sign of life"),
        (
            (
                f"[{code(kind)}](#{kind})",
                code(cls.__name__),
                _sentence(cls),
                "yes" if kind in SIGNS_OF_LIFE else "",
            )
            for kind, cls in _kinds()
        ),
    )


def event_sections() -> str:
    """Write one section for each kind: its own fields and the rules that it tries."""
    return "\n".join(_event_section(kind, cls) for kind, cls in _kinds())


def _event_section(kind: str, cls: type[BaseEvent]) -> str:
    texts = field_texts(events)
    own = {
        name: field
        for name, field in cls.model_fields.items()
        if name not in BaseEvent.model_fields and name != "kind"
    }
    fields = table(
        ("field", "type", "default", "what it says"),
        (
            (
                code(name),
                _type(cls, name),
                _default(field),
                texts.get((cls.__name__, name), ""),
            )
            for name, field in own.items()
        ),
    )
    ids = {
        axis: [rule.id for rule in DEFAULT_RULES if (rule.axis, rule.kind) == (axis, kind)]
        for axis in Axis
    }
    rules = "\n".join(
        f"Rules of the {axis}: {codes(names, ', ')}.\n" for axis, names in ids.items() if names
    )
    return "\n".join(
        [
            f"### `{kind}` {{ #{kind} }}\n",
            f"{_sentence(cls)}\n",
            fields if own else "It has no fields of its own.\n",
            rules or "No rule reads it; its facts are kept.\n",
        ]
    )


def threshold_table() -> str:
    """Write every field of the policy, with the rules that read it."""
    texts = field_texts(policy)
    return table(
        ("field", "default", "what it says", "read by"),
        (
            (
                code(name),
                _value(value),
                texts["Policy", name],
                codes(_readers(name), ", "),
            )
            for name, value in Policy()
        ),
    )


def preset_table() -> str:
    """Write the fields in which presets differ from the default."""
    presets = [Policy.preset(name) for name in PRESETS]
    default = presets[0]
    names = [
        name
        for name in Policy.model_fields
        if name != "name" and len({getattr(one, name) for one in presets}) > 1
    ]
    return table(
        ("field", *(code(one.name) for one in presets)),
        (
            (
                code(name),
                *(
                    _value(getattr(one, name))
                    if one is default or getattr(one, name) != getattr(default, name)
                    else ""
                    for one in presets
                ),
            )
            for name in names
        ),
    )


def condition_table() -> str:
    """Write what the derived values ask."""
    return table(
        ("condition", "it holds where"),
        ((code(name), text) for name, text in derived.CONDITIONS.items()),
    )


def line_table(lines: Sequence[tuple[object, tuple[str, ...]]]) -> str:
    """Write a decision table; neighbours with one value share a line."""
    rows: list[tuple[str, list[str]]] = []
    for value, needed in lines:
        asked = " and ".join(map(code, needed)) or "always"
        if rows and rows[-1][0] == value:
            rows[-1][1].append(asked)
        else:
            rows.append((str(value), [asked]))
    return table(
        ("line", "value", "where"),
        (
            (str(place), code(value), "; or ".join(asked))
            for place, (value, asked) in enumerate(rows, start=1)
        ),
    )


def _kinds() -> list[tuple[str, type[BaseEvent]]]:
    return [(cls.model_fields["kind"].default, cls) for cls in EVENT_TYPES]


def _sentence(cls: type[BaseEvent]) -> str:
    return (inspect.getdoc(cls) or "").splitlines()[0]


def _type(cls: type[BaseEvent], name: str) -> str:
    plain = {"Id": "str, not empty", "Day": "date", "Money": "Decimal", "Score": "int, 0 to 10"}
    tree = ast.parse(inspect.getsource(cls)).body[0]
    assert isinstance(tree, ast.ClassDef)
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name:
            first, *rest = ast.unparse(node.annotation).split(" | ")
            return " or ".join([plain.get(first, first), *rest])
    raise KeyError(name)


def _default(field: object) -> str:
    required = field.is_required()  # type: ignore[attr-defined]
    return "needed" if required else _value(field.default)  # type: ignore[attr-defined]


def _value(value: object) -> str:
    if isinstance(value, frozenset):
        return codes(sorted(value), ", ")
    if isinstance(value, Decimal):
        return code(value)
    return code(value) if isinstance(value, bool | int | None) else code(repr(value))


def _readers(threshold: str) -> list[str]:
    return [
        rule.id
        for rule in DEFAULT_RULES
        if any(guard.threshold == threshold for guard in rule.guards)
    ]


def parts() -> dict[str, str]:
    """Return every generated part by name."""
    return {
        "situation-diagram": diagram(Axis.SITUATION),
        "position-diagram": diagram(Axis.POSITION),
        "situation-rules": rule_table(Axis.SITUATION),
        "position-rules": rule_table(Axis.POSITION),
        "facts": fact_table(),
        "common-fields": common_fields(),
        "kinds": event_table(),
        "kinds-in-full": event_sections(),
        "thresholds": threshold_table(),
        "presets": preset_table(),
        "conditions": condition_table(),
        "stage": line_table(derived.STAGE_LINES),
        "funnel-group": line_table(derived.FUNNEL_LINES),
        "sales-step": line_table(derived.SALES_LINES),
        "service-state": line_table(derived.SERVICE_LINES),
        "test-numbers": table(("what", "how many", "printed by"), number_rows()),
        "survivors": table(
            ("how many", "what was changed", "why no test can tell"), survivor_rows()
        ),
    }


def names_in(text: str) -> list[str]:
    """Return the names of the generated parts of a page."""
    return [part["name"] for part in _PART.finditer(text)]


def renewed(text: str) -> str:
    """Return a page with its generated parts as the code tells them now."""
    known = parts()

    def fill(part: re.Match[str]) -> str:
        return f"{part['start']}\n{known[part['name']]}\n{part['end']}"

    return _PART.sub(fill, text)


def main() -> None:
    """Rewrite the generated parts of all pages."""
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        text = page.read_text(encoding="utf-8")
        if (new := renewed(text)) != text:
            page.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
