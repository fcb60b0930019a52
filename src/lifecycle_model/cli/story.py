"""One customer's story as a value: what each event did, and where the customer stands."""

from dataclasses import dataclass
from datetime import datetime

from lifecycle_model import (
    Customer,
    Deadline,
    Event,
    History,
    Lifecycle,
    Outcome,
    Policy,
    PolicyRef,
    RuleCheck,
    Situation,
    Status,
    Transition,
)
from lifecycle_model.explain import Step, tell_story
from lifecycle_model.explain.facts import possible
from lifecycle_model.explain.voice import Voice, printable


@dataclass(frozen=True, slots=True)
class Chapter:
    """One event, or the time at the end, and what it did."""

    event: Event | None
    """None for the time after the last event."""
    outcome: Outcome

    @property
    def by_time(self) -> tuple[Transition, ...]:
        """What time moved before the event."""
        return tuple(one for one in self.outcome.transitions if one.kind == "time_passed")

    @property
    def by_event(self) -> tuple[Transition, ...]:
        """What the event moved."""
        return tuple(one for one in self.outcome.transitions if one.kind != "time_passed")


@dataclass(frozen=True, slots=True)
class Story:
    """A customer's chapters, then where it stands and what leads on."""

    log: str
    policy: PolicyRef
    chapters: tuple[Chapter, ...]
    future: int
    """Events after the instant asked for."""
    customer: Customer
    status: Status
    deadline: Deadline | None
    ways: tuple[tuple[Situation, RuleCheck], ...]
    """Each rule that leads from here to another situation."""


def story_of(log: str, history: History, lifecycle: Lifecycle, as_of: datetime | None) -> Story:
    """Return the story of a replayed customer, told event by event."""
    customer = Customer(id=history.customer.id)
    chapters = []
    for event in history.events:
        outcome = lifecycle.apply(customer, event)
        chapters.append(Chapter(event, outcome))
        customer = outcome.customer
    if as_of is not None:
        outcome = lifecycle.advance(customer, to=as_of)
        chapters.append(Chapter(None, outcome))
        customer = outcome.customer
    ways = [
        (target, check)
        for target in Situation
        if target != customer.situation
        for check in lifecycle.why_not(customer, target)
        if check.source_holds and all(map(possible, check.evidence))
    ]
    return Story(
        log,
        lifecycle.policy.ref,
        tuple(chapters),
        len(history.future),
        customer,
        lifecycle.status(customer, as_of=as_of),
        lifecycle.next_deadline(customer),
        tuple(ways),
    )


def in_words(story: Story, policy: Policy, lang: str) -> str:
    """Return the story in sentences of a language, below whose it is and by which policy."""
    voice, ref = Voice.of(lang), story.policy
    title = voice.say("say.story_title", id=voice.quoted(story.customer.id), log=story.log)
    name, version = voice.quoted(ref.name), printable(ref.version)
    rules = voice.say("say.story_policy", name=name, version=version, digest=ref.digest)
    steps = [
        Step(one.event, one.outcome.transitions, one.outcome.refusals) for one in story.chapters
    ]
    text = tell_story(
        steps,
        status=story.status,
        opportunities=story.customer.opportunities,
        future=story.future,
        deadline=story.deadline,
        ways=[check for _, check in story.ways],
        lang=lang,
        day_offset_minutes=policy.day_offset_minutes,
    )
    return f"{title}\n{rules}\n\n{text}"
