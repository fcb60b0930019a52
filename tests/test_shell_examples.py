"""Every shell example of the README and the documentation is run and its output compared.

A fenced block of the language `console` is a session. A line that begins with `$ ` is a command
for bash, lines that begin with `> ` continue it, and the other lines are what it prints, both
streams together. A command must succeed unless the next one is `echo $?`. All blocks of a page
run in one directory, in order, so that a file written by one can be read by the next; the
directory begins with the project's `docs/data` and nothing else.
"""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pages import PAGES, ROOT, blocks, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ASK_STATUS = "echo $?"
TIMEOUT = 120


@dataclass(frozen=True, slots=True)
class Step:
    """A command of a page, what it should print, and whether it may fail."""

    command: str
    expected: tuple[str, ...]
    line: int
    may_fail: bool = False


class ExampleError(AssertionError):
    """An example that does not do what the page says."""


def steps(text: str) -> Iterator[Step]:
    """Yield the commands of a Markdown text, in order."""
    for block in blocks(text):
        if block.language != "console":
            continue
        starts = [at for at, line in enumerate(block.lines) if line.startswith("$ ")]
        if starts[:1] != [0]:
            msg = f"line {block.first_line}: a console block begins with a line '$ command'"
            raise ExampleError(msg)
        ends = [*starts[1:], len(block.lines)]
        for start, end in zip(starts, ends, strict=True):
            body = start + 1
            while body < end and block.lines[body].startswith("> "):
                body += 1
            yield Step(
                command="\n".join(line[2:] for line in block.lines[start:body]),
                expected=tuple(line.rstrip() for line in block.lines[body:end]),
                line=block.first_line + start,
                may_fail=end < len(block.lines) and block.lines[end][2:] == ASK_STATUS,
            )


def run(text: str, directory: Path) -> int:
    """Run the commands of a Markdown text in a directory and return how many there were."""
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "COLUMNS": "88",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "PYTHONUTF8": "1",
        "TERM": "dumb",
        "TZ": "UTC",
    }
    for forced in ("FORCE_COLOR", "GITHUB_ACTIONS", "PY_COLORS"):
        environment.pop(forced, None)
    status = count = 0
    for step in steps(text):
        count += 1
        done = subprocess.run(
            ["bash", "-c", f"(exit {status})\n{step.command}"],
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=TIMEOUT,
            check=False,
        )
        status = done.returncode
        printed = tuple(line.rstrip() for line in done.stdout.splitlines())
        if printed != step.expected:
            difference = difflib.unified_diff(
                step.expected, printed, "the page", "the command", lineterm=""
            )
            msg = "\n".join([f"line {step.line}: $ {step.command}", *difference])
            raise ExampleError(msg)
        if status and not step.may_fail:
            msg = (
                f"line {step.line}: $ {step.command}\nfailed with exit code {status};"
                f" if it should, go on with '$ {ASK_STATUS}'"
            )
            raise ExampleError(msg)
    return count


PAGES_WITH_EXAMPLES = [
    page
    for page in PAGES
    if any(block.language == "console" for block in blocks(page.read_text(encoding="utf-8")))
]


@pytest.mark.untraced
@pytest.mark.parametrize("page", PAGES_WITH_EXAMPLES, ids=name_of)
def test_shell_examples(page: Path, tmp_path: Path) -> None:
    """The commands of a page print what the page says."""
    shutil.copytree(ROOT / "docs" / "data", tmp_path / "docs" / "data")
    assert run(page.read_text(encoding="utf-8"), tmp_path) > 0


def session(*lines: str) -> str:
    """Write a page that holds one console block."""
    return "\n".join(["Text.", "", "```console", *lines, "```", ""])


def test_runner_accepts_what_is_true(tmp_path: Path) -> None:
    """Files, continued commands, both streams and a stated failure are carried along."""
    page = (
        session("$ echo one > kept", "$ cat kept \\", "> kept", "one", "one")
        + session("$ cat kept; ls missing 2>/dev/null", "one", "$ echo $?", "2")
        + session("$ echo out; echo err >&2", "out", "err", "$ echo", "")
    )

    assert run(page, tmp_path) == 6


def test_runner_uses_the_python_of_the_tests(tmp_path: Path) -> None:
    """Commands installed beside the running Python come first."""
    page = session("$ python -c 'import sys; print(sys.prefix)'", sys.prefix)

    assert run(page, tmp_path) == 1


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("$ echo one", "two"), r"line 4: \$ echo one\n(.*\n)*-two\n\+one$"),
        (("$ echo one",), r"\+one$"),
        (("$ true", "one"), r"-one$"),
        (("$ true", "$ false"), r"line 5: \$ false\nfailed with exit code 1"),
        (("$ false", "$ true"), r"line 4: \$ false\nfailed with exit code 1"),
        (("echo one",), r"line 4: a console block begins with"),
    ],
)
def test_runner_refuses_what_is_not(
    lines: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    """Another output, a hidden failure and a block without a command are errors."""
    with pytest.raises(ExampleError, match=message):
        run(session(*lines), tmp_path)
