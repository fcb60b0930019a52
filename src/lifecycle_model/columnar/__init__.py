"""Whole logs at once: event columns in, customer columns out, under the same law.

Millions of customers are folded with the kernel that `Lifecycle` runs for one. It needs the
extra `columnar`.
"""

from lifecycle_model.columnar.files import replay_file
from lifecycle_model.columnar.replaying import Replay, replay
from lifecycle_model.columnar.snapshots import from_customers, to_customer

__all__ = ["Replay", "from_customers", "replay", "replay_file", "to_customer"]
