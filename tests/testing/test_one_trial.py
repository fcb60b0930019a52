"""Every law on one trial that is written down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lifecycle_model import Event, Lifecycle, Situation, parse_event
from lifecycle_model.testing.laws import LAWS, Law, name_of
from lifecycle_model.testing.laws.trial import Trial

START = datetime(2024, 1, 1, tzinfo=UTC)


def needs(day: int) -> Event:
    """Return an opportunity of its own that begins on a day."""
    return parse_event(
        {
            "kind": "need_recognized",
            "customer_id": "c",
            "occurred_at": START + timedelta(days=day),
            "opportunity_id": f"o-{day}",
            "event_id": f"e-{day}",
        }
    )


LOG = [needs(day) for day in range(6)]
"""Six opportunities, which grow stale one after the other."""

TRIAL = Trial(
    lifecycle=Lifecycle(),
    log=LOG,
    shuffled=LOG[::-1],
    place=2,
    wait=timedelta(0),
    rest=timedelta(days=70),
    target=Situation.REGULAR,
)


@pytest.mark.parametrize("law", LAWS, ids=name_of)
def test_law_holds(law: Law) -> None:
    """As it does for every trial of the default rules."""
    law(TRIAL)


def test_trial_is_told_in_few_words() -> None:
    """Hypothesis shows it where a law breaks, beside what the law says."""
    assert repr(TRIAL) == "Trial(6 events)"
