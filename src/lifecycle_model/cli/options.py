"""The options that several commands share, and what they mean."""

import os
from pathlib import Path
from typing import Annotated

import typer

from lifecycle_model import PRESETS, Policy
from lifecycle_model.cli.faults import InputError
from lifecycle_model.cli.mapping import parse_kind, parse_mapping
from lifecycle_model.cli.reading import Reading, parse_form
from lifecycle_model.cli.times import Times, parse_pattern, parse_zone, zone_name
from lifecycle_model.cli.words import counted
from lifecycle_model.errors import InvalidPolicy, did_you_mean
from lifecycle_model.explain import LANGUAGES

Log = Annotated[
    str,
    typer.Argument(
        metavar="LOG",
        help="The log: .csv, .tsv, .txt, .jsonl or .ndjson; - is standard input.",
        show_default=False,
    ),
]
AnyLog = Annotated[
    str,
    typer.Argument(
        metavar="LOG",
        help="The log: .csv, .tsv, .txt, .jsonl, .ndjson or .parquet; - is standard input.",
        show_default=False,
    ),
]
FormatOption = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="csv|jsonl", help="The format, where the suffix does not say it."
    ),
]
MapOption = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="FIELD=COLUMN,...",
        help="Which column is which field of an event; other columns are ignored.",
    ),
]
KindOption = Annotated[
    str | None,
    typer.Option("--kind", metavar="KIND", help="The kind of every row, for logs of one kind."),
]
TimeFormatOption = Annotated[
    str | None,
    typer.Option(
        "--time-format",
        metavar="FORMAT",
        help="How times are written, such as %d/%m/%Y; ISO 8601 where not given.",
    ),
]
TimezoneOption = Annotated[
    str | None,
    typer.Option(
        "--timezone",
        metavar="ZONE",
        help="Where times without an offset are local: UTC or a name such as Europe/Lisbon.",
    ),
]
PolicyOption = Annotated[
    str,
    typer.Option("--policy", metavar="NAME|FILE", help="A preset, or a policy's TOML file."),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="TIME",
        help="Fold up to this instant; a date means its first instant.",
    ),
]
SkipOption = Annotated[
    bool, typer.Option("--skip-invalid", metavar="", help="Leave rows out that are not valid.")
]
LangOption = Annotated[
    str | None,
    typer.Option("--lang", metavar="en|pt|es|it", help="Tell it in sentences of a language."),
]
JsonOption = Annotated[
    bool, typer.Option("--json", metavar="", help="Print the result as JSON.")
]


def reading_of(
    log: str,
    form: str | None,
    mapping: list[str] | None,
    kind: str | None,
    time_format: str | None,
    timezone: str | None,
    *,
    skip_invalid: bool,
) -> Reading:
    """Return what the options say about a log.

    Raises:
        typer.BadParameter: an option is not valid.
    """
    fields = parse_mapping(mapping or [])
    return Reading(
        log,
        parse_form(log, form),
        fields,
        parse_kind(kind, fields),
        Times(parse_pattern(time_format), parse_zone(timezone)),
        skip_invalid,
    )


def check_lang(lang: str | None) -> None:
    """Refuse a language that is not spoken.

    Raises:
        typer.BadParameter: it names those that are.
    """
    if lang is not None and lang not in LANGUAGES:
        known = did_you_mean(lang, LANGUAGES)
        msg = f"{lang!r} is not a language: {known}"
        raise typer.BadParameter(msg, param_hint="--lang")


def load_policy(name: str) -> Policy:
    """Return a preset, or the policy of a TOML file.

    Raises:
        InputError: with everything that is wrong with it.
    """
    path = Path(name)
    if name in PRESETS and not path.is_file():
        return Policy.preset(name)
    is_path = path.suffix.lower() == ".toml" or os.sep in name or path.exists()
    if not is_path:
        hint = did_you_mean(name, PRESETS)
        msg = f"{name!r} is neither a preset nor a file: {hint}"
        raise InputError(msg)
    try:
        return Policy.from_toml(path)
    except (OSError, ValueError) as error:
        if isinstance(error, InvalidPolicy):
            headline = f"{name}: {counted(len(error.problems), 'mistake')}"
            raise InputError(headline, tuple(map(str, error.problems))) from None
        reason = error.strerror if isinstance(error, OSError) else str(error)
        msg = f"{name}: cannot be read: {reason}"
        raise InputError(msg) from None


def same_options(reading: Reading, policy: str, as_of: str | None) -> list[list[str]]:
    """Return the options, each with its value, that make another command read the log alike."""
    given: list[list[str]] = []
    if reading.mapping:
        parts = [f"{field}={column}" for field, column in reading.mapping.items()]
        quoted = [f'"{part}"' if "," in part else part for part in parts]
        given += [["--map", ",".join(quoted)]]
    for option, value in (
        ("--kind", reading.kind),
        ("--time-format", reading.times.pattern),
        ("--timezone", zone_name(reading.times.zone)),
        ("--policy", None if policy == "default" else policy),
        ("--as-of", as_of),
    ):
        if value is not None:
            given += [[option, value]]
    return given + [["--skip-invalid"]] * reading.skipping
