"""What the strategies make: everything that is valid, within the bounds given, and small."""

from __future__ import annotations

import importlib
import importlib.util
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, find, given, settings, strategies as st
from hypothesis.errors import InvalidArgument

from lifecycle_model import (
    DEFAULT_RULES,
    EVENT_TYPES,
    KINDS,
    Axis,
    Customer,
    Event,
    Lifecycle,
    Policy,
    RuleTable,
    Situation,
    errors,
    parse_event,
    testing,
)
from lifecycle_model.rules.targets import STATES
from lifecycle_model.testing import (
    customers,
    event_logs,
    events,
    policies,
    rule_tables,
    tables,
)
from lifecycle_model.testing.steps import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable

START = datetime(2000, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
BERLIN = timezone(timedelta(hours=1))
FINDING = settings(
    max_examples=5_000, database=None, phases=(Phase.generate, Phase.shrink), deadline=None
)

Log = list[Event]


def smallest(strategy: st.SearchStrategy[Any], condition: Callable[[Any], object]) -> Any:
    """Return the simplest value that meets a condition."""
    return find(strategy, condition, settings=FINDING, random=Random(0))


# ---------------------------------------------------------------- events and logs


@pytest.mark.parametrize("cls", EVENT_TYPES, ids=lambda cls: cls.__name__)
def test_every_field_of_every_kind_is_made(cls: type[Any]) -> None:
    """A new field of an event must be told to the strategies."""
    assert set(cls.model_fields) - {"kind", "occurred_at"} <= set(FIELDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_made(kind: str) -> None:
    """The simplest event of a kind has its defaults, and happens at the first instant."""
    found = smallest(events(kinds=[kind]), lambda _: True)
    named = (found.customer_id, found.event_id, found.source, found.sequence)

    assert (kind, START) == (found.kind, found.occurred_at)
    assert named == ("a", None, "", 0)


@given(events(kinds=["purchase_completed", "offer_made"], customer_id="x", currency="EUR"))
def test_events_keep_to_what_they_are_given(event: Event) -> None:
    """Kinds, customer and currency are those of the arguments."""
    assert event.kind in {"purchase_completed", "offer_made"}
    assert event.customer_id == "x"
    assert getattr(event, "currency", None) in {None, "EUR"}
    assert event == parse_event(event.model_dump())


@given(
    event_logs(
        min_size=2,
        max_size=4,
        min_time=datetime(2024, 2, 28, 23, tzinfo=BERLIN),
        max_time=datetime(2024, 3, 1, tzinfo=UTC),
    )
)
def test_logs_keep_to_their_bounds(log: Log) -> None:
    """The number of events and their instants lie within the arguments."""
    assert 2 <= len(log) <= 4
    for event in log:
        assert datetime(2024, 2, 28, 22, tzinfo=UTC) <= event.occurred_at
        assert event.occurred_at <= datetime(2024, 3, 1, tzinfo=UTC)


@pytest.mark.untraced
@given(policies(), event_logs(customer_id="c", min_size=1))
def test_every_log_of_one_customer_folds(policy: Policy, log: Log) -> None:
    """From the first year to the last, at every offset, in one currency."""
    lifecycle = Lifecycle(policy.model_copy(update={"currency": None}))

    assert lifecycle.replay(log).customer.id == "c"


def names(log: Log) -> list[tuple[str, str]]:
    """Return the names of those events that have one."""
    return [(event.source, event.event_id) for event in log if event.event_id is not None]


SHAPES: dict[str, Callable[[Log], bool]] = {
    "ties": lambda log: len(log) > len({event.occurred_at for event in log}),
    "several customers": lambda log: len({event.customer_id for event in log}) > 1,
    "late rows": lambda log: any(
        one.occurred_at > other.occurred_at for one, other in pairwise(log)
    ),
    "equal copies": lambda log: any(
        one == other and one.event_id is not None for one, other in pairwise(log)
    ),
    "conflicting versions": lambda log: (
        len(set(names(log))) < len({event for event in log if event.event_id is not None})
    ),
}


@pytest.mark.untraced
@pytest.mark.parametrize("shape", SHAPES)
def test_logs_come_in_every_shape(shape: str) -> None:
    """Ties, late rows, copies, conflicts and several customers are shown by two events."""
    found = smallest(event_logs(max_size=4), SHAPES[shape])

    assert len(found) == 2
    assert max(event.occurred_at for event in found) <= START + DAY


@pytest.mark.untraced
def test_a_log_shrinks_to_what_matters() -> None:
    """Three purchases on three days make a regular customer, and nothing else is shown."""
    lifecycle, new = Lifecycle(), Customer(id="c")
    kinds = ("contacted", "purchase_completed", "product_used")
    found = smallest(
        event_logs(customer_id="c", kinds=kinds),
        lambda log: lifecycle.replay(log, customer=new).customer.situation == "regular",
    )

    assert [event.kind for event in found] == ["purchase_completed"] * 3
    assert [event.occurred_at for event in found] == [START, START + DAY, START + 2 * DAY]


# ---------------------------------------------------------------- policies, tables, customers


@pytest.mark.parametrize(
    ("field", "value"),
    [("complaints_tolerated", 1), ("window_days", 1), ("recovery_needs_confirmation", True)],
)
def test_a_policy_shrinks_to_what_matters(field: str, value: object) -> None:
    """Only the threshold asked for differs from the default policy, as little as can be."""
    default = getattr(Policy(), field)

    assert Policy(**{field: value}) == smallest(
        policies(), lambda policy: getattr(policy, field) != default
    )


@given(st.data())
def test_every_threshold_varies(data: st.DataObject) -> None:
    """Each field of a policy takes another value than the default in some policy."""
    name = data.draw(st.sampled_from(tuple(Policy.model_fields)))
    default = getattr(Policy(), name)
    some = policies().filter(lambda policy: getattr(policy, name) != default)

    assert isinstance(data.draw(some), Policy)


def test_a_table_shrinks_to_one_edit() -> None:
    """Removed, added and loosened rows are found, each alone."""
    removed = smallest(rule_tables(), lambda table: len(table) < len(DEFAULT_RULES))
    loosened = smallest(
        rule_tables(),
        lambda table: len(table) == len(DEFAULT_RULES) and table.rules != DEFAULT_RULES.rules,
    )
    added = smallest(rule_tables(), lambda table: len(table) > len(DEFAULT_RULES))

    assert set(removed) < set(DEFAULT_RULES)
    assert len(removed) == len(DEFAULT_RULES) - 1
    assert len(set(loosened) - set(DEFAULT_RULES)) == 1
    (new,) = set(added) - set(DEFAULT_RULES)
    assert new.guards == ()


@settings(max_examples=100, derandomize=True, database=None)
@given(policies().flatmap(lambda one: st.tuples(st.just(one), rule_tables(policy=one))))
def test_tables_for_a_policy_bear_it(both: tuple[Policy, RuleTable]) -> None:
    """`Lifecycle` refuses none of them."""
    policy, table = both

    assert Lifecycle(policy, table).rules == table


@pytest.mark.untraced
@given(customers(customer_id="x"))
def test_customers_can_be_stored(customer: Customer) -> None:
    """Whoever folded them, they are sound, and have the id asked for."""
    assert customer.id == "x"
    assert customer == Customer.from_json(customer.to_json())


@pytest.mark.untraced
@given(customers(lifecycle=Lifecycle(Policy.durables())))
def test_customers_fit_their_lifecycle(customer: Customer) -> None:
    """Their lifecycle can go on with them."""
    status = Lifecycle(Policy.durables()).status(customer)

    assert status.situation == customer.situation


@pytest.mark.untraced
def test_a_customer_shrinks_to_a_new_one() -> None:
    """The simplest has no history, and one who is dissatisfied has little more."""
    found = smallest(
        customers(lifecycle=Lifecycle()),
        lambda customer: customer.situation == Situation.DISSATISFIED,
    )

    assert smallest(customers(), lambda _: True) == Customer(id="a")
    assert found.restores_to == Situation.OCCASIONAL
    assert found.clock <= START + 2 * DAY


# ---------------------------------------------------------------- bad arguments


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: events(kinds=()), r"kinds=\(\) names no kind"),
        (lambda: events(kinds=("contactd",)), "did you mean 'contacted'"),
        (lambda: event_logs(customer_id=""), "customer_id='' is not a text"),
        (lambda: event_logs(currency=7), "currency=7 is not a text"),
        (lambda: events(min_time=datetime(2024, 1, 1)), "is not an aware datetime"),  # noqa: DTZ001
        (lambda: events(max_time="2024"), "max_time='2024' is not an aware datetime"),
        (lambda: events(min_time=datetime(1, 1, 1, tzinfo=UTC)), "is not within"),
        (lambda: events(min_time=START, max_time=START - DAY), "is after max_time"),
        (lambda: event_logs(min_size=3, max_size=2), "min_size"),
        (lambda: customers(lifecycle=Policy()), "is not a Lifecycle"),
        (lambda: customers(customer_id=""), "customer_id='' is not a text"),
        (lambda: rule_tables(policy="default"), "policy='default' is not a Policy"),
    ],
)
def test_a_bad_argument_is_told_when_drawn(make: Callable[[], Any], says: str) -> None:
    """Making the strategy is silent; drawing from it says what is wrong."""
    strategy = make()

    with pytest.raises(InvalidArgument, match=says):
        find(strategy, lambda _: True)


def test_without_the_extra_the_module_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Hypothesis is missing, the error names the extra."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)

    with pytest.raises(errors.MissingExtra, match=r"lifecycle-model\[testing\]"):
        importlib.reload(testing)


def test_behaviours_that_qualify_are_made() -> None:
    """Of an event without a lifecycle, those of the default policy."""
    default = Policy().qualifying_behaviours
    found = smallest(events(kinds=["interest_shown"]), lambda one: one.behaviour in default)

    assert found.behaviour in default


@pytest.mark.parametrize("axis", Axis)
def test_rows_by_which_time_moves_are_made(axis: Axis) -> None:
    """They lead away from where they ask, or the table would be refused."""
    found = smallest(
        tables._rules(),
        lambda row: (
            (row.axis, row.kind) == (axis, "time_passed") and row.target in STATES[axis]
        ),
    )

    assert found.target not in found.sources
