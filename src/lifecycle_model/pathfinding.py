"""The shortest way to a state: a search over the answers to made-up events."""

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from lifecycle_model.customer import Customer
from lifecycle_model.errors import OutsideCalendar, RevenueOverflow
from lifecycle_model.events import (
    EVENT_TYPES,
    KINDS,
    MAX_AMOUNT,
    MAX_SCORE,
    Event,
    parse_event,
)
from lifecycle_model.outcome import Number, Path, State, Transition
from lifecycle_model.rules import FACTS, RESTORED, Guard, Rule
from lifecycle_model.rules.bounds import threshold_value
from lifecycle_model.rules.targets import targets_of
from lifecycle_model.states import Axis, BuyingPosition, Situation

if TYPE_CHECKING:
    from lifecycle_model.lifecycle import Lifecycle

_FIRST_DAY: Final = datetime(2000, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_MOMENT: Final = timedelta(minutes=1)
_END: Final = datetime.max.replace(tzinfo=UTC)


# The least length of a path through here, a number that breaks ties, and the path so far.
_Step: TypeAlias = tuple[int, int, Customer, tuple[Event, ...], tuple[Transition, ...]]


def find_path(
    lifecycle: "Lifecycle", customer: Customer, target: State, opportunity_id: str
) -> Path | None:
    """Return the shortest path, or None where no events lead there."""
    search = _Search(lifecycle, target, opportunity_id)
    numbers = count()
    queue: list[_Step] = [(search.least(customer), next(numbers), customer, (), ())]
    seen: set[Hashable] = set()
    while queue:
        _, _, here, events, transitions = heappop(queue)
        if search.state(here) == target:
            return Path(events, transitions)
        key = search.key(here)
        if key in seen:
            continue
        seen.add(key)
        for event in search.candidates(here):
            try:
                outcome = lifecycle.apply(here, event)
            except (RevenueOverflow, OutsideCalendar):  # that way ends here
                continue
            after = outcome.customer
            least = len(events) + 1 + search.least(after)
            moves = (*transitions, *outcome.transitions)
            heappush(queue, (least, next(numbers), after, (*events, event), moves))
    return None


class _Search:
    """What the search knows of one table, one policy and one target."""

    def __init__(self, lifecycle: "Lifecycle", target: State, opportunity_id: str) -> None:
        self.lifecycle = lifecycle
        self.target = target
        self.opportunity_id = opportunity_id
        self.axis = Axis.POSITION if isinstance(target, BuyingPosition) else Axis.SITUATION
        # A correction would be the trivial way to everywhere.
        self.rules = [
            rule
            for rule in lifecycle.rules
            if rule.axis == self.axis and rule.kind != "manual_correction"
        ]
        self.bounds = self._bounds()
        self.distance = self._distances()

    def state(self, customer: Customer) -> State:
        """Return where the customer stands on the target's axis."""
        if self.axis == Axis.SITUATION:
            return customer.situation
        held = {one.id: one.position for one in customer.opportunities}
        return held.get(self.opportunity_id, BuyingPosition.STATUS_QUO)

    def least(self, customer: Customer) -> int:
        """Return a number of events that the target is at least away."""
        state = self.state(customer)
        if state == self.target:
            return 0
        moves = self.distance.get(state, 0)
        days = sum(1 for one in customer.window.purchases if one)
        return max(moves, self.days_needed(customer) - days)

    def days_needed(self, customer: Customer) -> int:
        """Return the purchase days that the easiest way to the target asks for at least."""
        needed: dict[str, int] = {self.state(customer): 0}
        for _ in self.rules:
            for rule in self.rules:
                asked = max(map(self._number, self._day_guards(rule)), default=0)
                known = [needed[source] for source in rule.sources if source in needed]
                ends = targets_of(rule)
                if rule.target == RESTORED:
                    ends = (customer.restores_to or "", Situation.POTENTIAL)
                for end in ends if known else ():
                    easiest = max(asked, min(known))
                    needed[end] = min(needed.get(end, easiest), easiest)
        return needed.get(self.target, 0)

    def key(self, customer: Customer) -> Hashable:
        """Return what tells customers apart here: the states, and facts beside their bounds."""
        facts = self.lifecycle.status(customer).facts
        places = tuple(self._place(name, facts[name]) for name in self.bounds if name in facts)
        opportunities = tuple((one.id, one.position) for one in customer.opportunities)
        return customer.situation, customer.restores_to, opportunities, places

    def candidates(self, customer: Customer) -> Iterator[Event]:
        """Yield the events that could bring the customer nearer."""
        facts = self.lifecycle.status(customer).facts
        kinds = {rule.kind for rule in self.rules}
        kinds.update(kind for name in self.bounds for kind in FACTS[name].kinds)
        for kind in sorted(kinds - {"time_passed"}, key=KINDS.index):
            for fields in self._fields(kind, customer):
                for at in self._times(kind, customer, facts):
                    yield self._event(customer, kind, at, fields)
        # One long wait may pass several midnights at which something changes.
        waiting = customer
        while (deadline := self.lifecycle.next_deadline(waiting)) is not None:
            yield self._event(customer, "time_passed", deadline.occurred_at, {})
            waiting = self.lifecycle.advance(waiting, to=deadline.occurred_at).customer

    def _event(
        self, customer: Customer, kind: str, at: datetime, fields: dict[str, Any]
    ) -> Event:
        return parse_event(
            {"kind": kind, "customer_id": customer.id, "occurred_at": at, **fields}
        )

    def _fields(  # noqa: PLR0911 - one line for each kind that needs thought
        self, kind: str, customer: Customer
    ) -> list[dict[str, Any]]:
        """Return the own fields worth trying for a kind."""
        behaviours = sorted(self.lifecycle.policy.qualifying_behaviours)
        opened = [
            case.id for case in sorted(customer.open_cases, key=lambda case: not case.complaint)
        ]
        match kind:
            case "interest_shown":
                return [{"behaviour": name} for name in behaviours[:1]]
            case "survey_answered":
                return [{"score": score} for score in self._scores()]
            case "purchase_completed":
                return [
                    {"amount": self._highest("revenue"), "opportunity_id": self.opportunity_id}
                ]
            case "purchase_reversed":
                return [{"amount": 0, "full": True, "opportunity_id": self.opportunity_id}]
            case "case_opened":
                fresh = next(name for n in count(1) if (name := f"case-{n}") not in opened)
                return [{"case_id": fresh, "complaint": True}]
            case "case_closed":
                return [{"case_id": name} for name in opened[:1]]
            case "consent_changed":
                return [{"channel": "any", "allowed": allowed} for allowed in (True, False)]
            case "action_taken":
                return [{"action_id": "any"}]
            case _ if "opportunity_id" in _FIELDS[kind]:
                return [{"opportunity_id": self.opportunity_id}]
            case _:
                return [{}]

    def _scores(self) -> list[int]:
        """Return every score on either side of a bound."""
        near = {
            int(bound) + step for bound in self.bounds.get("score", ()) for step in (-1, 0, 1)
        }
        return sorted(score for score in near if 0 <= score <= MAX_SCORE)

    def _highest(self, fact: str) -> Decimal:
        highest = max(
            (Decimal(bound) for bound in self.bounds.get(fact, ())), default=Decimal(0)
        )
        return min(max(highest, Decimal(0)), MAX_AMOUNT)

    def _times(
        self, kind: str, customer: Customer, facts: Mapping[str, Number | None]
    ) -> Iterator[datetime]:
        """Yield tomorrow, the days on which a row of the kind finds its ages, and today."""
        if customer.clock is None:
            yield _FIRST_DAY
            return
        here = self.state(customer)
        guards = [
            guard
            for rule in self.rules
            if rule.kind == kind and here in rule.sources
            for guard in rule.guards
            if FACTS[guard.fact].unit == "days"
        ]
        waits = {1}
        for guard in guards:
            age = facts.get(guard.fact)
            if age is not None:
                waits.add(self._number(guard) - int(age) + (guard.operator == ">"))
        last = (_END - customer.clock).days
        for days in sorted(waits):
            if 1 <= days <= last:
                yield customer.clock + days * _DAY
        if customer.clock <= _END - _MOMENT:
            yield customer.clock + _MOMENT

    def _bounds(self) -> dict[str, list[Number]]:
        """Return the thresholds that each fact is compared with, ascending."""
        found: dict[str, set[Number]] = {}
        for rule in self.rules:
            for guard in rule.guards:
                bound = threshold_value(guard, self.lifecycle.policy)
                found.setdefault(guard.fact, set()).add(bound)
        return {name: sorted(bounds) for name, bounds in found.items()}

    def _distances(self) -> dict[str, int]:
        """Return from each state the least number of events to the target, guards aside."""
        distance: dict[str, int] = {self.target: 0}
        for _ in self.rules:
            for rule in self.rules:
                # Time moves an axis on the way to an event, so it costs none.
                cost = 0 if rule.kind == "time_passed" else 1
                ends = [distance[end] for end in targets_of(rule) if end in distance]
                for source in rule.sources if ends else ():
                    distance[source] = min(
                        distance.get(source, min(ends) + cost), min(ends) + cost
                    )
        return distance

    def _place(self, fact: str, value: Number | None) -> Number:
        """Return a fact as far as it matters: counts as they are, the rest by its bounds."""
        bounds = self.bounds[fact]
        if value is None:
            return -1
        if FACTS[fact].unit == "count":
            return min(value, bounds[-1] + 1)
        return bisect_left(bounds, value) + bisect_right(bounds, value)

    def _day_guards(self, rule: Rule) -> Iterator[Guard]:
        for guard in rule.guards:
            if guard.fact == "purchase_days" and guard.operator in {">=", ">", "=="}:
                yield guard

    def _number(self, guard: Guard) -> int:
        return int(threshold_value(guard, self.lifecycle.policy))


_FIELDS: Final = {kind: cls.model_fields for kind, cls in zip(KINDS, EVENT_TYPES, strict=True)}
