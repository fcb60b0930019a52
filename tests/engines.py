"""How much is asked of the engines that we did not write: SCXML, XState and `transitions`."""

from __future__ import annotations

import os
from typing import Any, Final

EVENTS: Final = int(os.environ.get("ENGINE_EVENTS", "50000"))
"""Random events in which each engine is compared with the kernel, in one run of the tests."""

SEED: Final = os.environ.get("ENGINE_SEED", "0")

CHUNKS: Final = 10
"""Tests among which the events are shared, so that processes share them too."""

CHUNK_EVENTS: Final = -(-EVENTS // CHUNKS)


class Silent:
    """Somebody who is told of a machine's moves and does nothing."""

    def before_move(self, memory: Any, record: Any) -> None:
        """Do nothing."""

    def after_move(self, memory: Any, record: Any) -> None:
        """Do nothing."""
