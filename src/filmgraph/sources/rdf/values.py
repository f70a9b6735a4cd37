"""Literals → values, by closed rules. What is no value comes back as the reason, in words that fit all such literals."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from filmgraph.iris import Kind
from filmgraph.model import ConceptRef, Degrees, EventStatus, Identifier, Link, Minutes, PartialDate, Text, Value
from filmgraph.namespaces import XSD
from filmgraph.sources.sheet.column import Column, Use
from filmgraph.sources.sheet.dates import Problem, parse_datetime
from filmgraph.sources.sheet.values import parse_boolean, parse_degrees, parse_minutes, parse_status
from filmgraph.vocabulary import Vocabulary

__all__ = ["TOO_LONG", "Literals", "Parsed", "Qualified", "Why", "wikidata_entity"]

_PLAIN: Final = Column("", Use.VALUE)
_LONGEST_NAME: Final = 1000
TOO_LONG: Final = "it is too long for a name or a title"
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_DATE: Final = re.compile(
    r"(?P<sure>[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?)(?:T[0-9:.]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?(?P<mark>[~?%])?"
)
_IMPRECISE: Final = re.compile(r"-?[0-9X]{4,}(-[0-9X]{2}){0,2}[~?%]?|\[.*\]|\{.*\}|[0-9X.~?%-]*/[0-9X.~?%-]*|Y-?[0-9E]+")
_MARKS: Final[Mapping[str, str]] = MappingProxyType({"~": "approximate", "?": "uncertain", "%": "approximate and uncertain"})
_DURATION: Final = re.compile(
    r"P(?:(?P<days>[0-9]{1,2})D)?(?:T(?:(?P<hours>[0-9]{1,3})H)?(?:(?P<minutes>[0-9]{1,4})M)?(?:(?P<seconds>[0-9]{1,6})(?:\.[0-9]+)?S)?)?"
)
_LINK: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_TAG: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{1,8})+")
_WIKIDATA_PAGE: Final = re.compile(r"https?://(?:www\.|m\.)?wikidata\.org/(?:wiki|entity)/(?:Special:EntityPage/)?(Q[1-9][0-9]*)")
#: Codes that tell by their form whose they are.
_CODES: Final = (
    ("imdb", re.compile(r"(?:tt|nm|co)[0-9]{7,10}")),
    ("wikidata", re.compile(r"Q[1-9][0-9]*")),
    ("eidr", re.compile(r"10\.5240/[0-9A-Fa-f-]+[0-9A-Za-z]")),
)


class Why(str):
    """The reason why a literal is no value of the wanted kind."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Qualified:
    """A value with what its source says of how sure it is."""

    value: PartialDate
    reason: str


Parsed: TypeAlias = Value | Qualified | Why


@dataclass(slots=True)
class Literals:
    """Reads literals; each is read once, since data repeat their years, genres and languages a million times."""

    vocabulary: Vocabulary
    zone: ZoneInfo | None = None
    _known: dict[tuple[str, str, str], Parsed] = field(default_factory=dict)

    def parse(self, kind: str, text: str, tag: str) -> Parsed:
        """Return the value of a literal of a datatype, or "@" and language, as a kind of `terms.Rule`."""
        if kind == "text":
            return self._text(text, tag)
        key = (kind, text, tag)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _PARSERS[kind](self, text.strip(), tag)
        return known

    def _text(self, text: str, tag: str) -> Text | Why:
        text = text.strip()
        if not text or _UNPRINTABLE.search(text):
            return Why("it is blank, or holds control characters")
        if len(text) > _LONGEST_NAME:
            return Why(TOO_LONG)
        return Text(text, tag[1:] if tag[:1] == "@" else None)

    def _string(self, text: str, tag: str) -> str | Why:
        value = self._text(text, tag)
        return value if isinstance(value, Why) else value.value

    def _date(self, text: str, tag: str) -> PartialDate | Qualified | Why:
        match = _DATE.fullmatch(text)
        if match is None:
            vague = _IMPRECISE.fullmatch(text)
            return Why("the model cannot hold a date that is so imprecise" if vague else "it is no date as ISO 8601 writes them")
        try:
            value = PartialDate(match["sure"][: _SIZES.get(tag, 10)])
        except ValueError:
            return Why("there is no such day")
        if match["mark"]:
            return Qualified(value, f"The source writes {text!r}: the date is {_MARKS[match['mark']]}.")
        return value

    def _moment(self, text: str, _: str) -> datetime | Why:
        if "T" not in text and " " not in text:
            return Why("it is a day without an hour")
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return Why("it is no date and time as ISO 8601 writes them")
        offset = moment.utcoffset()
        if offset is not None:
            return moment.replace(microsecond=0, tzinfo=timezone(offset)) if abs(offset) <= timedelta(hours=14) else _NO_OFFSET
        if self.zone is None:
            return _NO_OFFSET
        local = parse_datetime(text[:16].replace("T", " "), ("YYYY-MM-DD HH:MM",), self.zone)
        return local if isinstance(local, datetime) else Why("the clocks change in that hour: it needs its UTC offset")

    def _minutes(self, text: str, _: str) -> Minutes | Why:
        match = _DURATION.fullmatch(text) if text not in ("P", "PT") else None
        if match is not None:
            parts = {name: int(value or 0) for name, value in match.groupdict().items()}
            seconds = ((parts["days"] * 24 + parts["hours"]) * 60 + parts["minutes"]) * 60 + parts["seconds"]
            # A film of 81 minutes and 40 seconds is one of 82 minutes, as programmes say it.
            minutes = (seconds + 30) // 60
            return Minutes(minutes) if minutes else Why("a running time of 0 minutes says nothing")
        value = parse_minutes(re.sub(r"^\+?([0-9]+)\.0+$", r"\1", text.removeprefix("+")), _PLAIN, self.vocabulary)
        return Why("it is no running time: write PT82M, or the minutes") if isinstance(value, Problem) else value

    def _degrees(self, text: str, _: str) -> Degrees | Why:
        value = parse_degrees(_without_exponent(text), _PLAIN, self.vocabulary)
        return Why("it is no number of degrees") if isinstance(value, Problem) else value

    def _integer(self, text: str, _: str) -> int | Why:
        return int(text) if re.fullmatch(r"\+?[0-9]{1,9}", text) else Why("it is no whole number")

    def _boolean(self, text: str, _: str) -> bool | Why:
        value = parse_boolean(text, _PLAIN, self.vocabulary)
        return Why("it is neither true nor false") if isinstance(value, Problem) else value

    def _status(self, text: str, _: str) -> EventStatus | Why:
        value = parse_status(text, _PLAIN, self.vocabulary)
        return Why("it is no status of an event") if isinstance(value, Problem) else value

    def _link(self, text: str, _: str) -> Link | Why:
        return Link(wikidata_entity(text)) if _LINK.fullmatch(text) else Why("it is no http or https address")

    def _identifier(self, text: str, _: str) -> Identifier | Why:
        scheme = next((name for name, pattern in _CODES if pattern.fullmatch(text)), None)
        return Identifier(scheme, text) if scheme else Why("it does not say whose numbering it is")

    def _language(self, text: str, _: str) -> str | Why:
        head = self.vocabulary.concept(Kind.LANGUAGE, text.partition("-")[0])
        if head is not None and _TAG.fullmatch(text):
            return text
        found = self.vocabulary.concept(Kind.LANGUAGE, text) or self.vocabulary.find(Kind.LANGUAGE, text)
        return found.key if found else Why("it is no language that the vocabulary knows")

    def _genre(self, text: str, _: str) -> ConceptRef | Why:
        return self._concept(Kind.GENRE, text) or Why("it is no genre of the scheme")

    def _form(self, text: str, _: str) -> ConceptRef | Why:
        return self._concept(Kind.FORM, text) or Why("it is no form of the scheme")

    def _country(self, text: str, _: str) -> ConceptRef | Why:
        return self._concept(Kind.COUNTRY, text) or Why("it is no country that the vocabulary knows")

    def _country_code(self, text: str, tag: str) -> str | Why:
        country = self._country(text, tag)
        return country if isinstance(country, Why) else country.key

    def _concept(self, kind: Kind, text: str) -> ConceptRef | None:
        found = self.vocabulary.concept(kind, text) or self.vocabulary.find(kind, text)
        return ConceptRef(kind, found.key) if found else None


_SIZES: Final[Mapping[str, int]] = MappingProxyType({XSD.gYear: 4, XSD.gYearMonth: 7})
_NO_OFFSET: Final = Why("it has no UTC offset, and the profile names no time_zone")
_PARSERS: Final[Mapping[str, Callable[[Literals, str, str], Parsed]]] = MappingProxyType(
    {
        "string": Literals._string,
        "date": Literals._date,
        "moment": Literals._moment,
        "minutes": Literals._minutes,
        "degrees": Literals._degrees,
        "integer": Literals._integer,
        "boolean": Literals._boolean,
        "status": Literals._status,
        "link": Literals._link,
        "identifier": Literals._identifier,
        "language": Literals._language,
        "genre": Literals._genre,
        "form": Literals._form,
        "country": Literals._country,
        "country_code": Literals._country_code,
    }
)


def wikidata_entity(iri: str) -> str:
    """Return the IRI of a Wikidata entity for the address of its page; any other address as it is.

    >>> wikidata_entity("https://www.wikidata.org/wiki/Q42")
    'http://www.wikidata.org/entity/Q42'
    """
    match = _WIKIDATA_PAGE.fullmatch(iri)
    return f"http://www.wikidata.org/entity/{match[1]}" if match else iri


def _without_exponent(text: str) -> str:
    """Return a double as a decimal: JSON-LD writes 5.1E1."""
    if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]{1,2}", text):
        return text.removeprefix("+")
    return f"{float(text):.12f}".rstrip("0").rstrip(".")
