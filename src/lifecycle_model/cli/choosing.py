"""Which way a log is folded: event by event, or in columns where that pays."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from lifecycle_model.cli.extras import needing
from lifecycle_model.cli.reading import PARQUET, STDIN, Reading, data_of
from lifecycle_model.cli.request import Request
from lifecycle_model.cli.singly import fold_singly
from lifecycle_model.cli.summary import Summary
from lifecycle_model.errors import MissingExtra

LARGE: Final = 10_000_000
"""The bytes of text from which on the columnar engine is faster, its start included."""

Way = Callable[[Request, bytes | None, str], Summary]


def fold(request: Request) -> Summary:
    """Fold a log the way that suits it, write what is asked for, and return the sums.

    Raises:
        InputError: the log has faults, or something cannot be written.
        MissingExtra: what is asked for needs the extra `columnar`.
    """
    data = piped(request.reading)
    needed = request.needs_columns
    if needed is not None:
        return _columns(needed)(request, data, needed)
    size = Path(request.reading.log).stat().st_size if data is None else len(data)
    if size < LARGE:
        return fold_singly(request, data)
    try:
        way = _columns("")
    except MissingExtra:  # nobody asked for it
        return fold_singly(request, data)
    return way(request, data, f"a log of {size / 1e6:,.0f} MB")


def piped(reading: Reading) -> bytes | None:
    """Return what a log of text holds that can be read but once, else None."""
    if reading.form == PARQUET:
        return None
    is_file = reading.log != STDIN and Path(reading.log).is_file()
    return None if is_file else data_of(reading)


def _columns(what: str) -> Way:
    """Return the columnar way.

    Raises:
        MissingExtra: its libraries are not installed.
    """
    with needing(what, "columnar"):
        # The column libraries take a second to load.
        from lifecycle_model.cli.columns import fold_in_columns  # noqa: PLC0415
    return fold_in_columns
