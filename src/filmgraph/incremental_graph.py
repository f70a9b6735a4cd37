"""The graphs of the release before, thing by thing, and what a small change makes of them."""

from __future__ import annotations

import gzip
import tempfile
import weakref
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO, Final

import pyoxigraph as ox

from filmgraph.dumps_lines import iter_blocks
from filmgraph.dumps_reading import facts_path, read_blocks
from filmgraph.findings import Finding
from filmgraph.incremental_store import Upon, find_description
from filmgraph.iris import IriScheme, Kind
from filmgraph.manifest import STORE_FOLDER, Manifest, load_manifest
from filmgraph.namespaces import RDF
from filmgraph.release_verify import ALL_QUADS, Stamp
from filmgraph.resolve import Resolution
from filmgraph.settings import Settings

__all__ = ["Change", "ChangedTriples", "Graphs", "OldGraphs", "View"]

_DEFAULT = ox.DefaultGraph()
_SUBJECT = ox.NamedNode(RDF.subject)
_BLOCK: Final = 1 << 20
_SPACES: Final = 3
#: So many quads of a graph are asked for one by one.
_FEW: Final = 50_000
_Graph = ox.NamedNode | ox.DefaultGraph


class OldLines:
    """The quads of a release as lines, graph by graph: many times as fast as to ask its store for all of them."""

    def __init__(self, release_path: Path | None) -> None:
        """Read the release in that folder when lines are first asked for; None has no lines."""
        self._path = release_path
        self._files: dict[bytes, IO[bytes]] = {}

    def blocks(self, graph_iri: str) -> Iterator[bytes]:
        """Yield the lines of a graph as canonical N-Triples, many at a time; those of the published graph for an empty IRI."""
        if self._path is None:
            return iter(())
        if not graph_iri:
            return read_blocks(facts_path(self._path, load_manifest(self._path).catalogue_id))
        if load_manifest(self._path).graphs.get(graph_iri, 0) <= _FEW:
            return self._ask(self._path, graph_iri)
        return self._read(self._path, graph_iri)

    @staticmethod
    def _ask(release_path: Path, graph_iri: str) -> Iterator[bytes]:
        """Yield the lines of a small graph, from the store."""
        store = ox.Store.read_only(str(release_path / STORE_FOLDER))
        quads = store.quads_for_pattern(None, None, None, ox.NamedNode(graph_iri))
        yield from iter_blocks(quad.triple for quad in quads)

    def _read(self, release_path: Path, graph_iri: str) -> Iterator[bytes]:
        if not self._files:
            self._split(release_path)
        file = self._files.get(f"<{graph_iri}>".encode())
        at = 0
        while file is not None:
            # Several may read at once.
            file.seek(at)
            lines = file.readlines(_BLOCK)
            if not lines:
                return
            at = file.tell()
            yield b"".join(lines)

    def _split(self, release_path: Path) -> None:
        """Put each graph but the published one into a file without a name; it is gone with this object, however that ends."""
        names = [f"<{iri}>".encode() for iri in load_manifest(release_path).graphs]
        self._files = {name: tempfile.TemporaryFile(dir=release_path.parent) for name in names}  # noqa: SIM115 -- read later
        for file in self._files.values():
            weakref.finalize(self, file.close)
        with gzip.open(release_path / ALL_QUADS) as lines:
            for line in lines:
                end = line.rfind(b" ", 0, -3)
                graph = line[end + 1 : -3]
                # A triple has three spaces, unless its object is a literal; and a literal is no graph.
                if graph in self._files and line.count(b" ") > _SPACES:
                    self._files[graph].write(line[:end] + b" .\n")


class OldGraphs:
    """A release's store, read by thing. What the dataset says of itself is left out: it is made anew for each release."""

    def __init__(self, store: ox.Store, iris: IriScheme, catalogue_id: str, lines: OldLines | None = None) -> None:
        self.store = store
        self.lines = lines or OldLines(None)
        self._texts = ox.NamedNode(iris.texts_graph)
        self._provenance = ox.NamedNode(iris.provenance_graph)
        self._vocabulary = ox.NamedNode(iris.vocabulary_graph)
        self.dataset_iri = iris.thing(Kind.DATASET, catalogue_id)

    def is_own_description(self, iri: str) -> bool:
        """Return whether an IRI is the dataset's, or that of a part of its description."""
        return iri == self.dataset_iri or iri.startswith(f"{self.dataset_iri}#")

    @classmethod
    def open(cls, release_path: Path, iris: IriScheme, catalogue_id: str) -> OldGraphs:
        """Open the store of a release, to read it only."""
        return cls(ox.Store.read_only(str(release_path / STORE_FOLDER)), iris, catalogue_id, OldLines(release_path))

    def own_description(self) -> list[ox.Quad]:
        """Return what the dataset says of itself."""
        return find_description(self.store, self.dataset_iri)

    def quads(self, iri: str) -> set[ox.Quad]:
        """Return all quads about a thing, but for its provenance and the shared vocabulary."""
        if self.is_own_description(iri):
            return set()
        found = self.store.quads_for_pattern(ox.NamedNode(iri), None, None)
        return {quad for quad in found if quad.graph_name not in (self._provenance, self._vocabulary)}

    def explanations(self, iri: str) -> Iterator[ox.Quad]:
        """Yield the provenance of the facts about a thing."""
        for link in self.store.quads_for_pattern(None, _SUBJECT, ox.NamedNode(iri), self._provenance):
            assert isinstance(link.subject, ox.NamedNode)
            yield from self.store.quads_for_pattern(link.subject, None, None, self._provenance)

    def published(self) -> Iterator[ox.Quad]:
        """Yield all facts, but for what the dataset says of itself."""
        for quad in self.store.quads_for_pattern(None, None, None, _DEFAULT):
            if not (isinstance(quad.subject, ox.NamedNode) and self.is_own_description(quad.subject.value)):
                yield quad

    def facts(self, iri: str) -> Iterator[ox.Quad]:
        """Yield what is published of a thing, and what the texts say of it."""
        if not self.is_own_description(iri):
            for graph in (_DEFAULT, self._texts):
                yield from self.store.quads_for_pattern(ox.NamedNode(iri), None, None, graph)

    def links_to(self, value: ox.NamedNode | ox.Literal, predicate: str | None = None) -> Iterator[ox.Quad]:
        """Yield the facts and texts that have a value."""
        name = None if predicate is None else ox.NamedNode(predicate)
        for graph in (_DEFAULT, self._texts):
            for quad in self.store.quads_for_pattern(None, name, value, graph):
                if isinstance(quad.subject, ox.NamedNode) and not self.is_own_description(quad.subject.value):
                    yield quad

    def subjects(self, predicate: str, iri: str) -> set[str]:
        """Return the things of which a fact or text says that they have another one as the value of a property."""
        return {q.subject.value for q in self.links_to(ox.NamedNode(iri), predicate) if isinstance(q.subject, ox.NamedNode)}


@dataclass(slots=True)
class Change:
    """The quads that a build takes away from those of the release before, and those that it adds; no quad is in both."""

    removed: set[ox.Quad] = field(default_factory=set)
    added: set[ox.Quad] = field(default_factory=set)

    def replace(self, old: set[ox.Quad], new: set[ox.Quad]) -> None:
        """Put new quads in the place of old ones."""
        self.removed |= old - new
        self.added |= new - old

    def facts(self, texts_graph: str) -> tuple[set[ox.Quad], set[ox.Quad]]:
        """Return what is removed and added of facts and texts, without source graphs and provenance."""
        graphs = (_DEFAULT, ox.NamedNode(texts_graph))
        return {q for q in self.removed if q.graph_name in graphs}, {q for q in self.added if q.graph_name in graphs}


class ChangedTriples:
    """The triples of one graph after a change: read from the release before whenever they are asked for, and never held."""

    def __init__(self, old: OldGraphs, change: Change, graph_iri: str, count_before: int) -> None:
        """Take the graph `graph_iri`, the published one where it is empty, which held `count_before` triples."""
        self._old = old
        self._graph_iri = graph_iri
        self._graph: _Graph = ox.NamedNode(graph_iri) if graph_iri else _DEFAULT
        self._removed = [quad.triple for quad in change.removed if quad.graph_name == self._graph]
        self._added = [quad.triple for quad in change.added if quad.graph_name == self._graph]
        self._count = count_before - len(self._removed) + len(self._added)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[ox.Triple]:
        removed = frozenset(self._removed)
        everything = self._old.store.quads_for_pattern(None, None, None, self._graph)
        quads = self._old.published() if self._graph == _DEFAULT else everything
        yield from (triple for quad in quads if (triple := quad.triple) not in removed)
        yield from self._added

    def iter_blocks(self) -> Iterator[bytes]:
        """Yield the triples as lines of canonical N-Triples, many at a time and in no order: faster than one by one."""
        own = f"<{self._old.dataset_iri}".encode()
        unwanted = (own + b">", own + b"#") if self._graph == _DEFAULT else ()
        removed = frozenset(_to_lines(self._removed))
        for block in self._old.lines.blocks(self._graph_iri):
            lines = block.splitlines(keepends=True)
            yield b"".join([line for line in lines if line not in removed and not line.startswith(unwanted)])
        yield b"".join(_to_lines(self._added))


def _to_lines(triples: Iterable[ox.Triple]) -> list[bytes]:
    return (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").splitlines(keepends=True)


@dataclass(frozen=True, slots=True)
class Graphs:
    """All graphs after a change."""

    old: OldGraphs
    change: Change
    conflicts: tuple[Finding, ...]
    manifest: Manifest

    def upon(self, release_path: Path, parts: bytes, tables: Mapping[str, Stamp]) -> Upon:
        """Return what the release is built upon; `parts` are those of the release before, `tables` the stamps of its store."""
        removed, added = frozenset(self.change.removed), frozenset(self.change.added)
        return Upon(release_path, removed, added, self.old.dataset_iri, parts, tables)

    def published(self) -> ChangedTriples:
        """Return all facts, but for what the dataset says of itself."""
        own = len(self.old.own_description())
        return ChangedTriples(self.old, self.change, "", self.manifest.triples - own)

    def to_resolution(self, settings: Settings) -> Resolution:
        """Return the other graphs."""
        iris = settings.iris
        source_ids = sorted(each.id for each in settings.sources)
        sources = {source_id: self._triples(iris.source_graph(source_id)) for source_id in source_ids}
        return Resolution(
            frozenset(),
            self._triples(iris.texts_graph),
            {source_id: triples for source_id, triples in sources.items() if len(triples)},
            self._triples(iris.provenance_graph),
            self.conflicts,
        )

    def _triples(self, graph_iri: str) -> ChangedTriples:
        return ChangedTriples(self.old, self.change, graph_iri, self.manifest.graphs.get(graph_iri, 0))


class View:
    """Facts and texts after a change, or before and after it together (`is_union`), read from the release before."""

    def __init__(self, old: OldGraphs, change: Change, texts_graph: str, *, is_union: bool) -> None:
        removed, added = change.facts(texts_graph)
        self._old = old
        self._removed = set() if is_union else removed
        self._by_subject: defaultdict[str, list[ox.Quad]] = defaultdict(list)
        self._by_object: defaultdict[ox.NamedNode | ox.Literal, list[ox.Quad]] = defaultdict(list)
        for quad in added:
            assert isinstance(quad.subject, ox.NamedNode)
            self._by_subject[quad.subject.value].append(quad)
            if isinstance(quad.object, ox.NamedNode | ox.Literal):
                self._by_object[quad.object].append(quad)

    def facts(self, iri: str) -> Iterator[ox.Quad]:
        """Yield all facts and texts about a thing."""
        yield from self._kept(self._old.facts(iri))
        yield from self._by_subject.get(iri, ())

    def values(self, iri: str, predicate: str | None) -> list[ox.NamedNode | ox.Literal]:
        """Return the values of a property of a thing, or of all its properties."""
        return [
            quad.object
            for quad in self.facts(iri)
            if predicate in (None, quad.predicate.value) and isinstance(quad.object, ox.NamedNode | ox.Literal)
        ]

    def subjects(self, value: ox.NamedNode | ox.Literal, predicate: str | None) -> set[str]:
        """Return the things that have a value, by one property or by any."""
        found = [q for q in self._by_object.get(value, ()) if predicate in (None, q.predicate.value)]
        quads = (*self._kept(self._old.links_to(value, predicate)), *found)
        return {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}

    def published_subjects(self, value: ox.NamedNode | ox.Literal, predicate: str | None = None) -> Iterator[str]:
        """Yield the things, and parts of them, that have a value in the published graph, by one property or by any."""
        added = (quad for quad in self._by_object.get(value, ()) if predicate in (None, quad.predicate.value))
        for quad in chain(added, self._kept(self._old.links_to(value, predicate))):
            if quad.graph_name == _DEFAULT and isinstance(quad.subject, ox.NamedNode):
                yield quad.subject.value

    def _kept(self, quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
        return (quad for quad in quads if quad not in self._removed)
