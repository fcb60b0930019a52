"""Scalar histories and a replay over columns give the same figures."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from insight.plain import LIFECYCLE, random_book, random_histories
from lifecycle_model import Axis
from lifecycle_model.insight import (
    Book,
    Table,
    actions,
    behaviours,
    deals,
    flows,
    funnel,
    growth,
    of_histories,
    satisfaction,
    tenure,
    value,
)

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.untraced

FIGURES: dict[str, Callable[[Book], object]] = {
    "growth": growth,
    "funnel": funnel,
    "funnel by cohort": lambda book: funnel(book, by="cohort"),
    "flows of situations": lambda book: flows(book, period="week"),
    "flows of positions": lambda book: flows(book, Axis.POSITION),
    "deals": deals,
    "satisfaction": satisfaction,
    "value": value,
    "behaviours": lambda book: behaviours(book, 30),
    "tenure": tenure,
    "actions": lambda book: actions(book, 20),
}


@cache
def scalar_book() -> Book:
    """Return the book of the random histories."""
    return of_histories(random_histories(), LIFECYCLE)


def assert_same(one: object, other: object) -> None:
    """Compare two figures, part by part."""
    if isinstance(one, pl.DataFrame):
        assert_frame_equal(one, other)
    elif isinstance(one, Table):
        assert one.ratios == other.ratios
        assert_frame_equal(one.frame, other.frame)
    else:
        for field in fields(one):
            ours, theirs = getattr(one, field.name), getattr(other, field.name)
            if isinstance(ours, (pl.DataFrame, Table)):
                assert_same(ours, theirs)
            else:
                assert ours == theirs


@pytest.mark.parametrize("name", FIGURES)
def test_histories_and_a_replay_give_the_same_figures(name: str) -> None:
    """Frame by frame, with types, for a log in which much happens."""
    figure = FIGURES[name]

    assert_same(figure(random_book()), figure(scalar_book()))
