"""From stories to rows: when each step happens, when it arrives, and what arrives twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from lifecycle_model.simulate.chance import Chance, Floats, Numbers
from lifecycle_model.simulate.plan import RESERVE, Customers, Plan
from lifecycle_model.simulate.script import DAY, Script

_HOUR: Final = 3_600
_FAULTY: Final = 0.1
"""How many of the copies say something else than their original."""


@dataclass
class Teller:
    """Tells the stories of a plan, batch by batch."""

    script: Script
    customers: Customers
    plan: Plan
    days: int
    copies: int
    """How many rows are copies of others."""
    late: float
    """How many of all rows arrive late."""
    chance: Chance

    def batches(self, size: int) -> Iterator[pl.DataFrame]:
        """Yield the rows of the log in the order in which they arrive, as small numbers.

        `luck` is what the words of a row are drawn with: a copy has its original's.

        Args:
            size: about how many rows a batch has.
        """
        waiting: list[pl.DataFrame] = []
        copied = events = 0
        every = int(self.plan.length.sum(dtype=np.int64))
        for begin, end, later in self.plan.batches(size):
            rows = self._rows(begin, end, events)
            events += len(rows)
            copies = self._copies(rows, self.copies * events // every - copied)
            copied += len(copies)
            found = pl.concat([*waiting, rows, copies])
            # What begins later may be dated to the beginning of its day.
            ready = pl.col("arrived") < later - later % DAY
            waiting = [found.filter(~ready)]
            yield found.filter(ready).sort("arrived", maintain_order=True)

    def _rows(self, begin: int, end: int, number: int) -> pl.DataFrame:
        """Return the rows of some stories, numbered from `number`."""
        script, chance = self.script, self.chance
        length = self.plan.length[begin:end].astype(np.int64)
        story = self.plan.story[begin:end].astype(np.int64)
        start = self.plan.start[begin:end].astype(np.int64)
        customer = self.plan.customer[begin:end]
        pace = self._pace(story, start)
        price = 0.2 + 0.4 / (chance.uniform(len(length)) + 0.15)
        cents = (self.customers.cents[customer] * price).astype(np.int64)

        which = np.repeat(np.arange(len(length)), length)
        count = len(which)
        place = np.arange(count) - np.repeat(np.cumsum(length) - length, length)
        step = script.start[story[which]] + place
        occurred = start[which] + (script.day[step] * pace[which]).astype(np.int64)
        dated = self.customers.dated[customer[which]]
        occurred -= np.where(dated, occurred % DAY, 0)
        return pl.DataFrame(
            {
                "customer": customer[which],
                "story": (begin + which).astype(np.int32),
                "step": step.astype(np.uint8),
                "number": number + np.arange(count),
                "start": start[which],
                "occurred": occurred,
                "arrived": occurred + self._delay(count),
                "cents": cents[which] * script.share[step] // 100,
                "luck": chance.bits(count),
            }
        )

    def _pace(self, story: Numbers, start: Numbers) -> Floats:
        """Return how many seconds a day of each story takes: all end within the log."""
        usual = DAY * (0.4 + 1.2 * self.chance.uniform(len(story)))
        left = self.days * DAY - RESERVE - start
        pace: Floats = np.minimum(usual, left / np.maximum(self.script.span[story], 1.0))
        return pace

    def _delay(self, count: int) -> Numbers:
        """Return how late rows arrive: most at once, some after an hour, a few after weeks."""
        late = self.chance.uniform(count) < self.late
        delay = (_HOUR / (self.chance.uniform(count) + 0.002)).astype(np.int64)
        return np.where(late, delay, 0)

    def _copies(self, rows: pl.DataFrame, count: int) -> pl.DataFrame:
        """Return copies of some rows that have an event id; a few are faulty."""
        named = np.flatnonzero(self.script.named[rows["step"].to_numpy()])
        spread = (np.arange(count) + self.chance.uniform(count)) * (len(named) / max(count, 1))
        copies = rows[named[spread.astype(np.int64)]]
        faulty = self.chance.uniform(count) < _FAULTY
        after = (self.chance.uniform(count) * 2 * DAY).astype(np.int64)
        return copies.with_columns(
            occurred=copies["occurred"] + np.where(faulty, _HOUR, 0),
            arrived=copies["arrived"] + after,
        )
