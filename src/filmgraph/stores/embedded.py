"""The store inside a release: an Oxigraph database, opened read-only in this process. It answers look-ups, no queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph
from pyoxigraph import DefaultGraph, NamedNode, Quad

from filmgraph.errors import NoReleaseError, ReleaseError
from filmgraph.manifest import STORE_FOLDER, Manifest, load_manifest
from filmgraph.stores.base import Term

__all__ = ["EmbeddedStore"]


@dataclass(frozen=True, slots=True)
class EmbeddedStore:
    """A `filmgraph.stores.base.Store` on the files of one release.

    `release_path` is the release's own folder, never the `current` link: what is opened stays the same when the link moves on.
    """

    release_path: Path
    manifest: Manifest
    _engine: pyoxigraph.Store

    @classmethod
    def open(cls, release_path: Path) -> EmbeddedStore:
        """Open the release in a folder, or the one that a link names at this moment.

        NoReleaseError when there is nothing there, ReleaseError when what is there cannot be read.
        """
        try:
            path = release_path.resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise NoReleaseError(f"there is no release at {release_path}: build one with 'filmgraph build'") from error
        manifest = load_manifest(path)
        store_path = path / STORE_FOLDER
        if not store_path.is_dir():
            raise ReleaseError(f"the release {path} has no {STORE_FOLDER} folder: build it again")
        try:
            engine = pyoxigraph.Store.read_only(str(store_path))
        except OSError as error:
            raise ReleaseError(
                f"cannot open {store_path}: {error}; build the release again, or go back to the one before"
            ) from error
        return cls(path, manifest, engine)

    def quads(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
        *,
        graph: str | None = "",
    ) -> Iterator[Quad]:
        """Yield the quads that match; None matches anything, `graph=""` is the published graph."""
        name = None if graph is None else NamedNode(graph) if graph else DefaultGraph()
        return self._engine.quads_for_pattern(subject, predicate, object_, name)

    def is_open(self) -> bool:
        """Return whether the store finds a quad just now; an empty store is no answer."""
        try:
            return next(self.quads(graph=None), None) is not None
        except OSError:
            return False
