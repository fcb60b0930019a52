"""One customer of a log, folded: what `explain` and `plan` begin with."""

from datetime import datetime
from difflib import get_close_matches

from lifecycle_model import History, Lifecycle
from lifecycle_model.cli.faults import InputError
from lifecycle_model.cli.folding import clashes_of, fold_one
from lifecycle_model.cli.notes import tell_notes
from lifecycle_model.cli.reading import Log
from lifecycle_model.errors import shown


def history_of(
    log: Log, customer: str, lifecycle: Lifecycle, as_of: datetime | None
) -> History:
    """Return the history of one customer, with what it leaves out told.

    Raises:
        InputError: the log has faults, holds no such customer, or none of its events folds.
    """
    if customer not in log.events:
        raise _unknown_customer(log, customer)
    history = fold_one(log, customer, lifecycle, as_of)
    log.faults.check()
    tell_notes(log, [] if history is None else list(clashes_of(log, history)))
    if history is None:
        msg = f"{log.name}: no event of customer {shown(customer)} can be folded"
        raise InputError(msg)
    return history


def _unknown_customer(log: Log, customer: str) -> InputError:
    """Say that a customer is not in the log, and which ids are like it."""
    near = get_close_matches(customer, log.events, n=3)
    hint = "did you mean" if near else f"the log has {len(log.events):,}, for example"
    named = ", ".join(map(shown, near or list(log.events)[:3]))
    headline = f"{log.name}: holds no customer {shown(customer)}: {hint} {named}"
    return InputError(f"{headline}?" if near else headline)
