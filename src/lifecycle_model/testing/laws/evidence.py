"""The laws of evidence: every decision can be judged again from what it says."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Final

from lifecycle_model.outcome import AnswerKind, Evidence
from lifecycle_model.rules import RESTORED
from lifecycle_model.states import Axis, Situation
from lifecycle_model.testing.laws.comparing import NEW, demand, folded, same

if TYPE_CHECKING:
    from lifecycle_model.lifecycle import Lifecycle
    from lifecycle_model.testing.laws.trial import Trial

_COMPARE: Final = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
}


def evidence_of_a_move_holds_again(trial: Trial) -> None:
    """A move names every guard of its row, and each holds when judged by its own values."""
    lifecycle = trial.lifecycle
    for move in lifecycle.replay(trial.log, customer=NEW).transitions:
        rule = lifecycle.rules.rule(move.axis, move.rule)
        same(
            f"{move.rule}: guards",
            [guard.fact for guard in rule.guards],
            [one.fact for one in move.evidence],
        )
        same(f"{move.rule}: policy", lifecycle.policy.ref, move.policy)
        leads_on = move.before in rule.sources
        demand(f"{move.rule} does not lead on from {move.before}", holds=leads_on)
        for one in move.evidence:
            demand(f"{move.rule} fired, but not: {one}", holds=_judged(one))
            _check_sums(lifecycle, one)


def a_refusal_says_what_is_missing(trial: Trial) -> None:
    """All rows that were tried are listed, each with a guard that fails by its own values."""
    lifecycle, customer = trial.lifecycle, NEW
    for event in lifecycle.replay(trial.log, customer=NEW).events:
        outcome = lifecycle.apply(customer, event)
        customer = outcome.customer
        for refusal in outcome.refusals:
            rows = lifecycle.rules.rows(refusal.axis, refusal.state, event.kind)
            same(f"{event.kind}: rows", rows, tuple(check.rule for check in refusal.checks))
            for check in refusal.checks:
                demand(
                    f"{check.rule.id} was refused, but all its guards hold: {check}",
                    holds=not all(map(_judged, check.evidence)),
                )
                for one in check.evidence:
                    _check_sums(lifecycle, one)
        refused = [one.axis for one in outcome.answers if one.kind == AnswerKind.REFUSED]
        same(f"{event.kind}: axes", refused, [refusal.axis for refusal in outcome.refusals])


def why_not_names_every_row_that_leads_there(trial: Trial) -> None:
    """The rows are those of the table with that target, each with all its guards."""
    lifecycle, target = trial.lifecycle, trial.target
    axis = Axis.SITUATION if isinstance(target, Situation) else Axis.POSITION
    checks = lifecycle.why_not(folded(trial), target)
    found = [check.rule for check in checks]
    rows = [
        rule
        for rule in lifecycle.rules
        if rule.axis == axis
        and (rule.target == target or (rule.target == RESTORED and rule in found))
    ]
    same(f"{target}: rows", rows, found)
    for check in checks:
        same(
            f"{check.rule.id}: guards",
            [guard.fact for guard in check.rule.guards],
            [one.fact for one in check.evidence],
        )
        for one in check.evidence:
            _check_sums(lifecycle, one)


def _judged(evidence: Evidence) -> bool:
    """Judge a guard by its values alone."""
    if evidence.value is None:
        return False
    return bool(_COMPARE[evidence.operator](evidence.value, evidence.threshold))


def _check_sums(lifecycle: Lifecycle, evidence: Evidence) -> None:
    """Hold verdict, gap and threshold of a guard against each other and the policy."""
    name = evidence.threshold_name
    if name is not None:
        same(f"{name} of the policy", getattr(lifecycle.policy, name), evidence.threshold)
    same(f"verdict of {evidence}", _judged(evidence), evidence.holds)
    if evidence.value is None or evidence.gap is None:
        same(f"gap of {evidence}", None, evidence.gap)
        return
    same(f"no gap in {evidence}", evidence.holds, evidence.gap == 0)
    mended = _COMPARE[evidence.operator](evidence.value + evidence.gap, evidence.threshold)
    demand(f"the gap of {evidence} does not mend it", holds=mended)
