"""The two axes as Mermaid pictures, drawn from the rule table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lifecycle_model import DEFAULT_RULES, Axis, BuyingPosition, Situation

if TYPE_CHECKING:
    from collections.abc import Mapping

# States that have most of their rules in common are drawn as one group.
_GROUPS: Final[Mapping[Axis, tuple[str, tuple[str, ...]]]] = {
    Axis.SITUATION: (
        "active",
        (Situation.OCCASIONAL, Situation.REGULAR, Situation.PREFERRED),
    ),
    Axis.POSITION: (
        "open",
        (
            BuyingPosition.NEEDS_RECOGNITION,
            BuyingPosition.OPTIONS_EVALUATION,
            BuyingPosition.CONCERNS_RESOLUTION,
        ),
    ),
}
STATES: Final[Mapping[Axis, tuple[str, ...]]] = {
    Axis.SITUATION: tuple(Situation),
    Axis.POSITION: tuple(BuyingPosition),
}


def edges(axis: Axis) -> dict[tuple[str, str], list[str]]:
    """Return the arrows of a diagram, each with the rules that stand on it.

    A rule that leads from every state stands only on the arrow from the state before its
    target: drawn from everywhere, it would hide the others. Corrections lead from everywhere to
    everywhere and are left out.
    """
    group, members = _GROUPS[axis]
    states = STATES[axis]
    found: dict[tuple[str, str], list[str]] = {}
    for rule in DEFAULT_RULES:
        if rule.axis != axis or rule.target == "given":
            continue
        starts: list[str] = [state for state in rule.sources if state != rule.target]
        label = rule.id
        if len(rule.sources) == len(states):
            starts = [states[states.index(rule.target) - 1]]
            label = f"{rule.id} *"
        elif set(members) <= set(starts):
            starts = [group, *(state for state in starts if state not in members)]
        end = group if rule.target == "restored" else rule.target
        for start in starts:
            found.setdefault((start, end), []).append(label)
    return found


def diagram(axis: Axis) -> str:
    """Draw one axis in Mermaid; what a group has in common is drawn once."""
    group, members = _GROUPS[axis]
    arrows = edges(axis)
    own = {pair: ids for pair, ids in arrows.items() if group not in pair}
    common = {pair: ids for pair, ids in arrows.items() if group in pair}
    named = f'    state "{", ".join(members[:-1])} or {members[-1]}" as {group}'
    start = f"    [*] --> {STATES[axis][0]}"
    if axis == Axis.POSITION:
        return _mermaid(start, *_arrows(own), named, *_arrows(common))
    # In one picture the arrows of both would cross.
    common |= {pair: own.pop(pair) for pair in tuple(own) if Situation.DISSATISFIED in pair}
    away = _mermaid("    direction LR", named, *_arrows(common))
    these = f"`{'`, `'.join(members[:-1])}` and `{members[-1]}`"
    return f"{_mermaid(start, *_arrows(own))}\nWhat {these} have in common:\n\n{away}"


def _arrows(some: Mapping[tuple[str, str], list[str]]) -> list[str]:
    return [f"    {start} --> {end}: {'<br/>'.join(ids)}" for (start, end), ids in some.items()]


def _mermaid(*lines: str) -> str:
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```", ""])
