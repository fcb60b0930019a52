"""From the kernel's records of its decisions to transitions, refusals and answers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from lifecycle_model.encode import POSITIONS, SITUATIONS, midnight
from lifecycle_model.events import KINDS, Event, money_amount
from lifecycle_model.kernel import layout as at
from lifecycle_model.kernel.program import FACT_CODES, Program, threshold_value
from lifecycle_model.kernel.record import MOVED, REFUSED
from lifecycle_model.outcome import (
    Answer,
    AnswerKind,
    Evidence,
    Number,
    Refusal,
    RuleCheck,
    State,
    Transition,
)
from lifecycle_model.policy import Policy
from lifecycle_model.rules import FACTS, Guard, Rule
from lifecycle_model.states import Axis

_ANSWERS: Final = {MOVED: AnswerKind.MOVED, REFUSED: AnswerKind.REFUSED}


def fact_number(name: str, value: int) -> Number | None:
    """Return the kernel's number of a fact as people count it; None for none.

    >>> fact_number("revenue", 199000)
    Decimal('19.9')
    """
    if name == "protected":
        return int(value <= 0)
    unit = FACTS[name].unit
    if unit == "money":
        return money_amount(value)
    if value >= at.NEVER or (name == "days_expired" and value < 1):
        return None
    return value


@dataclass(frozen=True, slots=True)
class Decoder:
    """Tells decisions in the words of one table, one policy and one run of events."""

    program: Program
    policy: Policy
    events: Sequence[Event]
    opportunity_ids: Sequence[str]
    """By code."""

    def transitions(self, records: Iterable[Any]) -> Iterator[Transition]:
        """Yield the moves among the kernel's records."""
        for answer, event_at, day, start, row, before, after, values in records:
            if answer != MOVED:
                continue
            rule = self.program.rules[row]
            states: Sequence[State] = SITUATIONS if start < 0 else POSITIONS
            occurred_at, kind, event_id = self._cause(event_at, day)
            yield Transition(
                occurred_at,
                rule.axis,
                self._opportunity(start),
                rule.id,
                states[before],
                states[after],
                event_id,
                kind,
                self.evidence(rule.guards, values),
                self.policy.ref,
            )

    def refusals(self, records: Iterable[Any]) -> Iterator[Refusal]:
        """Yield the refusals among the kernel's records."""
        for answer, event_at, day, start, cell, _, _, values in records:
            if answer != REFUSED or event_at < 0:
                continue
            occurred_at, kind, event_id = self._cause(event_at, day)
            checks = []
            used = 0
            first, last = self.program.cell_start[cell], self.program.cell_start[cell + 1]
            for row in self.program.cell_row[first:last]:
                rule = self.program.rules[row]
                these = values[used : used + len(rule.guards)]
                used += len(rule.guards)
                checks.append(RuleCheck(rule, True, self.evidence(rule.guards, these)))
            place = cell // at.KIND_COUNT
            yield Refusal(
                occurred_at,
                Axis.SITUATION if start < 0 else Axis.POSITION,
                self._opportunity(start),
                SITUATIONS[place] if start < 0 else POSITIONS[place - at.SITUATION_COUNT],
                event_id,
                kind,
                tuple(checks),
                self.policy.ref,
            )

    def answers(self, records: Iterable[Any]) -> Iterator[Answer]:
        """Yield what the axes answered to events, where they have rows."""
        for answer, event_at, _, start, row, _, _, _ in records:
            if event_at >= 0:
                rule = None if answer == REFUSED else self.program.rules[row].id
                axis = Axis.SITUATION if start < 0 else Axis.POSITION
                kind = _ANSWERS.get(answer, AnswerKind.STAYED)
                yield Answer(axis, self._opportunity(start), kind, rule)

    def evidence(self, guards: Sequence[Guard], values: Sequence[int]) -> tuple[Evidence, ...]:
        """Return guards with the kernel's values of their facts."""
        return tuple(
            Evidence(
                guard.fact,
                fact_number(guard.fact, value),
                guard.operator,
                threshold_value(guard, self.policy),
                guard.threshold if isinstance(guard.threshold, str) else None,
            )
            for guard, value in zip(guards, values, strict=True)
        )

    def _opportunity(self, start: int) -> str | None:
        return None if start < 0 else self.opportunity_ids[start // at.OPPORTUNITY_SLOTS]

    def _cause(self, event_at: int, day: int) -> tuple[datetime, str, str | None]:
        if event_at < 0:
            return midnight(day, self.policy.day_offset_minutes), "time_passed", None
        event = self.events[event_at]
        return event.occurred_at, event.kind, event.event_id
