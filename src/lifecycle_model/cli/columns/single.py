"""Events that were read one by one, in columns."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from lifecycle_model import Event
from lifecycle_model.cli.columns.table import Table
from lifecycle_model.cli.reading import Log, Reading
from lifecycle_model.columnar.files import LogFile
from lifecycle_model.columnar.schema import COLUMNS, OWN_COLUMNS
from lifecycle_model.columnar.series import INSTANT, MONEY

_TYPES: Final[dict[str, Any]] = {
    "money": MONEY,
    "day": pl.Date,
    "flag": pl.Boolean,
    "score": pl.Int64,
    "texts": pl.List(pl.String),
}
_SCHEMA: Final = {
    name: _TYPES.get(OWN_COLUMNS[name].form, pl.String) if name in OWN_COLUMNS else pl.String
    for name in COLUMNS
} | {"occurred_at": INSTANT, "sequence": pl.Int64}


def events_table(reading: Reading, log: Log) -> Table:
    """Return the events of a log, in the order of its lines."""
    events = {
        line: event
        for customer_id, own in log.events.items()
        for line, event in zip(log.places[customer_id], own, strict=True)
    }
    lines = np.array(sorted(events), np.int64)
    frame = pl.from_dicts([_cells(events[line]) for line in lines.tolist()], schema=_SCHEMA)

    def reread(places: np.ndarray, into: Log) -> None:
        for line in places.tolist():
            into.add(events[line], line)

    return Table(
        LogFile.of_text(Path(reading.log), frame.lazy(), int(frame.estimated_size())),
        len(lines),
        lambda rows: lines[rows],
        reread,
    )


def _cells(event: Event) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in event}
