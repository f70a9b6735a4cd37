"""Names of months and weekdays in English, Dutch, German, French and Spanish, and the halves of a 12-hour clock. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["month_number", "weekday_numbers"]

_MONTHS: Final = (
    "january januari januar janvier enero jan janv ene janner",
    "february februari februar fevrier febrero feb fev fevr",
    "march maart marz mars marzo mar mrt maerz",
    "april avril abril apr avr abr",
    "may mei mai mayo",
    "june juni juin junio jun",
    "july juli juillet julio jul juil",
    "august augustus aout agosto aug ago",
    "september septembre septiembre setiembre sep sept set",
    "october oktober octobre octubre oct okt",
    "november novembre noviembre nov",
    "december dezember decembre diciembre dec dez dic",
)
_WEEKDAYS: Final = (
    "monday maandag montag lundi lunes mon mo ma lun",
    "tuesday dinsdag dienstag mardi martes tue tues di mar",
    "wednesday woensdag mittwoch mercredi miercoles wed wo mi mer mie",
    "thursday donderdag donnerstag jeudi jueves thu thur thurs do jeu jue",
    "friday vrijdag freitag vendredi viernes fri vr fr ven vie",
    "saturday zaterdag samstag sonnabend samedi sabado sat za sa sam sab",
    "sunday zondag sonntag dimanche domingo sun zo so dim dom",
)


def _number(lines: tuple[str, ...]) -> Mapping[str, frozenset[int]]:
    words = {word for line in lines for word in line.split()}
    return MappingProxyType({word: frozenset(n for n, line in enumerate(lines) if word in line.split()) for word in words})


_MONTH_OF: Final = _number(_MONTHS)
_WEEKDAY_OF: Final = _number(_WEEKDAYS)


def month_number(word: str) -> int | None:
    """Return the month (1 to 12) that a word names, or None.

    >>> month_number("Août"), month_number("mrt."), month_number("Brumaire")
    (8, 3, None)
    """
    found = _MONTH_OF.get(_fold(word))
    return min(found) + 1 if found else None


def weekday_numbers(word: str) -> frozenset[int]:
    """Return the weekdays (0 is Monday) that a word may name: `mi.` is a Wednesday in German; none for another word."""
    return _WEEKDAY_OF.get(_fold(word), frozenset())


def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFD", word.strip(" .,").casefold())
    return "".join(each for each in plain if not unicodedata.combining(each))
