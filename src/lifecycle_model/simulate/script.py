"""The stories that a log can tell, flattened into arrays: one place a step."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from lifecycle_model.events import KINDS
from lifecycle_model.simulate.chance import lottery
from lifecycle_model.simulate.columns import COLUMNS, NEEDED, OWN
from lifecycle_model.simulate.stories import (
    HABITS,
    NAMELESS,
    NUMBERED,
    STORIES,
    USUAL,
    Choice,
    Step,
)

DAY: Final = 86_400
"""Seconds."""

_NOT_TOLD: Final[Choice] = (None,)


class Words(NamedTuple):
    """What one column says at each step: a choice of words."""

    words: pl.Series
    begin: npt.NDArray[np.uint64]
    """Where the words of a step begin."""
    size: npt.NDArray[np.uint64]
    """How many a step chooses from."""


class Script:
    """The stories that need no column which the log lacks, and the steps of all stories.

    >>> script = Script(["customer_id", "kind", "occurred_at"])
    >>> sorted(set(script.told) & {"lost", "refund", "visit"})
    ['lost', 'visit']
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self.told: Final = {
            name
            for name, story in STORIES.items()
            if all(_needs(step).issubset(columns) for step in story.steps)
        }
        steps = [step for story in STORIES.values() for step in story.steps]
        places = [place for story in STORIES.values() for place in range(len(story.steps))]
        self.length: Final = np.array([len(story.steps) for story in STORIES.values()])
        """How many steps a story has."""
        self.start: Final = np.cumsum(self.length) - self.length
        """Where the steps of a story begin."""
        self.span: Final = np.array(
            [max((step.day for step in story.steps), default=0) for story in STORIES.values()]
        )
        """How many days a story takes."""
        self.kind: Final = pl.Series([step.kind for step in steps], dtype=pl.Enum(KINDS))
        self.day: Final = np.array([step.day for step in steps])
        self.share: Final = np.array([step.share for step in steps])
        self.covers: Final = np.array([step.covers for step in steps])
        self.deal: Final = np.repeat([story.deal for story in STORIES.values()], self.length)
        """Whether a step is about an opportunity of its own."""
        self.named: Final = np.array([_source(step) not in NAMELESS for step in steps])
        """Whether an event has an id."""
        self._choices: Final = [
            {**USUAL[step.kind], **step.fields}
            | ({"sequence": (place,)} if _source(step) == NUMBERED else {})
            for step, place in zip(steps, places, strict=True)
        ]
        self._kinds: Final = [step.kind for step in steps]

    def owns(self, column: str) -> npt.NDArray[np.bool_]:
        """Return whether a step's kind has a field."""
        return np.array([column in OWN[kind] for kind in self._kinds])

    def words(self, column: str) -> Words:
        """Return what a column says at each step."""
        choices = [told.get(column, _NOT_TOLD) for told in self._choices]
        distinct: dict[str, Choice] = {repr(choice): choice for choice in choices}
        ends = np.cumsum([len(choice) for choice in distinct.values()])
        begin = dict(zip(distinct, [0, *ends.tolist()], strict=False))
        words: list[Any] = [word for choice in distinct.values() for word in choice]
        return Words(
            pl.Series(words, dtype=COLUMNS[column]),
            np.array([begin[repr(choice)] for choice in choices], dtype=np.uint64),
            np.array([len(choice) for choice in choices], dtype=np.uint64),
        )

    def lotteries(self, part: str) -> npt.NDArray[np.int32]:
        """Return, for each habit, the tickets from which a story is drawn.

        Args:
            part: `first`, `then` or `last`.
        """
        names = list(STORIES)
        return np.stack(
            [
                lottery(
                    {n: weight for n, weight in getattr(habit, part).items() if n in self.told},
                    names,
                )
                for habit in HABITS
            ]
        )


def _source(step: Step) -> str:
    return str(USUAL[step.kind]["source"][0])


def _needs(step: Step) -> frozenset[str]:
    """Return the columns without which a step would not be valid."""
    corrected = {"situation", "position"} & step.fields.keys()
    return NEEDED[step.kind].union(corrected)
