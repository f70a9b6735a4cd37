"""The pieces that all blocks for crawlers are made of: labels for concepts, nested things with type, IRI, name and page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from filmgraph.describe import Description
from filmgraph.iris import Kind
from filmgraph.namespaces import RDF, SCHEMA
from filmgraph.vocabulary import Vocabulary

__all__ = ["CONTEXT_URL", "Body", "Writer", "without_empty"]

#: Crawlers read no other context, and match it as a string.
CONTEXT_URL: Final = "https://schema.org"

_TYPES: Final = {
    Kind.FILM: "Movie", Kind.PERSON: "Person", Kind.ORG: "Organization", Kind.FESTIVAL: "Festival", Kind.SERIES: "EventSeries",
    Kind.SECTION: "EventSeries", Kind.SCREENING: "ScreeningEvent", Kind.VENUE: "MovieTheater", Kind.HALL: "Place",
    Kind.PLACE: "Place", Kind.CHARACTER: "Person", Kind.WORK: "CreativeWork", Kind.IMAGE: "ImageObject",
    Kind.TEXT: "CreativeWork", Kind.SOURCE: "CreativeWork", Kind.DATASET: "Dataset",
    Kind.ROLE: "DefinedTerm", Kind.GENRE: "DefinedTerm", Kind.FORM: "DefinedTerm",
    Kind.COUNTRY: "Country", Kind.LANGUAGE: "DefinedTerm", Kind.SCHEME: "DefinedTermSet", Kind.CREDIT: "Role",
    # An award is an event without time and place, which no search engine could show.
    Kind.AWARD: "Thing",
}  # fmt: skip
_CLOSER_TYPES: Final = ("Book", "Quotation", "WebPage", "PerformanceRole")

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Writer:
    """Reads one description for a block."""

    description: Description
    vocabulary: Vocabulary

    def text(self, iri: str, name: str) -> str:
        """Return one value of a schema.org property; empty when there is none."""
        return self.description.text(iri, SCHEMA.term(name))

    def texts(self, iri: str, name: str) -> list[str]:
        """Return all values of a property that are literals."""
        return [each.value for each in self.description.literals(iri, SCHEMA.term(name))]

    def members(self, iri: str, *names: str) -> Body:
        """Return the first value of each of some properties, by their names."""
        return {name: self.text(iri, name) for name in names}

    def number(self, iri: str, name: str) -> int | None:
        """Return a whole number; None for what is none."""
        text = self.text(iri, name)
        return int(text) if text.isdecimal() else None

    def urls(self, iri: str, name: str) -> list[str]:
        """Return all values of a property that are IRIs."""
        return list(self.description.iris(iri, SCHEMA.term(name)))

    def label(self, iri: str) -> str:
        """Return what a thing, concept or term is called."""
        concept = self.vocabulary.by_iri(iri)
        if concept:
            return concept.label()
        return self.description.name(iri) or self.vocabulary.term_label(iri) or iri.rpartition("/")[2]

    def labels(self, iri: str, predicate_iri: str) -> list[str]:
        """Return what the values of a property are called, sorted."""
        return sorted(self.label(each) for each in self.description.iris(iri, predicate_iri))

    def thing(self, iri: str) -> Body:
        """Return a thing nested in another."""
        known = self.description.scheme.parse(iri)
        if known is None:
            return {"@type": "Thing", "@id": iri, "name": self.label(iri)}
        types = {each.rpartition("/")[2] for each in self.description.iris(iri, RDF.type)}
        return {
            "@type": next((each for each in _CLOSER_TYPES if each in types), _TYPES[known.kind]),
            "@id": iri,
            "name": self.label(iri),
            "url": self.description.scheme.document(known.kind, known.key),
        }

    def things(self, iri: str, name: str) -> list[Body]:
        """Return all things that a property leads to."""
        return [self.thing(each) for each in self.description.iris(iri, SCHEMA.term(name))]

    def incoming(self, name: str, kind: Kind) -> list[str]:
        """Return the things of a kind that link to the described thing by a property."""
        wanted = (SCHEMA.term(name), kind.segment)
        groups = (each for each in self.description.incoming if (each.predicate_iri, each.segment) == wanted)
        return [iri for each in groups for iri in each.subjects]

    def identity(self, iri: str) -> Body:
        """Return what a thing is known by elsewhere."""
        identifiers = (
            {"@type": "PropertyValue", **self.members(each, "propertyID", "value")}
            for each in self.description.iris(iri, SCHEMA.identifier)
        )
        return {"sameAs": self.urls(iri, "sameAs"), "identifier": list(identifiers)}

    def addresses(self, iri: str) -> list[Body]:
        """Return the postal addresses of a place."""
        parts = ("streetAddress", "postalCode", "addressLocality", "addressCountry")
        return [{"@type": "PostalAddress", **self.members(each, *parts)} for each in self.description.iris(iri, SCHEMA.address)]


def without_empty(value: Body) -> Body:
    """Return a document without its empty members; a list of one becomes its one value."""
    found = {key: _clean(each) for key, each in value.items()}
    return {key: each for key, each in found.items() if each not in (None, "", [], {})}


def _clean(value: Any) -> Any:  # noqa: ANN401 -- JSON
    if isinstance(value, dict):
        return without_empty(value)
    if isinstance(value, list):
        cleaned = [each for each in (_clean(each) for each in value) if each not in (None, "", [], {})]
        return cleaned[0] if len(cleaned) == 1 else cleaned
    return value
