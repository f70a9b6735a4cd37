"""Colours: everything can be read, light and dark, and they are those of the site."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from filmgraph.drawings import contrast, derive_colours
from filmgraph.drawings.colour import DARK, LIGHT, PRINT, STYLE, Palette

STATIC = Path(__file__).resolve().parents[2] / "src" / "filmgraph" / "web" / "static"
IRIS = [f"https://films.example/id/film/f-{n}" for n in range(2000)]


def test_every_placeholder_can_be_read() -> None:
    worst = min(contrast(each.ground, each.ink) for each in map(derive_colours, IRIS))
    assert worst >= 4.5


def test_placeholders_differ_and_stay_the_same() -> None:
    colours = {derive_colours(each).ground for each in IRIS}
    assert len(colours) > 1000
    assert derive_colours(IRIS[0]) == derive_colours(IRIS[0])


@pytest.mark.parametrize("palette", [LIGHT, DARK, PRINT])
def test_words_and_marks_stand_out_from_the_paper(palette: Palette) -> None:
    for colour in (palette.ink, palette.soft, palette.accent):
        assert contrast(colour, palette.paper) >= 4.5


@pytest.mark.parametrize(("palette", "place"), [(LIGHT, 0), (DARK, 1)])
def test_the_colours_are_those_of_the_site(palette: Palette, place: int) -> None:
    css = (STATIC / "filmgraph.css").read_text(encoding="utf-8")
    for name in ("paper", "ink", "soft", "accent", "line"):
        assert re.findall(rf"--{name}: (#[0-9a-f]+);", css)[place] == getattr(palette, name)


def test_a_drawing_in_a_page_has_a_colour_for_every_class() -> None:
    css = (STATIC / "drawings.css").read_text(encoding="utf-8")
    classes = set(re.findall(r"\.([a-z-]+)\{", STYLE))
    assert classes == {"paper", "ink", "soft", "accent", "halo", "line", "thread", "ring"}
    assert not [each for each in classes if f".drawing .{each} {{" not in css]


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")
