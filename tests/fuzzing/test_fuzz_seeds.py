"""The fuzz targets over the inputs that they start from: without the fuzzer, in seconds."""

from __future__ import annotations

import pytest

from fuzzing.dice import Dice
from fuzzing.run import RUNS, module_of, seeds_of

pytestmark = pytest.mark.untraced


@pytest.mark.parametrize("name", [name for counts in RUNS.values() for name in counts])
def test_seeds(name: str) -> None:
    """Each target has seeds, and some of them give an answer or the library's own error."""
    seeds = seeds_of(name)

    assert seeds
    for seed in seeds[:: len(seeds) // 4 + 1]:
        getattr(module_of(name), name)(seed)


def test_every_target_is_run() -> None:
    """A function that takes the bytes of a fuzzer is listed, so that it is not forgotten."""
    for module, counts in RUNS.items():
        found = vars(module_of(next(iter(counts))))
        targets = [
            name
            for name, one in found.items()
            if getattr(one, "__annotations__", None) == {"data": "bytes", "return": "None"}
            and one.__module__ == f"fuzzing.{module}"
        ]
        assert targets == list(counts)


def test_changes_are_made_in_a_copy() -> None:
    """What is changed stays as it was; the changes come from the bytes."""
    tree = {"a": [1, {"b": 2}], "c": 3}
    changed = [
        Dice(bytes([3, *range(start, start + 30)])).changed(tree, ["x"]) for start in range(9)
    ]

    assert tree == {"a": [1, {"b": 2}], "c": 3}
    assert len({str(one) for one in changed}) > 4
    assert Dice(b"").changed(tree, ["x"]) == tree
