"""A customer's memory in which `transitions` decides, and the kernel only keeps the facts."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from lifecycle_model.customer import Customer
from lifecycle_model.encode import POSITIONS, SITUATIONS, Codes, Record
from lifecycle_model.events import KINDS
from lifecycle_model.kernel import layout as at, moves
from lifecycle_model.kernel.absorb import absorb
from lifecycle_model.kernel.fold import begin_day
from lifecycle_model.kernel.guards import fact_value
from lifecycle_model.kernel.layout import Decision
from lifecycle_model.kernel.program import Program
from lifecycle_model.kernel.record import record_answer, record_refusal
from lifecycle_model.memory import Memory
from lifecycle_model.states import Axis

if TYPE_CHECKING:
    from transitions import Machine


class Watcher(Protocol):
    """Whoever is told of moves as they happen."""

    def before_move(self, memory: Memory, record: Decision) -> None:
        """Be told that an axis is about to move."""

    def after_move(self, memory: Memory, record: Decision) -> None:
        """Be told that it has moved."""


class Asked:
    """The plain subject of one question to one machine."""

    __slots__ = (
        "before",
        "day",
        "event_at",
        "given",
        "kind",
        "memory",
        "row",
        "start",
        "state",
    )

    def __init__(  # noqa: PLR0913, PLR0917 - the question in the kernel's own order
        self, memory: "DrivenMemory", start: int, kind: int, day: int, given: int, event_at: int
    ) -> None:
        self.memory = memory
        self.start = start
        self.kind = kind
        self.day = day
        self.given = given
        self.event_at = event_at
        self.row = at.NO_ROW
        if start < 0:
            self.before = memory.state[at.SITUATION]
            self.state = SITUATIONS[self.before].value
        else:
            self.before = memory.opportunities[start + at.POSITION]
            self.state = POSITIONS[self.before].value

    def answer(self, machine: "Machine") -> int:
        """Fire the event; return the row that fired, NO_ROW or REFUSED."""
        event = machine.events.get(KINDS[self.kind])
        if event is None or self.state not in event.transitions:
            return at.NO_ROW
        self.row = at.REFUSED
        event.trigger(self)
        memory = self.memory
        is_told = memory.state[at.RECORDING] == at.ANSWERS and self.event_at >= 0
        if self.row == at.REFUSED and is_told:
            place = self.before if self.start < 0 else at.SITUATION_COUNT + self.before
            record_refusal(
                memory.program,
                memory,
                self.start,
                place * at.KIND_COUNT + self.kind,
                self.given,
                self.day,
                self.event_at,
                memory.sink,
            )
        return self.row

    def fact(self, fact: int, target: int) -> int:
        """Return the kernel's number of a fact."""
        return fact_value(self.memory, self.start, fact, self.day, target)

    def restored(self) -> int:
        """Return the place of the situation that ends the dissatisfaction."""
        return moves.restored_situation(self.memory.state)

    def fires(self, row: int, target: int) -> None:
        """Record the row that fires, before the state changes."""
        self.row = row
        memory = self.memory
        record_answer(
            memory.program,
            memory,
            self.start,
            row,
            self.before,
            target,
            self.day,
            self.event_at,
            memory.sink,
        )
        if target != self.before:
            memory.watcher.before_move(memory, memory.sink[-1])

    def fired(self) -> None:
        """Let the facts follow the state, after it changed."""
        memory = self.memory
        states: Sequence[str] = SITUATIONS if self.start < 0 else POSITIONS
        target = states.index(self.state)
        if target != self.before:
            record = memory.sink[-1]
            self._enter(target)
            memory.watcher.after_move(memory, record)
        elif self._is_renewed(target):
            memory.opportunities[self.start + at.ENTERED] = self.day

    def _is_renewed(self, position: int) -> bool:
        """Return whether a further signature enters the position anew."""
        renews = self.memory.program.renews_implementation[self.kind]
        return self.start >= 0 and position == at.IMPLEMENTATION and bool(renews)

    def _enter(self, target: int) -> None:
        memory = self.memory
        state = memory.state
        if self.start >= 0:
            moves.enter_position(
                memory.program, memory, self.start, self.before, target, self.day
            )
            return
        state[at.MOVED_ROW] = self.row
        state[at.MOVED_EVENT] = self.event_at
        state[at.MOVED_DAY] = self.day
        restores = memory.program.target[self.row] == at.TO_RESTORED
        corrected = self.kind == at.MANUAL_CORRECTION
        moves.enter_situation(
            memory.program, state, self.before, target, restores, corrected, self.day
        )


class DrivenMemory(Memory):
    """The kernel's sequences for one customer, with every decision left to the machines."""

    __slots__ = ("every_midnight", "machines", "sink", "watcher")

    def __init__(  # noqa: PLR0913, PLR0917 - what a memory needs, and who decides and is told
        self,
        customer: Customer,
        codes: Codes,
        program: Program,
        room: int,
        machines: "Mapping[Axis, Machine]",
        watcher: Watcher,
        every_midnight: bool = False,  # noqa: FBT001, FBT002 - handed on by a partial
    ) -> None:
        """Unpack a customer.

        Args:
            customer: the snapshot.
            codes: the codes of every opportunity and case that will be named.
            program: the compiled rules and policy.
            room: how many events will be folded.
            machines: who decides.
            watcher: who is told of moves.
            every_midnight: ask at every midnight, and not only where something is due.
        """
        super().__init__(customer, codes, program, room)
        self.machines = machines
        self.watcher = watcher
        self.every_midnight = every_midnight
        self.sink: list[Decision] = []

    def fold(self, records: Sequence[Record], sink: list[Decision]) -> int:
        """Fold records; return how many, fewer than all only where the money overflows."""
        self.sink = sink
        for event_at, record in enumerate(records):
            if not self._fold(event_at, record):
                return event_at
        return len(records)

    def advance(self, day: int, sink: list[Decision]) -> None:
        """Let time pass up to a day, if there is time yet and the day is later."""
        self.sink = sink
        if at.NONE < self.state[at.DAY] < day:
            self._pass_time(day)

    def _fold(self, event_at: int, record: Record) -> bool:
        """Fold one event; return False where the money overflows."""
        kind, day, named, given, _, _ = record
        state = self.state
        if day > state[at.DAY]:
            if state[at.DAY] > at.NONE:  # before the first event there is no time
                self._pass_time(day)
            self._begin(day)
        if kind == at.TIME_PASSED:
            return True
        if not absorb(self.program, self, record):
            return False
        self._ask_positions(event_at, record)
        if kind != at.MANUAL_CORRECTION or named < 0:
            self._ask(Axis.SITUATION, at.NO_ROW, kind, day, given, event_at)
        return True

    def _ask_positions(self, event_at: int, record: Record) -> None:
        """Ask the opportunity that the event names, or all where the customer left."""
        kind, day, named, given, _, _ = record
        if named >= 0:
            start = named * at.OPPORTUNITY_SLOTS
            if kind != at.OFFER_MADE:
                self.opportunities[start + at.TOUCHED] = day
            row = self._ask(Axis.POSITION, start, kind, day, given, event_at)
            if self.program.tells_competitor[kind]:
                moves.note_competitor(self, start, kind, row, given)
        elif kind == at.CUSTOMER_LEFT:
            moves.order_listed(self)
            for start in self.listed[: self.state[at.LISTED]]:
                self._ask(Axis.POSITION, start, kind, day, given, event_at)

    def _ask(  # noqa: PLR0913, PLR0917 - the question in the kernel's own order
        self, axis: Axis, start: int, kind: int, day: int, given: int, event_at: int
    ) -> int:
        question = Asked(self, start, kind, day, given, event_at)
        return question.answer(self.machines[axis])

    def _ask_time(self, axis: Axis, start: int, day: int) -> int:
        return self._ask(axis, start, at.TIME_PASSED, day, at.NO_STATE, at.NO_EVENT)

    def _begin(self, day: int) -> None:
        begin_day(self.program, self, day)

    def _pass_time(self, to_day: int) -> None:
        """Ask at the midnights up to a day."""
        state = self.state
        while state[at.DAY] < to_day:
            day = state[at.DAY] + 1 if self.every_midnight else self.due()
            self._begin(min(day, to_day))
            if day > to_day:
                break
            kept = 0
            moves.order_listed(self)
            for start in self.listed[: state[at.LISTED]]:
                self._ask_time(Axis.POSITION, start, day)
                if self.opportunities[start + at.POSITION] == at.STATUS_QUO:
                    self.opportunities[start + at.IS_LISTED] = 0
                else:
                    self.listed[kept] = start
                    kept += 1
            state[at.LISTED] = state[at.ORDERED] = kept
            while self._ask_time(Axis.SITUATION, at.NO_OPPORTUNITY, day) >= 0:
                pass


__all__ = ["Asked", "DrivenMemory", "Watcher"]
