"""`lifecycle schema`: the JSON Schema of what goes in and what is stored."""

from collections.abc import Callable
from typing import Annotated, Any, Final

import typer

from lifecycle_model import Customer, Policy
from lifecycle_model.cli import options as opt
from lifecycle_model.cli.terminal import say_json
from lifecycle_model.errors import did_you_mean
from lifecycle_model.events import EVENT_ADAPTER

_SCHEMAS: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "events": EVENT_ADAPTER.json_schema,
    "customer": Customer.model_json_schema,
    "policy": Policy.model_json_schema,
}


def schema(
    subject: Annotated[
        str,
        typer.Argument(metavar="events|customer|policy", help="Of what.", show_default=False),
    ],
    as_json: opt.JsonOption = False,
) -> None:
    """Print a JSON Schema; it is JSON with and without --json."""
    del as_json
    if subject not in _SCHEMAS:
        msg = f"{subject!r} has no schema: {did_you_mean(subject, list(_SCHEMAS))}"
        raise typer.BadParameter(msg)
    say_json(_short(_SCHEMAS[subject]()))


def _short(schema: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return a schema whose descriptions end where the docstrings turn to programmers."""
    if isinstance(schema, dict):
        return {
            key: value.partition("\n\n")[0]
            if key == "description" and isinstance(value, str)
            else _short(value)
            for key, value in schema.items()
        }
    return [_short(one) for one in schema] if isinstance(schema, list) else schema
