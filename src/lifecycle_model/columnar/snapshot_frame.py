"""The frame of snapshots: its columns, and whether a frame is one that a fold left behind.

The compiled engine believes what it is given, so nothing unsound may reach it.
"""

from datetime import date
from typing import Any, Final

import numpy as np
import polars as pl

from lifecycle_model.columnar.cells import is_text
from lifecycle_model.columnar.faults import as_texts
from lifecycle_model.columnar.series import INSTANT, MONEY
from lifecycle_model.columnar.times import EARLIEST, LATEST, MINUTE, instant_of
from lifecycle_model.customer import SCHEMA_VERSION
from lifecycle_model.encode import POSITIONS, SITUATIONS
from lifecycle_model.errors import InvalidColumns, Problem, SnapshotsMismatch
from lifecycle_model.lifecycle import Lifecycle
from lifecycle_model.memory import COUNT_FIELDS, DAY_FIELDS
from lifecycle_model.states import Axis, BuyingPosition, Situation

WHAT: Final = "the frame of snapshots"
"""What it is called in errors."""

_SITUATION: Final = pl.Enum([str(one) for one in SITUATIONS])
_POSITION: Final = pl.Enum([str(one) for one in POSITIONS])
_WINDOW: Final = pl.Struct({"day": pl.Date, "purchases": pl.Int32, "amount": MONEY})
_OPPORTUNITY: Final = pl.Struct(
    {
        "id": pl.String,
        "position": _POSITION,
        "entered_on": pl.Date,
        "touched_on": pl.Date,
        "with_competitor": pl.Boolean,
    }
)
_CASE: Final = pl.Struct({"id": pl.String, "complaint": pl.Boolean})
_NAME: Final = pl.Struct({"source": pl.String, "event_id": pl.String})

SCHEMA: Final[dict[str, Any]] = {
    "customer_id": pl.String,
    "schema_version": pl.Int32,
    "policy": pl.String,
    "rules": pl.String,
    "clock": INSTANT,
    "last_event_at": INSTANT,
    "situation": _SITUATION,
    "situation_since": INSTANT,
    "situation_rule": pl.String,
    "restores_to": _SITUATION,
    **{name: pl.Date for name, _ in DAY_FIELDS},
    **{name: pl.Int32 for name, _ in COUNT_FIELDS},
    "reached": pl.Boolean,
    "currency": pl.String,
    "window": pl.List(_WINDOW),
    "opportunities": pl.List(_OPPORTUNITY),
    "open_cases": pl.List(_CASE),
    "clock_events": pl.List(_NAME),
    "withdrawn_channels": pl.List(pl.String),
}
"""The columns of snapshots with their types; `customer_id` may hold whole numbers too."""

_FIRST_DAY, _LAST_DAY = pl.lit(date.min), pl.lit(date.max)
_FIRST, _LAST = (pl.lit(instant_of(one), INSTANT) for one in (EARLIEST, LATEST))
_MOST: Final = 9 * 10**14
"""The amounts of one window stay below, in units of money."""


def checked(frame: pl.DataFrame, lifecycle: Lifecycle) -> pl.DataFrame:
    """Return the frame with its columns in their types and order, or refuse it.

    Raises:
        InvalidColumns: it is no frame of snapshots, or a row is none that a fold leaves.
        SnapshotsMismatch: it was made by another release, policy or table.
    """
    missing = [name for name in SCHEMA if name not in frame.columns]
    if missing:
        mend = "is missing: give a frame that `Replay.snapshots` returned"
        raise InvalidColumns(
            WHAT, tuple(Problem("column", repr(name), mend) for name in missing)
        )
    marks = frame.select(LAW).unique(maintain_order=True)
    for mark in marks.iter_rows():
        check_law(mark, lifecycle)
    typed = _typed(frame)
    _check_rows(typed, lifecycle)
    return typed


LAW: Final = ("schema_version", "policy", "rules")
"""The columns that tell what a snapshot was made under."""


def check_law(made_under: tuple[object, ...], lifecycle: Lifecycle) -> None:
    """Refuse what was made under something else than a lifecycle.

    Args:
        made_under: the values of LAW.
        lifecycle: what it should have been made under.

    Raises:
        SnapshotsMismatch: it tells what differs.
    """
    needs = (SCHEMA_VERSION, lifecycle.policy.digest, lifecycle.rules.digest)
    for what, found, needed in zip(LAW, made_under, needs, strict=True):
        if found != needed:
            raise SnapshotsMismatch(what, str(found), str(needed))


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the columns in their types; other kinds of frames know fewer of these."""
    found, problems = {}, []
    for name, dtype in SCHEMA.items():
        cells = frame[name].rechunk()
        whole = name == "customer_id" and (cells.dtype.is_integer() or not len(cells))
        wanted = cells.dtype if whole else dtype
        typed = _cast(cells, wanted)
        if typed is None:
            mend = f"should hold {wanted}, not {cells.dtype}: cast it"
            problems.append(Problem("column", repr(name), mend))
        else:
            found[name] = typed
    if problems:
        raise InvalidColumns(WHAT, tuple(problems))
    return pl.DataFrame(found)


def _cast(cells: pl.Series, wanted: Any) -> pl.Series | None:  # noqa: ANN401 - polars' types
    """Return cells in a type; None where they say something else, or a time has no zone."""
    known = cells.dtype
    if known != pl.Null and (
        wanted.is_temporal() != known.is_temporal()
        or is_text(wanted) != is_text(known)
        or (wanted == pl.Boolean) != (known == pl.Boolean)
        or (wanted == INSTANT and getattr(known, "time_zone", None) is None)
    ):
        return None
    try:
        typed = cells.cast(wanted)
    except pl.exceptions.PolarsError:
        return None
    # A cast of structures goes into them and leaves them structures.
    return typed if typed.dtype == wanted else None


def _check_rows(frame: pl.DataFrame, lifecycle: Lifecycle) -> None:
    """Refuse rows that no fold leaves: the engine would believe them.

    Raises:
        InvalidColumns: with the first such row of each column.
    """
    demands = _demands(lifecycle)
    sound = frame.select(test.fill_null(value=False) for test in demands.values())
    wrong = {
        name: np.flatnonzero(~tests.to_numpy())
        for name, tests in zip(demands, sound, strict=True)
    }
    wrong |= {name: _wrong_lists(frame[name], *tests) for name, tests in _LISTS.items()}
    wrong["customer_id"] = _wrong_ids(frame["customer_id"])
    mend = "is not what a fold leaves: give what `Replay.snapshots` returned"
    problems = []
    for name, rows in wrong.items():
        if len(rows):
            first = frame[int(rows[0])]
            customer, value = (as_texts(first[one]).item() for one in ("customer_id", name))
            place = f"column {name!r}, row {rows[0]}, customer {customer}"
            problems.append(Problem(place, value, mend))
    if problems:
        raise InvalidColumns(WHAT, tuple(problems))


def _wrong_ids(ids: pl.Series) -> np.ndarray:
    """Return the rows without an id, or with one that stands twice."""
    empty = ids.is_null() | (ids.cast(pl.String).str.len_bytes() == 0)
    if ids.n_unique() < len(ids):
        empty |= ids.is_duplicated()
    return np.flatnonzero(empty.fill_null(value=True).to_numpy())


def _demands(lifecycle: Lifecycle) -> dict[str, pl.Expr]:
    """Return what the cells of each row must keep to: what `Customer` demands of one."""
    col = pl.col
    offset = lifecycle.policy.day_offset_minutes * MINUTE
    inside = col("clock").to_physical().is_between(EARLIEST - offset, LATEST - offset)
    dissatisfied = col("situation") == str(Situation.DISSATISFIED)
    moved_by = col("situation_rule")
    rules = lifecycle.engine.program.rules
    situation_rules = [rule.id for rule in rules if rule.axis == Axis.SITUATION]
    restored = col("restores_to").is_not_null()
    bought = col("window").list.eval(pl.element().struct.field("purchases")).list.sum()
    return {
        **{name: col(name).is_null() | _in_calendar(name) for name in _MOMENTS},
        "clock": col("clock").is_null() | (inside & _in_calendar("clock")),
        "situation": col("situation").is_not_null(),
        "situation_rule": moved_by.is_null() | moved_by.is_in(situation_rules),
        "restores_to": (restored == dissatisfied)
        & (col("restores_to") != str(Situation.DISSATISFIED)).fill_null(value=True),
        **{name: col(name).is_null() | _a_day(name) for name, _ in DAY_FIELDS},
        "dissatisfied_on": (_a_day("dissatisfied_on") & dissatisfied)
        | (col("dissatisfied_on").is_null() & ~dissatisfied),
        **{name: col(name) >= 0 for name, _ in COUNT_FIELDS},
        "standing_purchases": col("standing_purchases").is_between(bought, col("purchases")),
        "reached": col("reached").is_not_null(),
        "currency": col("currency").is_null() | (col("currency") != ""),
    }


def _in_calendar(name: str) -> pl.Expr:
    return pl.col(name).is_between(_FIRST, _LAST)


def _a_day(name: str) -> pl.Expr:
    return pl.col(name).is_between(_FIRST_DAY, _LAST_DAY)


def _named(name: str) -> pl.Expr:
    return pl.col(name) != ""


_MOMENTS: Final = ("last_event_at", "situation_since")

_LISTS: Final[dict[str, tuple[pl.Expr, str | None]]] = {
    "window": (
        _a_day("day") & (pl.col("purchases") >= 0) & pl.col("amount").abs().lt(_MOST),
        "day",
    ),
    "opportunities": (
        _named("id")
        & (pl.col("position") != str(BuyingPosition.STATUS_QUO))
        & _a_day("entered_on")
        & _a_day("touched_on")
        & pl.col("with_competitor").is_not_null(),
        "id",
    ),
    "open_cases": (_named("id") & pl.col("complaint").is_not_null(), "id"),
    "clock_events": (
        pl.col("source").is_not_null() & pl.col("event_id").is_not_null(),
        None,
    ),
    "withdrawn_channels": (pl.col("withdrawn_channels").is_not_null(), None),
}
"""What each entry of a list must keep to, and by which of its fields the entries ascend."""


def _wrong_lists(lists: pl.Series, test: pl.Expr, ascending: str | None) -> np.ndarray:
    """Return the rows that have no list, or one that is not sound."""
    entries, starts = unpacked(lists), list_starts(lists)
    sound = entries.select(test.fill_null(value=False)).to_series()
    if ascending is not None:
        first = np.isin(np.arange(len(entries)), starts)
        sound &= pl.Series(first) | (entries[ascending] > entries[ascending].shift(1))
    rows = np.repeat(np.arange(len(lists)), np.diff(starts))
    wrong = rows[~sound.fill_null(value=False).to_numpy()]
    return np.union1d(wrong, np.flatnonzero(lists.is_null().to_numpy()))


def unpacked(lists: pl.Series) -> pl.DataFrame:
    """Return the entries of lists, end to end."""
    entries = lists.filter(lists.list.len() > 0).explode()
    return entries.struct.unnest() if entries.dtype == pl.Struct else entries.to_frame()


def list_starts(lists: pl.Series) -> np.ndarray:
    """Return the place where each list starts, and where the last one ends."""
    lengths = lists.list.len().fill_null(0).to_numpy()
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
