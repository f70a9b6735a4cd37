"""A folder of files that is replaced whole: written beside the old one, then exchanged with it in one step.

A file whose bytes are as before is the very file of before, with its time: what a web server tells of it, and what a mirror
copies, changes only where the site does. Nothing is read or written through a symbolic link below the folder.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filmgraph.errors import ExportError

__all__ = ["MARKER", "Counts", "ExportFolder", "is_safe_name", "replacing"]

#: The file by which an export is known, and is replaced by the next.
MARKER: Final = ".filmgraph-export.json"
_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2  # <linux/fs.h>


@dataclass(frozen=True, slots=True)
class Counts:
    """How many files an export wrote, left as they were, and removed."""

    written: int
    unchanged: int
    removed: int


@dataclass(frozen=True, slots=True)
class ExportFolder:
    """A folder `new` that is being written, and the one before it, which may be missing."""

    new: Path
    old: Path

    def put(self, name: str, data: bytes) -> None:
        """Write a file by its path below the folder, or take over that of before. ExportError for a name that leads elsewhere."""
        target = self._place(name)
        old = self.old / name
        if _is_plain_file(self.old, name) and old.stat().st_size == len(data) and old.read_bytes() == data and _link(old, target):
            return
        target.write_bytes(data)

    def copy(self, name: str, source: Path) -> None:
        """Write a copy of a file, or take over that of before, which has the same bytes."""
        target = self._place(name)
        if _is_plain_file(self.old, name) and _is_same(self.old / name, source) and _link(self.old / name, target):
            return
        shutil.copyfile(source, target)

    def _place(self, name: str) -> Path:
        if not is_safe_name(name):
            raise ExportError(f"{name!r} is no name of a file below the export: nothing was replaced")
        target = self.new / name
        target.parent.mkdir(parents=True, exist_ok=True)
        return target


def is_safe_name(name: str) -> bool:
    r"""Return whether a path with slashes stays below the folder that it starts in.

    >>> is_safe_name("film/here-2023.html"), is_safe_name("../x"), is_safe_name("/etc/x"), is_safe_name("a\\b")
    (True, False, False, False)
    """
    return bool(name) and "\\" not in name and name.isprintable() and not set(name.split("/")) & {"", ".", ".."}


@contextmanager
def replacing(target: Path, about: dict[str, str]) -> Iterator[tuple[ExportFolder, list[Counts]]]:
    """Give a new folder to write; at the end it takes the place of `target`, and the counts are put into the list.

    `about` is what the marker says of the export. ExportError when `target` holds something else, or when another export to it is
    under way; whatever fails, it stays as it was.
    """
    _check(target)
    new = target.with_name(f".{target.name}.next")
    target.parent.mkdir(parents=True, exist_ok=True)
    with _claim(new):
        try:
            counts: list[Counts] = []
            yield ExportFolder(new, target), counts
            (new / MARKER).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
            counts.append(_count(new, target))
            _exchange(new, target)
        finally:
            # By now it is the old one.
            shutil.rmtree(new, ignore_errors=True)


def _check(target: Path) -> None:
    if target.exists() and not target.is_dir():
        raise ExportError(f"{target} is no folder: name a new or an empty one")
    if target.is_dir() and any(target.iterdir()) and not _is_plain_file(target, MARKER):
        raise ExportError(f"{target} is not empty and holds no export of filmgraph: name a new or an empty folder")


@contextmanager
def _claim(path: Path) -> Iterator[None]:
    """Make a folder for one process alone; what an export that was ended has left there is removed."""
    path.mkdir(exist_ok=True)
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for each in path.iterdir():
            shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
        yield
    except BlockingIOError:
        raise ExportError(f"another export writes {path} just now: wait until it has ended") from None
    finally:
        os.close(descriptor)


def _is_plain_file(root: Path, name: str) -> bool:
    """Return whether a name below `root` is a file, and no link leads to it."""
    path = root
    parts = name.split("/")
    for n, part in enumerate(parts, 1):
        path = path / part
        try:
            mode = path.lstat().st_mode
        except OSError:
            return False
        if not (stat.S_ISREG(mode) if n == len(parts) else stat.S_ISDIR(mode)):
            return False
    return True


def _is_same(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as first, other.open("rb") as second:
        while block := first.read(1 << 20):
            if block != second.read(1 << 20):
                return False
    return True


def _link(old: Path, target: Path) -> bool:
    try:
        os.link(old, target, follow_symlinks=False)
    except OSError:
        # A disk without links: the file is written anew.
        return False
    return True


def _count(new: Path, old: Path) -> Counts:
    after, before = dict(_files(new)), dict(_files(old))
    unchanged = sum(before.get(name) == number for name, number in after.items())
    return Counts(len(after) - unchanged, unchanged, len(before.keys() - after.keys()))


def _files(root: Path) -> Iterator[tuple[str, int]]:
    """Yield each file below a folder with its number on the disk; the marker is not counted."""
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder) / name
            if path.name != MARKER:
                yield path.relative_to(root).as_posix(), path.lstat().st_ino


def _exchange(new: Path, target: Path) -> None:
    """Let two folders change places in one step where the system can, else in two."""
    if not target.exists():
        new.rename(target)
        new.mkdir()
        return
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename and rename(_AT_FDCWD, os.fsencode(new), _AT_FDCWD, os.fsencode(target), _RENAME_EXCHANGE) == 0:
        return
    aside = target.with_name(f".{target.name}.before")
    target.rename(aside)
    new.rename(target)
    aside.rename(new)
