"""The pages of programmes, and what other pages tell of what is next."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlencode

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import strategies as st
from pyoxigraph import Quad, RdfFormat, parse
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from selectolax.lexbor import LexborNode as Node

from filmgraph.settings import Settings
from filmgraph.stores.base import Store
from filmgraph.vocabulary import Vocabulary
from filmgraph.web import create_app
from filmgraph.web.history import AS_OF, AsOf, KeptRelease
from tests.handmade import make_manifest
from tests.programme.conftest import _LENT, BASE

AUTUMN = "/programme/autumn-2026"
MakeApp = Callable[[Store, datetime], Flask]


@pytest.fixture
def make_app(tmp_path: Path, vocabulary: Vocabulary) -> MakeApp:
    def make(store: Store, now: datetime) -> Flask:
        settings = Settings(tmp_path, "films", BASE, "Films", "Nobody", "https://creativecommons.org/publicdomain/zero/1.0/")
        return create_app(settings, store, vocabulary, release_path=tmp_path, clock=lambda: now)

    return make


@pytest.fixture
def client(make_app: MakeApp, store: Store) -> FlaskClient:
    return make_app(store, datetime(2026, 10, 1, tzinfo=UTC)).test_client()


def html_of(client: FlaskClient, path: str, status: int = 200) -> HTMLParser:
    answer = client.get(path)
    assert answer.status_code == status
    return HTMLParser(answer.text)


def words(node: Node | None) -> str:
    assert node is not None
    return " ".join(node.text().split())


def links(html: HTMLParser, selector: str) -> list[str]:
    return [each.attributes["href"] or "" for each in html.css(selector)]


def test_list_of_programmes_names_every_edition(client: FlaskClient) -> None:
    html = html_of(client, "/programme/")
    assert links(html, "main a") == ["/programme/spring-2027", "/programme/winter-2026", AUTUMN]
    assert html.css_first("main a[href='/programme/winter-2026'] span[lang=fr]") is not None


def test_the_list_stands_in_sections_of_days(client: FlaskClient) -> None:
    html = html_of(client, AUTUMN)
    assert [words(each) for each in html.css("section.day h2")] == [
        "Friday 23 October 2026 1", "Saturday 24 October 2026 4", "Sunday 25 October 2026 1", "No date yet 1",
    ]  # fmt: skip
    for section in html.css("section.day"):
        assert html.css_first(f"#{section.attributes['aria-labelledby']}") is not None
    assert html.css_first(".plan") is None


def test_a_row_tells_time_place_languages_access_and_calendar(client: FlaskClient) -> None:
    row = html_of(client, AUTUMN).css_first("li#evening")
    assert row is not None
    text = words(row)
    for each in (
        "19:30–21:00",
        "Moss (2023) by Ada · 82 min",
        "Day, <b>bright</b>",
        "Dutch, French",
        "subtitles: English",
        "DCP",
    ):
        assert each.replace("Dutch, French", "Dutch, French") in text
    for each in ("with Guest", "Lumen, Hall 1", "Step-free"):
        assert each in text
    assert row.css_first("a[href='/screening/evening.ics'][type='text/calendar']") is not None
    assert [each.attributes["datetime"] for each in row.css("time")] == ["2026-10-24T19:30:00+02:00", "2026-10-24T21:00:00+02:00"]


def test_what_is_out_of_the_ordinary_is_said_in_words(client: FlaskClient) -> None:
    html = html_of(client, AUTUMN)
    assert "after midnight: Sunday 25 October 2026" in words(html.css_first("li#midnight"))
    assert "cancelled" in words(html.css_first("li#off"))
    assert "rescheduled was Fri 23 Oct 2026, 18:00" in words(html.css_first("li#moved"))
    friday = html.css_first("section.day")
    assert friday is not None
    assert "rescheduled to Sun 25 Oct 2026, 18:00" in words(friday)
    assert words(html.css_first("li#open .when")) == "No time yet"


def test_times_tell_their_zone(client: FlaskClient) -> None:
    html = html_of(client, AUTUMN)
    assert [words(each) for each in html.css("section.day > .note")] == [
        "Local time: Europe/Brussels, UTC+02:00",
        "Local time: UTC+01:00",
    ]
    assert words(html.css_first("li#opening .when")) == "00:15 UTC+02:00", "a day with two clocks tells them by the row"
    assert "Times are local: Europe/Brussels, UTC+02:00" in words(html_of(client, AUTUMN + "/2026-10-24").css_first("#found"))


def test_the_grid_of_a_day_says_what_the_list_says(client: FlaskClient) -> None:
    html = html_of(client, AUTUMN + "/2026-10-24")
    assert [words(each) for each in html.css(".hours li")][-3:] == ["01:00", "02:00", "02:00"]
    drawn = [each.attributes["href"] for each in html.css(".slots a")]
    listed = [each.attributes["href"] for each in html.css(".show .when")]
    assert sorted(map(str, drawn)) == sorted(map(str, listed))
    assert "cancelled" in words(html.css_first(".slots a.off"))
    assert not [each for each in html.css("*") if "style" in each.attributes], "the page's policy lets no style through"


def test_every_filter_is_an_address_with_its_count(client: FlaskClient) -> None:
    html = html_of(client, AUTUMN + "?section=night")
    tabs = {link: words(each) for each in html.css("nav.days a") if (link := each.attributes["href"])}
    assert tabs[f"{AUTUMN}/2026-10-24?section=night"].startswith("Sat 24 Oct 2")
    assert [(each.attributes["value"], words(each)) for each in html.css("#section option")] == [
        ("", "all"), ("day", "Day, <b>bright</b> (1)"), ("night", "Night (2)"),
    ]  # fmt: skip
    assert [each.attributes["value"] for each in html.css("#section option[selected]")] == ["night"]
    assert [each.attributes["id"] for each in html.css("li.show[id]")] == ["midnight", "twice"]
    assert links(html, ".chips a") == [AUTUMN]
    for tab in tabs:
        assert client.get(tab).status_code == 200


def test_filters_go_together_and_each_can_be_taken_away(client: FlaskClient) -> None:
    html = html_of(client, AUTUMN + "/2026-10-24?section=night&venue=lumen&language=fr")
    assert [each.attributes["id"] for each in html.css("li.show[id]")] == ["midnight"]
    assert links(html, ".chips a") == [
        f"{AUTUMN}/2026-10-24?venue=lumen&language=fr",
        f"{AUTUMN}/2026-10-24?section=night&language=fr",
        f"{AUTUMN}/2026-10-24?section=night&venue=lumen",
    ]
    form = html.css_first("form.filters")
    assert form is not None
    assert (form.attributes["method"], form.attributes["action"]) == ("get", AUTUMN + "/2026-10-24")
    for label in form.css("label"):
        assert form.css_first(f"select#{label.attributes['for']}") is not None


def test_filters_that_leave_nothing_say_so(client: FlaskClient) -> None:
    assert "No screening meets all of these filters" in html_of(client, AUTUMN + "/2026-10-25?section=night").text()


@pytest.mark.parametrize(
    "path",
    [
        "/programme/none", AUTUMN + "/2026-10-22", AUTUMN + "/yesterday", AUTUMN + "?section=none", AUTUMN + "?venue=' OR 1",
        AUTUMN + "?language=%00", "/programme/%2e%2e", "/programme/none.ics", AUTUMN + ".ics?section=none",
        AUTUMN + "/2026-10-22.ics",
    ],
)  # fmt: skip
def test_what_the_programme_does_not_have_is_404(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_editions_at_the_same_time_link_each_other(client: FlaskClient) -> None:
    assert "At the same time: Hiver 2026 (Sun 25 Oct – Mon 26 Oct 2026)" in words(html_of(client, AUTUMN).css_first(".hero"))
    html = html_of(client, "/programme/winter-2026")
    assert html.css_first(f".hero a[href='{AUTUMN}']") is not None
    assert "fictional" in words(html.css_first(".fictional"))
    assert html.css_first("h1[lang=fr]") is not None


def test_an_edition_without_screenings_has_a_programme_too(client: FlaskClient) -> None:
    assert "0 of 0 screenings" in html_of(client, "/programme/spring-2027").text()


def test_only_whole_days_are_for_search_engines(client: FlaskClient) -> None:
    day, filtered = client.get(AUTUMN + "/2026-10-24"), client.get(AUTUMN + "/2026-10-24?section=night")
    assert "X-Robots-Tag" not in day.headers
    assert filtered.headers["X-Robots-Tag"] == "noindex"
    canonical = f'<{BASE}programme/autumn-2026/2026-10-24>; rel="canonical"'
    assert canonical in day.headers["Link"]
    assert canonical in filtered.headers["Link"]
    blocks = [json.loads(each.text()) for each in HTMLParser(day.text).css("script[type='application/ld+json']")]
    found = {each["@type"]: each["itemListElement"] for each in blocks}
    assert [each["name"] for each in found["BreadcrumbList"]] == [
        "Films",
        "Programmes",
        "Autumn 2026",
        "Saturday 24 October 2026",
    ]
    assert [each["url"] for each in found["ItemList"]] == [
        f"{BASE}screening/{key}" for key in ("evening", "off", "midnight", "twice")
    ]


def test_a_programme_is_not_sent_twice(client: FlaskClient) -> None:
    first = client.get(AUTUMN)
    again = client.get(AUTUMN, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(AUTUMN + "?section=day").headers["ETag"] != first.headers["ETag"]


def test_unknown_fields_do_not_make_pages_of_their_own(client: FlaskClient) -> None:
    assert client.get(AUTUMN + "?utm=1").data == client.get(AUTUMN).data


def test_names_are_text_and_not_markup(client: FlaskClient) -> None:
    body = client.get(AUTUMN).text
    assert "<b>bright</b>" not in body
    assert "Day, &lt;b&gt;bright&lt;/b&gt;" in body


NOWS = [
    ("2026-10-01T00:00:00+00:00", "Fri 23 Oct", 3, 0, "evening"),
    ("2026-10-24T17:29:59+00:00", "evening", 3, 0, "evening"),
    ("2026-10-24T17:30:00+00:00", "the first has begun, the second is cancelled", 2, 1, "midnight"),
    ("2026-10-24T22:30:00+00:00", "over", 0, 3, None),
]


@pytest.mark.parametrize(("now", "_", "coming", "past", "expected"), NOWS)
def test_a_film_tells_its_next_screening_by_the_clock(
    make_app: MakeApp, store: Store, now: str, _: str, coming: int, past: int, expected: str | None
) -> None:
    html = html_of(make_app(store, datetime.fromisoformat(now)).test_client(), "/film/moss")
    found = html.css_first(".next a")
    assert (found.attributes["href"] if found else None) == (f"/screening/{expected}" if expected else None)
    lists = [len(each.css("li")) for each in html.css("ul.screenings")]
    assert lists == [count for count in (coming, past) if count]


def test_the_next_screening_tells_place_subtitles_and_access(client: FlaskClient) -> None:
    text = words(html_of(client, "/film/moss").css_first(".next"))
    for each in ("Sat 24 Oct 2026, 19:30 local time, UTC+02:00", "Lumen, Hall 1", "Subtitles: English.", "Step-free"):
        assert each in text


def test_a_page_that_tells_what_is_next_is_new_when_a_screening_has_begun(make_app: MakeApp, store: Store) -> None:
    app = make_app(store, datetime(2026, 10, 1, tzinfo=UTC))
    tag = app.test_client().get("/film/moss").headers["ETag"]
    same = make_app(store, datetime(2026, 10, 24, 17, 29, tzinfo=UTC)).test_client()
    later = make_app(store, datetime(2026, 10, 24, 17, 30, tzinfo=UTC)).test_client()
    assert same.get("/film/moss", headers={"If-None-Match": tag}).status_code == 304
    assert later.get("/film/moss", headers={"If-None-Match": tag}).status_code == 200
    assert "no-cache" in later.get("/film/moss").headers["Cache-Control"]


def test_one_application_answers_by_the_clock_and_not_from_its_cache(
    tmp_path: Path, store: Store, vocabulary: Vocabulary
) -> None:
    times = [
        datetime(2026, 10, 1, tzinfo=UTC),
        datetime(2026, 10, 24, 17, 29, tzinfo=UTC),
        datetime(2026, 10, 24, 18, tzinfo=UTC),
    ]
    now = [times[0]]
    settings = Settings(tmp_path, "films", BASE, "Films", "Nobody", "https://creativecommons.org/publicdomain/zero/1.0/")
    client = create_app(settings, store, vocabulary, release_path=tmp_path, clock=lambda: now[-1]).test_client()
    found = []
    for each in times:
        now.append(each)
        found.append(links(html_of(client, "/film/moss"), ".next > a:first-of-type")[0])
    assert found == ["/screening/evening", "/screening/evening", "/screening/midnight"]


def test_data_documents_do_not_depend_on_the_clock(make_app: MakeApp, store: Store) -> None:
    tags = [
        make_app(store, datetime(2026, 10, day, tzinfo=UTC)).test_client().get("/film/moss.ttl").headers["ETag"]
        for day in (1, 30)
    ]
    assert tags[0] == tags[1]


def test_a_venue_shows_what_is_to_come_in_its_halls_and_counts_what_is_past(make_app: MakeApp, store: Store) -> None:
    html = html_of(make_app(store, datetime(2026, 10, 24, 20, tzinfo=UTC)).test_client(), "/venue/lumen")
    assert [words(each) for each in html.css("h3.day")] == ["Saturday 24 October 2026", "Monday 26 October 2026"]
    assert [each.attributes["id"] for each in html.css("li.show")] == ["midnight", "twice", "clock"]
    assert links(html, "section ul.plain a") == [f"{AUTUMN}?venue=lumen"]
    assert words(html.css_first("section ul.plain li")) == "Autumn 2026 3 screenings"


def test_a_screening_page_links_its_evening_and_its_calendar(client: FlaskClient) -> None:
    html = html_of(client, "/screening/midnight")
    assert links(html, ".actions a") == ["/screening/midnight.ics", f"{AUTUMN}/2026-10-24"]
    assert "first planned for Fri 23 Oct 2026, 18:00" in words(html_of(client, "/screening/moved").css_first(".hero"))
    assert html_of(client, "/screening/open").css_first(".actions") is None


def test_an_edition_page_links_programme_and_calendar_and_lists_by_evening(client: FlaskClient) -> None:
    html = html_of(client, "/festival/autumn-2026")
    assert links(html, ".actions a") == [AUTUMN, "/festival/autumn-2026.ics", "webcal://films.example/festival/autumn-2026.ics"]
    assert [words(each) for each in html.css("h3.day")] == [
        "Fri 23 Oct 2026",
        "Sat 24 Oct 2026",
        "Sun 25 Oct 2026",
        "No date yet",
    ]
    assert "after midnight: Sun 25 Oct 2026" in html.text()


def test_navigation_offers_programmes_only_where_there_are_screenings(
    make_app: MakeApp, store: Store, client: FlaskClient, vocabulary: Vocabulary
) -> None:
    assert html_of(client, "/").css_first("header.site a[href='/programme/']") is None
    things = make_manifest("2026-10-01.1", BASE, "Films", 1, {})
    things.things["screening"] = 9
    full = _LENT.MemoryStore(things, list(store.quads()))
    assert (
        html_of(make_app(full, datetime(2026, 10, 1, tzinfo=UTC)).test_client(), "/").css_first("a[href='/programme/']")
        is not None
    )


def grow(count: int) -> list[Quad]:
    """An edition of a real festival's size: ten days, twelve halls in four venues."""
    lines = [
        "@prefix s: <http://schema.org/> . @prefix fg: <https://filmgraph.example/ns#> . @prefix x: <https://films.example/id/> ."
    ]
    lines.append('<https://films.example/id/festival/big> a s:Festival ; s:name "Big Festival" ; s:startDate "2026-10-01" .')
    for n in range(12):
        lines.append(f'<{BASE}id/venue/v{n % 4}> a s:MovieTheater ; s:name "Cinema {n % 4}" ; fg:timeZone "Europe/Brussels" ;')
        lines.append('    fg:accessibility "Step-free; two wheelchair places; hearing loop" .')
        lines.append(f'<{BASE}id/hall/h{n}> a fg:Auditorium ; s:name "Hall {n}" ; s:containedInPlace <{BASE}id/venue/v{n % 4}> .')
    for n in range(count):
        film, day, hour = f"<{BASE}id/film/a-film-{n}>", n % 10 + 1, n // 10 % 12 + 10
        lines.append(f'{film} a s:Movie ; s:name "A film with quite a title, number {n}" ; fg:runtimeMinutes {80 + n % 60} ;')
        lines.append(
            f'    s:director <{BASE}id/person/p{n}> ; s:inLanguage "fr" . <{BASE}id/person/p{n}> s:name "Director Number {n}" .'
        )
        lines.append(f'<{BASE}id/screening/s-{n}> a s:ScreeningEvent ; s:name "A film with quite a title, number {n}" ;')
        lines.append(
            f"    s:workPresented {film} ; s:superEvent <{BASE}id/festival/big> ; s:location <{BASE}id/hall/h{n % 12}> ;"
        )
        lines.append(
            f'    s:startDate "2026-10-{day:02}T{hour}:00:00+02:00" ; s:subtitleLanguage "en" , "nl" ; s:videoFormat "DCP" .'
        )
    return [Quad(*each.triple) for each in parse("\n".join(lines), format=RdfFormat.TURTLE)]


def test_the_programme_of_a_large_edition_weighs_little(make_app: MakeApp) -> None:
    store = _LENT.MemoryStore(make_manifest("2026-10-01.1", BASE, "Films", 1, {}), grow(600))
    client = make_app(store, datetime(2026, 10, 1, tzinfo=UTC)).test_client()
    for path in ("/programme/big", "/programme/big/2026-10-03"):
        html = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert html.headers["Content-Encoding"] == "gzip"
        sheets = links(HTMLParser(gzip.decompress(html.data).decode()), "link[rel=stylesheet]")
        styles = [client.get(each, headers={"Accept-Encoding": "gzip"}).data for each in sheets]
        assert len(styles) >= 2
        assert len(html.data) + sum(map(len, styles)) <= 60_000, path


def test_the_calendar_of_what_is_gone_is_gone_and_that_of_what_was_merged_is_elsewhere(
    tmp_path: Path, store: Store, vocabulary: Vocabulary
) -> None:
    settings = Settings(tmp_path, "films", BASE, "Films", "Nobody", "https://creativecommons.org/publicdomain/zero/1.0/")
    retired = {f"{BASE}id/film/lost": None, f"{BASE}id/film/moss-2": f"{BASE}id/film/moss"}
    client = create_app(settings, store, vocabulary, retired=retired, release_path=tmp_path).test_client()
    gone, merged = client.get("/film/lost.ics"), client.get("/film/moss-2.ics")
    assert (gone.status_code, merged.status_code) == (410, 301)
    assert merged.headers["Location"] == "/film/moss.ics"
    assert "taken out of the catalogue" in gone.get_json()["detail"]


def test_a_calendar_tells_coordinates_and_leaves_out_what_has_no_time(client: FlaskClient) -> None:
    text = client.get("/festival/autumn-2026.ics").text
    assert text.count("GEO:51.050000;3.720000") == 5
    assert text.count("BEGIN:VEVENT") == 6
    assert "id/screening/open\r" not in text


def test_a_release_that_is_asked_for_by_its_name_speaks_from_its_own_day(make_app: MakeApp, store: Store) -> None:
    client = make_app(store, datetime(2027, 1, 1, tzinfo=UTC)).test_client()
    release = KeptRelease("2026-10-01.1", datetime(2026, 10, 1, tzinfo=UTC))
    environ = {AS_OF: AsOf(release, "", "/film/moss"), "SCRIPT_NAME": "/as-of/2026-10-01.1"}
    past = HTMLParser(client.get("/film/moss", environ_overrides=environ).text)
    assert past.css_first(".next a[href='/as-of/2026-10-01.1/screening/evening']") is not None
    assert html_of(client, "/film/moss").css_first(".next") is None


HOSTILE = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@hypothesis.settings(deadline=None, max_examples=150, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
@hypothesis.given(HOSTILE, HOSTILE, HOSTILE)
def test_no_address_makes_the_server_fail(client: FlaskClient, key: str, day: str, value: str) -> None:
    asked = quote(key, safe=""), quote(day, safe="")
    fields = urlencode({"section": value, "venue": day, "language": key})
    for path in (
        f"/programme/{asked[0]}",
        f"/programme/{asked[0]}/{asked[1]}.ics",
        f"/film/{asked[0]}.ics",
        f"{AUTUMN}/{asked[1]}",
    ):
        assert client.get(path).status_code in (200, 301, 303, 307, 308, 404, 405)
    assert client.get(f"{AUTUMN}?{fields}").status_code in (200, 404)


def test_a_guest_sees_what_is_to_come_apart_from_what_is_past(make_app: MakeApp, store: Store) -> None:
    for hour, heading in ((17, False), (18, True)):
        client = make_app(store, datetime(2026, 10, 24, hour, tzinfo=UTC)).test_client()
        section = html_of(client, "/person/guest").css_first("section[aria-labelledby=screenings]")
        assert section is not None
        assert ("Past" in [words(each) for each in section.css("h3")]) is heading
        assert len(section.css("li")) == 1
    assert links(html_of(client, "/person/ada"), ".next a")[:2] == ["/film/moss", "/film/short"], "a film of theirs is next"
