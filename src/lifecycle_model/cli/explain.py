"""`lifecycle explain`: one customer's story."""

from difflib import get_close_matches
from typing import Annotated

import typer

from lifecycle_model import Lifecycle
from lifecycle_model.cli import options as opt
from lifecycle_model.cli.faults import InputError
from lifecycle_model.cli.folding import fold_one
from lifecycle_model.cli.notes import tell_notes
from lifecycle_model.cli.reading import Log, read_log
from lifecycle_model.cli.story import in_words, story_of
from lifecycle_model.cli.story_json import story_json
from lifecycle_model.cli.telling import tell, tell_words
from lifecycle_model.cli.terminal import say_json
from lifecycle_model.cli.times import parse_as_of
from lifecycle_model.errors import shown


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
    if customer not in read.events:
        raise unknown_customer(read, customer)
    history = fold_one(read, customer, lifecycle, instant)
    read.faults.check()
    tell_notes(read, [] if history is None else history.conflicts)
    if history is None:
        msg = f"{read.name}: no event of customer {shown(customer)} can be folded"
        raise InputError(msg)
    story = story_of(read.name, history, lifecycle, instant)
    if as_json:
        say_json(story_json(story))
    elif lang is not None:
        tell_words(in_words(story, lifecycle.policy, lang))
    else:
        tell(story)


def unknown_customer(log: Log, customer: str) -> InputError:
    """Say that a customer is not in the log, and which ids are like it."""
    near = get_close_matches(customer, log.events, n=3)
    hint = "did you mean" if near else f"the log has {len(log.events):,}, for example"
    named = ", ".join(map(shown, near or list(log.events)[:3]))
    headline = f"{log.name}: holds no customer {shown(customer)}: {hint} {named}"
    return InputError(f"{headline}?" if near else headline)
