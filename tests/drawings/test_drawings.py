"""The drawings themselves: well-formed, told to those who do not see them, the same each time, and with a table."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from filmgraph.careers import Collaboration, CoWorker, Filmography, RoleCount, WorkedOn
from filmgraph.drawings import (
    MOST_FILMS,
    MOST_PEOPLE,
    MOST_TIMELINE_FILMS,
    Drawing,
    Figure,
    draw_collaboration,
    draw_poster,
    draw_roles,
    draw_timeline,
    draw_venues,
)
from filmgraph.drawings.bars import MOST_ROLES
from filmgraph.drawings.venue_map import MOST_VENUES
from filmgraph.programme import Named
from filmgraph.whereabouts import Spot

SVG = "{http://www.w3.org/2000/svg}"
BASE = "https://films.example/id/"
LONG = "The Unabridged and Annotated Diary of a Projectionist, Part One: Nitrate-Related-Incidents-and-Others" * 3
HOSTILE = (
    "<script>alert(1)</script>", "</text><script>alert(1)</script>", "</title><script>alert(1)</script>",
    "</desc></svg><img src=x onerror=alert(1)>", "</style><script>alert(1)</script>", '"><script>alert(1)</script>',
    "' onload='alert(1)", '" onload="alert(1)', "<svg/onload=alert(1)>", "<image href=x onerror=alert(1)>",
    "<use href='data:image/svg+xml,x'/>", "<foreignObject><iframe src=javascript:alert(1)>",
    "<a xlink:href='javascript:alert(1)'>x</a>",
    "<![CDATA[<script>alert(1)</script>]]>", "]]><script>alert(1)</script>", "<!--", "--><script>alert(1)</script>",
    "<?xml version='1.0'?>", "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;", "&lt;script&gt;", "&#60;script&#62;",
    "{{ 7*7 }}", "\x00\x01\x1b[31m", "\ud800", "\u202e\u2066rtl", "<set attributeName=href to=javascript:alert(1)>",
    "<animate onbegin=alert(1)>", "<style>@import '//evil.example'</style>", "url(javascript:alert(1))", LONG, "", " ",
)  # fmt: skip
ALLOWED = {"svg", "title", "desc", "style", "rect", "circle", "path", "text", "tspan"}


def named(kind: str, key: str, name: str) -> Named:
    return Named(f"{BASE}{kind}/{key}", name)


def career(name: str, films: int = 3, people: int = 4) -> Collaboration:
    worked = tuple(WorkedOn(named("film", f"f{n}", f"{name} {n}"), str(1990 + n), (name, "Director")) for n in range(films))
    co_workers = tuple(
        CoWorker(named("person", f"p{n}", f"{name} {n}"), tuple(each.film.iri for each in worked[: 1 + n % films]), 5, (name,))
        for n in range(people)
    )
    return Collaboration(named("person", "own", name), worked, co_workers, films + 2, people + 7)


def films_of(name: str, count: int, *, dated: int = 0, total: int = 0) -> Filmography:
    films = career(name, count).films
    return Filmography(named("person", "own", name), films, max(dated, count), max(total, count))


def spots(name: str, count: int = 4) -> list[Spot]:
    return [Spot(named("venue", f"v{n}", f"{name} {n}"), 51 + n * n / 500, 3.7 + n / 90, name, "9000 Gent") for n in range(count)]


def draw_all(name: str) -> list[Drawing]:
    figures = [
        draw_collaboration(career(name)),
        draw_timeline(films_of(name, 3)),
        draw_roles([RoleCount(f"{BASE}role/r", name, 3)], name),
        draw_venues(spots(name), name, is_from_first=True),
    ]
    assert None not in figures
    return [*(each.drawing for each in figures if each), draw_poster(f"{BASE}film/f", name, "2023")]


def parse(drawing: Drawing) -> ElementTree.Element:
    return ElementTree.fromstring(drawing.to_svg())


def shown(figure: Figure | None) -> Figure:
    assert figure is not None
    return figure


def texts(drawing: Drawing) -> list[str]:
    return ["".join(each.itertext()) for each in parse(drawing).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_markup(name: str) -> None:
    for drawing in draw_all(name):
        for text in (drawing.to_svg(), drawing.to_svg(is_inline=True)):
            text.encode()
            root = ElementTree.fromstring(text)
            assert {each.tag.rpartition("}")[2] for each in root.iter()} <= ALLOWED
            attributes = {key for each in root.iter() for key in each.attrib}
            assert not [key for key in attributes if key.startswith("on") or "href" in key or key == "style"]


@pytest.mark.parametrize("drawing", draw_all("Ann"), ids=lambda each: each.name)
def test_a_drawing_is_told_to_those_who_do_not_see_it(drawing: Drawing) -> None:
    root = parse(drawing)
    ids = {each.get("id"): each for each in root.iter() if each.get("id")}
    told = [ids[each].text for each in (root.get("aria-labelledby") or "").split()]
    assert root.get("role") == "img"
    assert told == [drawing.title, drawing.description]
    assert all(told)
    assert root[0].tag == f"{SVG}title"


@pytest.mark.parametrize("name", ["Ann", LONG, "千と千尋の神隠し", "<&>"])
def test_same_rows_give_the_same_bytes(name: str) -> None:
    assert [each.to_svg() for each in draw_all(name)] == [each.to_svg() for each in draw_all(name)]


@pytest.mark.parametrize("drawing", draw_all("Ann"), ids=lambda each: each.name)
def test_a_drawing_asks_nobody_for_anything(drawing: Drawing) -> None:
    text = drawing.to_svg().replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|//|url\(|@import|@font-face", text)


@pytest.mark.parametrize("drawing", draw_all("Ann"), ids=lambda each: each.name)
def test_everything_stands_within_the_picture(drawing: Drawing) -> None:
    for each in parse(drawing).iter():
        x, y = (float(each.get(name, "0")) for name in ("x", "y"))
        assert 0 <= x <= drawing.width
        assert 0 <= y <= drawing.height
        if each.tag == f"{SVG}circle":
            assert 0 < float(each.get("cx", "")) < drawing.width
            assert 0 < float(each.get("cy", "")) < drawing.height


@pytest.mark.parametrize("drawing", draw_all("Ann"), ids=lambda each: each.name)
def test_only_a_drawing_that_stands_alone_brings_a_style(drawing: Drawing) -> None:
    assert "<style" not in drawing.to_svg(is_inline=True)
    assert ("prefers-color-scheme:dark" in drawing.to_svg()) != drawing.is_plain


# Collaboration


def test_every_line_is_somebody_who_worked_on_a_film() -> None:
    rows = career("Ann")
    threads = [each for each in parse(shown(draw_collaboration(rows)).drawing).iter(f"{SVG}path") if "C" in each.get("d", "")]
    assert len(threads) == sum(len(each.film_iris) for each in rows.co_workers)


def test_a_full_drawing_has_25_nodes() -> None:
    root = parse(shown(draw_collaboration(career("Ann", MOST_FILMS, MOST_PEOPLE))).drawing)
    nodes = [*root.iter(f"{SVG}circle"), *(each for each in root.iter(f"{SVG}rect") if each.get("class") == "accent")]
    assert len(nodes) == 25


def test_the_rest_is_counted_and_said_in_the_drawing_too() -> None:
    figure = shown(draw_collaboration(career("Ann")))
    assert figure.note == "Not shown: 7 more people and 2 more films."
    assert figure.drawing.description.endswith(figure.note)


def test_who_worked_with_nobody_has_no_drawing() -> None:
    assert draw_collaboration(career("Ann", 3, 0)) is None


@pytest.mark.parametrize("draw", [lambda: draw_collaboration(career("Ann")), lambda: draw_timeline(films_of("Ann", 5))])
def test_the_table_names_all_that_is_drawn(draw: Callable[[], Figure | None]) -> None:
    figure = shown(draw())
    cells = {reference.label for row in figure.table.rows for cell in row for reference in cell}
    drawn = " ".join(texts(figure.drawing))
    names = {each for each in cells if each.startswith("Ann ")}
    assert names
    assert all(each in drawn for each in names)
    assert all(len(row) == len(figure.table.columns) for row in figure.table.rows)


# Timeline


def test_marks_stand_in_the_order_of_their_years() -> None:
    marks = [float(each.get("cx", "")) for each in parse(shown(draw_timeline(films_of("Ann", 20))).drawing).iter(f"{SVG}circle")]
    assert len(marks) == 20
    assert marks == sorted(set(marks))


@pytest.mark.parametrize("span", [(2003, 2003), (2003, 2004), (1895, 2026), (1, 9999)])
def test_a_time_of_any_length_has_round_years(span: tuple[int, int]) -> None:
    films = tuple(WorkedOn(named("film", f"f{n}", "F"), f"{year:04}", ()) for n, year in enumerate(span))
    figure = shown(draw_timeline(Filmography(named("person", "own", "Ann"), films, 2, 2)))
    years = {each for each in texts(figure.drawing) if each.isdigit()}
    assert 1 <= len(years) <= 8
    everything = parse(figure.drawing)
    assert all(0 < float(each.get("cx", "")) < figure.drawing.width for each in everything.iter(f"{SVG}circle"))


def test_films_without_a_year_and_older_ones_are_counted() -> None:
    figure = shown(draw_timeline(films_of("Ann", 4, dated=5, total=7)))
    assert figure.note == "Not shown: 1 older film and 2 films without a year."


def test_one_film_makes_no_timeline() -> None:
    assert draw_timeline(films_of("Ann", 1)) is None


def test_the_longest_timeline_is_no_longer_than_a_few_screens() -> None:
    assert shown(draw_timeline(films_of(LONG, MOST_TIMELINE_FILMS))).drawing.height < 1300


# Map


def places(figure: Figure) -> list[tuple[float, float]]:
    circles = parse(figure.drawing).iter(f"{SVG}circle")
    return [(float(each.get("cx", "")), float(each.get("cy", ""))) for each in circles if each.get("r") == "10"]


def at(*coordinates: tuple[float, float]) -> list[Spot]:
    return [Spot(named("venue", f"v{n}", f"V{n}"), *each) for n, each in enumerate(coordinates)]


def test_north_is_above_and_east_is_right() -> None:
    here, north, east = places(shown(draw_venues(at((51, 4), (51.02, 4), (51, 4.03)), "x", is_from_first=True)))
    assert north[1] < here[1]
    assert north[0] == pytest.approx(here[0], abs=0.2)
    assert east[0] > here[0]
    assert east[1] == pytest.approx(here[1], abs=0.2)


def test_one_scale_holds_in_both_directions() -> None:
    here, north, east = places(shown(draw_venues(at((51, 4), (51.01, 4), (51, 4 + 0.01 / 0.62932)), "x", is_from_first=True)))
    assert here[1] - north[1] == pytest.approx(east[0] - here[0], rel=0.01)


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    figure = shown(draw_venues(at((51, 4), (51.01, 4)), "x", is_from_first=True))
    here, north = places(figure)
    bar = next(float(each.get("d", "").split("h")[1].split("v")[0]) for each in parse(figure.drawing).iter(f"{SVG}path") if "v6h" in each.get("d", ""))  # fmt: skip  # noqa: E501
    said = next(each for each in texts(figure.drawing) if each.endswith(" m"))
    assert bar / float(said.removesuffix(" m")) == pytest.approx((here[1] - north[1]) / 1112, rel=0.01)


def test_the_line_where_the_date_changes_does_no_harm() -> None:
    west, east = places(shown(draw_venues(at((0, 179.99), (0, -179.99)), "x", is_from_first=True)))
    assert east[0] > west[0]


@pytest.mark.parametrize(
    "coordinates", [[(51.0, 4.0)] * 6, [(90.0, 0.0), (90.0, 120.0)], [(51.0, 4.0), (51.00001, 4.0)], [(51.0, 4.0)] * 20]
)
def test_marks_make_room_for_each_other(coordinates: list[tuple[float, float]]) -> None:
    marks = places(shown(draw_venues(at(*coordinates), "x", is_from_first=False)))
    apart = [(a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 for n, a in enumerate(marks) for b in marks[:n]]
    assert min(apart) > 12**2


def test_the_table_tells_how_far_and_which_way() -> None:
    figure = shown(draw_venues(at((51, 4), (51.01, 4), (51, 4.1), (51, 4)), "x", is_from_first=True))
    assert [row[3][0].label for row in figure.table.rows] == ["here", "1.1 km N", "7 km E", "same place"]


def test_a_venue_by_itself_has_no_map() -> None:
    assert draw_venues(at((51, 4)), "x", is_from_first=True) is None


def test_too_many_venues_are_counted() -> None:
    figure = shown(draw_venues(spots("V", MOST_VENUES + 3), "x", is_from_first=False))
    assert len(places(figure)) == MOST_VENUES
    assert figure.note == "Not shown: 3 more venues."


# Bars


def test_bars_are_as_long_as_their_counts() -> None:
    counts = [RoleCount(f"{BASE}role/r{n}", f"Role {n}", count) for n, count in enumerate((100, 50, 25, 1))]
    bars = [float(each.get("width", "")) for each in parse(shown(draw_roles(counts, "r")).drawing).iter(f"{SVG}rect") if each.get("class") == "accent"]  # fmt: skip  # noqa: E501
    assert bars[1] / bars[0] == pytest.approx(0.5, rel=0.01)
    assert bars[2] / bars[0] == pytest.approx(0.25, rel=0.01)


def test_rare_roles_share_a_bar_and_stand_in_the_table() -> None:
    counts = [RoleCount(f"{BASE}role/r{n}", f"Role {n}", 100 - n) for n in range(MOST_ROLES + 5)]
    figure = shown(draw_roles(counts, "r"))
    rest = sum(each.credits for each in counts[MOST_ROLES:])
    assert {"5 other roles", f"{rest:,}"} <= set(texts(figure.drawing))
    assert len(figure.table.rows) == len(counts)


def test_a_release_without_credits_has_no_bars() -> None:
    assert draw_roles([], "r") is None


# Placeholder


@pytest.mark.parametrize("title", ["Q", "Here", "Jeanne Dielman, 23, quai du Commerce, 1080 Bruxelles", LONG, "x" * 300])
def test_a_placeholder_holds_title_and_year(title: str) -> None:
    drawing = draw_poster(f"{BASE}film/f", title, "2023")
    *lines, year = texts(drawing)
    assert year == "2023"
    assert title.replace(" ", "").startswith("".join(lines).replace(" ", "").removesuffix("…"))
    assert max(float(each.get("y", "")) for each in parse(drawing).iter(f"{SVG}text")) < drawing.height - 30


def test_a_short_title_is_set_larger() -> None:
    sizes = [float(next(parse(draw_poster("i", title, "")).iter(f"{SVG}text")).get("font-size", "")) for title in ("Q", LONG)]
    assert sizes[0] > 2 * sizes[1]


def test_two_films_of_one_title_differ_in_colour() -> None:
    assert draw_poster(f"{BASE}film/a", "Here", "").to_svg() != draw_poster(f"{BASE}film/b", "Here", "").to_svg()
