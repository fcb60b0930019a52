"""What a log shall be, checked as a whole, and its making in batches."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from lifecycle_model.errors import InvalidSimulation, Problem, did_you_mean, shown
from lifecycle_model.simulate.chance import Chance
from lifecycle_model.simulate.columns import COLUMNS, KEYS
from lifecycle_model.simulate.fields import Writer
from lifecycle_model.simulate.plan import Plan, people, told
from lifecycle_model.simulate.rows import Teller
from lifecycle_model.simulate.script import Script

BATCH: Final = 500_000
_MOST: Final = 2**31 - 1
_CENTURY: Final = 36_525
_RANGES: Final = {
    "events": (1, _MOST),
    "customers": (1, _MOST),
    "seed": (0, 2**63 - 1),
    "days": (1, _CENTURY),
    "duplicates": (0, 0.5),
    "late": (0, 1),
}
_LAST_START: Final = date(9890, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A log that is wanted; `event_log` says what each field means."""

    events: int
    customers: int
    seed: int
    start: date
    days: int
    columns: Iterable[str] | None
    integer_ids: bool
    duplicates: float
    late: float

    def batches(self) -> Iterator[pl.DataFrame]:
        """Yield the log in parts that follow each other.

        Raises:
            InvalidSimulation: with everything that cannot be.
        """
        asked = tuple(COLUMNS) if self.columns is None else tuple(self.columns)
        if problems := (*self._problems(), *_column_problems(asked)):
            raise InvalidSimulation("log", problems)
        columns = [name for name in COLUMNS if name in asked or name in KEYS]
        copies = 0
        if "event_id" in columns:
            copies = min(int(self.events * self.duplicates), self.events - self.customers)
        chance = Chance(self.seed)
        script = Script(columns)
        customers = people(self.customers, self.days, chance)
        plan = Plan.of(told(customers, script, self.events - copies, self.days, chance))
        teller = Teller(script, customers, plan, self.days, copies, self.late, chance)
        writer = Writer(script, columns, self._ids(), self.start)
        return map(writer.frame, teller.batches(BATCH))

    def _ids(self) -> pl.Series:
        numbers = pl.Series(np.arange(1, self.customers + 1))
        return numbers if self.integer_ids else "c-" + numbers.cast(pl.String).str.zfill(7)

    def _problems(self) -> Iterator[Problem]:
        """Yield what is wrong with the numbers."""
        for name, (least, most) in _RANGES.items():
            value = getattr(self, name)
            if not least <= value <= most:
                yield Problem(name, shown(value), f"give a number from {least} to {most}")
        if type(self.start) is not date:
            yield Problem("start", shown(self.start), "give a date without a time")
        elif self.start.toordinal() > _LAST_START:
            yield Problem(
                "start", shown(self.start), "leave room for the days before year 9999"
            )
        if 1 <= self.events < self.customers:
            mend = f"give at least one event for each of the {self.customers} customers"
            yield Problem("events", shown(self.events), mend)


def _column_problems(columns: Sequence[str]) -> Iterator[Problem]:
    """Yield the columns that no log has."""
    for name in columns:
        if name not in COLUMNS:
            yield Problem("columns", shown(name), did_you_mean(name, tuple(COLUMNS)))
