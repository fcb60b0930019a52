"""The columns of a log, read off the events' own fields."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType, NoneType
from typing import Annotated, Any, Final, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from lifecycle_model.events import EVENT_TYPES, KINDS, BaseEvent
from lifecycle_model.states import BuyingPosition, Situation

Form = Literal["text", "id", "money", "day", "flag", "score", "situation", "position", "texts"]
"""What the cells of a column hold."""

_FORMS: Final[dict[object, Form]] = {
    str: "text",
    Decimal: "money",
    date: "day",
    bool: "flag",
    int: "score",
    Situation: "situation",
    BuyingPosition: "position",
    tuple: "texts",
}

COMMON: Final = ("customer_id", "kind", "occurred_at", "event_id", "source", "sequence")
"""The columns that every event may fill; the first three are needed."""

NEEDED: Final = COMMON[:3]


@dataclass(frozen=True, slots=True)
class Column:
    """One column that only some kinds own; the cells of other kinds are ignored."""

    name: str
    form: Form
    kinds: tuple[int, ...]
    """The places of the kinds that own it."""
    required: tuple[int, ...]
    """Those of them that cannot do without a value."""
    defaults: tuple[Any, ...]
    """What an empty cell means, kind by kind."""


def _form(field: FieldInfo) -> Form:
    annotation: Any = field.annotation
    rules = list(field.metadata)
    if NoneType in get_args(annotation):
        annotation = next(one for one in get_args(annotation) if one is not NoneType)
    if get_origin(annotation) is Annotated:
        annotation, *more = get_args(annotation)
        rules += [rule for one in more for rule in getattr(one, "metadata", [one])]
    if annotation is str and any(getattr(rule, "min_length", 0) for rule in rules):
        return "id"
    return _FORMS[get_origin(annotation) or annotation]


def _own_columns() -> dict[str, Column]:
    found: dict[str, dict[int, FieldInfo]] = {}
    for place, cls in enumerate(EVENT_TYPES):
        for name, field in cls.model_fields.items():
            if name not in BaseEvent.model_fields and name != "kind":
                found.setdefault(name, {})[place] = field
    return {
        name: Column(
            name,
            _form(next(iter(fields.values()))),
            tuple(fields),
            tuple(place for place, field in fields.items() if field.is_required()),
            tuple(None if field.is_required() else field.default for field in fields.values()),
        )
        for name, fields in found.items()
    }


OWN_COLUMNS: Final = MappingProxyType(_own_columns())
"""The columns of the events' own fields, by name."""

COLUMNS: Final = (*COMMON, *OWN_COLUMNS)
"""Every column that a log may have; others are left alone."""

FOLDED: Final = frozenset(
    {
        "opportunity_id",
        "behaviour",
        "supplier",
        "amount",
        "currency",
        "covers_until",
        "full",
        "purchased_on",
        "case_id",
        "complaint",
        "score",
        "situation",
        "position",
        "channel",
        "allowed",
    }
)
"""The columns whose values the fold reads; the others are only checked, and break ties."""


def places_of(*kinds: str) -> tuple[int, ...]:
    """Return the places of kinds in the fold order.

    >>> places_of("contacted", "interest_shown")
    (1, 2)
    """
    return tuple(KINDS.index(kind) for kind in kinds)
