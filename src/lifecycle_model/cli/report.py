"""`lifecycle report`: what a log says, on one page that works without a network."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from lifecycle_model import Lifecycle
from lifecycle_model.cli import options as opt
from lifecycle_model.cli.choosing import piped
from lifecycle_model.cli.extras import needing
from lifecycle_model.cli.outputs import output_at
from lifecycle_model.cli.request import Request
from lifecycle_model.cli.terminal import output, say, say_json
from lifecycle_model.cli.times import iso, parse_as_of, short
from lifecycle_model.cli.words import counted

if TYPE_CHECKING:
    from lifecycle_model.insight import Book

_SUFFIXES: Final = (".html",)

LanguageOption = Annotated[
    str,
    typer.Option(
        "--language", "--lang", metavar="en|pt|es|it", help="In which the page opens."
    ),
]


def report(
    log: opt.AnyLog,
    out: Annotated[
        str,
        typer.Option("--out", metavar="FILE", help="The page to write.", show_default=False),
    ],
    language: LanguageOption = "en",
    form: opt.FormatOption = None,
    mapping: opt.MapOption = None,
    kind: opt.KindOption = None,
    time_format: opt.TimeFormatOption = None,
    timezone: opt.TimezoneOption = None,
    policy: opt.PolicyOption = "default",
    as_of: opt.AsOfOption = None,
    skip_invalid: opt.SkipOption = False,
    as_json: opt.JsonOption = False,
) -> None:
    """Write one HTML page about a log, with charts; it needs the extra report."""
    reading = opt.reading_of(
        log, form, mapping, kind, time_format, timezone, skip_invalid=skip_invalid
    )
    opt.check_lang(language)
    target = output_at("--out", out, {log: "the log itself"}, _SUFFIXES)
    lifecycle = Lifecycle(opt.load_policy(policy))
    instant = parse_as_of(as_of, reading.times.zone, lifecycle.policy.day_offset_minutes)
    request = Request(reading, lifecycle, instant, target)
    book_of, page = _makers()
    book = book_of(request, piped(reading))
    content = page(book, name=Path(reading.name).name, language=language).encode()
    target.write(lambda file: file.write(content))
    count = book.customers["first_event_at"].count()
    if as_json:
        say_json({"out": out, "customers": count, "as_of": iso(book.as_of)})
        return
    until = "" if book.as_of is None else f" as of {short(book.as_of)}"
    say(output(), f"{out}: {counted(count, 'customer')}{until}")


def _makers() -> tuple[Callable[..., "Book"], Callable[..., str]]:
    """Return what makes a book of a log, and what makes a page of a book.

    Raises:
        MissingExtra: their libraries are not installed.
    """
    with needing("a report", "report"):
        # The libraries take seconds to load.
        from lifecycle_model.cli.columns.booking import book_of  # noqa: PLC0415
        from lifecycle_model.report import page  # noqa: PLC0415
    return book_of, page
