"""What must be true of a folder of releases at every moment, whatever happened: counted, so that a run ends in four numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyoxigraph as ox

from filmgraph.errors import ReleaseError
from filmgraph.manifest import STORE_FOLDER, load_manifest
from filmgraph.namespaces import SCHEMA
from filmgraph.release_folder import find_current, list_releases, release_paths
from filmgraph.release_journal import current_by_journal, load_journal, manifest_digest
from filmgraph.release_recovery import open_releases, verify_hashes
from filmgraph.release_verify import verify_release

__all__ = ["Counts", "Expectation"]


@dataclass(slots=True)
class Counts:
    """lost: a release that was published is gone or changed. half: a reader sees one that is not whole. mixed: parts of two."""

    lost: int = 0
    half: int = 0
    mixed: int = 0
    undetected: int = 0
    notes: list[str] = field(default_factory=list)

    def is_clean(self) -> bool:
        return (self.lost, self.half, self.mixed, self.undetected) == (0, 0, 0, 0)

    def __str__(self) -> str:
        notes = "".join(f"\n  {each}" for each in self.notes)
        return f"lost {self.lost}, half-visible {self.half}, mixed {self.mixed}, undetected {self.undetected}{notes}"


@dataclass(slots=True)
class Expectation:
    """The releases that are known to be published, and `current`; looks at the folder after each fault."""

    releases_path: Path
    counts: Counts
    published: set[str] = field(default_factory=set)
    current: str | None = None

    def look(self, what: str) -> str | None:
        """Look at what a reader would see, before anything is mended; return the id of the current release."""
        found = find_current(self.releases_path)
        if found is None:
            if self.current is not None:
                self._note("lost", f"{what}: there is no current release any more")
            return None
        if found.name != self.current and found.name in self.published:
            self._note("lost", f"{what}: {found.name} is current instead of {self.current}")
        problems = verify_release(found, manifest_digest(load_journal(self.releases_path), found.name))
        if problems:
            self._note("half", f"{what}: {found.name}: {problems[0]}")
        elif _version(found) != found.name:
            self._note("mixed", f"{what}: {found.name} holds release {_version(found)}")
        self.published.add(found.name)
        self.current = found.name
        return found.name

    def restart(self, what: str, now: datetime) -> None:
        """Start as a server would, and look whether all that was ever published is still there and in the journal."""
        said: list[str] = []
        try:
            opened = open_releases(self.releases_path, now, said.append) if self.published else None
        except ReleaseError as error:
            self._note("lost", f"{what}: no start: {error}")
            return
        if said or (opened is not None and opened.name != self.current):
            self._note("lost", f"{what}: {opened} was opened, and {said} said")
        for release_id in self.published:
            if not (self.releases_path / release_id).is_dir():
                self._note("lost", f"{what}: {release_id} is gone")
        self._look_at_folder(what)

    def finish(self) -> Counts:
        """Look at every byte of all that is kept, and return what was counted."""
        for release_id in sorted(self.published):
            problems = verify_hashes(self.releases_path / release_id)
            if problems:
                self._note("lost", f"at the end: {release_id}: {problems[0]}")
        return self.counts

    def _look_at_folder(self, what: str) -> None:
        leftovers = [p.name for p in self.releases_path.iterdir() if p.name.startswith((".staging", ".trash", ".current"))]
        entries = load_journal(self.releases_path)
        listed = {each.release_id for each in list_releases(self.releases_path) if each.is_published} if entries else set()
        if self.published and (leftovers or current_by_journal(entries) != self.current or listed != self.published):
            self._note("half", f"{what}: left over {leftovers}, journal {current_by_journal(entries)}, listed {sorted(listed)}")

    def forget_removed(self) -> None:
        """Call after a prune: what the journal says is gone is not lost."""
        self.published &= {path.name for path in release_paths(self.releases_path)}

    def _note(self, kind: str, text: str) -> None:
        setattr(self.counts, kind, getattr(self.counts, kind) + 1)
        self.counts.notes.append(f"{kind}: {text}")


def _version(path: Path) -> str:
    """Return the release id that the data themselves carry."""
    store = ox.Store.read_only(str(path / STORE_FOLDER))
    subject = ox.NamedNode(f"{load_manifest(path).base_iri}id/dataset/{load_manifest(path).catalogue_id}")
    objects = [quad.object for quad in store.quads_for_pattern(subject, ox.NamedNode(SCHEMA.version), None, None)]
    return " and ".join(each.value for each in objects if isinstance(each, ox.Literal))
