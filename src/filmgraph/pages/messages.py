"""The words of the pages in one language: texts, plural forms, numbers and the names of days and months.

The texts are in `languages/`, one file for each language, for editors to read. Plural categories, separators and names are those
of CLDR (https://cldr.unicode.org/), as Babel has them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from babel import Locale
from markupsafe import Markup

from filmgraph.languages import FIRST_LANGUAGE

__all__ = ["ENGLISH", "Messages", "load_messages"]

_TEXTS: Final = "languages"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Messages:
    """The words of one language, by their keys: the table and the name in it, `film.credits`.

    A key that is not there is a KeyError: a program that asks for it is broken.
    """

    language: str
    texts: Mapping[str, str]
    forms: Mapping[str, Mapping[str, str]]
    plural_form: Callable[[float], str]
    group_sign: str
    decimal_sign: str
    days: tuple[str, ...]
    long_days: tuple[str, ...]
    months: tuple[str, ...]
    long_months: tuple[str, ...]

    @property
    def in_english(self) -> Markup:
        """The attribute of an element whose words are English whatever the language of the page; empty where that is English."""
        return Markup("" if self.language == FIRST_LANGUAGE else f' lang="{FIRST_LANGUAGE}"')

    def __call__(self, key: str, **fields: object) -> str:
        """Return a text with its fields filled in."""
        text = self.texts[key]
        return text.format_map(fields) if fields else text

    def html(self, key: str, **fields: object) -> Markup:
        """Return a text that holds elements; what is filled in is escaped unless it is markup."""
        return Markup(self.texts[key]).format(**fields)

    def count(self, key: str, number: int, **fields: object) -> str:
        """Return the form of a text that goes with a number, which stands in it as `{n}`."""
        return self._form(key, number).format(n=self.number(number), **fields)

    def count_html(self, key: str, number: int, **fields: object) -> Markup:
        """Do the same for a text that holds elements."""
        return Markup(self._form(key, number)).format(n=self.number(number), **fields)

    def _form(self, key: str, number: int) -> str:
        forms = self.forms[key]
        return forms.get(self.plural_form(number)) or forms["other"]

    def kind(self, segment: str, number: int = 1) -> str:
        """Return what so many things of a kind are called, without the number."""
        return self._form(f"kind.{segment}", number)

    def get(self, key: str, otherwise: str = "") -> str:
        """Return a text that there may not be."""
        return self.texts.get(key, otherwise)

    def number(self, number: float, digits: int = 0) -> str:
        """Return a number with so many digits after the decimal sign."""
        text = f"{number:,.{digits}f}"
        if self.group_sign == ",":
            return text
        return text.translate({ord(","): self.group_sign, ord("."): self.decimal_sign})

    def join(self, words: list[str]) -> str:
        """Return words as a list in a sentence: `a, b and c`."""
        if len(words) < 2:
            return "".join(words)
        return self("word.and", first=", ".join(words[:-1]), last=words[-1])

    def day(self, day: date) -> str:
        """Return a day: `Sat 17 Oct 2026`."""
        return self._day("date.day", day, self.days, self.months)

    def short_day(self, day: date) -> str:
        """Return a day within a known year: `Sat 17 Oct`."""
        return self._day("date.short", day, self.days, self.months)

    def long_day(self, day: date) -> str:
        """Return a day in full: `Saturday 17 October 2026`."""
        return self._day("date.day", day, self.long_days, self.long_months)

    def month(self, day: date) -> str:
        """Return the month of a day: `Oct 2026`."""
        return self.texts["date.month"].format(month=self.months[day.month - 1], year=f"{day.year:04d}")

    def _day(self, key: str, day: date, days: tuple[str, ...], months: tuple[str, ...]) -> str:
        number = self.texts["date.first"] if day.day == 1 else str(day.day)
        return self.texts[key].format(weekday=days[day.weekday()], day=number, month=months[day.month - 1], year=day.year)


@cache
def load_messages(language: str) -> Messages:
    """Return the words of a language of the interface, read once."""
    locale = Locale.parse(language)
    tables = tomllib.loads(files("filmgraph.pages").joinpath(f"{_TEXTS}/{language}.toml").read_text(encoding="utf-8"))
    entries = {f"{table}.{name}": value for table, values in tables.items() for name, value in values.items()}
    signs = locale.number_symbols["latn"]
    return Messages(
        language=language,
        texts=MappingProxyType({key: value for key, value in entries.items() if isinstance(value, str)}),
        forms=MappingProxyType({key: MappingProxyType(value) for key, value in entries.items() if isinstance(value, dict)}),
        plural_form=locale.plural_form,
        group_sign=signs["group"],
        decimal_sign=signs["decimal"],
        days=_names(locale.days["format"]["abbreviated"], range(7)),
        long_days=_names(locale.days["format"]["wide"], range(7)),
        months=_names(locale.months["format"]["abbreviated"], range(1, 13)),
        long_months=_names(locale.months["format"]["wide"], range(1, 13)),
    )


def _names(names: Mapping[int, Any], numbers: range) -> tuple[str, ...]:
    return tuple(str(names[each]) for each in numbers)


ENGLISH: Final = load_messages(FIRST_LANGUAGE)
