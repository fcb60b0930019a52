"""`lifecycle diagram`: the rules as a picture, a table or a chart for another engine."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from lifecycle_model import Axis, Lifecycle
from lifecycle_model.cli import options as opt
from lifecycle_model.cli.faults import InputError
from lifecycle_model.cli.folding import fold_all
from lifecycle_model.cli.notes import tell_notes
from lifecycle_model.cli.reading import read_log
from lifecycle_model.cli.times import parse_as_of
from lifecycle_model.errors import MissingExtra
from lifecycle_model.export import FORMATS, LANGUAGES, Counts, diagram as draw

BOTH = "both"


def _one_of(known: tuple[str, ...], value: str) -> str:
    if value not in known:
        msg = f"{value!r} is not one of {', '.join(known)}."
        raise typer.BadParameter(msg)
    return value


def diagram(
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="|".join(FORMATS),
            help="What to print.",
            callback=lambda value: _one_of(tuple(FORMATS), value),
        ),
    ] = "mermaid",
    lang: Annotated[
        str,
        typer.Option(
            "--lang",
            metavar="|".join(LANGUAGES),
            help="The language of the labels.",
            callback=lambda value: _one_of(LANGUAGES, value),
        ),
    ] = "en",
    axis: Annotated[
        str,
        typer.Option(
            "--axis",
            metavar="situation|position|both",
            help="Which axis.",
            callback=lambda value: _one_of((*map(str, Axis), BOTH), value),
        ),
    ] = BOTH,
    policy: opt.PolicyOption = "default",
    counts: Annotated[
        str | None,
        typer.Option("--counts", metavar="LOG", help="Count the customers and moves of a log."),
    ] = None,
    mapping: opt.MapOption = None,
    kind: opt.KindOption = None,
    time_format: opt.TimeFormatOption = None,
    timezone: opt.TimezoneOption = None,
    as_of: opt.AsOfOption = None,
    output: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="Write to a file."),
    ] = None,
) -> None:
    """Draw the rules of both axes under a policy."""
    lifecycle = Lifecycle(opt.load_policy(policy))
    counted = None
    if counts is not None:
        reading = opt.reading_of(
            counts, None, mapping, kind, time_format, timezone, skip_invalid=False
        )
        offset = lifecycle.policy.day_offset_minutes
        instant = parse_as_of(as_of, reading.times.zone, offset)
        log = read_log(reading)
        counted = Counts.of(fold_all(log, lifecycle, instant))
        log.faults.check()
        tell_notes(log, [])
    chosen = None if axis == BOTH else axis
    try:
        text = draw(lifecycle, axis=chosen, lang=lang, counts=counted).render(form)
    except MissingExtra as error:
        raise InputError(str(error)) from None
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        msg = f"{output}: cannot be written: {error.strerror}"
        raise InputError(msg) from None
