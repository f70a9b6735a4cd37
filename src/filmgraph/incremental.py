"""Assembles a catalogue after a small edit: only what the edit touches is read, mapped, resolved and validated again.

The outcome is what a whole build gives. Where that cannot be promised (another software, other settings, a state that is missing,
damaged or of another release), the whole catalogue is assembled, and the reason is told.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from filmgraph.assembly import (
    READERS,
    Assembly,
    Progress,
    assemble,
    check_cited,
    collector_paused,
    describe_concepts,
    describe_sources,
    list_inputs,
    own_records,
    sort_by_trust,
)
from filmgraph.assembly_queries import QueryReading, read_queries
from filmgraph.dataset import dataset_findings
from filmgraph.decisions import load_decisions
from filmgraph.dumps_parts import Parts
from filmgraph.errors import ReleaseBusyError, ReleaseError
from filmgraph.findings import Finding, Report
from filmgraph.identity import Identities, Mentions, gather_mentions, identify_mentions, load_registry
from filmgraph.incremental_graph import Change, Graphs, OldGraphs
from filmgraph.incremental_key import Basis, find_basis
from filmgraph.incremental_records import (
    Keeper,
    KeptReading,
    Keys,
    Remapper,
    SourceChange,
    compare_records,
    find_other_meanings,
    load_reading,
    put_keys,
)
from filmgraph.incremental_resolve import Resolved, StatementStore, count_concepts, find_touched, resolve_things
from filmgraph.incremental_state import State
from filmgraph.incremental_store import stamp_tables
from filmgraph.incremental_validation import Revalidation, revalidate
from filmgraph.iris import Kind
from filmgraph.manifest import FILE_NAME as MANIFEST
from filmgraph.manifest import FileEntry, hash_file, load_manifest
from filmgraph.mapping import Mapper
from filmgraph.release_verify import Stamp
from filmgraph.settings import Settings, SourceSettings
from filmgraph.validation import Shapes
from filmgraph.vocabulary import Vocabulary

__all__ = ["Draft", "Tally", "assembling"]

_PARTS: Final = "parts"


@dataclass(frozen=True, slots=True)
class Tally:
    """What a build did anew, of how much: files, records, things, rules."""

    files: tuple[int, int]
    records: tuple[int, int]
    things: int
    rules: tuple[int, int]

    def __str__(self) -> str:
        return (
            f"done anew: {self.files[0]} of {self.files[1]} source files read, {self.records[0]} of {self.records[1]} records "
            f"mapped, {self.things} things resolved, {self.rules[0]} of {self.rules[1]} rules run near them; "
            "the rest was taken over"
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """A catalogue as it would be released, and what the next build needs to know of it.

    `tally` tells what was done anew; where everything was, it is None and `why` gives the reason.
    """

    assembly: Assembly
    tally: Tally | None
    why: str
    state: State | None
    made_by: dict[str, str]

    def keep(self, release_path: Path, parts: Parts | None) -> str:
        """Keep the state for the next build, as that of the release that is current now; return why that failed, or nothing.

        `parts` are those of the release, None for one that was there already: then what is known of them goes on.
        """
        if self.state is None:
            return ""
        try:
            if parts is not None:
                self.state.put_plain(_PARTS, parts.to_bytes())
            manifest_sha256 = hash_file(release_path / MANIFEST).sha256
            self.state.keep(release_path.name, manifest_sha256, self.made_by, stamp_tables(release_path))
        except (OSError, sqlite3.Error) as error:
            return f"the next build will do everything anew: what this one did cannot be kept in {self.state.folder} ({error})"
        return ""


@dataclass(frozen=True, slots=True)
class _Work:
    """What is to be assembled, and by what it is judged."""

    settings: Settings
    vocabulary: Vocabulary
    shapes: Shapes
    today: str
    progress: Progress

    def assemble(self, witness: Keeper | None = None) -> Assembly:
        """Do everything anew."""
        return assemble(self.settings, self.vocabulary, self.shapes, self.today, self.progress, witness)


@contextmanager
def assembling(
    settings: Settings, vocabulary: Vocabulary, shapes: Shapes, today: str, progress: Progress, *, is_full: bool = False
) -> Iterator[Draft]:
    """Give the catalogue as it would be released; a kept state that was not kept again is gone at the end, the one before is not.

    `is_full` takes nothing over. UnreadableInputError as `assemble` does.
    """
    basis = find_basis(settings, is_full=is_full)
    work = _Work(settings, vocabulary, shapes, today, progress)
    try:
        state = State(settings.releases_path, is_new=basis.release_path is None)
    except (ReleaseBusyError, OSError, sqlite3.Error) as error:
        yield Draft(work.assemble(), None, f"nothing can be kept for the next build ({error})", None, basis.made_by)
        return
    with state:
        try:
            draft = _assemble(work, state, basis)
        except sqlite3.Error as error:
            raise ReleaseError(f"what was read cannot be kept in {state.folder}: {error}. Free some space there") from error
        yield draft


@collector_paused()
def _assemble(work: _Work, state: State, basis: Basis) -> Draft:
    if basis.release_path is None:
        whole = work.assemble(Keeper(state, work.vocabulary))
        state.put("inputs", _to_pairs(whole.inputs))
        return Draft(whole, None, basis.why, state, basis.made_by)
    assembly, tally = _Run(work, state, basis.release_path, basis.tables).assemble()
    return Draft(assembly, tally, "", state, basis.made_by)


def _to_pairs(inputs: dict[str, FileEntry]) -> tuple[tuple[str, str], ...]:
    return tuple((name, entry.sha256) for name, entry in inputs.items())


@dataclass(slots=True)
class _Readings:
    """What all sources say now: what was kept, and what was read again."""

    kept: dict[str, KeptReading]
    fresh: frozenset[str]
    inputs: dict[str, FileEntry]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What all readings found."""
        return tuple(finding for each in self.kept.values() for finding in each.findings)


@dataclass(frozen=True, slots=True)
class _Run:
    """One assembly on top of the release before."""

    work: _Work
    state: State
    release_path: Path
    tables: Mapping[str, Stamp]

    @property
    def settings(self) -> Settings:
        return self.work.settings

    @property
    def vocabulary(self) -> Vocabulary:
        return self.work.vocabulary

    def assemble(self) -> tuple[Assembly, Tally]:
        """Return the catalogue, and what was done anew."""
        saved = read_queries(self.settings.catalogue_path, self.settings.iris)
        differences: dict[str, SourceChange] = {}
        readings = self._read(saved, differences)
        self.work.progress("identify")
        identities = self._identify()
        self.work.progress("map")
        mapper = self._map(identities, differences)
        old = OldGraphs.open(self.release_path, self.settings.iris, self.settings.id)
        statements = StatementStore(self.state, self.settings, identities, self.vocabulary)
        touched = find_touched(mapper.touched, old, statements)
        self.work.progress(f"resolve {len(touched)} things")
        resolved = resolve_things(touched, statements, self.settings)
        conflicts = self._conflicts(touched, resolved)
        change = self._change(touched, resolved, old, identities)
        self.work.progress("validate")
        checked = self._revalidate(old, change, touched, statements)
        cited = check_cited(self.settings, mapper.statements)
        findings = (*readings.findings, *identities.findings, *conflicts, *checked.findings, *saved.findings, *cited)
        files, rules = (len(readings.fresh), len(readings.kept)), (checked.rules, len(self.work.shapes.rules))
        tally = Tally(files, (mapper.count, self.state.count()), len(touched), rules)
        return self._compose(
            readings, saved, identities, Graphs(old, change, conflicts, load_manifest(self.release_path)), findings
        ), tally

    def _compose(
        self, readings: _Readings, saved: QueryReading, identities: Identities, graphs: Graphs, findings: Iterable[Finding]
    ) -> Assembly:
        return Assembly(
            self.settings,
            graphs.to_resolution(self.settings),
            graphs.published(),
            Report.of((*findings, *dataset_findings(self.settings))),
            tuple(sorted((line for each in readings.kept.values() for line in each.unread), key=lambda line: line.place)),
            identities.registry,
            readings.inputs,
            # A source's publisher is a record too, and one that nobody read.
            self.state.count() - sum(bool(each.publisher) for each in self.settings.sources),
            saved.queries,
            graphs.upon(self.release_path, self.state.get_plain(_PARTS), self.tables),
        )

    def _read(self, saved: QueryReading, differences: dict[str, SourceChange]) -> _Readings:
        """Read the sources whose files changed, and compare their records with the kept ones."""
        kept = {each.id: load_reading(self.state, each.id) for each in self.settings.sources if each.kind in READERS}
        companions = (name for each in kept.values() if each for name in each.companions)
        inputs = list_inputs(self.settings, companions, saved)
        before = dict(self.state.get("inputs"))
        readings: dict[str, KeptReading] = {}
        fresh = set()
        for source in self.settings.sources:
            known = kept.get(source.id)
            if known is None:
                continue
            names = {source.path, source.profile, *known.companions} - {""}
            if all(before.get(name) == inputs[name].sha256 for name in names):
                readings[source.id] = known
                continue
            fresh.add(source.id)
            readings[source.id] = self._read_again(source, differences)
        inputs = list_inputs(self.settings, (name for each in readings.values() for name in each.companions), saved)
        self.state.put("inputs", _to_pairs(inputs))
        return _Readings(readings, frozenset(fresh), inputs)

    def _read_again(self, source: SourceSettings, differences: dict[str, SourceChange]) -> KeptReading:
        self.work.progress(f"read {source.path}")
        reading = READERS[source.kind](source, self.settings.catalogue_path, self.vocabulary)
        records = own_records(source, reading)
        difference = compare_records(self.state, source.id, records)
        self.state.renumber(difference.renumbered)
        differences[source.id] = difference
        self.state.put(f"mentions:{source.id}", gather_mentions(records))
        kept = KeptReading.of(reading)
        kept.put(self.state, source.id)
        return kept

    def _identify(self) -> Identities:
        mentions: Iterable[Mentions] = (self.state.get(f"mentions:{each.id}") for each in sort_by_trust(self.settings))
        decisions = load_decisions(self.settings.decisions_path)
        return identify_mentions(mentions, load_registry(self.settings.ids_path), self.work.today, decisions)

    def _map(self, identities: Identities, differences: dict[str, SourceChange]) -> Remapper:
        mappers = {each.id: Mapper(each, self.settings.iris, identities, self.vocabulary) for each in self.settings.sources}
        mapper = Remapper(self.state, mappers)
        keys = Keys.of(identities)
        others = find_other_meanings(self.state, keys, self.settings.iris)
        for each in differences.values():
            mapper.drop(each.gone)
            others -= set(each.gone)
        mapper.repeat(others)
        for source_id, each in differences.items():
            mapper.add(source_id, each.new)
        put_keys(self.state, keys)
        return mapper

    def _conflicts(self, touched: frozenset[str], resolved: Resolved) -> tuple[Finding, ...]:
        before: tuple[Finding, ...] = self.state.get("conflicts")
        conflicts = (*(each for each in before if each.focus_iri not in touched), *resolved.findings)
        self.state.put("conflicts", conflicts)
        return conflicts

    def _change(self, touched: frozenset[str], resolved: Resolved, old: OldGraphs, identities: Identities) -> Change:
        """Return what becomes of the graphs, of the descriptions of sources and of the concepts that the facts use."""
        change = Change()
        change.replace({quad for iri in touched for quad in old.quads(iri)}, resolved.quads)
        change.replace({quad for iri in touched for quad in old.explanations(iri)}, resolved.explanations)
        used_before = _concepts(self.state.used())
        cited = {name.removeprefix("source:") for name in self.state.used() if name.startswith("source:")}
        source_iris = [self.settings.iris.thing(Kind.SOURCE, each.id) for each in self.settings.sources]
        described = {_fact(each) for each in describe_sources(self.settings, identities, cited)}
        change.replace({quad for iri in source_iris for quad in old.quads(iri)}, described)
        self.state.use(count_concepts(change, self.vocabulary))
        concepts = [describe_concepts(each, self.vocabulary) for each in (used_before, _concepts(self.state.used()))]
        before, after = ({_fact(each) for each in triples} for triples in concepts)
        change.replace(before, after)
        return change

    def _revalidate(self, old: OldGraphs, change: Change, touched: frozenset[str], statements: StatementStore) -> Revalidation:
        known: tuple[Finding, ...] = self.state.get("found")
        texts = self.settings.iris.texts_graph
        checked = revalidate(known, touched, old, change, texts, self.vocabulary, self.work.shapes, statements)
        self.state.put("found", checked.findings)
        return checked


def _concepts(used: frozenset[str]) -> set[str]:
    return {name.removeprefix("concept:") for name in used if name.startswith("concept:")}


def _fact(triple: ox.Triple) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object)
