"""The libraries of the extras, which only some commands need."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from lifecycle_model.errors import MissingExtra

_LIBRARIES: Final = frozenset(
    {"narwhals", "numba", "numpy", "polars", "pyarrow", "scipy", "vl_convert"}
)


@contextmanager
def needing(what: str, extra: str) -> Iterator[None]:
    """Name the extra where a library that is imported within is not installed.

    Args:
        what: what needs it, as the error says it.
        extra: the extra that brings the library.

    Raises:
        MissingExtra: a library of the extras is missing; any other module that is missing is a
            fault of ours, and stays as it is.

    >>> with needing("a report", "report"):
    ...     import lifecycle_model.unheard_of
    Traceback (most recent call last):
    ModuleNotFoundError: No module named 'lifecycle_model.unheard_of'
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _LIBRARIES:
            raise
        raise MissingExtra(what, extra) from error
