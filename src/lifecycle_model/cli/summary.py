"""What a whole log amounts to: customers per value, moves per rule, and the counts."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lifecycle_model import (
    Axis,
    FunnelGroup,
    History,
    Lifecycle,
    LifecycleStage,
    Situation,
    Status,
)
from lifecycle_model.cli.folding import Clash
from lifecycle_model.cli.times import iso

Place = tuple[str, str]
"""Axis and rule."""


def is_typed(name: str) -> bool:
    """Return whether an id can be typed as an argument: others are of no use as examples."""
    return name.isprintable() and not name.startswith("-")


@dataclass(slots=True)
class Summary:
    """The sums over a log's customers."""

    log: str
    lifecycle: Lifecycle
    as_of: datetime | None
    events: int = 0
    """Events of the log that are valid."""
    customers: int = 0
    unknown: int = 0
    """Customers whose events are all after the instant asked for."""
    duplicates: int = 0
    clashes: list[Clash] = field(default_factory=list)
    future: int = 0
    skipped: int = 0
    situations: Counter[Situation] = field(default_factory=Counter)
    stages: Counter[LifecycleStage] = field(default_factory=Counter)
    groups: Counter[FunnelGroup] = field(default_factory=Counter)
    moves: Counter[Place] = field(default_factory=Counter)
    last: datetime | None = None
    """The time of the last event folded."""
    example: str | None = None
    """The customer whose situation moved most often, the first by id of these."""
    _most: int = 0

    def add(self, history: History, status: Status) -> None:
        """Count one customer."""
        self.duplicates += history.duplicates
        self.future += len(history.future)
        if not history.events:
            self.unknown += 1
            return
        self.customers += 1
        self.situations[status.situation] += 1
        self.stages[status.stage] += 1
        self.groups[status.funnel_group] += 1
        turns = 0
        for move in history.transitions:
            self.moves[move.axis, move.rule] += 1
            turns += move.axis is Axis.SITUATION
        end = history.events[-1].occurred_at
        self.last = end if self.last is None else max(self.last, end)
        self.propose(history.customer.id, turns)

    def propose(self, name: str, turns: int) -> None:
        """Take a customer as the example where its situation moved more often."""
        if not turns or turns < self._most or not is_typed(name):
            return
        if turns > self._most or self.example is None or name < self.example:
            self.example, self._most = name, turns

    def moves_of(self, axis: Axis) -> dict[str, int]:
        """Return how often each rule of an axis fired, in the order of the table."""
        return {
            rule.id: self.moves[axis, rule.id]
            for rule in self.lifecycle.rules
            if rule.axis == axis
        }

    def to_json(self) -> dict[str, Any]:
        """Return the sums for programs; every value and rule is there, also with 0."""
        rules = self.lifecycle.rules
        return {
            "log": self.log,
            "policy": self.lifecycle.policy.ref._asdict(),
            "rules": {"version": rules.version, "digest": rules.digest},
            "as_of": iso(self.as_of),
            "events": self.events,
            "customers": self.customers,
            "not_yet_known": self.unknown,
            "duplicates": self.duplicates,
            "conflicts": len(self.clashes),
            "future": self.future,
            "skipped": self.skipped,
            "situations": {one.value: self.situations[one] for one in Situation},
            "stages": {one.value: self.stages[one] for one in LifecycleStage},
            "funnel_groups": {one.value: self.groups[one] for one in FunnelGroup},
            "moves": {axis.value: self.moves_of(axis) for axis in Axis},
        }
