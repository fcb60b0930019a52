"""What later events need of customers, as columns of numbers."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from lifecycle_model.kernel import layout as at
from lifecycle_model.memory import COUNT_FIELDS, DAY_FIELDS

SLOTS: Final = (
    *(slot for _, slot in DAY_FIELDS),
    *(slot for _, slot in COUNT_FIELDS),
    at.SITUATION,
    at.RUNG,
    at.REACHED,
    at.DAY,
)
"""The kernel's slots that are kept; the others follow from them."""

NAME: Final = {"customer": pl.Int64, "source": pl.String, "event_id": pl.String}
CHANNEL: Final = {"customer": pl.Int64, "channel": pl.String}


@dataclass(frozen=True, slots=True)
class Held:
    """Customers between two folds. Lists lie end to end, with the place where each starts."""

    ids: pl.Series
    slots: np.ndarray
    """int32, one line for each of SLOTS."""
    moments: np.ndarray
    """int64, four lines: clock, last event, when the situation was entered, the rule's row."""
    currencies: np.ndarray
    """int32, codes of `currency_names`, -1 for none."""
    window_starts: np.ndarray
    window_days: np.ndarray
    window_counts: np.ndarray
    window_amounts: np.ndarray
    opportunity_starts: np.ndarray
    opportunity_slots: np.ndarray
    """int32, one line each: code, then the kernel's slots but the last."""
    case_starts: np.ndarray
    case_slots: np.ndarray
    """int32, one line each: code, whether it is a complaint."""
    opportunity_names: pl.Series
    case_names: pl.Series
    currency_names: pl.Series
    clock_events: pl.DataFrame
    """customer (a place in `ids`), source and event_id of the events at the clock's instant."""
    channels: pl.DataFrame
    """customer, channel: where consent is withdrawn."""

    def only(self, chosen: np.ndarray) -> "Held":
        """Return what is held of some of the customers."""
        places = np.full(len(self.ids), -1, np.int64)
        places[chosen] = np.arange(np.count_nonzero(chosen))
        window = _entries(self.window_starts, chosen)
        opportunities = _entries(self.opportunity_starts, chosen)
        cases = _entries(self.case_starts, chosen)
        return replace(
            self,
            ids=self.ids.filter(pl.Series(chosen)),
            slots=self.slots[:, chosen],
            moments=self.moments[:, chosen],
            currencies=self.currencies[chosen],
            window_starts=_starts(self.window_starts, chosen),
            window_days=self.window_days[window],
            window_counts=self.window_counts[window],
            window_amounts=self.window_amounts[window],
            opportunity_starts=_starts(self.opportunity_starts, chosen),
            opportunity_slots=self.opportunity_slots[opportunities],
            case_starts=_starts(self.case_starts, chosen),
            case_slots=self.case_slots[cases],
            clock_events=_moved(self.clock_events, places),
            channels=_moved(self.channels, places),
        )


def _starts(starts: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(np.diff(starts)[chosen])])


def _entries(starts: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return which entries of lists that lie end to end belong to those chosen."""
    return np.repeat(chosen, np.diff(starts))


def _moved(lines: pl.DataFrame, places: np.ndarray) -> pl.DataFrame:
    """Return the lines about customers that are still there, by their new places."""
    moved = lines.with_columns(customer=pl.Series(places[lines["customer"].to_numpy()]))
    return moved.filter(pl.col("customer") >= 0)


def nothing_held() -> Held:
    """Return what is held of no customers.

    >>> len(nothing_held().ids)
    0
    """
    start = np.zeros(1, np.int64)
    small, large = np.empty(0, np.int32), np.empty(0, np.int64)
    no_names = pl.Series([], dtype=pl.String)
    return Held(
        ids=no_names,
        slots=np.empty((len(SLOTS), 0), np.int32),
        moments=np.empty((4, 0), np.int64),
        currencies=small,
        window_starts=start,
        window_days=small,
        window_counts=small,
        window_amounts=large,
        opportunity_starts=start,
        opportunity_slots=np.empty((0, 5), np.int32),
        case_starts=start,
        case_slots=np.empty((0, 2), np.int32),
        opportunity_names=no_names,
        case_names=no_names,
        currency_names=no_names,
        clock_events=pl.DataFrame(schema=NAME),
        channels=pl.DataFrame(schema=CHANNEL),
    )


def recoded(codes: np.ndarray, names: pl.Series, values: pl.Series) -> np.ndarray:
    """Return codes of some names as codes of ascending values that hold them all.

    >>> recoded(np.array([1, -1]), pl.Series(["a", "c"]), pl.Series(["a", "b", "c"])).tolist()
    [2, -1]
    """
    places = values.search_sorted(names).to_numpy().astype(np.int32)
    return np.where(codes < 0, np.int32(-1), np.append(places, np.int32(-1))[codes])
