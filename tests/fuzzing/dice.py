"""Choices read off the bytes of a fuzzer: one small change of a byte changes one choice."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Value = TypeVar("Value")


class Dice:
    """Gives choices as long as there are bytes, then always the first one.

    >>> dice = Dice(bytes([1, 5]))
    >>> dice.pick("abc"), dice.upto(3), dice.upto(3)
    ('b', 1, 0)
    """

    def __init__(self, data: bytes) -> None:
        """Keep the bytes."""
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return len(self._data) - self._at

    def upto(self, most: int) -> int:
        """Return a number from 0 to `most`, which is below 65,536."""
        size = 1 if most < 1 << 8 else 2
        part = self._data[self._at : self._at + size]
        self._at = min(self._at + size, len(self._data))
        return int.from_bytes(part, "big") % (most + 1)

    def pick(self, values: Sequence[Value]) -> Value:
        """Return one of some values."""
        return values[self.upto(len(values) - 1)]

    def text(self) -> str:
        """Return some of the bytes as text."""
        size = self.upto(12)
        part = self._data[self._at : self._at + size]
        self._at += len(part)
        return part.decode("utf-8", "replace")

    def changed(self, value: Any, others: Sequence[Any]) -> Any:
        """Return a copy of a tree of dicts and lists in which up to three places differ."""
        tree = copy.deepcopy(value)
        for _ in range(self.upto(3)):
            self._change(tree, others)
        return tree

    def _change(self, tree: Any, others: Sequence[Any]) -> None:
        while isinstance(tree, dict | list) and tree:
            key = self.pick(list(tree) if isinstance(tree, dict) else range(len(tree)))
            inside = tree[key]
            if isinstance(inside, dict | list) and inside and self.upto(3):
                tree = inside
                continue
            match self.upto(4):
                case 0:
                    del tree[key]
                case 1 if isinstance(tree, list):
                    tree.append(inside)
                case 1:
                    tree[self.pick([one for one in others if isinstance(one, str)])] = inside
                case _:
                    tree[key] = self.pick(others)
            return


def dice_seeds() -> Iterator[bytes]:
    """Yield bytes for what is put together: long ones, so that there are many choices."""
    for start in range(8):
        yield bytes((start * 37 + place * (2 * start + 1)) % 256 for place in range(200))
