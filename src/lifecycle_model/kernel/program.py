"""Compiling a rule table and a policy into the sequences that the kernel reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, TypeAlias

from lifecycle_model.errors import InvalidRules
from lifecycle_model.events import KINDS
from lifecycle_model.kernel import layout
from lifecycle_model.policy import Policy, PolicyRef
from lifecycle_model.rules import FACTS, GIVEN, RESTORED, Guard, Rule, RuleTable
from lifecycle_model.rules.bounds import can_fail, can_hold, holds_between
from lifecycle_model.rules.circles import circles_in_time
from lifecycle_model.rules.facts import SIGNS_OF_LIFE
from lifecycle_model.rules.targets import STATES
from lifecycle_model.states import Axis

FACT_CODES: Final = {name: getattr(layout, name.upper()) for name in FACTS}
"""The slot or code of each fact in the kernel."""

_CHANGES_FACTS: Final = SIGNS_OF_LIFE | {
    "contacted",
    "payment_overdue",
    "payment_received",
    "case_closed",
    "customer_left",
    "manual_correction",
}

# Facts that a kind may change such that a time row falls due earlier than it was. Whatever else
# happens only moves due days away, unless the table has unusual time rows (see `_is_calm`);
# moves on either axis and new covers are seen where they happen.
_HASTENED: Final = {
    "purchase_reversed": {
        "purchase_days",
        "revenue",
        "standing_purchases",
        "protected",
        "days_since_purchase",
        "days_idle",
        "days_expired",
    },
    "payment_overdue": {"payments_overdue"},
    "payment_received": {"payments_overdue"},
    "case_opened": {"open_cases", "open_complaints"},
    "case_closed": {"open_cases", "open_complaints"},
    "customer_left": {"open_cases", "open_complaints", "protected", "days_expired"},
}

_ABSORBED: Final = KINDS[:-1]
"""All kinds but `time_passed`, which brings nothing but its day."""

_GROWING: Final = frozenset(
    {"purchase_days", "revenue", "standing_purchases", "open_opportunities"}
)


_WALKED: Final = frozenset({"purchase_days", "revenue"})
"""The facts whose due day is found by walking along the window."""


_Test: TypeAlias = tuple[int, int, int]
"""A fact, the least and the greatest value that passes."""


@dataclass(frozen=True, slots=True)
class Program:
    """A rule table and a policy as flat sequences of numbers.

    A cell is a state and a kind: `(state) * KIND_COUNT + kind`, positions after situations.
    """

    rules: tuple[Rule, ...]
    """The rows, in the order of their numbers."""
    policy: PolicyRef
    """The policy that every decision record names."""
    mark: tuple[int, ...]
    """By cell: NO_ROW, the only row if it has no guard, or ASK_GUARDS."""
    cell_start: tuple[int, ...]
    cell_row: tuple[int, ...]
    target: tuple[int, ...]
    guard_start: tuple[int, ...]
    guard_fact: tuple[int, ...]
    guard_low: tuple[int, ...]
    guard_high: tuple[int, ...]
    first_step: tuple[int, ...]
    """By cell: where its steps begin. They ask the guards that can fail, row by row."""
    step_fact: tuple[int, ...]
    """What a step asks, or ANSWER."""
    step_low: tuple[int, ...]
    """The least value that passes, or the answer."""
    step_high: tuple[int, ...]
    step_else: tuple[int, ...]
    """Where to go on if the value does not pass: the first step of the next row."""
    is_sign: tuple[int, ...]
    absorbs: tuple[int, ...]
    """By kind: 1 where the event changes facts or hastens time rows."""
    stirs_situation: tuple[int, ...]
    stirs_positions: tuple[int, ...]
    tells_competitor: tuple[int, ...]
    renews_implementation: tuple[int, ...]
    """By kind: 1 where implementation is entered anew though the opportunity is there."""
    position_wait: tuple[int, ...]
    """By position: the days after entering it before which no time row fires."""
    situation_reads_growth: int
    """1 where a time row of the situation may come to hold because a count grew."""
    positions_read_customer: int
    """1 where a time row of the positions reads facts of the customer."""
    day_offset_minutes: int
    window_days: int
    correction_holds_days: int
    confirmation_needed: int
    complaints_tolerated: int
    at_risk_days: int
    follow_up_days: int


def compile_program(table: RuleTable, policy: Policy) -> Program:
    """Return the table and the policy in the kernel's form.

    Raises:
        InvalidRules: time rows could chase each other for ever at one midnight.
    """
    rules = table.rules
    guards = [(guard, *interval(guard, policy)) for rule in rules for guard in rule.guards]
    tests = [_tests(rule, policy) for rule in rules]
    steps = _Steps()
    if circles := tuple(circles_in_time(rules, policy)):
        raise InvalidRules("rule table", circles)
    cell_start, cell_row, mark, first_step = [0], [], [], []
    for axis, states in STATES.items():
        for state in states:
            for kind in KINDS:
                rows = [
                    number
                    for number, rule in enumerate(rules)
                    if rule.axis == axis
                    and rule.kind == kind
                    and state in rule.sources
                    # Time would search in vain for the day of a row that no day can bring.
                    and (
                        kind != "time_passed"
                        or all(can_hold(rule, guard, policy) for guard in rule.guards)
                    )
                ]
                cell_row += rows
                cell_start.append(len(cell_row))
                first_step.append(steps.place(rows, tests))
                is_sure = rows and not tests[rows[0]]
                mark.append(
                    (rows[0] if is_sure else layout.ASK_GUARDS) if rows else layout.NO_ROW
                )
    calm = {axis: _is_calm(rules, axis, policy) for axis in STATES}
    stirs_situation = _by_kind(_stirring(rules) if calm[Axis.SITUATION] else _ABSORBED)
    stirs_positions = _by_kind(() if calm[Axis.POSITION] else _ABSORBED)
    return Program(
        rules=rules,
        policy=policy.ref,
        mark=tuple(mark),
        cell_start=tuple(cell_start),
        cell_row=tuple(cell_row),
        target=tuple(_target(rule) for rule in rules),
        guard_start=tuple(accumulate((len(rule.guards) for rule in rules), initial=0)),
        guard_fact=tuple(FACT_CODES[guard.fact] for guard, _, _ in guards),
        guard_low=tuple(low for _, low, _ in guards),
        guard_high=tuple(high for _, _, high in guards),
        first_step=tuple(first_step),
        step_fact=tuple(steps.fact),
        step_low=tuple(steps.low),
        step_high=tuple(steps.high),
        step_else=tuple(steps.other),
        is_sign=_by_kind(SIGNS_OF_LIFE),
        absorbs=tuple(map(max, _by_kind(_CHANGES_FACTS), stirs_positions)),
        stirs_situation=stirs_situation,
        stirs_positions=stirs_positions,
        tells_competitor=_by_kind(
            {"opportunity_lost", "supplier_chosen", "purchase_completed", "manual_correction"}
        ),
        renews_implementation=_by_kind({"purchase_completed", "opportunity_lost"}),
        position_wait=tuple(
            _wait(rules, position, policy) for position in STATES[Axis.POSITION]
        ),
        situation_reads_growth=int(not calm[Axis.SITUATION]),
        positions_read_customer=int(not calm[Axis.POSITION]),
        day_offset_minutes=policy.day_offset_minutes,
        window_days=min(policy.window_days, layout.NEVER),
        correction_holds_days=min(policy.correction_holds_days, layout.NEVER),
        confirmation_needed=int(policy.recovery_needs_confirmation),
        complaints_tolerated=policy.complaints_tolerated,
        at_risk_days=min(policy.at_risk_days, layout.NEVER),
        follow_up_days=min(policy.follow_up_days, layout.NEVER),
    )


def interval(guard: Guard, policy: Policy) -> tuple[int, int]:
    """Return the closed interval of the kernel's numbers in which a guard holds.

    An interval whose low end lies above its high end is empty.
    """
    low, high = holds_between(guard, policy)
    if guard.fact == "protected":
        # Stored as the last protected day: 1 is an age of at most 0, 0 is any greater age.
        first = -layout.WIDEST if low <= 1 <= high else 1
        last = layout.WIDEST if low <= 0 <= high else 0
        return first, last
    if guard.fact == "days_expired":
        low = max(low, 1)
    widest = layout.WIDEST if FACTS[guard.fact].unit == "money" else layout.NEVER
    return max(low, -widest), min(high, widest)


class _Steps:
    """The steps of all cells, those of cells with the same rows but once."""

    def __init__(self) -> None:
        self.fact: list[int] = []
        self.low: list[int] = []
        self.high: list[int] = []
        self.other: list[int] = []
        self.places: dict[tuple[int, ...], int] = {}

    def place(self, rows: Sequence[int], tests: Sequence[Sequence[_Test]]) -> int:
        """Return where the steps of a cell begin."""
        start = self.places.setdefault(tuple(rows), len(self.fact))
        if start == len(self.fact):
            for row in rows:
                after = len(self.fact) + len(tests[row]) + 1
                for fact, low, high in (*tests[row], (layout.ANSWER, row, row)):
                    self._add(fact, low, high, after)
            self._add(layout.ANSWER, layout.REFUSED, layout.REFUSED, len(self.fact))
        return start

    def _add(self, fact: int, low: int, high: int, other: int) -> None:
        self.fact.append(fact)
        self.low.append(low)
        self.high.append(high)
        self.other.append(other)


def _tests(rule: Rule, policy: Policy) -> list[_Test]:
    """Return the guards that can fail.

    An age that is long in coming is asked first, a walk along the window last.
    """
    found = []
    for guard in rule.guards:
        is_age = FACTS[guard.fact].unit == "days"
        if is_age or can_fail(rule, guard, policy):
            low, high = interval(guard, policy)
            patience = -low if is_age else 1 + (guard.fact in _WALKED)
            found.append((patience, FACT_CODES[guard.fact], low, high))
    return [test[1:] for test in sorted(found)]


def _target(rule: Rule) -> int:
    special = {RESTORED: layout.TO_RESTORED, GIVEN: layout.TO_GIVEN}
    if rule.target in special:
        return special[rule.target]
    return STATES[rule.axis].index(rule.target)


def _by_kind(kinds: Iterable[str]) -> tuple[int, ...]:
    chosen = frozenset(kinds)
    return tuple(int(kind in chosen) for kind in KINDS)


def _time_rules(rules: tuple[Rule, ...], axis: Axis) -> list[Rule]:
    return [rule for rule in rules if rule.axis == axis and rule.kind == "time_passed"]


def _is_calm(rules: tuple[Rule, ...], axis: Axis, policy: Policy) -> bool:
    """Return whether ordinary events only move the due days of the axis away.

    They do where ages are only bounded from below and growing counts only from above, and where
    the positions read no fact but the ages of the opportunity.
    """
    for rule in _time_rules(rules, axis):
        for guard in rule.guards:
            low, high = interval(guard, policy)
            fact = FACTS[guard.fact]
            if axis == Axis.POSITION and fact.scope != "opportunity":
                return False
            if fact.unit == "days" and high < layout.NEVER:
                return False
            if guard.fact in _GROWING and low > 0:
                return False
    return True


def _stirring(rules: tuple[Rule, ...]) -> list[str]:
    """Return the kinds after which the situation's due day must be found again."""
    read = {guard.fact for rule in _time_rules(rules, Axis.SITUATION) for guard in rule.guards}
    return [kind for kind, facts in _HASTENED.items() if facts & read]


def _wait(rules: tuple[Rule, ...], position: str, policy: Policy) -> int:
    waits = [
        max(
            [
                1,  # time moves at midnight, so on the next day at the earliest
                *(
                    interval(guard, policy)[0]
                    for guard in rule.guards
                    if FACTS[guard.fact].unit == "days"
                ),
            ]
        )
        for rule in _time_rules(rules, Axis.POSITION)
        if position in rule.sources
    ]
    return min(waits, default=layout.NEVER)
