"""A log as the book that figures are read from."""

from dataclasses import replace

from lifecycle_model.cli.columns.judging import judge
from lifecycle_model.cli.columns.tallies import clashes_in
from lifecycle_model.cli.columns.way import open_log
from lifecycle_model.cli.notes import tell_notes
from lifecycle_model.cli.progress import stages
from lifecycle_model.cli.request import Request
from lifecycle_model.columnar.replaying import Run
from lifecycle_model.insight import Book, of_replay


def book_of(request: Request, data: bytes | None) -> Book:
    """Fold a log, say what is left out, and return the book.

    All customers are followed to the instant asked for, else to that of the last event.

    Args:
        request: the options.
        data: what the log holds, where that is known already.

    Raises:
        InputError: the log has faults.
    """
    lifecycle, as_of = request.lifecycle, request.as_of
    with stages() as at:
        at("reading")
        table, log = open_log(request, data)
        at("folding")
        run = Run.of(lifecycle, as_of, None, "report", None, transitions=True)
        replay = table.fold(run)
        judge(table, replay, request, log)
        clashes = list(clashes_in(replay, table))
        if as_of is None:
            last = replay.customers["last_event_at"].max()
            replay = table.fold(replace(run, as_of=last))
        book = of_replay(table.file.scan.collect(), replay, lifecycle)
    tell_notes(log, clashes)
    return book
