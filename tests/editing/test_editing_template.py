"""The workbook to fill in: what stands in it, the same bytes each time, and that it is read as it is, in each language."""

from __future__ import annotations

import io
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from filmgraph.cli import main
from filmgraph.errors import SettingsError
from filmgraph.languages import LANGUAGES
from filmgraph.model import Movie, ScreeningEvent
from filmgraph.settings import load_settings
from filmgraph.sources.sheet import read_sheet
from filmgraph.template import SHEETS, load_sheets, write_template
from filmgraph.template_catalogue import TABLES, add_sources, bare_catalogue
from filmgraph.vocabulary import Vocabulary
from tests.editing.conftest import START, ZONE, changed, put


@pytest.mark.parametrize("language", LANGUAGES)
def test_headers_are_those_of_the_profiles_in_each_language(language: str) -> None:
    profiles = [
        tomllib.loads((files("filmgraph") / "profiles" / f"template-{each}.toml").read_text(encoding="utf-8")) for each in TABLES
    ]
    known = {
        header for each in profiles for name, column in each["columns"].items() for header in (name, *column.get("also", ()))
    }
    names = {name for each in profiles for name in ([each["sheet"]] if isinstance(each["sheet"], str) else each["sheet"])}
    sheets = load_sheets(language, ZONE)
    assert tuple(each.key for each in sheets) == SHEETS
    assert {each.name for each in sheets} <= names
    assert {column.header for each in sheets for column in each.columns} <= known


def test_the_same_bytes_each_time(loaded_vocabulary: Vocabulary, blank_book: bytes) -> None:
    assert write_template(loaded_vocabulary, "en", ZONE) == blank_book


def test_a_template_helps_to_fill_it_in(loaded_vocabulary: Vocabulary) -> None:
    book = load_workbook(io.BytesIO(write_template(loaded_vocabulary, "fr", "Europe/Paris")))
    screenings = book["Séances"]
    assert screenings.freeze_panes == "B2"
    assert "heure locale (Europe/Paris)" in screenings["B1"].comment.text
    assert screenings.column_dimensions["B"].number_format == "dd/mm/yyyy hh:mm"
    assert str(screenings["A2"].value).startswith("Exemple : ")
    rules = {str(each.sqref): each.formula1 for each in screenings.data_validations.dataValidation}
    lists = book["_lists"]
    assert lists.sheet_state == "hidden"
    assert rules["D3:D1000"] == "='Lieux'!$A$3:$A$1000"
    assert "COUNTA('Films'!$A$3:$A$1000)" in rules["A3:A1000"]
    columns = {column[0].value: [cell.value for cell in column[1:] if cell.value] for column in lists.iter_cols()}
    countries = columns["countries"]
    assert {"Belgique", "Pays-Bas", "Équateur"} <= set(countries)
    assert countries.index("Égypte") < countries.index("Espagne") < countries.index("États-Unis")
    assert columns["statuses"] == ["prévue", "annulée", "reportée", "déplacée", "en ligne"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filled_in_template_is_read_as_it_is(language: str, loaded_vocabulary: Vocabulary, tmp_path: Path) -> None:
    """The words of its own drop-downs are understood, and its example is not taken for a film."""
    blank = write_template(loaded_vocabulary, language, ZONE)
    book = load_workbook(io.BytesIO(blank))
    films, credits, screenings, venues, guests = book.sheetnames[:5]
    choices = {column[0].value: [cell.value for cell in column[1:] if cell.value] for column in book["_lists"].iter_cols()}
    chosen = [choices[name][3] for name in ("countries", "languages", "genres")]
    (tmp_path / "t.xlsx").write_bytes(
        changed(
            blank,
            lambda each: put(each, films, 3, "Hier", None, None, None, 2023, 82, "Bas Devos", *chosen),
            lambda each: put(each, credits, 3, "Hier (2023)", choices["roles"][4], "Stefan Gota", None),
            lambda each: put(each, screenings, 3, "Hier (2023)", START, None, "Nova", "1", chosen[1], choices["statuses"][1]),
            lambda each: put(each, venues, 3, "Nova", "Street 1", "1000", "Brussels", choices["countries"][9], ZONE, "1", 80),
            lambda each: put(each, venues, 4, "Rio", "Street 2", "1000", "Brussels", choices["countries"][9]),
            lambda each: put(each, guests, 3, "Hier (2023)", START, "Ada; Bo", "Cy"),
        )
    )  # fmt: skip
    settings = bare_catalogue(tmp_path, "t.xlsx")
    readings = {each.id: read_sheet(each, tmp_path, loaded_vocabulary) for each in settings.sources}
    assert [finding for each in readings.values() for finding in each.findings] == []
    assert {name: len(each.records) for name, each in readings.items()} == {
        "template-films": 1, "template-credits": 1, "template-venues": 2, "template-halls": 1, "template-screenings": 1,
        "template-guests": 1,
    }  # fmt: skip
    (film,), (screening,), (guest,) = (readings[f"template-{each}"].records for each in ("films", "screenings", "guests"))
    assert isinstance(film, Movie)
    assert isinstance(screening, ScreeningEvent)
    assert screening.event_status[0].value.value.endswith("EventCancelled")
    assert screening.ref == guest.ref, "a guest comes to the screening that is in the programme"
    assert all(line.is_understood for each in readings.values() for line in each.unread)


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["template", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


def test_into_a_catalogue_goes_all_that_reads_it(first_catalogue: Path, catalogue: Path) -> None:
    code, _, told = run("tables/next year.xlsx", "--lang", "nl", "--time-zone", "Europe/Amsterdam", "--into", catalogue)
    assert (code, "profiles/template-screenings.toml is there already and says something else" in told) == (2, True)
    for each in catalogue.glob("profiles/template-*.toml"):
        each.unlink()
    code, _, told = run("tables/next year.xlsx", "--lang", "nl", "--time-zone", "Europe/Amsterdam", "--into", catalogue)
    assert code == 0, told
    settings = load_settings(catalogue)
    assert [each.id for each in settings.sources][-6:] == [f"next-year-{each}" for each in TABLES]
    assert settings.sources[-1].path == "tables/next year.xlsx"
    assert 'time_zone = "Europe/Amsterdam"' in (catalogue / "profiles/template-screenings.toml").read_text(encoding="utf-8")
    code, _, told = run("tables/next year.xlsx", "--into", catalogue)
    assert (code, "is there already" in told) == (2, True)


def test_alone_it_says_what_to_put_where(tmp_path: Path) -> None:
    code, out, told = run(tmp_path / "films.xlsx")
    assert code == 0
    assert [each["id"] for each in tomllib.loads(out)["sources"]] == [f"films-{each}" for each in TABLES]
    assert "filmgraph.toml" in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["films.ods"], "should end in .xlsx"),
        (["films.xlsx", "--time-zone", "Mars/Olympus"], "is no time zone"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, arguments: list[str], said: str) -> None:
    code, _, told = run(tmp_path / arguments[0], *arguments[1:])
    assert (code, said in told) == (2, True)


@pytest.mark.parametrize("path", ["../x.xlsx", "/tmp/x.xlsx", 'a"b.xlsx'])
def test_no_path_leads_out_of_the_catalogue_or_out_of_its_quotes(catalogue: Path, path: str) -> None:
    with pytest.raises(SettingsError, match="within the catalogue"):
        add_sources(catalogue, path, "x", ZONE)
