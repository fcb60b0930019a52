"""The frame of transitions: one row each, as the scalar history tells them."""

from typing import Final

import numpy as np
import polars as pl

from lifecycle_model.columnar.customers import counted
from lifecycle_model.columnar.folded import Folded
from lifecycle_model.columnar.native import HEAD
from lifecycle_model.columnar.series import instants, lists, numbers, words
from lifecycle_model.columnar.source import Source, texts_at
from lifecycle_model.encode import POSITIONS, SITUATIONS
from lifecycle_model.engine import Engine
from lifecycle_model.events import KINDS
from lifecycle_model.states import Axis

_STATES: Final = (*SITUATIONS, *POSITIONS)


def transitions_frame(folded: Folded, engine: Engine, source: Source) -> pl.DataFrame:
    """Return every move, customer by customer, in the order in which they happened."""
    moves = folded.moves
    rules = engine.program.rules
    row, event, opportunity = moves[:, 0], moves[:, 1], moves[:, 3]
    customer, time, kind = moves[:, -3], moves[:, -2], moves[:, -1]
    nothing = np.zeros(len(moves), np.bool_)
    axis = np.array([list(Axis).index(rule.axis) for rule in rules], np.int8)[row]
    shift = np.where(axis == list(Axis).index(Axis.POSITION), len(SITUATIONS), 0)
    names = folded.left.opportunity_names
    return pl.DataFrame(
        {
            "customer_id": folded.left.ids.gather(customer),
            "occurred_at": instants(time, nothing),
            "axis": words(axis, list(Axis)),
            "opportunity_id": _gathered(names, opportunity),
            "rule": words(row, [rule.id for rule in rules]),
            "before": words(moves[:, 4] + shift, _STATES),
            "after": words(moves[:, 5] + shift, _STATES),
            "kind": words(kind, KINDS),
            "event_id": _event_ids(source, event),
            "evidence": _evidence(moves, engine),
        }
    )


def _gathered(names: pl.Series, codes: np.ndarray) -> pl.Series:
    """Return names by code; null for -1."""
    return pl.concat([names, pl.Series([None], dtype=pl.String)]).gather(
        np.where(codes < 0, len(names), codes)
    )


def _event_ids(source: Source, rows: np.ndarray) -> pl.Series:
    if "event_id" not in source.dtypes:
        return pl.Series([None], dtype=pl.String).new_from_index(0, len(rows))
    caused = np.flatnonzero(rows >= 0)
    found = texts_at(source, "event_id", rows[caused])
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(rows))
    return nothing.scatter(caused, found)


def _evidence(moves: np.ndarray, engine: Engine) -> pl.Series:
    """Return the values of the rule's guards, in their order; money in ten-thousandths."""
    rules = engine.program.rules
    lengths = np.array([len(rule.guards) for rule in rules])[moves[:, 0]]
    starts = np.concatenate([[0], np.cumsum(lengths)])
    values = np.empty(starts[-1], np.int64)
    missing = np.zeros(starts[-1], np.bool_)
    for number, rule in enumerate(rules):
        lines = np.flatnonzero(moves[:, 0] == number)
        for place, guard in enumerate(rule.guards):
            at = starts[lines] + place
            values[at], missing[at] = counted(guard.fact, moves[lines, HEAD + place])
    return lists(starts, numbers(values, pl.Int64(), missing))
