"""Records → statements: triples that still know which source they come from, where they stand in it and how certain they are.

Pure: no files, no store. Terms are pyoxigraph's, whose literals keep the spelling they are given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from filmgraph.findings import SourcePlace
from filmgraph.identity import Identities, normalise
from filmgraph.iris import IriScheme, Kind, slugify
from filmgraph.model import (
    Certainty,
    ConceptRef,
    Credit,
    Degrees,
    EventStatus,
    Fact,
    Identifier,
    Link,
    Minutes,
    MovieTheater,
    PartialDate,
    Prose,
    Quotation,
    Ref,
    Text,
    Thing,
    iter_facts,
)
from filmgraph.namespaces import FG, PROV, RDF, SCHEMA, XSD
from filmgraph.settings import Settings, SourceSettings
from filmgraph.vocabulary import Vocabulary

__all__ = ["Mapper", "Statement", "TermValue", "source_triples", "to_datetime_literal"]

TermValue = NamedNode | Literal
_TABLES = frozenset({"sheet", "calendar", "links", "rdf"})
_ADDRESS_PARTS = frozenset({SCHEMA.streetAddress, SCHEMA.postalCode, SCHEMA.addressLocality, SCHEMA.addressCountry})


@dataclass(frozen=True, slots=True)
class Statement:
    """One triple as one source gives it.

    `is_text` marks prose and quotes, which go to the texts graph. `is_mention` marks class and name of something that
    a source refers to without describing it: any description's name is better. `is_alias` marks what is said under a key that was
    given up for another one: of values of one source that differ, the other one's is published.
    """

    subject: NamedNode
    predicate: NamedNode
    object_: TermValue
    source_id: str
    place: SourcePlace
    certainty: Certainty = Certainty.STATED
    reason: str = ""
    derived_from: tuple[str, ...] = ()
    is_text: bool = False
    is_mention: bool = False
    is_alias: bool = False

    @property
    def triple(self) -> Triple:
        """The bare triple."""
        return Triple(self.subject, self.predicate, self.object_)


@lru_cache(maxsize=4096)
def _node(iri: str) -> NamedNode:
    """Return the node of an IRI; that of a property, or of the thing at hand, comes again and again."""
    return NamedNode(iri)


@dataclass(frozen=True, slots=True)
class _Origin:
    """What all triples of one fact share."""

    source_id: str
    fact: Fact[Any]
    is_text: bool = False
    is_mention: bool = False
    is_alias: bool = False

    def state(self, subject: str, predicate: str, object_: TermValue) -> Statement:
        fact = self.fact
        return Statement(
            _node(subject), _node(predicate), object_, self.source_id, fact.place, fact.certainty, fact.reason,
            fact.derived_from, self.is_text, self.is_mention, self.is_alias,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mapper:
    """Maps the records of one source, with the keys that `identity` gave."""

    source: SourceSettings
    iris: IriScheme
    identities: Identities
    vocabulary: Vocabulary

    def map(self, thing: Thing) -> Iterator[Statement]:
        """Yield the statements of one record."""
        iri = self.iri(thing.ref)
        is_text = isinstance(thing, Prose | Quotation)
        is_alias = self.identities.is_alias(thing.ref)
        presence = _Origin(self.source.id, Fact(thing.ref.name, thing.place), is_text, is_alias=is_alias)
        for class_iri in thing.class_iris:
            yield presence.state(iri, RDF.type, _node(class_iri))
        if not thing.name and thing.ref.key is None:
            yield self.name(thing.ref, iri, Literal(thing.ref.name), presence)
        if thing.ref.within is not None:
            yield from self.mention(thing.ref.within, _Origin(self.source.id, presence.fact))
        for predicate, fact in iter_facts(thing):
            yield from self.map_fact(thing, iri, predicate, _Origin(self.source.id, fact, is_text, is_alias=is_alias))

    def map_fact(self, thing: Thing, iri: str, predicate: str, origin: _Origin) -> Iterator[Statement]:
        """Yield the statements of one value of one property."""
        value = origin.fact.value
        if isinstance(value, Credit):
            yield from self.map_credit(thing.ref, iri, value, origin)
        elif isinstance(value, Identifier):
            yield from self.map_identifier(iri, value, origin)
        elif isinstance(value, Minutes):
            yield origin.state(iri, predicate, Literal(value.isoformat(), datatype=_node(XSD.duration)))
            yield origin.state(iri, FG.runtimeMinutes, Literal(value.value))
        elif isinstance(thing, MovieTheater) and predicate in _ADDRESS_PARTS:
            yield from self.map_address_part(thing.ref, iri, predicate, origin)
        else:
            if isinstance(value, Ref):
                yield from self.mention(value, _Origin(self.source.id, origin.fact))
            if predicate == SCHEMA.name:
                yield self.name(thing.ref, iri, self.to_term(value), origin)
            else:
                yield origin.state(iri, predicate, self.to_term(value))

    def mention(self, ref: Ref, origin: _Origin) -> Iterator[Statement]:
        """Yield type and name of a thing that is only mentioned; a reference by key tells neither."""
        if ref.key is None and ref.kind not in (Kind.SCREENING, Kind.TEXT):
            iri, mention = self.iri(ref), replace(origin, is_mention=True)
            yield mention.state(iri, RDF.type, _node(ref.kind.class_iri))
            yield self.name(ref, iri, Literal(ref.name), mention)

    def name(self, ref: Ref, iri: str, name: TermValue, origin: _Origin) -> Statement:
        """Return the statement of a name. What was joined to another thing has that one's name; its own is an alternate name."""
        if not self.identities.is_alias(ref):
            return origin.state(iri, SCHEMA.name, name)
        if self.identities.has_name(ref, name.value):
            return replace(origin, is_mention=True).state(iri, SCHEMA.name, name)
        return origin.state(iri, SCHEMA.alternateName, name)

    def map_credit(self, work: Ref, work_iri: str, credit: Credit, origin: _Origin) -> Iterator[Statement]:
        """Yield a credit node; the direct edge follows from it when the sources are resolved."""
        role = self.vocabulary.concept(Kind.ROLE, credit.role)
        if role is None or role.direct_property is None:
            raise ValueError(f"{credit.role!r} is no role of the scheme: readers must look roles up")
        iri = self.iris.thing(Kind.CREDIT, self.identities.credit_key(work, credit))
        agent_iri = self.iri(credit.agent)
        yield from self.mention(credit.agent, origin)
        yield origin.state(work_iri, FG.credit, _node(iri))
        yield origin.state(iri, RDF.type, _node(SCHEMA.PerformanceRole if role.is_performance else SCHEMA.Role))
        yield origin.state(iri, SCHEMA.roleName, _node(role.iri))
        yield origin.state(iri, role.direct_property, _node(agent_iri))
        yield origin.state(iri, FG.billing, Literal(credit.billing))
        if credit.character_name:
            yield origin.state(iri, SCHEMA.characterName, Literal(credit.character_name))
        if credit.credited_as and normalise(credit.credited_as) != normalise(credit.agent.name):
            yield origin.state(iri, FG.creditedAs, Literal(credit.credited_as))

    def map_identifier(self, iri: str, identifier: Identifier, origin: _Origin) -> Iterator[Statement]:
        """Yield a PropertyValue as a part of the thing: `…#imdb-tt18550182`."""
        part_iri = f"{iri}#{slugify(identifier.scheme)}-{slugify(identifier.value)}"
        yield origin.state(iri, SCHEMA.identifier, _node(part_iri))
        yield origin.state(part_iri, RDF.type, _node(SCHEMA.PropertyValue))
        yield origin.state(part_iri, SCHEMA.propertyID, Literal(identifier.scheme))
        yield origin.state(part_iri, SCHEMA.value, Literal(identifier.value))

    def map_address_part(self, ref: Ref, iri: str, predicate: str, origin: _Origin) -> Iterator[Statement]:
        """Yield one line of a venue's PostalAddress."""
        part_iri = self.iris.thing(ref.kind, self.identities.key(ref), "address")
        yield origin.state(iri, SCHEMA.address, _node(part_iri))
        yield origin.state(part_iri, RDF.type, _node(SCHEMA.PostalAddress))
        yield origin.state(part_iri, predicate, self.to_term(origin.fact.value))

    def iri(self, ref: Ref) -> str:
        """Return the IRI of the thing that a reference means."""
        return self.iris.thing(ref.kind, self.identities.key(ref))

    def to_term(self, value: object) -> TermValue:
        """Return the RDF term for a value that maps to one term."""
        if isinstance(value, Ref):
            return _node(self.iri(value))
        if isinstance(value, ConceptRef):
            return _node(self.iris.thing(value.kind, value.key))
        for kind, to_term in _TERMS:
            if isinstance(value, kind):
                return to_term(value)
        raise TypeError(f"no RDF term for {value!r}")


def to_datetime_literal(value: datetime) -> Literal:
    """Return an xsd:dateTime with its UTC offset; the value must carry one."""
    if value.tzinfo is None:
        raise ValueError(f"{value} has no UTC offset")
    return Literal(value.isoformat(timespec="seconds"), datatype=_node(XSD.dateTime))


# bool before int: True is an int.
_TERMS: tuple[tuple[type, Callable[[Any], TermValue]], ...] = (
    (Text, lambda v: Literal(v.value, language=v.language) if v.language else Literal(v.value)),
    (PartialDate, lambda v: Literal(v.value, datatype=_node(v.datatype_iri))),
    (Degrees, lambda v: Literal(v.value, datatype=_node(XSD.decimal))),
    (datetime, to_datetime_literal),
    (Link, lambda v: NamedNode(v.iri)),
    (EventStatus, lambda v: _node(v.value)),
    (bool, Literal),
    (int, Literal),
    (str, Literal),
)


def source_triples(settings: Settings, source: SourceSettings, publisher_iri: str | None) -> Iterator[Triple]:
    """Yield what the catalogue says of one source: a page or a table, its publisher, language, address and licence."""
    subject = NamedNode(settings.iris.thing(Kind.SOURCE, source.id))
    is_table = source.kind in _TABLES
    yield Triple(subject, NamedNode(RDF.type), NamedNode(PROV.Entity))
    yield Triple(subject, NamedNode(RDF.type), NamedNode(SCHEMA.Dataset if is_table else SCHEMA.WebPage))
    yield Triple(subject, NamedNode(SCHEMA.name), Literal(source.title or source.id))
    if publisher_iri is not None:
        yield Triple(subject, NamedNode(SCHEMA.publisher), NamedNode(publisher_iri))
    if source.language:
        yield Triple(subject, NamedNode(SCHEMA.inLanguage), Literal(source.language))
    if source.url:
        yield Triple(subject, NamedNode(SCHEMA.url), NamedNode(source.url))
    if source.licence:
        is_link = source.licence.startswith(("http://", "https://"))
        yield Triple(subject, NamedNode(SCHEMA.license), NamedNode(source.licence) if is_link else Literal(source.licence))
    if source.retrieved:
        yield Triple(subject, NamedNode(FG.retrieved), Literal(source.retrieved, datatype=NamedNode(XSD.date)))
