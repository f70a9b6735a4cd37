"""Where each fact stands in its source, how certain it is, and whether it was published: the provenance graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from pyoxigraph import Literal, NamedNode, Triple

from filmgraph.findings import SourcePlace
from filmgraph.iris import IriScheme, Kind
from filmgraph.mapping import Statement
from filmgraph.model import Certainty
from filmgraph.namespaces import FG, PROV, RDF, SCHEMA

__all__ = ["Fate", "Provenance", "certainty_triples", "derived_from"]

_NOT_EXPLAINED = frozenset({RDF.type})
_ADDED_TO_CREDITS = frozenset({SCHEMA.characterName, FG.creditedAs})
# Made once: this graph is several times as large as all others together.
_SUBJECT, _PREDICATE, _OBJECT = NamedNode(RDF.subject), NamedNode(RDF.predicate), NamedNode(RDF.object)
_CERTAINTY, _REASON, _OUTCOME = NamedNode(FG.certainty), NamedNode(FG.reason), NamedNode(FG.outcome)
_PLACE, _PLACE_LABEL, _DERIVED_FROM = NamedNode(FG.place), NamedNode(FG.placeLabel), NamedNode(PROV.wasDerivedFrom)
_PUBLISHED, _OVERRULED = Literal("published"), Literal("overruled")
_DEGREES = {each.value: NamedNode(each.iri) for each in Certainty}


@dataclass(frozen=True, slots=True)
class Fate:
    """One statement, all places of one source together, and whether its value was published; `triple` is the statement's."""

    statement: Statement
    triple: Triple
    places: tuple[SourcePlace, ...]
    is_published: bool


@dataclass(frozen=True, slots=True)
class Provenance:
    """The triples that explain facts, each once; made anew whenever they are iterated over, so that they need no memory."""

    fates: tuple[Fate, ...]
    iris: IriScheme

    def __iter__(self) -> Iterator[Triple]:
        credits = self.iris.thing(Kind.CREDIT, "x").removesuffix("x")
        for fate in self.fates:
            if _is_explained(fate, credits):
                yield from _explain(fate, self.iris)


def _is_explained(fate: Fate, credits: str) -> bool:
    """A credit is explained as one fact, by the link to it; only what a second source may have added to it stands for itself."""
    each = fate.statement
    predicate = each.predicate.value
    is_own_fact = predicate in _ADDED_TO_CREDITS or not each.subject.value.startswith(credits)
    return is_own_fact and predicate not in _NOT_EXPLAINED and not each.is_text


def _explain(fate: Fate, iris: IriScheme) -> Iterator[Triple]:
    """Yield the provenance node of a fact."""
    each = fate.statement
    subject, predicate, object_ = each.subject, each.predicate, each.object_
    node = NamedNode(iris.statement(subject.value, predicate.value, str(object_), each.source_id))
    yield Triple(node, _SUBJECT, subject)
    yield Triple(node, _PREDICATE, predicate)
    yield Triple(node, _OBJECT, object_)
    yield from certainty_triples(node, each)
    yield Triple(node, _OUTCOME, _PUBLISHED if fate.is_published else _OVERRULED)
    yield from derived_from(node, [each], iris)
    # Two cells of one row are one place, and two labels.
    for fragment in dict.fromkeys(place.fragment for place in fate.places):
        yield Triple(node, _PLACE, _place_node(iris, each.source_id, fragment))
    for label in dict.fromkeys(map(str, fate.places)):
        yield Triple(node, _PLACE_LABEL, Literal(label))


def certainty_triples(node: NamedNode, statement: Statement) -> Iterator[Triple]:
    """Yield how certain a statement is, and the reason where it was inferred."""
    yield Triple(node, _CERTAINTY, _DEGREES[statement.certainty.value])
    if statement.certainty is not Certainty.STATED and statement.reason:
        yield Triple(node, _REASON, Literal(statement.reason, language="en"))


def derived_from(node: NamedNode, statements: Iterable[Statement], iris: IriScheme) -> Iterator[Triple]:
    """Yield the sources of statements, read or cited."""
    source_ids = {source_id for each in statements for source_id in (each.source_id, *each.derived_from)}
    for source_id in sorted(source_ids):
        yield Triple(node, _DERIVED_FROM, _source_node(iris, source_id))


# Many facts come from one row, and all from a few sources.
@lru_cache(maxsize=4096)
def _place_node(iris: IriScheme, source_id: str, fragment: str) -> NamedNode:
    return NamedNode(iris.source_place(source_id, fragment))


@lru_cache(maxsize=4096)
def _source_node(iris: IriScheme, source_id: str) -> NamedNode:
    return NamedNode(iris.thing(Kind.SOURCE, source_id))
