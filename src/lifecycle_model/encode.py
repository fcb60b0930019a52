"""Between the public records and the kernel's numbers: events and customers, both ways."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from lifecycle_model import events as ev
from lifecycle_model.customer import Customer
from lifecycle_model.errors import CurrencyMismatch, OutsideCalendar
from lifecycle_model.events import KINDS, Event, money_units
from lifecycle_model.kernel import layout as at
from lifecycle_model.policy import Policy
from lifecycle_model.states import BuyingPosition, Situation

SITUATIONS: Final = tuple(Situation)
POSITIONS: Final = tuple(BuyingPosition)

Record = tuple[int, int, int, int, int, int]


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
        self.opportunities = {one.id: n for n, one in enumerate(customer.opportunities)}
        self.cases = {one.id: n for n, one in enumerate(customer.open_cases)}
        self.channels: set[str] | None = None
        """The withdrawn channels, once one changes."""
        self._channels_before = customer.withdrawn_channels
        self.first_currency = customer.currency
        self.currency = policy.currency if policy.currency is not None else customer.currency

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

    def check_currency(self, event: ev.PurchaseCompleted | ev.PurchaseReversed) -> None:
        """Refuse an amount in another currency than the policy's or the customer's first."""
        found = event.currency
        if found is None:
            return
        if self.first_currency is None:
            self.first_currency = found
        if self.currency is None:
            self.currency = found
        if found != self.currency:
            raise CurrencyMismatch(
                event.customer_id, self.currency, found, event.occurred_at, event.event_id
            )

    def order(self, records: list[Record]) -> list[Record]:
        """Give the opportunities' codes the order of their ids, in the records too."""
        names = self.opportunities
        ordered = sorted(names)
        if ordered == list(names):
            return records
        self.opportunities = {name: code for code, name in enumerate(ordered)}
        new = [self.opportunities[name] for name in names]
        new.append(-1)  # records without an opportunity carry -1
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
    behaviours = policy.qualifying_behaviours
    records = []
    for event in events:
        encoder = _ENCODERS[type(event)]
        records.append(encoder(event, day_of(event.occurred_at, offset), codes, behaviours))
    return codes.order(records)


Encoder = Callable[[Any, int, Codes, frozenset[str]], Record]


def _plain(kind: int) -> Encoder:
    return lambda _event, day, _codes, _behaviours: (kind, day, -1, 0, 0, 0)


def _naming(kind: int) -> Encoder:
    return lambda event, day, codes, _behaviours: (
        kind,
        day,
        codes.opportunity(event.opportunity_id),
        0,
        0,
        0,
    )


def _interest(
    event: ev.InterestShown, day: int, codes: Codes, behaviours: frozenset[str]
) -> Record:
    named = -1 if event.opportunity_id is None else codes.opportunity(event.opportunity_id)
    return at.INTEREST_SHOWN, day, named, int(event.behaviour in behaviours), 0, 0


def _supplier(event: ev.SupplierChosen, day: int, codes: Codes, _: frozenset[str]) -> Record:
    named = codes.opportunity(event.opportunity_id)
    return at.SUPPLIER_CHOSEN, day, named, int(event.supplier is not None), 0, 0


def _purchase(event: ev.PurchaseCompleted, day: int, codes: Codes, _: frozenset[str]) -> Record:
    codes.check_currency(event)
    cover = event.covers_until
    return (
        at.PURCHASE_COMPLETED,
        day,
        codes.opportunity(event.opportunity_id),
        at.NONE if cover is None else cover.toordinal(),
        0,
        money_units(event.amount),
    )


def _reversal(event: ev.PurchaseReversed, day: int, codes: Codes, _: frozenset[str]) -> Record:
    codes.check_currency(event)
    meant = event.purchased_on
    return (
        at.PURCHASE_REVERSED,
        day,
        -1 if event.opportunity_id is None else codes.opportunity(event.opportunity_id),
        at.NONE if meant is None else meant.toordinal(),
        int(event.full),
        money_units(event.amount),
    )


def _consent(event: ev.ConsentChanged, day: int, codes: Codes, _: frozenset[str]) -> Record:
    codes.set_consent(event.channel, allowed=event.allowed)
    return KINDS.index("consent_changed"), day, -1, 0, 0, 0


def _opened(event: ev.CaseOpened, day: int, codes: Codes, _: frozenset[str]) -> Record:
    return at.CASE_OPENED, day, -1, codes.case(event.case_id), int(event.complaint), 0


def _closed(event: ev.CaseClosed, day: int, codes: Codes, _: frozenset[str]) -> Record:
    return at.CASE_CLOSED, day, -1, codes.case(event.case_id), 0, 0


def _survey(event: ev.SurveyAnswered, day: int, _codes: Codes, _: frozenset[str]) -> Record:
    return at.SURVEY_ANSWERED, day, -1, event.score, 0, 0


def _correction(
    event: ev.ManualCorrection, day: int, codes: Codes, _: frozenset[str]
) -> Record:
    if event.situation is not None:
        return at.MANUAL_CORRECTION, day, -1, SITUATIONS.index(event.situation), 0, 0
    named = codes.opportunity(str(event.opportunity_id))
    return at.MANUAL_CORRECTION, day, named, POSITIONS.index(event.position), 0, 0


_ENCODERS: Final[dict[type, Encoder]] = {
    **{
        cls: _naming(kind) if "opportunity_id" in cls.model_fields else _plain(kind)
        for kind, cls in enumerate(ev.EVENT_TYPES)
    },
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
