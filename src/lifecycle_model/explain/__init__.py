"""Decisions in words: sentences in English, Portuguese, Spanish and Italian.

The structured records stay the API; every sentence is made from them alone. `explain` takes any
of them; `Outcome.explain` and `History.explain` call it for you.

Added in 0.1.
"""

from collections.abc import Iterable
from functools import singledispatch

from lifecycle_model.customer import Opportunity
from lifecycle_model.errors import NotExplainable
from lifecycle_model.explain.decisions import (
    check_lines,
    check_text,
    deadline_lines,
    evidence_text,
    move_text,
    policy_text,
    refusal_text,
)
from lifecycle_model.explain.standing import opportunity_lines, path_lines, status_lines
from lifecycle_model.explain.story import Step, tell_story
from lifecycle_model.explain.texts import LANGUAGES
from lifecycle_model.explain.voice import Voice
from lifecycle_model.outcome import (
    Deadline,
    Evidence,
    Path,
    Refusal,
    RuleCheck,
    Status,
    Transition,
)

__all__ = [
    "LANGUAGES",
    "Explainable",
    "Step",
    "explain",
    "explain_checks",
    "explain_deadline",
    "explain_path",
    "tell_story",
]

Explainable = Deadline | Evidence | Path | Refusal | RuleCheck | Status | Transition
"""What can be told in words."""


def explain(
    thing: Explainable,
    lang: str = "en",
    *,
    day_offset_minutes: int = 0,
    opportunities: Iterable[Opportunity] = (),
) -> str:
    """Return a record in words.

    Args:
        thing: a record that the verbs return.
        lang: one of `LANGUAGES`.
        day_offset_minutes: where the policy's calendar lies, so that dates are its dates.
        opportunities: the buying decisions to tell after a status: `customer.opportunities`.

    Raises:
        UnknownLanguage: the language is none of the four.
        NotExplainable: the thing is no such record.

    >>> explain(Evidence("purchase_days", 1, ">=", 3, "regular_days"))
    'It would take: at least 3 purchase days in the period (now 1; 2 to go).'
    """
    voice = Voice.of(lang, day_offset_minutes)
    return "\n".join([_told(thing, voice), *opportunity_lines(voice, opportunities)])


def explain_checks(
    checks: Iterable[RuleCheck], lang: str = "en", *, day_offset_minutes: int = 0
) -> str:
    """Return what `Lifecycle.why_not` found in words: one line a rule.

    Raises:
        UnknownLanguage: the language is none of the four.

    >>> from lifecycle_model import Customer, Lifecycle, Situation
    >>> checks = Lifecycle().why_not(Customer(id="c"), Situation.POTENTIAL)
    >>> print(explain_checks(checks[:1], "es"))
    Una muestra de interés llevaría a: cliente potencial (regla «behaviour-qualifies»), \
pero solo con: un comportamiento que muestra verdadero interés de compra.
    """
    return "\n".join(check_lines(Voice.of(lang, day_offset_minutes), checks))


def explain_deadline(
    deadline: Deadline | None, lang: str = "en", *, day_offset_minutes: int = 0
) -> str:
    """Return what `Lifecycle.next_deadline` found in words: one line a move.

    Raises:
        UnknownLanguage: the language is none of the four.

    >>> explain_deadline(None, "it")
    'Se non succede nulla, nulla cambia.'
    """
    return "\n".join(deadline_lines(Voice.of(lang, day_offset_minutes), deadline))


def explain_path(path: Path | None, lang: str = "en", *, day_offset_minutes: int = 0) -> str:
    """Return what `Lifecycle.path` found in words: one line a step.

    Raises:
        UnknownLanguage: the language is none of the four.

    >>> explain_path(None, "pt")
    'Com esta política, nenhuma sequência de eventos leva até lá.'
    """
    return "\n".join(path_lines(Voice.of(lang, day_offset_minutes), path))


@singledispatch
def _told(thing: object, _: Voice) -> str:
    raise NotExplainable(type(thing).__name__)


@_told.register
def _(thing: Transition, voice: Voice) -> str:
    return f"{move_text(voice, thing)} {policy_text(voice, thing.policy)}"


@_told.register
def _(thing: Refusal, voice: Voice) -> str:
    return f"{refusal_text(voice, thing)} {policy_text(voice, thing.policy)}"


@_told.register
def _(thing: Evidence, voice: Voice) -> str:
    return evidence_text(voice, thing)


@_told.register
def _(thing: RuleCheck, voice: Voice) -> str:
    return check_text(voice, thing)


@_told.register
def _(thing: Deadline, voice: Voice) -> str:
    return "\n".join(deadline_lines(voice, thing))


@_told.register
def _(thing: Status, voice: Voice) -> str:
    return "\n".join(status_lines(voice, thing))


@_told.register
def _(thing: Path, voice: Voice) -> str:
    return "\n".join(path_lines(voice, thing))
