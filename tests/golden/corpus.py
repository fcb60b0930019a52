"""The histories worked out by hand, and how an engine's answer is told in their terms.

What a line of a `.jsonl` file means is written in README.md, beside it.
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from pydantic import ValidationError

from lifecycle_model import (
    Customer,
    Event,
    Lifecycle,
    Outcome,
    Policy,
    Transition,
    errors,
    parse_event,
)
from lifecycle_model.order import in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

History = dict[str, Any]
Answer = dict[str, Any]

CORPUS: list[History] = [
    json.loads(line)
    for page in sorted(Path(__file__).parent.glob("*.jsonl"))
    for line in page.read_text(encoding="utf-8").splitlines()
]

NEW = Customer(id="c")

VALUES = ("situation", "position", "stage", "funnel_group", "sales_step", "service_state")
ANSWERS = ("answers", "refused")
"""What is told of single events alone."""

COUNTS = ("duplicates", "conflicts", "future")


class Walker(Protocol):
    """Whoever takes the events of one customer one by one."""

    @property
    def customer(self) -> Customer | None:
        """Where the customer stands; None before the first event."""

    def fire(self, event: Event) -> Outcome:
        """Take one event."""

    def advance(self, *, to: datetime) -> Outcome | None:
        """Let time pass."""


class Stored:
    """A customer that is stored as text between any two events."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self.lifecycle = lifecycle
        self.text = NEW.to_json()

    @property
    def customer(self) -> Customer:
        """Where the customer stands."""
        return Customer.from_json(self.text)

    def fire(self, event: Event) -> Outcome:
        """Take one event."""
        return self._kept(self.lifecycle.apply(self.customer, event))

    def advance(self, *, to: datetime) -> Outcome:
        """Let time pass."""
        return self._kept(self.lifecycle.advance(self.customer, to=to))

    def _kept(self, outcome: Outcome) -> Outcome:
        self.text = outcome.customer.to_json()
        return outcome


def named(history: History) -> str:
    """Return the name of a history, for the list of tests."""
    return str(history["name"])


def lifecycle_of(history: History) -> Lifecycle:
    """Return the lifecycle of a history's policy.

    Raises:
        InvalidPolicy: the history is about a policy that is refused.
    """
    preset = Policy.preset(history.get("preset", "default")).model_dump()
    try:
        return Lifecycle(Policy(**preset | history.get("policy", {})))
    except ValidationError as error:
        raise errors.InvalidPolicy(history["name"], ()) from error


def events_of(raw: Iterable[Mapping[str, Any]], customer_id: str = "c") -> list[Event]:
    """Return the events of one customer."""
    return [parse_event({"customer_id": customer_id, **one}) for one in raw]


def as_of(history: History, key: str = "as_of") -> datetime | None:
    """Return the instant asked for; or the one before the customer was stored."""
    return datetime.fromisoformat(history[key]) if key in history else None


def start_of(history: History, lifecycle: Lifecycle) -> Customer:
    """Return the snapshot from which a history goes on."""
    past, stored_at = events_of(history.get("before", [])), as_of(history, "before_as_of")
    return lifecycle.replay(past, customer=NEW, as_of=stored_at).customer


def instant(time: datetime) -> str:
    """Write a time as the corpus does."""
    return time.isoformat().replace("+00:00", "Z")


def told(transitions: Iterable[Any]) -> Answer:
    """Return moves as the corpus writes them."""
    moves: Answer = {"situation_moves": [], "position_moves": []}
    for move in transitions:
        one = [instant(move.occurred_at), move.rule, str(move.after)]
        if move.axis == "position":
            one.insert(1, move.opportunity_id)
        moves[f"{move.axis}_moves"].append(one)
    return moves


def directions(transitions: Iterable[Transition]) -> list[list[str]]:
    """Return the way of each move of an opportunity, and the positions that it skipped."""
    return [
        [str(move.direction), *map(str, move.skipped)]
        for move in transitions
        if move.direction is not None
    ]


def rivals(customer: Customer) -> list[str]:
    """Return the opportunities that are with a competitor."""
    return [one.id for one in customer.opportunities if one.with_competitor]


def standing(lifecycle: Lifecycle, customer: Customer) -> Answer:
    """Return the values and facts of a customer."""
    status = lifecycle.status(customer)
    return {
        "values": {name: str(getattr(status, name)) for name in VALUES},
        "facts": dict(status.facts),
        "competitors": rivals(customer),
    }


def expected(history: History) -> Answer:
    """Return what must come out; what is not counted has not happened."""
    answer = dict.fromkeys(COUNTS, 0) | history["expect"]
    facts = dict(answer.get("facts", {}))
    if "revenue" in facts:
        facts["revenue"] = Decimal(facts["revenue"])
    return answer | {"facts": facts}


def spoken_of(answer: Answer, history: History) -> Answer:
    """Return the part of an answer of which the history speaks."""
    wanted = expected(history)
    return {
        name: {one: answer[name].get(one) for one in value}
        if isinstance(value, dict)
        else answer[name]
        for name, value in wanted.items()
    }


def replayed(history: History, lifecycle: Lifecycle) -> Answer:
    """Return what comes out where all events are folded at once."""
    start = start_of(history, lifecycle)
    result = lifecycle.replay(
        events_of(history["events"]), customer=start, as_of=as_of(history)
    )
    return {
        **told(result.transitions),
        "directions": directions(result.transitions),
        **standing(lifecycle, result.customer),
        "duplicates": result.duplicates,
        "conflicts": len(result.conflicts),
        "future": len(result.future),
        **{name: history["expect"].get(name) for name in ANSWERS},
    }


def walked(history: History, walker: Walker) -> Answer:
    """Return what comes out where the events are taken one by one, in fold order."""
    until, stored_at = as_of(history), as_of(history, "before_as_of")
    for event in in_order(events_of(history.get("before", [])), None, None).events:
        walker.fire(event)
    if stored_at is not None:
        walker.advance(to=stored_at)
    ordered = in_order(events_of(history["events"]), None, until)
    outcomes = [walker.fire(event) for event in ordered.events]
    refused = [refusal.axis for one in outcomes[-1:] for refusal in one.refusals]
    answers = {
        str(answer.axis): str(answer.kind) for one in outcomes[-1:] for answer in one.answers
    }
    if until is not None and (passed := walker.advance(to=until)) is not None:
        outcomes.append(passed)
    moves = [move for one in outcomes for move in one.transitions]
    return {
        **told(moves),
        "directions": directions(moves),
        **standing(lifecycle_of(history), walker.customer or NEW),
        "duplicates": ordered.duplicates + sum(one.duplicate for one in outcomes),
        "conflicts": len(ordered.conflicts),
        "future": len(ordered.future),
        "refused": refused,
        "answers": answers,
    }


def hold(history: History, fold: Callable[[], Answer]) -> Answer | None:
    """Hold what a fold gives against a history; return it, or None where it is refused."""
    if "error" in history["expect"]:
        with pytest.raises(getattr(errors, history["expect"]["error"])):
            fold()
        return None
    answer = fold()
    assert spoken_of(answer, history) == expected(history)
    return answer
