"""Between the public records and the kernel's numbers: events and customers, both ways."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, TypeAlias

from lifecycle_model import events as ev
from lifecycle_model.customer import Customer
from lifecycle_model.errors import CurrencyMismatch, OutsideCalendar
from lifecycle_model.events import Event, money_units
from lifecycle_model.kernel import layout as at
from lifecycle_model.policy import Policy
from lifecycle_model.states import BuyingPosition, Situation

SITUATIONS: Final = tuple(Situation)
POSITIONS: Final = tuple(BuyingPosition)

Record = tuple[int, int, int, int, int, int]

Fields: TypeAlias = dict[str, Any]
"""The fields of a model: one look at them all costs as much as one look at a single one."""


_LAST_DAY: Final = date.max.toordinal()


def day_of(instant: datetime, offset: int) -> int:
    """Return the calendar day, as an ordinal, of an instant in UTC.

    Args:
        instant: a time in UTC.
        offset: the calendar's minutes east of UTC.

    Raises:
        OutsideCalendar: the day lies outside the years 1 to 9999.

    >>> day_of(datetime(2024, 5, 1, 23, 30, tzinfo=UTC), 60) - date(2024, 5, 1).toordinal()
    1
    """
    if offset == 0:
        return instant.toordinal()
    day = instant.toordinal() + (instant.hour * 60 + instant.minute + offset) // 1440
    if not 1 <= day <= _LAST_DAY:
        raise OutsideCalendar(instant, offset)
    return day


def midnight(day: int, offset: int) -> datetime:
    """Return the instant in UTC at which a calendar day begins.

    Raises:
        OverflowError: the instant lies outside the years 1 to 9999.
    """
    return datetime.combine(date.fromordinal(day), time(), UTC) - timedelta(minutes=offset)


class Codes:
    """Small numbers for one customer's opportunities and cases, and what is no number."""

    __slots__ = (
        "_channels_before",
        "cases",
        "channels",
        "currency",
        "first_currency",
        "opportunities",
    )

    def __init__(self, customer: Customer, policy: Policy) -> None:
        fields = vars(customer)
        self.opportunities = {one.id: n for n, one in enumerate(fields["opportunities"])}
        self.cases = {one.id: n for n, one in enumerate(fields["open_cases"])}
        self.channels: set[str] | None = None
        """The withdrawn channels, once one changes."""
        self._channels_before = fields["withdrawn_channels"]
        self.first_currency = fields["currency"]
        self.currency = self.first_currency if policy.currency is None else policy.currency

    def opportunity(self, name: str) -> int:
        """Return the code of an opportunity."""
        return self.opportunities.setdefault(name, len(self.opportunities))

    def case(self, name: str) -> int:
        """Return the code of a case."""
        return self.cases.setdefault(name, len(self.cases))

    def set_consent(self, channel: str, *, allowed: bool) -> None:
        """Keep whether a channel is withdrawn."""
        if self.channels is None:
            self.channels = set(self._channels_before)
        if allowed:
            self.channels.discard(channel)
        else:
            self.channels.add(channel)

    def amount(self, fields: Fields) -> int:
        """Return the amount; refuse any currency but the policy's or the customer's first."""
        found = fields["currency"]
        if found is not None:
            if self.first_currency is None:
                self.first_currency = found
            if self.currency is None:
                self.currency = found
            if found != self.currency:
                raise CurrencyMismatch(
                    fields["customer_id"],
                    self.currency,
                    found,
                    fields["occurred_at"],
                    fields["event_id"],
                )
        return money_units(fields["amount"])

    def order(self, records: list[Record]) -> list[Record]:
        """Give the opportunities' codes the order of their ids, in the records too."""
        names = self.opportunities
        ordered = sorted(names)
        if ordered == list(names):
            return records
        self.opportunities = {name: code for code, name in enumerate(ordered)}
        new = [self.opportunities[name] for name in names]
        new.append(at.NO_OPPORTUNITY)  # it is -1, so it finds itself in the last place
        return [
            (kind, day, new[opp], value, flag, amount)
            for kind, day, opp, value, flag, amount in records
        ]


def encode(events: Iterable[Event], codes: Codes, policy: Policy) -> list[Record]:
    """Return the events as the kernel's records.

    Raises:
        CurrencyMismatch: an amount is in another currency.
    """
    offset = policy.day_offset_minutes
    names = codes.opportunities
    records = []
    for event in events:
        fields = vars(event)
        instant = fields["occurred_at"]
        day = day_of(instant, offset) if offset else instant.toordinal()
        name = fields.get("opportunity_id")
        named = at.NO_OPPORTUNITY if name is None else names.setdefault(name, len(names))
        kind, own = _ENCODERS[type(event)]
        value, flag, amount = _NOTHING if own is None else own(fields, codes, policy)
        records.append((kind, day, named, value, flag, amount))
    return codes.order(records)


_Own = tuple[int, int, int]
"""The last three numbers of a record: what VALUE, FLAG and AMOUNT mean for a kind."""

_UNREAD: Final = 0
"""What stands where a kind has nothing to say."""

_NOTHING: Final = (_UNREAD, _UNREAD, _UNREAD)


def _interest(fields: Fields, _: Codes, policy: Policy) -> _Own:
    return int(fields["behaviour"] in policy.qualifying_behaviours), _UNREAD, _UNREAD


def _supplier(fields: Fields, _codes: Codes, _policy: Policy) -> _Own:
    return int(fields["supplier"] is not None), _UNREAD, _UNREAD


def _purchase(fields: Fields, codes: Codes, _: Policy) -> _Own:
    cover = fields["covers_until"]
    return at.NONE if cover is None else cover.toordinal(), _UNREAD, codes.amount(fields)


def _reversal(fields: Fields, codes: Codes, _: Policy) -> _Own:
    meant = fields["purchased_on"]
    day = at.NONE if meant is None else meant.toordinal()
    return day, int(fields["full"]), codes.amount(fields)


def _consent(fields: Fields, codes: Codes, _: Policy) -> _Own:
    codes.set_consent(fields["channel"], allowed=fields["allowed"])
    return _NOTHING


def _opened(fields: Fields, codes: Codes, _: Policy) -> _Own:
    return codes.case(fields["case_id"]), int(fields["complaint"]), _UNREAD


def _closed(fields: Fields, codes: Codes, _: Policy) -> _Own:
    return codes.case(fields["case_id"]), _UNREAD, _UNREAD


def _survey(fields: Fields, _codes: Codes, _policy: Policy) -> _Own:
    return fields["score"], _UNREAD, _UNREAD


def _correction(fields: Fields, _codes: Codes, _policy: Policy) -> _Own:
    if fields["situation"] is not None:
        return SITUATIONS.index(fields["situation"]), _UNREAD, _UNREAD
    return POSITIONS.index(fields["position"]), _UNREAD, _UNREAD


_OWN: Final[dict[type, Callable[[Fields, Codes, Policy], _Own]]] = {
    ev.InterestShown: _interest,
    ev.SupplierChosen: _supplier,
    ev.PurchaseCompleted: _purchase,
    ev.PurchaseReversed: _reversal,
    ev.ConsentChanged: _consent,
    ev.CaseOpened: _opened,
    ev.CaseClosed: _closed,
    ev.SurveyAnswered: _survey,
    ev.ManualCorrection: _correction,
}

_ENCODERS: Final = {cls: (kind, _OWN.get(cls)) for kind, cls in enumerate(ev.EVENT_TYPES)}
"""By type: the kind's number, and what gives its own numbers, if it has any."""
