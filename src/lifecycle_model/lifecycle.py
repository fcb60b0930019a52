"""The public verbs: where a customer stands, why, what would change it, and when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final, TypeVar

from lifecycle_model.customer import Customer
from lifecycle_model.decode import Decoder, fact_number
from lifecycle_model.derived import (
    FUNNEL_LINES,
    SALES_LINES,
    SERVICE_LINES,
    STAGE_LINES,
    conditions,
    first_value,
)
from lifecycle_model.encode import POSITIONS, SITUATIONS, Codes, day_of, encode, midnight
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
from lifecycle_model.events import BaseEvent, Event, to_utc
from lifecycle_model.following import find_results
from lifecycle_model.history import History, Outcome
from lifecycle_model.kernel import layout as at
from lifecycle_model.kernel.guards import fact_value
from lifecycle_model.kernel.layout import Decision
from lifecycle_model.kernel.moves import restored_situation
from lifecycle_model.kernel.program import FACT_CODES, Program, compile_program
from lifecycle_model.machine import Callback, Engine, LiveMachine, MakeMemory, Settings
from lifecycle_model.memory import Memory
from lifecycle_model.order import in_order
from lifecycle_model.outcome import Deadline, Number, Path, RuleCheck, State, Status
from lifecycle_model.pathfinding import find_path
from lifecycle_model.playbook import ActionResult, Plan, Playbook, make_plan
from lifecycle_model.policy import Policy
from lifecycle_model.rules import DEFAULT_RULES, FACTS, RESTORED, RuleTable
from lifecycle_model.states import Axis, BuyingPosition, Situation

if TYPE_CHECKING:
    from transitions import Machine

Subject = TypeVar("Subject")
"""A class of the user's own."""

_CUSTOMER_FACTS: Final = tuple(fact.name for fact in FACTS.values() if fact.scope == "customer")


@dataclass(frozen=True)
class Lifecycle:
    """The rules and a policy, compiled once; immutable, shareable between threads, picklable.

    Args:
        policy: the thresholds.
        rules: the rows of both axes.

    Raises:
        InvalidRules: the rows and the thresholds together could loop for ever.

    >>> from datetime import UTC, datetime
    >>> from lifecycle_model import PurchaseCompleted
    >>> lifecycle = Lifecycle()
    >>> bought = PurchaseCompleted(
    ...     customer_id="c-42", occurred_at=datetime(2024, 5, 1, tzinfo=UTC)
    ... )
    >>> outcome = lifecycle.apply(Customer(id="c-42"), bought)
    >>> outcome.customer.situation
    <Situation.OCCASIONAL: 'occasional'>
    """

    policy: Policy = field(default_factory=Policy)
    rules: RuleTable = DEFAULT_RULES
    program: Program = field(init=False, repr=False, compare=False)
    """The kernel's form of both."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "program", compile_program(self.rules, self.policy))

    def replay(
        self,
        events: Iterable[Event],
        *,
        customer: Customer | None = None,
        as_of: datetime | None = None,
    ) -> History:
        """Fold a customer's events, whatever their order and however often they come.

        Args:
            events: validated events of one customer.
            customer: a snapshot to continue from; without one the customer is new.
            as_of: the instant to which time passes; events after it are set aside as future.

        Raises:
            LateEvent: an event, or `as_of`, is older than the snapshot's clock.
            WrongCustomer: the events are of more than one customer.
            CurrencyMismatch: an amount is in another currency.
            RevenueOverflow: the amounts of one window reach 9e14.
            NothingToReplay: neither events nor a customer.
            SnapshotMismatch: the snapshot was folded with another calendar or a shorter window.

        >>> from datetime import UTC, datetime
        >>> from lifecycle_model import PurchaseCompleted
        >>> days = [datetime(2024, month, 1, tzinfo=UTC) for month in (3, 1, 2)]
        >>> history = Lifecycle().replay(
        ...     [PurchaseCompleted(customer_id="c", occurred_at=day) for day in days]
        ... )
        >>> [move.rule for move in history.transitions if move.axis == "situation"]
        ['first-purchase', 'became-regular']
        """
        until = None if as_of is None else _aware("as_of", as_of)
        ordered = in_order(events, customer, until)
        if customer is None:
            known = ordered.events or ordered.future
            if not known:
                raise NothingToReplay
            customer = Customer(id=known[0].customer_id)
        events = tuple(ordered.events)
        memory, _, _ = self._fold(customer, events, until, 0)
        return History(
            self._pack(memory, events, until),
            events,
            ordered.duplicates,
            ordered.conflicts,
            ordered.future,
            partial(self._decisions, customer, events, until),
        )

    def apply(
        self,
        customer: Customer,
        event: Event,
        *,
        now: datetime | None = None,
        strict: bool = False,
    ) -> Outcome:
        """Fold one event: time first, then both axes. The customer given is not changed.

        Args:
            customer: where the customer stands.
            event: a validated event, not older than the customer's clock.
            now: where given, an event after it is refused.
            strict: raise where an axis refuses the event.

        Raises:
            LateEvent: the event is older than the customer's clock.
            FutureEvent: the event lies after `now`.
            TransitionRefused: `strict`, and an axis refused the event.
            WrongCustomer: the event is another customer's.
            NotAnEvent: it is not a validated event.
            CurrencyMismatch: the amount is in another currency.
            RevenueOverflow: the amounts of one window reach 9e14.
            SnapshotMismatch: the customer was folded with another calendar or a shorter window.

        >>> from datetime import UTC, datetime
        >>> from lifecycle_model import SurveyAnswered
        >>> event = SurveyAnswered(
        ...     customer_id="c", occurred_at=datetime(2024, 5, 1, tzinfo=UTC), score=9
        ... )
        >>> Lifecycle().apply(Customer(id="c"), event).transitions
        ()
        """
        return self._apply(customer, event, now, strict, Memory)

    def _apply(
        self,
        customer: Customer,
        event: Event,
        now: datetime | None,
        strict: bool,  # noqa: FBT001 - handed on by `apply`
        new_memory: MakeMemory,
    ) -> Outcome:
        """Fold one event into a memory of the given making."""
        if not isinstance(event, BaseEvent):
            raise NotAnEvent(type(event).__name__)
        if event.customer_id != customer.id:
            raise WrongCustomer(customer.id, event.customer_id)
        if now is not None and event.occurred_at > _aware("now", now):
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
        memory, decoder, decisions = self._fold(
            customer, (event,), None, at.ANSWERS, new_memory
        )
        outcome = Outcome(self._pack(memory, (event,), None), decoder, decisions)
        if strict and outcome.refusals:
            raise TransitionRefused(customer.id, outcome.refusals)
        return outcome

    def advance(self, customer: Customer, *, to: datetime) -> Outcome:
        """Let time pass without an event.

        Args:
            customer: where the customer stands.
            to: an aware instant, not before the customer's clock.

        Raises:
            LateEvent: `to` is before the customer's clock.

        >>> from datetime import UTC, datetime
        >>> from lifecycle_model import LeadQualified
        >>> lifecycle = Lifecycle()
        >>> event = LeadQualified(customer_id="c", occurred_at=datetime(2024, 1, 1, tzinfo=UTC))
        >>> lead = lifecycle.apply(Customer(id="c"), event).customer
        >>> lifecycle.advance(lead, to=datetime(2024, 6, 1, tzinfo=UTC)).transitions[0].rule
        'went-cold'
        """
        return self._advance(customer, to, Memory)

    def _advance(self, customer: Customer, to: datetime, new_memory: MakeMemory) -> Outcome:
        """Let time pass in a memory of the given making."""
        until = _aware("to", to)
        memory, decoder, decisions = self._fold(customer, (), until, at.MOVES, new_memory)
        return Outcome(self._pack(memory, (), until), decoder, decisions)

    def status(self, customer: Customer, *, as_of: datetime | None = None) -> Status:
        """Return the six values of a customer, and the facts behind them.

        Args:
            customer: where the customer stands.
            as_of: the instant to which time passes first; the customer's clock where not given.

        Raises:
            LateEvent: `as_of` is before the customer's clock.

        >>> Lifecycle().status(Customer(id="c")).stage
        <LifecycleStage.SEGMENTATION: 'segmentation'>
        """
        until = self._until(customer, as_of)
        memory = self._memory(customer, Codes(customer, self.policy), until)
        after = memory.pack({})
        day = max(memory.state[at.DAY], 0)
        bits = conditions(memory.state, memory.opportunities, memory.listed, day, self.program)
        return Status(
            as_of=until,
            situation=after.situation,
            position=after.position,
            stage=first_value(STAGE_LINES, bits),
            funnel_group=first_value(FUNNEL_LINES, bits),
            sales_step=first_value(SALES_LINES, bits),
            service_state=first_value(SERVICE_LINES, bits),
            facts={name: self._fact(memory, name) for name in _CUSTOMER_FACTS},
        )

    def next_deadline(self, customer: Customer) -> Deadline | None:
        """Return the next midnight at which something changes if nothing happens, or None.

        >>> from datetime import UTC, datetime
        >>> from lifecycle_model import LeadQualified
        >>> lifecycle = Lifecycle()
        >>> event = LeadQualified(customer_id="c", occurred_at=datetime(2024, 1, 1, tzinfo=UTC))
        >>> deadline = lifecycle.next_deadline(
        ...     lifecycle.apply(Customer(id="c"), event).customer
        ... )
        >>> deadline.rule, deadline.occurred_at.date().isoformat()
        ('went-cold', '2024-03-31')
        """
        codes = Codes(customer, self.policy)
        memory = self._memory(customer, codes)
        due = memory.due()
        try:
            instant = midnight(due, self.policy.day_offset_minutes)
        except (OverflowError, ValueError):  # beyond the calendar: never
            return None
        decisions: list[Decision] = []
        memory.state[at.RECORDING] = at.MOVES
        memory.advance(due, decisions)
        decoder = Decoder(self.program, self.policy, (), codes.opportunities)
        return Deadline(instant, tuple(decoder.transitions(decisions)))

    def why_not(
        self,
        customer: Customer,
        target: State,
        *,
        opportunity_id: str = "main",
        as_of: datetime | None = None,
    ) -> tuple[RuleCheck, ...]:
        """Return every rule that leads to a state, each guard with value, threshold and gap.

        No event is at hand here, so guards on its facts show what the event has to bring.

        Args:
            customer: where the customer stands.
            target: a situation, or a buying position.
            opportunity_id: the opportunity meant, for a buying position.
            as_of: the instant to which time passes first; the customer's clock where not given.

        Raises:
            LateEvent: `as_of` is before the customer's clock.

        >>> (check,) = Lifecycle().why_not(Customer(id="c"), Situation.OCCASIONAL)[:1]
        >>> check.rule.id, str(check.evidence[0])
        ('first-purchase', 'standing_purchases 0 <= 1')
        """
        codes = Codes(customer, self.policy)
        start = -1
        if isinstance(target, BuyingPosition):
            codes.opportunity(opportunity_id)
            codes.order([])
            start = codes.opportunities[opportunity_id] * at.OPPORTUNITY_SLOTS
        memory = self._memory(customer, codes, self._until(customer, as_of))
        return tuple(self._checks(memory, target, start))

    def path(
        self, customer: Customer, target: State, *, opportunity_id: str = "main"
    ) -> Path | None:
        """Return the shortest sequence of events that leads to a state.

        The events are made up, from the customer's clock on: a day apart where that leads
        there, with the amounts, scores and waits that the guards ask for, and without manual
        corrections. For a customer without events they begin on 2000-01-01.

        Args:
            customer: where the customer stands.
            target: a situation, or a buying position.
            opportunity_id: the opportunity meant, for a buying position.

        Returns:
            The events and what they move, empty where the customer is there; None where no
            events lead there under this policy.

        >>> path = Lifecycle().path(Customer(id="c"), Situation.REGULAR)
        >>> [event.kind for event in path.events]
        ['purchase_completed', 'purchase_completed', 'purchase_completed']
        """
        return find_path(self, customer, target, opportunity_id)

    def plan(
        self,
        customer: Customer,
        *,
        lang: str = "en",
        playbook: Playbook | None = None,
        as_of: datetime | None = None,
    ) -> Plan:
        """Return what to do for a customer now, what waits and why, and by when.

        Args:
            customer: where the customer stands.
            lang: the language of the default playbook: `en`, `pt`, `es` or `it`.
            playbook: used instead of the default one; it brings its own language.
            as_of: the instant to which time passes first; the customer's clock where not given.

        Raises:
            UnknownLanguage: the language is not one of the four.
            LateEvent: `as_of` is before the customer's clock.

        >>> plan = Lifecycle().plan(Customer(id="c"), lang="es")
        >>> plan.planned[0].action.title
        'Vigilar las señales de cambio'
        """
        if as_of is not None:
            customer = self.advance(customer, to=as_of).customer
        status = self.status(customer, as_of=as_of)
        return make_plan(
            playbook or Playbook.default(lang), customer, status, self.next_deadline(customer)
        )

    def actions(
        self,
        events: Iterable[Event],
        *,
        days: int,
        playbook: Playbook | None = None,
        customer: Customer | None = None,
        as_of: datetime | None = None,
    ) -> tuple[ActionResult, ...]:
        """Return every action taken, held against the plan of its moment, and what followed.

        Args:
            events: validated events of one customer, as for `replay`.
            days: within how many days what an action works towards must follow.
            playbook: says what each action works towards; the default one where not given.
            customer: a snapshot to continue from; without one the customer is new.
            as_of: when the history ends; at its last event where not given.

        Raises:
            NegativeDays: `days` is below 0.
            LateEvent: as for `replay`, and so are the other errors.

        >>> from datetime import UTC, datetime
        >>> from lifecycle_model import ActionTaken, SurveyAnswered
        >>> asked = ActionTaken(
        ...     customer_id="c",
        ...     occurred_at=datetime(2024, 5, 1, tzinfo=UTC),
        ...     action_id="short-survey",
        ... )
        >>> answered = SurveyAnswered(
        ...     customer_id="c", occurred_at=datetime(2024, 5, 4, tzinfo=UTC), score=9
        ... )
        >>> Lifecycle().actions([asked, answered], days=7)[0].followed
        <Followed.YES: 'yes'>
        """
        history = self.replay(events, customer=customer, as_of=as_of)
        return find_results(self, history, customer, playbook or Playbook.default(), days)

    def machine(  # noqa: PLR0913 - the attributes and the callbacks, all by name
        self,
        obj: Subject,
        *,
        situation: str = "situation",
        position: str | None = None,
        snapshot: str | None = None,
        customer: Customer | None = None,
        before: Callback[Subject] | None = None,
        after: Callback[Subject] | None = None,
        leave: Mapping[State, Callback[Subject]] | None = None,
        enter: Mapping[State, Callback[Subject]] | None = None,
    ) -> LiveMachine[Subject]:
        """Return a `transitions` machine over an object of your own.

        Nothing is set on the object but the attributes named here. The machines are built once
        for this lifecycle and know no object.

        Args:
            obj: the object; no pydantic model and no other frozen value.
            situation: the attribute that holds the situation.
            position: the attribute that holds the leading buying position, if any.
            snapshot: the attribute that holds the stored customer as text, None or empty for a
                new one; without it the machine keeps the customer.
            customer: where the customer stands, where there is no snapshot to read.
            before: called with the object and each move before it happens.
            after: called with the object and each move after it happened.
            leave: callbacks by state, called before it is left.
            enter: callbacks by state, called after it is entered.

        Raises:
            MissingAttributes: the object has not all the attributes named.
            NotLive: the object cannot change.
            InvalidCallbacks: a callback cannot be called, or stands under an unknown state.
            StateDisagrees: the object's state is not the customer's.
            InvalidCustomer: the snapshot is not a stored customer.

        >>> from datetime import UTC, datetime
        >>> from types import SimpleNamespace
        >>> from lifecycle_model import LeadQualified
        >>> account = SimpleNamespace(situation=None)
        >>> machine = Lifecycle().machine(account)
        >>> event = LeadQualified(customer_id="c", occurred_at=datetime(2024, 5, 1, tzinfo=UTC))
        >>> machine.fire(event).transitions[0].rule
        'lead-qualified'
        >>> account.situation
        <Situation.POTENTIAL: 'potential'>
        """
        settings = Settings(
            engine=Engine(self.policy, self.program, self._apply, self._advance),
            machines=self._machines,
            situation=situation,
            position=position,
            snapshot=snapshot,
            before=before,
            after=after,
            leave=leave or {},
            enter=enter or {},
        )
        return LiveMachine(obj, settings, customer)

    @cached_property
    def _machines(self) -> "Mapping[Axis, Machine]":
        """The rules as `transitions` machines, one for each axis."""
        # transitions takes as long to import as all the rest: only who asks for it pays.
        from lifecycle_model.machine.axes import build_machines  # noqa: PLC0415

        return build_machines(self.program)

    def __getstate__(self) -> dict[str, object]:
        """Return what is pickled: all but the machines, which are built again."""
        return {name: one for name, one in self.__dict__.items() if name != "_machines"}

    def _checks(self, memory: Memory, target: State, start: int) -> Iterable[RuleCheck]:
        """Hold every row that leads to the target against the memory."""
        axis = Axis.SITUATION if start < 0 else Axis.POSITION
        if start < 0:
            held: State = SITUATIONS[memory.state[at.SITUATION]]
        else:
            held = POSITIONS[memory.opportunities[start + at.POSITION]]
        restored = restored_situation(memory.state)
        decoder = Decoder(self.program, self.policy, (), {})
        for rule in self.rules:
            leads = rule.target == target or (
                rule.target == RESTORED and restored >= 0 and SITUATIONS[restored] == target
            )
            if rule.axis == axis and leads:
                values = [
                    self._value(memory, guard.fact, start, target) for guard in rule.guards
                ]
                evidence = decoder.evidence(rule.guards, values)
                yield RuleCheck(rule, evidence, source_holds=held in rule.sources)

    def _fold(
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
        self._check_snapshot(customer)
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
    ) -> tuple[Decoder, list[Decision]]:
        """Fold again, for what was decided."""
        _, decoder, decisions = self._fold(customer, events, until, at.MOVES)
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
            since = midnight(state[at.MOVED_DAY], offset)
            known["situation_rule"] = self.program.rules[state[at.MOVED_ROW]].id
            known["situation_since"] = since if moved_by < 0 else events[moved_by].occurred_at
        return memory.pack(known)

    def _memory(
        self, customer: Customer, codes: Codes, until: datetime | None = None
    ) -> Memory:
        """Return the customer's memory, with time passed where asked for."""
        self._check_snapshot(customer)
        memory = Memory(customer, codes, self.program)
        if until is not None:
            memory.advance(day_of(until, self.policy.day_offset_minutes), [])
        return memory

    def _check_snapshot(self, customer: Customer) -> None:
        window, offset = customer.window_days, customer.day_offset_minutes
        if window is not None and window < self.policy.window_days:
            raise SnapshotMismatch(customer.id, "window_days", window, self.policy.window_days)
        if offset is not None and offset != self.policy.day_offset_minutes:
            raise SnapshotMismatch(
                customer.id, "day_offset_minutes", offset, self.policy.day_offset_minutes
            )

    def _until(self, customer: Customer, as_of: datetime | None) -> datetime | None:
        until = customer.clock if as_of is None else _aware("as_of", as_of)
        if until is not None and customer.clock is not None and until < customer.clock:
            raise LateEvent(customer.id, until, customer.clock)
        return until

    def _fact(self, memory: Memory, name: str) -> Number | None:
        return fact_number(name, self._value(memory, name, -1, Situation.NON_CUSTOMER))

    def _value(self, memory: Memory, name: str, start: int, target: State) -> int:
        """Return the kernel's number of a fact today."""
        place = -1 if start < 0 else POSITIONS.index(BuyingPosition(target))
        return fact_value(
            memory.state,
            memory.opportunities,
            start,
            FACT_CODES[name],
            max(memory.state[at.DAY], 0),
            place,
        )


def _aware(name: str, value: object) -> datetime:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise NaiveTime(name, value)
    try:
        return to_utc(value)
    except ValueError:
        raise OutsideCalendar(value, 0) from None
