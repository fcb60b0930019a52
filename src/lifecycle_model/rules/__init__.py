"""The rules as data: facts, guards, rows, the default tables and their checks."""

from lifecycle_model.rules.defaults import DEFAULT_RULES
from lifecycle_model.rules.facts import FACTS, Fact
from lifecycle_model.rules.table import Guard, Rule, RuleTable
from lifecycle_model.rules.targets import GIVEN, RESTORED
from lifecycle_model.rules.verification import Verification

__all__ = [
    "DEFAULT_RULES",
    "FACTS",
    "GIVEN",
    "RESTORED",
    "Fact",
    "Guard",
    "Rule",
    "RuleTable",
    "Verification",
]
