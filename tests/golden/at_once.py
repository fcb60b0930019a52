"""The corpus in few tests, for `make mutants`: there pytest looks each test up by its name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from golden import test_golden

PAGES = sorted(Path(__file__).parent.glob("*.jsonl"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page(page: Path) -> None:
    """Every history of a page comes out, at once and event by event."""
    for line in page.read_text(encoding="utf-8").splitlines():
        test_golden.test_replay_gives_what_was_worked_out_by_hand(json.loads(line))
        test_golden.test_apply_gives_what_was_worked_out_by_hand(json.loads(line))
