"""How a figure that folds for itself has a log folded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from lifecycle_model.insight.book import Frame, Replayed
    from lifecycle_model.lifecycle import Lifecycle


class Fold(Protocol):
    """What folds a log: `columnar.replay`, or what takes and gives the same."""

    def __call__(
        self, log: Frame, lifecycle: Lifecycle, /, *, as_of: datetime, transitions: bool
    ) -> Replayed:
        """Return the replay of a log as of an instant."""
