"""How little the kernel looks at: its short cuts are counted, not timed.

Each history tells how many numbers of the customer the kernel reads while it folds the events:
under the default rules, and under rules whose due days must be searched for more often. More
means that a short cut no longer works; whoever makes the kernel read less, lowers the number.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import pytest

from kernel.strict_memory import strictly_folded
from lifecycle_model import DEFAULT_RULES, Customer, Guard, Lifecycle
from unit.making import event, needs, on, position_row, purchase, situation_row

if TYPE_CHECKING:
    from datetime import datetime

    from lifecycle_model import RuleTable

WATCHFUL: Final = DEFAULT_RULES.with_rule(
    position_row(
        "blocked",
        "needs_recognition",
        "time_passed",
        "status_quo",
        Guard("open_complaints", ">=", 1),
    )
).with_rule(
    situation_row(
        "window-empty",
        "occasional",
        "time_passed",
        "potential",
        Guard("purchase_days", "==", 0),
    )
)

UP: Final = range(20)
SHUFFLED: Final = [number * 7 % 20 for number in UP]


def days(first: int, end: int, step: int = 1) -> list[Any]:
    """Return events that bring nothing but their days."""
    return [event("time_passed", day) for day in range(first, end, step)]


def purchases(count: int, step: float, **fields: Any) -> list[Any]:
    """Return so many purchases, so many days apart."""
    return [purchase(step * number, **fields) for number in range(count)]


def reversals(count: int, first: int, step: int) -> list[Any]:
    """Return reversals of as many purchases, so many days apart."""
    return [
        event(
            "purchase_reversed",
            first,
            amount=1,
            full=True,
            purchased_on=on(step * number).date(),
        )
        for number in range(count)
    ]


def cases(count: int) -> list[Any]:
    """Return so many cases, every other a complaint, each closed a day later."""
    return [
        *chain.from_iterable(
            (
                event("case_opened", day, case_id=f"k-{day}", complaint=day % 4 == 0),
                event("case_closed", day + 1, case_id=f"k-{day}"),
            )
            for day in range(0, 2 * count, 2)
        )
    ]


HISTORIES: Final[dict[str, tuple[list[Any], int, int]]] = {
    "many events of one day": (purchases(50, 0.01, amount=1), 1112, 1112),
    "days until nobody is left": ([purchase(0), *days(1, 1000)], 2132, 2142),
    "purchases under one cover": (purchases(20, 3, covers_until=on(360).date()), 536, 753),
    "purchases taken off": (
        [*purchases(20, 2, amount=1), *reversals(10, 50, 4), *days(100, 500, 20)],
        1298,
        1558,
    ),
    "a window that empties at once": (
        [*purchases(60, 2, amount=1), *days(500, 502)],
        1957,
        2744,
    ),
    "a window that empties by the day": (
        [*purchases(60, 2, amount=1), *days(380, 500)],
        2877,
        3684,
    ),
    "opportunities in order": ([*needs(0, UP), *days(1, 100)], 851, 952),
    "opportunities out of order": ([*needs(0, SHUFFLED), *days(1, 100)], 977, 1078),
    "opportunities in order but one": ([*needs(0, [*UP[1:], 0]), *days(1, 100)], 929, 1030),
    "opportunities day by day": ([*needs(0, SHUFFLED, step=1), *days(21, 120)], 2644, 6564),
    "opportunities named again": (
        [*needs(0, UP), *needs(30, SHUFFLED, step=1), *days(60, 150)],
        2788,
        7837,
    ),
    "cases": (cases(30), 493, 957),
}


def reads(rules: RuleTable, events: list[Any], until: datetime | None = None) -> int:
    """Return how many numbers of a new customer the kernel reads."""
    return strictly_folded(Lifecycle(rules=rules), Customer(id="c"), events, until).reads()


@pytest.mark.parametrize("name", HISTORIES)
def test_the_kernel_reads_as_little_as_it_did(name: str) -> None:
    """No short cut is lost unnoticed."""
    events, by_default, watchful = HISTORIES[name]

    assert [reads(DEFAULT_RULES, events), reads(WATCHFUL, events)] == [by_default, watchful]


@pytest.mark.parametrize("events", [[], [purchase(0)]])
def test_time_that_brings_nothing_takes_one_look(events: list[Any]) -> None:
    """Before the first event, and on the day that it is already."""
    assert reads(DEFAULT_RULES, events, on(0.5)) == reads(DEFAULT_RULES, events) + 1
