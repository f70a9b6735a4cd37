"""What a release says about itself: a VoID and DCAT description with every number computed from the graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from filmgraph.iris import Kind
from filmgraph.namespaces import DCAT, DCTERMS, FG, PROV, RDF, SCHEMA, SKOS, VOID, XSD
from filmgraph.settings import Settings

__all__ = ["count_things", "dataset_triples"]


def count_things(published: Iterable[Triple], settings: Settings) -> dict[str, int]:
    """Return how many things of each kind the published graph types, by path segment."""
    things = {
        (thing.segment, thing.key)
        for triple in published
        if triple.predicate.value == RDF.type and isinstance(triple.subject, NamedNode) and "#" not in triple.subject.value
        if (thing := settings.iris.parse(triple.subject.value)) is not None
    }
    return dict(sorted(Counter(segment for segment, _ in things).items()))


def dataset_triples(settings: Settings, published: frozenset[Triple], issued: str, version: str) -> frozenset[Triple]:
    """Describe the dataset; `issued` is an ISO date, `version` the release id. The counts leave this description out.

    Sources: VoID (https://www.w3.org/TR/void/), DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/).
    """
    iri = settings.iris.thing(Kind.DATASET, settings.id)
    return frozenset((*_iter_header(iri, settings, issued, version), *_iter_statistics(iri, published)))


def _triple(subject: str, predicate: str, object_: NamedNode | Literal) -> Triple:
    return Triple(NamedNode(subject), NamedNode(predicate), object_)


def _iter_header(iri: str, settings: Settings, issued: str, version: str) -> Iterator[Triple]:
    language = settings.languages[0]
    for class_iri in (DCAT.Dataset, VOID.Dataset, SCHEMA.Dataset):
        yield _triple(iri, RDF.type, NamedNode(class_iri))
    for predicate in (DCTERMS.term("title"), SCHEMA.name):
        yield _triple(iri, predicate, Literal(settings.title, language=language))
    for predicate in (DCTERMS.description, SCHEMA.description):
        yield _triple(iri, predicate, Literal(settings.description or settings.title, language=language))
    for predicate in (DCTERMS.license, SCHEMA.license):
        yield _triple(iri, predicate, NamedNode(settings.licence))
    yield _triple(iri, SCHEMA.creditText, Literal(settings.publisher))
    yield _triple(iri, DCTERMS.issued, Literal(issued, datatype=NamedNode(XSD.date)))
    yield _triple(iri, SCHEMA.datePublished, Literal(issued, datatype=NamedNode(XSD.date)))
    yield _triple(iri, DCAT.version, Literal(version))
    yield _triple(iri, SCHEMA.version, Literal(version))
    yield _triple(iri, DCAT.landingPage, NamedNode(settings.iris.document(Kind.DATASET, settings.id)))
    yield _triple(iri, VOID.uriSpace, Literal(settings.base_iri + "id/"))
    yield _triple(iri, VOID.sparqlEndpoint, NamedNode(settings.base_iri + "sparql"))
    for suffix in (".nt.gz", ".ttl.gz"):
        yield _triple(iri, VOID.dataDump, NamedNode(f"{settings.base_iri}dumps/{settings.id}{suffix}"))
    for vocabulary in (SCHEMA, FG, SKOS, PROV):
        yield _triple(iri, VOID.vocabulary, NamedNode(str(vocabulary).removesuffix("#")))


def _iter_statistics(iri: str, published: frozenset[Triple]) -> Iterator[Triple]:
    yield _triple(iri, VOID.triples, Literal(len(published)))
    yield _triple(iri, VOID.distinctSubjects, Literal(len({triple.subject for triple in published})))
    types = Counter(t.object.value for t in published if t.predicate.value == RDF.type and isinstance(t.object, NamedNode))
    for class_iri, count in sorted(types.items()):
        part = f"{iri}#class-{_local(class_iri)}"
        yield _triple(iri, VOID.classPartition, NamedNode(part))
        yield _triple(part, VOID.class_, NamedNode(class_iri))
        yield _triple(part, VOID.entities, Literal(count))
    properties = Counter(triple.predicate.value for triple in published)
    for property_iri, count in sorted(properties.items()):
        part = f"{iri}#property-{_local(property_iri)}"
        yield _triple(iri, VOID.propertyPartition, NamedNode(part))
        yield _triple(part, VOID.property, NamedNode(property_iri))
        yield _triple(part, VOID.triples, Literal(count))


def _local(iri: str) -> str:
    """Return a part name that stays unique where two vocabularies share a local name: `schema-name`, `void-Dataset`."""
    namespace, _, local = iri.replace("#", "/").rpartition("/")
    return f"{namespace.rstrip('/').rpartition('/')[2].replace('.', '-')}-{local}"
