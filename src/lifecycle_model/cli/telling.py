"""A customer's story for people."""

from itertools import groupby
from textwrap import TextWrapper
from typing import Final

from rich.text import Text

from lifecycle_model import FACTS, Answer, AnswerKind, Axis, Event, Evidence, Transition
from lifecycle_model.cli.customers import values_of
from lifecycle_model.cli.story import Chapter, Story
from lifecycle_model.cli.terminal import add_row, new_table, output, plain, say
from lifecycle_model.cli.times import short
from lifecycle_model.cli.words import counted
from lifecycle_model.errors import shown

_COMMON: Final = frozenset({"kind", "customer_id", "occurred_at"})
_STYLES: Final = {
    AnswerKind.MOVED: "green",
    AnswerKind.STAYED: "",
    AnswerKind.REFUSED: "yellow",
    AnswerKind.NOT_APPLICABLE: "dim",
}


def tell(story: Story) -> None:
    """Print the story, where the customer stands, and what is next."""
    ref = story.policy
    say(
        output(),
        f"customer {shown(story.customer.id)} in {story.log}",
        f"policy {ref.name}, version {ref.version}, digest {ref.digest}; times in UTC",
    )
    for chapter in story.chapters:
        _tell_time(chapter.by_time)
        if chapter.event is not None:
            _tell_event(chapter, chapter.event)
    _tell_now(story)
    _tell_deadline(story)
    _tell_ways(story)


def tell_words(text: str) -> None:
    """Print sentences, wrapped to the terminal; a line that goes on is indented further."""
    for line in text.split("\n"):
        indent = " " * (len(line) - len(line.lstrip(" ")))
        wrapper = TextWrapper(
            output().width,
            initial_indent=indent,
            subsequent_indent=f"{indent}  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        say(output(), *(wrapper.wrap(plain(line.strip(" "))) or [""]))


def _heading(left: str, right: str = "") -> None:
    output().print()
    output().print(Text.assemble((left, "bold"), right), soft_wrap=True)


def _tell_time(moves: tuple[Transition, ...]) -> None:
    for instant, together in groupby(moves, key=lambda move: move.occurred_at):
        _heading(short(instant), "  time passed")
        for move in together:
            _tell_move(move)


def _tell_event(chapter: Chapter, event: Event) -> None:
    what = plain(" ".join([event.kind, *_own_fields(event)]))
    _heading(short(event.occurred_at), f"  {what}")
    moves = {(move.axis, move.opportunity_id): move for move in chapter.by_event}
    refusals = {(one.axis, one.opportunity_id): one for one in chapter.outcome.refusals}
    for answer in chapter.outcome.answers:
        whose = (answer.axis, answer.opportunity_id)
        if move := moves.get(whose):
            _tell_move(move)
            continue
        _tell_line(_axis(*whose), _answer_words(answer), _STYLES[answer.kind])
        if refusal := refusals.get(whose):
            for check in refusal.checks:
                reasons = "; ".join(map(str, check.evidence))
                say(output(), f"    {check.rule.id}: {reasons}")


def _own_fields(event: Event) -> list[str]:
    given = event.model_dump(mode="json", exclude_defaults=True)
    return [f"{name}={_value(value)}" for name, value in given.items() if name not in _COMMON]


def _value(value: object) -> str:
    if isinstance(value, str) and value.isascii() and value.replace(".", "").isalnum():
        return value
    return shown(value)


def _axis(axis: Axis, opportunity_id: str | None) -> str:
    if opportunity_id is None or opportunity_id == "main":
        return axis.value
    return f"{axis.value} of {shown(opportunity_id)}"


def _tell_line(axis: str, words: str, style: str) -> None:
    text = Text.assemble(f"  {plain(axis)}: ", (plain(words), style))
    output().print(text, soft_wrap=True)


def _tell_move(move: Transition) -> None:
    words = f"{move.before} -> {move.after} by {move.rule}"
    _tell_line(_axis(move.axis, move.opportunity_id), words, _STYLES[AnswerKind.MOVED])
    if move.skipped:
        say(output(), f"    skipping {', '.join(move.skipped)}")
    for one in move.evidence:
        say(output(), f"    because {one}")


def _answer_words(answer: Answer) -> str:
    match answer.kind:
        case AnswerKind.REFUSED:
            return "refused, no rule holds"
        case AnswerKind.NOT_APPLICABLE:
            return "no rule for it here"
        case _:
            return f"stays, by {answer.rule}"


def _tell_now(story: Story) -> None:
    as_of = story.status.as_of
    _heading("Now", ", before any event" if as_of is None else f", as of {short(as_of)}")
    since = story.customer.situation_since
    for name, value in values_of(story.status).items():
        if name == "situation" and since is not None:
            value += f", since {short(since)}, by {story.customer.situation_rule}"  # noqa: PLW2901 - the one value with a reason
        say(output(), f"  {name:<15}{value}")
    for one in story.customer.opportunities:
        whom = "a competitor" if one.with_competitor else "us"
        where = f"{one.position}, since {one.entered_on}, with {whom}"
        say(output(), f"  {'opportunity':<15}{_value(one.id)}: {where}")
    if story.future:
        say(output(), f"  not counted: {counted(story.future, 'later event')}")


def _tell_deadline(story: Story) -> None:
    if story.deadline is None:
        _heading("If nothing happens", ", nothing changes")
        return
    _heading("If nothing happens", f", on {short(story.deadline.occurred_at)}")
    for move in story.deadline.transitions:
        _tell_move(move)


def _tell_ways(story: Story) -> None:
    _heading("What would lead to another situation")
    output().print()
    table = new_table("to", "rule", "on", "still asked", wrapped="still asked")
    for target, check in story.ways:
        missing = "\n".join(_asked(one) for one in check.evidence if not one.holds)
        add_row(table, target.value, check.rule.id, check.rule.kind, Text(missing or "nothing"))
    output().print(table)


def _asked(one: Evidence) -> str:
    """Say what a guard asks for, and what there is."""
    asked = f"{one.fact} {one.operator} {one.threshold}"
    if FACTS[one.fact].scope == "event":
        return f"{asked} by that event"
    return f"{asked}, now {'none' if one.value is None else one.value}"
