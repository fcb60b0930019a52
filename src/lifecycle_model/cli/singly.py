"""Folding a log event by event, customer by customer: quick to start, for logs of some size."""

from typing import Any

from lifecycle_model.cli.customers import customer_row, write_customers
from lifecycle_model.cli.folding import clashes_of, fold_all
from lifecycle_model.cli.notes import tell_notes
from lifecycle_model.cli.reading import read_log
from lifecycle_model.cli.request import Request
from lifecycle_model.cli.summary import Summary


def fold_singly(request: Request, data: bytes | None) -> Summary:
    """Fold a log, write the customers, say what is left out, and return the sums.

    Args:
        request: the options.
        data: what the log holds, where that is known already.

    Raises:
        InputError: the log has faults, or the customers cannot be written.
    """
    lifecycle, out = request.lifecycle, request.out
    log = read_log(request.reading, data)
    summary = Summary(log.name, lifecycle, request.as_of)
    rows: list[dict[str, Any]] = []
    for history in fold_all(log, lifecycle, request.as_of):
        customer = history.customer
        status = lifecycle.status(customer)
        summary.add(history, status)
        summary.clashes += clashes_of(log, history)
        if out is not None and history.events:
            rows.append(customer_row(customer, status, lifecycle.next_deadline(customer)))
    log.faults.check()
    summary.events = log.count
    summary.skipped = log.faults.count
    if out is not None:
        write_customers(out, sorted(rows, key=lambda row: row["customer_id"]))
    tell_notes(log, summary.clashes)
    return summary
