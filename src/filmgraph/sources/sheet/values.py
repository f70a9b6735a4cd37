"""The kinds of value that a cell can hold: one `parse_…` function for each, and the table that lists them.

A parser returns the value or a `Problem`, never an exception.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from filmgraph.iris import Kind, is_key, slugify
from filmgraph.model import Certainty, ConceptRef, Degrees, EventStatus, Identifier, Link, Minutes, PartialDate, Ref, Text, Value
from filmgraph.sources.sheet.column import Column
from filmgraph.sources.sheet.dates import Inferred, Problem, parse_date, parse_datetime, parse_year
from filmgraph.sources.sheet.names import turn_name
from filmgraph.vocabulary import Vocabulary

__all__ = ["LENGTH_FORMATS", "VALUE_TYPES", "CellValues", "Problem", "ValueType", "parse_cell", "parse_certainty", "split"]

Parser = Callable[[str, Column, Vocabulary], Value | Inferred | Problem]

#: Running times that are read only where a profile names the format: `1:22` may be hours and minutes, or minutes and seconds.
LENGTH_FORMATS: Final = ("H:MM", "H:MM:SS", "MM:SS")

_LENGTHS: Final = (
    re.compile(r"(?P<minutes>[0-9]{1,4})\s*(?:'|′|’|min\.?|mins\.?|m|minutes|minuten)?", re.IGNORECASE),
    re.compile(r"(?P<hours>[0-9]{1,2})\s*(?:h|hrs?|u|uur)\.?\s*(?:(?P<minutes>[0-9]{1,2})\s*(?:m|min\.?|')?)?", re.IGNORECASE),
    re.compile(r"PT(?=[0-9])(?:(?P<hours>[0-9]{1,2})H)?(?:(?P<minutes>[0-9]{1,4})M)?"),
)
_CLOCK: Final = re.compile(r"(?P<first>[0-9]{1,3}):(?P<second>[0-5][0-9])(?::(?P<third>[0-5][0-9]))?")
_DEGREES: Final = re.compile(r"(?P<sign>[-−+]?)(?P<whole>[0-9]{1,3})(?:[.,](?P<part>[0-9]{1,15}))?\s*°?")
_MINUS: Final = ("-", "−")
_NAME_WORDS: Final = 12
_YES: Final = frozenset({"yes", "true", "1", "y", "x", "ja", "oui", "sí", "si", "✓"})
_NO: Final = frozenset({"no", "false", "0", "n", "nee", "non", "nein"})
_LINK: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_TAG: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{1,8})+")
_NAME_AND_YEAR: Final = re.compile(r"(?P<name>.*\S)\s*\((?P<year>[0-9]{4})\)")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_STATUS: Final[Mapping[str, EventStatus]] = MappingProxyType(
    {
        "scheduled": EventStatus.SCHEDULED,
        "cancelled": EventStatus.CANCELLED,
        "canceled": EventStatus.CANCELLED,
        "postponed": EventStatus.POSTPONED,
        "rescheduled": EventStatus.RESCHEDULED,
        "moved online": EventStatus.MOVED_ONLINE,
        **{status.value.rpartition("/")[2].lower(): status for status in EventStatus},
    }
)


#: The values of a cell, and its pieces that are none with what is wrong with them.
CellValues = tuple[tuple[Value | Inferred, ...], tuple[tuple[str, Problem], ...]]


@dataclass(frozen=True, slots=True)
class ValueType:
    """A kind of value: its parser, the class of what comes out, and the rule that a bad cell breaks."""

    parse: Parser
    result: type
    rule: str


def parse_text(text: str, column: Column, _: Vocabulary) -> Text:
    """Return a text in the column's language."""
    return Text(text, column.language)


def parse_year_cell(text: str, _: Column, __: Vocabulary) -> PartialDate | Problem:
    """Return a year of four digits."""
    return parse_year(text)


def parse_date_cell(text: str, column: Column, _: Vocabulary) -> PartialDate | Inferred | Problem:
    """Return a date in one of the column's formats."""
    return parse_date(text, column.formats, column.years)


def parse_datetime_cell(text: str, column: Column, _: Vocabulary) -> datetime | Inferred | Problem:
    """Return an instant in one of the column's formats, local times being in the profile's time zone."""
    return parse_datetime(text, column.formats, column.time_zone, column.years, column.day_ends)


def parse_minutes(text: str, column: Column, _: Vocabulary) -> Minutes | Problem:
    """Return a running time: `82`, `82'`, `82 min`, `1h 22m`, `PT1H22M`; `1:22` in a format that the column names."""
    clock = _CLOCK.fullmatch(text)
    if clock is not None and set(column.formats) & set(LENGTH_FORMATS):
        return _parse_clock(text, clock, column.formats)
    match = next((match for pattern in _LENGTHS if (match := pattern.fullmatch(text))), None)
    if match is None:
        return Problem(f"{text!r} is not a running time. Write the minutes, such as 82, or 1h 22m.")
    parts = match.groupdict()
    minutes = 60 * int(parts.get("hours") or 0) + int(parts["minutes"] or 0)
    if minutes == 0:
        return Problem("A running time of 0 minutes says nothing. Leave the cell blank when the time is not known.")
    return Minutes(minutes)


def _parse_clock(text: str, match: re.Match[str], formats: tuple[str, ...]) -> Minutes | Problem:
    first, second, third = int(match["first"]), int(match["second"]), match["third"]
    if third is not None and ("H:MM:SS" in formats or ("H:MM" in formats and third == "00")):
        minutes, seconds = 60 * first + second, int(third)
    elif third is None and "H:MM" in formats:
        minutes, seconds = 60 * first + second, 0
    elif third is None and "MM:SS" in formats:
        minutes, seconds = first, second
    else:
        return Problem(f"{text!r} is not a running time. Write {' or '.join(formats)}.")
    # A film of 81 minutes and 40 seconds is one of 82 minutes, as programmes say it.
    minutes += seconds >= 30
    return Minutes(minutes) if minutes else Problem("A running time of 0 minutes says nothing. Leave the cell blank.")


def parse_degrees(text: str, _: Column, __: Vocabulary) -> Degrees | Problem:
    """Return a latitude or longitude: `51.0536`, `-3,72`, `3.72°`."""
    match = _DEGREES.fullmatch(text)
    if match is None:
        return Problem(
            f"{text!r} is not a number of degrees. Write it as a decimal number, such as 51.0536; south and west with -."
        )
    whole, part = match["whole"].lstrip("0") or "0", (match["part"] or "").rstrip("0")
    number = f"{whole}.{part}" if part else whole
    return Degrees(f"-{number}" if match["sign"] in _MINUS and number != "0" else number)


def parse_language(text: str, column: Column, vocabulary: Vocabulary) -> str | Problem:
    """Return the BCP 47 tag of a language given by tag or by name."""
    tag = vocabulary.concept(Kind.LANGUAGE, text.partition("-")[0])
    if tag is not None and _TAG.fullmatch(text):
        return text
    found = _find_concept(Kind.LANGUAGE, "language", text, column, vocabulary)
    return found if isinstance(found, Problem) else found.key


def parse_country(text: str, column: Column, vocabulary: Vocabulary) -> ConceptRef | Problem:
    """Return a country given by its ISO 3166 code or by name."""
    return _find_concept(Kind.COUNTRY, "country", text, column, vocabulary)


def parse_genre(text: str, column: Column, vocabulary: Vocabulary) -> ConceptRef | Problem:
    """Return a concept of the genre scheme."""
    return _find_concept(Kind.GENRE, "genre", text, column, vocabulary)


def parse_form(text: str, column: Column, vocabulary: Vocabulary) -> ConceptRef | Problem:
    """Return a concept of the form scheme (short, feature, …)."""
    return _find_concept(Kind.FORM, "form", text, column, vocabulary)


def parse_role(text: str, column: Column, vocabulary: Vocabulary) -> ConceptRef | Problem:
    """Return a concept of the role scheme."""
    return _find_concept(Kind.ROLE, "role", text, column, vocabulary)


def parse_integer(text: str, _: Column, __: Vocabulary) -> int | Problem:
    """Return a whole number of at most nine digits."""
    if re.fullmatch("-?[0-9]{1,9}", text):
        return int(text)
    digits = re.sub("[^0-9]", "", text)
    hint = f" Perhaps {digits}?" if re.fullmatch(r"[0-9]{1,3}([., ’'][0-9]{3})+", text) else ""
    return Problem(f"{text!r} is not a whole number. Write digits only.{hint}")


def parse_boolean(text: str, _: Column, __: Vocabulary) -> bool | Problem:
    """Return yes or no."""
    if text.casefold() in _YES | _NO:
        return text.casefold() in _YES
    return Problem(f"{text!r} is neither yes nor no. Write yes or no.")


def parse_link(text: str, _: Column, __: Vocabulary) -> Link | Problem:
    """Return a web address."""
    if _LINK.fullmatch(text):
        return Link(text)
    hint = f" Perhaps https://{text}?" if re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", text) else ""
    return Problem(f"{text!r} is not a web address. Write it in full, from https:// on, without spaces.{hint}")


def parse_identifier(text: str, column: Column, _: Vocabulary) -> Identifier | Problem:
    """Return a code in the numbering that the column names."""
    if re.search(r"\s", text):
        return Problem(f"{text!r} holds a space, which no identifier does. Take it out, or set a separator in the profile.")
    return Identifier(column.scheme, text)


def parse_status(text: str, _: Column, __: Vocabulary) -> EventStatus | Problem:
    """Return an event status: a plain word, or schema.org's name for it."""
    status = _STATUS.get(text.rpartition("/")[2].casefold())
    if status is not None:
        return status
    return Problem(
        f"{text!r} is not a status. Write scheduled, cancelled, postponed, rescheduled or moved online.{_suggest(text, _STATUS)}"
    )


def parse_ref(text: str, column: Column, _: Vocabulary) -> Ref | Problem:
    """Return a reference by key, or by name; a film or edition by name may have its year behind it: `Here (2023)`."""
    if not column.by_name:
        if is_key(text):
            return Ref(column.to, text, key=text)
        return Problem(f"{text!r} is no key of a {column.to.segment}. Perhaps {slugify(text)}?")
    name = turn_name(text, column.name_order)
    if isinstance(name, Problem):
        return name
    match = _NAME_AND_YEAR.fullmatch(text) if column.to in (Kind.FILM, Kind.FESTIVAL) else None
    return Ref(column.to, match["name"], year=int(match["year"])) if match else Ref(column.to, name)


VALUE_TYPES: Final[Mapping[str, ValueType]] = MappingProxyType(
    {
        "text": ValueType(parse_text, Text, "read-text"),
        "year": ValueType(parse_year_cell, PartialDate, "read-date"),
        "date": ValueType(parse_date_cell, PartialDate, "read-date"),
        "datetime": ValueType(parse_datetime_cell, datetime, "read-date"),
        "minutes": ValueType(parse_minutes, Minutes, "read-minutes"),
        "degrees": ValueType(parse_degrees, Degrees, "read-degrees"),
        "language": ValueType(parse_language, str, "read-language"),
        "country": ValueType(parse_country, ConceptRef, "read-country"),
        "genre": ValueType(parse_genre, ConceptRef, "read-genre"),
        "form": ValueType(parse_form, ConceptRef, "read-form"),
        "role": ValueType(parse_role, ConceptRef, "read-role"),
        "integer": ValueType(parse_integer, int, "read-integer"),
        "boolean": ValueType(parse_boolean, bool, "read-boolean"),
        "link": ValueType(parse_link, Link, "read-link"),
        "identifier": ValueType(parse_identifier, Identifier, "read-identifier"),
        "status": ValueType(parse_status, EventStatus, "read-status"),
        "ref": ValueType(parse_ref, Ref, "read-ref"),
    }
)


def parse_cell(text: str, column: Column, vocabulary: Vocabulary) -> CellValues:
    """Return the values of a cell, cut at the column's separator, and its pieces that are none with their problems."""
    value_type = VALUE_TYPES[column.type]
    values: list[Value | Inferred] = []
    problems: list[tuple[str, Problem]] = []
    pieces = tuple(split(text, column))
    if column.type == "ref" and column.to is Kind.PERSON and any(len(piece.split()) > _NAME_WORDS for piece in pieces):
        return (), ((text, Problem(f"{text[:60]!r}… is prose, and no name. Write the names alone.", "read-name")),)
    for piece in pieces:
        if _UNPRINTABLE.search(piece):
            problems.append((piece, Problem(f"{piece!r} holds a control character. Take it out.", "read-text")))
            continue
        value = value_type.parse(piece, column, vocabulary)
        if isinstance(value, Problem):
            problems.append((piece, replace(value, rule=value.rule or value_type.rule)))
        else:
            values.append(_to_string(value) if column.is_string and not isinstance(value, Inferred) else value)
    return tuple(values), tuple(problems)


def parse_certainty(text: str) -> Certainty | Problem:
    """Return a degree of certainty from its word."""
    words = [each.value for each in Certainty]
    if text.casefold() in words:
        return Certainty(text.casefold())
    return Problem(f"{text!r} is no degree of certainty. Write {', '.join(words[:-1])} or {words[-1]}.", "read-certainty")


def _to_string(value: Value) -> Value:
    if isinstance(value, Text):
        return value.value
    return value.key if isinstance(value, ConceptRef) else value


def split(text: str, column: Column) -> Iterable[str]:
    """Return the pieces of a cell, each as the column's words say; blank ones and those that stand for nothing are left out."""
    pieces = [text]
    for separator in column.separators:
        pieces = [each for piece in pieces for each in _cut(piece, separator)]
    read = (column.words.get(piece, piece) for each in pieces if (piece := each.strip()) and piece not in column.missing)
    return (piece for piece in read if piece)


def _cut(text: str, separator: str) -> list[str]:
    """Cut a text at a separator; one that has letters (` and `) is found whatever its case."""
    if not any(each.isalpha() for each in separator):
        return text.split(separator)
    return re.split(re.escape(separator), text, flags=re.IGNORECASE)


def _find_concept(kind: Kind, noun: str, text: str, column: Column, vocabulary: Vocabulary) -> ConceptRef | Problem:
    concept = vocabulary.concept(kind, text) or vocabulary.find(kind, text, column.language)
    if concept is not None:
        return ConceptRef(kind, concept.key)
    labels = {label for each in vocabulary.concepts(kind) for label in each.pref_label.values()}
    return Problem(f"{text!r} is not a {noun} that the vocabulary knows. Correct it, or leave it blank.{_suggest(text, labels)}")


def _suggest(text: str, words: Iterable[str]) -> str:
    # Long texts are no misspelt words, and comparing them is slow.
    by_folded = {word.casefold(): word for word in sorted(words)} if len(text) <= 60 else {}
    close = difflib.get_close_matches(text.casefold(), by_folded, n=1, cutoff=0.75)
    return f" Perhaps {by_folded[close[0]]}?" if close else ""
