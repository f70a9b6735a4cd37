"""What the query page knows of the release: the words that its editor completes, and the labels in its results."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Final

from flask import Blueprint, Response
from pyoxigraph import Literal, NamedNode

from filmgraph.formats import Format
from filmgraph.iris import Kind
from filmgraph.languages import FIRST_LANGUAGE
from filmgraph.namespaces import FG, OWL, PREFIXES, RDF, RDFS, SCHEMA, VOID, shorten
from filmgraph.web.responses import respond
from filmgraph.web.site import Site

__all__ = ["QueryWords", "Term", "completion_blueprint"]

_JSON: Final = Format("schema", "Words to query with", "application/json", ".json", "https://www.rfc-editor.org/rfc/rfc8259")
_CLASSES: Final = frozenset({OWL.Class, RDFS.Class})
_PROPERTIES: Final = frozenset({OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDF.Property})


@dataclass(frozen=True, slots=True)
class Term:
    """A class or property: `name` is its prefixed name, `count` the things or triples in the published graph that use it."""

    iri: str
    name: str
    label: str
    count: int


def completion_blueprint(site: Site) -> Blueprint:
    """Return the route of the words, and give the templates `query_words`."""
    blueprint = Blueprint("completion", __name__)
    words = QueryWords(site)
    blueprint.record_once(lambda state: state.app.jinja_env.globals.update(query_words=words))

    @blueprint.get("/sparql/schema.json")
    def schema() -> Response:
        return respond(site, words.json, _JSON)

    return blueprint


@dataclass(frozen=True)
class QueryWords:
    """The words of one release; each is looked up once."""

    site: Site

    @cached_property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes of the vocabularies, then one for each kind of thing: `film:here-2023`."""
        kinds = {kind.segment: self.site.iris.thing(kind, "x").removesuffix("x") for kind in Kind}
        return {**kinds, **PREFIXES}

    @cached_property
    def classes(self) -> tuple[Term, ...]:
        """All classes that are in use or our own, the most used first."""
        return self._terms(_CLASSES, self._counts(VOID.classPartition, VOID.class_, VOID.entities))

    @cached_property
    def properties(self) -> tuple[Term, ...]:
        """All properties that are in use or our own, the most used first."""
        return self._terms(_PROPERTIES, self._counts(VOID.propertyPartition, VOID.property, VOID.triples))

    @cached_property
    def json(self) -> str:
        """The words as the editor reads them."""
        document = {
            "release": self.site.manifest.release_id,
            "prefixes": dict(self.prefixes),
            "classes": [asdict(each) for each in self.classes],
            "properties": [asdict(each) for each in self.properties],
        }
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"

    def label(self, iri: str, language: str = FIRST_LANGUAGE) -> str | None:
        """Return what people call a thing, concept or term of ours; None for anything else, and for what has no name."""
        concept = self.site.vocabulary.by_iri(iri)
        if concept is not None:
            return concept.label(language)
        thing = self.site.iris.parse(iri)
        if thing is None or "#" in iri:
            return None
        return self._name(iri) or self.site.vocabulary.term_label(iri, language)

    def _name(self, iri: str) -> str | None:
        quads = self.site.store.quads(NamedNode(iri), NamedNode(SCHEMA.name))
        names = {each.object.language or "": each.object.value for each in quads if isinstance(each.object, Literal)}
        return names.get("") or names.get("en") or next((names[language] for language in sorted(names)), None)

    def _terms(self, own_types: frozenset[str], counts: Mapping[str, int]) -> tuple[Term, ...]:
        iris = {*counts, *self._own(own_types)}
        terms = [Term(iri, shorten(iri), self._term_label(iri), counts.get(iri, 0)) for iri in iris]
        return tuple(sorted(terms, key=lambda each: (-each.count, each.name)))

    def _own(self, types: frozenset[str]) -> Iterator[str]:
        for triple in self.site.vocabulary.triples:
            subject, object_ = triple.subject, triple.object
            is_typed = triple.predicate.value == RDF.type and isinstance(object_, NamedNode) and object_.value in types
            if is_typed and isinstance(subject, NamedNode) and subject.value.startswith(FG):
                yield subject.value

    def _term_label(self, iri: str) -> str:
        """Return the vocabulary's label, else the words of a foreign name: `workPresented` is "work presented"."""
        local = re.split(r"[#/]", iri)[-1]
        return self.site.vocabulary.term_label(iri) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", local).lower()

    def _counts(self, partition: str, term: str, count: str) -> dict[str, int]:
        """Return the numbers of the dataset's own description (https://www.w3.org/TR/void/#class-property-partitions)."""
        dataset = NamedNode(self.site.iris.thing(Kind.DATASET, self.site.manifest.catalogue_id))
        found = {}
        for quad in self.site.store.quads(dataset, NamedNode(partition)):
            if isinstance(quad.object, NamedNode):
                iri, number = self._one(quad.object, term), self._one(quad.object, count)
                if iri and number.isdecimal():
                    found[iri] = int(number)
        return found

    def _one(self, subject: NamedNode, predicate: str) -> str:
        objects = [each.object for each in self.site.store.quads(subject, NamedNode(predicate))]
        return next((each.value for each in objects if isinstance(each, NamedNode | Literal)), "")
