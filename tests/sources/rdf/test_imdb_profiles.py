"""The profiles of IMDb's data sets, on small tables of made-up films: titles, people, credits and titles in other languages."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from filmgraph.settings import SourceSettings
from filmgraph.sources.base import Reading
from filmgraph.sources.sheet import read_sheet
from filmgraph.vocabulary import Vocabulary
from tests.sources.rdf.conftest import facts_of

TABLES = {
    "title-basics": """tconst titleType primaryTitle originalTitle isAdult startYear endYear runtimeMinutes genres
tt99000001 movie Here_"now" Hier_"nu" 0 2023 \\N 82 Drama,Sci-Fi
tt99000002 tvSeries Us Ons 0 \\N \\N \\N \\N
""",
    "name-basics": """nconst primaryName birthYear deathYear primaryProfession knownForTitles
nm99000001 An_Peeters 1965 \\N director tt99000001
""",
    "title-principals": """tconst ordering nconst category job characters
tt99000001 1 nm99000001 actress \\N ["Eva"]
tt99000001 2 nm99000001 director \\N \\N
tt99000001 3 nm99000001 production_designer \\N \\N
tt99000002 1 nm99000001 self \\N ["Self"]
tt99000002 2 nm99000001 actor \\N ["A","B"]
""",
    "title-akas": """titleId ordering title region language types attributes isOriginalTitle
tt99000001 1 Ici FR fr imdbDisplay \\N 0
tt99000001 2 Hier_"nu" BE nl original \\N 1
""",
}
EXPECTED = {
    "title-basics": [
        'tt99000001: name Hier "nu"',
        'tt99000001: alternateName Here "now"',
        "tt99000001: identifier imdb tt99000001",
        "tt99000001: dateCreated 2023 [inferred]",
        "tt99000001: duration 82",
        "tt99000001: genre drama",
        "tt99000001: genre science-fiction",
        "tt99000001: form feature",
        "tt99000002: name Ons",
        "tt99000002: alternateName Us",
        "tt99000002: identifier imdb tt99000002",
        "tt99000002: form series",
    ],
    "name-basics": [
        "nm99000001: name An Peeters",
        "nm99000001: identifier imdb nm99000001",
        "nm99000001: birthDate 1965",
    ],
    "title-principals": [
        "tt99000001: credit actor 1 nm99000001 as Eva",
        "tt99000001: credit director 2 nm99000001",
        "tt99000001: credit production-designer 3 nm99000001",
        "tt99000002: credit appearance 1 nm99000001 as Self",
        "tt99000002: credit actor 2 nm99000001",
    ],
    "title-akas": ["tt99000001: alternateName Ici", 'tt99000001: alternateName Hier "nu"'],
}


def read(name: str, folder: Path, vocabulary: Vocabulary) -> Reading:
    text = TABLES[name].replace(" ", "\t").replace("_", " ").replace("production designer", "production_designer")
    (folder / "t.tsv").write_text(text, encoding="utf-8")
    (folder / "p.toml").write_bytes((files("filmgraph") / "profiles" / f"imdb-{name}.toml").read_bytes())
    return read_sheet(SourceSettings("t", "sheet", 1, path="t.tsv", profile="p.toml"), folder, vocabulary)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_gives_its_facts(name: str, tmp_path: Path, vocabulary: Vocabulary) -> None:
    assert facts_of(read(name, tmp_path, vocabulary)) == EXPECTED[name]


@pytest.mark.parametrize("name", [each for each in TABLES if each != "title-principals"])
def test_nothing_else_is_left_unread(name: str, tmp_path: Path, vocabulary: Vocabulary) -> None:
    reading = read(name, tmp_path, vocabulary)
    assert reading.findings == ()
    assert reading.unread == ()


def test_a_cell_with_several_characters_is_reported(tmp_path: Path, vocabulary: Vocabulary) -> None:
    reading = read("title-principals", tmp_path, vocabulary)
    assert {(each.place.row, each.text) for each in reading.unread} == {(6, '["A","B"]')}
    assert reading.findings
