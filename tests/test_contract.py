"""What the project promises about itself as a whole."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from importlib import metadata, resources
from typing import TYPE_CHECKING

import pytest

import lifecycle_model
from pages import PAGES, ROOT, Block, blocks, name_of

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = (
    "babel",
    "hypothesis",
    "narwhals",
    "numba",
    "numpy",
    "pandas",
    "polars",
    "pyarrow",
    "rich",
    "scipy",
    "transitions",
    "typer",
    "vl_convert",
)


def blocks_of(page: Path, *languages: str) -> list[Block]:
    """Return the fenced blocks of a page that are written in one of the languages."""
    text = page.read_text(encoding="utf-8")
    return [block for block in blocks(text) if block.language in languages]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_python_examples_are_run(page: Path) -> None:
    """A Python block shows a session, so that doctest runs it."""
    unrun = [
        block.first_line
        for block in blocks_of(page, "py", "python", "python3", "pycon")
        if not any(line.lstrip().startswith(">>> ") for line in block.lines)
    ]

    assert unrun == [], f"{name_of(page)}: blocks without '>>>' at these lines"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_shell_examples_are_run(page: Path) -> None:
    """A command of ours stands in a console block, so that it is run."""
    unrun = [
        block.first_line
        for block in blocks_of(page, "", "bash", "sh", "shell", "text", "zsh")
        if any(re.match(r"\s*(\$ +)?lifecycle\s", line) for line in block.lines)
    ]

    assert unrun == [], f"{name_of(page)}: use ```console for the blocks at these lines"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_example_is_switched_off(page: Path) -> None:
    """An example that is not run is not an example."""
    assert "doctest: +SKIP" not in page.read_text(encoding="utf-8")


def test_import_is_light() -> None:
    """Importing the package loads no library that only a part of it needs."""
    code = (
        "import sys, lifecycle_model\n"
        f"print(*sorted(set({HEAVY!r}) & sys.modules.keys()), sep='\\n')"
    )

    printed = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )

    assert printed.stdout.split() == []
    assert printed.stderr == ""


def test_public_names_exist() -> None:
    """Every name that the package promises is there, once."""
    names = lifecycle_model.__all__

    assert len(names) == len(set(names))
    assert [name for name in names if not hasattr(lifecycle_model, name)] == []


def test_package_is_typed() -> None:
    """Type checkers are told to read the package's own types."""
    assert resources.files(lifecycle_model).joinpath("py.typed").is_file()


def test_package_needs_two_libraries() -> None:
    """Without an extra only pydantic and transitions are installed beside the package."""
    required = metadata.requires("lifecycle-model") or []
    always = {re.match(r"[\w-]+", line)[0] for line in required if "extra ==" not in line}

    assert always == {"pydantic", "transitions"}


def test_sample_is_whole() -> None:
    """The purchase log that the examples use has all its rows."""
    log = (ROOT / "docs" / "data" / "CDNOW_sample.csv").read_text(encoding="ascii")
    header, *rows = csv.reader(log.splitlines())
    days = [row[2] for row in rows]

    assert header == ["customer_id", "sample_id", "date", "cds", "dollars"]
    assert len(rows) == 6919
    assert len({row[0] for row in rows}) == 2357
    assert (min(days), max(days)) == ("19970101", "19980630")
