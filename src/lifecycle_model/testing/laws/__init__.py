"""The laws that every lifecycle obeys, whatever its rules and its policy.

A law is a function of one trial. It raises an `AssertionError` that says what differs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from lifecycle_model.testing.laws import evidence, folding, identity, time
from lifecycle_model.testing.laws.trial import Trial

Law: TypeAlias = Callable[[Trial], None]

LAWS: Final[tuple[Law, ...]] = (
    identity.arrival_order_changes_nothing,
    identity.copies_are_counted_and_change_nothing,
    identity.events_without_an_id_are_no_copies,
    identity.the_future_is_set_aside,
    identity.a_repeat_at_the_clock_is_dropped,
    identity.the_past_is_refused,
    folding.a_customer_goes_to_json_and_back,
    folding.two_parts_equal_the_whole,
    folding.a_snapshot_at_any_instant_changes_nothing,
    folding.event_by_event_equals_replay,
    folding.the_same_question_has_the_same_answer,
    folding.strict_raises_where_an_axis_refuses,
    folding.moves_are_a_chain,
    folding.a_lifecycle_goes_to_another_process,
    evidence.evidence_of_a_move_holds_again,
    evidence.a_refusal_says_what_is_missing,
    evidence.why_not_names_every_row_that_leads_there,
    time.a_deadline_tells_exactly_what_fires,
    time.without_a_deadline_nothing_fires,
    time.one_step_equals_day_by_day,
    time.a_stop_on_the_way_changes_nothing,
    time.as_of_equals_advance,
    time.before_the_first_event_there_is_no_time,
    time.asking_changes_nothing,
    time.a_snapshot_is_bounded,
)
"""All of them, the simplest first."""


def name_of(law: Law) -> str:
    """Return a law's name in words.

    >>> name_of(LAWS[0])
    'arrival order changes nothing'
    """
    return law.__name__.replace("_", " ")
