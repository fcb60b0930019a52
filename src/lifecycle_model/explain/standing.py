"""Where a customer stands and how it gets further, in words: status, events, paths."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from lifecycle_model.customer import Opportunity
from lifecycle_model.events import BaseEvent, Event
from lifecycle_model.explain.decisions import decision_phrase
from lifecycle_model.explain.facts import value_phrase
from lifecycle_model.explain.voice import Voice, printable, sentence
from lifecycle_model.outcome import Path, Status, Transition
from lifecycle_model.rules import FACTS


def status_lines(voice: Voice, status: Status) -> list[str]:
    """Return the six values, and the facts behind them that say something."""
    being = voice.say(f"situation.being.{status.situation.value}")
    if status.as_of is None:
        first = voice.say("say.status_new", situation=being)
    else:
        day = voice.on_day(status.as_of)
        first = sentence(voice.say("say.status", date=day, situation=being))
    values = voice.say(
        "say.values",
        position=voice.name(status.position),
        stage=voice.name(status.stage),
        funnel_group=voice.name(status.funnel_group),
        sales_step=voice.name(status.sales_step),
        service_state=voice.name(status.service_state),
    )
    facts = [
        value_phrase(voice, name, value)
        for name, value in status.facts.items()
        if value is not None and (value != 0 or FACTS[name].unit == "days")
    ]
    behind = [voice.say("say.behind", facts="; ".join(facts))] if facts else []
    return [first, values, *behind]


def opportunity_lines(voice: Voice, opportunities: Iterable[Opportunity]) -> list[str]:
    """Return each buying decision under way: where, since when, and with whom."""
    return [
        sentence(
            voice.say(
                "say.opportunity_competitor" if one.with_competitor else "say.opportunity_us",
                decision=decision_phrase(voice, one.id),
                position=voice.name(one.position),
                date=voice.day(one.entered_on),
            )
        )
        for one in opportunities
    ]


def event_phrase(voice: Voice, event: Event) -> str:
    """Return what happened, with the fields that were given."""
    kind = voice.say(f"kind.{event.kind}")
    given = [
        f"{voice.say(f'field.{name}')}: {_value(voice, getattr(event, name))}"
        for name in event.model_dump(exclude_defaults=True)
        if name not in BaseEvent.model_fields
    ]
    return f"{kind} ({'; '.join(given)})" if given else kind


def _value(voice: Voice, value: object) -> str:
    match value:
        case bool():
            return voice.say("format.yes" if value else "format.no")
        case StrEnum():
            return voice.name(value)
        case int() | Decimal():
            return voice.number(value)
        case date():
            return voice.day(value)
        case tuple():
            return ", ".join(printable(str(one)) for one in value)
        case _:
            return printable(str(value))


def path_lines(voice: Voice, path: Path | None) -> list[str]:
    """Return the steps of a path, each with the states that it leads to."""
    if path is None:
        return [voice.say("say.path_none")]
    if not path.events:
        return [voice.say("say.path_here")]
    return [voice.counted("path_steps", len(path.events)), *_steps(voice, path)]


def _steps(voice: Voice, path: Path) -> Iterator[str]:
    moves = list(path.transitions)
    for number, event in enumerate(path.events, start=1):
        reached = [move for move in moves if move.occurred_at <= event.occurred_at]
        del moves[: len(reached)]
        values = {
            "number": number,
            "date": voice.day(event.occurred_at),
            "event": event_phrase(voice, event),
        }
        if reached:
            yield voice.say("say.path_step_to", states=_states(voice, reached), **values)
        else:
            yield voice.say("say.path_step", **values)


def _states(voice: Voice, moves: Sequence[Transition]) -> str:
    return ", ".join(voice.name(move.after) for move in moves)
