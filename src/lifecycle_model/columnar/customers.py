"""The frame of customers: one row each."""

from typing import Final

import numpy as np
import polars as pl

from lifecycle_model.columnar.folded import Folded
from lifecycle_model.columnar.folding import NO_TIME
from lifecycle_model.columnar.series import instants, midnights, money, numbers, words
from lifecycle_model.customer import BY_LEAD
from lifecycle_model.derived import (
    FUNNEL_LINES,
    SALES_LINES,
    SERVICE_LINES,
    STAGE_LINES,
    first_value,
)
from lifecycle_model.encode import POSITIONS, SITUATIONS
from lifecycle_model.engine import Engine
from lifecycle_model.kernel import layout as at
from lifecycle_model.kernel.program import FACT_CODES
from lifecycle_model.rules import FACTS
from lifecycle_model.states import Axis

_DERIVED: Final = {
    "stage": STAGE_LINES,
    "funnel_group": FUNNEL_LINES,
    "sales_step": SALES_LINES,
    "service_state": SERVICE_LINES,
}
_TYPES: Final = {"days": pl.Int32(), "count": pl.Int32(), "yes_no": pl.Int8()}


def customers_frame(folded: Folded, engine: Engine) -> pl.DataFrame:
    """Return where every customer stands: six values, facts, deadline, last rule."""
    clock, latest, since, moved_by = folded.left.moments
    rules = engine.program.rules
    ids = [rule.id for rule in rules]
    begins, never = midnights(folded.due, engine.policy.day_offset_minutes)
    columns = {
        "customer_id": folded.left.ids,
        "situation": words(folded.states[at.SITUATION], SITUATIONS),
        "position": words(leading_positions(folded), POSITIONS),
        **_derived(folded.conditions),
        **_facts(folded),
        "purchases": pl.Series(folded.states[at.PURCHASES]),
        "last_event_at": instants(latest, latest == NO_TIME),
        "clock": instants(clock, clock == NO_TIME),
        "next_deadline": instants(begins, never),
        "next_deadline_rule": words(np.where(never, -1, folded.due_row), ids),
        "situation_rule": situation_rules(moved_by, engine),
        "situation_since": instants(since, since == NO_TIME),
    }
    return pl.DataFrame(columns).filter(pl.Series(folded.known))


def situation_rules(rows: np.ndarray, engine: Engine) -> pl.Series:
    """Return rows of the situation's rules by their ids; null for -1."""
    rules = [rule.id for rule in engine.program.rules if rule.axis == Axis.SITUATION]
    places = [
        rules.index(rule.id) if rule.axis == Axis.SITUATION else -1
        for rule in engine.program.rules
    ]
    return words(np.array([*places, -1])[rows], rules)


def leading_positions(folded: Folded) -> np.ndarray:
    """Return the place of each customer's leading position."""
    lead = np.array([*(BY_LEAD.index(one) if one in BY_LEAD else 0 for one in POSITIONS)])
    best = np.full(len(folded.known), len(BY_LEAD))
    starts = folded.left.opportunity_starts
    some = np.flatnonzero(np.diff(starts))
    if len(some):
        ranks = lead[folded.left.opportunity_slots[:, 1]]
        best[some] = np.minimum.reduceat(ranks, starts[some])
    return np.array([*map(POSITIONS.index, BY_LEAD), at.STATUS_QUO])[best]


def _derived(conditions: np.ndarray) -> dict[str, pl.Series]:
    """Look the values up in the decision tables, once for each case that occurs."""
    cases, case = np.unique(conditions, return_inverse=True)
    found = {}
    for name, lines in _DERIVED.items():
        known = list(type(lines[0][0]))
        places = [known.index(first_value(lines, int(bits))) for bits in cases]
        found[name] = words(np.array(places, np.int8)[case], known)
    return found


def _facts(folded: Folded) -> dict[str, pl.Series]:
    """Return the customers' facts as people count them; null for none."""
    states = folded.states
    today = np.maximum(states[at.DAY], 0)
    found = {}
    for fact in FACTS.values():
        if fact.scope != "customer":
            continue
        values = states[FACT_CODES[fact.name]]
        if FACT_CODES[fact.name] >= at.FIRST_AGE:
            values = today - values
        if fact.unit == "money":
            found[fact.name] = money(folded.revenues)
            continue
        values, missing = counted(fact.name, values)
        found[fact.name] = numbers(values, _TYPES[fact.unit], missing)
    return found


def counted(name: str, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the kernel's numbers of a fact as people count it, and which are none.

    The same as `decode.fact_number`, for many.
    """
    if name == "protected":
        return (values <= 0).astype(values.dtype), np.zeros(len(values), np.bool_)
    if FACTS[name].unit == "money":
        return values, np.zeros(len(values), np.bool_)
    missing = values >= at.NEVER
    if name == "days_expired":
        missing |= values < 1
    return values, missing
