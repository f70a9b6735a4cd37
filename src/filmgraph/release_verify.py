"""Is a release still what was published? Every byte is compared with the manifest, and the store with the dumps.

What is wrong comes back as plain sentences; nothing wrong is an empty tuple.
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType
from typing import IO, Final, cast

import pyoxigraph as ox

from filmgraph.dumps_lines import name_graph
from filmgraph.dumps_reading import facts_path
from filmgraph.errors import ReleaseError, UnreadableInputError
from filmgraph.manifest import FILE_NAME, STORE_FOLDER, FileEntry, Manifest, hash_file, load_manifest
from filmgraph.release_folder import CURRENT, find_current, release_paths
from filmgraph.release_journal import JOURNAL, current_by_journal, is_torn, load_journal, pruned_ids, published_ids

__all__ = ["ALL_QUADS", "Stamp", "compare_store", "stamp_of", "verify_files", "verify_folder", "verify_release"]

ALL_QUADS: Final = "all.nq.gz"
_BLOCK: Final = 1 << 20
# RocksDB makes it, empty, when a store is opened for writing.
_STORE_LOCK: Final = f"{STORE_FOLDER}/LOCK"


#: Inode, size and time of the last change of a file.
Stamp = tuple[int, int, int]


def stamp_of(path: Path) -> Stamp:
    """Return what a file on the disk is known by, as long as nobody writes to it."""
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def verify_folder(releases_path: Path) -> tuple[str, ...]:
    """Return what is wrong with the folder itself: its journal, its link, and releases that are not there any more.

    What is wrong right after a crash is mended by the next build, or by a server that may write there.
    """
    try:
        entries = load_journal(releases_path)
    except ReleaseError as error:
        return (str(error),)
    current = find_current(releases_path)
    link, noted = current.name if current else None, current_by_journal(entries)
    gone = published_ids(entries) - pruned_ids(entries) - {path.name for path in release_paths(releases_path)}
    checks = (
        (link is not None, f"{CURRENT} names no release"),
        (link is None or not entries or link == noted, f"{CURRENT} names release {link}, and {JOURNAL} says {noted}"),
        (not is_torn(releases_path), f"the last line of {JOURNAL} is torn"),
        (not gone, f"published releases are gone: {', '.join(sorted(gone))}"),
    )
    return tuple(text for is_right, text in checks if not is_right)


def verify_release(path: Path, manifest_sha256: str = "") -> tuple[str, ...]:
    """Return what is wrong with a release: files and their hashes, then the store and the dumps against each other.

    `manifest_sha256` is the digest of its manifest that the journal holds, if any.
    """
    return verify_files(path, manifest_sha256) or compare_store(path, load_manifest(path))


def verify_files(path: Path, manifest_sha256: str = "", stamps: Mapping[str, Stamp] = MappingProxyType({})) -> tuple[str, ...]:
    """Return which files are changed, missing or not of the release; the store's content is vouched for by its hashes.

    A file that still has its stamp among `stamps` is not read.
    """
    try:
        manifest = load_manifest(path)
    except ReleaseError as error:
        return (str(error),)
    return tuple(_iter_wrong_files(path, manifest, manifest_sha256, stamps))


def _iter_wrong_files(path: Path, manifest: Manifest, manifest_sha256: str, stamps: Mapping[str, Stamp]) -> Iterator[str]:
    if manifest.release_id != path.name:
        yield f"the folder is called {path.name}, but its manifest is that of {manifest.release_id}"
    if manifest_sha256 and hash_file(path / FILE_NAME).sha256 != manifest_sha256:
        yield f"{FILE_NAME} is not the one that was published: the journal has another digest"
    present, odd = _walk(path)
    yield from (f"{name} is neither a file nor a folder: a release holds nothing else" for name in sorted(odd))
    extra = present - set(manifest.files) - {FILE_NAME}
    yield from (f"{name} is not of this release: its manifest does not name it" for name in sorted(extra))
    yield from (f"{name} is missing" for name in sorted(set(manifest.files) - present))
    read = [name for name in sorted(manifest.files) if name in present and stamps.get(name) != stamp_of(path / name)]
    there = [(path / name, name, manifest.files[name]) for name in read]
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        yield from filter(None, pool.map(lambda each: _check_file(*each), there))


def _walk(path: Path) -> tuple[set[str], set[str]]:
    """Return the names of the files below a folder, and of what is neither file nor folder."""
    present, odd = set(), set()
    for each in path.rglob("*"):
        name = each.relative_to(path).as_posix()
        if each.is_symlink() or not (each.is_file() or each.is_dir()):
            odd.add(name)
        elif each.is_file() and not (name == _STORE_LOCK and each.stat().st_size == 0):
            present.add(name)
    return present, odd


def _check_file(path: Path, name: str, entry: FileEntry) -> str:
    try:
        found = hash_file(path)
    except UnreadableInputError as error:
        return str(error)
    if found.size != entry.size:
        return f"{name} has {found.size} bytes instead of {entry.size}"
    return "" if found.sha256 == entry.sha256 else f"{name} is changed: its SHA-256 is not the one in the manifest"


def compare_store(path: Path, manifest: Manifest) -> tuple[str, ...]:
    """Return where the store, opened read-only, holds other quads than the dumps do, or another number than the manifest says."""
    facts_file = facts_path(path, manifest.catalogue_id)
    try:
        store = ox.Store.read_only(str(path / STORE_FOLDER))
        facts, everything = _dump_store(store)
        dumped, dumped_facts = _read_lines(path / ALL_QUADS), _read_lines(facts_file)
        size = len(store)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        return (f"the store or a dump cannot be read: {error}",)
    expected = manifest.triples + sum(manifest.graphs.values())
    checks = (
        (everything == dumped, f"the store holds {everything.count} quads, and {ALL_QUADS} others ({dumped.count})"),
        (facts == dumped_facts, f"the store holds {facts.count} published triples, and {facts_file.relative_to(path)} others"),
        (
            facts.count == manifest.triples,
            f"the store holds {facts.count} published triples, and the manifest counts {manifest.triples}",
        ),
        (everything.count == expected, f"the store holds {everything.count} quads, and the manifest counts {expected}"),
        (everything.count == size, f"the store holds {size} quads, and only {everything.count} of them are in one of its graphs"),
    )
    return tuple(text for is_right, text in checks if not is_right)


def _dump_store(store: ox.Store) -> tuple[_Lines, _Lines]:
    """Return what the store holds: its published triples, and all its quads."""
    facts = _Lines()
    store.dump(cast("IO[bytes]", facts), format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    everything = facts
    for graph in store.named_graphs():
        # Graph by graph: the engine looks up the name of the graph once, not with every quad.
        lines = _Lines(str(graph)[1:-1])
        store.dump(cast("IO[bytes]", lines), format=ox.RdfFormat.N_TRIPLES, from_graph=graph)
        everything += lines
    return facts, everything


class _Lines:
    """Takes lines in any order; two of them are equal when they were given the same ones.

    The sum of the lines' hashes needs no sorting and no memory. Python's hash is keyed anew in each process and 64 bits wide:
    right against faults, which is what it is for; against forgery stand the SHA-256 digests of the files. With `graph_iri`, the
    lines are triples of that graph and count as its quads.
    """

    def __init__(self, graph_iri: str = "", count: int = 0, total: int = 0) -> None:
        self._graph_iri = graph_iri
        self._count, self._total = count, total
        self._waiting: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> int:
        """Take some bytes: lines, and the beginning of one."""
        self._waiting.append(data)
        self._size += len(data)
        if self._size >= _BLOCK:
            self._take(is_end=False)
        return len(data)

    def flush(self) -> None:
        """There is nothing to wait for."""

    @property
    def count(self) -> int:
        """The number of lines; a piece without an end is one too."""
        self._take(is_end=True)
        return self._count

    def __add__(self, other: _Lines) -> _Lines:
        return _Lines("", self.count + other.count, self._total + other._total)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Lines) and (self.count, self._total) == (other.count, other._total)

    __hash__ = None  # type: ignore[assignment]

    def _take(self, *, is_end: bool) -> None:
        data = b"".join(self._waiting)
        whole = len(data) if is_end else data.rfind(b"\n") + 1
        lines = name_graph(data[:whole], self._graph_iri).splitlines(keepends=True)
        self._count += len(lines)
        self._total += sum(map(hash, lines))
        self._waiting = [data[whole:]]
        self._size = len(data) - whole


def _read_lines(path: Path) -> _Lines:
    lines = _Lines()
    with gzip.open(path, "rb") as file:
        while block := file.read(_BLOCK):
            lines.write(block)
    return lines
