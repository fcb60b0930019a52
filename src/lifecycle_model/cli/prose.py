"""Printing longer texts: wrapped, indented, never wider than is good to read."""

from typing import Final

from rich.text import Text

from lifecycle_model.cli.terminal import output, plain

_WIDEST: Final = 96


def heading(text: str) -> None:
    """Print a heading with a blank line before it."""
    output().print()
    paragraph((text, "bold underline"))


def paragraph(*parts: tuple[str, str], indent: int = 0) -> None:
    """Print one paragraph.

    Args:
        parts: pieces of text, each with its style.
        indent: how many columns from the left.
    """
    console = output()
    text = Text.assemble(*((plain(words), style) for words, style in parts))
    width = min(console.width, _WIDEST)
    for line in text.wrap(console, max(width - indent, 1)):
        line.rstrip()
        console.print(Text(" " * indent) + line, soft_wrap=True)
