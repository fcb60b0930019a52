"""From the kernel's records of its decisions to transitions, refusals and answers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from lifecycle_model.encode import POSITIONS, SITUATIONS, midnight
from lifecycle_model.events import Event, money_amount
from lifecycle_model.kernel import layout as at
from lifecycle_model.kernel.layout import Decision
from lifecycle_model.kernel.program import Program
from lifecycle_model.kernel.record import MOVED, REFUSED, STAYED
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
from lifecycle_model.rules import FACTS, Guard
from lifecycle_model.rules.bounds import threshold_value
from lifecycle_model.states import Axis

_ANSWERS: Final = {
    MOVED: AnswerKind.MOVED,
    STAYED: AnswerKind.STAYED,
    REFUSED: AnswerKind.REFUSED,
}


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


@dataclass(frozen=True)
class Decoder:
    """Tells decisions in the words of one table, one policy and one run of events."""

    program: Program
    policy: Policy
    events: Sequence[Event]
    opportunities: Mapping[str, int]
    """The ids with their codes, in the order of the codes."""

    @cached_property
    def _ids(self) -> tuple[str, ...]:
        return tuple(self.opportunities)

    def transitions(self, records: Iterable[Decision]) -> Iterator[Transition]:
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
                self.program.policy,
            )

    def refusals(self, records: Iterable[Decision]) -> Iterator[Refusal]:
        """Yield the refusals among the kernel's records."""
        for answer, event_at, day, start, cell, _, _, values in records:
            if answer != REFUSED:
                continue
            occurred_at, kind, event_id = self._cause(event_at, day)
            checks = []
            used = 0
            first, last = self.program.cell_start[cell], self.program.cell_start[cell + 1]
            for row in self.program.cell_row[first:last]:
                rule = self.program.rules[row]
                these = values[used : used + len(rule.guards)]
                used += len(rule.guards)
                checks.append(RuleCheck(rule, self.evidence(rule.guards, these)))
            place = cell // at.KIND_COUNT
            yield Refusal(
                occurred_at,
                Axis.SITUATION if start < 0 else Axis.POSITION,
                self._opportunity(start),
                SITUATIONS[place] if start < 0 else POSITIONS[place - at.SITUATION_COUNT],
                event_id,
                kind,
                tuple(checks),
                self.program.policy,
            )

    def answers(self, records: Iterable[Decision]) -> Iterator[Answer]:
        """Yield what each axis answered to the event, if there is one, position first."""
        for event in self.events:
            found = [self._answer(record) for record in records if record[1] >= 0]
            axes = {answer.axis for answer in found}
            named = getattr(event, "opportunity_id", None)
            if named is not None and Axis.POSITION not in axes:
                yield Answer(Axis.POSITION, named, AnswerKind.NOT_APPLICABLE, None)
            yield from found
            if event.kind != "time_passed" and Axis.SITUATION not in axes:
                yield Answer(Axis.SITUATION, None, AnswerKind.NOT_APPLICABLE, None)

    def _answer(self, record: Decision) -> Answer:
        answer, _, _, start, row, *_ = record
        rule = None if answer == REFUSED else self.program.rules[row].id
        axis = Axis.SITUATION if start < 0 else Axis.POSITION
        return Answer(axis, self._opportunity(start), _ANSWERS[answer], rule)

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
        return None if start < 0 else self._ids[start // at.OPPORTUNITY_SLOTS]

    def _cause(self, event_at: int, day: int) -> tuple[datetime, str, str | None]:
        if event_at < 0:
            return midnight(day, self.policy.day_offset_minutes), "time_passed", None
        event = self.events[event_at]
        return event.occurred_at, event.kind, event.event_id
