"""Random numbers that are the same on every machine and with every version of numpy."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Numbers: TypeAlias = npt.NDArray[np.int64]

_TICKETS: Final = 1024


class Chance:
    """Draws whole arrays from one seed.

    Only the raw bits of a generator are promised to stay what they are, so nothing else of it
    is used. What is made of them needs no more than plain arithmetic, which is exact and the
    same everywhere; logarithms and powers are not.

    >>> Chance(7).uniform(3).round(3)
    array([0.625, 0.897, 0.776])
    """

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def bits(self, count: int) -> npt.NDArray[np.uint64]:
        """Return so many times 64 random bits."""
        return self._bits.random_raw(count)

    def uniform(self, count: int) -> Floats:
        """Return so many numbers from 0 to below 1."""
        return (self.bits(count) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def below(self, limit: int, count: int) -> Numbers:
        """Return so many whole numbers from 0 to below a limit."""
        return (self.uniform(count) * limit).astype(np.int64)


def tickets(weights: Floats, count: int) -> npt.NDArray[np.int32]:
    """Return so many tickets of a lottery: each place as often as its weight asks for.

    >>> tickets(np.array([1.0, 0.0, 3.0]), 4)
    array([0, 2, 2, 2], dtype=int32)
    """
    ends = np.cumsum(weights)
    shares = np.floor(ends * (count / ends[-1]) + 0.5).astype(np.int64)
    return np.repeat(np.arange(len(weights), dtype=np.int32), np.diff(shares, prepend=0))


def lottery(weights: Mapping[Any, float], names: Sequence[Any]) -> npt.NDArray[np.int32]:
    """Return the tickets of named things: places in `names`.

    >>> set(lottery({"b": 1}, ["a", "b"]).tolist())
    {1}
    """
    return tickets(np.array([float(weights.get(name, 0)) for name in names]), _TICKETS)
