from __future__ import annotations

from importlib import resources
from itertools import combinations

import pytest

from lifecycle_model import DEFAULT_RULES, Playbook
from lifecycle_model.errors import InvalidPlaybook
from lifecycle_model.playbook import GOALS, LANGUAGES, STATES, Department, Source
from lifecycle_model.playbook.content import build_content

BOOKS = {lang: Playbook.default(lang) for lang in LANGUAGES}
FILES = {
    file.name: file.read_text("utf-8")
    for file in (resources.files("lifecycle_model.playbook") / "texts").iterdir()
    if file.name.endswith(".toml")
}


def faults(**changes: tuple[str, str]) -> list[str]:
    """Return what is wrong when texts of some files are replaced."""
    files = dict(FILES)
    for name, (before, after) in changes.items():
        assert before in files[f"{name}.toml"]
        files[f"{name}.toml"] = files[f"{name}.toml"].replace(before, after, 1)
    with pytest.raises(InvalidPlaybook) as raised:
        build_content(files)
    return [f"{raised.value.name}: {problem}" for problem in raised.value.problems]


@pytest.mark.parametrize(("one", "other"), list(combinations(LANGUAGES, 2)))
def test_no_text_is_the_same_in_two_languages(one: str, other: str) -> None:
    """No action and no strategy is left in another language."""
    pairs = zip(BOOKS[one].strategies, BOOKS[other].strategies, strict=True)
    for first, second in pairs:
        for name in ("strategy", "result", "question", "handover"):
            text = getattr(first, name)
            assert bool(text) == bool(getattr(second, name))
            assert not text or text != getattr(second, name)
    for action, twin in zip(BOOKS[one].actions, BOOKS[other].actions, strict=True):
        assert action.id == twin.id
        assert action.title != twin.title
        assert action.text != twin.text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_titles_and_names_are_told_apart(lang: str) -> None:
    """No two actions share a title, and no two states a name."""
    titles = [action.title for action in BOOKS[lang].actions]
    names = list(BOOKS[lang].words.states.values())

    assert len(set(titles)) == len(titles)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_rule_of_time_has_words(lang: str) -> None:
    """A deadline is told in words, whichever rule of the default table it is."""
    timed = {rule.id for rule in DEFAULT_RULES if rule.kind == "time_passed"}

    assert timed == BOOKS[lang].words.rules.keys()
    assert BOOKS[lang].words.rule("own-rule") == "own-rule"


def test_every_state_but_suppliers_has_a_strategy() -> None:
    """Situations, positions, stages, sales steps and service states all have their say."""
    keys = {strategy.key for strategy in BOOKS["en"].strategies}

    assert set(STATES) - keys == {"with_us", "with_competitor"}


def test_every_action_names_one_of_the_five_sources() -> None:
    """Each shipped action says which document it comes from, and all five are used."""
    used = {action.source for action in BOOKS["en"].actions}

    assert used == set(Source) - {Source.OWN}


def test_goals_have_words_in_every_language() -> None:
    """Whatever an action works towards can be told."""
    for book in BOOKS.values():
        assert all(book.words.goal(goal) for goal in GOALS)
        assert book.words.channel("pigeon") == "pigeon"


@pytest.mark.parametrize(
    "position",
    [
        "status_quo",
        "needs_recognition",
        "options_evaluation",
        "concerns_resolution",
        "implementation",
    ],
)
def test_every_position_has_its_question(position: str) -> None:
    """Each position knows what the buyer asks, and a sales action that answers."""
    strategy = BOOKS["en"].strategy(position)

    assert strategy.question.endswith("?")
    assert strategy.sales


def test_every_sales_step_hands_over() -> None:
    """Each step of the sales cycle says what marketing and sales pass to each other."""
    steps = (
        "lead_generation contact understanding offer delivery follow_up development win_back"
    )

    assert all(BOOKS["en"].strategy(step).handover for step in steps.split())


def test_service_acts_where_something_is_open() -> None:
    """Every service state with something to do has an action of service."""
    for state in ("request_open", "complaint_open", "awaiting_confirmation"):
        assert BOOKS["en"].strategy(state).of(Department.SERVICE)


def test_a_missing_translation_is_named() -> None:
    """A text that one language lacks is named with file and key."""
    text = "S0 a S4 indicam o documento"
    line = next(one for one in FILES["pt.toml"].splitlines() if text in one)

    assert faults(pt=(line, "")) == [
        "playbook: pt.toml: phrases.sources: is missing: translate it"
    ]


def test_a_text_that_all_languages_lack_is_named() -> None:
    """A state without a name anywhere is named for each language."""
    lines = {
        lang: next(
            one for one in FILES[f"{lang}.toml"].splitlines() if one.startswith("with_us")
        )
        for lang in LANGUAGES
    }

    assert faults(**{lang: (line, "") for lang, line in lines.items()}) == [
        f"playbook: {lang}.toml: suppliers.with_us: is missing: translate it"
        for lang in LANGUAGES
    ]


def test_other_placeholders_are_named() -> None:
    """A phrase whose placeholders differ from the English one is named."""
    assert faults(es=("este canal: {channel}", "este canal")) == [
        (
            "playbook: es.toml: holds.no_consent: 'el cliente retiró su consentimiento para "
            "este canal': has other placeholders than en.toml: it needs {channel}"
        )
    ]
    assert faults(it=('case_opened = "una', 'case_opened = "{una}')) == [
        (
            "playbook: it.toml: goals.case_opened: '{una} pratica aperta': has other "
            "placeholders than en.toml: it needs none"
        )
    ]


def test_a_lone_brace_is_named() -> None:
    """A brace that opens nothing is found, in phrases and in actions."""
    assert "double it" in faults(it=('service = "A', 'service = "{A'))[0]
    assert "double it" in faults(it=('title = "Offrire', 'title = "{Offrire'))[0]


def test_an_action_with_an_unknown_placeholder_is_named() -> None:
    """The texts of actions may name the customer only."""
    found = faults(en=('title = "Say who', 'title = "{date} Say who'))

    assert found[0].startswith("playbook: en.toml: actions.who-we-are.title: ")
    assert "unknown placeholder {date}" in found[0]


def test_a_text_for_nothing_is_named() -> None:
    """Texts of an action that the structure does not have are named."""
    extra = '[actions.ghost]\ntitle = "T"\ntext = "T"\n\n[actions.who-we-are]'

    found = faults(en=("[actions.who-we-are]", extra))
    place = "playbook: en.toml: actions.ghost.title: "

    assert f"{place}belongs to nothing in structure.toml: remove it" in found


def test_faults_of_the_structure_are_named() -> None:
    """An action that is nowhere defined, and one that is nowhere used."""
    found = faults(structure=("idle = []", 'idle = ["who-we-ar"]'))
    lonely = faults(structure=('request_open = ["answer-the-request"]', "request_open = []"))

    assert found == [
        (
            "playbook: structure.toml: strategies.idle: 'who-we-ar': is not an action: "
            "did you mean 'who-we-are'?"
        )
    ]
    assert lonely == [
        "playbook: structure.toml: actions.answer-the-request: belongs to no strategy"
    ]


def test_files_that_cannot_be_read_are_named() -> None:
    """Broken TOML and unknown fields are named with their file."""
    assert faults(es=("[suppliers]", "[suppliers"))[0].startswith("es.toml: TOML: ")
    assert faults(it=("[suppliers]", "[supplier]"))[0].startswith("it.toml: suppliers: ")
