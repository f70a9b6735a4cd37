"""The picture of a page that is shown where its address is shared: 1200 × 630 pixels, drawn from a few words.

Same words, same bytes. The font is a part of the package, so that every machine draws the same; a title that it has no letters
for gives way to another name of the thing.

The size is that of https://ogp.me/#structured and of what card readers show whole.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

__all__ = ["COLOURS", "HEIGHT", "WIDTH", "Card", "can_draw", "draw_card"]

WIDTH: Final = 1200
HEIGHT: Final = 630
#: What is drawn in which colour, on what.
COLOURS: Final[dict[str, str]] = {
    "paper": "#171412",
    "ink": "#f0eae0",
    "soft": "#b5aa9b",
    "accent": "#f0929b",
    "mark": "#3f3310",
    "mark-ink": "#f6dfa0",
}
_FONT_PATH: Final = Path(__file__).resolve().parent / "vendor" / "dejavu-2.37.3" / "DejaVuSerif-Bold.ttf"
_MARGIN: Final = 80
_TITLE_SIZES: Final = (96, 80, 68, 58, 50, 44)
_TITLE_LINES: Final = 3
_TITLE_HEIGHT: Final = 300
_SMALL: Final = 34
_NOTE: Final = 42
_LEADING: Final = 1.2
_ELLIPSIS: Final = "…"
# Of Unicode, no letter: every font shows it with the box that stands for what it does not have.
_NO_LETTER: Final = "\uffff"


@dataclass(frozen=True, slots=True)
class Card:
    """The words of a picture. `names` are what the thing is called, the best first; `badge` is a word of warning, or empty."""

    kind: str
    names: tuple[str, ...]
    note: str
    catalogue: str
    badge: str = ""


def draw_card(card: Card) -> bytes:
    """Return the picture as PNG."""
    image = Image.new("RGB", (WIDTH, HEIGHT), COLOURS["paper"])
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 24, HEIGHT), COLOURS["accent"])
    _write(draw, _MARGIN - 20, _drawable(card.kind).upper(), _SMALL, "soft")
    if card.badge:
        _draw_badge(draw, card.badge)
    title = next((each for each in card.names if each.strip() and can_draw(each)), _drawable(card.names[-1]))
    size, lines = _fit(title)
    height = math.ceil(size * _LEADING)
    top = 150
    for line in lines:
        _write(draw, top, line, size, "ink")
        top += height
    _write(draw, top + 22, _cut(_drawable(card.note), _NOTE), _NOTE, "accent")
    _write(draw, HEIGHT - 90, _cut(_drawable(card.catalogue), _SMALL), _SMALL, "soft")
    return _to_png(image)


def can_draw(text: str) -> bool:
    """Return whether the font has all letters of a text."""
    return all(each.isspace() or _has_letter(each) for each in text)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONT_PATH), size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _has_letter(letter: str) -> bool:
    font = _font(_SMALL)
    return _shape(font, letter) != _shape(font, _NO_LETTER)


def _shape(font: ImageFont.FreeTypeFont, letter: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(letter)
    return mask.size, bytes(mask)


def _drawable(text: str) -> str:
    """Return a text without what the font cannot show."""
    return " ".join("".join(each if each.isspace() or _has_letter(each) else " " for each in text).split())


def _write(draw: ImageDraw.ImageDraw, top: int, text: str, size: int, colour: str) -> None:
    draw.text((_MARGIN, top), text, COLOURS[colour], _font(size))


def _draw_badge(draw: ImageDraw.ImageDraw, text: str) -> None:
    width = _font(_SMALL).getlength(text)
    left = WIDTH - _MARGIN - width
    draw.rectangle((left - 18, _MARGIN - 30, WIDTH - _MARGIN + 18, _MARGIN + 28), COLOURS["mark"])
    draw.text((left, _MARGIN - 20), text, COLOURS["mark-ink"], _font(_SMALL))


def _fit(title: str) -> tuple[int, list[str]]:
    """Return the largest size at which a title fits, with its lines; the smallest one cuts what is too long."""
    for size in _TITLE_SIZES:
        lines = _wrap(title.split(), size)
        if len(lines) * size * _LEADING <= _TITLE_HEIGHT and all(_is_narrow(each, size) for each in lines):
            return size, lines
    smallest = _TITLE_SIZES[-1]
    lines = _wrap(title.split(), smallest)
    if len(lines) > _TITLE_LINES:
        lines = [*lines[: _TITLE_LINES - 1], " ".join(lines[_TITLE_LINES - 1 :])]
    return smallest, [_cut(each, smallest) for each in lines]


def _wrap(words: Iterable[str], size: int) -> list[str]:
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _is_narrow(longer, size):
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _is_narrow(text: str, size: int) -> bool:
    return _font(size).getlength(text) <= WIDTH - 2 * _MARGIN


def _cut(text: str, size: int) -> str:
    """Return a line that fits, with an ellipsis where something was cut off."""
    if _is_narrow(text, size):
        return text
    while text and not _is_narrow(text + _ELLIPSIS, size):
        text = text[:-1].rstrip()
    return text + _ELLIPSIS


def _to_png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG", compress_level=9)
    return out.getvalue()
