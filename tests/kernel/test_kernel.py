"""The kernel is plain Python, whoever compiles it; `tests/columnar` compares what it says."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

from lifecycle_model.columnar.folding import fold_customers
from lifecycle_model.kernel import absorb, fold, guards, layout, moves, record, unpack

if TYPE_CHECKING:
    from types import ModuleType

COMPILED = (absorb, fold, guards, moves, record, unpack)


def test_compiling_leaves_the_installed_kernel_as_it_was() -> None:
    """Every name of the kernel's modules is what it was before the compilation."""
    before = [dict(vars(module)) for module in COMPILED]
    fold_customers()

    assert before == [vars(module) for module in COMPILED]
    for module in COMPILED:
        own = [
            one
            for one in vars(module).values()
            if getattr(one, "__module__", "") == module.__name__
        ]
        assert own
        assert all(inspect.isfunction(one) for one in own)


@pytest.mark.parametrize("module", [*COMPILED, layout])
def test_kernel_names_no_library(module: ModuleType) -> None:
    """What is compiled imports nothing but the kernel itself and names of types."""
    source = inspect.getsource(module)
    imports = [
        line.split()[1] for line in source.splitlines() if line.lstrip().startswith("from ")
    ]

    assert {"__future__", "typing", "collections.abc"} >= {
        name for name in imports if not name.startswith("lifecycle_model.kernel")
    }
