"""Guards in words: what a value was, where the rule applies, and what is still missing."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from lifecycle_model.explain.voice import Voice
from lifecycle_model.outcome import Evidence, Number
from lifecycle_model.rules import FACTS

_OPERATORS: Final = {
    ">=": "at_least",
    "<=": "at_most",
    ">": "more_than",
    "<": "less_than",
    "==": "exactly",
}
_MOST: Final = {"yes_no": 1, "score": 10}


def _plain(fact: str, number: Number) -> Number:
    """Return money as a decimal and a whole number as an integer."""
    if FACTS[fact].unit == "money":
        return Decimal(number)
    return int(number) if number == int(number) else number


def value_phrase(voice: Voice, fact: str, value: Number | None) -> str:
    """Return what a fact is, such as "3 purchase days in the period".

    >>> value_phrase(Voice.of("es"), "open_complaints", 0)
    'ninguna queja abierta'
    """
    key, unit = f"fact.{fact}", FACTS[fact].unit
    if unit == "yes_no":
        return voice.say(f"{key}.{'yes' if value else 'no'}")
    if value is None:
        return voice.say(f"{key}.none")
    if value == 0 and unit != "score":
        return voice.say(f"{key}.zero")
    if unit in {"money", "score"}:
        return voice.say(f"{key}.other", n=voice.number(_plain(fact, value)))
    return voice.counted(key, _plain(fact, value))


def held_phrase(voice: Voice, one: Evidence) -> str:
    """Return a guard as it was judged: the value, and where the rule begins to apply.

    >>> held_phrase(Voice.of("en"), Evidence("purchase_days", 3, ">=", 3, "regular_days"))
    '3 purchase days in the period (the rule applies from 3)'
    """
    value = value_phrase(voice, one.fact, one.value)
    if FACTS[one.fact].unit == "yes_no" or (one.value == 0 and _asks_for_none(one)):
        return value
    limit = f"limit.{_OPERATORS[one.operator]}"
    return voice.say(limit, value=value, n=voice.number(_plain(one.fact, one.threshold)))


def possible(one: Evidence) -> bool:
    """Say whether any value of the fact would meet a guard: no fact is below zero.

    >>> possible(Evidence("revenue", 20, "<", 0, "keep_preferred_revenue"))
    False
    """
    most = _MOST.get(FACTS[one.fact].unit, max(one.threshold + 1, 0))
    values = (0, one.threshold, most)
    return any(replace(one, value=value).holds for value in values if 0 <= value <= most)


def need_phrase(voice: Voice, one: Evidence, *, with_gap: bool = True) -> str:
    """Return what a guard that does not hold asks for, beside what there is.

    Args:
        voice: the language.
        one: the guard.
        with_gap: whether to tell how far it is to there, which reads like advice.

    >>> need_phrase(Voice.of("pt"), Evidence("purchase_days", 1, ">=", 3, "regular_days"))
    'pelo menos 3 dias de compra no período (agora: 1; faltam 2)'
    """
    unit = FACTS[one.fact].unit
    if unit == "yes_no":
        return value_phrase(voice, one.fact, int(replace(one, value=1).holds))
    need = _bounded(voice, one)
    if one.value is None or one.gap is None:
        return need
    value = voice.number(_plain(one.fact, one.value))
    if not with_gap:
        return voice.say("say.need_value", need=need, value=value)
    way = "more" if one.gap > 0 else "less"
    gap = _plain(one.fact, one.gap if way == "more" else -one.gap)
    key = f"gap.{unit}.{way}"
    gap_text = voice.counted(key, gap, before_noun=unit in {"days", "score"})
    return voice.say("say.need_now", need=need, value=value, gap=gap_text)


def _asks_for_none(one: Evidence) -> bool:
    """Say whether a guard holds for nothing but zero."""
    return replace(one, value=0).holds and not replace(one, value=1).holds


def _bounded(voice: Voice, one: Evidence) -> str:
    """Return what a guard asks for: "at least 3 purchase days in the period"."""
    key, unit = f"fact.{one.fact}", FACTS[one.fact].unit
    operator, threshold = _OPERATORS[one.operator], _plain(one.fact, one.threshold)
    if unit in {"money", "score"}:
        if unit == "money" and operator == "less_than":
            operator = "less_than_amount"
        number = voice.say(f"bound.{operator}", n=voice.number(threshold))
        return voice.say(f"{key}.other", n=number)
    if _asks_for_none(one):
        return voice.say(f"{key}.zero")
    if operator == "more_than" and threshold == 0:
        operator, threshold = "at_least", 1
    return voice.counted(key, threshold, voice.texts.entries[f"bound.{operator}"])
