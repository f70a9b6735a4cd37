"""The store of a release that differs little from the one before: the same files, and what the change adds.

The engine never writes to an `.sst` file again once it is there (RocksDB, https://github.com/facebook/rocksdb/wiki/Checkpoints
relies on it). So the new store has further names of the same files, where the disk knows links, and the engine puts the change
into files of its own. What the old files hold was verified, by their hashes, before the release was begun.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from filmgraph.manifest import STORE_FOLDER, load_manifest
from filmgraph.release_recovery import Stamps
from filmgraph.release_verify import Stamp, stamp_of

__all__ = ["Upon", "check_store", "find_description", "link_file", "stamp_tables", "write_store"]

_TABLE: Final = ".sst"
#: Of use to writers only; the log names folders of this machine.
_OF_WRITERS: Final = frozenset({"LOCK", "LOG"})


@dataclass(frozen=True, slots=True)
class Upon:
    """What a release is built upon: the one before, the quads that are gone since, and those that came.

    What the dataset, `dataset_iri`, says of itself is in neither. `parts` are those of the release before, as bytes; empty
    where they are not known. `tables` are the stamps of the files of its store, as the build left them: while they have these,
    they are not read to be held against their digests, for all that is done with them is to give them a further name.
    """

    release_path: Path
    removed: frozenset[ox.Quad]
    added: frozenset[ox.Quad]
    dataset_iri: str
    parts: bytes
    tables: Mapping[str, Stamp]

    @property
    def stamps(self) -> Stamps:
        """The stamps by release."""
        return {self.release_path.name: self.tables}


def write_store(upon: Upon, about: Iterable[ox.Triple], path: Path) -> int:
    """Make the store in the folder `path` from that of the release before; `about` is what the dataset says of itself now.

    Return how many quads it holds more than that one. Each quad is looked for before it is removed or added: to count all that a
    large store holds takes longer than to make it.
    """
    _take_over(upon.release_path / STORE_FOLDER, path)
    store = ox.Store(str(path))
    gone = {quad for quad in (*upon.removed, *find_description(store, upon.dataset_iri)) if quad in store}
    for quad in gone:
        store.remove(quad)
    come = {quad for quad in (*upon.added, *_facts(about)) if quad not in store}
    store.extend(come)
    store.flush()
    # The last reference closes it.
    del store
    for each in list(path.iterdir()):
        if each.name in _OF_WRITERS or each.name.startswith("LOG.old"):
            each.unlink()
    return len(come) - len(gone)


def stamp_tables(release_path: Path) -> dict[str, Stamp]:
    """Return the stamps of the files of a release's store that are never written to again, by their names in the release."""
    paths = sorted((release_path / STORE_FOLDER).glob(f"*{_TABLE}"))
    return {path.relative_to(release_path).as_posix(): stamp_of(path) for path in paths}


def _take_over(old: Path, new: Path) -> None:
    new.mkdir()
    for path in sorted(old.iterdir()):
        if path.suffix == _TABLE:
            link_file(path, new / path.name)
        elif path.name not in _OF_WRITERS:
            shutil.copyfile(path, new / path.name)


def link_file(source: Path, target: Path) -> None:
    """Give a file a further name; where the disk knows no links, or has too many of this file, copy it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def find_description(store: ox.Store, dataset_iri: str) -> list[ox.Quad]:
    """Return what the dataset says of itself, from its IRI on to that of each part of its description."""
    found: list[ox.Quad] = []
    seen, todo = {dataset_iri}, [dataset_iri]
    while todo:
        for quad in store.quads_for_pattern(ox.NamedNode(todo.pop()), None, None, ox.DefaultGraph()):
            found.append(quad)
            value = quad.object
            if isinstance(value, ox.NamedNode) and value.value.startswith(f"{dataset_iri}#") and value.value not in seen:
                seen.add(value.value)
                todo.append(value.value)
    return found


def _facts(triples: Iterable[ox.Triple]) -> list[ox.Quad]:
    return [ox.Quad(each.subject, each.predicate, each.object) for each in triples]


def check_store(upon: Upon, about: Iterable[ox.Triple], path: Path, more: int, total: int) -> str:
    """Return what is wrong with the store: the change is not in it, or it holds another number of quads than the release has.

    It holds `more` than the store of the release before, whose number was held against all that is in it when it was built whole.
    """
    store = ox.Store.read_only(str(path))
    expected = (*upon.added, *_facts(about))
    if not all(quad in store for quad in expected) or any(quad in store for quad in upon.removed):
        return "the store does not hold the changes of this release"
    before = load_manifest(upon.release_path)
    found = before.triples + sum(before.graphs.values()) + more
    return "" if found == total else f"the store holds {found} quads, and the release {total}"
