"""What the benchmark asks of a peer."""

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

from peers.edges import Edge, Facts

Step = tuple[str, Facts]
"""One event as a peer gets it: its kind and the facts that guards may read."""


class Peer(Protocol):
    """One library, built from the edges once.

    `subjects` is not timed, `drive` is: nothing but events goes into a peer's figure.
    """

    package: ClassVar[str]
    """The name of the distribution."""

    def __init__(self, edges: Sequence[Edge]) -> None:
        """Build the machine."""

    def subjects(self, count: int) -> list[Any]:
        """Return fresh customers, all in the first situation."""

    def drive(self, subjects: Sequence[Any], histories: Sequence[Sequence[Step]]) -> None:
        """Fire every event of every history at its customer."""

    def situations(self, subjects: Sequence[Any]) -> list[str]:
        """Return where the customers stand."""
