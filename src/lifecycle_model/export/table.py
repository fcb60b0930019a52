"""A Markdown table of every row, with its guards."""

from collections.abc import Iterator

from lifecycle_model.export.graph import Graph, Region, Row


def render_table(graph: Graph) -> str:
    """Return the rows of every axis as Markdown tables."""
    return "\n".join(line for region in graph.regions for line in _region(graph, region))


def _region(graph: Graph, region: Region) -> Iterator[str]:
    word = graph.labels.word
    yield f"### {region.label}"
    yield ""
    if region.states[0].count is not None:
        yield f"| {region.label} | {word('customers')} |"
        yield "| --- | ---: |"
        yield from (f"| {_text(state.label)} | {state.count:,} |" for state in region.states)
        yield ""
    counted = region.rows and region.rows[0].count is not None
    heads = [word(name) for name in ("rule", "from", "event", "guards", "to")]
    yield f"| {' | '.join([*heads, *([word('count')] if counted else [])])} |"
    yield f"| {' | '.join(['---'] * 5 + ['---:'] * bool(counted))} |"
    for row in region.rows:
        yield f"| {' | '.join(map(_text, _cells(graph, region, row)))} |"
    yield ""


def _cells(graph: Graph, region: Region, row: Row) -> Iterator[str]:
    names = {state.name: state.label for state in region.states}
    yield row.label
    is_any = len(row.sources) == len(names)
    yield graph.labels.word("any") if is_any else ", ".join(names[one] for one in row.sources)
    yield row.kind_label
    yield "; ".join(map(str, row.guards))
    yield row.target_label
    if row.count is not None:
        yield f"{row.count:,}"


def _text(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
