"""What the saved queries answer is counted again from the demo's tables, without any graph."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import ROOT

EXPECTED = Path(__file__).parent / "expected"
Row = dict[str, str]


def table(name: str) -> list[Row]:
    with (ROOT / "data" / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def expected(name: str) -> list[Row]:
    with (EXPECTED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def keys(name: str, column: str = "film") -> list[str]:
    return [row[column].rpartition("/")[2] for row in expected(name)]


def split(cell: str) -> list[str]:
    return [each.strip() for each in cell.split(";") if each.strip()]


FILMS = {row["key"]: row for row in table("films")}
SCREENINGS = {row["key"]: row for row in table("screenings")}
#: The one that the saved queries ask about where nobody says which.
EDITION = "demo-film-festival-2026"
TAKING_PLACE = [row for row in SCREENINGS.values() if row["status"] != "cancelled"]


def countries(film: Row) -> list[str]:
    # The page's film has its country from another table.
    return split(film["countries"]) + [row["countries"] for row in table("additions") if row["key"] == film["key"]]


def minutes(film: Row) -> int:
    hours = re.search(r"(\d+)h", film["run_time"])
    rest = re.search(r"(\d+)(?:m|')", film["run_time"])
    return 60 * int(hours[1] if hours else 0) + int(rest[1] if rest else 0)


def start(screening: Row) -> datetime:
    """The start in local time; an hour past 23 is one of the next day."""
    day, clock = screening["start"].split(" ")
    hour, minute = clock[:5].split(":")
    return datetime.fromisoformat(day) + timedelta(hours=int(hour), minutes=int(minute))


@pytest.mark.parametrize(
    ("name", "director"), [("films-by-director", "Bas Devos"), ("films-by-director.of-two-people", "Luc Dardenne")]
)
def test_films_by_director(name: str, director: str) -> None:
    films = [row for row in FILMS.values() if director in split(row["directors"])]
    assert sorted(keys(name)) == sorted(row["key"] for row in films)
    assert [row["year"] for row in expected(name)] == sorted(row["year"] for row in films)


@pytest.mark.parametrize(
    ("name", "first", "last"), [("films-between-years", 2018, 2020), ("films-between-years.one-year", 1959, 1959)]
)
def test_films_between_years(name: str, first: int, last: int) -> None:
    assert sorted(keys(name)) == sorted(row["key"] for row in FILMS.values() if first <= int(row["year"]) <= last)


@pytest.mark.parametrize(("name", "code"), [("films-by-country", "BE"), ("films-by-country.of-germany", "DE")])
def test_films_by_country(name: str, code: str) -> None:
    films = {row["key"]: len(countries(row)) - 1 for row in FILMS.values() if code in countries(row)}
    assert dict(zip(keys(name), (int(row["otherCountries"]) for row in expected(name)), strict=True)) == films


def test_countries_by_frequency() -> None:
    counts = Counter(code for row in FILMS.values() for code in countries(row))
    counts[""] = sum(not countries(row) for row in FILMS.values())
    assert {row["code"]: int(row["films"]) for row in expected("countries-by-frequency")} == counts
    assert expected("countries-by-frequency")[-1]["country"] == "not known"


def test_co_productions_and_their_pairs() -> None:
    assert sorted(keys("co-productions")) == sorted(row["key"] for row in FILMS.values() if len(countries(row)) >= 3)
    pairs = sum(len(codes) * (len(codes) - 1) // 2 for codes in map(countries, FILMS.values()))
    assert sum(int(row["films"]) for row in expected("pairs-of-co-producing-countries")) == pairs


def test_films_of_former_countries() -> None:
    former = [(row["key"], code) for row in FILMS.values() for code in countries(row) if len(code) == 4]
    found = expected("films-of-former-countries")
    assert sorted(zip(keys("films-of-former-countries"), (row["code"] for row in found), strict=True)) == sorted(former)


def test_languages() -> None:
    counts = Counter(code for row in FILMS.values() for code in split(row["languages"]))
    assert {row["code"]: int(row["films"]) for row in expected("languages-by-frequency")} == counts
    assert sorted(keys("films-in-a-language")) == sorted(key for key, row in FILMS.items() if "nl" in split(row["languages"]))


def test_lengths() -> None:
    assert {row["title"]: int(row["minutes"]) for row in expected("long-films")} == {
        row["original_title"]: minutes(row) for row in FILMS.values() if minutes(row) >= 150
    }
    for row in expected("length-by-decade"):
        films = [each for each in FILMS.values() if each["year"].startswith(row["decade"][:3])]
        known = [minutes(each) for each in films if minutes(each)]
        assert (int(row["films"]), int(row["withLength"])) == (len(films), len(known))
        assert (int(row["shortest"]), int(row["longest"])) == (min(known), max(known))
        assert abs(int(row["mean"]) - sum(known) / len(known)) <= 0.5


def test_films_by_decade() -> None:
    counts = Counter(f"{row['year'][:3]}0s" for row in FILMS.values())
    assert {row["decade"]: int(row["films"]) for row in expected("films-by-decade")} == counts


def test_films_of_a_form() -> None:
    assert sorted(keys("films-of-a-form")) == sorted(key for key, row in FILMS.items() if row["form"] == "short")


def test_genres_by_year_count_every_film() -> None:
    assert sum(int(row["films"]) for row in expected("genres-by-year")) == len(FILMS)
    known = [row for row in expected("genres-by-year") if row["genre"] != "not known"]
    assert known == [{"year": "2023", "genre": "Drama", "films": "1"}]


def test_directors() -> None:
    counts = Counter(name for row in FILMS.values() for name in split(row["directors"]))
    many = {name: count for name, count in counts.items() if count >= 2}
    assert {row["name"]: int(row["films"]) for row in expected("directors-by-number-of-films")} == many
    assert {row["name"]: int(row["films"]) for row in expected("people-with-many-films.two-or-more")} == many
    assert max(counts.values()) < 10
    assert not expected("people-with-many-films")
    several = [(key, name) for key, row in FILMS.items() for name in split(row["directors"]) if len(split(row["directors"])) > 1]
    found = [row["name"] for row in expected("films-with-several-directors")]
    assert sorted(zip(keys("films-with-several-directors"), found, strict=True)) == sorted(several)


def test_the_unknown_are_counted_where_nobody_says_anything() -> None:
    directors = {name for row in FILMS.values() for name in split(row["directors"])}
    assert [tuple(row.values()) for row in expected("films-by-women-directors")] == [
        ("women", "0", "0"),
        ("other than women", "0", "0"),
        ("not known", str(len(directors)), str(len(FILMS))),
    ]
    assert [tuple(row.values()) for row in expected("share-linked-to-wikidata")] == [(str(len(FILMS)), "0", str(len(FILMS)), "0")]


def test_missing_facts() -> None:
    found = {row["fact"]: (int(row["known"]), int(row["missing"])) for row in expected("missing-facts")}
    known = {"identifier": "imdb", "language": "languages", "length": "run_time", "year": "year", "director": "directors"}
    for fact, column in known.items():
        count = sum(bool(row[column]) for row in FILMS.values())
        assert found[fact] == (count, len(FILMS) - count)
    assert all(sum(pair) == len(FILMS) for pair in found.values())


def test_other_titles() -> None:
    english = {row["original_title"]: row["english_title"] for row in FILMS.values() if row["english_title"]}
    assert {row["title"]: row["otherTitle"] for row in expected("titles-in-other-languages")} == english


def test_screenings_of_a_day() -> None:
    day = [row for row in SCREENINGS.values() if start(row).date().isoformat() == "2026-10-17"]
    assert sorted(keys("screenings-of-a-day", "screening")) == sorted(row["key"] for row in day)
    assert sorted(row["time"] for row in expected("screenings-of-a-day")) == sorted(f"{start(row):%H:%M}" for row in day)


def test_what_begins_after_midnight_belongs_to_the_next_day() -> None:
    hall = [row for row in SCREENINGS.values() if row["hall"] == "nocturne-1" and start(row).date().isoformat() == "2026-10-18"]
    found = expected("screenings-of-a-day.after-midnight")
    assert sorted(row["title"] for row in found) == sorted(row["title"] for row in hall)
    assert "00:30" in {row["time"] for row in found}


def test_screenings_by_subtitles() -> None:
    counts = Counter(film for row in SCREENINGS.values() if "fr" in split(row["subtitles"]) for film in split(row["films"]))
    found = [int(row["screenings"]) for row in expected("films-subtitled-in")]
    assert dict(zip(keys("films-subtitled-in"), found, strict=True)) == counts


def test_films_of_the_edition_and_those_left_out() -> None:
    edition = Counter(film for row in TAKING_PLACE if row["edition"] == EDITION for film in split(row["films"]))
    found = [int(row["screenings"]) for row in expected("films-of-an-edition")]
    assert dict(zip(keys("films-of-an-edition"), found, strict=True)) == edition
    counts = Counter(film for row in TAKING_PLACE for film in split(row["films"]))
    assert sorted(keys("films-never-screened")) == sorted(set(FILMS) - set(counts))
    assert sorted(keys("most-screened-films")) == sorted(film for film, count in counts.items() if count >= 2)


@pytest.mark.parametrize(
    ("name", "label", "column"),
    [("programme-by-section", "section", "section"), ("screenings-by-format", "format", "video_format")],
)
def test_screenings_by_section_and_format(name: str, label: str, column: str) -> None:
    films: defaultdict[str, set[str]] = defaultdict(set)
    for row in SCREENINGS.values():
        films[row[column]] |= set(split(row["films"]))
    counts = Counter(row[column] for row in SCREENINGS.values())
    found = {row[label].rpartition("/")[2]: (int(row["screenings"]), int(row["films"])) for row in expected(name)}
    assert found == {each: (counts[each], len(films[each])) for each in counts}


def test_seats_by_hall() -> None:
    for row in expected("seats-by-hall"):
        hall = [each for each in SCREENINGS.values() if each["hall"] == row["hall"].rpartition("/")[2]]
        known = [each for each in hall if each["seats_left"]]
        assert (int(row["screenings"]), int(row["withKnownSeats"])) == (len(hall), len(known))
        seats = sum(int(each["seats"]) for each in known)
        taken = 100 * (seats - sum(int(each["seats_left"]) for each in known)) / seats
        assert abs(int(row["perCentTaken"]) - taken) <= 0.5


def test_changed_screenings() -> None:
    changed = {row["key"]: row["status"].capitalize() for row in SCREENINGS.values() if row["status"] != "scheduled"}
    found = [row["status"] for row in expected("changed-screenings")]
    assert dict(zip(keys("changed-screenings", "screening"), found, strict=True)) == changed


def test_guests_of_screenings() -> None:
    people = [
        (row["key"], role, name)
        for row in SCREENINGS.values()
        for role, column in (("Guest", "guests"), ("Moderator", "moderator"))
        for name in split(row[column])
    ]
    found = [(row["role"], row["name"]) for row in expected("guests-of-screenings")]
    assert sorted((key, *rest) for key, rest in zip(keys("guests-of-screenings", "screening"), found, strict=True)) == sorted(
        people
    )


def test_disagreements_are_those_of_the_press() -> None:
    found = {(row["name"], row["published"], row["overruled"]) for row in expected("facts-on-which-sources-disagree")}
    assert found == {(row["title"], FILMS[row["key"]]["year"], row["year"]) for row in table("press")}
