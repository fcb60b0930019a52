"""The commands put together, and how the process ends."""

import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from lifecycle_model import LifecycleError
from lifecycle_model.cli.check import check
from lifecycle_model.cli.diagram import diagram
from lifecycle_model.cli.explain import explain
from lifecycle_model.cli.faults import InputError
from lifecycle_model.cli.plan import plan
from lifecycle_model.cli.playbook import playbook
from lifecycle_model.cli.replay import replay
from lifecycle_model.cli.report import report
from lifecycle_model.cli.rules import rules
from lifecycle_model.cli.schema import schema
from lifecycle_model.cli.simulate import simulate
from lifecycle_model.cli.terminal import say_error, say_json

app = typer.Typer(
    name="lifecycle",
    help="Where each customer stands, why, what would change it, and when.",
    epilog="Exit codes: 0 fine, 1 the input has faults, 2 wrong usage.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    replay,
    report,
    explain,
    plan,
    playbook,
    check,
    rules,
    diagram,
    schema,
    simulate,
):
    app.command()(command)


def installed() -> str:
    """Return the version of the installed package."""
    try:
        return version("lifecycle-model")
    except PackageNotFoundError:
        return "unknown"


def _show_version(context: typer.Context, asked: bool) -> None:
    if asked:
        if context.params.get("as_json"):
            say_json({"version": installed()})
        else:
            sys.stdout.write(f"lifecycle {installed()}\n")
        raise typer.Exit


@app.callback()
def top(
    as_json: Annotated[
        bool, typer.Option("--json", is_eager=True, hidden=True, help="The version as JSON.")
    ] = False,
    show_version: Annotated[
        bool,
        typer.Option(
            "--version", metavar="", callback=_show_version, help="Print the version."
        ),
    ] = False,
) -> None:
    """Take the options that stand before a command."""
    del as_json, show_version


def run(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal of another encoding gets an escape where it lacks a letter.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    given = None if arguments is None else list(arguments)
    try:
        app(given, prog_name="lifecycle")
    except InputError as error:
        say_error(error)
    except LifecycleError as error:
        headline, *details = str(error).split("\n")
        say_error(InputError(headline, tuple(details)))
    except OSError as error:
        say_error(InputError(f"the output cannot be written: {error.strerror}"))
        # What is still waiting to be written would fail again when the process ends.
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(1)
