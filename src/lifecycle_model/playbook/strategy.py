"""What one state, or a combination of states, calls for."""

from dataclasses import dataclass

from lifecycle_model.playbook.action import Action, Department


@dataclass(frozen=True, slots=True)
class Strategy:
    """The way to treat customers in one state, and the actions that follow from it.

    >>> Strategy("regular", strategy="Offer more.").marketing
    ()
    """

    key: str
    """A state, or several of different axes joined by `+`."""
    strategy: str = ""
    """The general strategy in a sentence or two."""
    result: str = ""
    """What is expected to come of it."""
    question: str = ""
    """What the buyer asks, where the key is a buying position."""
    handover: str = ""
    """What marketing and sales pass to each other here."""
    actions: tuple[Action, ...] = ()
    """In the order in which they matter."""

    def of(self, department: Department) -> tuple[Action, ...]:
        """Return the actions of one department, in order."""
        return tuple(action for action in self.actions if action.department == department)

    @property
    def marketing(self) -> tuple[Action, ...]:
        """The actions of marketing."""
        return self.of(Department.MARKETING)

    @property
    def sales(self) -> tuple[Action, ...]:
        """The actions of sales."""
        return self.of(Department.SALES)

    @property
    def service(self) -> tuple[Action, ...]:
        """The actions of service."""
        return self.of(Department.SERVICE)
