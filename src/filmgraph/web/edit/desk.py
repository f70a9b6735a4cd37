"""What the editor's pages ask of the desk behind them; `filmgraph.editing` is the one that works on a catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from filmgraph.remarks import Remark
from filmgraph.remarks_report import Summary

__all__ = ["ChangeLine", "ChangeList", "Copy", "Desk", "DeskQuestion", "DeskState", "LaidFile", "Undo"]


@dataclass(frozen=True, slots=True)
class LaidFile:
    """A file that lies on the desk and is not published yet: its number, its name, and where it belongs in the catalogue."""

    number: int
    name: str
    path: str
    summary: Summary


@dataclass(frozen=True, slots=True)
class DeskState:
    """What lies on the desk, what files the catalogue has, and which release readers see (id and day; None before the first)."""

    files: tuple[LaidFile, ...]
    paths: tuple[str, ...]
    release_id: str | None
    released: str
    can_undo: bool


@dataclass(frozen=True, slots=True)
class Copy:
    """A coloured copy: its bytes, the name to offer it by, and what to tell of it."""

    data: bytes
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change in words, and the values that differ."""

    head: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeList:
    """What publishing would change. `seal` stands for all that it was made from: publishing asks whether that is still so.

    `summary` is the whole in a sentence. `is_blocked` says whether there are faults that stop publishing, and `faults` those that
    are not in a file on the desk.
    """

    seal: str
    summary: str
    lines: tuple[ChangeLine, ...]
    is_blocked: bool
    faults: tuple[str, ...]
    is_empty: bool


@dataclass(frozen=True, slots=True)
class DeskQuestion:
    """Two films or people that may be one. The reasons are English, as the matching writes them."""

    kind: str
    a: str
    b: str
    a_label: str
    b_label: str
    a_place: str
    b_place: str
    reasons: tuple[str, ...]
    objections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Undo:
    """What undoing does: the release that readers see now, the one that they would see, and the files that go back."""

    release_id: str
    target_id: str
    restored: tuple[str, ...]
    kept: tuple[str, ...]


class Desk(Protocol):
    """One editor's work on one catalogue. Each method may raise a `FilmgraphError`, whose message is told to the editor."""

    @property
    def title(self) -> str:
        """What the catalogue is called."""
        ...

    def state(self) -> DeskState:
        """Return what lies on the desk."""
        ...

    def lay(self, name: str, data: bytes, path: str) -> int | None:
        """Check a file and keep it; return its number, or None when it is not clear which file of the catalogue it is.

        `path` says which one it is meant to be; where it is empty, its name does.
        """
        ...

    def remarks(self, number: int, language: str) -> tuple[Remark, ...]:
        """Return the remarks on a file; DeskError when there is none of that number, here and below."""
        ...

    def marked(self, number: int, language: str) -> Copy:
        """Return the coloured copy of a file."""
        ...

    def remove(self, number: int) -> None:
        """Take a file off the desk."""
        ...

    def present(self, path: str) -> Copy:
        """Return a file of the catalogue as it is now; DeskError for a path that is no sheet's."""
        ...

    def questions(self) -> tuple[DeskQuestion, ...]:
        """Return the open questions of identity that were not put off."""
        ...

    def answer(self, kind: str, a: str, b: str, answer: str) -> None:
        """Decide that two things are the `same` or `different`, or put the question off (`later`)."""
        ...

    def changes(self, language: str) -> ChangeList:
        """Return what publishing would change."""
        ...

    def publish(self, seal: str) -> str | None:
        """Publish what was shown under this seal; return the release's id, or None when something has changed since."""
        ...

    def undo_plan(self) -> Undo | None:
        """Return what undoing the last publication would do; None when nothing can be undone."""
        ...

    def undo(self) -> Undo:
        """Go back to the release before, and put back the files that the last publication replaced."""
        ...
