"""The places of the kernel's numbers: which slot of which sequence holds what.

Days are numbers of a calendar that the caller chooses, money is integer ten-thousandths, states
and kinds are their places in `Situation`, `BuyingPosition` and `KINDS`.
"""

from collections.abc import MutableSequence
from typing import Final, Protocol, TypeAlias

Numbers: TypeAlias = MutableSequence[int]
"""A flat sequence of numbers that the kernel reads and writes."""


class Memory(Protocol):
    """One customer's numbers.

    The sequences are read and written one place at a time: compiled, they have no length.
    """

    @property
    def state(self) -> Numbers:
        """The slots of the customer."""
        ...

    @property
    def days(self) -> Numbers:
        """The days of the purchase window, ascending."""
        ...

    @property
    def counts(self) -> Numbers:
        """The standing purchases of each of these days."""
        ...

    @property
    def amounts(self) -> Numbers:
        """The net amount booked on each of these days."""
        ...

    @property
    def opportunities(self) -> Numbers:
        """The slots of each opportunity."""
        ...

    @property
    def listed(self) -> Numbers:
        """Where those opportunities start that time visits; the first ORDERED ascend."""
        ...

    @property
    def cases(self) -> Numbers:
        """By case: twice the epoch in which it was opened, plus 1 for a complaint."""
        ...


Decision: TypeAlias = tuple[int, int, int, int, int, int, int, tuple[int, ...]]
"""One recorded decision: answer, place of the event or NO_EVENT, day, start of the opportunity
or NO_OPPORTUNITY, row or cell, before, after, values of the facts."""

# Days. A fact that ages is stored as the day it counts from; NONE lies so far back that the age
# falls outside every interval of days.
NEVER: Final = 1 << 28
NONE: Final = -(1 << 29)
ABSENT: Final = 1 << 29
"""The value of a plain fact that has none."""
WIDEST: Final = 1 << 62
MONEY_LIMIT: Final = 9 * 10**18
"""The amounts of a day and of a window stay below this, so that they fit 64 bits."""

# The customer's slots. First the facts that are read as they stand ...
PURCHASE_DAYS: Final = 0
REVENUE: Final = 1
STANDING_PURCHASES: Final = 2
OPEN_CASES: Final = 3
OPEN_COMPLAINTS: Final = 4
OPEN_OPPORTUNITIES: Final = 5
PAYMENTS_OVERDUE: Final = 6
CONFIRMATION_NEEDED: Final = 7
SCORE: Final = 8
BEHAVIOUR_QUALIFIES: Final = 9
IS_COMPLAINT: Final = 10
CLOSED_COMPLAINT: Final = 11
PURCHASE_TAKEN_OFF: Final = 12
# ... then those that are read as an age: the day asked for less the slot ...
PROTECTED: Final = 13
DAYS_SINCE_PURCHASE: Final = 14
DAYS_IDLE: Final = 15
DAYS_EXPIRED: Final = 16
DAYS_SINCE_SIGN: Final = 17
DAYS_DISSATISFIED: Final = 18
# ... then facts of the opportunity at hand, which have no slot here ...
DAYS_IN_POSITION: Final = 19
DAYS_SINCE_TOUCHED: Final = 20
POSITIONS_SKIPPED: Final = 21
# ... then what is no fact.
SITUATION: Final = 22
RUNG: Final = 23
"""The situation held before the dissatisfaction, -1 outside one."""
DAY: Final = 24
"""The latest day seen; NONE before the first event."""
COVER: Final = 25
COVER_BOUGHT: Final = 26
USED: Final = 27
RESTORED: Final = 28
CORRECTED: Final = 29
OLDER_PURCHASE: Final = 30
"""The latest standing purchase day that has left the window."""
PURCHASES: Final = 31
"""Purchases ever completed."""
REACHED: Final = 32
NET_REVENUE: Final = 33
CASE_EPOCH: Final = 34
"""A case is open while its mark carries this number; leaving starts the next one."""
HEAD: Final = 35
END: Final = 36
LISTED: Final = 37
SITUATION_DUE: Final = 38
"""No time row of the situation fires before this day (a lower bound)."""
POSITION_DUE: Final = 39
"""The same for the opportunities."""
WINDOW_DUE: Final = 40
"""No day leaves the window before this one (a lower bound)."""
DUE: Final = 41
"""Before this day time changes nothing: it is the first of the three (a lower bound)."""
RECORDING: Final = 42
"""What goes to the sink: nothing, MOVES, or all ANSWERS."""
MOVED_ROW: Final = 43
"""The row of the latest move of the situation in this run, -1 before one."""
MOVED_EVENT: Final = 44
"""The place of the event that moved it, NO_EVENT where time did."""
MOVED_DAY: Final = 45
ORDERED: Final = 46
"""How many of the listed opportunities, from the first, are in ascending order."""
CUSTOMER_SLOTS: Final = 47

FIRST_AGE: Final = PROTECTED
FIRST_OPPORTUNITY_FACT: Final = DAYS_IN_POSITION

# One opportunity is this many slots of one flat sequence.
POSITION: Final = 0
ENTERED: Final = 1
TOUCHED: Final = 2
WITH_COMPETITOR: Final = 3
IS_LISTED: Final = 4
OPPORTUNITY_DUE: Final = 5
"""No time row of the opportunity fires before this day (a lower bound)."""
OPPORTUNITY_SLOTS: Final = 6

# One event.
KIND: Final = 0
EVENT_DAY: Final = 1
OPPORTUNITY: Final = 2
"""The code of the opportunity that the event names, or NO_OPPORTUNITY."""
VALUE: Final = 3
"""Kind by kind: the cover's or the purchase's day, the case's code, the score, the given state,
whether the behaviour qualifies, whether a competitor was chosen."""
FLAG: Final = 4
"""1 for a full reversal, or for a complaint."""
AMOUNT: Final = 5

# Kinds, by their place in the fold order.
CONTACTED: Final = 1
INTEREST_SHOWN: Final = 2
OFFER_MADE: Final = 7
SUPPLIER_CHOSEN: Final = 8
PURCHASE_COMPLETED: Final = 12
OPPORTUNITY_LOST: Final = 13
PURCHASE_REVERSED: Final = 15
PAYMENT_OVERDUE: Final = 16
PAYMENT_RECEIVED: Final = 17
PRODUCT_USED: Final = 19
CASE_OPENED: Final = 20
CASE_CLOSED: Final = 21
SURVEY_ANSWERED: Final = 22
CUSTOMER_LEFT: Final = 23
MANUAL_CORRECTION: Final = 25
TIME_PASSED: Final = 26
KIND_COUNT: Final = 27

# States.
NON_CUSTOMER: Final = 0
POTENTIAL: Final = 1
OCCASIONAL: Final = 2
REGULAR: Final = 3
PREFERRED: Final = 4
DISSATISFIED: Final = 5
SITUATION_COUNT: Final = 6
STATUS_QUO: Final = 0
NEEDS_RECOGNITION: Final = 1
OPTIONS_EVALUATION: Final = 2
CONCERNS_RESOLUTION: Final = 3
IMPLEMENTATION: Final = 4
POSITION_COUNT: Final = 5

# Targets that are no state.
TO_RESTORED: Final = -1
TO_GIVEN: Final = -2

# What stands for nothing.
NO_OPPORTUNITY: Final = -1
"""In place of an opportunity: the situation is asked, or an event names none."""
NO_EVENT: Final = -1
"""In place of an event: time asks."""
NO_ENTRY: Final = -1
"""In place of an entry of the window."""
NO_STATE: Final = 0
"""In place of the state that a correction names; nothing reads it."""

# What a cell of the table, or a decision, answers where it does not name a row.
NO_ROW: Final = -1
ASK_GUARDS: Final = -2
REFUSED: Final = -3

ANSWER: Final = -1
"""In place of a fact: the step names a row, or REFUSED, and asks nothing more."""

# What is recorded.
MOVES: Final = 1
ANSWERS: Final = 2
