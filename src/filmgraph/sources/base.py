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

__all__ = ["Reader", "Reading", "UnreadLine", "read_bytes"]

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
