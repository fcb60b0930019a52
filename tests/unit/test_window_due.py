"""The day on which the window gives a fact a number is the one found by counting every day."""

from __future__ import annotations

import random
from itertools import accumulate
from types import SimpleNamespace
from typing import Any

import pytest

from lifecycle_model.kernel import layout as at
from lifecycle_model.kernel.guards import _window_due

WINDOW = 30
PROGRAM: Any = SimpleNamespace(window_days=WINDOW)


def random_window(rng: random.Random) -> SimpleNamespace:
    """Return a memory whose first entries have left the window already."""
    gone, held = rng.randrange(4), rng.randrange(7)
    gaps = [rng.randrange(1, 9) for _ in range(gone + held)]
    days = list(accumulate(gaps, initial=rng.randrange(50)))[1:]
    counts = [rng.choice((0, 1, 1, 1, 2)) for _ in days]
    if rng.random() < 0.5:  # every day stands: the way with a short cut
        counts = [1] * len(days)
    amounts = [rng.randrange(-9, 20) for _ in days]
    state = [0] * at.CUSTOMER_SLOTS
    state[at.HEAD], state[at.END] = gone, gone + held
    state[at.PURCHASE_DAYS] = sum(count > 0 for count in counts[gone:])
    state[at.NET_REVENUE] = sum(amounts[gone:])
    return SimpleNamespace(state=state, days=days, counts=counts, amounts=amounts)


def value_on(memory: SimpleNamespace, fact: int, day: int) -> int:
    """Return the fact at a day, counted anew."""
    head = memory.state[at.HEAD]
    inside = [
        (count, amount)
        for held, count, amount in zip(
            memory.days[head:], memory.counts[head:], memory.amounts[head:], strict=True
        )
        if held > day - WINDOW
    ]
    if fact == at.PURCHASE_DAYS:
        return sum(count > 0 for count, _ in inside)
    return max(0, sum(amount for _, amount in inside))


def first_day(memory: SimpleNamespace, fact: int, bounds: tuple[int, int], day: int) -> int:
    """Return the first day from `day` on with a number within the bounds, or NEVER."""
    last = max([day, *memory.days]) + WINDOW + 1
    for one in range(day, last + 1):
        if bounds[0] <= value_on(memory, fact, one) <= bounds[1]:
            return one
    return at.NEVER


@pytest.mark.parametrize("fact", [at.PURCHASE_DAYS, at.REVENUE])
@pytest.mark.parametrize("seed", range(4))
def test_day_is_found(fact: int, seed: int) -> None:
    """Whatever the window holds, whatever the bounds."""
    rng = random.Random(f"{fact}-{seed}")
    found = set()
    for _ in range(400):
        memory = random_window(rng)
        head, end = memory.state[at.HEAD], memory.state[at.END]
        # The window is that of a day on which its last entry is there and its first still is.
        earliest = memory.days[end - 1] if end else 0
        latest = memory.days[head] + WINDOW - 1 if head < end else earliest + 9
        day = rng.randint(earliest, max(earliest, latest))
        low = rng.choice((-5, 0, 1, 2, 3, 8))
        # A row that asks for less than nothing is not searched for.
        bounds = low, max(0, rng.choice((low, low + 1, low + 4, at.NEVER)))
        expected = first_day(memory, fact, bounds, day)

        assert _window_due(PROGRAM, memory, fact, *bounds, day, at.NEVER) == expected

        found.add(min(expected - day, 1) if expected < at.NEVER else None)
    assert found == {0, 1, None}


@pytest.mark.parametrize("fact", [at.PURCHASE_DAYS, at.REVENUE])
def test_day_beyond_the_horizon_is_a_lower_bound(fact: int) -> None:
    """A day up to the horizon is exact; beyond it, it is no later than the true one."""
    rng = random.Random(fact)
    for _ in range(400):
        memory = random_window(rng)
        end = memory.state[at.END]
        day = memory.days[end - 1] if end else 0
        bounds = (0, rng.randrange(3))
        horizon = day + rng.randrange(WINDOW)
        expected = first_day(memory, fact, bounds, day)

        actual = _window_due(PROGRAM, memory, fact, *bounds, day, horizon)

        assert actual == expected if expected <= horizon else horizon < actual <= expected
