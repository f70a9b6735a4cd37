"""A calendar that filmgraph wrote is read back as the screenings that it was written from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from filmgraph.ical import Calendar, to_ical
from filmgraph.ical_entries import build_entries
from filmgraph.model import ScreeningEvent
from filmgraph.programme import Named, Screening, Venue, Work
from filmgraph.revisions import Revisions
from filmgraph.settings import FILE_NAME, SourceSettings
from filmgraph.sources.calendar.reader import read_calendar
from filmgraph.values import EventStatus
from filmgraph.vocabulary import Vocabulary

BASE = "https://films.example/"
BRUSSELS = ZoneInfo("Europe/Brussels")
PROFILE = (files("filmgraph") / "profiles" / "filmgraph-calendar.toml").read_text(encoding="utf-8")
SETTINGS = f"""
[catalogue]
id = "x"
base_iri = "{BASE}"
title = "X"
publisher = "X"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
"""
#: When two films of 40 and 41 minutes end.
SHOWN_UNTIL = datetime.fromisoformat("2026-10-25T03:51+01:00")
VENUE = Venue(Named(f"{BASE}id/venue/lantern", "Lantern"), "Street; 1", "Gent", "BE", "Europe/Brussels", "step-free")


def at(text: str) -> datetime:
    """Return a time as the graph holds it: with its offset."""
    return datetime.fromisoformat(datetime.fromisoformat(text).replace(tzinfo=BRUSSELS).isoformat())


def named(kind: str, key: str, name: str) -> Named:
    return Named(f"{BASE}id/{kind}/{key}", name)


FIRST = Screening(
    named=named("screening", "s-1", "Here, there\nand; everywhere"),
    start=at("2026-10-17T19:30"),
    end=at("2026-10-17T21:15"),
    films=(Work(named("film", "here-2023", "Here"), "2023", 82, (named("person", "bas-devos", "Bas Devos"),), ("nl",)),),
    hall=named("hall", "lantern-1", "Hall 1"),
    venue=VENUE,
    festival=named("festival", "x-2026", "X Festival 2026"),
    section=named("section", "x-2026-gala", "Gala, and more"),
    spoken=("nl",),
    subtitles=("en", "fr"),
    guests=(named("person", "ann-aert", "Ann Aert"), named("person", "bo-bex", "Bo Bex")),
    is_fictional=True,
)
SCREENINGS = (
    FIRST,
    replace(FIRST, named=named("screening", "s-2", "Here"), status=EventStatus.CANCELLED, guests=(), section=None),
    replace(FIRST, named=named("screening", "s-3", "Here"), status=EventStatus.POSTPONED),
    replace(
        FIRST,
        named=named("screening", "s-4", "Night"),
        # The hour that comes twice, for the second time.
        start=datetime.fromisoformat("2026-10-25T02:30+01:00"),
        end=None,
        films=(Work(named("film", "a-2020", "A"), "2020", 40), Work(named("film", "b-2021", "B"), "2021", 41)),
    ),
    replace(
        FIRST, named=named("screening", "s-5", "Here"), previous_start=at("2026-10-16T20:00"), status=EventStatus.RESCHEDULED
    ),
)


@pytest.fixture(scope="module")
def read_back(tmp_path_factory: pytest.TempPathFactory, loaded_vocabulary: Vocabulary) -> tuple[ScreeningEvent, ...]:
    folder: Path = tmp_path_factory.mktemp("own")
    revisions = Revisions(datetime(2026, 10, 1, tzinfo=UTC), {}, {})
    entries = build_entries(SCREENINGS, revisions, loaded_vocabulary, lambda key: f"{BASE}screening/{key}")
    address = f"{BASE}programme/x-2026"
    (folder / "own.ics").write_bytes(
        to_ical(Calendar(uid=address, name="X", product="-//X//EN", url=address, source_url=f"{address}.ics", entries=entries))
    )
    (folder / "own.toml").write_text(PROFILE, encoding="utf-8")
    (folder / FILE_NAME).write_text(SETTINGS, encoding="utf-8")
    source = SourceSettings("own", "calendar", 1, path="own.ics", profile="own.toml")
    reading = read_calendar(source, folder, loaded_vocabulary)
    assert reading.findings == ()
    assert all(each.is_understood for each in reading.unread)
    return tuple(each for each in reading.records if isinstance(each, ScreeningEvent))


def values(facts: tuple[object, ...]) -> list[object]:
    return [getattr(each, "value") for each in facts]  # noqa: B009


@pytest.mark.parametrize("number", range(len(SCREENINGS)))
def test_screening_comes_back_as_it_was(number: int, read_back: tuple[ScreeningEvent, ...]) -> None:
    written, read = SCREENINGS[number], read_back[number]
    assert read.ref.key == written.named.iri.rpartition("/")[2]
    assert [each.value.value for each in read.name] == [written.named.name]
    assert values(read.start_date) == [written.start]
    assert [str(each.value) for each in read.start_date] == [str(written.start)]
    assert values(read.end_date) == [written.end or SHOWN_UNTIL]
    assert values(read.event_status) == [written.status]
    assert values(read.previous_start_date) == ([written.previous_start] if written.previous_start else [])
    assert [(each.value.name, each.value.year) for each in read.work_presented] == [
        (w.named.name, int(w.year)) for w in written.films
    ]
    assert [(each.value.name, each.value.within and each.value.within.name) for each in read.location] == [("Hall 1", "Lantern")]
    assert [each.value.name for each in read.super_event] == ["X Festival 2026"]
    assert [each.value.name for each in read.in_section] == ([written.section.name] if written.section else [])
    assert values(read.subtitle_language) == list(written.subtitles)
    # The calendar does not say who of those that come moderates.
    assert read.credit == ()
