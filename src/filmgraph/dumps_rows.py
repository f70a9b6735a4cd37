"""One thing as the cells of a row: each value under the path that leads to it, parts of the thing included."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from filmgraph.dumps_index import ThingNames
from filmgraph.dumps_lines import TYPE, Terms, ThingLines, to_iri, to_text
from filmgraph.iris import Kind
from filmgraph.namespaces import RDF, SCHEMA, XSD, shorten

__all__ = [
    "AGENT",
    "AGENT_PROPERTY",
    "CLASS",
    "Cell",
    "CellReader",
    "Cells",
    "Path",
    "PropertyFacts",
    "Survey",
    "ValueKind",
]

Path = tuple[str, ...]
#: A credit names its agent on the property of its role; a table has one column for all of them, and one for the property.
AGENT: Final = ("agent",)
AGENT_PROPERTY: Final = ("agent_property",)
CLASS: Final = (str(RDF.type),)
_AGENT_KINDS: Final = (f"{Kind.PERSON.segment}/", f"{Kind.ORG.segment}/")
_CREDIT: Final = f"{Kind.CREDIT.segment}/"
_PROPERTY_VALUE: Final = b"<%s>" % SCHEMA.PropertyValue.encode()
_PROPERTY_ID: Final = b"<%s>" % SCHEMA.propertyID.encode()
_VALUE: Final = b"<%s>" % SCHEMA.value.encode()
_INT64: Final = 2**63
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,30}\Z")
_DATE: Final = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])\Z")
#: https://www.rfc-editor.org/rfc/rfc3339#section-5.6, of the years and seconds that every program knows.
_MOMENT: Final = re.compile(
    _DATE.pattern.removesuffix(r"\Z") + r"T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})\Z"
)


class ValueKind(enum.Enum):
    """Of which kind a value is, as tables tell kinds apart: the name of its datatype in the data dictionary."""

    TEXT = "text"
    IRI = "IRI"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "true or false"
    DATE = "date"
    MOMENT = "date and time with offset"
    LOCAL = "local date and time"


class Cell(NamedTuple):
    """One value; `kind` is the value of a ValueKind, and `thing` is `kind/key` where it is the IRI of one of our things."""

    text: str
    kind: str
    language: str = ""
    thing: str = ""


Cells = dict[Path, list[Cell]]


_TEXT: Final = ValueKind.TEXT.value
_IRI: Final = ValueKind.IRI.value


@dataclass(slots=True)
class PropertyFacts:
    """What the values of one column are, in all rows of a release."""

    kinds: set[str] = field(default_factory=set)
    most: int = 0
    has_language: bool = False
    has_thing: bool = False

    def add(self, cells: list[Cell]) -> None:
        """Take the values of one row into account."""
        self.most = max(self.most, len(cells))
        for cell in cells:
            self.kinds.add(cell.kind)
            self.has_language |= bool(cell.language)
            self.has_thing |= bool(cell.thing)

    def merge(self, other: PropertyFacts) -> None:
        """Take the values of other rows into account."""
        self.kinds |= other.kinds
        self.most = max(self.most, other.most)
        self.has_language |= other.has_language
        self.has_thing |= other.has_thing


class Survey:
    """What there is in each table, so that the columns are known before the first row."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[Path, PropertyFacts]] = {}

    @classmethod
    def of(cls, several: Iterable[Survey]) -> Survey:
        """Return the survey of all rows; one that stands there several times is taken into account once."""
        whole = cls()
        for each in {id(each): each for each in several}.values():
            whole.merge(each)
        return whole

    def add(self, segment: str, cells: Cells) -> None:
        """Take a row of the table `segment` into account."""
        table = self.tables.setdefault(segment, {})
        for path, values in cells.items():
            facts = table.get(path)
            if facts is None:
                facts = table[path] = PropertyFacts()
            facts.add(values)

    def merge(self, other: Survey) -> None:
        """Take the rows of another survey into account."""
        for segment, table in other.tables.items():
            own = self.tables.setdefault(segment, {})
            for path, facts in table.items():
                own.setdefault(path, PropertyFacts()).merge(facts)

    def to_plain(self) -> dict[str, dict[Path, tuple[Any, ...]]]:
        """Return the survey as dicts and tuples."""
        return {
            segment: {path: (tuple(sorted(f.kinds)), f.most, f.has_language, f.has_thing) for path, f in table.items()}
            for segment, table in self.tables.items()
        }

    @classmethod
    def from_plain(cls, plain: dict[str, dict[Path, tuple[Any, ...]]]) -> Survey:
        """Read what `to_plain` returned."""
        survey = cls()
        for segment, table in plain.items():
            survey.tables[segment] = {path: PropertyFacts(set(kinds), *rest) for path, (kinds, *rest) in table.items()}
        return survey


class CellReader:
    """Reads the cells of things."""

    def __init__(self, names: ThingNames) -> None:
        self._names = names
        self._paths: dict[bytes, Path] = {}
        self._types: dict[bytes, Cell] = {}

    def read(self, name: str, thing: ThingLines) -> Cells:
        """Return the published values of the thing `name` (`kind/key`) by path; its identifiers become one text each."""
        parts = {each[0] for each in thing.published if each[0] != thing.subject}
        cells: Cells = {}
        for path, cell in self._iter_with_parts(thing, parts) if parts else self._iter_cells(thing):
            if cell.thing.startswith(_AGENT_KINDS) and name.startswith(_CREDIT):
                cells.setdefault(AGENT_PROPERTY, []).append(Cell(shorten(path[0]), _TEXT))
                path = AGENT
            cells.setdefault(path, []).append(cell)
        return cells

    def _iter_cells(self, thing: ThingLines) -> Iterator[tuple[Path, Cell]]:
        for _, predicate, term, _ in thing.published:
            yield self._path(predicate), self._cell(predicate, term)

    def _iter_with_parts(self, thing: ThingLines, parts: set[bytes]) -> Iterator[tuple[Path, Cell]]:
        identifiers = _find_identifiers(thing.published)
        paths = _find_paths(thing.published, parts)
        for subject, predicate, term, _ in thing.published:
            path = (*paths.get(subject, ()), *self._path(predicate))
            if term in identifiers:
                yield path, Cell(identifiers[term], _TEXT)
            elif subject not in identifiers and term not in parts and (subject == thing.subject or predicate != TYPE):
                yield path, self._cell(predicate, term)

    def _path(self, predicate: bytes) -> Path:
        path = self._paths.get(predicate)
        if path is None:
            path = self._paths[predicate] = (to_iri(predicate),)
        return path

    def _cell(self, predicate: bytes, term: bytes) -> Cell:
        if predicate == TYPE:
            if term not in self._types:
                self._types[term] = Cell(shorten(to_iri(term)), _TEXT)
            return self._types[term]
        if term[:1] == b"<":
            return Cell(to_iri(term), _IRI, "", self._names.find(term) or "")
        text, language, datatype = to_text(term)
        return Cell(text, _kind_of(text, datatype).value if datatype else _TEXT, language)


def _find_identifiers(lines: Iterable[Terms]) -> dict[bytes, str]:
    """Return the parts that are identifiers, each as `numbering:code`."""
    values: dict[bytes, dict[bytes, bytes]] = {}
    for subject, predicate, term, _ in lines:
        values.setdefault(subject, {})[predicate] = term
    found = {subject: each for subject, each in values.items() if each.get(TYPE) == _PROPERTY_VALUE}
    return {
        subject: f"{to_text(each[_PROPERTY_ID])[0]}:{to_text(each[_VALUE])[0]}"
        for subject, each in found.items()
        if _PROPERTY_ID in each and _VALUE in each
    }


def _find_paths(lines: Iterable[Terms], parts: set[bytes]) -> dict[bytes, Path]:
    """Return for each part the properties that lead to it from its thing."""
    links = {term: (subject, to_iri(predicate)) for subject, predicate, term, _ in lines if term in parts}
    return {part: tuple(_trace(part, links)) for part in parts}


def _trace(part: bytes, links: dict[bytes, tuple[bytes, str]]) -> Iterator[str]:
    """Yield the way to a part from its thing; a part that nothing leads to stands under the name `part`."""
    seen: set[bytes] = set()
    way: list[str] = []
    while part in links and part not in seen:
        seen.add(part)
        part, predicate = links[part]
        way.append(predicate)
    yield from reversed(way or ["part"])


def _kind_of(text: str, datatype: str) -> ValueKind:
    """Return the kind of a literal; what is not written as every program reads it remains a text."""
    if datatype == XSD.integer and _INTEGER.match(text) and -_INT64 <= int(text) < _INT64:
        return ValueKind.INTEGER
    if datatype == XSD.boolean and text in ("true", "false"):
        return ValueKind.BOOLEAN
    if datatype == XSD.date and _DATE.match(text):
        return ValueKind.DATE
    if datatype == XSD.dateTime and _MOMENT.match(text):
        return ValueKind.MOMENT
    return ValueKind.NUMBER if datatype in (XSD.decimal, XSD.double) else ValueKind.TEXT
