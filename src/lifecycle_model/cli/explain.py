"""`lifecycle explain`: one customer's story."""

from typing import Annotated

import typer

from lifecycle_model import Lifecycle
from lifecycle_model.cli import options as opt
from lifecycle_model.cli.one import history_of
from lifecycle_model.cli.reading import read_log
from lifecycle_model.cli.story import in_words, story_of
from lifecycle_model.cli.story_json import story_json
from lifecycle_model.cli.telling import tell, tell_words
from lifecycle_model.cli.terminal import say_json
from lifecycle_model.cli.times import parse_as_of


def explain(
    log: opt.Log,
    customer: Annotated[
        str,
        typer.Argument(metavar="CUSTOMER", help="The customer's id.", show_default=False),
    ],
    form: opt.FormatOption = None,
    mapping: opt.MapOption = None,
    kind: opt.KindOption = None,
    time_format: opt.TimeFormatOption = None,
    timezone: opt.TimezoneOption = None,
    policy: opt.PolicyOption = "default",
    as_of: opt.AsOfOption = None,
    skip_invalid: opt.SkipOption = False,
    as_json: opt.JsonOption = False,
    lang: opt.LangOption = None,
) -> None:
    """Tell one customer's story: every event, every move and its reason, and what is next."""
    opt.check_lang(lang)
    reading = opt.reading_of(
        log, form, mapping, kind, time_format, timezone, skip_invalid=skip_invalid
    )
    lifecycle = Lifecycle(opt.load_policy(policy))
    instant = parse_as_of(as_of, reading.times.zone, lifecycle.policy.day_offset_minutes)
    read = read_log(reading)
    history = history_of(read, customer, lifecycle, instant)
    story = story_of(read.name, history, lifecycle, instant)
    if as_json:
        say_json(story_json(story))
    elif lang is not None:
        tell_words(in_words(story, lifecycle.policy, lang))
    else:
        tell(story)
