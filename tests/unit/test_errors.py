from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest

from lifecycle_model import KINDS, errors, parse_event
from lifecycle_model.errors import LifecycleError, Problem, did_you_mean, shown
from unit.making import LIFECYCLE, event, folded, purchase

AT = datetime(2024, 5, 1, 12, tzinfo=UTC)
LATER = datetime(2024, 5, 2, tzinfo=UTC)
PROBLEMS = (Problem("score", "11", "is too high"), Problem("kind", "", "is missing"))
REFUSALS = LIFECYCLE.apply(folded(purchase()), event("case_opened", 1, case_id="k")).refusals

# One error of each class, what it also is, and what it says.
CASES = [
    (
        errors.InvalidColumns("the log", (Problem("column", "'kind'", "is missing"),)),
        ValueError,
        "the log is not valid:\n  column: 'kind': is missing",
    ),
    (
        errors.InvalidRows(1, (errors.BadRow(3, "score", "11", "is too high"),)),
        ValueError,
        (
            '1 row is not valid: correct them, or fold the others with on_invalid="report"\n'
            "  row 3: score: 11: is too high"
        ),
    ),
    (
        errors.InvalidRows(2, (errors.BadRow(3, "score", "11", "is too high"),)),
        ValueError,
        (
            '2 rows are not valid: correct them, or fold the others with on_invalid="report"\n'
            "  row 3: score: 11: is too high\n  ..."
        ),
    ),
    (
        errors.SnapshotsMismatch("policy", "abc", "def"),
        ValueError,
        (
            "the snapshots have policy abc, needed is def: fold the whole log again, "
            "or continue under what they were made with"
        ),
    ),
    (
        errors.UnknownChoice("on_invalid", "skip", ("raise", "report")),
        ValueError,
        "on_invalid='skip': use one of 'raise', 'report'",
    ),
    (
        errors.NoThreads(0),
        ValueError,
        "threads=0 is below 1: leave it out to use every processor",
    ),
    (
        errors.HashCollision("customer_id"),
        RuntimeError,
        "column 'customer_id': two ids share a hash: rename one of them",
    ),
    (
        errors.TooManyRules("cell_row", 5000, 4096),
        ValueError,
        (
            "the rule table has 5000 cell_row, the columnar engine has room for 4096: "
            "use Lifecycle.replay"
        ),
    ),
    (
        errors.NotAFrame("the log", "list"),
        TypeError,
        "the log cannot be a list: give a frame of pandas, polars, pyarrow or DuckDB",
    ),
    (
        errors.UnreadableLog("log.csv", "No such file or directory"),
        ValueError,
        "log.csv cannot be read: No such file or directory",
    ),
    (
        errors.TooLittleMemory(1, 64),
        ValueError,
        "memory=1 is too little: give 64 bytes or more",
    ),
    (
        errors.InvalidInput("row 7", PROBLEMS[1:]),
        ValueError,
        "row 7 is not valid:\n  kind: is missing",
    ),
    (
        errors.InvalidEvent("row 7", PROBLEMS),
        ValueError,
        "row 7 is not valid:\n  score: 11: is too high\n  kind: is missing",
    ),
    (
        errors.InvalidCustomer("customer", PROBLEMS[1:]),
        ValueError,
        "customer is not valid:\n  kind: is missing",
    ),
    (
        errors.InvalidPolicy("shop.toml", PROBLEMS[:1]),
        ValueError,
        "shop.toml is not valid:\n  score: 11: is too high",
    ),
    (
        errors.InvalidRules("rule table", PROBLEMS[:1]),
        ValueError,
        "rule table is not valid:\n  score: 11: is too high",
    ),
    (
        errors.InvalidTexts("pt.toml", PROBLEMS[:1]),
        ValueError,
        "pt.toml is not valid:\n  score: 11: is too high",
    ),
    (
        errors.InvalidPlaybook("mine.toml", PROBLEMS[:1]),
        ValueError,
        "mine.toml is not valid:\n  score: 11: is too high",
    ),
    (errors.TooFewDays(0, 1), ValueError, "days=0 is too few: give 1 or more"),
    (
        errors.UnevenClocks(AT, LATER),
        ValueError,
        (
            "the customers' clocks run from 2024-05-01T12:00:00+00:00 to "
            "2024-05-02T00:00:00+00:00: replay with as_of, so that all are followed to one "
            "instant"
        ),
    ),
    (
        errors.NoTransitions(),
        ValueError,
        "the replay kept no transitions: replay with transitions=True",
    ),
    (
        errors.MixedCurrencies(("EUR", "USD")),
        ValueError,
        (
            "amounts in EUR, USD cannot be added up: convert them first, or measure each "
            "currency's customers alone"
        ),
    ),
    (
        errors.InvalidChain("chain", PROBLEMS[1:]),
        ValueError,
        "chain is not valid:\n  kind: is missing",
    ),
    (
        errors.LawBroken("two parts equal the whole", (), "1 != 2"),
        AssertionError,
        "law 'two parts equal the whole' is broken: 1 != 2\n  without any event",
    ),
    (
        errors.InvalidSimulation("log", PROBLEMS[:1]),
        ValueError,
        "log is not valid:\n  score: 11: is too high",
    ),
    (
        errors.NegativeDays(-1),
        ValueError,
        "days=-1 is below 0: give the number of days after the action",
    ),
    (
        errors.UnknownLanguage("fr", ("en", "pt", "es", "it")),
        ValueError,
        "language 'fr' is not known: use one of: en, pt, es, it",
    ),
    (
        errors.NotExplainable("date"),
        TypeError,
        (
            "date cannot be told in words: give a record that the verbs return, "
            "for example a Transition"
        ),
    ),
    (
        errors.MissingAttributes("Shop", ("situation", "stage")),
        AttributeError,
        (
            "Shop has no attributes 'situation', 'stage': add it with None as its first value, "
            "or name another one when you ask for the machine"
        ),
    ),
    (
        errors.NotLive("Customer", "frozen"),
        TypeError,
        (
            "Customer is frozen and does not change: "
            "use Lifecycle.apply, which gives a new customer for each event"
        ),
    ),
    (
        errors.StateDisagrees("Shop", "situation", "'regular'", "potential"),
        ValueError,
        (
            "Shop.situation is 'regular', its customer is 'potential': "
            "give the machine the customer that belongs to the object, "
            "and change states by events only (manual_correction sets any)"
        ),
    ),
    (
        errors.InvalidCallbacks("callbacks", PROBLEMS[1:]),
        ValueError,
        "callbacks is not valid:\n  kind: is missing",
    ),
    (
        errors.UnknownName("format", "png", ("mermaid", "dot")),
        ValueError,
        "format 'png' is unknown: use one of mermaid, dot",
    ),
    (
        errors.MissingExtra("an SVG picture", "diagrams"),
        ImportError,
        'an SVG picture needs an extra: pip install "lifecycle-model[diagrams]"',
    ),
    (
        errors.NaiveTime("as_of", datetime(2024, 5, 1, 12)),  # noqa: DTZ001
        ValueError,
        "as_of=2024-05-01 12:00:00 has no time zone: give an aware datetime",
    ),
    (
        errors.OutsideCalendar(AT, 840),
        ValueError,
        (
            "2024-05-01T12:00:00+00:00 falls outside the years 1 to 9999 at "
            "day_offset_minutes=840: correct the time"
        ),
    ),
    (
        errors.LateEvent("c-42", AT, LATER, "e-1", "product_used"),
        ValueError,
        (
            "customer 'c-42': the product_used event 'e-1' at 2024-05-01T12:00:00+00:00 "
            "is older than "
            "the customer's clock 2024-05-02T00:00:00+00:00: "
            "rebuild the customer with replay over all events"
        ),
    ),
    (
        errors.FutureEvent("c-42", LATER, AT, "e-1", "product_used"),
        ValueError,
        (
            "customer 'c-42': the product_used event 'e-1' at 2024-05-02T00:00:00+00:00 "
            "lies after "
            "now=2024-05-01T12:00:00+00:00: correct its time, "
            "or apply it when its time has come"
        ),
    ),
    (
        errors.WrongCustomer("c-42", "c-43"),
        ValueError,
        (
            "an event of customer 'c-43' among those of 'c-42': "
            "group the events by customer_id first"
        ),
    ),
    (
        errors.NotAnEvent("dict"),
        TypeError,
        "dict is not an event: pass it through parse_event first",
    ),
    (
        errors.NothingToReplay(),
        ValueError,
        "no events and no customer: give at least one event, or customer=Customer(id=...)",
    ),
    (
        errors.CurrencyMismatch("c-42", "EUR", "USD", AT, "e-1"),
        ValueError,
        (
            "customer 'c-42': currency 'USD' at 2024-05-01T12:00:00+00:00 (event_id 'e-1'), "
            "expected 'EUR': convert the amount first"
        ),
    ),
    (
        errors.RevenueOverflow("c-42", AT, "e-1"),
        ValueError,
        (
            "customer 'c-42': the amounts in the window reach 9e14 at "
            "2024-05-01T12:00:00+00:00 (event_id 'e-1'): "
            "check the amounts, or count in a larger unit"
        ),
    ),
    (
        errors.SnapshotMismatch("c-42", "window_days", 90, 365),
        ValueError,
        (
            "customer 'c-42' was folded with window_days=90, the policy has 365: "
            "rebuild the customer with replay over all events"
        ),
    ),
    (
        errors.TransitionRefused("c-42", REFUSALS),
        LifecycleError,
        "customer 'c-42': the event was refused:\n  " + "\n  ".join(map(str, REFUSALS)),
    ),
]


def name_of(value: object) -> str:
    """Return the class of an error, as the name of its test."""
    return type(value).__name__ if isinstance(value, LifecycleError) else ""


def all_errors(base: type) -> set[type]:
    """Return the library's own public subclasses, at every depth."""
    below = set(base.__subclasses__())
    return {
        cls
        for cls in below.union(*map(all_errors, below))
        if cls.__module__ == errors.__name__ and not cls.__name__.startswith("_")
    }


def test_every_error_is_told() -> None:
    """No error class is missing from the cases below."""
    assert {type(error) for error, _, _ in CASES} == all_errors(LifecycleError)


@pytest.mark.parametrize(("error", "base", "message"), CASES, ids=name_of)
def test_message(error: LifecycleError, base: type, message: str) -> None:
    """An error says what is wrong, where, with which value, and the mend."""
    assert message == str(error)
    assert isinstance(error, LifecycleError)
    assert isinstance(error, base)


@pytest.mark.parametrize("error", [case[0] for case in CASES], ids=name_of)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(error: LifecycleError, protocol: int) -> None:
    """An error crosses processes with its class, all its data and its message."""
    copy = pickle.loads(pickle.dumps(error, protocol))  # noqa: S301

    assert type(error) is type(copy)
    assert vars(error) == vars(copy)
    assert str(error) == str(copy)


def test_base_says_nothing() -> None:
    """The base is there to be caught; only its subclasses have something to say."""
    with pytest.raises(NotImplementedError):
        str(LifecycleError())


def test_note_survives_pickling() -> None:
    """What a caller noted on an error travels with it."""
    error = errors.NotAnEvent("dict")
    error.add_note("row 7")

    assert pickle.loads(pickle.dumps(error)).__notes__ == ["row 7"]  # noqa: S301


def test_errors_are_told_apart() -> None:
    """Two errors with the same data are two errors, as exceptions are; both can be in a set."""
    assert len({errors.NotAnEvent("dict"), errors.NotAnEvent("dict")}) == 2


@pytest.mark.parametrize(
    ("value", "mend"),
    [
        ("contactd", "did you mean 'contacted'?"),
        ("red", "use one of: contacted, product_used"),
        (7, "use one of: contacted, product_used"),
    ],
)
def test_did_you_mean(value: object, mend: str) -> None:
    """A near miss gets the nearest name, anything else the whole list."""
    assert mend == did_you_mean(value, ["contacted", "product_used"])


@pytest.mark.parametrize(
    ("value", "mend"),
    [
        ("purchase", "did you mean 'purchase_completed' or 'purchase_reversed'?"),
        ("concern_r", "did you mean 'concern_raised' or 'concern_resolved'?"),
        ("payment", "did you mean 'payment_overdue' or 'payment_received'?"),
        ("lead", "did you mean 'lead_qualified' or 'lead_disqualified'?"),
        (
            "c",
            (
                "did you mean 'contact_identified', 'contacted', 'concern_raised', "
                "'concern_resolved', 'consent_changed', 'case_opened', 'case_closed' or "
                "'customer_left'?"
            ),
        ),
    ],
)
def test_names_that_begin_with_the_value(value: str, mend: str) -> None:
    """All names that begin with the value come before one that only looks alike."""
    assert mend == did_you_mean(value, KINDS)


@pytest.mark.parametrize(
    ("amount", "mend"),
    [
        ("1,50", "write it with a point: 1.50"),
        (" -3,5 ", "write it with a point: -3.5"),
        ("1,234", "is not a number: write digits and a point, for example 1234.50"),
        ("1.234,50", "is not a number: write digits and a point, for example 1234.50"),
        ("EUR 5", "is not a number: write digits and a point, for example 1234.50"),
    ],
)
def test_amount_that_is_no_number(amount: str, mend: str) -> None:
    """An amount is told how to be written."""
    with pytest.raises(errors.InvalidEvent) as caught:
        parse_event(
            {
                "kind": "purchase_completed",
                "customer_id": "c",
                "occurred_at": AT,
                "amount": amount,
            }
        )

    assert caught.value.problems == (Problem("amount", repr(amount), mend),)


@pytest.mark.parametrize(
    ("length", "text"),
    [(78, f"'{'x' * 78}'"), (79, f"'{'x' * 76}...")],
)
def test_shown(length: int, text: str) -> None:
    """A value of up to 80 characters is shown whole, a longer one is cut to 80."""
    assert text == shown("x" * length)
    assert len(text) == 80


def test_late_event_without_an_id() -> None:
    """A late event without an id is still called an event."""
    with pytest.raises(
        errors.LateEvent, match="a purchase_completed event at 2024-01-01T00:00:00"
    ):
        LIFECYCLE.apply(folded(purchase(1)), purchase(0))


def test_value_that_cannot_be_shown() -> None:
    """A value whose own text fails is named by its type."""

    class Mute:
        def __repr__(self) -> str:
            raise RecursionError

    assert errors.shown(Mute()) == "a Mute"
