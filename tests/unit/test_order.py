from __future__ import annotations

import random
from typing import Any

import pytest

from lifecycle_model import KINDS, Customer, parse_event
from lifecycle_model.errors import LateEvent, NotAnEvent, WrongCustomer
from unit.making import LIFECYCLE, event, folded, on, purchase
from unit.test_events import OWN

CONTACT = "contact_identified"


def used(day: float = 0, **fields: Any) -> Any:  # noqa: ANN401
    """Return a use of the product."""
    return event("product_used", day, **fields)


# Pairs of which the first folds first: what decides stands against all that comes after it.
DECIDED = {
    "time": (
        used(0, sequence=9, source="z", event_id="z"),
        event(CONTACT, 1, sequence=0, source="a"),
    ),
    "microsecond": (
        used(0, sequence=9),
        event(CONTACT, occurred_at="2024-01-01T00:00:00.000001Z"),
    ),
    "time zone": (
        used(occurred_at="2024-01-01T02:00:00+02:00", sequence=0),
        event(CONTACT, occurred_at="2024-01-01T00:00:00Z", sequence=1),
    ),
    "sequence": (
        used(0, sequence=-1, source="z", event_id="z"),
        event(CONTACT, 0, sequence=0, source="a"),
    ),
    "sequence by number": (used(0, sequence=9), event(CONTACT, 0, sequence=10)),
    "kind": (
        event("survey_answered", 0, score=1, source="z", event_id="z"),
        event("action_taken", 0, action_id="a", source="a"),
    ),
    "source": (used(0, source="a", event_id="z"), used(0, source="b")),
    "source by code point": (used(0, source="Z"), used(0, source="a")),
    "source beyond the plane": (used(0, source="\uffff"), used(0, source="\U0001f600")),
    "no event id first": (
        event("survey_answered", 0, score=9),
        event("survey_answered", 0, score=1, event_id="a"),
    ),
    "event id": (
        event("survey_answered", 0, score=9, event_id="a"),
        event("survey_answered", 0, score=1, event_id="b"),
    ),
    "event id by code point": (used(0, event_id="10"), used(0, event_id="9")),
    "content": (event("contacted", 0, channel="a"), event("contacted", 0, channel="b")),
    "content as text": (
        event("survey_answered", 0, score=10),
        event("survey_answered", 0, score=9),
    ),
}


@pytest.mark.parametrize("name", DECIDED)
def test_fold_order(name: str) -> None:
    """Each part of the key decides before all later parts, whichever event arrives first."""
    first, second = DECIDED[name]

    assert (first, second) == LIFECYCLE.replay([first, second]).events
    assert (first, second) == LIFECYCLE.replay([second, first]).events


def test_kinds_of_one_instant() -> None:
    """Events of one instant fold in the order of the kinds' table."""
    events = [event(kind, 0, **OWN[kind]) for kind in KINDS if kind != "purchase_reversed"]
    events.append(event("purchase_reversed", 0, amount=1, currency="EUR"))
    shuffled = random.Random(7).sample(events, len(events))  # noqa: S311

    assert list(KINDS) == [one.kind for one in LIFECYCLE.replay(shuffled).events]


def test_ties_among_others() -> None:
    """Ties are put in order wherever they stand, and nothing else moves."""
    events = [used(0), used(1, sequence=2), used(1, sequence=1), used(2), used(3, source="b")]
    events.append(used(3, source="a"))

    ordered = LIFECYCLE.replay(events).events

    assert (events[0], events[2], events[1], events[3], events[5], events[4]) == ordered


def test_any_iterable() -> None:
    """Events may come from a generator; the caller's list is left as it is."""
    events = [used(1), used(0)]

    assert LIFECYCLE.replay(iter(events)).events == (events[1], events[0])
    assert events == [used(1), used(0)]


def test_duplicate() -> None:
    """An equal copy is dropped and counted."""
    one = purchase(0, event_id="e", amount="1.5")
    copy = purchase(0, event_id="e", amount="1.5000")

    history = LIFECYCLE.replay([one, copy, one])

    assert (len(history.events), history.duplicates, history.conflicts) == (1, 2, ())
    assert history.customer.purchases == 1


def test_no_duplicates_without_a_name() -> None:
    """Equal events without an event_id are several events."""
    history = LIFECYCLE.replay([purchase(0), purchase(0)])

    assert (history.customer.purchases, history.duplicates) == (2, 0)


def test_names_belong_to_a_source() -> None:
    """The same event_id from two sources names two events."""
    history = LIFECYCLE.replay(
        [purchase(0, event_id="e"), purchase(0, event_id="e", source="b")]
    )

    assert (history.customer.purchases, history.duplicates) == (2, 0)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2)])
def test_conflict(order: tuple[int, ...]) -> None:
    """Of two contents under one name the first in fold order counts, the other is reported."""
    kept = purchase(0, event_id="e", amount=1)
    dropped = purchase(1, event_id="e", amount=2)
    events = [kept, dropped, dropped, purchase(2, event_id="f")]

    history = LIFECYCLE.replay([events[n] for n in order])

    assert [(kept, dropped)] == [(one.kept, one.dropped) for one in history.conflicts]
    assert (kept, events[3]) == history.events
    assert history.duplicates == 1


def test_conflicts_with_the_first() -> None:
    """Every other content is reported beside the one that counts."""
    events = [event("survey_answered", day, score=day, event_id="e") for day in range(3)]

    conflicts = LIFECYCLE.replay(events).conflicts

    assert [(events[0], events[1]), (events[0], events[2])] == [
        (one.kept, one.dropped) for one in conflicts
    ]


def test_unnamed_beside_duplicates() -> None:
    """Events without a name stay where they are while copies are dropped."""
    named = used(1, event_id="e")

    history = LIFECYCLE.replay([used(0), named, named, used(2)])

    assert (used(0), named, used(2)) == history.events


def test_future() -> None:
    """Events after as_of are set aside first: they count neither as copies nor as conflicts."""
    now = purchase(0, event_id="e")
    later = [purchase(3, event_id="e"), purchase(2, event_id="e")]

    history = LIFECYCLE.replay([*later, now], as_of=on(1))

    assert ((now,), (later[1], later[0])) == (history.events, history.future)
    assert (history.duplicates, history.conflicts) == (0, ())


def test_at_as_of() -> None:
    """An event at as_of itself is not future."""
    assert LIFECYCLE.replay([used(1)], as_of=on(1)).future == ()


def test_only_future() -> None:
    """A customer of whom only the future is told is a new one."""
    history = LIFECYCLE.replay([purchase(2)], as_of=on(1))

    assert Customer(id="c") == history.customer
    assert (purchase(2),) == history.future


def test_repeat_at_the_clock() -> None:
    """A snapshot drops a repeat of its clock's own instant, whatever the content."""
    customer = folded(used(0), used(1, event_id="e"), used(1, event_id="f", source="s"))
    repeats = [used(1, event_id="e"), used(1, event_id="f", source="s", sequence=5)]

    history = LIFECYCLE.replay([*repeats, used(1, event_id="g")], customer=customer)

    assert (history.duplicates, history.conflicts) == (2, ())
    assert (used(1, event_id="g"),) == history.events
    assert history.customer.clock_events == (("", "e"), ("", "g"), ("s", "f"))


def test_name_of_the_clock_later() -> None:
    """A snapshot forgets names: after its clock's instant the same name is another event."""
    customer = folded(used(1, event_id="e"))

    history = LIFECYCLE.replay([used(2, event_id="e")], customer=customer)

    assert (len(history.events), history.duplicates) == (1, 0)


def test_late_event() -> None:
    """An event before the snapshot's clock is refused: the earliest, with all that it says."""
    customer = folded(used(5))

    with pytest.raises(LateEvent) as caught:
        LIFECYCLE.replay(
            [used(4, event_id="b"), used(3, event_id="a"), used(6)], customer=customer
        )

    error = caught.value
    assert ("c", on(3), on(5), "a") == (
        error.customer_id,
        error.at,
        error.clock,
        error.event_id,
    )


@pytest.mark.parametrize(
    ("ids", "customer", "own", "found"),
    [
        (["a", "b"], None, "a", "b"),
        (["b", "a", "c"], None, "b", "a"),
        (["b"], "a", "a", "b"),
        (["a", "b"], "a", "a", "b"),
    ],
)
def test_wrong_customer(ids: list[str], customer: str | None, own: str, found: str) -> None:
    """The events of one replay are of one customer."""
    events = [used(day, customer_id=name) for day, name in enumerate(ids)]
    snapshot = None if customer is None else Customer(id=customer)

    with pytest.raises(WrongCustomer) as caught:
        LIFECYCLE.replay(events, customer=snapshot)

    assert (own, found) == (caught.value.customer_id, caught.value.found)


@pytest.mark.parametrize("strange", [{"kind": "product_used"}, "product_used", None, 5])
def test_not_an_event(strange: Any) -> None:  # noqa: ANN401
    """What did not pass the door is named by its type."""
    with pytest.raises(NotAnEvent) as caught:
        LIFECYCLE.replay([used(0), strange])

    assert type(strange).__name__ == caught.value.found


def test_subclass_is_not_an_event() -> None:
    """A user's own subclass has no place in the law."""

    class Login(type(used())):
        pass

    with pytest.raises(NotAnEvent, match="Login is not an event"):
        LIFECYCLE.replay([Login(**used().model_dump())])


def test_names_sort_by_code_point() -> None:
    """Opportunities answer in the order of their ids by code point, however they came."""
    names = ["b", "a", "Z", "10", "9", "é", "\U0001f600"]
    events = [event("need_recognized", 0, opportunity_id=name) for name in names]

    customer = folded(*events)
    left = LIFECYCLE.apply(customer, event("customer_left", 1))

    assert sorted(names) == [one.id for one in customer.opportunities]
    assert [*sorted(names), None] == [one.opportunity_id for one in left.transitions]


def test_same_event_parsed_twice() -> None:
    """Copies are told by content, not by identity."""
    one = parse_event(used(0, event_id="e").model_dump_json())

    assert LIFECYCLE.replay([one, used(0, event_id="e")]).duplicates == 1
