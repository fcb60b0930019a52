"""What folding returns: decisions are kept as numbers and told in words on demand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lifecycle_model.customer import Customer
from lifecycle_model.decode import Decoder
from lifecycle_model.events import Event
from lifecycle_model.explain.story import (
    history_lines,
    html_of,
    outcome_lines,
    standing_text,
)
from lifecycle_model.explain.voice import Voice
from lifecycle_model.outcome import Answer, Conflict, Refusal, Transition


@dataclass(frozen=True)
class _Told:
    """A customer and the decisions that led there."""

    customer: Customer
    """Where the customer stands now."""
    _decoder: Decoder = field(repr=False)
    _records: Sequence[Any] = field(repr=False)

    @cached_property
    def transitions(self) -> tuple[Transition, ...]:
        """Every move on both axes, in the order in which it happened."""
        return tuple(self._decoder.transitions(self._records))

    def _voice(self, lang: str) -> Voice:
        return Voice.of(lang, self._decoder.policy.day_offset_minutes)


@dataclass(frozen=True)
class Outcome(_Told):
    """What one event, or the passing of time, did to a customer."""

    duplicate: bool = False
    """True where the event had been folded before and was dropped."""

    @cached_property
    def refusals(self) -> tuple[Refusal, ...]:
        """The axes that have rows for the event, none of which held."""
        return tuple(self._decoder.refusals(self._records))

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """One for each axis that the event tried; none for `time_passed` or a duplicate."""
        return () if self.duplicate else tuple(self._decoder.answers(self._records))

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

    def _lines(self, voice: Voice) -> list[str]:
        if self.duplicate:
            return [voice.say("say.duplicate")]
        policy = self._decoder.policy.ref
        return outcome_lines(voice, self.customer, self.transitions, self.refusals, policy)

    def _repr_html_(self) -> str:
        voice = self._voice("en")
        return html_of([standing_text(voice, self.customer), *self._lines(voice)])


@dataclass(frozen=True)
class History(_Told):
    """A replayed customer, every move with its reason, and what was not folded."""

    events: tuple[Event, ...] = field(repr=False)
    """The events that were folded, in fold order."""
    duplicates: int
    """How many equal copies were dropped."""
    conflicts: tuple[Conflict, ...] = field(repr=False)
    """Events that share a name with another but not its content; the first one counts."""
    future: tuple[Event, ...] = field(repr=False)
    """Events after `as_of`, in fold order; they were not folded."""

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
        return "\n".join(self._lines(self._voice(lang)))

    def _lines(self, voice: Voice) -> list[str]:
        return history_lines(
            voice,
            self.customer,
            self.transitions,
            self._decoder.policy.ref,
            duplicates=self.duplicates,
            conflicts=len(self.conflicts),
            future=len(self.future),
        )

    def _repr_html_(self) -> str:
        return html_of(self._lines(self._voice("en")))
