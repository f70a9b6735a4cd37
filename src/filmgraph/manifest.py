"""`manifest.json`: what a release contains and what it was made from. The one file that build writes and serve reads."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filmgraph.errors import ReleaseError

__all__ = ["FILE_NAME", "STORE_FOLDER", "FileEntry", "Manifest", "load_manifest"]

FILE_NAME = "manifest.json"
STORE_FOLDER = "store"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file's SHA-256 in hexadecimal and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The description of one release.

    `release_id` is a date and a counter (`2026-11-22.1`), `created` the build's time in UTC (ISO 8601). `content_sha256` is
    the digest of all facts (the sorted N-Quads). `triples` counts the published graph, `graphs` every named graph by its
    IRI, `things` the published things by kind. `findings` counts the report by severity. `files` are the release's own
    files, `inputs` the catalogue's files that it was built from.
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

    def to_json(self) -> str:
        """Return the manifest as sorted, indented JSON: same release, same bytes."""
        return json.dumps(dataclasses.asdict(self), indent=2, sort_keys=True, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read what `to_json` wrote; ReleaseError when it is something else."""
        try:
            values: dict[str, Any] = json.loads(text)
            for name in ("inputs", "files"):
                values[name] = {key: FileEntry(**entry) for key, entry in values[name].items()}
            values["languages"] = tuple(values["languages"])
            return cls(**values)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ReleaseError(f"the manifest is damaged or of another version ({error}): build the release again") from error


def load_manifest(release_path: Path) -> Manifest:
    """Read the manifest of the release in `release_path`; ReleaseError when there is none."""
    path = release_path / FILE_NAME
    try:
        return Manifest.from_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReleaseError(f"{release_path} is no release: cannot read {path.name} ({error.strerror})") from error
