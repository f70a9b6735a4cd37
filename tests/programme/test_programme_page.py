"""What the page of a programme shows, and its grid."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import filmgraph.web
from filmgraph.iris import Kind
from filmgraph.pages.grid import LONGEST, MOST_HOURS, Grid, build_grid
from filmgraph.pages.programme import ProgrammeDay, ProgrammePage, Selection, build_programme_page, list_editions, select
from filmgraph.pages.timing import build_timing, count_past, to_moments
from filmgraph.programme import Screening, ScreeningReader, Start
from filmgraph.vocabulary import Vocabulary

FRIDAY, SATURDAY, SUNDAY = (date(2026, 10, day) for day in (23, 24, 25))
GRID_CSS = Path(filmgraph.web.__file__).parent / "static" / "programme-grid.css"


def page_of(reader: ScreeningReader, vocabulary: Vocabulary, selection: Selection = Selection()) -> ProgrammePage:  # noqa: B008
    editions = reader.editions()
    rows = reader.screenings_of(Kind.FESTIVAL, "autumn-2026")
    return build_programme_page(editions[0], rows, selection, editions, vocabulary)


def shown(day: ProgrammeDay) -> list[str]:
    return [each.key + (" (trace)" if each.is_trace else "") for each in day.showings]


def test_the_list_is_grouped_by_evening_then_in_the_order_of_time(reader: ScreeningReader, vocabulary: Vocabulary) -> None:
    page = page_of(reader, vocabulary)
    assert [(each.day, shown(each)) for each in page.days] == [
        (FRIDAY, ["opening", "moved (trace)"]),
        (SATURDAY, ["evening", "off", "midnight", "twice"]),
        (SUNDAY, ["moved"]),
        (None, ["open"]),
    ]
    assert [each.count for each in page.days] == [1, 4, 1, 1]
    assert (page.shown, page.total) == (7, 7)


def test_what_starts_after_midnight_says_on_which_day(reader: ScreeningReader, vocabulary: Vocabulary) -> None:
    late = {each.key: each.late for day in page_of(reader, vocabulary).days for each in day.showings}
    assert late["midnight"] == late["twice"] == "Sunday 25 October 2026"
    assert [late[key] for key in ("evening", "opening", "moved", "open")] == [""] * 4


def test_a_moved_screening_shows_its_old_time_and_leaves_a_trace_there(reader: ScreeningReader, vocabulary: Vocabulary) -> None:
    days = page_of(reader, vocabulary).days
    trace, moved = days[0].showings[1], days[2].showings[0]
    assert trace.is_trace
    assert str(trace.moved_to) == "Sun 25 Oct 2026, 18:00"
    assert (moved.status, str(moved.was), moved.is_trace) == ("rescheduled", "Fri 23 Oct 2026, 18:00", False)


def test_the_trace_says_where_the_screening_went_even_when_that_day_is_not_shown(
    reader: ScreeningReader, vocabulary: Vocabulary
) -> None:
    (friday,) = page_of(reader, vocabulary, Selection(FRIDAY)).days
    assert str(friday.showings[1].moved_to) == "Sun 25 Oct 2026, 18:00"


def test_cancelled_stays_and_is_shown_as_such(reader: ScreeningReader, vocabulary: Vocabulary) -> None:
    off = page_of(reader, vocabulary).days[1].showings[1]
    assert (off.status, off.is_off) == ("cancelled", True)


def test_own_title_is_shown_beside_the_films_only_where_it_differs(reader: ScreeningReader, vocabulary: Vocabulary) -> None:
    evening, _, midnight, _ = page_of(reader, vocabulary).days[1].showings
    assert (evening.title, [each.film.label for each in evening.films]) == ("", ["Moss"])
    assert (midnight.title, [each.film.label for each in midnight.films]) == ("Two by night", ["Moss", "Short"])


def test_days_and_filters_count_what_the_other_filters_leave(reader: ScreeningReader, vocabulary: Vocabulary) -> None:
    page = page_of(reader, vocabulary, Selection(SATURDAY, section="night"))
    assert [(each.label, each.count, each.is_chosen) for each in page.tabs] == [
        ("All days", 2, False),
        ("Fri 23 Oct", 0, False),
        ("Sat 24 Oct", 2, True),
        ("Sun 25 Oct", 0, False),
    ]
    section, venue, language = page.filters
    assert [(each.value, each.count) for each in section.options] == [("day", 1), ("night", 2)]
    assert [(each.value, each.count) for each in venue.options] == [("lumen", 2), ("tent", 0)]
    assert {each.label: each.count for each in language.options} == {"Dutch": 1, "English": 0, "French": 1, "qx": 1}
    assert (section.chosen, venue.chosen) == ("Night", "")


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), ["opening", "evening", "off", "midnight", "twice", "moved", "open"]),
        (Selection(SUNDAY), ["moved"]),
        (Selection(venue="tent"), ["moved"]),
        (Selection(language="en"), ["evening", "moved"]),
        (Selection(section="night", language="nl"), ["midnight"]),
        (Selection(FRIDAY, language="nl"), []),
    ],
)
def test_a_selection_keeps_what_meets_all_of_it(autumn: tuple[Screening, ...], selection: Selection, expected: list[str]) -> None:
    assert [each.named.key for each in select(autumn, selection)] == expected


def test_each_count_is_the_number_that_its_link_shows(
    reader: ScreeningReader, vocabulary: Vocabulary, autumn: tuple[Screening, ...]
) -> None:
    selection = Selection(SATURDAY, venue="lumen")
    page = page_of(reader, vocabulary, selection)
    for tab in page.tabs:
        assert tab.count == len(select(autumn, replace(selection, day=tab.day)))
    for each in page.filters:
        for option in each.options:
            fields: dict[str, Any] = {each.name: option.value}
            assert option.count == len(select(autumn, replace(selection, **fields)))


def test_clocks_are_named_and_every_day_tells_its_own_where_they_differ(reader: ScreeningReader, vocabulary: Vocabulary) -> None:
    page = page_of(reader, vocabulary)
    assert [each.zone for each in page.days] == ["", "Europe/Brussels, UTC+02:00", "UTC+01:00", ""]
    assert not page.has_one_clock
    one = page_of(reader, vocabulary, Selection(SATURDAY))
    assert (one.zone, one.has_one_clock) == ("Europe/Brussels, UTC+02:00", True)


def test_editions_at_the_same_time_are_named(reader: ScreeningReader, vocabulary: Vocabulary) -> None:
    page = page_of(reader, vocabulary)
    assert [(each.label, dates) for each, dates in page.others] == [("Hiver 2026", "Sun 25 Oct – Mon 26 Oct 2026")]
    assert page.dates == "Fri 23 Oct – Sun 25 Oct 2026"


def test_editions_are_listed_last_first(reader: ScreeningReader) -> None:
    assert [(each.label, dates) for each, dates in list_editions(reader.editions())] == [
        ("Spring 2027", "Thursday 1 April 2027"),
        ("Hiver 2026", "Sun 25 Oct – Mon 26 Oct 2026"),
        ("Autumn 2026", "Fri 23 Oct – Sun 25 Oct 2026"),
    ]


def grid_of(reader: ScreeningReader, vocabulary: Vocabulary, day: date) -> Grid:
    grid = page_of(reader, vocabulary, Selection(day)).days[0].grid
    assert grid is not None
    return grid


def test_the_grid_has_a_row_for_each_hall_and_places_in_real_time(reader: ScreeningReader, vocabulary: Vocabulary) -> None:
    grid = grid_of(reader, vocabulary, SATURDAY)
    rows = [
        (each.hall.label if each.hall else "", [(b.title, b.offset, b.span, b.has_end) for b in each.blocks])
        for each in grid.halls
    ]
    assert rows == [
        ("Hall 1", [("Moss", 6, 18, True), ("Moss", 12, 18, True), ("Two by night", 66, 21, True)]),
        ("Hall 2", [("Long", 90, 12, True)]),
    ]


def test_the_hour_that_comes_twice_stands_twice_in_the_grid(reader: ScreeningReader, vocabulary: Vocabulary) -> None:
    assert grid_of(reader, vocabulary, SATURDAY).hours == (
        "19:00",
        "20:00",
        "21:00",
        "22:00",
        "23:00",
        "00:00",
        "01:00",
        "02:00",
        "02:00",
    )


def test_an_unknown_end_is_drawn_as_an_hour_and_said(reader: ScreeningReader, vocabulary: Vocabulary) -> None:
    (hall,) = grid_of(reader, vocabulary, FRIDAY).halls
    assert [(b.span, b.has_end) for b in hall.blocks] == [(12, False)]


def test_an_end_before_the_start_is_not_believed(reader: ScreeningReader, vocabulary: Vocabulary) -> None:
    (hall,) = grid_of(reader, vocabulary, SUNDAY).halls
    assert (hall.hall, hall.venue and hall.venue.label, hall.blocks[0].span) == (None, "Tent", 4)


def test_only_the_programme_of_one_day_has_a_grid(reader: ScreeningReader, vocabulary: Vocabulary) -> None:
    assert [each.grid for each in page_of(reader, vocabulary).days] == [None] * 4
    assert build_grid([]) is None


def test_the_style_sheet_has_a_place_for_every_start_and_length() -> None:
    hours = "".join(f".h{n}{{--hours:{n}}}" for n in range(1, MOST_HOURS + 1))
    starts = "".join(f".t{n}{{grid-column-start:{n + 1}}}" for n in range(30 * 12))
    spans = "".join(f".d{n}{{grid-column-end:span {n}}}" for n in range(3, LONGEST + 1))
    assert GRID_CSS.read_text(encoding="utf-8").splitlines()[1:] == [hours, starts, spans]


def test_no_block_of_an_evening_needs_a_place_that_the_style_sheet_lacks(autumn: tuple[Screening, ...]) -> None:
    known = set(re.findall(r"\.([htd]\d+)\{", GRID_CSS.read_text(encoding="utf-8")))
    start = datetime.fromisoformat("2026-10-23T00:00:00+02:00")
    last = replace(autumn[1], start=start + timedelta(hours=28, minutes=55), end=start + timedelta(days=3))
    grid = build_grid([replace(autumn[0], start=start), last])
    assert grid is not None
    blocks = [each for hall in grid.halls for each in hall.blocks]
    assert {f"h{len(grid.hours)}", *(f"t{b.offset}" for b in blocks), *(f"d{b.span}" for b in blocks)} <= known


def test_next_is_the_first_that_is_to_come_and_takes_place(
    reader: ScreeningReader, vocabulary: Vocabulary, autumn: tuple[Screening, ...]
) -> None:
    now = datetime(2026, 10, 24, 17, 45, tzinfo=UTC)
    coming = [each for each in autumn if each.start is None or each.start > now]
    assert coming[0].named.key == "off"
    timing = build_timing(coming, [autumn[0].festival, None, autumn[0].festival], now, vocabulary)
    assert timing.next is not None
    assert (timing.next.key, timing.next.title) == ("midnight", "Two by night")
    assert [(each.label if each else None, count) for each, count in timing.past] == [("Autumn 2026", 2), (None, 1)]


def test_a_page_changes_when_a_screening_starts_and_at_no_other_time() -> None:
    starts = [
        Start("a", datetime(2026, 10, 24, 19, 30, tzinfo=UTC)),
        Start("b", None),
        Start("c", datetime(2026, 10, 24, 18, tzinfo=UTC)),
    ]
    moments = to_moments(starts)
    times = ("17:59:59.9", "18:00:00", "19:29:59", "19:30:00.1", "23:00:00")
    assert [count_past(moments, datetime.fromisoformat(f"2026-10-24T{each}+00:00")) for each in times] == [0, 1, 1, 2, 2]
    assert count_past(moments, datetime.fromisoformat("2026-10-24T20:30:00+02:00")) == 1
