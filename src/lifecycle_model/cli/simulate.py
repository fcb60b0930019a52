"""`lifecycle simulate`: a made-up log to try things on."""

from typing import Annotated

import typer

from lifecycle_model.cli import options as opt
from lifecycle_model.cli.extras import needing
from lifecycle_model.cli.faults import InputError
from lifecycle_model.cli.terminal import output, say, say_json
from lifecycle_model.errors import InvalidSimulation, UnknownName


def simulate(
    out: Annotated[
        str,
        typer.Option(
            "--out", metavar="FILE", help="The log to write: .csv, .jsonl or .parquet."
        ),
    ],
    events: Annotated[
        int, typer.Option("--events", metavar="N", help="How many events.")
    ] = 10_000,
    customers: Annotated[
        int, typer.Option("--customers", metavar="N", help="How many customers.")
    ] = 500,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="Another number gives another log.")
    ] = 0,
    as_json: opt.JsonOption = False,
) -> None:
    """Write a made-up log that looks like a company's; it needs the extra columnar."""
    with needing("lifecycle simulate", "columnar"):
        from lifecycle_model.simulate import write_event_log  # noqa: PLC0415
    try:
        write_event_log(out, events, customers, seed=seed)
    except UnknownName as error:
        known = ", ".join(error.known)
        msg = f"the format of {out!r} is unknown: name it with one of {known}"
        raise typer.BadParameter(msg, param_hint="--out") from None
    except InvalidSimulation as error:
        problem = error.problems[0]
        msg = f"{problem.value}: {problem.mend}"
        raise typer.BadParameter(msg, param_hint=f"--{problem.place}") from None
    except OSError as error:
        msg = f"{out}: cannot be written: {error.strerror}"
        raise InputError(msg) from None
    if as_json:
        told = {"log": out, "events": events, "customers": customers, "seed": seed}
        say_json(told)
        return
    say(
        output(),
        f"{out}: {events:,} events of {customers:,} customers, seed {seed}",
        "Where they stand:",
        f"  lifecycle replay {out}",
    )
