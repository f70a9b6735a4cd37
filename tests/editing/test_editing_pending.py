"""`filmgraph diff` without arguments: what would change, in words, with the places in the sources."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from filmgraph.checking import Standards, drafting, names_in
from filmgraph.cli import main
from filmgraph.pending import Pending, find_pending
from filmgraph.settings import load_settings
from tests.conftest import NOW
from tests.editing.conftest import BOOK, START, changed, put


def edit(workbook: Workbook) -> None:
    workbook["Films"]["F3"] = 82
    workbook["Films"]["H3"] = "Belgium; France"
    workbook["Screenings"]["E3"] = "Hall 3"
    put(workbook, "Films", 4, "Ghost Tropic", None, None, None, 2019, 85, "Bas Devos", "BE", "nl")
    put(workbook, "Credits", 3, "Hier (2023)", "actor", "Stefan Gota", "Stefan")


@pytest.fixture
def edited(catalogue: Path, filled_book: bytes) -> Path:
    (catalogue / BOOK).write_bytes(changed(filled_book, edit))
    return catalogue


def find(path: Path, standards: Standards, language: str) -> Pending:
    settings = load_settings(path)
    with drafting(settings, standards, NOW.date().isoformat(), lambda stage: None) as assembly:
        return find_pending(assembly, standards.vocabulary, names_in(assembly, settings.base_iri), language)


MINUTES = "running time in minutes: 81 min → 82 min (source: programme.xlsx, Films, row 3, Minutes)"
HALL = "moved from Hall 1 to Hall 3 (source: programme.xlsx, Screenings, row 3, Hall)"
COUNTRY = "country of production: France (new) (source: programme.xlsx, Films, row 3, Countries)"
TOLD = [
    ("Film “Ghost Tropic” added", set()),
    ("Film “Hier” changed", {COUNTRY, MINUTES}),
    ("Screening “Hier, 2026-10-17 19:30” moved", {HALL}),
    ("Person “Stefan Gota” added", set()),
]


def heads(pending: Pending) -> list[str]:
    return [each.head.partition(" (source: ")[0] for each in pending.changes]


def test_changes_are_told_in_words_with_their_sources(edited: Path, standards: Standards) -> None:
    pending = find(edited, standards, "en")
    assert heads(pending) == [head for head, _ in TOLD]
    for (_, lines), told in zip(TOLD, pending.changes, strict=True):
        assert lines <= set(told.details)
    assert pending.counts == {"credit added": 2, "film added": 1, "film changed": 1, "person added": 1, "screening moved": 1}


def test_built_upon_the_release_or_anew_the_words_are_the_same(edited: Path, standards: Standards) -> None:
    """The kept state of the last build makes it quick, and changes nothing."""
    quick = find(edited, standards, "fr")
    shutil.rmtree(edited / "releases" / ".state")
    assert find(edited, standards, "fr") == quick


def test_where_nothing_was_edited_nothing_would_change(catalogue: Path, standards: Standards) -> None:
    assert find(catalogue, standards, "en").is_empty


def test_what_is_gone_is_told(catalogue: Path, filled_book: bytes, standards: Standards) -> None:
    (catalogue / BOOK).write_bytes(changed(filled_book, lambda book: book["Screenings"].delete_rows(3)))
    assert heads(find(catalogue, standards, "en")) == ["Screening “Hier, 2026-10-17 19:30” removed"]


def test_the_command_tells_and_publishes_nothing(edited: Path) -> None:
    before = sorted(each.name for each in (edited / "releases").iterdir())
    result = CliRunner().invoke(main, ["diff", "--catalogue", str(edited), "--lang", "fr"])
    assert result.exit_code == 0
    assert "  durée en minutes : 81 min → 82 min (source : programme.xlsx, Films, ligne 3, Minutes)" in result.stdout.splitlines()
    assert "Par rapport à la version 2026-11-22.1 :" in result.stderr
    assert sorted(each.name for each in (edited / "releases").iterdir()) == before


def test_faults_that_stop_publishing_are_counted(catalogue: Path, filled_book: bytes) -> None:
    spoilt = changed(filled_book, lambda book: put(book, "Screenings", 4, "Hier (2023)", START, "later", "Cinema Nova", "Hall 1"))
    (catalogue / BOOK).write_bytes(spoilt)
    result = CliRunner().invoke(main, ["diff", "--catalogue", str(catalogue)])
    assert "1 error stops publishing" in result.stderr
