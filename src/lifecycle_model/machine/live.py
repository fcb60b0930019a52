"""A machine over one object: events in, attributes and callbacks out."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

from lifecycle_model.customer import Customer
from lifecycle_model.decode import Decoder
from lifecycle_model.errors import MissingAttributes, NotLive, StateDisagrees, shown
from lifecycle_model.events import Event
from lifecycle_model.history import Outcome
from lifecycle_model.kernel.layout import Decision
from lifecycle_model.machine.driven import DrivenMemory
from lifecycle_model.machine.settings import Settings
from lifecycle_model.memory import Memory
from lifecycle_model.outcome import State, Transition
from lifecycle_model.states import Axis, BuyingPosition, Situation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from transitions import Machine

Subject = TypeVar("Subject")


class LiveMachine(Generic[Subject]):
    """A `transitions` machine over one object of the user's own.

    It is light: the machines behind it are shared and know no object. Events of one object are
    fired one after the other; different objects may be used from different threads.
    """

    __slots__ = ("_customer", "_settings", "_text", "obj")

    def __init__(
        self, obj: Subject, settings: Settings[Subject], customer: Customer | None = None
    ) -> None:
        """Stand over an object; see `Lifecycle.machine`."""
        self.obj = obj
        self._settings = settings
        self._customer = customer
        self._text: str | None = None
        _check(obj, settings.attributes)
        self._known()

    @property
    def machines(self) -> "Mapping[Axis, Machine]":
        """The machine of each axis, shared by all objects and lifelong without a model."""
        return self._settings.machines

    @property
    def customer(self) -> Customer | None:
        """Where the customer stands; None for a new one that has had no event."""
        return self._known()

    def over(self, obj: Subject, customer: Customer | None = None) -> "LiveMachine[Subject]":
        """Return a machine over another object, with the same attributes and callbacks.

        Raises:
            MissingAttributes: the object has not all the attributes named.
            NotLive: the object cannot change.
            StateDisagrees: the object's state is not the customer's.
            InvalidCustomer: the snapshot is not a stored customer.
        """
        return LiveMachine(obj, self._settings, customer)

    def fire(
        self, event: Event, *, now: datetime | None = None, strict: bool = False
    ) -> Outcome:
        """Fold one event into the object: time first, then both axes.

        Where anything is raised, a callback's error too, the object has its old states again.

        Args:
            event: a validated event, not older than the customer's clock.
            now: where given, an event after it is refused.
            strict: raise where an axis refuses the event.

        Returns:
            What `Lifecycle.apply` returns, decided by the machines.

        Raises:
            LifecycleError: whatever `Lifecycle.apply` raises.
        """
        customer = self._known() or Customer(id=event.customer_id)
        apply = self._settings.engine.apply
        run = _Run(self, (event,))
        return run.keep(
            lambda: apply(customer, event, now=now, strict=strict, new_memory=run.new_memory)
        )

    def advance(self, *, to: datetime) -> Outcome | None:
        """Let time pass without an event; None for a new customer that has had no event.

        Raises:
            LateEvent: `to` is before the customer's clock.
        """
        customer = self._known()
        if customer is None:
            return None
        advance = self._settings.engine.advance
        run = _Run(self, ())
        return run.keep(lambda: advance(customer, to, run.new_memory))

    def _known(self) -> Customer | None:
        """Return the customer that belongs to the object.

        Raises:
            StateDisagrees: the object says something else.
        """
        settings = self._settings
        if settings.snapshot is not None:
            text = getattr(self.obj, settings.snapshot) or None
            if text != self._text:
                self._customer = None if text is None else Customer.from_json(text)
                self._text = text
        customer = self._customer
        held: list[tuple[str | None, State]] = [
            (settings.situation, Situation.NON_CUSTOMER),
            (settings.position, BuyingPosition.STATUS_QUO),
        ]
        if customer is not None:
            held = [
                (settings.situation, customer.situation),
                (settings.position, customer.position),
            ]
        for name, state in held:
            if name is not None:
                value = getattr(self.obj, name)
                is_new = value is None and (customer is None or customer.clock is None)
                if value != state and not is_new:
                    raise StateDisagrees(
                        type(self.obj).__name__, name, shown(value), str(state)
                    )
        return customer

    def _keep(self, customer: Customer) -> None:
        """Store what the customer became."""
        settings = self._settings
        self._customer = customer
        setattr(self.obj, settings.situation, customer.situation)
        if settings.position is not None:
            setattr(self.obj, settings.position, customer.position)
        if settings.snapshot is not None:
            self._text = customer.to_json()
            setattr(self.obj, settings.snapshot, self._text)


class _Run:
    """One event, or one passing of time, on its way through the machines."""

    __slots__ = ("events", "live")

    def __init__(self, live: LiveMachine[Any], events: tuple[Event, ...]) -> None:
        self.live = live
        self.events = events

    @property
    def new_memory(self) -> "partial[DrivenMemory]":
        """What makes the memory in which the machines decide."""
        return partial(DrivenMemory, machines=self.live.machines, watcher=self)

    def keep(self, fold: Any) -> Outcome:  # noqa: ANN401 - a function without arguments
        """Fold, and store the outcome; where that fails, give the object its states back."""
        live = self.live
        names = live._settings.attributes  # noqa: SLF001 - one thing in two classes
        before = {name: getattr(live.obj, name) for name in names}
        kept = live._customer, live._text  # noqa: SLF001
        try:
            outcome: Outcome = fold()
            live._keep(outcome.customer)  # noqa: SLF001
        except BaseException:
            live._customer, live._text = kept  # noqa: SLF001
            for name, value in before.items():
                setattr(live.obj, name, value)
            raise
        return outcome

    def before_move(self, memory: Memory, record: Decision) -> None:
        """Call the callbacks that come before a move."""
        live, settings = self.live, self.live._settings  # noqa: SLF001
        if settings.before is not None or settings.leave:
            move = self._move(memory, record)
            for callback in (settings.before, settings.leave.get(move.before)):
                if callback is not None:
                    callback(live.obj, move)

    def after_move(self, memory: Memory, record: Decision) -> None:
        """Set the attribute, then call the callbacks that come after a move."""
        live, settings = self.live, self.live._settings  # noqa: SLF001
        move = self._move(memory, record)
        if move.axis == Axis.SITUATION:
            setattr(live.obj, settings.situation, move.after)
        elif settings.position is not None:
            setattr(live.obj, settings.position, memory.pack({}).position)
        for callback in (settings.enter.get(move.after), settings.after):
            if callback is not None:
                callback(live.obj, move)

    def _move(self, memory: Memory, record: Decision) -> Transition:
        engine = self.live._settings.engine  # noqa: SLF001
        names = memory.codes.opportunities
        decoder = Decoder(engine.program, engine.policy, self.events, names)
        return next(decoder.transitions([record]))


def _check(obj: object, attributes: tuple[str, ...]) -> None:
    """Refuse an object that cannot be lived in."""
    found = type(obj).__name__
    if isinstance(obj, BaseModel):
        raise NotLive(found, "a pydantic model")
    parameters = getattr(type(obj), "__dataclass_params__", None)
    if parameters is not None and parameters.frozen:
        raise NotLive(found, "a frozen dataclass")
    missing = tuple(name for name in attributes if not hasattr(obj, name))
    if missing:
        raise MissingAttributes(found, missing)
