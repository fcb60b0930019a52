"""The project's Markdown pages and the fenced blocks on them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))

_FENCE = re.compile(r"(?P<indent> *)(?P<marks>`{3,}|~{3,}) *(?P<language>[\w+-]*)(?P<rest>.*)")


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block."""

    language: str
    lines: tuple[str, ...]
    first_line: int
    """Number of the first line inside the fence, counted from 1."""


def blocks(text: str) -> Iterator[Block]:
    """Yield the fenced blocks of a Markdown text, in order."""
    lines = iter(enumerate(text.splitlines(), start=1))
    for number, line in lines:
        opened = _FENCE.fullmatch(line)
        if opened is None:
            continue
        indent, marks = len(opened["indent"]), opened["marks"]
        inside = []
        for _, inner in lines:
            if inner.strip().startswith(marks) and not inner.strip().strip(marks[0]):
                break
            inside.append(inner[indent:] if not inner[:indent].strip() else inner)
        yield Block(opened["language"], tuple(inside), number + 1)


def name_of(page: Path) -> str:
    """Name a page as seen from the root of the project."""
    return page.relative_to(ROOT).as_posix()
