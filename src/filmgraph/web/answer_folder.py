"""Kept answers on the disk: a server that starts again, and the other web processes, need not draw pages anew.

The folder belongs to the catalogue and lies outside of the sealed releases. In it is one folder for each release and state of
software and settings; opening one removes the others. Each answer is one file, written whole under another name and moved into
its place, so that several processes may write at once; one that is torn or of another version is passed over. Nothing is lost
when the folder is removed, and where it cannot be written the server works as well without it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from filmgraph.web.answers import Key
from filmgraph.web.kept import BROTLI, IDENTITY, KeptAnswer, pack, unpack

__all__ = ["FOLDER", "AnswerFolder", "digest_software", "open_answer_folder"]

#: Beside the releases of a catalogue.
FOLDER: Final = ".pages"
_LOGGER: Final = logging.getLogger(__name__)
_PACKAGE: Final = Path(__file__).resolve().parents[1]
_NEW: Final = ".new"
_DIGEST_BYTES: Final = 32
#: After so much of the limit has been written, it is looked at how much there is; then the oldest go, until this share is left.
_LOOK_SHARE: Final = 1 / 16
_LEFT_SHARE: Final = 3 / 4


def digest_software() -> str:
    """Return what tells this state of the program from others: names, sizes and times of its files."""
    files = sorted(path for path in _PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    lines = (f"{path.relative_to(_PACKAGE)} {(stat := path.stat()).st_size} {stat.st_mtime_ns}" for path in files)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def open_answer_folder(root: Path, release_id: str, state: str, limit: int) -> AnswerFolder | None:
    """Return the folder for the answers of a release, and remove those of others; None where the disk does not let us.

    `state` is all that the answers depend on besides: software and settings. `limit` is in bytes.
    """
    path = root / f"{release_id}-{hashlib.sha256(state.encode()).hexdigest()[:16]}"
    try:
        path.mkdir(parents=True, exist_ok=True)
        for other in root.iterdir():
            if other != path:
                shutil.rmtree(other, ignore_errors=True)
    except OSError as error:
        _LOGGER.warning("pages are not kept on the disk: %s. Make %s writable, or set page_cache_bytes to 0", error, root)
        return None
    return AnswerFolder(path, limit)


class AnswerFolder:
    """Keeps answers in files of one folder, up to about `limit` bytes; safe to use from several threads and processes."""

    def __init__(self, path: Path, limit: int) -> None:
        self._path = path
        self._limit = limit
        self._written = 0
        self._lock = threading.Lock()
        self._trim()

    def read(self, key: Key) -> KeptAnswer | None:
        """Return an answer; None where there is none, or none that is whole."""
        try:
            data = self._file(key).read_bytes()
            return _from_bytes(data, key)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, key: Key, answer: KeptAnswer) -> None:
        """Keep an answer; a disk that is full, or a folder that is gone, is no reason to fail."""
        data = _to_bytes(key, answer)
        path = self._file(key)
        temporary = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}{_NEW}")
        try:
            self._path.mkdir(exist_ok=True)
            temporary.write_bytes(data)
            temporary.replace(path)
        except OSError:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            return
        self._count(len(data))

    def _file(self, key: Key) -> Path:
        return self._path / hashlib.sha256("\n".join(key).encode(errors="surrogateescape")).hexdigest()[:40]

    def _count(self, size: int) -> None:
        with self._lock:
            self._written += size
            if self._written < self._limit * _LOOK_SHARE:
                return
            self._written = 0
        self._trim()

    def _trim(self) -> None:
        """Remove the files that were written first, where there are too many bytes."""
        found = []
        with suppress(OSError), os.scandir(self._path) as entries:
            for entry in entries:
                with suppress(OSError):
                    stat = entry.stat(follow_symlinks=False)
                    found.append((stat.st_mtime_ns, stat.st_size, entry.path))
        total = sum(size for _, size, _ in found)
        if total <= self._limit:
            return
        for _, size, path in sorted(found):
            with suppress(OSError):
                Path(path).unlink()
            total -= size
            if total <= self._limit * _LEFT_SHARE:
                return


def _to_bytes(key: Key, answer: KeptAnswer) -> bytes:
    """Return a digest of all that follows, a line of JSON, and the body, packed where that helps."""
    head = {
        "key": key,
        "tag": answer.tag,
        "headers": answer.headers,
        "vary": answer.vary,
        "packable": answer.is_packable,
        "until": answer.until.isoformat() if answer.until else None,
    }
    rest = json.dumps(head).encode() + b"\n" + pack(answer.body, BROTLI if answer.is_packable else IDENTITY)
    return hashlib.sha256(rest).digest() + rest


def _from_bytes(data: bytes, key: Key) -> KeptAnswer | None:
    """Return what was written under a key; None, ValueError, KeyError or TypeError for anything else."""
    digest, rest = data[:_DIGEST_BYTES], data[_DIGEST_BYTES:]
    if hashlib.sha256(rest).digest() != digest:
        return None
    line, _, body = rest.partition(b"\n")
    head = json.loads(line)
    if tuple(head["key"]) != key:
        return None
    answer = KeptAnswer(
        body=unpack(body, BROTLI if head["packable"] else IDENTITY),
        tag=head["tag"],
        headers=tuple((name, value) for name, value in head["headers"]),
        vary=tuple(head["vary"]),
        is_packable=bool(head["packable"]),
    )
    return replace(answer, until=datetime.fromisoformat(head["until"])) if head["until"] else answer
