"""Logs as the command line reads them: event by event, and in columns, which must agree."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout, suppress
from typing import TYPE_CHECKING, Any

from fuzzing.dice import Dice
from fuzzing.pieces import FIELDS, NUMBERS, TEXTS, TIMES, histories, purchases, raw_event
from lifecycle_model import Lifecycle, LifecycleError
from lifecycle_model.cli.columns import fold_in_columns
from lifecycle_model.cli.faults import InputError
from lifecycle_model.cli.folding import fold_all
from lifecycle_model.cli.reading import Reading, read_log
from lifecycle_model.cli.request import Request
from lifecycle_model.cli.singly import fold_singly
from lifecycle_model.cli.times import Times, parse_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LIFECYCLE = Lifecycle()

LONGEST = 200_000
"""No message is longer, whatever stands in a log of a few thousand bytes."""

OPTIONS: tuple[tuple[dict[str, str], str | None, str | None, str | None], ...] = (
    ({}, None, None, None),
    ({}, "product_used", None, None),
    ({}, None, None, "Europe/Lisbon"),
    ({"amount": "a", "customer_id": "b"}, None, None, "UTC"),
    ({"occurred_at": "date"}, "purchase_completed", "%Y%m%d", "UTC"),
    ({"occurred_at": "date", "amount": "dollars"}, "purchase_completed", "%Y%m%d", "UTC"),
)
"""Mapping, kind, time format and zone."""


def _reading(form: str, dice: Dice) -> Reading:
    mapping, kind, pattern, zone = dice.pick(OPTIONS)
    times = Times(pattern, parse_zone(zone))
    return Reading("a log", form, dict(mapping), kind, times, skipping=bool(dice.upto(1)))


def _read(form: str, data: bytes) -> None:
    reading = _reading(form, Dice(data[:2]))
    with redirect_stderr(io.StringIO()), suppress(LifecycleError):
        _told(lambda: list(fold_all(read_log(reading, data[2:]), LIFECYCLE, None)))


def _told(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except InputError as error:
        told = (error.headline, error.details, error.mend)
        assert len(str(told)) < LONGEST, "a message is too long"
        return told


def _both(form: str, dice: Dice, data: bytes) -> None:
    """Fold a log both ways, and assert that they say the same."""
    request = Request(_reading(form, dice), LIFECYCLE, None)
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        singly = _told(lambda: fold_singly(request, data).to_json())
        columns = _told(lambda: fold_in_columns(request, data, "a test").to_json())
    assert columns == singly, f"{columns}\n{singly}"


def csv_texts(data: bytes) -> None:
    """Read bytes as CSV."""
    _read("csv", data)


def json_lines_texts(data: bytes) -> None:
    """Read bytes as JSON Lines."""
    _read("jsonl", data)


def csv_both_ways(data: bytes) -> None:
    """Read a table of cells put together, both ways."""
    dice = Dice(data)
    names = [*dict.fromkeys(dice.pick(FIELDS) for _ in range(dice.upto(4)))]
    header = [*dict.fromkeys(["customer_id", "occurred_at", "kind", *names])]
    if dice.upto(7) == 1:
        header.append(dice.pick([*TEXTS, *FIELDS]))
    delimiter = dice.pick(",,,;\t|")
    rows = [header]
    while dice.left and len(rows) < 12:
        event = {**raw_event(dice), "customer_id": dice.pick(["c", "d", *TEXTS])}
        rows.append([_cell(event.get(name), dice) for name in header][: 99 - dice.upto(99)])
    plain = dice.upto(1)
    cells = [[one if plain else _quoted(one, delimiter) for one in row] for row in rows]
    text = dice.pick(["\n", "\r\n", "\r"]).join(delimiter.join(row) for row in cells)
    _both("csv", dice, text.encode("utf-8", "replace"))


def _cell(value: object, dice: Dice) -> str:
    if value is not None and dice.upto(15):
        return str(value)
    return dice.pick([dice.pick(TIMES), dice.pick(NUMBERS), dice.pick(TEXTS), dice.text(), ""])


def _quoted(cell: str, delimiter: str) -> str:
    return (
        f'"{cell.replace(chr(34), chr(34) * 2)}"' if {*cell} & {delimiter, '"', "\n"} else cell
    )


def json_lines_both_ways(data: bytes) -> None:
    """Read objects put together, both ways."""
    dice = Dice(data)
    lines = []
    while dice.left and len(lines) < 12:
        event = raw_event(dice)
        line = json.dumps(event, ensure_ascii=bool(dice.upto(1)))
        lines.append(
            dice.pick([line, line, line, line, line[:-1], f"{line}{line}", "", " null"])
        )
    text = dice.pick(["\n", "\r\n"]).join(lines)
    if text.strip():
        _both("jsonl", dice, text.encode("utf-8", "surrogatepass"))


def csv_texts_seeds() -> Iterator[bytes]:
    """Yield the purchases of the pages, and golden histories as tables."""
    yield b"\x05\x00" + purchases(20)
    for events in histories()[::20]:
        header = [*dict.fromkeys(name for event in events for name in event)]
        rows = [header, *([str(event.get(name, "")) for name in header] for event in events)]
        yield b"\x00\x00" + "\n".join(",".join(row) for row in rows).encode()


def json_lines_texts_seeds() -> Iterator[bytes]:
    """Yield golden histories as lines."""
    for events in histories()[::20]:
        yield b"\x00\x00" + "\n".join(json.dumps(event) for event in events).encode()
