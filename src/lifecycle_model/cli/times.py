"""Times of foreign logs: formats, time zones, and the instant asked for."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from difflib import get_close_matches
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

import typer

_TRIAL: Final = datetime(2024, 5, 17, tzinfo=UTC)


class Times:
    """Turns the texts of a log's times into ISO 8601 with an offset.

    A local time that occurs twice, when clocks go back, is the first of the two; one that is
    skipped, when clocks go forward, is read with the offset from before the change.

    >>> Times("%d.%m.%Y", ZoneInfo("Europe/Lisbon")).text("01.07.2024")
    '2024-07-01T00:00:00+01:00'
    """

    def __init__(self, pattern: str | None, zone: tzinfo | None) -> None:
        """Keep what was asked for."""
        self.pattern = pattern
        self.zone = zone
        # Logs repeat their times, those with dates only very often.
        self._known: dict[str, str] = {}

    def text(self, raw: str) -> str:
        """Return the time with an offset, or unchanged where it is for others to judge.

        Raises:
            ValueError: the text does not have the format.
        """
        known = self._known.get(raw)
        if known is None:
            known = self._known[raw] = self._read(raw)
        return known

    def _read(self, raw: str) -> str:
        if self.pattern is not None:
            try:
                value = datetime.strptime(raw, self.pattern)  # noqa: DTZ007 - the zone follows
            except ValueError:
                msg = f"does not have the --time-format {self.pattern}"
                raise ValueError(msg) from None
        elif self.zone is not None:
            try:
                value = datetime.fromisoformat(raw)
            except ValueError:
                return raw
        else:
            return raw
        if value.utcoffset() is None and self.zone is not None:
            value = value.replace(tzinfo=self.zone)
        return value.isoformat()


def parse_zone(name: str | None) -> tzinfo | None:
    """Return the time zone of an IANA name.

    Raises:
        typer.BadParameter: there is none of that name.
    """
    if name is None:
        return None
    if name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        near = get_close_matches(name, sorted(available_timezones()), n=1)
        hint = f"did you mean {near[0]}?" if near else "use an IANA name such as Europe/Lisbon"
        msg = f"{name!r} is not a time zone: {hint}"
        raise typer.BadParameter(msg, param_hint="--timezone") from None


def parse_pattern(pattern: str | None) -> str | None:
    """Return the time format, once it is known to give a date.

    Raises:
        typer.BadParameter: it does not.
    """
    if pattern is None:
        return None
    try:
        read = datetime.strptime(_TRIAL.strftime(pattern), pattern)  # noqa: DTZ007 - a trial
    except (ValueError, re.error):
        read = datetime.min  # noqa: DTZ901 - no instant, only another date than the trial's
    if read.date() != _TRIAL.date():
        msg = f"{pattern!r} does not give year, month and day: write it like %Y-%m-%d %H:%M:%S"
        raise typer.BadParameter(msg, param_hint="--time-format")
    return pattern


def parse_as_of(text: str | None, zone: tzinfo | None, offset: int) -> datetime | None:
    """Return the instant asked for; a date means its first instant.

    Args:
        text: a date, or an ISO 8601 time.
        zone: where a time without an offset is local.
        offset: the minutes east of UTC of the calendar that dates are of.

    Raises:
        typer.BadParameter: it is neither, or a time without an offset or a zone.
    """
    if text is None:
        return None
    try:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            instant = datetime.fromisoformat(text)
        else:
            return datetime.combine(day, time(), UTC) - timedelta(minutes=offset)
        if instant.utcoffset() is None and zone is not None:
            instant = instant.replace(tzinfo=zone)
        if instant.utcoffset() is not None:
            return instant.astimezone(UTC)
        msg = f"{text!r} has no time zone: add an offset such as +00:00, or --timezone"
    except (ValueError, OverflowError):
        msg = f"{text!r} is not a date or time: write 2024-05-01 or 2024-05-01T12:00+00:00"
    raise typer.BadParameter(msg, param_hint="--as-of")


def iso(instant: datetime | None) -> str | None:
    """Return an instant as text, None as it is."""
    return None if instant is None else instant.isoformat()


def zone_name(zone: tzinfo | None) -> str | None:
    """Return the name by which `parse_zone` knows a zone."""
    return None if zone is None else str(zone)


def short(instant: datetime) -> str:
    """Return an instant for people: a date where the time says nothing.

    >>> short(_TRIAL)
    '2024-05-17'
    """
    if instant.time() == time():
        return instant.date().isoformat()
    return instant.replace(tzinfo=None).isoformat(" ", "auto")
