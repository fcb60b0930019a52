"""The numbers on the page that tells how the library is tested, read from the tests."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from golden.rule_coverage import ways
from lifecycle_model import PRESETS
from lifecycle_model.testing.laws import LAWS

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def number_rows() -> Iterator[tuple[str, str]]:
    """Yield what is counted, and how many there are."""
    histories = _default("reading/test_reading.py", "READING_HISTORIES")
    golden = sum(
        len(page.read_text(encoding="utf-8").splitlines())
        for page in (TESTS / "golden").glob("*.jsonl")
    )
    laws = len(LAWS) + len(re.findall(r"^@given\(", _text("laws/test_laws.py"), re.MULTILINE))
    counts = {
        "laws that are checked as properties": laws,
        "histories in the golden corpus": golden,
        "ways from state to state that its histories go": len(ways()),
        "random histories in which library and reading are compared": histories,
        "other rule tables in which they are compared too": _other_tables(),
        "random histories for each of those tables": histories // 10,
        "made-up events in which columnar engine and library are compared": (
            len(PRESETS) * _found("columnar/test_agreement.py", r"^SIMULATED = ([\d_]+)$")
        ),
        "random events in each of the SCXML engine, XState and the machine": _default(
            "engines.py", "ENGINE_EVENTS"
        ),
        "purchases in the real log": len(_text("../docs/data/CDNOW_sample.csv").splitlines())
        - 1,
    }
    for what, count in counts.items():
        yield what, f"{count:,}"
