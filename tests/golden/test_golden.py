"""Histories worked out by hand, for every row and every deciding sentence of the law.

A line of a `.jsonl` file is one history: the policy's overrides, the events, and what must come
out. `before` is folded first and its snapshot continued. `refused` names the axes that refuse
the last event, `competitors` the opportunities that are with a competitor in the end.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lifecycle_model import (
    DEFAULT_RULES,
    Customer,
    Event,
    Lifecycle,
    Policy,
    Transition,
    errors,
    parse_event,
)

History = dict[str, Any]

CORPUS: list[History] = [
    json.loads(line)
    for page in sorted(Path(__file__).parent.glob("*.jsonl"))
    for line in page.read_text(encoding="utf-8").splitlines()
]
NEW = Customer(id="c")


def lifecycle_of(history: History) -> Lifecycle:
    """Return the lifecycle of a history's policy."""
    return Lifecycle(Policy(**history.get("policy", {})))


def events_of(raw: list[dict[str, Any]]) -> list[Event]:
    """Return the events of one customer."""
    return [parse_event({"customer_id": "c", **one}) for one in raw]


def as_of(history: History) -> datetime | None:
    """Return the instant asked for."""
    return datetime.fromisoformat(history["as_of"]) if "as_of" in history else None


def start_of(lifecycle: Lifecycle, history: History) -> Customer:
    """Return the snapshot to continue from."""
    return lifecycle.replay(events_of(history.get("before", [])), customer=NEW).customer


def told(transitions: list[Transition]) -> dict[str, list[list[object]]]:
    """Return the moves as the corpus writes them."""

    def instant(move: Transition) -> str:
        return move.occurred_at.isoformat().replace("+00:00", "Z")

    return {
        "situation_moves": [
            [instant(move), move.rule, move.after]
            for move in transitions
            if move.axis == "situation"
        ],
        "position_moves": [
            [instant(move), move.opportunity_id, move.rule, move.after]
            for move in transitions
            if move.axis == "position"
        ],
    }


def standing(lifecycle: Lifecycle, customer: Customer, expect: History) -> dict[str, Any]:
    """Return the values and facts that the history speaks of."""
    status = lifecycle.status(customer)
    rivals = [one.id for one in customer.opportunities if one.with_competitor]
    return {
        "values": {name: getattr(status, name) for name in expect["values"]},
        "facts": {name: status.facts[name] for name in expect.get("facts", {})},
        **({"competitors": rivals} if "competitors" in expect else {}),
    }


def expected_standing(expect: History) -> dict[str, Any]:
    """Return what the history says of them."""
    facts = dict(expect.get("facts", {}))
    if "revenue" in facts:
        facts["revenue"] = Decimal(facts["revenue"])
    named = {name: expect[name] for name in ("competitors",) if name in expect}
    return {"values": expect["values"], "facts": facts, **named}


@pytest.mark.parametrize("history", CORPUS, ids=lambda history: history["name"])
def test_replay_gives_what_was_worked_out_by_hand(history: History) -> None:
    """Moves, values, facts and counts are those of the history."""
    lifecycle, expect = lifecycle_of(history), history["expect"]
    start, events = start_of(lifecycle, history), events_of(history["events"])
    if "error" in expect:
        with pytest.raises(getattr(errors, expect["error"])):
            lifecycle.replay(events, customer=start, as_of=as_of(history))
        return
    result = lifecycle.replay(events, customer=start, as_of=as_of(history))
    moves = told(list(result.transitions))
    counts = {
        "duplicates": result.duplicates,
        "conflicts": len(result.conflicts),
        "future": len(result.future),
    }

    assert {name: expect[name] for name in moves if name in expect} == {
        name: moves[name] for name in moves if name in expect
    }
    assert expected_standing(expect) == standing(lifecycle, result.customer, expect)
    assert {name: expect.get(name, 0) for name in counts} == counts


@pytest.mark.parametrize(
    "history",
    [history for history in CORPUS if "error" not in history["expect"]],
    ids=lambda history: history["name"],
)
def test_apply_gives_what_was_worked_out_by_hand(history: History) -> None:
    """Event by event, through stored snapshots, the same; the last event is refused alike."""
    lifecycle, expect = lifecycle_of(history), history["expect"]
    customer, until = start_of(lifecycle, history), as_of(history)
    ordered = lifecycle.replay(events_of(history["events"]), customer=customer, as_of=until)
    transitions: list[Transition] = []
    refused: list[str] = []
    for event in ordered.events:
        outcome = lifecycle.apply(Customer.from_json(customer.to_json()), event)
        customer = outcome.customer
        transitions += outcome.transitions
        refused = [refusal.axis for refusal in outcome.refusals]
    if until is not None:
        outcome = lifecycle.advance(customer, to=until)
        customer = outcome.customer
        transitions += outcome.transitions
    moves = told(transitions)

    assert {name: expect[name] for name in moves if name in expect} == {
        name: moves[name] for name in moves if name in expect
    }
    assert expected_standing(expect) == standing(lifecycle, customer, expect)
    if "refused" in expect:
        assert expect["refused"] == refused


def test_every_row_fires_in_the_corpus() -> None:
    """Each row of both tables moves its axis in some history."""
    fired: Counter[tuple[str, str]] = Counter()
    for history in CORPUS:
        expect = history["expect"]
        fired.update(("situation", move[1]) for move in expect.get("situation_moves", ()))
        fired.update(("position", move[2]) for move in expect.get("position_moves", ()))

    assert set() == {(rule.axis.value, rule.id) for rule in DEFAULT_RULES} - set(fired)


@pytest.mark.untraced
def test_every_guarded_row_is_refused_in_the_corpus() -> None:
    """Each row with guards is held against a customer in its source state and does not fire."""
    refused = set()
    for history in CORPUS:
        if "error" in history["expect"]:
            continue
        lifecycle = lifecycle_of(history)
        customer = start_of(lifecycle, history)
        until = as_of(history)
        ordered = lifecycle.replay(events_of(history["events"]), customer=customer, as_of=until)
        for event in ordered.events:
            outcome = lifecycle.apply(customer, event)
            customer = outcome.customer
            refused |= {
                (check.rule.axis, check.rule.id)
                for refusal in outcome.refusals
                for check in refusal.checks
            }
            for move in outcome.transitions:  # the rows above the one that fired did not hold
                for rule in DEFAULT_RULES.rows(move.axis, move.before, move.kind):
                    if rule.id == move.rule:
                        break
                    refused.add((rule.axis, rule.id))
        # Time tries its rows at every midnight, so also at the last one.
        for rule in DEFAULT_RULES:
            if rule.kind == "time_passed":
                held = [customer.situation, *(one.position for one in customer.opportunities)]
                names = {move.rule for move in ordered.transitions}
                if any(state in rule.sources for state in held) and rule.id not in names:
                    refused.add((rule.axis, rule.id))
    guarded = {(rule.axis, rule.id) for rule in DEFAULT_RULES if rule.guards}

    assert set() == guarded - refused


def test_names_tell_histories_apart() -> None:
    """Every history has its own name and says what it shows."""
    assert len(CORPUS) == len({history["name"] for history in CORPUS})
    assert all(history["says"].endswith(".") for history in CORPUS)
