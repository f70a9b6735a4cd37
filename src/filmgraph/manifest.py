"""`manifest.json`: what a release contains and what it was made from. The one file that build writes and serve reads."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from filmgraph.errors import ReleaseError, UnreadableInputError

__all__ = ["FILE_NAME", "STORE_FOLDER", "FileEntry", "Manifest", "hash_file", "hash_folder", "load_manifest"]

FILE_NAME = "manifest.json"
STORE_FOLDER = "store"
_DIGEST = "manifest_sha256"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file's SHA-256 in hexadecimal and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The description of one release.

    `release_id` is a date and a counter (`2026-11-22.1`), `created` the build's time in UTC (ISO 8601). `content_sha256` is
    the digest of all facts: of the digests of the chunks of the sorted N-Quads. `triples` counts the published graph, `graphs`
    every named graph by its IRI, `things` the published things by kind. `findings` counts the report by severity. `files` are the
    release's own files, `inputs` the catalogue's files that it was built from. The text carries a digest of itself
    (`manifest_sha256`: of the same text without it), so that a changed manifest is seen.
    """

    release_id: str
    created: str
    catalogue_id: str
    title: str
    publisher: str
    licence: str
    description: str
    base_iri: str
    languages: tuple[str, ...]
    content_sha256: str
    triples: int
    graphs: dict[str, int] = field(default_factory=dict)
    things: dict[str, int] = field(default_factory=dict)
    findings: dict[str, int] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, FileEntry] = field(default_factory=dict)
    files: dict[str, FileEntry] = field(default_factory=dict)
    contact: str = ""
    themes: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Return the manifest as sorted, indented JSON, with a digest of itself: same release, same bytes."""
        return _to_text(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read what `to_json` wrote; ReleaseError when it is something else."""
        return _parse(text)

    @classmethod
    def _of_text(cls, text: str) -> Manifest:
        try:
            values: dict[str, Any] = json.loads(text)
            if values.pop(_DIGEST, None) is not None and _to_text(values) != text:
                raise ReleaseError("the manifest is not as it was written: take the release from a copy, or build it again")
            for name in ("inputs", "files"):
                values[name] = {key: FileEntry(**entry) for key, entry in values[name].items()}
            for name in ("languages", "themes", "keywords"):
                values[name] = tuple(values.get(name, ()))
            return cls(**values)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ReleaseError(f"the manifest is damaged or of another version ({error}): build the release again") from error


@lru_cache(maxsize=4)
def _parse(text: str) -> Manifest:
    """Read a manifest; a build asks for the same two or three again and again."""
    return Manifest._of_text(text)


def _to_text(values: dict[str, Any]) -> str:
    digest = hashlib.sha256(_dump(values).encode()).hexdigest()
    return _dump({**values, _DIGEST: digest})


def _dump(values: dict[str, Any]) -> str:
    return json.dumps(values, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def load_manifest(release_path: Path) -> Manifest:
    """Read the manifest of the release in `release_path`; ReleaseError when there is none."""
    path = release_path / FILE_NAME
    try:
        # No translation of line ends: each byte counts.
        return Manifest.from_json(path.read_bytes().decode())
    except UnicodeDecodeError as error:
        raise ReleaseError(f"{path} is damaged: it is not UTF-8 at byte {error.start}") from error
    except OSError as error:
        raise ReleaseError(f"{release_path} is no release: cannot read {path.name} ({error.strerror})") from error


def hash_folder(path: Path, names: Iterable[str]) -> FileEntry:
    """Return one SHA-256 over the names and contents of files in a folder, and their size together."""
    digest, size = hashlib.sha256(), 0
    for name in sorted(names):
        entry = hash_file(path / name)
        digest.update(f"{entry.sha256} {name}\n".encode())
        size += entry.size
    return FileEntry(digest.hexdigest(), size)


def hash_file(path: Path) -> FileEntry:
    """Return SHA-256 and size of a file; UnreadableInputError when it cannot be read."""
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
                size += len(block)
    except OSError as error:
        raise UnreadableInputError(f"cannot read {path}: {error.strerror}") from error
    return FileEntry(digest.hexdigest(), size)
