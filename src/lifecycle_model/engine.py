"""The engine: folding in the right order, under the clock, with everything checked."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias

from lifecycle_model.customer import Customer, new_customer
from lifecycle_model.decode import Decoder
from lifecycle_model.encode import Codes, day_of, encode, midnight
from lifecycle_model.errors import (
    FutureEvent,
    LateEvent,
    NaiveTime,
    NotAnEvent,
    NothingToReplay,
    OutsideCalendar,
    RevenueOverflow,
    SnapshotMismatch,
    TransitionRefused,
    WrongCustomer,
)
from lifecycle_model.events import EVENT_TYPES, Event, to_utc
from lifecycle_model.history import Decisions, History, Outcome
from lifecycle_model.kernel import layout as at
from lifecycle_model.kernel.layout import Decision
from lifecycle_model.kernel.program import Program
from lifecycle_model.memory import Memory
from lifecycle_model.order import in_order
from lifecycle_model.policy import Policy

MakeMemory: TypeAlias = Callable[[Customer, Codes, Program, int], Memory]
"""Makes the memory that events are folded into."""


_EVENT_TYPES: Final = frozenset(EVENT_TYPES)


@dataclass(frozen=True, slots=True)
class Engine:
    """One policy and its compiled rules, and what folds under them."""

    policy: Policy
    program: Program

    def replay(
        self, events: Iterable[Event], customer: Customer | None, as_of: datetime | None
    ) -> History:
        """Fold events of any order; see `Lifecycle.replay`."""
        until = None if as_of is None else aware("as_of", as_of)
        ordered = in_order(events, customer, until)
        if customer is None:
            known = ordered.events or ordered.future
            if not known:
                raise NothingToReplay
            customer = new_customer(known[0].customer_id)
        folded = tuple(ordered.events)
        memory, _, _ = self.fold(customer, folded, until, 0)
        return History(
            self._pack(memory, folded, until),
            folded,
            ordered.duplicates,
            ordered.conflicts,
            ordered.future,
            partial(self._decisions, customer, folded, until),
        )

    def apply(
        self,
        customer: Customer,
        event: Event,
        *,
        now: datetime | None,
        strict: bool,
        new_memory: MakeMemory = Memory,
    ) -> Outcome:
        """Fold one event; see `Lifecycle.apply`."""
        if type(event) not in _EVENT_TYPES:
            raise NotAnEvent(type(event).__name__)
        if event.customer_id != customer.id:
            raise WrongCustomer(customer.id, event.customer_id)
        if now is not None and event.occurred_at > aware("now", now):
            raise FutureEvent(customer.id, event.occurred_at, now, event.event_id, event.kind)
        clock = customer.clock
        if clock is not None and event.occurred_at <= clock:
            if event.occurred_at < clock:
                raise LateEvent(
                    customer.id, event.occurred_at, clock, event.event_id, event.kind
                )
            if (event.source, event.event_id) in customer.clock_events:
                decoder = Decoder(self.program, self.policy, (), {})
                return Outcome(customer, decoder, (), duplicate=True)
        memory, decoder, decisions = self.fold(customer, (event,), None, at.ANSWERS, new_memory)
        outcome = Outcome(self._pack(memory, (event,), None), decoder, tuple(decisions))
        if strict and outcome.refusals:
            raise TransitionRefused(customer.id, outcome.refusals)
        return outcome

    def advance(
        self, customer: Customer, to: datetime, new_memory: MakeMemory = Memory
    ) -> Outcome:
        """Let time pass; see `Lifecycle.advance`."""
        until = aware("to", to)
        memory, decoder, decisions = self.fold(customer, (), until, at.MOVES, new_memory)
        return Outcome(self._pack(memory, (), until), decoder, tuple(decisions))

    def memory(self, customer: Customer, codes: Codes, until: datetime | None = None) -> Memory:
        """Return the customer's memory, with time passed where asked for."""
        self.check_snapshot(customer)
        memory = Memory(customer, codes, self.program)
        if until is not None:
            memory.advance(day_of(until, self.policy.day_offset_minutes), [])
        return memory

    def until(self, customer: Customer, as_of: datetime | None) -> datetime | None:
        """Return the instant asked for, else the customer's clock; None without events.

        Raises:
            LateEvent: the instant is before the clock.
        """
        until = customer.clock if as_of is None else aware("as_of", as_of)
        if until is not None and customer.clock is not None and until < customer.clock:
            raise LateEvent(customer.id, until, customer.clock)
        return until

    def fold(
        self,
        customer: Customer,
        events: Sequence[Event],
        until: datetime | None,
        recording: int,
        new_memory: MakeMemory = Memory,
    ) -> tuple[Memory, Decoder, list[Decision]]:
        """Fold ordered events, then let time pass; return the memory and what was decided."""
        clock = customer.clock
        if until is not None and clock is not None and until < clock:
            raise LateEvent(customer.id, until, clock)
        self.check_snapshot(customer)
        codes = Codes(customer, self.policy)
        records = encode(events, codes, self.policy)
        memory = new_memory(customer, codes, self.program, len(records))
        memory.state[at.RECORDING] = recording
        sink: list[Decision] = []
        folded = memory.fold(records, sink)
        if folded < len(records):
            event = events[folded]
            raise RevenueOverflow(customer.id, event.occurred_at, event.event_id)
        if until is not None:
            memory.advance(day_of(until, self.policy.day_offset_minutes), sink)
        return memory, Decoder(self.program, self.policy, events, codes.opportunities), sink

    def _decisions(
        self, customer: Customer, events: Sequence[Event], until: datetime | None
    ) -> Decisions:
        """Fold again, for what was decided."""
        _, decoder, decisions = self.fold(customer, events, until, at.MOVES)
        return decoder, decisions

    def _pack(
        self, memory: Memory, events: Sequence[Event], until: datetime | None
    ) -> Customer:
        """Return what the memory's customer became."""
        customer, state = memory.customer, memory.state
        if not events and (until is None or customer.clock is None):
            return customer
        offset = self.policy.day_offset_minutes
        clock = until if until is not None else events[-1].occurred_at
        names = set(customer.clock_events) if customer.clock == clock else set()
        for event in reversed(events):
            if event.occurred_at != clock:
                break
            if event.event_id is not None:
                names.add((event.source, event.event_id))
        known: dict[str, object] = {
            "window_days": self.policy.window_days,
            "day_offset_minutes": offset,
            "clock": clock,
            "clock_events": tuple(sorted(names)),
        }
        if state[at.MOVED_ROW] >= 0:
            moved_by = state[at.MOVED_EVENT]
            known["situation_rule"] = self.program.rules[state[at.MOVED_ROW]].id
            known["situation_since"] = (
                midnight(state[at.MOVED_DAY], offset)
                if moved_by < 0
                else events[moved_by].occurred_at
            )
        return memory.pack(known)

    def check_snapshot(self, customer: Customer) -> None:
        """Refuse a customer that was folded under a policy that counts days in another way.

        Raises:
            SnapshotMismatch: it tells which field differs.
        """
        window, offset = customer.window_days, customer.day_offset_minutes
        if window is not None and window < self.policy.window_days:
            raise SnapshotMismatch(customer.id, "window_days", window, self.policy.window_days)
        if offset is not None and offset != self.policy.day_offset_minutes:
            raise SnapshotMismatch(
                customer.id, "day_offset_minutes", offset, self.policy.day_offset_minutes
            )


def aware(name: str, value: object) -> datetime:
    """Return an instant in UTC.

    Raises:
        NaiveTime: it is no datetime, or has no time zone.
        OutsideCalendar: UTC has no such time.
    """
    try:
        offset = value.utcoffset() if isinstance(value, datetime) else None
    except (ValueError, TypeError):  # a broken time zone
        offset = None
    if not isinstance(value, datetime) or offset is None:
        raise NaiveTime(name, value)
    try:
        return to_utc(value)
    except ValueError:
        raise OutsideCalendar(value, 0) from None
