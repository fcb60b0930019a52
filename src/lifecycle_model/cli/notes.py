"""What a command left out, said on standard error."""

from collections.abc import Sequence

from lifecycle_model.cli.faults import SHOWN
from lifecycle_model.cli.folding import Clash
from lifecycle_model.cli.reading import Log
from lifecycle_model.cli.terminal import say_note
from lifecycle_model.cli.words import counted
from lifecycle_model.errors import shown


def tell_notes(log: Log, clashes: Sequence[Clash]) -> None:
    """Say which rows were skipped and which events do not count."""
    if log.faults.total:
        say_note(f"{log.name}: {log.faults.rows()} not valid and skipped", log.faults.details())
    if log.ignored:
        values = counted(log.ignored.total(), "value")
        details = [f"{log.place(name)}: {count:,}" for name, count in log.ignored.most_common()]
        say_note(f"{log.name}: {values} ignored: the row's kind has no such field", details)
    if clashes:
        unit = log.faults.unit
        details = [
            f"{unit} {one.dropped}: event_id {shown(one.event_id)} of customer "
            f"{shown(one.customer_id)} does not count: {unit} {one.kept} has other content "
            "under that id and comes first"
            for one in sorted(clashes)[:SHOWN]
        ]
        found = len(clashes)
        if more := found - len(details):
            details.append(f"... and {more:,} more")
        headline = "1 event conflicts" if found == 1 else f"{found:,} events conflict"
        say_note(f"{log.name}: {headline} with another of its id", details)
