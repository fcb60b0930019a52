"""Reading TOML that comes from outside: bounded in size, with every failure of one kind."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

LONGEST: Final = 1_000_000
"""More letters than this are no policy and no playbook."""

_DOTS: Final = 100
"""More points than this in one line may be a key so deep that reading it takes gigabytes."""


class NotToml(ValueError):
    """What was read is no TOML, or more than a policy or a playbook can be."""


def read_toml(source: str | Path) -> dict[str, Any]:
    """Return the tables of a TOML file or text, fractions as `Decimal`.

    Raises:
        NotToml: it is too long, is no TOML in UTF-8, nests too deep, or has more than a hundred
            points in one line.
        OSError: the file cannot be read.

    >>> read_toml("preferred_revenue = 1.50")
    {'preferred_revenue': Decimal('1.50')}
    """
    try:
        text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    except UnicodeDecodeError as error:
        raise NotToml(str(error)) from error
    if len(text) > LONGEST:
        msg = f"is longer than {LONGEST:,} letters: this is no policy and no playbook"
        raise NotToml(msg)
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > _DOTS:
            msg = f"line {number} has more than {_DOTS} points: write it flat, or in more lines"
            raise NotToml(msg)
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except ValueError as error:
        msg = str(error)
    except RecursionError:
        msg = "nests too deep: write it flat"
    except ArithmeticError:
        msg = "holds a number that is out of any range: correct it"
    raise NotToml(msg)
