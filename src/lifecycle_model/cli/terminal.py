"""How the commands print: safe text, tables that fit, errors apart from results."""

import json
import sys
from collections.abc import Iterable
from typing import Any, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lifecycle_model.cli.faults import InputError

NUMBER: Final = "right"


def plain(text: object) -> str:
    r"""Return text that a terminal only shows: control characters and bidi marks are escaped.

    >>> plain("a\x1b[2J\u202eb")
    'a\\x1b[2J\\u202eb'
    """
    found = str(text)
    if found.isprintable():
        return found
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in found)


def output() -> Console:
    """Return the console of results; what comes from logs is never read as markup."""
    return Console(markup=False, highlight=False, emoji=False)


def messages() -> Console:
    """Return the console of errors, notes and progress."""
    return Console(stderr=True, markup=False, highlight=False, emoji=False)


def say(console: Console, *lines: str, style: str = "") -> None:
    """Print lines as they are: not wrapped, so that they can be copied and searched."""
    for line in lines:
        console.print(Text(plain(line), style=style), soft_wrap=True)


def say_error(error: InputError) -> None:
    """Print an error with its details."""
    console = messages()
    headline = Text.assemble(("error: ", "bold red"), plain(error.headline))
    console.print(headline, soft_wrap=True)
    say(console, *(f"  {detail}" for detail in error.details))
    if error.mend:
        say(console, error.mend)


def say_note(headline: str, details: Iterable[str] = ()) -> None:
    """Print a note on standard error: something the reader should know, no error."""
    console = messages()
    console.print(Text.assemble(("note: ", "bold yellow"), plain(headline)), soft_wrap=True)
    say(console, *(f"  {detail}" for detail in details))


def say_json(value: Any) -> None:  # noqa: ANN401 - anything that JSON can hold
    """Print a result for programs; other than ASCII is escaped, so it is safe to look at."""
    sys.stdout.write(f"{json.dumps(value, indent=2)}\n")
    # A full disk is told here, not when the process ends.
    sys.stdout.flush()


def new_table(*columns: str, numbers: Iterable[str] = (), wrapped: str = "") -> Table:
    """Return an empty table.

    Args:
        columns: the headings; two may be the same only where neither is a number.
        numbers: those of them whose cells are numbers.
        wrapped: the one whose cells may be broken where the terminal is narrow.
    """
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold", show_edge=False)
    for column in columns:
        justify: Any = NUMBER if column in numbers else "left"
        table.add_column(
            Text(column), justify=justify, overflow="fold", no_wrap=wrapped not in {"", column}
        )
    return table


def add_row(table: Table, *cells: object) -> None:
    """Add a row whose cells are text, whatever they hold."""
    table.add_row(*(cell if isinstance(cell, Text) else Text(plain(cell)) for cell in cells))
