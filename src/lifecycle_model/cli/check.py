"""`lifecycle check`: everything that is wrong with a policy, or what it says and does."""

from decimal import Decimal
from typing import Annotated, Any

import typer

from lifecycle_model import DEFAULT_RULES, Policy
from lifecycle_model.cli import options as opt
from lifecycle_model.cli.proof import proof_json, refuse_faults, say_proof
from lifecycle_model.cli.terminal import add_row, new_table, output, say, say_json


def check(
    policy: Annotated[
        str,
        typer.Argument(
            metavar="POLICY", help="A policy's TOML file, or a preset.", show_default=False
        ),
    ],
    as_json: opt.JsonOption = False,
) -> None:
    """Say all that is wrong with a policy, or what it changes, and prove the rules under it."""
    found = opt.load_policy(policy)
    differing = differences(found)
    proof = DEFAULT_RULES.verify(found)
    refuse_faults(policy, proof, found)
    if as_json:
        say_json({**found.ref._asdict(), "differs": differing, "proof": proof_json(proof)})
        return
    console = output()
    say(console, f"{policy}: fine", f"name {found.name}, version {found.version}")
    say(console, f"digest {found.digest}", "")
    if differing:
        table = new_table("threshold", "here", "default")
        for name, values in differing.items():
            add_row(table, name, _words(values["value"]), _words(values["default"]))
        console.print(table)
    else:
        say(console, "Every threshold is the default.")
    say(console, "")
    say_proof(console, proof, found)


def differences(policy: Policy) -> dict[str, dict[str, Any]]:
    """Return the thresholds that are not the default, with both values."""
    default = Policy()
    return {
        name: {"value": _plain(value), "default": _plain(getattr(default, name))}
        for name, value in policy
        if name not in {"name", "version"} and value != getattr(default, name)
    }


def _plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, frozenset):
        return sorted(value)
    return str(value) if isinstance(value, Decimal) else value


def _words(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return "none" if value is None else str(value)
