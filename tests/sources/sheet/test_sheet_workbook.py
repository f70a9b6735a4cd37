"""Workbooks: every kind gives the same text, places name the worksheet, and what the spreadsheet hides is told."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from filmgraph.errors import UnreadableInputError
from filmgraph.findings import Severity, SourcePlace
from filmgraph.iris import Kind
from filmgraph.model import Minutes, Movie, PartialDate, Ref, ScreeningEvent
from filmgraph.settings import SourceSettings
from filmgraph.sources.base import Reading
from filmgraph.sources.sheet import read_sheet
from filmgraph.sources.sheet.workbook import read_workbook
from filmgraph.vocabulary import Vocabulary
from tests.sources.sheet.workbook_files import Cells, Formula, Tab, Tabs, ods, xls, xlsx

ReadBook = Callable[..., Reading]
FILMS = """
record = "Movie"
sheet = "Films"
[columns."Title"]
property = "name"
[columns."Year"]
property = "date_created"
[columns."Length"]
property = "duration"
"""
SCREENINGS = """
record = "ScreeningEvent"
sheet = "Screenings"
time_zone = "Europe/Brussels"
[columns."Film"]
property = "work_presented"
to = "film"
lookup = "films"
[columns."Day"]
ignore = true
[columns."Time"]
ignore = true
[columns."Start"]
text = "{Day} {Time}"
property = "start_date"
[lookups.films]
profile = "films.toml"
match = "ID"
"""
TYPED: list[Cells] = [
    ["Name", "Year", "Day", "Start", "Time", "Share"],
    ["Amélie & co", 2023, date(2026, 10, 17), datetime(2026, 10, 17, 19, 30), time(19, 30), 0.1 + 0.2],
    [None, 2023.5, None, datetime(2026, 10, 18), None, -3],
]


@pytest.fixture
def read_book(tmp_path: Path, vocabulary: Vocabulary) -> ReadBook:
    def read(book: bytes, profile: str, **files: str) -> Reading:
        (tmp_path / "book.xlsx").write_bytes(book)
        (tmp_path / "t.toml").write_text(profile, encoding="utf-8")
        for name, text in files.items():
            (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
        source = SourceSettings(id="t", kind="sheet", precedence=1, path="book.xlsx", profile="t.toml")
        return read_sheet(source, tmp_path, vocabulary)

    return read


def place(row: int | None, column: str | None = None, sheet: str = "Films") -> SourcePlace:
    return SourcePlace("book.xlsx", None, row, column, sheet)


def found(reading: Reading) -> list[tuple[str, Severity, SourcePlace]]:
    return [(each.rule, each.severity, each.places[0]) for each in reading.findings]


@pytest.mark.parametrize("write", [xlsx, ods, xls])
def test_typed_cells_become_the_text_that_an_editor_sees(write: Callable[[Tabs], bytes]) -> None:
    (worksheet,) = read_workbook(write({"Films": TYPED}), "book")
    assert [(row.number, row.cells) for row in worksheet.rows[1:]] == [
        (2, ("Amélie & co", "2023", "2026-10-17", "2026-10-17 19:30", "19:30", "0.3")),
        (3, ("", "2023.5", "", "2026-10-18", "", "-3")),
    ]


def test_hours_past_midnight_and_yes_and_no_are_kept() -> None:
    (worksheet,) = read_workbook(xlsx({"T": [[timedelta(hours=25, minutes=30), True, 1e20]]}), "book")
    assert worksheet.rows[0].cells == ("25:30", "TRUE", "100000000000000000000")


def test_place_names_worksheet_row_and_header(read_book: ReadBook) -> None:
    rows: list[Cells] = [
        ["Our films of 2026"],
        [],
        ["Title", "Year", "Length"],
        ["Here", 2023, 82],
        ["Ghost", "soon", time(1, 22)],
    ]
    reading = read_book(xlsx({"Other": [["x"]], "Films": rows}), FILMS)
    assert found(reading) == [("read-date", Severity.VIOLATION, place(5, "Year"))]
    assert str(reading.findings[0].places[0]) == "book.xlsx, Films, row 5, Year"
    here, ghost = reading.records
    assert isinstance(here, Movie)
    assert isinstance(ghost, Movie)
    assert (here.ref, here.place) == (Ref(Kind.FILM, "Here", 2023), place(4))
    assert [fact.value for fact in here.date_created] == [PartialDate("2023")]
    assert [fact.value for fact in (*here.duration, *ghost.duration)] == [Minutes(82), Minutes(82)]
    assert [(each.place, each.text, each.is_understood) for each in reading.unread] == [
        (place(1), "Our films of 2026", True),
        (place(5, "Year"), "soon", False),
    ]


def test_worksheets_are_joined_by_id_and_the_workbook_is_opened_once(
    read_book: ReadBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[object] = []
    run = subprocess.run

    def counted(*arguments: Any, **options: Any) -> Any:
        runs.append(arguments)
        return run(*arguments, **options)

    monkeypatch.setattr(subprocess, "run", counted)
    films: list[Cells] = [["ID", "Title", "Year"], ["F1", "Here", 2023], ["F2", "Ghost Tropic", 2019]]
    screenings: list[Cells] = [
        ["Film", "Day", "Time"],
        ["F2", date(2026, 10, 17), time(19, 30)],
        ["F3", date(2026, 10, 18), "20:00"],
    ]
    book = xlsx({"Films": films, "Screenings": screenings})
    profile = FILMS + '[columns."ID"]\nignore = true'
    reading = read_book(book, SCREENINGS.replace('to = "film"', 'to = "film"\nrequired = true'), films=profile)
    assert found(reading)[0] == ("read-ref", Severity.VIOLATION, place(3, "Film", "Screenings"))
    assert "No row of films has it in its column 'ID'" in reading.findings[0].message
    (screening, *_) = reading.records
    assert isinstance(screening, ScreeningEvent)
    assert [fact.value for fact in screening.work_presented] == [Ref(Kind.FILM, "Ghost Tropic", 2019)]
    assert screening.start_date[0].value.isoformat() == "2026-10-17T19:30:00+02:00"
    assert reading.companions == ("films.toml",)
    assert len(read_book(book, profile).records) == 2
    assert len(runs) == 1


def test_id_that_stands_twice_cannot_be_joined_by(read_book: ReadBook) -> None:
    films = [["ID", "Title"], ["F1", "Here"], ["F1", "Ghost"]]
    book = xlsx({"Films": films, "Screenings": [["Film", "Day", "Time"]]})
    with pytest.raises(UnreadableInputError, match=r"Films, row 3: 'F1' stands twice in the column 'ID'"):
        read_book(book, SCREENINGS, films=FILMS)


@pytest.mark.parametrize("write", [xlsx, ods])
def test_what_is_hidden_is_read_and_told(write: Callable[[Tabs], bytes], read_book: ReadBook) -> None:
    rows: list[Cells] = [["Title", "Year"], ["Here", 2023], ["Ghost", 2019]]
    reading = read_book(write({"Films": Tab(rows, hidden_rows=[3], hidden_columns=[2])}), FILMS)
    assert len(reading.records) == 2
    assert [each.message for each in reading.findings if each.rule == "read-hidden"] == [
        "Hidden rows are read like the others: 3. Show them, or delete them.",
        "Hidden columns are read like the others: B. Show them, or delete them.",
    ]


def test_formula_gives_its_last_value_and_without_one_a_finding(read_book: ReadBook) -> None:
    rows: list[Cells] = [["Title", "Year", "Length"], [Formula("A9", "Here"), Formula("1+1"), Formula("1/0", error="#DIV/0!")]]
    reading = read_book(xlsx({"Films": rows}), FILMS)
    assert reading.records[0].ref.name == "Here"
    assert found(reading) == [
        ("read-formula", Severity.VIOLATION, place(2, "Year")),
        ("read-formula", Severity.VIOLATION, place(2, "Length")),
    ]
    assert "#DIV/0!" in reading.findings[1].message


@pytest.mark.parametrize(
    ("write", "tab"),
    [
        (xlsx, Tab([["Year", "Title"], [2023, "Here"], [None, "Ghost"]], merged=["A2:A3"])),
        (ods, Tab([["Year", "Title"], [2023, "Here"], [None, "Ghost"]], spans={(2, 1): (2, 1)})),
    ],
)
def test_merged_cells_hold_for_all_their_rows_where_the_profile_says_so(
    write: Callable[[Tabs], bytes], tab: Tab, read_book: ReadBook
) -> None:
    profile = FILMS.replace('[columns."Length"]\nproperty = "duration"\n', "")
    told = read_book(write({"Films": tab}), profile)
    assert [each.ref.year for each in told.records] == [2023, None]
    assert found(told) == [("read-merged", Severity.WARNING, place(None))]
    assert "A2:A3" in told.findings[0].message
    filled = read_book(write({"Films": tab}), 'merged = "fill"\n' + profile)
    assert [each.ref.year for each in filled.records] == [2023, 2023]
    assert filled.findings == ()


@pytest.mark.parametrize(
    ("sheet", "message"),
    [("", "Which worksheet is it? It has 'A', 'B'"), ("C", "The workbook has no worksheet 'C'. It has 'A', 'B'")],
)
def test_worksheet_is_asked_for_and_not_guessed(sheet: str, message: str, read_book: ReadBook) -> None:
    reading = read_book(xlsx({"A": [["Title"]], "B": [["Title"]]}), FILMS.replace('"Films"', f'"{sheet}"'))
    assert found(reading) == [("read-sheet", Severity.VIOLATION, SourcePlace("book.xlsx"))]
    assert reading.findings[0].message.startswith(message)


def test_only_visible_worksheet_needs_no_name(read_book: ReadBook) -> None:
    book = xlsx({"Lists": Tab([["x"]], is_hidden=True), "A": [["Title", "Year", "Length"], ["Here", 2023, 82]]})
    assert len(read_book(book, FILMS.replace('sheet = "Films"', "")).records) == 1


def test_text_file_has_no_worksheets(read_book: ReadBook) -> None:
    with pytest.raises(UnreadableInputError, match=r"no workbook: take sheet = 'Films' out of t\.toml"):
        read_book(b"Title\nHere\n", FILMS)


def test_whole_number_of_a_day_is_told_to_be_one(read_book: ReadBook) -> None:
    reading = read_book(xlsx({"Films": [["Title", "Year", "Length"], ["Here", 46312, 82]]}), FILMS)
    assert "It may be a spreadsheet's number of a day: format the cell as a date." in reading.findings[0].message
