"""Made-up event logs that look like a company's: for benchmarks, demos and tests.

It needs the extra `columnar`. Nothing of the library imports it but the command line.
"""

from lifecycle_model.simulate.columns import COLUMNS, NARROW
from lifecycle_model.simulate.log import event_log, write_event_log

__all__ = ["COLUMNS", "NARROW", "event_log", "write_event_log"]
