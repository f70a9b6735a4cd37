"""What an operator does to releases that are there: go back to one, remove old ones, name one.

Each of these takes the lock that a build takes, mends what a crash left, and writes a line in the journal.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filmgraph.errors import NoReleaseError, ReleaseError
from filmgraph.iris import is_key
from filmgraph.manifest import FILE_NAME, hash_file
from filmgraph.release_files import TRASH, remove_tree, sync
from filmgraph.release_folder import (
    CURRENT,
    StoredRelease,
    find_current,
    find_release,
    id_order,
    is_release_id,
    list_releases,
    lock_releases,
    release_paths,
    switch_current,
)
from filmgraph.release_journal import (
    Act,
    Action,
    append_entry,
    current_by_journal,
    load_journal,
    note_current,
    published_ids,
    tags,
)
from filmgraph.release_lease import claim_release
from filmgraph.release_recovery import Say, mend_journal, recover, verify_hashes

__all__ = ["Pruned", "prune", "rollback", "tag", "untag"]


@dataclass(frozen=True, slots=True)
class Pruned:
    """The releases that were removed, and those that would have been but are being served, oldest first."""

    removed: tuple[str, ...]
    served: tuple[str, ...]


def rollback(releases_path: Path, release_id: str | None, act: Act) -> tuple[str, str]:
    """Make another release current: one by its id or tag, or the one before the current. Return the old and the new id.

    The release is verified first: ReleaseError when it is damaged, NoReleaseError when there is none to go back to.
    """
    with _writing(releases_path):
        mend_journal(releases_path, act.now)
        current = find_current(releases_path)
        old = current.name if current else current_by_journal(load_journal(releases_path)) or ""
        target = find_release(releases_path, release_id) if release_id else _one_before(releases_path, old)
        if current is not None and target.name == old:
            raise ReleaseError(f"release {old} is current already: nothing was changed")
        digest = _verified(target)
        switch_current(releases_path, target.name)
        note_current(releases_path, act.entry(Action.ROLLBACK, target.name, old or None, manifest=digest))
    return old, target.name


def _one_before(releases_path: Path, current_id: str) -> Path:
    published = published_ids(load_journal(releases_path)) if current_id else frozenset()
    older = [p for p in release_paths(releases_path) if p.name in published and id_order(p.name) < id_order(current_id)]
    if not older:
        raise NoReleaseError(f"there is no release before {current_id or 'the current one'} in {releases_path} to go back to")
    return older[-1]


def _verified(path: Path) -> str:
    """Return the digest of a manifest once every file was found to be as it says."""
    problems = verify_hashes(path)
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise ReleaseError(f"release {path.name} is damaged: {problems[0]}{more}. Nothing was changed; choose another one")
    return hash_file(path / FILE_NAME).sha256


@contextmanager
def _writing(releases_path: Path) -> Iterator[None]:
    """Hold the lock; an error of the disk is told in one line."""
    if not release_paths(releases_path):
        raise NoReleaseError(f"{releases_path} holds no release yet: run 'filmgraph build' first")
    try:
        with lock_releases(releases_path):
            yield
    except OSError as error:
        raise ReleaseError(f"cannot write in {releases_path}: {error}") from error


def prune(releases_path: Path, keep: int, act: Act, say: Say) -> Pruned:
    """Remove all but the newest `keep` releases; never the current one, one with a tag, or one that is being served."""
    if keep < 1:
        raise ReleaseError(f"keep = {keep} should be 1 or greater: the newest release always stays")
    removed: list[str] = []
    served: list[str] = []
    with _writing(releases_path):
        recover(releases_path, act.now, say)
        for release in _old_ones(releases_path, keep):
            (removed if _remove(releases_path, release, act) else served).append(release.release_id)
    return Pruned(tuple(removed), tuple(served))


def _old_ones(releases_path: Path, keep: int) -> Iterator[StoredRelease]:
    """Yield what may go, oldest first; what no reader ever saw does not count among the newest."""
    releases = list_releases(releases_path)
    newest = {each.release_id for each in [each for each in releases if each.is_published][-keep:]}
    for each in releases:
        if each.release_id not in newest and not each.is_current and not each.tags:
            yield each


def _remove(releases_path: Path, release: StoredRelease, act: Act) -> bool:
    """Remove a release unless it is served. The journal comes last: on a full disk there is room for its line then."""
    claim = claim_release(release.path)
    if claim is None:
        return False
    trash = releases_path / f"{TRASH}{release.release_id}"
    with claim:
        release.path.rename(trash)
        sync(releases_path)
    remove_tree(trash)
    append_entry(releases_path, act.entry(Action.PRUNE, release.release_id))
    return True


def tag(releases_path: Path, release_id: str, name: str, act: Act) -> str:
    """Give a release a name, or move the name to it; a tagged release is never pruned. Return the release's id."""
    if not is_key(name) or is_release_id(name) or name in (CURRENT, "latest"):
        raise ReleaseError(f"{name!r} cannot be a tag: use letters, digits and single hyphens, as in 'festival-2026'")
    with _writing(releases_path):
        mend_journal(releases_path, act.now)
        path = find_release(releases_path, release_id)
        append_entry(releases_path, act.entry(Action.TAG, path.name, name=name))
    return path.name


def untag(releases_path: Path, name: str, act: Act) -> str:
    """Take a name away again; return the release that had it."""
    with _writing(releases_path):
        mend_journal(releases_path, act.now)
        known = tags(load_journal(releases_path))
        if name not in known:
            raise ReleaseError(f"no release is tagged {name!r}; there are: {', '.join(sorted(known)) or 'no tags'}")
        append_entry(releases_path, act.entry(Action.UNTAG, known[name], name=name))
    return known[name]
