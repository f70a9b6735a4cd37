"""One editor's work on one catalogue: files that lie on the desk, questions, what would change, publishing, undoing.

The pages of `web.edit` show it. Nothing in the catalogue changes before `publish`, but for answers to questions.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from filmgraph.assembly import Assembly, identify_catalogue
from filmgraph.checking import Check, Standards, check_book, drafting, names_in
from filmgraph.checking_marked import mark_copy
from filmgraph.checking_overlay import overlaid
from filmgraph.decisions import KINDS, Decision, decisions_csv, load_decisions, with_decision
from filmgraph.editing_files import find_edit, mend
from filmgraph.editing_publish import publish_files
from filmgraph.errors import DeskError, NoReleaseError, UnreadableInputError
from filmgraph.findings import Report, Severity
from filmgraph.identity import Question
from filmgraph.iris import is_key
from filmgraph.manifest import load_manifest
from filmgraph.pages.wording import word_counts
from filmgraph.pending import Pending, find_pending
from filmgraph.release_files import replace_text
from filmgraph.release_folder import find_current, list_releases
from filmgraph.release_journal import Act
from filmgraph.release_undo import rollback
from filmgraph.remarks import Remark, tell
from filmgraph.remarks_report import Summary
from filmgraph.remarks_texts import load_texts
from filmgraph.settings import Settings, SourceSettings, load_settings
from filmgraph.web.edit.desk import ChangeLine, ChangeList, Copy, DeskQuestion, DeskState, LaidFile, Undo

__all__ = ["EditingDesk"]

_WHY = "by the editor's pages"


@dataclass(frozen=True, slots=True)
class _Laid:
    """A file on the desk, and what was found in it."""

    path: str
    data: bytes
    check: Check


class EditingDesk:
    """Implements `web.edit.desk.Desk`. One thing is done at a time; what lies on the desk is gone when the program ends."""

    def __init__(
        self, catalogue_path: Path, environ: Mapping[str, str], standards: Standards, clock: Callable[[], datetime], editor: str
    ) -> None:
        """Open the catalogue; `editor` is who decides. What a program that was ended left half done is mended."""
        self._path, self._environ, self._standards = catalogue_path, environ, standards
        self._clock, self._editor = clock, editor
        self._lock = threading.RLock()
        self._laid: dict[int, _Laid] = {}
        self._last = 0
        self._later: set[tuple[str, str, str]] = set()
        self.title = self._settings().title
        #: The files of a publication that never came about, which were put back just now.
        self.mended = self._mend()

    def _mend(self) -> tuple[str, ...]:
        current = find_current(self._settings().releases_path)
        inputs = load_manifest(current).inputs if current else {}
        return mend(self._path, current.name if current else "", {name: entry.sha256 for name, entry in inputs.items()})

    def _settings(self) -> Settings:
        return load_settings(self._path, self._environ)

    @property
    def _today(self) -> str:
        return self._clock().date().isoformat()

    def state(self) -> DeskState:
        """Return what lies on the desk."""
        settings = self._settings()
        current = find_current(settings.releases_path)
        files = tuple(LaidFile(number, each.check.name, each.path, _summary(each.check)) for number, each in self._laid.items())
        released = load_manifest(current).created[:10] if current else ""
        can_undo = current is not None and _release_before(settings, current.name) is not None
        return DeskState(files, _paths(settings), current.name if current else None, released, can_undo)

    def lay(self, name: str, data: bytes, path: str) -> int | None:
        """Check a file and keep it; return its number, or None when it is not clear which file of the catalogue it is."""
        with self._lock:
            settings = self._settings()
            paths = [each for each in _paths(settings) if each == path or (not path and PurePosixPath(each).name == name)]
            if len(paths) != 1:
                return None
            sources = tuple(each for each in settings.sources if each.path == paths[0] and each.kind == "sheet")
            check = self._check(settings, sources, name, data)
            self._laid = {number: each for number, each in self._laid.items() if each.path != paths[0]}
            self._last += 1
            self._laid[self._last] = _Laid(paths[0], data, check)
            return self._last

    def _check(self, settings: Settings, sources: tuple[SourceSettings, ...], name: str, data: bytes) -> Check:
        others = {each.path: each.data for each in self._laid.values() if each.path != sources[0].path}
        with overlaid(settings, others) as there:
            return check_book(there, sources, name, data, self._standards, self._today, _silent)

    def remarks(self, number: int, language: str) -> tuple[Remark, ...]:
        """Return the remarks on a file."""
        return self._find(number).check.tell(language)

    def _find(self, number: int) -> _Laid:
        if number not in self._laid:
            raise DeskError(f"no file with the number {number} lies on the desk")
        return self._laid[number]

    def marked(self, number: int, language: str) -> Copy:
        """Return the coloured copy of a file."""
        laid = self._find(number)
        marked = mark_copy(laid.data, laid.check.name, laid.check.profile, self.remarks(number, language), language)
        stem = PurePosixPath(laid.check.name).stem
        return Copy(marked.data, f"{stem} ({load_texts(language)('marked.sheet').casefold()}){marked.suffix}", marked.note)

    def remove(self, number: int) -> None:
        """Take a file off the desk."""
        with self._lock:
            self._find(number)
            del self._laid[number]

    def present(self, path: str) -> Copy:
        """Return a file of the catalogue as it is now."""
        if path not in _paths(self._settings()):
            raise DeskError(f"no sheet of the catalogue has the path {path!r}")
        try:
            return Copy((self._path / path).read_bytes(), PurePosixPath(path).name, "")
        except OSError as error:
            raise UnreadableInputError(f"cannot read {path}: {error.strerror}") from error

    def questions(self) -> tuple[DeskQuestion, ...]:
        """Return the open questions of identity that were not put off."""
        with self._lock, self._as_laid() as there:
            found = identify_catalogue(there, self._standards.vocabulary, self._today, _silent).questions
            asked = (_to_question(each) for each in found)
            return tuple(each for each in asked if (each.kind, each.a, each.b) not in self._later)

    def answer(self, kind: str, a: str, b: str, answer: str) -> None:
        """Decide that two things are the same or different, or put the question off."""
        if kind not in KINDS or not is_key(a) or not is_key(b) or a == b:
            raise UnreadableInputError(f"{a!r} and {b!r} are no keys of two films or two people: nothing was decided")
        with self._lock:
            if answer == "later":
                self._later.add((kind, a, b))
                return
            path = self._settings().decisions_path
            decision = Decision(kind, a, b, answer, self._editor, self._today)
            replace_text(path, decisions_csv(with_decision(load_decisions(path), decision)))

    def changes(self, language: str) -> ChangeList:
        """Return what publishing would change."""
        with self._lock, self._as_laid() as there, drafting(there, self._standards, self._today, _silent) as assembly:
            pending = find_pending(assembly, self._standards.vocabulary, names_in(assembly, there.base_iri), language)
            lines = tuple(ChangeLine(each.head, each.details) for each in pending.changes)
            faults = self._faults_elsewhere(assembly.report, language)
            summary, is_blocked = _summarise(pending, language), assembly.report.blocks_release
            return ChangeList(_seal(assembly), summary, lines, is_blocked, faults, pending.is_empty)

    def _faults_elsewhere(self, report: Report, language: str) -> tuple[str, ...]:
        """Return the violations that are not in a file on the desk, whose remarks have a page of their own."""
        paths = {each.path for each in self._laid.values()}
        found = [each for each in report if each.severity is Severity.VIOLATION and paths.isdisjoint(p.path for p in each.places)]
        return tuple(each.line for each in tell(found, language))

    @contextmanager
    def _as_laid(self) -> Iterator[Settings]:
        """Give the catalogue as it would be with the files on the desk."""
        with overlaid(self._settings(), {each.path: each.data for each in self._laid.values()}) as there:
            yield there

    def publish(self, seal: str) -> str | None:
        """Publish what was shown under this seal; return the release's id, or None when something has changed since."""
        with self._lock:
            files = {each.path: each.data for each in self._laid.values()}
            release_id = publish_files(
                self._settings(), files, self._standards, self._clock, lambda assembly: _seal(assembly) == seal, _WHY
            )
            if release_id is not None:
                self._laid.clear()
            return release_id

    def undo_plan(self) -> Undo | None:
        """Return what undoing the last publication would do; None when nothing can be undone."""
        settings = self._settings()
        current = find_current(settings.releases_path)
        target = _release_before(settings, current.name) if current else None
        if current is None or target is None:
            return None
        edit = find_edit(self._path, current.name)
        restored = edit.restorable() if edit else ()
        return Undo(current.name, target, restored, tuple(each for each in _paths(settings) if each not in restored))

    def undo(self) -> Undo:
        """Go back to the release before, and put back the files that the last publication replaced."""
        with self._lock:
            plan = self.undo_plan()
            if plan is None:
                raise NoReleaseError("there is nothing to undo: no release was published before the current one")
            edit = find_edit(self._path, plan.release_id)
            rollback(self._settings().releases_path, plan.target_id, Act(self._clock(), why=_WHY))
            if edit is not None:
                edit.restore()
                edit.forget()
            return plan


def _silent(stage: str) -> None:
    """Say nothing: a page is told when it is done."""


def _paths(settings: Settings) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.path for each in settings.sources if each.kind == "sheet"))


def _summary(check: Check) -> Summary:
    return Summary(check.name, check.records, check.others, check.blocks)


def _release_before(settings: Settings, current_id: str) -> str | None:
    """Return the newest whole release that readers saw before the current one."""
    releases = [each for each in list_releases(settings.releases_path) if each.is_published and not each.problem]
    ids = [each.release_id for each in releases]
    older = ids[: ids.index(current_id)] if current_id in ids else []
    return older[-1] if older else None


def _seal(assembly: Assembly) -> str:
    """Return what stands for all that a release would be made from, and for the one that it follows."""
    current = find_current(assembly.settings.releases_path)
    parts = [current.name if current else "", *(f"{name} {entry.sha256}" for name, entry in sorted(assembly.inputs.items()))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _summarise(pending: Pending, language: str) -> str:
    messages = load_texts(language)
    if pending.current_id is None:
        return f"{messages('pending.first')} {word_counts(pending.counts, messages)}."
    if pending.is_empty:
        return messages("pending.nothing")
    return messages("pending.summary", release=pending.current_id, changes=word_counts(pending.counts, messages))


def _to_question(question: Question) -> DeskQuestion:
    a, b = question.a, question.b
    a_place, b_place = ("; ".join(map(str, side.places[:1])) for side in (a, b))
    verdict = question.verdict
    return DeskQuestion(question.kind.segment, a.key, b.key, a.label, b.label, a_place, b_place, verdict.pros, verdict.cons)
