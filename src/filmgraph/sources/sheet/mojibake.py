"""Text that was decoded with the wrong table once before: `AmÃ©lie`. Repaired only where that is certain. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["Mend", "mend"]

_BYTES_WITHOUT_MEANING: Final = {chr(byte): bytes([byte]) for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
_PUNCTUATION: Final = frozenset("‚„‹›‘’“”–—…«»")


def _marks(table: str, but: frozenset[str] = frozenset()) -> str:
    """Return how a table reads the bytes that follow the first one of a UTF-8 sequence, as a class of characters."""
    read = (bytes([byte]).decode(table, "ignore") or chr(byte) for byte in range(0x80, 0xC0))
    return "[" + "".join(re.escape(each) for each in read if each not in but) + "]"


def _western() -> re.Pattern[str]:
    """Return what UTF-8's sequences look like when they are read by cp1252, and sound texts do not: `été…»` is sound."""
    follow, sign = _marks("cp1252"), _marks("cp1252", _PUNCTUATION)
    shapes = (f"Ã{follow}", "Â[\u00a0-\u00bf]", f"[ÄÅÎÏÐÑØ]{sign}", f"(?:×{sign}){{2}}", f"â[€‚„]{follow}")
    return re.compile("|".join((*shapes, f"[à-ï]{sign}{follow}", f"ð{sign}{follow}{{2}}")))


# The other tables read the first byte of a Latin letter's sequence as a sign that no name holds: ├, ─, ┼, √, ƒ, ≈.
_SHAPES: Final = {
    "cp1252": _western(),
    "cp850": re.compile(f"[├─┼]{_marks('cp850')}"),
    "cp437": re.compile(f"[├─┼]{_marks('cp437')}"),
    "mac-roman": re.compile(f"[√ƒ≈]{_marks('mac-roman')}"),
}


@dataclass(frozen=True, slots=True)
class Mend:
    """What a damaged text should be; `text` is None where that is not certain."""

    text: str | None


def mend(text: str) -> Mend | None:
    """Return what a text should be that looks as if it was decoded wrongly; None when it looks sound.

    Certain is: every character outside ASCII takes part, the whole gives valid UTF-8, and the result looks sound. Two tables
    that give two results leave it open.

    >>> mend("AmÃ©lie"), mend("Amélie"), mend("AmÃ©lie é")
    (Mend(text='Amélie'), None, Mend(text=None))
    """
    if text.isascii():
        return None
    suspects = [table for table, shape in _SHAPES.items() if shape.search(text)]
    if not suspects:
        return None
    results = {result for table in suspects if (result := _redecode(text, table)) is not None}
    sound = [each for each in results if not any(shape.search(each) for shape in _SHAPES.values())]
    return Mend(sound[0] if len(results) == len(sound) == 1 else None)


def _redecode(text: str, table: str) -> str | None:
    pieces: list[bytes] = []
    for each in text:
        try:
            pieces.append(each.encode(table))
        except UnicodeEncodeError:
            if table != "cp1252" or each not in _BYTES_WITHOUT_MEANING:
                return None
            pieces.append(_BYTES_WITHOUT_MEANING[each])
    try:
        result = b"".join(pieces).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if any(0x80 <= ord(each) < 0xA0 for each in result) else result
