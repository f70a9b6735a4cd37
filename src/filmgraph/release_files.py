"""The files of a release on the disk: hashed, made read-only, synced from the bottom up, removed whole.

No error of the disk is tried away: an fsync that failed once may have dropped the data, and the next one would say all is well.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from filmgraph.manifest import FileEntry, hash_file

__all__ = [
    "STAGING",
    "TRASH",
    "discard_tree",
    "free_bytes",
    "hash_tree",
    "make_staging",
    "remove_tree",
    "replace_text",
    "seal_tree",
    "sync",
    "sync_tree",
    "tree_size",
]

STAGING = ".staging-"
TRASH = ".trash-"
_READ_ONLY_FILE, _READ_ONLY_FOLDER, _FOLDER = 0o444, 0o555, 0o755


@contextmanager
def make_staging(releases_path: Path) -> Iterator[Path]:
    """Make a folder to write a release in, on the filesystem of the releases; what is still there at the end is removed."""
    path = Path(tempfile.mkdtemp(prefix=STAGING, dir=releases_path))
    try:
        yield path
    finally:
        discard_tree(path)


def hash_tree(
    root: Path,
    known_root: Path | None = None,
    known: Mapping[str, FileEntry] | None = None,
    digests: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, FileEntry]:
    """Return digest and size of every file below `root`, by its path from there.

    What is a further name of a file below `known_root` is not read again: `known` says what that holds. Nor are the files whose
    SHA-256 is among `digests`.
    """

    def to_entry(path: Path, name: str) -> FileEntry:
        if name in digests:
            return FileEntry(digests[name], path.stat().st_size)
        is_known = known_root is not None and known is not None and name in known and path.samefile(known_root / name)
        return known[name] if known and is_known else hash_file(path)

    files = sorted(path for path in root.rglob("*") if path.is_file())
    return {name: to_entry(path, name) for path in files if (name := path.relative_to(root).as_posix())}


def tree_size(root: Path) -> int:
    """Return how many bytes the files below `root` hold."""
    return sum(path.stat().st_size for path in root.rglob("*") if path.is_file())


def free_bytes(path: Path) -> int:
    """Return how many bytes can still be written where `path` is."""
    return shutil.disk_usage(path).free


def seal_tree(root: Path) -> None:
    """Take the right to write from every file and folder below `root`, and from itself."""
    for path in root.rglob("*"):
        path.chmod(_READ_ONLY_FOLDER if path.is_dir() else _READ_ONLY_FILE)
    root.chmod(_READ_ONLY_FOLDER)


def remove_tree(root: Path) -> None:
    """Remove a folder with all that is in it, read-only or not; nothing there is fine."""
    if not root.exists():
        return
    for path in (root, *root.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(_FOLDER)
    shutil.rmtree(root)


def discard_tree(root: Path) -> None:
    """Remove a folder if the disk lets us: the error that led here counts more, and the next start sweeps what is left."""
    try:
        remove_tree(root)
    except OSError:
        shutil.rmtree(root, ignore_errors=True)


def sync_tree(root: Path) -> None:
    """Sync files, then folders from the bottom up."""
    paths = sorted(root.rglob("*"), key=lambda path: len(path.parts), reverse=True)
    for path in [p for p in paths if p.is_file()] + [p for p in paths if p.is_dir()] + [root]:
        sync(path)


def sync(path: Path) -> None:
    """Wait until the disk holds a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_text(path: Path, text: str) -> None:
    """Write a file whole: a reader, and a power cut, find the old text or the new."""
    temporary = path.with_name(f"{path.name}.new")
    try:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync(path.parent)
