"""SCXML: a chart that other engines run.

Events are the kinds; guards read the facts by their names, as numbers, and NaN where a fact has
no value. `given` is the state that a correction names, `restores_to` the one before a
dissatisfaction.
"""

from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from lifecycle_model.export.graph import Condition, Graph, Region, Row, Target

NAMESPACE = "http://www.w3.org/2005/07/scxml"


def render_scxml(graph: Graph) -> str:
    """Return the graph as an SCXML document; two axes are parallel regions."""
    regions = graph.regions
    is_single = len(regions) == 1
    initial = regions[0].states[0].name if is_single else "customer"
    name = regions[0].axis if is_single else "customer"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<scxml xmlns="{NAMESPACE}" version="1.0"',
        f'       datamodel="ecmascript" name="{name}" initial="{initial}">',
        "  <datamodel>",
        *(f"    <data id={quoteattr(fact)}/>" for fact in _facts(graph)),
        "  </datamodel>",
    ]
    if is_single:
        lines += _states(regions[0], "  ")
    else:
        lines.append('  <parallel id="customer">')
        for region in regions:
            lines.append(f'    <state id="{region.axis}" initial="{region.states[0].name}">')
            lines += _states(region, "      ")
            lines.append("    </state>")
        lines.append("  </parallel>")
    return "\n".join([*lines, "</scxml>"]) + "\n"


def _facts(graph: Graph) -> list[str]:
    return sorted(
        {
            one.fact
            for region in graph.regions
            for row in region.rows
            for target in row.targets
            for one in (*row.guards, *([target.choice] if target.choice else []))
        }
    )


def _states(region: Region, indent: str) -> Iterator[str]:
    for state in region.states:
        yield f'{indent}<state id="{state.name}">'
        for row in region.rows:
            if state.name in row.sources:
                for target in row.targets:
                    yield f"{indent}  {_transition(state.name, row, target)}"
        yield f"{indent}</state>"


def _transition(source: str, row: Row, target: Target) -> str:
    asked = [_expression(one) for one in (target.choice, *row.guards) if one is not None]
    condition = f" cond={quoteattr(' && '.join(asked))}" if asked else ""
    # Without a target the chart stays where it is.
    leads = "" if target.state == source else f' target="{target.state}"'
    return f'<transition event="{row.kind}"{condition}{leads}/>'


def _expression(condition: Condition) -> str:
    threshold = condition.threshold
    value = f"'{threshold}'" if isinstance(threshold, str) else f"{threshold:f}"
    if isinstance(threshold, int):
        value = str(threshold)
    return f"{condition.fact} {condition.operator} {value}"
