"""The desk behind the editor's pages: what lies on it, publishing all or nothing, undoing, and what a crash leaves."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from filmgraph.checking import Standards
from filmgraph.decisions import load_decisions
from filmgraph.editing import EditingDesk
from filmgraph.editing_files import FOLDER, find_edit, put_files
from filmgraph.errors import DeskError, NoReleaseError, ReleaseBlockedError, ReleaseBusyError, SettingsError, UnreadableInputError
from filmgraph.release_folder import find_current, lock_releases
from tests.conftest import NOW
from tests.editing.conftest import BOOK, changed, put


def longer(data: bytes) -> bytes:
    return changed(data, lambda book: put(book, "Films", 3, "Hier", "Here", None, None, 2023, 82))


def test_a_file_is_known_by_its_name_or_by_what_the_editor_says(desk: EditingDesk, filled_book: bytes) -> None:
    assert desk.lay("other.xlsx", filled_book, "") is None
    assert desk.lay("other.xlsx", filled_book, "../../etc/passwd") is None
    assert desk.lay("other.xlsx", filled_book, BOOK) == 1
    assert desk.lay("programme.xlsx", filled_book, "") == 2
    assert [(each.number, each.name) for each in desk.state().files] == [(2, "programme.xlsx")], "one file for one place"


def test_publish_and_undo_bring_files_and_release_back(desk: EditingDesk, catalogue: Path, filled_book: bytes) -> None:
    book, releases = catalogue / BOOK, catalogue / "releases"
    new = longer(filled_book)
    assert desk.lay("programme.xlsx", new, "") == 1
    assert book.read_bytes() == filled_book, "nothing is published by looking"
    changes = desk.changes("en")
    assert not changes.is_blocked
    assert "1 film changed" in changes.summary
    assert desk.publish(changes.seal) == "2026-11-22.2"
    assert book.read_bytes() == new
    assert desk.state().files == ()
    plan = desk.undo_plan()
    assert plan is not None
    assert (plan.release_id, plan.target_id, plan.restored) == ("2026-11-22.2", "2026-11-22.1", (BOOK,))
    desk.undo()
    current = find_current(releases)
    assert current is not None
    assert current.name == "2026-11-22.1"
    assert book.read_bytes() == filled_book
    assert desk.undo_plan() is None
    with pytest.raises(NoReleaseError):
        desk.undo()


def test_a_file_that_was_changed_since_stays_as_it_is(catalogue: Path, filled_book: bytes) -> None:
    edit = put_files(catalogue, {BOOK: b"published", "tables/films.csv": b"published too"})
    (catalogue / BOOK).write_bytes(b"the work of somebody else")
    assert edit.restorable() == edit.restore() == ("tables/films.csv",)
    assert (catalogue / BOOK).read_bytes() == b"the work of somebody else"


def test_only_what_was_shown_is_published(desk: EditingDesk, catalogue: Path, filled_book: bytes) -> None:
    desk.lay("programme.xlsx", longer(filled_book), "")
    seal = desk.changes("en").seal
    (catalogue / "tables" / "films.csv").write_text("key,title,year\nan-example-2026,Another title,2026\n", encoding="utf-8")
    assert desk.publish(seal) is None
    assert desk.publish("") is None
    assert (catalogue / BOOK).read_bytes() == filled_book
    assert len(desk.state().files) == 1, "the file lies on the desk still"
    assert not list((catalogue / FOLDER).iterdir())


def test_what_is_blocked_leaves_everything_as_it_was(desk: EditingDesk, catalogue: Path, filled_book: bytes) -> None:
    bad = changed(filled_book, lambda book: put(book, "Films", 4, "Odd", None, None, None, "soon"))
    desk.lay("programme.xlsx", bad, "")
    changes = desk.changes("nl")
    assert changes.is_blocked
    assert changes.faults == (), "the faults of a file on the desk have a page of their own"
    with pytest.raises(ReleaseBlockedError):
        desk.publish(changes.seal)
    assert (catalogue / BOOK).read_bytes() == filled_book


def test_while_somebody_else_publishes_nothing_is_changed(desk: EditingDesk, catalogue: Path, filled_book: bytes) -> None:
    desk.lay("programme.xlsx", longer(filled_book), "")
    seal = desk.changes("en").seal
    with lock_releases(catalogue / "releases"), pytest.raises(ReleaseBusyError):
        desk.publish(seal)
    assert (catalogue / BOOK).read_bytes() == filled_book
    assert len(desk.state().files) == 1, "a little later it can be tried again"


def test_a_publication_that_was_cut_off_is_mended_at_the_next_start(
    catalogue: Path, standards: Standards, filled_book: bytes
) -> None:
    put_files(catalogue, {BOOK: b"half", "tables/new.csv": b"a,b\n"})
    assert (catalogue / BOOK).read_bytes() == b"half"
    desk = EditingDesk(catalogue, {}, standards, lambda: NOW, "Ida")
    assert set(desk.mended) == {BOOK, "tables/new.csv"}
    assert (catalogue / BOOK).read_bytes() == filled_book
    assert not (catalogue / "tables/new.csv").exists()
    assert EditingDesk(catalogue, {}, standards, lambda: NOW + timedelta(1), "Ida").mended == ()


def test_a_publication_that_came_about_is_not_put_back(
    desk: EditingDesk, catalogue: Path, standards: Standards, filled_book: bytes
) -> None:
    desk.lay("programme.xlsx", longer(filled_book), "")
    release_id = desk.publish(desk.changes("en").seal)
    edit = find_edit(catalogue, release_id or "")
    assert edit is not None
    edit.published("")  # as if the program had been ended before it could note the release
    published = (catalogue / BOOK).read_bytes()
    again = EditingDesk(catalogue, {}, standards, lambda: NOW + timedelta(1), "Ida")
    assert again.mended == ()
    assert (catalogue / BOOK).read_bytes() == published != filled_book
    plan = again.undo_plan()
    assert plan is not None
    assert plan.restored == (BOOK,)


def test_no_link_leads_a_file_out_of_the_catalogue(catalogue: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.xlsx").write_bytes(b"not yours")
    (catalogue / BOOK).unlink()
    (catalogue / BOOK).symlink_to(tmp_path / "outside.xlsx")
    with pytest.raises(SettingsError, match="leads out of the catalogue"):
        put_files(catalogue, {BOOK: b"x"})
    assert (tmp_path / "outside.xlsx").read_bytes() == b"not yours"


def test_questions_are_answered_put_off_and_kept(desk: EditingDesk, catalogue: Path, filled_book: bytes) -> None:
    def ask(workbook: object) -> None:
        put(workbook, "Films", 4, "Hiér", None, None, None, 2024)  # type: ignore[arg-type]

    desk.lay("programme.xlsx", changed(filled_book, ask), "")
    (question,) = desk.questions()
    assert {question.kind, question.a, question.b} == {"film", "hier-2023", "hier-2024"}
    assert question.reasons
    desk.answer("film", question.a, question.b, "later")
    assert desk.questions() == ()
    desk.answer("film", question.a, question.b, "different")
    (decision,) = load_decisions(catalogue / "decisions.csv")
    assert (decision.decision, decision.decided_by, decision.date) == ("different", "Ida", "2026-11-22")
    with pytest.raises(UnreadableInputError):
        desk.answer("film", "../x", "y", "same")


def test_what_does_not_lie_there_is_told(desk: EditingDesk) -> None:
    for ask in (lambda: desk.remarks(9, "en"), lambda: desk.marked(9, "en"), lambda: desk.remove(9)):
        with pytest.raises(DeskError):
            ask()
    with pytest.raises(DeskError):
        desk.present("filmgraph.toml")
