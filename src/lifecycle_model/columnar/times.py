"""Instants as frames count them: whole microseconds since 1970 in UTC."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

EPOCH: Final = date(1970, 1, 1).toordinal()
"""The ordinal of the day from which frames count."""

MINUTE: Final = 60_000_000
DAY: Final = 1440 * MINUTE
"""Microseconds of a minute and of a day."""

EARLIEST: Final = (1 - EPOCH) * DAY
LATEST: Final = (date.max.toordinal() + 1 - EPOCH) * DAY - 1
"""The first and the last microsecond of the years 1 to 9999."""

_START: Final = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds_of(instant: datetime) -> int:
    """Return an aware instant as microseconds since 1970 in UTC.

    >>> microseconds_of(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    return (instant - _START) // timedelta(microseconds=1)


def instant_of(microseconds: int) -> datetime:
    """Return microseconds since 1970 as an instant in UTC.

    >>> instant_of(-1).isoformat()
    '1969-12-31T23:59:59.999999+00:00'
    """
    return _START + timedelta(microseconds=microseconds)
