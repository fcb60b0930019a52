"""What is timed of the library itself: `replay` and its parts, `apply`."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.clock import Task
from harness.streams import Stream
from lifecycle_model import DEFAULT_RULES, Customer, Lifecycle, RuleTable
from lifecycle_model.encode import Codes, Record, encode
from lifecycle_model.events import Event
from lifecycle_model.memory import Memory
from lifecycle_model.order import in_order

Prepared = tuple[Memory, list[Record]]


@dataclass(frozen=True)
class Library:
    """One stream and the lifecycle that folds it."""

    lifecycle: Lifecycle
    stream: Stream

    def tasks(self) -> dict[str, Task]:
        """Return `replay`, and its three parts each alone."""
        return {
            "replay": Task(self._replay),
            "order": Task(self._order),
            "encode": Task(self._encode, self._new_codes),
            "fold": Task(self._fold, self._prepare_fold),
        }

    def _replay(self, _: None) -> None:
        replay = self.lifecycle.replay
        for history in self.stream.histories:
            replay(history)

    def _order(self, _: None) -> None:
        for history in self.stream.histories:
            in_order(history, None, None)

    def _new_codes(self) -> list[Codes]:
        policy = self.lifecycle.policy
        return [Codes(_customer(history), policy) for history in self.stream.histories]

    def _encode(self, prepared: Sequence[Codes]) -> None:
        policy = self.lifecycle.policy
        for history, codes in zip(self.stream.histories, prepared, strict=True):
            encode(history, codes, policy)

    def _prepare_fold(self) -> list[Prepared]:
        """Return an empty memory and the encoded records of every customer."""
        policy, program = self.lifecycle.policy, self.lifecycle.program
        prepared = []
        for history in self.stream.histories:
            customer = _customer(history)
            codes = Codes(customer, policy)
            events = in_order(history, None, None).events
            records = encode(events, codes, policy)
            prepared.append((Memory(customer, codes, program, len(records)), records))
        return prepared

    def _fold(self, prepared: Sequence[Prepared]) -> None:
        for memory, records in prepared:
            memory.fold(records, [])


def in_fold_order(stream: Stream) -> list[tuple[Event, ...]]:
    """Return the histories as the library folds them, ties settled."""
    lifecycle = Lifecycle()
    return [tuple(lifecycle.replay(history).events) for history in stream.histories]


def situations_without_time(stream: Stream) -> list[str]:
    """Return where the customers stand under the rule table without its time rows."""
    rows = tuple(rule for rule in DEFAULT_RULES if rule.kind != "time_passed")
    lifecycle = Lifecycle(rules=RuleTable(rows, version="without-time"))
    return [str(lifecycle.replay(history).customer.situation) for history in stream.histories]


def _customer(history: Sequence[Event]) -> Customer:
    return Customer(id=history[0].customer_id)
