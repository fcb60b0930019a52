"""`lifecycle plan`: what to do for one customer."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from lifecycle_model import Action, Lifecycle, Plan, Playbook
from lifecycle_model.cli import options as opt
from lifecycle_model.cli.customers import values_of
from lifecycle_model.cli.faults import InputError
from lifecycle_model.cli.one import history_of
from lifecycle_model.cli.prose import heading, paragraph
from lifecycle_model.cli.reading import read_log
from lifecycle_model.cli.terminal import say_json
from lifecycle_model.cli.times import iso, parse_as_of
from lifecycle_model.errors import InvalidPlaybook, UnknownLanguage
from lifecycle_model.playbook import Department
from lifecycle_model.playbook.show import due_line, note, strategy_lines

LangOption = Annotated[
    str, typer.Option("--lang", metavar="en|pt|es|it", help="The language of the texts.")
]
PlaybookOption = Annotated[
    str | None,
    typer.Option(
        "--playbook", metavar="FILE", help="Your own playbook's TOML, merged over the default."
    ),
]


def plan(
    log: opt.Log,
    customer: Annotated[
        str,
        typer.Argument(metavar="CUSTOMER", help="The customer's id.", show_default=False),
    ],
    lang: LangOption = "en",
    own: PlaybookOption = None,
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
    """Tell what marketing, sales and service do for one customer now, and what waits."""
    reading = opt.reading_of(
        log, form, mapping, kind, time_format, timezone, skip_invalid=skip_invalid
    )
    playbook = load_playbook(own, lang)
    lifecycle = Lifecycle(opt.load_policy(policy))
    offset = lifecycle.policy.day_offset_minutes
    instant = parse_as_of(as_of, reading.times.zone, offset)
    read = read_log(reading)
    history = history_of(read, customer, lifecycle, instant)
    found = lifecycle.plan(history.customer, playbook=playbook, as_of=instant)
    if as_json:
        say_json(plan_json(found))
    else:
        tell_plan(found, timedelta(minutes=offset))


def load_playbook(own: str | None, lang: str) -> Playbook:
    """Return the default playbook, or a user's own merged over it.

    Raises:
        typer.BadParameter: there are no texts in that language.
        InputError: with everything that is wrong with the file.
    """
    try:
        return Playbook.default(lang) if own is None else Playbook.from_toml(Path(own), lang)
    except UnknownLanguage as error:
        raise typer.BadParameter(str(error)) from None
    except InvalidPlaybook as error:
        count = len(error.problems)
        headline = f"{own}: {count} mistake{'' if count == 1 else 's'}"
        raise InputError(headline, tuple(map(str, error.problems))) from None
    except OSError as error:
        msg = f"{own}: {error.strerror}: name a TOML file that can be read"
        raise InputError(msg) from None


def tell_plan(plan: Plan, offset: timedelta) -> None:
    """Print a plan for people."""
    words, phrases, status = plan.words, plan.words.phrases, plan.status
    paragraph((phrases["plan_title"].format(customer=plan.customer_id), "bold"))
    if status.as_of is not None:
        day = words.day((status.as_of + offset).date())
        paragraph((phrases["as_of"].format(date=day), ""))
    paragraph((due_line(plan), "yellow"))
    heading(phrases["where"])
    states = (status.situation, status.position, status.stage, status.sales_step)
    for state in (*states, status.service_state):
        paragraph((words.states[state], ""), indent=2)
    heading(phrases["to_do"])
    for department in _in_order(plan):
        paragraph((words.departments[department], "bold cyan"))
        for one in plan.of(department):
            _tell_action(one.action)
            paragraph((note(plan, one), "dim"), indent=4)
    if plan.held:
        heading(phrases["held"])
        for held in plan.held:
            who = words.departments[held.action.department]
            why = "; ".join(plan.why_held(held))
            parts = (("- ", ""), (held.action.title, "bold"), (f" ({who}): ", ""))
            paragraph(*parts, (why, "yellow"), indent=2)
    heading(phrases["why"])
    for strategy, lines in strategy_lines(plan):
        text = f": {strategy.strategy}" if strategy.strategy else ""
        paragraph((words.key(strategy.key), "bold"), (text, ""), indent=2)
        for head, line in lines:
            paragraph((f"{head}: ", "italic"), (line, ""), indent=4)


def _in_order(plan: Plan) -> list[Department]:
    """Return the departments in the order in which the plan needs them."""
    return list(dict.fromkeys(one.action.department for one in plan.planned))


def _tell_action(action: Action) -> None:
    paragraph(("- ", ""), (action.title, "bold"), indent=2)
    paragraph((action.text, ""), indent=4)


def action_json(action: Action) -> dict[str, Any]:
    """Return an action for programs."""
    return {
        "id": action.id,
        "department": action.department.value,
        "title": action.title,
        "text": action.text,
        "works_towards": str(action.works_towards),
        "source": action.source.value,
        "channel": action.channel,
        "promotion": action.promotion,
    }


def plan_json(plan: Plan) -> dict[str, Any]:
    """Return a plan for programs."""
    due = plan.due
    return {
        "customer_id": plan.customer_id,
        "lang": plan.lang,
        "as_of": iso(plan.status.as_of),
        **values_of(plan.status),
        "due": due and {"on": due.on.isoformat(), "rule": due.rule},
        "strategies": [
            {
                "key": one.key,
                "strategy": one.strategy,
                "result": one.result,
                "question": one.question,
                "handover": one.handover,
            }
            for one in plan.strategies
        ],
        "planned": [
            {**action_json(one.action), "reasons": list(one.reasons)} for one in plan.planned
        ],
        "held": [
            {
                **action_json(held.action),
                "reasons": list(held.reasons),
                "holds": [hold.value for hold in held.holds],
            }
            for held in plan.held
        ],
    }
