"""Maps and resolves again what a change touches: what changed records speak of, and things whose facts follow from that."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from filmgraph.assembly import iter_concepts
from filmgraph.findings import Finding, SourcePlace
from filmgraph.identity import Identities
from filmgraph.incremental_codec import unpack
from filmgraph.incremental_graph import Change, OldGraphs
from filmgraph.incremental_state import State
from filmgraph.mapping import Mapper, Statement
from filmgraph.namespaces import FG, SCHEMA
from filmgraph.resolve import Places, Resolution, resolve
from filmgraph.resolve_provenance import Provenance
from filmgraph.settings import Settings
from filmgraph.vocabulary import Vocabulary

__all__ = ["Resolved", "StatementStore", "count_concepts", "find_touched", "resolve_things"]

#: A thing's facts follow from those of what it refers to by these.
_DERIVED_THROUGH = (FG.credit, FG.award, SCHEMA.workPresented)


class StatementStore:
    """The statements of all records, made again from the kept records when they are asked for."""

    def __init__(self, state: State, settings: Settings, identities: Identities, vocabulary: Vocabulary) -> None:
        self._state = state
        self._mappers = {each.id: Mapper(each, settings.iris, identities, vocabulary) for each in settings.sources}
        self._order = {each.id: number for number, each in enumerate(settings.sources)}
        self._mapped: dict[int, tuple[tuple[int, int, int], tuple[Statement, ...]]] = {}

    def about(self, iris: Iterable[str]) -> list[Statement]:
        """Return the statements about things, in the order of sources and records, as a whole build has them."""
        wanted = frozenset(iris)
        return [each for each in self._load(self._state.records_about(wanted)) if each.subject.value in wanted]

    def naming(self, iri: str) -> list[Statement]:
        """Return the statements that have a thing as their value."""
        value = NamedNode(iri)
        return [each for each in self._load(self._state.records_naming((iri,))) if each.object_ == value]

    def without(self, iris: Iterable[str]) -> frozenset[str]:
        """Return those of the things that no record has a statement about: their places are those of what refers to them."""
        wanted = frozenset(iris)
        return wanted - self._state.known(wanted)

    def _load(self, records: set[int]) -> Iterator[Statement]:
        for record, source_id, number, _, data in self._state.load(records - self._mapped.keys()):
            statements = tuple(self._mappers[source_id].map(unpack(data)))
            self._mapped[record] = ((self._order[source_id], number, record), statements)
        for _, statements in sorted((self._mapped[each] for each in records), key=lambda each: each[0]):
            yield from statements

    def locate(self, focus_iri: str, path_iri: str | None = None, value: str | None = None) -> tuple[SourcePlace, ...]:
        """Answer for findings, as `Places.locate` does over all statements."""
        own = self.about((focus_iri,))
        return Places(own or self.naming(focus_iri)).locate(focus_iri, path_iri, value)


def find_touched(changed: Iterable[str], old: OldGraphs, statements: StatementStore) -> frozenset[str]:
    """Return the things whose facts may be others now, given those that changed records speak of."""
    touched = set(changed)
    for iri in tuple(touched):
        if "/id/credit/" in iri:
            # What is said of a credit's sources depends on who links to it.
            touched |= {each.subject.value for each in statements.naming(iri) if each.predicate.value == FG.credit}
    for iri in tuple(touched):
        for predicate in _DERIVED_THROUGH:
            touched |= old.subjects(predicate, iri)
        for award in old.subjects(SCHEMA.superEvent, iri):
            touched |= old.subjects(FG.award, award)
    return frozenset(touched)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What all sources together say of some things: quads by graph but for provenance, the provenance, and the conflicts."""

    quads: set[Quad] = field(default_factory=set)
    explanations: set[Quad] = field(default_factory=set)
    findings: tuple[Finding, ...] = ()


def resolve_things(touched: frozenset[str], statements: StatementStore, settings: Settings) -> Resolved:
    """Resolve the touched things alone; what their facts are derived from is resolved with them and left out of the answer."""
    needed = touched | _find_context(touched, statements)
    precedence = {source.id: source.precedence for source in settings.sources}
    return _select(resolve(statements.about(needed), precedence, settings.iris), touched, settings)


def _find_context(touched: frozenset[str], statements: StatementStore) -> set[str]:
    named = _values_by_predicate(statements.about(touched))
    context = {iri for predicate in _DERIVED_THROUGH for iri in named[predicate]}
    return context | _values_by_predicate(statements.about(named[FG.award]))[SCHEMA.superEvent]


def _values_by_predicate(statements: Iterable[Statement]) -> Mapping[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for each in statements:
        if isinstance(each.object_, NamedNode):
            found[each.predicate.value].add(each.object_.value)
    return found


def _select(resolution: Resolution, touched: frozenset[str], settings: Settings) -> Resolved:
    iris = settings.iris
    graphs: list[tuple[NamedNode | DefaultGraph, Iterable[Triple]]] = [
        (DefaultGraph(), resolution.published),
        (NamedNode(iris.texts_graph), resolution.texts),
        *((NamedNode(iris.source_graph(source_id)), triples) for source_id, triples in resolution.sources.items()),
    ]
    quads = {
        Quad(each.subject, each.predicate, each.object, graph)
        for graph, triples in graphs
        for each in triples
        if isinstance(each.subject, NamedNode) and each.subject.value in touched
    }
    assert isinstance(resolution.provenance, Provenance)
    fates = tuple(each for each in resolution.provenance.fates if each.statement.subject.value in touched)
    provenance = NamedNode(iris.provenance_graph)
    explanations = {Quad(t.subject, t.predicate, t.object, provenance) for t in Provenance(fates, iris)}
    return Resolved(quads, explanations, tuple(each for each in resolution.findings if each.focus_iri in touched))


def count_concepts(change: Change, vocabulary: Vocabulary) -> Counter[str]:
    """Return how much more, or less, each concept is used by the facts after a change."""
    counts: Counter[str] = Counter()
    for quads, sign in ((change.removed, -1), (change.added, 1)):
        for quad in quads:
            if isinstance(quad.graph_name, DefaultGraph):
                for iri in iter_concepts(quad.triple, vocabulary):
                    counts[f"concept:{iri}"] += sign
    return counts
