"""Published tables of festivals, read by the profiles that come with the program: every row and cell is accounted for."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pytest

from filmgraph.assembly import collector_paused
from filmgraph.model import Movie, Text
from filmgraph.settings import SourceSettings
from filmgraph.sources.base import Reading
from filmgraph.sources.sheet import read_sheet
from filmgraph.vocabulary import Vocabulary

CIRCULATION = "film-circulation/1_film-dataset_festival-program"


@dataclass(frozen=True)
class Expected:
    """Rows of the table; records and different things that come of them; what is reported, by rule and column."""

    rows: int
    records: int
    things: int
    reported: dict[tuple[str, str | None], int]


TABLES = {
    "cannes": ("cannes/films.csv", Expected(1851, 1851, 1851, {("read-language", "languages"): 2})),
    "film-circulation-films": (
        f"{CIRCULATION}_wide.csv",
        Expected(9348, 9348, 9348, {("read-minutes", "length.min"): 1, ("read-name", "director.3"): 1}),
    ),
    "film-circulation-sections": (
        f"{CIRCULATION}_long.csv",
        Expected(9972, 9740, 613, {("read-required", "fest.sect"): 232, ("read-row", None): 232}),
    ),
}


def read_table(name: str, shared_path: Path, folder: Path, vocabulary: Vocabulary) -> Reading:
    table = shared_path / "data" / TABLES[name][0]
    if not table.is_file():
        assert not os.environ.get("CI"), f"{table} is missing"
        pytest.skip(f"{table} is not there")
    (folder / "table.csv").symlink_to(table)
    (folder / "p.toml").write_bytes((files("filmgraph") / "profiles" / f"{name}.toml").read_bytes())
    with collector_paused():
        return read_sheet(SourceSettings("t", "sheet", 1, path="table.csv", profile="p.toml"), folder, vocabulary)


@pytest.mark.parametrize("name", TABLES)
def test_every_row_of_a_published_table_is_imported_merged_or_reported(
    name: str, shared_path: Path, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    reading, expected = read_table(name, shared_path, tmp_path, vocabulary), TABLES[name][1]
    imported = {record.place.row for record in reading.records}
    left_out = {each.places[0].row for each in reading.findings if each.rule == "read-row"}
    assert imported & left_out == set()
    assert len(imported | left_out) == expected.rows
    assert (len(reading.records), len({each.ref for each in reading.records})) == (expected.records, expected.things)
    assert Counter((each.rule, each.places[0].column) for each in reading.findings) == expected.reported
    films = [each for each in reading.records if isinstance(each, Movie)]
    assert {fact.reason for film in films for fact in film.date_created} <= {
        "",
        "The table gives the year of the Cannes edition; the film may have been made a year before.",
    }
    # No name kept its comma, and none is a list.
    names = [fact.value.agent.name for film in films for fact in film.credit]
    assert [each for each in names if "," in each or ";" in each] == []
    assert [fact.value for film in films for fact in film.name if not isinstance(fact.value, Text)] == []
