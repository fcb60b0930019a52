"""What every machine of one kind shares: who folds, which attributes, which callbacks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeAlias, TypeVar

from lifecycle_model.engine import Engine
from lifecycle_model.errors import InvalidCallbacks, Problem, did_you_mean, shown
from lifecycle_model.outcome import State, Transition
from lifecycle_model.states import Axis, BuyingPosition, Situation

if TYPE_CHECKING:
    from transitions import Machine

Subject = TypeVar("Subject")

Callback: TypeAlias = Callable[[Subject, Transition], object]
"""Called with the object and the move; what it returns is not looked at."""

STATES: Final = (*map(str, Situation), *map(str, BuyingPosition))
"""What a callback may stand under."""


@dataclass(frozen=True, slots=True)
class Settings(Generic[Subject]):
    """The attributes that are read and set, and the callbacks.

    Raises:
        InvalidCallbacks: a callback cannot be called, or stands under an unknown state.
    """

    engine: Engine
    machines: "Mapping[Axis, Machine]"
    situation: str
    position: str | None
    snapshot: str | None
    before: Callback[Subject] | None
    after: Callback[Subject] | None
    leave: Mapping[State, Callback[Subject]]
    enter: Mapping[State, Callback[Subject]]

    def __post_init__(self) -> None:
        if problems := tuple(self._problems()):
            raise InvalidCallbacks("machine", problems)

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes that an object must have."""
        return tuple(name for name in (self.situation, self.position, self.snapshot) if name)

    def _problems(self) -> Iterator[Problem]:
        mend = "is not callable: give a function of the object and the move"
        for name in ("before", "after"):
            callback = getattr(self, name)
            if callback is not None and not callable(callback):
                yield Problem(name, shown(callback), mend)
        for name in ("leave", "enter"):
            for state, callback in getattr(self, name).items():
                if state not in STATES:
                    hint = did_you_mean(state, STATES)
                    yield Problem(name, shown(str(state)), f"is not a state: {hint}")
                if not callable(callback):
                    yield Problem(f"{name}.{state}", shown(callback), mend)
