"""Compiling functions over arrays, and keeping what was compiled for the next process."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any, Final, TypeVar, cast

import numpy as np
from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])

_LOG: Final = logging.getLogger("lifecycle_model.columnar")
_PATIENCE: Final = 2.0
"""Seconds after which a compilation is announced: what is kept from before loads faster."""


def compiled(function: Function) -> Function:
    """Compile a function when first called; it runs without the interpreter's lock.

    What was compiled is kept beside the source, else in the user's cache; where neither can be
    written, each process compiles for itself.
    """
    try:
        return cast("Function", njit(cache=True, nogil=True)(function))
    except RuntimeError:  # there is no place to keep it
        return cast("Function", njit(nogil=True)(function))


def only_read(array: np.ndarray, dtype: type[np.generic]) -> np.ndarray:
    """Return an array of one type that cannot be written to, without copying where it is.

    To the compiler an array that can be written to is another type: one compilation serves all.
    """
    view = np.ascontiguousarray(array, dtype).view()
    view.flags.writeable = False
    return view


@contextmanager
def announced() -> Iterator[None]:
    """Say that something is being compiled, if it takes long."""
    text = "compiling the rules for this machine: up to a minute, once for each release"
    timer = Timer(_PATIENCE, _LOG.warning, [text])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
