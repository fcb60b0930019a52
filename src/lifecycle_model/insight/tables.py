"""How figures are told: every ratio with its parts, every missing value with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from lifecycle_model.insight.intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Ratio:
    """One column of a table that divides one other by another."""

    name: str
    """The column; beside it stands `<name>_reason`, filled where the ratio is null."""
    numerator: str
    """The column above the line."""
    denominator: str
    """The column below the line."""
    of: str
    """What the denominator counts, in words."""
    none: str
    """Why there is no ratio where the denominator is 0."""
    per: int = 1
    """1 for a plain ratio, 1,000 for so many per thousand."""
    interval: bool = False
    """Whether `<name>_low` and `<name>_high` stand beside it: Wilson's interval, 95 %."""


@dataclass(frozen=True, slots=True)
class Table:
    """A frame of figures that says what its ratios mean."""

    frame: pl.DataFrame
    ratios: tuple[Ratio, ...] = ()

    def ratio(self, name: str) -> Ratio:
        """Return what a column divides by what.

        >>> table = with_ratios(pl.DataFrame({"won": [1], "closed": [4]}), WIN)
        >>> table.ratio("win_rate").of
        'deals closed'
        """
        return next(one for one in self.ratios if one.name == name)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its parts, its interval and, where there is none, the reason."""

    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    of: str = ""
    """What the denominator counts, in words."""
    low: float | None = None
    """The lower end of the interval; the function that made the figure names its kind."""
    high: float | None = None
    reason: str | None = None
    """Why there is no value; None where there is one."""


def with_ratios(frame: pl.DataFrame, *ratios: Ratio) -> Table:
    """Return a table with a frame's columns and the ratios after them.

    >>> table = with_ratios(pl.DataFrame({"won": [1, 0], "closed": [4, 0]}), WIN)
    >>> table.frame.select("win_rate", "win_rate_reason").rows()
    [(0.25, None), (None, 'no deal was closed')]
    """
    return Table(frame.with_columns(*columns_of(ratios)), ratios)


def columns_of(ratios: Sequence[Ratio]) -> list[pl.Expr]:
    """Return the columns of the ratios, ready for `with_columns`."""
    columns = []
    for one in ratios:
        above, below = pl.col(one.numerator), pl.col(one.denominator)
        columns.append(pl.when(below != 0).then(above * one.per / below).alias(one.name))
        columns.append(reason_where(below.fill_null(0) == 0, one.none, one.name))
        if one.interval:
            low, high = wilson(above, below)
            columns += [low.alias(f"{one.name}_low"), high.alias(f"{one.name}_high")]
    return columns


def reason_where(missing: pl.Expr, why: str, name: str) -> pl.Expr:
    """Return the column that says why another one is null.

    Args:
        missing: holds where it is.
        why: the reason.
        name: the other column.
    """
    return pl.when(missing).then(pl.lit(why)).alias(f"{name}_reason")


WIN = Ratio("win_rate", "won", "closed", "deals closed", "no deal was closed", interval=True)
"""The share of closed deals that were won."""
