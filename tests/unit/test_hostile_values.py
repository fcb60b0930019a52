"""What is too long, too deep or too large: a right answer, or one error that can be read."""

from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_model import (
    EVENT_TYPES,
    Customer,
    LifecycleError,
    Playbook,
    Policy,
    Situation,
    errors,
    parse_event,
)
from lifecycle_model.errors import did_you_mean
from lifecycle_model.events import Id, Text
from unit.making import LIFECYCLE, event, on

if TYPE_CHECKING:
    from collections.abc import Callable

LONG = "x" * 10_000_000
DEEP = "[" * 100_000
DIGITS = "9" * 100_000
EVENT = '{"kind":"purchase_completed","customer_id":"c","occurred_at":"2024-05-01T12:00:00Z",'
AT = datetime(2024, 5, 1, 12, tzinfo=UTC)
READABLE = 60_000
"""Characters of the longest message: a hundred problems, each with all names that there are."""


def brief(value: object) -> str:
    """Return a name for a value that may be long."""
    return ascii(value)[:40]


def text_fields() -> list[tuple[str, str]]:
    """Return a kind for each field that holds text."""
    found = {
        name: cls.model_fields["kind"].default
        for cls in EVENT_TYPES
        for name, field in cls.model_fields.items()
        if field.annotation in (str, str | None, Text | None, Id | None)
    }
    return sorted((kind, name) for name, kind in found.items())


@pytest.mark.parametrize(("kind", "name"), text_fields())
def test_a_text_may_be_long(kind: str, name: str) -> None:
    """A text of 10 million characters is kept and folded like any other."""
    needs: dict[str, Any] = {
        "amount": 1,
        "behaviour": "b",
        "channel": "email",
        "allowed": True,
        "case_id": "k",
        "score": 5,
        "action_id": "a",
        "actor": "ana",
        "reason": "r",
        "situation": "regular",
    }
    cls = next(one for one in EVENT_TYPES if one.model_fields["kind"].default == kind)
    given = {field: value for field, value in needs.items() if field in cls.model_fields}
    given = {"customer_id": "c", "occurred_at": "2024-05-01T12:00:00Z", **given, name: LONG}
    if kind == "manual_correction" and name == "opportunity_id":
        given["position"] = "needs_recognition"
        del given["situation"]

    found = parse_event(json.dumps({"kind": kind, **given}))

    assert getattr(found, name) == LONG
    assert LIFECYCLE.replay([found]).events == (found,)


def refused(read: Callable[[], object]) -> str:
    """Return the message of the library's own error, which is not long."""
    with pytest.raises(LifecycleError) as caught:
        read()
    assert len(str(caught.value)) < READABLE
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f'{EVENT}"{LONG}":1}}', "xxx...: 1: is not a known field"),
        (f'{EVENT}"event_id":["{LONG}"]}}', "event_id: ['xxx"),
        (EVENT.replace("purchase_completed", LONG), "Invalid JSON"),
        (LONG, "Invalid JSON"),
        (DEEP, "recursion limit exceeded"),
        (f'{EVENT}"x":{DEEP}{DEEP.replace("[", "]")}}}', "recursion limit exceeded"),
        (f'{EVENT}"sequence":{DIGITS}}}', "number out of range"),
        (f'{EVENT}"amount":{DIGITS}}}', "number out of range"),
        (f'{EVENT}"amount":"{DIGITS}"}}', "less than or equal to 100000000000"),
        (f'{EVENT}"amount":"1e999999999"}}', "less than or equal to 100000000000"),
        (f'{EVENT}"amount":"1e-999999999"}}', "no more than 4 decimal places"),
        (f'{EVENT}"amount":1e999999999}}', "finite number"),
        (f'{EVENT}"amount":NaN}}', "finite number"),
        (f'{EVENT}"amount":-Infinity}}', "finite number"),
        (f'{EVENT}"event_id":"\\ud800"}}', "Invalid JSON"),
        (
            f"{EVENT}{','.join(f'{chr(34)}f{number}{chr(34)}:1' for number in range(5000))}}}",
            "... and 4,900 more",
        ),
    ],
    ids=brief,
)
def test_event_in_json(text: str, told: str) -> None:
    """The error says what is wrong, and does not repeat all that was given."""
    assert told in refused(lambda: parse_event(text))


def test_event_of_python_values() -> None:
    """Values that cannot even be written out are refused all the same."""
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    raw = json.loads(f'{EVENT}"event_id":"e"}}')

    for name in ("reason", "event_id", "amount", "order_id"):
        assert f"{name}: a list: " in refused(lambda name=name: parse_event(raw | {name: deep}))
    assert "sequence: a int: " in refused(lambda: parse_event(raw | {"sequence": 10**100_000}))
    assert "is not a known kind" in refused(lambda: parse_event(raw | {"kind": LONG}))


@pytest.mark.parametrize(
    "amount", ["0e999999999", "0e-999999999", f"0.{'0' * 100_000}"], ids=brief
)
def test_no_money_in_many_digits(amount: str) -> None:
    """Nothing is nothing, whatever its exponent says; it takes no memory either."""
    bought = event("purchase_completed", amount=amount)

    assert LIFECYCLE.status(LIFECYCLE.replay([bought]).customer).facts["revenue"] == 0
    assert parse_event(bought.model_dump_json()) == bought


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (DEEP, "recursion limit exceeded"),
        (f'{{"id":"c","window":{DEEP}{DEEP.replace("[", "]")}}}', "recursion limit exceeded"),
        (f'{{"id":"c","clock":"{LONG}"}}', "clock: 'xxx"),
        (f'{{"id":"c","{LONG}":1}}', "xxx...: 1: is not"),
        (f'{{"id":"c","purchases":{DIGITS}}}', "number out of range"),
        (f'{{"id":"c","schema_version":{"9" * 4000}}}', "schema_version: 999"),
        (f'{{"id":"c","open_cases":[{"{},".rstrip(",")}{",{}" * 5000}]}}', "more"),
    ],
    ids=brief,
)
def test_stored_customer(text: str, told: str) -> None:
    """What is no customer gives one error that can be read."""
    assert told in refused(lambda: Customer.from_json(text))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a" + ".a" * 100_000 + " = 1", "line 1 has more than 100 points"),
        ("\n[" + "a." * 100_000 + "a]", "line 2 has more than 100 points"),
        ("x = " + "{a = " * 50_000, "nests too deep"),
        (f"{'x' * 900_000} = 1", "xxx...: 1: is not a threshold"),
        (f'currency = 1\nname = ["{"x" * 900_000}"]', "name: ['xxx"),
        (f'preset = "{"x" * 900_000}"', "is not a preset: use one of"),
        (f"lapsed_days = 0x{'f' * 100_000}", "lapsed_days: a int: "),
        ("preferred_revenue = 1e999999999", "less than or equal to 100000000000"),
        ("\n".join(f"[a{number}]" for number in range(1000)), "... and 900 more"),
    ],
    ids=brief,
)
def test_policy(text: str, told: str) -> None:
    """What is no policy gives one error that can be read, in no time and little memory."""
    assert told in refused(lambda: Policy.from_toml(text))


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (f'without = ["{"x" * 900_000}"]', "without: 'xxx"),
        (f"[strategies.{'x' * 900_000}]\nadd = []", "strategies.xxx"),
        (f"[actions.{'x' * 300_000}]", "actions.xxx"),
        (f'[actions.cross-selling]\nreplace = true\ntitle = "{"{" * 900_001}"', "alone"),
        ('[actions.cross-selling]\nreplace = true\ntitle = "{customer:>999999999}"', "braces"),
        ('[actions.cross-selling]\nreplace = true\ntext = "{customer!r}"', "braces"),
        (f"without = [{','.join(f'{chr(34)}a{one}{chr(34)}' for one in range(1000))}]", "900"),
    ],
    ids=brief,
)
def test_playbook(lines: str, told: str) -> None:
    """What is no playbook gives one error that can be read."""
    assert told in str(refused_playbook(f'languages = ["en"]\n{lines}'))


def refused_playbook(text: str) -> errors.InvalidPlaybook:
    """Return the error over a playbook; its hundred problems may each name all actions."""
    with pytest.raises(errors.InvalidPlaybook) as caught:
        Playbook.from_toml(text)
    assert len(str(caught.value)) < 500_000
    return caught.value


@pytest.mark.parametrize(
    "error",
    [
        errors.LateEvent(LONG, AT, AT, LONG, "contacted"),
        errors.FutureEvent(LONG, AT, AT, LONG),
        errors.WrongCustomer(LONG, LONG),
        errors.CurrencyMismatch(LONG, LONG, LONG, AT, LONG),
        errors.RevenueOverflow(LONG, AT, LONG),
        errors.SnapshotMismatch(LONG, "window_days", 1, 2),
        errors.TransitionRefused(LONG, ()),
        errors.UnknownName("lang", LONG, ("en",)),
        errors.UnknownLanguage(LONG, ("en",)),
        errors.UnreadableLog("log.csv", LONG),
        errors.InvalidEvent("event", (errors.Problem(LONG, LONG, LONG),) * 3),
    ],
    ids=brief,
)
def test_message_of_long_names(error: LifecycleError) -> None:
    """An error keeps names whole as attributes, and tells how they begin."""
    assert len(str(error)) < 3 * 5_000


def test_similar_names_of_a_long_one() -> None:
    """Looking for a name that may be meant takes no memory, however long what is given is."""
    long = "contacted" * 200_000
    tracemalloc.start()
    try:
        mend = did_you_mean(long, ["contacted", "product_used"])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert mend == "use one of: contacted, product_used"
    assert peak < 1_000_000


@pytest.mark.parametrize(
    "time", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59.999999+00:00"]
)
def test_ends_of_the_calendar(time: str) -> None:
    """The first and the last instant fold, and every question has an answer."""
    at = datetime.fromisoformat(time)
    bought = parse_event({**json.loads(f'{EVENT}"amount":1}}'), "occurred_at": time})
    customer = LIFECYCLE.replay([bought]).customer

    assert Customer.from_json(customer.to_json()) == customer
    assert LIFECYCLE.status(customer).situation is Situation.OCCASIONAL
    deadline = LIFECYCLE.next_deadline(customer)
    assert (deadline is None) == (at.year == 9999)
    last = datetime.max.replace(tzinfo=UTC)
    assert LIFECYCLE.advance(customer, to=last).customer.clock == last


def test_many_things_that_are_open() -> None:
    """Cases and opportunities named in falling order: the snapshot holds them all."""
    count = 10_000
    events = [
        event(kind, number / 86_400, **{name: f"{count - number:05}"})
        for kind, name in (("case_opened", "case_id"), ("need_recognized", "opportunity_id"))
        for number in range(count)
    ]
    customer = LIFECYCLE.replay(events).customer

    assert [int(one.id) for one in customer.open_cases] == [*range(1, count + 1)]
    assert [int(one.id) for one in customer.opportunities] == [*range(1, count + 1)]
    assert Customer.from_json(customer.to_json()) == customer
    later = LIFECYCLE.advance(customer, to=on(100)).customer
    assert (len(later.opportunities), len(later.open_cases)) == (0, count)
    assert later.clock == on(0) + timedelta(days=100)
    assert LIFECYCLE.status(later).facts["revenue"] == Decimal(0)
