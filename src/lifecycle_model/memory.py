"""One customer as the kernel's working memory, and back."""

from collections.abc import Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Final

from lifecycle_model.customer import (
    Customer,
    OpenCase,
    Opportunity,
    PurchaseWindow,
    changed,
)
from lifecycle_model.encode import POSITIONS, SITUATIONS, Codes, Record, day_of
from lifecycle_model.kernel import fold as kernel, layout as at
from lifecycle_model.kernel.absorb import renew_clocks
from lifecycle_model.kernel.layout import Decision
from lifecycle_model.kernel.program import Program
from lifecycle_model.kernel.unpack import unpack_case, unpack_opportunity
from lifecycle_model.states import BuyingPosition

# Fields of the customer that stand in one slot each.
DAY_FIELDS: Final = (
    ("dissatisfied_on", at.DAYS_DISSATISFIED),
    ("older_purchase_on", at.OLDER_PURCHASE),
    ("covers_until", at.COVER),
    ("cover_bought_on", at.COVER_BOUGHT),
    ("used_on", at.USED),
    ("restored_on", at.RESTORED),
    ("corrected_on", at.CORRECTED),
    ("sign_on", at.DAYS_SINCE_SIGN),
)
COUNT_FIELDS: Final = (
    ("purchases", at.PURCHASES),
    ("standing_purchases", at.STANDING_PURCHASES),
    ("payments_overdue", at.PAYMENTS_OVERDUE),
)

_DAYS_OF: Final = itemgetter(*(name for name, _ in DAY_FIELDS))

# As long as none of these changes, nothing was booked and no day has left the window.
_WINDOW_SLOTS: Final = (at.PURCHASES, at.STANDING_PURCHASES, at.NET_REVENUE, at.HEAD, at.END)

# Copying a model is cheaper than validating one, and these values are sound.
_BLANK: Final = Opportunity.model_construct(
    id="-",
    position=BuyingPosition.IMPLEMENTATION,
    entered_on=date.min,
    touched_on=date.min,
)

NO_OPPORTUNITY: Final = (at.STATUS_QUO, at.NONE, at.NONE, 0, 0, at.NEVER)
"""The slots of an opportunity that was never named."""

_EMPTY: Final = tuple(
    {
        at.SCORE: at.ABSENT,
        at.CASE_EPOCH: 1,
        at.MOVED_ROW: -1,
        at.RUNG: -1,
        at.DAY: at.NONE,
        at.DAYS_SINCE_PURCHASE: at.NONE,
        at.DAYS_IDLE: at.NONE,
        at.DAYS_EXPIRED: at.NONE,
        at.WINDOW_DUE: at.NEVER,
        **dict.fromkeys((slot for _, slot in DAY_FIELDS), at.NONE),
    }.get(slot, 0)
    for slot in range(at.CUSTOMER_SLOTS)
)


class Memory:
    """The kernel's sequences for one customer."""

    __slots__ = (
        "amounts",
        "before",
        "cases",
        "codes",
        "counts",
        "customer",
        "days",
        "listed",
        "opportunities",
        "program",
        "state",
    )

    def __init__(
        self, customer: Customer, codes: Codes, program: Program, room: int = 0
    ) -> None:
        """Unpack a customer.

        Args:
            customer: the snapshot.
            codes: the codes of every opportunity and case that will be named.
            program: the compiled rules and policy.
            room: how many events will be folded.
        """
        self.customer = customer
        self.codes = codes
        self.program = program
        window = customer.window
        spare = [0] * room
        self.days = [*window.days, *spare]
        self.counts = [*window.purchases, *spare]
        self.amounts = [*window.amounts, *spare]
        self.opportunities = [*NO_OPPORTUNITY] * len(codes.opportunities)
        self.listed = [0] * len(codes.opportunities)
        self.cases = [0] * len(codes.cases)
        self.state = [*_EMPTY]
        self._unpack_fields()
        self._unpack_window()
        if customer.opportunities:
            self._unpack_opportunities()
        if customer.open_cases:
            self._unpack_cases()
        self.before = [*self.state]

    def fold(self, records: Sequence[Record], sink: list[Decision]) -> int:
        """Fold records; return how many, fewer than all only where the money overflows."""
        return kernel.fold(self.program, self, records, sink)

    def advance(self, day: int, sink: list[Decision]) -> None:
        """Let time pass up to a day, if there is time yet and the day is later."""
        if at.NONE < self.state[at.DAY] < day:
            kernel.advance(self.program, self, day, sink)

    def due(self) -> int:
        """Return the next day on which a time row fires, or NEVER."""
        return kernel.next_due(self.program, self)

    def pack(self, known: Mapping[str, object]) -> Customer:
        """Return what the customer became; `known` are fields that the kernel does not keep."""
        state, before = self.state, self.before
        fields = {
            **known,
            "reached": state[at.REACHED] == 1,
            "window": self._window(),
            "opportunities": self._opportunities() if state[at.LISTED] else (),
            "currency": self.codes.first_currency,
        }
        if state[at.SITUATION] != before[at.SITUATION]:
            fields["situation"] = SITUATIONS[state[at.SITUATION]]
        if state[at.RUNG] != before[at.RUNG]:
            rung = state[at.RUNG]
            fields["restores_to"] = None if rung < 0 else SITUATIONS[rung]
        for name, slot in DAY_FIELDS:
            day = state[slot]
            if day != before[slot]:
                fields[name] = None if day == at.NONE else date.fromordinal(day)
        for name, slot in COUNT_FIELDS:
            if state[slot] != before[slot]:
                fields[name] = state[slot]
        if self.cases:
            fields["open_cases"] = self._open_cases()
        if self.codes.channels is not None:
            fields["withdrawn_channels"] = tuple(sorted(self.codes.channels))
        return changed(self.customer, fields)

    def _unpack_fields(self) -> None:
        state, fields = self.state, vars(self.customer)
        days = _DAYS_OF(fields)
        if any(days):
            for (_, slot), day in zip(DAY_FIELDS, days, strict=True):
                if day is not None:
                    state[slot] = day.toordinal()
        for name, slot in COUNT_FIELDS:
            state[slot] = fields[name]
        rung, clock = fields["restores_to"], fields["clock"]
        state[at.SITUATION] = SITUATIONS.index(fields["situation"])
        if rung is not None:
            state[at.RUNG] = SITUATIONS.index(rung)
        if fields["reached"]:
            state[at.REACHED] = 1
        state[at.CONFIRMATION_NEEDED] = self.program.confirmation_needed
        if clock is not None:
            state[at.DAY] = day_of(clock, self.program.day_offset_minutes)

    def _unpack_window(self) -> None:
        window, state = self.customer.window, self.state
        latest = state[at.OLDER_PURCHASE]
        if window.days:
            place = len(window.days) - 1
            while place >= 0 and window.purchases[place] == 0:
                place -= 1
            if place >= 0:
                latest = window.days[place]
            net = sum(window.amounts)
            state[at.WINDOW_DUE] = window.days[0] + self.program.window_days
            state[at.END] = len(window.days)
            state[at.PURCHASE_DAYS] = len(window.days) - window.purchases.count(0)
            state[at.NET_REVENUE] = net
            state[at.REVENUE] = max(0, net)
        state[at.DAYS_SINCE_PURCHASE] = latest
        renew_clocks(self.program, state)

    def _unpack_opportunities(self) -> None:
        for one in self.customer.opportunities:
            code = self.codes.opportunities[one.id]
            start = code * at.OPPORTUNITY_SLOTS
            self.opportunities[start : start + at.IS_LISTED] = (
                POSITIONS.index(one.position),
                one.entered_on.toordinal(),
                one.touched_on.toordinal(),
                int(one.with_competitor),
            )
            unpack_opportunity(self, code)

    def _unpack_cases(self) -> None:
        for case in self.customer.open_cases:
            unpack_case(self.state, self.cases, self.codes.cases[case.id], int(case.complaint))

    def _window(self) -> PurchaseWindow:
        state, before = self.state, self.before
        for slot in _WINDOW_SLOTS:
            if state[slot] != before[slot]:
                break
        else:
            return self.customer.window
        head, end = state[at.HEAD], state[at.END]
        days, counts, amounts = (
            self.days[head:end],
            self.counts[head:end],
            self.amounts[head:end],
        )
        if 0 in counts:  # days whose purchases and money are all gone
            live = [place for place in range(len(days)) if counts[place] or amounts[place]]
            days = [days[place] for place in live]
            counts = [counts[place] for place in live]
            amounts = [amounts[place] for place in live]
        return PurchaseWindow(tuple(days), tuple(counts), tuple(amounts))

    def _opportunities(self) -> tuple[Opportunity, ...]:
        names = tuple(self.codes.opportunities)
        before = {one.id: one for one in self.customer.opportunities}
        found = []
        for start in sorted(self.listed[: self.state[at.LISTED]]):
            position, entered, touched, with_competitor = self.opportunities[start : start + 4]
            if position != at.STATUS_QUO:
                name = names[start // at.OPPORTUNITY_SLOTS]
                fields = {
                    "id": name,
                    "position": POSITIONS[position],
                    "entered_on": date.fromordinal(entered),
                    "touched_on": date.fromordinal(touched),
                    "with_competitor": with_competitor == 1,
                }
                old = before.get(name)
                if old is None or vars(old) != fields:
                    old = changed(_BLANK, fields)
                found.append(old)
        return tuple(found)

    def _open_cases(self) -> tuple[OpenCase, ...]:
        epoch = self.state[at.CASE_EPOCH]
        return tuple(
            OpenCase(id=name, complaint=self.cases[case] % 2 == 1)
            for name, case in sorted(self.codes.cases.items())
            if self.cases[case] // 2 == epoch
        )
