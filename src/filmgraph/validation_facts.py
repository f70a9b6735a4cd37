"""The triples of one build, held so that core shapes, rules and checks can each read them the way they need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import NamedNode, Quad, Store, Triple
from rdflib import Graph

from filmgraph.validation_local import LocalFacts
from filmgraph.validation_rdflib import to_rdflib
from filmgraph.validation_terms import Term, key_of
from filmgraph.vocabulary import Vocabulary

__all__ = ["Facts", "Term"]


@dataclass(frozen=True)
class Facts:
    """Published triples, texts and the vocabulary, with the indexes that are built from them when first asked for."""

    published: tuple[Triple, ...]
    texts: tuple[Triple, ...]
    vocabulary: Vocabulary

    @classmethod
    def of(cls, published: Iterable[Triple], texts: Iterable[Triple], vocabulary: Vocabulary) -> Facts:
        """Hold the triples of one build."""
        return cls(tuple(published), tuple(texts), vocabulary)

    @property
    def own(self) -> Iterator[Triple]:
        """What the catalogue itself says: everything but the vocabulary."""
        yield from self.published
        yield from self.texts

    @cached_property
    def referred(self) -> frozenset[str]:
        """The IRIs that the catalogue has as values: things of its own, concepts, classes, pages elsewhere."""
        return frozenset(value.value for each in self.own if isinstance(value := each.object, NamedNode))

    @cached_property
    def used_concepts(self) -> tuple[Triple, ...]:
        """What the vocabulary says of the concepts that the catalogue refers to."""
        concepts = sorted(iri for iri in self.referred if self.vocabulary.by_iri(iri) is not None)
        return tuple(triple for iri in concepts for triple in self.vocabulary.concept_triples(iri))

    @cached_property
    def store(self) -> Store:
        """Everything in an in-memory store, for the rules. The whole vocabulary is in it: loading takes milliseconds."""
        store = Store()
        store.bulk_extend(Quad(*each) for part in (self.published, self.texts) for each in part)
        store.bulk_extend(self.vocabulary.quads)
        return store

    @cached_property
    def local(self) -> LocalFacts:
        """The catalogue and the concepts that it uses, for the core shapes."""
        others = dict.fromkeys((*self.texts, *self.used_concepts))
        return LocalFacts((*others, *(each for each in self.published if each not in others)))

    @cached_property
    def graph(self) -> Graph:
        """The catalogue and the concepts that it uses, for pySHACL."""
        graph = Graph()
        for part in (self.published, self.texts, self.used_concepts):
            for each in part:
                graph.add((to_rdflib(each.subject), to_rdflib(each.predicate), to_rdflib(each.object)))
        return graph

    @cached_property
    def _concept_iris(self) -> frozenset[str]:
        return frozenset(key_of(each.subject) for each in self.used_concepts)

    @cached_property
    def _by_class(self) -> Mapping[str, list[str]]:
        by_class: dict[str, list[str]] = defaultdict(list)
        for subject in self.subjects:
            for each in self.local.classes(subject):
                by_class[each].append(subject)
        return by_class

    @cached_property
    def subjects(self) -> tuple[str, ...]:
        """The IRIs of everything that the catalogue describes."""
        return tuple(each for each in self.local.things if each not in self._concept_iris and not each.startswith("_:"))

    def values(self, subject_iri: str, predicate_iri: str) -> list[str]:
        """Return the values of a property as texts, sorted."""
        return sorted({each.value for each in self.local.values(subject_iri, predicate_iri)})

    def first(self, subject_iri: str, predicate_iri: str) -> str | None:
        """Return the value of a property that should have one."""
        return next(iter(self.values(subject_iri, predicate_iri)), None)

    def of_class(self, class_iri: str) -> list[str]:
        """Return the IRIs of all things of a class, sorted; subclasses do not count."""
        return sorted(self._by_class.get(class_iri, ()))
