"""The columnar engine's first use in a process, by several threads at one moment.

In a checkout: PYTHONPATH=tests .venv/bin/python -m concurrency.first_use
"""

from __future__ import annotations

import sys

from columnar.comparing import frame_of, random_log
from concurrency.running import at_once
from lifecycle_model import Lifecycle, Policy, columnar
from lifecycle_model.columnar.folding import fold_customers

THREADS = 6


def told(seed: int) -> list[object]:
    """Return what the engine says of one random log, under a policy of its own."""
    events, thresholds, as_of = random_log(f"at-once-{seed}", 12)
    log = frame_of(one for one in events if getattr(one, "currency", None) is None)
    lifecycle = Lifecycle(Policy(**thresholds))
    replay = columnar.replay(log, lifecycle, as_of=as_of, transitions=True, threads=2)
    return [replay.customers.rows(), replay.transitions.rows(), replay.snapshots.rows()]


def main() -> None:
    """Hold what is said at once against what is said one after the other."""
    together = at_once([lambda seed=seed: told(seed) for seed in range(THREADS)])
    if together != [told(seed) for seed in range(THREADS)]:
        sys.exit("at once the engine says something else")
    sys.stdout.write(f"{THREADS} threads, {len(fold_customers().signatures)} compilation\n")


if __name__ == "__main__":
    main()
