"""Adversarial random histories of one customer, with random policies."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from reading.themes import (
    BEHAVIOURS,
    CASES,
    DEFAULT_DAYS,
    EVENT_IDS,
    KINDS,
    ODD_OPPS,
    OPPS,
    OPTIONAL,
    POSITIONS,
    SITUATIONS,
    SOURCES,
    THEMES,
    THRESHOLDS,
    WEIGHTS,
)

if TYPE_CHECKING:
    import random

DAY = timedelta(days=1)
MICRO = timedelta(microseconds=1)


def random_policy(rng: random.Random) -> dict[str, Any]:
    """Valid by section 5; mostly small thresholds, so that they are reached."""
    p = {}
    scale = rng.choice([1, 1, 1, 2, 4])

    def r(lo: int, hi: int) -> int:
        return rng.randint(lo, max(lo, hi * scale))

    p["window_days"] = rng.choice([1, 2, 3, 5, 7, 10, 14, 30]) * scale
    p["regular_days"] = rng.choice([1, 2, 2, 3])
    p["keep_regular_days"] = rng.randint(1, p["regular_days"])
    p["preferred_days"] = p["regular_days"] + rng.choice([0, 1, 1, 2])
    p["keep_preferred_days"] = rng.randint(1, p["preferred_days"])
    p["lapsed_days"] = r(2, 25)
    p["at_risk_days"] = rng.choice(
        [p["lapsed_days"], max(1, p["lapsed_days"] - 1), rng.randint(1, p["lapsed_days"])]
    )
    p["cold_days"] = r(1, 12)
    p["lost_days"] = r(1, 15)
    p["implementation_days"] = r(1, 10)
    p["stale_days"] = r(1, 12)
    p["recovery_days"] = rng.choice([0, 1, 2, 5])
    p["follow_up_days"] = rng.choice([0, 1, 3, 8])
    p["correction_holds_days"] = rng.choice([0, 0, 1, 2, 5, 12])
    p["renewal_grace_days"] = rng.choice([0, 0, 1, 2, 5, 10])
    p["max_positions_skipped"] = rng.choice([0, 1, 2])
    p["complaints_tolerated"] = rng.choice([0, 0, 1, 2])
    p["recovery_needs_confirmation"] = rng.random() < 0.35
    p["detractor_score"] = rng.choice([0, 3, 6, 6, 9])
    p["satisfied_score"] = rng.choice(
        [p["detractor_score"] + 1, rng.randint(p["detractor_score"] + 1, 10)]
    )
    p["day_offset_minutes"] = rng.choice([0, 0, -720, 840, 330, -180])
    if rng.random() < 0.45:
        top = rng.choice(
            [Decimal("0.0001"), Decimal(10), Decimal("25.5"), Decimal(60), Decimal("100.0001")]
        )
        p["preferred_revenue"] = top
        p["keep_preferred_revenue"] = rng.choice(
            [Decimal(0), top, (top / 2).quantize(Decimal("0.0001"))]
        )
    if rng.random() < 0.3:
        p["qualifying_behaviours"] = rng.choice([(), ("browse",), ("fitting_room", "browse")])
    if rng.random() < 0.3:
        p["currency"] = "EUR"
    # leave some out: then the default stands (never one half of a pair that must fit together)
    for k in (
        "window_days",
        "cold_days",
        "lost_days",
        "implementation_days",
        "stale_days",
        "recovery_days",
        "follow_up_days",
        "correction_holds_days",
        "renewal_grace_days",
        "max_positions_skipped",
        "recovery_needs_confirmation",
        "complaints_tolerated",
        "day_offset_minutes",
    ):
        if rng.random() < 0.06:
            del p[k]
    return p


class _Maker:
    def __init__(
        self,
        rng: random.Random,
        policy: dict[str, Any],
        kinds: dict[str, float],
        knobs: dict[str, Any],
        *,
        long: bool,
    ) -> None:
        self.rng, self.policy, self.knobs = rng, policy, knobs
        self.kinds, self.weights = list(kinds), list(kinds.values())
        self.days = {k: policy.get(k, v) for k, v in DEFAULT_DAYS.items()}
        self.offset = timedelta(minutes=policy.get("day_offset_minutes", 0))
        start = date(2024, 2, 25) + timedelta(days=rng.randint(0, 10))
        self.end = start + timedelta(days=1000 if long else 500)
        self.now = self.instant(start)
        self.anchors = [start]
        self.purchase_days, self.covers = [], []
        self.opps = (
            OPPS[:1]
            if knobs.get("opps") == 1
            else rng.sample(OPPS[1:], knobs.get("opps") or rng.choice([1, 2, 2, 4]))
        )
        if knobs.get("odd_opps"):
            self.opps = ODD_OPPS
        self.cases = CASES[: knobs.get("cases", 4)]
        self.counter = 0
        self.tie = knobs.get("tie", rng.choice([0.1, 0.2, 0.35]))
        self.ids = knobs.get("ids", rng.choice([0.3, 0.7, 0.95]))
        self.currency = rng.choice([None, "EUR"])

    # ---- time
    def local_day(self, instant: datetime) -> date:
        return (instant + self.offset).date()

    def instant(self, day: date) -> datetime:
        """An instant on that day of the policy's calendar, often at its edge."""
        midnight = datetime.combine(day, time(), tzinfo=UTC) - self.offset
        x = self.rng.random()
        if x < 0.25:
            return midnight
        if x < 0.32:
            return midnight + MICRO
        if x < 0.47:
            return midnight + DAY - MICRO
        if x < 0.6:
            return midnight + timedelta(hours=12)
        return midnight + timedelta(microseconds=self.rng.randrange(86_400_000_000))

    def near_threshold(self, base: date) -> date:
        t = self.days[self.rng.choice(THRESHOLDS)]
        return base + timedelta(days=t + self.rng.choice([-1, 0, 0, 1]))

    def step(self) -> None:
        rng, today = self.rng, self.local_day(self.now)
        if rng.random() < self.tie:
            return
        x = rng.random() * (0.5 if self.knobs.get("calm") else 1)  # calm: little time between
        if x < 0.2:  # later the same day
            self.now = max(self.now, self.instant(today))
            return
        if x < 0.42:
            day = today + DAY
        elif x < 0.55:
            day = today + timedelta(days=rng.randint(1, 5))
        elif x < 0.75:  # a threshold after the last event
            day = self.near_threshold(today)
        else:  # a threshold after something earlier
            anchor = rng.choice(self.anchors[-8:] + self.covers[-3:])
            day = self.near_threshold(anchor)
            if rng.random() < 0.2 and self.covers:
                day = self.covers[-1] + timedelta(days=rng.choice([-1, 0, 1, 2]))
        if day <= today:
            day = today + timedelta(days=rng.choice([0, 1, 1]))
        if day > self.end:
            day = today + timedelta(days=rng.choice([0, 1]))
        self.now = max(self.now, self.instant(day))

    # ---- fields
    def amount(self) -> Decimal | str | int:
        a = self.rng.choice(
            [
                0,
                1,
                5,
                10,
                Decimal("12.5"),
                Decimal("12.75"),
                Decimal("0.0001"),
                Decimal("25.5"),
                30,
                Decimal("99.9999"),
                100,
                Decimal("100.0001"),
                Decimal(10) ** 9 if self.rng.random() < 0.1 else 20,
            ]
        )
        return self.dress(a)

    def dress(self, a: Decimal | int) -> Decimal | str | int:
        """The same amount, written otherwise."""
        return self.rng.choice(
            [
                Decimal(a),
                str(a),
                a,
                Decimal(a).quantize(Decimal("0.0001")),
                str(Decimal(a).quantize(Decimal("0.0001"))),
            ]
        )

    def zone(self, instant: datetime) -> datetime:
        return instant.astimezone(
            self.rng.choice(
                [
                    UTC,
                    UTC,
                    timezone(timedelta(hours=5, minutes=30)),
                    timezone(timedelta(hours=-8)),
                    timezone(self.offset),
                    timezone(timedelta(hours=14)),
                ]
            )
        )

    def opp(self) -> str:
        return self.rng.choice(self.opps)

    def own(  # noqa: C901, PLR0912, PLR0915 - one branch a kind
        self, kind: str, today: date
    ) -> dict[str, Any]:
        rng, e = self.rng, {}

        def some(*values: object) -> Any:
            return rng.choice(values)

        if kind in (
            "need_recognized",
            "evaluation_started",
            "offer_made",
            "supplier_chosen",
            "concern_raised",
            "concern_resolved",
            "decision_dropped",
            "purchase_completed",
            "opportunity_lost",
            "value_delivered",
        ):
            e["opportunity_id"] = self.opp()
        if kind == "contact_identified":
            e["segment"] = some(None, "smb")
        elif kind == "contacted":
            e["channel"] = some(None, "email")
        elif kind == "interest_shown":
            e["behaviour"] = rng.choice(BEHAVIOURS)
            e["opportunity_id"] = some(None, self.opp())
        elif kind == "evaluation_started":
            e["alternatives"] = some((), ("Acme",), ("Acme", "Rival"))
        elif kind == "offer_made":
            e["amount"] = some(None, self.amount())
        elif kind == "supplier_chosen":
            e["supplier"] = some(None, "Acme")
        elif kind in ("concern_raised", "concern_resolved"):
            e["topic"] = some(None, "price")
        elif kind == "purchase_completed":
            e["amount"] = self.amount()
            e["currency"] = some(None, self.currency)
            e["order_id"] = some(None, "o1")
            if rng.random() < self.knobs.get("cover", 0.2):
                x = rng.random()
                if x < self.knobs.get("cover_again", 0.25) and self.covers:
                    e["covers_until"] = rng.choice(
                        self.covers
                    )  # names a date that was named before
                elif x < 0.4:
                    e["covers_until"] = today - timedelta(days=some(1, 2, 5, 40))
                elif x < 0.5:
                    e["covers_until"] = today
                elif x < 0.8:
                    e["covers_until"] = today + timedelta(days=some(1, 2, 3, 5, 8, 15))
                else:
                    e["covers_until"] = self.near_threshold(today)
                self.covers.append(e["covers_until"])
            self.purchase_days.append(today)
        elif kind == "opportunity_lost":
            e["competitor"] = some(None, "Acme")
        elif kind == "purchase_reversed":
            e["opportunity_id"] = some(None, self.opp(), self.opp())
            e["amount"] = self.amount()
            e["currency"] = some(None, None, self.currency)
            e["full"] = rng.random() < self.knobs.get("full", 0.65)
            x = rng.random()
            if self.purchase_days and rng.random() < self.knobs.get("reverse_real", 0):
                x = 0.5
            if x < 0.4 or not self.purchase_days:
                e["purchased_on"] = None
            elif x < 0.75:
                e["purchased_on"] = rng.choice(
                    self.purchase_days
                )  # real, perhaps outside the window or already gone
            elif x < 0.85:
                e["purchased_on"] = self.purchase_days[-1]
            elif x < 0.92:
                e["purchased_on"] = rng.choice(self.purchase_days) + timedelta(days=some(-1, 1))
            elif x < 0.97:
                e["purchased_on"] = today - timedelta(
                    days=self.days["window_days"] + some(-1, 0, 1)
                )
            else:
                e["purchased_on"] = today + timedelta(days=some(0, 1, 5))
        elif kind in ("payment_overdue", "payment_received"):
            e["order_id"] = some(None, "o1")
        elif kind == "consent_changed":
            e["channel"], e["allowed"] = some("email", "phone"), rng.random() < 0.5
        elif kind == "case_opened":
            e["case_id"] = rng.choice(self.cases)
            e["complaint"] = rng.random() < self.knobs.get("complaint", 0.6)
            e["severity"] = some(None, "high")
        elif kind == "case_closed":
            e["case_id"] = rng.choice(self.cases)
        elif kind == "survey_answered":
            d, s = self.policy.get("detractor_score", 6), self.policy.get("satisfied_score", 7)
            e["score"] = min(
                10, max(0, some(d, d, d + 1, s, s, s - 1, s + 1, 0, 10, rng.randint(0, 10)))
            )
        elif kind == "customer_left":
            e["competitor"] = some(None, "Acme")
        elif kind == "action_taken":
            e["action_id"], e["department"] = "call-back", some(None, "sales")
        elif kind == "manual_correction":
            e["actor"], e["reason"] = "ana", some("checked", "by phone")
            x = {"situation": 0.9, "position": 0.1}.get(self.knobs.get("correct"), 0.6)
            if rng.random() < x:
                e["situation"] = rng.choice(
                    self.knobs.get("situations")
                    or [*SITUATIONS, "dissatisfied", "regular", "preferred"]
                )
            else:
                e["position"], e["opportunity_id"] = (
                    rng.choice(self.knobs.get("positions") or POSITIONS),
                    self.opp(),
                )
        return e

    def event(self, kind: str | None = None) -> dict[str, Any]:
        rng = self.rng
        if self.counter:
            self.step()
        self.counter += 1
        kind = kind or rng.choices(self.kinds, self.weights)[0]
        e = {"kind": kind, "customer_id": "c", "occurred_at": self.zone(self.now)}
        e.update(self.own(kind, self.local_day(self.now)))
        if rng.random() < self.ids:
            tail = str(self.counter) if self.knobs.get("odd_ids") else ""
            e["event_id"] = (
                rng.choice(EVENT_IDS) + tail
                if rng.random() < self.knobs.get("odd_ids", 0.08)
                else f"e{self.counter}"
            )
        if rng.random() < 0.3:
            e["source"] = rng.choice(SOURCES)
        if rng.random() < self.knobs.get("sequence", 0.15):
            e["sequence"] = rng.choice([-1, 0, 1, 2])
        self.anchors.append(self.local_day(self.now))
        return self.spell(e)

    def spell(self, e: dict[str, Any]) -> dict[str, Any]:
        """Leave defaults out, or write them out, at random."""
        out = dict(e)
        for name, default in {
            **OPTIONAL.get(e["kind"], {}),
            "event_id": None,
            "source": "",
            "sequence": 0,
        }.items():
            if name not in out:
                if self.rng.random() < 0.15:
                    out[name] = default
            elif (
                out[name] == default
                and type(out[name]) is type(default)
                and self.rng.random() < 0.7
            ):
                del out[name]
        return out

    # ---- copies and conflicts
    def copy(self, e: dict[str, Any]) -> dict[str, Any]:
        """Equal after validation, written otherwise."""
        c = dict(e, occurred_at=self.zone(e["occurred_at"]))
        if c.get("amount") is not None:
            c["amount"] = self.dress(Decimal(str(c["amount"])))
        return self.spell(c)

    def conflict(self, e: dict[str, Any]) -> dict[str, Any]:
        rng, at = self.rng, e["occurred_at"]
        x = rng.random()
        if x < 0.04 and "currency" in OPTIONAL.get(e["kind"], {}):
            return self.spell(dict(e, currency="USD"))  # wrong, but dropped if it comes second
        if x < 0.35 and e.get("amount") is not None:
            return self.spell(dict(e, amount=self.amount()))
        if x < 0.7:
            shift = rng.choice(
                [
                    MICRO,
                    -MICRO,
                    DAY,
                    -DAY,
                    timedelta(days=self.days["window_days"]),
                    timedelta(days=-rng.randint(1, 9)),
                    timedelta(hours=3),
                ]
            )
            return self.spell(dict(e, occurred_at=at + shift))
        if x < 0.8:
            return self.spell(dict(e, sequence=e.get("sequence", 0) + rng.choice([-1, 1])))
        kind = rng.choice(self.kinds)  # another thing altogether under the same name
        c = {"kind": kind, "customer_id": "c", "occurred_at": at}
        c.update(self.own(kind, self.local_day(at)))
        for name in ("event_id", "source", "sequence"):
            if name in e:
                c[name] = e[name]
        return self.spell(c)


def random_history(  # noqa: C901, PLR0912, PLR0915 - one choice after another
    rng: random.Random,
    n: int,
    *,
    focused: bool = False,
    default_policy: bool | None = None,
    policy: dict[str, Any] | None = None,
) -> tuple[list[dict[str, Any]], dict[str, Any], datetime | None]:
    """Return about n raw events, the policy's overrides, and the instant asked for.

    Where a policy is given, the events are made for its thresholds.

    Each event is valid by itself; they are shuffled, with copies and conflicts among them. A
    focused history keeps to the few kinds of one theme, so that deep states are reached.
    """
    if default_policy is None:
        default_policy = policy is None and rng.random() < 0.03
    if policy is None:
        policy = {} if default_policy else random_policy(rng)
    policy = dict(policy)
    if focused:
        _, kinds, knobs = rng.choice(THEMES)
        kinds = dict(kinds)
        if rng.random() < 0.3:  # narrower still
            for k in rng.sample(list(kinds), len(kinds) // 3):
                if k != "purchase_completed":
                    del kinds[k]
        kinds = kinds or {"purchase_completed": 1}
    else:
        kinds, knobs = {k: WEIGHTS.get(k, 1) for k in KINDS}, {}
    if knobs.get("money") and policy:
        policy["preferred_revenue"] = rng.choice(
            [10, Decimal("25.5"), Decimal("100.0001"), 200]
        )
        policy["keep_preferred_revenue"] = rng.choice(
            [policy["preferred_revenue"], 1, Decimal("9.9999"), 10]
        )
    maker = _Maker(rng, policy, kinds, knobs, long=default_policy)

    events = []
    if knobs.get("buy_first") and n > 3:
        events += [maker.event("purchase_completed") for _ in range(rng.choice([1, 2, 3]))]
    while len(events) < n:
        x = rng.random()
        if events and x < 0.10:
            again = rng.choice(events)
            if x < 0.05:
                events.append(maker.copy(again))  # without an event_id it is no duplicate
            elif again.get("event_id") is not None:
                events.append(maker.conflict(again))
                if rng.random() < 0.4:
                    events.append(maker.copy(rng.choice([events[-1], again])))
        else:
            events.append(maker.event())
    if rng.random() < 0.02:  # rarely another currency
        paid = [e for e in events if e["kind"] in ("purchase_completed", "purchase_reversed")]
        if paid:
            rng.choice(paid)["currency"] = "USD"

    # ---- the instant asked for
    last = max(e["occurred_at"] for e in events) if events else maker.now
    some_event = rng.choice(events)["occurred_at"] if events else maker.now
    x = rng.random()
    if x < 0.3:
        as_of = None
    elif x < 0.4:
        as_of = last
    elif x < 0.55:
        as_of = some_event + rng.choice([-MICRO, timedelta(0), MICRO])
    elif x < 0.62:
        as_of = maker.instant(
            maker.local_day(some_event) + timedelta(days=rng.choice([-1, 0, 1]))
        )
    elif x < 0.9:
        as_of = maker.instant(maker.near_threshold(maker.local_day(last)))
        as_of = max(as_of, last) if rng.random() < 0.7 else as_of
    elif x < 0.92:
        as_of = min(e["occurred_at"] for e in events) - MICRO if events else maker.now
    else:
        as_of = last + timedelta(days=rng.choice([60, 200, 800 if default_policy else 300]))
    rng.shuffle(events)
    return events, policy, None if as_of is None else maker.zone(as_of)
