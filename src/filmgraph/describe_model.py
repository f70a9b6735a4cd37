"""What `describe` gives back: the triples of one document, with the look-ups that pages and JSON-LD need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Literal, NamedNode, Quad, Triple

from filmgraph.iris import IriScheme, ThingId
from filmgraph.namespaces import DCTERMS, RDF, RDFS, SCHEMA, SKOS
from filmgraph.stores.base import Term

__all__ = ["NAME_PROPERTIES", "Description", "Incoming", "Statement", "to_iri", "to_term"]

#: The properties that tell what a thing is called, the first that it has counts.
NAME_PROPERTIES = (SCHEMA.name, SKOS.prefLabel, DCTERMS.term("title"), RDFS.label)


@dataclass(frozen=True, slots=True)
class Incoming:
    """The things of one kind that link to the described thing by one property.

    `subjects` are sorted; where there are very many, only the first `INCOMING_LIMIT`. `total` counts all.
    """

    predicate_iri: str
    segment: str
    subjects: tuple[str, ...]
    total: int

    @property
    def is_cut(self) -> bool:
        """Whether there are more than `subjects` holds."""
        return self.total > len(self.subjects)


@dataclass(frozen=True, slots=True)
class Statement:
    """One fact as one source states it; `iri` is its anchor on the thing's page."""

    iri: str
    subject_iri: str
    predicate_iri: str
    value: Term
    source_iris: tuple[str, ...]
    place_iri: str = ""
    place_label: str = ""
    certainty_iri: str = ""
    reason: str = ""
    outcome: str = ""


@dataclass(frozen=True)
class Description:
    """What a release says about the thing `iri`.

    `quads` are the document, in the graphs where the store keeps them; `source_quads` the same facts as the sources gave them,
    with their provenance. `page_triples` are texts and names that only the page shows. `text_iris` are the texts about the thing.
    """

    iri: str
    thing: ThingId
    scheme: IriScheme
    quads: tuple[Quad, ...]
    source_quads: tuple[Quad, ...] = ()
    page_triples: tuple[Triple, ...] = ()
    incoming: tuple[Incoming, ...] = ()
    statements: tuple[Statement, ...] = ()
    statement_total: int = 0
    text_iris: tuple[str, ...] = ()

    @cached_property
    def triples(self) -> tuple[Triple, ...]:
        """The triples of the document without doubles: the thing's own first, then those of its parts, then the rest."""
        return tuple(sorted({quad.triple for quad in self.quads}, key=self._rank))

    @cached_property
    def _index(self) -> Mapping[tuple[str, str], tuple[Term, ...]]:
        index: defaultdict[tuple[str, str], list[Term]] = defaultdict(list)
        for triple in sorted({*self.triples, *self.page_triples}, key=str):
            index[to_iri(triple.subject), triple.predicate.value].append(to_term(triple.object))
        return {key: tuple(values) for key, values in index.items()}

    def values(self, subject_iri: str, predicate_iri: str) -> tuple[Term, ...]:
        """Return all values of a property, sorted."""
        return self._index.get((subject_iri, predicate_iri), ())

    @cached_property
    def _subjects(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        index: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for triple in (*self.triples, *self.page_triples):
            if isinstance(triple.object, NamedNode):
                index[triple.predicate.value, triple.object.value].add(to_iri(triple.subject))
        return {key: tuple(sorted(subjects)) for key, subjects in index.items()}

    def subjects(self, predicate_iri: str, object_iri: str) -> tuple[str, ...]:
        """Return what links to a thing by a property, sorted."""
        return self._subjects.get((predicate_iri, object_iri), ())

    def iris(self, subject_iri: str, *predicate_iris: str) -> tuple[str, ...]:
        """Return the values of some properties that are IRIs."""
        values = (value for each in predicate_iris for value in self.values(subject_iri, each))
        return tuple(value.value for value in values if isinstance(value, NamedNode))

    def literals(self, subject_iri: str, predicate_iri: str) -> tuple[Literal, ...]:
        """Return the values of a property that are literals."""
        return tuple(value for value in self.values(subject_iri, predicate_iri) if isinstance(value, Literal))

    def text(self, subject_iri: str, predicate_iri: str, language: str = "en") -> str:
        """Return one text: untagged, else in `language`, else the first; empty when there is none."""
        found = self.literals(subject_iri, predicate_iri)
        by_language = {each.language or "": each.value for each in reversed(found)}
        return by_language.get("") or by_language.get(language) or (found[0].value if found else "")

    def name(self, iri: str, language: str = "en") -> str:
        """Return what a thing is called; empty when the document does not say."""
        return next((name for each in NAME_PROPERTIES if (name := self.text(iri, each, language))), "")

    def _rank(self, triple: Triple) -> tuple[int, str, bool, str]:
        subject = to_iri(triple.subject)
        rank = 0 if subject == self.iri else 1 if subject.startswith(self.iri + "#") else 2
        return rank, subject, triple.predicate.value != RDF.type, str(triple)


def to_iri(node: object) -> str:
    """Return the IRI of a node."""
    return node.value if isinstance(node, NamedNode) else str(node)


def to_term(node: object) -> Term:
    """Return a node as a value; TypeError for what no release holds."""
    if isinstance(node, NamedNode | Literal):
        return node
    raise TypeError(f"{node} is neither an IRI nor a literal: releases hold no other terms")
