"""What a row's cells are before they are read: mended, blank where a code says so, filled from above, cut and joined."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from filmgraph.findings import Finding, Severity
from filmgraph.sources.base import UnreadLine
from filmgraph.sources.sheet.column import PIECE, Column, Profile
from filmgraph.sources.sheet.mojibake import mend
from filmgraph.sources.sheet.rows import Row, Sheet

__all__ = ["Prepared", "leave_out_rows", "prepare", "rename_columns"]

_FIELD: Final = re.compile(r"\{([^{}]+)\}")
_BETWEEN_PARTS: Final = " \t\n\r\u00a0,;/|+·•–—-"


@dataclass(frozen=True, slots=True)
class Prepared:
    """Rows with the cells that the profile's rules make of them, and what was found on the way."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    unread: tuple[UnreadLine, ...]


def rename_columns(sheet: Sheet, profile: Profile) -> Sheet:
    """Return a sheet whose columns bear the names that the profile has for them; places keep the headers of the file."""
    names: dict[str, str] = {}
    for column in profile.columns.values():
        found = [each for each in column.also if each in sheet.header and each not in profile.columns]
        if column.header not in sheet.header and len(found) == 1:
            names[found[0]] = column.header
    if not names:
        return sheet
    origins = {name: header for header, name in names.items()}
    rows = (
        Row(row.place, {names.get(header, header): cell for header, cell in row.cells.items()}, origins) for row in sheet.rows
    )
    return replace(sheet, header=tuple(names.get(each, each) for each in sheet.header), rows=tuple(rows))


def leave_out_rows(sheet: Sheet, profile: Profile) -> Sheet:
    """Return a sheet without the rows that the profile says are no data; they are told as understood."""
    rows, unread = [], list(sheet.unread)
    beginnings = tuple(each.casefold() for each in profile.ignored_rows)
    for row in sheet.rows:
        text = next(iter(row.cells.values()), "")
        is_example = bool(beginnings) and text.casefold().startswith(beginnings)
        if is_example or (profile.rows_with and profile.rows_with not in row.cells):
            unread.append(UnreadLine(row.place, text, "the profile says that such rows are no data", is_understood=True))
        else:
            rows.append(row)
    return replace(sheet, rows=tuple(rows), unread=tuple(unread))


@dataclass(slots=True)
class _Notes:
    findings: list[Finding] = field(default_factory=list)
    unread: list[UnreadLine] = field(default_factory=list)


def prepare(rows: Iterable[Row], profile: Profile) -> Prepared:
    """Return the rows as the profile's rules make them; `profile` is expanded already."""
    notes, above = _Notes(), dict[str, str]()
    rules = tuple(profile.columns.values())
    filled, taken = [each.header for each in rules if each.fill_down], [each for each in rules if each.otherwise]
    joined = [each for each in rules if each.parts], [each for each in rules if each.template]
    prepared = []
    for row in rows:
        cells, origins = _read_words(row, profile, notes), dict(row.origins)
        for header in filled:
            above |= {header: cells[header]} if header in cells else {}
            cells |= {header: above[header]} if header in above else {}
        for column in taken:
            if column.header not in cells and column.otherwise in cells:
                cells[column.header] = cells.pop(column.otherwise)
                origins[column.header] = column.otherwise
        _join(*joined, row, cells, origins, notes)
        prepared.append(Row(row.place, cells, origins))
    return Prepared(tuple(prepared), tuple(notes.findings), tuple(notes.unread))


def _read_words(row: Row, profile: Profile, notes: _Notes) -> dict[str, str]:
    """Return the cells of a row, mended, and with words in the place of codes; those that stand for nothing are left out."""
    cells = {}
    for header, text in row.cells.items():
        whole = text if text.isascii() else _mended(text, header, row, notes)
        column = profile.columns.get(header)
        word = whole if column is None else "" if whole in column.missing else column.words.get(whole, whole)
        if word:
            cells[header] = word
    return cells


def _join(
    mixed: list[Column], made: list[Column], row: Row, cells: dict[str, str], origins: dict[str, str], notes: _Notes
) -> None:
    """Cut mixed cells, and put together the columns that the sheet does not have."""
    for column in mixed:
        if column.header in cells:
            _cut(column, cells[column.header], cells, origins, row, notes)
    for column in made:
        if text := _fill(column, cells):
            cells[column.header] = text
            origins[column.header] = next(iter(_FIELD.findall(column.template)), "")


def _mended(text: str, header: str, row: Row, notes: _Notes) -> str:
    mended = mend(text)
    if mended is None:
        return text
    if mended.text is None:
        message = f"{text!r} looks as if it had been read with a wrong encoding, and cannot be mended with certainty. Correct it."
        severity = Severity.WARNING
    else:
        message = f"{text!r} was read with a wrong encoding once, and is taken as {mended.text!r}. Correct it in the sheet."
        severity = Severity.INFO
    notes.findings.append(Finding("read-mojibake", severity, message, value=text, places=(row.place_of(header),)))
    return text if mended.text is None else mended.text


def _cut(column: Column, text: str, cells: dict[str, str], origins: dict[str, str], row: Row, notes: _Notes) -> None:
    """Put each piece of a mixed cell under the header of the part whose rule explains it."""
    rest = next((each for each in column.parts if each.pattern is None), None)
    for header, piece in _iter_pieces(column, text):
        if not header and rest is None:
            message = (
                f"No rule of the profile explains {piece!r} in {text!r}. Correct the cell, or add a part for it to the profile."
            )
            notes.findings.append(
                Finding("read-part", Severity.VIOLATION, message, value=piece, places=(row.place_of(column.header),))
            )
            notes.unread.append(UnreadLine(row.place_of(column.header), piece, message))
            continue
        target = header or (rest.header if rest else "")
        cells[target] = f"{cells[target]}{PIECE}{piece}" if target in cells else piece
        origins[target] = column.header


def _iter_pieces(column: Column, text: str) -> Iterator[tuple[str, str]]:
    """Yield (header of the part, piece) from left to right; the header is empty for what no pattern explains."""
    position = start = 0
    while position < len(text):
        found = next(
            ((part, match) for part in column.parts if part.pattern and (match := part.pattern.match(text, position))), None
        )
        if found is None:
            position += 1
            continue
        part, match = found
        if left := text[start:position].strip(_BETWEEN_PARTS):
            yield "", left
        for group, header in part.groups.items():
            if match[group]:
                yield header, match[group].strip()
        if not part.groups:
            yield part.header, match[1 if match.re.groups else 0].strip()
        position = start = max(match.end(), position + 1)
    if left := text[start:].strip(_BETWEEN_PARTS):
        yield "", left


def _fill(column: Column, cells: dict[str, str]) -> str:
    """Return the text of a column that is put together from others; empty when one of them is blank."""
    names = _FIELD.findall(column.template)
    if any(name not in cells for name in names):
        return ""
    return _FIELD.sub(lambda match: cells[match[1]], column.template).strip()
