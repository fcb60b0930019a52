"""What foreign engines are asked: every question of a history, its facts and the answer."""

from __future__ import annotations

import math
import random
from functools import partial
from typing import Any

from lifecycle_model import FACTS, KINDS, Axis, Customer, Lifecycle, Policy, parse_event
from lifecycle_model.decode import fact_number
from lifecycle_model.encode import POSITIONS, SITUATIONS
from lifecycle_model.kernel import layout as at, moves
from lifecycle_model.kernel.guards import fact_value, target_of
from lifecycle_model.kernel.program import FACT_CODES
from lifecycle_model.machine.driven import DrivenMemory
from lifecycle_model.order import in_order
from reading.histories import random_history

Question = dict[str, Any]


class Trail(DrivenMemory):
    """A memory that writes down each question with its facts, and where the axis then stood."""

    __slots__ = ("questions",)

    def _ask(  # noqa: PLR0917 - what it overrides
        self, axis: Axis, start: int, kind: int, day: int, given: int, event_at: int
    ) -> int:
        facts = self._facts(axis, start, kind, day, given)
        row = super()._ask(axis, start, kind, day, given, event_at)
        state: str = SITUATIONS[self.state[at.SITUATION]]
        if start >= 0:
            state = POSITIONS[self.opportunities[start + at.POSITION]]
        question = {"subject": start, "kind": KINDS[kind], "facts": facts, "after": str(state)}
        self.questions.append(question)
        return row

    def _facts(self, axis: Axis, start: int, kind: int, day: int, given: int) -> dict[str, Any]:
        cell = self.state[at.SITUATION] * at.KIND_COUNT + kind
        if start >= 0:
            place = at.SITUATION_COUNT + self.opportunities[start + at.POSITION]
            cell = place * at.KIND_COUNT + kind
        first, end = self.program.cell_start[cell : cell + 2]
        rows = self.program.cell_row[first:end]
        target = target_of(self.program, rows[0], given) if rows else 0
        found: dict[str, Any] = {}
        for name, fact in FACTS.items():
            if fact.scope != "opportunity" or start >= 0:
                raw = fact_value(self, start, FACT_CODES[name], day, target)
                value = fact_number(name, raw)
                found[name] = math.nan if value is None else float(value)
        states = SITUATIONS if axis == Axis.SITUATION else POSITIONS
        is_given = KINDS[kind] == "manual_correction"
        found["given"] = str(states[given]) if is_given else ""
        rung = moves.restored_situation(self.state)
        found["restores_to"] = str(SITUATIONS[rung]) if rung >= 0 else ""
        return found


class Silent:
    """Nobody is told of moves."""

    def before_move(self, memory: Any, record: Any) -> None:
        """Do nothing."""

    def after_move(self, memory: Any, record: Any) -> None:
        """Do nothing."""


def random_trail(name: str) -> tuple[Lifecycle, list[Question]]:
    """Return a lifecycle with a policy of its own, and the questions of one history."""
    rng = random.Random(name)
    raw, thresholds, _ = random_history(rng, 25, focused=True)
    lifecycle = Lifecycle(Policy(**thresholds))
    events = in_order([parse_event(one) for one in raw], None, None).events
    plain = [event for event in events if getattr(event, "currency", None) is None]
    make = partial(Trail, machines=lifecycle._machines, watcher=Silent())

    def with_questions(*given: Any) -> Trail:
        memory = make(*given)
        memory.questions = []
        return memory

    memory, _, _ = lifecycle.engine.fold(
        Customer(id="c"), plain, None, at.ANSWERS, with_questions
    )
    return lifecycle, memory.questions
