"""The pages for marketing and sales people say what the playbook says."""

from __future__ import annotations

import pytest
from playbook_pages import page, path_of

from lifecycle_model.playbook import LANGUAGES, Playbook


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page_is_up_to_date(lang: str) -> None:
    """A page is what the playbook tells; if not, run tests/docs/playbook_pages.py."""
    assert page(lang) == path_of(lang).read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page_has_every_action(lang: str) -> None:
    """No action and no strategy of the playbook is left out."""
    playbook = Playbook.default(lang)
    text = page(lang)

    assert all(action.text in text for action in playbook.actions)
    assert all(strategy.strategy in text for strategy in playbook.strategies)
