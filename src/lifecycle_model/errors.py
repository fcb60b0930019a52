"""Every error of the library: what is wrong, where, with which value, and what to do.

All derive from `LifecycleError`, keep their data as attributes, and pickle.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pydantic import ValidationError


def _rebuild(cls: "type[LifecycleError]", data: dict[str, Any]) -> "LifecycleError":
    error = cls.__new__(cls)
    error.__dict__.update(data)
    return error


class LifecycleError(Exception):
    """The base of every error that the library raises on purpose."""

    def _message(self) -> str:
        raise NotImplementedError

    def __str__(self) -> str:
        return self._message()

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), dict(self.__dict__))


_LONGEST: Final = 80
_LONGEST_PLACE: Final = 200
_LONGEST_MEND: Final = 4000

_TOLD: Final = 100
"""How many problems a message tells."""


def clipped(text: str, most: int = _LONGEST) -> str:
    """Return a text, or its beginning where it has more than so many characters.

    >>> clipped("abcdef", 5)
    'ab...'
    """
    return text if len(text) <= most else f"{text[: most - 3]}..."


def shown(value: object) -> str:
    """Return `value` as it appears in an error: its repr, cut to 80 characters.

    >>> shown("x" * 200)[-8:]
    'xxxxx...'
    """
    if type(value) is str:
        value = value[:_LONGEST]  # its repr is longer: what is cut off shows
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a value that cannot even be shown is named by its type
        text = f"a {type(value).__name__}"
    return clipped(text)


def nearest(value: object, known: Sequence[str]) -> list[str]:
    """Return the known names that a value is the beginning of, else the most similar one."""
    text, names = str(value), [str(name) for name in known]
    begun = [name for name in names if text and name.startswith(text)]
    # Looking for similar names takes long where a text is.
    return begun or get_close_matches(text[:_LONGEST], names, n=1)


def did_you_mean(value: object, known: Sequence[str]) -> str:
    """Return the mend for a name that is not known: what may be meant, else all names.

    >>> did_you_mean("contactd", ["purchase_completed", "contacted"])
    "did you mean 'contacted'?"
    >>> did_you_mean("purchase", ["purchase_completed", "contacted", "purchase_reversed"])
    "did you mean 'purchase_completed' or 'purchase_reversed'?"
    >>> did_you_mean("xyz", ["red", "blue"])
    'use one of: red, blue'
    """
    near = [repr(name) for name in nearest(value, known)]
    if not near:
        return f"use one of: {', '.join(map(str, known))}"
    others = f"{', '.join(near[:-1])} or " if near[1:] else ""
    return f"did you mean {others}{near[-1]}?"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input."""

    place: str
    """Where: a field, a column, a key, a row."""
    value: str
    """What was found there, as text; empty where something is missing."""
    mend: str
    """What to do about it."""

    def __str__(self) -> str:
        place, mend = clipped(self.place, _LONGEST_PLACE), clipped(self.mend, _LONGEST_MEND)
        value = clipped(self.value, _LONGEST_PLACE)
        return f"{place}: {value}: {mend}" if value else f"{place}: {mend}"


def _decimal_mend(value: object) -> str:
    """Return how to write an amount that is not a number as it stands."""
    if isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]+,[0-9]{1,2}\s*", value):
        return f"write it with a point: {value.strip().replace(',', '.')}"
    return "is not a number: write digits and a point, for example 1234.50"


def problems_of(error: "ValidationError", kinds: Sequence[str] = ()) -> tuple[Problem, ...]:
    """Return what pydantic found as problems, in its order.

    Args:
        error: pydantic's error.
        kinds: the tags of a discriminated union, left out of the place.
    """
    found = []
    for detail in error.errors(include_url=False, include_context=True):
        path = [str(part) for part in detail["loc"] if part not in kinds]
        place = ".".join(path) or "the whole"
        value, mend = shown(detail["input"]), detail["msg"]
        context = detail.get("ctx", {})
        match detail["type"]:
            case "missing":
                value, mend = "", "is missing: give it a value"
            case "extra_forbidden":
                mend = "is not a known field: remove it or correct its name"
            case "union_tag_invalid":
                place, value = "kind", shown(context["tag"])
                mend = f"is not a known kind: {did_you_mean(context['tag'], kinds)}"
            case "union_tag_not_found":
                place, value, mend = "kind", "", "is missing: say what happened"
            case "value_error":
                mend = str(context["error"])
            case "decimal_parsing":
                mend = _decimal_mend(detail["input"])
            case "frozen_set_type":
                mend = "Input should be a list of texts"
            case _:  # pydantic's own sentence says it well
                pass
        found.append(Problem(place, value, mend))
    return tuple(found)


@dataclass(eq=False)
class InvalidInput(LifecycleError, ValueError):
    """An input with everything that is wrong with it."""

    name: str
    """What was read: a file, a customer, or a plain word."""
    problems: tuple[Problem, ...]

    def _message(self) -> str:
        told = [str(one) for one in self.problems[:_TOLD]]
        if more := len(self.problems) - len(told):
            told.append(f"... and {more:,} more")
        return "\n  ".join([f"{self.name} is not valid:", *told])


class InvalidEvent(InvalidInput):
    """What was given is not an event."""


class InvalidCustomer(InvalidInput):
    """What was loaded is not a customer of a known schema version."""


class InvalidPolicy(InvalidInput):
    """A policy breaks its own rules."""


class InvalidRules(InvalidInput):
    """A rule table has structural faults."""


class InvalidPlaybook(InvalidInput):
    """A playbook has holes, or a file of it has mistakes."""


class InvalidTexts(InvalidInput):
    """The texts of a language lack a key or a placeholder that those of English have."""


@dataclass(eq=False)
class UnknownLanguage(LifecycleError, ValueError):
    """Words were asked for in a language that the library does not speak."""

    language: str
    known: tuple[str, ...]

    def _message(self) -> str:
        return (
            f"language {shown(self.language)} is not known: use one of: {', '.join(self.known)}"
        )


@dataclass(eq=False)
class NotExplainable(LifecycleError, TypeError):
    """Something that is no record of a decision was to be told in words."""

    found: str

    def _message(self) -> str:
        return (
            f"{self.found} cannot be told in words: give a record that the verbs return, "
            "for example a Transition"
        )


@dataclass(eq=False)
class NegativeDays(LifecycleError, ValueError):
    """A span of less than no days."""

    days: int

    def _message(self) -> str:
        return f"days={self.days} is below 0: give the number of days after the action"


@dataclass(eq=False)
class NaiveTime(LifecycleError, ValueError):
    """A time without a time zone was given where an instant is needed."""

    name: str
    value: object

    def _message(self) -> str:
        return f"{self.name}={self.value} has no time zone: give an aware datetime"


@dataclass(eq=False)
class OutsideCalendar(LifecycleError, ValueError):
    """An instant's day at the policy's offset lies outside the years 1 to 9999."""

    at: datetime
    day_offset_minutes: int

    def _message(self) -> str:
        return (
            f"{self.at.isoformat()} falls outside the years 1 to 9999 at "
            f"day_offset_minutes={self.day_offset_minutes}: correct the time"
        )


@dataclass(eq=False)
class LateEvent(LifecycleError, ValueError):
    """An event, or a time asked for, is older than the customer's clock."""

    customer_id: str
    at: datetime
    clock: datetime
    event_id: str | None = None
    kind: str | None = None
    """The kind of the event; None where a time was asked for."""

    def _message(self) -> str:
        what = "a time" if self.kind is None else _event_name(self.kind, self.event_id)
        return (
            f"customer {shown(self.customer_id)}: {what} at {self.at.isoformat()} is older "
            f"than the customer's clock {self.clock.isoformat()}: "
            "rebuild the customer with replay over all events"
        )


@dataclass(eq=False)
class FutureEvent(LifecycleError, ValueError):
    """An event lies after the given now."""

    customer_id: str
    at: datetime
    now: datetime
    event_id: str | None = None
    kind: str = "event"

    def _message(self) -> str:
        return (
            f"customer {shown(self.customer_id)}: {_event_name(self.kind, self.event_id)} at "
            f"{self.at.isoformat()} lies after now={self.now.isoformat()}: "
            "correct its time, or apply it when its time has come"
        )


def _event_name(kind: str, event_id: str | None) -> str:
    return f"a {kind} event" if event_id is None else f"the {kind} event {shown(event_id)}"


@dataclass(eq=False)
class WrongCustomer(LifecycleError, ValueError):
    """An event of another customer."""

    customer_id: str
    found: str

    def _message(self) -> str:
        return (
            f"an event of customer {shown(self.found)} among those of "
            f"{shown(self.customer_id)}: group the events by customer_id first"
        )


@dataclass(eq=False)
class NotAnEvent(LifecycleError, TypeError):
    """Something that is not a validated event was folded."""

    found: str

    def _message(self) -> str:
        return f"{self.found} is not an event: pass it through parse_event first"


@dataclass(eq=False)
class NothingToReplay(LifecycleError, ValueError):
    """No event and no customer: nobody to tell about."""

    def _message(self) -> str:
        return (
            "no events and no customer: give at least one event, or customer=Customer(id=...)"
        )


@dataclass(eq=False)
class CurrencyMismatch(LifecycleError, ValueError):
    """An amount in another currency than the policy's or the customer's first."""

    customer_id: str
    expected: str
    found: str
    at: datetime
    event_id: str | None = None

    def _message(self) -> str:
        return (
            f"customer {shown(self.customer_id)}: currency {shown(self.found)} at "
            f"{self.at.isoformat()} (event_id {shown(self.event_id)}), "
            f"expected {shown(self.expected)}: convert the amount first"
        )


@dataclass(eq=False)
class RevenueOverflow(LifecycleError, ValueError):
    """The amounts of one window add up to 9e14 units of money or more."""

    customer_id: str
    at: datetime
    event_id: str | None = None

    def _message(self) -> str:
        return (
            f"customer {shown(self.customer_id)}: the amounts in the window reach 9e14 at "
            f"{self.at.isoformat()} (event_id {shown(self.event_id)}): "
            "check the amounts, or count in a larger unit"
        )


@dataclass(eq=False)
class SnapshotMismatch(LifecycleError, ValueError):
    """A customer was folded under a policy that counts days in another way."""

    customer_id: str
    field: str
    snapshot: int
    policy: int

    def _message(self) -> str:
        return (
            f"customer {shown(self.customer_id)} was folded with {self.field}={self.snapshot}, "
            f"the policy has {self.policy}: rebuild the customer with replay over all events"
        )


@dataclass(eq=False)
class TransitionRefused(LifecycleError):
    """A strict `apply` met a refusal; it carries the same evidence as the outcome."""

    customer_id: str
    refusals: tuple[Any, ...]

    def _message(self) -> str:
        lines = [
            f"customer {shown(self.customer_id)}: the event was refused:",
            *map(str, self.refusals),
        ]
        return "\n  ".join(lines)


@dataclass(eq=False)
class MissingAttributes(LifecycleError, AttributeError):
    """A machine was asked for over an object that lacks what it should read and set."""

    found: str
    """The object's class."""
    attributes: tuple[str, ...]

    def _message(self) -> str:
        names = ", ".join(map(repr, self.attributes))
        noun = "attribute" if len(self.attributes) == 1 else "attributes"
        return (
            f"{self.found} has no {noun} {names}: add it with None as its first value, "
            "or name another one when you ask for the machine"
        )


@dataclass(eq=False)
class NotLive(LifecycleError, TypeError):
    """A machine was asked for over an object that does not change."""

    found: str
    """The object's class."""
    reason: str

    def _message(self) -> str:
        return (
            f"{self.found} is {self.reason} and does not change: "
            "use Lifecycle.apply, which gives a new customer for each event"
        )


@dataclass(eq=False)
class StateDisagrees(LifecycleError, ValueError):
    """An object says another state than the customer that it stands for."""

    found: str
    """The object's class."""
    attribute: str
    value: str
    expected: str

    def _message(self) -> str:
        return (
            f"{self.found}.{self.attribute} is {self.value}, its customer is "
            f"{self.expected!r}: give the machine the customer that belongs to the object, "
            "and change states by events only (manual_correction sets any)"
        )


class InvalidCallbacks(InvalidInput):
    """Callbacks that cannot be called, or that stand under no state."""


@dataclass(eq=False)
class UnknownName(LifecycleError, ValueError):
    """A language or a format that is not among the known ones."""

    what: str
    """Which kind of name: `lang`, `format`."""
    value: str
    known: tuple[str, ...]

    def _message(self) -> str:
        return f"{self.what} {shown(self.value)} is unknown: use one of {', '.join(self.known)}"


@dataclass(eq=False)
class MissingExtra(LifecycleError, ImportError):
    """Something was asked for that needs a library of an extra."""

    what: str
    extra: str

    def _message(self) -> str:
        return f'{self.what} needs an extra: pip install "lifecycle-model[{self.extra}]"'


class InvalidColumns(InvalidInput):
    """The columns of a frame or a file do not make a log, or no snapshots."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row of a log that cannot be folded."""

    row: int
    """Its place in the log, from 0."""
    column: str
    value: str
    reason: str
    """What is wrong, and what to do."""

    def __str__(self) -> str:
        return f"row {self.row}: {self.column}: {self.value}: {self.reason}"


@dataclass(eq=False)
class InvalidRows(LifecycleError, ValueError):
    """Rows of a log that cannot be folded."""

    count: int
    """How many rows there are, listed or not."""
    rows: tuple[BadRow, ...]
    """The first faults, at most 100."""

    def _message(self) -> str:
        rows = "1 row is" if self.count == 1 else f"{self.count} rows are"
        more = ["..."] if self.count > len({one.row for one in self.rows}) else []
        mend = 'correct them, or fold the others with on_invalid="report"'
        return "\n  ".join([f"{rows} not valid: {mend}", *map(str, self.rows), *more])


@dataclass(eq=False)
class SnapshotsMismatch(LifecycleError, ValueError):
    """Snapshots of another policy, other rules or another release."""

    what: str
    """What differs: `policy`, `rules` or `schema_version`."""
    found: str
    needed: str

    def _message(self) -> str:
        return (
            f"the snapshots have {self.what} {self.found}, needed is {self.needed}: "
            "fold the whole log again, or continue under what they were made with"
        )


@dataclass(eq=False)
class UnknownChoice(LifecycleError, ValueError):
    """An argument that takes one of a few words was given another."""

    name: str
    value: object
    known: tuple[str, ...]

    def _message(self) -> str:
        return f"{self.name}={shown(self.value)}: use one of {', '.join(map(repr, self.known))}"


@dataclass(eq=False)
class NoThreads(LifecycleError, ValueError):
    """Work was to be shared among less than one thread."""

    count: int

    def _message(self) -> str:
        return f"threads={self.count} is below 1: leave it out to use every processor"


@dataclass(eq=False)
class HashCollision(LifecycleError, RuntimeError):
    """Two ids have one hash of 64 bits."""

    column: str

    def _message(self) -> str:
        return f"column {self.column!r}: two ids share a hash: rename one of them"


@dataclass(eq=False)
class TooManyRules(LifecycleError, ValueError):
    """A rule table is larger than the compiled engine has room for."""

    what: str
    count: int
    room: int

    def _message(self) -> str:
        return (
            f"the rule table has {self.count} {self.what}, the columnar engine has room for "
            f"{self.room}: use Lifecycle.replay"
        )


@dataclass(eq=False)
class NotAFrame(LifecycleError, TypeError):
    """Something that is no frame was given as a log or as snapshots."""

    what: str
    found: str

    def _message(self) -> str:
        return (
            f"{self.what} cannot be a {self.found}: give a frame of pandas, polars, pyarrow or "
            "DuckDB"
        )


class InvalidSimulation(InvalidInput):
    """A made-up log was asked for that cannot be made."""


@dataclass(eq=False)
class UnreadableLog(LifecycleError, ValueError):
    """A file cannot be read as what its suffix says."""

    path: str
    reason: str

    def _message(self) -> str:
        return f"{self.path} cannot be read: {clipped(self.reason, _LONGEST_MEND)}"


@dataclass(eq=False)
class TooLittleMemory(LifecycleError, ValueError):
    """A fold was given less memory than any needs."""

    memory: int
    least: int

    def _message(self) -> str:
        return f"memory={self.memory} is too little: give {self.least} bytes or more"


@dataclass(eq=False)
class LawBroken(LifecycleError, AssertionError):
    """A lifecycle breaks a law; it carries a minimal history that shows it."""

    law: str
    """The law's name."""
    history: tuple[Any, ...]
    """The events in order of arrival."""
    details: str
    """What differs from what the law says."""

    def _message(self) -> str:
        events = [
            json.dumps(
                {"kind": event.kind, **event.model_dump(mode="json", exclude_defaults=True)}
            )
            for event in self.history
        ]
        by = "by this history:" if events else "without any event"
        return "\n  ".join([f"law {self.law!r} is broken: {self.details}", by, *events])


@dataclass(eq=False)
class TooFewDays(LifecycleError, ValueError):
    """A span of fewer days than a figure can be made of."""

    days: int
    least: int

    def _message(self) -> str:
        return f"days={self.days} is too few: give {self.least} or more"


@dataclass(eq=False)
class UnevenClocks(LifecycleError, ValueError):
    """Figures were asked of customers that are not all followed to one instant."""

    earliest: datetime
    latest: datetime

    def _message(self) -> str:
        return (
            f"the customers' clocks run from {self.earliest.isoformat()} to "
            f"{self.latest.isoformat()}: replay with as_of, so that all are followed to one "
            "instant"
        )


@dataclass(eq=False)
class NoTransitions(LifecycleError, ValueError):
    """Figures were asked of a replay that kept no transitions."""

    def _message(self) -> str:
        return "the replay kept no transitions: replay with transitions=True"


@dataclass(eq=False)
class MixedCurrencies(LifecycleError, ValueError):
    """A sum was asked over amounts in several currencies."""

    currencies: tuple[str, ...]

    def _message(self) -> str:
        return (
            f"amounts in {', '.join(self.currencies)} cannot be added up: "
            "convert them first, or measure each currency's customers alone"
        )


class InvalidChain(InvalidInput):
    """Numbers that make no Markov chain, or none that has the value asked for."""
