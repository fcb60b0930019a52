"""In how many histories of the corpus each row fires, and in how many it is refused.

In a checkout: PYTHONPATH=tests .venv/bin/python -m golden.rule_coverage
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from golden.corpus import CORPUS, as_of, events_of, lifecycle_of, start_of
from lifecycle_model import DEFAULT_RULES
from lifecycle_model.order import in_order
from lifecycle_model.rules.targets import STATES, targets_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from golden.corpus import History
    from lifecycle_model import Customer, Outcome

Name = tuple[str, str]
"""A row's axis and id."""

Way = tuple[str, str, str, str]
"""A row's axis and id, and the states that it leads from and to."""

IMPOSSIBLE = {("situation", "bought-again", "dissatisfied", "potential")}
"""Who has just bought has a standing purchase, and is restored to a customer."""


@dataclass(slots=True)
class Covered:
    """What the corpus covers, each in how many histories."""

    fired: Counter[Name] = field(default_factory=Counter)
    """The rows that move, as the histories say, since that is held against the engines."""
    refused: Counter[Name] = field(default_factory=Counter)
    """The rows that are tried and do not hold."""
    moved: Counter[Way] = field(default_factory=Counter)
    """From where to where rows move."""


def rows() -> set[Name]:
    """Return every row of the default table."""
    return {(rule.axis.value, rule.id) for rule in DEFAULT_RULES}


def guarded_rows() -> set[Name]:
    """Return the rows that can be refused."""
    return {(rule.axis.value, rule.id) for rule in DEFAULT_RULES if rule.guards}


def ways() -> set[Way]:
    """Return every way that a row may lead to another state."""
    return {
        (rule.axis.value, rule.id, str(source), str(target))
        for rule in DEFAULT_RULES
        for source in rule.sources
        for target in (STATES[rule.axis] if rule.target == "given" else targets_of(rule))
        if source != target
    } - IMPOSSIBLE


def covered() -> Covered:
    """Fold the corpus event by event, and count."""
    found = Covered()
    for history in CORPUS:
        expect = history["expect"]
        if "error" in expect:
            continue
        found.fired.update({("situation", move[1]) for move in expect["situation_moves"]})
        found.fired.update({("position", move[2]) for move in expect.get("position_moves", ())})
        customer, outcomes = _folded(history)
        moves = [move for one in outcomes for move in one.transitions]
        found.moved.update(
            {(move.axis.value, move.rule, str(move.before), str(move.after)) for move in moves}
        )
        # Time tries its rows at every midnight, so also at the last one.
        rules = {move.rule for move in moves}
        held = {customer.situation, *(one.position for one in customer.opportunities)}
        waiting = {
            (rule.axis.value, rule.id)
            for rule in DEFAULT_RULES
            if rule.kind == "time_passed" and held & set(rule.sources) and rule.id not in rules
        }
        found.refused.update(waiting.union(*map(_tried, outcomes)))
    return found


def _folded(history: History) -> tuple[Customer, list[Outcome]]:
    """Return where the customer stands in the end; what each event did, and then the time."""
    lifecycle, until = lifecycle_of(history), as_of(history)
    customer, outcomes = start_of(history, lifecycle), []
    for event in in_order(events_of(history["events"]), customer, until).events:
        outcomes.append(lifecycle.apply(customer, event))
        customer = outcomes[-1].customer
    if until is not None:
        outcomes.append(lifecycle.advance(customer, to=until))
        customer = outcomes[-1].customer
    return customer, outcomes


def _tried(outcome: Outcome) -> Iterator[Name]:
    """Yield what is listed as refused, and the rows above each one that fired."""
    for refusal in outcome.refusals:
        for check in refusal.checks:
            yield check.rule.axis.value, check.rule.id
    for move in outcome.transitions:
        for rule in DEFAULT_RULES.rows(move.axis, move.before, move.kind):
            if rule.id == move.rule:
                break
            yield rule.axis.value, rule.id


def report_lines() -> Iterator[str]:
    """Yield the sums, and a line for each row."""
    found, guarded = covered(), guarded_rows()
    yield f"histories: {len(CORPUS)}"
    yield f"rows fired: {len(rows() & set(found.fired))}/{len(rows())}"
    yield f"guarded rows refused: {len(guarded & set(found.refused))}/{len(guarded)}"
    yield f"ways from state to state: {len(ways() & set(found.moved))}/{len(ways())}"
    for rule in DEFAULT_RULES:
        name = (rule.axis.value, rule.id)
        refused = f", refused in {found.refused[name]:>3}" if name in guarded else ""
        yield f"{rule.axis:<9} {rule.id:<20} fires in {found.fired[name]:>3}{refused}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in report_lines())
