"""From the columns of a log to numbers, row by row, and which rows cannot be folded."""

# ruff: noqa: ANN001, ANN202 - compiled code goes by position, untyped
# mypy: disable-error-code="no-untyped-def"

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from lifecycle_model.columnar.cells import READERS, is_text, read_times, whole_numbers
from lifecycle_model.columnar.coding import Coded, code
from lifecycle_model.columnar.faults import Faults
from lifecycle_model.columnar.held import Held
from lifecycle_model.columnar.jit import compiled
from lifecycle_model.columnar.schema import FOLDED, OWN_COLUMNS, places_of
from lifecycle_model.columnar.source import Source, check_columns
from lifecycle_model.columnar.threads import Threads
from lifecycle_model.columnar.times import EARLIEST, LATEST, MINUTE
from lifecycle_model.errors import InvalidColumns, Problem
from lifecycle_model.events import KINDS
from lifecycle_model.kernel import layout as at
from lifecycle_model.policy import Policy

INVALID: Final = 255
"""Stands for the kind of a row that cannot be folded."""

_MISSING: Final = "is missing: give it a value"
_WIDE: Final = "is not a whole number of 64 bits: correct it"
_NO_ROWS: Final = np.empty(0, np.uint32)

# Columns of which nothing is kept, but whose cells must be sound.
_CHECKED: Final = tuple(
    column.name
    for column in OWN_COLUMNS.values()
    if column.name not in FOLDED and (column.required or column.form in {"id", "texts"})
)


@dataclass(frozen=True, slots=True)
class Numbers:
    """A log as numbers, one each row; what an event does not have is 0, or -1 for a code."""

    ids: Coded
    kinds: np.ndarray
    """uint8, INVALID where the row cannot be folded."""
    times: np.ndarray
    """int64, microseconds since 1970 in UTC."""
    amounts: np.ndarray
    """int64, ten-thousandths."""
    values: np.ndarray
    """int32, as the kernel wants them, kind by kind; of cases the code."""
    flags: np.ndarray
    """uint8, as the kernel wants them."""
    opportunities: Coded
    cases: Coded
    currencies: Coded
    sequences: np.ndarray
    """int64; empty where no event has one."""
    names: np.ndarray
    """uint64, a hash of source and event_id, 0 without an event_id; empty without any."""


def read_log(
    source: Source, policy: Policy, threads: Threads, faults: Faults, held: Held
) -> Numbers:
    """Return a log as numbers; rows that are not sound become faults.

    Codes are given to the ids of the log and to those that are held from before.

    Raises:
        InvalidColumns: the columns do not make a log.
    """
    check_columns(source)
    kinds = _read_kinds(source, threads, faults)
    log = _Own(source, threads, faults, kinds)
    numbers = Numbers(
        ids=_read_ids(source, threads, faults, held),
        kinds=kinds,
        times=_read_times(source, policy, faults),
        amounts=log.column("amount", np.int64),
        values=np.zeros(len(kinds), np.int32),
        flags=np.zeros(len(kinds), np.uint8),
        opportunities=log.opportunities(held.opportunity_names),
        cases=log.codes("case_id", held.case_names),
        currencies=log.codes("currency", held.currency_names),
        sequences=_read_sequences(source, faults),
        names=_read_names(source, faults),
    )
    _fill_values(log, policy, numbers)
    for name in _CHECKED:
        log.sound(name)
    kinds[faults.rows] = INVALID
    return numbers


def _fill_values(log: "_Own", policy: Policy, numbers: Numbers) -> None:
    """Write what the kernel reads beside amounts and ids, kind by kind."""
    values, flags = numbers.values, numbers.flags
    for kind, name in (
        ("purchase_completed", "covers_until"),
        ("purchase_reversed", "purchased_on"),
    ):
        values[log.rows_of(places_of(kind))] = at.NONE
        rows, _, days = log.sound(name)
        values[rows] = days
    for name in ("full", "complaint", "allowed"):
        rows, _, flag = log.sound(name)
        flags[rows] = flag
    for name in ("score", "situation", "position"):
        rows, _, number = log.sound(name)
        values[rows] = number
    rows, cells, _ = log.sound("behaviour")
    qualify = list(policy.qualifying_behaviours)
    values[rows] = cells.cast(pl.String).is_in(qualify).to_numpy()
    rows, _, _ = log.sound("supplier")
    values[rows] = 1
    rows = log.rows_of(places_of("case_opened", "case_closed"))
    values[rows] = numbers.cases.codes[rows]
    log.sound("channel")
    log.check_corrections()


class _Own:
    """The columns of the events' own fields, read only where a kind owns them."""

    def __init__(
        self, source: Source, threads: Threads, faults: Faults, kinds: np.ndarray
    ) -> None:
        self.source = source
        self.threads = threads
        self.faults = faults
        self.kinds = kinds
        self._by_kind, self._starts = _group_by_kind(kinds, len(KINDS))

    def rows_of(self, kinds: Iterable[int]) -> np.ndarray:
        """Return the rows of some kinds, kind by kind."""
        starts, ends = self._starts, self._starts[1:]
        return np.concatenate(
            [_NO_ROWS, *(self._by_kind[starts[kind] : ends[kind]] for kind in kinds)]
        )

    def given(self, name: str) -> tuple[np.ndarray, pl.Series]:
        """Return the rows whose kind owns the column, and that have a cell there."""
        column = OWN_COLUMNS[name]
        rows = self.rows_of(column.kinds)
        cells = self.source.column(name) if len(rows) else None
        if cells is None:
            self.faults.add(self.rows_of(column.required), name, _MISSING)
            return _NO_ROWS, pl.Series([], dtype=pl.String)
        if len(rows) < len(cells) or (rows[1:] < rows[:-1]).any():
            cells = cells.gather(rows)
        filled = cells.is_not_null()
        if cells.dtype.is_float():
            filled &= cells.is_not_nan()
        if filled.all():
            return rows, cells
        empty = rows[~filled.to_numpy()]
        self.faults.add(empty[np.isin(self.kinds[empty], column.required)], name, _MISSING)
        return rows[filled.to_numpy()], cells.filter(filled)

    def sound(self, name: str) -> tuple[np.ndarray, pl.Series, np.ndarray]:
        """Return the rows with a sound cell, the cells, and their numbers."""
        rows, cells = self.given(name)
        reader = READERS[OWN_COLUMNS[name].form]
        read = reader.read(cells) if len(rows) else None
        numbers, sound = read or (_NO_ROWS, _NO_ROWS == 0)
        if sound.all():
            return rows, cells, numbers
        self.faults.add(rows[~sound], name, reader.reason)
        return rows[sound], cells.filter(pl.Series(sound)), numbers[sound]

    def column(self, name: str, dtype: type[np.generic]) -> np.ndarray:
        """Return the numbers of a column, 0 where there is none."""
        rows, _, numbers = self.sound(name)
        found = np.zeros(len(self.kinds), dtype)
        found[rows] = numbers
        return found

    def codes(self, name: str, also: pl.Series) -> Coded:
        """Return the texts of a column as codes, -1 where there is none."""
        rows, cells, _ = self.sound(name)
        return self._spread(rows, cells, also)

    def opportunities(self, also: pl.Series) -> Coded:
        """Return the opportunities that the events name, by themselves or as "main"."""
        column = OWN_COLUMNS["opportunity_id"]
        usual = [
            kind
            for kind, default in zip(column.kinds, column.defaults, strict=True)
            if default is not None
        ]
        rows, cells, _ = self.sound("opportunity_id")
        unnamed = np.setdiff1d(self.rows_of(usual), rows, assume_unique=True)
        positions, _ = self.given("position")
        unnamed = np.concatenate([unnamed, np.setdiff1d(positions, rows, assume_unique=True)])
        names = pl.concat([cells.cast(pl.String), pl.repeat("main", len(unnamed), eager=True)])
        return self._spread(np.concatenate([rows, unnamed]), names, also)

    def check_corrections(self) -> None:
        """Refuse corrections of both axes or of none, and an opportunity beside a situation."""
        rows = self.rows_of(places_of("manual_correction"))
        situations, _ = self.given("situation")
        positions, _ = self.given("position")
        named, _ = self.given("opportunity_id")
        wrong = rows[np.isin(rows, situations) == np.isin(rows, positions)]
        self.faults.add(wrong, "situation", "give exactly one of situation and position")
        beside = np.intersect1d(situations, named)
        mend = "goes with position, not with situation: remove it"
        self.faults.add(beside, "opportunity_id", mend)

    def _spread(self, rows: np.ndarray, cells: pl.Series, also: pl.Series) -> Coded:
        coded = code(cells, self.threads, also)
        codes = np.full(len(self.kinds), -1, np.int32)
        codes[rows] = coded.codes
        return Coded(codes, coded.values)


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


def _needed(source: Source, name: str, faults: Faults, mend: str) -> pl.Series:
    """Return a column that every row needs; an empty cell is a fault."""
    cells = source.column(name)
    if cells is None:  # without rows a log needs no columns
        return pl.Series(name, [], pl.String)
    if cells.null_count():
        faults.add(np.flatnonzero(cells.is_null().to_numpy()), name, mend)
    return cells


def _read_ids(source: Source, threads: Threads, faults: Faults, held: Held) -> Coded:
    cells = _needed(source, "customer_id", faults, _MISSING)
    if not len(cells):
        return code(held.ids.clear(), threads, held.ids)
    if cells.dtype.is_integer():
        narrow = cells.cast(_integers(cells, held.ids), strict=False)
        wide = narrow.is_null() & cells.is_not_null()
        faults.add(np.flatnonzero(wide.to_numpy()), "customer_id", _WIDE)
        cells = narrow
    else:
        empty = cells.cast(pl.String).str.len_bytes() == 0
        rows = np.flatnonzero(empty.fill_null(value=False).to_numpy())
        faults.add(rows, "customer_id", READERS["id"].reason)
    return code(cells, threads, _same_ids(held.ids, cells.dtype))


def _integers(*ids: pl.Series) -> pl.DataType:
    """Return the type of 64 bits for whole numbers: signed, unless they are large already."""
    large = any(one.dtype in {pl.UInt64, pl.UInt128} for one in ids)
    negative = any(one.dtype.is_signed_integer() and (one < 0).any() for one in ids)
    return pl.UInt64() if large and not negative else pl.Int64()


def _same_ids(ids: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Return the ids of snapshots in the type of a log's.

    Raises:
        InvalidColumns: they are of another kind.
    """
    if not len(ids) or is_text(ids.dtype) == is_text(dtype):
        same = ids.cast(pl.String if is_text(dtype) else dtype, strict=False)
        if not same.null_count():
            return same
    mend = f"holds {ids.dtype}, that of the log {dtype}: cast one of them"
    raise InvalidColumns("the frame of snapshots", (Problem("column", "'customer_id'", mend),))


def _read_kinds(source: Source, threads: Threads, faults: Faults) -> np.ndarray:
    cells = _needed(source, "kind", faults, "is missing: say what happened")
    known = pl.Enum(KINDS)

    def part(start: int, end: int) -> np.ndarray:
        texts = cells.slice(start, end - start).cast(pl.String)
        places = texts.cast(known, strict=False).to_physical()
        return places.cast(pl.UInt8).fill_null(INVALID).to_numpy()

    kinds = np.concatenate(threads.over(len(cells), part))
    unknown = np.flatnonzero((kinds == INVALID) & cells.is_not_null().to_numpy())
    faults.add(unknown, "kind", "is not a known kind: use one of lifecycle_model.KINDS")
    return kinds


def _read_times(source: Source, policy: Policy, faults: Faults) -> np.ndarray:
    cells = _needed(source, "occurred_at", faults, _MISSING)
    if not len(cells):
        return np.zeros(0, np.int64)
    given = cells.is_not_null().to_numpy()
    ticks, sound, reason = read_times(cells)
    faults.add(np.flatnonzero(~sound & given), "occurred_at", reason)
    offset = policy.day_offset_minutes * MINUTE
    if offset:
        outside = sound & ((ticks < EARLIEST - offset) | (ticks > LATEST - offset))
        mend = "lies outside the years 1 to 9999 in the policy's calendar: correct the time"
        faults.add(np.flatnonzero(outside & given), "occurred_at", mend)
    return ticks


def _read_sequences(source: Source, faults: Faults) -> np.ndarray:
    cells = source.column("sequence")
    if cells is None:
        return np.empty(0, np.int64)
    filled = cells.is_not_null()
    if cells.dtype.is_float():
        filled &= cells.is_not_nan()
    rows = np.flatnonzero(filled.to_numpy())
    numbers, sound = whole_numbers(cells.filter(filled))
    faults.add(rows[~sound], "sequence", _WIDE)
    sequences = np.zeros(len(cells), np.int64)
    sequences[rows] = numbers
    return sequences


def _read_names(source: Source, faults: Faults) -> np.ndarray:
    """Return one hash for each pair of source and event_id."""
    cells = source.column("event_id")
    if cells is None or cells.null_count() == len(cells):
        return np.empty(0, np.uint64)
    texts = cells.cast(pl.String)
    empty = (texts.str.len_bytes() == 0).fill_null(value=False)
    faults.add(np.flatnonzero(empty.to_numpy()), "event_id", READERS["id"].reason)
    names = texts.hash().to_numpy().copy()
    origins = source.column("source")
    if origins is not None:
        names ^= origins.cast(pl.String).fill_null("").hash(seed=1).to_numpy()
    names[names == 0] = 1
    names[texts.is_null().to_numpy()] = 0
    return names
