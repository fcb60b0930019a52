"""How a language writes numbers, dates, lists and plurals.

A language needs twelve months, two marks, a pattern and a plural rule: they stand beside the
texts, so that no library of locale data has to be installed, which would weigh more than all
else together. The tests hold them against the Unicode CLDR.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from lifecycle_model.explain.texts import Texts, texts_of
from lifecycle_model.outcome import Number

Plural = Literal["one", "many", "other"]

_MILLION = 1_000_000
_CENTS = 2


def plural_of(lang: str, number: Number) -> Plural:
    """Return the plural category of a number, as the Unicode CLDR has it.

    Money is written with two decimals at least, which counts: "1.00" is no "one" in English.

    >>> plural_of("en", 0), plural_of("pt", 0)
    ('other', 'one')
    >>> plural_of("es", 1_000_000)
    'many'
    """
    size = number if number >= 0 else -number
    whole = isinstance(number, int)
    match lang:
        case "pt":
            one = int(size) in {0, 1}
        case "es":
            one = size == 1
        case _:
            one = whole and size == 1
    if one:
        return "one"
    many = lang != "en" and whole and size != 0 and size % _MILLION == 0
    return "many" if many else "other"


def printable(text: str) -> str:
    r"""Return a text from outside with its control characters written out.

    >>> print(printable("a\nb"))
    a\nb
    """
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in text
    )


@dataclass(frozen=True, slots=True)
class Voice:
    """One language, on one calendar."""

    texts: Texts
    day_offset_minutes: int = 0
    """The calendar's offset from UTC, as the policy has it."""

    @classmethod
    def of(cls, lang: str, day_offset_minutes: int = 0) -> "Voice":
        """Return the voice of a language.

        Raises:
            UnknownLanguage: the language is none of the four.
        """
        return cls(texts_of(lang), day_offset_minutes)

    def say(self, key: str, **values: object) -> str:
        """Return a text with its placeholders filled."""
        return self.texts.say(key, **values)

    def number(self, value: Number) -> str:
        """Return a number: money has two to four decimals.

        >>> from decimal import Decimal
        >>> Voice.of("it").number(Decimal("1234.5"))
        '1.234,50'
        """
        if isinstance(value, int):
            plain = f"{value:,}"
        else:
            whole, _, part = f"{value:,.4f}".partition(".")
            plain = f"{whole}.{part.rstrip('0').ljust(_CENTS, '0')}"
        marks = {",": self.say("format.group"), ".": self.say("format.decimal")}
        return "".join(marks.get(one, one) for one in plain)

    def counted(
        self, key: str, value: Number, bound: str = "{n}", *, before_noun: bool = True
    ) -> str:
        """Return a text in the form that goes with a number.

        Args:
            key: of a table with the entries `one` and `other`.
            value: the number.
            bound: a text around the number, such as "at least {n}".
            before_noun: whether a noun follows, which some languages join to a million by "of".
        """
        category = plural_of(self.texts.lang, value)
        number = self.number(value)
        if category == "many" and before_noun:
            number += self.say("format.of_many")
        form = "one" if category == "one" else "other"
        return self.say(f"{key}.{form}", n=bound.format(n=number))

    def day(self, instant: date) -> str:
        """Return a date; of an instant, the one on the policy's calendar.

        >>> Voice.of("pt").day(date(2024, 5, 1))
        '1 de maio de 2024'
        """
        day = self._local(instant)
        month = self.say(f"months.{day.month}")
        return self.say("format.date", day=day.day, month=month, year=day.year)

    def on_day(self, instant: date) -> str:
        """Return a date as it stands in a sentence.

        >>> Voice.of("it").on_day(date(2024, 5, 8))
        "l'8 maggio 2024"
        """
        elided = str(self._local(instant).day) in self.say("format.elided_days").split()
        key = "format.on_date_elided" if elided else "format.on_date"
        return self.say(key, date=self.day(instant))

    def dated(self, instant: date, text: str) -> str:
        """Return a text with its date before it.

        >>> Voice.of("it").dated(date(2024, 5, 8), "il cliente resta")
        "l'8 maggio 2024 il cliente resta"
        """
        return self.say("format.dated", date=self.on_day(instant), text=text)

    def _local(self, instant: date) -> date:
        if not isinstance(instant, datetime):
            return instant
        try:
            return instant + timedelta(minutes=self.day_offset_minutes)
        except OverflowError:  # at either end of the calendar
            return instant

    def quoted(self, text: str) -> str:
        """Return a name from outside in the language's quotation marks."""
        return self.say("format.quoted", text=printable(text))

    def listed(self, items: Iterable[str], last: Literal["and", "or"] = "and") -> str:
        """Return a list in words.

        >>> Voice.of("es").listed(["uno", "dos", "tres"])
        'uno, dos y tres'
        """
        *most, end = items
        return self.say(f"format.{last}").join([", ".join(most), end] if most else [end])

    def name(self, state: StrEnum) -> str:
        """Return the name of a state of any of the six kinds."""
        return self.say(f"{state_table(type(state))}.name.{state.value}")


def state_table(kind: type[StrEnum]) -> str:
    """Return the table in which the names of a kind of state stand.

    >>> from lifecycle_model.states import SalesStep
    >>> state_table(SalesStep)
    'sales_step'
    """
    tables = {"BuyingPosition": "position", "LifecycleStage": "stage"}
    name = kind.__name__
    words = "".join(f"_{one.lower()}" if one.isupper() else one for one in name)
    return tables.get(name, words.lstrip("_"))


def sentence(text: str) -> str:
    """Return a text that begins with a capital letter.

    >>> sentence("l'8 maggio 2024")
    "L'8 maggio 2024"
    """
    return text[:1].upper() + text[1:]
