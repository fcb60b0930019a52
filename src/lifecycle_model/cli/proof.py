"""The proof of a rule table, as `lifecycle check` tells it."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console

from lifecycle_model import Guard, Policy, Rule
from lifecycle_model.cli.faults import InputError
from lifecycle_model.cli.rules import guard_words
from lifecycle_model.cli.terminal import add_row, new_table, say
from lifecycle_model.cli.words import counted
from lifecycle_model.rules.verification import Verification


def refuse_faults(name: str, proof: Verification, policy: Policy) -> None:
    """Refuse a policy under which the rules contradict each other.

    Raises:
        InputError: with every fault of the proof, and the guards that never hold.
    """
    if proof.faults:
        headline = (
            f"{name}: {counted(len(proof.faults), 'fault')} of the rules under this policy"
        )
        idle = (
            f"{rule.axis} rule {rule.id!r}: {guard_words(guard, policy)}: never holds"
            for rule, guard in proof.never_holds
        )
        raise InputError(headline, (*map(str, proof.faults), *idle))


def say_proof(console: Console, proof: Verification, policy: Policy) -> None:
    """Print how many cases there are, their answers, and what the policy leaves idle."""
    say(console, f"{proof.cases:,} cases of the rules, each with one answer on each axis:")
    for axis, answers in proof.answers.items():
        told = ", ".join(
            f"{count:,} {answer.replace('_', ' ')}" for answer, count in answers.items()
        )
        say(console, f"  {axis}: {told}")
    say(
        console,
        "Every state can be reached and left; no two rows undo each other at one instant.",
    )
    say(console, "")
    # A survey is asked for or not, so there is always one guard that decides nothing.
    table = new_table("rule", "guard", "under this policy", wrapped="guard")
    for rule, guard, told in _idle(proof):
        add_row(table, rule.id, guard_words(guard, policy) if guard else "", told)
    console.print(table)


def proof_json(proof: Verification) -> dict[str, Any]:
    """Return the proof for programs."""
    return {
        "cases": proof.cases,
        "answers": {str(axis): dict(answers) for axis, answers in proof.answers.items()},
        "decided_by_order": proof.decided_by_order,
        "idle": [
            {
                "axis": str(rule.axis),
                "rule": rule.id,
                "guard": None if guard is None else str(guard),
                "why": told,
            }
            for rule, guard, told in _idle(proof)
        ],
    }


def _idle(proof: Verification) -> Iterator[tuple[Rule, Guard | None, str]]:
    """Yield what decides nothing under the policy, and in which way."""
    blocked = {rule for rule, _ in proof.never_holds}
    for rule, guard in proof.never_holds:
        yield rule, guard, "never holds"
    for rule in proof.never_fires:
        if rule not in blocked:
            yield rule, None, "never fires"
    for rule, guard in proof.never_fails:
        yield rule, guard, "always holds"
