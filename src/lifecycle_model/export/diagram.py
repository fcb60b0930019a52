"""A diagram: the graph of a lifecycle, ready to be rendered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from lifecycle_model.errors import MissingExtra, UnknownName
from lifecycle_model.export.counting import Counts
from lifecycle_model.export.dot import render_dot
from lifecycle_model.export.graph import Graph, build_graph
from lifecycle_model.export.labels import labels_in
from lifecycle_model.export.mermaid import render_mermaid
from lifecycle_model.export.scxml import render_scxml
from lifecycle_model.export.svg import render_svg
from lifecycle_model.export.table import render_table
from lifecycle_model.export.xstate import render_xstate
from lifecycle_model.lifecycle import Lifecycle
from lifecycle_model.states import Axis

FORMATS: Final[Mapping[str, Callable[[Graph], str]]] = MappingProxyType(
    {
        "mermaid": render_mermaid,
        "dot": render_dot,
        "svg": render_svg,
        "scxml": render_scxml,
        "xstate": render_xstate,
        "table": render_table,
    }
)
"""The renderers by format."""


@dataclass(frozen=True, slots=True)
class Diagram:
    """A graph that shows itself in a notebook and renders to every format.

    The same rules, policy, language and counts give the same bytes.
    """

    graph: Graph

    def render(self, form: str) -> str:
        """Return the diagram in a format of `FORMATS`.

        Raises:
            UnknownName: the format is none of them.
            MissingExtra: `svg`, without the extra `diagrams`.
        """
        renderer = FORMATS.get(form)
        if renderer is None:
            raise UnknownName("format", form, tuple(FORMATS))
        return renderer(self.graph)

    def _repr_svg_(self) -> str | None:
        """Show the picture in a notebook, where the extra is there."""
        try:
            return self.render("svg")
        except MissingExtra:
            return None

    def _repr_markdown_(self) -> str:
        """Show Mermaid in a notebook that draws it."""
        return f"```mermaid\n{self.render('mermaid')}```\n"


def diagram(
    lifecycle: Lifecycle,
    *,
    axis: Axis | str | None = None,
    lang: str = "en",
    counts: Counts | None = None,
) -> Diagram:
    """Return the diagram of a lifecycle's rules under its policy.

    Args:
        lifecycle: the rules and the policy.
        axis: `situation` or `position`; both, side by side, where not given.
        lang: `en`, `pt`, `es` or `it`.
        counts: how many stand where and moved how, to be shown beside.

    Raises:
        UnknownName: the axis is not known.
        UnknownLanguage: the language is none of the four.

    >>> drawn = diagram(Lifecycle(), axis="position", lang="es")
    >>> print(drawn.render("mermaid").splitlines()[1])
        state "Statu quo" as status_quo
    """
    if axis is not None and axis not in tuple(Axis):
        raise UnknownName("axis", axis, tuple(Axis))
    axes = tuple(Axis) if axis is None else (Axis(axis),)
    graph = build_graph(lifecycle.rules, lifecycle.policy, axes, labels_in(lang), counts)
    return Diagram(graph)
