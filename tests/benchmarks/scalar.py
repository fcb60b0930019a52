"""Print how fast the library folds events in plain Python, beside other libraries.

Run it with `python tests/benchmarks/scalar.py`, or with `make bench`. Nothing passes or fails
here: one page of figures. docs/explanation/performance.md tells how to read it.
"""

import argparse
import platform
from collections.abc import Sequence
from importlib.metadata import version
from statistics import median
from typing import Final

from harness import single
from harness.clock import Spread, Task, interleaved, ratio, spread
from harness.facts import steps_of
from harness.library import Library, in_fold_order, situations_without_time
from harness.start import start_times
from harness.streams import Stream, all_kinds, cdnow_purchases
from peers.automat_peer import AutomatPeer
from peers.edges import Edge, situation_edges
from peers.peer import Peer, Step
from peers.sismic_peer import SismicPeer
from peers.statemachine_peer import StateMachinePeer
from peers.transitions_peer import TransitionsPeer
from peers.xstate_peer import XStatePeer

from lifecycle_model import Lifecycle

PEERS: Final = (TransitionsPeer, AutomatPeer, XStatePeer, StateMachinePeer, SismicPeer)


def main() -> None:
    """Measure everything and print the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=500, help="in the stream of all kinds")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    lifecycle = Lifecycle()
    edges = situation_edges(lifecycle.policy)
    print(f"Python {platform.python_version()}, {platform.machine()}; processor time, one core")
    print(
        f"{options.rounds} rounds, every round runs each line once; least / median / greatest"
    )
    mixed = all_kinds(options.customers)
    kinds = frozenset(edge.kind for edge in edges)
    streams = (mixed, mixed.only("kinds with a situation rule", kinds), cdnow_purchases())
    for stream in streams:
        _print_stream(lifecycle, edges, stream, options.rounds)
    _print_single(lifecycle, edges, options.rounds)
    _print_start(2 * options.rounds + 1)


def _print_stream(
    lifecycle: Lifecycle, edges: Sequence[Edge], stream: Stream, rounds: int
) -> None:
    peers = [peer(edges) for peer in PEERS]
    histories = _histories_for_peers(lifecycle, edges, stream, peers)
    tasks = Library(lifecycle, stream).tasks()
    tasks |= {peer.package: _peer_task(peer, histories) for peer in peers}
    seconds = interleaved(tasks, rounds)
    fired = sum(map(len, histories))
    print()
    print(f"== {stream.name}: {stream.events} events, {len(stream.histories)} customers ==")
    print(f"The peers fire {fired} of them: those whose kind has a situation rule.")
    print(f"{'':38}{'µs an event':>24}{'its time over replay':>26}")
    _line("replay, both axes, time", seconds["replay"], stream.events)
    for name, text in _PARTS.items():
        _line(f"  {text}", seconds[name], stream.events)
    rest = list(seconds["replay"])
    for name in _PARTS:
        rest = [left - part for left, part in zip(rest, seconds[name], strict=True)]
    _line("  the rest: customer in, customer out", rest, stream.events)
    for peer in peers:
        times = seconds[peer.package]
        name = f"{peer.package} {version(peer.package)}"
        _line(name, times, stream.events, ratio(times, seconds["replay"]))
    beside = seconds[TransitionsPeer.package]
    _aim("transitions' time over replay's", ratio(beside, seconds["replay"]), "at least 4")
    _aim("transitions' time over the fold's", ratio(beside, seconds["fold"]), "at least 7")


_PARTS: Final = {
    "order": "order and identity",
    "encode": "encoding",
    "fold": "fold: the kernel alone",
}


def _histories_for_peers(
    lifecycle: Lifecycle, edges: Sequence[Edge], stream: Stream, peers: Sequence[Peer]
) -> list[list[Step]]:
    """Return what the peers fire, once all have been seen to end in the same situations."""
    found = [steps_of(events, edges, lifecycle.policy) for events in in_fold_order(stream)]
    histories = [steps for steps, _ in found]
    expected = [situation for _, situation in found]
    answers = {"lifecycle_model": situations_without_time(stream)}
    for peer in peers:
        subjects = peer.subjects(len(histories))
        peer.drive(subjects, histories)
        answers[peer.package] = peer.situations(subjects)
    for name, situations in answers.items():
        if situations != expected:
            wrong = sum(map(str.__ne__, situations, expected))
            msg = f"{name} disagrees with the rule table on {wrong} customers of {stream.name}"
            raise SystemExit(msg)
    return histories


def _peer_task(peer: Peer, histories: Sequence[Sequence[Step]]) -> Task:
    return Task(
        lambda subjects: peer.drive(subjects, histories), lambda: peer.subjects(len(histories))
    )


def _print_single(lifecycle: Lifecycle, edges: Sequence[Edge], rounds: int) -> None:
    seconds = interleaved(single.single_tasks(lifecycle, edges), rounds)
    print()
    print("== one event: apply, beside one transitions trigger with a guard ==")
    print(f"{'':38}{'µs a call':>24}{'over the trigger':>26}")
    for name in (single.MOVE, single.REFUSAL):
        trigger = seconds[f"{name}, trigger"]
        _line(f"{name}: trigger", trigger, single.CALLS)
        for days in (single.YOUNG, single.OLD):
            times = seconds[f"{name}, {days}"]
            _line(f"  apply, {days} purchase days", times, single.CALLS, ratio(times, trigger))
        young = ratio(seconds[f"{name}, {single.YOUNG}"], trigger)
        _aim("apply's time over a trigger's", young, "at most 3")


def _print_start(rounds: int) -> None:
    times = start_times(rounds)
    print()
    print(f"== start: milliseconds on the wall, {rounds} fresh processes each ==")
    for name, text in _STARTS.items():
        print(f"{text:38}{spread(times[name])!s:>24}")
    print(f"lifecycle_model after them: {median(times['ours']):.0f} ms; the aim is at most 40")


_STARTS: Final = {
    "both": "import pydantic, transitions",
    "ours": "import lifecycle_model after them",
    "both, in use": "the two, and a first pydantic model",
    "ours then": "import lifecycle_model after that",
}


def _line(text: str, seconds: list[float], count: int, beside: Spread | None = None) -> None:
    each = spread([1e6 * value / count for value in seconds])
    print(f"{text:38}{each!s:>24}{'' if beside is None else beside!s:>26}")


def _aim(text: str, found: Spread, wanted: str) -> None:
    print(f"{text}: {found.middle:.2f}; the aim is {wanted}")


if __name__ == "__main__":
    main()
