"""Say how many changes of the code a test noticed, and hold the others against the list.

`make mutants` runs it after mutmut. It fails where no test noticed a change that is not in
`survivors.toml`, where a test noticed one that is, and where a change was not tried.
"""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from mutation.survivors import Change, survivors

if TYPE_CHECKING:
    from collections.abc import Mapping

MUTMUT: Final = (sys.executable, "-m", "mutmut")
SURVIVED: Final = "survived"
SLOW: Final = "timeout"
"""Most loop for ever, which a test notices; but one that is listed may only have been slow."""
TRIED: Final = frozenset({"killed", "segfault", SLOW, SURVIVED})
"""What mutmut says of a change that it has tried."""

_RESULT: Final = re.compile(r"^ *lifecycle_model\.(\S+): (.+)$", re.MULTILINE)


def mutmut(*arguments: str) -> str:
    """Return what mutmut prints."""
    return subprocess.run(
        (*MUTMUT, *arguments), check=True, capture_output=True, text=True
    ).stdout


def function_of(mutant: str) -> str:
    """Return the function that a mutant changes, as mutmut names it."""
    module, _, name = mutant.rpartition("__mutmut_")[0].rpartition(".")
    own = name.removeprefix("xǁ").replace("ǁ", ".") if "ǁ" in name else name.removeprefix("x_")
    return f"{module}.{own}"


def change_of(mutant: str) -> Change:
    """Return what a mutant changes."""
    lines = mutmut("show", f"lifecycle_model.{mutant}").splitlines()
    was = [line[1:].strip() for line in lines if line[0:1] == "-" and line[0:3] != "---"]
    now = [line[1:].strip() for line in lines if line[0:1] == "+" and line[0:3] != "+++"]
    return Change(function_of(mutant), " ".join(was), " ".join(now))


def verdict(results: Mapping[str, str], changes: Mapping[str, Change]) -> tuple[str, list[str]]:
    """Return how many changes a test noticed, and what is wrong.

    Args:
        results: by mutant, what mutmut says of it.
        changes: what the survivors and the slow ones change.
    """
    known = {change for group in survivors() for change in group.changes}
    unnoticed = [
        change
        for mutant, change in changes.items()
        if results[mutant] == SURVIVED or change in known
    ]
    untried = sum(status not in TRIED for status in results.values())
    noticed = len(results) - untried - len(unnoticed)
    wrong = [f"{untried:,} were not tried"] if untried else []
    wrong += [
        f"no test notices, and the list does not have: {change}"
        for change in sorted({*unnoticed} - known)
    ]
    wrong += [
        f"the list has, but a test notices: {change}" for change in sorted(known - {*unnoticed})
    ]
    share = noticed / len(results)
    return f"{noticed:,} of {len(results):,} changes were noticed: {share:.1%}", wrong


def main() -> int:
    """Write the verdict; return 1 if anything is wrong."""
    results = dict(_RESULT.findall(mutmut("results", "--all", "true")))
    changes = {
        mutant: change_of(mutant)
        for mutant, status in results.items()
        if status in {SURVIVED, SLOW}
    }
    said, wrong = verdict(results, changes)
    sys.stdout.writelines(f"{line}\n" for line in (said, *wrong))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
