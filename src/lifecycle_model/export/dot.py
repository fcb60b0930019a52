"""DOT: the language of Graphviz."""

from collections.abc import Iterator
from typing import Final

from lifecycle_model.export.graph import Graph, Region

# Sober, and dark on light enough to be read by everybody.
_FILLS: Final = {
    "non_customer": "#eceff1",
    "potential": "#fff3c4",
    "occasional": "#d7ecd9",
    "regular": "#b5ddba",
    "preferred": "#8fcb98",
    "dissatisfied": "#f6cfc9",
    "status_quo": "#eceff1",
    "implementation": "#b5ddba",
}
_FILL: Final = "#dbe7f5"
_FONT: Final = "Helvetica,Arial,sans-serif"


def render_dot(graph: Graph) -> str:
    """Return the graph in DOT."""
    lines = [
        "digraph lifecycle {",
        f'    graph [fontname="{_FONT}", fontsize=16, nodesep=0.3, ranksep=0.45, pad=0.3];',
        f'    node [fontname="{_FONT}", fontsize=14, shape=box, margin="0.25,0.12"];',
        '    node [style="rounded,filled", color="#455a64"];',
        '    edge [color="#607d8b"];',
    ]
    for region in graph.regions:
        lines.append(f"    subgraph cluster_{region.axis} {{")
        lines += (f"        {line}" for line in _region(region))
        lines.append("    }")
    return "\n".join([*lines, "}"]) + "\n"


def _region(region: Region) -> Iterator[str]:
    yield f'label={_quoted(region.label)}; color="#b0bec5"; style=rounded; margin=18;'
    for state in region.states:
        label = state.label if state.count is None else f"{state.label}\n{state.count:,}"
        fill = _FILLS.get(state.name, _FILL)
        yield f'{state.name} [label={_quoted(label)}, fillcolor="{fill}"];'
    places = {state.name: place for place, state in enumerate(region.states)}
    for number, (sources, targets, labels) in enumerate(region.bundles()):
        # The rules stand in a node of their own: so it is clear which arrow is theirs.
        name = f"{region.axis}_{number}"
        text = _quoted("\n".join(labels))
        yield f'{name} [label={text}, shape=plain, style="", fontsize=11];'
        highest = min(places[target] for target in targets)
        is_forward = any(places[source] < highest for source in sources)
        for target in targets:
            yield f"{name} -> {target};" if is_forward else f"{target} -> {name} [dir=back];"
        for source in sources:
            is_above = places[source] < highest
            way = f"{source} -> {name}" if is_above else f"{name} -> {source}"
            yield f"{way} [dir=none];"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
