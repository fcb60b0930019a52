"""The tables of `lifecycle replay`."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from rich.text import Text

from lifecycle_model import Axis, FunnelGroup, LifecycleStage, Situation
from lifecycle_model.cli.summary import Summary
from lifecycle_model.cli.terminal import add_row, new_table, output, say
from lifecycle_model.cli.times import short
from lifecycle_model.cli.words import counted
from lifecycle_model.rules.targets import GIVEN, RESTORED

_BAR: Final = 24
_TARGETS: Final = {RESTORED: "the situation before", GIVEN: "the state named"}


def show_sums(summary: Summary) -> None:
    """Print the tables."""
    ref = summary.lifecycle.policy.ref
    if summary.as_of is None:
        until = "each up to its own last event"
    else:
        until = f"as of {short(summary.as_of)} UTC"
    console = output()
    say(
        console,
        f"{summary.log}: {counted(summary.customers, 'customer')}, {until}",
        f"policy {ref.name}, version {ref.version}, digest {ref.digest}",
        "",
    )
    _show_values(summary)
    console.print()
    _show_moves(summary)
    counts = {
        "events": summary.events,
        "customers": summary.customers,
        "duplicates": summary.duplicates,
        "conflicts": len(summary.clashes),
        "future": summary.future,
        "skipped": summary.skipped,
    }
    lines = ["", ", ".join(f"{name} {count}" for name, count in counts.items())]
    if summary.unknown:
        later = counted(summary.unknown, "customer")
        lines += [f"not yet known: {later} whose events are all later"]
    say(console, *lines)


def _show_values(summary: Summary) -> None:
    console = output()
    # A terminal that shows ASCII only gets a bar of it.
    mark = "#" if console.options.ascii_only else "■"
    table = new_table("", "", "customers", "share", "", numbers=("customers", "share"))
    axes: list[tuple[str, Iterable[str], Mapping[Any, int]]] = [
        ("situation", Situation, summary.situations),
        ("stage", LifecycleStage, summary.stages),
        ("funnel group", FunnelGroup, summary.groups),
    ]
    for name, values, tally in axes:
        title = Text(name, style="bold")
        for value in values:
            count = tally[value]
            share = count / max(summary.customers, 1)
            bar = Text(mark * round(_BAR * share), style="cyan")
            add_row(table, title, value, count, f"{share:.1%}", bar)
            title = Text()
        table.add_section()
    console.print(table)


def _show_moves(summary: Summary) -> None:
    table = new_table("", "rule", "moves", "leads to", numbers=("moves",))
    for axis in Axis:
        title = Text(f"{axis} moves", style="bold")
        for rule_id, count in summary.moves_of(axis).items():
            if count:
                target = summary.lifecycle.rules.rule(axis, rule_id).target
                add_row(table, title, rule_id, count, _TARGETS.get(target, target))
                title = Text()
        table.add_section()
    output().print(table)
