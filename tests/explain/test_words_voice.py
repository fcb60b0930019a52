"""Numbers, dates and plurals as the Unicode CLDR has them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from hypothesis import given, strategies as st

from lifecycle_model.explain import LANGUAGES
from lifecycle_model.explain.voice import Voice, plural_of, printable

languages = st.sampled_from(LANGUAGES)


@given(languages, st.integers(0, 10**15))
def test_whole_numbers_are_cldr(lang: str, value: int) -> None:
    """Thousands are grouped as the language groups them."""
    assert Voice.of(lang).number(value) == format_decimal(value, locale=lang)


@given(languages, st.decimals(0, 10**11, places=4))
def test_money_is_cldr(lang: str, value: Decimal) -> None:
    """Money has two decimals, and up to four where it needs them."""
    assert Voice.of(lang).number(value) == format_decimal(value, "#,##0.00##", locale=lang)


@given(languages, st.dates())
def test_dates_are_cldr(lang: str, value: date) -> None:
    """Dates are the long ones of the language."""
    assert Voice.of(lang).day(value) == format_date(value, "long", locale=lang)


@given(languages, st.integers(0, 10**7) | st.integers(0, 9).map(lambda n: n * 10**6))
def test_plurals_are_cldr(lang: str, value: int) -> None:
    """The form of a noun is chosen by the language's own rule."""
    assert plural_of(lang, value) == Locale(lang).plural_form(value)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("value", ["0.00", "0.50", "1.00", "1.50", "2.00", "1000000.00"])
def test_plurals_of_money_are_cldr(lang: str, value: str) -> None:
    """Written decimals count: "1.00" is no "one" in English and Italian."""
    assert plural_of(lang, Decimal(value)) == Locale(lang).plural_form(Decimal(value))


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", "1,000,000 open complaints"),
        ("pt", "1.000.000 de reclamações em aberto"),
        ("es", "1.000.000 de quejas abiertas"),
        ("it", "1.000.000 di reclami aperti"),
    ],
)
def test_a_million_is_joined_to_its_noun(lang: str, expected: str) -> None:
    """Portuguese, Spanish and Italian say "a million of", but only before a noun."""
    voice = Voice.of(lang)
    alone = voice.counted("gap.count.more", 1_000_000, before_noun=False)

    assert voice.counted("fact.open_complaints", 1_000_000) == expected
    assert voice.number(1_000_000) in alone
    assert not alone.endswith((" de", " di"))


@pytest.mark.parametrize(
    ("lang", "zero", "one", "two"),
    [
        ("en", "0 days to go", "1 day to go", "2 days to go"),
        ("pt", "falta 0 dia", "falta 1 dia", "faltam 2 dias"),
        ("es", "faltan 0 días", "falta 1 día", "faltan 2 días"),
        ("it", "mancano 0 giorni", "manca 1 giorno", "mancano 2 giorni"),
    ],
)
def test_plural_boundaries(lang: str, zero: str, one: str, two: str) -> None:
    """Zero is plural but in Portuguese; verb and noun agree with the number."""
    said = [Voice.of(lang).counted("gap.days.more", number) for number in (0, 1, 2)]

    assert said == [zero, one, two]


def test_no_number_has_more_than_four_decimals() -> None:
    """Money is counted in ten-thousandths."""
    assert Voice.of("en").number(Decimal("1.23456")) == "1.2346"


def test_negative_numbers_keep_their_sign() -> None:
    """A negative number has the form of its size."""
    assert Voice.of("es").number(Decimal("-1234.5")) == "-1.234,50"
    assert plural_of("es", -1) == "one"


@pytest.mark.parametrize(
    ("lang", "day", "expected"),
    [
        ("en", 8, "on May 8, 2024"),
        ("pt", 8, "em 8 de maio de 2024"),
        ("es", 8, "el 8 de mayo de 2024"),
        ("it", 7, "il 7 maggio 2024"),
        ("it", 8, "l'8 maggio 2024"),
        ("it", 11, "l'11 maggio 2024"),
        ("it", 18, "il 18 maggio 2024"),
    ],
)
def test_dates_in_sentences(lang: str, day: int, expected: str) -> None:
    """The article goes with the number that follows."""
    assert Voice.of(lang).on_day(date(2024, 5, day)) == expected


def test_dates_are_those_of_the_policy() -> None:
    """An instant is told as the date on the policy's calendar."""
    midnight = datetime(2024, 4, 30, 21, tzinfo=UTC)

    assert Voice.of("en").day(midnight) == "April 30, 2024"
    assert Voice.of("en", 180).day(midnight) == "May 1, 2024"
    assert Voice.of("en", 180).day(date(2024, 4, 30)) == "April 30, 2024"


@pytest.mark.parametrize(
    ("instant", "offset"),
    [
        (datetime(9999, 12, 31, 23, tzinfo=UTC), 120),
        (datetime(1, 1, 1, tzinfo=UTC) + timedelta(hours=1), -120),
    ],
)
def test_ends_of_the_calendar(instant: datetime, offset: int) -> None:
    """Where the policy's date has no name, the one of UTC is told."""
    assert Voice.of("en", offset).day(instant) == Voice.of("en").day(instant)


def test_lists_in_words() -> None:
    """One, two and more items, joined by "and" or "or"."""
    voice = Voice.of("pt")

    assert voice.listed(["a"]) == "a"
    assert voice.listed(["a", "b"], "or") == "a ou b"
    assert voice.listed(["a", "b", "c"]) == "a, b e c"


def test_control_characters_are_written_out() -> None:
    """A name cannot break a line or drive a terminal."""
    assert printable("é\x1b[31m\n") == "é\\x1b[31m\\n"
    assert Voice.of("it").quoted("a\tb") == "«a\\tb»"
