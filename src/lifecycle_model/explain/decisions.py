"""Decisions in words: moves, refusals, and what a rule still asks for."""

from collections.abc import Iterable
from typing import Final, Literal

from lifecycle_model.explain.facts import held_phrase, need_phrase
from lifecycle_model.explain.voice import Voice, printable, sentence
from lifecycle_model.outcome import Deadline, Evidence, Refusal, RuleCheck, Transition
from lifecycle_model.policy import PolicyRef
from lifecycle_model.rules import DEFAULT_RULES
from lifecycle_model.states import Situation

Tense = Literal["past", "future"]

_DEFAULTS: Final = {(rule.axis, rule.id): rule for rule in DEFAULT_RULES}


def move_text(voice: Voice, move: Transition) -> str:
    """Return a move with its reason, what counted, and its rule."""
    return sentence(_moved(voice, move, "past"))


def _moved(voice: Voice, move: Transition, tense: Tense) -> str:
    direction = "situation" if move.direction is None else move.direction.value
    parts = [
        voice.say(
            f"move.{tense}.{direction}",
            date=voice.on_day(move.occurred_at),
            decision=_decision(voice, move.opportunity_id),
            before=voice.name(move.before),
            after=voice.name(move.after),
            reason=_reason(voice, move),
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


def _decision(voice: Voice, opportunity_id: str | None) -> str:
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


def refusal_text(voice: Voice, refusal: Refusal) -> str:
    """Return what an event did not move, and what each rule that was tried still asks for."""
    state = refusal.state
    if isinstance(state, Situation):
        name = voice.say(f"situation.being.{state.value}")
    else:
        name = voice.name(state)
    refused = voice.say(
        f"say.refused_{refusal.axis}",
        date=voice.on_day(refusal.occurred_at),
        kind=voice.say(f"kind.{refusal.kind}"),
        decision=_decision(voice, refusal.opportunity_id),
        state=name,
    )
    checks = [check_text(voice, check) for check in refusal.checks]
    return " ".join([sentence(refused), *checks])


def check_text(voice: Voice, check: RuleCheck) -> str:
    """Return where a rule leads, and what is missing for it."""
    rule = check.rule
    target = voice.say(f"{rule.axis}.name.{rule.target}")
    kind = voice.say(f"kind.{rule.kind}")
    leads = voice.say("say.leads", kind=kind, target=target, rule=voice.quoted(rule.id))
    parts = [sentence(leads)]
    if not check.source_holds:
        names = [voice.say(f"{rule.axis}.name.{source}") for source in rule.sources]
        first = f"say.first_{rule.axis}"
        parts.append(voice.say(first, states=voice.listed(names, "or")))
    missing = [need_phrase(voice, one) for one in check.evidence if not one.holds]
    if missing:
        parts.append(voice.say("say.needed", needs="; ".join(missing)))
    elif check.source_holds:
        parts.append(voice.say("say.ready"))
    return " ".join(parts)


def check_lines(voice: Voice, checks: Iterable[RuleCheck]) -> list[str]:
    """Return one line a rule; one that says so where there is none."""
    return [check_text(voice, check) for check in checks] or [voice.say("say.no_rule")]


def deadline_lines(voice: Voice, deadline: Deadline | None) -> list[str]:
    """Return what happens if nothing happens, one line a move."""
    if deadline is None:
        return [voice.say("say.if_nothing_never")]
    first, *others = [_moved(voice, move, "future") for move in deadline.transitions]
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
