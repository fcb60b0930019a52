"""Guards in words: values, thresholds, and what is missing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lifecycle_model import FACTS, Evidence
from lifecycle_model.explain import LANGUAGES, explain
from lifecycle_model.explain.facts import held_phrase, need_phrase, possible, value_phrase
from lifecycle_model.explain.voice import Voice

OPERATORS = (">=", "<=", ">", "<", "==")


def held(lang: str, fact: str, value: int, operator: str, threshold: int) -> str:
    """Return a guard that holds, in words."""
    return held_phrase(Voice.of(lang), Evidence(fact, value, operator, threshold, None))


def need(
    lang: str, fact: str, value: int | Decimal | None, operator: str, threshold: int | Decimal
) -> str:
    """Return a guard that does not hold, in words."""
    return need_phrase(Voice.of(lang), Evidence(fact, value, operator, threshold, None))


@pytest.mark.parametrize(
    ("lang", "none", "zero", "one", "two"),
    [
        (
            "en",
            "no sign of life so far",
            "a sign of life on the same day",
            "1 day without a sign of life",
            "2 days without a sign of life",
        ),
        (
            "pt",
            "nenhum sinal de vida até agora",
            "um sinal de vida no mesmo dia",
            "1 dia sem sinal de vida",
            "2 dias sem sinal de vida",
        ),
        (
            "es",
            "ninguna señal de vida hasta ahora",
            "una señal de vida el mismo día",
            "1 día sin señales de vida",
            "2 días sin señales de vida",
        ),
        (
            "it",
            "nessun segno di vita finora",
            "un segno di vita nello stesso giorno",
            "1 giorno senza segni di vita",
            "2 giorni senza segni di vita",
        ),
    ],
)
def test_values_at_the_boundaries(lang: str, none: str, zero: str, one: str, two: str) -> None:
    """None, zero, one and two each have their own words."""
    said = [value_phrase(Voice.of(lang), "days_since_sign", n) for n in (None, 0, 1, 2)]

    assert said == [none, zero, one, two]


@pytest.mark.parametrize(
    ("lang", "none", "zero", "one", "two"),
    [
        (
            "en",
            "no standing purchase, use, recovery or correction of the situation so far",
            "a standing purchase, use, recovery or correction of the situation on the same day",
            "1 day without a standing purchase, use, recovery or correction of the situation",
            "2 days without a standing purchase, use, recovery or correction of the situation",
        ),
        (
            "pt",
            "nenhuma compra válida, uso, recuperação ou correção da situação até agora",
            (
                "uma compra válida, um uso, uma recuperação ou uma correção da situação no "
                "mesmo dia"
            ),
            "1 dia sem compra válida, uso, recuperação nem correção da situação",
            "2 dias sem compra válida, uso, recuperação nem correção da situação",
        ),
        (
            "es",
            (
                "ninguna compra en pie, uso, recuperación ni corrección de la situación hasta "
                "ahora"
            ),
            (
                "una compra en pie, un uso, una recuperación o una corrección de la situación "
                "el mismo día"
            ),
            "1 día sin compra en pie, uso, recuperación ni corrección de la situación",
            "2 días sin compra en pie, uso, recuperación ni corrección de la situación",
        ),
        (
            "it",
            "nessun acquisto valido, uso, recupero o correzione della situazione finora",
            (
                "un acquisto valido, un uso, un recupero o una correzione della situazione "
                "nello stesso giorno"
            ),
            "1 giorno senza acquisti validi, uso, recuperi né correzioni della situazione",
            "2 giorni senza acquisti validi, uso, recuperi né correzioni della situazione",
        ),
    ],
)
def test_idle_days(lang: str, none: str, zero: str, one: str, two: str) -> None:
    """A customer that was restored or corrected is not idle: the words say all that counts."""
    said = [value_phrase(Voice.of(lang), "days_idle", n) for n in (None, 0, 1, 2)]

    assert said == [none, zero, one, two]


@pytest.mark.parametrize(
    ("fact", "operator", "threshold", "expected"),
    [
        ("revenue", "<", 0, False),
        ("revenue", "<", Decimal("0.01"), True),
        ("purchase_days", "<=", -1, False),
        ("purchase_days", "<=", 0, True),
        ("purchase_days", "==", -1, False),
        ("purchase_days", "==", 4, True),
        ("open_cases", ">", -5, True),
        ("open_cases", ">", 5, True),
        ("score", ">", 10, False),
        ("score", ">=", 10, True),
        ("is_complaint", ">", 1, False),
        ("is_complaint", "==", 1, True),
    ],
)
def test_what_no_value_can_meet(
    fact: str, operator: str, threshold: int | Decimal, *, expected: bool
) -> None:
    """No fact is below zero, no score above ten, and yes is one."""
    assert possible(Evidence(fact, None, operator, threshold, None)) is expected


@pytest.mark.parametrize(
    ("value", "gap"),
    [("98.5", "1.50"), ("99", "1.00"), ("98.505", "1.495"), ("98.4321", "1.5679")],
)
def test_gaps_of_money_have_two_to_four_decimals(value: str, gap: str) -> None:
    """As many decimals as the sum needs, two at least."""
    assert need("en", "revenue", Decimal(value), ">=", 100).endswith(f"; {gap} to go)")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.parametrize("operator", OPERATORS)
def test_every_guard_can_be_said(lang: str, fact: str, operator: str) -> None:
    """Every fact with every operator, value and threshold becomes words without holes."""
    voice = Voice.of(lang)
    for threshold in (0, 1, 5, Decimal("2.5")):
        for value in (None, 0, 1, 2, 3, 6):
            one = Evidence(fact, value, operator, threshold, None)
            text = held_phrase(voice, one) if one.holds else need_phrase(voice, one)
            assert text.strip()
            assert "{" not in text


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", "net revenue of 1,234.50 in the period (the rule applies from 1,000.00)"),
        ("pt", "receita líquida de 1.234,50 no período (a regra vale a partir de 1.000,00)"),
        (
            "es",
            (
                "ingresos netos de 1.234,50 en el periodo (la regla se aplica a partir de "
                "1.000,00)"
            ),
        ),
        ("it", "ricavi netti per 1.234,50 nel periodo (la regola vale a partire da 1.000,00)"),
    ],
)
def test_money(lang: str, expected: str) -> None:
    """Money is written as the language writes it, value and threshold alike."""
    one = Evidence("revenue", Decimal("1234.5"), ">=", Decimal(1000), "preferred_revenue")

    assert held_phrase(Voice.of(lang), one) == expected


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", "net revenue of at least 100.00 in the period (now 98.50; 1.50 to go)"),
        ("pt", "receita líquida de pelo menos 100,00 no período (agora: 98,50; falta 1,50)"),
        ("es", "ingresos netos de al menos 100,00 en el periodo (ahora: 98,50; faltan 1,50)"),
        ("it", "ricavi netti per almeno 100,00 nel periodo (ora: 98,50; mancano 1,50)"),
    ],
)
def test_missing_money(lang: str, expected: str) -> None:
    """What is missing is told with value and gap."""
    assert need(lang, "revenue", Decimal("98.5"), ">=", 100) == expected


def test_money_below_a_threshold() -> None:
    """Money is less, things are fewer."""
    assert (
        need("en", "revenue", Decimal(100), "<", 50)
        == "net revenue of less than 50.00 in the period (now 100.00; 50.0001 too much)"
    )
    assert (
        need("en", "purchase_days", 3, "<", 2)
        == "fewer than 2 purchase days in the period (now 3; 2 too many)"
    )


def test_a_guard_that_asks_for_none() -> None:
    """At most nothing is nothing, and no limit has to be told."""
    assert held("en", "open_opportunities", 0, "<=", 0) == "no open opportunity"
    assert held("en", "open_opportunities", 0, "<=", 1) == (
        "no open opportunity (the rule applies up to 1)"
    )
    assert need("es", "open_complaints", 1, "<=", 0) == (
        "ninguna queja abierta (ahora: 1; sobra 1)"
    )
    assert need("es", "open_complaints", 2, "<", 1) == (
        "ninguna queja abierta (ahora: 2; sobran 2)"
    )


def test_more_than_nothing_is_at_least_one() -> None:
    """Nobody says "more than 0"; above other numbers it is said."""
    assert need("it", "open_complaints", 0, ">", 0) == (
        "almeno 1 reclamo aperto (ora: 0; ne manca 1)"
    )
    assert need("it", "open_complaints", 0, ">", 1) == (
        "più di 1 reclamo aperto (ora: 0; ne mancano 2)"
    )


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", "a survey score of at least 7 (now 5; 2 points too low)"),
        ("pt", "nota de pelo menos 7 na pesquisa (agora: 5; faltam 2 pontos)"),
        ("es", "una puntuación de al menos 7 en la encuesta (ahora: 5; faltan 2 puntos)"),
        ("it", "un punteggio di almeno 7 nel sondaggio (ora: 5; mancano 2 punti)"),
    ],
)
def test_a_score_that_is_too_low(lang: str, expected: str) -> None:
    """A score is counted in points."""
    assert need(lang, "score", 5, ">=", 7) == expected


def test_a_score_of_zero_is_a_score() -> None:
    """Nought points are an answer, not the lack of one."""
    assert value_phrase(Voice.of("en"), "score", 0) == "a survey score of 0"
    assert value_phrase(Voice.of("en"), "score", None) == "no survey score"


def test_no_value_tells_only_what_is_asked() -> None:
    """Without a value there is nothing to compare."""
    assert need("en", "score", None, ">=", 7) == "a survey score of at least 7"
    assert need("pt", "days_expired", None, ">=", 60) == (
        "pelo menos 60 dias desde o fim do contrato"
    )


@pytest.mark.parametrize(
    ("lang", "yes", "no"),
    [
        (
            "en",
            "the closing of an open complaint",
            "no protection by a running contract or a recent correction",
        ),
        (
            "pt",
            "o encerramento de uma reclamação em aberto",
            "nenhuma proteção por contrato vigente ou correção recente",
        ),
        (
            "es",
            "el cierre de una queja abierta",
            "ninguna protección por contrato vigente o corrección reciente",
        ),
        (
            "it",
            "la chiusura di un reclamo aperto",
            "nessuna tutela di un contratto in corso o di una correzione recente",
        ),
    ],
)
def test_yes_and_no(lang: str, yes: str, no: str) -> None:
    """A fact that is or is not has no number."""
    assert need(lang, "closed_complaint", 0, "==", 1) == yes
    assert need(lang, "protected", 1, "<=", 0) == no
    assert held(lang, "closed_complaint", 1, "==", 1) == yes


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", "What counts: 3 purchase days in the period (the rule applies from 3)."),
        ("pt", "O que conta: 3 dias de compra no período (a regra vale a partir de 3)."),
        (
            "es",
            "Lo que cuenta: 3 días de compra en el periodo (la regla se aplica a partir de 3).",
        ),
        (
            "it",
            "Ciò che conta: 3 giorni d'acquisto nel periodo (la regola vale a partire da 3).",
        ),
    ],
)
def test_evidence_alone(lang: str, expected: str) -> None:
    """One guard makes one sentence."""
    assert explain(Evidence("purchase_days", 3, ">=", 3, "regular_days"), lang) == expected


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", "It would take: at least 3 purchase days in the period (now 1; 2 to go)."),
        ("pt", "Seria preciso: pelo menos 3 dias de compra no período (agora: 1; faltam 2)."),
        ("es", "Haría falta: al menos 3 días de compra en el periodo (ahora: 1; faltan 2)."),
        ("it", "Occorrerebbe: almeno 3 giorni d'acquisto nel periodo (ora: 1; ne mancano 2)."),
    ],
)
def test_missing_evidence_alone(lang: str, expected: str) -> None:
    """A guard that does not hold tells what it asks for."""
    assert explain(Evidence("purchase_days", 1, ">=", 3, "regular_days"), lang) == expected
