"""Texts in drawings: they stay within their width, break where they should, and hold nothing that XML cannot."""

from __future__ import annotations

import pytest

from filmgraph.drawings.svg import element, number, words
from filmgraph.drawings.text import clean, fit, measure, wrap

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
TITLES = (
    "",
    "Q",
    "Here",
    "Jeanne Dielman, 23, quai du Commerce, 1080 Bruxelles",
    "Uncle Boonmee Who Can Recall His Past Lives",
    LONG,
    f"A {LONG} b",
    "a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q-r-s-t",
    "千と千尋の神隠し" * 3,
    "مدينة " * 12,
    "e\u0301" * 60,
    FAMILY * 20,
)


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("width", [60, 120, 300])
@pytest.mark.parametrize("most", [1, 2, 4])
def test_lines_are_as_few_and_as_narrow_as_asked(title: str, width: float, most: int) -> None:
    lines = wrap(title, 13, width, most)
    assert 1 <= len(lines) <= most
    assert all(measure(line, 13) <= width for line in lines)


@pytest.mark.parametrize("title", TITLES)
def test_no_sign_is_lost_where_there_is_room_for_all(title: str) -> None:
    assert "".join(wrap(title, 13, 90, 99)).replace(" ", "") == title.replace(" ", "")


@pytest.mark.parametrize("title", [each for each in TITLES if measure(each, 13) > 90])
def test_what_is_cut_ends_in_an_ellipsis(title: str) -> None:
    assert fit(title, 13, 90).endswith("…")
    assert title.startswith(fit(title, 13, 90)[:-1])


def test_words_stay_whole_where_they_fit() -> None:
    assert wrap("Quo vadis, Aida?", 10, 60, 3) == ("Quo vadis,", "Aida?")


def test_a_line_may_break_after_a_hyphen() -> None:
    assert wrap("Okonkwo-Adeyemi", 10, 60, 2) == ("Okonkwo-", "Adeyemi")


@pytest.mark.parametrize("text", ["e\u0301" * 9, FAMILY * 9])
def test_marks_and_joined_signs_are_not_taken_apart(text: str) -> None:
    sign = text[: len(text) // 9]
    for line in wrap(text, 13, 60, 99):
        assert line == sign * (len(line) // len(sign))


def test_one_sign_that_is_wider_than_the_line_stands_alone() -> None:
    assert wrap("WW", 40, 10, 5) == ("W", "W")


@pytest.mark.parametrize(("narrow", "wide"), [("iiii", "mmmm"), ("abc", "日本語"), ("e\u0301", "ee"), ("а", "Ш")])
def test_widths_are_in_the_right_order(narrow: str, wide: str) -> None:
    assert 0 < measure(narrow, 10) < measure(wide, 10)


@pytest.mark.parametrize("sign", ["\x00", "\x08", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_what_xml_cannot_hold_is_replaced(sign: str) -> None:
    assert clean(f"a{sign}b") in ("a\ufffdb", "a b")
    words(f"a{sign}b").encode()


def test_white_space_is_joined() -> None:
    assert clean(" a\n\tb\u2028c ") == "a b c"


def test_attributes_are_escaped() -> None:
    assert element("g", fill='"><script>') == '<g fill="&quot;&gt;&lt;script&gt;"/>'


@pytest.mark.parametrize(("value", "text"), [(1, "1"), (1.25, "1.2"), (-0.04, "0"), (100.0, "100"), (-3.5, "-3.5")])
def test_numbers_have_at_most_one_decimal(value: float, text: str) -> None:
    assert number(value) == text
