"""What foreign engines are asked: every question of a history, its facts and the answer."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from engines import CHUNK_EVENTS, SEED, Silent
from lifecycle_model import FACTS, KINDS, Axis, Customer, Event, Lifecycle, Policy, parse_event
from lifecycle_model.decode import fact_number
from lifecycle_model.encode import POSITIONS, SITUATIONS
from lifecycle_model.kernel import layout as at, moves
from lifecycle_model.kernel.guards import fact_value, target_of
from lifecycle_model.kernel.program import FACT_CODES, Program
from lifecycle_model.machine.driven import DrivenMemory
from lifecycle_model.order import in_order
from lifecycle_model.rules import GIVEN, RESTORED
from reading.histories import random_history

if TYPE_CHECKING:
    from collections.abc import Iterator

Question = dict[str, Any]
Read = dict[tuple[Axis, int], frozenset[str]]
"""By axis and kind: the facts and states that some row reads."""


@dataclass(frozen=True, slots=True)
class Round:
    """Random histories under one policy."""

    lifecycle: Lifecycle
    histories: list[list[Question]]
    events: int
    """How many were folded; an event is asked of the situation and of an opportunity."""


class Trail(DrivenMemory):
    """A memory that writes down each question with its facts, and how the axis answered."""

    __slots__ = ("questions", "read")

    questions: list[Question]
    read: Read

    def _ask(  # noqa: PLR0917 - what it overrides
        self, axis: Axis, start: int, kind: int, day: int, given: int, event_at: int
    ) -> int:
        facts = self._facts(axis, start, kind, day, given)
        before = self._held(start)
        row = super()._ask(axis, start, kind, day, given, event_at)
        self.questions.append(
            {
                "subject": start,
                "kind": KINDS[kind],
                "facts": facts,
                "before": before,
                "after": self._held(start),
                "rule": self.program.rules[row].id if row >= 0 else None,
            }
        )
        return row

    def _held(self, start: int) -> str:
        if start >= 0:
            return str(POSITIONS[self.opportunities[start + at.POSITION]])
        return str(SITUATIONS[self.state[at.SITUATION]])

    def _facts(self, axis: Axis, start: int, kind: int, day: int, given: int) -> dict[str, Any]:
        read = self.read.get((axis, kind))
        if read is None:
            return {}
        cell = self.state[at.SITUATION] * at.KIND_COUNT + kind
        if start >= 0:
            place = at.SITUATION_COUNT + self.opportunities[start + at.POSITION]
            cell = place * at.KIND_COUNT + kind
        first, end = self.program.cell_start[cell : cell + 2]
        rows = self.program.cell_row[first:end]
        target = target_of(self.program, rows[0], given) if rows else 0
        found: dict[str, Any] = {}
        for name in read & FACTS.keys():
            raw = fact_value(self, start, FACT_CODES[name], day, target)
            value = fact_number(name, raw)
            found[name] = math.nan if value is None else float(value)
        if "given" in read:
            states = SITUATIONS if axis == Axis.SITUATION else POSITIONS
            found["given"] = str(states[given])
        if "restores_to" in read:
            rung = moves.restored_situation(self.state)
            found["restores_to"] = str(SITUATIONS[rung]) if rung >= 0 else ""
        return found


def facts_read(program: Program) -> Read:
    """Return what the rows of each axis and kind read."""
    found: dict[tuple[Axis, int], frozenset[str]] = {}
    for rule in program.rules:
        also = {GIVEN: {"given"}, RESTORED: {"restores_to"}}.get(str(rule.target), set())
        cell = (rule.axis, KINDS.index(rule.kind))
        names = {guard.fact for guard in rule.guards} | also
        found[cell] = found.get(cell, frozenset()) | names
    return found


def trail(lifecycle: Lifecycle, events: list[Event]) -> list[Question]:
    """Return the questions of ordered events, answered as the kernel answers them."""
    questions: list[Question] = []
    read = facts_read(lifecycle.program)

    def written_down(*given: Any) -> Trail:
        memory = Trail(*given, machines=lifecycle._machines, watcher=Silent())
        memory.questions, memory.read = questions, read
        return memory

    fold = partial(lifecycle.engine.fold, Customer(id="c"), events, None, at.ANSWERS)
    assert fold(written_down)[2] == fold()[2]
    return questions


def plain_events(raw: list[dict[str, Any]]) -> list[Event]:
    """Return the events in order, without currencies: a second one is an error, and no fact."""
    ordered = in_order([parse_event(one) for one in raw], None, None).events
    return [one for one in ordered if getattr(one, "currency", None) is None]


def random_rounds(name: str, policies: int = 5, size: int = 50) -> Iterator[Round]:
    """Yield rounds of random histories that have `CHUNK_EVENTS` events together."""
    rng = random.Random(f"{name}-{SEED}")
    left = CHUNK_EVENTS
    for number in range(policies, 0, -1):
        _, thresholds, _ = random_history(rng, 5, focused=True)
        lifecycle = Lifecycle(Policy(**thresholds))
        histories, events = [], 0
        while events * number < left:
            raw, _, _ = random_history(rng, size, focused=True, policy=thresholds)
            plain = plain_events(raw)
            histories.append(trail(lifecycle, plain))
            events += len(plain)
        left -= events
        yield Round(lifecycle, histories, events)
