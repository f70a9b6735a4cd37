"""The columns of the tables, and the data dictionary that tells what they mean."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Final

from pyoxigraph import Literal

from filmgraph.dumps_index import INVERSES, Lookup
from filmgraph.dumps_rows import AGENT, AGENT_PROPERTY, CLASS, Cell, Path, PropertyFacts, ValueKind
from filmgraph.dumps_shapes import PropertyShape, ShapeIndex
from filmgraph.iris import Kind
from filmgraph.namespaces import FG, RDFS, SCHEMA, SKOS, XSD, shorten
from filmgraph.vocabulary import Vocabulary

__all__ = ["DICTIONARY_NAME", "SEPARATOR", "Column", "Content", "columns_of", "write_dictionary"]

DICTIONARY_NAME: Final = "data-dictionary.csv"
#: Between the values of one cell of a CSV file.
SEPARATOR: Final = "|"
_KINDS: Final = {
    XSD.integer: ValueKind.INTEGER, XSD.boolean: ValueKind.BOOLEAN, XSD.date: ValueKind.DATE, XSD.dateTime: ValueKind.MOMENT,
    XSD.decimal: ValueKind.NUMBER, XSD.double: ValueKind.NUMBER,
}  # fmt: skip
_UNITS: Final = {
    FG.runtimeMinutes: "minute",
    SCHEMA.duration: "ISO 8601 duration",
    SCHEMA.maximumAttendeeCapacity: "person",
    SCHEMA.remainingAttendeeCapacity: "person",
    SCHEMA.screenCount: "screen",
}
_WORD: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
#: Links to things that have no name.
_NAMELESS: Final = ((str(FG.credit),),)
_OFFSET: Final = re.compile(r"(?:Z|[+-][0-9:]{5})\Z")
#: What every table begins with.
_IRI: Final = ("iri",)
_NAME: Final = ("name",)
_NAMES: Final = (str(SCHEMA.name),)


class Content:
    """What a column takes of a value."""

    VALUE = "value"
    NAME = "name"
    LANGUAGE = "language"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `path` are the properties that lead to its values, `inverse_iri` one that leads here from other things.

    `is_many` says that a row may have several values; `content` whether the column holds the values, the names of the things
    that they are, the languages that they are in, or their local time.
    """

    name: str
    title: str
    meaning: str
    path: Path
    kind: ValueKind
    is_many: bool
    content: str = Content.VALUE
    inverse_iri: str = ""

    @property
    def property_iri(self) -> str:
        """The property that the column's values are of; empty for the thing's own IRI and its agent."""
        if self.path == _NAME:
            return SCHEMA.name
        return self.inverse_iri or (self.path[-1] if ":" in self.path[-1] else "")

    @property
    def unit(self) -> str:
        """The unit of the values; empty where they have none."""
        return _UNITS.get(self.property_iri, "") if self.content == Content.VALUE else ""

    @property
    def is_own(self) -> bool:
        """Whether the values are not in the thing's lines: its IRI, its name, and what links to it."""
        return bool(self.inverse_iri) or self.path in (_IRI, _NAME)

    def take_own(self, name: str, iri: str, index: Lookup) -> list[str]:
        """Return the values of such a column for the thing `name` (`kind/key`)."""
        if self.path == _IRI:
            return [iri]
        if self.path == _NAME:
            return [chosen] if (chosen := index.name_of(name)) else []
        things = index.subjects_of(name, self.inverse_iri)
        return [index.name_of(each) if self.content == Content.NAME else index.to_iri(each) for each in things]

    def take(self, cells: Sequence[Cell], index: Lookup) -> list[str]:
        """Return the values of any other column, from the cells under its path, in their order."""
        if self.content == Content.VALUE:
            return [cell.text for cell in cells]
        if self.content == Content.NAME:
            return [index.name_of(cell.thing) if cell.thing else "" for cell in cells]
        if self.content == Content.LOCAL:
            return [_OFFSET.sub("", cell.text) for cell in cells]
        return [cell.language for cell in cells]


def columns_of(
    segment: str, facts: Mapping[Path, PropertyFacts], shapes: ShapeIndex, vocabulary: Vocabulary
) -> tuple[Column, ...]:
    """Return the columns of one table: what the shapes name, in their order, then what else there is.

    A column that the shapes name is there even when no thing has a value, so that two releases have the same columns.
    """
    kind = Kind.from_segment(segment)
    named = shapes.for_classes((kind.class_iri, *((SKOS.Concept,) if kind.is_vocabulary else ())))
    stated = [(iri,) for iri in named if (iri,) in facts or not _is_in_parts(iri, facts)]
    paths: dict[Path, None] = dict.fromkeys([*stated, *sorted(facts)])
    columns = list(_first_columns(segment, facts, vocabulary))
    for path in paths:
        if path != CLASS and (path != _NAMES or _has_languages(path, facts)):
            about = named.get(path[-1]) or shapes.for_parts(path[-1])
            columns += _columns(path, facts.get(path, PropertyFacts()), about, vocabulary)
    return tuple(columns)


def _first_columns(segment: str, facts: Mapping[Path, PropertyFacts], vocabulary: Vocabulary) -> Iterator[Column]:
    """Yield what every table begins with: the thing, its class, its name, and what it belongs to."""
    yield Column("iri", "IRI", "What names the thing, here and in every other table.", _IRI, ValueKind.IRI, is_many=False)
    yield from _columns(CLASS, facts.get(CLASS, PropertyFacts()), None, vocabulary)
    if _NAMES in facts:
        meaning = "The name without a language, else the English one, else the first."
        yield Column("name", "name", meaning, _NAME, ValueKind.TEXT, is_many=False)
    if segment in INVERSES:
        yield from _inverse(*INVERSES[segment], vocabulary)


def _has_languages(path: Path, facts: Mapping[Path, PropertyFacts]) -> bool:
    return path in facts and facts[path].has_language


def _is_in_parts(property_iri: str, facts: Mapping[Path, PropertyFacts]) -> bool:
    """Whether the values of a property are in columns of their own: the lines of an address."""
    return any(path[0] == property_iri for path in facts)


def _columns(path: Path, facts: PropertyFacts, shape: PropertyShape | None, vocabulary: Vocabulary) -> Iterator[Column]:
    is_one = facts.most <= 1 and (path in (AGENT, AGENT_PROPERTY) or (shape is not None and shape.is_one))
    title, meaning = _explain(path, shape, vocabulary)
    column = Column(_column_name(path), title, meaning, path, _kind(facts, shape), is_many=not is_one)
    yield column
    if path not in _NAMELESS and (facts.has_thing or (shape is not None and shape.is_thing and not facts.kinds)):
        yield _twin(column, Content.NAME, f"Name of: {title}", f"What the things in {column.name} are called, in the same order.")
    if facts.has_language:
        yield _twin(column, Content.LANGUAGE, f"Language of: {title}", _LANGUAGE_MEANING.format(column.name))
    if column.kind is ValueKind.MOMENT:
        yield _twin(column, Content.LOCAL, f"Local time of: {title}", f"The same as {column.name}, by the clock of the place.")


_LANGUAGE_MEANING: Final = "The language tags (BCP 47) of the texts in {}, in the same order; empty for a text without one."


def _twin(column: Column, content: str, title: str, meaning: str) -> Column:
    kind = ValueKind.LOCAL if content == Content.LOCAL else ValueKind.TEXT
    return replace(column, name=f"{column.name}_{content}", title=title, meaning=meaning, kind=kind, content=content)


def _inverse(property_iri: str, name: str, vocabulary: Vocabulary) -> Iterator[Column]:
    title = f"Is {vocabulary.term_label(property_iri) or shorten(property_iri)} of"
    meaning = f"The things that name this one as {shorten(property_iri)}."
    column = Column(name, title, meaning, (name,), ValueKind.IRI, is_many=True, inverse_iri=property_iri)
    yield column
    yield _twin(column, Content.NAME, f"Name of: {title}", f"What the things in {name} are called, in the same order.")


def _kind(facts: PropertyFacts, shape: PropertyShape | None) -> ValueKind:
    """Return the one kind that all values have, else text; without a value, the kind that the shape asks for."""
    kinds = {ValueKind(each) for each in facts.kinds}
    if not kinds and shape is not None:
        kinds = {_KINDS.get(each, ValueKind.TEXT) for each in shape.datatypes} or {
            ValueKind.IRI if shape.is_thing else ValueKind.TEXT
        }
    return next(iter(kinds)) if len(kinds) == 1 else ValueKind.TEXT


def _explain(path: Path, shape: PropertyShape | None, vocabulary: Vocabulary) -> tuple[str, str]:
    if path in _OWN:
        return _OWN[path]
    title = shape.title if shape else vocabulary.term_label(path[-1]) or shorten(path[-1])
    meaning = shape.meaning if shape else _comment(path[-1], vocabulary)
    return title, meaning or f"The values of {shorten(path[-1])}."


def _comment(iri: str, vocabulary: Vocabulary) -> str:
    comments = [each.object for each in vocabulary.concept_triples(iri) if each.predicate.value == RDFS.comment]
    return next((each.value for each in comments if isinstance(each, Literal) and each.language == "en"), "")


_COLUMN_NAMES: Final[dict[Path, str]] = {CLASS: "type", _NAMES: "all_names"}
_OWN: Final[dict[Path, tuple[str, str]]] = {
    (str(SCHEMA.identifier),): ("identifiers", "Identifiers as numbering and code, such as imdb:tt0000000."),
    CLASS: ("class", "The classes of the thing, as prefixed names."),
    AGENT: ("agent", "The person or organisation that has the credit."),
    AGENT_PROPERTY: ("property of the agent", "The property by which the work names the agent directly; the role says which."),
}


def _column_name(path: Path) -> str:
    """Return the name of a column: schema.org's own word, or the prefix and word of another vocabulary, in lower case.

    >>> _column_name(("http://schema.org/address", "http://schema.org/postalCode"))
    'address_postal_code'
    >>> _column_name(("http://schema.org/address", "http://schema.org/addressCountry"))
    'address_country'
    """
    if path in _COLUMN_NAMES:
        return _COLUMN_NAMES[path]
    name = ""
    for each in path:
        word = _WORD.sub("_", shorten(each).removeprefix("schema:")).strip("_").lower()
        name = word if word.startswith(f"{name}_") else f"{name}_{word}".strip("_")
    return name


def write_dictionary(tables: Mapping[str, Sequence[Column]], to_type: Callable[[Column], str], path: FilePath) -> None:
    """Write the data dictionary; `to_type` tells the type of a column in Parquet."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("table", "column", "title", "meaning", "property", "datatype", "parquet_type", "unit", "values"))
        for table, columns in tables.items():
            for each in columns:
                many = f"any number; in CSV separated by {SEPARATOR}" if each.is_many else "one at most"
                about = (each.name, each.title, each.meaning, each.property_iri, each.kind.value, to_type(each), each.unit)
                writer.writerow((table, *about, many))
