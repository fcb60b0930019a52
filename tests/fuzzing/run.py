"""Run every fuzz target for so many inputs, or for so long, and say what was found.

    python tests/fuzzing/run.py                    the same inputs each time: a minute or so
    python tests/fuzzing/run.py --seconds 600      new inputs, for ten minutes in all
    python tests/fuzzing/run.py files csv_texts    some of the targets
    python tests/fuzzing/run.py --again .fuzz/...  one finding once more, without the fuzzer

A finding is an input that raises anything but the library's own errors, breaks an assertion,
takes 30 seconds, or takes more than 3 GB. It is kept in `.fuzz/`, under its target's name.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

ROOT: Final = Path(__file__).parents[2]
FOUND: Final = ROOT / ".fuzz"
SEED: Final = 1

RUNS: Final = {
    "fuzz_models": {
        "event_texts": 10_000,
        "event_fields": 500,
        "one_customer": 200,
        "customer_texts": 5_000,
        "customer_fields": 500,
    },
    "fuzz_toml": {
        "policy_texts": 1_000,
        "policy_lines": 500,
        "playbook_texts": 1_000,
        "playbook_pieces": 500,
    },
    "fuzz_logs": {
        "csv_texts": 1_000,
        "json_lines_texts": 1_000,
        "csv_both_ways": 50,
        "json_lines_both_ways": 50,
    },
    "fuzz_frames": {"odd_frames": 50, "same_answers": 50, "odd_snapshots": 50, "files": 100},
}
"""By module and target: how many inputs each gets where no time is given."""

LIMITS: Final = (
    "-timeout=30",
    "-report_slow_units=30",
    "-rss_limit_mb=3072",
    "-max_len=4096",
    "-verbosity=1",
)

COMPILED: Final = [
    "lifecycle_model.derived",
    *(
        f"lifecycle_model.{package}.{path.stem}"
        for package in ("kernel", "columnar")
        for path in sorted((ROOT / "src" / "lifecycle_model" / package).glob("*.py"))
        if package == "kernel" or re.search("@compiled|numba", path.read_text(encoding="utf-8"))
    ),
]
"""Modules whose functions are compiled from their bytecode, which must stay as it is."""


def module_of(name: str) -> ModuleType:
    """Return the module of a target."""
    return import_module(f"fuzzing.{next(one for one in RUNS if name in RUNS[one])}")


def seeds_of(name: str) -> list[bytes]:
    """Return the inputs that a target starts from."""
    own: Callable[[], Iterator[bytes]]
    own = getattr(module_of(name), f"{name}_seeds", import_module("fuzzing.dice").dice_seeds)
    return list(own())


def fuzz(name: str, options: list[str]) -> None:
    """Run one target; the fuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=["lifecycle_model"], exclude=COMPILED):
        check = getattr(module_of(name), name)
    with tempfile.TemporaryDirectory() as folder:
        corpus, words = Path(folder) / "corpus", Path(folder) / "words"
        corpus.mkdir()
        for place, seed in enumerate(seeds_of(name)):
            (corpus / f"{place:05}").write_bytes(seed)
            # The first call compiles and loads what is then there: no input should pay for it.
            check(seed)
        words.write_text(dictionary(), encoding="ascii")
        FOUND.mkdir(exist_ok=True)
        where = [f"-artifact_prefix={FOUND}/{name}-", f"-dict={words}", str(corpus)]
        atheris.Setup([name, *LIMITS, *options, *where], check)
        atheris.Fuzz()


def dictionary() -> str:
    """Return the words that the fuzzer puts into its inputs."""
    from fuzzing.pieces import FIELDS, NUMBERS, TEXTS, TIMES
    from lifecycle_model import KINDS

    words = [*FIELDS, *KINDS, *NUMBERS[:-1], *TEXTS[:-1], *TIMES, "null", "Infinity", '":"']
    lines = ("".join(f"\\x{one:02x}" for one in word.encode()) for word in words if word)
    return "\n".join(f'"{line}"' for line in lines)


def run(name: str, options: list[str]) -> int:
    """Run one target in a process of its own, print one line, and return its findings."""
    before = set(FOUND.glob(f"{name}-*"))
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, __file__, "--child", name, "-print_final_stats=1", *options],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join(map(str, (ROOT / "src", ROOT / "tests")))},
    )
    counts = re.findall(
        r"^(?:#|stat::number_of_executed_units: )(\d+)", done.stderr, re.MULTILINE
    )
    found = sorted(set(FOUND.glob(f"{name}-*")) - before)
    failed = max(len(found), int(done.returncode != 0))
    seconds = time.monotonic() - began
    sys.stdout.write(
        f"{name:22}{int(counts[-1] if counts else 0):>10,} inputs{seconds:>7.0f} s"
    )
    sys.stdout.write(f"{failed:>4} new findings\n")
    if failed:
        sys.stdout.write("".join(f"  {path}\n" for path in found) or "  no input was kept\n")
        lines = [one for one in done.stderr.splitlines() if not one.startswith("INFO: Instr")]
        sys.stdout.write("\n".join([*lines[-40:], ""]))
    sys.stdout.flush()
    return failed


def main() -> int:
    """Run what is asked for, and return the exit code."""
    parser = argparse.ArgumentParser(description="Fuzz the library.")
    parser.add_argument("--seconds", type=int, default=0, help="how long, in all")
    parser.add_argument("--again", type=Path, help="a finding to try once more")
    parser.add_argument("--child", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    parser.add_argument("targets", nargs="*", metavar="target")
    asked = parser.parse_args()
    if asked.child:
        fuzz(asked.child[0], asked.child[1:])
    if asked.again:
        name = asked.again.name.partition("-")[0]
        getattr(module_of(name), name)(asked.again.read_bytes())
        return 0
    runs = {name: count for counts in RUNS.values() for name, count in counts.items()}
    names = asked.targets or list(runs)
    workers = os.cpu_count() or 1
    share = asked.seconds * workers // len(names)

    def bounded(name: str) -> int:
        bound = [f"-runs={runs[name]}", f"-seed={SEED}"]
        return run(name, [f"-max_total_time={share}"] if share else bound)

    with ThreadPoolExecutor(workers) as pool:
        found = sum(pool.map(bounded, names))
    return 1 if found else 0


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
    sys.exit(main())
