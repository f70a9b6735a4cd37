"""The parameters of saved queries: what kinds of values there are, and how a value becomes a term. Pure."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from pyoxigraph import Literal, NamedNode

from filmgraph.errors import IriError, QueryParameterError, SavedQueryError
from filmgraph.iris import IriScheme, Kind, is_key
from filmgraph.namespaces import XSD

__all__ = ["Parameter", "ParameterType", "parse_parameter", "to_term"]

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{0,30}")
_LENGTH_LIMIT: Final = 300
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_OPTIONAL: Final = "optional"
_DEFAULT: Final = "default "


class ParameterType(enum.Enum):
    """What a value may be; each member says so in words for a person who gave something else."""

    THING = ("thing", "its key, or its whole IRI")
    CONCEPT = ("concept", "its key, or its whole IRI")
    YEAR = ("year", "a year of four digits, such as 2023")
    INTEGER = ("integer", "a whole number, such as 10")
    DATE = ("date", "a day as YYYY-MM-DD, such as 2026-10-17")
    LANGUAGE = ("language", "a language tag (BCP 47), such as nl")
    TEXT = ("text", "a text of one line, without a backslash")

    def __init__(self, word: str, expected: str) -> None:
        self.word = word
        self.expected = expected

    @property
    def takes_kind(self) -> bool:
        """Whether the type is followed by the kind of thing: `thing person`, `concept role`."""
        return self in (ParameterType.THING, ParameterType.CONCEPT)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a saved query, with what it is by language tag.

    `default` is None for one that may be left out: the query then asks for all.
    """

    name: str
    type: ParameterType
    labels: Mapping[str, str] = field(hash=False)
    kind: Kind | None = None
    default: str | None = None

    @property
    def expected(self) -> str:
        """What a value should be, in words."""
        if self.kind is None:
            return self.type.expected
        return (
            f"the key of a {self.kind.segment} (its page is /{self.kind.segment}/KEY), {self.kind.segment}/KEY or its whole IRI"
        )

    def to_dict(self) -> dict[str, object]:
        """Return the parameter for JSON."""
        kind = self.kind.segment if self.kind else None
        return {"name": self.name, "type": self.type.word, "kind": kind, "label": dict(self.labels), "default": self.default}


def parse_parameter(name: str, text: str, labels: Mapping[str, str], line: int) -> Parameter:
    """Read `thing person | default person/bas-devos`; SavedQueryError says what is wrong in it."""
    parts = [each.strip() for each in text.split("|")]
    if not _NAME.fullmatch(name):
        raise SavedQueryError(f"line {line}: {name!r} is no name for a parameter: use letters and digits", line)
    if len(parts) != 2 or not (parts[1] == _OPTIONAL or parts[1].startswith(_DEFAULT)):
        raise SavedQueryError(
            f"line {line}: the parameter {name} should be 'TYPE | default VALUE' or 'TYPE | optional'; "
            f"what it is stands in lines of their own, such as '# parameter {name}@en: …'",
            line,
        )
    type_, kind = _parse_type(parts[0], line)
    default = None if parts[1] == _OPTIONAL else parts[1].removeprefix(_DEFAULT).strip()
    return Parameter(name, type_, labels, kind, default)


def _parse_type(text: str, line: int) -> tuple[ParameterType, Kind | None]:
    word, _, segment = text.partition(" ")
    found = next((each for each in ParameterType if each.word == word), None)
    if found is None or found.takes_kind != bool(segment.strip()):
        words = ", ".join(each.word + (" KIND" if each.takes_kind else "") for each in ParameterType)
        raise SavedQueryError(f"line {line}: {text!r} is no type of a parameter; there are {words}", line)
    if not found.takes_kind:
        return found, None
    try:
        kind = Kind.from_segment(segment.strip())
    except IriError as error:
        raise SavedQueryError(f"line {line}: {error}", line) from None
    if kind.is_vocabulary != (found is ParameterType.CONCEPT):
        other = ParameterType.CONCEPT if kind.is_vocabulary else ParameterType.THING
        raise SavedQueryError(f"line {line}: write '{other.word} {kind.segment}'", line)
    return found, kind


def to_term(parameter: Parameter, value: str, iris: IriScheme) -> str:
    """Return a value as a term in N-Triples, made from what was checked and never from the text itself.

    A year becomes an xsd:integer, a language a plain string, as the data have it. QueryParameterError says what was expected.
    """
    term = None if len(value) > _LENGTH_LIMIT else _read_term(parameter, value, iris)
    if term is None:
        raise QueryParameterError(f"{parameter.name} = {value[:60]!r} should be {parameter.expected}")
    return str(term)


def _read_term(parameter: Parameter, value: str, iris: IriScheme) -> NamedNode | Literal | None:
    match parameter.type:
        case ParameterType.THING | ParameterType.CONCEPT:
            return _read_thing(parameter.kind, value, iris) if parameter.kind else None
        case ParameterType.YEAR:
            return _integer(value) if re.fullmatch(r"[0-9]{4}", value) else None
        case ParameterType.INTEGER:
            return _integer(value) if re.fullmatch(r"-?[0-9]{1,9}", value) else None
        case ParameterType.DATE:
            return _read_date(value)
        case ParameterType.LANGUAGE:
            primary, hyphen, rest = value.partition("-")
            return Literal(primary.lower() + hyphen + rest) if _LANGUAGE.fullmatch(value) else None
        case ParameterType.TEXT:
            # A backslash could begin an escape that two readers decode differently.
            return Literal(value) if value.isprintable() and "\\" not in value else None


def _read_thing(kind: Kind, value: str, iris: IriScheme) -> NamedNode | None:
    head = iris.base_of(kind) + "id/"
    key = value.removeprefix(head).removeprefix(kind.segment + "/")
    if value.startswith(head) and not value.startswith(f"{head}{kind.segment}/"):
        return None
    return NamedNode(iris.thing(kind, key)) if is_key(key) else None


def _integer(value: str) -> Literal:
    return Literal(str(int(value)), datatype=NamedNode(XSD.integer))


def _read_date(value: str) -> Literal | None:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return None
    try:
        return Literal(date.fromisoformat(value).isoformat(), datatype=NamedNode(XSD.date))
    except ValueError:
        return None
