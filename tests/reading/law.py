"""A slow, definitional reading of the model's law, independent of the library.

State is almost only lists of what happened (purchases, reversals, signs of life); every fact is
worked out from those lists at the day on which it is asked for, and every midnight is visited.
"""

# ruff: noqa: C901, PLR0911, PLR0912 - one function a section, in the order of the law

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from reading.rows import GIVEN, OPERATORS, RESTORED, TABLES, Row, Rows
from reading.terms import (
    ACTIVE,
    CONCERNS,
    DIS,
    IMPL,
    NEEDS,
    NON,
    OCC,
    OPEN,
    OPTIONS,
    POSITIONS,
    POT,
    SIGNS_OF_LIFE,
    SQ,
    Event,
    Policy,
    canonical_json,
    fold_key,
    make_policy,
    normalise,
)

CUSTOMER_FACTS = (
    "purchase_days",
    "revenue",
    "standing_purchases",
    "days_since_purchase",
    "days_idle",
    "days_expired",
    "days_since_sign",
    "protected",
    "days_dissatisfied",
    "open_cases",
    "open_complaints",
    "open_opportunities",
    "payments_overdue",
    "confirmation_needed",
)


class AnotherCurrency(ValueError):
    """An amount is in another currency than the policy's or the customer's first."""


class Opportunity:
    """One buying decision."""

    def __init__(self) -> None:
        """Begin at status quo."""
        self.position = SQ
        self.entered = None  # ordinal day
        self.touched = None
        self.competitor = False


class Fold:
    """One customer.  Days are ordinals (date.toordinal())."""

    def __init__(self, policy: Policy, tables: tuple[Rows, Rows]) -> None:
        """Begin with a customer of whom nothing is known."""
        self.p = policy
        self.position_rows, self.situation_rows = tables
        self.offset = timedelta(minutes=policy["day_offset_minutes"])
        # what happened
        self.purchases = []  # the day of each purchase ever completed
        self.taken_off = []  # the purchase day of each purchase that was fully reversed
        self.bookings = []  # (day, +/- amount)
        self.covers = []  # (day bought, covers_until) not forgotten, in fold order
        self.product_used = []  # days
        self.restores = []
        self.corrections = []  # of the situation
        self.signs = []  # of life, the customer's own
        self.contacted = False
        self.cases = {}  # open case_id -> complaint
        self.overdue = 0
        self.opps = {}
        # where things stand
        self.situation = NON
        self.rung = None  # the situation before the dissatisfaction
        self.dissatisfied_on = None
        # of the event at hand
        self.hand = {}
        # out
        self.transitions = []
        self.answers = []

    # ---- days
    def day(self, instant: datetime) -> int:
        """Return the calendar day of an instant."""
        return (instant + self.offset).date().toordinal()

    def midnight(self, day: int) -> datetime:
        """Return the instant at which a day begins."""
        return (
            datetime.combine(date.fromordinal(day), datetime.min.time(), tzinfo=UTC)
            - self.offset
        )

    # ---- section 3, each fact from its definition
    def purchases_on(self, d: int) -> int:
        """Return how many purchases of a day stand."""
        return self.purchases.count(d) - self.taken_off.count(d)

    def standing_days(self) -> set[int]:
        """Every day on which at least one purchase is left."""
        left = Counter(self.purchases)
        left.subtract(self.taken_off)
        return {d for d, n in left.items() if n > 0}

    def latest_purchase_day(self) -> int | None:
        """Return the latest day on which a purchase stands."""
        days = self.standing_days()
        return max(days) if days else None

    def in_window(self, d: int, today: int) -> bool:
        """Return whether a day lies in the window that ends today."""
        return today - self.p["window_days"] < d <= today

    def furthest_cover(self) -> tuple[int, int] | None:
        """(covers_until as ordinal, the day it was bought, by the first to name that date)."""
        if not self.covers:
            return None
        until = max(c for _, c in self.covers)
        bought = next(b for b, c in self.covers if c == until)
        return until, bought

    def fact(
        self,
        name: str,
        today: int,
        opp: Opportunity | None = None,
        target: str | None = None,
    ) -> Any:  # noqa: ANN401 - a number or None, as its guard compares it
        """Return a fact of the customer, of the opportunity or of the event at hand."""
        p = self.p
        if name in (
            "score",
            "behaviour_qualifies",
            "is_complaint",
            "closed_complaint",
            "purchase_taken_off",
        ):
            return self.hand.get(name, None if name == "score" else 0)
        if name == "purchase_days":
            return sum(1 for d in self.standing_days() if self.in_window(d, today))
        if name == "revenue":
            return max(0, sum(a for d, a in self.bookings if self.in_window(d, today)))
        if name == "standing_purchases":
            return len(self.purchases) - len(self.taken_off)
        if name == "days_since_purchase":
            last = self.latest_purchase_day()
            return None if last is None else today - last
        if name == "days_idle":
            days = self.product_used + self.restores + self.corrections
            last = self.latest_purchase_day()
            if last is not None:
                days = [*days, last]
            return today - max(days) if days else None
        if name == "days_expired":
            cover = self.furthest_cover()
            if cover is None:
                return None
            until = cover[0]
            if until >= today:
                return None
            last = self.latest_purchase_day()
            renewed = ([last] if last is not None else []) + self.restores + self.corrections
            if any(d >= until for d in renewed):
                return None
            return today - until
        if name == "days_since_sign":
            days = self.signs + self.restores + self.corrections
            return today - max(days) if days else None
        if name == "protected":
            cover = self.furthest_cover()
            if cover is not None and cover[0] >= today:
                return 1
            if self.corrections and today - max(self.corrections) < p["correction_holds_days"]:
                return 1
            return 0
        if name == "days_dissatisfied":
            return None if self.dissatisfied_on is None else today - self.dissatisfied_on
        if name == "open_cases":
            return len(self.cases)
        if name == "open_complaints":
            return sum(1 for c in self.cases.values() if c)
        if name == "open_opportunities":
            return sum(1 for o in self.opps.values() if o.position in OPEN)
        if name == "payments_overdue":
            return self.overdue
        if name == "confirmation_needed":
            return 1 if p["recovery_needs_confirmation"] else 0
        if name == "days_in_position":
            return None if opp.entered is None else today - opp.entered
        if name == "days_since_touched":
            return None if opp.touched is None else today - opp.touched
        if name == "positions_skipped":
            if (
                target == opp.position
            ):  # "an event whose target is the present position skips nothing"
                return 0
            here = POSITIONS.index(SQ if opp.position == IMPL else opp.position)
            return max(0, POSITIONS.index(target) - here - 1)
        raise KeyError(name)

    def holds(
        self,
        guard: tuple[str, str, Any],
        today: int,
        opp: Opportunity | None = None,
        target: str | None = None,
    ) -> bool:
        """Return whether a guard holds."""
        fact, op, threshold = guard
        value = self.fact(fact, today, opp, target)
        limit = self.p[threshold] if isinstance(threshold, str) else threshold
        return value is not None and OPERATORS[op](value, limit)

    # ---- deciding
    def decide(
        self,
        rows: list[Row],
        today: int,
        opp: Opportunity | None = None,
        given: str | None = None,
    ) -> str | tuple[str, str]:
        """Return rule and target of the first row whose guards hold, or the answer."""
        if not rows:
            return "not_applicable"
        for rule, _, _, guards, leads_to in rows:
            target = given if leads_to is GIVEN else leads_to
            if all(self.holds(g, today, opp, target) for g in guards):
                return rule, target
        return "refused"

    def record(  # noqa: PLR0917 - the columns of a move
        self,
        at: datetime,
        axis: str,
        opportunity_id: str | None,
        rule: str,
        before: str,
        after: str,
        event_id: str | None,
    ) -> None:
        """Record a move."""
        self.transitions.append(
            {
                "occurred_at": at,
                "axis": axis,
                "opportunity_id": opportunity_id,
                "rule": rule,
                "before": before,
                "after": after,
                "event_id": event_id,
            }
        )

    def try_position(
        self, oid: str, kind: str, today: int, at: datetime, event: Event | None = None
    ) -> str:
        """Let one opportunity answer."""
        opp = self.opps[oid]
        rows = self.position_rows.get((opp.position, kind), [])
        found = self.decide(
            rows,
            today,
            opp,
            event["position"] if event and kind == "manual_correction" else None,
        )
        if isinstance(found, str):
            return found
        rule, target = found
        before, moved = opp.position, target != opp.position
        if moved:
            self.record(
                at, "position", oid, rule, before, target, event["event_id"] if event else None
            )
            opp.position = target
            opp.competitor = False  # "until it enters another position"
        if moved or kind in ("purchase_completed", "opportunity_lost"):
            opp.entered = today  # these two enter implementation anew
        if kind == "opportunity_lost":
            opp.competitor = True
        elif kind == "supplier_chosen":
            opp.competitor = event["supplier"] is not None
        elif kind in ("purchase_completed", "manual_correction"):
            opp.competitor = False
        return "moved" if moved else "stayed"

    def restored(self) -> str | None:
        """Return the situation that ends the dissatisfaction."""
        # "If purchases were made and none stands any more, restored is potential."
        if self.purchases and len(self.purchases) - len(self.taken_off) <= 0:
            return POT
        return self.rung

    def try_situation(
        self, kind: str, today: int, at: datetime, event: Event | None = None
    ) -> str:
        """Let the situation answer."""
        rows = self.situation_rows.get((self.situation, kind), [])
        if kind == "manual_correction" and event["situation"] is None:
            rows = []  # the row is for "manual_correction with situation"
        found = self.decide(
            rows,
            today,
            given=event["situation"] if event and kind == "manual_correction" else None,
        )
        if isinstance(found, str):
            return found
        rule, target = found
        if target is RESTORED:
            target = self.restored()
            self.restores.append(today)
        if target == self.situation:
            return "stayed"
        before, self.situation = self.situation, target
        if target == DIS:
            self.dissatisfied_on = today
            self.rung = before if before in ACTIVE else OCC
        if before == DIS:
            self.dissatisfied_on = self.rung = None
        self.record(
            at, "situation", None, rule, before, target, event["event_id"] if event else None
        )
        return "moved"

    # ---- section 4, step 1
    def midnights(self, after_day: int, up_to_day: int) -> None:
        """Let time pass, midnight by midnight."""
        self.hand = {}
        for today in range(after_day + 1, up_to_day + 1):
            at = self.midnight(today)
            for oid in sorted(self.opps):
                self.try_position(oid, "time_passed", today, at)
            while self.try_situation("time_passed", today, at) == "moved":
                pass

    # ---- section 4, step 2
    def absorb(self, e: Event, today: int) -> None:
        """Take one event into what happened."""
        kind = e["kind"]
        self.hand = {}
        if kind in SIGNS_OF_LIFE:
            self.signs.append(today)
        if kind == "contacted":
            self.contacted = True
        elif kind == "interest_shown":
            self.hand["behaviour_qualifies"] = int(
                e["behaviour"] in self.p["qualifying_behaviours"]
            )
        elif kind == "purchase_completed":
            self.purchases.append(today)
            self.bookings.append((today, e["amount"]))
            if e["covers_until"] is not None:
                self.covers.append((today, e["covers_until"].toordinal()))
        elif kind == "purchase_reversed":
            self.reverse(e, today)
        elif kind == "payment_overdue":
            self.overdue += 1
        elif kind == "payment_received":
            self.overdue = max(0, self.overdue - 1)
        elif kind == "product_used":
            self.product_used.append(today)
        elif kind == "case_opened":
            self.cases[e["case_id"]] = bool(e["complaint"])
            self.hand["is_complaint"] = int(bool(e["complaint"]))
        elif kind == "case_closed":
            self.hand["closed_complaint"] = int(self.cases.pop(e["case_id"], False))
        elif kind == "survey_answered":
            self.hand["score"] = e["score"]
        elif kind == "customer_left":
            self.cases.clear()
            self.covers.clear()
        elif kind == "manual_correction" and e["situation"] is not None:
            self.corrections.append(today)
        oid = e.get("opportunity_id")
        if oid is not None:
            opp = self.opps.setdefault(oid, Opportunity())
            if kind != "offer_made":
                opp.touched = today

    def reverse(self, e: Event, today: int) -> None:
        """Take one reversal into what happened."""
        if e["purchased_on"] is not None:
            meant = e["purchased_on"].toordinal()
        else:
            meant = self.latest_purchase_day()
            if meant is None:
                meant = today
        if self.purchases_on(meant) > 0 and today - meant < self.p["window_days"]:
            self.bookings.append((meant, -e["amount"]))
            if e["full"]:
                cover = self.furthest_cover()
                self.taken_off.append(meant)
                self.hand["purchase_taken_off"] = 1
                if cover is not None and cover[1] == meant:
                    self.covers.clear()
        else:
            self.bookings.append((today, -e["amount"]))

    # ---- section 4, steps 3 and 4
    def fold(self, e: Event, previous_day: int | None) -> int:
        """Fold one event; return its day."""
        at = e["occurred_at"]
        today = self.day(at)
        if previous_day is not None:
            self.midnights(previous_day, today)
        self.absorb(e, today)
        positions = {}
        if e["kind"] == "customer_left":
            for oid in sorted(self.opps):
                positions[oid] = self.try_position(oid, "customer_left", today, at, e)
        elif e.get("opportunity_id") is not None:
            oid = e["opportunity_id"]
            positions[oid] = self.try_position(oid, e["kind"], today, at, e)
        situation = (
            "not_applicable"
            if e["kind"] == "time_passed"
            else self.try_situation(e["kind"], today, at, e)
        )
        self.answers.append(
            {
                "kind": e["kind"],
                "occurred_at": at,
                "event_id": e["event_id"],
                "positions": positions,
                "situation": situation,
            }
        )
        return today

    # ---- section 6
    def derived(self, today: int) -> tuple[str, str, str, str, str]:
        """Return stage, funnel group, sales step, service state and leading position."""

        def f(name: str) -> Any:  # noqa: ANN401 - as `fact`
            """Return a fact today."""
            return self.fact(name, today)

        s, p = self.situation, self.p

        def at_least(name: str, limit: int) -> bool:
            """Return whether a fact has a value and reaches the limit."""
            return f(name) is not None and f(name) >= limit

        opps = list(self.opps.values())
        former = f("standing_purchases") > 0
        reached = self.contacted or bool(self.signs)
        active = s in ACTIVE

        if former and s in (NON, POT):
            stage = "recovery"
        elif s == DIS or (
            active
            and (
                f("open_complaints") > p["complaints_tolerated"]
                or (
                    not f("protected")
                    and (
                        at_least("days_idle", p["at_risk_days"]) or at_least("days_expired", 1)
                    )
                )
                or any(o.position == OPTIONS for o in opps)
                or any(o.position in (CONCERNS, IMPL) and o.competitor for o in opps)
            )
        ):
            stage = "retention"
        elif active:
            stage = "monetization"
        elif s == POT or reached:
            stage = "acquisition"
        else:
            stage = "segmentation"

        funnel = {NON: "suspect", POT: "prospect"}.get(s, "customer")

        if stage == "recovery" or s == DIS:
            step = "win_back"
        elif any(o.position in (CONCERNS, OPTIONS) for o in opps):
            step = "offer"
        elif any(o.position == NEEDS for o in opps):
            step = "understanding"
        elif any(o.position == IMPL and not o.competitor for o in opps):
            step = "delivery"
        elif s == POT:
            step = "understanding"
        elif (
            active
            and f("days_since_purchase") is not None
            and f("days_since_purchase") <= p["follow_up_days"]
        ):
            step = "follow_up"
        elif active:
            step = "development"
        elif reached:
            step = "contact"
        else:
            step = "lead_generation"

        if f("open_complaints") > 0:
            service = "complaint_open"
        elif f("open_cases") > 0:
            service = "request_open"
        elif s == DIS:
            service = "awaiting_confirmation"
        else:
            service = "idle"

        for leading in (CONCERNS, OPTIONS, NEEDS, IMPL, SQ):
            if any(o.position == leading for o in opps):
                break
        return stage, funnel, step, service, leading


def identities(events: list[Event]) -> tuple[list[Event], int, int]:
    """Drop equal copies and conflicts; -> (events in fold order, duplicates, conflicts)."""
    kept, seen, duplicates, conflicts = [], {}, 0, 0
    for e in sorted(events, key=fold_key):
        if e["event_id"] is not None:
            contents = seen.setdefault((e["source"], e["event_id"]), set())
            text = canonical_json(e)
            if text in contents:
                duplicates += 1
                continue
            first = not contents
            contents.add(text)
            if not first:
                conflicts += 1
                continue
        kept.append(e)
    return kept, duplicates, conflicts


def replay(
    events: list[Event],
    policy: Policy | None = None,
    as_of: datetime | None = None,
    tables: tuple[Rows, Rows] = TABLES,
) -> dict[str, Any]:
    """Return the values, facts, opportunities, moves, answers and counts of a history.

    Revenue is a Decimal in units of the currency; every other fact is an int or None.
    """
    p = make_policy(policy)
    events = [normalise(e) for e in events]
    future = 0
    if as_of is not None:
        if as_of.tzinfo is None:
            msg = "naive as_of"
            raise ValueError(msg)
        as_of = as_of.astimezone(UTC)
        future = sum(1 for e in events if e["occurred_at"] > as_of)  # "set aside first"
        events = [e for e in events if e["occurred_at"] <= as_of]
    folded, duplicates, conflicts = identities(events)

    expected = p["currency"]
    for e in folded:
        currency = e.get("currency")
        if currency is None:
            continue
        if expected is None:
            expected = currency
        elif currency != expected:
            raise AnotherCurrency

    fold, day = Fold(p, tables), None
    for e in folded:
        day = fold.fold(e, day)
    clock = folded[-1]["occurred_at"] if folded else None
    if as_of is not None:
        if folded:
            fold.midnights(day, fold.day(as_of))
            clock = as_of
        day = fold.day(as_of)
    fold.hand = {}
    today = (
        day if day is not None else date(1970, 1, 1).toordinal()
    )  # no event: no fact depends on it

    stage, funnel, step, service, leading = fold.derived(today)
    facts = {name: fold.fact(name, today) for name in CUSTOMER_FACTS}
    facts["revenue"] = Decimal(facts["revenue"]) / 10000
    return {
        "situation": fold.situation,
        "position": leading,
        "stage": stage,
        "funnel_group": funnel,
        "sales_step": step,
        "service_state": service,
        "opportunities": {
            oid: {
                "position": o.position,
                "entered_on": date.fromordinal(o.entered),
                "touched_on": date.fromordinal(o.touched),
                "with_competitor": o.competitor,
            }
            for oid, o in sorted(fold.opps.items())
            if o.position != SQ
        },
        "facts": facts,
        "transitions": fold.transitions,
        "duplicates": duplicates,
        "conflicts": conflicts,
        "future": future,
        "clock": clock,
        "answers": fold.answers,
        "day": date.fromordinal(day) if day is not None else None,
    }
