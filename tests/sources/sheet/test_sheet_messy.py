"""Twelve sheets as festivals really keep them, each with what exactly must come of it: every fact, remark and unread cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path

import pytest

from filmgraph.findings import SourcePlace
from filmgraph.model import ConceptRef, Credit, Fact, Identifier, Link, Minutes, PartialDate, Ref, Text, Value, iter_facts
from filmgraph.settings import SourceSettings
from filmgraph.sources.base import Reading
from filmgraph.sources.sheet import read_sheet
from filmgraph.vocabulary import Vocabulary
from tests.sources.sheet.workbook_files import Tab, ods, xls, xlsx


@dataclass(frozen=True)
class Case:
    """A sheet, its profile, the facts as `row column: property value`, the remarks as `rule place`."""

    data: bytes
    profile: str
    facts: str
    remarks: str = ""
    unread: str = ""
    others: dict[str, str] = field(default_factory=dict)


CASES = {
    "cp1252, semicolons, a title row, a code for missing": Case(
        "Programma 2026\n;;;\nTitel;Regie;Duur;Land\nL’été d’Ambre;Zoé Müller & Noël Ø;1u22;BE/Nederland\nN.N.;-;-;n/a\n".encode(
            "cp1252"
        ),
        """
record = "Movie"
encoding = "cp1252"
delimiter = ";"
missing = ["-", "n/a"]
[columns.Titel]
property = "name"
missing = []
[columns.Regie]
role = "director"
separator = [" & ", ","]
[columns.Duur]
property = "duration"
[columns.Land]
property = "country_of_origin"
separator = "/"
""",
        """
4 Titel: name L’été d’Ambre
4 Duur: duration 82 min
4 Land: countryOfOrigin BE
4 Land: countryOfOrigin NL
4 Regie: credit director 1 Zoé Müller
4 Regie: credit director 2 Noël Ø
5 Titel: name N.N.
""",
        unread="1 -: Programma 2026",
    ),
    "UTF-16, tabs, no header": Case(
        "Here\t2023\tBas Devos\tx\nGhost Tropic\t2019\tBas Devos\n".encode("utf-16"),
        """
record = "Movie"
delimiter = "tab"
header = false
[columns.1]
property = "name"
[columns.2]
property = "date_created"
type = "year"
[columns.3]
role = "director"
""",
        """
1 1: name Here
1 2: dateCreated 2023
1 3: credit director 1 Bas Devos
2 1: name Ghost Tropic
2 2: dateCreated 2019
2 3: credit director 1 Bas Devos
""",
        remarks="read-column 1 4",
        unread="1 4: x",
    ),
    "GB18030 with its own quotes": Case(
        "片名|导演|年份\n'山河故人'|贾樟柯|2015\n'a|b'|x|y\n".encode("gb18030"),
        """
record = "Movie"
encoding = "gb18030"
delimiter = "|"
quote = "'"
[columns."片名"]
property = "name"
[columns."导演"]
role = "director"
[columns."年份"]
property = "date_created"
type = "year"
""",
        """
2 片名: name 山河故人
2 年份: dateCreated 2015
2 导演: credit director 1 贾樟柯
3 片名: name a|b
3 导演: credit director 1 x
""",
        remarks="read-date 3 年份",
        unread="3 年份: y",
    ),
    "wide credits, Last First names, NA": Case(
        (
            b"id,title,director.10,director.2,director.1,flag\n"
            b'7,Gold,"Ng, Ann",NA,Mark Cousins,1\n'
            b'8,Silver,NA,"King, Martin L., Jr.","Oliveira, Manoel de",0\n'
            b'9,Tin,NA,NA,"a, b, c",NA\n'
        ),
        """
record = "Movie"
missing = "NA"
[columns.id]
ignore = true
[columns.key]
text = "arch-{id}"
key = true
[columns.title]
property = "name"
[columns."director.*"]
role = "director"
name_order = "comma"
[columns.flag]
property = "genre"
map = { "1" = "animation", "0" = "" }
""",
        """
2 title: name Gold
2 flag: genre animation
2 director.1: credit director 1 Mark Cousins
2 director.10: credit director 2 Ann Ng
3 title: name Silver
3 director.1: credit director 1 Manoel de Oliveira
3 director.2: credit director 2 Martin L. King Jr.
4 title: name Tin
""",
        remarks="read-name 4 director.1",
        unread="4 director.1: a, b, c",
    ),
    "mixed screening cells": Case(
        (
            b"Film,Tag,Ort\nHere,16.10. 19:30,Zoo Palast 1 (E) AD\nTaurus,17.10. 21:00,Cubix 8 (D/E)\n"
            b"Ghost,18.10. 09:00,Cubix 8 (X)\n"
        ),
        """
record = "ScreeningEvent"
time_zone = "Europe/Berlin"
first_day = 2026-10-16
last_day = 2026-10-25
[columns.Film]
property = "work_presented"
to = "film"
by = "name"
[columns.Tag]
property = "start_date"
formats = ["DD.MM. HH:MM"]
[columns.Ort]
parts = ["place", "subtitles", "access"]
[parts.place]
pattern = "(?P<venue>Zoo Palast|Cubix) (?P<hall>[0-9]+)"
[parts.venue]
container = true
to = "venue"
by = "name"
[parts.hall]
property = "location"
to = "hall"
by = "name"
within = "venue"
[parts.subtitles]
pattern = '\\(([DEF](?:/[DEF])*)\\)'
property = "subtitle_language"
separator = "/"
map = { D = "de", E = "en", F = "fr" }
[parts.access]
texts = ["AD", "SDH"]
ignore = true
""",
        """
2 Film: name Here [inferred]
2 Film: workPresented film Here
2 Ort: location hall 1 in Zoo Palast
2 Tag: startDate 2026-10-16T19:30:00+02:00 [inferred]
2 Ort: subtitleLanguage en
3 Film: name Taurus [inferred]
3 Film: workPresented film Taurus
3 Ort: location hall 8 in Cubix
3 Tag: startDate 2026-10-17T21:00:00+02:00 [inferred]
3 Ort: subtitleLanguage de
3 Ort: subtitleLanguage en
4 Film: name Ghost [inferred]
4 Film: workPresented film Ghost
4 Ort: location hall 8 in Cubix
4 Tag: startDate 2026-10-18T09:00:00+02:00 [inferred]
""",
        remarks="read-part 4 Ort",
        unread="4 Ort: (X)",
    ),
    "12-hour clocks, American dates, past midnight, a zone of its own": Case(
        (
            b"Movie,When,Where,End\nHere,10/17/2026 7:30 PM,Lantern,10/17/2026 9 p.m.\n"
            b"Night,10/17/2026 12:15 AM,Harbour,\nBad,10/17/2026 13:15 PM,Lantern,\n"
        ),
        """
record = "ScreeningEvent"
day_ends = "05:00"
[time_zones]
"Lantern" = "America/New_York"
"Harbour" = "Europe/London"
[columns.Movie]
property = "work_presented"
to = "film"
by = "name"
[columns.When]
property = "start_date"
formats = ["MM/DD/YYYY H:MM PM"]
time_zone_from = "Where"
[columns.End]
property = "end_date"
formats = ["MM/DD/YYYY H:MM PM"]
time_zone_from = "Where"
[columns.Where]
property = "location"
to = "venue"
by = "name"
""",
        """
2 Movie: name Here [inferred]
2 Movie: workPresented film Here
2 Where: location venue Lantern
2 When: startDate 2026-10-17T19:30:00-04:00
2 End: endDate 2026-10-17T21:00:00-04:00
3 Movie: name Night [inferred]
3 Movie: workPresented film Night
3 Where: location venue Harbour
3 When: startDate 2026-10-18T00:15:00+01:00
4 Movie: name Bad [inferred]
4 Movie: workPresented film Bad
4 Where: location venue Lantern
""",
        remarks="read-date 4 When",
        unread="4 When: 10/17/2026 13:15 PM",
    ),
    "months in words, a weekday that contradicts, the year of the edition": Case(
        (
            "Fest,Titre,Jour,Heure\nGand 2026,Ici,sam. 17 octobre,20h30\nGand 2026,Là,vendredi 17 octobre,20h\n"
            "Gand,Quand,18 octobre,9h05\n"
        ).encode(),
        """
record = "ScreeningEvent"
time_zone = "Europe/Brussels"
[columns.Fest]
property = "super_event"
to = "festival"
by = "name"
[columns.Titre]
property = "work_presented"
to = "film"
by = "name"
[columns.Jour]
ignore = true
[columns.Heure]
ignore = true
[columns.debut]
text = "{Jour} {Heure}"
property = "start_date"
formats = ["D MONTH HHhMM"]
""",
        """
2 Titre: name Ici [inferred]
2 Titre: workPresented film Ici
2 Fest: superEvent festival Gand 2026
2 Jour: startDate 2026-10-17T20:30:00+02:00 [inferred]
3 Titre: name Là [inferred]
3 Titre: workPresented film Là
3 Fest: superEvent festival Gand 2026
4 Titre: name Quand [inferred]
4 Titre: workPresented film Quand
4 Fest: superEvent festival Gand
""",
        remarks="read-date 3 Jour; read-date 4 Jour",
        unread="3 Jour: vendredi 17 octobre 20h; 4 Jour: 18 octobre 9h05",
    ),
    "titles in three languages": Case(
        "Original title,Title (EN),Titel_NL,Titre FR\nHier,Here,,Ici\n,The Cow,De koe,\n".encode("utf-8-sig"),
        """
record = "Movie"
[columns."Original title"]
property = "name"
otherwise = "Title (EN)"
[columns."Title (EN)"]
property = "alternate_name"
language = "en"
[columns.Titel_NL]
property = "alternate_name"
language = "nl"
[columns."Titre FR"]
property = "alternate_name"
language = "fr"
""",
        """
2 Original title: name Hier
2 Title (EN): alternateName Here @en
2 Titre FR: alternateName Ici @fr
3 Title (EN): name The Cow
3 Titel_NL: alternateName De koe @nl
""",
    ),
    "mojibake": Case(
        "title,director\nLe Fabuleux Destin dâ€™AmÃ©lie,JÃ¼rgen\nGaspar NoÃ© né,x\n".encode(),
        'record = "Movie"\n[columns.title]\nproperty = "name"\n[columns.director]\nrole = "director"\n',
        """
2 title: name Le Fabuleux Destin d’Amélie
2 director: credit director 1 Jürgen
3 title: name Gaspar NoÃ© né
3 director: credit director 1 x
""",
        remarks="read-mojibake 2 title; read-mojibake 2 director; read-mojibake 3 title",
    ),
    "a workbook with merged cells, real dates and a clock": Case(
        xlsx(
            {
                "Info": [["Festival of lights"]],
                "Grid": Tab(
                    [
                        ["Programme 2026", None, None, None],
                        ["Date", "Time", "Film", "Cinema"],
                        [date(2026, 10, 17), time(19, 30), "Here", "Lantern"],
                        [None, "25:30", "Taurus", "Lantern"],
                        [date(2026, 10, 18), time(10, 0), "Cow", "Lantern"],
                    ],
                    merged=["A1:D1", "A3:A4"],
                ),
            }
        ),
        """
record = "ScreeningEvent"
sheet = "Grid"
merged = "fill"
time_zone = "Europe/Brussels"
[columns.Date]
ignore = true
[columns.Time]
ignore = true
[columns.start]
text = "{Date} {Time}"
property = "start_date"
[columns.Film]
property = "work_presented"
to = "film"
by = "name"
[columns.Cinema]
property = "location"
to = "venue"
by = "name"
[columns.edition]
text = "Lights (2026)"
property = "super_event"
to = "festival"
by = "name"
""",
        """
3 Film: name Here [inferred]
3 Film: workPresented film Here
3 -: superEvent festival Lights 2026
3 Cinema: location venue Lantern
3 Date: startDate 2026-10-17T19:30:00+02:00
4 Film: name Taurus [inferred]
4 Film: workPresented film Taurus
4 -: superEvent festival Lights 2026
4 Cinema: location venue Lantern
4 Date: startDate 2026-10-18T01:30:00+02:00
5 Film: name Cow [inferred]
5 Film: workPresented film Cow
5 -: superEvent festival Lights 2026
5 Cinema: location venue Lantern
5 Date: startDate 2026-10-18T10:00:00+02:00
""",
        unread="1 -: Programme 2026",
    ),
    "a workbook of several sheets, joined by number": Case(
        ods(
            {
                "Films": [["Nr", "Titel", "Jahr"], [1, "Here", 2023], [2, "Here", 1999]],
                "Gäste": [["Film-Nr", "Gast"], [2, "DEVOS Bas"], [5, "X"]],
            }
        ),
        """
record = "Credit"
sheet = "Gäste"
[columns."Film-Nr"]
property = "film"
to = "film"
lookup = "films"
[columns.role]
text = "director"
property = "role"
[columns.Gast]
property = "agent"
to = "person"
by = "name"
name_order = "last-first"
[lookups.films]
profile = "films.toml"
match = "Nr"
""",
        "2 Gast: credit director 1 Bas DEVOS",
        remarks="read-ref 3 Film-Nr; read-row 3 -",
        unread="3 Film-Nr: 5; 3 Film-Nr: 5; 3 Gast: X; 3 -: director",
        others={
            "films.toml": """
record = "Movie"
sheet = "Films"
[columns.Nr]
ignore = true
[columns.Titel]
property = "name"
[columns.Jahr]
property = "date_created"
type = "year"
"""
        },
    ),
    "an old workbook with links and blanks below": Case(
        xls(
            {
                "Tabelle1": [
                    ["Filmtitel", "IMDb", "Fertigstellung", "Länge"],
                    ["Here", "https://www.imdb.com/title/tt18550182/?ref=x", date(2023, 2, 1), 82],
                    [None, "https://www.imdb.com/title/tt0000001/", None, 12.5],
                ]
            }
        ),
        """
record = "Movie"
[columns.Filmtitel]
property = "name"
fill_down = true
[columns.IMDb]
parts = ["imdb"]
[columns.Fertigstellung]
property = "date_created"
[columns."Länge"]
property = "duration"
[parts.imdb]
pattern = 'https?://(?:www\\.)?imdb\\.com/title/(tt[0-9]{7,8})/?(?:\\?.*)?'
property = "identifier"
scheme = "imdb"
""",
        """
2 Filmtitel: name Here
2 IMDb: identifier imdb tt18550182
2 Fertigstellung: dateCreated 2023-02-01
2 Länge: duration 82 min
3 Filmtitel: name Here
3 IMDb: identifier imdb tt0000001
""",
        remarks="read-minutes 3 Länge",
        unread="3 Länge: 12.5",
    ),
}


def test_there_are_twelve() -> None:
    assert len(CASES) == 12


@pytest.mark.parametrize("name", CASES)
def test_messy_sheet_gives_exactly_what_its_oracle_says(name: str, tmp_path: Path, vocabulary: Vocabulary) -> None:
    case = CASES[name]
    (tmp_path / "sheet").write_bytes(case.data)
    for path, text in {"p.toml": case.profile, **case.others}.items():
        (tmp_path / path).write_text(text, encoding="utf-8")
    reading = read_sheet(SourceSettings("t", "sheet", 1, path="sheet", profile="p.toml"), tmp_path, vocabulary)
    assert facts_of(reading) == case.facts.strip().splitlines()
    assert [f"{each.rule} {where(each.places[0])}" for each in reading.findings] == [*filter(None, case.remarks.split("; "))]
    assert [f"{where(each.place)}: {each.text}" for each in reading.unread] == [*filter(None, case.unread.split("; "))]


def where(place: SourcePlace) -> str:
    return f"{place.row or place.line} {place.column or '-'}"


def facts_of(reading: Reading) -> list[str]:
    return [line(iri, fact) for record in reading.records for iri, fact in iter_facts(record)]


def line(iri: str, fact: Fact[Value]) -> str:
    mark = " [inferred]" if fact.certainty.value == "inferred" else ""
    name = iri.rpartition("/")[2].rpartition("#")[2]
    return f"{where(fact.place)}: {name} {say(fact.value)}{mark}"


def say(value: Value) -> str:
    match value:
        case Text(text, language):
            return text + (f" @{language}" if language else "")
        case PartialDate(text) | Link(text):
            return text
        case Minutes(number):
            return f"{number} min"
        case ConceptRef(_, key):
            return key
        case Identifier(scheme, code):
            return f"{scheme} {code}"
        case Credit(role, agent, billing):
            return f"{role} {billing} {agent.name}"
        case Ref(kind, name, year, within):
            container = f" in {within.name}" if within else ""
            return f"{kind.segment} {name}" + (f" {year}" if year else "") + container
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
