"""Whole accounts in words: an outcome, a history, a story told step by step."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import NamedTuple

from lifecycle_model.customer import Customer, Opportunity
from lifecycle_model.events import Event, ManualCorrection
from lifecycle_model.explain.decisions import (
    check_lines,
    deadline_lines,
    move_text,
    policy_text,
    refusal_text,
)
from lifecycle_model.explain.standing import event_phrase, opportunity_lines, status_lines
from lifecycle_model.explain.voice import Voice
from lifecycle_model.outcome import Deadline, Refusal, RuleCheck, Status, Transition
from lifecycle_model.policy import PolicyRef
from lifecycle_model.states import Axis


class Step(NamedTuple):
    """One step of a story: an event, or the passing of time, and what it did."""

    event: Event | None
    """None for the time after the last event."""
    transitions: Sequence[Transition]
    refusals: Sequence[Refusal] = ()


def outcome_lines(  # noqa: PLR0913 - the parts of an outcome
    voice: Voice,
    customer: Customer,
    transitions: Iterable[Transition],
    refusals: Iterable[Refusal],
    *,
    events: Iterable[Event],
    policy: PolicyRef,
) -> list[str]:
    """Return what one event did: each move, each refusal, and the policy."""
    decisions = [
        *_move_texts(voice, transitions, events),
        *(refusal_text(voice, refusal) for refusal in refusals),
    ]
    if not decisions:
        state = voice.say(f"situation.being.{customer.situation.value}")
        decisions = [voice.say("say.stays", state=state)]
    return [*decisions, policy_text(voice, policy)]


def _move_texts(
    voice: Voice, moves: Iterable[Transition], events: Iterable[Event]
) -> Iterator[str]:
    """Yield each move; where a person made it, with who and why."""
    corrections = [one for one in events if isinstance(one, ManualCorrection)]
    for move in moves:
        author = next((one for one in corrections if _made(one, move)), None)
        if author is not None:
            corrections.remove(author)
        yield move_text(voice, move, author)


def _made(event: ManualCorrection, move: Transition) -> bool:
    value = event.situation if move.axis == Axis.SITUATION else event.position
    return (
        move.kind == event.kind
        and (event.occurred_at, event.event_id) == (move.occurred_at, move.event_id)
        and (value, event.opportunity_id) == (move.after, move.opportunity_id)
    )


def history_lines(  # noqa: PLR0913 - three counts, each with a name
    voice: Voice,
    customer: Customer,
    transitions: Sequence[Transition],
    policy: PolicyRef,
    *,
    events: Iterable[Event],
    duplicates: int,
    conflicts: int,
    future: int,
) -> list[str]:
    """Return every move of a history, what was left out, and where the customer is now."""
    moves = [*_move_texts(voice, transitions, events)] or [voice.say("say.no_moves")]
    left_out = [
        voice.counted(name, count)
        for name, count in (
            ("duplicates", duplicates),
            ("conflicts", conflicts),
            ("future", future),
        )
        if count
    ]
    return [
        standing_text(voice, customer),
        *opportunity_lines(voice, customer.opportunities),
        *moves,
        *left_out,
        policy_text(voice, policy),
    ]


def standing_text(voice: Voice, customer: Customer) -> str:
    """Return where a customer stands on both axes."""
    return voice.say(
        "say.standing",
        id=voice.quoted(customer.id),
        situation=voice.say(f"situation.being.{customer.situation.value}"),
        position=voice.name(customer.position),
    )


def tell_story(  # noqa: PLR0913 - the parts of a story, each left out at will
    steps: Iterable[Step],
    *,
    status: Status | None = None,
    opportunities: Iterable[Opportunity] = (),
    future: int = 0,
    deadline: Deadline | None = None,
    ways: Sequence[RuleCheck] = (),
    lang: str = "en",
    day_offset_minutes: int = 0,
) -> str:
    """Return a customer's whole story: what happened, step by step, what is, and what is next.

    Args:
        steps: each event and what it did, in order.
        status: where the customer stands; without it the story ends with the last step.
        opportunities: `customer.opportunities`, told with the status.
        future: how many events lie after the date asked for, told with the status.
        deadline: what changes if nothing happens.
        ways: the rules that lead elsewhere, as `Lifecycle.why_not` returns them.
        lang: one of `LANGUAGES`.
        day_offset_minutes: where the policy's calendar lies.

    Raises:
        UnknownLanguage: the language is none of the four.

    >>> from datetime import UTC, datetime
    >>> from lifecycle_model import SurveyAnswered
    >>> day = datetime(2024, 5, 1, tzinfo=UTC)
    >>> answer = SurveyAnswered(customer_id="c", occurred_at=day, score=9)
    >>> print(tell_story([Step(answer, ())], lang="it"))
    1 maggio 2024: una risposta al sondaggio (punteggio: 9).
      Questo non cambia né la situazione né alcuna posizione; i fatti possono essere cambiati.
    """
    voice = Voice.of(lang, day_offset_minutes)
    lines: list[str] = []
    for step in steps:
        lines += _chapter(voice, step)
    if status is not None:
        now = [*status_lines(voice, status), *opportunity_lines(voice, opportunities)]
        if future:
            now.append(voice.counted("future", future))
        lines += _section(voice, "now", now)
        lines += _section(voice, "next", deadline_lines(voice, deadline))
    if ways:
        lines += _section(voice, "ways", check_lines(voice, ways))
    return "\n".join(lines)


def _chapter(voice: Voice, step: Step) -> list[str]:
    """Return what time did on the way to an event, then the event and what it did."""
    lines = [move_text(voice, move) for move in step.transitions if move.kind == "time_passed"]
    event = step.event
    if event is None:
        return lines
    phrase = event_phrase(voice, event)
    lines.append(voice.say("say.event", date=voice.day(event.occurred_at), event=phrase))
    done = [
        *(
            move_text(voice, move, dated=False)
            for move in step.transitions
            if move.kind != "time_passed"
        ),
        *(refusal_text(voice, refusal, dated=False) for refusal in step.refusals),
    ]
    return [*lines, *(f"  {text}" for text in done or [voice.say("say.event_stays")])]


def _section(voice: Voice, name: str, lines: Iterable[str]) -> list[str]:
    return ["", voice.say(f"say.story_{name}"), *(f"  {line}" for line in lines)]


def html_of(lines: Iterable[str]) -> str:
    """Return lines for a notebook: the first as a paragraph, the others as a list.

    >>> html_of(["Customer “<b>”", "one"])
    '<div class="lifecycle-model"><p>Customer “&lt;b&gt;”</p><ul><li>one</li></ul></div>'
    """
    first, *others = map(escape, lines)
    items = "".join(f"<li>{line}</li>" for line in others)
    return f'<div class="lifecycle-model"><p>{first}</p><ul>{items}</ul></div>'
