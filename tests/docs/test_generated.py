"""The pages say what the code says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from diagrams import edges
from reference_pages import names_in, parts, renewed

from lifecycle_model import DEFAULT_RULES, Axis
from pages import PAGES, name_of

if TYPE_CHECKING:
    from pathlib import Path

GENERATED = [page for page in PAGES if names_in(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", GENERATED, ids=name_of)
def test_page_is_up_to_date(page: Path) -> None:
    """A generated part is what the code tells; if not, run tests/docs/reference_pages.py."""
    text = page.read_text(encoding="utf-8")

    assert renewed(text) == text


def test_every_part_has_a_page() -> None:
    """Nothing is generated for nobody, and the README has the diagrams of both axes."""
    shown = {name for page in GENERATED for name in names_in(page.read_text(encoding="utf-8"))}
    readme = names_in(PAGES[0].read_text(encoding="utf-8"))

    assert shown == parts().keys()
    assert {"situation-diagram", "position-diagram"} <= set(readme)


@pytest.mark.parametrize("axis", list(Axis))
def test_diagram_has_every_rule(axis: Axis) -> None:
    """Every rule but the corrections stands on an arrow."""
    rules = {rule.id for rule in DEFAULT_RULES if rule.axis == axis and rule.target != "given"}
    drawn = {label.removesuffix(" *") for labels in edges(axis).values() for label in labels}

    assert drawn == rules
