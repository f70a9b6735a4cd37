"""Statements of many sources → the published graph. Every contradiction is kept in its source graph and reported.

A property with one value per thing takes it from the source with the smaller precedence, a stated value before an
inferred one. Values of other properties are joined. Direct edges (`schema:director`) are derived from the credits here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from pyoxigraph import Literal, NamedNode, Triple

from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.iris import IriScheme, Kind
from filmgraph.mapping import Statement, TermValue
from filmgraph.model import Certainty
from filmgraph.namespaces import FG, PROV, RDF, SCHEMA, shorten

__all__ = ["Fate", "Places", "Resolution", "resolve"]

_SINGLE_VALUED = frozenset(
    {
        SCHEMA.name, SCHEMA.dateCreated, SCHEMA.duration, FG.runtimeMinutes, FG.form, SCHEMA.birthDate, SCHEMA.deathDate,
        SCHEMA.startDate, SCHEMA.endDate, SCHEMA.doorTime, SCHEMA.previousStartDate, SCHEMA.eventStatus, SCHEMA.location,
        FG.inSection, SCHEMA.containedInPlace, SCHEMA.maximumAttendeeCapacity, SCHEMA.remainingAttendeeCapacity,
        SCHEMA.videoFormat, FG.editionNumber, FG.isFictional, FG.outcome, FG.timeZone, SCHEMA.screenCount,
        SCHEMA.streetAddress, SCHEMA.postalCode, SCHEMA.addressLocality, SCHEMA.addressCountry, SCHEMA.text, FG.textKind,
        SCHEMA.representativeOfPage, FG.billing, SCHEMA.characterName, FG.creditedAs, FG.accessibility,
    }
)  # fmt: skip
_NOT_EXPLAINED = frozenset({RDF.type})
_ADDED_TO_CREDITS = frozenset({SCHEMA.characterName, FG.creditedAs})
_LABELS = {
    SCHEMA.name: "the name", SCHEMA.dateCreated: "the year", SCHEMA.duration: "the running time", FG.form: "the form",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fate:
    """One statement, all places of one source together, and whether its value was published."""

    statement: Statement
    places: tuple[SourcePlace, ...]
    is_published: bool


@dataclass(frozen=True, slots=True)
class Resolution:
    """The graphs that follow from the statements."""

    published: frozenset[Triple]
    texts: frozenset[Triple]
    sources: Mapping[str, frozenset[Triple]]
    provenance: frozenset[Triple]
    findings: tuple[Finding, ...]


class Places:
    """Where the facts of the graph come from in the source files; answers for findings."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self._by_subject: dict[str, list[Statement]] = defaultdict(list)
        self._by_object: dict[str, list[Statement]] = defaultdict(list)
        for each in statements:
            self._by_subject[each.subject.value].append(each)
            if isinstance(each.object_, NamedNode):
                self._by_object[each.object_.value].append(each)

    def locate(self, focus_iri: str, path_iri: str | None = None, value: str | None = None) -> tuple[SourcePlace, ...]:
        """Return the places of a value, else of its property, else of the thing, else of what refers to the thing."""
        about = self._by_subject.get(focus_iri, [])
        with_path = [each for each in about if each.predicate.value == path_iri]
        with_value = [each for each in with_path if each.object_.value == value]
        types = [each for each in about if each.predicate.value == RDF.type]
        described = [each for each in types if not each.is_mention]
        for found in (with_value, with_path, described, types, about, self._by_object.get(focus_iri, [])):
            if found:
                return tuple(sorted({each.place for each in found}))
        return ()


def resolve(statements: Iterable[Statement], precedence: Mapping[str, int], iris: IriScheme) -> Resolution:
    """Resolve all statements; `precedence` maps source ids to their rank, the smaller the more trusted."""
    everything = list(statements)
    fates, findings = _settle(everything, precedence)
    published = {fate.statement.triple for fate in fates if fate.is_published and not fate.statement.is_text}
    published |= set(_credit_provenance(fates, iris))
    published |= set(_derive(published))
    texts = {fate.statement.triple for fate in fates if fate.is_published and fate.statement.is_text}
    texts |= set(_text_sources(fates, iris))
    sources: dict[str, set[Triple]] = defaultdict(set)
    for each in everything:
        if not each.is_text:
            sources[each.source_id].add(each.triple)
    return Resolution(
        frozenset(published),
        frozenset(texts),
        {source_id: frozenset(triples) for source_id, triples in sorted(sources.items())},
        frozenset(triple for fate in fates for triple in _explain(fate, iris)),
        tuple(findings),
    )


def _settle(statements: list[Statement], precedence: Mapping[str, int]) -> tuple[list[Fate], list[Finding]]:
    """Group by fact and source, then choose among the values of single-valued properties."""
    same: dict[tuple[Triple, str], list[Statement]] = defaultdict(list)
    for each in statements:
        same[each.triple, each.source_id].append(each)
    rivals: dict[tuple[object, ...], list[tuple[Statement, tuple[SourcePlace, ...]]]] = defaultdict(list)
    for (_, _), group in same.items():
        merged = _merge(group)
        rivals[_slot(merged)].append((merged, tuple(sorted({each.place for each in group}))))
    fates: list[Fate] = []
    findings: list[Finding] = []
    for slot, candidates in rivals.items():
        winners = _winners(slot, candidates, precedence)
        settled = [Fate(each, places, each.object_ in winners) for each, places in candidates]
        fates.extend(settled)
        findings.extend(_report_conflict(settled))
    return fates, findings


def _merge(group: list[Statement]) -> Statement:
    best = min(group, key=lambda each: (each.is_mention, each.certainty.rank, each.place))
    cited = tuple(dict.fromkeys(source_id for each in group for source_id in each.derived_from))
    return replace(best, derived_from=cited)


def _slot(statement: Statement) -> tuple[object, ...]:
    """Return what can hold one value: a subject's single-valued property (a name in each language), or the fact itself."""
    if statement.predicate.value not in _SINGLE_VALUED:
        return (statement.subject, statement.predicate, statement.object_)
    language = statement.object_.language if isinstance(statement.object_, Literal) else None
    return (statement.subject, statement.predicate, language, "single")


def _winners(
    slot: tuple[object, ...], candidates: list[tuple[Statement, tuple[SourcePlace, ...]]], precedence: Mapping[str, int]
) -> set[TermValue]:
    """Return the values to publish: more than one only when equally good sources differ, for the shapes to refuse."""
    if slot[-1] != "single":
        return {each.object_ for each, _ in candidates}

    def rank(statement: Statement) -> tuple[bool, int, int]:
        return (statement.is_mention, precedence[statement.source_id], statement.certainty.rank)

    best = min(rank(each) for each, _ in candidates)
    return {each.object_ for each, _ in candidates if rank(each) == best}


def _report_conflict(settled: list[Fate]) -> Iterator[Finding]:
    overruled = [fate for fate in settled if not fate.is_published and not fate.statement.is_mention]
    if not overruled or overruled[0].statement.predicate.value == FG.runtimeMinutes:
        return
    kept = next(fate for fate in settled if fate.is_published).statement
    label = _LABELS.get(kept.predicate.value, shorten(kept.predicate.value))
    for fate in overruled:
        message = (
            f"Sources differ on {label}: {kept.object_.value!r} is published ({kept.place}); "
            f"{fate.statement.object_.value!r} is not ({fate.places[0]}). To change that, correct one source or their precedence."
        )
        yield Finding(
            "resolve-conflict", Severity.WARNING, message, kept.subject.value, kept.predicate.value, fate.statement.object_.value,
            tuple(sorted({kept.place, *fate.places})),
        )  # fmt: skip


def _is_credit(iri: str, iris: IriScheme) -> bool:
    thing = iris.parse(iri)
    return thing is not None and thing.kind is Kind.CREDIT


def _credit_provenance(fates: list[Fate], iris: IriScheme) -> Iterator[Triple]:
    """Yield each credit's sources, its best certainty, and the reason where it was inferred."""
    links: dict[NamedNode, list[Statement]] = defaultdict(list)
    for fate in fates:
        if fate.statement.predicate.value == FG.credit and isinstance(fate.statement.object_, NamedNode):
            links[fate.statement.object_].append(fate.statement)
    for credit, statements in links.items():
        best = min(statements, key=lambda each: (each.certainty.rank, each.place))
        yield Triple(credit, NamedNode(FG.certainty), NamedNode(best.certainty.iri))
        if best.certainty is not Certainty.STATED and best.reason:
            yield Triple(credit, NamedNode(FG.reason), Literal(best.reason, language="en"))
        yield from _derived_from(credit, statements, iris)


def _text_sources(fates: list[Fate], iris: IriScheme) -> Iterator[Triple]:
    for fate in fates:
        if fate.statement.is_text and fate.statement.predicate.value == RDF.type:
            yield from _derived_from(fate.statement.subject, [fate.statement], iris)


def _derived_from(subject: NamedNode, statements: Iterable[Statement], iris: IriScheme) -> Iterator[Triple]:
    source_ids = {each.source_id for each in statements}.union(*(each.derived_from for each in statements))
    for source_id in sorted(source_ids):
        yield Triple(subject, NamedNode(PROV.wasDerivedFrom), NamedNode(iris.thing(Kind.SOURCE, source_id)))


def _explain(fate: Fate, iris: IriScheme) -> Iterator[Triple]:
    """Yield the provenance node of a fact.

    A credit is explained as one fact, by the link to it; only what a second source may have added to it stands for itself.
    """
    each = fate.statement
    subject, predicate = each.subject.value, each.predicate.value
    is_own_fact = predicate in _ADDED_TO_CREDITS or not _is_credit(subject, iris)
    if predicate in _NOT_EXPLAINED or each.is_text or not is_own_fact:
        return
    node = NamedNode(iris.statement(subject, predicate, str(each.object_), each.source_id))
    yield Triple(node, NamedNode(RDF.subject), each.subject)
    yield Triple(node, NamedNode(RDF.predicate), each.predicate)
    yield Triple(node, NamedNode(RDF.object), each.object_)
    yield Triple(node, NamedNode(FG.certainty), NamedNode(each.certainty.iri))
    yield Triple(node, NamedNode(FG.outcome), Literal("published" if fate.is_published else "overruled"))
    yield from _derived_from(node, [each], iris)
    for place in fate.places:
        yield Triple(node, NamedNode(FG.place), NamedNode(iris.source_place(each.source_id, place.fragment)))
        yield Triple(node, NamedNode(FG.placeLabel), Literal(str(place)))
    if each.certainty is not Certainty.STATED and each.reason:
        yield Triple(node, NamedNode(FG.reason), Literal(each.reason, language="en"))


def _derive(published: set[Triple]) -> Iterator[Triple]:
    """Yield what follows from the published facts, one rule after the other."""
    index: dict[NamedNode, dict[str, list[TermValue]]] = defaultdict(lambda: defaultdict(list))
    for triple in sorted(published, key=str):
        assert isinstance(triple.subject, NamedNode)
        assert isinstance(triple.object, NamedNode | Literal)
        index[triple.subject][triple.predicate.value].append(triple.object)
    for subject, properties in index.items():
        for rule in _DERIVATIONS:
            yield from rule(subject, properties, index)


_Index = Mapping[NamedNode, Mapping[str, list[TermValue]]]
_CREDIT_FIELDS = frozenset(
    {RDF.type, SCHEMA.roleName, FG.billing, SCHEMA.characterName, FG.creditedAs, FG.certainty, FG.reason, PROV.wasDerivedFrom}
)


def _derive_direct_edges(subject: NamedNode, properties: Mapping[str, list[TermValue]], index: _Index) -> Iterator[Triple]:
    for credit in properties.get(FG.credit, []):
        assert isinstance(credit, NamedNode)
        for predicate, agents in index[credit].items():
            if predicate not in _CREDIT_FIELDS:
                for agent in agents:
                    yield Triple(subject, NamedNode(predicate), agent)


def _derive_award_text(subject: NamedNode, properties: Mapping[str, list[TermValue]], index: _Index) -> Iterator[Triple]:
    """A film's `schema:award` is the text of its award node: "Best film, Encounters, Berlinale"."""
    for award in properties.get(FG.award, []):
        assert isinstance(award, NamedNode)
        names = list(index[award].get(SCHEMA.name, []))
        for event in index[award].get(SCHEMA.superEvent, []):
            assert isinstance(event, NamedNode)
            names += index[event].get(SCHEMA.name, [])
        if names:
            yield Triple(subject, NamedNode(SCHEMA.award), Literal(", ".join(name.value for name in names)))


def _derive_screening(subject: NamedNode, properties: Mapping[str, list[TermValue]], index: _Index) -> Iterator[Triple]:
    """A screening without a name of its own is called after its films; one in a hall is attended there."""
    if NamedNode(SCHEMA.ScreeningEvent) not in properties.get(RDF.type, []):
        return
    titles = [name.value for film in properties.get(SCHEMA.workPresented, []) for name in _names(film, index)]
    if SCHEMA.name not in properties and titles:
        yield Triple(subject, NamedNode(SCHEMA.name), Literal(" + ".join(titles)))
    statuses = properties.get(SCHEMA.eventStatus, [])
    if not statuses:
        yield Triple(subject, NamedNode(SCHEMA.eventStatus), NamedNode(SCHEMA.EventScheduled))
    if SCHEMA.location in properties and NamedNode(SCHEMA.EventMovedOnline) not in statuses:
        yield Triple(subject, NamedNode(SCHEMA.eventAttendanceMode), NamedNode(SCHEMA.OfflineEventAttendanceMode))


def _names(film: TermValue, index: _Index) -> list[TermValue]:
    if not isinstance(film, NamedNode) or film not in index:
        return []
    return [name for name in index[film].get(SCHEMA.name, []) if isinstance(name, Literal) and name.language is None]


_Derivation = Callable[[NamedNode, Mapping[str, list[TermValue]], _Index], Iterator[Triple]]
_DERIVATIONS: tuple[_Derivation, ...] = (_derive_direct_edges, _derive_award_text, _derive_screening)
