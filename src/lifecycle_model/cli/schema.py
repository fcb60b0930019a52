"""`lifecycle schema`: the JSON Schema of what goes in and what is stored."""

from enum import StrEnum
from typing import Annotated

import typer

from lifecycle_model import Customer, Policy
from lifecycle_model.cli import options as opt
from lifecycle_model.cli.terminal import say_json
from lifecycle_model.events import EVENT_ADAPTER


class Subject(StrEnum):
    """What has a schema."""

    EVENTS = "events"
    CUSTOMER = "customer"
    POLICY = "policy"


def schema(
    subject: Annotated[Subject, typer.Argument(help="Of what.", show_default=False)],
    as_json: opt.JsonOption = False,
) -> None:
    """Print a JSON Schema; it is JSON with and without --json."""
    del as_json
    match subject:
        case Subject.EVENTS:
            say_json(EVENT_ADAPTER.json_schema())
        case Subject.CUSTOMER:
            say_json(Customer.model_json_schema())
        case Subject.POLICY:
            say_json(Policy.model_json_schema())
