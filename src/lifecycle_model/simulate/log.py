"""The public verbs: a log as a frame, and a log as a file of any size."""

from collections.abc import Iterable
from datetime import date
from os import PathLike
from typing import Final

import polars as pl

from lifecycle_model.simulate.files import write_parts
from lifecycle_model.simulate.wanted import Wanted

_START: Final = date(2021, 1, 1)
_FOUR_YEARS: Final = 1461


def event_log(  # noqa: PLR0913 - each is one word of what is wanted
    events: int,
    customers: int,
    *,
    seed: int = 0,
    start: date = _START,
    days: int = _FOUR_YEARS,
    columns: Iterable[str] | None = None,
    integer_ids: bool = False,
    duplicates: float = 0.01,
    late: float = 0.02,
) -> pl.DataFrame:
    """Return a made-up event log that looks like a company's.

    The same arguments give the same log on every machine. Customers appear over time and act
    by habits of their own; what they do are processes with a beginning and one of several ends;
    most do little and a few very much. Every row is a valid event. Rows come in the order of
    time, except those that arrive late.

    Args:
        events: how many rows, copies among them.
        customers: how many customers; each has an event at least.
        seed: another one gives another log; 0 or more.
        start: the first day, in UTC.
        days: over how many days the events are spread.
        columns: which columns beside `customer_id`, `kind` and `occurred_at`, all where not
            given. Events that would not be valid without a column do not occur.
        integer_ids: True for customers whose ids are whole numbers.
        duplicates: how many of all rows are copies of others, 0 to 0.5. One copy in ten is
            faulty and says another time. Without `event_id` there are none.
        late: how many of the rows arrive late, by an hour to some weeks, 0 to 1.

    Raises:
        InvalidSimulation: with everything that cannot be.

    >>> log = event_log(1000, 50, columns=["amount"])
    >>> log.shape, log["customer_id"].n_unique()
    ((1000, 4), 50)
    """
    wanted = Wanted(
        events, customers, seed, start, days, columns, integer_ids, duplicates, late
    )
    return pl.concat(wanted.batches(), rechunk=False)


def write_event_log(  # noqa: PLR0913 - the same
    path: str | PathLike[str],
    events: int,
    customers: int,
    *,
    seed: int = 0,
    start: date = _START,
    days: int = _FOUR_YEARS,
    columns: Iterable[str] | None = None,
    integer_ids: bool = False,
    duplicates: float = 0.01,
    late: float = 0.02,
) -> None:
    """Write the log that `event_log` returns to a file, a part at a time.

    In memory are about half a million rows at once, and ten bytes of each process. The suffix
    says the format: `.parquet`, `.csv` or `.jsonl`.

    Args:
        path: the file; one that is there is replaced.
        events: this and the others as for `event_log`.
        customers: see there.
        seed: see there.
        start: see there.
        days: see there.
        columns: see there.
        integer_ids: see there.
        duplicates: see there.
        late: see there.

    Raises:
        InvalidSimulation: with everything that cannot be.
        UnknownName: the suffix is none of the three.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile(suffix=".csv") as file:
    ...     write_event_log(file.name, 1000, 50, columns=["amount"])
    ...     pl.read_csv(file.name).shape
    (1000, 4)
    """
    wanted = Wanted(
        events, customers, seed, start, days, columns, integer_ids, duplicates, late
    )
    write_parts(path, wanted.batches())
