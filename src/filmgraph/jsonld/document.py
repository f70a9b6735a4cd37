"""The lossless JSON-LD document: the same triples as the Turtle, compact, with a context of its own.

The context is one fixed table, so that a key always has the same meaning and shape. A value that does not have the type that the
table expects is written out in full; nothing is lost (https://www.w3.org/TR/json-ld11/#type-coercion).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from filmgraph.describe import Description
from filmgraph.namespaces import RDF, SCHEMA, XSD
from filmgraph.serialisation_jsonld import CONTEXT, DATATYPES, LINKS, to_term

__all__ = ["CONTEXT", "to_document", "to_json", "triples_to_json"]

_LARGEST_INTEGER = 2**53


def to_document(description: Description) -> dict[str, Any]:
    """Return the triples of a description as a JSON-LD document, the described thing first."""
    return _document(description.triples)


def to_json(description: Description) -> str:
    """Return the document as text: same description, same bytes."""
    return triples_to_json(description.triples)


def triples_to_json(triples: Iterable[Triple]) -> str:
    """Return any triples as the text of a JSON-LD document, subjects in the order of their first triple."""
    return json.dumps(_document(triples), ensure_ascii=False, indent=1) + "\n"


def _document(triples: Iterable[Triple]) -> dict[str, Any]:
    by_subject: defaultdict[str, list[Triple]] = defaultdict(list)
    for triple in triples:
        by_subject[_iri(triple.subject)].append(triple)
    return {"@context": CONTEXT, "@graph": [_node(iri, each) for iri, each in by_subject.items()]}


def _node(iri: str, triples: Iterable[Triple]) -> dict[str, Any]:
    types: list[str] = []
    values: defaultdict[str, list[Any]] = defaultdict(list)
    for triple in triples:
        predicate, value = triple.predicate.value, triple.object
        if predicate == RDF.type and isinstance(value, NamedNode):
            types.append(to_term(value.value))
        else:
            values[predicate].append(_value(predicate, value))
    node: dict[str, Any] = {"@id": iri}
    if types:
        node["@type"] = _one_or_all(sorted(types))
    ordered = sorted(values, key=lambda each: (each != SCHEMA.name, to_term(each)))
    return node | {to_term(each): _one_or_all(values[each]) for each in ordered}


def _value(predicate: str, value: object) -> str | int | bool | dict[str, str]:
    if isinstance(value, NamedNode):
        return value.value if predicate in LINKS else {"@id": value.value}
    if not isinstance(value, Literal):
        raise TypeError(f"{value} is neither an IRI nor a literal")
    datatype = value.datatype.value
    if value.language:
        return {"@value": value.value, "@language": value.language}
    if datatype == DATATYPES.get(predicate):
        return value.value
    if predicate in LINKS or predicate in DATATYPES:
        return {"@value": value.value} | ({} if datatype == XSD.string else {"@type": datatype})
    return _plain(value.value, datatype)


def _plain(text: str, datatype: str) -> str | int | bool | dict[str, str]:
    """Return a literal as JSON's own kind of value where that reads back as the very same literal."""
    if datatype == XSD.string:
        return text
    if datatype == XSD.boolean and text in ("true", "false"):
        return text == "true"
    if datatype == XSD.integer and re.fullmatch(r"0|-?[1-9][0-9]{0,15}", text) and abs(int(text)) < _LARGEST_INTEGER:
        return int(text)
    return {"@value": text, "@type": datatype}


def _one_or_all(values: list[Any]) -> Any:  # noqa: ANN401 -- JSON
    return values[0] if len(values) == 1 else values


def _iri(node: object) -> str:
    if isinstance(node, NamedNode):
        return node.value
    raise TypeError(f"{node} is no IRI: releases hold no blank nodes")
