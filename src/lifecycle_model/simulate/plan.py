"""Who lives when, and which stories are told: as much of a log as is known beforehand."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from lifecycle_model.simulate.chance import Chance, Numbers, lottery, tickets
from lifecycle_model.simulate.script import DAY, Script
from lifecycle_model.simulate.stories import HABITS

RESERVE: Final = 3_600
"""Seconds at the end of a log in which nothing happens but faulty copies of what did."""

_DATED: Final = 0.1
_TICKETS_EACH: Final = 8
_BLOCK: Final = 1 << 20
_SLOTS: Final = 1 << 16


@dataclass(frozen=True)
class Customers:
    """All customers, oldest first; times are seconds after the start of the log."""

    habit: Numbers
    birth: Numbers
    life: Numbers
    """For how long stories begin."""
    ended: npt.NDArray[np.bool_]
    """Whether that is over before the log ends."""
    cents: Numbers
    """What a usual purchase costs."""
    dated: npt.NDArray[np.bool_]
    """Whether only the day of an event is known."""
    tickets: npt.NDArray[np.int32]
    """Customers, each as often as it takes part in the lottery of further stories."""


@dataclass(frozen=True)
class Stories:
    """Stories, and how many of their steps are told; times as above."""

    customer: Numbers
    story: Numbers
    start: Numbers
    length: Numbers


def people(count: int, days: int, chance: Chance) -> Customers:
    """Return so many customers: most have little to do with us, a few very much.

    Args:
        count: how many.
        days: the length of the log.
        chance: where they are drawn from.
    """
    span = days * DAY - RESERVE
    sorts = lottery(
        {place: habit.share for place, habit in enumerate(HABITS)}, range(len(HABITS))
    )
    habit = sorts[chance.below(len(sorts), count)].astype(np.int64)
    birth = ((np.arange(count) + chance.uniform(count)) * (span / count)).astype(np.int64)
    fullness = np.minimum(1.0, 0.1 + 1.5 * chance.uniform(count))
    life = ((span - birth) * fullness).astype(np.int64)
    usual = np.array([one.cents for one in HABITS])[habit]
    cents = (usual * (0.4 + 1.2 * chance.uniform(count))).astype(np.int64)
    dated = chance.uniform(count) < _DATED
    # The tail is heavy: one customer in x weighs more than x, up to one in a thousand.
    weights = (life + 1.0) / (chance.uniform(count) + 0.001)
    lots = tickets(weights, _TICKETS_EACH * count)
    return Customers(habit, birth, life, fullness < 1.0, cents, dated, lots)


def told(
    customers: Customers, script: Script, events: int, days: int, chance: Chance
) -> Iterator[Stories]:
    """Yield stories until they have so many events, each customer's first story among them.

    Args:
        customers: whose.
        script: what may happen.
        events: how many, at least as many as customers.
        days: the length of the log.
        chance: where they are drawn from.
    """
    count = len(customers.habit)
    drawn = _drawn(customers, script, days * DAY - RESERVE, chance, min(_BLOCK, events))
    room, least = events - count, 1
    while True:
        stories = next(drawn)
        more = stories.length - least
        kept = np.clip(room - (np.cumsum(more) - more), 0, more)
        length = kept + least
        some = length > 0
        yield Stories(
            stories.customer[some], stories.story[some], stories.start[some], length[some]
        )
        room, least = room - int(kept.sum()), 0
        if room == 0:
            return


def _drawn(
    customers: Customers, script: Script, span: int, chance: Chance, block: int
) -> Iterator[Stories]:
    """Yield the first stories, the last ones, and without end so many of those between."""
    everybody = np.arange(len(customers.habit))
    gone = everybody[customers.ended]
    first, then, last = map(script.lotteries, ("first", "then", "last"))
    rhythm = np.array([habit.rhythm * DAY for habit in HABITS])

    def drawn(who: Numbers, lots: npt.NDArray[np.int32], start: Numbers) -> Stories:
        ticket = chance.below(lots.shape[1], len(who))
        story = lots[customers.habit[who], ticket].astype(np.int64)
        return Stories(who, story, np.minimum(start, span), script.length[story])

    yield drawn(everybody, first, customers.birth)
    yield drawn(gone, last, customers.birth[gone] + customers.life[gone])
    while True:
        who = customers.tickets[chance.below(len(customers.tickets), block)].astype(np.int64)
        offset = (customers.life[who] * chance.uniform(block)).astype(np.int64)
        # On the same day of the week, or of the month, and at about the same time.
        start = customers.birth[who] + offset - offset % rhythm[customers.habit[who]]
        yield drawn(who, then, start + offset % (DAY // 4))


@dataclass(frozen=True)
class Plan:
    """All stories of a log in small numbers, in the order in which they begin, about."""

    customer: npt.NDArray[np.int32]
    story: npt.NDArray[np.uint8]
    start: npt.NDArray[np.uint32]
    length: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, stories: Iterator[Stories]) -> "Plan":
        """Put the stories in order."""
        parts = [
            (
                part.customer.astype(np.int32),
                part.story.astype(np.uint8),
                part.start.astype(np.uint32),
                part.length.astype(np.uint8),
            )
            for part in stories
        ]
        customer, story, start, length = map(np.concatenate, zip(*parts, strict=True))
        # Sorted by a small number, which takes no comparisons.
        order = np.argsort(_slots(start)[0], kind="stable")
        return cls(customer[order], story[order], start[order], length[order])

    def batches(self, size: int) -> Iterator[tuple[int, int, int]]:
        """Yield where each batch begins and ends, and until when nothing begins after it.

        Args:
            size: about how many events a batch has.
        """
        slot, width = _slots(self.start)
        ends = np.cumsum(self.length, dtype=np.int64)
        wanted = np.searchsorted(ends, np.arange(size, int(ends[-1]), size))
        cuts = np.unique(np.searchsorted(slot, slot[wanted]))
        begin = 0
        for end in cuts[cuts > 0].tolist():
            yield begin, end, int(slot[end]) * width
            begin = end
        yield begin, len(slot), 1 << 62


def _slots(start: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.uint16], int]:
    """Return times as one of 65,536 slots, and how many seconds a slot has."""
    width = int(start.max()) // _SLOTS + 1
    return (start // width).astype(np.uint16), width
