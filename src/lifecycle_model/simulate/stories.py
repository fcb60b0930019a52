"""What happens to customers: short stories of a few steps, and who lives through which.

A story is one process from its beginning to one of its ends: a deal that is won, lost, dropped
or forgotten, an order, a return, a complaint. A customer's habit says how often each comes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from lifecycle_model.states import BuyingPosition, Situation

Choice: TypeAlias = tuple[Any, ...]
"""What a field is drawn from; None leaves it open."""


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a story."""

    kind: str
    day: float
    """When, counted from the beginning of the story."""
    fields: Mapping[str, Choice]
    """What is told otherwise than usual for the kind."""
    covers: int = 0
    """For how many days a contract covers its buyer; 0 for none."""
    share: int = 100
    """How much of the story's amount is meant, in hundredths."""


@dataclass(frozen=True, slots=True)
class Story:
    """The steps of one process."""

    steps: tuple[Step, ...]
    deal: bool = False
    """True where the story is about an opportunity of its own, not the main one."""


@dataclass(frozen=True, slots=True)
class Habit:
    """How a sort of customers behaves: weights of stories, by name."""

    share: int
    """How many of a hundred customers are of this sort."""
    cents: int
    """What a usual purchase costs."""
    rhythm: int
    """Stories begin in steps of so many days after the first."""
    first: Mapping[str, int]
    """How the relationship begins."""
    then: Mapping[str, int]
    """What happens again and again."""
    last: Mapping[str, int]
    """How it ends, where it ends."""


def _at(day: float, kind: str, *, covers: int = 0, share: int = 100, **told: Any) -> Step:  # noqa: ANN401 - whatever a field holds
    fields = {
        name: value if isinstance(value, tuple) else (value,) for name, value in told.items()
    }
    return Step(kind, day, fields, covers, share)


def _story(*steps: Step) -> Story:
    return Story(steps)


def _deal(*steps: Step) -> Story:
    return Story(steps, deal=True)


_RIVALS: Final = ("Alder", "Birch", "Cedar")
_SEEN: Final = ("page_viewed", "newsletter_read", "catalogue_read")
_UNHAPPY: Final = tuple(range(7))
_HAPPY: Final = (7, 8, 8, 9, 9, 9, 10, 10)

USUAL: Final[dict[str, dict[str, Choice]]] = {
    "contact_identified": {"source": ("crm",), "segment": ("small", "middle", "large", None)},
    "contacted": {
        "source": ("crm",),
        "channel": ("email", "phone", "visit", None),
        "campaign": ("spring", "autumn", "newcomers", None),
    },
    "interest_shown": {"source": ("web",), "behaviour": _SEEN},
    "lead_qualified": {"source": ("crm",), "by": ("anna", "bruno", None)},
    "lead_disqualified": {"source": ("crm",), "reason": ("no budget", "no need", None)},
    "need_recognized": {"source": ("crm",)},
    "evaluation_started": {
        "source": ("crm",),
        "alternatives": ([], [_RIVALS[0]], list(_RIVALS[1:]), None),
    },
    "offer_made": {"source": ("crm",)},
    "supplier_chosen": {"source": ("crm",)},
    "concern_raised": {"source": ("crm",), "topic": ("price", "risk", "switching", None)},
    "concern_resolved": {"source": ("crm",), "topic": ("price", "risk", "switching", None)},
    "decision_dropped": {"source": ("crm",), "reason": ("no budget", "postponed", None)},
    "purchase_completed": {"source": ("shop",), "currency": ("EUR",)},
    "opportunity_lost": {
        "source": ("crm",),
        "competitor": (*_RIVALS, None),
        "reason": ("price", "features", None),
    },
    "value_delivered": {"source": ("shop",)},
    "purchase_reversed": {"source": ("shop",), "currency": ("EUR",), "full": (False,)},
    "payment_overdue": {"source": ("books",)},
    "payment_received": {"source": ("books",)},
    "consent_changed": {
        "source": ("web",),
        "channel": ("email", "phone"),
        "allowed": (True, True, False),
    },
    "product_used": {"source": ("app",)},
    "case_opened": {"source": ("desk",), "severity": ("low", "high", None)},
    "case_closed": {"source": ("desk",)},
    "survey_answered": {"source": ("web",), "score": _HAPPY},
    "customer_left": {
        "source": ("crm",),
        "reason": ("moved", "price", None),
        "competitor": (*_RIVALS, None),
    },
    "action_taken": {
        "source": ("crm",),
        "action_id": ("welcome-call", "recovery-call", "renewal-talk"),
        "department": ("marketing", "sales", "service", None),
    },
    "manual_correction": {
        "source": ("crm",),
        "actor": ("anna", "bruno"),
        "reason": ("told by phone", "data was wrong"),
    },
    "time_passed": {"source": ("clock",)},
}
"""What the fields of a kind are drawn from, where a step says nothing else."""

NAMELESS: Final = frozenset({"app", "clock"})
"""The sources that give their events no id."""

NUMBERED: Final = "shop"
"""The source that numbers what it reports, so that its ties are told apart."""

STORIES: Final[dict[str, Story]] = {
    "silence": _story(),
    # How somebody gets to know us.
    "noticed": _story(_at(0, "contact_identified"), _at(3, "contacted")),
    "campaign": _story(_at(0, "contacted"), _at(1, "interest_shown")),
    "browsing": _story(_at(0, "interest_shown")),
    "trial": _story(_at(0, "interest_shown", behaviour="free_trial"), _at(2, "contacted")),
    "lead": _story(
        _at(0, "contact_identified"),
        _at(1, "contacted"),
        _at(4, "interest_shown", behaviour=("quote_request", "demo_request", *_SEEN)),
        _at(6, "lead_qualified"),
    ),
    "unfit": _story(
        _at(0, "contacted"), _at(2, "lead_qualified"), _at(20, "lead_disqualified")
    ),
    "consent": _story(_at(0, "consent_changed")),
    # Decisions, from the need to one of their ends.
    "won": _deal(
        _at(0, "need_recognized"),
        _at(6, "evaluation_started"),
        _at(10, "offer_made"),
        _at(16, "supplier_chosen"),
        _at(18, "concern_raised"),
        _at(22, "concern_resolved"),
        _at(25, "purchase_completed"),
        _at(33, "value_delivered"),
        _at(45, "survey_answered"),
    ),
    "won quickly": _deal(
        _at(0, "evaluation_started"),
        _at(0, "offer_made", share=110),
        _at(5, "purchase_completed"),
        _at(5, "value_delivered"),
    ),
    "chosen at once": _deal(
        _at(0, "supplier_chosen"), _at(4, "purchase_completed"), _at(9, "value_delivered")
    ),
    "doubted": _deal(
        _at(0, "need_recognized"),
        _at(5, "evaluation_started"),
        _at(9, "supplier_chosen"),
        _at(14, "need_recognized"),
        _at(40, "purchase_completed", covers=365),
    ),
    "lost": _deal(
        _at(0, "need_recognized"),
        _at(5, "evaluation_started"),
        _at(8, "offer_made"),
        _at(13, "supplier_chosen", supplier=_RIVALS),
        _at(18, "opportunity_lost"),
    ),
    "lost early": _deal(_at(0, "need_recognized"), _at(9, "opportunity_lost")),
    "dropped": _deal(
        _at(0, "need_recognized"),
        _at(6, "evaluation_started"),
        _at(10, "concern_raised"),
        _at(20, "decision_dropped"),
    ),
    "stalled": _deal(
        _at(0, "need_recognized"), _at(4, "evaluation_started"), _at(9, "offer_made")
    ),
    "drawn away": _deal(
        _at(0, "evaluation_started"), _at(6, "supplier_chosen", supplier=_RIVALS)
    ),
    "set by hand": _deal(
        _at(0, "need_recognized"),
        _at(4, "evaluation_started"),
        _at(9, "manual_correction", position=tuple(map(str, BuyingPosition))),
    ),
    # Purchases and what follows.
    "visit": _story(_at(0, "purchase_completed")),
    "order": _story(
        _at(0, "interest_shown"), _at(0.05, "purchase_completed"), _at(3, "value_delivered")
    ),
    "download": _story(_at(0, "purchase_completed"), _at(0, "value_delivered")),
    "praise": _story(
        _at(0, "purchase_completed"), _at(2, "value_delivered"), _at(9, "survey_answered")
    ),
    "contract": _story(
        _at(0, "purchase_completed", covers=365),
        _at(4, "product_used"),
        _at(11, "product_used"),
    ),
    "month": _story(_at(0, "purchase_completed", covers=30), _at(9, "product_used")),
    "unpaid": _story(
        _at(0, "purchase_completed"),
        _at(1, "value_delivered"),
        _at(30, "payment_overdue"),
        _at(31, "contacted"),
        _at(38, "payment_received"),
    ),
    "refund": _story(
        _at(0, "purchase_completed"),
        _at(2, "value_delivered"),
        _at(6, "purchase_reversed", share=50),
    ),
    "return": _story(_at(0, "purchase_completed"), _at(5, "purchase_reversed", full=True)),
    "cancellation": _deal(
        _at(0, "purchase_completed", covers=365), _at(10, "purchase_reversed", full=True)
    ),
    "use": _story(_at(0, "product_used"), _at(1, "product_used"), _at(2.5, "product_used")),
    # Opinions and service.
    "opinion": _story(_at(0, "survey_answered", score=(5, *_HAPPY))),
    "won over": _story(
        _at(0, "survey_answered", score=_UNHAPPY),
        _at(1, "action_taken"),
        _at(24, "survey_answered"),
    ),
    "forgiven": _story(
        _at(0, "survey_answered", score=_UNHAPPY), _at(30, "purchase_completed")
    ),
    "request": _story(_at(0, "case_opened"), _at(1, "case_closed")),
    "complaint": _story(_at(0, "case_opened", complaint=True), _at(3, "case_closed")),
    "recovery": _story(
        _at(0, "case_opened", complaint=True),
        _at(1, "action_taken"),
        _at(9, "case_closed"),
        _at(12, "survey_answered"),
    ),
    # Our own doing.
    "care": _story(_at(0, "contacted"), _at(0, "action_taken")),
    "corrected": _story(_at(0, "manual_correction", situation=tuple(map(str, Situation)))),
    "quiet": _story(_at(0, "time_passed")),
    # Ends.
    "anger": _story(_at(0, "case_opened", complaint=True)),
    "disappointment": _story(_at(0, "survey_answered", score=_UNHAPPY)),
    "forgotten request": _story(_at(0, "case_opened")),
    "farewell": _story(_at(0, "customer_left")),
    "angry farewell": _story(_at(0, "case_opened", complaint=True), _at(12, "customer_left")),
}
"""Every story by name; the first has no steps."""

HABITS: Final = (
    Habit(  # People who drop in.
        share=46,
        cents=3_500,
        rhythm=7,
        first={"visit": 30, "order": 30, "download": 10, "campaign": 10, "return": 6}
        | {"consent": 4, "browsing": 10},
        then={"visit": 260, "order": 240, "download": 90, "praise": 60, "browsing": 90}
        | {"campaign": 60, "refund": 25, "return": 20, "opinion": 40, "request": 30}
        | {"complaint": 12, "recovery": 8, "won over": 8, "forgiven": 6, "care": 20}
        | {"consent": 12, "use": 20, "quiet": 8, "unpaid": 4, "corrected": 1},
        last={"silence": 64, "anger": 8, "disappointment": 8, "farewell": 10, "return": 5}
        | {"angry farewell": 5},
    ),
    Habit(  # People who subscribe.
        share=18,
        cents=6_000,
        rhythm=30,
        first={"trial": 30, "month": 25, "contract": 20, "lead": 10, "won quickly": 10}
        | {"cancellation": 5},
        then={"use": 420, "month": 200, "contract": 30, "unpaid": 30, "request": 60}
        | {"complaint": 18, "recovery": 10, "won over": 12, "forgiven": 6, "opinion": 50}
        | {"cancellation": 12, "stalled": 10, "drawn away": 12, "care": 30, "consent": 15}
        | {"quiet": 6, "corrected": 1},
        last={"silence": 36, "farewell": 35, "anger": 8, "disappointment": 6, "lost": 5}
        | {"angry farewell": 10},
    ),
    Habit(  # Organisations that decide at length.
        share=14,
        cents=250_000,
        rhythm=1,
        first={"lead": 30, "won": 20, "lost": 8, "dropped": 8, "stalled": 8}
        | {"chosen at once": 6, "won quickly": 10, "drawn away": 5, "noticed": 5},
        then={"won": 130, "won quickly": 90, "chosen at once": 50, "doubted": 50, "lost": 60}
        | {"lost early": 25, "dropped": 50, "stalled": 50, "drawn away": 20, "use": 180}
        | {"request": 70, "complaint": 18, "recovery": 14, "unpaid": 50, "opinion": 40}
        | {"won over": 10, "care": 60, "cancellation": 10, "set by hand": 10, "corrected": 3}
        | {"refund": 10, "quiet": 10},
        last={"silence": 43, "farewell": 20, "lost": 15, "anger": 7, "disappointment": 6}
        | {"angry farewell": 5, "forgotten request": 4},
    ),
    Habit(  # People who look, and seldom buy.
        share=22,
        cents=2_500,
        rhythm=1,
        first={"noticed": 35, "browsing": 20, "campaign": 20, "trial": 10, "unfit": 6}
        | {"lead": 5, "lost early": 2, "consent": 2},
        then={"browsing": 320, "campaign": 300, "noticed": 60, "trial": 40, "unfit": 40}
        | {"lead": 50, "lost early": 20, "dropped": 20, "stalled": 20, "visit": 40}
        | {"consent": 40, "care": 30, "quiet": 20},
        last={"silence": 95, "unfit": 5},
    ),
)
"""The sorts of customers."""
