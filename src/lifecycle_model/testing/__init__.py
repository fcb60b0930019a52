"""For your own tests: strategies for events, customers, policies and rules, and the laws.

It needs the extra `testing`. The strategies give the widest valid output unless an argument
narrows it, and tell of a bad argument when a value is drawn. Hypothesis knows the types too:
`st.from_type(Event)`, `st.from_type(Customer)`, and so on.
"""

from importlib.util import find_spec

from lifecycle_model.errors import MissingExtra

if find_spec("hypothesis") is None:
    raise MissingExtra("lifecycle_model.testing", "testing")

from lifecycle_model.testing.checking import check_lifecycle_laws
from lifecycle_model.testing.customers import customers
from lifecycle_model.testing.logs import event_logs, events
from lifecycle_model.testing.policies import policies
from lifecycle_model.testing.tables import rule_tables

__all__ = [
    "check_lifecycle_laws",
    "customers",
    "event_logs",
    "events",
    "policies",
    "rule_tables",
]
