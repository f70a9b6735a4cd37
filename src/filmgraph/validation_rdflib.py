"""Terms of the engine as those of rdflib, which pySHACL reads."""

from __future__ import annotations

from pyoxigraph import BlankNode, Literal, NamedNode
from rdflib import BNode, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.term import Node

from filmgraph.namespaces import XSD

__all__ = ["to_rdflib"]


def to_rdflib(term: object) -> Node:
    """Return a pyoxigraph term as rdflib's.

    A plain string has no datatype in rdflib and xsd:string in Oxigraph; left so, no plain string would equal one in a shape.
    The spelling of a literal is kept (`PT82M` stays), so that it is found again in the sources.
    """
    if isinstance(term, NamedNode):
        return URIRef(term.value)
    if isinstance(term, BlankNode):
        return BNode(term.value)
    if not isinstance(term, Literal):
        raise TypeError(f"{term!r} is no term of a plain triple")
    if term.language:
        return RdfLiteral(term.value, lang=term.language)
    datatype = None if term.datatype.value == XSD.string else URIRef(term.datatype.value)
    return RdfLiteral(term.value, datatype=datatype, normalize=False)
