"""What every kind of source gives back: records, findings, and the lines that nobody understood."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from filmgraph.errors import UnreadableInputError
from filmgraph.findings import Finding, SourcePlace
from filmgraph.model import Thing
from filmgraph.settings import SourceSettings
from filmgraph.vocabulary import Vocabulary

__all__ = ["PAGE_SUFFIXES", "Reader", "Reading", "UnreadLine", "list_pages", "read_bytes"]

#: The names of saved pages in a folder end so; what is saved with a page (`page_files/`) is left out.
PAGE_SUFFIXES: Final = (".html", ".htm", ".xhtml")
_MAX_BYTES: Final = 500_000_000


@dataclass(frozen=True, slots=True)
class UnreadLine:
    """A line or cell that no fact was read from; listed in the import report, never dropped.

    `is_understood` tells a heading, a label or boilerplate from what nobody could make sense of.
    """

    place: SourcePlace
    text: str
    why: str
    is_understood: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What one source file says. `companions` names further files that were read for it (relative to the catalogue)."""

    records: tuple[Thing, ...]
    findings: tuple[Finding, ...] = ()
    unread: tuple[UnreadLine, ...] = ()
    companions: tuple[str, ...] = ()


class Reader(Protocol):
    """Reads one kind of source."""

    def __call__(self, source: SourceSettings, catalogue_path: Path, vocabulary: Vocabulary) -> Reading:
        """Read the file of `source`; UnreadableInputError when it cannot be opened or decoded at all."""
        ...


def read_bytes(source: SourceSettings, catalogue_path: Path, name: str = "") -> bytes:
    """Return the bytes of a source's file, or of another file it names."""
    path = catalogue_path / (name or source.path)
    try:
        # A file may claim to be far larger than what the disk holds.
        if path.stat().st_size > _MAX_BYTES:
            raise UnreadableInputError(f"source {source.id!r}: {path} has more than {_MAX_BYTES // 1_000_000} MB: split it")
        return path.read_bytes()
    except OSError as error:
        raise UnreadableInputError(f"source {source.id!r}: cannot read {path}: {error.strerror}") from error


def list_pages(source: SourceSettings, catalogue_path: Path) -> tuple[str, ...]:
    """Return the pages of a source, relative to the catalogue: its one file, or all in its folder, sorted by name."""
    path = catalogue_path / source.path
    if not path.is_dir():
        return (source.path,)
    found = sorted(each for each in path.rglob("*") if each.suffix.lower() in PAGE_SUFFIXES and each.is_file())
    kept = (each.relative_to(catalogue_path).as_posix() for each in found if not _is_beside_a_page(each.relative_to(path)))
    return tuple(kept)


def _is_beside_a_page(path: Path) -> bool:
    return any(
        part.startswith(".") or part.endswith(("_files", "-Dateien", "_fichiers", "_bestanden")) for part in path.parts[:-1]
    )
