"""Screenings as they are read from a release."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from filmgraph.iris import Kind
from filmgraph.programme import Screening, ScreeningReader, evening_of, find_zone
from filmgraph.values import EventStatus

AUTUMN = ["opening", "evening", "off", "midnight", "twice", "moved", "open"]


def keys(screenings: tuple[Screening, ...]) -> list[str]:
    return [each.named.key for each in screenings]


def read(reader: ScreeningReader, key: str) -> Screening:
    return reader.read(f"https://films.example/id/screening/{key}")


@pytest.mark.parametrize(
    ("kind", "key", "expected"),
    [
        (Kind.FESTIVAL, "autumn-2026", AUTUMN),
        (Kind.SERIES, "autumn", AUTUMN),
        (Kind.SECTION, "night", ["midnight", "twice"]),
        (Kind.SCREENING, "off", ["off"]),
        (Kind.FILM, "moss", ["evening", "off", "midnight"]),
        (Kind.VENUE, "lumen", ["opening", "evening", "off", "midnight", "twice", "clock"]),
        (Kind.VENUE, "tent", ["moved", "lost"]),
        (Kind.HALL, "lumen-2", ["opening", "twice"]),
        (Kind.PERSON, "ada", ["evening", "off", "midnight"]),
        (Kind.PERSON, "guest", ["evening"]),
        (Kind.FILM, "unknown", []),
        (Kind.GENRE, "drama", []),
    ],
)
def test_a_thing_has_its_screenings_in_the_order_of_time(
    reader: ScreeningReader, kind: Kind, key: str, expected: list[str]
) -> None:
    assert keys(reader.screenings_of(kind, key)) == expected


def test_starts_are_those_of_the_screenings(reader: ScreeningReader) -> None:
    for kind, key in ((Kind.FESTIVAL, "autumn-2026"), (Kind.VENUE, "lumen"), (Kind.VENUE, "tent")):
        rows = reader.screenings_of(kind, key)
        assert [(each.screening_iri, each.start) for each in reader.starts_of(kind, key)] == [
            (s.named.iri, s.start) for s in rows
        ]


def test_a_screening_tells_all_that_a_programme_needs(reader: ScreeningReader) -> None:
    found = read(reader, "evening")
    assert found.start == datetime.fromisoformat("2026-10-24T19:30:00+02:00")
    assert found.hall is not None
    assert found.venue is not None
    assert (found.hall.name, found.venue.named.name, found.venue.town) == ("Hall 1", "Lumen", "9000 Gent")
    assert (found.venue.coordinates, found.time_zone) == ((51.05, 3.72), "Europe/Brussels")
    assert (found.spoken, found.subtitles) == (("fr", "nl"), ("en",))
    assert [each.name for each in found.guests] == ["Guest"]
    assert [(each.named.name, each.year, each.minutes) for each in found.films] == [("Moss", "2023", 82)]
    assert not found.is_off


def test_what_a_screening_says_is_spoken_goes_before_its_films(reader: ScreeningReader) -> None:
    assert read(reader, "moved").spoken == ("en",)


def test_cancelled_is_off_and_rescheduled_is_not(reader: ScreeningReader) -> None:
    assert read(reader, "off").is_off
    moved = read(reader, "moved")
    assert (moved.status, moved.is_off) == (EventStatus.RESCHEDULED, False)


def test_films_together_are_as_long_as_all_of_them_and_unknown_when_one_is(reader: ScreeningReader) -> None:
    assert read(reader, "midnight").minutes == 102
    assert read(reader, "twice").minutes is None
    assert read(reader, "open").minutes is None


def test_a_time_without_offset_is_on_the_clock_of_its_venue_or_not_known(reader: ScreeningReader) -> None:
    clock = read(reader, "clock").start
    assert clock is not None
    assert clock.isoformat() == "2026-10-26T20:00:00+01:00"
    assert read(reader, "lost").start is None


def test_all_that_has_a_start_is_told_in_the_order_of_time(reader: ScreeningReader) -> None:
    found = [each.screening_iri.rpartition("/")[2] for each in reader.all_starts()]
    assert found == ["opening", "evening", "off", "midnight", "twice", "moved", "clock"]


def test_a_zone_that_does_not_exist_is_no_zone(reader: ScreeningReader) -> None:
    assert read(reader, "lost").time_zone == ""
    assert [find_zone(each) for each in ("", "Nowhere/Land", "/etc/passwd", "Europe\x00", "Europe")] == [None] * 5


def test_editions_overlap_when_they_share_a_day(reader: ScreeningReader) -> None:
    autumn, winter, spring = reader.editions()
    assert (autumn.named.key, winter.named.key, spring.named.key) == ("autumn-2026", "winter-2026", "spring-2027")
    assert autumn.overlaps(winter)
    assert winter.overlaps(autumn)
    assert not autumn.overlaps(spring)
    assert (winter.is_fictional, winter.named.language) == (True, "fr")


@pytest.mark.parametrize(
    ("start", "first_day", "expected"),
    [
        ("2026-10-24T19:30:00+02:00", None, date(2026, 10, 24)),
        ("2026-10-25T00:00:00+02:00", None, date(2026, 10, 24)),
        ("2026-10-25T04:59:00+01:00", None, date(2026, 10, 24)),
        ("2026-10-25T05:00:00+01:00", None, date(2026, 10, 25)),
        ("2026-10-24T00:15:00+02:00", date(2026, 10, 23), date(2026, 10, 23)),
        ("2026-10-23T00:15:00+02:00", date(2026, 10, 23), date(2026, 10, 23)),
        ("2026-11-01T01:00:00+01:00", None, date(2026, 10, 31)),
    ],
)
def test_after_midnight_belongs_to_the_evening_before_but_not_to_one_before_the_festival(
    start: str, first_day: date | None, expected: date
) -> None:
    assert evening_of(datetime.fromisoformat(start), first_day) == expected


def test_what_has_no_name_is_called_by_its_key(reader: ScreeningReader) -> None:
    assert reader.name(Kind.FILM, "unknown").name == "unknown"
