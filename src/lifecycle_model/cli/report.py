"""`lifecycle report`: what a log says, on one page that works without a network."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import typer

from lifecycle_model import Lifecycle
from lifecycle_model.cli import options as opt
from lifecycle_model.cli.choosing import piped
from lifecycle_model.cli.outputs import output_at
from lifecycle_model.cli.request import Request
from lifecycle_model.cli.terminal import output, say
from lifecycle_model.cli.times import parse_as_of, short
from lifecycle_model.cli.words import counted
from lifecycle_model.errors import MissingExtra

_SUFFIXES: Final = (".html",)
_LIBRARIES: Final = frozenset(
    {"narwhals", "numba", "numpy", "polars", "pyarrow", "scipy", "vl_convert"}
)
_MEGABYTE: Final = 1_000_000

LanguageOption = Annotated[
    str,
    typer.Option(
        "--language", "--lang", metavar="en|pt|es|it", help="In which the page opens."
    ),
]


def report(
    log: Annotated[
        str,
        typer.Argument(
            metavar="LOG",
            help="The log: .csv, .tsv, .txt, .jsonl, .ndjson or .parquet; - is standard input.",
            show_default=False,
        ),
    ],
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
    text, told = _maker()(request, language)
    content = text.encode()
    target.write(lambda file: file.write(content))
    say(output(), f"{target.path}: {told}, {len(content) / _MEGABYTE:.1f} MB")


def _maker() -> Callable[[Request, str], tuple[str, str]]:
    """Return what makes a page, and says of what.

    Raises:
        MissingExtra: its libraries are not installed.
    """
    try:
        # The libraries are an extra, and take seconds to load.
        from lifecycle_model.cli.columns.booking import book_of  # noqa: PLC0415
        from lifecycle_model.report import page  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _LIBRARIES:
            raise
        raise MissingExtra("a report", "report") from error

    def made(request: Request, language: str) -> tuple[str, str]:
        book = book_of(request, piped(request.reading))
        name = Path(request.reading.name).name
        customers = counted(book.customers.height, "customer")
        until = "" if book.as_of is None else f" as of {short(book.as_of)}"
        return page(book, name=name, language=language), f"{customers}{until}"

    return made
