"""For each law a lifecycle that breaks it, and nothing that stands before it."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, settings, strategies as st

from lifecycle_model import (
    Customer,
    Deadline,
    Event,
    History,
    Lifecycle,
    OpenCase,
    Outcome,
    Policy,
    RuleCheck,
    Status,
    errors,
)
from lifecycle_model.decode import Decoder
from lifecycle_model.memory import Memory
from lifecycle_model.testing import check_lifecycle_laws
from lifecycle_model.testing.checking import hold_laws
from lifecycle_model.testing.laws import LAWS, name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DAY = timedelta(days=1)


def changed(outcome: Any, **fields: object) -> Any:
    """Return a history or an outcome whose customer is another one."""
    return replace(outcome, customer=outcome.customer.model_copy(update=fields))


class LastComeWins(Lifecycle):
    """Keeps what came last, not what happened last."""

    def replay(self, events: Any, **how: Any) -> History:
        """Note the kind of the last event to arrive."""
        log = list(events)
        return changed(super().replay(log, **how), situation_rule=log[-1].kind if log else None)


class CountsNoCopies(Lifecycle):
    """Drops copies without a word."""

    def replay(self, events: Any, **how: Any) -> History:
        """Count none."""
        return replace(super().replay(events, **how), duplicates=0)


class DropsTwins(Lifecycle):
    """Takes equal events without an id for copies."""

    def replay(self, events: Any, **how: Any) -> History:
        """Fold equal events once."""
        seen: list[Event] = []
        for event in events:
            if event.event_id is not None or event not in seen:
                seen.append(event)
        return super().replay(seen, **how)


class KnowsTheFuture(Lifecycle):
    """Folds what has not happened yet."""

    def replay(self, events: Any, *, as_of: Any = None, **how: Any) -> History:
        """Fold all there is."""
        log = list(events)
        latest = max((event.occurred_at for event in log), default=as_of)
        return super().replay(log, as_of=as_of and max(as_of, latest), **how)


class ForgetsIds(Lifecycle):
    """Does not know again what it folded last."""

    def replay(self, events: Any, *, customer: Any = None, **how: Any) -> History:
        """Continue a customer without ids."""
        forgetful = customer.model_copy(update={"clock_events": ()})
        return super().replay(events, customer=forgetful, **how)


class GoesBack(Lifecycle):
    """Stands still where asked to go back in time."""

    def advance(self, customer: Customer, *, to: datetime) -> Outcome:
        """Refuse nothing."""
        return super().advance(customer, to=max(to, customer.clock or to))


class CountsOneMore(Lifecycle):
    """Counts a purchase more when it goes on from a snapshot."""

    def replay(self, events: Any, *, customer: Any = None, **how: Any) -> History:
        """Continue a customer with one purchase more."""
        log = list(events)
        if log and customer.clock and min(one.occurred_at for one in log) > customer.clock:
            customer = customer.model_copy(update={"purchases": customer.purchases + 1})
        return super().replay(log, customer=customer, **how)


class CountsOneMoreInTime(Lifecycle):
    """Counts a purchase more when a snapshot goes on to an instant."""

    def replay(
        self, events: Any, *, customer: Any = None, as_of: Any = None, **how: Any
    ) -> History:
        """Continue a customer with one purchase more, if asked for an instant."""
        if as_of is not None and customer.clock is not None:
            customer = customer.model_copy(update={"purchases": customer.purchases + 1})
        return super().replay(events, customer=customer, as_of=as_of, **how)


class AppliesInItsOwnWay(Lifecycle):
    """Has a law of its own for single events."""

    def apply(self, customer: Customer, event: Event, **how: Any) -> Outcome:
        """Forget that anybody was reached."""
        outcome = super().apply(customer, event, **how)
        return outcome if outcome.duplicate else changed(outcome, reached=False)


class ChangesEvents(Lifecycle):
    """Writes on the events that it is given."""

    def apply(self, customer: Customer, event: Event, **how: Any) -> Outcome:
        """Count the times that an event is folded."""
        event.__dict__["sequence"] += 1
        return super().apply(customer, event, **how)


class NeverStrict(Lifecycle):
    """Takes refusals lightly."""

    def apply(self, customer: Customer, event: Event, **how: Any) -> Outcome:
        """Raise nothing."""
        return super().apply(customer, event, **{**how, "strict": False})


class LosesItsPolicy(Lifecycle):
    """Arrives in another process with the default policy."""

    def __reduce__(self) -> Any:
        return Lifecycle, ()


class ExplainsNothing(Lifecycle):
    """Leaves rows out when asked why not."""

    def why_not(self, *what: Any, **how: Any) -> tuple[RuleCheck, ...]:
        """Leave the first row out."""
        return super().why_not(*what, **how)[1:]


class Hesitates(Lifecycle):
    """Tells deadlines a day too late."""

    def next_deadline(self, customer: Customer) -> Deadline | None:
        """Add a day."""
        found = super().next_deadline(customer)
        return found and replace(found, occurred_at=found.occurred_at + DAY)


class Timeless(Lifecycle):
    """Knows no deadline."""

    def next_deadline(self, customer: Customer) -> Deadline | None:
        """Find none."""
        del customer


class ForgetsInLongTimes(Lifecycle):
    """Forgets whom it reached when days go by together."""

    def advance(self, customer: Customer, *, to: datetime) -> Outcome:
        """Forget in more than a day."""
        outcome = super().advance(customer, to=to)
        long = customer.clock is not None and to - customer.clock > DAY
        return changed(outcome, reached=False) if long else outcome


class ForgetsInShortTimes(Lifecycle):
    """Forgets whom it reached when less than a day goes by."""

    def advance(self, customer: Customer, *, to: datetime) -> Outcome:
        """Forget in less than a day."""
        outcome = super().advance(customer, to=to)
        short = customer.clock is not None and to - customer.clock < DAY
        return changed(outcome, reached=False) if short else outcome


class ForgetsAsOf(Lifecycle):
    """Forgets whom it reached when asked how things stand at an instant."""

    def replay(self, events: Any, *, as_of: Any = None, **how: Any) -> History:
        """Forget at an instant."""
        history = super().replay(events, as_of=as_of, **how)
        return changed(history, reached=False) if as_of else history


class EagerDeadlines(Lifecycle):
    """Sees deadlines before anything happened."""

    def next_deadline(self, customer: Customer) -> Deadline | None:
        """Find one for everybody."""
        if customer.clock is None:
            return Deadline(datetime(2024, 1, 1, tzinfo=UTC), ())
        return super().next_deadline(customer)


class ForgetsTheQuestion(Lifecycle):
    """Gives a status for no instant where one was asked for."""

    def status(self, customer: Customer, *, as_of: datetime | None = None) -> Status:
        """Forget the instant."""
        status = super().status(customer, as_of=as_of)
        return replace(status, as_of=None) if as_of else status


class HatesPraise(Lifecycle):
    """Cannot bear some scores."""

    def replay(self, events: Any, **how: Any) -> History:
        """Raise what no verb should raise."""
        if any(getattr(event, "score", 0) > 6 for event in events):
            raise RuntimeError("I hate praise")
        return super().replay(events, **how)


def forget_reached(patch: pytest.MonkeyPatch) -> None:
    """Let stored customers lose a field."""
    write = Customer.to_json
    patch.setattr(
        Customer, "to_json", lambda one: write(one.model_copy(update={"reached": False}))
    )


def turn_moves(patch: pytest.MonkeyPatch) -> None:
    """Let every move begin where it ends."""
    tell = Decoder.transitions
    patch.setattr(
        Decoder,
        "transitions",
        lambda self, all_: [replace(move, before=move.after) for move in tell(self, all_)],
    )


def lose_evidence(patch: pytest.MonkeyPatch) -> None:
    """Let moves give no reason."""
    tell = Decoder.transitions
    patch.setattr(
        Decoder,
        "transitions",
        lambda self, all_: [replace(move, evidence=()) for move in tell(self, all_)],
    )


def lose_checks(patch: pytest.MonkeyPatch) -> None:
    """Let refusals list no row."""
    tell = Decoder.refusals
    patch.setattr(
        Decoder,
        "refusals",
        lambda self, all_: [replace(one, checks=()) for one in tell(self, all_)],
    )


def keep_a_case(patch: pytest.MonkeyPatch) -> None:
    """Let every customer have a case that nobody opened."""
    pack = Memory.pack
    stray = OpenCase(id="nobody's", complaint=False)

    def packed(memory: Memory, known: Any) -> Customer:
        customer = pack(memory, known)
        cases = {one.id: one for one in (*customer.open_cases, stray)}
        ordered = tuple(cases[name] for name in sorted(cases))
        return customer.model_copy(update={"open_cases": ordered})

    patch.setattr(Memory, "pack", packed)


BROKEN: dict[str, type[Lifecycle] | Callable[[pytest.MonkeyPatch], None]] = {
    "arrival order changes nothing": LastComeWins,
    "copies are counted and change nothing": CountsNoCopies,
    "events without an id are no copies": DropsTwins,
    "the future is set aside": KnowsTheFuture,
    "a repeat at the clock is dropped": ForgetsIds,
    "the past is refused": GoesBack,
    "a customer goes to json and back": forget_reached,
    "two parts equal the whole": CountsOneMore,
    "a snapshot at any instant changes nothing": CountsOneMoreInTime,
    "event by event equals replay": AppliesInItsOwnWay,
    "the same question has the same answer": ChangesEvents,
    "strict raises where an axis refuses": NeverStrict,
    "moves are a chain": turn_moves,
    "a lifecycle goes to another process": LosesItsPolicy,
    "evidence of a move holds again": lose_evidence,
    "a refusal says what is missing": lose_checks,
    "why not names every row that leads there": ExplainsNothing,
    "a deadline tells exactly what fires": Hesitates,
    "without a deadline nothing fires": Timeless,
    "one step equals day by day": ForgetsInLongTimes,
    "a stop on the way changes nothing": ForgetsInShortTimes,
    "as of equals advance": ForgetsAsOf,
    "before the first event there is no time": EagerDeadlines,
    "asking changes nothing": ForgetsTheQuestion,
    "a snapshot is bounded": keep_a_case,
}
"""By the name of the law: a lifecycle that breaks it, or a fault put into the library."""


@pytest.fixture
def only_finding() -> Iterator[None]:
    """Let Hypothesis find, and not make smaller what it found: that takes longest."""
    before = settings.get_current_profile_name()
    settings.register_profile("only finding", settings(), phases=(Phase.generate,))
    settings.load_profile("only finding")
    yield
    settings.load_profile(before)


def test_each_law_has_its_lifecycle() -> None:
    """No law is without a lifecycle that breaks it."""
    assert list(map(name_of, LAWS)) == list(BROKEN)


# What a law is broken with may be long to print, before it has been made small.
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@pytest.mark.usefixtures("only_finding")
@pytest.mark.parametrize("law", BROKEN)
def test_the_law_that_broke_is_named(law: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names it, and no law that stands before it."""
    fault = BROKEN[law]
    policy = Policy(lapsed_days=400)
    if isinstance(fault, type):
        lifecycle = fault(policy)
    else:
        fault(monkeypatch)
        lifecycle = Lifecycle(policy)
    up_to_it = LAWS[: list(BROKEN).index(law) + 1]
    with pytest.raises(errors.LawBroken) as caught:
        hold_laws(st.just(lifecycle), up_to_it, max_examples=400)

    assert law == caught.value.law
    assert caught.value.details
    assert all(event.customer_id == "c" for event in caught.value.history)


def test_the_history_is_minimal() -> None:
    """What is shown is no more than what breaks the law, in a form that can be read again."""
    with pytest.raises(errors.LawBroken) as caught:
        check_lifecycle_laws(AppliesInItsOwnWay())
    broken = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - bytes made here

    assert [event.kind for event in broken.history] == ["contacted"]
    assert broken.details == "customer: reached: expected True, found False"
    assert str(broken) == (
        "law 'event by event equals replay' is broken: "
        "customer: reached: expected True, found False\n"
        "  by this history:\n"
        '  {"kind": "contacted", "customer_id": "c", "occurred_at": "2000-01-01T00:00:00Z"}'
    )


@pytest.mark.untraced
def test_an_error_that_no_verb_should_raise_breaks_a_law() -> None:
    """Something that a lifecycle cannot fold is told as a broken law, with the error."""
    with pytest.raises(errors.LawBroken) as caught:
        check_lifecycle_laws(HatesPraise(), max_examples=400)

    assert [event.score for event in caught.value.history] == [7]
    assert caught.value.details == "RuntimeError: I hate praise"
    assert isinstance(caught.value.__cause__, RuntimeError)
