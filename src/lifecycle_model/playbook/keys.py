"""The keys of a playbook: a state, or several states of different axes joined by `+`."""

from enum import StrEnum
from functools import cache
from typing import Final

from lifecycle_model.errors import did_you_mean
from lifecycle_model.states import (
    BuyingPosition,
    LifecycleStage,
    SalesStep,
    ServiceState,
    Situation,
)


class Supplier(StrEnum):
    """With whom the opportunities at the leading position were chosen or signed."""

    US = "with_us"
    COMPETITOR = "with_competitor"


AXES: Final[dict[str, tuple[StrEnum, ...]]] = {
    "situation": tuple(Situation),
    "position": tuple(BuyingPosition),
    "stage": tuple(LifecycleStage),
    "sales_step": tuple(SalesStep),
    "service_state": tuple(ServiceState),
    "supplier": tuple(Supplier),
}
"""What a key may name; no two axes share a value."""

_AXIS_OF: Final = {state.value: axis for axis, states in AXES.items() for state in states}
STATES: Final[tuple[str, ...]] = tuple(_AXIS_OF)
"""Every state that a key may name."""

_ORDER: Final = {state: place for place, state in enumerate(STATES)}
_LEADS: Final = ("service_state", "supplier", "position", "situation", "sales_step", "stage")
"""Which axis comes first in a plan among keys that are equally specific."""


@cache
def states_of(key: str) -> tuple[str, ...]:
    """Return the states that a key names, in the order of the axes.

    Raises:
        ValueError: a state is unknown, or two are of one axis.

    >>> states_of("options_evaluation+potential")
    ('potential', 'options_evaluation')
    """
    names = [name.strip() for name in key.split("+")]
    for name in names:
        if name not in _AXIS_OF:
            msg = f"names an unknown state {name!r}: {did_you_mean(name, STATES)}"
            raise ValueError(msg)
    axes = [_AXIS_OF[name] for name in names]
    if len(set(axes)) < len(axes):
        msg = "names two states of one axis: no customer is in both"
        raise ValueError(msg)
    return tuple(sorted(names, key=_ORDER.__getitem__))


def plain_key(key: str) -> str:
    """Return a key as it is stored: its states in the order of the axes.

    >>> plain_key("options_evaluation + potential")
    'potential+options_evaluation'
    """
    return "+".join(states_of(key))


def rank(key: str) -> tuple[bool, int, int]:
    """Return the place of a key in a plan: service that is due, then the more specific.

    >>> sorted(["regular", "complaint_open", "regular+status_quo"], key=rank)
    ['complaint_open', 'regular+status_quo', 'regular']
    """
    # That no case is open makes nothing more specific: it is so for most customers.
    axes = [_AXIS_OF[state] for state in states_of(key) if state != ServiceState.IDLE]
    first = min((_LEADS.index(axis) for axis in axes), default=len(_LEADS))
    return "service_state" not in axes, -len(axes), first
