"""Texts as sites write them → values: times with odd offsets, lengths, years, languages. A `Problem` says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError

from filmgraph.model import Minutes, PartialDate, Value
from filmgraph.sources.sheet.column import Column, Use
from filmgraph.sources.sheet.dates import Problem
from filmgraph.sources.sheet.values import parse_cell
from filmgraph.vocabulary import Vocabulary

__all__ = ["Texts", "parse_length", "parse_partial_date", "parse_time"]

_ISO_LENGTH: Final = re.compile(
    r"P(?:(?P<days>[0-9]{1,3})D)?(?:T(?:(?P<hours>[0-9]{1,3})H)?(?:(?P<minutes>[0-9]{1,5})M)?(?:(?P<seconds>[0-9]{1,6})(?:\.[0-9]+)?S)?)?",
    re.IGNORECASE,
)
_IN_WORDS: Final = re.compile(
    r"(?:(?P<hours>[0-9]{1,2})\s*(?:h|hrs?|hours?|u|uur|std\.?)\.?\s*)?"
    r"(?:(?P<minutes>[0-9]{1,4})\s*(?:'|’|′|m|min|mins|minutes|minuten|minutos|minuti)?\.?)?",
    re.IGNORECASE,
)
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d)[T ]+(\d\d:\d\d)(:\d\d)?(?:[.,]\d+)?\s*(Z|[+-]\d\d(?::?\d\d)?)?", re.IGNORECASE)
_DAY: Final = re.compile(r"(?P<date>\d{4}(?:-\d\d(?:-\d\d)?)?)(?:T.*)?")


def parse_time(text: str, zone: ZoneInfo | None) -> datetime | Problem:
    """Return a moment: `2026-10-17T19:30+02:00`, `…+0200`, `…Z`; one without an offset is in `zone`."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return Problem(f"{text!r} is no day with a time, so it is not known when the screening starts.", "html-time")
    day, time, seconds, offset = match.groups()
    offset = (offset or "").upper()
    if len(offset) == 3:
        offset += ":00"
    try:
        moment = datetime.fromisoformat(f"{day}T{time}{seconds or ''}{offset}")
    except ValueError:
        return Problem(f"{text!r} is not a time of the calendar.", "html-time")
    if moment.tzinfo is not None:
        return moment
    if zone is None:
        return Problem(
            f'{text!r} has no offset from UTC. Name a time_zone in a profile, as in time_zone = "Europe/Madrid".', "html-time"
        )
    # With its offset spelled out, as all sources give it.
    return datetime.fromisoformat(moment.replace(tzinfo=zone).isoformat())


def parse_length(text: str) -> Minutes | Problem:
    """Return a running time: `PT1H22M`, `PT4920S`, `121 min`, `1h 22`.

    >>> parse_length("PT82M"), parse_length("P0DT1H21M40S"), parse_length("121 min")
    (Minutes(value=82), Minutes(value=82), Minutes(value=121))
    """
    match = _ISO_LENGTH.fullmatch(text.strip()) or _IN_WORDS.fullmatch(text.strip())
    parts = {name: int(number) for name, number in match.groupdict().items() if number} if match else {}
    # A film of 81 minutes and 40 seconds is one of 82 minutes, as programmes say it.
    minutes = 1440 * parts.get("days", 0) + 60 * parts.get("hours", 0) + parts.get("minutes", 0)
    minutes += (parts.get("seconds", 0) + 30) // 60
    return Minutes(minutes) if minutes else Problem(f"{text!r} is not a running time.", "html-length")


def parse_partial_date(text: str) -> PartialDate | Problem:
    """Return a date known to the year, month or day; a time behind it is left out."""
    match = _DAY.fullmatch(text.strip())
    try:
        if match is not None and not match["date"].startswith("0000"):
            return PartialDate(match["date"])
    except ValueError:
        pass
    return Problem(f"{text!r} is not a date.", "html-date")


@lru_cache(maxsize=16)
def _names_of(kind: str, language: str) -> Mapping[str, str]:
    """Return the codes of countries or languages by their names (folded) in a language, as CLDR has them."""
    try:
        locale = Locale.parse(language)
    except (ValueError, UnknownLocaleError):
        return {}
    names = locale.territories if kind == "country" else locale.languages
    return {name.casefold(): code for code, name in sorted(names.items(), reverse=True)}


@dataclass(frozen=True, slots=True)
class Texts:
    """Reads what the vocabulary knows: by code, by label in the page's language, by the name that CLDR has in that language."""

    vocabulary: Vocabulary
    language: str | None

    def parse(self, text: str, kind: str) -> Value | Problem:
        """Return a value of a kind that sheets know too: `language`, `country`, `genre`, `status`, `link`, `degrees`."""
        found = _parse(self.vocabulary, self.language, text, kind)
        if isinstance(found, Problem) and self.language and kind in ("country", "language"):
            code = _names_of(kind, self.language).get(text.casefold())
            return _parse(self.vocabulary, self.language, code, kind) if code else found
        return found


# A site repeats its texts on every page, and looking for what an unknown one may have meant is slow.
@lru_cache(maxsize=8192)
def _parse(vocabulary: Vocabulary, language: str | None, text: str, kind: str) -> Value | Problem:
    values, problems = parse_cell(text, Column("", Use.VALUE, type=kind, language=language), vocabulary)
    if problems:
        return problems[0][1]
    found = next(iter(values), None)
    return found if isinstance(found, Value) else Problem(f"{text!r} says nothing.")
