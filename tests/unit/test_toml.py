from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_model import Policy
from lifecycle_model.errors import InvalidPolicy
from lifecycle_model.toml import LONGEST, NotToml, read_toml

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("x = " + "[" * 50_000, "nests too deep"),
        ("x = 1e99999999999999999999", "out of any range"),
        ("x = " + "9" * 5000, "limit"),
        ("#" * (LONGEST + 1), "is longer than 1,000,000 letters"),
        ("x =", "Invalid value"),
    ],
)
def test_hostile_text(text: str, mend: str) -> None:
    """Whatever a text holds, there is one kind of error, and a policy says it as its own."""
    with pytest.raises(NotToml, match=mend):
        read_toml(text)
    with pytest.raises(InvalidPolicy, match=mend):
        Policy.from_toml(text)


def test_file_that_is_not_utf8(tmp_path: Path) -> None:
    """A file in another encoding is no TOML."""
    file = tmp_path / "policy.toml"
    file.write_bytes(b"name = \xff")

    with pytest.raises(NotToml, match="utf-8"):
        read_toml(file)
