"""A snapshot is unpacked the same in Python and by what the columnar engine compiles."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from lifecycle_model import Customer, Lifecycle, parse_event
from lifecycle_model.encode import Codes
from lifecycle_model.kernel import layout
from lifecycle_model.kernel.unpack import unpack_window
from lifecycle_model.memory import Memory

START = datetime(2024, 1, 1, tzinfo=UTC)
_WINDOW_SLOTS = {
    layout.PURCHASE_DAYS,
    layout.REVENUE,
    layout.NET_REVENUE,
    layout.DAYS_SINCE_PURCHASE,
    layout.DAYS_IDLE,
    layout.DAYS_EXPIRED,
    layout.END,
    layout.WINDOW_DUE,
}


def test_the_window_of_a_snapshot_is_unpacked_the_same_twice() -> None:
    """One customer at a time, and in the compiled engine."""
    rng = random.Random(7)
    lifecycle = Lifecycle()
    for _ in range(50):
        events = [
            parse_event(
                {
                    "kind": rng.choice(["purchase_completed", "purchase_reversed"]),
                    "customer_id": "c",
                    "occurred_at": START + timedelta(days=rng.randrange(400)),
                    "amount": rng.randrange(50),
                }
            )
            for _ in range(rng.randrange(9))
        ]
        events.append(
            parse_event({"kind": "time_passed", "customer_id": "c", "occurred_at": START})
        )
        customer = lifecycle.replay(events).customer
        memory = Memory(customer, Codes(customer, lifecycle.policy), lifecycle.program)
        expected = [*memory.state]
        blank = Memory(Customer(id="c"), Codes(customer, lifecycle.policy), lifecycle.program)
        kept = set(range(len(expected))) - _WINDOW_SLOTS
        memory.state[:] = [
            value if slot in kept else blank.state[slot] for slot, value in enumerate(expected)
        ]

        unpack_window(lifecycle.program, memory, len(customer.window.days))

        assert memory.state == expected
