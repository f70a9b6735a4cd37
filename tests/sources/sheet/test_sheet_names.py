"""Columns and worksheets under several names, and rows that are no data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from filmgraph.errors import SettingsError
from filmgraph.settings import SourceSettings
from filmgraph.sources.base import Reading
from filmgraph.sources.sheet import read_sheet
from filmgraph.vocabulary import Vocabulary
from tests.sources.sheet.workbook_files import xlsx

PROFILE = """
record = "MovieTheater"
sheet = ["Venues", "Locaties"]
ignore_rows = ["Voorbeeld:"]
[columns.Venue]
also = ["Locatie", "Lieu"]
property = "name"
required = true
[columns.Town]
also = ["Plaats"]
property = "address_locality"
"""

Read = Callable[..., Reading]


@pytest.fixture
def read(tmp_path: Path, loaded_vocabulary: Vocabulary) -> Read:
    def run(tab: str, *rows: list[object], profile: str = PROFILE) -> Reading:
        (tmp_path / "p.toml").write_text(profile, encoding="utf-8")
        (tmp_path / "b.xlsx").write_bytes(xlsx({tab: rows, "Other": [["x"]]}))
        return read_sheet(SourceSettings("s", "sheet", 1, "b.xlsx", profile="p.toml"), tmp_path, loaded_vocabulary)

    return run


def test_places_keep_the_header_that_the_sheet_has(read: Read) -> None:
    reading = read("Locaties", ["Locatie", "Plaats"], ["Nova", "Brussel"], [None, "Gent"])
    (venue,) = reading.records
    assert str(venue.name[0].place) == "b.xlsx, Locaties, row 2, Locatie"
    required, row = reading.findings
    assert str(required.places[0]) == "b.xlsx, Locaties, row 3, Locatie"
    assert "'Locatie'" in required.message
    assert row.rule == "read-row"


def test_the_header_is_found_by_its_other_names_too(read: Read) -> None:
    reading = read("Venues", ["Our venues of this year"], ["Lieu", "Plaats"], ["Nova", "Brussel"])
    assert [str(each.place) for each in reading.records] == ["b.xlsx, Venues, row 3"]
    assert reading.findings == ()


def test_of_two_names_of_one_column_neither_is_chosen(read: Read) -> None:
    rules = [each.rule for each in read("Venues", ["Locatie", "Lieu"], ["Nova", "Rio"]).findings]
    assert "read-column" in rules


def test_an_example_is_no_data_and_is_told_as_understood(read: Read) -> None:
    reading = read("Venues", ["Venue"], ["VOORBEELD: Nova"], ["Rio"])
    assert [each.name[0].value.value for each in reading.records] == ["Rio"]
    assert [(str(each.place), each.is_understood) for each in reading.unread] == [("b.xlsx, Venues, row 2", True)]


def test_only_rows_with_a_cell_there_are_read(read: Read) -> None:
    profile = PROFILE.replace("ignore_rows", 'rows_with = "Town"\nignore_rows')
    reading = read("Venues", ["Venue", "Plaats"], ["Nova", None], ["Rio", "Gent"], profile=profile)
    assert [each.name[0].value.value for each in reading.records] == ["Rio"]


def test_rows_can_only_be_asked_for_by_a_column_of_the_profile(read: Read) -> None:
    with pytest.raises(SettingsError, match="one of the columns of the profile"):
        read("Venues", ["Venue"], profile=PROFILE.replace("ignore_rows", 'rows_with = "Hall"\nignore_rows'))
