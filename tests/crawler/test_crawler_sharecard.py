"""The picture of a page: its size, its contrast, its words; the same for the same page."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageChops

import filmgraph
from filmgraph.sharecard import COLOURS, HEIGHT, WIDTH, Card, can_draw, draw_card

FONT = Path(filmgraph.__file__).parent / "vendor" / "dejavu-2.37.3"
HERE = Card("film", ("Here", "here 2023"), "2023 · Bas Devos", "Demo")


def to_pixels(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def rows_with(image: Image.Image, colour: str) -> set[int]:
    """The rows of pixels, right of the stripe, that have a colour."""
    wanted = [int(COLOURS[colour][n : n + 2], 16) for n in (1, 3, 5)]
    # A palette has not every colour to the last shade.
    bands = zip(image.split(), wanted, strict=True)
    masks = [band.point(lambda shade, near=near: 255 if abs(shade - near) < 12 else 0) for band, near in bands]
    joined = ImageChops.darker(ImageChops.darker(masks[0], masks[1]), masks[2]).crop((30, 0, image.width, image.height))
    return {y for y in range(image.height) if joined.crop((0, y, joined.width, y + 1)).getbbox()}


def test_same_words_same_bytes() -> None:
    assert draw_card(HERE) == draw_card(HERE)
    assert draw_card(HERE) != draw_card(Card("film", ("Here",), "2024 · Robert Zemeckis", "Demo"))


@pytest.mark.parametrize(
    "title",
    ["Here", "Jeanne Dielman, 23, quai du Commerce, 1080 Bruxelles", "A" * 200, "word " * 80, "日本", "Škvorecký – “Élégie”"],
)
def test_card_has_its_size_and_keeps_its_margin(title: str) -> None:
    data = draw_card(Card("film", (title, "key words"), "1975 · " + "Chantal Akerman, " * 9, "Demo"))
    image = to_pixels(data)
    assert image.size == (WIDTH, HEIGHT) == (1200, 630)
    assert len(data) < 100_000
    paper = image.getpixel((WIDTH - 1, 0))
    assert {image.getpixel((x, y)) for x in range(WIDTH - 60, WIDTH) for y in range(HEIGHT)} == {paper}


def test_title_note_and_catalogue_do_not_overlap() -> None:
    image = to_pixels(draw_card(Card("film", ("word " * 40,), "1975 · Chantal Akerman", "Demo")))
    title, note, soft = (rows_with(image, each) for each in ("ink", "accent", "soft"))
    catalogue = {y for y in soft if y > HEIGHT // 2}
    assert max(title) < min(note) <= max(note) < min(catalogue)


def test_title_without_letters_in_the_font_gives_way_to_another_name() -> None:
    japanese = Card("film", ("千と千尋の神隠し", "Sen to Chihiro no kamikakushi", "key"), "2001", "Demo")
    assert draw_card(japanese) == draw_card(Card("film", ("Sen to Chihiro no kamikakushi",), "2001", "Demo"))


@pytest.mark.parametrize(
    ("text", "drawable"), [("Élégie Őz", True), ("Андрей Рублёв", True), ("日本", False), ("العربية", False), ("", True)]
)
def test_font_knows_its_letters(text: str, drawable: bool) -> None:
    assert can_draw(text) is drawable


def test_what_is_made_up_says_so() -> None:
    badge = to_pixels(draw_card(Card("screening", ("Here",), "", "Demo", "fictional")))
    assert rows_with(badge, "mark")
    assert not rows_with(to_pixels(draw_card(HERE)), "mark")


def luminance(colour: str) -> float:
    channels = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("front", "back"), [("ink", "paper"), ("soft", "paper"), ("accent", "paper"), ("mark-ink", "mark")])
def test_colours_contrast_enough(front: str, back: str) -> None:
    lighter, darker = sorted((luminance(COLOURS[front]), luminance(COLOURS[back])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 7


def test_font_is_the_one_that_was_published() -> None:
    for line in (FONT / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((FONT / name).read_bytes()).hexdigest() == digest, name
    assert "Bitstream" in (FONT / "LICENSE").read_text()


def test_card_of_a_film_is_that_of_its_words(demo_client: FlaskClient) -> None:
    answer = demo_client.get("/share/film/here-2023.png")
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    expected = Card("film", ("Here",), "2023 · Bas Devos", "The filmgraph demo catalogue")
    assert answer.data == draw_card(expected)
    again = demo_client.get("/share/film/here-2023.png", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path",
    ["/share/film/nothing.png", "/share/film/here-2023.jpg", "/share/nothing/x.png", "/share/film/.png", "/share/film/here-2023"],
)
def test_card_of_what_is_not_there_is_404(path: str, demo_client: FlaskClient) -> None:
    assert demo_client.get(path).status_code == 404
