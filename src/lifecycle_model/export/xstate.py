"""XState v5: a configuration for `createMachine`, as JSON.

Every guard is of the type `facts`, with the conditions as parameters, so that one function runs
them all: `({event}, {all}) => all.every(...)`.
"""

import json
from decimal import Decimal
from typing import Any, Final

from lifecycle_model.export.graph import Condition, Graph, Region, Row, Target

GUARD: Final = "facts"


def render_xstate(graph: Graph) -> str:
    """Return the graph as an XState configuration; two axes are a parallel machine."""
    regions = graph.regions
    if len(regions) == 1:
        chart = _region(regions[0], str(regions[0].axis))
    else:
        chart = {"id": "customer", "key": "customer", "type": "parallel", "states": {}}
        for region in regions:
            chart["states"][str(region.axis)] = _region(region, f"customer.{region.axis}")
    chart["version"] = f"rules {graph.rules}, policy {graph.policy.digest}"
    return json.dumps(chart, indent=2, ensure_ascii=False) + "\n"


def _region(region: Region, name: str) -> dict[str, Any]:
    return {
        "id": name,
        "key": str(region.axis),
        "type": "compound",
        "initial": region.states[0].name,
        "states": {
            state.name: {
                "id": f"{name}.{state.name}",
                "key": state.name,
                "type": "atomic",
                "description": state.label,
                "on": _events(region, name, state.name),
            }
            for state in region.states
        },
    }


def _events(region: Region, name: str, source: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in region.rows:
        if source in row.sources:
            for target in row.targets:
                way = _transition(name, source, row, target)
                found.setdefault(row.kind, []).append(way)
    return found


def _transition(name: str, source: str, row: Row, target: Target) -> dict[str, Any]:
    asked = [_condition(one) for one in (target.choice, *row.guards) if one is not None]
    guard = {"guard": {"type": GUARD, "params": {"all": asked}}} if asked else {}
    return {
        "eventType": row.kind,
        "source": f"#{name}.{source}",
        "target": [f"#{name}.{target.state}"],
        **guard,
        "actions": [],
        "description": row.label,
        "meta": {"rule": row.id},
    }


def _condition(condition: Condition) -> dict[str, Any]:
    threshold = condition.threshold
    return {
        "fact": condition.fact,
        "operator": condition.operator,
        "threshold": float(threshold) if isinstance(threshold, Decimal) else threshold,
    }
