"""Pictures and charts of the rules: one neutral graph, and one renderer a format."""

from lifecycle_model.explain.texts import LANGUAGES
from lifecycle_model.export.counting import Counts
from lifecycle_model.export.diagram import FORMATS, Diagram, diagram
from lifecycle_model.export.graph import Condition, Graph, Region, Row, StateNode, Target

__all__ = [
    "FORMATS",
    "LANGUAGES",
    "Condition",
    "Counts",
    "Diagram",
    "Graph",
    "Region",
    "Row",
    "StateNode",
    "Target",
    "diagram",
]
