from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_model import Playbook
from lifecycle_model.errors import InvalidPlaybook, UnknownLanguage
from lifecycle_model.playbook import LANGUAGES, Department, Source

if TYPE_CHECKING:
    from pathlib import Path

FOUR = "{ en = 'E', pt = 'P', es = 'S', it = 'I' }"
CARD = f"""
[actions.card]
department = "marketing"
works_towards = "product_used"
channel = "post"
title = {FOUR}
text = {FOUR}
"""


def problems(text: str, lang: str = "en") -> list[str]:
    """Return what is wrong with a TOML text."""
    with pytest.raises(InvalidPlaybook) as error:
        Playbook.from_toml(text, lang)
    return [str(problem) for problem in error.value.problems]


@pytest.mark.parametrize(("lang", "letter"), list(zip(LANGUAGES, "EPSI", strict=True)))
def test_an_own_action_is_merged(lang: str, letter: str) -> None:
    """An action of the file is added in the language asked for; the default stays."""
    text = CARD + '[strategies."status_quo+preferred"]\nadd = ["card"]'
    playbook = Playbook.from_toml(text, lang)
    card = playbook.strategy("preferred+status_quo").marketing[0]

    assert (card.id, card.title, card.text) == ("card", letter, letter)
    assert (card.department, card.source) == (Department.MARKETING, Source.OWN)
    assert playbook.strategy("regular") == Playbook.default(lang).strategy("regular")


def test_an_action_can_be_changed_in_part() -> None:
    """With replace = true only what the file names is changed, wherever the action stands."""
    playbook = Playbook.from_toml(
        'languages = ["pt"]\n[actions.ask-why]\nreplace = true\ntitle = "Por quê?"', "pt"
    )
    before, after = Playbook.default("pt").action("ask-why"), playbook.action("ask-why")

    assert (after.title, after.text) == ("Por quê?", before.text)
    assert after.department == before.department


def test_strategies_can_be_changed() -> None:
    """A file adds, removes and replaces the actions of a key, and its texts."""
    playbook = Playbook.from_toml(
        f"""
        without = ["matching-suggestions"]
        [strategies.follow_up]
        actions = ["cross-selling", "short-survey"]
        [strategies.development]
        add = ["ask-if-satisfied"]
        remove = ["cross-selling"]
        strategy = {FOUR}
        """,
        "it",
    )

    assert [one.id for one in playbook.strategy("follow_up").actions] == [
        "cross-selling",
        "short-survey",
    ]
    development = playbook.strategy("development")
    assert [one.id for one in development.actions] == ["ask-if-satisfied"]
    assert development.strategy == "I"
    assert development.handover == Playbook.default("it").strategy("development").handover


def test_a_file_is_read_and_named(tmp_path: Path) -> None:
    """A path is read as UTF-8, and errors name the file."""
    path = tmp_path / "mine.toml"
    path.write_text('without = ["who-we-ar"]', encoding="utf-8")
    with pytest.raises(InvalidPlaybook) as error:
        Playbook.from_toml(path)

    assert str(error.value).splitlines() == [
        f"{path} is not valid:",
        "  without: 'who-we-ar': is not an action: did you mean 'who-we-are'?",
    ]


def test_a_hole_of_an_own_playbook_names_the_file(tmp_path: Path) -> None:
    """A file that leaves a combination without sales is refused under its name."""
    path = tmp_path / "mine.toml"
    path.write_text('without = ["watch-for-change", "easy-first-talk"]', encoding="utf-8")
    with pytest.raises(
        InvalidPlaybook, match=r"non_customer\+status_quo: has no sales"
    ) as error:
        Playbook.from_toml(path)

    assert error.value.name == str(path)


def test_a_language_that_the_file_lacks_is_refused() -> None:
    """A playbook is only built in a language that its file has."""
    with pytest.raises(UnknownLanguage, match="language 'es' is not known: use one of: pt, it"):
        Playbook.from_toml('languages = ["pt", "it"]', "es")
    with pytest.raises(UnknownLanguage, match="use one of: en, pt, es, it"):
        Playbook.from_toml("", "fr")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("languages = ['en', 'fr']", "languages: 'fr': use: en, pt, es, it"),
        (
            "[strategies.regulr]\nremove = []",
            "strategies.regulr: names an unknown state 'regulr': did you mean 'regular'?",
        ),
        (
            CARD.replace("card", "ask-why"),
            (
                "actions.ask-why: is the id of an action that is there: use another, "
                "or set replace = true"
            ),
        ),
        (CARD, "actions.card: belongs to no strategy: add it to one, with add = [...]"),
        (
            "[actions.ask-wy]\nreplace = true",
            "actions.ask-wy: 'ask-wy': is not an action: did you mean 'ask-why'?",
        ),
        (
            f"{CARD.replace(', es = ', ', fr = ', 1)}[strategies.regular]\nadd = ['card']",
            "actions.card.title.es: is missing: translate it",
        ),
        (
            (
                f"{CARD.replace(chr(39) + 'P', chr(39) + '{customer}')}"
                "[strategies.regular]\nadd = ['card']"
            ),
            (
                "actions.card.title.pt: '{customer}': has other placeholders than the "
                "languages before it: use the same"
            ),
        ),
        (
            (
                f"{CARD.replace(chr(39) + 'S', chr(39) + '{day}')}"
                "[strategies.regular]\nadd = ['card']"
            ),
            (
                "actions.card.title.es: '{day}': has an unknown placeholder {day}: "
                "use one of: customer"
            ),
        ),
        (
            "[strategies.regular]\nresult = 'one'",
            (
                "strategies.regular.result: 'one': has one text for 4 languages: "
                "write one for each"
            ),
        ),
        (
            "languages = ['en']\n[strategies.regular]\nresult = { en = 'E', pt = 'P' }",
            "strategies.regular.result.pt: is not among the languages of the file",
        ),
        (
            "[strategies.regular]\nremove = ['ask-why']",
            "strategies.regular.remove: 'ask-why': is not there: leave it out",
        ),
        (
            "[strategies.regular]\nactions = ['ask-wy']",
            "strategies.regular.actions: 'ask-wy': is not an action: did you mean 'ask-why'?",
        ),
    ],
)
def test_a_mistake_is_named(text: str, expected: str) -> None:
    """Each mistake is told with its key and its mend."""
    assert problems(text)[0] == expected


def test_what_a_new_action_lacks_is_named() -> None:
    """A new action needs department, goal, title and text; its use is no further mistake."""
    assert problems("[actions.card]\n[strategies.regular]\nadd = ['card']") == [
        f"actions.card.{name}: is missing: give it a value"
        for name in ("department", "works_towards", "title", "text")
    ]


def test_wrong_types_and_broken_toml_are_named() -> None:
    """Unknown keys, empty texts, unknown departments and broken TOML are named."""
    assert problems("[action.card]") == [
        "action: {'card': {}}: is not a known field: remove it or correct its name"
    ]
    assert problems("[actions.card]\ndepartment = 'ales'")[0].startswith(
        "actions.card.department: 'ales': "
    )
    assert problems("[actions.card]\n[actions.card]")[0].startswith("TOML: Cannot declare")


def test_a_wrong_goal_is_named() -> None:
    """An action of a file that works towards nothing known is named when it is built."""
    text = CARD.replace("product_used", "product_use") + "[strategies.regular]\nadd = ['card']"

    assert problems(text) == [
        (
            "actions.card.works_towards: 'product_use': is no kind of event and no state: "
            "did you mean 'product_used'?"
        )
    ]
