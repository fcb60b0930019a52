"""The customer: a bounded, frozen snapshot that a CRM can store and load."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, Final, Literal, NamedTuple, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from lifecycle_model.errors import InvalidCustomer, problems_of
from lifecycle_model.events import Day, Id, Instant, Text, money_amount, money_units
from lifecycle_model.states import BuyingPosition, Situation

SCHEMA_VERSION: Final = 1
"""The version of the stored form that this release writes and reads."""

_LIMIT: Final = Decimal(9 * 10**14)

Count = Annotated[int, Field(strict=True, ge=0)]


class PurchaseDay(NamedTuple):
    """What one day of the window holds."""

    day: date
    purchases: int
    """Purchases of that day that stand."""
    amount: Decimal
    """Net amount booked on that day; reversals can make it negative."""


@dataclass(frozen=True, slots=True)
class PurchaseWindow:
    """The purchase days inside the policy's window, oldest first, as parallel tuples.

    Iterating gives one `PurchaseDay` each.

    >>> window = PurchaseWindow((739000,), (2,), (199000,))
    >>> list(window)
    [PurchaseDay(day=datetime.date(2024, 4, 24), purchases=2, amount=Decimal('19.9'))]
    """

    days: tuple[int, ...] = ()
    """Calendar days as proleptic Gregorian ordinals."""
    purchases: tuple[int, ...] = ()
    amounts: tuple[int, ...] = ()
    """In ten-thousandths."""

    def __iter__(self) -> Iterator[PurchaseDay]:
        for day, purchases, amount in zip(self.days, self.purchases, self.amounts, strict=True):
            yield PurchaseDay(date.fromordinal(day), purchases, money_amount(amount))

    def __len__(self) -> int:
        return len(self.days)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self))})"


class _StoredDay(BaseModel):
    """One entry of the stored window."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    day: Day
    purchases: Count
    amount: Annotated[
        Decimal, Field(gt=-_LIMIT, lt=_LIMIT, decimal_places=4, allow_inf_nan=False)
    ]


class _StoredWindow:
    """How pydantic reads and writes a window: a list of days, oldest first."""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(
            cls.load,
            handler.generate_schema(list[_StoredDay]),
            serialization=core_schema.plain_serializer_function_ser_schema(cls.store),
        )

    @staticmethod
    def load(value: object, read: Callable[[object], list[_StoredDay]]) -> PurchaseWindow:
        """Return the window of stored days; a window made by hand is checked like them."""
        stored = read(
            _StoredWindow.store(value) if isinstance(value, PurchaseWindow) else value
        )
        days = tuple(entry.day.toordinal() for entry in stored)
        if any(later <= earlier for earlier, later in pairwise(days)):
            msg = "has days out of order: store the customer as it was written"
            raise ValueError(msg)
        return PurchaseWindow(
            days,
            tuple(entry.purchases for entry in stored),
            tuple(money_units(entry.amount) for entry in stored),
        )

    @staticmethod
    def store(window: PurchaseWindow) -> list[dict[str, Any]]:
        """Return the window as a list of days."""
        return [
            {"day": day.isoformat(), "purchases": purchases, "amount": str(amount)}
            for day, purchases, amount in window
        ]


Window = Annotated[PurchaseWindow, _StoredWindow]


def _known_version(version: object) -> object:
    if type(version) is not int or version != SCHEMA_VERSION:
        msg = (
            f"is not the schema version that this release reads, which is {SCHEMA_VERSION}: "
            "rebuild the customer with replay, or load it with the release that wrote it"
        )
        raise ValueError(msg)
    return version


class Opportunity(BaseModel):
    """One buying decision that is under way."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: Id
    position: BuyingPosition
    entered_on: Day
    """The day on which it entered its position."""
    touched_on: Day
    """The day of the latest event that named it, other than an offer."""
    with_competitor: bool = False


class OpenCase(BaseModel):
    """One request or complaint that is open."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: Id
    complaint: bool


class Customer(BaseModel):
    """Where one customer stands, with all that later events need.

    A snapshot: folding never changes it, it gives a new one. Its size is bounded by the days of
    the policy's window, the opportunities under way and the cases open.

    >>> customer = Customer(id="c-42")
    >>> customer.situation, customer.position
    (<Situation.NON_CUSTOMER: 'non_customer'>, <BuyingPosition.STATUS_QUO: 'status_quo'>)
    >>> Customer.from_json(customer.to_json()) == customer
    True
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    schema_version: Annotated[Literal[1], BeforeValidator(_known_version)] = SCHEMA_VERSION
    id: Id
    clock: Instant | None = None
    """The later of the last event folded and the instant advanced to; None without events."""
    clock_events: tuple[tuple[Text, Text], ...] = ()
    """(source, event_id) of the events at the clock's own instant."""

    situation: Situation = Situation.NON_CUSTOMER
    situation_since: Instant | None = None
    """When the situation was entered; None where it never changed."""
    situation_rule: Text | None = None
    """The rule that led there."""
    restores_to: Situation | None = None
    """While dissatisfied: the situation held before."""
    dissatisfied_on: Day | None = None
    opportunities: tuple[Opportunity, ...] = ()
    """Those not at status quo, by ascending id."""

    window: Window = PurchaseWindow()
    purchases: Count = 0
    """Purchases ever completed."""
    standing_purchases: Count = 0
    """Of these, the ones not fully reversed."""
    older_purchase_on: Day | None = None
    """The latest standing purchase day that has left the window."""
    covers_until: Day | None = None
    """The furthest day that a contract covers."""
    cover_bought_on: Day | None = None
    used_on: Day | None = None
    restored_on: Day | None = None
    corrected_on: Day | None = None
    sign_on: Day | None = None
    """The latest sign of life, restore or correction."""
    reached: bool = False
    """Has been contacted or has given a sign of life."""
    open_cases: tuple[OpenCase, ...] = ()
    """By ascending id."""
    payments_overdue: Count = 0
    withdrawn_channels: tuple[Text, ...] = ()
    """Channels on which the customer withdrew consent, ascending."""
    currency: Id | None = None
    """The customer's first currency."""

    window_days: Annotated[int, Field(strict=True, ge=1)] | None = None
    """The window it was folded with."""
    day_offset_minutes: int | None = None
    """The calendar it was folded with."""

    @property
    def position(self) -> BuyingPosition:
        """The leading position: the most advanced decision that is not yet signed."""
        leading = self.leading_opportunity
        return BuyingPosition.STATUS_QUO if leading is None else leading.position

    @property
    def leading_opportunity(self) -> Opportunity | None:
        """The opportunity that holds the leading position; the first of several by id."""
        return min(
            self.opportunities, key=lambda one: BY_LEAD.index(one.position), default=None
        )

    def to_json(self) -> str:
        """Return the stored form."""
        return self.model_dump_json()

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Return the customer of a stored form.

        Raises:
            InvalidCustomer: with every problem, or with an unknown schema version alone.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            problems = problems_of(error)
            version = tuple(one for one in problems if one.place == "schema_version")
            raise InvalidCustomer("customer", version or problems) from error

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        dissatisfied = self.situation == Situation.DISSATISFIED
        if (self.restores_to is not None) != dissatisfied or (
            (self.dissatisfied_on is not None) != dissatisfied
        ):
            msg = "restores_to and dissatisfied_on go with dissatisfied, and only with it"
            raise ValueError(msg)
        if self.restores_to == Situation.DISSATISFIED:
            msg = "restores_to is the situation before, it cannot be dissatisfied"
            raise ValueError(msg)
        if self.standing_purchases > self.purchases:
            msg = "standing_purchases are more than purchases"
            raise ValueError(msg)
        if sum(self.window.purchases) > self.standing_purchases:
            msg = "standing_purchases are fewer than those in the window"
            raise ValueError(msg)
        if any(one.position == BuyingPosition.STATUS_QUO for one in self.opportunities):
            msg = "opportunities at status_quo are not stored: leave them out"
            raise ValueError(msg)
        for name in ("opportunities", "open_cases"):
            ids = [one.id for one in getattr(self, name)]
            if ids != sorted(set(ids)):
                msg = f"{name} are not in ascending order of their ids, each once"
                raise ValueError(msg)
        return self


Snapshot = TypeVar("Snapshot", Customer, Opportunity)


def changed(model: Snapshot, fields: Mapping[str, object]) -> Snapshot:
    """Return a copy in which some fields are others, which nothing checks.

    It is what `model_copy` gives for models without extra or private fields, in half the time.
    """
    copy = object.__new__(type(model))
    put = object.__setattr__  # the models are frozen
    put(copy, "__dict__", {**vars(model), **fields})
    put(copy, "__pydantic_fields_set__", model.model_fields_set.union(fields))
    put(copy, "__pydantic_extra__", None)
    put(copy, "__pydantic_private__", None)
    return copy


@cache
def _new() -> Customer:
    return Customer(id="-")


def new_customer(name: str) -> Customer:
    """Return a customer without events; the name comes from a validated event."""
    return changed(_new(), {"id": name})


BY_LEAD: Final = (
    BuyingPosition.CONCERNS_RESOLUTION,
    BuyingPosition.OPTIONS_EVALUATION,
    BuyingPosition.NEEDS_RECOGNITION,
    BuyingPosition.IMPLEMENTATION,
)
