"""Keeps a release that is being served from being removed: a lock on the release's own folder, which leaves no file behind.

Whoever serves a release shares the lock; whoever wants to remove it must have the lock alone. The kernel gives a lock back when
its process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from filmgraph.errors import NoReleaseError

__all__ = ["Lease", "claim_release", "lease_release"]


class Lease:
    """A lock on the folder of a release. Close it, or use it as a context manager; closing twice does no harm."""

    def __init__(self, release_path: Path, descriptor: int) -> None:
        self.release_path = release_path
        self._descriptor = descriptor

    def __enter__(self) -> Lease:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the lock back."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def lease_release(release_path: Path) -> Lease:
    """Share the lock of a release that is to be served; from now on it stays where it is.

    NoReleaseError when there is no such folder, or when it is being removed just now.
    """
    lease = _lock(release_path, fcntl.LOCK_SH)
    if lease is None:
        raise NoReleaseError(f"there is no release at {release_path}, or it is being removed just now")
    return lease


def claim_release(release_path: Path) -> Lease | None:
    """Take the lock of a release alone, to remove it; None while somebody serves it, or when it is not there any more.

    Rename the folder before the lock is given back, so that nobody finds the release half removed.
    """
    return _lock(release_path, fcntl.LOCK_EX)


def _lock(release_path: Path, operation: int) -> Lease | None:
    try:
        descriptor = os.open(release_path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    lease = Lease(release_path, descriptor)
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
        # Between opening and locking it, somebody else may have moved it away.
        is_there = os.path.samestat(os.fstat(descriptor), release_path.stat())
    except (BlockingIOError, FileNotFoundError):
        is_there = False
    if not is_there:
        lease.close()
        return None
    return lease
