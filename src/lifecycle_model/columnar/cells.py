"""From the cells of one column to the kernel's numbers, with what cannot be read.

Each reader takes cells without nulls and returns numbers, and a mask of those that are sound.
Text is read by the same validators as single events; only plain forms take a faster way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import polars as pl
from pydantic import TypeAdapter, ValidationError

from lifecycle_model.columnar.schema import Form
from lifecycle_model.columnar.times import EARLIEST, EPOCH, LATEST, microseconds_of
from lifecycle_model.events import (
    MAX_AMOUNT,
    MAX_SCORE,
    MONEY_UNITS,
    Day,
    Instant,
    Integer,
    Money,
    money_units,
)
from lifecycle_model.states import BuyingPosition, Situation

_MOST: Final = int(MAX_AMOUNT) * MONEY_UNITS
_PER_MICROSECOND: Final = {"ms": (1000, 1), "us": (1, 1), "ns": (1, 1000)}

_PLAIN_TIME: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)

Read = tuple[np.ndarray, np.ndarray]
"""Numbers, and which of them are sound."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How cells of one form are read."""

    expected: str
    """What the column should hold, for an error about all of it."""
    reason: str
    """What is wrong with a cell that is not sound, and the mend."""
    read: Callable[[pl.Series], Read | None]
    """None where the column's type cannot hold such cells at all."""


def is_text(dtype: pl.DataType) -> bool:
    """Return whether a column holds text, plain or as categories."""
    return dtype in (pl.String, pl.Categorical, pl.Enum)


def in_calendar(cells: pl.Series) -> pl.Series:
    """Return which dates or times lie in the years 1 to 9999."""
    ticks = cells.to_physical()
    if cells.dtype == pl.Date:
        return (ticks >= 1 - EPOCH) & (ticks <= date.max.toordinal() - EPOCH)
    times, share = _PER_MICROSECOND[cells.dtype.time_unit]  # type: ignore[attr-defined]
    ticks = ticks // share
    return (ticks >= EARLIEST // times) & (ticks <= LATEST // times)


def _by_value(cells: pl.Series, read: Callable[[str], int]) -> Read:
    """Read each distinct text once."""
    distinct = cells.cast(pl.String).unique(maintain_order=True)
    numbers, sound = [], []
    for text in distinct:
        try:
            numbers.append(read(text))
            sound.append(True)
        except (ValueError, ArithmeticError):
            numbers.append(0)
            sound.append(False)
    place = pl.DataFrame({"text": distinct, "place": np.arange(len(distinct), dtype=np.uint32)})
    at = (
        pl.DataFrame({"text": cells.cast(pl.String)})
        .join(place, on="text", how="left", maintain_order="left")["place"]
        .to_numpy()
    )
    return np.array(numbers, np.int64)[at], np.array(sound, np.bool_)[at]


def _validated(
    annotation: Any,  # noqa: ANN401 - a type of pydantic's
    number: Callable[[Any], int],
) -> Callable[[str], int]:
    """Return a reader of one text that accepts what single events accept as text."""
    adapter: TypeAdapter[Any] = TypeAdapter(annotation)

    def read(text: str) -> int:
        try:
            return number(adapter.validate_strings(text))
        except ValidationError as error:
            raise ValueError from error

    return read


def _money(cells: pl.Series) -> Read | None:
    dtype = cells.dtype
    if is_text(dtype):
        return _money_texts(cells)
    if dtype.is_integer():
        numbers = cells.cast(pl.Int64, strict=False).fill_null(-1).to_numpy()
        sound = (numbers >= 0) & (numbers <= int(MAX_AMOUNT))
        return np.where(sound, numbers, 0) * MONEY_UNITS, sound
    if dtype.is_float():
        return _money_floats(cells.to_numpy())
    if dtype.is_decimal():
        return _money_decimals(cells)
    return None


def _money_floats(amounts: np.ndarray) -> Read:
    """A float means the decimal that it is written as; four places are enough."""
    wide = amounts.astype(np.float64)
    inside = (wide >= 0) & (wide <= float(MAX_AMOUNT))
    wide = np.where(inside, wide, 0)
    units = np.rint(wide * MONEY_UNITS)
    sound = inside & ((units / MONEY_UNITS).astype(amounts.dtype) == amounts)
    if amounts.dtype != np.float64:
        # One of few digits stands for many decimals: the one itself, else the shortest.
        short = units / MONEY_UNITS != wide
        for share in (10, 100, 1000, 10_000):
            rounder = np.rint(wide * (MONEY_UNITS / share)) * share
            same = (rounder / MONEY_UNITS).astype(amounts.dtype) == amounts
            units = np.where(short & same, rounder, units)
    return units.astype(np.int64), sound


def _money_decimals(cells: pl.Series) -> Read:
    exact = cells.cast(pl.Decimal(38, 4), strict=False)
    same = (exact.cast(cells.dtype, strict=False) == cells).fill_null(value=False)
    units = exact.to_physical().cast(pl.Int64, strict=False).fill_null(-1).to_numpy()
    sound = same.to_numpy() & (units >= 0) & (units <= _MOST)
    return np.where(sound, units, 0), sound


def _money_texts(cells: pl.Series) -> Read:
    texts = cells.cast(pl.String)
    plain = texts.str.contains(r"^[0-9]{1,12}(\.[0-9]{1,4})?$")
    amounts = texts.set(~plain, "0").cast(pl.Decimal(38, 4))
    units, sound = _money_decimals(amounts)
    strange = np.flatnonzero(~plain.to_numpy())
    if len(strange):
        read = _by_value(texts.gather(strange), _validated(Money, money_units))
        units, sound = units.copy(), sound.copy()
        units[strange], sound[strange] = read
    return units, sound


def _day(cells: pl.Series) -> Read | None:
    if is_text(cells.dtype):
        return _by_value(cells, _validated(Day, date.toordinal))
    if cells.dtype == pl.Datetime:
        # Some frames know days only as the midnights that begin them.
        local = cells.set(~in_calendar(cells), None).dt.replace_time_zone(None)
        days = local.dt.date()
        cells = days.set(days.cast(local.dtype) != local, None)
    if cells.dtype == pl.Date:
        sound = in_calendar(cells).fill_null(value=False).to_numpy()
        ordinals = cells.to_physical().fill_null(0).to_numpy().astype(np.int64) + EPOCH
        return np.where(sound, ordinals, 0), sound
    return None


def _flag(cells: pl.Series) -> Read | None:
    if is_text(cells.dtype):
        return _by_value(cells, _validated(bool, int))
    if cells.dtype == pl.Boolean:
        return cells.to_numpy().astype(np.int64), np.ones(len(cells), np.bool_)
    if cells.dtype.is_numeric():
        return whole_numbers(cells, 0, 1)
    return None


def _score(cells: pl.Series) -> Read | None:
    if cells.dtype.is_numeric() or is_text(cells.dtype):
        return whole_numbers(cells, 0, MAX_SCORE)
    return None


def whole_numbers(cells: pl.Series, least: int = -(2**63), most: int = 2**63 - 1) -> Read:
    """Read whole numbers between two bounds, however they are written."""
    if is_text(cells.dtype):
        numbers, sound = _by_value(cells, _validated(Integer, int))
    elif cells.dtype.is_float():
        wide = cells.cast(pl.Float64).to_numpy()
        sound = (wide >= -(2.0**63)) & (wide < 2.0**63)
        numbers = np.where(sound, wide, 0).astype(np.int64)
        sound &= numbers == wide
    else:
        narrow = cells.cast(pl.Int64, strict=False)
        same = narrow.is_not_null()
        if cells.dtype.is_decimal():
            same &= (narrow.cast(cells.dtype, strict=False) == cells).fill_null(value=False)
        sound = same.to_numpy()
        numbers = narrow.fill_null(0).to_numpy()
    return numbers, sound & (numbers >= least) & (numbers <= most)


def _state(
    states: type[Situation] | type[BuyingPosition],
) -> Callable[[pl.Series], Read | None]:
    places = {str(state): place for place, state in enumerate(states)}

    def place_of(text: str) -> int:
        if text not in places:
            raise ValueError
        return places[text]

    return lambda cells: _by_value(cells, place_of) if is_text(cells.dtype) else None


def _text(cells: pl.Series) -> Read | None:
    if not is_text(cells.dtype):
        return None
    return np.zeros(len(cells), np.int64), np.ones(len(cells), np.bool_)


def _id(cells: pl.Series) -> Read | None:
    if not is_text(cells.dtype):
        return None
    sound = cells.cast(pl.String).str.len_bytes() > 0
    return np.zeros(len(cells), np.int64), sound.to_numpy()


def _texts(cells: pl.Series) -> Read | None:
    if cells.dtype not in (pl.List(pl.String), pl.List(pl.Null)):
        return None
    holes = cells.list.eval(pl.element().is_null()).list.any().fill_null(value=False)
    return np.zeros(len(cells), np.int64), ~holes.to_numpy()


READERS: Final[dict[Form, Reader]] = {
    "text": Reader("text", "is not text", _text),
    "id": Reader("text", "is empty: give it a name, or leave the cell null", _id),
    "money": Reader(
        "amounts: numbers, decimals or text",
        "is not an amount from 0 to 1e11 with at most four decimals: correct it",
        _money,
    ),
    "day": Reader("dates, or ISO 8601 text", "is not a date: give a day without a time", _day),
    "flag": Reader("true or false", "is not true or false: give one of them, or 1 or 0", _flag),
    "score": Reader("whole numbers", "is not a whole number from 0 to 10: correct it", _score),
    "situation": Reader(
        "text",
        f"is not a situation: use one of {', '.join(Situation)}",
        _state(Situation),
    ),
    "position": Reader(
        "text",
        f"is not a buying position: use one of {', '.join(BuyingPosition)}",
        _state(BuyingPosition),
    ),
    "texts": Reader("lists of text", "has a null among its texts: leave it out", _texts),
}
"""How each form of cell is read."""


def read_times(cells: pl.Series) -> tuple[np.ndarray, np.ndarray, str]:
    """Return instants as microseconds since 1970 in UTC, which cells are none, and why.

    Finer times are cut to whole microseconds, as in single events.

    Args:
        cells: times of any unit and zone, or ISO 8601 text; nulls are passed over.
    """
    dtype = cells.dtype
    if is_text(dtype):
        ticks, wrong = _time_texts(cells)
        mend = "is not an aware ISO 8601 time: write it like 2024-05-01T12:00:00+00:00"
        return ticks, wrong, mend
    if not isinstance(dtype, pl.Datetime) or dtype.time_zone is None:
        reason = "is not a time: give aware times"
        if isinstance(dtype, pl.Datetime):
            reason = "has no time zone: give aware times, for example in UTC"
        return np.zeros(len(cells), np.int64), _filled(cells, np.arange(len(cells))), reason
    times, share = _PER_MICROSECOND[dtype.time_unit]
    ticks = cells.to_physical().fill_null(0).to_numpy()
    if share > 1:
        ticks = ticks // share  # what nanoseconds can say lies inside every calendar
    wrong = outside_of(ticks, EARLIEST // times, LATEST // times)
    if times > 1:
        ticks = (
            np.where((ticks < EARLIEST // times) | (ticks > LATEST // times), 0, ticks) * times
        )
    return ticks, wrong, "lies outside the years 1 to 9999 in UTC: correct the time"


def outside_of(ticks: np.ndarray, least: int, most: int) -> np.ndarray:
    """Return the places of numbers outside two bounds; most often there is none.

    >>> outside_of(np.array([1, 5, 9]), 2, 8).tolist()
    [0, 2]
    """
    if not len(ticks) or (ticks.min() >= least and ticks.max() <= most):
        return np.empty(0, np.int64)
    return np.flatnonzero((ticks < least) | (ticks > most))


def _filled(cells: pl.Series, rows: np.ndarray) -> np.ndarray:
    return rows[cells.is_not_null().to_numpy()]


def _time_texts(cells: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    texts = cells.cast(pl.String)
    read = texts.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", time_unit="us", strict=False)
    plain = texts.str.contains(_PLAIN_TIME)
    strange = np.flatnonzero((texts.is_not_null() & ~(plain & read.is_not_null())).to_numpy())
    ticks = read.to_physical().fill_null(0).to_numpy()
    if not len(strange):
        return ticks, outside_of(ticks, EARLIEST, LATEST)
    found, sound = _by_value(texts.gather(strange), _validated(Instant, microseconds_of))
    ticks = ticks.copy()
    ticks[strange] = found
    outside = outside_of(ticks, EARLIEST, LATEST)
    return ticks, np.union1d(strange[~sound], outside)
