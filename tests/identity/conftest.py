"""A catalogue of two lists that share films under several names. None of the films and people exist."""

from __future__ import annotations

from pathlib import Path

import pytest

SETTINGS = """[catalogue]
id = "two-lists"
base_iri = "https://films.example.org/"
title = "Two lists"
publisher = "Nobody"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
description = "Two lists of films that do not exist, in which some films and people stand under several names."

[[sources]]
id = "north"
kind = "sheet"
path = "tables/north.csv"
profile = "profiles/films.toml"

[[sources]]
id = "south"
kind = "sheet"
path = "tables/south.csv"
profile = "profiles/films.toml"
"""
PROFILE = """record = "Movie"
columns.title = { property = "name", required = true }
columns.other_title = { property = "alternate_name" }
columns.year = { property = "date_created", type = "year" }
columns.directors = { role = "director", separator = ";" }
columns.countries = { property = "country_of_origin", separator = ";" }
columns.run_time = { property = "duration" }
columns.imdb = { property = "identifier", scheme = "imdb" }
"""
HEADER = "title,other_title,year,directors,countries,run_time,imdb\n"
NORTH = """The Paper Lantern,Papierowa latarnia,1999,Łucja Żarnowska,PL,1h 31m,
Moss and Iron,,2004,Odile Fontanel,FR,1h 12m,
Glass Harbour,,2010,Bram van der Quist,BE,2h 01m,tt0000011
Salt,,2011,Ida Norr,SE,1h 20m,
"""
SOUTH = """"Lantern of Paper, The",papierowa Latarnia,1999,"Zarnowska, Lucja",PL,91 min,
Mousse et fer,,2004,Odile Fontanel,FR,72 min,
Glass Harbour,,2011,Bram van der Quist,BE,121 min,tt0000012
Rust,,2016,Ida Norr,SE,1h 33m,
"""


@pytest.fixture
def two_lists(tmp_path: Path) -> Path:
    catalogue = tmp_path / "two-lists"
    for name, text in {
        "filmgraph.toml": SETTINGS,
        "profiles/films.toml": PROFILE,
        "tables/north.csv": HEADER + NORTH,
        "tables/south.csv": HEADER + SOUTH,
    }.items():
        path = catalogue / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return catalogue
