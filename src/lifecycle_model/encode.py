"""Between the public records and the kernel's numbers: events and customers, both ways."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from lifecycle_model import events as ev
from lifecycle_model.customer import Customer, OpenCase, Opportunity, PurchaseWindow
from lifecycle_model.errors import CurrencyMismatch, NotAnEvent
from lifecycle_model.events import KINDS, Event, money_units
from lifecycle_model.kernel import layout as at
from lifecycle_model.kernel import fold as kernel
from lifecycle_model.kernel.program import Program
from lifecycle_model.policy import Policy
from lifecycle_model.states import BuyingPosition, Situation

SITUATIONS: Final = tuple(Situation)
POSITIONS: Final = tuple(BuyingPosition)

Record = tuple[int, int, int, int, int, int]


def day_of(instant: datetime, offset: int) -> int:
    """Return the calendar day, as an ordinal, of an instant in UTC.

    Args:
        instant: a time in UTC.
        offset: the calendar's minutes east of UTC.

    >>> day_of(datetime(2024, 5, 1, 23, 30, tzinfo=UTC), 60) - date(2024, 5, 1).toordinal()
    1
    """
    if offset == 0:
        return instant.toordinal()
    return instant.toordinal() + (instant.hour * 60 + instant.minute + offset) // 1440


def midnight(day: int, offset: int) -> datetime:
    """Return the instant in UTC at which a calendar day begins.

    Raises:
        OverflowError: the instant lies outside the years 1 to 9999.
    """
    return datetime.combine(date.fromordinal(day), time(), UTC) - timedelta(minutes=offset)


class Codes:
    """Small numbers for the ids of one customer's opportunities and cases, and what is no number."""

    __slots__ = ("cases", "channels", "currency", "first_currency", "opportunities")

    def __init__(self, customer: Customer, policy: Policy) -> None:
        self.opportunities = {one.id: n for n, one in enumerate(customer.opportunities)}
        self.cases = {one.id: n for n, one in enumerate(customer.open_cases)}
        self.channels = set(customer.withdrawn_channels)
        self.first_currency = customer.currency
        self.currency = policy.currency or customer.currency

    def opportunity(self, name: str) -> int:
        return self.opportunities.setdefault(name, len(self.opportunities))

    def case(self, name: str) -> int:
        return self.cases.setdefault(name, len(self.cases))

    def check_currency(self, event: ev.PurchaseCompleted | ev.PurchaseReversed) -> None:
        self.first_currency = self.first_currency or event.currency
        self.currency = self.currency or event.currency
        if event.currency != self.currency:
            raise CurrencyMismatch(
                event.customer_id, self.currency, str(event.currency), event.occurred_at, event.event_id
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
        return [(kind, day, new[opp], value, flag, amount) for kind, day, opp, value, flag, amount in records]


def encode(events: Iterable[Event], codes: Codes, policy: Policy) -> list[Record]:
    """Return the events as the kernel's records.

    Raises:
        NotAnEvent: something is not a validated event.
        CurrencyMismatch: an amount is in another currency.
    """
    offset = policy.day_offset_minutes
    behaviours = policy.qualifying_behaviours
    records = []
    for event in events:
        encoder = _ENCODERS.get(type(event))
        if encoder is None:
            raise NotAnEvent(type(event).__name__)
        records.append(encoder(event, day_of(event.occurred_at, offset), codes, behaviours))
    return codes.order(records)


Encoder = Callable[[Any, int, Codes, frozenset[str]], Record]


def _plain(kind: int) -> Encoder:
    return lambda event, day, codes, behaviours: (kind, day, -1, 0, 0, 0)


def _naming(kind: int) -> Encoder:
    return lambda event, day, codes, behaviours: (
        kind,
        day,
        codes.opportunity(event.opportunity_id),
        0,
        0,
        0,
    )


def _interest(event: ev.InterestShown, day: int, codes: Codes, behaviours: frozenset[str]) -> Record:
    named = -1 if event.opportunity_id is None else codes.opportunity(event.opportunity_id)
    return at.INTEREST_SHOWN, day, named, int(event.behaviour in behaviours), 0, 0


def _supplier(event: ev.SupplierChosen, day: int, codes: Codes, _: frozenset[str]) -> Record:
    named = codes.opportunity(event.opportunity_id)
    return at.SUPPLIER_CHOSEN, day, named, int(event.supplier is not None), 0, 0


def _purchase(event: ev.PurchaseCompleted, day: int, codes: Codes, _: frozenset[str]) -> Record:
    if event.currency is not None:
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
    if event.currency is not None:
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
    if event.allowed:
        codes.channels.discard(event.channel)
    else:
        codes.channels.add(event.channel)
    return KINDS.index("consent_changed"), day, -1, 0, 0, 0


def _opened(event: ev.CaseOpened, day: int, codes: Codes, _: frozenset[str]) -> Record:
    return at.CASE_OPENED, day, -1, codes.case(event.case_id), int(event.complaint), 0


def _closed(event: ev.CaseClosed, day: int, codes: Codes, _: frozenset[str]) -> Record:
    return at.CASE_CLOSED, day, -1, codes.case(event.case_id), 0, 0


def _survey(event: ev.SurveyAnswered, day: int, codes: Codes, _: frozenset[str]) -> Record:
    return at.SURVEY_ANSWERED, day, -1, event.score, 0, 0


def _correction(event: ev.ManualCorrection, day: int, codes: Codes, _: frozenset[str]) -> Record:
    if event.situation is not None:
        return at.MANUAL_CORRECTION, day, -1, SITUATIONS.index(event.situation), 0, 0
    named = codes.opportunity(str(event.opportunity_id))
    return at.MANUAL_CORRECTION, day, named, POSITIONS.index(event.position), 0, 0  # type: ignore[arg-type]


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


class Memory:
    """One customer as the kernel's working memory."""

    __slots__ = ("amounts", "cases", "counts", "days", "listed", "opportunities", "state")

    def __init__(
        self, customer: Customer, codes: Codes, program: Program, offset: int, room: int = 0
    ) -> None:
        """Unpack a customer.

        Args:
            customer: the snapshot.
            codes: the codes of every opportunity and case that will be named.
            program: the compiled rules and policy.
            offset: the calendar's minutes east of UTC.
            room: how many events will be folded.
        """
        window = customer.window
        spare = [0] * room
        self.days = [*window.days, *spare]
        self.counts = [*window.purchases, *spare]
        self.amounts = [*window.amounts, *spare]
        self.opportunities = _unpack_opportunities(customer, codes)
        self.listed = [0] * len(codes.opportunities)
        self.cases = [0] * len(codes.cases)
        for case in customer.open_cases:
            self.cases[codes.cases[case.id]] = 2 + case.complaint
        self.state = _unpack_state(customer, program)
        if customer.clock is not None:
            self.state[at.DAY] = day_of(customer.clock, offset)
        for number, one in enumerate(customer.opportunities):
            self.listed[number] = codes.opportunities[one.id] * at.OPPORTUNITY_SLOTS


    def fold(self, program: Program, records: Sequence[Record], sink: list[Any]) -> int:
        """Fold records; return how many, fewer than all only where the money overflows."""
        return kernel.fold(
            program,
            self.state,
            self.days,
            self.counts,
            self.amounts,
            self.opportunities,
            self.listed,
            self.cases,
            records,
            sink,
        )

    def advance(self, program: Program, day: int, sink: list[Any]) -> None:
        """Let time pass up to a day, if there is time yet and the day is later."""
        if at.NONE < self.state[at.DAY] < day:
            kernel.advance(
                program,
                self.state,
                self.days,
                self.counts,
                self.amounts,
                self.opportunities,
                self.listed,
                day,
                sink,
            )

    def due(self, program: Program) -> int:
        """Return the next day on which a time row fires, or NEVER."""
        if self.state[at.DAY] == at.NONE:
            return at.NEVER
        facts = (program, self.state, self.days, self.counts, self.amounts, self.opportunities)
        day = self.state[at.DAY] + 1
        return min(
            kernel.situation_due(*facts, day), kernel.position_due(*facts, self.listed, day)
        )

    def pack(self, customer: Customer, codes: Codes, **known: object) -> Customer:
        """Return the customer that `customer` became; `known` are fields the kernel does not keep."""
        state = self.state
        live = [n for n in range(state[at.HEAD], state[at.END]) if self.counts[n] or self.amounts[n]]
        rung = state[at.RUNG]
        fields = {
            "situation": SITUATIONS[state[at.SITUATION]],
            "restores_to": None if rung < 0 else SITUATIONS[rung],
            "dissatisfied_on": _date(state[at.DAYS_DISSATISFIED]),
            "opportunities": self._opportunities(codes),
            "window": PurchaseWindow(
                tuple([self.days[n] for n in live]),
                tuple([self.counts[n] for n in live]),
                tuple([self.amounts[n] for n in live]),
            ),
            "purchases": state[at.PURCHASES],
            "standing_purchases": state[at.STANDING_PURCHASES],
            "older_purchase_on": _date(state[at.OLDER_PURCHASE]),
            "covers_until": _date(state[at.COVER]),
            "cover_bought_on": _date(state[at.COVER_BOUGHT]),
            "used_on": _date(state[at.USED]),
            "restored_on": _date(state[at.RESTORED]),
            "corrected_on": _date(state[at.CORRECTED]),
            "sign_on": _date(state[at.DAYS_SINCE_SIGN]),
            "reached": bool(state[at.REACHED]),
            "open_cases": self._open_cases(codes),
            "payments_overdue": state[at.PAYMENTS_OVERDUE],
            "withdrawn_channels": tuple(sorted(codes.channels)),
            "currency": codes.first_currency,
            **known,
        }
        return customer.model_copy(update=fields)

    def _opportunities(self, codes: Codes) -> tuple[Opportunity, ...]:
        if not self.state[at.LISTED]:
            return ()
        names = list(codes.opportunities)
        found = []
        for start in self.listed[: self.state[at.LISTED]]:
            position = self.opportunities[start + at.POSITION]
            if position != at.STATUS_QUO:
                found.append(
                    Opportunity.model_construct(
                        id=names[start // at.OPPORTUNITY_SLOTS],
                        position=POSITIONS[position],
                        entered_on=_date(self.opportunities[start + at.ENTERED]),
                        touched_on=_date(self.opportunities[start + at.TOUCHED]),
                        with_competitor=bool(self.opportunities[start + at.WITH_COMPETITOR]),
                    )
                )
        return tuple(found)

    def _open_cases(self, codes: Codes) -> tuple[OpenCase, ...]:
        epoch = self.state[at.CASE_EPOCH]
        return tuple(
            OpenCase(id=name, complaint=bool(mark % 2))
            for name, mark in sorted(zip(codes.cases, self.cases, strict=True))
            if mark // 2 == epoch
        )


def _date(ordinal: int) -> date | None:
    return None if ordinal == at.NONE else date.fromordinal(ordinal)


_NO_OPPORTUNITY: Final = (at.STATUS_QUO, at.NONE, at.NONE, 0, 0)


def _unpack_opportunities(customer: Customer, codes: Codes) -> list[int]:
    slots = [*_NO_OPPORTUNITY] * len(codes.opportunities)
    for one in customer.opportunities:
        start = codes.opportunities[one.id] * at.OPPORTUNITY_SLOTS
        slots[start : start + at.OPPORTUNITY_SLOTS] = (
            POSITIONS.index(one.position),
            one.entered_on.toordinal(),
            one.touched_on.toordinal(),
            int(one.with_competitor),
            1,
        )
    return slots


def _ordinal(day: date | None) -> int:
    return at.NONE if day is None else day.toordinal()


def _unpack_state(customer: Customer, program: Program) -> list[int]:
    window = customer.window
    state = [0] * at.CUSTOMER_SLOTS
    standing = [day for day, count in zip(window.days, window.purchases, strict=True) if count]
    older = _ordinal(customer.older_purchase_on)
    restored, corrected = _ordinal(customer.restored_on), _ordinal(customer.corrected_on)
    used, cover = _ordinal(customer.used_on), _ordinal(customer.covers_until)
    latest = standing[-1] if standing else older
    proven = max(latest, restored, corrected)
    state[at.PURCHASE_DAYS] = len(standing)
    state[at.NET_REVENUE] = sum(window.amounts)
    state[at.REVENUE] = max(0, state[at.NET_REVENUE])
    state[at.STANDING_PURCHASES] = customer.standing_purchases
    state[at.OPEN_CASES] = len(customer.open_cases)
    state[at.OPEN_COMPLAINTS] = sum(case.complaint for case in customer.open_cases)
    state[at.OPEN_OPPORTUNITIES] = sum(
        one.position is not BuyingPosition.IMPLEMENTATION for one in customer.opportunities
    )
    state[at.PAYMENTS_OVERDUE] = customer.payments_overdue
    state[at.CONFIRMATION_NEEDED] = program.confirmation_needed
    state[at.SCORE] = at.ABSENT
    state[at.PROTECTED] = max(cover, corrected + program.correction_holds_days - 1)
    state[at.DAYS_SINCE_PURCHASE] = latest
    state[at.DAYS_IDLE] = max(proven, used)
    state[at.DAYS_EXPIRED] = cover if cover > proven else at.NONE
    state[at.DAYS_SINCE_SIGN] = _ordinal(customer.sign_on)
    state[at.DAYS_DISSATISFIED] = _ordinal(customer.dissatisfied_on)
    state[at.SITUATION] = SITUATIONS.index(customer.situation)
    state[at.RUNG] = -1 if customer.restores_to is None else SITUATIONS.index(customer.restores_to)
    state[at.DAY] = at.NONE
    state[at.COVER] = cover
    state[at.COVER_BOUGHT] = _ordinal(customer.cover_bought_on)
    state[at.USED] = used
    state[at.RESTORED] = restored
    state[at.CORRECTED] = corrected
    state[at.OLDER_PURCHASE] = older
    state[at.PURCHASES] = customer.purchases
    state[at.REACHED] = int(customer.reached)
    state[at.CASE_EPOCH] = 1
    state[at.END] = len(window.days)
    state[at.LISTED] = len(customer.opportunities)
    return state
