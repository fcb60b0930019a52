"""Steps: events before they have dates and a scene, so that logs shrink well.

A step is a kind, a wait and some fields. A field that is left out is plain: so the simplest
step is three small choices, which Hypothesis can leave out of a log at once.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from hypothesis import strategies as st

from lifecycle_model.events import EVENT_TYPES, KINDS, Event, parse_event
from lifecycle_model.states import BuyingPosition, Situation
from lifecycle_model.testing.values import money, names

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from lifecycle_model.testing.scene import Scene

    Fields = dict[str, Any]
    Step = tuple[str, int, Fields]

Value = TypeVar("Value")

_DAY: Final = timedelta(days=1)
_MICROSECOND: Final = timedelta(microseconds=1)
_TEXT: Final = st.text()

# A number stands for a value of the scene, by its place there.
_PLACES: Final = st.integers(0, 250)
_DATES: Final = st.one_of(st.integers(-250, 250), st.dates())

_BESIDE: Final[dict[str, SearchStrategy[Any]]] = {
    "days": st.one_of(st.just(0), st.just(0), st.integers(0, 4000)),
    "moment": st.one_of(
        st.sampled_from((_DAY / 2, _DAY - _MICROSECOND, _MICROSECOND)),
        st.timedeltas(timedelta(0), _DAY - _MICROSECOND),
    ),
    "late": st.integers(1, 20),
    "copies": st.integers(0, 8),
}
"""What is told of a step beside the fields: more days, the time since midnight, how many places
later it arrives, and whether it is an equal copy of one of the two events before."""

FIELDS: Final[dict[str, SearchStrategy[Any]]] = {
    "customer_id": names(),
    "event_id": names(),
    "source": st.one_of(names(), _TEXT),
    "sequence": st.one_of(st.sampled_from((1, -1)), st.integers(-(2**63), 2**63 - 1)),
    "action_id": names(),
    "actor": _TEXT,
    "allowed": st.booleans(),
    "alternatives": st.lists(_TEXT).map(tuple),
    "amount": st.one_of(_PLACES, money()),
    "behaviour": st.one_of(_PLACES, names()),
    "by": _TEXT,
    "campaign": _TEXT,
    "case_id": names(),
    "channel": st.one_of(names(), _TEXT),
    "competitor": _TEXT,
    "complaint": st.booleans(),
    "covers_until": _DATES,
    "currency": st.just(""),
    "department": _TEXT,
    "full": st.booleans(),
    "opportunity_id": names(),
    "order_id": names(),
    "position": st.sampled_from(BuyingPosition),
    "purchased_on": _DATES,
    "reason": _TEXT,
    "score": st.integers(0, 10),
    "segment": _TEXT,
    "severity": _TEXT,
    "situation": st.sampled_from(Situation),
    "supplier": _TEXT,
    "topic": _TEXT,
}
"""How to make each field of an event, by its name."""

_PLAIN: Final[Fields] = {
    "action_id": "a",
    "actor": "",
    "allowed": False,
    "amount": 0,
    "behaviour": "",
    "case_id": "a",
    "channel": "a",
    "reason": "",
    "score": 0,
}
"""The plainest value of each field that some kind asks for."""

_CLASSES: Final = dict(zip(KINDS, EVENT_TYPES, strict=True))


@cache
def steps(kinds: tuple[str, ...]) -> SearchStrategy[Step]:
    """Generate steps of some kinds."""
    fields = {}
    for kind in kinds:
        own = {name: FIELDS[name] for name in _CLASSES[kind].model_fields if name in FIELDS}
        fields[kind] = st.fixed_dictionaries({}, optional={**_BESIDE, **own})
    return st.sampled_from(kinds).flatmap(
        lambda kind: st.tuples(st.just(kind), _PLACES, fields[kind])
    )


def dated(scene: Scene, first: datetime, drawn: list[Step]) -> list[Event]:
    """Return the events of the steps from a first midnight on, in order of arrival."""
    midnight = first
    found: list[Event] = []
    for kind, wait, fields in drawn:
        copies = fields.get("copies", 0)
        if 0 < copies <= min(2, len(found)):
            found.append(found[-copies])
            continue
        gap = timedelta(days=_at(scene.days, wait) + fields.get("days", 0))
        midnight += min(gap, scene.max_time - midnight)
        instant = midnight + fields.get("moment", timedelta(0))
        instant = min(max(instant, scene.min_time), scene.max_time)
        found.append(_event(scene, kind, instant, fields))
    arrival = [place + fields.get("late", 0) for place, (_, _, fields) in enumerate(drawn)]
    return [found[place] for place in sorted(range(len(found)), key=arrival.__getitem__)]


def _event(scene: Scene, kind: str, instant: datetime, drawn: Fields) -> Event:
    cls = _CLASSES[kind]
    required = {name for name, field in cls.model_fields.items() if field.is_required()}
    fields = {name: value for name, value in _PLAIN.items() if name in required}
    fields.update({name: value for name, value in drawn.items() if name in FIELDS})
    fields["customer_id"] = scene.customer_id or fields.get("customer_id", "a")
    if isinstance(fields.get("amount"), int):
        fields["amount"] = _at(scene.amounts, fields["amount"])
    if isinstance(fields.get("behaviour"), int):
        fields["behaviour"] = _at(scene.behaviours, fields["behaviour"])
    if "currency" in fields:
        fields["currency"] = scene.currency
    day = (instant + timedelta(minutes=scene.day_offset_minutes)).date()
    for name in ("covers_until", "purchased_on"):
        if isinstance(fields.get(name), int):
            fields[name] = _date(scene, day, fields[name])
    if kind == "manual_correction":
        _name_one_axis(fields)
    return parse_event({"kind": kind, "occurred_at": instant, **fields})


def _name_one_axis(fields: Fields) -> None:
    """Keep of a correction's fields those of one axis."""
    if "position" in fields:
        fields.pop("situation", None)
    else:
        fields.setdefault("situation", Situation.NON_CUSTOMER)
        fields.pop("opportunity_id", None)


def _at(values: tuple[Value, ...], place: int) -> Value:
    return values[place % len(values)]


def _date(scene: Scene, day: date, place: int) -> date:
    """Return the date so many of the scene's days ahead or back, within the calendar."""
    days = _at(scene.days, abs(place))
    ordinal = day.toordinal() + (days if place > 0 else -days)
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))
