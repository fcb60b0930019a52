"""One thing that somebody can do for a customer."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lifecycle_model.events import KINDS
from lifecycle_model.states import BuyingPosition, Situation


class Department(StrEnum):
    """Who carries an action out."""

    MARKETING = "marketing"
    SALES = "sales"
    SERVICE = "service"


class Source(StrEnum):
    """Where an action comes from: one of the five documents, or the user."""

    S0 = "S0"
    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"
    OWN = "own"


GOALS: Final[tuple[str, ...]] = (
    *(kind for kind in KINDS if kind not in {"action_taken", "time_passed"}),
    *(state.value for state in (*Situation, *BuyingPosition)),
)
"""What an action may work towards: an event that others cause, or a state with transitions."""


@dataclass(frozen=True, slots=True)
class Action:
    """One action of the playbook, in the playbook's language.

    >>> Action(
    ...     id="birthday-card",
    ...     department=Department.MARKETING,
    ...     title="Send a birthday card",
    ...     text="Write it by hand.",
    ...     works_towards="product_used",
    ...     channel="post",
    ... ).source
    <Source.OWN: 'own'>
    """

    id: str
    """Stable: it is what `action_taken` events name."""
    department: Department
    title: str
    text: str
    works_towards: str
    """The kind of event, the situation or the position that it is meant to bring about."""
    source: Source = Source.OWN
    channel: str | None = None
    """Where it reaches the customer; marketing there needs consent."""
    promotion: bool = False
    """True where it sells, and so waits while service comes first."""
