"""Comparing what a law says is equal, and saying where it differs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel

from lifecycle_model.customer import Customer

if TYPE_CHECKING:
    from lifecycle_model.history import History
    from lifecycle_model.testing.laws.trial import Trial

NEW: Final = Customer(id="c")
"""Whose events the laws fold, before any event."""
DAY: Final = timedelta(days=1)
MICROSECOND: Final = timedelta(microseconds=1)

_LONGEST: Final = 300


def same(what: str, expected: object, found: object) -> None:
    """Hold what was found against what a law says it must be.

    Raises:
        AssertionError: they differ; it says where.
    """
    if expected != found:
        raise AssertionError(f"{what}: {_difference(expected, found)}")


def demand(what: str, *, holds: bool) -> None:
    """Hold a condition of a law.

    Raises:
        AssertionError: it does not hold.
    """
    if not holds:
        raise AssertionError(what)


def told(history: History) -> dict[str, object]:
    """Return all that a history says."""
    return {
        "customer": history.customer,
        "transitions": history.transitions,
        "events": history.events,
        "duplicates": history.duplicates,
        "conflicts": history.conflicts,
        "future": history.future,
    }


def folded(trial: Trial) -> Customer:
    """Return the customer of a trial's log."""
    return trial.lifecycle.replay(trial.log, customer=NEW).customer


def _difference(expected: object, found: object) -> str:
    if isinstance(expected, BaseModel) and isinstance(found, BaseModel):
        expected, found = dict(expected), dict(found)
    if isinstance(expected, dict) and isinstance(found, dict):
        return "; ".join(
            f"{name}: {_difference(expected.get(name), found.get(name))}"
            for name in {**expected, **found}
            if expected.get(name) != found.get(name)
        )
    if isinstance(expected, tuple) and isinstance(found, tuple) and len(expected) == len(found):
        return "; ".join(
            f"number {place}: {_difference(one, other)}"
            for place, (one, other) in enumerate(zip(expected, found, strict=True), start=1)
            if one != other
        )
    return f"expected {_short(expected)}, found {_short(found)}"


def _short(value: object) -> str:
    text = f"({', '.join(map(str, value))})" if isinstance(value, tuple) else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
