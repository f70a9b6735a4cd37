"""Makes up the source sheets of a catalogue of any size, in the form of the demo's: films, credits, people, a programme.

The profiles are the demo's own. The same size and seed give the same bytes; films come one after the other, so the sheets are
never in memory. Nothing in them breaks a rule: no hall is taken twice, nobody is credited before they were born, and no two films
or people have names alike.
"""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from filmgraph.settings import FILE_NAME

__all__ = ["BASE", "write_catalogue"]

BASE = "https://films.example/"
_PROFILES = Path(__file__).resolve().parents[1] / "data" / "profiles"
_FIRST_YEAR = 1966
_EDITIONS_OF_SERIES = 60
_FILMS_OF_EDITION = 300
_SCREENINGS = 3
_VENUES, _HALLS_OF_VENUE = 6, 4
_DAYS = 10
_STARTS = ("10:00", "13:30", "17:00", "20:30")
_LONGEST = 180
_SECTIONS = ("Competition", "Discoveries", "Classics")
_GENRES = ("drama", "comedy", "documentary", "thriller", "animation", "romance", "science-fiction", "war", "western", "musical")
_COUNTRIES = ("BE", "FR", "NL", "DE", "US", "IT", "PL", "JP", "SE", "BR", "IR", "SN")
_LANGUAGES = ("fr", "nl", "en", "de", "it", "pl", "ja", "sv", "pt", "fa", "wo")
_SUBTITLES = ("en", "nl; fr", "nl", "da")
_ROLES = ("screenwriter", "producer", "cinematographer", "editor", "composer")
_ACTORS = 4
_SYLLABLES = ("ba", "de", "ka", "li", "mo", "na", "po", "ri", "sa", "to", "ve", "zu")
_HEADERS = {
    "films": "key,original_title,english_title,year,directors,countries,languages,run_time,form,genre,imdb",
    "film-sources": "key,column,source",
    "credits": "film,role,agent,agent_kind,character,billing,source",
    "people": "key,name,born",
    "organisations": "key,name",
    "series": "key,name,organiser",
    "editions": "key,name,series,organiser,number,first_day,last_day,fictional,about",
    "sections": "key,name,edition",
    "venues": "key,name,street,postal_code,town,country,latitude,longitude,screens,time_zone,accessibility,fictional",
    "halls": "key,name,venue,seats",
    "screenings": "key,title,films,edition,section,hall,start,end,doors,planned_start,status,video_format,subtitles,seats,"
    "seats_left,guests,moderator",
}
_PEOPLE_PROFILE = """record = "Person"

[columns.key]
key = true
required = true

[columns.name]
property = "name"
required = true

[columns.born]
property = "birth_date"
type = "year"
"""
_CATALOGUE = f"""[catalogue]
id = "made-up"
base_iri = "{BASE}"
title = "Made-up films"
publisher = "Nobody"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
description = "Films, people and festivals that do not exist, made up to measure how long a release takes to build."

[[sources]]
id = "yearbook"
kind = "cited"
title = "A yearbook that does not exist"
"""
_SOURCE = """
[[sources]]
id = "{name}"
kind = "sheet"
path = "tables/{name}.csv"
profile = "profiles/{name}.toml"
title = "{name}"
"""


class _Sheets:
    """The open sheets of a catalogue, by name."""

    def __init__(self, folder: Path, files: ExitStack) -> None:
        self._writers: dict[str, Any] = {}
        for name, header in _HEADERS.items():
            file = files.enter_context((folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
            self._writers[name] = csv.writer(file, lineterminator="\n")
            self._writers[name].writerow(header.split(","))

    def add(self, sheet: str, *cells: object) -> None:
        self._writers[sheet].writerow(cells)


@dataclass(slots=True)
class _Maker:
    """Makes one catalogue. `people` grows with the films, so that small catalogues are like large ones."""

    sheets: _Sheets
    chance: random.Random
    people: int = 12
    named: set[int] = field(default_factory=set)

    def edition(self, number: int) -> None:
        """Add an edition, with its series and the venues of the series where it is the first."""
        series, count = divmod(number, _EDITIONS_OF_SERIES)
        if count == 0:
            self._series(series)
        first_day = date(_FIRST_YEAR + count, 10, 10)
        last_day = first_day + timedelta(days=_DAYS - 1)
        name = f"Festival {_word(series)} {first_day.year}"
        self.sheets.add(
            "editions", _edition_key(number), name, f"series-{series}", f"org-{series}", count + 1, first_day, last_day, "yes", ""
        )
        for section, title in enumerate(_SECTIONS):
            self.sheets.add("sections", f"{_edition_key(number)}-s{section}", title, _edition_key(number))

    def _series(self, series: int) -> None:
        self.sheets.add("organisations", f"org-{series}", f"Society {_word(series)}")
        self.sheets.add("series", f"series-{series}", f"Festival {_word(series)}", f"org-{series}")
        for venue in range(_VENUES):
            key, name = f"venue-{series}-{venue}", f"Cinema {_word(series)} {_word(venue)}"
            self.sheets.add(
                "venues", key, name, "Street 1", "9000", "Gent", "BE", "", "", _HALLS_OF_VENUE, "Europe/Brussels", "", "yes"
            )
            for hall in range(_HALLS_OF_VENUE):
                self.sheets.add("halls", f"hall-{series}-{venue * _HALLS_OF_VENUE + hall}", f"Hall {hall + 1}", key, 200)

    def film(self, number: int) -> None:
        """Add a film with its credits and screenings."""
        key, title = f"film-{number}", f"{_word(number)} {_word(self.chance.randrange(1728))}"
        edition = number // _FILMS_OF_EDITION
        year = _FIRST_YEAR + edition % _EDITIONS_OF_SERIES - self.chance.randrange(2)
        minutes, language = self.chance.randint(60, _LONGEST), self.chance.choice(_LANGUAGES)
        countries = "; ".join(self.chance.sample(_COUNTRIES, self.chance.randint(1, 2)))
        genres = "; ".join(self.chance.sample(_GENRES, self.chance.randint(1, 3)))
        working = self._crew()
        english = f"The {_word(self.chance.randrange(1728))}" if number % 3 == 0 else ""
        self.sheets.add(
            "films", key, title, english, year, next(working), countries, language, minutes, "feature", genres, f"tt{number:08}"
        )
        self.sheets.add("film-sources", key, "year", "yearbook")
        for role in _ROLES:
            self.sheets.add("credits", key, role, next(working), "person", "", 1, "yearbook")
        for billing in range(1, _ACTORS + 1):
            actor, character = next(working), _word(self.chance.randrange(1728))
            self.sheets.add("credits", key, "actor", actor, "person", character, billing, "yearbook")
        for count in range(_SCREENINGS):
            self._screening(number, count, title, minutes, language)

    def _crew(self) -> Iterator[str]:
        """Yield names of different people; how often one comes follows a steep curve, as in real catalogues."""
        working: set[int] = set()
        while True:
            self.people += self.chance.random() < 0.3
            number = int(self.people * self.chance.random() ** 3)
            while number in working:
                number += 1
            working.add(number)
            name = f"{_word(number)} {_word(number * 7 % 1728)}"
            if number not in self.named:
                self.named.add(number)
                self.sheets.add("people", f"person-{number}", name, 1920 + number % 30)
            yield name

    def _screening(self, film: int, count: int, title: str, minutes: int, language: str) -> None:
        """Add a screening in a slot of its own: there are more slots than screenings, and no film is as long as a slot."""
        edition, place = divmod(film, _FILMS_OF_EDITION)
        slot = place * _SCREENINGS + count
        slot, hall = divmod(slot, _VENUES * _HALLS_OF_VENUE)
        day, start = divmod(slot, len(_STARTS))
        date_text = date(_FIRST_YEAR + edition % _EDITIONS_OF_SERIES, 10, 10) + timedelta(days=day)
        hour, minute = divmod(int(_STARTS[start][:2]) * 60 + int(_STARTS[start][3:]) + minutes, 60)
        subtitles = self.chance.choice([each for each in _SUBTITLES if language not in each])
        self.sheets.add(
            "screenings", f"screening-{film}-{count}", title, f"film-{film}", _edition_key(edition),
            f"{_edition_key(edition)}-s{film % len(_SECTIONS)}", f"hall-{edition // _EDITIONS_OF_SERIES}-{hall}",
            f"{date_text} {_STARTS[start]}", f"{date_text} {hour:02}:{minute:02}", "", "", "scheduled", "DCP", subtitles,
            150, self.chance.randrange(150), "", "",
        )  # fmt: skip


def _edition_key(number: int) -> str:
    return f"edition-{number}"


def _word(number: int) -> str:
    """Return a word that no other number has; words of neighbours differ in more than their ends."""
    digits = [number % 12, number // 12 % 12, number // 144 % 12]
    number //= 1728
    while number:
        digits.append(number % 12)
        number //= 12
    return "".join(_SYLLABLES[each] for each in digits).capitalize()


def write_catalogue(folder: Path, films: int, seed: int = 1) -> None:
    """Write a catalogue that is ready to be built: settings, profiles and tables; `folder` must not exist yet."""
    tables, profiles = folder / "tables", folder / "profiles"
    for each in (tables, profiles):
        each.mkdir(parents=True)
    sources = [name for name in _HEADERS if name != "film-sources"]
    (folder / FILE_NAME).write_text(_CATALOGUE + "".join(_SOURCE.format(name=name) for name in sources), encoding="utf-8")
    for name in sources:
        if name == "people":
            (profiles / "people.toml").write_text(_PEOPLE_PROFILE, encoding="utf-8")
        else:
            shutil.copyfile(_PROFILES / f"{name}.toml", profiles / f"{name}.toml")
    with ExitStack() as files:
        maker = _Maker(_Sheets(tables, files), random.Random(seed))
        for number in range(films):
            if number % _FILMS_OF_EDITION == 0:
                maker.edition(number // _FILMS_OF_EDITION)
            maker.film(number)
