"""Machines over objects of the user's own."""

from __future__ import annotations

import pickle
import subprocess
import sys
import tracemalloc
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import String, Text, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from lifecycle_model import (
    Axis,
    BuyingPosition,
    Customer,
    Lifecycle,
    Policy,
    Situation,
    errors,
    parse_event,
)
from lifecycle_model.kernel import layout

START = datetime(2024, 1, 1, tzinfo=UTC)
LIFECYCLE = Lifecycle()


def event(kind: str, day: int = 0, **fields: Any) -> Any:
    """Return an event of customer c on a day."""
    at = START + timedelta(days=day)
    return parse_event({"kind": kind, "customer_id": "c", "occurred_at": at, **fields})


class Plain:
    """A class as people write them."""

    def __init__(self) -> None:
        self.situation: str | None = None


class Slotted:
    """A class that has room for nothing else."""

    __slots__ = ("crm", "state", "where")

    def __init__(self) -> None:
        self.state = self.where = self.crm = None


@dataclass
class Record:
    """A dataclass with names of its own; two of them are equal."""

    state: str | None = None
    where: str | None = None
    crm: str | None = None


class Base(DeclarativeBase):
    """The tables of the tests."""


class Row(Base):
    """A mapped class whose customer is stored beside it."""

    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str | None] = mapped_column(String(20))
    where: Mapped[str | None] = mapped_column(String(30))
    crm: Mapped[str | None] = mapped_column(Text)


NAMES = {"situation": "state", "position": "where", "snapshot": "crm"}


def test_plain_object_gets_its_attribute_and_nothing_else() -> None:
    """Only the attribute that was named is set; the customer is the machine's."""
    thing = Plain()
    machine = LIFECYCLE.machine(thing)

    outcome = machine.fire(event("purchase_completed"))

    assert vars(thing) == {"situation": Situation.OCCASIONAL}
    assert outcome.customer == machine.customer


@pytest.mark.parametrize("make", [Slotted, Record])
def test_snapshot_lives_in_the_object(make: type) -> None:
    """What is stored in the object is enough for another machine to go on."""
    thing = make()
    LIFECYCLE.machine(thing, **NAMES).fire(event("supplier_chosen", opportunity_id="a"))

    machine = LIFECYCLE.machine(thing, **NAMES)
    machine.fire(event("purchase_completed", 1, opportunity_id="a"))

    assert (thing.state, thing.where) == ("occasional", "implementation")
    assert Customer.from_json(thing.crm) == machine.customer


def test_mapped_row_survives_its_session() -> None:
    """A row of SQLAlchemy is stored, loaded and driven on."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        row = Row(id="c")
        session.add(row)
        LIFECYCLE.machine(row, **NAMES).fire(event("purchase_completed"))
        session.commit()
    with Session(engine) as session:
        row = session.get_one(Row, "c")
        machine = LIFECYCLE.machine(row, **NAMES)
        machine.fire(event("case_opened", 1, case_id="k", complaint=True))
        session.commit()
    with Session(engine) as session:
        row = session.get_one(Row, "c")

        assert (row.state, row.where) == ("dissatisfied", "implementation")
        assert Customer.from_json(row.crm or "").restores_to == "occasional"
    engine.dispose()


def test_callbacks_stand_around_the_move() -> None:
    """Before a move the object has its old state, after it the new one."""
    calls: list[tuple[str, str, str]] = []

    def note(name: str) -> Any:
        return lambda thing, move: calls.append((name, thing.situation, move.rule))

    thing = SimpleNamespace(situation=None)
    machine = LIFECYCLE.machine(
        thing,
        before=note("before"),
        after=note("after"),
        leave={Situation.OCCASIONAL: note("leave")},
        enter={Situation.DISSATISFIED: note("enter")},
    )
    machine.fire(event("purchase_completed", opportunity_id="a"))
    machine.fire(event("value_delivered", 1, opportunity_id="a"))
    calls.clear()

    machine.fire(event("survey_answered", 2, score=0))

    assert calls == [
        ("before", "occasional", "detractor"),
        ("leave", "occasional", "detractor"),
        ("enter", "dissatisfied", "detractor"),
        ("after", "dissatisfied", "detractor"),
    ]


def test_time_moves_the_object() -> None:
    """A move that only time makes is told to the callbacks, stamped with its midnight."""
    moves = []
    thing = SimpleNamespace(situation=None)
    machine = LIFECYCLE.machine(thing, after=lambda _, move: moves.append(move))
    machine.fire(event("lead_qualified"))

    machine.advance(to=START + timedelta(days=200))

    assert thing.situation == "non_customer"
    assert [(move.rule, move.occurred_at) for move in moves[1:]] == [
        ("went-cold", START + timedelta(days=90))
    ]


def test_time_within_a_day_moves_nothing() -> None:
    """Time acts at midnights only; the clock goes on all the same."""
    machine = LIFECYCLE.machine(SimpleNamespace(situation=None))
    machine.fire(event("lead_qualified"))

    machine.advance(to=START + timedelta(hours=1))

    assert machine.customer is not None
    assert machine.customer.clock == START + timedelta(hours=1)


def test_time_before_the_first_event() -> None:
    """A customer without events has no clock that could go on."""
    machine = LIFECYCLE.machine(SimpleNamespace(situation=None))

    assert machine.advance(to=START) is None
    assert machine.customer is None


def test_failing_callback_takes_everything_back() -> None:
    """An error in a callback comes through, and the event has not happened."""
    thing = Record()
    machine = LIFECYCLE.machine(thing, **NAMES, enter={Situation.REGULAR: lambda *_: 1 / 0})
    for day in range(2):
        machine.fire(event("purchase_completed", day))
    before = Record(thing.state, thing.where, thing.crm)

    with pytest.raises(ZeroDivisionError):
        machine.fire(event("purchase_completed", 2))

    assert thing == before
    assert machine.customer == Customer.from_json(before.crm or "")


def test_strict_refusal_changes_nothing() -> None:
    """A refusal that is raised leaves both axes where they were."""
    lifecycle = Lifecycle(Policy(max_positions_skipped=0))
    thing = SimpleNamespace(situation=None)
    machine = lifecycle.machine(thing)

    with pytest.raises(errors.TransitionRefused):
        machine.fire(event("supplier_chosen"), strict=True)

    assert thing.situation is None


def test_now_guards_against_the_future() -> None:
    """An event after `now` is refused as `apply` refuses it."""
    machine = LIFECYCLE.machine(SimpleNamespace(situation=None))

    with pytest.raises(errors.FutureEvent):
        machine.fire(event("purchase_completed", 9), now=START)


def test_given_customer() -> None:
    """An object may begin where its customer stands."""
    customer = LIFECYCLE.apply(Customer(id="c"), event("purchase_completed")).customer
    thing = SimpleNamespace(situation="occasional")
    machine = LIFECYCLE.machine(thing, customer=customer)

    machine.fire(event("customer_left", 1))

    assert thing.situation == "non_customer"


def test_cleared_snapshot_begins_anew() -> None:
    """Who empties the stored customer has a new one."""
    thing = Record()
    machine = LIFECYCLE.machine(thing, **NAMES)
    machine.fire(event("purchase_completed"))
    thing.state = thing.where = thing.crm = None

    assert machine.customer is None


@pytest.mark.parametrize(
    ("make", "kept"),
    [
        (lambda: SimpleNamespace(situation="regular"), None),
        (lambda: SimpleNamespace(situation="regular"), Customer(id="c")),
    ],
)
def test_object_that_says_something_else(make: Any, kept: Customer | None) -> None:
    """An object and a customer that disagree are not driven."""
    with pytest.raises(errors.StateDisagrees) as caught:
        LIFECYCLE.machine(make(), customer=kept)

    assert str(caught.value).startswith(
        "SimpleNamespace.situation is 'regular', its customer is 'non_customer': give the"
    )


def test_missing_attributes_are_named() -> None:
    """An object without the attributes gives one error with their names, before any event."""
    with pytest.raises(errors.MissingAttributes) as one:
        LIFECYCLE.machine(object())
    with pytest.raises(errors.MissingAttributes) as two:
        LIFECYCLE.machine(Plain(), position="where", snapshot="crm")

    assert str(one.value) == (
        "object has no attribute 'situation': add it with None as its first value, or name "
        "another one when you ask for the machine"
    )
    assert two.value.attributes == ("where", "crm")
    assert "Plain has no attributes 'where', 'crm'" in str(two.value)
    assert pickle.loads(pickle.dumps(one.value)).attributes == ("situation",)  # noqa: S301


@dataclass(frozen=True)
class Frozen:
    """A value."""

    situation: str | None = None


@pytest.mark.parametrize(
    ("thing", "reason"),
    [(Customer(id="c"), "a pydantic model"), (Frozen(), "a frozen dataclass")],
)
def test_values_are_no_live_objects(thing: Any, reason: str) -> None:
    """What does not change is sent to `apply`."""
    with pytest.raises(errors.NotLive) as caught:
        LIFECYCLE.machine(thing)

    assert str(caught.value) == (
        f"{type(thing).__name__} is {reason} and does not change: "
        "use Lifecycle.apply, which gives a new customer for each event"
    )


def test_bad_callbacks_are_all_named() -> None:
    """Strings are no callbacks and misspelt states no states; every mistake is told."""
    bad: Any = "notify"
    states: Any = {"regula": print}

    with pytest.raises(errors.InvalidCallbacks) as caught:
        LIFECYCLE.machine(Plain(), before=bad, leave=states, enter={Situation.REGULAR: bad})

    assert str(caught.value).split("\n  ") == [
        "machine is not valid:",
        "before: 'notify': is not callable: give a function of the object and the move",
        "leave: 'regula': is not a state: did you mean 'regular'?",
        "enter.regular: 'notify': is not callable: give a function of the object and the move",
    ]


@pytest.mark.untraced
def test_many_objects_cost_no_registration() -> None:
    """100,000 objects, equal ones among them: no machine knows any, and each costs the same."""
    first = LIFECYCLE.machine(Plain())
    things = [Plain() for _ in range(100_000)]
    tracemalloc.start()
    live = [first.over(thing) for thing in things[:10_000]]
    few, _ = tracemalloc.get_traced_memory()
    live += [first.over(thing) for thing in things[10_000:]]
    many, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    live[-1].fire(event("purchase_completed"))

    assert [machine.models for machine in first.machines.values()] == [[], []]
    assert many / few < 12
    assert many < 200 * len(live)
    assert [thing.situation for thing in things[-2:]] == [None, "occasional"]
    assert all(one.machines is first.machines for one in live)


def test_equal_objects_are_two() -> None:
    """Two equal dataclasses are driven apart."""
    one, two = Record(), Record()
    machine = LIFECYCLE.machine(one, situation="state")
    other = machine.over(two)

    machine.fire(event("lead_qualified"))

    assert (one.state, two.state) == ("potential", None)
    assert other.customer is None


def test_machines_hold_no_strings_and_no_magic() -> None:
    """Every guard is a callable, no automatic transition was added, and no row is missing."""
    machines = LIFECYCLE.machine(Plain()).machines
    found = set()
    for axis, machine in machines.items():
        for name, one in machine.events.items():
            for rows in one.transitions.values():
                for row in rows:
                    found.add((axis, LIFECYCLE.program.rules[row.before[0].row].id))
                    assert all(callable(condition.func) for condition in row.conditions)
            assert not name.startswith("to_")

    assert found == {(rule.axis, rule.id) for rule in LIFECYCLE.rules}
    assert list(machines[Axis.POSITION].states) == [*BuyingPosition]


def test_lifecycle_pickles_after_use() -> None:
    """The machines are built again where the lifecycle wakes up."""
    lifecycle = Lifecycle()
    lifecycle.machine(Plain()).fire(event("purchase_completed"))

    again = pickle.loads(pickle.dumps(lifecycle))  # noqa: S301

    assert again == lifecycle
    assert again.machine(Plain()).fire(event("lead_qualified")).transitions != ()


def test_transitions_is_imported_when_asked_for() -> None:
    """Who folds only does not wait for it."""
    code = (
        "import sys, lifecycle_model as l, types\n"
        "print('transitions' in sys.modules)\n"
        "l.Lifecycle().machine(types.SimpleNamespace(situation=None))\n"
        "print('transitions' in sys.modules)"
    )

    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8"
    )

    assert printed.stdout.split() == ["False", "True"]


def test_money_beyond_every_engine() -> None:
    """Where amounts overflow the object is as it was."""
    thing = SimpleNamespace(situation=None)
    machine = LIFECYCLE.machine(thing)
    customer = LIFECYCLE.apply(Customer(id="c"), event("purchase_completed")).customer
    full = customer.window.__class__(customer.window.days, (1,), (layout.MONEY_LIMIT - 1,))
    machine = machine.over(
        SimpleNamespace(situation="occasional"), customer.model_copy(update={"window": full})
    )

    with pytest.raises(errors.RevenueOverflow):
        machine.fire(event("purchase_completed", 1, amount="0.0001"))

    assert machine.obj.situation == "occasional"
