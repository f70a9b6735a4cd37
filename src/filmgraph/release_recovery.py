"""Mends what a crash, a power cut or a bad disk left, at the start of whatever writes or serves releases. It says what it found.

What a killed build wrote is removed. The current release is verified by all its hashes; a damaged one gives way to the newest
good one. An act that its process did not live to write down is added to the journal.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from filmgraph.errors import NoReleaseError, ReleaseBusyError, ReleaseError
from filmgraph.manifest import FILE_NAME, hash_file, load_manifest
from filmgraph.release_files import STAGING, TRASH, remove_tree
from filmgraph.release_folder import CURRENT, find_current, find_previous, lock_releases, release_paths, switch_current
from filmgraph.release_journal import (
    Act,
    Action,
    append_entry,
    current_by_journal,
    load_journal,
    manifest_digest,
    note_current,
    pruned_ids,
    published_ids,
)
from filmgraph.release_verify import Stamp, verify_files

__all__ = [
    "NO_STAMPS",
    "Say",
    "Stamps",
    "find_whole_previous",
    "mend_journal",
    "open_releases",
    "recover",
    "verify_hashes",
    "writing",
]

Say = Callable[[str], None]
#: The stamps of some files by release and name.
Stamps = Mapping[str, Mapping[str, Stamp]]
NO_STAMPS: Final[Stamps] = MappingProxyType({})


@contextmanager
def writing(releases_path: Path, now: datetime, say: Say, stamps: Stamps = NO_STAMPS) -> Iterator[Path | None]:
    """Hold the lock of the releases and mend them first; gives the current release, verified, or None where none is whole.

    Files that still have the stamp that `stamps` has of them, by release and name, are not read. ReleaseBusyError at once when
    somebody else writes.
    """
    with lock_releases(releases_path):
        yield recover(releases_path, now, say, stamps)


def open_releases(releases_path: Path, now: datetime, say: Say) -> Path:
    """Return the folder of the release to serve, verified. Mends what can be mended, unless a build runs or the disk refuses.

    NoReleaseError when nothing was released yet, ReleaseError when no release is whole.
    """
    try:
        with writing(releases_path, now, say) as current:
            found = current
    except (ReleaseBusyError, OSError):
        # Somebody else mends it just now, or this user may only read.
        found = _find_whole(releases_path, say)
    if found is None and release_paths(releases_path):
        raise ReleaseError(f"no release in {releases_path} can be served: run 'filmgraph verify --all', then build again")
    if found is None:
        raise NoReleaseError(f"{releases_path} holds no release yet: run 'filmgraph build' first")
    return found


def recover(releases_path: Path, now: datetime, say: Say, stamps: Stamps = NO_STAMPS) -> Path | None:
    """Mend the folder and return the current release, verified, or None where there is none. The caller holds the lock."""
    _sweep(releases_path)
    mend_journal(releases_path, now)
    current = _find_whole(releases_path, say, stamps)
    if current is not None:
        _make_current(releases_path, current, now)
    return current


def mend_journal(releases_path: Path, now: datetime) -> None:
    """Write down what was done and not written down: releases older than the journal, a swapped link, removed releases."""
    _adopt(releases_path, now)
    _note_link(releases_path, now)
    _note_removed(releases_path, now)


def find_whole_previous(releases_path: Path, current: Path | None, say: Say) -> Path | None:
    """Return the newest release that was ever published and is whole; `current` was verified already."""
    previous = find_previous(releases_path)
    if previous is None or (current is not None and previous.name == current.name):
        return current
    problems = verify_hashes(previous)
    if problems:
        then = f"the next release is compared with {current.name}" if current else "the next release is compared with none"
        say(f"release {previous.name}, the newest, is damaged: {problems[0]}; {then}")
        return current
    return previous


def verify_hashes(path: Path, stamps: Stamps = NO_STAMPS) -> tuple[str, ...]:
    """Return which files of a release are not as its manifest, or the journal of its folder, says."""
    return verify_files(path, manifest_digest(load_journal(path.parent), path.name), stamps.get(path.name, {}))


def _sweep(releases_path: Path) -> None:
    """Remove what a process that was killed left half written or half removed; nobody else holds the lock."""
    for prefix in (STAGING, TRASH):
        for leftover in releases_path.glob(f"{prefix}*"):
            remove_tree(leftover)
    (releases_path / f".{CURRENT}.new").unlink(missing_ok=True)


def _adopt(releases_path: Path, now: datetime) -> None:
    """Begin the journal with the releases that are there, where one of them was published before there was a journal."""
    if load_journal(releases_path) or find_current(releases_path) is None:
        return
    for path in release_paths(releases_path):
        try:
            created = datetime.fromisoformat(load_manifest(path).created)
        except ReleaseError:
            created = now
        act = Act(created, why="it was there when the journal was begun")
        append_entry(releases_path, act.entry(Action.ADOPT, path.name, manifest=hash_file(path / FILE_NAME).sha256))


def _find_whole(releases_path: Path, say: Say, stamps: Stamps = NO_STAMPS) -> Path | None:
    """Return the current release, or where it is damaged the newest one that is not."""
    current = find_current(releases_path)
    problem = ""
    for path in _candidates(releases_path, current):
        problems = verify_hashes(path, stamps)
        if not problems:
            if current is None or path.name != current.name:
                say(f"{problem or 'there is no current release'}; release {path.name} is whole and takes its place")
            return path
        problem = problem or f"release {path.name} is damaged: {problems[0]}"
    if problem:
        say(f"{problem}; there is no other release that is whole")
    return None


def _candidates(releases_path: Path, current: Path | None) -> list[Path]:
    """Return the current release, the one that the journal says was, and then the published ones from the newest on."""
    entries = load_journal(releases_path)
    published = published_ids(entries)
    named = current_by_journal(entries)
    if current is None and named is None and not os.path.lexists(releases_path / CURRENT):
        return []
    kept = [path for path in reversed(release_paths(releases_path)) if not entries or path.name in published]
    first = [current] if current is not None else [path for path in kept if path.name == named]
    return [*first, *(path for path in kept if path not in first)]


def _make_current(releases_path: Path, path: Path, now: datetime) -> None:
    """Let the link name the release that is whole, if it does not."""
    link = find_current(releases_path)
    if link is not None and link.name == path.name:
        return
    before = link.name if link is not None else current_by_journal(load_journal(releases_path))
    switch_current(releases_path, path.name)
    act = Act(now, why="the release that was current is missing or damaged")
    note_current(releases_path, act.entry(Action.RECOVER, path.name, before, manifest=hash_file(path / FILE_NAME).sha256))


def _note_link(releases_path: Path, now: datetime) -> None:
    entries, link = load_journal(releases_path), find_current(releases_path)
    before = current_by_journal(entries)
    if link is None or link.name == before:
        return
    action = Action.ROLLBACK if link.name in published_ids(entries) else Action.PUBLISH
    act = Act(now, why="written at the next start: the process that did it was ended before it could write this line")
    append_entry(releases_path, act.entry(action, link.name, before, manifest=hash_file(link / FILE_NAME).sha256))


def _note_removed(releases_path: Path, now: datetime) -> None:
    """Write down which releases are gone: their addresses answer that they are."""
    entries = load_journal(releases_path)
    there = {path.name for path in release_paths(releases_path)}
    act = Act(now, why="it was not there any more at the next start")
    for release_id in sorted(published_ids(entries) - pruned_ids(entries) - there):
        append_entry(releases_path, act.entry(Action.PRUNE, release_id))
