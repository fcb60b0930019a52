"""`lifecycle replay`: fold a whole log and say where its customers stand."""

import shlex
from typing import Annotated

import typer

from lifecycle_model import Lifecycle
from lifecycle_model.cli import options as opt
from lifecycle_model.cli.choosing import fold
from lifecycle_model.cli.outputs import parse_output
from lifecycle_model.cli.reading import PARQUET, STDIN
from lifecycle_model.cli.request import Request
from lifecycle_model.cli.summary import Summary
from lifecycle_model.cli.sums import show_sums
from lifecycle_model.cli.terminal import output, say, say_json
from lifecycle_model.cli.times import parse_as_of

_WIDEST = 80
_STATE = (f".{PARQUET}",)


def replay(
    log: opt.AnyLog,
    form: opt.FormatOption = None,
    mapping: opt.MapOption = None,
    kind: opt.KindOption = None,
    time_format: opt.TimeFormatOption = None,
    timezone: opt.TimezoneOption = None,
    policy: opt.PolicyOption = "default",
    as_of: opt.AsOfOption = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Write one row per customer: .csv, .jsonl or .parquet.",
        ),
    ] = None,
    transitions: Annotated[
        str | None,
        typer.Option(
            "--transitions",
            metavar="FILE",
            help="Write one row per move: .csv, .jsonl or .parquet.",
        ),
    ] = None,
    snapshots: Annotated[
        str | None,
        typer.Option(
            "--snapshots",
            metavar="FILE",
            help="Write what a later replay goes on from: .parquet.",
        ),
    ] = None,
    earlier: Annotated[
        str | None,
        typer.Option(
            "--continue", metavar="FILE", help="Go on from the snapshots of an earlier replay."
        ),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(
            "--threads",
            metavar="N",
            min=1,
            help="How many threads fold a large log; one for each processor where not given.",
        ),
    ] = None,
    skip_invalid: opt.SkipOption = False,
    as_json: opt.JsonOption = False,
) -> None:
    """Fold a log: how many customers stand where, and which rules moved them."""
    reading = opt.reading_of(
        log, form, mapping, kind, time_format, timezone, skip_invalid=skip_invalid
    )
    read = {log: "the log itself"}
    kept = parse_output("--snapshots", snapshots, read, _STATE)
    # Snapshots may be written where they were read: every day the next state.
    read |= {one: "what --continue reads" for one in (earlier,) if one is not None}
    read |= {one: "what --snapshots writes" for one in (snapshots,) if one is not None}
    customers = parse_output("--out", out, read)
    read |= {one: "what --out writes" for one in (out,) if one is not None}
    moves = parse_output("--transitions", transitions, read)
    lifecycle = Lifecycle(opt.load_policy(policy))
    instant = parse_as_of(as_of, reading.times.zone, lifecycle.policy.day_offset_minutes)
    request = Request(reading, lifecycle, instant, customers, moves, kept, earlier, threads)
    summary = fold(request)
    if as_json:
        say_json(summary.to_json())
        return
    show_sums(summary)
    tell_next(request, summary, policy, as_of)


def tell_next(request: Request, summary: Summary, policy: str, as_of: str | None) -> None:
    """Say what to do next, as commands to copy."""
    reading, out = request.reading, request.out
    again = opt.same_options(reading, policy, as_of)
    lines: list[str] = []
    if as_of is None and summary.last is not None:
        lines += [
            "Each customer stands at its own last event. To see all at one instant, add:",
            f"  --as-of {summary.last.isoformat()}",
        ]
    for what, file in (("customer", out), ("move", request.transitions)):
        if file is not None:
            lines += [f"One row for each {what} is in {file.path}."]
    if request.snapshots is not None:
        lines += [
            f"To go on from here with later events, add --continue {request.snapshots.path}."
        ]
    # `explain` reads text, and knows nothing of what was before it.
    explained = reading.form != PARQUET and request.earlier is None
    if reading.log != STDIN and explained and summary.example is not None:
        explain = [["lifecycle", "explain", reading.log, summary.example], *again]
        lines += [
            "Why a customer stands where it stands, step by step:",
            *folded(explain),
        ]
        if out is None:
            lines += ["To keep one row for each customer, add --out customers.csv."]
    say(output(), "", *lines)


def folded(parts: list[list[str]]) -> list[str]:
    r"""Return a command as lines that a shell reads as one; no part is broken.

    >>> for line in folded([["lifecycle"], ["--map", "a=" + "b" * 70], ["--kind", "c d"]]):
    ...     print(line.lstrip())
    lifecycle \
    --map a=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb \
    --kind 'c d'
    """
    lines = [""]
    for part in map(shlex.join, parts):
        if lines[-1] and len(lines[-1]) + len(part) > _WIDEST:
            lines.append(f"    {part}")
        else:
            lines[-1] += f" {part}" if lines[-1] else f"  {part}"
    return [*(f"{line} \\" for line in lines[:-1]), lines[-1]]
