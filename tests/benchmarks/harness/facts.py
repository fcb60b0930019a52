"""A light absorber in plain Python: the facts that the peers' guards read, event by event.

It knows nothing of the library's kernel: it keeps the facts of the situation rows that events
fire as the model's law says, follows both axes by looping over the rule table, and lets no time
rule fire. Its work is done before the clock starts, so the peers are not charged for it.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from peers.edges import INITIAL, Edge, Facts
from peers.peer import Step

from lifecycle_model import DEFAULT_RULES, BuyingPosition, Policy, PurchaseReversed, Rule
from lifecycle_model.events import Event, money_units
from lifecycle_model.states import Axis

_NO_VALUE: Final = math.nan
_POSITIONS: Final = tuple(BuyingPosition)
_OPEN: Final = frozenset(_POSITIONS[1:4])


def steps_of(
    events: Iterable[Event], edges: Sequence[Edge], policy: Policy
) -> tuple[list[Step], str]:
    """Return the steps of one history for the peers, and the situation at its end.

    Args:
        events: one customer's, in fold order.
        edges: of the situation rows; an event of a kind without one is not passed on.
        policy: the thresholds.
    """
    kinds = {edge.kind for edge in edges}
    absorber = Absorber(policy)
    situation = INITIAL
    steps: list[Step] = []
    for event in events:
        facts = absorber.absorb(event, situation)
        if event.kind not in kinds:
            continue
        steps.append((event.kind, facts))
        for edge in edges:
            if (edge.source, edge.kind) == (situation, event.kind) and all(
                test(facts) for test in edge.guards
            ):
                absorber.enter(situation, edge.target, event)
                situation = edge.target
                break
    return steps, situation


class Absorber:
    """The facts of one customer."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.purchases = 0
        self.standing = 0
        self.counts: dict[date, int] = {}
        self.amounts: dict[date, int] = {}
        self.cases: dict[str, bool] = {}
        self.positions: dict[str, BuyingPosition] = {}
        self.rung: str | None = None
        self.dissatisfied_on: date | None = None

    def absorb(self, event: Event, situation: str) -> Facts:
        """Take an event in, let the positions answer, return what guards see."""
        day = event.occurred_at.date()
        at_hand: dict[str, Any] = {
            "score": _NO_VALUE,
            "behaviour_qualifies": 0,
            "is_complaint": 0,
            "closed_complaint": 0,
            "purchase_taken_off": 0,
            "given": None,
        }
        match event.kind:
            case "purchase_completed":
                self.purchases += 1
                self.standing += 1
                self._book(day, 1, money_units(event.amount))
            case "purchase_reversed":
                at_hand["purchase_taken_off"] = self._reverse(event, day)
            case "interest_shown":
                qualifies = event.behaviour in self.policy.qualifying_behaviours
                at_hand["behaviour_qualifies"] = int(qualifies)
            case "survey_answered":
                at_hand["score"] = event.score
            case "case_opened":
                self.cases[event.case_id] = event.complaint
                at_hand["is_complaint"] = int(event.complaint)
            case "case_closed":
                at_hand["closed_complaint"] = int(self.cases.pop(event.case_id, False))
            case "customer_left":
                self.cases.clear()
            case "manual_correction" if event.situation is not None:
                at_hand["given"] = str(event.situation)
        self._move_positions(event, at_hand)
        return {**at_hand, **self._standing_facts(day, situation)}

    def enter(self, before: str, after: str, event: Event) -> None:
        """Keep what a dissatisfaction restores, and since when it lasts."""
        if before == after:
            return
        self.rung, self.dissatisfied_on = None, None
        if after == "dissatisfied":
            self.rung = before
            if before in {"non_customer", "potential"}:
                self.rung = "occasional"
            self.dissatisfied_on = event.occurred_at.date()

    def _standing_facts(self, day: date, situation: str) -> dict[str, Any]:
        window = self.policy.window_days
        restores_to = self.rung
        if self.purchases and not self.standing:
            restores_to = "potential"
        dissatisfied_on = self.dissatisfied_on
        return {
            "purchase_days": sum(
                count > 0 and (day - bought).days < window
                for bought, count in self.counts.items()
            ),
            "revenue": max(
                0,
                sum(
                    amount
                    for booked, amount in self.amounts.items()
                    if (day - booked).days < window
                ),
            ),
            "standing_purchases": self.standing,
            "open_complaints": sum(self.cases.values()),
            "open_opportunities": sum(place in _OPEN for place in self.positions.values()),
            "confirmation_needed": int(self.policy.recovery_needs_confirmation),
            "days_dissatisfied": _NO_VALUE
            if dissatisfied_on is None
            else (day - dissatisfied_on).days,
            "restores_to": restores_to if situation == "dissatisfied" else None,
        }

    def _book(self, day: date, purchases: int, amount: int) -> None:
        self.counts[day] = self.counts.get(day, 0) + purchases
        self.amounts[day] = self.amounts.get(day, 0) + amount

    def _reverse(self, event: PurchaseReversed, day: date) -> int:
        """Book a reversal; return 1 where it took a purchase off."""
        amount = -money_units(event.amount)
        standing = [bought for bought, count in self.counts.items() if count > 0]
        meant = event.purchased_on or max(standing, default=day)
        if meant not in standing or (day - meant).days >= self.policy.window_days:
            self._book(day, 0, amount)
            return 0
        self._book(meant, -1 if event.full else 0, amount)
        self.standing -= event.full
        return int(event.full)

    def _move_positions(self, event: Event, facts: Facts) -> None:
        named = getattr(event, "opportunity_id", None)
        if event.kind == "customer_left":
            tried = list(self.positions)
        else:
            tried = [] if named is None else [named]
        for opportunity in tried:
            before = self.positions.get(opportunity, BuyingPosition.STATUS_QUO)
            for rule in DEFAULT_RULES.rows(Axis.POSITION, before, event.kind):
                given = getattr(event, "position", None)
                target = BuyingPosition(given or rule.target)
                if self._allowed(rule, before, target, facts):
                    self.positions[opportunity] = target
                    break

    def _allowed(
        self, rule: Rule, before: BuyingPosition, target: BuyingPosition, facts: Facts
    ) -> bool:
        for guard in rule.guards:
            if guard.fact == "positions_skipped":
                start = (
                    0 if before == BuyingPosition.IMPLEMENTATION else _POSITIONS.index(before)
                )
                skipped = _POSITIONS.index(target) - start - 1
                if target != before and skipped > self.policy.max_positions_skipped:
                    return False
            elif facts[guard.fact] != guard.threshold:
                return False
        return True
