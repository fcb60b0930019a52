"""Mermaid: a state diagram that wikis and Markdown pages draw."""

from collections.abc import Iterator

from lifecycle_model.export.graph import Graph, Region


def render_mermaid(graph: Graph) -> str:
    """Return the graph as a Mermaid state diagram."""
    lines = ["stateDiagram-v2"]
    for region in graph.regions:
        if len(graph.regions) == 1:
            lines += (f"    {line}" for line in _region(region))
        else:
            lines.append(f'    state "{_text(region.label)}" as {region.axis} {{')
            lines += (f"        {line}" for line in _region(region))
            lines.append("    }")
    return "\n".join(lines) + "\n"


def _region(region: Region) -> Iterator[str]:
    for state in region.states:
        count = "" if state.count is None else f" ({state.count:,})"
        yield f'state "{_text(state.label + count)}" as {state.name}'
    yield f"[*] --> {region.states[0].name}"
    for source, target, labels in region.arrows():
        yield f"{source} --> {target}: {'<br/>'.join(map(_text, labels))}"


def _text(label: str) -> str:
    """Write what has a meaning in Mermaid as entity codes."""
    return "".join(f"#{ord(one)};" if one in '#;:"<>{}' else one for one in label)
