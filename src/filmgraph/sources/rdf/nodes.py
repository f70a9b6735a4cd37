"""Nodes that stand between a thing and its values: identifiers, addresses, coordinates, countries, languages, quantities."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterator
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import Triple

from filmgraph.findings import SourcePlace
from filmgraph.model import Identifier
from filmgraph.namespaces import RDF, RDFS, SCHEMA, SKOS
from filmgraph.sources.rdf.account import NO_PLACE, Account
from filmgraph.sources.rdf.graph import Graph, Said
from filmgraph.sources.rdf.values import Literals, Parsed, Why
from filmgraph.vocabulary import Vocabulary

__all__ = ["ADDRESS_FIELDS", "Nodes"]

#: The lines of an address, with the fields of a venue and how they are read.
ADDRESS_FIELDS: Final = (
    (SCHEMA.streetAddress, "street_address", "string"),
    (SCHEMA.postalCode, "postal_code", "string"),
    (SCHEMA.addressLocality, "address_locality", "string"),
    (SCHEMA.addressCountry, "address_country", "country_code"),
)
ONE: Final = "the model keeps one such value, and another stands before"
_PROPERTY_ID: Final = frozenset({SCHEMA.propertyID})
_VALUE: Final = frozenset({SCHEMA.value})
_UNIT: Final = frozenset({SCHEMA.unitCode, SCHEMA.unitText})
_CODES_AND_NAMES: Final = frozenset(
    {SCHEMA.identifier, SCHEMA.alternateName, SCHEMA.name, RDFS.label, SKOS.notation, SKOS.prefLabel}
)
_MINUTE_UNITS: Final = frozenset({"min", "minute", "minutes"})
_AUTHORITY_OF: Final = ("http://id.loc.gov/vocabulary/iso639-1/", "http://lexvo.org/id/iso639-1/")
_SCHEMES: Final = {"imdb.com": "imdb", "wikidata.org": "wikidata", "eidr.org": "eidr", "viaf.org": "viaf", "isni.org": "isni"}


@dataclass(slots=True)
class Nodes:
    """Reads such nodes, and accounts for their statements once, however often they are referred to.

    `values` are what the profile says that IRIs stand for, `things` the subjects that become records.
    """

    graph: Graph
    account: Account
    literals: Literals
    vocabulary: Vocabulary
    values: dict[str, str]
    place_of: Callable[[Said, str], SourcePlace]
    things: Container[str]
    done: set[str] = field(default_factory=set)

    def settle(self, node: str, taken: Collection[str], built: Collection[str] = (), many: Collection[str] = ()) -> None:
        """Account for the statements of a node: types are structure, others are listed.

        The first one by each property of `taken`, and each by one of `many`, is a fact; those by one of `built` are structure.
        """
        if node in self.done or node not in self.graph:
            return
        self.done.add(node)
        seen: set[tuple[str, ...]] = set()
        for said in self.graph.about(node):
            if said[:3] in seen:
                self.account.repeat(said.predicate)
            elif said.predicate in many or (said.predicate in taken and (said.predicate,) not in seen):
                self.account.take(said.predicate)
                seen.add((said.predicate,))
            elif said.predicate in taken:
                self.account.list(said.predicate, ONE, said.value, self.place_of(said, node))
            elif said.predicate == RDF.type or said.predicate in built:
                self.account.build(said.predicate)
            else:
                self.account.list(said.predicate, NO_PLACE, said.value, self.place_of(said, node))
            seen.add(said[:3])

    def identifier(self, node: str) -> Identifier | Why:
        """Return the code that a schema:PropertyValue holds."""
        code = self._text(node, _VALUE)
        scheme = self._text(node, _PROPERTY_ID) or self._text(node, frozenset({SCHEMA.name}))
        if not code or not scheme:
            return Why("it does not say both the numbering and the code")
        self.settle(node, _VALUE, {*_PROPERTY_ID, SCHEMA.name})
        host = scheme.casefold()
        return Identifier(next((name for part, name in _SCHEMES.items() if part in host), scheme), code)

    def minutes(self, node: str) -> Parsed:
        """Return the running time that a schema:QuantitativeValue or Duration holds."""
        amount, unit = self._text(node, _VALUE), self._text(node, _UNIT).casefold()
        if not amount or (unit and unit not in _MINUTE_UNITS):
            return Why("it is no running time in minutes")
        value = self.literals.parse("minutes", amount, "")
        if not isinstance(value, Why):
            self.settle(node, _VALUE, _UNIT)
        return value

    def concept(self, iri: str, kind: str) -> Parsed:
        """Return the country, language, genre or form that an IRI or a node stands for: by profile, scheme or name."""
        known = self.values.get(iri)
        if iri in self.things:
            return Why("it is no value but a thing")
        if known is not None:
            return self.literals.parse(kind, known, "")
        for text in self._iter_names_of(iri):
            value = self.literals.parse(kind, text, "")
            if not isinstance(value, Why):
                if not self.is_vocabulary(iri):
                    self.settle(iri, (), _CODES_AND_NAMES)
                return value
        return Why(f"it leads to no {kind.removesuffix('_code')} that the vocabulary knows")

    def _iter_names_of(self, iri: str) -> Iterator[str]:
        concept = self.vocabulary.by_iri(iri)
        if concept is not None:
            yield concept.key
        for start in _AUTHORITY_OF:
            if iri.startswith(start):
                yield iri[len(start) :]
        for said in sorted(self.graph.values(iri, _CODES_AND_NAMES)):
            if not said.is_node:
                yield said.value

    def address(self, node: str) -> Iterator[tuple[str, Parsed, Said]]:
        """Yield the lines of a schema:PostalAddress: field, value and statement."""
        taken = set()
        for predicate, name, kind in ADDRESS_FIELDS:
            for said in self.graph.values(node, frozenset({predicate})):
                value = self.concept(said.value, kind) if said.is_node else self.literals.parse(kind, said.value, said.kind)
                if not isinstance(value, Why):
                    taken.add(predicate)
                    yield name, value, said
                    break
        self.settle(node, taken)

    def geo(self, node: str) -> Iterator[tuple[str, Parsed, Said]]:
        """Yield the latitude and longitude of a schema:GeoCoordinates."""
        taken = set()
        for predicate, name in ((SCHEMA.latitude, "latitude"), (SCHEMA.longitude, "longitude")):
            for said in self.graph.values(node, frozenset({predicate})):
                value = self.literals.parse("degrees", said.value, said.kind)
                if not isinstance(value, Why):
                    taken.add(predicate)
                    yield name, value, said
                    break
        self.settle(node, taken)

    def is_vocabulary(self, subject: str) -> bool:
        """Whether a subject is a concept or a scheme of the shipped vocabulary."""
        return bool(self.vocabulary.concept_triples(subject))

    def settle_rest(self, subject: str, why: str) -> None:
        """Account for a subject that became no record; what the shipped vocabulary says too is structure."""
        known = {
            (each.predicate.value, each.object.value)
            for each in self.vocabulary.concept_triples(subject)
            if not isinstance(each.object, Triple)
        }
        for said in self.graph.about(subject):
            if (said.predicate, said.value) in known:
                self.account.build(said.predicate)
            else:
                reason = "the shipped vocabulary says otherwise" if known else why
                self.account.list(said.predicate, reason, said.value, self.place_of(said, subject))

    def _text(self, node: str, predicates: frozenset[str]) -> str:
        return next((each.value.strip() for each in self.graph.values(node, predicates) if each.kind != "_:"), "")
