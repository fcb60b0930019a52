"""The public verbs: where a customer stands, why, what would change it, and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from lifecycle_model.customer import Customer
from lifecycle_model.engine import Engine
from lifecycle_model.events import Event
from lifecycle_model.following import find_results
from lifecycle_model.history import History, Outcome
from lifecycle_model.kernel.program import Program, compile_program
from lifecycle_model.machine import Callback, LiveMachine, Settings
from lifecycle_model.outcome import Deadline, Path, RuleCheck, State, Status
from lifecycle_model.pathfinding import find_path
from lifecycle_model.playbook import ActionResult, Plan, Playbook, make_plan
from lifecycle_model.policy import Policy
from lifecycle_model.rules import DEFAULT_RULES, RuleTable
from lifecycle_model.standing import (
    find_checks,
    find_deadline,
    find_status,
    known_state,
    opportunity_of,
)

if TYPE_CHECKING:
    from transitions import Machine

    from lifecycle_model.states import Axis

Subject = TypeVar("Subject")
"""A class of the user's own."""


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
    engine: Engine = field(init=False, repr=False, compare=False)
    """What folds, with both in the kernel's form."""

    def __post_init__(self) -> None:
        engine = Engine(self.policy, compile_program(self.rules, self.policy))
        object.__setattr__(self, "engine", engine)

    @property
    def program(self) -> Program:
        """The rules and the policy in the kernel's form."""
        return self.engine.program

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
        return self.engine.replay(events, customer, as_of)

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
        return self.engine.apply(customer, event, now=now, strict=strict)

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
        return self.engine.advance(customer, to)

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
        return find_status(self.engine, customer, as_of)

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
        return find_deadline(self.engine, customer)

    def why_not(
        self,
        customer: Customer,
        target: State,
        *,
        opportunity_id: str | None = None,
        as_of: datetime | None = None,
    ) -> tuple[RuleCheck, ...]:
        """Return every rule that leads to a state, each guard with value, threshold and gap.

        No event is at hand here, so guards on its facts show what the event has to bring.

        Args:
            customer: where the customer stands.
            target: a situation, or a buying position.
            opportunity_id: the opportunity meant, for a buying position; the leading one, else
                "main", where not given.
            as_of: the instant to which time passes first; the customer's clock where not given.

        Raises:
            LateEvent: `as_of` is before the customer's clock.
            UnknownName: the target is neither a situation nor a buying position.

        >>> from lifecycle_model import Situation
        >>> (check,) = Lifecycle().why_not(Customer(id="c"), Situation.OCCASIONAL)[:1]
        >>> check.rule.id, str(check.evidence[0])
        ('first-purchase', 'standing_purchases 0 <= 1')
        """
        return find_checks(self.engine, customer, target, opportunity_id, as_of)

    def path(
        self, customer: Customer, target: State, *, opportunity_id: str | None = None
    ) -> Path | None:
        """Return the shortest sequence of events that leads to a state.

        The events are made up, from the customer's clock on: a day apart where that leads
        there, with the amounts, scores and waits that the guards ask for, and without manual
        corrections. For a customer without events they begin on 2000-01-01.

        Args:
            customer: where the customer stands.
            target: a situation, or a buying position.
            opportunity_id: the opportunity that the events name; the leading one, else "main",
                where not given.

        Returns:
            The events and what they move, empty where the customer is there; None where no
            events lead there under this policy.

        Raises:
            UnknownName: the target is neither a situation nor a buying position.

        >>> from lifecycle_model import Situation
        >>> path = Lifecycle().path(Customer(id="c"), Situation.REGULAR)
        >>> [event.kind for event in path.events]
        ['purchase_completed', 'purchase_completed', 'purchase_completed']
        """
        meant = opportunity_of(customer, opportunity_id)
        return find_path(self, customer, known_state(target), meant)

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
        return make_plan(
            playbook or Playbook.default(lang),
            customer,
            self.status(customer),
            self.next_deadline(customer),
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
            engine=self.engine,
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
