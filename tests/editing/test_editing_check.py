"""`filmgraph check BOOK.xlsx`: remarks with proposals, the coloured copy, the page, the JSON, and the exit code."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Font

from filmgraph.checking import Check, Standards, check_book, find_sources
from filmgraph.checking_marked import mark_copy
from filmgraph.cli import main
from filmgraph.errors import SettingsError
from filmgraph.findings import Severity, SourcePlace
from filmgraph.remarks import Remark
from filmgraph.remarks_report import Summary, to_html
from filmgraph.settings import load_settings
from tests.conftest import NOW
from tests.editing.conftest import BOOK, START, changed, put

Checker = Callable[..., Check]


def spoil(workbook: Workbook) -> None:
    put(workbook, "Films", 4, "Ghost Tropic", None, None, None, 85, 2019, "Bas Devos", "Belgum", "nl")
    put(workbook, "Screenings", 3, "Heer (2023)", "31/11/2026 20:00", None, "Cinema Nova", "Hall 1", "en", "canceled?")
    put(workbook, "Screenings", 4, "Hier (2023)", "10/17/2026 20:00", None, "Cinema Nova", "Hall 1")
    put(workbook, "Screenings", 5, "Hier (2023)", "17.10.2026 22:15", None, "Cinema Nova", "Hall 2")
    put(workbook, "Screenings", 6, "Hier (2023)", START, datetime(2026, 10, 17, 18, 0), "Cinema Nva", "Hall 3")
    put(workbook, "Credits", 3, "Hier (2023)", "actr", "Stefan Gota")
    workbook["Films"]["L1"] = "Titel in Englsh"


@pytest.fixture(scope="module")
def bad_book(filled_book: bytes) -> bytes:
    return changed(filled_book, spoil)


@pytest.fixture
def check(catalogue: Path, standards: Standards) -> Checker:
    def run(data: bytes) -> Check:
        settings = load_settings(catalogue)
        sources = find_sources(settings, catalogue / BOOK)
        return check_book(settings, sources, "programme.xlsx", data, standards, NOW.date().isoformat(), lambda stage: None)

    return run


@pytest.fixture(scope="module")
def bad_check(first_catalogue: Path, standards: Standards, bad_book: bytes) -> Check:
    settings = load_settings(first_catalogue)
    sources = find_sources(settings, first_catalogue / BOOK)
    return check_book(settings, sources, "programme.xlsx", bad_book, standards, NOW.date().isoformat(), lambda stage: None)


def files_in(path: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in sorted(path.rglob("*")) if each.is_file()}


def test_remarks_say_what_was_likely_meant(bad_check: Check) -> None:
    told = {each.where: (each.proposal, each.severity) for each in bad_check.tell("en")}
    bad, warning = Severity.VIOLATION, Severity.WARNING
    assert told == {
        "Films, row 4, Year": ("2019", bad),  # the year stands under Minutes
        "Films, row 4, Minutes": ("", bad),
        "Films, row 4, Countries": ("Belgium", bad),
        "Screenings, row 3, Start": ("30/11/2026 20:00", bad),
        "Screenings, row 3, Film": ("Hier", warning),
        "Screenings, row 3, Status": ("canceled", bad),
        "Screenings, row 4, Start": ("17/10/2026 20:00", bad),
        "Screenings, row 5, Start": ("17/10/2026 22:15", bad),
        "Screenings, row 5, Hall": ("", bad),  # hall 1 is not what is meant by hall 2
        "Screenings, row 6, Start": ("", bad),
        "Screenings, row 6, Hall": ("Cinema Nova", bad),
        "Credits, row 3, Role": ("Acteur", bad),
        "Films, row 1, Titel in Englsh": ("", warning),
    } | {where: each for where, each in told.items() if each[1] is Severity.INFO}
    assert bad_check.blocks
    assert bad_check.others == 0


def test_a_sound_book_blocks_nothing_and_a_check_writes_nothing(check: Checker, filled_book: bytes, catalogue: Path) -> None:
    before = files_in(catalogue)
    found = check(filled_book)
    assert files_in(catalogue) == before
    assert not found.blocks
    assert found.count(Severity.VIOLATION) == 0


def test_a_missing_column_is_proposed_for_one_that_is_nearly_called_so(check: Checker, filled_book: bytes) -> None:
    def misspell(workbook: Workbook) -> None:
        workbook["Films"]["B1"] = "Titel in English"

    told = {each.where: each.proposal for each in check(changed(filled_book, misspell)).tell("en")}
    assert told["Films, row 1, Titel in English"] == "Title in English"


def test_a_fault_elsewhere_in_the_catalogue_blocks_too_and_is_counted(
    check: Checker, filled_book: bytes, catalogue: Path
) -> None:
    (catalogue / "tables" / "films.csv").write_text("key,title,minutes\nx,Odd,many\n", encoding="utf-8")
    found = check(filled_book)
    assert (found.blocks, found.count(Severity.VIOLATION)) == (True, 0)
    assert found.others > 0


def test_the_coloured_copy_keeps_what_the_editor_made(bad_check: Check, bad_book: bytes) -> None:
    def adorn(workbook: Workbook) -> None:
        workbook["Venues"]["A3"].font = Font(bold=True, color="FF00AA00")
        workbook["Venues"]["J1"] = "sum"
        workbook["Venues"]["J3"] = "=SUM(H3:H4)"

    told = bad_check.tell("nl")
    marked = mark_copy(changed(bad_book, adorn), "programme.xlsx", bad_check.profile, told, "nl")
    assert (marked.suffix, marked.note) == (".xlsx", "")
    copy = load_workbook(io.BytesIO(marked.data))
    assert copy["Venues"]["A3"].font.color.rgb == "FF00AA00"
    assert copy["Venues"]["J3"].value == "=SUM(H3:H4)"
    assert copy["Screenings"].data_validations.dataValidation
    cell = copy["Screenings"]["B3"]
    assert (cell.value, cell.fill.start_color.rgb) == ("31/11/2026 20:00", "FFF4B6B6")
    assert "Bedoelde u 30/11/2026 20:00?" in cell.comment.text
    assert copy["Screenings"]["A3"].fill.start_color.rgb == "FFFBE3A1"
    rows = list(copy["Opmerkingen"].iter_rows(values_only=True))
    assert rows[0] == ("Waar", "Hoe erg", "Opmerking", "Bedoelde u")
    assert ("Screenings, rij 3, Start", "Fout") in {row[:2] for row in rows}
    assert len(rows) == len(told) + 1


def remark(text: str) -> Remark:
    place = SourcePlace(BOOK, None, 3, "Film", "Screenings")
    return Remark(Severity.VIOLATION, "read-text", "Screenings, row 3, Film", text, text, text, (place,), "en")


def test_a_coloured_copy_can_be_checked_again(check: Checker, bad_check: Check, bad_book: bytes) -> None:
    again = check(mark_copy(bad_book, "programme.xlsx", bad_check.profile, bad_check.tell("fr"), "fr").data)
    assert [each.line for each in again.tell("fr")] == [each.line for each in bad_check.tell("fr")]


def test_remarks_are_texts_and_no_formulas(bad_check: Check, filled_book: bytes) -> None:
    hostile = [f'{sign}HYPERLINK("http://evil.example/","x")' for sign in "=+-@"]
    copy = load_workbook(io.BytesIO(mark_copy(filled_book, "x.xlsx", bad_check.profile, map(remark, hostile), "en").data))
    cells = [cell for row in copy["Remarks"].iter_rows(min_row=2, min_col=3) for cell in row]
    assert [cell.value for cell in cells] == [text for each in hostile for text in (each, each)]
    assert {(cell.data_type, cell.quotePrefix) for cell in cells} == {("s", True)}


def test_what_the_copy_loses_is_told_by_name(bad_check: Check, filled_book: bytes) -> None:
    def draw(workbook: Workbook) -> None:
        chart = BarChart()
        chart.add_data(Reference(workbook["Venues"], min_col=8, min_row=3, max_row=4))
        workbook["Venues"].add_chart(chart, "L2")  # type: ignore[call-arg]

    assert "charts" in mark_copy(changed(filled_book, draw), "programme.xlsx", bad_check.profile, (), "en").note


def test_a_page_of_remarks_escapes_what_stands_in_cells() -> None:
    page = to_html(Summary("<i>.xlsx", 1, 0, blocks=True), [remark("<script>alert(1)</script>")], "en")
    assert "<script" not in page
    assert "<i>" not in page
    assert "&lt;script&gt;alert(1)" in page


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


def test_a_book_in_a_catalogue_is_known_by_its_place(catalogue: Path, bad_book: bytes, tmp_path: Path) -> None:
    (catalogue / BOOK).write_bytes(bad_book)
    page, data, copy = (tmp_path / name for name in ("r.html", "r.json", "marked.xlsx"))
    result = run(catalogue / BOOK, "--lang", "fr", "--html", page, "--json", data, "--marked", copy)
    assert result.exit_code == 1
    assert "Erreur  Screenings, ligne 3, Start : « 31/11/2026 20:00 » n’est pas une date" in result.stdout
    report = json.loads(data.read_text(encoding="utf-8"))
    assert (report["form"], report["file"], report["language"], report["blocks"]) == (1, "programme.xlsx", "fr", True)
    (start,) = [each for each in report["remarks"] if each["proposal"] == "30/11/2026 20:00"]
    assert start["places"] == [{"path": BOOK, "sheet": "Screenings", "row": 3, "column": "Start"}]
    assert (start["rule"], start["severity"]) == ("read-date", "Violation")
    assert load_workbook(copy).sheetnames[0] == "Remarques"
    Page.check(page.read_text(encoding="utf-8"))


class Page(HTMLParser):
    """Notes what a page would fetch, and what its elements are."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not {"src", "href", "onclick"} & {name for name, _ in attrs}, "the page needs no other file"

    @classmethod
    def check(cls, text: str) -> None:
        page = cls()
        page.feed(text)
        assert '<html lang="fr">' in text
        assert page.tags.count("h1") == 1
        assert "script" not in page.tags
        assert "prefers-color-scheme: dark" in text
        assert "width=device-width" in text


def test_a_book_elsewhere_is_named_by_its_source(catalogue: Path, filled_book: bytes, tmp_path: Path) -> None:
    other = tmp_path / "from-the-office.xlsx"
    other.write_bytes(filled_book)
    result = run(other, "--in", catalogue, "--as", "programme-films")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "This can be published" in result.stderr or "Nothing to remark" in result.stderr
    wrong = run(other, "--in", catalogue, "--as", "no-such")
    assert wrong.exit_code == 2
    assert "there are: films, programme-films" in wrong.stderr


def test_a_book_of_no_catalogue_is_read_as_a_template(filled_book: bytes, tmp_path: Path) -> None:
    book = tmp_path / "mine.xlsx"
    book.write_bytes(changed(filled_book, lambda workbook: put(workbook, "Films", 3, "Hier", None, None, None, "soon")))
    result = run(book, "--json")
    assert result.exit_code == 1
    assert [each["where"] for each in json.loads(result.stdout)["remarks"] if each["severity"] == "Violation"] == [
        "Films, row 3, Year"
    ]


def test_a_copy_of_a_text_file_says_that_it_has_no_formatting(catalogue: Path, tmp_path: Path) -> None:
    sheet = catalogue / "tables" / "films.csv"
    sheet.write_text("key,title,year,minutes,director,countries,languages,genres\nx,Odd,2026,=1+1,,,,\n", encoding="utf-8")
    result = run(sheet, "--marked", tmp_path / "m.xlsx")
    assert result.exit_code == 1
    assert "it has its texts, and not its formatting" in result.stderr or "has its texts" in result.stderr
    copy = load_workbook(tmp_path / "m.xlsx")
    assert copy["films"]["D2"].data_type == "s"
    assert copy["films"]["D2"].fill.start_color.rgb == "FFF4B6B6"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--marked", "programme.ods"], "should end in .xlsx"),
        (["--marked", BOOK], "is the file itself"),
    ],
)
def test_a_copy_needs_a_name_of_its_own(catalogue: Path, arguments: list[str], said: str) -> None:
    result = run(catalogue / BOOK, arguments[0], catalogue / arguments[1])
    assert result.exit_code == 2
    assert said in result.stderr


def test_options_for_files_are_refused_for_a_catalogue(catalogue: Path, tmp_path: Path) -> None:
    assert run(catalogue, "--html", tmp_path / "x.html").exit_code == 2


def test_json_may_stand_before_a_catalogue(catalogue: Path) -> None:
    result = run("--json", catalogue)
    assert result.exit_code == 0
    assert {each["severity"] for each in json.loads(result.stdout)} <= {"Warning", "Info"}


def test_no_source_may_lead_out_of_the_catalogue(catalogue: Path, check: Checker, filled_book: bytes) -> None:
    settings = catalogue / "filmgraph.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace(BOOK, "../outside.xlsx"), encoding="utf-8")
    (catalogue.parent / "outside.xlsx").write_bytes(filled_book)
    loaded = load_settings(catalogue)
    sources = find_sources(loaded, catalogue.parent / "outside.xlsx")
    assert sources
    with pytest.raises(SettingsError, match="leads out of the catalogue"):
        check_book(loaded, sources, "outside.xlsx", filled_book, None, "2026-11-23", lambda stage: None)  # type: ignore[arg-type]
