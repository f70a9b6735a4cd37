"""The folder of releases: which there are, which is current, who may write.

Here is what it holds:

releases/
  2026-11-22.1/ 2026-11-22.2/ …   immutable
  current → 2026-11-22.2          swapped in one step: the whole of "publish" and of "roll back"
  journal.jsonl                   what was done, when, by whom and why
  publish.lock                    held while something is written
  .staging-… .trash-…             being written, being removed
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from filmgraph.errors import NoReleaseError, ReleaseBusyError, ReleaseError
from filmgraph.manifest import FILE_NAME, Manifest, load_manifest
from filmgraph.release_files import sync
from filmgraph.release_journal import known_ids, load_journal, newest_published, published_ids, tags

__all__ = [
    "CURRENT",
    "StoredRelease",
    "find_current",
    "find_previous",
    "find_release",
    "id_order",
    "is_release_id",
    "list_releases",
    "lock_releases",
    "new_id",
    "next_id",
    "release_paths",
    "switch_current",
]

CURRENT: Final = "current"
_LOCK: Final = "publish.lock"
_ID: Final = re.compile(r"\d{4}-\d{2}-\d{2}\.[1-9]\d{0,8}\Z")


@dataclass(frozen=True, slots=True)
class StoredRelease:
    """A release that is kept.

    `problem` says why `manifest` could not be read. `is_published` is false for one that a build wrote but was ended before it
    could make it current: no reader has seen it.
    """

    release_id: str
    path: Path
    manifest: Manifest | None
    problem: str = ""
    is_current: bool = False
    is_published: bool = True
    tags: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """The sum of its files in bytes, as the manifest has them."""
        return sum(entry.size for entry in self.manifest.files.values()) if self.manifest else 0


def is_release_id(text: str) -> bool:
    """Return whether `text` is a date and a counter: `2026-11-22.1`."""
    return _ID.match(text) is not None


def id_order(release_id: str) -> tuple[str, int]:
    """Sort releases as they were made: `.10` after `.9`."""
    day, _, number = release_id.rpartition(".")
    return day, int(number)


def next_id(known: Iterable[str], now: datetime) -> str:
    """Return an id that sorts after every known one, whatever the clock says: ids are never given twice and never go back.

    >>> from datetime import UTC
    >>> next_id(["2026-11-22.9", "2026-11-21.1"], datetime(2026, 11, 20, tzinfo=UTC))
    '2026-11-22.10'
    """
    today = now.date().isoformat()
    day, number = max((id_order(each) for each in known), default=(today, 0))
    return f"{today}.1" if today > day else f"{day}.{number + 1}"


def release_paths(releases_path: Path) -> list[Path]:
    """Return the folders of all releases, oldest first."""
    found = [path for path in releases_path.iterdir() if is_release_id(path.name)] if releases_path.is_dir() else []
    return sorted((path for path in found if path.is_dir() and not path.is_symlink()), key=lambda path: id_order(path.name))


def find_current(releases_path: Path) -> Path | None:
    """Return the directory of the current release, or None when nothing was released yet."""
    link = releases_path / CURRENT
    while True:
        target = _read_link(link)
        path = releases_path.resolve() / target
        if target and (path / FILE_NAME).is_file():
            return path
        # The link may have moved on, and its old target been removed, between the two looks.
        if _read_link(link) == target:
            return None


def _read_link(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


def find_previous(releases_path: Path) -> Path | None:
    """Return the newest release that was ever published and is still there: what the next one is compared with.

    After a rollback that is not the current one, so that followers are told what to undo.
    """
    entries = load_journal(releases_path)
    newest = newest_published(entries)
    published = published_ids(entries)
    kept = [path for path in release_paths(releases_path) if path.name in published]
    named = [path for path in kept if path.name == newest]
    return next(iter(named or reversed(kept)), None)


def find_release(releases_path: Path, release_id: str) -> Path:
    """Return the folder of a release by its id or by a tag's name; NoReleaseError lists what there is."""
    named = tags(load_journal(releases_path)).get(release_id, release_id)
    paths = release_paths(releases_path)
    found = next((path for path in paths if path.name == named), None)
    if found is None:
        there = ", ".join(path.name for path in paths) or "none yet"
        raise NoReleaseError(f"there is no release {release_id!r} in {releases_path}; there are: {there}")
    return found


def list_releases(releases_path: Path) -> tuple[StoredRelease, ...]:
    """Return all releases that are kept, oldest first. ReleaseError when the journal was changed."""
    entries = load_journal(releases_path)
    current = find_current(releases_path)
    published = published_ids(entries)
    named: dict[str, list[str]] = {}
    for tag, release_id in sorted(tags(entries).items()):
        named.setdefault(release_id, []).append(tag)
    return tuple(
        _stored(path, current, not entries or path.name in published, tuple(named.get(path.name, ())))
        for path in release_paths(releases_path)
    )


def _stored(path: Path, current: Path | None, is_published: bool, names: tuple[str, ...]) -> StoredRelease:
    manifest, problem = None, ""
    try:
        manifest = load_manifest(path)
    except ReleaseError as error:
        problem = str(error)
    is_current = current is not None and current.name == path.name
    return StoredRelease(path.name, path, manifest, problem, is_current, is_published or is_current, names)


def new_id(releases_path: Path, now: datetime) -> str:
    """Return the id of the next release: none that is there, and none that was ever there."""
    known = known_ids(load_journal(releases_path)) | {path.name for path in release_paths(releases_path)}
    return next_id(known, now)


@contextmanager
def lock_releases(releases_path: Path) -> Iterator[None]:
    """Be the only one to write in the folder; ReleaseBusyError at once when somebody else is."""
    with (releases_path / _LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ReleaseBusyError(
                f"another build is writing to {releases_path}, or a release is being rolled back or removed: wait for it to end"
            ) from None
        yield


def switch_current(releases_path: Path, release_id: str) -> None:
    """Make a release the current one. The rename of the link is the point of no return.

    OSError when nothing has changed; ReleaseError when the link was swapped but the disk did not confirm it.
    """
    sync(releases_path)
    temporary = releases_path / f".{CURRENT}.new"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(release_id)
    temporary.replace(releases_path / CURRENT)
    try:
        sync(releases_path)
    except OSError as error:
        raise ReleaseError(
            f"release {release_id} is current now, but the disk did not confirm it ({os.strerror(error.errno or 0)}): check the "
            "disk, then run 'filmgraph verify'. After a power cut the release before may be current again"
        ) from error
