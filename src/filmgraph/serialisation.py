"""Triples as bytes that do not change from one run to the next: the engine writes its prefixes in any order, we sort them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyoxigraph import Quad, RdfFormat, Triple, serialize

from filmgraph.iris import IriScheme, Kind
from filmgraph.namespaces import PREFIXES, RDF, SCHEMA

__all__ = ["prefixes_for", "reading_order", "serialise"]

_XML_ROOT = re.compile(rb"<rdf:RDF ([^<>]*)>")
_FIRST = {RDF.type: 0, SCHEMA.name: 1}


def prefixes_for(iris: IriScheme) -> dict[str, str]:
    """Return the published prefixes, and one for each kind of thing in this catalogue."""
    own = {kind.segment: f"{iris.base_of(kind)}id/{kind.segment}/" for kind in Kind}
    return {**{prefix: str(namespace) for prefix, namespace in PREFIXES.items()}, **own}


def reading_order(triple: Triple) -> tuple[str, int, str, str]:
    """Sort by thing, and tell of each thing first what it is and what it is called."""
    predicate = triple.predicate.value
    return (str(triple.subject), _FIRST.get(predicate, 2), predicate, str(triple.object))


def serialise(items: Iterable[Triple] | Iterable[Quad], rdf_format: RdfFormat, prefixes: dict[str, str]) -> bytes:
    """Return triples or quads in a format, in the given order, with sorted prefixes."""
    data = serialize(items, format=rdf_format, prefixes=prefixes)
    if data is None:
        raise TypeError("the serialiser gives bytes when it is given no file")
    if data.startswith(b"@prefix"):
        lines = data.split(b"\n", len(prefixes))
        return b"\n".join([*sorted(lines[: len(prefixes)]), b"", *lines[len(prefixes) :]])
    return _XML_ROOT.sub(lambda root: b"<rdf:RDF " + b" ".join(sorted(root[1].split())) + b">", data, count=1)
