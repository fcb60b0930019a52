"""What the kernel leaves in a memory is what the layout says of each slot."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from kernel.strict_memory import StrictMemory, strictly_folded
from laws.lifecycles import unusual_lifecycles
from laws.tables import EVERY_TABLE
from lifecycle_model import Customer, Lifecycle
from lifecycle_model.kernel import layout as at
from lifecycle_model.order import in_order
from lifecycle_model.testing import event_logs

# Much of the same, and covered by other tests: tracing would take most of the time.
pytestmark = pytest.mark.untraced

NEW = Customer(id="c")


def check_window(memory: StrictMemory) -> None:
    """Hold what is known of the window against its entries."""
    state, window_days = memory.state, memory.program.window_days
    entries = range(state[at.HEAD], state[at.END])
    days = [memory.days[place] for place in entries]
    net = sum(memory.amounts[place] for place in entries)

    assert days == sorted({*days})
    assert all(state[at.DAY] - window_days < day <= state[at.DAY] for day in days)
    assert state[at.PURCHASE_DAYS] == sum(memory.counts[place] > 0 for place in entries)
    assert state[at.NET_REVENUE] == net
    assert state[at.REVENUE] == max(0, net)
    assert state[at.WINDOW_DUE] == (days[0] + window_days if days else at.NEVER)


def check_opportunities(memory: StrictMemory) -> None:
    """Hold what is known of the opportunities against their slots."""
    state = memory.state
    starts = range(0, len(memory.opportunities), at.OPPORTUNITY_SLOTS)
    listed = [memory.listed[place] for place in range(state[at.LISTED])]
    ordered = listed[: state[at.ORDERED]]
    positions = {start: memory.opportunities[start + at.POSITION] for start in starts}
    under_way = {start for start in starts if positions[start] != at.STATUS_QUO}

    assert state[at.OPEN_OPPORTUNITIES] == sum(
        positions[start] != at.IMPLEMENTATION for start in under_way
    )
    assert len(listed) == len({*listed})
    assert under_way <= {*listed}
    assert ordered == sorted(ordered)
    for start in starts:
        assert memory.opportunities[start + at.IS_LISTED] == (start in listed)
        assert memory.opportunities[start + at.WITH_COMPETITOR] in (0, 1)
        entered = memory.opportunities[start + at.ENTERED]
        assert (entered == at.NONE) == (start not in under_way)


def check_cases(memory: StrictMemory) -> None:
    """Hold the counts of open cases against the marks of the cases."""
    state = memory.state
    marks = [mark for mark in memory.cases if mark // 2 == state[at.CASE_EPOCH]]

    assert state[at.OPEN_CASES] == len(marks)
    assert state[at.OPEN_COMPLAINTS] == sum(mark % 2 for mark in marks)


def check_due_days(memory: StrictMemory) -> None:
    """Hold the day before which nothing changes against the days that it is the first of."""
    state = memory.state
    for slot in (at.SITUATION_DUE, at.POSITION_DUE, at.WINDOW_DUE):
        assert state[at.DUE] <= max(state[slot], state[at.DAY])
    for place in range(state[at.LISTED]):
        start = memory.listed[place]
        if memory.opportunities[start + at.POSITION] != at.STATUS_QUO:
            due = memory.opportunities[start + at.OPPORTUNITY_DUE]
            assert state[at.POSITION_DUE] <= max(due, state[at.DAY])


def check_memory(memory: StrictMemory) -> None:
    """Hold every slot that follows from others against them."""
    check_window(memory)
    check_opportunities(memory)
    check_cases(memory)
    check_due_days(memory)


@given(model=unusual_lifecycles(EVERY_TABLE), data=st.data())
def test_every_slot_says_what_the_layout_says(model: Lifecycle, data: st.DataObject) -> None:
    """After any events, folded at once or after a snapshot, under any table and policy."""
    log = data.draw(event_logs(customer_id="c", currency=model.policy.currency))
    events: list[Any] = list(in_order(log, NEW, None).events)
    cut = data.draw(st.integers(0, len(events)))
    snapshot = model.replay(events[:cut], customer=NEW).customer

    for customer, rest in ((NEW, events), (snapshot, events[cut:])):
        check_memory(strictly_folded(model, customer, rest, recording=at.ANSWERS))
