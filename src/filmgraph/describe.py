"""What one document says about one thing, read from a store by look-ups alone (no SPARQL).

A document holds the thing's own triples and those of its parts, its credits in full, what links to it, and type and name of
everything that these speak of, so that it can be read by itself. What only a page shows (texts, statements, the things that use a
concept) is kept apart: it is never in a data document.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from pyoxigraph import Literal, NamedNode, Quad

from filmgraph.describe_model import NAME_PROPERTIES, Description, Incoming, Statement, to_iri, to_term
from filmgraph.iris import IriScheme, Kind, ThingId
from filmgraph.namespaces import FG, PROV, RDF, SCHEMA, SKOS
from filmgraph.stores.base import Store, Term

__all__ = [
    "INCOMING_LIMIT",
    "Description",
    "Incoming",
    "Listed",
    "Statement",
    "describe",
    "find_things",
    "is_known",
    "list_things",
]

#: How many of the things that use a concept or a source a page shows; the page tells the number of all.
INCOMING_LIMIT = 200

#: What a document tells of a thing that it merely speaks of, besides type and name.
_SUMMARY: dict[Kind, tuple[str, ...]] = {
    Kind.FILM: (SCHEMA.dateCreated, SCHEMA.duration, SCHEMA.director),
    Kind.SCREENING: (
        SCHEMA.startDate,
        SCHEMA.endDate,
        SCHEMA.eventStatus,
        SCHEMA.location,
        SCHEMA.workPresented,
        SCHEMA.superEvent,
    ),
    Kind.FESTIVAL: (SCHEMA.startDate, SCHEMA.endDate, SCHEMA.superEvent, SCHEMA.organizer, FG.isFictional),
    Kind.SERIES: (SCHEMA.organizer,),
    Kind.HALL: (SCHEMA.containedInPlace,),
    Kind.VENUE: (SCHEMA.address, FG.isFictional),
    Kind.AWARD: (FG.outcome,),
    Kind.IMAGE: (SCHEMA.contentUrl, SCHEMA.creditText, SCHEMA.license),
    Kind.ROLE: (SKOS.broader,),
    Kind.SOURCE: (SCHEMA.url,),
}
# Thousands of things may link to one of these.
_HUBS = frozenset({kind for kind in Kind if kind.is_vocabulary} | {Kind.SOURCE, Kind.DATASET})
#: Languages are named by their tags, which are strings.
_LANGUAGE_PROPERTIES = (SCHEMA.inLanguage, SCHEMA.subtitleLanguage)


def describe(store: Store, iri: str, iris: IriScheme) -> Description | None:
    """Return what the release in `store` says about the thing `iri`, or None when it knows no such thing.

    A fragment is left out: an address is told with its venue.
    """
    thing = iris.parse(iri)
    if thing is None:
        return None
    iri = iri.partition("#")[0]
    lookup = _Lookup(store, iris)
    own = lookup.own(iri)
    if not own:
        return None
    is_hub = thing.kind in _HUBS
    incoming, links = lookup.incoming(iri, thing)
    document = {*own, *lookup.parts(iri, own), *lookup.credits(own)}
    if not is_hub:
        document |= {*links, *lookup.credits(links)}
    document |= lookup.summaries(document, iri)
    text_iris, texts = lookup.texts(iri)
    statements, total, provenance = lookup.statements(iri, thing, own)
    page = {*texts, *(lookup.credits(links) if is_hub else ()), *(links if is_hub else ())}
    page |= {quad for name in sorted(_named(statements)) for quad in lookup.summary(name)}
    page |= lookup.summaries(page, iri)
    return Description(
        iri=iri,
        thing=thing,
        scheme=iris,
        quads=_sorted(document),
        source_quads=_sorted({*lookup.source_quads(iri, own), *provenance}),
        page_triples=tuple(sorted({quad.triple for quad in page} - {quad.triple for quad in document}, key=str)),
        incoming=incoming,
        statements=statements,
        statement_total=total,
        text_iris=text_iris,
    )


def is_known(store: Store, iri: str, iris: IriScheme) -> bool:
    """Return whether the release in `store` says anything about the thing `iri`."""
    return iris.parse(iri) is not None and bool(_Lookup(store, iris).own(iri))


class _Lookup:
    """Reads the pieces of one description."""

    def __init__(self, store: Store, iris: IriScheme) -> None:
        self._store = store
        self._iris = iris
        self._own: dict[str, list[Quad]] = {}

    def own(self, iri: str) -> list[Quad]:
        """The triples of a thing or part, from the one graph that speaks of it."""
        if iri not in self._own:
            self._own[iri] = self._read_own(iri)
        return self._own[iri]

    def _read_own(self, iri: str) -> list[Quad]:
        for graph in ("", self._iris.vocabulary_graph, self._iris.texts_graph):
            quads = list(self._store.quads(NamedNode(iri), graph=graph))
            if quads:
                return quads
        return []

    def parts(self, iri: str, own: Iterable[Quad]) -> Iterator[Quad]:
        """The triples of a thing's addresses and identifiers."""
        for part_iri in sorted({o for o in _object_iris(own) if o.startswith(iri + "#")}):
            yield from self.own(part_iri)

    def credits(self, quads: Iterable[Quad]) -> Iterator[Quad]:
        """The triples of all credits that `quads` speak of, and the links from their works."""
        quads = list(quads)
        names = {*_object_iris(quads), *(to_iri(quad.subject) for quad in quads)}
        for credit_iri in sorted(each for each in names if self._kind(each) is Kind.CREDIT):
            yield from self.own(credit_iri)
            yield from self._store.quads(None, NamedNode(FG.credit), NamedNode(credit_iri))

    def incoming(self, iri: str, thing: ThingId) -> tuple[tuple[Incoming, ...], list[Quad]]:
        """What links to a thing: the groups, and the links of the subjects that the groups name."""
        groups: defaultdict[tuple[str, str], dict[str, Quad]] = defaultdict(dict)
        for quad in self._incoming_quads(iri, thing):
            subject = self._iris.parse(to_iri(quad.subject))
            if subject is not None and not to_iri(quad.subject).startswith(iri + "#"):
                groups[quad.predicate.value, subject.segment][to_iri(quad.subject)] = quad
        limit = INCOMING_LIMIT if thing.kind in _HUBS and thing.kind is not Kind.SCHEME else None
        incoming, links = [], []
        for (predicate, segment), by_subject in sorted(groups.items()):
            subjects = tuple(sorted(by_subject)[:limit])
            incoming.append(Incoming(predicate, segment, subjects, len(by_subject)))
            links += [by_subject[subject] for subject in subjects]
        return tuple(incoming), links

    def _incoming_quads(self, iri: str, thing: ThingId) -> Iterator[Quad]:
        node = NamedNode(iri)
        yield from self._store.quads(object_=node)
        if thing.kind.is_vocabulary:
            yield from self._store.quads(object_=node, graph=self._iris.vocabulary_graph)
        if thing.kind is Kind.LANGUAGE:
            for each in _LANGUAGE_PROPERTIES:
                yield from self._store.quads(None, NamedNode(each), Literal(thing.key))

    def summaries(self, quads: Iterable[Quad], iri: str) -> set[Quad]:
        """Type, name and a little more of every thing that `quads` speak of, and of what these summaries speak of."""
        frontier = {*_object_iris(quads), *(to_iri(quad.subject) for quad in quads)}
        seen = {iri}
        found: set[Quad] = set()
        while frontier:
            fresh = {quad for each in sorted(frontier - seen) for quad in self.summary(each)}
            seen |= frontier
            found |= fresh
            frontier = {each for each in _object_iris(fresh) if each not in seen}
        return found

    def summary(self, iri: str) -> Iterator[Quad]:
        """Type, name and a little more of one thing; all of a part."""
        kind = self._kind(iri)
        if kind is None:
            return
        wanted = {RDF.type, *NAME_PROPERTIES, *_SUMMARY.get(kind, ())}
        for quad in self.own(iri):
            if kind is Kind.CREDIT or "#" in iri or quad.predicate.value in wanted:
                yield quad

    def texts(self, iri: str) -> tuple[tuple[str, ...], list[Quad]]:
        """The texts about a thing, from the graph of other people's words."""
        graph = self._iris.texts_graph
        text_iris = sorted(
            {to_iri(quad.subject) for quad in self._store.quads(None, NamedNode(SCHEMA.about), NamedNode(iri), graph=graph)}
        )
        return tuple(text_iris), [quad for each in text_iris for quad in self._store.quads(NamedNode(each), graph=graph)]

    def statements(self, iri: str, thing: ThingId, own: Iterable[Quad]) -> tuple[tuple[Statement, ...], int, list[Quad]]:
        """The statements about a thing, its parts and credits, their number, and their quads; for a source, what it states."""
        graph = self._iris.provenance_graph
        subjects = [iri, *sorted({o for o in _object_iris(own) if o.startswith(iri + "#") or self._kind(o) is Kind.CREDIT})]
        if thing.kind is Kind.SOURCE:
            found = (
                to_iri(quad.subject)
                for quad in self._store.quads(None, NamedNode(PROV.wasDerivedFrom), NamedNode(iri), graph=graph)
            )
            total, nodes = _first(found, INCOMING_LIMIT)
        else:
            patterns = [(RDF.subject, each) for each in subjects]
            patterns += [(RDF.object, iri)] if thing.kind is Kind.CREDIT else []
            nodes = sorted(
                {to_iri(q.subject) for p, o in patterns for q in self._store.quads(None, NamedNode(p), NamedNode(o), graph=graph)}
            )
            total = len(nodes)
        quads = {node: list(self._store.quads(NamedNode(node), graph=graph)) for node in nodes}
        statements = tuple(each for node in nodes if (each := _to_statement(node, quads[node])) is not None)
        return statements, total, [] if thing.kind is Kind.SOURCE else [quad for each in quads.values() for quad in each]

    def source_quads(self, iri: str, own: Iterable[Quad]) -> Iterator[Quad]:
        """What the source graphs say about a thing and its parts."""
        prefix = self._iris.source_graph("")
        for subject in {iri, *(o for o in _object_iris(own) if o.startswith(iri + "#"))}:
            for quad in self._store.quads(NamedNode(subject), graph=None):
                if isinstance(quad.graph_name, NamedNode) and quad.graph_name.value.startswith(prefix):
                    yield quad

    def _kind(self, iri: str) -> Kind | None:
        thing = self._iris.parse(iri)
        return thing.kind if thing else None


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list: a thing with what tells it from its namesakes. `date` is a year or a start, as the graph spells it."""

    iri: str
    name: str
    date: str = ""


def find_things(store: Store, iris: IriScheme) -> dict[str, tuple[str, ...]]:
    """Return the IRIs of all things of a release by path segment, sorted; with the texts and the whole vocabulary."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for graph in ("", iris.texts_graph, iris.vocabulary_graph):
        for quad in store.quads(None, NamedNode(RDF.type), graph=graph):
            thing = iris.parse(to_iri(quad.subject))
            if thing is not None and "#" not in to_iri(quad.subject):
                found[thing.segment].add(to_iri(quad.subject))
    return {segment: tuple(sorted(each)) for segment, each in found.items()}


def list_things(store: Store, iris: IriScheme, thing_iris: Iterable[str], language: str = "en") -> tuple[Listed, ...]:
    """Return things with their names and dates, in the given order."""
    lookup = _Lookup(store, iris)
    listed = []
    for iri in thing_iris:
        thing = iris.parse(iri)
        if thing is None:
            continue
        small = Description(iri, thing, iris, tuple(lookup.own(iri)))
        listed.append(
            Listed(iri, small.name(iri, language), small.text(iri, SCHEMA.dateCreated) or small.text(iri, SCHEMA.startDate))
        )
    return tuple(listed)


def _to_statement(node: str, quads: Iterable[Quad]) -> Statement | None:
    values: defaultdict[str, list[Term]] = defaultdict(list)
    for quad in sorted(quads, key=str):
        values[quad.predicate.value].append(to_term(quad.object))
    subject, predicate, value = (values.get(each) for each in (RDF.subject, RDF.predicate, RDF.object))
    if not (subject and predicate and value):
        return None

    def first(predicate_iri: str) -> str:
        found = values.get(predicate_iri)
        return found[0].value if found else ""

    return Statement(
        iri=node,
        subject_iri=subject[0].value,
        predicate_iri=predicate[0].value,
        value=value[0],
        source_iris=tuple(each.value for each in values.get(PROV.wasDerivedFrom, ()) if isinstance(each, NamedNode)),
        place_iri=first(FG.place),
        place_label="; ".join(sorted(each.value for each in values.get(FG.placeLabel, ()))),
        certainty_iri=first(FG.certainty),
        reason=first(FG.reason),
        outcome=first(FG.outcome),
    )


def _named(statements: Iterable[Statement]) -> set[str]:
    """Return the IRIs of all things that statements speak of."""
    values = {each.value.value for each in statements if isinstance(each.value, NamedNode)}
    return values | {iri for each in statements for iri in (each.subject_iri, *each.source_iris)}


T = TypeVar("T", bound=str)


def _first(items: Iterable[T], limit: int) -> tuple[int, list[T]]:
    """Return how many different items there are and the first of them in order."""
    distinct = set(items)
    return len(distinct), heapq.nsmallest(limit, distinct)


def _sorted(quads: Iterable[Quad]) -> tuple[Quad, ...]:
    return tuple(sorted(set(quads), key=str))


def _object_iris(quads: Iterable[Quad]) -> set[str]:
    return {quad.object.value for quad in quads if isinstance(quad.object, NamedNode)}
