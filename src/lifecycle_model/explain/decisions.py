"""Decisions in words: moves, refusals, and what a rule still asks for."""

from collections.abc import Iterable
from typing import Final, Literal

from lifecycle_model.events import ManualCorrection
from lifecycle_model.explain.facts import held_phrase, need_phrase, possible
from lifecycle_model.explain.voice import Voice, printable, sentence
from lifecycle_model.outcome import Deadline, Evidence, Refusal, RuleCheck, Transition
from lifecycle_model.policy import PolicyRef
from lifecycle_model.rules import DEFAULT_RULES, Rule
from lifecycle_model.states import Axis, Situation

Tense = Literal["past", "future"]

_DEFAULTS: Final = {(rule.axis, rule.id): rule for rule in DEFAULT_RULES}
_WORST_FIRST: Final = (
    Situation.NON_CUSTOMER,
    Situation.DISSATISFIED,
    Situation.POTENTIAL,
    Situation.OCCASIONAL,
    Situation.REGULAR,
    Situation.PREFERRED,
)


def move_text(
    voice: Voice,
    move: Transition,
    correction: ManualCorrection | None = None,
    *,
    dated: bool = True,
) -> str:
    """Return a move with its reason, what counted, and its rule.

    Args:
        voice: the language.
        move: the move.
        correction: the event that made it, if a person did.
        dated: whether to begin with the date.
    """
    text = _moved(voice, move, "past", correction)
    return sentence(voice.dated(move.occurred_at, text) if dated else text)


def _moved(
    voice: Voice,
    move: Transition,
    tense: Tense,
    correction: ManualCorrection | None = None,
) -> str:
    direction = "situation" if move.direction is None else move.direction.value
    reason = _reason(voice, move)
    if correction is not None:
        actor, why = printable(correction.actor), printable(correction.reason)
        reason = voice.say("say.reason_by", what=reason, actor=actor, reason=why)
    parts = [
        voice.say(
            f"move.{tense}.{direction}",
            decision=decision_phrase(voice, move.opportunity_id),
            before=voice.name(move.before),
            after=voice.name(move.after),
            reason=reason,
        )
    ]
    if move.skipped:
        skipped = voice.listed(map(voice.name, move.skipped))
        parts.append(voice.say("say.skipped", positions=skipped))
    if move.evidence:
        facts = "; ".join(held_phrase(voice, one) for one in move.evidence)
        parts.append(voice.say("say.counts", facts=facts))
    parts.append(voice.say("say.rule", rule=voice.quoted(move.rule)))
    return " ".join(parts)


def decision_phrase(voice: Voice, opportunity_id: str | None) -> str:
    """Return "the buying decision", with its id where it has one of its own."""
    if opportunity_id is None or opportunity_id == "main":
        return voice.say("say.decision")
    return voice.say("say.decision_named", id=voice.quoted(opportunity_id))


def _reason(voice: Voice, move: Transition) -> str:
    """Return why a rule fired: our own words for the default row, else its kind and name.

    A row that somebody put in the place of a default one keeps the id, but not our words.
    """
    default = _DEFAULTS.get((move.axis, move.rule))
    if default is not None and default.kind == move.kind:
        asked = [(guard.fact, guard.operator) for guard in default.guards]
        if asked == [(one.fact, one.operator) for one in move.evidence]:
            return voice.say(f"rule.{move.axis}.{move.rule}")
    kind = voice.say(f"kind.{move.kind}")
    return voice.say("say.reason_own", kind=kind, rule=voice.quoted(move.rule))


def refusal_text(voice: Voice, refusal: Refusal, *, dated: bool = True) -> str:
    """Return what an event did not move, and what each rule that was tried asks for."""
    state = refusal.state
    if isinstance(state, Situation):
        name = voice.say(f"situation.being.{state.value}")
    else:
        name = voice.name(state)
    refused = voice.say(
        f"say.refused_{refusal.axis}",
        kind=voice.say(f"kind.{refusal.kind}"),
        decision=decision_phrase(voice, refusal.opportunity_id),
        state=name,
    )
    if dated:
        refused = voice.dated(refusal.occurred_at, refused)
    checks = [
        voice.say(f"say.only_{refusal.axis}", **_values(voice, check))
        for check in refusal.checks
        if all(map(possible, check.evidence))
    ]
    return " ".join([sentence(refused), *checks])


def check_text(voice: Voice, check: RuleCheck) -> str:
    """Return where a rule leads, and what it asks for that is not there."""
    rule, values = check.rule, _values(voice, check)
    if not all(map(possible, check.evidence)):
        return sentence(voice.say("say.leads_never", **values))
    parts = [
        sentence(voice.say("say.leads_only" if values["needs"] else "say.leads", **values))
    ]
    if not check.source_holds:
        names = [voice.say(f"{rule.axis}.name.{source}") for source in rule.sources]
        first = f"say.first_{rule.axis}"
        parts.append(voice.say(first, states=voice.listed(names, "or")))
    elif not values["needs"]:
        parts.append(voice.say("say.ready"))
    return " ".join(parts)


def _values(voice: Voice, check: RuleCheck) -> dict[str, str]:
    """Return the parts of the sentence about a rule; `needs` is empty where all is there."""
    rule = check.rule
    with_gap = not _worsens(rule)
    needs = [
        need_phrase(voice, one, with_gap=with_gap) for one in check.evidence if not one.holds
    ]
    return {
        "kind": voice.say(f"kind.{rule.kind}"),
        "target": voice.say(f"{rule.axis}.name.{rule.target}"),
        "rule": voice.quoted(rule.id),
        "needs": "; ".join(needs),
    }


def _worsens(rule: Rule) -> bool:
    """Say whether a rule leads to a worse situation, for which nobody wants advice."""
    if rule.axis != Axis.SITUATION or rule.target not in _WORST_FIRST:
        return False
    better = _WORST_FIRST[_WORST_FIRST.index(Situation(rule.target)) + 1 :]
    return all(source in better for source in rule.sources)


def check_lines(voice: Voice, checks: Iterable[RuleCheck]) -> list[str]:
    """Return one line a rule; one that says so where there is none."""
    return [check_text(voice, check) for check in checks] or [voice.say("say.no_rule")]


def deadline_lines(voice: Voice, deadline: Deadline | None) -> list[str]:
    """Return what happens if nothing happens, one line a move."""
    if deadline is None:
        return [voice.say("say.if_nothing_never")]
    first, *others = [
        voice.dated(move.occurred_at, _moved(voice, move, "future"))
        for move in deadline.transitions
    ]
    return [voice.say("say.if_nothing", move=first), *map(sentence, others)]


def evidence_text(voice: Voice, one: Evidence) -> str:
    """Return one guard: what counted where it holds, what is missing where it does not."""
    if one.holds:
        return voice.say("say.counts", facts=held_phrase(voice, one))
    return voice.say("say.needed", needs=need_phrase(voice, one))


def policy_text(voice: Voice, policy: PolicyRef) -> str:
    """Return under which policy a decision was taken."""
    return voice.say(
        "say.policy", name=voice.quoted(policy.name), version=printable(policy.version)
    )
