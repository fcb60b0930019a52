"""What to do for one customer now, what waits, and by when."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from lifecycle_model.outcome import Status
from lifecycle_model.playbook.action import Action, Department
from lifecycle_model.playbook.show import plan_html, plan_text
from lifecycle_model.playbook.strategy import Strategy
from lifecycle_model.playbook.words import Words


class Hold(StrEnum):
    """Why an action waits."""

    COMPLAINT_OPEN = "complaint_open"
    DISSATISFIED = "dissatisfied"
    PAYMENT_OVERDUE = "payment_overdue"
    NO_CONSENT = "no_consent"


@dataclass(frozen=True, slots=True)
class Planned:
    """An action that is due."""

    action: Action
    """Its texts speak of this customer."""
    reasons: tuple[str, ...]
    """The keys that brought it in, in the order of the plan."""


@dataclass(frozen=True, slots=True)
class Held:
    """An action that waits."""

    action: Action
    reasons: tuple[str, ...]
    """The keys that would have brought it in."""
    holds: tuple[Hold, ...]
    """Everything that must end first."""


@dataclass(frozen=True, slots=True)
class Due:
    """The day on which something changes if nothing happens."""

    on: date
    rule: str
    """The first rule that fires then."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The merged, ordered list of actions for one customer, each once."""

    customer_id: str
    lang: str
    status: Status
    """Where the customer stands."""
    strategies: tuple[Strategy, ...]
    """What holds here: service that is due first, then the more specific."""
    planned: tuple[Planned, ...]
    held: tuple[Held, ...]
    due: Due | None
    """None where nothing changes by itself."""
    words: Words = field(repr=False)

    def of(self, department: Department) -> tuple[Planned, ...]:
        """Return what one department has to do, in order."""
        return tuple(one for one in self.planned if one.action.department == department)

    def why_held(self, held: Held) -> tuple[str, ...]:
        """Return why an action waits, in the plan's language."""
        channel = self.words.channel(held.action.channel or "")
        return tuple(self.words.holds[hold].format(channel=channel) for hold in held.holds)

    def __str__(self) -> str:
        return plan_text(self)

    def _repr_html_(self) -> str:
        return plan_html(self)
