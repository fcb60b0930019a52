"""Outcomes, histories and whole stories in words, and in a notebook."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from lifecycle_model import (
    CaseOpened,
    Customer,
    LeadQualified,
    Lifecycle,
    ManualCorrection,
    Policy,
    ProductUsed,
    PurchaseCompleted,
    Situation,
    errors,
)
from lifecycle_model.explain import LANGUAGES, Step, tell_story

DAY = datetime(2024, 5, 8, tzinfo=UTC)
LIFECYCLE = Lifecycle()
LEAD = LeadQualified(customer_id="c", occurred_at=DAY, event_id="e1")


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "en",
            (
                "On May 8, 2024, the customer went from non-customer to potential customer: a "
                "lead found worth pursuing. Rule: “lead-qualified”.\n"
                "Decided under the policy “default”, version 1."
            ),
        ),
        (
            "pt",
            (
                "Em 8 de maio de 2024, o cliente passou de não cliente a cliente potencial: um "
                "lead no qual vale a pena investir. Regra: “lead-qualified”.\n"
                "Decidido segundo a política “default”, versão 1."
            ),
        ),
        (
            "es",
            (
                "El 8 de mayo de 2024, el cliente pasó de no cliente a cliente potencial: un "
                "contacto por el que vale la pena apostar. Regla: «lead-qualified».\n"
                "Decidido según la política «default», versión 1."
            ),
        ),
        (
            "it",
            (
                "L'8 maggio 2024 il cliente è passato da non cliente a cliente potenziale: un "
                "contatto su cui vale la pena puntare. Regola: «lead-qualified».\n"
                "Deciso secondo la politica «default», versione 1."
            ),
        ),
    ],
)
def test_outcome(lang: str, expected: str) -> None:
    """An outcome tells its decisions, one a line, then the policy."""
    assert LIFECYCLE.apply(Customer(id="c"), LEAD).explain(lang) == expected


def test_outcome_of_a_refusal() -> None:
    """What was refused is told beside what moved."""
    first = PurchaseCompleted(customer_id="c", occurred_at=DAY)
    second = PurchaseCompleted(customer_id="c", occurred_at=DAY + timedelta(40))
    outcome = LIFECYCLE.apply(LIFECYCLE.apply(Customer(id="c"), first).customer, second)
    closed, signed, refused, policy = outcome.explain().split("\n")

    assert "closed and went from implementation to status quo" in closed
    assert "moved forward from status quo to implementation" in signed
    assert "did not change the situation" in refused
    assert policy == "Decided under the policy “default”, version 1."


@pytest.mark.parametrize(
    ("lang", "stays", "event_stays"),
    [
        (
            "en",
            (
                "This moves neither the situation nor a position (facts may have changed): the "
                "customer is still an occasional customer."
            ),
            "This moves neither the situation nor a position; facts may have changed.",
        ),
        (
            "pt",
            (
                "Isso não muda nem a situação nem nenhuma posição (os fatos podem ter "
                "mudado): o cliente continua sendo um cliente eventual."
            ),
            "Isso não muda nem a situação nem nenhuma posição; os fatos podem ter mudado.",
        ),
        (
            "es",
            (
                "Esto no cambia ni la situación ni ninguna posición (los hechos pueden haber "
                "cambiado): el cliente sigue siendo un cliente ocasional."
            ),
            (
                "Esto no cambia ni la situación ni ninguna posición; los hechos pueden haber "
                "cambiado."
            ),
        ),
        (
            "it",
            (
                "Questo non cambia né la situazione né alcuna posizione (i fatti possono "
                "essere cambiati): il cliente resta un cliente occasionale."
            ),
            (
                "Questo non cambia né la situazione né alcuna posizione; i fatti possono "
                "essere cambiati."
            ),
        ),
    ],
)
def test_what_moves_nothing(lang: str, stays: str, event_stays: str) -> None:
    """The use of a product moves neither axis, but it is not said to change nothing."""
    customer = LIFECYCLE.replay([PurchaseCompleted(customer_id="c", occurred_at=DAY)]).customer
    event = ProductUsed(customer_id="c", occurred_at=DAY + timedelta(1))
    outcome = LIFECYCLE.apply(customer, event)

    assert outcome.explain(lang).split("\n")[0] == stays
    assert tell_story([Step(event, ())], lang=lang).split("\n")[1:] == [f"  {event_stays}"]


@pytest.mark.parametrize(
    ("lang", "author"),
    [
        ("en", "a correction by hand (by Eva: key\\naccount)"),
        ("pt", "uma correção manual (por Eva: key\\naccount)"),
        ("es", "una corrección manual (por Eva: key\\naccount)"),
        ("it", "una correzione a mano (da Eva: key\\naccount)"),
    ],
)
def test_a_correction_names_its_author(lang: str, author: str) -> None:
    """Who decided, and why, goes with the move; control characters are written out."""
    event = ManualCorrection(
        customer_id="c",
        occurred_at=DAY,
        situation="preferred",
        actor="Eva",
        reason="key\naccount",
    )

    assert f": {author}." in LIFECYCLE.apply(Customer(id="c"), event).explain(lang)
    assert f": {author}." in LIFECYCLE.replay([event]).explain(lang)


def test_each_correction_has_its_own_author() -> None:
    """At one instant, too: one that moved nothing lends its author to nobody."""
    events = [
        ManualCorrection(
            customer_id="c",
            occurred_at=DAY,
            sequence=number,
            **{axis: value},
            actor=actor,
            reason="r",
        )
        for number, (axis, value, actor) in enumerate(
            [
                ("situation", "non_customer", "Nobody"),
                ("situation", "regular", "Ana"),
                ("position", "implementation", "Bia"),
                ("situation", "preferred", "Caio"),
                ("situation", "regular", "Davi"),
            ]
        )
    ]
    moves = LIFECYCLE.replay(events).explain().split("\n")[2:-1]

    assert [line.split("(by ")[1].split(":")[0] for line in moves] == [
        "Ana",
        "Bia",
        "Caio",
        "Davi",
    ]


def test_outcome_of_a_duplicate() -> None:
    """An event that was counted before is told as such."""
    lead = LIFECYCLE.apply(Customer(id="c"), LEAD).customer

    assert LIFECYCLE.apply(lead, LEAD).explain("it") == (
        "Questo evento era già stato contato ed è stato lasciato fuori."
    )


def test_outcome_tells_the_days_of_its_policy() -> None:
    """East of Greenwich the day may be another."""
    late = LeadQualified(customer_id="c", occurred_at=DAY.replace(hour=23))
    east = Lifecycle(Policy(day_offset_minutes=120))

    assert "On May 9, 2024" in east.apply(Customer(id="c"), late).explain()


def test_unknown_language() -> None:
    """Outcomes and histories name the four languages, too."""
    with pytest.raises(errors.UnknownLanguage, match="use one of: en, pt, es, it"):
        LIFECYCLE.apply(Customer(id="c"), LEAD).explain("fr")
    with pytest.raises(errors.UnknownLanguage):
        LIFECYCLE.replay([LEAD]).explain("fr")


@pytest.mark.parametrize(
    ("lang", "first", "notes"),
    [
        (
            "en",
            "Customer “c” is a potential customer; leading buying decision: status quo.",
            [
                "2 repeated events were left out.",
                "1 event contradicts another of the same name and was left out.",
                "1 event lies after the date asked for and was set aside.",
            ],
        ),
        (
            "pt",
            "O cliente “c” é um cliente potencial; principal decisão de compra: status quo.",
            [
                "2 eventos repetidos foram deixados de fora.",
                "1 evento contradiz outro de mesmo nome e foi deixado de fora.",
                "1 evento é posterior à data pedida e foi posto de lado.",
            ],
        ),
        (
            "es",
            "El cliente «c» es un cliente potencial; principal decisión de compra: statu quo.",
            [
                "2 eventos repetidos se dejaron fuera.",
                "1 evento contradice a otro del mismo nombre y se dejó fuera.",
                "1 evento es posterior a la fecha pedida y se apartó.",
            ],
        ),
        (
            "it",
            (
                "Il cliente «c» è un cliente potenziale; principale decisione d'acquisto: "
                "status quo."
            ),
            [
                "2 eventi ripetuti sono stati lasciati fuori.",
                "1 evento contraddice un altro con lo stesso nome ed è stato lasciato fuori.",
                "1 evento è successivo alla data richiesta ed è stato messo da parte.",
            ],
        ),
    ],
)
def test_history(lang: str, first: str, notes: list[str]) -> None:
    """A history tells where the customer is, every move, and what was left out."""
    other = LEAD.model_copy(update={"by": "ana"})
    later = ProductUsed(customer_id="c", occurred_at=DAY + timedelta(9))
    history = LIFECYCLE.replay([LEAD, LEAD, LEAD, other, later], as_of=DAY + timedelta(1))
    lines = history.explain(lang).split("\n")

    assert lines[0] == first
    assert "lead-qualified" in lines[1]
    assert lines[2:-1] == notes
    assert "default" in lines[-1]


def test_history_without_moves() -> None:
    """A history in which nothing moved says so, and counts nothing."""
    event = ProductUsed(customer_id="c", occurred_at=DAY)

    assert LIFECYCLE.replay([event]).explain().split("\n") == [
        "Customer “c” is a non-customer; leading buying decision: status quo.",
        "So far neither the situation nor a position has moved.",
        "Decided under the policy “default”, version 1.",
    ]


def steps_of(*events: PurchaseCompleted | CaseOpened | ProductUsed) -> list[Step]:
    """Return the steps of a story, and a month without an event at its end."""
    customer = Customer(id="c")
    steps = []
    for event in events:
        outcome = LIFECYCLE.apply(customer, event)
        steps.append(Step(event, outcome.transitions, outcome.refusals))
        customer = outcome.customer
    until = events[-1].occurred_at + timedelta(31)
    return [*steps, Step(None, LIFECYCLE.advance(customer, to=until).transitions)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_story(lang: str) -> None:
    """A story tells time, events, moves and refusals in the order in which they happened."""
    events = [
        ProductUsed(customer_id="c", occurred_at=DAY),
        PurchaseCompleted(customer_id="c", occurred_at=DAY + timedelta(1)),
        PurchaseCompleted(customer_id="c", occurred_at=DAY + timedelta(50)),
    ]
    lines = tell_story(steps_of(*events), lang=lang).split("\n")

    assert [line.startswith("  ") for line in lines] == [
        False,  # the use,
        True,  # which moves nothing
        False,  # the first purchase,
        True,  # its signature,
        True,  # and the first situation
        False,  # time closes the decision
        False,  # the second purchase,
        True,  # its signature,
        True,  # and a refusal
        False,  # time closes the decision
    ]


def test_story_with_all_its_parts() -> None:
    """Where the customer stands, what comes next, and what leads further follow on request."""
    customer = LIFECYCLE.apply(Customer(id="c"), LEAD).customer
    text = tell_story(
        [],
        status=LIFECYCLE.status(customer),
        deadline=LIFECYCLE.next_deadline(customer),
        ways=LIFECYCLE.why_not(customer, Situation.OCCASIONAL)[:1],
        lang="it",
    )

    assert text.split("\n") == [
        "",
        "Dove si trova il cliente",
        "  L'8 maggio 2024 il cliente è un cliente potenziale.",
        (
            "  Principale decisione d'acquisto: status quo. Fase: acquisizione. Imbuto di "
            "vendita: interessato. Passo della vendita: comprensione del bisogno. Assistenza: "
            "nulla in sospeso."
        ),
        "  Alla base: un segno di vita nello stesso giorno.",
        "",
        "Che cosa succede dopo",
        (
            "  Se non succede nulla, il 6 agosto 2024 il cliente passerà da cliente potenziale "
            "a non cliente: troppo tempo senza segni di vita e nulla in corso. Ciò che conta: "
            "90 giorni senza segni di vita (la regola vale a partire da 90); nessuna "
            "opportunità aperta. Regola: «went-cold»."
        ),
        "",
        "Che cosa cambierebbe la situazione",
        (
            "  Un acquisto concluso porterebbe a: cliente occasionale (regola "
            "«first-purchase»). Ora nessuna condizione vi si oppone."
        ),
    ]


def test_story_gives_the_date_of_an_event_once() -> None:
    """What an event did happened on its day."""
    event = PurchaseCompleted(customer_id="c", occurred_at=DAY)
    lines = tell_story(steps_of(event)).split("\n")

    assert lines[0] == "May 8, 2024: a completed purchase."
    assert lines[1].startswith("  The buying decision moved forward")
    assert lines[2].startswith("  The customer went from non-customer")
    assert lines[3].startswith("On June 7, 2024, the buying decision closed")


def test_story_counts_later_events() -> None:
    """Decisions under way and later events stand where the customer stands."""
    customer = LIFECYCLE.replay([PurchaseCompleted(customer_id="c", occurred_at=DAY)]).customer
    text = tell_story(
        [], status=LIFECYCLE.status(customer), opportunities=customer.opportunities, future=2
    )

    assert text.split("\n")[5:7] == [
        "  The buying decision: implementation, since May 8, 2024, with us.",
        "  2 events lie after the date asked for and were set aside.",
    ]


def test_story_without_a_deadline() -> None:
    """Where nothing will change by itself, the story says so."""
    text = tell_story([], status=LIFECYCLE.status(Customer(id="c")), lang="pt")

    assert text.endswith("O que vem a seguir\n  Se nada acontecer, nada muda.")


MARKUP = '<img src=x onerror="alert(1)">&'


def test_ids_are_escaped_in_a_notebook() -> None:
    """No id becomes markup, in an outcome or in a history."""
    event = PurchaseCompleted(customer_id=MARKUP, occurred_at=DAY, opportunity_id=MARKUP)
    escaped = "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;"
    outcome, history = LIFECYCLE.apply(Customer(id=MARKUP), event), LIFECYCLE.replay([event])
    for shown, times in ((outcome, 2), (history, 3)):
        html = shown._repr_html_()
        assert html.startswith('<div class="lifecycle-model"><p>Customer “&lt;img')
        assert html.count(escaped) == times
        assert "<img" not in html


def test_notebook_shows_the_sentences() -> None:
    """The paragraph says where the customer stands, the list what happened."""
    html = LIFECYCLE.apply(Customer(id="c"), LEAD)._repr_html_()

    assert html == (
        '<div class="lifecycle-model"><p>Customer “c” is a potential customer; leading buying '
        "decision: status quo.</p><ul><li>On May 8, 2024, the customer went from non-customer "
        "to potential customer: a lead found worth pursuing. Rule: “lead-qualified”.</li>"
        "<li>Decided under the policy “default”, version 1.</li></ul></div>"
    )


def test_texts_are_read_when_words_are_asked_for() -> None:
    """Importing the package reads no text."""
    code = (
        "import lifecycle_model.explain.texts as texts\n"
        "print(texts.texts_of.cache_info().currsize)"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8"
    )

    assert printed.stdout.strip() == "0"
