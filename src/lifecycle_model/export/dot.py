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
        f'    graph [fontname="{_FONT}", fontsize=16, nodesep=0.6, ranksep=0.9, pad=0.3];',
        f'    node [fontname="{_FONT}", fontsize=14, shape=box, margin="0.25,0.12"];',
        '    node [style="rounded,filled", color="#455a64"];',
        f'    edge [fontname="{_FONT}", fontsize=11, color="#607d8b", fontcolor="#263238"];',
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
    places = [state.name for state in region.states]
    for source, target, labels in region.arrows():
        # Ways back do not push the states apart.
        back = ", constraint=false" if places.index(source) > places.index(target) else ""
        yield f"{source} -> {target} [label={_quoted(chr(10).join(labels))}{back}];"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
