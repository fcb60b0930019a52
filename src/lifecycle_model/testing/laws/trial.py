"""What a law is tried on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from lifecycle_model.states import BuyingPosition, Situation
from lifecycle_model.testing.logs import logs_in
from lifecycle_model.testing.scene import scene_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from lifecycle_model.events import Event
    from lifecycle_model.lifecycle import Lifecycle
    from lifecycle_model.outcome import State

STATES: Final = (*Situation, *BuyingPosition)


@dataclass(frozen=True, slots=True)
class Trial:
    """A lifecycle, a log, and the choices that laws make: where to cut, how long to wait."""

    lifecycle: Lifecycle
    log: Sequence[Event]
    """Events of customer `c` in the order of their arrival."""
    shuffled: Sequence[Event]
    """The same events in another order."""
    place: int
    """Which event, where a law chooses one: this number, counted round."""
    wait: timedelta
    rest: timedelta
    target: State

    def __repr__(self) -> str:
        # Hypothesis warns of long ones, and what a law says tells more.
        return f"Trial({len(self.log)} events)"


@st.composite
def trials(draw: DrawFn, lifecycles: SearchStrategy[Lifecycle]) -> Trial:
    """Generate trials with logs that come to a lifecycle's thresholds, and just miss them."""
    lifecycle = draw(lifecycles)
    scene = scene_of(lifecycle)
    log = draw(logs_in(scene))
    waits = st.one_of(
        st.sampled_from(scene.days).map(lambda number: timedelta(days=number)),
        st.integers(0, 400 * 24).map(lambda hours: timedelta(hours=hours)),
    )
    return Trial(
        lifecycle=lifecycle,
        log=log,
        shuffled=draw(st.permutations(log)),
        place=draw(st.integers(0, 50)),
        wait=draw(waits),
        rest=draw(waits),
        target=draw(st.sampled_from(STATES)),
    )
