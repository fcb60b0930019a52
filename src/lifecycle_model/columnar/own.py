"""The columns of the events' own fields, read only where a kind owns them."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl

from lifecycle_model.columnar.cells import READERS
from lifecycle_model.columnar.coding import Coded, code
from lifecycle_model.columnar.faults import MISSING, Faults
from lifecycle_model.columnar.jit import compiled
from lifecycle_model.columnar.records import Records
from lifecycle_model.columnar.schema import FOLDED, OWN_COLUMNS, places_of
from lifecycle_model.columnar.source import Source
from lifecycle_model.columnar.threads import Threads
from lifecycle_model.events import KINDS
from lifecycle_model.kernel import layout as at
from lifecycle_model.policy import Policy

_MAIN: Final = "main"
_NO_ROWS: Final = np.empty(0, np.uint32)

# Columns of which nothing is kept, but whose cells must be sound.
_CHECKED: Final = tuple(
    column.name
    for column in OWN_COLUMNS.values()
    if column.name not in FOLDED and (column.required or column.form in {"id", "texts"})
)


_FIELDS: Final = {
    "amount": ("amount",),
    "value": ("covers_until", "purchased_on", "score", "situation", "position"),
    "flag": ("full", "complaint", "allowed"),
}
"""The columns that are written as they are read, by the field of the record."""


def defaults_of(main: int) -> np.ndarray:
    """Return what the records of each kind start with: value and opportunity.

    Args:
        main: the code of the opportunity that is meant where none is named.
    """
    found = np.empty((len(KINDS), 2), np.int32)
    found[:] = 0, -1
    found[list(places_of("purchase_completed", "purchase_reversed")), 0] = at.NONE
    column = OWN_COLUMNS["opportunity_id"]
    for kind, default in zip(column.kinds, column.defaults, strict=True):
        if default is not None:
            found[kind, 1] = main
    return found


class Own:
    """Reads the columns and writes them into the records of the rows that own them."""

    def __init__(
        self, source: Source, threads: Threads, faults: Faults, kinds: np.ndarray
    ) -> None:
        self.source = source
        self.threads = threads
        self.faults = faults
        self.kinds = kinds
        self._by_kind, self._starts = _group_by_kind(kinds, len(KINDS))
        self._filled: dict[str, np.ndarray] = {}
        """By column: the rows that have a cell."""

    def opportunities(self, also: pl.Series) -> tuple[np.ndarray, Coded, int]:
        """Return the rows that name an opportunity, the codes, and that of "main"."""
        rows, coded = self.coded("opportunity_id", pl.concat([also, pl.Series([_MAIN])]))
        return rows, coded, int(coded.values.search_sorted(_MAIN))

    def currencies(self, also: pl.Series) -> Coded:
        """Return the currencies of the amounts, by row; without codes where there is none."""
        rows, coded = self.coded("currency", also)
        if not len(rows):
            return coded
        codes = np.full(len(self.kinds), -1, np.int32)
        codes[rows] = coded.codes
        return Coded(codes, coded.values)

    def fill(self, records: Records, policy: Policy) -> None:
        """Write what the kernel reads beside the codes of ids."""
        for field, names in _FIELDS.items():
            for name in names:
                rows, _, numbers = self.sound(name)
                records.write(field, rows, numbers)
        rows, cells, _ = self.sound("behaviour")
        qualifies = cells.cast(pl.String).is_in(list(policy.qualifying_behaviours)).to_numpy()
        records.write("value", rows, qualifies)
        rows, _, _ = self.sound("supplier")
        records.write("value", rows, np.ones(len(rows), np.int64))
        for name in ("channel", *_CHECKED):
            self.sound(name)

    def coded(self, name: str, also: pl.Series) -> tuple[np.ndarray, Coded]:
        """Return the rows with a text in a column, and the texts as codes."""
        rows, cells, _ = self.sound(name)
        return rows, code(cells.cast(pl.String), self.threads, also)

    def positions(self) -> np.ndarray:
        """Return the rows that correct a position."""
        return self._filled["position"]

    def rows_of(
        self, kinds: Iterable[int], start: int = 0, end: int | None = None
    ) -> np.ndarray:
        """Return the rows of some kinds, all or those of a slice, kind by kind."""
        found = [_NO_ROWS]
        for kind in kinds:
            rows = self._by_kind[self._starts[kind] : self._starts[kind + 1]]
            if end is not None:
                rows = rows[slice(*np.searchsorted(rows, [start, end]))]
            found.append(rows)
        return np.concatenate(found)

    def given(self, name: str) -> tuple[np.ndarray, pl.Series]:
        """Return the rows whose kind owns the column, and that have a cell there."""
        column = OWN_COLUMNS[name]
        if name not in self.source.dtypes or not len(self.rows_of(column.kinds)):
            self.faults.add(self.rows_of(column.required), name, MISSING)
            self._filled[name] = _NO_ROWS
            return _NO_ROWS, pl.Series([], dtype=pl.String)

        def read(start: int, end: int) -> tuple[np.ndarray, np.ndarray, pl.Series]:
            rows = self.rows_of(column.kinds, start, end)
            cells = self.source.slice(name, start, end).gather(rows - np.uint32(start))
            filled = cells.is_not_null()
            if cells.dtype.is_float():
                filled &= cells.is_not_nan()
            if filled.all():
                return rows, _NO_ROWS, cells
            kept = filled.to_numpy()
            return rows[kept], rows[~kept], cells.filter(filled)

        slices = list(pairwise(self.source.bounds))
        parts = self.threads.map(lambda bounds: read(*bounds), slices)
        empty = np.concatenate([part[1] for part in parts])
        self.faults.add(empty[np.isin(self.kinds[empty], column.required)], name, MISSING)
        self._filled[name] = np.concatenate([part[0] for part in parts])
        return self._filled[name], pl.concat([part[2] for part in parts])

    def sound(self, name: str) -> tuple[np.ndarray, pl.Series, np.ndarray]:
        """Return the rows with a sound cell, the cells, and their numbers."""
        rows, cells = self.given(name)
        reader = READERS[OWN_COLUMNS[name].form]
        read = reader.read(cells) if len(rows) else None
        if read is None:  # no cells: the columns' types are checked before
            return rows, cells, _NO_ROWS
        numbers, sound = read
        if sound.all():
            return rows, cells, numbers
        self.faults.add(rows[~sound], name, reader.reason)
        return rows[sound], cells.filter(pl.Series(sound)), numbers[sound]

    def check_corrections(self) -> None:
        """Refuse corrections of both axes or of none, and an opportunity beside a situation.

        Once everything else is read.
        """
        rows = self.rows_of(places_of("manual_correction"))
        if not len(rows):
            return
        situations, positions = self._filled["situation"], self._filled["position"]
        wrong = rows[np.isin(rows, situations) == np.isin(rows, positions)]
        self.faults.add(wrong, "situation", "give exactly one of situation and position")
        beside = situations[np.isin(situations, self._filled["opportunity_id"])]
        mend = "goes with position, not with situation: remove it"
        self.faults.add(beside, "opportunity_id", mend)


@compiled
def _group_by_kind(kinds, count):
    """Return the rows kind by kind, and where each kind starts; other kinds come last."""
    starts = np.zeros(count + 2, np.int64)
    for kind in kinds:
        starts[min(kind, count) + 1] += 1
    for kind in range(count + 1):
        starts[kind + 1] += starts[kind]
    ends = starts.copy()
    rows = np.empty(len(kinds), np.uint32)
    for row in range(len(kinds)):
        kind = min(kinds[row], count)
        rows[ends[kind]] = row
        ends[kind] += 1
    return rows, starts
