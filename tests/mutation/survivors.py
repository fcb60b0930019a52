"""The changes of the code that no test can notice, as `survivors.toml` lists them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LIST: Final = Path(__file__).with_name("survivors.toml")


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One change of a function."""

    function: str
    """Module, class and name, without the package's."""
    was: str
    """The line as it stands, without its indentation."""
    now: str
    """What the change makes of it; empty where the line is gone."""


@dataclass(frozen=True, slots=True)
class Group:
    """Changes that go unnoticed for one reason."""

    what: str
    why: str
    changes: tuple[Change, ...]


def survivors() -> tuple[Group, ...]:
    """Return what `survivors.toml` says."""
    found = tomllib.loads(LIST.read_text(encoding="utf-8"))
    return tuple(
        Group(group["what"], group["why"], tuple(Change(*one) for one in group["changes"]))
        for group in found["group"]
    )
