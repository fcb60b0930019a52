"""Times of foreign logs in columns: what is plain at once, the rest by the same reader."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

import polars as pl

from lifecycle_model.cli.times import Times
from lifecycle_model.columnar.cells import read_times
from lifecycle_model.columnar.series import INSTANT

_YEAR: Final = "[1-9][0-9]{3}"
_MONTH: Final = "(?:0[1-9]|1[0-2])"
_DAY: Final = "(?:0[1-9]|[12][0-9]|3[01])"
_HOUR: Final = "(?:[01][0-9]|2[0-3])"
_SIXTY: Final = "[0-5][0-9]"
_CODES: Final = {
    "%Y": _YEAR, "%m": _MONTH, "%d": _DAY, "%H": _HOUR, "%M": _SIXTY, "%S": _SIXTY
}  # fmt: skip
"""The codes of formats that mean the same everywhere, with what is plain for each."""

_FRACTION: Final = r"(?:\.[0-9]{3}|\.[0-9]{6})?"
_CLOCK: Final = f"{_HOUR}:{_SIXTY}(?::{_SIXTY}{_FRACTION})?"
_ISO: Final = f"^{_YEAR}-{_MONTH}-{_DAY}(?:[T ]{_CLOCK})?$"
_MIDNIGHT: Final = len("2024-05-01")
_MINUTE: Final = len("2024-05-01T12:00")
_HOURS: Final = timedelta(hours=1)


def read_instants(texts: pl.Series, times: Times) -> pl.Series:
    """Return the instants that texts mean, null for those that cannot be read.

    >>> read_instants(pl.Series(["01.07.2024", "soon"]), Times("%d.%m.%Y", UTC)).to_list()
    [datetime.datetime(2024, 7, 1, 0, 0, tzinfo=zoneinfo.ZoneInfo(key='UTC')), None]
    """
    zone, pattern = times.zone, times.pattern
    found = pl.Series([None], dtype=INSTANT).new_from_index(0, len(texts))
    if zone is not None:
        local = _iso(texts) if pattern is None else _formatted(texts, pattern)
        found = localised(local, zone)
    rest = (texts.is_not_null() & found.is_null()).arg_true()
    if len(rest) == 0:
        return found
    others = texts.gather(rest)
    if pattern is None:
        # Times with an offset.
        found = found.scatter(rest, _aware(others))
        rest = (texts.is_not_null() & found.is_null()).arg_true()
        others = texts.gather(rest)
    elif zone is None and "%z" not in pattern:  # then no time says where it is
        return found
    return found.scatter(rest, _aware(_by_value(others, times)))


def localised(local: pl.Series, zone: tzinfo) -> pl.Series:
    """Return the instants of local times; null near a change of the clocks."""
    if zone is UTC:
        return local.dt.replace_time_zone("UTC")
    hours = local.dt.truncate("1h")
    distinct = hours.drop_nulls().unique()
    offsets = pl.Series([_offset(hour, zone) for hour in distinct], dtype=pl.Duration("us"))
    return (local - hours.replace_strict(distinct, offsets, default=None)).dt.replace_time_zone(
        "UTC"
    )


def _offset(hour: datetime, zone: tzinfo) -> timedelta | None:
    """Return the offset of a whole local hour, None where it changes within."""
    try:
        begin, end = zone.utcoffset(hour), zone.utcoffset(hour + _HOURS)
    except OverflowError:
        return None
    return begin if begin == end else None


def _iso(texts: pl.Series) -> pl.Series:
    """Return plain ISO times without an offset; null for others."""
    length = texts.str.len_bytes()
    frame = pl.DataFrame({"text": texts, "length": length})
    whole = pl.col("text").str.replace(" ", "T", literal=True)
    full = (
        pl.when(pl.col("length") == _MIDNIGHT)
        .then(whole + "T00:00:00")
        .when(pl.col("length") == _MINUTE)
        .then(whole + ":00")
        .otherwise(whole)
    )
    plain = pl.when(pl.col("text").str.contains(_ISO)).then(full)
    read = plain.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False)
    return frame.select(read.alias("text"))["text"]


def _formatted(texts: pl.Series, pattern: str) -> pl.Series:
    """Return times of a format; null for those that are not plain."""
    nothing = pl.Series([None], dtype=pl.Datetime("us")).new_from_index(0, len(texts))
    parts = re.split("(%.)", pattern, flags=re.DOTALL)
    codes = parts[1::2]
    if set(codes) - set(_CODES) or ("%H" in codes) != ("%M" in codes):
        return nothing
    form = "".join(_CODES.get(part, pl.escape_regex(part)) for part in parts)
    plain = texts.set(~texts.str.contains(f"^{form}$").fill_null(value=False), None)
    return plain.str.to_datetime(pattern, time_unit="us", strict=False)


def _aware(texts: pl.Series) -> pl.Series:
    """Return the instants of ISO times with an offset; null for others."""
    ticks, wrong, _ = read_times(texts)
    found = pl.Series(ticks).cast(INSTANT)
    missing = texts.is_null()
    return (
        found.set(missing, None).scatter(wrong, None)
        if len(wrong)
        else found.set(missing, None)
    )


def _by_value(texts: pl.Series, times: Times) -> pl.Series:
    """Return texts as the reader of single rows gives them, each distinct one read once."""
    distinct = texts.unique(maintain_order=True)
    read = pl.Series([_text(one, times) for one in distinct], dtype=pl.String)
    return texts.replace_strict(distinct, read, default=None)


def _text(raw: str, times: Times) -> str | None:
    try:
        return times.text(raw)
    except ValueError:
        return None
