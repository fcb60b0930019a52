"""From rows of small numbers to the columns of a log."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from lifecycle_model.simulate.columns import COLUMNS
from lifecycle_model.simulate.script import DAY, Script

_MICROSECONDS: Final = 1_000_000
_UNITS_A_CENT: Final = 100
_EPOCH: Final = date(1970, 1, 1)

Make: TypeAlias = Callable[[pl.DataFrame, npt.NDArray[np.uint8]], pl.Series]
"""Makes a column of some rows, given the steps that they are."""
Where: TypeAlias = npt.NDArray[np.bool_]


class Writer:
    """Writes rows out in words.

    Args:
        script: what the steps say.
        columns: the columns to write.
        ids: the id of each customer.
        start: the first day of the log.
    """

    def __init__(
        self, script: Script, columns: Sequence[str], ids: pl.Series, start: date
    ) -> None:
        epoch = (start - _EPOCH).days * DAY
        owns = {name: script.owns(name) for name in columns}
        made: dict[str, Make] = {
            "customer_id": lambda rows, _: ids.gather(rows["customer"]),
            "kind": lambda _, step: script.kind.gather(step),
            "occurred_at": lambda rows, _: _instants(rows["occurred"] + epoch),
            "event_id": lambda rows, step: _named("e-", rows["number"], script.named[step]),
            "opportunity_id": lambda rows, step: _named(
                "d-", rows["story"], (script.deal & owns["opportunity_id"])[step]
            ),
            "case_id": lambda rows, step: _named("k-", rows["story"], owns["case_id"][step]),
            "order_id": lambda rows, step: _named("o-", rows["story"], owns["order_id"][step]),
            "amount": lambda rows, step: _money(rows["cents"], owns["amount"][step]),
            "covers_until": lambda rows, step: _only(
                _days(rows["occurred"] + epoch + script.covers[step] * DAY),
                script.covers[step] > 0,
            ),
            "purchased_on": lambda rows, step: _only(
                _days(rows["start"] + epoch),
                owns["purchased_on"][step] & (rows["luck"].to_numpy() % 2 == 0),
            ),
        }
        self._makers: Final = {
            name: made[name] if name in made else _drawn(script, name) for name in columns
        }

    def frame(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the columns of some rows."""
        step = rows["step"].to_numpy()
        return pl.DataFrame({name: make(rows, step) for name, make in self._makers.items()})


def _only(values: pl.Series, where: Where) -> pl.Series:
    """Return values in some rows, null in the others."""
    return values.zip_with(pl.Series(where), pl.Series([None], dtype=values.dtype))


def _instants(seconds: pl.Series) -> pl.Series:
    return (seconds * _MICROSECONDS).cast(COLUMNS["occurred_at"])


def _days(seconds: pl.Series) -> pl.Series:
    return (seconds // DAY).cast(pl.Int32).cast(pl.Date)


def _named(prefix: str, numbers: pl.Series, where: Where) -> pl.Series:
    return prefix + _only(numbers, where).cast(pl.String)


def _money(cents: pl.Series, where: Where) -> pl.Series:
    """Return amounts as decimals, made from their bits: nothing is divided or rounded."""
    units = np.zeros((len(cents), 2), dtype=np.int64)
    units[:, 0] = cents.to_numpy() * _UNITS_A_CENT
    given = np.packbits(where, bitorder="little")
    amounts: Any = pa.Decimal128Array.from_buffers(
        pa.decimal128(18, 4), len(cents), [pa.py_buffer(given), pa.py_buffer(units)]
    )
    return pl.Series(amounts)


def _drawn(script: Script, name: str) -> Make:
    """Return what draws the words of a column, each row's with its own luck."""
    words, begin, size = script.words(name)
    # Each column reads other bits, so that two of them do not go together.
    shift = np.uint64(tuple(COLUMNS).index(name) * 7 % 49)

    def make(rows: pl.DataFrame, step: npt.NDArray[np.uint8]) -> pl.Series:
        luck = rows["luck"].to_numpy() >> shift
        return words.gather(begin[step] + luck % size[step])

    return make
