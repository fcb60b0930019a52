"""Where a customer stands, and the way on, in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from lifecycle_model import (
    ConsentChanged,
    Customer,
    EvaluationStarted,
    InterestShown,
    Lifecycle,
    ManualCorrection,
    Path,
    Policy,
    ProductUsed,
    PurchaseCompleted,
    Situation,
    SupplierChosen,
)
from lifecycle_model.explain import LANGUAGES, explain, explain_path
from lifecycle_model.explain.standing import event_phrase
from lifecycle_model.explain.voice import Voice

DAY = datetime(2024, 5, 8, 12, tzinfo=UTC)
LIFECYCLE = Lifecycle()

STATUS = {
    "en": [
        "On May 10, 2024, the customer is an occasional customer.",
        (
            "Leading buying decision: implementation. Stage: monetization. Funnel: customer. "
            "Sales step: delivery. Service: nothing open."
        ),
        (
            "Behind it: 1 purchase day in the period; net revenue of 19.90 in the period; 1 "
            "purchase that still stands; 2 days since the latest purchase; 2 days without a "
            "standing purchase, use, recovery or correction of the situation; 2 days without a "
            "sign of life."
        ),
    ],
    "pt": [
        "Em 10 de maio de 2024, o cliente é um cliente eventual.",
        (
            "Principal decisão de compra: implementação. Estágio: rentabilização. Funil: "
            "cliente. Etapa de vendas: entrega. Atendimento: nada em aberto."
        ),
        (
            "Por trás disso: 1 dia de compra no período; receita líquida de 19,90 no período; "
            "1 compra ainda válida; 2 dias desde a última compra; 2 dias sem compra válida, "
            "uso, recuperação nem correção da situação; 2 dias sem sinal de vida."
        ),
    ],
    "es": [
        "El 10 de mayo de 2024, el cliente es un cliente ocasional.",
        (
            "Principal decisión de compra: puesta en marcha. Fase: rentabilización. Embudo: "
            "cliente. Paso de venta: entrega. Atención: nada pendiente."
        ),
        (
            "Lo que hay detrás: 1 día de compra en el periodo; ingresos netos de 19,90 en el "
            "periodo; 1 compra que sigue en pie; 2 días desde la última compra; 2 días sin "
            "compra en pie, uso, recuperación ni corrección de la situación; 2 días sin "
            "señales de vida."
        ),
    ],
    "it": [
        "Il 10 maggio 2024 il cliente è un cliente occasionale.",
        (
            "Principale decisione d'acquisto: realizzazione. Fase: monetizzazione. Imbuto di "
            "vendita: cliente. Passo della vendita: consegna. Assistenza: nulla in sospeso."
        ),
        (
            "Alla base: 1 giorno d'acquisto nel periodo; ricavi netti per 19,90 nel periodo; 1 "
            "acquisto ancora valido; 2 giorni dall'ultimo acquisto; 2 giorni senza acquisti "
            "validi, uso, recuperi né correzioni della situazione; 2 giorni senza segni di "
            "vita."
        ),
    ],
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_status(lang: str) -> None:
    """All six values are told, and the facts that say something."""
    event = PurchaseCompleted(customer_id="c", occurred_at=DAY, amount="19.9")
    customer = LIFECYCLE.apply(Customer(id="c"), event).customer
    status = LIFECYCLE.status(customer, as_of=DAY + timedelta(2))

    assert explain(status, lang).split("\n") == STATUS[lang]


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "en",
            [
                (
                    "The buying decision “crm”: resolution of concerns, since May 8, 2024, "
                    "with a competitor."
                ),
                "The buying decision: implementation, since May 9, 2024, with us.",
            ],
        ),
        (
            "pt",
            [
                (
                    "A decisão de compra “crm”: resolução de preocupações, desde 8 de maio de "
                    "2024, com um concorrente."
                ),
                "A decisão de compra: implementação, desde 9 de maio de 2024, conosco.",
            ],
        ),
        (
            "es",
            [
                (
                    "La decisión de compra «crm»: resolución de dudas, desde el 8 de mayo de "
                    "2024, con un competidor."
                ),
                (
                    "La decisión de compra: puesta en marcha, desde el 9 de mayo de 2024, con "
                    "nosotros."
                ),
            ],
        ),
        (
            "it",
            [
                (
                    "La decisione d'acquisto «crm»: risoluzione dei dubbi, dal giorno 8 maggio "
                    "2024, con un concorrente."
                ),
                "La decisione d'acquisto: realizzazione, dal giorno 9 maggio 2024, con noi.",
            ],
        ),
    ],
)
def test_decisions_under_way(lang: str, expected: list[str]) -> None:
    """Each one is told with position, since when and with whom: in a status and a history."""
    events = [
        SupplierChosen(customer_id="c", occurred_at=DAY, opportunity_id="crm", supplier="them"),
        PurchaseCompleted(customer_id="c", occurred_at=DAY + timedelta(1)),
    ]
    history = LIFECYCLE.replay(events)
    status = LIFECYCLE.status(history.customer)
    told = explain(status, lang, opportunities=history.customer.opportunities)

    assert told == "\n".join([explain(status, lang), *expected])
    assert history.explain(lang).split("\n")[1:3] == expected


def test_status_without_events() -> None:
    """A customer of whom nothing is known has no date and no facts."""
    assert explain(LIFECYCLE.status(Customer(id="c")), "it").split("\n") == [
        "Non ci sono ancora eventi: il cliente è un non cliente.",
        (
            "Principale decisione d'acquisto: status quo. Fase: segmentazione. Imbuto di "
            "vendita: pubblico di riferimento. Passo della vendita: ricerca di contatti. "
            "Assistenza: nulla in sospeso."
        ),
    ]


def test_protection_is_told() -> None:
    """A fact that is or is not is told where it is."""
    event = PurchaseCompleted(customer_id="c", occurred_at=DAY, covers_until=date(2025, 5, 8))
    customer = LIFECYCLE.apply(Customer(id="c"), event).customer

    assert "protection by a running contract" in explain(LIFECYCLE.status(customer))


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "en",
            [
                "The shortest way takes 3 events; their dates are examples.",
                (
                    "1. January 1, 2000: a completed purchase → implementation, occasional "
                    "customer."
                ),
                "2. January 2, 2000: a completed purchase.",
                "3. January 3, 2000: a completed purchase → regular customer.",
            ],
        ),
        (
            "pt",
            [
                "O caminho mais curto tem 3 eventos; as datas são exemplos.",
                (
                    "1. 1 de janeiro de 2000: uma compra concluída → implementação, cliente "
                    "eventual."
                ),
                "2. 2 de janeiro de 2000: uma compra concluída.",
                "3. 3 de janeiro de 2000: uma compra concluída → cliente regular.",
            ],
        ),
        (
            "es",
            [
                "El camino más corto tiene 3 eventos; las fechas son ejemplos.",
                (
                    "1. 1 de enero de 2000: una compra realizada → puesta en marcha, cliente "
                    "ocasional."
                ),
                "2. 2 de enero de 2000: una compra realizada.",
                "3. 3 de enero de 2000: una compra realizada → cliente habitual.",
            ],
        ),
        (
            "it",
            [
                "La via più breve richiede 3 eventi; le date sono esempi.",
                "1. 1 gennaio 2000: un acquisto concluso → realizzazione, cliente occasionale.",
                "2. 2 gennaio 2000: un acquisto concluso.",
                "3. 3 gennaio 2000: un acquisto concluso → cliente abituale.",
            ],
        ),
    ],
)
def test_path(lang: str, expected: list[str]) -> None:
    """Each step tells its event and where it leads."""
    path = LIFECYCLE.path(Customer(id="c"), Situation.REGULAR)

    assert path is not None
    assert explain(path, lang).split("\n") == expected
    assert explain_path(path, lang).split("\n") == expected


def test_path_of_one_step() -> None:
    """One event is told in the singular, with what it has to bring."""
    path = LIFECYCLE.path(Customer(id="c"), Situation.POTENTIAL)

    assert explain_path(path, "pt").split("\n")[0] == (
        "O caminho mais curto tem 1 evento; a data é um exemplo."
    )


def test_no_path_and_no_way_to_go() -> None:
    """Where nothing leads, and where the customer already is, one sentence says so."""
    assert explain_path(None) == "No sequence of events leads there under this policy."
    assert explain_path(Path((), ()), "es") == "El cliente ya está ahí."


def test_fields_of_an_event() -> None:
    """Words, numbers, dates, states and yes or no are each told as the language tells them."""
    voice = Voice.of("pt")
    common = {"customer_id": "c", "occurred_at": DAY}
    bought = PurchaseCompleted(**common, amount="1200", covers_until=date(2025, 3, 1))
    compared = EvaluationStarted(**common, alternatives=("A", "B\n"))
    corrected = ManualCorrection(**common, situation="preferred", actor="ana", reason="mudança")

    assert event_phrase(voice, bought) == (
        "uma compra concluída (valor: 1.200,00; vigência até: 1 de março de 2025)"
    )
    assert event_phrase(voice, compared) == (
        "o início da comparação de propostas (alternativas: A, B\\n)"
    )
    assert event_phrase(voice, corrected) == (
        "uma correção manual (situação: cliente preferencial; responsável: ana; motivo: "
        "mudança)"
    )
    assert event_phrase(voice, ConsentChanged(**common, channel="sms", allowed=False)) == (
        "uma mudança na autorização de marketing (canal: sms; autorizado: não)"
    )
    assert event_phrase(voice, InterestShown(**common, behaviour="free_trial")) == (
        "uma demonstração de interesse (comportamento: free_trial)"
    )
    assert event_phrase(voice, ProductUsed(**common, event_id="e1", source="app")) == (
        "o uso do produto"
    )


def test_path_tells_what_time_did_on_the_way() -> None:
    """A move by time belongs to the next event of the path."""
    lifecycle = Lifecycle(Policy(implementation_days=1))
    path = lifecycle.path(Customer(id="c"), Situation.REGULAR)

    assert explain_path(path).split("\n")[2] == (
        "2. January 2, 2000: a completed purchase → status quo, implementation."
    )
