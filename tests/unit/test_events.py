from __future__ import annotations

import json
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from lifecycle_model import (
    EVENT_TYPES,
    KINDS,
    BaseEvent,
    ManualCorrection,
    ProductUsed,
    parse_event,
)
from lifecycle_model.errors import InvalidEvent, Problem
from lifecycle_model.events import canonical_json, money_amount, money_units, to_utc

if TYPE_CHECKING:
    from lifecycle_model import Event

TIME = "2024-05-01T12:00:00+00:00"
NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
BASE = {"customer_id": "c", "occurred_at": TIME}

TABLE = """
contact_identified: segment=None
contacted: channel=None campaign=None
interest_shown: behaviour opportunity_id=None
lead_qualified: by=None
lead_disqualified: reason=None
need_recognized: opportunity_id=main
evaluation_started: opportunity_id=main alternatives=()
offer_made: opportunity_id=main amount=None
supplier_chosen: opportunity_id=main supplier=None
concern_raised: opportunity_id=main topic=None
concern_resolved: opportunity_id=main topic=None
decision_dropped: opportunity_id=main reason=None
purchase_completed: opportunity_id=main amount=0 currency=None order_id=None covers_until=None
opportunity_lost: opportunity_id=main competitor=None reason=None
value_delivered: opportunity_id=main
purchase_reversed: opportunity_id=None amount currency=None order_id=None full=False purchased_on=None
payment_overdue: order_id=None
payment_received: order_id=None
consent_changed: channel allowed
product_used:
case_opened: case_id complaint=False severity=None
case_closed: case_id
survey_answered: score
customer_left: reason=None competitor=None
action_taken: action_id department=None
manual_correction: situation=None position=None opportunity_id=None actor reason
time_passed:
"""  # noqa: E501 - one kind is one line

# A value for every own field: as it is written in JSON, and as the event holds it.
OWN: dict[str, dict[str, Any]] = {
    "contact_identified": {"segment": "north"},
    "contacted": {"channel": "email", "campaign": "spring"},
    "interest_shown": {"behaviour": "free_trial", "opportunity_id": "o"},
    "lead_qualified": {"by": "ana"},
    "lead_disqualified": {"reason": "too small"},
    "need_recognized": {"opportunity_id": "o"},
    "evaluation_started": {"opportunity_id": "o", "alternatives": ["x", "y"]},
    "offer_made": {"opportunity_id": "o", "amount": "19.9"},
    "supplier_chosen": {"opportunity_id": "o", "supplier": "rival"},
    "concern_raised": {"opportunity_id": "o", "topic": "price"},
    "concern_resolved": {"opportunity_id": "o", "topic": "price"},
    "decision_dropped": {"opportunity_id": "o", "reason": "no budget"},
    "purchase_completed": {
        "opportunity_id": "o",
        "amount": "19.9",
        "currency": "EUR",
        "order_id": "n-1",
        "covers_until": "2025-04-30",
    },
    "opportunity_lost": {"opportunity_id": "o", "competitor": "rival", "reason": "price"},
    "value_delivered": {"opportunity_id": "o"},
    "purchase_reversed": {
        "opportunity_id": "o",
        "amount": "19.9",
        "currency": "EUR",
        "order_id": "n-1",
        "full": True,
        "purchased_on": "2024-04-30",
    },
    "payment_overdue": {"order_id": "n-1"},
    "payment_received": {"order_id": "n-1"},
    "consent_changed": {"channel": "email", "allowed": True},
    "product_used": {},
    "case_opened": {"case_id": "k", "complaint": True, "severity": "high"},
    "case_closed": {"case_id": "k"},
    "survey_answered": {"score": 9},
    "customer_left": {"reason": "moved", "competitor": "rival"},
    "action_taken": {"action_id": "call", "department": "sales"},
    "manual_correction": {
        "position": "options_evaluation",
        "opportunity_id": "o",
        "actor": "ana",
        "reason": "typo",
    },
    "time_passed": {},
}
COMMON = {"event_id": "e-1", "source": "shop", "sequence": 3}
HELD = {
    "amount": Decimal("19.9"),
    "alternatives": ("x", "y"),
    "covers_until": date(2025, 4, 30),
    "purchased_on": date(2024, 4, 30),
}


def described(cls: type[BaseEvent]) -> str:
    """Return a kind and its own fields as a line of the table."""
    own = [
        name if field.is_required() else f"{name}={field.default}"
        for name, field in cls.model_fields.items()
        if name != "kind" and name not in BaseEvent.model_fields
    ]
    return f"{cls.model_fields['kind'].default}: {' '.join(own)}".rstrip()


def problems(data: Any) -> tuple[Problem, ...]:  # noqa: ANN401
    """Return what is wrong with an event."""
    with pytest.raises(InvalidEvent) as caught:
        parse_event(data)
    assert caught.value.name == "event"
    return caught.value.problems


def test_table() -> None:
    """The 27 kinds, in the order in which ties fold, have the table's fields and defaults."""
    assert TABLE.strip().splitlines() == [described(cls) for cls in EVENT_TYPES]
    assert len(KINDS) == 27
    assert [cls.model_fields["kind"].default for cls in EVENT_TYPES] == list(KINDS)


def test_common_fields() -> None:
    """Every event has a customer and a time; the rest of what all share may be left out."""
    event = parse_event({"kind": "product_used", **BASE})

    assert event == ProductUsed(
        customer_id="c", occurred_at=NOON, event_id=None, source="", sequence=0
    )


@pytest.mark.parametrize("kind", KINDS)
def test_own_fields(kind: str) -> None:
    """Each kind takes each of its fields and holds it."""
    event = parse_event({"kind": kind, **BASE, **COMMON, **OWN[kind]})

    wanted = {name: HELD.get(name, value) for name, value in {**COMMON, **OWN[kind]}.items()}
    assert wanted == {name: getattr(event, name) for name in wanted}
    assert type(event) is EVENT_TYPES[KINDS.index(kind)]


@pytest.mark.parametrize("kind", KINDS)
def test_round_trip(kind: str) -> None:
    """An event survives JSON text, JSON bytes, a dict and pickle without loss."""
    event = parse_event({"kind": kind, **BASE, **COMMON, **OWN[kind]})
    text = event.model_dump_json()

    assert event == parse_event(text)
    assert event == parse_event(text.encode())
    assert event == parse_event(event.model_dump())
    assert event == pickle.loads(pickle.dumps(event))  # noqa: S301


@pytest.mark.parametrize("cls", EVENT_TYPES)
def test_frozen(cls: type[BaseEvent]) -> None:
    """An event cannot be changed, and so it can stand in sets."""
    kind = cls.model_fields["kind"].default
    event = parse_event({"kind": kind, **BASE, **OWN[kind]})

    with pytest.raises(ValidationError, match="frozen"):
        event.customer_id = "other"
    assert {event} == {event, event.model_copy()}


@pytest.mark.parametrize(
    ("kind", "mend"),
    [
        ("contactd", "is not a known kind: did you mean 'contacted'?"),
        ("xyz", f"is not a known kind: use one of: {', '.join(KINDS)}"),
        ("Contacted", "is not a known kind: did you mean 'contacted'?"),
    ],
)
def test_unknown_kind(kind: str, mend: str) -> None:
    """An unknown kind is named, with the nearest kind or all of them."""
    assert (Problem("kind", repr(kind), mend),) == problems({"kind": kind, **BASE})


@pytest.mark.parametrize("kind", [5, None, ["contacted"]])
def test_kind_that_is_no_text(kind: object) -> None:
    """A kind of another type is an unknown kind, not a crash."""
    (problem,) = problems({"kind": kind, **BASE})

    assert problem.place == "kind"
    assert problem.mend.startswith("is not a known kind: ")


def test_missing_kind() -> None:
    """Without a kind nothing else can be said."""
    assert (Problem("kind", "", "is missing: say what happened"),) == problems(BASE)


def test_all_problems_at_once() -> None:
    """Every broken field is told in one error."""
    data = {"kind": "survey_answered", "occurred_at": "soon", "score": 11, "colour": "red"}

    assert [one.place for one in problems(data)] == [
        "customer_id",
        "occurred_at",
        "score",
        "colour",
    ]


@pytest.mark.parametrize(
    "data",
    [5, None, [], "", "{", "[]", "null", b"\xff", "nonsense"],
)
def test_no_object(data: object) -> None:
    """What is no mapping and no JSON object is refused as a whole, with the value."""
    (problem,) = problems(data)

    assert problem.place == "the whole"
    assert problem.value == repr(None if data == "null" else [] if data == "[]" else data)


NO_ZONE = "has no time zone: add one, for example 2024-05-01T12:00:00+00:00"
NO_TIME = "is not a time: give an aware datetime or ISO 8601 text"
NO_ISO = "is not an ISO 8601 time: write it like 2024-05-01T12:00:00+00:00"
TOO_FAR = "lies outside the years 1 to 9999 in UTC: correct the time"


@pytest.mark.parametrize(
    ("value", "mend"),
    [
        ("2024-05-01T12:00:00", NO_ZONE),
        ("2024-05-01", NO_ZONE),
        (datetime(2024, 5, 1, 12), NO_ZONE),  # noqa: DTZ001
        (1714557600, NO_TIME),
        (1714557600.5, NO_TIME),
        (True, NO_TIME),
        (None, NO_TIME),
        (date(2024, 5, 1), NO_TIME),
        ("1714557600", NO_ISO),
        ("1714557600.5", NO_ISO),
        ("soon", NO_ISO),
        ("", NO_ISO),
        ("2024-02-30T12:00:00Z", NO_ISO),
        ("0001-01-01T00:00:00+00:01", TOO_FAR),
        ("9999-12-31T23:59:59-00:01", TOO_FAR),
    ],
)
def test_bad_time(value: object, mend: str) -> None:
    """A naive time, a number, numeric text and what leaves the calendar are refused."""
    data = {"kind": "product_used", "customer_id": "c", "occurred_at": value}

    assert (Problem("occurred_at", repr(value), mend),) == problems(data)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-05-01T12:00:00.123456Z", datetime(2024, 5, 1, 12, 0, 0, 123456, UTC)),
        ("2024-05-01T00:30+02:00", datetime(2024, 4, 30, 22, 30, tzinfo=UTC)),
        ("2024-05-01T12:00-03:30", datetime(2024, 5, 1, 15, 30, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59.999999Z", datetime(9999, 12, 31, 23, 59, 59, 999999, UTC)),
        (
            datetime(2024, 5, 1, 12, tzinfo=timezone(timedelta(hours=2))),
            datetime(2024, 5, 1, 10, tzinfo=UTC),
        ),
    ],
)
def test_time_in_utc(value: object, expected: datetime) -> None:
    """A time of any zone is kept in UTC, to the microsecond, from year 1 to 9999."""
    event = parse_event({"kind": "product_used", "customer_id": "c", "occurred_at": value})

    assert expected == event.occurred_at
    assert event.occurred_at.tzinfo is UTC


def test_time_of_another_class() -> None:
    """A subclass of datetime becomes a plain one, so that no library's own class is stored."""

    class Stamp(datetime):
        pass

    moved = to_utc(Stamp(2024, 5, 1, 12, tzinfo=UTC))

    assert moved == NOON
    assert type(moved) is datetime


@pytest.mark.parametrize(
    ("value", "mend"),
    [
        ("2024-13-01", "is not an ISO 8601 date: write it like 2024-05-01"),
        ("2024-05-01T00:00:00Z", "is not an ISO 8601 date: write it like 2024-05-01"),
        (20240501, "is not a date: give a date without a time, or ISO 8601 text"),
        (NOON, "is not a date: give a date without a time, or ISO 8601 text"),
    ],
)
def test_bad_date(value: object, mend: str) -> None:
    """A date is a date: neither a number nor an instant, whose day would depend on a zone."""
    data = {"kind": "purchase_completed", **BASE, "covers_until": value}

    assert (Problem("covers_until", repr(value), mend),) == problems(data)


@pytest.mark.parametrize("day", ["2024-05-01", date(2024, 5, 1)])
def test_date(day: object) -> None:
    """A date is taken as text and as a date."""
    event = parse_event({"kind": "purchase_completed", **BASE, "covers_until": day})

    assert date(2024, 5, 1) == event.covers_until


@pytest.mark.parametrize(
    "amount",
    [
        "-0.0001",
        -1,
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        float("nan"),
        float("inf"),
        "0.00001",
        0.00001,
        "100000000000.0001",
        10**11 + 1,
        "1E+1000000",
        "1E-1000000",
        "ten",
        "",
        True,
        None,
    ],
)
@pytest.mark.parametrize("kind", ["purchase_completed", "purchase_reversed"])
def test_bad_amount(kind: str, amount: object) -> None:
    """An amount is finite, from 0 to 10^11, with at most four decimals, and a number."""
    (problem,) = problems({"kind": kind, **BASE, "amount": amount})

    assert ("amount", repr(amount)) == (problem.place, problem.value)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0", 0),
        ("0.0001", 1),
        (0.1, 1000),
        (19, 190000),
        ("1.00000", 10000),
        (Decimal("-0"), 0),
        ("0E+999999", 0),
        ("99999999999.9999", 10**15 - 1),
        ("1E+11", 10**15),
        (10**11, 10**15),
    ],
)
def test_amount(amount: object, expected: int) -> None:
    """A sound amount is kept exactly, trailing zeros or not."""
    event = parse_event({"kind": "purchase_completed", **BASE, "amount": amount})

    assert expected == money_units(event.amount)
    assert event.amount == money_amount(expected)


@pytest.mark.parametrize("amount", ["-0.0001", "-1.5", "-2", "123456789012345678901234.5678"])
def test_money_both_ways(amount: str) -> None:
    """Sums, which may be negative and long, turn into units and back without loss."""
    assert Decimal(amount) == money_amount(money_units(Decimal(amount)))


@pytest.mark.parametrize("score", [-1, 11, True, "9", 9.0, 9.5, None])
def test_bad_score(score: object) -> None:
    """A score is a whole number from 0 to 10; neither text nor a truth value."""
    (problem,) = problems({"kind": "survey_answered", **BASE, "score": score})

    assert ("score", repr(score)) == (problem.place, problem.value)


@pytest.mark.parametrize("score", [0, 10])
def test_score(score: int) -> None:
    """Both ends of the scale are scores."""
    assert score == parse_event({"kind": "survey_answered", **BASE, "score": score}).score


@pytest.mark.parametrize("sequence", [True, "1", 1.0, 2**63, -(2**63) - 1, None])
def test_bad_sequence(sequence: object) -> None:
    """A sequence is a whole number of 64 bits."""
    (problem,) = problems({"kind": "product_used", **BASE, "sequence": sequence})

    assert ("sequence", repr(sequence)) == (problem.place, problem.value)


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("product_used", "customer_id"),
        ("product_used", "event_id"),
        ("need_recognized", "opportunity_id"),
        ("purchase_completed", "opportunity_id"),
        ("purchase_completed", "order_id"),
        ("interest_shown", "opportunity_id"),
        ("case_opened", "case_id"),
        ("case_closed", "case_id"),
        ("action_taken", "action_id"),
        ("payment_overdue", "order_id"),
    ],
)
@pytest.mark.parametrize("value", ["", 7])
def test_bad_id(kind: str, field: str, value: object) -> None:
    """An id is text and not empty."""
    (problem,) = problems({"kind": kind, **BASE, **OWN[kind], field: value})

    assert (field, repr(value)) == (problem.place, problem.value)


def test_missing_and_unknown_fields() -> None:
    """A missing field and a field of no kind are told by name."""
    data = {"kind": "survey_answered", **BASE, "grade": 9}

    assert problems(data) == (
        Problem("score", "", "is missing: give it a value"),
        Problem("grade", "9", "is not a known field: remove it or correct its name"),
    )


def test_field_of_another_kind() -> None:
    """A field that only other kinds own is an unknown field."""
    (problem,) = problems({"kind": "product_used", **BASE, "score": 9})

    assert problem.place == "score"


def test_place_inside_a_field() -> None:
    """A problem inside a list names the item."""
    data = {"kind": "evaluation_started", **BASE, "alternatives": ["x", 1]}

    assert [one.place for one in problems(data)] == ["alternatives.1"]


AUDIT = {"actor": "ana", "reason": "typo"}


@pytest.mark.parametrize(
    ("fields", "mend"),
    [
        ({}, "give exactly one of situation and position"),
        (
            {"situation": "regular", "position": "status_quo"},
            "give exactly one of situation and position",
        ),
        (
            {"situation": "regular", "opportunity_id": "o"},
            "opportunity_id goes with position, not with situation: remove it",
        ),
    ],
)
def test_correction_of_one_axis(fields: dict[str, str], mend: str) -> None:
    """A correction names one axis, and an opportunity on the position axis only."""
    (problem,) = problems({"kind": "manual_correction", **BASE, **AUDIT, **fields})

    assert mend == problem.mend


@pytest.mark.parametrize(
    ("fields", "opportunity_id"),
    [
        ({"situation": "regular"}, None),
        ({"position": "status_quo"}, "main"),
        ({"position": "status_quo", "opportunity_id": None}, "main"),
        ({"position": "status_quo", "opportunity_id": "o"}, "o"),
    ],
)
def test_opportunity_of_a_correction(
    fields: dict[str, Any], opportunity_id: str | None
) -> None:
    """A correction of a position means the main opportunity where it names none."""
    event = parse_event({"kind": "manual_correction", **BASE, **AUDIT, **fields})

    assert opportunity_id == event.opportunity_id
    assert event == parse_event(event.model_dump_json())


@pytest.mark.parametrize("left_out", ["actor", "reason"])
def test_correction_is_audited(left_out: str) -> None:
    """A correction without its author or its reason is refused."""
    audit = {name: text for name, text in AUDIT.items() if name != left_out}
    (problem,) = problems(
        {"kind": "manual_correction", **BASE, **audit, "situation": "regular"}
    )

    assert left_out == problem.place


def test_correction_to_an_unknown_state() -> None:
    """A misspelt situation is refused with its place and value."""
    (problem,) = problems({"kind": "manual_correction", **BASE, **AUDIT, "situation": "vip"})

    assert (problem.place, problem.value) == ("situation", "'vip'")


CANONICAL = [
    (
        {"kind": "product_used"},
        (
            '{"customer_id":"c","event_id":null,"kind":"product_used",'
            '"occurred_at":"2024-05-01T12:00:00.000000+00:00","sequence":0,"source":""}'
        ),
    ),
    (
        {
            "kind": "purchase_completed",
            "customer_id": "Zoë",
            "occurred_at": "2024-05-01T14:00:00.5+02:00",
            "amount": "19.90",
            "covers_until": "2025-04-30",
            "event_id": 'a"b',
        },
        (
            '{"amount":199000,"covers_until":"2025-04-30","currency":null,"customer_id":"Zoë",'
            '"event_id":"a\\"b","kind":"purchase_completed",'
            '"occurred_at":"2024-05-01T12:00:00.500000+00:00","opportunity_id":"main",'
            '"order_id":null,"sequence":0,"source":""}'
        ),
    ),
    (
        {"kind": "evaluation_started", "alternatives": ["x", "y"]},
        (
            '{"alternatives":["x","y"],"customer_id":"c","event_id":null,'
            '"kind":"evaluation_started","occurred_at":"2024-05-01T12:00:00.000000+00:00",'
            '"opportunity_id":"main","sequence":0,"source":""}'
        ),
    ),
    (
        {"kind": "manual_correction", **AUDIT, "situation": "regular"},
        (
            '{"actor":"ana","customer_id":"c","event_id":null,"kind":"manual_correction",'
            '"occurred_at":"2024-05-01T12:00:00.000000+00:00","opportunity_id":null,'
            '"position":null,"reason":"typo","sequence":0,"situation":"regular","source":""}'
        ),
    ),
]


@pytest.mark.parametrize(("fields", "text"), CANONICAL)
def test_canonical_json(fields: dict[str, Any], text: str) -> None:
    """One event has one text: keys sorted, UTC with microseconds, money as units, no spaces."""
    assert text == canonical_json(parse_event({**BASE, **fields}))


@pytest.mark.parametrize("kind", KINDS)
def test_canonical_json_has_every_field(kind: str) -> None:
    """No field is left out of the canonical text, so no two different events share it."""
    event: Event = parse_event({"kind": kind, **BASE, **OWN[kind]})

    assert sorted(type(event).model_fields) == list(json.loads(canonical_json(event)))


def test_correction_by_its_class() -> None:
    """The class itself fills in the main opportunity and refuses two axes."""
    event = ManualCorrection(customer_id="c", occurred_at=NOON, position="status_quo", **AUDIT)

    assert event.opportunity_id == "main"
    with pytest.raises(ValidationError, match="exactly one of situation and position"):
        ManualCorrection(customer_id="c", occurred_at=NOON, **AUDIT)


def test_empty_currency() -> None:
    """A currency is a word and not empty."""
    assert problems({"kind": "purchase_completed", **BASE, "currency": ""})
