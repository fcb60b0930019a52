"""What folding returns: decisions are kept as numbers and told in words on demand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lifecycle_model.customer import Customer
from lifecycle_model.decode import Decoder
from lifecycle_model.events import Event
from lifecycle_model.explain.story import (
    history_lines,
    html_of,
    outcome_lines,
    standing_text,
)
from lifecycle_model.explain.texts import texts_of
from lifecycle_model.explain.voice import Voice
from lifecycle_model.kernel.layout import Decision
from lifecycle_model.outcome import Answer, Conflict, Refusal, Transition
from lifecycle_model.policy import Policy

Decisions = tuple[Decoder, Sequence[Decision]]
"""What the kernel decided, and who can tell it in words."""


@dataclass(frozen=True)
class Outcome:
    """What one event, or the passing of time, did to a customer."""

    customer: Customer
    """Where the customer stands now."""
    _decoder: Decoder = field(repr=False, compare=False)
    _decisions: Sequence[Decision] = field(repr=False)
    duplicate: bool = False
    """True where the event had been folded before and was dropped."""

    @cached_property
    def transitions(self) -> tuple[Transition, ...]:
        """What time moved before the event, then what the event moved."""
        return tuple(self._decoder.transitions(self._decisions))

    @cached_property
    def refusals(self) -> tuple[Refusal, ...]:
        """The axes that have rows for the event, none of which held."""
        return tuple(self._decoder.refusals(self._decisions))

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """One for each axis that the event tried; none for `time_passed` or a duplicate."""
        return () if self.duplicate else tuple(self._decoder.answers(self._decisions))

    def explain(self, lang: str = "en") -> str:
        """Return what the event did and why in words, one line a decision.

        Args:
            lang: `en`, `pt`, `es` or `it`.

        Raises:
            UnknownLanguage: the language is none of the four.

        >>> from datetime import UTC, datetime
        >>> from lifecycle_model import LeadQualified, Lifecycle
        >>> event = LeadQualified(customer_id="c", occurred_at=datetime(2024, 5, 1, tzinfo=UTC))
        >>> outcome = Lifecycle().apply(Customer(id="c"), event)
        >>> print(outcome.explain("pt").partition(" Regra")[0])
        Em 1 de maio de 2024, o cliente passou de não cliente a cliente potencial: \
um lead no qual vale a pena investir.
        """
        return "\n".join(self._lines(self._voice(lang)))

    def _voice(self, lang: str) -> Voice:
        return Voice.of(lang, self._decoder.policy.day_offset_minutes)

    def _lines(self, voice: Voice) -> list[str]:
        if self.duplicate:
            return [voice.say("say.duplicate")]
        policy = self._decoder.policy.ref
        return outcome_lines(
            voice,
            self.customer,
            self.transitions,
            self.refusals,
            events=self._decoder.events,
            policy=policy,
        )

    def _repr_html_(self) -> str:
        voice = self._voice("en")
        return html_of([standing_text(voice, self.customer), *self._lines(voice)])


@dataclass(frozen=True)
class History:
    """A replayed customer, every move with its reason, and what was not folded."""

    customer: Customer
    """Where the customer stands after the last event and the time asked for."""
    events: tuple[Event, ...] = field(repr=False)
    """The events that were folded, in fold order."""
    duplicates: int
    """How many equal copies were dropped."""
    conflicts: tuple[Conflict, ...] = field(repr=False)
    """Events that share a name with another but not its content; the first one counts."""
    future: tuple[Event, ...] = field(repr=False)
    """Events after `as_of`, in fold order; they were not folded."""
    _decide: Callable[[], Decisions] = field(repr=False, compare=False)

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """Every move on both axes, in the order in which it happened.

        They are found when first asked for, by folding once more.
        """
        return self._told[1]

    @cached_property
    def _told(self) -> tuple[Policy, tuple[Transition, ...]]:
        decoder, decisions = self._decide()
        return decoder.policy, tuple(decoder.transitions(decisions))

    def explain(self, lang: str = "en") -> str:
        """Return where the customer stands, and every move and why, in words, one line each.

        Args:
            lang: `en`, `pt`, `es` or `it`.

        Raises:
            UnknownLanguage: the language is none of the four.

        >>> from datetime import UTC, datetime
        >>> from lifecycle_model import LeadQualified, Lifecycle
        >>> event = LeadQualified(customer_id="c", occurred_at=datetime(2024, 5, 1, tzinfo=UTC))
        >>> print(Lifecycle().replay([event]).explain("es").partition(";")[0])
        El cliente «c» es un cliente potencial
        """
        return "\n".join(self._lines(lang))

    def _lines(self, lang: str) -> list[str]:
        texts = texts_of(lang)
        policy, transitions = self._told
        return history_lines(
            Voice(texts, policy.day_offset_minutes),
            self.customer,
            transitions,
            policy.ref,
            events=self.events,
            duplicates=self.duplicates,
            conflicts=len(self.conflicts),
            future=len(self.future),
        )

    def _repr_html_(self) -> str:
        return html_of(self._lines("en"))
