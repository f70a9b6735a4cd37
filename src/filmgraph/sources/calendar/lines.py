"""The bytes of a calendar → content lines with their numbers → components (https://www.rfc-editor.org/rfc/rfc5545#section-3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from filmgraph.sources.confined import RefusedError

__all__ = ["Component", "ContentLine", "iter_content_lines", "parse_components"]

_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
_NAME: Final = re.compile(r"[A-Za-z0-9-]+(?=[;:])")
_DEEPEST: Final = 8


@dataclass(frozen=True, slots=True)
class ContentLine:
    """An unfolded line, and the number of its first physical line."""

    number: int
    text: str

    @property
    def name(self) -> str:
        """The name of the property in capitals; empty where there is none."""
        match = _NAME.match(self.text)
        return match[0].upper() if match else ""

    @property
    def value(self) -> str:
        """What stands behind the first colon, for lines without parameters."""
        return self.text.partition(":")[2].strip()


@dataclass(slots=True)
class Component:
    """A component: its name, the line that begins it, its own content lines, and the components within it."""

    name: str
    line: int
    lines: list[ContentLine] = field(default_factory=list)
    parts: list[Component] = field(default_factory=list)

    def to_text(self) -> str:
        """Return the component as it stood, unfolded."""
        inside = [each.text for each in self.lines] + [each.to_text() for each in self.parts]
        return "\r\n".join([f"BEGIN:{self.name}", *inside, f"END:{self.name}"])


def iter_content_lines(data: bytes) -> Iterator[ContentLine]:
    """Yield the lines of a calendar in UTF-8, unfolded before they are decoded: some programs fold within a character."""
    number, first, pieces = 0, 0, list[bytes]()
    for number, raw in enumerate(_LINE_END.split(data.removeprefix(b"\xef\xbb\xbf")), 1):
        if raw[:1] in (b" ", b"\t") and pieces:
            pieces.append(raw[1:])
            continue
        yield from _decode(first, pieces)
        first, pieces = number, [raw]
    yield from _decode(first, pieces)


def _decode(number: int, pieces: list[bytes]) -> Iterator[ContentLine]:
    whole = b"".join(pieces)
    if not whole.strip():
        return
    try:
        yield ContentLine(number, whole.decode("utf-8"))
    except UnicodeDecodeError as error:
        what = f"line {number}: byte 0x{whole[error.start]:02X} is not UTF-8"
        raise RefusedError(f'{what}: name the encoding in the profile, as in encoding = "cp1252"') from error


def parse_components(lines: Iterable[ContentLine]) -> tuple[Component, ...]:
    """Return the calendars of a file; RefusedError where it is none, or is cut short."""
    file = Component("", 0)
    stack = [file]
    for line in lines:
        if line.name == "BEGIN":
            _begin(stack, line)
        elif line.name == "END":
            _end(stack, line)
        elif len(stack) == 1:
            raise RefusedError(f"line {line.number}: {line.text[:40]!r} stands outside of a calendar: is this an .ics file?")
        else:
            stack[-1].lines.append(line)
    if len(stack) > 1:
        raise RefusedError(f"line {stack[-1].line}: BEGIN:{stack[-1].name} is never ended, the file is cut short: export it anew")
    if not file.parts or any(each.name != "VCALENDAR" for each in file.parts):
        raise RefusedError("there is no BEGIN:VCALENDAR: is this an .ics file?")
    return tuple(file.parts)


def _begin(stack: list[Component], line: ContentLine) -> None:
    component = Component(line.value.upper(), line.number)
    stack[-1].parts.append(component)
    stack.append(component)
    if len(stack) > _DEEPEST + 1:
        raise RefusedError(f"line {line.number}: components lie more than {_DEEPEST} deep: no calendar has that")


def _end(stack: list[Component], line: ContentLine) -> None:
    if len(stack) == 1 or stack.pop().name != line.value.upper():
        raise RefusedError(f"line {line.number}: {line.text[:40]!r} ends what was not begun: export the calendar anew")
