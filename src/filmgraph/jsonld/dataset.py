"""The JSON-LD block of the datasets page, as dataset search reads it: the schema.org part of `dataset.ttl`, nested.

https://developers.google.com/search/docs/appearance/structured-data/dataset
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Triple

from filmgraph.namespaces import RDF, SCHEMA, XSD

__all__ = ["crawler_dataset"]

_CONTEXT: Final = "https://schema.org"
_FIRST: Final = ("@context", "@type", "@id", "name", "description", "url")

_Terms = dict[str, list[NamedNode | Literal]]


def crawler_dataset(iri: str, triples: Iterable[Triple]) -> dict[str, Any]:
    """Return the description of the dataset `iri`: all that `triples` say of it in schema.org terms, and nothing else."""
    by_subject: defaultdict[str, _Terms] = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        predicate, value = triple.predicate.value, triple.object
        if isinstance(triple.subject, NamedNode) and isinstance(value, NamedNode | Literal) and _is_ours(predicate, value):
            by_subject[triple.subject.value][predicate].append(value)
    return {"@context": _CONTEXT, **_node(iri, by_subject, frozenset())}


def _is_ours(predicate: str, value: NamedNode | Literal) -> bool:
    return value.value.startswith(SCHEMA) if predicate == RDF.type else predicate.startswith(SCHEMA)


def _node(iri: str, by_subject: defaultdict[str, _Terms], above: frozenset[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"@id": iri}
    for predicate, values in by_subject[iri].items():
        if predicate == RDF.type:
            found["@type"] = _one_or_all(sorted(each.value.removeprefix(SCHEMA) for each in values))
        else:
            found[predicate.removeprefix(SCHEMA)] = _one_or_all([_value(each, by_subject, above | {iri}) for each in values])
    return {name: found[name] for name in (*_FIRST, *sorted(found)) if name in found}


def _value(value: NamedNode | Literal, by_subject: defaultdict[str, _Terms], above: frozenset[str]) -> Any:  # noqa: ANN401 -- JSON
    if isinstance(value, Literal):
        return value.value == "true" if value.datatype.value == XSD.boolean else value.value
    is_described = value.value in by_subject and value.value not in above
    return _node(value.value, by_subject, above) if is_described else value.value


def _one_or_all(values: list[Any]) -> Any:  # noqa: ANN401 -- JSON
    return values[0] if len(values) == 1 else values
