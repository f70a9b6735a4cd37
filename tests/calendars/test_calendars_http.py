"""Calendars at their addresses: what they hold, how they are sent, and how they change from release to release."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import icalendar
import pytest
from flask.testing import FlaskClient

from filmgraph.release import publish
from filmgraph.settings import load_settings
from filmgraph.stores.embedded import EmbeddedStore
from filmgraph.vocabulary import Vocabulary
from filmgraph.web import create_app
from tests.calendars.rfc5545 import Component, moment_of, read_calendar
from tests.conftest import Assembler, copy_demo

EDITION = "demo-film-festival-2026"
BASE = "https://filmgraph.example"
ALL = {f"{BASE}/id/screening/demo-2026-{n:03}" for n in range(1, 81)}
NEXT = {f"{BASE}/id/screening/demo-2027-{n:03}" for n in range(1, 16)}


def calendar_of(client: FlaskClient, path: str) -> Component:
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8"), path
    library = icalendar.Calendar.from_ical(answer.data)
    read = read_calendar(answer.data)
    assert [str(each["UID"]) for each in library.walk("VEVENT")] == [each["UID"].text for each in read.all("VEVENT")]
    return read


def uids(calendar: Component) -> list[str]:
    return [each["UID"].value.rpartition("-")[2] for each in calendar.all("VEVENT")]


def event_of(calendar: Component, key: str) -> Component:
    return next(each for each in calendar.all("VEVENT") if each["UID"].value == f"{BASE}/id/screening/{key}")


CALENDARS = [
    ("/screening/demo-2026-011.ics", "Here", ["011"]),
    ("/film/here-2023.ics", "Here: screenings", ["011", "064", "073", "001", "008"]),
    ("/venue/nocturne.ics", "Studio Nocturne (fictional): screenings", None),
    ("/hall/nocturne-1.ics", "Hall 1: screenings", None),
    ("/section/demo-2026-gala.ics", "Gala: screenings", ["001", "017", "030", "034", "059", "068", "077"]),
    (f"/programme/{EDITION}/2026-10-24.ics", "Demo Film Festival 2026, Saturday 24 October 2026", None),
    ("/person/bas-devos.ics", "Bas Devos: screenings", None),
    (
        f"/programme/{EDITION}.ics?section=demo-2026-gala",
        "Demo Film Festival 2026, Gala",
        ["001", "017", "030", "034", "059", "068", "077"],
    ),
    (
        f"/programme/{EDITION}/2026-10-17.ics?venue=nocturne&language=fr",
        "Demo Film Festival 2026, Saturday 17 October 2026, Studio Nocturne (fictional), French",
        None,
    ),
    ("/film/pillar-2006.ics", "Pillar: screenings", None),
]


@pytest.mark.parametrize(("path", "name", "expected"), CALENDARS)
def test_a_thing_and_a_selection_have_a_calendar(
    demo_client: FlaskClient, path: str, name: str, expected: list[str] | None
) -> None:
    calendar = calendar_of(demo_client, path)
    assert calendar["X-WR-CALNAME"].text == calendar["NAME"].text == name
    assert calendar["SOURCE"].value == BASE + path
    if expected is not None:
        assert uids(calendar) == expected
    assert calendar.all("VEVENT")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"/festival/{EDITION}.ics", ALL),
        (f"/programme/{EDITION}.ics", ALL),
        ("/programme/demo-film-festival-2027.ics", NEXT),
        ("/series/demo-film-festival.ics", ALL | NEXT),
    ],
)
def test_an_edition_has_all_its_screenings(demo_client: FlaskClient, path: str, expected: set[str]) -> None:
    assert {each["UID"].value for each in calendar_of(demo_client, path).all("VEVENT")} == expected


def test_days_together_are_the_edition(demo_client: FlaskClient) -> None:
    found = [uid for day in range(16, 26) for uid in uids(calendar_of(demo_client, f"/programme/{EDITION}/2026-10-{day}.ics"))]
    assert len(found) == len(set(found)) == 80
    assert uids(calendar_of(demo_client, f"/programme/{EDITION}/2026-10-24.ics"))[-1] == "072"


def test_times_are_those_of_the_graph_over_the_end_of_summer_time(demo_client: FlaskClient) -> None:
    calendar = calendar_of(demo_client, f"/festival/{EDITION}.ics")
    for key, start, end in (
        ("demo-2026-071", "2026-10-24T22:30:00+02:00", "2026-10-25T00:25:00+02:00"),
        ("demo-2026-072", "2026-10-25T01:00:00+02:00", "2026-10-25T02:25:00+02:00"),
        ("demo-2026-073", "2026-10-25T13:00:00+01:00", "2026-10-25T14:35:00+01:00"),
    ):
        event = event_of(calendar, key)
        assert [moment_of(calendar, event, each) for each in ("DTSTART", "DTEND")] == list(
            map(datetime.fromisoformat, (start, end))
        )
        assert event["DTSTART"].parameters == {"TZID": "Europe/Brussels"}


def test_an_event_tells_where_what_and_whose_it_is(demo_client: FlaskClient) -> None:
    event = event_of(calendar_of(demo_client, "/screening/demo-2026-001.ics"), "demo-2026-001")
    assert event["LOCATION"].text == "Hall 1, The Tram Depot (fictional), Invented Quay 22, 0000 Demotown, Belgium"
    assert event["URL"].value == f"{BASE}/screening/demo-2026-001"
    assert event["CATEGORIES"].value == "Demo Film Festival 2026,Gala"
    text = event["DESCRIPTION"].text
    for each in ("(2019), by Bong Joon Ho, 132 min", "Subtitles: Dutch, English", "With Perpetua Placeholder", "Fictional:"):
        assert each in text
    assert event["GEO"].value == "51.506300;2.895700"


def test_cancelled_and_moved_screenings_stay_and_say_so(demo_client: FlaskClient) -> None:
    calendar = calendar_of(demo_client, f"/festival/{EDITION}.ics")
    cancelled, moved = event_of(calendar, "demo-2026-012"), event_of(calendar, "demo-2026-044")
    assert (cancelled["STATUS"].value, cancelled["SUMMARY"].text) == ("CANCELLED", "Cancelled: Lotte in Weimar")
    assert (moved["STATUS"].value, moved["SUMMARY"].text) == ("CONFIRMED", "Fitzcarraldo")
    assert "First planned for Tue 20 Oct 2026, 20:00." in moved["DESCRIPTION"].text


def test_a_night_tells_which_evening_it_belongs_to(demo_client: FlaskClient) -> None:
    event = event_of(calendar_of(demo_client, "/screening/demo-2026-072.ics"), "demo-2026-072")
    assert event["DESCRIPTION"].text.startswith("After midnight: in the programme of Saturday 24 October 2026.")


def test_a_thing_without_screenings_has_an_empty_calendar(demo_client: FlaskClient) -> None:
    calendar = calendar_of(demo_client, "/org/film-fest-gent.ics")
    assert calendar.all("VEVENT") == []


@pytest.mark.parametrize(
    "path", ["/role/director.ics", "/film/none.ics", "/film/a b.ics", "/nothing/x.ics", "/film/.ics", "/film/x/y.ics"]
)
def test_what_has_no_calendar_is_404(demo_client: FlaskClient, path: str) -> None:
    assert demo_client.get(path).status_code == 404


def test_a_calendar_is_sent_with_its_type_name_and_tag(demo_client: FlaskClient) -> None:
    answer = demo_client.get("/film/here-2023.ics")
    assert answer.headers["Content-Disposition"] == 'inline; filename="here-2023.ics"'
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "no-cache" in answer.headers["Cache-Control"]
    again = demo_client.get("/film/here-2023.ics", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    head = demo_client.head("/film/here-2023.ics")
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", answer.headers["ETag"])


def test_a_calendar_is_packed_for_who_can_unpack_it(demo_client: FlaskClient) -> None:
    answer = demo_client.get(f"/festival/{EDITION}.ics", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"


def test_no_host_of_a_request_gets_into_a_calendar(demo_client: FlaskClient) -> None:
    answer = demo_client.get("/film/here-2023.ics", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert b"evil" not in answer.data


@pytest.mark.parametrize("path", ["/film/here-2023", "/venue/nocturne", "/person/bas-devos", f"/festival/{EDITION}"])
def test_pages_link_their_calendar_to_read_and_to_subscribe_to(demo_client: FlaskClient, path: str) -> None:
    body = demo_client.get(path).text
    assert f'<link rel="alternate" type="text/calendar" title="Calendar" href="{path}.ics">' in body
    assert f'href="webcal://filmgraph.example{path}.ics"' in body


# From release to release.


@dataclass(frozen=True)
class History:
    """Three releases of one catalogue: the second moves one screening and cancels another, the third renames a venue."""

    clients: tuple[FlaskClient, ...]

    def event(self, release: int, key: str) -> Component:
        return event_of(calendar_of(self.clients[release], f"/screening/{key}.ics"), key)


def _tell(now: datetime) -> datetime:
    return now


@contextmanager
def edited(path: Path) -> Iterator[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    yield lines
    path.write_text("".join(lines), encoding="utf-8")


def edit(lines: list[str], key: str, pattern: str, replacement: str) -> None:
    (number,) = [n for n, line in enumerate(lines) if line.startswith(key + ",")]
    changed = re.sub(pattern, replacement, lines[number])
    assert changed != lines[number]
    lines[number] = changed


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory, assemble_catalogue: Assembler, loaded_vocabulary: Vocabulary) -> History:
    catalogue = copy_demo(tmp_path_factory.mktemp("history") / "data")
    clients = []
    for day in (1, 2, 3):
        if day == 2:
            with edited(catalogue / "tables" / "screenings.csv") as lines:
                edit(lines, "demo-2026-073", r"13:00,2026-10-25 14:35", "14:00,2026-10-25 15:35")
                edit(lines, "demo-2026-064", ",scheduled,", ",cancelled,")
        if day == 3:
            with edited(catalogue / "tables" / "screenings.csv") as lines:
                edit(lines, "demo-2026-073", r"14:00,2026-10-25 15:35", "14:15,2026-10-25 15:50")
            with edited(catalogue / "tables" / "venues.csv") as lines:
                edit(lines, "lantern", r"Imaginary Street 1,", "Imaginary Street 11,")
        now = datetime(2026, 9, day, 12, tzinfo=UTC)
        publication = publish(assemble_catalogue(catalogue), loaded_vocabulary, partial(_tell, now), lambda stage: None)
        store = EmbeddedStore.open(publication.path)
        app = create_app(load_settings(catalogue), store, loaded_vocabulary, release_path=publication.path)
        clients.append(app.test_client())
    return History(tuple(clients))


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("demo-2026-073", [(0, 1), (1, 2), (2, 3)]),  # moved, and moved again
        ("demo-2026-064", [(0, 1), (1, 2), (1, 2)]),  # cancelled
        ("demo-2026-011", [(0, 1), (0, 1), (0, 3)]),  # its venue has another address: told, but no new version of the screening
        ("demo-2026-001", [(0, 1), (0, 1), (0, 1)]),  # in another venue
    ],
)
def test_sequence_counts_the_changes_and_the_stamp_is_that_of_the_last(
    history: History, key: str, expected: list[tuple[int, int]]
) -> None:
    events = [history.event(n, key) for n in range(3)]
    assert [(int(each["SEQUENCE"].value), each["LAST-MODIFIED"].value) for each in events] == [
        (count, f"2026090{day}T120000Z") for count, day in expected
    ]
    assert all(each["DTSTAMP"].value == each["LAST-MODIFIED"].value for each in events)
    assert len({each["UID"].value for each in events}) == 1


def test_a_cancelled_screening_stays_in_the_calendar_of_its_film(history: History) -> None:
    before, after = (calendar_of(history.clients[n], "/film/here-2023.ics") for n in (0, 1))
    assert uids(before) == uids(after)
    assert event_of(after, "demo-2026-064")["STATUS"].value == "CANCELLED"


def test_a_release_that_changes_nothing_of_a_calendar_sends_nobody_a_new_one(history: History) -> None:
    path = "/venue/nocturne.ics"
    tags = [client.get(path).headers["ETag"] for client in history.clients]
    assert tags[0] == tags[1] == tags[2]
    assert history.clients[2].get(path, headers={"If-None-Match": tags[0]}).status_code == 304
    changed = [client.get("/venue/lantern.ics").headers["ETag"] for client in history.clients]
    assert len(set(changed)) == 3
