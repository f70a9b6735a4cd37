"""VoID: what a dataset holds, in numbers (https://www.w3.org/TR/void/)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pyoxigraph import Literal, NamedNode, Triple

from filmgraph.dataset_statistics import LinkCount, PropertyCount, Statistics
from filmgraph.dataset_targets import TARGETS, Target, find_target
from filmgraph.iris import Kind
from filmgraph.namespaces import DCTERMS, FOAF, PREFIXES, RDF, VOID

__all__ = ["iter_class_details", "iter_statistics", "triple", "uri_pattern"]

#: Whose first, fullest thing is shown as an example.
_EXAMPLES = (Kind.FILM, Kind.PERSON, Kind.CREDIT, Kind.FESTIVAL, Kind.SCREENING, Kind.VENUE)


def triple(subject: str, predicate: str, object_: str | NamedNode | Literal) -> Triple:
    """Return a triple; a bare text as object is an IRI."""
    return Triple(NamedNode(subject), NamedNode(predicate), NamedNode(object_) if isinstance(object_, str) else object_)


def uri_pattern(base_iri: str) -> str:
    """Return the regular expression that the IRIs of a catalogue's things match, and those of their parts do not."""
    return f"^{re.escape(base_iri)}id/[^#]+$"


def iter_statistics(iri: str, base_iri: str, statistics: Statistics) -> Iterator[Triple]:
    """Yield the counts that a release's graph holds: totals, partitions, linksets, vocabularies and examples."""
    yield triple(iri, VOID.uriSpace, Literal(base_iri + "id/"))
    yield triple(iri, VOID.uriRegexPattern, Literal(uri_pattern(base_iri)))
    for name, count in (
        ("triples", statistics.triples),
        ("entities", statistics.entities),
        ("classes", len(statistics.classes)),
        ("properties", len(statistics.properties)),
        ("distinctSubjects", statistics.distinct_subjects),
        ("distinctObjects", statistics.distinct_objects),
    ):
        yield triple(iri, VOID.term(name), Literal(count))
    for kind in _EXAMPLES:
        if kind.segment in statistics.examples:
            yield triple(iri, VOID.exampleResource, statistics.examples[kind.segment])
    for vocabulary in sorted({_vocabulary(each) for each in (*statistics.classes, *statistics.properties)}):
        yield triple(iri, VOID.vocabulary, vocabulary)
    for class_iri, found in statistics.classes.items():
        part = f"{iri}#class-{_local(class_iri)}"
        yield triple(iri, VOID.classPartition, part)
        yield triple(part, VOID.class_, class_iri)
        yield triple(part, VOID.entities, Literal(found.entities))
    yield from _iter_properties(iri, f"{iri}#property-", statistics.properties)
    for link in statistics.links:
        yield from _iter_linkset(iri, link)


def iter_class_details(iri: str, statistics: Statistics) -> Iterator[Triple]:
    """Yield which properties the things of each class have, and how often: what an editor completes a query with."""
    for class_iri, found in statistics.classes.items():
        part = f"{iri}#class-{_local(class_iri)}"
        yield triple(part, RDF.type, VOID.Dataset)
        yield from _iter_properties(part, f"{part}-property-", found.properties, is_detailed=True)
    for property_iri, count in statistics.properties.items():
        part = f"{iri}#property-{_local(property_iri)}"
        yield triple(part, RDF.type, VOID.Dataset)
        yield triple(part, VOID.distinctSubjects, Literal(count.subjects))


def _iter_properties(
    iri: str, prefix: str, properties: Mapping[str, PropertyCount], *, is_detailed: bool = False
) -> Iterator[Triple]:
    for property_iri, count in properties.items():
        part = f"{prefix}{_local(property_iri)}"
        yield triple(iri, VOID.propertyPartition, part)
        yield triple(part, VOID.property, property_iri)
        yield triple(part, VOID.triples, Literal(count.triples))
        if is_detailed:
            yield triple(part, RDF.type, VOID.Dataset)
            yield triple(part, VOID.distinctSubjects, Literal(count.subjects))


def _iter_linkset(iri: str, link: LinkCount) -> Iterator[Triple]:
    """Yield one linkset. Its links are triples of the dataset, so that it is a subset (https://www.w3.org/TR/void/#linkset)."""
    target = _target(link)
    part = f"{iri}#links-{_part_name(link.target)}-{_local(link.predicate)}"
    target_iri = f"{iri}#dataset-{_part_name(link.target)}"
    yield triple(iri, VOID.subset, part)
    yield triple(part, RDF.type, VOID.Linkset)
    yield triple(part, VOID.subjectsTarget, iri)
    yield triple(part, VOID.objectsTarget, target_iri)
    yield triple(part, VOID.linkPredicate, link.predicate)
    yield triple(part, VOID.triples, Literal(link.triples))
    if link.scheme:
        about = f"Identifiers of the kind “{link.scheme}”: the values of schema:identifier whose schema:propertyID says so."
        yield triple(part, DCTERMS.description, Literal(about, language="en"))
    yield triple(target_iri, RDF.type, VOID.Dataset)
    yield triple(target_iri, DCTERMS.term("title"), Literal(target.title))
    yield triple(target_iri, FOAF.homepage, target.homepage)
    yield triple(target_iri, VOID.uriSpace, Literal(target.uri_spaces[0]))


def _target(link: LinkCount) -> Target:
    known = next((each for each in TARGETS if each.key == link.target), None) or find_target(link.example)
    if known is None:
        raise ValueError(f"{link.target} is no dataset that links go to")
    return known


def _part_name(key: str) -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "-", key)


def _vocabulary(term_iri: str) -> str:
    """Return the vocabulary that a class or property comes from: its namespace, without the hash that no document has."""
    known = (each for each in PREFIXES.values() if term_iri.startswith(each))
    namespace = max(known, key=len, default="") or term_iri[: max(term_iri.rfind("#"), term_iri.rfind("/")) + 1]
    return str(namespace).removesuffix("#")


def _local(iri: str) -> str:
    """Return a part name that stays unique where two vocabularies share a local name: `schema-name`, `void-Dataset`."""
    namespace, _, local = iri.replace("#", "/").rpartition("/")
    return f"{namespace.rstrip('/').rpartition('/')[2].replace('.', '-')}-{local}"
