"""Calendars as festivals export them: what exactly comes of each, with its line, and what is said of the rest."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from filmgraph.errors import SettingsError, UnreadableInputError
from filmgraph.findings import SourcePlace
from filmgraph.model import Ref, ScreeningEvent, iter_facts
from filmgraph.sources.base import Reading
from filmgraph.values import EventStatus, Fact, Link, Text, Value
from tests.sources.calendar.conftest import ReadCalendar

PROFILE = r"""
time_zone = "Europe/Brussels"
first_day = 2026-10-16
last_day = 2026-10-25

[time_zones]
"Festival Time" = "Europe/Lisbon"

[[events]]
is = "other"
categories = ["Party", "Workshop"]
[[events]]
is = "screening"
summary = '\([0-9]{4}\)'

[columns.SUMMARY]
parts = ["film", "talk"]
[parts.film]
pattern = '(?:Film: )?(?P<title>[^(+]+\([0-9]{4}\))'
[parts.title]
property = "work_presented"
to = "film"
by = "name"
[parts.talk]
texts = ["Q&A"]
ignore = true

[columns.LOCATION]
parts = ["place", "house"]
[parts.place]
pattern = '(?P<hall>Hall [0-9]+), (?P<venue>[^,]+)'
[parts.hall]
property = "location"
to = "hall"
by = "name"
within = "venue"
[parts.venue]
container = true
to = "venue"
by = "name"
[parts.house]
pattern = '^(?P<cinema>[^,]+)$'
[parts.cinema]
property = "location"
to = "venue"
by = "name"

[columns.DESCRIPTION]
parts = ["subtitles", "with"]
[parts.subtitles]
pattern = 'OV with (?P<language>[A-Za-z]+) subtitles\.?'
[parts.language]
property = "subtitle_language"
[parts.with]
pattern = 'Guest: (?P<guest>[^\n]+)'
[parts.guest]
role = "guest"
to = "person"
by = "name"

[columns.CATEGORIES]
ignore = true
"""


def event(*lines: str, uid: str = "1@x", start: str = "DTSTART;TZID=Europe/Brussels:20261017T193000") -> str:
    """Return a VEVENT whose UID stands in its second line."""
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", *([start] if start else []), *lines, "END:VEVENT"])


def calendar(*events: str, head: str = "") -> str:
    """Return a calendar of which the first event begins in line 3, or 4 with a head."""
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *([head] if head else []), *events, "END:VCALENDAR", ""])


def say(value: Value) -> str:
    match value:
        case Ref(kind, name, year, within):
            return f"{kind.segment} {name}" + (f" {year}" if year else "") + (f" in {within.name}" if within else "")
        case Text(text) | Link(text):
            return text
        case EventStatus():
            return value.name.lower()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def tell(iri: str, fact: Fact[Value]) -> str:
    return f"{fact.place.line} {fact.place.column or '-'}: {iri.rpartition('/')[2].rpartition('#')[2]} {say(fact.value)}"


def facts_of(reading: Reading) -> list[str]:
    return [tell(iri, fact) for record in reading.records for iri, fact in iter_facts(record)]


def starts_of(reading: Reading) -> list[str]:
    return [fact.value.isoformat() for each in screenings(reading) for fact in each.start_date]


def screenings(reading: Reading) -> list[ScreeningEvent]:
    return [each for each in reading.records if isinstance(each, ScreeningEvent)]


def remarks_of(reading: Reading) -> list[str]:
    return [f"{each.rule} {each.severity.value} {each.places[0].line}" for each in reading.findings]


def test_screening_with_folds_and_escapes_is_read_with_a_line_for_each_property(read: ReadCalendar) -> None:
    reading = read(
        calendar(
            event(
                "DTEND;TZID=Europe/Brussels:20261017T211500",
                "SUMMARY:Film: Les\\, l’été\\; nuit (20",
                " 24) + Q&A",
                "LOCATION:Hall 2\\, Lantern",
                "DESCRIPTION:OV with Dutch subtitles.\\nGuest: Ann Aert",
                "STATUS:CONFIRMED",
                "URL;VALUE=URI:https://fest.example/1",
            )
        ),
        PROFILE,
    )
    assert facts_of(reading) == [
        "7 SUMMARY: name Les, l’été; nuit",
        "12 URL: url https://fest.example/1",
        "7 SUMMARY: workPresented film Les, l’été; nuit 2024",
        "9 LOCATION: location hall Hall 2 in Lantern",
        "5 DTSTART: startDate 2026-10-17T19:30:00+02:00",
        "6 DTEND: endDate 2026-10-17T21:15:00+02:00",
        "11 STATUS: eventStatus scheduled",
        "10 DESCRIPTION: subtitleLanguage nl",
        "10 DESCRIPTION: credit Credit(role='guest', agent=Ref(kind=<Kind.PERSON: ('person', 'http://schema.org/Person')>, "
        "name='Ann Aert', year=None, within=None, key=None), billing=1, character_name=None, credited_as=None)",
        "9 LOCATION: name Hall 2",
        "9 LOCATION: containedInPlace venue Lantern",
    ]
    assert (reading.findings, reading.unread) == ((), ())
    assert str(reading.records[0].place) == "c.ics, line 3"


def test_fold_within_a_character_is_undone(read: ReadCalendar) -> None:
    data = calendar(event("SUMMARY:Été (2024)")).encode().replace("É".encode(), b"\xc3\r\n \x89", 1)
    assert facts_of(read(data, PROFILE))[0] == "6 SUMMARY: name Été"


TIMES = {
    "IANA name": ("DTSTART;TZID=America/New_York:20261017T193000", "2026-10-17T19:30:00-04:00"),
    "Windows name": ("DTSTART;TZID=Romance Standard Time:20261017T193000", "2026-10-17T19:30:00+02:00"),
    "Olson name behind a prefix": (
        "DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Lisbon:20261017T193000",
        "2026-10-17T19:30:00+01:00",
    ),
    "name that the profile explains": ("DTSTART;TZID=Festival Time:20261017T193000", "2026-10-17T19:30:00+01:00"),
    "UTC, told on the festival's clock": ("DTSTART:20261017T173000Z", "2026-10-17T19:30:00+02:00"),
    "floating, of the profile's zone": ("DTSTART:20261017T193000", "2026-10-17T19:30:00+02:00"),
    "comes twice: the first": ("DTSTART;TZID=Europe/Brussels:20261025T023000", "2026-10-25T02:30:00+02:00"),
    "skipped: by the offset before": ("DTSTART;TZID=Europe/Brussels:20260329T023000", "2026-03-29T02:30:00+01:00"),
    "winter": ("DTSTART;TZID=Europe/Brussels:20261026T193000", "2026-10-26T19:30:00+01:00"),
}


@pytest.mark.parametrize("name", TIMES)
def test_time_gets_the_offset_of_its_zone(name: str, read: ReadCalendar) -> None:
    start, expected = TIMES[name]
    assert starts_of(read(calendar(event("SUMMARY:Here (2023)", start=start)), PROFILE)) == [expected]


def test_zone_that_the_file_defines_is_used(read: ReadCalendar) -> None:
    offsets = ("DTSTART:19700101T000000", "TZOFFSETFROM:+0530", "TZOFFSETTO:+0530", "TZNAME:X")
    zone = "\r\n".join(("BEGIN:VTIMEZONE", "TZID:Ours", "BEGIN:STANDARD", *offsets, "END:STANDARD", "END:VTIMEZONE"))
    reading = read(calendar(zone, event("SUMMARY:Here (2023)", start="DTSTART;TZID=Ours:20261017T193000")), PROFILE)
    assert starts_of(reading) == ["2026-10-17T19:30:00+05:30"]


def test_zone_with_a_comma_and_a_colon_in_its_name_is_found(read: ReadCalendar) -> None:
    offsets = ("DTSTART:19700101T000000", "TZOFFSETFROM:+0530", "TZOFFSETTO:+0530", "TZNAME:X")
    name = "(UTC+01:00) Brussels\\, Paris"
    zone = "\r\n".join(("BEGIN:VTIMEZONE", f"TZID:{name}", "BEGIN:STANDARD", *offsets, "END:STANDARD", "END:VTIMEZONE"))
    start = 'DTSTART;TZID="(UTC+01:00) Brussels, Paris":20261017T193000'
    assert starts_of(read(calendar(zone, event("SUMMARY:Here (2023)", start=start)), PROFILE)) == ["2026-10-17T19:30:00+05:30"]
    located = zone.replace("BEGIN:STANDARD", "X-LIC-LOCATION:Europe/Brussels\r\nBEGIN:STANDARD")
    assert starts_of(read(calendar(located, event("SUMMARY:Here (2023)", start=start)), PROFILE)) == ["2026-10-17T19:30:00+02:00"]


def test_change_of_all_repeats_that_follow_is_a_fault_and_hides_nothing(read: ReadCalendar) -> None:
    series = event("RRULE:FREQ=DAILY;COUNT=3", "SUMMARY:Here (2023)")
    following = event("SEQUENCE:2", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261018T173000Z", "SUMMARY:Here (2023)",
                      start="DTSTART;TZID=Europe/Brussels:20261018T220000")  # fmt: skip
    reading = read(calendar(series, following), PROFILE)
    assert remarks_of(reading) == ["calendar-line Violation 13"]
    assert [each[8:16] for each in starts_of(reading)] == ["17T19:30", "19T19:30", "18T22:00"]


def test_zone_that_nobody_knows_is_asked_about(read: ReadCalendar) -> None:
    reading = read(calendar(event("SUMMARY:Here (2023)", start="DTSTART;TZID=Nowhere:20261017T193000")), PROFILE)
    assert remarks_of(reading) == ["calendar-zone Violation 5"]
    assert "'Nowhere' is no time zone" in reading.findings[0].message
    assert "(UID 1@x)" in reading.findings[0].message
    assert starts_of(reading) == []


def test_floating_time_can_have_the_zone_of_its_venue(read: ReadCalendar) -> None:
    profile = 'time_zone_from = "LOCATION: venue"\n' + PROFILE.replace('"Festival Time"', '"Lisboa" = "Europe/Lisbon"\n"X"')
    lines = ("SUMMARY:Here (2023)", "LOCATION:Hall 1\\, Lisboa")
    assert starts_of(read(calendar(event(*lines, start="DTSTART:20261017T193000")), profile)) == ["2026-10-17T19:30:00+01:00"]


REPEATS = {
    "to the last day of the edition": (
        ["RRULE:FREQ=DAILY;INTERVAL=4"],
        ["17T19:30:00+02:00", "21T19:30:00+02:00", "25T19:30:00+01:00"],
        ["calendar-cut Warning 6"],
    ),
    "COUNT": (["RRULE:FREQ=WEEKLY;COUNT=2"], ["17T19:30:00+02:00", "24T19:30:00+02:00"], []),
    "UNTIL in UTC": (["RRULE:FREQ=DAILY;UNTIL=20261018T173000Z"], ["17T19:30:00+02:00", "18T19:30:00+02:00"], []),
    "UNTIL a day": (["RRULE:FREQ=DAILY;UNTIL=20261018"], ["17T19:30:00+02:00", "18T19:30:00+02:00"], []),
    "beyond the edition, because it says so": (
        ["RRULE:FREQ=WEEKLY;BYDAY=SA;COUNT=3"],
        ["17T19:30:00+02:00", "24T19:30:00+02:00", "31T19:30:00+01:00"],
        [],
    ),
    "more dates, one of them in another zone": (
        ["RDATE;TZID=Europe/Brussels:20261019T203000,20261020T203000", "RDATE:20261021T100000Z"],
        ["17T19:30:00+02:00", "19T20:30:00+02:00", "20T20:30:00+02:00", "21T12:00:00+02:00"],
        [],
    ),
    "without some": (
        ["RRULE:FREQ=DAILY;COUNT=4", "EXDATE:20261018T173000Z", "EXDATE;VALUE=DATE:20261019"],
        ["17T19:30:00+02:00", "20T19:30:00+02:00"],
        [],
    ),
    "without one that is none": (
        ["RRULE:FREQ=DAILY;COUNT=1", "EXDATE;TZID=Europe/Brussels:20261018T193000"],
        ["17T19:30:00+02:00"],
        ["calendar-rule Warning 7"],
    ),
    "by the minute": (["RRULE:FREQ=MINUTELY;COUNT=3"], ["17T19:30:00+02:00"], ["calendar-rule Violation 6"]),
    "a rule that is none": (["RRULE:FREQ=SOMETIMES"], ["17T19:30:00+02:00"], ["calendar-rule Violation 6"]),
}  # fmt: skip


@pytest.mark.parametrize("name", REPEATS)
def test_repeats_are_worked_out_on_the_clock_of_the_place(name: str, read: ReadCalendar) -> None:
    lines, starts, remarks = REPEATS[name]
    reading = read(calendar(event(*lines, "SUMMARY:Here (2023)")), PROFILE)
    assert starts_of(reading) == [f"2026-10-{each}" for each in starts]
    assert remarks_of(reading) == remarks


def test_rule_without_an_end_and_without_an_edition_stops_at_the_limit(read: ReadCalendar) -> None:
    profile = "most_repeats = 5\n" + PROFILE.replace("first_day = 2026-10-16\nlast_day = 2026-10-25\n", "")
    reading = read(calendar(event("RRULE:FREQ=DAILY", "SUMMARY:Here (2023)")), profile)
    assert len(reading.records) == 5
    assert "repeats more than 5 times" in reading.findings[0].message


def test_one_repeat_can_be_moved_or_cancelled(read: ReadCalendar) -> None:
    series = event("RRULE:FREQ=DAILY;COUNT=3", "SUMMARY:Here (2023)")
    moved = event("RECURRENCE-ID:20261018T173000Z", "SUMMARY:Here (2023)", start="DTSTART;TZID=Europe/Brussels:20261018T220000")
    off = event("RECURRENCE-ID;TZID=Europe/Brussels:20261019T193000", "SUMMARY:Here (2023)", "STATUS:CANCELLED",
                start="DTSTART;TZID=Europe/Brussels:20261019T193000")  # fmt: skip
    before, after = read(calendar(series), PROFILE), read(calendar(series, moved, off), PROFILE)
    assert {each.ref for each in before.records} == {each.ref for each in after.records}
    told = facts_of(after)
    assert [each for each in told if "startDate" in each] == [
        "5 DTSTART: startDate 2026-10-17T19:30:00+02:00",
        "11 DTSTART: startDate 2026-10-18T22:00:00+02:00",
        "17 DTSTART: startDate 2026-10-19T19:30:00+02:00",
    ]
    assert [each for each in told if "eventStatus" in each] == ["20 STATUS: eventStatus cancelled"]


def test_moved_screening_is_the_same_thing_with_another_time(read: ReadCalendar) -> None:
    first = read(calendar(event("SUMMARY:Here (2023)", "LOCATION:Hall 1\\, Lantern")), PROFILE)
    second = read(calendar(event("SUMMARY:Here (2023)", "LOCATION:Hall 3\\, Lantern", start="DTSTART:20261018T173000Z")), PROFILE)
    assert [each.ref for each in screenings(first)] == [each.ref for each in screenings(second)]
    assert starts_of(first) != starts_of(second)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("SEQUENCE:1\r\nLAST-MODIFIED:20261002T000000Z", "SEQUENCE:2\r\nLAST-MODIFIED:20261001T000000Z"),
        ("LAST-MODIFIED:20261001T000000Z", "LAST-MODIFIED:20261002T000000Z"),
        ("DTSTAMP:20261001T000000Z", "DTSTAMP:20261001T000000Z"),
    ],
)
def test_of_two_with_one_uid_the_later_wins_and_it_is_said(old: str, new: str, read: ReadCalendar) -> None:
    older = event(old, "SUMMARY:There (2023)")
    newer = event(new, "SUMMARY:Here (2023)")
    for events in ((older, newer), (newer, older))[: 1 if old == new else 2]:
        reading = read(calendar(*events), PROFILE)
        assert [each.name[0].value.value for each in reading.records] == ["Here"]
        (finding,) = reading.findings
        assert (finding.rule, "was changed later" in finding.message) == ("calendar-newer", True)


def test_events_that_are_no_screenings_are_told_apart(read: ReadCalendar) -> None:
    reading = read(
        calendar(
            event("SUMMARY:Opening (2026)", "CATEGORIES:Drinks,party", uid="p@x", start="DTSTART;VALUE=DATE:20261016"),
            event("SUMMARY:Who knows", uid="q@x"),
            event("SUMMARY:Here (2023)", uid="d@x", start="DTSTART;VALUE=DATE:20261016"),
            "BEGIN:VTODO\r\nUID:t@x\r\nEND:VTODO",
        ),
        PROFILE,
    )
    assert reading.records == ()
    assert remarks_of(reading) == ["calendar-component Info 19", "calendar-kind Warning 9", "calendar-day Violation 14"]
    assert [(each.text, each.is_understood) for each in reading.unread] == [
        ("VTODO", True),
        ("Opening (2026)", True),
        ("Who knows", False),
        ("Here (2023)", False),
    ]


def test_what_is_not_understood_is_reported_with_uid_and_line(read: ReadCalendar) -> None:
    reading = read(
        calendar(
            event(
                "SUMMARY:Here (2023) with sauce",
                "no property at all",
                "DTEND:tomorrow",
                "X-COLOUR:green",
                "GEO:51;4",
                "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
                "DESCRIPTION:OV with Klingon subtitles",
            )
        ),
        PROFILE,
    )
    assert remarks_of(reading) == [
        "calendar-line Violation 7",
        "calendar-line Violation 8",
        "read-column Warning 9",
        "read-part Violation 6",
        "read-language Violation 12",
    ]
    assert all("(UID 1@x)" in each.message for each in reading.findings if each.rule != "read-column")
    assert [(each.place.line, each.text, each.is_understood) for each in reading.unread] == [
        (7, "no property at all", False),
        (8, "DTEND:tomorrow", False),
        (10, "51;4", True),
        (9, "green", False),
        (6, "with sauce", False),
        (12, "Klingon", False),
    ]
    assert len(reading.records) == 1


def test_event_without_uid_is_reported_and_not_read(read: ReadCalendar) -> None:
    reading = read(calendar(event("SUMMARY:Here (2023)", uid="")), PROFILE)
    assert (reading.records, remarks_of(reading)) == ((), ["calendar-uid Violation 3"])


def test_calendar_that_cancels_cancels_its_events(read: ReadCalendar) -> None:
    reading = read(calendar(event("SUMMARY:Here (2023)", "STATUS:CONFIRMED"), head="METHOD:CANCEL"), PROFILE)
    assert [each for each in facts_of(reading) if "eventStatus" in each] == ["8 STATUS: eventStatus cancelled"]


def test_length_is_of_hours_that_pass(read: ReadCalendar) -> None:
    late = event("DURATION:PT3H", "SUMMARY:Here (2023)", start="DTSTART;TZID=Europe/Brussels:20261025T010000")
    assert "6 DURATION: endDate 2026-10-25T03:00:00+01:00" in facts_of(read(calendar(late), PROFILE))


@dataclass(frozen=True)
class Refused:
    data: bytes
    message: str


DEEP = b"BEGIN:VCALENDAR\n" + b"BEGIN:X\n" * 50
REFUSED = {
    "no calendar": Refused(b"<html>\n", "line 1: '<html>' stands outside of a calendar"),
    "empty": Refused(b"", "there is no BEGIN:VCALENDAR"),
    "cut short": Refused(calendar(event("SUMMARY:Here (2023)")).encode()[:-30], "line 3: BEGIN:VEVENT is never ended"),
    "crossed": Refused(b"BEGIN:VCALENDAR\nEND:VEVENT\n", "line 2: 'END:VEVENT' ends what was not begun"),
    "deep": Refused(DEEP, "line 9: components lie more than 8 deep"),
    "not UTF-8": Refused(calendar(event("SUMMARY:Été (2024)")).encode("cp1252"), 'line 6: byte 0xC9 is not UTF-8'),
    "version 1": Refused(calendar().replace("VERSION:2.0", "VERSION:1.0").encode(), "line 2: it is a vCalendar 1.0"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_file_that_is_no_sound_calendar_is_refused(name: str, read: ReadCalendar) -> None:
    with pytest.raises(UnreadableInputError) as caught:
        read(REFUSED[name].data, PROFILE)
    assert REFUSED[name].message in str(caught.value)


def test_other_encoding_is_read_where_the_profile_names_it(read: ReadCalendar) -> None:
    reading = read(calendar(event("SUMMARY:Été (2024)")).encode("cp1252"), 'encoding = "cp1252"\n' + PROFILE)
    assert facts_of(reading)[0] == "6 SUMMARY: name Été"


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        (PROFILE.replace('time_zone = "Europe/Brussels"', ""), "time_zone is missing"),
        ('time_zone = "Europe/Brussels"', "say which events are screenings"),
        (PROFILE.replace('is = "other"', 'is = "party"'), "[[events]] 1: is = 'party' should be one of 'screening', 'other'"),
        (PROFILE.replace(r"'\([0-9]{4}\)'", "'('"), "[[events]] 2: summary = '(' should be a regular expression"),
        ("most_repeats = 0\n" + PROFILE, "most_repeats = 0 should be a number from 1 to 10000"),
        ("sheet = 'x'\n" + PROFILE, "unknown setting 'sheet'"),
        ("time_zone = ", "c.toml is not valid TOML"),
    ],
)
def test_profile_that_makes_no_sense_is_refused(profile: str, message: str, read: ReadCalendar) -> None:
    with pytest.raises((SettingsError, UnreadableInputError)) as caught:
        read(calendar(), profile)
    assert message in str(caught.value)


def test_places_read_as_an_editor_would_say_them() -> None:
    assert str(SourcePlace("c.ics", 6, column="SUMMARY")) == "c.ics, line 6, column SUMMARY"
