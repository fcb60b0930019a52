"""From a log to validated events, customer by customer."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import typer
from pydantic import ValidationError

from lifecycle_model import KINDS, EvaluationStarted, Event
from lifecycle_model.cli.faults import Fault, Faults, InputError
from lifecycle_model.cli.mapping import FIELDS_OF, fields_of
from lifecycle_model.cli.progress import watched
from lifecycle_model.cli.rows import (
    Number,
    Place,
    csv_rows,
    json_lines,
    json_rows,
    place_of,
    same,
)
from lifecycle_model.cli.times import Times
from lifecycle_model.errors import Problem, problems_of, shown
from lifecycle_model.events import EVENT_ADAPTER

STDIN: Final = "-"

PARQUET: Final = "parquet"

FORMATS: Final = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": PARQUET,
}
"""The format that a suffix stands for."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the options say about a log."""

    log: str
    form: str
    """`csv`, `jsonl` or `parquet`."""
    mapping: dict[str, str]
    kind: str | None
    times: Times
    skipping: bool

    @property
    def name(self) -> str:
        """The log as it is named to people."""
        return "standard input" if self.log == STDIN else self.log

    @property
    def as_is(self) -> bool:
        """Whether the lines are events already."""
        foreign = self.mapping or self.kind or self.times.pattern or self.times.zone
        return self.form == "jsonl" and not foreign


@dataclass(slots=True)
class Log:
    """The events of a log by customer, and the place of each."""

    name: str
    faults: Faults
    place: Place
    """Names the place of a field in a row."""
    events: dict[str, list[Event]] = field(default_factory=dict)
    places: dict[str, list[int]] = field(default_factory=dict)
    """The line of each event, in the order of `events`."""
    ignored: Counter[str] = field(default_factory=Counter)
    """How often a field was given that the row's kind does not have."""
    unsound: int = 0
    """How many of the events cannot be folded."""

    @property
    def count(self) -> int:
        """How many events there are that can be folded."""
        return sum(map(len, self.events.values())) - self.unsound

    def add(self, event: Event, line: int) -> None:
        """Take an event that stands on a line."""
        # Not setdefault(): it would build a list for every row.
        if (known := self.events.get(event.customer_id)) is None:
            self.events[event.customer_id] = [event]
            self.places[event.customer_id] = [line]
        else:
            known.append(event)
            self.places[event.customer_id].append(line)

    def check_events(self, count: int) -> None:
        """End the command where there are none.

        Raises:
            InputError: with the faults of the rows that are there.
        """
        if not count:
            headline = f"{self.name}: holds no {'valid ' if self.faults.total else ''}events"
            raise InputError(headline, self.faults.details())


def parse_form(log: str, form: str | None) -> str:
    """Return the format of a log.

    Raises:
        InputError: the log is a directory.
        typer.BadParameter: neither the option nor the suffix says it.
    """
    if form not in {None, "csv", "jsonl"}:
        msg = f"{form!r} is not a format: use csv or jsonl"
        raise typer.BadParameter(msg, param_hint="--format")
    if Path(log).is_dir():
        msg = f"{log}: is a directory: name a file"
        raise InputError(msg)
    found = form or FORMATS.get(Path(log).suffix.lower())
    if found is None:
        what = "standard input" if log == STDIN else f"{log!r}"
        msg = f"the format of {what} is unknown: give --format csv or --format jsonl"
        raise typer.BadParameter(msg, param_hint="--format")
    return found


def new_log(reading: Reading) -> Log:
    """Return a log of which nothing is read yet."""
    faults = Faults(
        reading.name, reading.skipping, "row" if reading.form == PARQUET else "line"
    )
    word = "field" if reading.form == "jsonl" else "column"
    return Log(reading.name, faults, place_of(word, reading.mapping))


def read_log(reading: Reading, data: bytes | None = None) -> Log:
    """Return the events of a log.

    Args:
        reading: what the options say about it.
        data: what it holds, where that is known already.

    Raises:
        InputError: the log cannot be read, holds no events, or rows are not valid and are not
            to be skipped.
    """
    log = new_log(reading)
    text = text_of(reading.name, data_of(reading) if data is None else data)
    read_text(reading, text, log)
    log.faults.check()
    log.check_events(len(log.events))
    return log


def read_text(reading: Reading, text: str, log: Log, number: Number = same) -> None:
    """Add the events and the faults of a text to a log.

    Args:
        reading: what the options say about the log.
        text: all of it, or some of its lines; CSV begins with the header.
        log: takes what is found.
        number: numbers the lines of the text.

    Raises:
        InputError: the header does not fit.
    """
    rows, parse = _rows(reading, text, log, number)
    with watched(rows, "reading", text.count("\n")) as items:
        for line, row in items:
            try:
                event = parse(row)
            except ValidationError as error:
                log.faults.add(Fault((line, line), _told(error, reading, log.place)))
            except ValueError as error:
                raw = shown(row["occurred_at"])
                problem = Problem(log.place("occurred_at"), raw, str(error))
                log.faults.add(Fault((line, line), (problem,)))
            else:
                log.add(event, line)


Parse = Callable[[Any], Event]


def _rows(
    reading: Reading, text: str, log: Log, number: Number
) -> tuple[Iterator[tuple[int, Any]], Parse]:
    if reading.as_is:
        return json_lines(text, number), EVENT_ADAPTER.validate_json
    times = reading.times

    def parse(row: dict[str, Any]) -> Event:
        kind = row.get("kind")
        if reading.mapping and isinstance(kind, str) and kind in FIELDS_OF:
            # A row of a wide export may fill columns that are meant for other kinds.
            for name in [name for name in row if name not in FIELDS_OF[kind]]:
                log.ignored[name] += 1
                del row[name]
        time = row.get("occurred_at")
        if isinstance(time, str):
            row["occurred_at"] = times.text(time)
        if "alternatives" in row and row.get("kind") == "evaluation_started":
            return _with_alternatives(row)
        return EVENT_ADAPTER.validate_strings(row)

    asked = (log.faults, reading.mapping, reading.kind, number)
    if reading.form == "csv":
        return csv_rows(reading.name, text, *asked), parse
    return json_rows(text, *asked), parse


def _with_alternatives(row: dict[str, Any]) -> Event:
    """Return the event of a row with the one field that is a list; in a cell `|` parts it."""
    raw = row.pop("alternatives")
    names = raw.split("|") if isinstance(raw, str) else raw
    event = EVENT_ADAPTER.validate_strings(row)
    return EvaluationStarted.model_validate({**dict(event), "alternatives": names})


def _told(error: ValidationError, reading: Reading, place: Place) -> tuple[Problem, ...]:
    """Return what is wrong with a row in the words of the command line."""
    found = []
    for problem in problems_of(error, KINDS):
        mend = problem.mend
        if mend.startswith("has no time zone"):
            mend = "has no time zone: give --timezone, for example --timezone UTC"
        elif mend.startswith("is not an ISO 8601 time"):
            mend = "is not an ISO 8601 time: say how times are written with --time-format"
        elif mend.startswith("is not a known field"):
            mend = "is not a field of this kind: leave it out, or correct its name or the kind"
        elif mend.startswith("is missing") and _unmapped(problem.place, reading):
            mend = f"is missing: name it with --map {problem.place}=COLUMN"
        elif mend.startswith("write it with a point"):
            # Without the amount itself, so that all rows with a comma are told as one.
            mend = "write it with a point, like 1.50"
        found.append(Problem(place(problem.place), problem.value, mend))
    return tuple(found)


def _unmapped(field: str, reading: Reading) -> bool:
    """Return whether no column is named for a field, though columns are named."""
    return bool(reading.mapping) and field not in fields_of(reading.mapping, reading.kind)


def data_of(reading: Reading) -> bytes:
    """Return what a log holds.

    Raises:
        InputError: it cannot be read, or is not text at all.
    """
    if reading.form == PARQUET:
        msg = f"{reading.name}: only lifecycle replay reads Parquet: give CSV or JSON Lines"
        raise InputError(msg)
    try:
        if reading.log == STDIN:
            return sys.stdin.buffer.read()
        return Path(reading.log).read_bytes()
    except (OSError, ValueError) as error:
        raise unreadable(reading, error) from None


def unreadable(reading: Reading, error: OSError | ValueError) -> InputError:
    """Return the error that a log cannot be read."""
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return InputError(f"{reading.name}: cannot be read: {reason}")


def text_of(name: str, data: bytes) -> str:
    """Return what a log holds as text.

    Raises:
        InputError: it is no text in UTF-8, or empty.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = data[error.start]
        msg = f"{name}, line {line}: byte 0x{byte:02x} is not UTF-8: save the log as UTF-8"
        raise InputError(msg) from None
    if (at := text.find("\0")) >= 0:
        line = text.count("\n", 0, at) + 1
        msg = f"{name}, line {line}: a NUL byte: this is no text in UTF-8, save the log as such"
        raise InputError(msg)
    if not text.strip():
        msg = f"{name}: is empty"
        raise InputError(msg)
    return text
