from __future__ import annotations

import json
import pickle
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from lifecycle_model import (
    BuyingPosition,
    Customer,
    Opportunity,
    PurchaseDay,
    PurchaseWindow,
    Situation,
)
from lifecycle_model.customer import changed, new_customer
from lifecycle_model.errors import InvalidCustomer, Problem

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
DAY = date(2024, 4, 30)

# Every field of the stored form, with a value that is not its default.
STORED: dict[str, Any] = {
    "schema_version": 1,
    "id": "c-42",
    "clock": "2024-05-01T12:00:00Z",
    "clock_events": [["shop", "e-1"]],
    "situation": "dissatisfied",
    "situation_since": "2024-05-01T12:00:00Z",
    "situation_rule": "complained",
    "restores_to": "regular",
    "dissatisfied_on": "2024-05-01",
    "opportunities": [
        {
            "id": "a",
            "position": "options_evaluation",
            "entered_on": "2024-04-30",
            "touched_on": "2024-05-01",
            "with_competitor": False,
        },
        {
            "id": "b",
            "position": "implementation",
            "entered_on": "2024-04-30",
            "touched_on": "2024-04-30",
            "with_competitor": True,
        },
    ],
    "window": [
        {"day": "2024-04-29", "purchases": 0, "amount": "-0.0001"},
        {"day": "2024-04-30", "purchases": 2, "amount": "19.9"},
    ],
    "purchases": 5,
    "standing_purchases": 4,
    "older_purchase_on": "2022-01-01",
    "covers_until": "2025-04-30",
    "cover_bought_on": "2024-04-30",
    "used_on": "2024-04-28",
    "restored_on": "2024-04-27",
    "corrected_on": "2024-04-26",
    "sign_on": "2024-05-01",
    "reached": True,
    "open_cases": [{"id": "k", "complaint": True}],
    "payments_overdue": 1,
    "withdrawn_channels": ["email"],
    "currency": "EUR",
    "window_days": 365,
    "day_offset_minutes": 60,
}


def problems(**fields: Any) -> tuple[Problem, ...]:
    """Return what is wrong with a stored customer."""
    with pytest.raises(InvalidCustomer) as caught:
        Customer.from_json(json.dumps({"id": "c", **fields}))
    assert caught.value.name == "customer"
    return caught.value.problems


def test_stored_form() -> None:
    """The stored form has these keys and texts; changing one would break what users stored."""
    customer = Customer.from_json(json.dumps(STORED))

    assert list(STORED) == list(Customer.model_fields)
    assert json.loads(customer.to_json()) == STORED
    assert customer == Customer.from_json(customer.to_json())
    assert customer == Customer.from_json(customer.to_json().encode())
    assert customer == Customer.model_validate(customer.model_dump())


def test_stored_window() -> None:
    """The window tells each day with its purchases and its exact net amount."""
    window = Customer.from_json(json.dumps(STORED)).window

    assert len(window) == 2
    assert list(window) == [
        PurchaseDay(date(2024, 4, 29), 0, Decimal("-0.0001")),
        PurchaseDay(date(2024, 4, 30), 2, Decimal("19.9")),
    ]
    assert window == PurchaseWindow((739005, 739006), (0, 2), (-1, 199000))


def test_window_in_words() -> None:
    """A window shows dates and money, not how it keeps them."""
    day = "PurchaseDay(day=datetime.date(2024, 4, 24), purchases=2, amount=Decimal('19.9'))"

    assert repr(PurchaseWindow((739000,), (2,), (199000,))) == f"PurchaseWindow({day})"
    assert repr(PurchaseWindow()) == "PurchaseWindow()"


def test_window_by_its_class() -> None:
    """A window that is one already can be given as it is."""
    window = PurchaseWindow((739005,), (1,), (0,))

    customer = Customer(id="c", window=window, purchases=1, standing_purchases=1)

    assert window == customer.window


def test_new_customer() -> None:
    """A new customer is nobody's customer yet, has no clock and decides nothing."""
    customer = Customer(id="c")

    assert customer.situation is Situation.NON_CUSTOMER
    assert customer.position is BuyingPosition.STATUS_QUO
    assert customer.clock is None
    assert len(customer.window) == 0


def test_frozen() -> None:
    """A customer cannot be changed, and so it can stand in sets."""
    customer = Customer(id="c")

    with pytest.raises(ValidationError, match="frozen"):
        customer.situation = Situation.REGULAR
    assert {customer} == {customer, Customer(id="c")}


@pytest.mark.parametrize(
    ("held", "leading"),
    [
        ("", "status_quo"),
        ("implementation", "implementation"),
        ("implementation needs_recognition", "needs_recognition"),
        ("needs_recognition options_evaluation", "options_evaluation"),
        ("concerns_resolution options_evaluation implementation", "concerns_resolution"),
    ],
)
def test_leading_position(held: str, leading: str) -> None:
    """The most advanced open decision leads; a signed one only where none is open."""
    opportunities = tuple(
        Opportunity(id=str(n), position=position, entered_on=DAY, touched_on=DAY)
        for n, position in enumerate(held.split())
    )

    assert leading == Customer(id="c", opportunities=opportunities).position


@pytest.mark.parametrize("version", [0, 2, "1", None, "1.0"])
def test_unknown_schema_version(version: object) -> None:
    """Another schema version is the only thing told, with what to do."""
    (problem,) = problems(id="", schema_version=version)

    assert (problem.place, problem.value) == ("schema_version", repr(version))
    assert problem.mend == (
        "is not the schema version that this release reads, which is 1: "
        "rebuild the customer with replay, or load it with the release that wrote it"
    )


@pytest.mark.parametrize("text", ["", "{", "[]", "null", b"\xff"])
def test_no_customer(text: str | bytes) -> None:
    """What is no JSON object is refused as a whole."""
    with pytest.raises(InvalidCustomer) as caught:
        Customer.from_json(text)

    assert [one.place for one in caught.value.problems] == ["the whole"]


PAIR = "restores_to and dissatisfied_on go with dissatisfied, and only with it"
CASE = {"id": "k", "complaint": True}
CHOICE = {
    "id": "o",
    "position": "needs_recognition",
    "entered_on": "2024-04-30",
    "touched_on": "2024-04-30",
}


@pytest.mark.parametrize(
    ("fields", "mend"),
    [
        ({"situation": "dissatisfied"}, PAIR),
        ({"situation": "dissatisfied", "restores_to": "regular"}, PAIR),
        ({"situation": "dissatisfied", "dissatisfied_on": "2024-04-30"}, PAIR),
        ({"situation": "regular", "restores_to": "regular"}, PAIR),
        ({"situation": "regular", "dissatisfied_on": "2024-04-30"}, PAIR),
        (
            {"opportunities": [{**CHOICE, "position": "status_quo"}]},
            "opportunities at status_quo are not stored: leave them out",
        ),
        (
            {"opportunities": [CHOICE, CHOICE]},
            "opportunities are not in ascending order of their ids, each once",
        ),
        (
            {"opportunities": [CHOICE, {**CHOICE, "id": "n"}]},
            "opportunities are not in ascending order of their ids, each once",
        ),
        (
            {"open_cases": [CASE, CASE]},
            "open_cases are not in ascending order of their ids, each once",
        ),
    ],
)
def test_inconsistent(fields: dict[str, Any], mend: str) -> None:
    """A customer that contradicts itself is refused when loaded, not when folded."""
    assert [mend] == [one.mend for one in problems(**fields)]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"id": ""}, "id"),
        ({"clock": "2024-05-01T12:00:00"}, "clock"),
        ({"clock": 1714557600}, "clock"),
        ({"situation": "vip"}, "situation"),
        ({"purchases": -1}, "purchases"),
        ({"standing_purchases": True}, "standing_purchases"),
        ({"payments_overdue": "1"}, "payments_overdue"),
        ({"sign_on": "yesterday"}, "sign_on"),
        ({"window_days": 0}, "window_days"),
        ({"colour": "red"}, "colour"),
        ({"opportunities": [{**CHOICE, "id": ""}]}, "opportunities.0.id"),
        ({"opportunities": [{**CHOICE, "colour": "red"}]}, "opportunities.0.colour"),
        ({"open_cases": [{"id": "k"}]}, "open_cases.0.complaint"),
        ({"clock_events": [["shop"]]}, "clock_events.0.1"),
    ],
)
def test_broken_field(fields: dict[str, Any], place: str) -> None:
    """Each broken field is refused by its place."""
    assert [place] == [one.place for one in problems(**fields)]


def test_broken_fields_together() -> None:
    """All broken fields are told at once."""
    assert [one.place for one in problems(purchases=-1, reached="perhaps")] == [
        "purchases",
        "reached",
    ]


ENTRY = {"day": "2024-04-30", "purchases": 1, "amount": "1"}


@pytest.mark.parametrize(
    ("window", "mend"),
    [
        (5, "Input should be a valid array"),
        ("abc", "Input should be a valid array"),
        ({"day": "2024-04-30"}, "Input should be a valid array"),
        ([ENTRY, ENTRY], "has days out of order: store the customer as it was written"),
        (
            [ENTRY, {**ENTRY, "day": "2024-04-29"}],
            "has days out of order: store the customer as it was written",
        ),
    ],
)
def test_broken_window(window: object, mend: str) -> None:
    """The window is a list of days in ascending order, each once."""
    assert [("window", mend)] == [(one.place, one.mend) for one in problems(window=window)]


@pytest.mark.parametrize(
    ("entry", "fields"),
    [
        ({**ENTRY, "day": "soon"}, ["day"]),
        ({**ENTRY, "purchases": -1}, ["purchases"]),
        ({**ENTRY, "purchases": "1"}, ["purchases"]),
        ({**ENTRY, "amount": "NaN"}, ["amount"]),
        ({**ENTRY, "amount": "0.00001"}, ["amount"]),
        ({**ENTRY, "colour": "red"}, ["colour"]),
        ({}, ["day", "purchases", "amount"]),
    ],
)
def test_broken_window_entry(entry: dict[str, Any], fields: list[str]) -> None:
    """A broken entry of the window is refused by its fields, all at once."""
    assert fields == [one.place.split(".")[-1] for one in problems(window=[entry])]


def test_negative_amount() -> None:
    """A day's net amount may be negative: more was paid back than was bought on it."""
    entry = {**ENTRY, "purchases": 0, "amount": "-19.9"}

    customer = Customer.from_json(json.dumps({"id": "c", "window": [entry]}))

    assert customer.window.amounts == (-199000,)


def test_place_of_a_broken_window_entry() -> None:
    """A broken entry of the window is named by its number, as other lists are."""
    window = [ENTRY, {**ENTRY, "day": "soon"}]

    assert [one.place for one in problems(window=window)] == ["window.1.day"]


@pytest.mark.parametrize(
    "fields",
    [
        {
            "situation": "dissatisfied",
            "restores_to": "dissatisfied",
            "dissatisfied_on": "2024-04-30",
        },
        {"purchases": 1, "standing_purchases": 2},
        {"window": [ENTRY]},
        {"schema_version": True},
    ],
)
def test_impossible(fields: dict[str, Any]) -> None:
    """A customer that no fold can give is refused."""
    assert problems(**fields)


@pytest.mark.parametrize(
    "window",
    [
        PurchaseWindow((739005,), (), ()),
        PurchaseWindow((739006, 739005), (1, 1), (0, 0)),
        PurchaseWindow((739005,), (-1,), (0,)),
    ],
)
def test_broken_window_by_its_class(window: PurchaseWindow) -> None:
    """A window made by hand is held to the same rules."""
    with pytest.raises(ValidationError):
        Customer(id="c", window=window)


def test_changed_is_model_copy() -> None:
    """A copy with other fields is the one that pydantic makes, and the original stays."""
    before = Customer(id="c", purchases=2)
    fields = {"situation": Situation.POTENTIAL, "reached": True}
    copy = changed(before, fields)
    expected = before.model_copy(update=fields)

    assert copy == expected
    assert copy.model_fields_set == expected.model_fields_set
    assert copy.to_json() == expected.to_json()
    assert pickle.loads(pickle.dumps(copy)) == expected  # noqa: S301 - our own bytes
    assert before == Customer(id="c", purchases=2)
    assert before.model_fields_set == {"id", "purchases"}


def test_new_customer_is_a_validated_one() -> None:
    """A customer without events is the same as one that was validated."""
    assert new_customer("c-42") == Customer(id="c-42")
    assert new_customer("c-42").model_fields_set == {"id"}
