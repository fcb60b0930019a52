"""The public verb of the columnar engine, and what it returns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
import polars as pl

from lifecycle_model.columnar.customers import customers_frame
from lifecycle_model.columnar.faults import Faults, refuse_faults
from lifecycle_model.columnar.folded import Fold, Folded
from lifecycle_model.columnar.frames import Restore, take
from lifecycle_model.columnar.held import Held, nothing_held
from lifecycle_model.columnar.moves import transitions_frame
from lifecycle_model.columnar.schema import COLUMNS
from lifecycle_model.columnar.snapshot_frame import SCHEMA, WHAT
from lifecycle_model.columnar.snapshots import read_snapshots, snapshots_frame
from lifecycle_model.columnar.source import FrameSource, Source, cells_at
from lifecycle_model.columnar.threads import Threads
from lifecycle_model.columnar.times import instant_of, microseconds_of
from lifecycle_model.encode import day_of
from lifecycle_model.engine import aware
from lifecycle_model.errors import LateEvent, UnknownChoice
from lifecycle_model.lifecycle import Lifecycle

OnInvalid = Literal["raise", "report"]

_CHOICES: Final = ("raise", "report")


@dataclass(frozen=True)
class Replay:
    """A log folded: frames of the kind that the log came in."""

    customers: Any
    """One row for each customer, ascending by id: where they stand."""
    transitions: Any
    """One row for each move, by customer and time; None where they were not asked for."""
    invalid: Any
    """One row for each fault: row (from 0), column, value, reason."""
    conflicts: Any
    """Events of one name but other content: the rows that were kept and dropped."""
    future: Any
    """The rows after `as_of`, which were set aside."""
    duplicates: int
    """How many equal copies were dropped."""
    events: int
    """How many events were folded."""
    _snapshots: Callable[[], Any] = field(repr=False, compare=False)

    @cached_property
    def snapshots(self) -> Any:  # noqa: ANN401 - a frame of the caller's kind
        """One row for each customer, from which a later call continues.

        The frame is made when first asked for.
        """
        return self._snapshots()

    def restored(self, restore: Restore) -> "Replay":
        """Return the same with frames of another kind."""
        return Replay(
            customers=restore(self.customers),
            transitions=None if self.transitions is None else restore(self.transitions),
            invalid=restore(self.invalid),
            conflicts=restore(self.conflicts),
            future=restore(self.future),
            duplicates=self.duplicates,
            events=self.events,
            _snapshots=lambda: restore(self.snapshots),
        )


def replay(  # noqa: PLR0913 - all but the log go by name
    frame: Any,  # noqa: ANN401 - any kind of frame
    lifecycle: Lifecycle | None = None,
    *,
    as_of: datetime | None = None,
    snapshots: Any = None,  # noqa: ANN401 - any kind of frame
    transitions: bool = False,
    on_invalid: OnInvalid = "raise",
    threads: int | None = None,
) -> Replay:
    """Fold a log of any number of customers, in any order of its rows.

    Args:
        frame: one row for each event, with `customer_id` (text or whole numbers), `kind`,
            `occurred_at` (aware) and any other fields of the events as columns; a frame of
            pandas, polars (eager or lazy), pyarrow (table, batch or reader) or DuckDB.
        lifecycle: the rules and the policy; the default ones where not given.
        as_of: the instant to which time passes; later rows are set aside as future.
        snapshots: what an earlier replay left, to continue from: its snapshots in any kind of
            frame, or the replay itself.
        transitions: whether to tell every move.
        on_invalid: `raise` for an error that lists the rows that cannot be folded, `report` to
            fold the others and return those.
        threads: how many share the work; one for each processor where not given.

    Returns:
        Frames of the kind that the log came in; a lazy frame gives lazy ones, a reader or a
        batch gives tables.

    Raises:
        InvalidColumns: a needed column is missing, stands twice, or holds something else.
        InvalidRows: rows cannot be folded, with `on_invalid="raise"`.
        SnapshotsMismatch: the snapshots were made under another policy or table.
        LateEvent: `as_of` is before a snapshot's clock.
        OutsideCalendar: the policy's calendar has no day for `as_of`.
        NotAFrame, UnknownChoice, NoThreads, NaiveTime: an argument is not what it should be.

    >>> from datetime import UTC
    >>> log = pl.DataFrame(
    ...     {
    ...         "customer_id": ["c-2", "c-1", "c-2"],
    ...         "kind": ["purchase_completed", "lead_qualified", "product_used"],
    ...         "occurred_at": [datetime(2024, 5, day, tzinfo=UTC) for day in (2, 1, 9)],
    ...     }
    ... )
    >>> replay(log).customers["customer_id", "situation", "days_idle"].rows()
    [('c-1', 'potential', None), ('c-2', 'occasional', 0)]
    """
    lifecycle = lifecycle or Lifecycle()
    given = take(frame, "the log", COLUMNS)
    run = Run.of(lifecycle, as_of, snapshots, on_invalid, threads, transitions=transitions)
    return run.fold(FrameSource(given.frame)).restored(given.restore)


@dataclass(frozen=True, slots=True)
class Run:
    """The arguments of a replay, checked."""

    lifecycle: Lifecycle
    as_of: datetime | None
    held: Held
    raising: bool
    threads: Threads
    transitions: bool

    @classmethod
    def of(  # noqa: PLR0913 - the arguments of a replay
        cls,
        lifecycle: Lifecycle,
        as_of: datetime | None,
        snapshots: Any,  # noqa: ANN401 - any kind of frame
        on_invalid: str,
        threads: int | None,
        *,
        transitions: bool,
    ) -> "Run":
        """Check the arguments of a replay; see there."""
        if on_invalid not in _CHOICES:
            raise UnknownChoice("on_invalid", on_invalid, _CHOICES)
        held = nothing_held()
        if snapshots is not None:
            frame = snapshots.snapshots if isinstance(snapshots, Replay) else snapshots
            taken = take(frame, WHAT, tuple(SCHEMA))
            held = read_snapshots(taken.frame, lifecycle)
        until = None if as_of is None else aware("as_of", as_of)
        if until is not None:
            day_of(until, lifecycle.policy.day_offset_minutes)
            _refuse_before(until, held)
        return cls(
            lifecycle, until, held, on_invalid == "raise", Threads.of(threads), transitions
        )

    def part(self, number: int, parts: int) -> "Run":
        """Return the same for a share of the customers, as `LogFile.part` shares them out."""
        ids = self.held.ids
        share = ids.to_frame("id").select(share_of(pl.col("id"), ids.dtype, parts))
        mine = share.to_series() == number
        return replace(self, held=self.held.only(mine.to_numpy()))

    def fold(self, source: Source) -> Replay:
        """Fold one source of rows.

        Raises:
            InvalidRows: rows cannot be folded and are not to be reported.
        """
        engine = self.lifecycle.engine
        faults = Faults(source)
        folded = Fold(
            source, engine, self.held, self.threads, faults, self.as_of, self.transitions
        ).run()
        invalid = faults.frame()
        if self.raising:
            refuse_faults(invalid)
        left, known, lifecycle = folded.left, folded.known, self.lifecycle
        return Replay(
            customers=customers_frame(folded, engine),
            transitions=transitions_frame(folded, engine, source) if self.transitions else None,
            invalid=invalid,
            conflicts=_conflicts(folded, source),
            future=_future(folded, source),
            duplicates=folded.identity.duplicates,
            events=folded.events,
            _snapshots=lambda: snapshots_frame(left, known, lifecycle),
        )


def _refuse_before(until: datetime, held: Held) -> None:
    """Refuse an instant before the clock of a snapshot.

    Raises:
        LateEvent: it names one such customer.
    """
    late = np.flatnonzero(held.moments[0] > microseconds_of(until))
    if len(late):
        customer = int(late[0])
        clock = instant_of(int(held.moments[0][customer]))
        raise LateEvent(str(held.ids[customer]), until, clock)


def share_of(ids: pl.Expr, dtype: pl.DataType, parts: int) -> pl.Expr:
    """Return to which of so many parts customers belong, the same in logs and snapshots."""
    return ids.cast(pl.Int64 if dtype.is_integer() else pl.String).hash() % parts


def joined(replays: Sequence[Replay]) -> Replay:
    """Return replays of different customers as one, in polars."""

    def one_of(name: str) -> pl.DataFrame:
        return pl.concat([getattr(replay, name) for replay in replays])

    def by_customer(name: str) -> pl.DataFrame:
        return one_of(name).sort("customer_id", maintain_order=True)

    told = replays[0].transitions is not None
    return Replay(
        customers=by_customer("customers"),
        transitions=by_customer("transitions") if told else None,
        invalid=one_of("invalid").sort("row", "column", "reason"),
        conflicts=one_of("conflicts").sort("kept_row", "dropped_row"),
        future=one_of("future").sort("row"),
        duplicates=sum(replay.duplicates for replay in replays),
        events=sum(replay.events for replay in replays),
        _snapshots=lambda: by_customer("snapshots"),
    )


def _conflicts(folded: Folded, source: Source) -> pl.DataFrame:
    conflicts = folded.identity.conflicts
    return pl.DataFrame(
        {
            "customer_id": folded.left.ids.gather(conflicts["customer"]),
            "source": conflicts["source"],
            "event_id": conflicts["event_id"],
            "kept_row": _numbered(source, conflicts["kept_row"].to_numpy()),
            "dropped_row": _numbered(source, conflicts["dropped_row"].to_numpy()),
        }
    ).sort("kept_row", "dropped_row")


def _numbered(source: Source, rows: np.ndarray) -> pl.Series:
    return pl.Series(source.numbers(rows), dtype=pl.UInt32)


def _future(folded: Folded, source: Source) -> pl.DataFrame:
    rows = folded.future
    cells = cells_at(source, ["customer_id", "occurred_at"], rows)
    return pl.DataFrame({"row": _numbered(source, rows), **cells.to_dict()})
