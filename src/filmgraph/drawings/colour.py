"""Colours: those of a drawing, light and dark, those that an IRI gives, and how well one can be read on another."""

from __future__ import annotations

import colorsys
import hashlib
from dataclasses import dataclass
from typing import Final

__all__ = ["DARK", "LIGHT", "PRINT", "STYLE", "Palette", "PosterColours", "contrast", "derive_colours"]

#: What WCAG 2.2 asks for texts (https://www.w3.org/TR/WCAG22/#contrast-minimum); posters keep more than that.
_WANTED: Final = 7.0


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a drawing, as in the style sheet of the site: ground, text, lesser text, what stands out, faint lines."""

    paper: str
    ink: str
    soft: str
    accent: str
    line: str


LIGHT: Final = Palette(paper="#fbfaf6", ink="#1f1b17", soft="#5e564d", accent="#8f1d2c", line="#ddd6ca")
DARK: Final = Palette(paper="#171412", ink="#f0eae0", soft="#b5aa9b", accent="#f0929b", line="#3b342d")
PRINT: Final = Palette(paper="#ffffff", ink="#000000", soft="#444444", accent="#000000", line="#bbbbbb")


@dataclass(frozen=True, slots=True)
class PosterColours:
    """The colours of a placeholder: `shade` is for ornaments, and lies between the other two."""

    ground: str
    ink: str
    shade: str


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def derive_colours(iri: str) -> PosterColours:
    """Return the colours that belong to an IRI: the same for all time, and spread over all hues."""
    digest = hashlib.sha256(iri.encode(errors="replace")).digest()
    hue = int.from_bytes(digest[:2], "big") / 65536
    saturation = 0.35 + 0.3 * digest[2] / 255
    lightness = 0.24 + 0.16 * digest[3] / 255
    ink = _hex(hue, 0.94, 0.5)
    while contrast(_hex(hue, lightness, saturation), ink) < _WANTED:
        lightness -= 0.02
    return PosterColours(_hex(hue, lightness, saturation), ink, _hex(hue, lightness + 0.09, saturation))


def _hex(hue: float, lightness: float, saturation: float) -> str:
    return "#" + "".join(f"{round(255 * each):02x}" for each in colorsys.hls_to_rgb(hue, lightness, saturation))


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[n : n + 2], 16) / 255) for n in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _rules(palette: Palette) -> str:
    return (
        f".paper{{fill:{palette.paper}}}.ink{{fill:{palette.ink}}}.soft{{fill:{palette.soft}}}.accent{{fill:{palette.accent}}}"
        f".halo{{stroke:{palette.paper}}}.line{{stroke:{palette.line}}}.thread{{stroke:{palette.soft}}}.ring{{stroke:{palette.accent}}}"
    )


#: The style sheet of a drawing that stands alone; on a page, `drawings.css` gives the same classes the colours of the page.
STYLE: Final = (
    f":root{{color-scheme:light dark}}.halo{{paint-order:stroke;stroke-width:3px;stroke-linejoin:round}}{_rules(LIGHT)}"
    f"@media (prefers-color-scheme:dark){{{_rules(DARK)}}}@media print{{{_rules(PRINT)}}}"
)
