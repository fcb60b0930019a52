"""The lines of a text of any size, block by block."""

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa

from lifecycle_model.cli.reading import Reading, unreadable

_BLOCK: Final = 1 << 26
"""The bytes of a block, about."""

_BOM: Final = b"\xef\xbb\xbf"
_LINE_FEED: Final = ord("\n")


class Inexact(Exception):
    """Columns would not read a log as single rows are read; the reason is its text."""


class Lines:
    """The lines of a text in UTF-8."""

    def __init__(self, data: bytes | mmap.mmap) -> None:
        """Keep the text.

        Raises:
            Inexact: it is no text.
        """
        self.data = data
        self.start = len(_BOM) if data[: len(_BOM)] == _BOM else 0
        """Where the first line begins."""
        if data.find(b"\0") >= 0:
            msg = "it holds a NUL byte"
            raise Inexact(msg)

    @classmethod
    def of(cls, reading: Reading, data: bytes | None) -> "Lines":
        """Return the lines of a log, which are read from the file when they are asked for.

        Args:
            reading: what the options say about the log.
            data: what it holds, where that is known already.

        Raises:
            InputError: it cannot be read.
            Inexact: it is no text.
        """
        if data is not None:
            return cls(data)
        try:
            with Path(reading.log).open("rb") as file:
                return cls(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except OSError as error:
            raise unreadable(reading, error) from None
        except ValueError:  # there is nothing to map
            return cls(b"")

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return len(self.data) - self.start

    @property
    def first(self) -> str:
        """The first line, with its end."""
        end = self.data.find(b"\n", self.start) + 1 or len(self.data)
        return self.data[self.start : end].decode("utf-8", "replace")

    def blocks(self) -> Iterator[tuple[int, pl.Series]]:
        """Yield lines with their ends, as many as fit a block, and the number of the first.

        Raises:
            Inexact: they are no text in UTF-8.
        """
        number, start = 0, self.start
        while start < len(self.data):
            # A line longer than a block makes a longer block.
            end = (
                self.data.rfind(b"\n", start, start + _BLOCK) + 1
                or self.data.find(b"\n", start + _BLOCK) + 1
                or len(self.data)
            )
            part = np.frombuffer(self.data, np.uint8, end - start, start)
            ends = np.union1d(np.flatnonzero(part == _LINE_FEED) + 1, [len(part)])
            offsets = np.concatenate([[0], ends]).astype(np.int64)
            lines = pa.LargeStringArray.from_buffers(
                len(ends), pa.py_buffer(offsets), pa.py_buffer(part)
            )
            try:
                lines.validate(full=True)
            except pa.ArrowInvalid:
                msg = "it is no text in UTF-8"
                raise Inexact(msg) from None
            yield number, pl.Series(pl.from_arrow(lines))
            number, start = number + len(ends), end

    def at(self, numbers: np.ndarray) -> list[str]:
        """Return the lines of some numbers, ascending from 0, without their ends."""
        found: list[str] = []
        for first, lines in self.blocks():
            inside = numbers[slice(*np.searchsorted(numbers, [first, first + len(lines)]))]
            found.extend(lines.gather(inside - first).str.strip_suffix("\n"))
        return found
