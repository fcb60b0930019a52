"""What is wrong with a playbook: every fault is found, none is raised here."""

from collections.abc import Iterable, Iterator
from itertools import product
from string import Formatter
from typing import Final

from lifecycle_model.errors import Problem, did_you_mean
from lifecycle_model.explain.texts import placeholders
from lifecycle_model.playbook.action import GOALS, Action, Department, Source
from lifecycle_model.playbook.keys import plain_key, states_of
from lifecycle_model.playbook.strategy import Strategy
from lifecycle_model.states import BuyingPosition, Situation

PLACEHOLDERS: Final = ("customer",)
"""What the title and the text of an action may name in braces."""

_NEEDED: Final = (Department.MARKETING, Department.SALES)


def faults_of(strategies: Iterable[Strategy]) -> tuple[Problem, ...]:
    """Return everything that is wrong; holes are told only where all else is sound."""
    listed = tuple(strategies)
    found = [*_key_faults(listed), *_id_faults(listed)]
    for action in _distinct(listed):
        found.extend(_action_faults(action))
    return tuple(found or _holes(listed))


def _key_faults(strategies: tuple[Strategy, ...]) -> Iterator[Problem]:
    seen = set()
    for strategy in strategies:
        place = f"strategies.{strategy.key}"
        try:
            key = plain_key(strategy.key)
        except ValueError as error:
            yield Problem(place, "", str(error))
            continue
        if key != strategy.key:
            yield Problem(place, "", f"has its states in another order: write {key!r}")
        if key in seen:
            yield Problem(place, "", "occurs twice: keep one")
        seen.add(key)
        ids = [action.id for action in strategy.actions]
        for one in sorted({one for one in ids if ids.count(one) > 1}):
            yield Problem(f"{place}.actions", repr(one), "occurs twice: keep one")


def _distinct(strategies: tuple[Strategy, ...]) -> list[Action]:
    return list(dict.fromkeys(action for one in strategies for action in one.actions))


def _id_faults(strategies: tuple[Strategy, ...]) -> Iterator[Problem]:
    ids = [action.id for action in _distinct(strategies)]
    for one in dict.fromkeys(ids):
        if ids.count(one) > 1:
            yield Problem(
                f"actions.{one}",
                "",
                "is the id of two different actions: give one of them another id",
            )


def _action_faults(action: Action) -> Iterator[Problem]:
    place = f"actions.{action.id}"
    if not action.id.strip():
        yield Problem("actions", repr(action.id), "is no id: give the action a name")
    for field, known in (("department", Department), ("source", Source)):
        names = [one.value for one in known]
        value = getattr(action, field)
        if value not in names:
            yield Problem(f"{place}.{field}", repr(value), did_you_mean(value, names))
    if action.works_towards not in GOALS:
        mend = f"is no kind of event and no state: {did_you_mean(action.works_towards, GOALS)}"
        yield Problem(f"{place}.works_towards", repr(action.works_towards), mend)
    for field, text in (("title", action.title), ("text", action.text)):
        if not text.strip():
            yield Problem(f"{place}.{field}", "", "is empty: write it")
        if mend := placeholder_fault(text):
            yield Problem(f"{place}.{field}", repr(text), mend)


def placeholder_fault(text: str) -> str:
    """Return what is wrong with the braces of an action's text; nothing where they are fine.

    >>> placeholder_fault("Call {custommer}")
    "has an unknown placeholder {custommer}: did you mean 'customer'?"
    """
    try:
        names = sorted(placeholders(text))
    except ValueError:
        return "has a brace that stands alone: double it"
    for name in names:
        if name not in PLACEHOLDERS:
            return f"has an unknown placeholder {{{name}}}: {did_you_mean(name, PLACEHOLDERS)}"
    # A width asks for as much text as it likes.
    if any(width or conversion for _, _, width, conversion in Formatter().parse(text)):
        return "has more than a name between braces: leave out what follows the name"
    return ""


def _holes(strategies: tuple[Strategy, ...]) -> Iterator[Problem]:
    """Find where marketing or sales have nothing to do.

    All thirty combinations are reachable, if only by a correction. Stages, sales steps and
    service states are more than the combination tells, so what hangs on them does not count.
    """
    for situation, position in product(Situation, BuyingPosition):
        held = {situation.value, position.value}
        open_to = {
            action.department
            for strategy in strategies
            if held.issuperset(states_of(strategy.key))
            for action in strategy.actions
            # Promotion to a dissatisfied customer always waits.
            if not (action.promotion and situation == Situation.DISSATISFIED)
        }
        for department in _NEEDED:
            if department not in open_to:
                yield Problem(
                    f"strategies.{situation}+{position}",
                    "",
                    f"has no {department} action: add one to {situation}, to {position} "
                    "or to both together",
                )
