"""What a command left out, said on standard error."""

from collections.abc import Sequence

from lifecycle_model import Conflict
from lifecycle_model.cli.faults import SHOWN
from lifecycle_model.cli.folding import line_of
from lifecycle_model.cli.reading import Log
from lifecycle_model.cli.terminal import say_note
from lifecycle_model.cli.words import counted
from lifecycle_model.errors import shown


def tell_notes(log: Log, conflicts: Sequence[Conflict]) -> None:
    """Say which rows were skipped and which events do not count."""
    if log.faults.count:
        say_note(f"{log.name}: {log.faults.rows()} not valid and skipped", log.faults.details())
    if log.ignored:
        values = counted(log.ignored.total(), "value")
        details = [f"{log.place(name)}: {count:,}" for name, count in log.ignored.most_common()]
        say_note(f"{log.name}: {values} ignored: the row's kind has no such field", details)
    if conflicts:
        details = [
            f"line {line_of(log, one.dropped)}: event_id {shown(one.dropped.event_id)} of "
            f"customer {shown(one.dropped.customer_id)} does not count: line "
            f"{line_of(log, one.kept)} has other content under that id and comes first"
            for one in conflicts[:SHOWN]
        ]
        found = len(conflicts)
        if more := found - len(details):
            details.append(f"... and {more:,} more")
        headline = "1 event conflicts" if found == 1 else f"{found:,} events conflict"
        say_note(f"{log.name}: {headline} with another of its id", details)
