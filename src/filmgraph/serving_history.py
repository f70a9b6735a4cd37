"""The releases that a server can be asked for, and which of them was current when: read off their folder and its journal."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from filmgraph.errors import ReleaseError, ReleasePrunedError, ReleaseUnknownError
from filmgraph.manifest import load_manifest
from filmgraph.release_folder import find_current, is_release_id, release_paths
from filmgraph.release_journal import JOURNAL, Action, Entry, load_journal, published_ids
from filmgraph.web.history import KeptRelease

__all__ = ["ReleaseHistory"]

_LOGGER: Final = logging.getLogger(__name__)
_MAKES_CURRENT: Final = frozenset({Action.PUBLISH, Action.ROLLBACK, Action.RECOVER, Action.ADOPT})
#: Releases that an error message names.
_NAMED: Final = 10


@dataclass(frozen=True, slots=True)
class _Journal:
    """What the journal says; `stamp` changes with the file."""

    stamp: tuple[int, int, int]
    turns: tuple[tuple[datetime, str], ...] = ()
    """(time, release that became current then), oldest first."""
    published: frozenset[str] = frozenset()


class ReleaseHistory:
    """A `filmgraph.web.history.History` on a folder of releases; safe to use from several threads.

    A release never changes, so its manifest is read once. What is kept, and the journal, are looked at anew each time.
    """

    def __init__(self, releases_path: Path) -> None:
        self._releases_path = releases_path
        self._lock = threading.Lock()
        self._known: dict[str, KeptRelease] = {}
        self._journal = _Journal((0, 0, 0))

    def kept(self) -> tuple[KeptRelease, ...]:
        """Return the releases that were published and are there, oldest first; one whose manifest is broken is left out."""
        published = self._published()
        paths = [path for path in release_paths(self._releases_path) if not published or path.name in published]
        with self._lock:
            for gone in self._known.keys() - {path.name for path in paths}:
                del self._known[gone]
        return tuple(each for path in paths if (each := self._look(path)))

    def find(self, release_id: str) -> KeptRelease:
        """Return a release by its name; ReleaseUnknownError, or ReleasePrunedError for one that was removed."""
        published = self._published()
        if is_release_id(release_id) and (not published or release_id in published):
            found = self._look(self._releases_path / release_id)
            if found:
                return found
        there = [each.release_id for each in self.kept()][::-1]
        names = ", ".join(there[:_NAMED]) + (f" and {len(there) - _NAMED} older ones" if len(there) > _NAMED else "")
        if release_id in published:
            raise ReleasePrunedError(f"The release {release_id} is kept no longer. These are: {names or 'none'}.")
        raise ReleaseUnknownError(f"There is no release “{release_id[:40]}”. These are kept: {names or 'none'}.")

    def current_at(self, moment: datetime) -> KeptRelease | None:
        """Return the release that was current then, or where it is not kept the last one before that is; else the oldest."""
        kept = {each.release_id: each for each in self.kept()}
        turns = self._read_journal().turns or tuple((each.created, each.release_id) for each in kept.values())
        known = [kept[release_id] for time, release_id in turns if time <= moment and release_id in kept]
        return known[-1] if known else next(iter(kept.values()), None)

    def _published(self) -> frozenset[str]:
        """Return the releases that readers have seen; none, where there is no journal to tell."""
        published = self._read_journal().published
        current = find_current(self._releases_path) if published else None
        # Its line is written after it was made current.
        return published | {current.name} if current else published

    def _look(self, path: Path) -> KeptRelease | None:
        if not path.is_dir():
            return None
        known = self._known.get(path.name)
        if known is None:
            try:
                created = datetime.fromisoformat(load_manifest(path).created)
            except (ReleaseError, ValueError) as error:
                _LOGGER.warning("the release %s cannot be asked for: %s", path.name, error)
                return None
            known = KeptRelease(path.name, created if created.tzinfo else created.replace(tzinfo=UTC))
            with self._lock:
                self._known[path.name] = known
        return known

    def _read_journal(self) -> _Journal:
        try:
            status = (self._releases_path / JOURNAL).stat()
        except FileNotFoundError:
            return _Journal((0, 0, 0))
        stamp = (status.st_ino, status.st_mtime_ns, status.st_size)
        with self._lock:
            if self._journal.stamp != stamp:
                self._journal = self._load_journal(stamp)
            return self._journal

    def _load_journal(self, stamp: tuple[int, int, int]) -> _Journal:
        try:
            entries = load_journal(self._releases_path)
        except ReleaseError as error:
            _LOGGER.error("the history of the releases cannot be read, so they are listed by their age: %s", error)
            return _Journal(stamp)
        return _Journal(stamp, tuple(_turns(entries)), published_ids(entries))


def _turns(entries: tuple[Entry, ...]) -> list[tuple[datetime, str]]:
    turns = ((datetime.fromisoformat(each.time), each.to_id) for each in entries if each.action in _MAKES_CURRENT)
    return sorted(turns, key=lambda turn: turn[0])
