"""A customer's story for programs."""

from typing import Any

from lifecycle_model import Event, Evidence, RuleCheck, Transition
from lifecycle_model.cli.customers import facts_of, values_of
from lifecycle_model.cli.story import Story
from lifecycle_model.cli.times import iso
from lifecycle_model.outcome import Number


def story_json(story: Story) -> dict[str, Any]:
    """Return the story with plain values under stable keys."""
    deadline = story.deadline
    return {
        "log": story.log,
        "policy": story.policy._asdict(),
        "customer_id": story.customer.id,
        "chapters": [
            {
                "event": one.event and event_json(one.event),
                "transitions": [transition_json(move) for move in one.outcome.transitions],
                "answers": [
                    {
                        "axis": answer.axis.value,
                        "opportunity_id": answer.opportunity_id,
                        "answer": answer.kind.value,
                        "rule": answer.rule,
                    }
                    for answer in one.outcome.answers
                ],
                "refusals": [
                    {
                        "axis": refusal.axis.value,
                        "opportunity_id": refusal.opportunity_id,
                        "state": refusal.state.value,
                        "checks": [check_json(check) for check in refusal.checks],
                    }
                    for refusal in one.outcome.refusals
                ],
            }
            for one in story.chapters
        ],
        "future": story.future,
        "as_of": iso(story.status.as_of),
        **values_of(story.status),
        "facts": facts_of(story.status),
        "situation_since": iso(story.customer.situation_since),
        "situation_rule": story.customer.situation_rule,
        "opportunities": [
            {
                "id": one.id,
                "position": one.position.value,
                "entered_on": one.entered_on.isoformat(),
                "touched_on": one.touched_on.isoformat(),
                "with_competitor": one.with_competitor,
            }
            for one in story.customer.opportunities
        ],
        "next_deadline": deadline
        and {
            "occurred_at": iso(deadline.occurred_at),
            "rule": deadline.rule,
            "transitions": [transition_json(move) for move in deadline.transitions],
        },
        "ways_on": [
            {"situation": target.value, **check_json(check)} for target, check in story.ways
        ],
    }


def event_json(event: Event) -> dict[str, Any]:
    """Return an event, with its time written as all other times are."""
    return {**event.model_dump(mode="json"), "occurred_at": iso(event.occurred_at)}


def transition_json(move: Transition) -> dict[str, Any]:
    """Return a move with its reason."""
    return {
        "occurred_at": iso(move.occurred_at),
        "axis": move.axis.value,
        "opportunity_id": move.opportunity_id,
        "rule": move.rule,
        "before": move.before.value,
        "after": move.after.value,
        "kind": move.kind,
        "event_id": move.event_id,
        "evidence": [evidence_json(one) for one in move.evidence],
    }


def check_json(check: RuleCheck) -> dict[str, Any]:
    """Return a row held against the customer."""
    return {
        "rule": check.rule.id,
        "kind": check.rule.kind,
        "evidence": [evidence_json(one) for one in check.evidence],
    }


def evidence_json(one: Evidence) -> dict[str, Any]:
    """Return one guard as it was judged."""
    return {
        "fact": one.fact,
        "value": _number(one.value),
        "operator": one.operator,
        "threshold": _number(one.threshold),
        "threshold_name": one.threshold_name,
        "holds": one.holds,
        "gap": _number(one.gap),
    }


def _number(value: Number | None) -> int | str | None:
    return value if value is None or isinstance(value, int) else str(value)
