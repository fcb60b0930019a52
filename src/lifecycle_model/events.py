"""The 27 kinds of events: frozen, checked at the door, told apart by `kind`."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Context, Decimal
from typing import Annotated, Any, Final, Literal, TypeAlias, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from lifecycle_model.errors import InvalidEvent, problems_of
from lifecycle_model.states import BuyingPosition, Situation

MONEY_UNITS: Final = 10_000
"""Money is counted in ten-thousandths, so that sums are exact."""

_UNITS: Final = Decimal(MONEY_UNITS)
# The caller's own decimal context may round; this one never has to.
_EXACT: Final = Context(prec=40)


def to_utc(value: datetime) -> datetime:
    """Return an aware time as a plain `datetime` in UTC.

    Raises:
        ValueError: the time is naive, or lies outside the years 1 to 9999 in UTC.

    >>> to_utc(datetime.fromisoformat("2024-05-01T12:00+02:00"))
    datetime.datetime(2024, 5, 1, 10, 0, tzinfo=datetime.timezone.utc)
    """
    if type(value) is datetime and value.tzinfo is UTC:
        return value
    if value.utcoffset() is None:
        msg = "has no time zone: add one, for example 2024-05-01T12:00:00+00:00"
        raise ValueError(msg)
    try:
        moved = value.astimezone(UTC)
    except OverflowError:
        msg = "lies outside the years 1 to 9999 in UTC: correct the time"
        raise ValueError(msg) from None
    return datetime.combine(moved.date(), moved.time(), UTC)


def _instant(value: object) -> datetime:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            msg = "is not an ISO 8601 time: write it like 2024-05-01T12:00:00+00:00"
            raise ValueError(msg) from None
    if not isinstance(value, datetime):
        msg = "is not a time: give an aware datetime or ISO 8601 text"
        raise ValueError(msg)  # noqa: TRY004 - pydantic reports ValueError only
    return to_utc(value)


def _day(value: object) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            msg = "is not an ISO 8601 date: write it like 2024-05-01"
            raise ValueError(msg) from None
    if isinstance(value, datetime) or not isinstance(value, date):
        msg = "is not a date: give a date without a time, or ISO 8601 text"
        raise ValueError(msg)  # noqa: TRY004 - pydantic reports ValueError only
    return value


# A length, though any will do, has pydantic look at the text: half a character is refused.
Text = Annotated[str, Field(min_length=0)]
Id = Annotated[str, Field(min_length=1)]
Instant = Annotated[datetime, BeforeValidator(_instant)]
Day = Annotated[date, BeforeValidator(_day)]
MAX_AMOUNT: Final = Decimal(10**11)
Money = Annotated[Decimal, Field(ge=0, le=MAX_AMOUNT, decimal_places=4, allow_inf_nan=False)]
Integer = Annotated[int, Field(strict=True, ge=-(2**63), lt=2**63)]
MAX_SCORE: Final = 10
Score = Annotated[int, Field(strict=True, ge=0, le=MAX_SCORE)]


class BaseEvent(BaseModel):
    """What every event has."""

    # The 27 validators are built when first used: importing the package stays quick.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    customer_id: Id
    """Whose event it is; not empty."""
    occurred_at: Instant
    """When it happened; aware, kept in UTC to the microsecond."""
    event_id: Id | None = None
    """Names the event within its source; two with one name are one event."""
    source: Text = ""
    """The system that reported it."""
    sequence: Integer = 0
    """The order among events of one instant, where the source knows it."""


class ContactIdentified(BaseEvent):
    """We know the name of somebody whom we want as a customer."""

    kind: Literal["contact_identified"] = "contact_identified"
    segment: Text | None = None


class Contacted(BaseEvent):
    """We got in touch."""

    kind: Literal["contacted"] = "contacted"
    channel: Text | None = None
    campaign: Text | None = None


class InterestShown(BaseEvent):
    """The customer showed interest; some behaviours make a prospect. Source: S1."""

    kind: Literal["interest_shown"] = "interest_shown"
    behaviour: Text
    opportunity_id: Id | None = None


class LeadQualified(BaseEvent):
    """A person decided that the lead is worth the effort."""

    kind: Literal["lead_qualified"] = "lead_qualified"
    by: Text | None = None


class LeadDisqualified(BaseEvent):
    """A person decided that the lead is not worth the effort."""

    kind: Literal["lead_disqualified"] = "lead_disqualified"
    reason: Text | None = None


class NeedRecognized(BaseEvent):
    """The buyer asks whether to buy at all."""

    kind: Literal["need_recognized"] = "need_recognized"
    opportunity_id: Id = "main"


class EvaluationStarted(BaseEvent):
    """The buyer means to buy and compares suppliers."""

    kind: Literal["evaluation_started"] = "evaluation_started"
    opportunity_id: Id = "main"
    alternatives: tuple[Text, ...] = ()


class OfferMade(BaseEvent):
    """The buyer has an offer of ours."""

    kind: Literal["offer_made"] = "offer_made"
    opportunity_id: Id = "main"
    amount: Money | None = None


class SupplierChosen(BaseEvent):
    """The buyer prefers one supplier and looks at what follows from it."""

    kind: Literal["supplier_chosen"] = "supplier_chosen"
    opportunity_id: Id = "main"
    supplier: Text | None = None
    """None for us, else the competitor's name."""


class ConcernRaised(BaseEvent):
    """Something holds the buyer back from signing."""

    kind: Literal["concern_raised"] = "concern_raised"
    opportunity_id: Id = "main"
    topic: Text | None = None


class ConcernResolved(BaseEvent):
    """Something that held the buyer back is out of the way."""

    kind: Literal["concern_resolved"] = "concern_resolved"
    opportunity_id: Id = "main"
    topic: Text | None = None


class DecisionDropped(BaseEvent):
    """The buyer gives the plan up and buys nowhere."""

    kind: Literal["decision_dropped"] = "decision_dropped"
    opportunity_id: Id = "main"
    reason: Text | None = None


class PurchaseCompleted(BaseEvent):
    """The buyer signed with us, or paid us."""

    kind: Literal["purchase_completed"] = "purchase_completed"
    opportunity_id: Id = "main"
    amount: Money = Decimal(0)
    currency: Id | None = None
    order_id: Id | None = None
    covers_until: Day | None = None
    """The last day of the term that a contract covers."""


class OpportunityLost(BaseEvent):
    """The buyer went to a competitor."""

    kind: Literal["opportunity_lost"] = "opportunity_lost"
    opportunity_id: Id = "main"
    competitor: Text | None = None
    reason: Text | None = None


class ValueDelivered(BaseEvent):
    """What we promised has arrived."""

    kind: Literal["value_delivered"] = "value_delivered"
    opportunity_id: Id = "main"


class PurchaseReversed(BaseEvent):
    """A purchase is refunded or cancelled, in part or in full."""

    kind: Literal["purchase_reversed"] = "purchase_reversed"
    opportunity_id: Id | None = None
    amount: Money
    currency: Id | None = None
    order_id: Id | None = None
    full: bool = False
    """True where the purchase itself is gone, not only money."""
    purchased_on: Day | None = None
    """The day of the purchase; None for the latest one that still stands."""


class PaymentOverdue(BaseEvent):
    """A payment is late."""

    kind: Literal["payment_overdue"] = "payment_overdue"
    order_id: Id | None = None


class PaymentReceived(BaseEvent):
    """A late payment arrived."""

    kind: Literal["payment_received"] = "payment_received"
    order_id: Id | None = None


class ConsentChanged(BaseEvent):
    """The customer allowed or withdrew marketing on a channel."""

    kind: Literal["consent_changed"] = "consent_changed"
    channel: Text
    allowed: bool


class ProductUsed(BaseEvent):
    """The customer uses what was bought: a sign of life between purchases."""

    kind: Literal["product_used"] = "product_used"


class CaseOpened(BaseEvent):
    """A request or a complaint. Source: S3, the service cycle."""

    kind: Literal["case_opened"] = "case_opened"
    case_id: Id
    complaint: bool = False
    severity: Text | None = None


class CaseClosed(BaseEvent):
    """A request or a complaint is settled."""

    kind: Literal["case_closed"] = "case_closed"
    case_id: Id


class SurveyAnswered(BaseEvent):
    """The customer says, from 0 to 10, whether to recommend us. Source: S4."""

    kind: Literal["survey_answered"] = "survey_answered"
    score: Score


class CustomerLeft(BaseEvent):
    """The customer ended the relationship."""

    kind: Literal["customer_left"] = "customer_left"
    reason: Text | None = None
    competitor: Text | None = None


class ActionTaken(BaseEvent):
    """Marketing, sales or service carried out an action."""

    kind: Literal["action_taken"] = "action_taken"
    action_id: Id
    department: Text | None = None


class ManualCorrection(BaseEvent):
    """A person sets one axis by hand, with name and reason."""

    kind: Literal["manual_correction"] = "manual_correction"
    situation: Situation | None = None
    position: BuyingPosition | None = None
    opportunity_id: Id | None = Field(default=None, validate_default=True)
    """Beside `position` only; there None means "main"."""
    actor: Text
    reason: str

    @field_validator("opportunity_id")
    @classmethod
    def _main_opportunity(cls, value: str | None, info: ValidationInfo) -> str | None:
        names_position = info.data.get("position") is not None
        return "main" if value is None and names_position else value

    @model_validator(mode="after")
    def _one_axis(self) -> "ManualCorrection":
        if (self.situation is None) == (self.position is None):
            msg = "give exactly one of situation and position"
            raise ValueError(msg)
        if self.situation is not None and self.opportunity_id is not None:
            msg = "opportunity_id goes with position, not with situation: remove it"
            raise ValueError(msg)
        return self


class TimePassed(BaseEvent):
    """Time went by without news until `occurred_at`."""

    kind: Literal["time_passed"] = "time_passed"


# The order is part of the law: events of one instant fold cause before effect.
_AnyEvent: TypeAlias = (
    ContactIdentified
    | Contacted
    | InterestShown
    | LeadQualified
    | LeadDisqualified
    | NeedRecognized
    | EvaluationStarted
    | OfferMade
    | SupplierChosen
    | ConcernRaised
    | ConcernResolved
    | DecisionDropped
    | PurchaseCompleted
    | OpportunityLost
    | ValueDelivered
    | PurchaseReversed
    | PaymentOverdue
    | PaymentReceived
    | ConsentChanged
    | ProductUsed
    | CaseOpened
    | CaseClosed
    | SurveyAnswered
    | CustomerLeft
    | ActionTaken
    | ManualCorrection
    | TimePassed
)

Event: TypeAlias = Annotated[_AnyEvent, Field(discriminator="kind")]
"""Any event, told apart by `kind`; usable as a field of your own pydantic models."""

EVENT_TYPES: Final[tuple[type[BaseEvent], ...]] = get_args(_AnyEvent)
"""The event classes in the order in which ties fold."""

KINDS: Final[tuple[str, ...]] = tuple(cls.model_fields["kind"].default for cls in EVENT_TYPES)
"""The kinds in the order in which ties fold."""

EVENT_ADAPTER: Final[TypeAdapter[Event]] = TypeAdapter(
    Event, config=ConfigDict(defer_build=True)
)
"""Validates any event and writes the JSON Schema of all."""


def parse_event(data: Mapping[str, Any] | str | bytes) -> Event:
    """Return the event that a mapping or a JSON text describes.

    Args:
        data: field names to values, with `kind`; or one JSON object.

    Raises:
        InvalidEvent: with every problem: the field, the value and the mend.

    >>> event = parse_event(
    ...     {
    ...         "kind": "purchase_completed",
    ...         "customer_id": "c-42",
    ...         "occurred_at": "2024-05-01T12:00:00+02:00",
    ...         "amount": "19.90",
    ...     }
    ... )
    >>> event.occurred_at.isoformat(), event.amount
    ('2024-05-01T10:00:00+00:00', Decimal('19.90'))
    >>> parse_event({"kind": "contactd", "customer_id": "c-42"})
    Traceback (most recent call last):
    lifecycle_model.errors.InvalidEvent: event is not valid:
      kind: 'contactd': is not a known kind: did you mean 'contacted'?
    """
    try:
        if isinstance(data, str | bytes):
            return EVENT_ADAPTER.validate_json(data)
        return EVENT_ADAPTER.validate_python(data)
    except ValidationError as error:
        raise InvalidEvent("event", problems_of(error, KINDS)) from error


def money_units(amount: Decimal) -> int:
    """Return an amount as ten-thousandths.

    >>> money_units(Decimal("19.9"))
    199000
    """
    return int(_EXACT.multiply(amount, _UNITS))


def money_amount(units: int) -> Decimal:
    """Return ten-thousandths as an amount.

    >>> money_amount(199000)
    Decimal('19.9')
    """
    whole, part = divmod(units, MONEY_UNITS)
    return Decimal(whole) if part == 0 else _EXACT.divide(Decimal(units), _UNITS)


def _canonical(value: object) -> object:
    if isinstance(value, Decimal):
        return money_units(value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return value


def canonical_json(event: Event) -> str:
    """Return the event as text in one fixed form: the last key of the fold order.

    All fields with their defaults, keys sorted, instants in UTC with microseconds, money as
    integer ten-thousandths, no spaces, non-ASCII as is.

    >>> canonical_json(
    ...     ProductUsed(customer_id="é", occurred_at=datetime(2024, 5, 1, tzinfo=UTC))
    ... )[:17]
    '{"customer_id":"é'
    """
    fields = {name: _canonical(value) for name, value in event}
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
