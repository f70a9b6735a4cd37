"""Statements of many sources → the published graph. Every contradiction is kept in its source graph and reported.

A property with one value per thing takes it from the source with the smaller precedence, a stated value before an
inferred one. Values of other properties are joined. Direct edges (`schema:director`) are derived from the credits here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from pyoxigraph import Literal, NamedNode, Triple

from filmgraph.dumps_lines import Triples
from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.iris import IriScheme
from filmgraph.mapping import Statement, TermValue
from filmgraph.namespaces import FG, PROV, RDF, SCHEMA, shorten
from filmgraph.resolve_provenance import Fate, Provenance, certainty_triples, derived_from

__all__ = ["Places", "Resolution", "resolve"]

_SINGLE_VALUED = frozenset(
    {
        SCHEMA.name, SCHEMA.dateCreated, SCHEMA.duration, FG.runtimeMinutes, FG.form, SCHEMA.birthDate, SCHEMA.deathDate,
        SCHEMA.startDate, SCHEMA.endDate, SCHEMA.doorTime, SCHEMA.previousStartDate, SCHEMA.eventStatus, SCHEMA.location,
        FG.inSection, SCHEMA.containedInPlace, SCHEMA.maximumAttendeeCapacity, SCHEMA.remainingAttendeeCapacity,
        SCHEMA.videoFormat, FG.editionNumber, FG.isFictional, FG.outcome, FG.timeZone, SCHEMA.screenCount,
        SCHEMA.latitude, SCHEMA.longitude,
        SCHEMA.streetAddress, SCHEMA.postalCode, SCHEMA.addressLocality, SCHEMA.addressCountry, SCHEMA.text, FG.textKind,
        SCHEMA.representativeOfPage, FG.billing, SCHEMA.characterName, FG.creditedAs, FG.accessibility,
    }
)  # fmt: skip
_LABELS = {
    SCHEMA.name: "the name", SCHEMA.dateCreated: "the year", SCHEMA.duration: "the running time", FG.form: "the form",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Resolution:
    """The graphs that follow from the statements."""

    published: Triples
    texts: Triples
    sources: Mapping[str, Triples]
    provenance: Triples
    findings: tuple[Finding, ...]


class Places:
    """Where the facts of the graph come from in the source files; answers for findings."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self._statements = tuple(statements)

    @cached_property
    def _by_subject(self) -> Mapping[str, list[Statement]]:
        by_subject: dict[str, list[Statement]] = {}
        for each in self._statements:
            by_subject.setdefault(each.subject.value, []).append(each)
        return by_subject

    @cached_property
    def _by_object(self) -> Mapping[str, list[Statement]]:
        by_object: dict[str, list[Statement]] = {}
        for each in self._statements:
            if isinstance(each.object_, NamedNode):
                by_object.setdefault(each.object_.value, []).append(each)
        return by_object

    def locate(self, focus_iri: str, path_iri: str | None = None, value: str | None = None) -> tuple[SourcePlace, ...]:
        """Return the places of a value, else of its property, else of the thing, else of what refers to the thing."""
        found = self._find(focus_iri, path_iri, value) or self._by_object.get(focus_iri, [])
        return tuple(sorted({each.place for each in found}))

    def _find(self, focus_iri: str, path_iri: str | None, value: str | None) -> list[Statement]:
        about = self._by_subject.get(focus_iri, [])
        with_path = [each for each in about if each.predicate.value == path_iri]
        with_value = [each for each in with_path if each.object_.value == value]
        types = [each for each in about if each.predicate.value == RDF.type]
        described = [each for each in types if not each.is_mention]
        return with_value or with_path or described or types or about


def resolve(statements: Iterable[Statement], precedence: Mapping[str, int], iris: IriScheme) -> Resolution:
    """Resolve all statements; `precedence` maps source ids to their rank, the smaller the more trusted."""
    fates: list[Fate] = []
    findings: list[Finding] = []
    sources: dict[str, set[Triple]] = defaultdict(set)
    # Subject by subject: what can contradict each other is said of the same thing.
    for about in _by_subject(statements):
        grouped = _group(about)
        settled, found = _settle(grouped, precedence)
        fates += settled
        findings += found
        for (triple, source_id), group in grouped.items():
            if not all(each.is_text for each in group):
                sources[source_id].add(triple)
    return Resolution(
        _publish(fates, iris),
        frozenset({*_of_texts(fates), *_text_sources(fates, iris)}),
        {source_id: frozenset(triples) for source_id, triples in sorted(sources.items())},
        Provenance(tuple(fates), iris),
        tuple(findings),
    )


def _publish(fates: Iterable[Fate], iris: IriScheme) -> frozenset[Triple]:
    """Return the facts that are published, with what follows from them."""
    published = {fate.triple for fate in fates if fate.is_published and not fate.statement.is_text}
    published.update(_credit_provenance(fates, iris))
    published.update(list(_derive(published)))
    return frozenset(published)


def _of_texts(fates: Iterable[Fate]) -> Iterator[Triple]:
    return (fate.triple for fate in fates if fate.is_published and fate.statement.is_text)


def _by_subject(statements: Iterable[Statement]) -> Iterable[list[Statement]]:
    by_subject: dict[NamedNode, list[Statement]] = {}
    for each in statements:
        by_subject.setdefault(each.subject, []).append(each)
    return by_subject.values()


def _group(statements: Iterable[Statement]) -> dict[tuple[Triple, str], list[Statement]]:
    """Return the statements by fact and source."""
    same: dict[tuple[Triple, str], list[Statement]] = {}
    for each in statements:
        same.setdefault((each.triple, each.source_id), []).append(each)
    return same


def _settle(
    grouped: Mapping[tuple[Triple, str], list[Statement]], precedence: Mapping[str, int]
) -> tuple[list[Fate], list[Finding]]:
    """Choose among the values of single-valued properties."""
    rivals: dict[object, list[Fate]] = {}
    for (triple, _), group in grouped.items():
        merged = _merge(group)
        places = tuple(sorted({each.place for each in group})) if len(group) > 1 else (merged.place,)
        rivals.setdefault(_slot(merged, triple), []).append(Fate(merged, triple, places, is_published=True))
    fates: list[Fate] = []
    findings: list[Finding] = []
    for candidates in rivals.values():
        # A value without a rival is published.
        settled = candidates if len(candidates) == 1 else _choose(candidates, precedence)
        fates.extend(settled)
        findings.extend(_report_conflict(settled))
    return fates, findings


def _merge(group: list[Statement]) -> Statement:
    best = group[0] if len(group) == 1 else min(group, key=_goodness)
    cited = tuple(dict.fromkeys(source_id for each in group for source_id in each.derived_from))
    return best if cited == best.derived_from else replace(best, derived_from=cited)


def _goodness(statement: Statement) -> tuple[bool, bool, int, SourcePlace]:
    return (statement.is_mention, statement.is_alias, statement.certainty.rank, statement.place)


def _slot(statement: Statement, triple: Triple) -> object:
    """Return what can hold one value: a subject's single-valued property (a name in each language), or the fact itself."""
    predicate, object_ = statement.predicate.value, statement.object_
    if predicate not in _SINGLE_VALUED:
        return triple
    return (statement.subject.value, predicate, object_.language if isinstance(object_, Literal) else None)


def _choose(candidates: list[Fate], precedence: Mapping[str, int]) -> list[Fate]:
    """Publish the best of the values: more than one only when equally good sources differ, for the shapes to refuse."""
    ranks = [_rank(fate.statement, precedence) for fate in candidates]
    best = min(ranks)
    winners = {fate.statement.object_ for fate, rank in zip(candidates, ranks, strict=True) if rank == best}
    return [replace(fate, is_published=fate.statement.object_ in winners) for fate in candidates]


def _rank(statement: Statement, precedence: Mapping[str, int]) -> tuple[bool, int, int, bool]:
    return (statement.is_mention, precedence[statement.source_id], statement.certainty.rank, statement.is_alias)


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


def _credit_provenance(fates: Iterable[Fate], iris: IriScheme) -> Iterator[Triple]:
    """Yield each credit's sources, its best certainty, and the reason where it was inferred."""
    links: dict[str, list[Statement]] = defaultdict(list)
    for fate in fates:
        if fate.statement.predicate.value == FG.credit:
            links[fate.statement.object_.value].append(fate.statement)
    for iri, statements in links.items():
        credit = NamedNode(iri)
        best = min(statements, key=lambda each: (each.certainty.rank, each.place))
        yield from certainty_triples(credit, best)
        yield from derived_from(credit, statements, iris)


def _text_sources(fates: Iterable[Fate], iris: IriScheme) -> Iterator[Triple]:
    for fate in fates:
        if fate.statement.is_text and fate.statement.predicate.value == RDF.type:
            yield from derived_from(fate.statement.subject, [fate.statement], iris)


def _derive(published: Iterable[Triple]) -> Iterator[Triple]:
    """Yield what follows from the published facts, one rule after the other."""
    index = _index(published)
    for iri, properties in index.items():
        rules = [rule for predicate, rule in _DERIVATIONS.items() if predicate in properties]
        for rule in rules:
            yield from rule(NamedNode(iri), properties, index)


_Index = Mapping[str, Mapping[str, list[TermValue]]]


def _index(published: Iterable[Triple]) -> _Index:
    """Return the facts by subject and property, without those that no rule asks for: half of all there are."""
    index: dict[str, dict[str, list[TermValue]]] = {}
    kept: dict[str, str] = {}
    for triple in published:
        predicate = triple.predicate.value
        if predicate not in _NOT_ASKED_FOR:
            subject, object_ = triple.subject, triple.object
            assert isinstance(subject, NamedNode)
            assert isinstance(object_, NamedNode | Literal)
            # The same few properties, a million times: one string each.
            index.setdefault(subject.value, {}).setdefault(kept.setdefault(predicate, predicate), []).append(object_)
    return index


_CREDIT_FIELDS = frozenset(
    {RDF.type, SCHEMA.roleName, FG.billing, SCHEMA.characterName, FG.creditedAs, FG.certainty, FG.reason, PROV.wasDerivedFrom}
)
_NOT_ASKED_FOR = _CREDIT_FIELDS - {RDF.type}


def _derive_direct_edges(subject: NamedNode, properties: Mapping[str, list[TermValue]], index: _Index) -> Iterator[Triple]:
    for credit in properties[FG.credit]:
        for predicate, agents in index.get(credit.value, {}).items():
            if predicate not in _CREDIT_FIELDS:
                for agent in agents:
                    yield Triple(subject, NamedNode(predicate), agent)


def _derive_award_text(subject: NamedNode, properties: Mapping[str, list[TermValue]], index: _Index) -> Iterator[Triple]:
    """A film's `schema:award` is the text of its award node: "Best film, Encounters, Berlinale"."""
    for award in properties[FG.award]:
        about = index.get(award.value, {})
        named = [about, *(index.get(event.value, {}) for event in _sorted(about.get(SCHEMA.superEvent)))]
        names = [name.value for each in named for name in _sorted(each.get(SCHEMA.name))]
        if names:
            yield Triple(subject, NamedNode(SCHEMA.award), Literal(", ".join(names)))


def _derive_screening(subject: NamedNode, properties: Mapping[str, list[TermValue]], index: _Index) -> Iterator[Triple]:
    """A screening without a name of its own is called after its films; one in a hall is attended there."""
    if NamedNode(SCHEMA.ScreeningEvent) not in properties[RDF.type]:
        return
    if SCHEMA.name not in properties:
        titles = [name.value for film in _sorted(properties.get(SCHEMA.workPresented)) for name in _names(film, index)]
        if titles:
            yield Triple(subject, NamedNode(SCHEMA.name), Literal(" + ".join(titles)))
    statuses = properties.get(SCHEMA.eventStatus, [])
    if not statuses:
        yield Triple(subject, NamedNode(SCHEMA.eventStatus), NamedNode(SCHEMA.EventScheduled))
    if SCHEMA.location in properties and NamedNode(SCHEMA.EventMovedOnline) not in statuses:
        yield Triple(subject, NamedNode(SCHEMA.eventAttendanceMode), NamedNode(SCHEMA.OfflineEventAttendanceMode))


def _names(film: TermValue, index: _Index) -> list[TermValue]:
    names = _sorted(index.get(film.value, {}).get(SCHEMA.name))
    return [name for name in names if isinstance(name, Literal) and name.language is None]


def _sorted(terms: list[TermValue] | None) -> list[TermValue]:
    """Return terms in the order in which N-Triples spells them, so that what is joined of them is the same each time."""
    return sorted(terms or (), key=str)


_Derivation = Callable[[NamedNode, Mapping[str, list[TermValue]], _Index], Iterator[Triple]]
#: What follows from a thing that has a property.
_DERIVATIONS: dict[str, _Derivation] = {
    FG.credit: _derive_direct_edges,
    FG.award: _derive_award_text,
    RDF.type: _derive_screening,
}
