"""Moves, refusals, checks and deadlines in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from lifecycle_model import (
    DEFAULT_RULES,
    Axis,
    BuyingPosition,
    CaseOpened,
    Customer,
    Evidence,
    Guard,
    LeadQualified,
    Lifecycle,
    ManualCorrection,
    NeedRecognized,
    OpportunityLost,
    Policy,
    PurchaseCompleted,
    Rule,
    Situation,
    SupplierChosen,
    SurveyAnswered,
    TimePassed,
    Transition,
    errors,
)
from lifecycle_model.explain import LANGUAGES, explain, explain_checks, explain_deadline

DAY = datetime(2024, 5, 8, tzinfo=UTC)
LIFECYCLE = Lifecycle()


def bought(*days: int, lifecycle: Lifecycle = LIFECYCLE) -> Customer:
    """Return a customer with purchases that many days after the first day."""
    events = [PurchaseCompleted(customer_id="c", occurred_at=DAY + timedelta(n)) for n in days]
    return lifecycle.replay(events).customer


BECAME_REGULAR = {
    "en": "On May 28, 2024, the customer went from occasional customer to regular customer: "
    "enough separate purchase days to count as a regular. What counts: 3 purchase days in the "
    "period (the rule applies from 3). Rule: “became-regular”. "
    "Decided under the policy “default”, version 1.",
    "pt": "Em 28 de maio de 2024, o cliente passou de cliente eventual a cliente regular: "
    "dias de compra suficientes para um cliente regular. O que conta: 3 dias de compra no "
    "período (a regra vale a partir de 3). Regra: “became-regular”. "
    "Decidido segundo a política “default”, versão 1.",
    "es": "El 28 de mayo de 2024, el cliente pasó de cliente ocasional a cliente habitual: "
    "suficientes días de compra para un cliente habitual. Lo que cuenta: 3 días de compra en "
    "el periodo (la regla se aplica a partir de 3). Regla: «became-regular». "
    "Decidido según la política «default», versión 1.",
    "it": "Il 28 maggio 2024 il cliente è passato da cliente occasionale a cliente abituale: "
    "abbastanza giorni d'acquisto per un cliente abituale. Ciò che conta: 3 giorni d'acquisto "
    "nel periodo (la regola vale a partire da 3). Regola: «became-regular». "
    "Deciso secondo la politica «default», versione 1.",
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_move_between_situations(lang: str) -> None:
    """A move tells when, from where to where, why, what counted, and who decided."""
    event = PurchaseCompleted(customer_id="c", occurred_at=DAY + timedelta(20))
    *_, move = LIFECYCLE.apply(bought(0, 10), event).transitions

    assert explain(move, lang) == BECAME_REGULAR[lang]


FORWARD = {
    "en": "On May 8, 2024, the buying decision “crm” moved forward from status quo to "
    "resolution of concerns: a supplier chosen, the consequences still to be weighed. Skipped "
    "on the way: recognition of needs and evaluation of options. What counts: 2 positions "
    "skipped (the rule applies up to 2).",
    "pt": "Em 8 de maio de 2024, a decisão de compra “crm” avançou de status quo para "
    "resolução de preocupações: um fornecedor escolhido, com as consequências ainda por pesar. "
    "Etapas puladas: reconhecimento de necessidades e avaliação de opções. O que conta: 2 "
    "posições puladas (a regra vale até 2).",
    "es": "El 8 de mayo de 2024, la decisión de compra «crm» avanzó de statu quo a resolución "
    "de dudas: un proveedor elegido, con las consecuencias aún por sopesar. Etapas omitidas: "
    "reconocimiento de necesidades y evaluación de opciones. Lo que cuenta: 2 posiciones "
    "omitidas (la regla se aplica hasta 2).",
    "it": "L'8 maggio 2024 la decisione d'acquisto «crm» è avanzata da status quo a "
    "risoluzione dei dubbi: un fornitore scelto, con le conseguenze ancora da valutare. Tappe "
    "saltate: riconoscimento dei bisogni e valutazione delle opzioni. Ciò che conta: 2 "
    "posizioni saltate (la regola vale fino a 2).",
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_move_forward_that_skips(lang: str) -> None:
    """A buying decision is named, and so are the positions it jumped over."""
    event = SupplierChosen(customer_id="c", occurred_at=DAY, opportunity_id="crm")
    move = LIFECYCLE.apply(Customer(id="c"), event).transitions[0]

    assert explain(move, lang).startswith(FORWARD[lang])


@pytest.mark.parametrize(
    ("lang", "back", "reset"),
    [
        (
            "en",
            (
                "On May 9, 2024, the buying decision went back from resolution of concerns to "
                "recognition of needs: a need that came to light."
            ),
            (
                "On August 7, 2024, the buying decision closed and went from recognition of "
                "needs to status quo: no news for too long."
            ),
        ),
        (
            "pt",
            (
                "Em 9 de maio de 2024, a decisão de compra voltou de resolução de preocupações "
                "para reconhecimento de necessidades: uma necessidade que veio à tona."
            ),
            (
                "Em 7 de agosto de 2024, a decisão de compra encerrou-se e passou de "
                "reconhecimento de necessidades para status quo: tempo demais sem novidade."
            ),
        ),
        (
            "es",
            (
                "El 9 de mayo de 2024, la decisión de compra retrocedió de resolución de dudas "
                "a reconocimiento de necesidades: una necesidad que ha salido a la luz."
            ),
            (
                "El 7 de agosto de 2024, la decisión de compra se cerró y pasó de "
                "reconocimiento de necesidades a statu quo: demasiado tiempo sin noticias."
            ),
        ),
        (
            "it",
            (
                "Il 9 maggio 2024 la decisione d'acquisto è tornata indietro da risoluzione "
                "dei dubbi a riconoscimento dei bisogni: un bisogno venuto alla luce."
            ),
            (
                "Il 7 agosto 2024 la decisione d'acquisto si è chiusa ed è passata da "
                "riconoscimento dei bisogni a status quo: troppo tempo senza notizie."
            ),
        ),
    ],
)
def test_moves_back_and_to_rest(lang: str, back: str, reset: str) -> None:
    """A step back and an end each have their own verb; time needs no event."""
    chosen = SupplierChosen(customer_id="c", occurred_at=DAY)
    needed = NeedRecognized(customer_id="c", occurred_at=DAY + timedelta(1))
    history = LIFECYCLE.replay([chosen, needed], as_of=DAY + timedelta(100))
    moves = [move for move in history.transitions if move.axis == Axis.POSITION]

    assert explain(moves[1], lang).startswith(back)
    assert explain(moves[2], lang).startswith(reset)


REFUSED = {
    "en": "On May 10, 2024, a survey answer did not change the situation: the "
    "customer is still a dissatisfied customer. It would have moved the customer to the "
    "situation before the dissatisfaction (rule “satisfied-again”), but only with: a survey "
    "score of at least 7 (now 6; 1 point too low); no open complaint (now 1; 1 too many). "
    "Decided under the policy “default”, version 1.",
    "pt": "Em 10 de maio de 2024, uma resposta à pesquisa não mudou a situação: o "
    "cliente continua sendo um cliente insatisfeito. Teria levado o cliente a: a "
    "situação anterior à insatisfação (regra “satisfied-again”), mas só com: nota de pelo "
    "menos 7 na pesquisa (agora: 6; falta 1 ponto); nenhuma reclamação em aberto (agora: 1; 1 "
    "a mais). Decidido segundo a política “default”, versão 1.",
    "es": "El 10 de mayo de 2024, una respuesta a la encuesta no cambió la situación: el "
    "cliente sigue siendo un cliente insatisfecho. Habría llevado al cliente a: la "
    "situación anterior a la insatisfacción (regla «satisfied-again»), pero solo con: una "
    "puntuación de al menos 7 en la encuesta (ahora: 6; falta 1 punto); ninguna queja abierta "
    "(ahora: 1; sobra 1). Decidido según la política «default», versión 1.",
    "it": "Il 10 maggio 2024 una risposta al sondaggio non ha cambiato la situazione: il "
    "cliente resta un cliente insoddisfatto. Avrebbe portato il cliente a: la "
    "situazione precedente all'insoddisfazione (regola «satisfied-again»), ma solo con: un "
    "punteggio di almeno 7 nel sondaggio (ora: 6; manca 1 punto); nessun reclamo aperto (ora: "
    "1; 1 di troppo). Deciso secondo la politica «default», versione 1.",
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_refusal(lang: str) -> None:
    """A refusal tells with what each rule would have moved, with value and gap."""
    complaint = CaseOpened(
        customer_id="c", occurred_at=DAY + timedelta(1), case_id="1", complaint=True
    )
    unhappy = LIFECYCLE.apply(bought(0), complaint).customer
    answer = SurveyAnswered(customer_id="c", occurred_at=DAY + timedelta(2), score=6)
    (refusal,) = LIFECYCLE.apply(unhappy, answer).refusals

    assert explain(refusal, lang) == REFUSED[lang]


def test_a_refusal_of_a_position() -> None:
    """A decision that may not jump so far is told where it still is."""
    strict = Lifecycle(Policy(max_positions_skipped=1))
    chosen = SupplierChosen(customer_id="c", occurred_at=DAY, opportunity_id="crm")
    refusal = strict.apply(Customer(id="c"), chosen).refusals[0]

    assert explain(refusal).startswith(
        "On May 8, 2024, the choice of a supplier did not move the buying decision "
        "“crm”: it is still at status quo. It would have moved the decision to resolution of "
        "concerns (rule “supplier-chosen”), but only with: at most 1 position skipped (now 2; "
        "1 too many)."
    )


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "en",
            (
                "A completed purchase would lead to preferred customer (rule "
                "“became-preferred”), but only with: at least 6 purchase days in the period "
                "(now 1; 5 to go). This rule holds only for: regular customer."
            ),
        ),
        (
            "pt",
            (
                "Uma compra concluída levaria a: cliente preferencial (regra "
                "“became-preferred”), mas só com: pelo menos 6 dias de compra no período "
                "(agora: 1; faltam 5). Esta regra só vale para: cliente regular."
            ),
        ),
        (
            "es",
            (
                "Una compra realizada llevaría a: cliente preferente (regla "
                "«became-preferred»), pero solo con: al menos 6 días de compra en el periodo "
                "(ahora: 1; faltan 5). Esta regla solo vale para: cliente habitual."
            ),
        ),
        (
            "it",
            (
                "Un acquisto concluso porterebbe a: cliente privilegiato (regola "
                "«became-preferred»), ma solo con: almeno 6 giorni d'acquisto nel periodo "
                "(ora: 1; ne mancano 5). Questa regola vale solo per: cliente abituale."
            ),
        ),
    ],
)
def test_what_a_rule_still_asks_for(lang: str, expected: str) -> None:
    """A rule tells its event, its goal, from where it leads, and what is missing."""
    checks = LIFECYCLE.why_not(bought(0), Situation.PREFERRED)

    assert explain_checks(checks, lang).split("\n")[0] == expected
    assert explain(checks[0], lang) == expected


@pytest.mark.parametrize(
    ("lang", "ready"),
    [
        ("en", "No guard stands against it now."),
        ("pt", "Nenhuma condição se opõe a isso agora."),
        ("es", "Ninguna condición se opone a ello ahora."),
        ("it", "Ora nessuna condizione vi si oppone."),
    ],
)
def test_a_rule_that_no_guard_stands_against(lang: str, ready: str) -> None:
    """Where the state fits and every guard holds, that is said, and no more is promised."""
    checks = LIFECYCLE.why_not(Customer(id="c"), Situation.POTENTIAL)

    assert explain_checks(checks, lang).count(ready) == 4
    assert explain_checks(checks[:1]) == (
        "A sign of interest would lead to potential customer (rule “behaviour-qualifies”), but "
        "only with: behaviour that shows real buying interest."
    )


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "en",
            (
                "The passing of time would lead to non-customer (rule “went-cold”), but only "
                "with: at least 90 days without a sign of life (now 0)."
            ),
        ),
        (
            "pt",
            (
                "A passagem do tempo levaria a: não cliente (regra “went-cold”), mas só com: "
                "pelo menos 90 dias sem sinal de vida (agora: 0)."
            ),
        ),
        (
            "es",
            (
                "El paso del tiempo llevaría a: no cliente (regla «went-cold»), pero solo con: "
                "al menos 90 días sin señales de vida (ahora: 0)."
            ),
        ),
        (
            "it",
            (
                "Il passare del tempo porterebbe a: non cliente (regola «went-cold»), ma solo "
                "con: almeno 90 giorni senza segni di vita (ora: 0)."
            ),
        ),
    ],
)
def test_the_way_down_is_no_advice(lang: str, expected: str) -> None:
    """A rule that leads to a worse situation tells no distance to be covered."""
    lead = LIFECYCLE.apply(
        Customer(id="c"), LeadQualified(customer_id="c", occurred_at=DAY)
    ).customer
    checks = LIFECYCLE.why_not(lead, Situation.NON_CUSTOMER)

    assert expected in explain_checks(checks, lang).split("\n")


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "en",
            (
                "The passing of time would lead to regular customer (rule "
                "“no-longer-valuable”), but what it asks for cannot happen under this policy."
            ),
        ),
        (
            "pt",
            (
                "A passagem do tempo levaria a: cliente regular (regra “no-longer-valuable”), "
                "mas o que ela pede não pode acontecer com esta política."
            ),
        ),
        (
            "es",
            (
                "El paso del tiempo llevaría a: cliente habitual (regla "
                "«no-longer-valuable»), pero lo que pide no puede ocurrir con esta política."
            ),
        ),
        (
            "it",
            (
                "Il passare del tempo porterebbe a: cliente abituale (regola "
                "«no-longer-valuable»), ma ciò che chiede non può accadere con questa politica."
            ),
        ),
    ],
)
def test_what_cannot_happen_is_said_to_be_so(lang: str, expected: str) -> None:
    """Revenue is never below 0: with that threshold the rule is no way to anywhere."""
    checks = LIFECYCLE.why_not(bought(0), Situation.REGULAR)

    assert expected in explain_checks(checks, lang).split("\n")


def test_a_refusal_leaves_out_what_cannot_happen() -> None:
    """No condition is told that nothing could have met."""
    never = Rule(
        "never",
        Axis.SITUATION,
        ("occasional",),
        "purchase_completed",
        "preferred",
        (Guard("revenue", "<", 0),),
    )
    lifecycle = Lifecycle(rules=DEFAULT_RULES.with_rule(never, before="became-regular"))
    event = PurchaseCompleted(customer_id="c", occurred_at=DAY + timedelta(1))
    (refusal,) = lifecycle.apply(bought(0, lifecycle=lifecycle), event).refusals

    assert [check.rule.id for check in refusal.checks] == ["never", "became-regular"]
    assert "never" not in explain(refusal)
    assert "became-regular" in explain(refusal)


def test_a_check_of_a_position() -> None:
    """On the other axis it is the decision that has to be somewhere."""
    checks = LIFECYCLE.why_not(bought(0), BuyingPosition.STATUS_QUO)
    first = explain_checks(checks).split("\n")[0]

    assert first == (
        "The decision not to buy would lead to status quo (rule “decision-dropped”). This "
        "rule holds only for a decision at: recognition of needs, evaluation of options or "
        "resolution of concerns."
    )


def test_no_rule_leads_there() -> None:
    """An empty answer is a sentence, too."""
    assert explain_checks((), "pt") == "Nenhuma regra leva até lá."


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "en",
            (
                "If nothing happens, on August 6, 2024, the customer will go from potential "
                "customer to non-customer: no sign of life for too long, and nothing under "
                "way. What counts: 90 days without a sign of life (the rule applies from 90); "
                "no open opportunity. Rule: “went-cold”."
            ),
        ),
        (
            "pt",
            (
                "Se nada acontecer, em 6 de agosto de 2024, o cliente passará de cliente "
                "potencial a não cliente: silêncio por tempo demais, sem nada em andamento. O "
                "que conta: 90 dias sem sinal de vida (a regra vale a partir de 90); nenhuma "
                "oportunidade em aberto. Regra: “went-cold”."
            ),
        ),
        (
            "es",
            (
                "Si no ocurre nada, el 6 de agosto de 2024, el cliente pasará de cliente "
                "potencial a no cliente: demasiado tiempo sin señales de vida y nada en curso. "
                "Lo que cuenta: 90 días sin señales de vida (la regla se aplica a partir de "
                "90); ninguna oportunidad abierta. Regla: «went-cold»."
            ),
        ),
        (
            "it",
            (
                "Se non succede nulla, il 6 agosto 2024 il cliente passerà da cliente "
                "potenziale a non cliente: troppo tempo senza segni di vita e nulla in corso. "
                "Ciò che conta: 90 giorni senza segni di vita (la regola vale a partire da "
                "90); nessuna opportunità aperta. Regola: «went-cold»."
            ),
        ),
    ],
)
def test_the_next_deadline(lang: str, expected: str) -> None:
    """What time will do is told in the future."""
    lead = LIFECYCLE.apply(
        Customer(id="c"), LeadQualified(customer_id="c", occurred_at=DAY)
    ).customer
    deadline = LIFECYCLE.next_deadline(lead)

    assert deadline is not None
    assert explain_deadline(deadline, lang) == expected
    assert explain(deadline, lang) == expected


def test_a_deadline_on_another_calendar() -> None:
    """The day is the one that the policy counts."""
    lifecycle = Lifecycle(Policy(day_offset_minutes=180))
    event = LeadQualified(customer_id="c", occurred_at=DAY)
    deadline = lifecycle.next_deadline(lifecycle.apply(Customer(id="c"), event).customer)

    assert "on August 5, 2024" in explain_deadline(deadline)
    assert "on August 6, 2024" in explain_deadline(deadline, day_offset_minutes=180)


def test_two_moves_at_one_deadline() -> None:
    """Each move has its own line."""
    events = [
        SupplierChosen(customer_id="c", occurred_at=DAY, opportunity_id=name)
        for name in ("a", "b")
    ]
    deadline = LIFECYCLE.next_deadline(LIFECYCLE.replay(events).customer)
    first, second, *_ = explain_deadline(deadline, "it").split("\n")

    assert first.startswith(
        "Se non succede nulla, il 6 agosto 2024 la decisione d'acquisto «a»"
    )
    assert second.startswith("Il 6 agosto 2024 la decisione d'acquisto «b» si chiuderà")


OWN = Rule(
    "vip <fast>",
    Axis.SITUATION,
    ("occasional",),
    "purchase_completed",
    "preferred",
    (Guard("revenue", ">=", 500),),
)


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "en",
            (
                "On May 9, 2024, the customer went from occasional customer to preferred "
                "customer: a completed purchase meets the conditions of the rule “vip <fast>”. "
                "What counts: net revenue of 600.00 in the period (the rule applies from "
                "500.00)."
            ),
        ),
        (
            "pt",
            (
                "Em 9 de maio de 2024, o cliente passou de cliente eventual a cliente "
                "preferencial: uma compra concluída cumpre as condições da regra “vip <fast>”. "
                "O que conta: receita líquida de 600,00 no período (a regra vale a partir de "
                "500,00)."
            ),
        ),
        (
            "es",
            (
                "El 9 de mayo de 2024, el cliente pasó de cliente ocasional a cliente "
                "preferente: una compra realizada cumple las condiciones de la regla «vip "
                "<fast>». Lo que cuenta: ingresos netos de 600,00 en el periodo (la regla se "
                "aplica a partir de 500,00)."
            ),
        ),
        (
            "it",
            (
                "Il 9 maggio 2024 il cliente è passato da cliente occasionale a cliente "
                "privilegiato: un acquisto concluso soddisfa le condizioni della regola «vip "
                "<fast>». Ciò che conta: ricavi netti per 600,00 nel periodo (la regola vale a "
                "partire da 500,00)."
            ),
        ),
    ],
)
def test_an_own_rule_reads_well(lang: str, expected: str) -> None:
    """A rule that we do not know is told from its event and its guards."""
    lifecycle = Lifecycle(rules=DEFAULT_RULES.with_rule(OWN, before="became-regular"))
    event = PurchaseCompleted(customer_id="c", occurred_at=DAY + timedelta(1), amount="600")
    *_, move = lifecycle.apply(bought(0, lifecycle=lifecycle), event).transitions

    assert explain(move, lang).startswith(expected)


def test_a_replaced_rule_does_not_keep_our_words() -> None:
    """A row with a default id and other guards is told from its guards."""
    row = Rule(
        "became-regular",
        Axis.SITUATION,
        ("occasional",),
        "purchase_completed",
        "regular",
        (Guard("revenue", ">=", 0),),
    )
    lifecycle = Lifecycle(rules=DEFAULT_RULES.replace(row))
    event = PurchaseCompleted(customer_id="c", occurred_at=DAY + timedelta(1))
    *_, move = lifecycle.apply(bought(0, lifecycle=lifecycle), event).transitions

    assert "a completed purchase meets the conditions of the rule “became-regular”" in explain(
        move
    )
    assert "no net revenue in the period" in explain(move)


def test_a_rule_of_another_kind_does_not_keep_our_words() -> None:
    """The same id on another kind of event is another rule."""
    move = Transition(
        DAY,
        Axis.SITUATION,
        None,
        "became-regular",
        Situation.OCCASIONAL,
        Situation.REGULAR,
        None,
        "product_used",
        (Evidence("purchase_days", 3, ">=", 3, "regular_days"),),
        Policy().ref,
    )

    assert "the use of the product meets the conditions" in explain(move)


def test_a_correction_by_hand() -> None:
    """A correction has no guards: there is nothing to count."""
    event = ManualCorrection(
        customer_id="c", occurred_at=DAY, situation="regular", actor="ana", reason="import"
    )
    (move,) = LIFECYCLE.apply(Customer(id="c"), event).transitions

    assert explain(move, "pt") == (
        "Em 8 de maio de 2024, o cliente passou de não cliente a cliente regular: uma correção "
        "manual. Regra: “corrected”. Decidido segundo a política “default”, versão 1."
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_default_rule_reads_in_its_own_words(lang: str) -> None:
    """No row of the default tables falls back to its id."""
    for rule in DEFAULT_RULES:
        state = Situation if rule.axis == Axis.SITUATION else BuyingPosition
        goal = rule.target if rule.target in list(state) else list(state)[1]
        evidence = tuple(
            Evidence(guard.fact, 1, guard.operator, 1, None) for guard in rule.guards
        )
        move = Transition(
            DAY,
            rule.axis,
            None,
            rule.id,
            state(rule.sources[0]),
            state(goal),
            None,
            rule.kind,
            evidence,
            Policy().ref,
        )
        text = explain(move, lang)
        assert text.count(rule.id) == 1, text
        assert "{" not in text


def test_every_default_check_reads_well() -> None:
    """Whatever leads to a state can be said, from everywhere."""
    for target in (*Situation, *BuyingPosition):
        for lang in LANGUAGES:
            for check in LIFECYCLE.why_not(bought(0), target):
                assert explain(check, lang).endswith(".")


def test_what_is_no_record_is_an_error() -> None:
    """Only records that the verbs return can be told."""
    with pytest.raises(errors.NotExplainable, match="date cannot be told in words: give"):
        explain(date(2024, 5, 1))  # type: ignore[arg-type]


def test_policies_and_kinds_are_told() -> None:
    """The policy of a decision is named, its version too."""
    lifecycle = Lifecycle(Policy(name="shop", version="2024-05"))
    lost = OpportunityLost(customer_id="c", occurred_at=DAY)
    move = lifecycle.apply(Customer(id="c"), lost).transitions[0]

    assert explain(move, "es").endswith("Decidido según la política «shop», versión 2024-05.")


def test_time_events_read_like_time() -> None:
    """An event that says that time passed moves nothing by itself."""
    outcome = LIFECYCLE.apply(
        bought(0), TimePassed(customer_id="c", occurred_at=DAY + timedelta(1))
    )

    assert outcome.explain().startswith(
        "This moves neither the situation nor a position (facts may have changed): the "
        "customer is still an occasional"
    )


def test_a_refusal_is_told_without_judging() -> None:
    """A good answer that leads to no trouble is not told as a failure."""
    answer = SurveyAnswered(customer_id="c", occurred_at=DAY + timedelta(2), score=9)
    (refusal,) = LIFECYCLE.apply(bought(0), answer).refusals

    assert explain(refusal).startswith(
        "On May 10, 2024, a survey answer did not change the situation: the customer is still "
        "an occasional customer. It would have moved the customer to dissatisfied customer "
        "(rule “detractor”), but only with: a survey score of at most 6 (now 9)."
    )
