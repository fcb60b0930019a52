"""`lifecycle rules`: both tables of the model."""

from typing import Any

from rich.text import Text

from lifecycle_model import DEFAULT_RULES, Axis, BuyingPosition, Guard, Policy, Rule, Situation
from lifecycle_model.cli import options as opt
from lifecycle_model.cli.terminal import add_row, new_table, output, say, say_json
from lifecycle_model.rules.bounds import threshold_value


def rules(policy: opt.PolicyOption = "default", as_json: opt.JsonOption = False) -> None:
    """Print the rows of both axes, with a policy's thresholds."""
    found = opt.load_policy(policy)
    if as_json:
        say_json(
            {
                "version": DEFAULT_RULES.version,
                "digest": DEFAULT_RULES.digest,
                "policy": found.ref._asdict(),
                "rules": [rule_json(rule, found) for rule in DEFAULT_RULES],
            }
        )
        return
    console = output()
    say(console, f"rules version {DEFAULT_RULES.version}, digest {DEFAULT_RULES.digest}")
    say(console, f"thresholds of policy {found.name}, digest {found.digest}")
    for axis in Axis:
        say(console, "", f"{axis}: the first row that fits fires", "")
        table = new_table("rule", "on, if all hold", "from -> to", wrapped="on, if all hold")
        for rule in DEFAULT_RULES:
            if rule.axis == axis:
                asked = [rule.kind, *(guard_words(guard, found) for guard in rule.guards)]
                name = Text(rule.id, style="bold")
                add_row(table, name, Text("\n".join(asked)), Text(way_words(rule)))
        console.print(table)


def rule_json(rule: Rule, policy: Policy) -> dict[str, Any]:
    """Return a row for programs."""
    return {
        "axis": rule.axis.value,
        "id": rule.id,
        "sources": list(map(str, rule.sources)),
        "kind": rule.kind,
        "target": str(rule.target),
        "guards": [
            {
                "fact": guard.fact,
                "operator": guard.operator,
                "threshold": guard.threshold if isinstance(guard.threshold, str) else None,
                "value": str(value) if not isinstance(value, int) else value,
            }
            for guard in rule.guards
            for value in [threshold_value(guard, policy)]
        ],
        "origin": list(rule.origin),
    }


def way_words(rule: Rule) -> str:
    """Say from where to where a row leads, one state on each line."""
    states = Situation if rule.axis is Axis.SITUATION else BuyingPosition
    sources = ["any"] if set(rule.sources) == set(states) else rule.sources
    return "\n".join([*sources, f"-> {rule.target}"])


def guard_words(guard: Guard, policy: Policy) -> str:
    """Say what a guard asks, with the name of its threshold where it has one."""
    value = threshold_value(guard, policy)
    named = f" ({guard.threshold})" if isinstance(guard.threshold, str) else ""
    return f"{guard.fact} {guard.operator} {value}{named}"
