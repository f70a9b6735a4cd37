from __future__ import annotations

from collections.abc import Callable

import pytest

from filmgraph.errors import UnreadableInputError
from filmgraph.iris import Kind
from filmgraph.sources.base import Reading
from filmgraph.sources.page.html import read_html_lines
from filmgraph.sources.page.lines import read_text_lines


def test_text_lines_count_the_blanks_before_them() -> None:
    lines = read_text_lines("\n\nOne\n  two  words \n\t\n\nThree")
    assert [(each.number, each.gap, each.text) for each in lines] == [(3, 2, "One"), (4, 0, "two words"), (7, 2, "Three")]


def test_html_becomes_lines() -> None:
    html = (
        "<title>no</title><h1>Big\n <b>Title</b></h1>\n<p>One<br>two &amp; more</p>\n<script>no()</script>"
        "<dl><dt>A</dt><dd>x</dd><dd>y</dd>\n<dt></dt><dd>z</dd></dl><div><div></div></div><p>end"
    )
    assert [(each.number, each.gap, each.text, each.is_title) for each in read_html_lines(html)] == [
        (1, 1, "Big Title", True),
        (3, 1, "One", False),
        (3, 0, "two & more", False),
        (4, 1, "A", False),
        (4, 1, "x, y", False),
        (5, 2, "z", False),
        (5, 1, "end", False),
    ]


def test_lines_that_share_a_line_of_html_are_told_apart(read: Callable[..., Reading], page_text: Callable[[str], str]) -> None:
    html = page_text("la-derniere-baguette.html")
    packed = read(html.replace("\n", ""), name="packed.html", language="fr")
    whole = read(html, name="whole.html", language="fr")
    assert [(each.text, each.why) for each in packed.unread] == [(each.text, each.why) for each in whole.unread]
    assert [each.ref for each in packed.records] == [each.ref for each in whole.records]
    assert {each.place.line for each in packed.unread} == {1}


def test_html_h1_is_the_title_without_a_filmography(read: Callable[..., Reading]) -> None:
    page = "<h1>Salt</h1><p>82' - 2023 - Drama<br>Director: Ann Aert</p>"
    films = [each for each in read(page, name="h1.html").records if each.ref.kind is Kind.FILM]
    assert [(each.ref.name, each.ref.year) for each in films] == [("Salt", 2023)]


def test_an_endless_nest_of_tags_is_unreadable(read: Callable[..., Reading]) -> None:
    with pytest.raises(UnreadableInputError, match=r"nest\.html: more than \d+ elements are never closed"):
        read("<div>" * 100_000, name="nest.html")


def test_deep_html_is_read_without_recursion() -> None:
    assert [each.text for each in read_html_lines("<div>" * 3_000 + "deep")] == ["deep"]


def test_scripts_and_attributes_of_html_are_no_text(read: Callable[..., Reading]) -> None:
    page = '<p data-filmgraph-line="x9">82\' - 2023</p><script>"Director: Ann Aert"</script><img alt="Director: Ann Aert" src=x>'
    reading = read(page, name="script.html")
    assert reading.records == ()
    assert [each.text for each in reading.unread] == ["82' - 2023"]
