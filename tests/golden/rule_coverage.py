"""In how many histories of the corpus each row fires, and in how many it is refused.

In a checkout: PYTHONPATH=tests .venv/bin/python -m golden.rule_coverage
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

from golden.corpus import CORPUS, as_of, events_of, lifecycle_of
from lifecycle_model import DEFAULT_RULES, Customer
from lifecycle_model.order import in_order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from golden.corpus import History
    from lifecycle_model import Outcome

Name = tuple[str, str]
"""A row's axis and id."""


def rules() -> set[Name]:
    """Return every row of the default table."""
    return {(rule.axis.value, rule.id) for rule in DEFAULT_RULES}


def guarded_rules() -> set[Name]:
    """Return the rows that can be refused."""
    return {(rule.axis.value, rule.id) for rule in DEFAULT_RULES if rule.guards}


def histories_by_rule() -> tuple[Counter[Name], Counter[Name]]:
    """Return in how many histories each row fires, and in how many it is tried in vain.

    A row fires where the history says so, since only that is held against the engines.
    """
    fired: Counter[Name] = Counter()
    refused: Counter[Name] = Counter()
    for history in CORPUS:
        expect = history["expect"]
        fired.update({("situation", move[1]) for move in expect.get("situation_moves", ())})
        fired.update({("position", move[2]) for move in expect.get("position_moves", ())})
        if "error" not in expect:
            refused.update(set(_refused(history)))
    return fired, refused


def _refused(history: History) -> Iterator[Name]:
    """Yield the rows that a history tries and that do not hold."""
    lifecycle, until = lifecycle_of(history), as_of(history)
    customer = lifecycle.replay(
        events_of(history.get("before", [])), customer=Customer(id="c")
    ).customer
    moved = set()
    for event in in_order(events_of(history["events"]), customer, until).events:
        outcome = lifecycle.apply(customer, event)
        customer = outcome.customer
        moved |= {move.rule for move in outcome.transitions}
        yield from _tried(outcome)
    if until is not None:
        outcome = lifecycle.advance(customer, to=until)
        customer = outcome.customer
        moved |= {move.rule for move in outcome.transitions}
        yield from _tried(outcome)
    # Time tries its rows at every midnight, so also at the last one.
    held = {customer.situation, *(one.position for one in customer.opportunities)}
    for rule in DEFAULT_RULES:
        if rule.kind == "time_passed" and held & set(rule.sources) and rule.id not in moved:
            yield rule.axis.value, rule.id


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
    fired, refused = histories_by_rule()
    guarded = guarded_rules()
    yield f"histories: {len(CORPUS)}"
    yield f"rows fired: {len(rules() & set(fired))}/{len(rules())}"
    yield f"guarded rows refused: {len(guarded & set(refused))}/{len(guarded)}"
    for rule in DEFAULT_RULES:
        name = (rule.axis.value, rule.id)
        times = f"{refused[name]:>3}" if name in guarded else "  -"
        yield f"{rule.axis:<9} {rule.id:<20} fires in {fired[name]:>3}, refused in {times}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in report_lines())
