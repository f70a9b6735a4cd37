"""Writes a release upon the one before: what the change touches is counted, rendered and packed anew, all else is taken over."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from filmgraph.changes_lines import Sides
from filmgraph.chunks import chunk_of, digest_all, subject_of, whole_of
from filmgraph.chunks_things import ChunkThings
from filmgraph.dataset import dataset_iri
from filmgraph.dataset_counts import Counts, Landmarks, SubjectCounter
from filmgraph.dataset_statistics import Statistics, Tallies, iter_subjects
from filmgraph.dumps import (
    DUMPS_FOLDER,
    TABLES_FOLDER,
    copy_definitions,
    frame_of,
    iter_facts,
    iter_published,
    make_renderer,
)
from filmgraph.dumps_files import CANONICAL, pack, write_sums
from filmgraph.dumps_guard import FactsGuard
from filmgraph.dumps_index import ThingNames
from filmgraph.dumps_lines import ThingLines, Triples, group_things, to_iri, to_lines
from filmgraph.dumps_parts import Chunk, Parts
from filmgraph.dumps_render import ChunkRenderer, Rendered
from filmgraph.dumps_rows import CellReader, Survey
from filmgraph.dumps_stock import survey_things
from filmgraph.dumps_tables import Tables
from filmgraph.incremental_chunks import Changes, Fresh, Kept, OldChunks, OldRun, recut
from filmgraph.incremental_dumps import Splicer, Written, in_release
from filmgraph.incremental_editions import find_editions
from filmgraph.incremental_graph import Change, OldGraphs, View
from filmgraph.incremental_related import Difference, PublishedThings, find_related
from filmgraph.incremental_store import Upon
from filmgraph.index_extract import Extractor
from filmgraph.iris import Kind
from filmgraph.release_content import find_subjects
from filmgraph.release_gates import iter_texts
from filmgraph.release_verify import ALL_QUADS
from filmgraph.release_writing import Presence
from filmgraph.settings import Settings
from filmgraph.vocabulary import Vocabulary

__all__ = ["RevisingWriter", "revise"]

#: With more of all chunks touched, to write everything anew is as fast.
_MOST: Final = 0.5
#: So many may always be touched: what is held of them is small.
_FEW: Final = 32
#: Chunks whose lines are held at once, besides the new ones.
_HELD: Final = 64
_DEFAULT: Final = ox.DefaultGraph()
_Chunks = tuple[Kept | Fresh, ...]


def revise(
    upon: Upon, parts: Parts, settings: Settings, vocabulary: Vocabulary, texts: Triples, counts: Mapping[str, int]
) -> RevisingWriter | None:
    """Return the writer of a release upon the one before, whose `parts` are known; None where too much is touched.

    `texts` is the texts graph after the change, `counts` are the quads of each graph. ReleaseError when what was kept is not of
    the release before.
    """
    old = OldChunks(upon.release_path, parts, dataset_iri(settings))
    changes = Changes.of(upon, old)
    if _is_too_much(len(changes.numbers), old):
        return None
    revision = _Revision(upon, settings, old, changes)
    chunks = revision.chunks()
    if _is_too_much(sum(isinstance(each, Fresh) for each in chunks), old):
        return None
    writer = RevisingWriter(revision, vocabulary, texts, chunks, counts)
    return writer if writer.has_same_columns() else None


def _is_too_much(count: int, old: OldChunks) -> bool:
    return count > max(_FEW, _MOST * len(old.starts))


class _Revision:
    """What a change does to the things of a release."""

    def __init__(self, upon: Upon, settings: Settings, old: OldChunks, changes: Changes) -> None:
        self.settings = settings
        self.old = old
        self.changes = changes
        self.upon = upon
        self.graphs = OldGraphs.open(upon.release_path, settings.iris, settings.id)
        change = Change(set(upon.removed), set(upon.added))
        self.view = View(self.graphs, change, settings.iris.texts_graph, is_union=False)
        differences = dict(self._find_differences())
        self.things = PublishedThings(self.view, settings.iris, differences)
        self._related = find_related(differences, self.things)
        self.editions = find_editions(differences, self.things, old.parts.editions)

    def _find_differences(self) -> Iterator[tuple[str, Difference]]:
        """Yield the things of which a published fact, or what a source says, changed."""
        changes, old = self.changes, self.old
        wanted = self._changed_things()
        # The parts of a thing may be in another chunk than the thing.
        numbers = sorted(changes.numbers.union(*map(old.numbers_of, wanted)))
        before, after = [], []
        for number in numbers:
            lines = old.lines(number)
            before += lines
            after += changes.apply(number, lines)
        sides = [_find_things(lines, wanted, self.settings) for lines in (before, after)]
        names = ThingNames(self.settings.iris)
        for subject in sorted(wanted):
            name = names.find(subject)
            if name is not None and any(subject in side for side in sides):
                yield name, Difference(sides[0].get(subject), sides[1].get(subject))

    def _changed_things(self) -> set[bytes]:
        """Return the things of which, or of a part of which, a line is gone or came."""
        sides = (self.changes.removed, self.changes.added)
        return {whole_of(subject_of(line)) for side in sides for lines in side.values() for line in lines}

    def chunks(self) -> _Chunks:
        """Return all chunks; the one that holds the dataset's description is always a new one, as that names the release."""
        before, after = self.old.parts.editions, self.editions
        moved = {name for each in before.keys() | after.keys() for name in before.get(each, set()) ^ after.get(each, set())}
        touched = {f"<{self.things.to_iri(name)}>".encode() for name in (*self._related, *moved)}
        own = f"<{dataset_iri(self.settings)}>".encode()
        found = map(self.old.numbers_of, {*touched, *self._changed_things(), own})
        return tuple(recut(self.old, self.changes, self.changes.numbers.union(*found)))

    def count_distinct(self) -> int:
        """Return how many distinct objects the published graph has."""
        count = self.old.parts.distinct_objects
        values = {quad.object for quad in (*self.upon.removed, *self.upon.added) if quad.graph_name == _DEFAULT}
        for value in values:
            assert isinstance(value, ox.NamedNode | ox.Literal)
            was_there = any(quad.graph_name == _DEFAULT for quad in self.graphs.links_to(value))
            count += any(True for _ in self.view.published_subjects(value)) - was_there
        return count


def _find_things(lines: Iterable[bytes], wanted: set[bytes], settings: Settings) -> dict[bytes, ThingLines]:
    chosen = (line for line in lines if whole_of(subject_of(line)) in wanted)
    return {thing.subject: thing for thing in group_things(iter_facts(chosen, settings.iris))}


class _Lookup:
    """What the renderer asks of other things."""

    def __init__(self, things: PublishedThings, editions: Mapping[str, frozenset[str]], settings: Settings) -> None:
        self.names = things.names
        self.things, self.editions = things, editions
        self._dataset, self._title = f"{Kind.DATASET.segment}/{settings.id}", settings.title

    def name_of(self, thing: str) -> str:
        return self._title if thing == self._dataset else self.things.name_of(thing)

    def subjects_of(self, thing: str, predicate_iri: str) -> list[str]:
        return sorted(self.things.linkers(thing, predicate_iri) - {thing})

    def editions_of(self, thing: str) -> list[str]:
        return sorted(edition for edition, members in self.editions.items() if thing in members)

    def to_iri(self, thing: str) -> str:
        return self.things.to_iri(thing)


class RevisingWriter:
    """Writes a release upon the one before. `chunks` are all chunks of the new one."""

    def __init__(
        self, revision: _Revision, vocabulary: Vocabulary, texts: Triples, chunks: _Chunks, counts: Mapping[str, int]
    ) -> None:
        self.counts = counts
        self._revision, self._old, self._settings = revision, revision.old, revision.settings
        self._vocabulary, self._texts, self._chunks = vocabulary, texts, chunks
        self._lookup = _Lookup(revision.things, revision.editions, revision.settings)
        self._reader = CellReader(revision.things.names)
        self._starts = [each.start if isinstance(each, Fresh) else self._old.starts[each.number] for each in chunks]
        self._things = ChunkThings(self._starts, lru_cache(_HELD)(self._all_lines))
        self._fresh = {place: self._read(place) for place, each in enumerate(chunks) if isinstance(each, Fresh)}
        self._counts, self._distinct = Counts(), 0
        self._rendered: dict[int, Rendered] = {}
        self._written: dict[str, Written] = {}
        self._sums = self._digests()
        self.sha256 = digest_all(self._sums)

    def _all_lines(self, place: int) -> list[bytes]:
        chunk = self._chunks[place]
        return chunk.lines if isinstance(chunk, Fresh) else self._old.lines(chunk.number)

    def _read(self, place: int) -> _FreshPart:
        things = group_things(iter_facts(self._things.lines(place), self._settings.iris))
        return _FreshPart(survey_things(things, self._reader, self._revision.things.names))

    def _digests(self) -> list[bytes]:
        """Return the digest of each chunk."""
        return [
            hashlib.sha256(b"".join(each.lines)).digest() if isinstance(each, Fresh) else self._old.chunk(each.number).digest
            for each in self._chunks
        ]

    def has_same_columns(self) -> bool:
        """Return whether the tables have the columns that they had: if not, every row of theirs is another."""
        before = Tables(self._old.parts.survey(), self._lookup, self._vocabulary)
        return before.columns == self._tables().columns

    def _tables(self) -> Tables:
        surveys = (
            self._fresh[place].survey if isinstance(each, Fresh) else self._old.chunk(each.number).survey
            for place, each in enumerate(self._chunks)
        )
        return Tables(Survey.of(surveys), self._lookup, self._vocabulary)

    def count(self) -> Statistics:
        """Count what is published."""
        counts = self._old.parts.counts
        gone, come = SubjectCounter(self._settings.iris), SubjectCounter(self._settings.iris, lists_things=True)
        own = dataset_iri(self._settings)
        for number in self._replaced():
            for subject, terms in iter_subjects(self._old.lines(number), own):
                gone.add(subject, terms)
        for place, part in self._fresh.items():
            for subject, terms in iter_subjects(self._lines(place), own):
                come.add(subject, terms)
            part.landmarks = come.take_landmarks()
        self._counts = Counts.from_plain(counts.to_plain())
        self._counts.merge(come.finish(), 1)
        self._counts.merge(gone.finish(), -1)
        self._distinct = self._revision.count_distinct()
        return Tallies(self._counts, tuple(self._landmarks()), self._distinct).to_statistics()

    def find_things(self) -> Presence:
        """Return which things there are, and were."""
        iris, path = self._settings.iris, self._revision.upon.release_path
        kept = [self._old.chunk(each.number).landmarks for each in self._chunks if isinstance(each, Kept)]
        lasting = {to_iri(each) for marks in kept for each in marks.things}
        come = {to_iri(each) for part in self._fresh.values() for each in (*part.landmarks.things, *part.landmarks.unclassed)}
        come |= {to_iri(each) for marks in kept for each in marks.unclassed}
        gone = {to_iri(each) for number in self._replaced() for each in self._old.chunk(number).landmarks.things}
        own = dataset_iri(self._settings)
        now, before = (come, find_subjects([self._texts]), (own,)), (gone, iter_texts(path, iris), (own,))
        return Presence(frozenset(lasting.union(*now)), frozenset(lasting.union(*before)))

    def _landmarks(self) -> Iterator[Landmarks]:
        for place, each in enumerate(self._chunks):
            yield self._fresh[place].landmarks if isinstance(each, Fresh) else self._old.chunk(each.number).landmarks

    def _lines(self, place: int) -> list[bytes]:
        chunk = self._chunks[place]
        return chunk.lines if isinstance(chunk, Fresh) else []

    def _replaced(self) -> list[int]:
        """Return the old chunks that are not taken over."""
        kept = {each.number for each in self._chunks if isinstance(each, Kept)}
        return [number for number in range(len(self._old.starts)) if number not in kept]

    def _with_about(self, about: Iterable[ox.Triple]) -> dict[int, list[bytes]]:
        """Return the lines of the new chunks, the description of the dataset in its place."""
        lines = {place: self._lines(place) for place in self._fresh}
        own = defaultdict(list)
        for line in to_lines(about):
            own[chunk_of(self._starts, line)].append(line)
        return lines | {place: sorted((*lines[place], *more)) for place, more in own.items()}

    def write_quads(self, about: frozenset[ox.Triple], path: Path) -> None:
        """Write all quads."""
        lines = self._with_about(about)
        with path.open("wb") as file:
            run = OldRun(self._old, ALL_QUADS, file)
            for place, each in enumerate(self._chunks):
                if isinstance(each, Kept):
                    run.take(each.number)
                else:
                    run.end()
                    self._fresh[place].member = file.write(pack(b"".join(lines[place])))
            run.end()

    def write_dumps(self, about: frozenset[ox.Triple], staging: Path) -> None:
        """Write the dumps."""
        tables = self._tables()
        renderer = ChunkRenderer(self._settings.id, make_renderer(self._settings.iris, self._settings.id), tables, self._lookup)
        self._render(about, renderer)
        (staging / DUMPS_FOLDER / TABLES_FOLDER).mkdir(parents=True)
        chunks = [each.number if isinstance(each, Kept) else self._rendered[place] for place, each in enumerate(self._chunks)]
        splicer = Splicer(self._old, staging, chunks, lambda name: frame_of(name, renderer.renderer, tables))
        self._written = splicer.write_files()
        # To unpack and to digest is not Python's work: it goes on beside the tables.
        with ThreadPoolExecutor(1) as beside:
            sums = beside.submit(splicer.unpacked_sums, self._written)
            splicer.write_tables(tables)
            tables.write_dictionary(staging / DUMPS_FOLDER / TABLES_FOLDER)
            copy_definitions(staging / DUMPS_FOLDER)
            write_sums(staging / DUMPS_FOLDER, sums.result(), splicer.known_sums())

    def _render(self, about: frozenset[ox.Triple], renderer: ChunkRenderer) -> None:
        """Render the new chunks, once it is known that they hold facts only."""
        guard = FactsGuard(self._settings.iris, self._vocabulary.triples, self._texts)
        self._check_kept(guard)
        lines = self._with_about(about)
        chunks = ChunkThings(self._starts, lambda place: lines[place] if place in lines else self._things.lines_of(place))
        for place in self._fresh:
            for _ in _checked(lines[place], guard, self._settings):
                pass
            things = group_things(iter_facts(chunks.lines(place), self._settings.iris))
            self._rendered[place] = renderer.render(things, iter_published(lines[place]))

    def _check_kept(self, guard: FactsGuard) -> None:
        """Hold the facts that were there already against the texts that are new: no sentence may stand in both."""
        texts = ox.NamedNode(self._settings.iris.texts_graph)
        if any(quad.graph_name == texts for quad in self._revision.upon.added):
            for each in self._chunks:
                if isinstance(each, Kept):
                    for _ in _checked(self._old.lines(each.number), guard, self._settings):
                        pass

    def sides(self) -> Sides:
        """Return the published lines of the chunks that are not taken over, and of those in their place."""
        name = self._settings.id + CANONICAL
        whole = in_release(name)
        before = b"".join(self._old.unpack(whole, n) for n in self._replaced() if whole in self._old.chunk(n).sizes)
        after = b"".join(data for _, each in sorted(self._rendered.items()) for data in each.pieces.get(name, ()))
        return Sides(before.splitlines(keepends=True), after.splitlines(keepends=True))

    @property
    def starts(self) -> tuple[bytes, ...]:
        """The first subjects of the chunks."""
        return tuple(self._starts)

    def extracts(self) -> tuple[bytes, ...]:
        """Return what search and lists need of each chunk."""
        extractor = Extractor(self._settings.iris)
        return tuple(
            extractor.extract(b"".join(iter_published(each.lines))).to_bytes()
            if isinstance(each, Fresh)
            else self._old.chunk(each.number).extract
            for each in self._chunks
        )

    def parts(self, extracts: Sequence[bytes]) -> Parts:
        """Return what was written."""
        sizes: dict[int, dict[str, int]] = {place: {ALL_QUADS: each.member} for place, each in self._fresh.items()}
        for name, written in self._written.items():
            for place, size in written.sizes.items():
                sizes[place][name] = size
        chunks = (
            self._to_chunk(place, each, sizes[place], extracts[place])
            if isinstance(each, Fresh)
            else self._old.chunk(each.number)
            for place, each in enumerate(self._chunks)
        )
        heads = {ALL_QUADS: 0, **{name: each.head for name, each in self._written.items()}}
        return Parts(tuple(chunks), heads, self._counts, self._distinct, self._revision.editions)

    def _to_chunk(self, place: int, chunk: Fresh, sizes: dict[str, int], extract: bytes) -> Chunk:
        rows = {segment: len(each) for segment, each in self._rendered[place].rows.items()}
        part = self._fresh[place]
        return Chunk(chunk.start, self._sums[place], sizes, rows, part.survey, part.landmarks, extract)

    def remove(self) -> None:
        """There is nothing on the disk that is not needed."""


@dataclass(slots=True)
class _FreshPart:
    """What is found out of a new chunk on the way; `member` is the size of its piece of the file of all quads."""

    survey: Survey
    landmarks: Landmarks = field(default_factory=Landmarks)
    member: int = 0


def _checked(lines: Iterable[bytes], guard: FactsGuard, settings: Settings) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
    for terms in iter_facts(lines, settings.iris):
        guard.check(terms)
        yield terms
