"""The demo catalogue: whole, true to its sources, and its fictional programme possible."""

from __future__ import annotations

import csv
import os
import re
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from filmgraph.findings import Severity
from filmgraph.iris import Kind, is_key, slugify
from filmgraph.model import (
    Auditorium,
    Certainty,
    EventStatus,
    Festival,
    Movie,
    MovieTheater,
    ProgrammeSection,
    Ref,
    ScreeningEvent,
    iter_facts,
)
from filmgraph.settings import Settings, load_settings
from filmgraph.sources.base import Reading
from filmgraph.sources.page import read_page
from filmgraph.sources.sheet import read_sheet
from filmgraph.vocabulary import Vocabulary, load_vocabulary

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "data"
CANNES = (ROOT / ".." / "shared" / "data" / "cannes" / "films.csv").resolve()
SEED = (ROOT / ".." / "shared" / "seed" / "film-page.txt").resolve()
FORMER = {"SU": "SUHH", "CS": "CSHH", "YU": "YUCS", "DD": "DDDE"}
BRUSSELS = ZoneInfo("Europe/Brussels")


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load_settings(CATALOGUE)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


@pytest.fixture(scope="module")
def sheets(settings: Settings, vocabulary: Vocabulary) -> dict[str, Reading]:
    sources = [each for each in settings.sources if each.kind == "sheet"]
    return {each.id: read_sheet(each, CATALOGUE, vocabulary) for each in sources}


@pytest.fixture(scope="module")
def page(settings: Settings, vocabulary: Vocabulary) -> Reading:
    source = settings.source("here-page")
    assert source is not None
    return read_page(source, CATALOGUE, vocabulary)


@pytest.fixture(scope="module")
def films(sheets: dict[str, Reading]) -> dict[str, Movie]:
    return {str(each.ref.key): each for each in sheets["films"].records if isinstance(each, Movie)}


@pytest.fixture(scope="module")
def screenings(sheets: dict[str, Reading]) -> list[ScreeningEvent]:
    return [each for each in sheets["screenings"].records if isinstance(each, ScreeningEvent)]


def shared(path: Path) -> Path:
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{path} is absent, and CI must not skip")
        pytest.skip(f"{path} is absent")
    return path


def table(name: str) -> list[dict[str, str]]:
    with (CATALOGUE / "tables" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def start(screening: ScreeningEvent) -> datetime:
    return screening.start_date[0].value


def end(screening: ScreeningEvent) -> datetime:
    return screening.end_date[0].value


def film_keys(screening: ScreeningEvent) -> list[str]:
    return [str(fact.value.key) for fact in screening.work_presented]


def hall_key(screening: ScreeningEvent) -> str:
    return str(screening.location[0].value.key)


def test_every_sheet_reads_without_a_finding_and_without_an_unread_cell(sheets: dict[str, Reading]) -> None:
    assert {name: (reading.findings, reading.unread) for name, reading in sheets.items()} == dict.fromkeys(sheets, ((), ()))


def test_page_reads_without_a_violation(page: Reading) -> None:
    assert [each for each in page.findings if each.severity is Severity.VIOLATION] == []


def test_there_is_as_much_as_the_readme_says(sheets: dict[str, Reading]) -> None:
    counts = {name: len(reading.records) for name, reading in sheets.items()}
    assert counts == {
        "films": 61,
        "credits": 10,
        "additions": 1,
        "press": 2,
        "organisations": 1,
        "series": 1,
        "editions": 2,
        "sections": 9,
        "venues": 4,
        "halls": 8,
        "screenings": 95,
    }


def test_films_are_spread_over_years_countries_and_languages(films: dict[str, Movie]) -> None:
    decades = {each.date_created[0].value.year // 10 for each in films.values()}
    countries = {fact.value.key for each in films.values() for fact in each.country_of_origin}
    languages = {fact.value for each in films.values() for fact in each.in_language}
    assert decades == set(range(194, 203))
    assert len(countries) >= 25
    assert len(languages) >= 20
    assert {"SUHH", "CSHH", "DDDE"} <= countries
    assert sum(len(each.credit) > 1 for each in films.values()) >= 3


def test_keys_are_keys_and_films_are_keyed_by_title_and_year(sheets: dict[str, Reading], films: dict[str, Movie]) -> None:
    refs = [record.ref for reading in sheets.values() for record in reading.records]
    assert all(ref.key is not None and is_key(ref.key) for ref in refs)
    assert [key for key, film in films.items() if key != f"{slugify(film.ref.name)}-{film.ref.year}"] == []


def test_every_reference_by_key_points_at_a_record(sheets: dict[str, Reading]) -> None:
    described = [record for name, reading in sheets.items() if name != "credits" for record in reading.records]
    known = {(record.ref.kind, record.ref.key) for record in described}
    values = [fact.value for reading in sheets.values() for record in reading.records for _, fact in iter_facts(record)]
    used = {(value.kind, value.key) for value in values if isinstance(value, Ref) and value.key}
    assert {kind for kind, _ in used} == {Kind.FILM, Kind.FESTIVAL, Kind.SERIES, Kind.SECTION, Kind.HALL, Kind.VENUE, Kind.ORG}
    assert used | {(record.ref.kind, record.ref.key) for record in sheets["credits"].records} <= known


def test_every_fact_about_a_film_has_a_cited_source(sheets: dict[str, Reading], settings: Settings) -> None:
    cited = {each.id for each in settings.sources if each.kind == "cited"}
    facts = [
        fact
        for name in ("films", "credits", "additions", "press")
        for record in sheets[name].records
        for _, fact in iter_facts(record)
    ]
    assert len(facts) > 500
    assert [fact for fact in facts if not fact.derived_from or not set(fact.derived_from) <= cited] == []


def test_every_cited_source_is_used(sheets: dict[str, Reading], settings: Settings) -> None:
    used = {
        source_id
        for reading in sheets.values()
        for record in reading.records
        for _, fact in iter_facts(record)
        for source_id in fact.derived_from
    }
    assert used == {each.id for each in settings.sources if each.kind == "cited"}


def test_films_from_the_cannes_data_set_are_as_they_stand_there() -> None:
    with shared(CANNES).open(encoding="utf-8", newline="") as file:
        rows = {row["imdb_url"].rstrip("/").rpartition("/")[2]: row for row in csv.DictReader(file)}
    compared = 0
    for film in table("films.csv"):
        if not film["imdb"]:
            continue
        row = rows[film["imdb"]]
        title = row["original_title"] or row["title"]
        assert (film["original_title"], film["year"], film["run_time"]) == (title, row["year"], row["run_time"])
        assert film["english_title"] == ("" if row["title"].casefold() == title.casefold() else row["title"])
        assert film["directors"].split("; ") == row["director"].split(", ")
        assert film["languages"].split("; ") == [each.strip() for each in row["languages"].split(",")]
        countries = [each.strip() for each in row["countries_of_origin"].split(",")]
        assert film["countries"].split("; ") == [FORMER.get(each, each) for each in countries]
        compared += 1
    assert compared == 53


def test_sources_of_a_film_are_of_one_kind_only() -> None:
    by_film = defaultdict(set)
    for row in table("film-sources.csv"):
        by_film[row["key"]].add(row["source"])
    for film in table("films.csv"):
        assert by_film[film["key"]] == {"cannes-films" if film["imdb"] else "ffg-here"}


def test_films_of_bas_devos_are_those_of_the_festival_page() -> None:
    seed = shared(SEED).read_text(encoding="utf-8")
    listed = re.findall(r"([A-Z][\w ]+) \((\d{4})( - short)?\)", seed)
    ours = [film for film in table("films.csv") if film["directors"] == "Bas Devos"]
    assert [(film["original_title"], film["year"], film["form"] == "short") for film in ours] == [
        (title, year, bool(short)) for title, year, short in listed
    ]


def test_prose_of_the_page_is_our_own() -> None:
    seed = {each.strip() for each in re.split(r"[.\n]", shared(SEED).read_text(encoding="utf-8"))}
    ours = {each.strip() for each in re.split(r"[.\n]", (CATALOGUE / "pages" / "here.txt").read_text(encoding="utf-8"))}
    same = {each for each in ours & seed if len(each.split()) > 5}
    # Lists of facts have one form only: the line of facts, the credits and the filmography.
    assert {each[:10] for each in same} <= {"82' - 2023", "Director: ", "Taurus (20"}


def test_press_contradicts_the_table_and_stands_behind_it(
    sheets: dict[str, Reading], films: dict[str, Movie], settings: Settings
) -> None:
    ranks = {each.id: each.precedence for each in settings.sources}
    assert ranks["here-page"] < ranks["films"] < ranks["press"]
    press = [each for each in sheets["press"].records if isinstance(each, Movie)]
    years = {each.ref.key: (films[str(each.ref.key)].ref.year, each.ref.year) for each in press}
    assert years == {"violet-2013": (2013, 2014), "ghost-tropic-2019": (2019, 2020)}


def test_external_facts_are_marked_as_such(sheets: dict[str, Reading]) -> None:
    for name in ("credits", "additions", "press"):
        certainties = {fact.certainty for record in sheets[name].records for _, fact in iter_facts(record)}
        assert certainties == {Certainty.EXTERNAL}


def test_page_gives_the_film_that_the_table_has(page: Reading, films: dict[str, Movie]) -> None:
    here = next(each for each in page.records if isinstance(each, Movie) and each.ref.name == "Here")
    row = films["here-2023"]
    assert here.ref.year == row.ref.year
    assert {fact.value for fact in here.duration} == {fact.value for fact in row.duration}
    assert {fact.value for fact in here.in_language} == {fact.value for fact in row.in_language}
    assert {fact.value for fact in here.genre} == {fact.value for fact in row.genre}
    roles = Counter(role for role, _ in {(fact.value.role, fact.value.agent) for fact in here.credit})
    assert roles == Counter(
        {
            "actor": 2,
            "director": 1,
            "composer": 1,
            "screenwriter": 1,
            "cinematographer": 1,
            "editor": 1,
            "producer": 1,
            "distributor": 1,
        }
    )


def test_every_edition_says_that_it_is_fictional(sheets: dict[str, Reading]) -> None:
    days = []
    for edition in sheets["editions"].records:
        assert isinstance(edition, Festival)
        assert edition.is_fictional[0].value is True
        assert "fictional" in edition.disambiguating_description[0].value.value
        days.append((edition.start_date[0].value.value, edition.end_date[0].value.value))
    assert days == [("2026-10-16", "2026-10-25"), ("2027-04-15", "2027-04-18")]
    assert [date.fromisoformat(each).strftime("%A") for day in days for each in day] == [
        "Friday", "Sunday", "Thursday", "Sunday",
    ]  # fmt: skip


def test_venues_say_that_they_are_fictional(sheets: dict[str, Reading]) -> None:
    for venue in sheets["venues"].records:
        assert isinstance(venue, MovieTheater)
        assert "fictional" in venue.name[0].value.value
        assert venue.time_zone[0].value == "Europe/Brussels"


def test_no_guest_or_moderator_has_a_name_of_the_films(films: dict[str, Movie], screenings: list[ScreeningEvent]) -> None:
    makers = {fact.value.agent.name for each in films.values() for fact in each.credit}
    guests = {fact.value.agent.name for each in screenings for fact in each.credit}
    assert len(guests) >= 6
    assert not makers & guests


def test_venues_have_as_many_screens_as_halls(sheets: dict[str, Reading]) -> None:
    halls = Counter(str(each.contained_in_place[0].value.key) for each in sheets["halls"].records if isinstance(each, Auditorium))
    screens = {
        str(each.ref.key): each.screen_count[0].value for each in sheets["venues"].records if isinstance(each, MovieTheater)
    }
    assert dict(halls) == screens


def test_every_section_film_and_hall_is_in_the_programme(
    sheets: dict[str, Reading], films: dict[str, Movie], screenings: list[ScreeningEvent]
) -> None:
    assert {key for each in screenings for key in film_keys(each)} == set(films)
    assert {hall_key(each) for each in screenings} == {each.ref.key for each in sheets["halls"].records}
    sections = {str(each.ref.key) for each in sheets["sections"].records if isinstance(each, ProgrammeSection)}
    assert {fact.value.key for each in screenings for fact in each.in_section} == sections


def test_no_two_live_screenings_overlap_in_a_hall(screenings: list[ScreeningEvent]) -> None:
    by_hall = defaultdict(list)
    for each in screenings:
        if each.event_status[0].value is not EventStatus.CANCELLED:
            by_hall[hall_key(each)].append((start(each), end(each)))
    assert len(by_hall) == 8
    for slots in by_hall.values():
        assert all(first[1] <= second[0] for first, second in pairwise(sorted(slots)))


def test_slots_are_ten_minutes_longer_than_their_films(films: dict[str, Movie], screenings: list[ScreeningEvent]) -> None:
    for each in screenings:
        minutes = sum(fact.value.value for key in film_keys(each) for fact in films[key].duration)
        assert end(each) - start(each) >= timedelta(minutes=minutes + 10), each.ref.key


def test_screenings_are_within_their_edition_up_to_six_in_the_morning(
    sheets: dict[str, Reading], screenings: list[ScreeningEvent]
) -> None:
    editions = {each.ref.key: each for each in sheets["editions"].records if isinstance(each, Festival)}
    for each in screenings:
        edition = editions[str(each.super_event[0].value.key)]
        night = (start(each).astimezone(BRUSSELS) - timedelta(hours=6)).date().isoformat()
        assert edition.start_date[0].value.value <= night <= edition.end_date[0].value.value


def test_offsets_are_those_of_brussels_on_both_sides_of_the_end_of_summer_time(screenings: list[ScreeningEvent]) -> None:
    for each in screenings:
        for moment in (start(each), end(each)):
            assert moment.utcoffset() == moment.astimezone(BRUSSELS).utcoffset()
    offsets = Counter(start(each).utcoffset() for each in screenings)
    assert set(offsets) == {timedelta(hours=1), timedelta(hours=2)}


def test_programme_has_its_special_cases(screenings: list[ScreeningEvent]) -> None:
    statuses = Counter((start(each).year, each.event_status[0].value) for each in screenings)
    changed = {status for status, count in statuses.items() if count == 1}
    assert changed == {(year, each) for year in (2026, 2027) for each in (EventStatus.CANCELLED, EventStatus.RESCHEDULED)}
    assert {start(each).year for each in screenings if start(each).hour < 6} == {2026, 2027}
    for each in screenings:
        assert bool(each.previous_start_date) == (each.event_status[0].value is EventStatus.RESCHEDULED)
    assert sum(start(each).hour < 6 for each in screenings) >= 3
    assert any(len(film_keys(each)) == 4 for each in screenings)
    assert {fact.value for each in screenings for fact in each.video_format} == {"DCP", "35 mm"}


def test_seats_fit_the_hall(sheets: dict[str, Reading], screenings: list[ScreeningEvent]) -> None:
    seats = {
        str(each.ref.key): each.maximum_attendee_capacity[0].value
        for each in sheets["halls"].records
        if isinstance(each, Auditorium)
    }
    for each in screenings:
        capacity = each.maximum_attendee_capacity[0].value
        assert capacity <= seats[hall_key(each)]
        assert all(0 <= fact.value <= capacity for fact in each.remaining_attendee_capacity)


def test_doors_open_before_the_start(screenings: list[ScreeningEvent]) -> None:
    assert any(each.door_time for each in screenings)
    assert all(fact.value <= start(each) for each in screenings for fact in each.door_time)


def test_no_film_is_shown_before_it_was_made(films: dict[str, Movie], screenings: list[ScreeningEvent]) -> None:
    assert all(films[key].date_created[0].value.year <= start(each).year for each in screenings for key in film_keys(each))


def test_nobody_is_in_two_places_at_once(screenings: list[ScreeningEvent]) -> None:
    by_person = defaultdict(list)
    for each in screenings:
        for fact in each.credit:
            by_person[fact.value.agent.name].append((start(each), end(each)))
    for slots in by_person.values():
        assert all(first[1] <= second[0] for first, second in pairwise(sorted(slots)))


def test_subtitles_are_not_in_the_only_language_of_the_film(films: dict[str, Movie], screenings: list[ScreeningEvent]) -> None:
    for each in screenings:
        spoken = {fact.value for key in film_keys(each) for fact in films[key].in_language}
        subtitles = {fact.value for fact in each.subtitle_language}
        assert not subtitles or subtitles != spoken
