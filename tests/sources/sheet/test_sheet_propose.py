"""`filmgraph profile`: what it proposes can be read back, and what it cannot know it asks."""

from __future__ import annotations

import tomllib
from datetime import date, time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from filmgraph.cli import main
from filmgraph.errors import UnreadableInputError
from filmgraph.settings import SourceSettings
from filmgraph.sources.sheet import read_sheet
from filmgraph.sources.sheet.profile import read_profile
from filmgraph.sources.sheet.propose import Proposal, propose
from filmgraph.sources.sheet.synonyms import find_meaning
from filmgraph.vocabulary import Vocabulary
from tests.sources.sheet.test_sheet_messy import CASES
from tests.sources.sheet.workbook_files import Cells, xlsx


def proposed(text: str | bytes) -> Proposal:
    (proposal,) = propose(text if isinstance(text, bytes) else text.encode(), "films.csv")
    return proposal


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["profile", *map(str, arguments)])


@pytest.mark.parametrize(
    ("header", "record", "setting"),
    [
        ("Titel", "Movie", 'property = "name"'),
        ("TITRE ORIGINAL", "Movie", 'property = "name"'),
        ("titel_nl", "Movie", 'language = "nl"'),
        ("Titel (Englisch)", "Movie", 'language = "en"'),
        ("Título original", "Movie", 'property = "name"'),
        ("Réalisation", "Movie", 'role = "director"'),
        ("Regisseur 2", "Movie", 'role = "director"'),
        ("Dirección", "Movie", 'role = "director"'),
        ("Länge", "Movie", 'property = "duration"'),
        ("prod.country.3.en", "Movie", 'property = "country_of_origin"'),
        ("Aanvang", "ScreeningEvent", 'property = "start_date"'),
        ("Spielstätte", "ScreeningEvent", 'to = "venue"'),
        ("Salle", "ScreeningEvent", 'to = "hall"'),
        ("Código postal", "MovieTheater", 'property = "postal_code"'),
    ],
)
def test_header_is_understood_in_many_languages(header: str, record: str, setting: str) -> None:
    meaning = find_meaning(header, record)
    assert meaning is not None
    assert setting in meaning.settings


@pytest.mark.parametrize("header", ["Blurb", "x", "", "42", "Distributor contact"])
def test_word_that_is_not_known_means_nothing(header: str) -> None:
    assert find_meaning(header, "Movie") is None


@pytest.mark.parametrize("name", CASES)
def test_every_proposal_can_be_read_as_a_profile(name: str, vocabulary: Vocabulary) -> None:
    for each in propose(CASES[name].data, "sheet"):
        profile = read_profile(each.toml.encode(), "p.toml", vocabulary)
        assert profile.record == each.record
        assert each.toml.count("# ASK: ") >= len(each.questions)


def test_sheet_that_shows_everything_needs_no_question(tmp_path: Path, vocabulary: Vocabulary) -> None:
    text = "Titel;Jahr;Dauer;Regie;Land;IMDb\nHere;2023;82 min;Bas Devos;Belgien / China;tt18550182\n"
    proposal = proposed(text.replace("Belgien / China", "BE / CN"))
    assert proposal.questions == ()
    assert tomllib.loads(proposal.toml)["columns"]["Land"] == {"property": "country_of_origin", "separator": [" / "]}
    (tmp_path / "t.csv").write_text(text.replace("Belgien / China", "BE / CN"))
    (tmp_path / "p.toml").write_text(proposal.toml)
    reading = read_sheet(SourceSettings("t", "sheet", 1, path="t.csv", profile="p.toml"), tmp_path, vocabulary)
    assert reading.findings == ()
    assert reading.records[0].ref.name == "Here"


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Film,Start,Cinema\nHere,03/04/2026 20:00,Lantern\n", "In which format are the dates in 'Start' ('03/04/2026 20:00')?"),
        ("Film,Start,Cinema\nHere,17/10/2026 20:00,Lantern\n", "In which time zone are the times?"),
        ("Film,Start,Cinema\nHere,17.10. 20:00,Lantern\n", "have no year: write first_day and last_day"),
        ("Film,Start,Cinema\nHere,tonight,Lantern\n", "are in no one format"),
        ('Title,Director\nHere,"Lau, Flora"\n', "seem to be written Last, First. Is that so?"),
        ('Title,Director\nHere,"Lau, Flora"\nB,"Ann One, Bo Two"\n', "Do commas in 'Director'"),
        ("Title,Length\nHere,1:22\n", "hours and minutes (1:22) or minutes and seconds (82:00)?"),
        ("Title,Mood\nHere,blue\n", "What is the column 'Mood' (such as 'blue')?"),
        ("Title,Original title\nHere,\n", "Where 'Original title' is blank, is the title in 'Title' the original one?"),
        ("Title,Other title\nHere,Ici\n", "In which language are the titles in 'Other title'?"),
        ("Here,2023,82\nGhost,2019,85\n", "The first row seems to hold no headers"),
        ("Title,Director\nCafé,Müller\n".encode("cp1252"), "In which encoding is the file? \"cp1252\" reads 'Café'"),
    ],
)
def test_what_cannot_be_known_is_asked(text: str | bytes, question: str, vocabulary: Vocabulary) -> None:
    proposal = proposed(text)
    assert [each for each in proposal.questions if question in each]
    read_profile(proposal.toml.encode(), "p.toml", vocabulary)


def test_order_of_day_and_month_is_written_down_only_where_the_values_show_it() -> None:
    ambiguous, certain = (proposed(f"Film,Start,Cinema\nHere,{day} 20:00,Lantern\n").toml for day in ("03/04/2026", "17/04/2026"))
    assert '\nformats = ["DD/MM/YYYY HH:MM"]' in certain
    assert '\n# formats = ["DD/MM/YYYY HH:MM"]\n# formats = ["MM/DD/YYYY HH:MM"]' in ambiguous


def test_numbered_columns_and_codes_for_missing_become_one_rule_each() -> None:
    tables = tomllib.loads(proposed("title,director.1,director.2\nA,Ann,NA\nB,NA,Bo\n").toml)
    assert tables["missing"] == ["NA"]
    assert tables["columns"]["director.*"] == {"role": "director"}


def test_day_and_hour_become_one_start() -> None:
    book = xlsx({"Screenings": [["Date", "Time", "Film", "Venue", "Hall"], [date(2026, 10, 17), time(19, 30), "Here", "L", "1"]]})
    (proposal,) = propose(book, "book.xlsx")
    columns = tomllib.loads(proposal.toml)["columns"]
    assert columns["start"] == {"property": "start_date", "text": "{Date} {Time}", "formats": ["YYYY-MM-DD HH:MM"]}
    assert columns["Hall"]["within"] == "Venue"


BOOK: dict[str, list[Cells]] = {
    "Films": [["Title"], ["Here"]],
    "Venues": [["Venue", "City", "Postcode"], ["Lantern", "Gent", "9000"]],
}


def test_profile_goes_to_standard_output_and_questions_to_standard_error(tmp_path: Path) -> None:
    (tmp_path / "films.csv").write_text("Title,Mood\nHere,blue\n")
    result = run(tmp_path / "films.csv")
    assert result.exit_code == 0
    assert tomllib.loads(result.stdout)["record"] == "Movie"
    assert "? What is the column 'Mood'" in result.stderr


def test_workbook_of_several_worksheets_gives_a_profile_for_each(tmp_path: Path) -> None:
    (tmp_path / "book.xlsx").write_bytes(xlsx(BOOK))
    refused = run(tmp_path / "book.xlsx")
    assert (refused.exit_code, "'Films', 'Venues'" in refused.stderr) == (2, True)
    assert run(tmp_path / "book.xlsx", "-o", tmp_path / "out").exit_code == 0
    found = {path.name: tomllib.loads(path.read_text()) for path in (tmp_path / "out").iterdir()}
    assert {name: (each["sheet"], each["record"]) for name, each in found.items()} == {
        "films.toml": ("Films", "Movie"),
        "venues.toml": ("Venues", "MovieTheater"),
    }
    again = run(tmp_path / "book.xlsx", "--sheet", "Films", "-o", tmp_path / "out")
    assert (again.exit_code, "is there already" in again.stderr) == (2, True)


@pytest.mark.parametrize("name", ["cannes", "film-circulation-films", "film-circulation-sections"])
def test_examples_are_profiles(name: str, vocabulary: Vocabulary) -> None:
    read_profile(run("--example", name).stdout.encode(), name, vocabulary)


def test_nothing_to_make_a_profile_of(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInputError, match="there is nothing in it"):
        propose(b"", "empty.csv")
    with pytest.raises(UnreadableInputError, match="there is no worksheet 'X'; it has 'Films', 'Venues'"):
        propose(xlsx(BOOK), "book.xlsx", "X")
    assert run(tmp_path / "absent.csv").exit_code == 3
    assert run().exit_code == 2
