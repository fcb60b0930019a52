"""What a rule table does under a policy, proved by going through every case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from lifecycle_model.rules.bounds import holds_between
from lifecycle_model.rules.cases import cases_of
from lifecycle_model.rules.checks import dead_ends
from lifecycle_model.rules.circles import circles_in_time, moves_undone
from lifecycle_model.rules.targets import GIVEN
from lifecycle_model.states import Axis

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lifecycle_model.errors import Problem
    from lifecycle_model.policy import Policy, PolicyRef
    from lifecycle_model.rules.cases import Case
    from lifecycle_model.rules.table import Guard, Rule, RuleTable


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found by going through every case that a rule table can meet under a policy.

    A case is a situation, a position, a kind, and for each guard that their rows ask whether
    it holds. No case that can happen is left out. Some that cannot may be among them, since
    facts that depend on each other are varied apart: so a row that is said never to fire
    never does, and the rest may fire.
    """

    policy: PolicyRef
    cases: int
    answers: Mapping[Axis, Mapping[str, int]]
    """By axis, how many cases have each answer: moved, stayed, refused, not applicable."""
    decided_by_order: int
    """Cases in which rows of one axis hold that lead to different states: the first counts."""
    faults: tuple[Problem, ...]
    """States that no row reaches or leaves, and rows that undo each other at one instant."""
    never_fires: tuple[Rule, ...]
    """Rows that fire in no case: a guard of theirs never holds, or rows before them do."""
    never_holds: tuple[tuple[Rule, Guard], ...]
    """Guards that hold in no case."""
    never_fails: tuple[tuple[Rule, Guard], ...]
    """Guards that hold in every case."""


def verify(table: RuleTable, policy: Policy) -> Verification:
    """Go through every case; see `RuleTable.verify`."""
    pairs = [(rule, guard) for rule in table for guard in rule.guards]
    bounds = {guard: (guard.fact, holds_between(guard, policy)) for _, guard in pairs}
    cases = decided_by_order = 0
    answers = {axis: dict.fromkeys(_ANSWERS, 0) for axis in Axis}
    fires: set[tuple[Rule, str]] = set()
    held: set[tuple[Rule, Guard]] = set()
    failed: set[tuple[Rule, Guard]] = set()
    for case in cases_of(table, policy):
        cases += 1
        unordered = False
        for axis in Axis:
            rows = case.rows(table, axis)
            for row in rows:
                for guard in row.guards:
                    (held if case.holds([bounds[guard]]) else failed).add((row, guard))
            holding = [row for row in rows if case.holds([bounds[one] for one in row.guards])]
            fires.update((row, case.state(axis)) for row in holding[:1])
            answers[axis][_answer(case, axis, rows, holding)] += 1
            unordered |= len({row.target for row in holding}) > 1
        decided_by_order += unordered
    return Verification(
        policy=policy.ref,
        cases=cases,
        answers=answers,
        decided_by_order=decided_by_order,
        faults=tuple(_faults(table, policy, fires)),
        never_fires=tuple(rule for rule in table if not _sources(rule, fires)),
        never_holds=tuple(pair for pair in pairs if pair not in held),
        never_fails=tuple(pair for pair in pairs if pair not in failed),
    )


_ANSWERS: Final[tuple[str, ...]] = ("moved", "stayed", "refused", "not_applicable")


def _answer(case: Case, axis: Axis, rows: tuple[Rule, ...], holding: list[Rule]) -> str:
    if not holding:
        return "refused" if rows else "not_applicable"
    target = case.given if holding[0].target == GIVEN else holding[0].target
    return "stayed" if target == case.state(axis) else "moved"


def _sources(rule: Rule, fires: set[tuple[Rule, str]]) -> tuple[str, ...]:
    return tuple(source for source in rule.sources if (rule, source) in fires)


def _faults(
    table: RuleTable, policy: Policy, fires: set[tuple[Rule, str]]
) -> Iterator[Problem]:
    firing = [
        replace(rule, sources=sources) for rule in table if (sources := _sources(rule, fires))
    ]
    for problem in dead_ends(firing):
        yield replace(problem, mend=f"{problem.mend}, or mend the threshold of one")
    yield from circles_in_time(firing, policy)
    yield from moves_undone(firing, policy)
