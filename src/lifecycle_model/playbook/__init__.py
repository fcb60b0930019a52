"""What to do for each customer: strategies, actions and plans in four languages."""

from lifecycle_model.explain.texts import LANGUAGES
from lifecycle_model.playbook.action import GOALS, Action, Department, Source
from lifecycle_model.playbook.keys import AXES, STATES, Supplier
from lifecycle_model.playbook.loop import (
    ActionResult,
    Course,
    Followed,
    InPlan,
    Step,
    results_of,
)
from lifecycle_model.playbook.plan import Due, Held, Hold, Plan, Planned
from lifecycle_model.playbook.planning import make_plan
from lifecycle_model.playbook.playbook import Playbook
from lifecycle_model.playbook.strategy import Strategy
from lifecycle_model.playbook.words import Words

__all__ = [
    "AXES",
    "GOALS",
    "LANGUAGES",
    "STATES",
    "Action",
    "ActionResult",
    "Course",
    "Department",
    "Due",
    "Followed",
    "Held",
    "Hold",
    "InPlan",
    "Plan",
    "Planned",
    "Playbook",
    "Source",
    "Step",
    "Strategy",
    "Supplier",
    "Words",
    "make_plan",
    "results_of",
]
