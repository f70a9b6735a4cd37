"""Triples as the bytes of one RDF format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple

from filmgraph.describe import Description
from filmgraph.formats import DocumentFormat, QuadFormat
from filmgraph.iris import IriScheme
from filmgraph.jsonld import to_json, triples_to_json
from filmgraph.serialisation import prefixes_for, reading_order, serialise

__all__ = ["offered_formats", "represent", "represent_quads", "represent_triples"]

# What https://www.w3.org/TR/xml/#charsets leaves out.
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENGINE_FORMATS = {
    DocumentFormat.TURTLE: RdfFormat.TURTLE,
    DocumentFormat.N_TRIPLES: RdfFormat.N_TRIPLES,
    DocumentFormat.N_QUADS: RdfFormat.N_QUADS,
    DocumentFormat.TRIG: RdfFormat.TRIG,
    DocumentFormat.RDF_XML: RdfFormat.RDF_XML,
}
_WITH_PREFIXES = (DocumentFormat.TURTLE, DocumentFormat.TRIG, DocumentFormat.RDF_XML)


def offered_formats(description: Description) -> tuple[DocumentFormat, ...]:
    """Return the formats that can hold a document: XML has no way to write some control characters."""
    texts = (each.object.value for each in description.triples if isinstance(each.object, Literal))
    if any(_NOT_IN_XML.search(text) for text in texts):
        return tuple(each for each in DocumentFormat if each is not DocumentFormat.RDF_XML)
    return tuple(DocumentFormat)


def represent(description: Description, document_format: DocumentFormat) -> bytes:
    """Return the document of a thing; N-Quads and TriG also tell what each source says, and where."""
    if document_format is DocumentFormat.JSON_LD:
        return to_json(description).encode()
    if document_format in QuadFormat:
        quads = sorted({*description.quads, *description.source_quads}, key=str)
        return represent_quads(quads, document_format, description.scheme)
    return represent_triples(description.triples, document_format, description.scheme)


def represent_triples(triples: Sequence[Triple], document_format: DocumentFormat, scheme: IriScheme) -> bytes:
    """Return triples in an RDF format, in the given order."""
    if document_format is DocumentFormat.JSON_LD:
        return triples_to_json(triples).encode()
    prefixes = _prefixes(triples, scheme) if document_format in _WITH_PREFIXES else {}
    return serialise(triples, _ENGINE_FORMATS[document_format], prefixes)


def represent_quads(quads: Sequence[Quad], document_format: DocumentFormat, scheme: IriScheme) -> bytes:
    """Return quads as N-Quads in the given order, or as TriG: one block for each graph, the published graph first."""
    if document_format is DocumentFormat.N_QUADS:
        return serialise(quads, RdfFormat.N_QUADS, {})
    return serialise(sorted(quads, key=_graph_order), RdfFormat.TRIG, _prefixes([quad.triple for quad in quads], scheme))


def _graph_order(quad: Quad) -> tuple[str, ...]:
    graph = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
    return (graph, *map(str, reading_order(quad.triple)))


def _prefixes(triples: Iterable[Triple], scheme: IriScheme) -> dict[str, str]:
    """Return the prefixes that a document uses."""
    known = prefixes_for(scheme)
    used = {
        each.value
        for triple in triples
        for each in (triple.subject, triple.predicate, triple.object)
        if isinstance(each, NamedNode)
    }
    used |= {triple.object.datatype.value for triple in triples if hasattr(triple.object, "datatype")}
    return {name: namespace for name, namespace in sorted(known.items()) if any(each.startswith(namespace) for each in used)}
