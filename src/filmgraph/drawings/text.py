"""Texts in a drawing: how wide they are, where they break, and what of them XML can hold.

SVG breaks no lines by itself, and the reader's font is not known here. So widths are estimated, rather too wide than too narrow,
from advance widths of common sans serifs.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["BOLD", "clean", "fit", "measure", "wrap"]

#: Advance widths of ASCII from the space to the tilde, in hundredths of the font size: the wider ones of two common fonts.
_ASCII: Final = (
    32, 41, 46, 84, 64, 95, 78, 28, 39, 39, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    34, 34, 84, 84, 84, 56, 102, 69, 69, 73, 77, 67, 62, 78, 76, 30, 50, 67, 56, 87, 75, 79, 67, 79, 73, 67,
    62, 74, 69, 99, 69, 67, 69, 39, 34, 39, 84, 56, 50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98,
    64, 62, 64, 64, 42, 53, 40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84,
)  # fmt: skip
#: How much wider bold letters are.
BOLD: Final = 1.15
_WIDE, _CAPITAL, _OTHER = 105, 79, 64
#: What XML 1.0 cannot hold at all (https://www.w3.org/TR/xml/#charsets).
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ELLIPSIS: Final = "…"
#: Where a line may break beside spaces: after a hyphen, a slash or a dash.
_PIECES: Final = re.compile(r"[^\s/–—-]*[/–—-]+|[^\s/–—-]+|\s+")


def clean(text: str) -> str:
    """Return a text with single spaces; what XML cannot hold becomes U+FFFD."""
    return _FORBIDDEN.sub("\ufffd", " ".join(text.split()))


def measure(text: str, size: float) -> float:
    """Return about how wide a text is at a font size, in the same unit."""
    return sum(map(_advance, text)) * size / 100


def _advance(sign: str) -> int:
    if " " <= sign <= "~":
        return _ASCII[ord(sign) - 32]
    if unicodedata.combining(sign) or unicodedata.category(sign) in ("Cf", "Mn", "Me"):
        return 0
    if unicodedata.east_asian_width(sign) in "WF":
        return _WIDE
    base = unicodedata.normalize("NFD", sign)[0]
    if " " <= base <= "~":
        return _ASCII[ord(base) - 32]
    return _CAPITAL if unicodedata.category(sign) == "Lu" else _OTHER


def fit(text: str, size: float, width: float) -> str:
    """Return a text that is at most `width` wide: cut, with an ellipsis, where it is too long.

    >>> fit("A very long title", 10, 60)
    'A very lon…'
    """
    if measure(text, size) <= width:
        return text
    room, kept = width - measure(_ELLIPSIS, size), ""
    for sign in _split_signs(text):
        room -= measure(sign, size)
        if room < 0:
            break
        kept += sign
    return kept.rstrip() + _ELLIPSIS


def wrap(text: str, size: float, width: float, most: int) -> tuple[str, ...]:
    """Return a text in at most `most` lines of `width`; a word that is too long is broken, and the last line cut.

    >>> wrap("Quo vadis, Aida? and more", 10, 60, 2)
    ('Quo vadis,', 'Aida? and…')
    """
    lines = _break(clean(text), size, width)
    if len(lines) > most:
        lines[most - 1 :] = [fit("".join(lines[most - 1 :]), size, width)]
    return tuple(line.strip() for line in lines)


def _break(text: str, size: float, width: float) -> list[str]:
    """Return a text in lines that make it up together: the space where a line was broken stays at its end."""
    lines = [""]
    for piece in _PIECES.findall(text):
        if not lines[-1] or measure((lines[-1] + piece).rstrip(), size) <= width:
            lines[-1] += piece
        else:
            lines.append(piece)
        if measure(lines[-1].rstrip(), size) > width:
            lines[-1:] = _break_word(lines[-1], size, width)
    return lines


def _break_word(word: str, size: float, width: float) -> list[str]:
    """Return a word in pieces that fit; one sign is never taken apart, however narrow the line."""
    pieces = [""]
    for sign in _split_signs(word):
        if pieces[-1] and measure(pieces[-1] + sign, size) > width:
            pieces.append("")
        pieces[-1] += sign
    return pieces


def _split_signs(text: str) -> list[str]:
    """Return the signs of a text, each with the marks that stand on it and what is joined to it."""
    signs: list[str] = []
    for each in text:
        is_joined = signs and (unicodedata.category(each) in ("Mn", "Me", "Mc", "Cf") or signs[-1].endswith("\u200d"))
        if is_joined:
            signs[-1] += each
        else:
            signs.append(each)
    return signs
