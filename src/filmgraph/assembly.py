"""Runs a catalogue through the build's stages up to the gate: read, identify, map, resolve, validate. Writes nothing."""

from __future__ import annotations

import gc
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from pyoxigraph import Literal, NamedNode, Triple

from filmgraph.assembly_queries import QueryReading, read_queries
from filmgraph.dataset import dataset_findings, dataset_header
from filmgraph.decisions import FILE_NAME as DECISIONS
from filmgraph.decisions import load_decisions
from filmgraph.dumps_lines import Triples
from filmgraph.findings import Finding, Report, Severity, SourcePlace
from filmgraph.identity import Identities, RegistryRow, gather_mentions, identify_mentions, load_registry
from filmgraph.incremental_store import Upon
from filmgraph.iris import Kind
from filmgraph.manifest import FileEntry, hash_file, hash_folder
from filmgraph.mapping import Mapper, Statement, source_triples
from filmgraph.model import Fact, Organization, Ref, Text, Thing
from filmgraph.namespaces import SCHEMA
from filmgraph.queries import SavedQuery
from filmgraph.resolve import Places, Resolution, resolve
from filmgraph.settings import FILE_NAME, Settings, SourceSettings
from filmgraph.sources.base import Reader, Reading, UnreadLine, list_pages
from filmgraph.sources.calendar.reader import read_calendar
from filmgraph.sources.html.reader import read_html
from filmgraph.sources.links import read_links
from filmgraph.sources.page import read_page
from filmgraph.sources.rdf import read_rdf
from filmgraph.sources.sheet import read_sheet
from filmgraph.validation import Shapes, validate
from filmgraph.vocabulary import Vocabulary

__all__ = [
    "READERS",
    "Assembly",
    "Progress",
    "Witness",
    "assemble",
    "check_cited",
    "collector_paused",
    "describe_concepts",
    "describe_sources",
    "identify_catalogue",
    "iter_concepts",
    "list_inputs",
    "own_records",
    "sort_by_trust",
]

READERS: dict[str, Reader] = {
    "page": read_page,
    "sheet": read_sheet,
    "calendar": read_calendar,
    "html": read_html,
    "links": read_links,
    "rdf": read_rdf,
}
Progress = Callable[[str], None]
_OF_LANGUAGES = frozenset({SCHEMA.inLanguage, SCHEMA.subtitleLanguage})


@dataclass(frozen=True, slots=True)
class Assembly:
    """A catalogue as it would be released: its graphs, the report, and the registry of keys with the new rows.

    `upon` tells what was changed since another release, where the assembly was made from that one.
    """

    settings: Settings
    resolution: Resolution
    published: Triples
    report: Report
    unread: tuple[UnreadLine, ...]
    registry: tuple[RegistryRow, ...]
    inputs: dict[str, FileEntry]
    records: int
    queries: tuple[SavedQuery, ...] = ()
    upon: Upon | None = None


class Witness(Protocol):
    """Is told what a build made of each record, so that the next build need not make it again."""

    def see_source(self, source_id: str, records: tuple[Thing, ...]) -> None:
        """Take note of all records of a source; those of its records follow."""

    def see_record(self, source_id: str, number: int, thing: Thing, statements: tuple[Statement, ...]) -> None:
        """Take note of one record and of the statements that came of it."""

    def see_facts(self, facts: Iterable[Triple]) -> None:
        """Take note of the published facts, without the concepts that they use."""

    def see_findings(
        self,
        identities: Identities,
        readings: Mapping[str, Reading],
        conflicts: tuple[Finding, ...],
        found: tuple[Finding, ...],
    ) -> None:
        """Take note of the keys, and of what reading, resolving and validating found."""


@contextmanager
def collector_paused() -> Iterator[None]:
    """A build makes millions of objects and hardly a cycle: to look for cycles among them would be a quarter of its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@collector_paused()
def assemble(
    settings: Settings, vocabulary: Vocabulary, shapes: Shapes, today: str, progress: Progress, witness: Witness | None = None
) -> Assembly:
    """Read, map and validate the catalogue; `today` (ISO date) dates newly minted keys. `witness` is told what each record gave.

    UnreadableInputError when a source cannot be read at all; everything else that is wrong is in the report.
    """
    readings = _read(settings, vocabulary, progress)
    saved = read_queries(settings.catalogue_path, settings.iris)
    progress("identify")
    records = sum(len(reading.records) for reading in readings.values())
    identities = _identify(settings, readings, today)
    progress("map")
    statements = list(_map(settings, readings, identities, vocabulary, witness))
    # From here on the records are in the statements.
    readings = {source_id: replace(reading, records=()) for source_id, reading in readings.items()}
    progress("resolve")
    resolution = resolve(statements, {source.id: source.precedence for source in settings.sources}, settings.iris)
    published = frozenset({*resolution.published, *_source_things(settings, identities, statements)})
    if witness is not None:
        witness.see_facts(published)
    published |= set(_used_concepts(published, vocabulary))
    progress("validate")
    places = Places(statements)
    described = published | dataset_header(settings, today, "check")
    found = validate(described, resolution.texts, vocabulary, shapes, places.locate)
    if witness is not None:
        witness.see_findings(identities, readings, resolution.findings, tuple(found))
    read_findings = [finding for reading in readings.values() for finding in reading.findings]
    cited = check_cited(settings, statements)
    return Assembly(
        settings,
        resolution,
        published,
        Report.of(
            (
                *read_findings,
                *identities.findings,
                *resolution.findings,
                *cited,
                *found,
                *saved.findings,
                *dataset_findings(settings),
            )
        ),
        tuple(sorted((line for reading in readings.values() for line in reading.unread), key=lambda line: line.place)),
        identities.registry,
        list_inputs(settings, (name for reading in readings.values() for name in reading.companions), saved),
        records,
        saved.queries,
    )


def _read(settings: Settings, vocabulary: Vocabulary, progress: Progress) -> dict[str, Reading]:
    readings = {}
    for source in settings.sources:
        if source.kind in READERS:
            progress(f"read {source.path}")
            readings[source.id] = READERS[source.kind](source, settings.catalogue_path, vocabulary)
    return readings


def _identify(settings: Settings, readings: Mapping[str, Reading], today: str) -> Identities:
    """Give every reference its key; what the most trusted sources call a thing comes first."""
    mentions = [gather_mentions(own_records(source, readings.get(source.id))) for source in sort_by_trust(settings)]
    return identify_mentions(mentions, load_registry(settings.ids_path), today, load_decisions(settings.decisions_path))


def identify_catalogue(settings: Settings, vocabulary: Vocabulary, today: str, progress: Progress) -> Identities:
    """Read the catalogue and tell who and what is who: the first steps of `assemble`, for those who need no more."""
    readings = _read(settings, vocabulary, progress)
    progress("identify")
    return _identify(settings, readings, today)


def own_records(source: SourceSettings, reading: Reading | None) -> tuple[Thing, ...]:
    """Return all records of a source: its publisher, and what was read."""
    return (*_publishers(source), *(reading.records if reading else ()))


def sort_by_trust(settings: Settings) -> list[SourceSettings]:
    """Return the sources, the most trusted first."""
    return sorted(settings.sources, key=lambda source: source.precedence)


def _publishers(source: SourceSettings) -> Iterator[Thing]:
    """The publisher that the settings name for a source is an organisation like any other."""
    if source.publisher:
        place = SourcePlace(FILE_NAME)
        name = Fact(Text(source.publisher), place)
        yield Organization(ref=Ref(Kind.ORG, source.publisher), place=place, name=(name,))


def _map(
    settings: Settings,
    readings: Mapping[str, Reading],
    identities: Identities,
    vocabulary: Vocabulary,
    witness: Witness | None,
) -> Iterator[Statement]:
    for source in settings.sources:
        mapper = Mapper(source, settings.iris, identities, vocabulary)
        records = own_records(source, readings.get(source.id))
        if witness is None:
            for thing in records:
                yield from mapper.map(thing)
        else:
            yield from _map_watched(source.id, records, mapper, witness)


def _map_watched(source_id: str, records: tuple[Thing, ...], mapper: Mapper, witness: Witness) -> Iterator[Statement]:
    witness.see_source(source_id, records)
    for number, thing in enumerate(records):
        statements = tuple(mapper.map(thing))
        witness.see_record(source_id, number, thing, statements)
        yield from statements


def _source_things(settings: Settings, identities: Identities, statements: Iterable[Statement]) -> Iterator[Triple]:
    """Describe the sources that were read, and those that the statements cite."""
    used = {source_id for each in statements for source_id in (each.source_id, *each.derived_from)}
    return describe_sources(settings, identities, used)


def describe_sources(settings: Settings, identities: Identities, used: Container[str]) -> Iterator[Triple]:
    """Yield what the settings say of the sources whose ids are used."""
    for source in settings.sources:
        if source.id in used:
            ref = Ref(Kind.ORG, source.publisher)
            publisher_iri = settings.iris.thing(Kind.ORG, identities.key(ref)) if source.publisher else None
            yield from source_triples(settings, source, publisher_iri)


def _used_concepts(published: Iterable[Triple], vocabulary: Vocabulary) -> Iterator[Triple]:
    """Yield the concepts that the facts use, with the broader ones and their schemes, so that a dump stands alone."""
    return describe_concepts({iri for triple in published for iri in iter_concepts(triple, vocabulary)}, vocabulary)


def iter_concepts(triple: Triple, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield the IRIs of the concepts that a triple of the facts uses."""
    predicate, value = triple.predicate.value, triple.object
    if vocabulary.by_iri(predicate) is not None:
        yield predicate
    if isinstance(value, NamedNode):
        if vocabulary.by_iri(value.value) is not None:
            yield value.value
    elif predicate in _OF_LANGUAGES and isinstance(value, Literal):
        language = vocabulary.concept(Kind.LANGUAGE, value.value)
        if language is not None:
            yield language.iri


def describe_concepts(iris: Iterable[str], vocabulary: Vocabulary) -> Iterator[Triple]:
    """Yield the concepts with the given IRIs, the broader ones and their schemes."""
    done: set[str] = set()
    todo = sorted(iris)
    while todo:
        concept = vocabulary.by_iri(todo.pop())
        if concept is not None and concept.iri not in done:
            done.add(concept.iri)
            yield from vocabulary.concept_triples(concept.iri)
            yield from vocabulary.concept_triples(vocabulary.scheme_iri(concept.kind))
            todo += [concept.broader] if concept.broader else []


def check_cited(settings: Settings, statements: Iterable[Statement]) -> Iterator[Finding]:
    """Complain about sources that statements cite and the settings do not know."""
    known = {source.id for source in settings.sources}
    places: dict[str, set[SourcePlace]] = {}
    for each in statements:
        for source_id in each.derived_from:
            if source_id not in known:
                places.setdefault(source_id, set()).add(each.place)
    for source_id, where in sorted(places.items()):
        message = f"The source {source_id!r} is cited but not described: add it to {FILE_NAME} as a [[sources]] of kind 'cited'."
        yield Finding("source-unknown", Severity.VIOLATION, message, value=source_id, places=tuple(sorted(where)))


def list_inputs(settings: Settings, companions: Iterable[str], saved: QueryReading) -> dict[str, FileEntry]:
    """Return digest and size of every file of the catalogue that a build reads; the registry of keys is its output too."""
    root = settings.catalogue_path
    folders = {each.path: list_pages(each, root) for each in settings.sources if each.path and (root / each.path).is_dir()}
    names = {FILE_NAME, *(name for source in settings.sources for name in (source.path, source.profile) if name)}
    names |= {*companions, *saved.files}
    if settings.decisions_path.exists():
        names.add(DECISIONS)
    return {name: hash_folder(root, folders[name]) if name in folders else hash_file(root / name) for name in sorted(names)}
