"""Puts an editor's files into a catalogue, keeps the former ones, and puts these back: on failure, after a crash, on undo.

`.edits/` of the catalogue has a folder for each publication: `note.json` says what was put where; the former files lie beside it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from filmgraph.errors import SettingsError

__all__ = ["FOLDER", "Edit", "find_edit", "mend", "put_files"]

FOLDER: Final = ".edits"
_NOTE: Final = "note.json"


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement of files.

    `digests` are those of what was put there, by path; `release_id` is empty until it is published.
    """

    folder: Path
    catalogue_path: Path
    release_id: str
    digests: Mapping[str, str]

    def published(self, release_id: str) -> Edit:
        """Note the release that was made of it."""
        done = Edit(self.folder, self.catalogue_path, release_id, self.digests)
        done.write_note()
        return done

    def write_note(self) -> None:
        """Write down what is put where, before it is put there."""
        note = {"release": self.release_id, "files": dict(sorted(self.digests.items()))}
        _replace(self.folder / _NOTE, json.dumps(note, indent=1).encode())

    def restorable(self) -> tuple[str, ...]:
        """Return the files that are still as they were put there, and so can go back."""
        return tuple(path for path, digest in self.digests.items() if _digest(self.catalogue_path / path) == digest)

    def restore(self) -> tuple[str, ...]:
        """Put the former files back, but for those that were changed since; return what went back."""
        paths = self.restorable()
        for path in paths:
            former = self.folder / _former_name(path)
            if former.exists():
                _replace(self.catalogue_path / path, former.read_bytes())
            else:
                (self.catalogue_path / path).unlink()
        return paths

    def forget(self) -> None:
        """Remove the note and the former files."""
        shutil.rmtree(self.folder)


def put_files(catalogue_path: Path, files: Mapping[str, bytes]) -> Edit:
    """Put files into their places, each whole or not at all; the former ones and a note of it are written first.

    SettingsError for a path that leads out of the catalogue by a link. An OSError leaves everything as it was.
    """
    for path in files:
        if not (catalogue_path / path).resolve().is_relative_to(catalogue_path.resolve()):
            raise SettingsError(f"{path} leads out of the catalogue: the file is not replaced. Put it into the catalogue")
    folder = Path(tempfile.mkdtemp(prefix="edit-", dir=_folder(catalogue_path)))
    digests = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
    edit = Edit(folder, catalogue_path, "", digests)
    try:
        for path in files:
            if (catalogue_path / path).exists():
                _replace(folder / _former_name(path), (catalogue_path / path).read_bytes())
        edit.write_note()
        for path, data in files.items():
            _replace(catalogue_path / path, data)
    except OSError:
        edit.restore()
        edit.forget()
        raise
    return edit


def find_edit(catalogue_path: Path, release_id: str) -> Edit | None:
    """Return the edit that a release was made of, or None where it was made otherwise."""
    return next((each for each in _edits(catalogue_path) if each.release_id == release_id), None)


def mend(catalogue_path: Path, release_id: str, inputs: Mapping[str, str]) -> tuple[str, ...]:
    """Put back the files of an edit that was never published, since the program was ended; return what went back.

    `inputs` are the digests of the files that the current release, `release_id`, was made of: an edit whose files are among them
    was published, and ended before that could be noted.
    """
    restored: list[str] = []
    for edit in _edits(catalogue_path):
        if edit.release_id:
            continue
        if edit.digests.items() <= inputs.items():
            edit.published(release_id)
            continue
        restored += edit.restore()
        edit.forget()
    return tuple(restored)


def _folder(catalogue_path: Path) -> Path:
    folder = catalogue_path / FOLDER
    folder.mkdir(exist_ok=True)
    return folder


def _edits(catalogue_path: Path) -> list[Edit]:
    found = []
    for path in sorted((catalogue_path / FOLDER).glob(f"edit-*/{_NOTE}")):
        note: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        found.append(Edit(path.parent, catalogue_path, note["release"], note["files"]))
    return found


def _former_name(path: str) -> str:
    return f"former-{hashlib.sha256(path.encode()).hexdigest()[:16]}"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def _replace(path: Path, data: bytes) -> None:
    """Write a file beside its place, and then into it: a reader finds the old one or the new one."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode if path.exists() else 0o644)
        Path(name).replace(path)
    except OSError:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise
