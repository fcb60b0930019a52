"""The numbers on the page that tells how the library is tested, read from the tests."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fuzzing.run import RUNS
from golden.rule_coverage import ways
from golden.test_changed_rules import UNSEEN, changed_policies, other_tables
from lifecycle_model import DEFAULT_RULES, PRESETS, Policy
from lifecycle_model.testing.laws import LAWS
from mutation.survivors import survivors

if TYPE_CHECKING:
    from collections.abc import Iterator

PYTEST: Final = ".venv/bin/python -m pytest"
COUNT_LAWS: Final = (
    ".venv/bin/python -c 'from lifecycle_model.testing import laws; print(len(laws.LAWS))'"
)
FUZZ: Final = ".venv/bin/python tests/fuzzing/run.py"
TESTS: Final = Path(__file__).resolve().parent.parent


def _text(path: str) -> str:
    return (TESTS / path).read_text(encoding="utf-8")


def _found(path: str, pattern: str) -> int:
    """Return the one number that a pattern finds in a file."""
    (number,) = re.findall(pattern, _text(path), re.MULTILINE)
    return int(number)


def _default(path: str, variable: str) -> int:
    """Return what an environment variable is taken for where it is not set."""
    return _found(path, rf'os\.environ\.get\("{variable}", "(\d+)"\)')


def _other_tables() -> int:
    """Return how many rule tables beside the default one are held against the reading."""
    for node in ast.parse(_text("laws/tables.py")).body:
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "TABLES":
            assert isinstance(node.value, ast.Dict)
            return len(node.value.keys) - 1
    raise LookupError("laws/tables.py has no dictionary TABLES")


def _lines(pattern: str) -> int:
    """Return how many lines some files have."""
    return sum(
        len(page.read_text(encoding="utf-8").splitlines()) for page in TESTS.glob(pattern)
    )


def number_rows() -> Iterator[tuple[str, str, str]]:
    """Yield what is counted, how many there are, and the command that prints it."""
    histories = _default("reading/test_reading.py", "READING_HISTORIES")
    events = _default("engines.py", "ENGINE_EVENTS")
    simulated = len(PRESETS) * _found("columnar/test_agreement.py", r"^SIMULATED = ([\d_]+)$")
    changes = sum(len(list(other_tables(rule))) for rule in DEFAULT_RULES) - len(UNSEEN)
    steps = sum(len(list(changed_policies(preset))) for preset in PRESETS)
    corpus = "PYTHONPATH=tests .venv/bin/python -m golden.rule_coverage"
    golden = f"{PYTEST} tests/golden/test_changed_rules.py"
    rows = (
        ("histories in the golden corpus", _lines("golden/*.jsonl"), corpus),
        ("ways from state to state that they go", len(ways()), corpus),
        ("changes of a row that they notice", changes, golden),
        ("changes of a threshold that they notice", steps, golden),
        (
            "cases of the default rules and policy",
            DEFAULT_RULES.verify(Policy()).cases,
            ".venv/bin/lifecycle check default",
        ),
        (
            "laws that must hold for every table of rules",
            len(LAWS),
            COUNT_LAWS,
        ),
        ("random histories in the second reading", histories, f"{PYTEST} tests/reading"),
        ("other rule tables there", _other_tables(), f"{PYTEST} tests/reading"),
        ("random events in the SCXML engine", events, f"{PYTEST} tests/export/test_scxml.py"),
        ("random events in XState", events, f"{PYTEST} tests/export/test_xstate.py"),
        ("random events in the machine", events, f"{PYTEST} tests/machine/test_oracle.py"),
        (
            "made-up events in the columnar engine",
            simulated,
            f"{PYTEST} tests/columnar/test_agreement.py",
        ),
        ("fuzz targets", sum(map(len, RUNS.values())), FUZZ),
        (
            "inputs that a fuzzer gives them",
            sum(sum(one.values()) for one in RUNS.values()),
            FUZZ,
        ),
        (
            "purchases in the real log",
            _lines("../docs/data/CDNOW_sample.csv") - 1,
            "tail -n +2 docs/data/CDNOW_sample.csv | wc -l",
        ),
    )
    for what, count, command in rows:
        cell = command.replace("|", "\\|")  # a pipe would end it
        yield what, f"{count:,}", f"`{cell}`"


def survivor_rows() -> Iterator[tuple[str, str, str]]:
    """Yield how many changes of the code go unnoticed, what they change, and why."""
    for group in survivors():
        yield str(len(group.changes)), group.what, group.why
