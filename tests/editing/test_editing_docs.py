"""The examples in `docs/editing.md` are what the program says."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner
from openpyxl import Workbook

from filmgraph.cli import main
from filmgraph.remarks_report import FORM
from tests.conftest import ROOT
from tests.editing.conftest import BOOK, changed

TEXT = (ROOT / "docs" / "editing.md").read_text(encoding="utf-8")


def lines_of(name: str) -> list[str]:
    (block,) = re.findall(rf"```{name}\n(.*?)```", TEXT, flags=re.DOTALL)
    return list(block.splitlines())


def test_the_remarks_are_those_of_the_check(catalogue: Path, filled_book: bytes) -> None:
    def spoil(book: Workbook) -> None:
        book["Screenings"]["B3"], book["Films"]["H3"] = "31/11/2026 20:00", "Belgum"
        for column, value in enumerate(("Heir (2023)", "actor", "Stefan Gota"), 1):
            book["Credits"].cell(3, column, value)

    (catalogue / BOOK).write_bytes(changed(filled_book, spoil))
    said = CliRunner().invoke(main, ["check", str(catalogue / BOOK)]).stdout.splitlines()
    told = {line.partition("  ")[2] for line in said}
    assert set(lines_of("remarks")) <= told


def test_the_changes_are_those_of_the_diff(catalogue: Path, filled_book: bytes) -> None:
    def edit(book: Workbook) -> None:
        book["Films"]["F3"], book["Screenings"]["E3"] = 82, "Hall 3"

    (catalogue / BOOK).write_bytes(changed(filled_book, edit))
    assert CliRunner().invoke(main, ["diff", "--catalogue", str(catalogue)]).stdout.splitlines() == lines_of("changes")


def test_the_options_are_those_of_the_commands() -> None:
    named = set(re.findall(r"--[a-z][a-z-]+", TEXT))
    helps = [CliRunner().invoke(main, [each, "--help"]).output for each in ("check", "template", "diff", "edit")]
    assert len(named) >= 8
    assert {each for each in named if not any(each in text for text in helps)} == set()


def test_the_form_of_the_json_is_the_one_that_is_described() -> None:
    assert f"`form` ({FORM})" in TEXT
