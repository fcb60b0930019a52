"""`lifecycle replay`: fold a whole log and say where its customers stand."""

import shlex
from typing import Annotated, Any

import typer

from lifecycle_model import Lifecycle
from lifecycle_model.cli import options as opt
from lifecycle_model.cli.customers import customer_row, parse_out, write_customers
from lifecycle_model.cli.folding import fold_all
from lifecycle_model.cli.notes import tell_notes
from lifecycle_model.cli.reading import STDIN, Reading, read_log
from lifecycle_model.cli.summary import Summary
from lifecycle_model.cli.sums import show_sums
from lifecycle_model.cli.terminal import output, say, say_json
from lifecycle_model.cli.times import parse_as_of

_WIDEST = 80


def replay(
    log: opt.Log,
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
            "--out", metavar="FILE", help="Write one row per customer: .csv or .jsonl."
        ),
    ] = None,
    skip_invalid: opt.SkipOption = False,
    as_json: opt.JsonOption = False,
) -> None:
    """Fold a log: how many customers stand where, and which rules moved them."""
    reading = opt.reading_of(
        log, form, mapping, kind, time_format, timezone, skip_invalid=skip_invalid
    )
    out_form = parse_out(out, log)
    lifecycle = Lifecycle(opt.load_policy(policy))
    instant = parse_as_of(as_of, reading.times.zone, lifecycle.policy.day_offset_minutes)
    read = read_log(reading)
    summary = Summary(read.name, lifecycle, instant)
    rows: list[dict[str, Any]] = []
    for history in fold_all(read, lifecycle, instant):
        customer = history.customer
        status = lifecycle.status(customer)
        summary.add(history, status)
        if out is not None and history.events:
            rows.append(customer_row(customer, status, lifecycle.next_deadline(customer)))
    read.faults.check()
    summary.events = read.count
    summary.skipped = read.faults.count
    if out is not None and out_form is not None:
        write_customers(out, out_form, rows)
    tell_notes(read, summary.conflicts)
    if as_json:
        say_json(summary.to_json())
        return
    show_sums(summary)
    tell_next(reading, summary, policy, as_of, out)


def tell_next(
    reading: Reading, summary: Summary, policy: str, as_of: str | None, out: str | None
) -> None:
    """Say what to do next, as commands to copy."""
    console = output()
    again = opt.same_options(reading, policy, as_of)
    lines: list[str] = []
    if as_of is None and summary.last is not None:
        lines += [
            "Each customer stands at its own last event. To see all at one instant, add:",
            f"  --as-of {summary.last.isoformat()}",
        ]
    if out is not None:
        lines += [f"One row for each customer is in {out}."]
    if reading.log != STDIN and summary.example is not None:
        explain = [["lifecycle", "explain", reading.log, summary.example], *again]
        lines += [
            "Why a customer stands where it stands, step by step:",
            *folded(explain),
        ]
        if out is None:
            lines += ["To keep one row for each customer, add --out customers.csv."]
    say(console, "", *lines)


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
