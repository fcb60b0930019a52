"""Strategies for events and for whole logs of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from lifecycle_model.errors import did_you_mean
from lifecycle_model.events import KINDS, Event
from lifecycle_model.testing.scene import FIRST, LAST, Scene
from lifecycle_model.testing.steps import dated, steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from lifecycle_model.testing.steps import Step

_LONG: Final = 8


def events(
    *,
    kinds: Sequence[str] = KINDS,
    customer_id: str | None = None,
    currency: str | None = None,
    min_time: datetime = FIRST,
    max_time: datetime = LAST,
) -> SearchStrategy[Event]:
    """Generate valid events of any kind.

    Args:
        kinds: the kinds to choose from.
        customer_id: whose events they are; anybody's where not given.
        currency: the currency that an amount may name; any where not given.
        min_time: the earliest instant.
        max_time: the latest instant.

    >>> from hypothesis import find
    >>> find(events(kinds=["survey_answered"]), lambda event: event.score >= 7).score
    7
    """
    scene = Scene(
        kinds=tuple(kinds),
        customer_id=customer_id,
        currency=currency,
        min_time=min_time,
        max_time=max_time,
    )
    return logs_in(scene, min_size=1, max_size=1).map(lambda log: log[0])


def event_logs(  # noqa: PLR0913 - bounds, each by name
    *,
    min_size: int = 0,
    max_size: int | None = None,
    kinds: Sequence[str] = KINDS,
    customer_id: str | None = None,
    currency: str | None = None,
    min_time: datetime = FIRST,
    max_time: datetime = LAST,
) -> SearchStrategy[list[Event]]:
    """Generate logs as systems deliver them: late rows, ties, copies, conflicting versions.

    The events of one log name one currency, or none, so that each customer's events fold.

    Args:
        min_size: the least number of events.
        max_size: the greatest number of events.
        kinds: the kinds to choose from.
        customer_id: whose events they are; those of several customers where not given.
        currency: the currency that an amount may name; any one where not given.
        min_time: the earliest instant.
        max_time: the latest instant.

    >>> from hypothesis import find
    >>> from lifecycle_model import Lifecycle
    >>> logs = event_logs(customer_id="c", min_size=1, max_size=3)
    >>> log = find(logs, lambda log: Lifecycle().replay(log).customer.situation == "potential")
    >>> len(log)
    1
    """
    scene = Scene(
        kinds=tuple(kinds),
        customer_id=customer_id,
        currency=currency,
        min_time=min_time,
        max_time=max_time,
    )
    return logs_in(scene, min_size=min_size, max_size=max_size)


@st.composite
def logs_in(
    draw: DrawFn, scene: Scene, *, min_size: int = 0, max_size: int | None = None
) -> list[Event]:
    """Generate logs of a scene."""
    _check(scene)
    if scene.currency is None:
        scene = replace(scene, currency=draw(st.one_of(st.none(), st.text(min_size=1))))
    kinds = draw(st.sampled_from(scene.themes))
    day = draw(st.dates(_day(scene.min_time), _day(scene.max_time)))
    midnight = datetime.combine(day, time(), UTC) - timedelta(minutes=scene.day_offset_minutes)
    return dated(scene, midnight, draw(_some(steps(kinds), min_size, max_size)))


def _some(
    one: SearchStrategy[Step], min_size: int, max_size: int | None
) -> SearchStrategy[list[Step]]:
    """Generate lists of steps, every second one long enough to reach deep states."""
    some = st.lists(one, min_size=min_size, max_size=max_size)
    if min_size >= _LONG or (max_size is not None and max_size < _LONG):
        return some
    return st.one_of(some, st.lists(one, min_size=_LONG, max_size=max_size))


def _day(instant: datetime) -> date:
    return instant.astimezone(UTC).date()


def _check(scene: Scene) -> None:
    """Refuse what no event can have.

    Raises:
        InvalidArgument: with what is wrong and its value.
    """
    if not scene.kinds:
        raise InvalidArgument("kinds=() names no kind")
    for kind in scene.kinds:
        if kind not in KINDS:
            raise InvalidArgument(f"kinds={scene.kinds!r}: {did_you_mean(kind, KINDS)}")
    for name in ("customer_id", "currency"):
        value = getattr(scene, name)
        if value is not None and (not isinstance(value, str) or not value):
            raise InvalidArgument(f"{name}={value!r} is not a text with at least one character")
    for name in ("min_time", "max_time"):
        value = getattr(scene, name)
        if not isinstance(value, datetime) or value.utcoffset() is None:
            raise InvalidArgument(f"{name}={value!r} is not an aware datetime")
        if not FIRST <= value <= LAST:
            raise InvalidArgument(f"{name}={value!r} is not within {FIRST} and {LAST}")
    if scene.min_time > scene.max_time:
        raise InvalidArgument(
            f"min_time={scene.min_time!r} is after max_time={scene.max_time!r}"
        )
