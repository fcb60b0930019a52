"""`lifecycle playbook`: what each state calls for, and a check of one's own."""

from pathlib import Path
from typing import Annotated, Any

import typer

from lifecycle_model import Playbook, Strategy
from lifecycle_model.cli import options as opt
from lifecycle_model.cli.plan import LangOption, PlaybookOption, action_json, load_playbook
from lifecycle_model.cli.prose import heading, paragraph
from lifecycle_model.cli.terminal import output, say, say_json
from lifecycle_model.playbook import LANGUAGES, Department
from lifecycle_model.playbook.keys import AXES
from lifecycle_model.toml import read_toml


def playbook(
    lang: LangOption = "en",
    own: PlaybookOption = None,
    check: Annotated[
        str | None,
        typer.Option("--check", metavar="FILE", help="Check your own playbook's TOML."),
    ] = None,
    as_json: opt.JsonOption = False,
) -> None:
    """Print what every situation, position, stage, sales step and service state calls for."""
    if check is not None:
        _check(check, as_json=as_json)
        return
    found = load_playbook(own, lang)
    if as_json:
        say_json(playbook_json(found))
    else:
        tell_playbook(found)


def _check(name: str, *, as_json: bool) -> None:
    """Build a user's playbook in each of its languages."""
    languages = _languages(name)
    found = {lang: load_playbook(name, lang) for lang in languages}
    first = found[languages[0]]
    default = {action.id for action in Playbook.default().actions}
    added = [action.id for action in first.actions if action.id not in default]
    removed = sorted(default - {action.id for action in first.actions})
    counts = {"actions": len(first.actions), "strategies": len(first.strategies)}
    if as_json:
        say_json(
            {
                "file": name,
                "valid": True,
                "languages": languages,
                **counts,
                "added": added,
                "removed": removed,
            }
        )
        return
    sizes = ", ".join(f"{count} {what}" for what, count in counts.items())
    say(output(), f"{name}: valid in {', '.join(languages)}: {sizes}")
    for what, ids in (("added", added), ("removed", removed)):
        if ids:
            say(output(), f"  {what}: {', '.join(ids)}")


def _languages(name: str) -> list[str]:
    """Return the languages that a file says it has; the check itself finds its mistakes."""
    try:
        data = read_toml(Path(name))
    except (OSError, ValueError):
        return [LANGUAGES[0]]
    named = data.get("languages", list(LANGUAGES))
    known = [lang for lang in LANGUAGES if isinstance(named, list) and lang in named]
    return known or [LANGUAGES[0]]


def tell_playbook(playbook: Playbook) -> None:
    """Print a playbook for people."""
    phrases = playbook.words.phrases
    paragraph((phrases["playbook_title"], "bold"))
    output().print()
    paragraph((phrases["introduction"], ""))
    output().print()
    paragraph((phrases["service_first"], ""))
    for group, strategies in groups(playbook):
        heading(phrases[group])
        for strategy in strategies:
            _tell_strategy(playbook, strategy)
    output().print()
    paragraph((phrases["credit"], "dim"))


def groups(playbook: Playbook) -> list[tuple[str, list[Strategy]]]:
    """Return the strategies by the axis of their key, combinations last."""
    single: dict[str, list[Strategy]] = {axis: [] for axis in AXES}
    axis_of = {state.value: axis for axis, states in AXES.items() for state in states}
    combined = []
    for strategy in playbook.strategies:
        if strategy.key in axis_of:
            single[axis_of[strategy.key]].append(strategy)
        else:
            combined.append(strategy)
    return [
        (name, found) for name, found in (*single.items(), ("combination", combined)) if found
    ]


def _tell_strategy(playbook: Playbook, strategy: Strategy) -> None:
    words, phrases = playbook.words, playbook.words.phrases
    output().print()
    paragraph((words.key(strategy.key), "bold cyan"))
    if strategy.strategy:
        paragraph((strategy.strategy, ""), indent=2)
    for name in ("question", "result", "handover"):
        if text := getattr(strategy, name):
            paragraph((f"{phrases[name]}: ", "italic"), (text, ""), indent=2)
    for department in Department:
        for action in strategy.of(department):
            paragraph(
                (f"- {words.departments[department]}: ", ""),
                (f"{action.title}. ", "bold"),
                (action.text, ""),
                (f" ({phrases['promotion']})" if action.promotion else "", "yellow"),
                indent=2,
            )


def playbook_json(playbook: Playbook) -> dict[str, Any]:
    """Return a playbook for programs."""
    return {
        "lang": playbook.lang,
        "strategies": [
            {
                "key": one.key,
                "strategy": one.strategy,
                "result": one.result,
                "question": one.question,
                "handover": one.handover,
                "actions": [action.id for action in one.actions],
            }
            for one in playbook.strategies
        ],
        "actions": [action_json(action) for action in playbook.actions],
    }
