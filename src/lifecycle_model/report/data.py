"""The whole content of a page as one document that JSON can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_model.report.figures import figures
from lifecycle_model.report.plain import Plain, plain
from lifecycle_model.report.stories import MOST, customers_of

if TYPE_CHECKING:
    from lifecycle_model.insight import Book


def document(book: Book, *, name: str = "", most: int = MOST) -> Plain:
    """Return what a page says: every figure with its reason, and the customers.

    Args:
        book: a folded log, with all columns that its events have.
        name: what the log is called.
        most: how many customers to hold at most; above, an even sample.

    >>> from lifecycle_model import Lifecycle
    >>> from lifecycle_model.insight import of_histories
    >>> document(of_histories([], Lifecycle()))["customers"]
    {'all': 0, 'rows': [], 'plans': []}
    """
    policy = book.lifecycle.policy.ref
    return {
        "name": name,
        "policy": f"{policy.name} {policy.version}",
        "events": book.log.height,
        "first_day": plain(book.first_day),
        "last_day": plain(book.last_day),
        **figures(book),
        "customers": customers_of(book, most),
    }
