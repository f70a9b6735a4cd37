"""Calendars as text, read back by the icalendar library and by a strict reader of our own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filmgraph.ical import Calendar, Entry, EntryStatus, to_ical
from tests.calendars.rfc5545 import Component, Property, moment_of, read_calendar

BRUSSELS = ZoneInfo("Europe/Brussels")
START = datetime(2026, 10, 24, 17, 30, tzinfo=UTC)
MODIFIED = datetime(2026, 10, 1, 12, 0, 5, tzinfo=UTC)
#: What a graph may hold: any text but lone surrogates.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)


def entry(**values: object) -> Entry:
    given = {
        "uid": "https://films.example/id/screening/1",
        "summary": "Here",
        "start": START,
        "modified": MODIFIED,
        "zone": BRUSSELS,
    }
    return Entry(**{**given, **values})  # type: ignore[arg-type]


def calendar(*entries: Entry, name: str = "Autumn") -> bytes:
    return to_ical(
        Calendar(
            uid="https://films.example/festival/autumn.ics",
            name=name,
            product="-//Films//EN",
            url="https://films.example/festival/autumn",
            source_url="https://films.example/festival/autumn.ics",
            description="Screenings",
            entries=entries,
        )
    )


def only_event(data: bytes) -> Component:
    (event,) = read_calendar(data).all("VEVENT")
    return event


def library_event(data: bytes) -> icalendar.Event:
    (event,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert isinstance(event, icalendar.Event)
    assert not event.errors
    return event


def in_utc(moment: date) -> datetime:
    assert isinstance(moment, datetime)
    return moment.astimezone(UTC)


def as_kept(text: str) -> str:
    """What is left of a text: every kind of line end is one, and other control characters are spaces."""
    text = re.sub("\r\n|[\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]", "\n", text)
    return re.sub("[\x00-\x08\x0e-\x1f\x7f]", " ", text)


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_any_title_survives_the_round_trip(title: str) -> None:
    data = calendar(entry(summary=title, location=title, description=title), name=title)
    event = only_event(data)
    assert [event[name].text for name in ("SUMMARY", "LOCATION", "DESCRIPTION")] == [as_kept(title)] * 3
    found = library_event(data)
    assert [str(found[name]) for name in ("SUMMARY", "LOCATION", "DESCRIPTION")] == [as_kept(title)] * 3
    assert read_calendar(data)["X-WR-CALNAME"].text == as_kept(title)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30), min_size=1, max_size=4))
def test_categories_survive_commas(names: list[str]) -> None:
    data = calendar(entry(categories=tuple(names)))
    values = re.split(r"(?<!\\)(?:\\\\)*,", only_event(data)["CATEGORIES"].value)
    assert len(values) == len(names) or any("\\" in each for each in names)
    assert [str(each) for each in library_event(data).categories] == names


@settings(deadline=None, max_examples=60)
@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)),
    st.sampled_from(["Europe/Brussels", "Asia/Kolkata", "Australia/Lord_Howe"]),
)
def test_any_moment_survives_in_any_zone(naive: datetime, name: str) -> None:
    start = naive.replace(microsecond=0, tzinfo=UTC)
    data = calendar(entry(start=start, end=start + timedelta(minutes=95), zone=ZoneInfo(name)))
    read = read_calendar(data)
    event = read.all("VEVENT")[0]
    assert moment_of(read, event, "DTSTART") == start
    assert moment_of(read, event, "DTEND") == start + timedelta(minutes=95)
    found = library_event(data)
    assert in_utc(found.start) == start


NIGHT = [
    ("2026-10-25T00:30:00+02:00", "2026-10-25T02:25:00+02:00", ";TZID=Europe/Brussels:20261025T003000"),
    ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", ":20261025T003000Z"),
    ("2026-10-25T02:30:00+01:00", "2026-10-25T04:00:00+01:00", ":20261025T013000Z"),
    ("2026-10-25T03:00:00+01:00", "2026-10-25T04:30:00+01:00", ";TZID=Europe/Brussels:20261025T030000"),
    ("2026-03-29T01:59:00+01:00", "2026-03-29T03:30:00+02:00", ";TZID=Europe/Brussels:20260329T015900"),
]


@pytest.mark.parametrize(("start", "end", "line"), NIGHT)
def test_the_night_when_the_clock_changes_is_told_right(start: str, end: str, line: str) -> None:
    moments = [datetime.fromisoformat(each) for each in (start, end)]
    data = calendar(entry(start=moments[0], end=moments[1]))
    assert f"DTSTART{line}\r\n".encode() in data
    read = read_calendar(data)
    event = read.all("VEVENT")[0]
    assert [moment_of(read, event, name) for name in ("DTSTART", "DTEND")] == moments
    found = library_event(data)
    # Python holds times of different zones that come twice to be unequal, even when they are the same moment.
    assert [in_utc(each) for each in (found.start, found.end)] == moments


@pytest.mark.parametrize(
    ("name", "year", "changes"),
    [
        ("Europe/Brussels", 2026, 2), ("America/Sao_Paulo", 2018, 2), ("Asia/Kolkata", 2026, 0), ("Australia/Lord_Howe", 2026, 2),
        ("Africa/Casablanca", 2026, 2), ("Europe/Dublin", 2026, 2), ("Pacific/Apia", 2011, 3),
    ],
)  # fmt: skip
def test_a_zone_holds_what_its_clocks_do_in_the_year(name: str, year: int, changes: int) -> None:
    zone = ZoneInfo(name)
    read = read_calendar(calendar(entry(start=datetime(year, 7, 1, 12, tzinfo=UTC), zone=zone)))
    (described,) = read.all("VTIMEZONE")
    assert len(described.components) == changes + 1
    for moment in moments_of_a_year(zone, year):
        local = moment.astimezone(zone)
        if not local.fold and local.year == year:
            event = Component("VEVENT", [Property("DTSTART", {"TZID": name}, local.strftime("%Y%m%dT%H%M%S"))])
            assert moment_of(read, event, "DTSTART") == moment, local


def moments_of_a_year(zone: ZoneInfo, year: int) -> Iterator[datetime]:
    """Yield a moment of each day, and each quarter of an hour of the days on which the clock changes."""
    for day in (datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(365)):
        offsets = [(day + timedelta(days=n)).astimezone(zone).utcoffset() for n in (0, 1)]
        for quarter in range(96) if offsets[0] != offsets[1] else (50,):
            yield day + timedelta(minutes=15 * quarter)


def test_a_place_without_a_zone_has_its_times_in_utc() -> None:
    data = calendar(entry(zone=None, end=START + timedelta(hours=2)))
    assert b"DTSTART:20261024T173000Z\r\nDTEND:20261024T193000Z\r\n" in data
    assert not read_calendar(data).all("VTIMEZONE")


def test_a_length_stands_where_the_end_is_not_known() -> None:
    assert only_event(calendar(entry(duration=timedelta(minutes=102))))["DURATION"].value == "PT102M"
    assert library_event(calendar(entry(duration=timedelta(minutes=102)))).end == START + timedelta(minutes=102)


def test_cancelled_stays_as_cancelled_and_takes_no_time() -> None:
    event = only_event(calendar(entry(status=EntryStatus.CANCELLED)))
    assert (event["STATUS"].value, event["TRANSP"].value) == ("CANCELLED", "TRANSPARENT")


def test_stamp_and_last_change_are_the_same_where_there_is_no_method() -> None:
    data = calendar(entry(sequence=3))
    event = only_event(data)
    assert (event["DTSTAMP"].value, event["LAST-MODIFIED"].value, event["SEQUENCE"].value) == ("20261001T120005Z",) * 2 + ("3",)
    assert b"METHOD" not in data


def test_coordinates_address_and_page_are_told() -> None:
    event = only_event(
        calendar(entry(coordinates=(51.05, -3.72), location="Hall 1, Lumen", url="https://films.example/screening/1"))
    )
    assert event["GEO"].value == "51.050000;-3.720000"
    assert event["LOCATION"].value == r"Hall 1\, Lumen"
    assert event["URL"].value == "https://films.example/screening/1"


def test_a_calendar_without_events_is_one_all_the_same() -> None:
    read = read_calendar(calendar())
    assert [zone["TZID"].value for zone in read.all("VTIMEZONE")] == ["Etc/UTC"]
    assert read.get("LAST-MODIFIED") is None


def test_lines_are_folded_at_75_bytes_and_never_within_a_character() -> None:
    data = calendar(entry(summary="é日🎬" * 40))
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert sum(each.startswith(b" ") for each in lines) >= 4


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        (lambda data: data.replace(b"\r\n", b"\n"), "not ended"),
        (lambda data: data.replace(b"SUMMARY:Here", b"SUMMARY:" + b"x" * 80), "bytes"),
        (lambda data: data.replace(b"SUMMARY:Here", b"SUMMARY:a;b"), "not escaped"),
        (lambda data: data.replace(b"SUMMARY:Here", b"SUMMARY:a\x07b"), "control"),
        (lambda data: data.replace(b"SUMMARY:Here", b"SUMMARI:Here"), "SUMMARI"),
        (lambda data: data.replace(b"SUMMARY:Here", b"SUMMARY:Here\r\nSUMMARY:There"), "repeats"),
        (lambda data: data.replace(b"UID:https://films.example/id/screening/1\r\n", b""), "lacks"),
        (lambda data: data.replace(b"END:VEVENT\r\n", b""), "ended by"),
        (lambda data: re.sub(b"BEGIN:STANDARD.*END:STANDARD\r\n", b"", data, flags=re.DOTALL), "observances"),
    ],
)  # fmt: skip
def test_the_strict_reader_refuses_what_is_wrong(broken: Callable[[bytes], bytes], complaint: str) -> None:
    data = broken(calendar(entry()))
    with pytest.raises((AssertionError, KeyError), match=complaint):
        read_calendar(data)
