from __future__ import annotations

import pickle
from dataclasses import replace

import pytest
from playing import action

from lifecycle_model import Playbook, Strategy
from lifecycle_model.errors import InvalidPlaybook, UnknownLanguage
from lifecycle_model.playbook import Department

DEFAULT = Playbook.default()


def problems(error: pytest.ExceptionInfo[InvalidPlaybook]) -> list[str]:
    """Return what is wrong, one line each."""
    return [str(problem) for problem in error.value.problems]


def test_an_added_action_stands_last_or_first() -> None:
    """An action is added behind the others of its key, or before them."""
    mine = action()
    last = DEFAULT.with_action(mine, "regular").strategy("regular").actions
    first = DEFAULT.with_action(mine, "regular", first=True).strategy("regular").actions

    assert (last[-1], first[0]) == (mine, mine)
    assert len(DEFAULT.strategy("regular").actions) == len(last) - 1


def test_keys_may_be_written_in_any_order() -> None:
    """A combination is the same whatever the order of its states."""
    playbook = DEFAULT.with_action(action(), "status_quo + regular")

    assert playbook.strategy("regular+status_quo") is playbook.strategy("status_quo+regular")


def test_a_taken_id_is_refused() -> None:
    """Two different actions of one id are named, and the place."""
    with pytest.raises(InvalidPlaybook) as error:
        DEFAULT.with_action(action("cross-selling"), "regular")

    assert problems(error) == [
        "actions.cross-selling: is the id of two different actions: give one of them another id"
    ]


def test_the_same_action_may_belong_to_several_keys() -> None:
    """Adding an action that is there to another key is no double id; to the same key it is."""
    known = DEFAULT.action("cross-selling")

    assert known in DEFAULT.with_action(known, "preferred").strategy("preferred").sales
    with pytest.raises(
        InvalidPlaybook, match=r"strategies\.development.actions: 'cross-selling'"
    ):
        DEFAULT.with_action(known, "development")


def test_an_action_without_a_key_is_refused() -> None:
    """An action must belong somewhere."""
    with pytest.raises(InvalidPlaybook, match=r"actions\.mine: has no key"):
        DEFAULT.with_action(action())


@pytest.mark.parametrize(
    ("key", "mend"),
    [
        ("regullar", "names an unknown state 'regullar': did you mean 'regular'?"),
        ("regular+preferred", "names two states of one axis: no customer is in both"),
    ],
)
def test_a_wrong_key_is_refused(key: str, mend: str) -> None:
    """Unknown states and impossible combinations are named."""
    with pytest.raises(InvalidPlaybook) as error:
        DEFAULT.with_action(action(), key)

    assert problems(error) == [f"strategies.{key}: {mend}"]


def test_wrong_fields_are_all_named() -> None:
    """Every field of an action that is not valid is named, with the nearest known value."""
    wrong = action(
        " ",
        department="markting",
        source="S9",
        works_towards="regulr",
        title=" ",
        text="{custmer} {",
    )
    with pytest.raises(InvalidPlaybook) as error:
        DEFAULT.with_action(wrong, "regular")

    assert problems(error) == [
        "actions: ' ': is no id: give the action a name",
        "actions. .department: 'markting': did you mean 'marketing'?",
        "actions. .source: 'S9': use one of: S0, S1, S2, S3, S4, own",
        (
            "actions. .works_towards: 'regulr': is no kind of event and no state: "
            "did you mean 'regular'?"
        ),
        "actions. .title: is empty: write it",
        "actions. .text: '{custmer} {': has a brace that stands alone: double it",
    ]


def test_a_hole_is_named() -> None:
    """Where marketing or sales are left with nothing, each combination is named."""
    playbook = DEFAULT.without("stay-in-mind")
    for one in ("problems-we-solve", "who-we-are", "for-whom-we-work", "when-and-where"):
        playbook = playbook.without(one)
    with pytest.raises(InvalidPlaybook) as error:
        playbook.without("cost-and-benefit")
    holes = problems(error)

    assert holes == [
        f"strategies.non_customer+{position}: has no marketing action: add one to "
        f"non_customer, to {position} or to both together"
        for position in ("status_quo", "implementation")
    ]


def test_a_combination_fills_a_hole() -> None:
    """A hole is filled by an action of exactly that combination."""
    book = DEFAULT
    easy, watch = DEFAULT.action("easy-first-talk"), DEFAULT.action("watch-for-change")
    with pytest.raises(InvalidPlaybook, match=r"non_customer\+status_quo: has no sales action"):
        book.without(watch.id).without(easy.id)
    book = book.without(watch.id).with_action(easy, "non_customer+status_quo")

    assert book.without(easy.id, "non_customer").strategy("non_customer").sales == ()


def test_promotion_does_not_fill_a_hole_of_the_dissatisfied() -> None:
    """What always waits is no action: a dissatisfied customer needs another one."""
    quiet = DEFAULT.without("pause-campaigns")
    promoting = replace(quiet.action("short-survey"), promotion=True)
    with pytest.raises(InvalidPlaybook) as error:
        quiet.replace(promoting)

    assert "dissatisfied+implementation: has no marketing action" in problems(error)[0]


def test_removing_and_replacing_need_an_action_that_is_there() -> None:
    """An unknown id is refused with the nearest known one."""
    for change in (DEFAULT.without, lambda one: DEFAULT.replace(action(one))):
        with pytest.raises(InvalidPlaybook, match="did you mean 'cross-selling'"):
            change("cross-seling")


def test_replacing_reaches_every_key() -> None:
    """An action that several keys share is replaced in all of them."""
    mine = action("ask-why")
    playbook = DEFAULT.replace(mine)

    assert playbook.strategy("recovery").sales[0] is mine
    assert playbook.strategy("win_back").sales == (mine,)


def test_a_strategy_can_be_replaced() -> None:
    """A key gets another strategy, or a first one; a missing one is named."""
    mine = Strategy("status_quo+preferred", strategy="Wait.")
    playbook = DEFAULT.with_strategy(mine)

    assert playbook.strategy("preferred+status_quo").strategy == "Wait."
    with pytest.raises(
        InvalidPlaybook, match=r"strategies.preferred\+status_quo: has no strategy"
    ):
        DEFAULT.strategy("preferred+status_quo")


def test_faults_of_keys_are_found_when_built() -> None:
    """A playbook put together by hand is checked too: order, doubles and unknown states."""
    keys = ("regular", "status_quo+regular", "oops")
    strategies = (*DEFAULT.strategies, *map(Strategy, keys))
    with pytest.raises(InvalidPlaybook) as error:
        replace(DEFAULT, strategies=strategies)

    assert [line.split(": ", 1) for line in problems(error)] == [
        ["strategies.regular", "occurs twice: keep one"],
        [
            "strategies.status_quo+regular",
            "has its states in another order: write 'regular+status_quo'",
        ],
        ["strategies.oops", problems(error)[2].split(": ", 1)[1]],
    ]


def test_a_strategy_sorts_its_actions_by_department() -> None:
    """Marketing, sales and service each see their own."""
    strategy = DEFAULT.strategy("dissatisfied")
    parts = (strategy.marketing, strategy.sales, strategy.service)

    assert sum(map(len, parts)) == len(strategy.actions)
    assert {one.department for one in strategy.service} == {Department.SERVICE}


def test_a_playbook_pickles() -> None:
    """A playbook can be handed to another process, and so can its errors."""
    with pytest.raises(UnknownLanguage) as error:
        Playbook.default("de")
    again = pickle.loads(pickle.dumps(error.value))  # noqa: S301 - its own bytes

    assert pickle.loads(pickle.dumps(DEFAULT)) == DEFAULT  # noqa: S301 - its own bytes
    assert (again.language, again.known) == ("de", ("en", "pt", "es", "it"))
