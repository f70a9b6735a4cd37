"""What an editor likely meant by a cell that cannot be read; only where one answer is certain enough to be proposed.

A proposal is a text for the cell that the profile would read: the last day of the month for one that there is not, day and month
the other way round, the format of the sheet for another one, the cell of another column with which this one was swapped.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from filmgraph.findings import Finding
from filmgraph.model import PartialDate
from filmgraph.settings import SourceSettings
from filmgraph.sources.sheet.column import Column, Profile, Use
from filmgraph.sources.sheet.dates import DATE_FORMATS, DATETIME_FORMATS, Inferred, has_year
from filmgraph.sources.sheet.rows import Row, Sheet
from filmgraph.sources.sheet.values import parse_cell
from filmgraph.vocabulary import Vocabulary

__all__ = ["Table", "find_proposals"]

_LAST_DAYS: Final = ("30", "29", "28")
_DAY: Final = re.compile(r"(?<![0-9])(?:29|30|31)(?![0-9])")
_PAIR: Final = re.compile(r"(?<![0-9])([0-9]{1,2})([-/. ]+)([0-9]{1,2})(?![0-9])")
_NUMERIC: Final = re.compile(r"[YMDHM/.: -]+")
_NEAR: Final = 0.7
_DATES: Final = ("date", "datetime")


@dataclass(frozen=True, slots=True)
class Table:
    """A source, the profile by which it is read, and its rows."""

    source: SourceSettings
    profile: Profile
    sheet: Sheet

    @property
    def rows(self) -> Mapping[int, Row]:
        """The rows by their numbers."""
        return {row.place.row: row for row in self.sheet.rows if row.place.row is not None}


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell that cannot be read, in its row."""

    text: str
    column: Column
    row: Row
    profile: Profile
    vocabulary: Vocabulary

    def reads(self, text: str, column: Column | None = None) -> bool:
        """Return whether a text could stand here, or in another column."""
        values, problems = parse_cell(text, column or self.column, self.vocabulary)
        return bool(values) and not problems


def find_proposals(findings: Iterable[Finding], tables: Iterable[Table], vocabulary: Vocabulary) -> Mapping[Finding, str]:
    """Return what was likely meant, for those findings where it is certain."""
    by_sheet: dict[tuple[str, str | None], list[tuple[Table, Mapping[int, Row]]]] = {}
    for each in tables:
        at = each.sheet.header_place
        by_sheet.setdefault((at.path, at.sheet), []).append((each, each.rows))
    found: dict[Finding, str] = {}
    for finding in findings:
        place = finding.places[0] if finding.places else None
        for table, rows in by_sheet.get((place.path, place.sheet), ()) if place else ():
            proposal = _propose_header(finding, table) or _propose_cell(finding, table.profile, rows, vocabulary)
            if proposal:
                found.setdefault(finding, proposal)
    return found


def _propose_header(finding: Finding, table: Table) -> str:
    """Return the header that is missing where an unknown one is spelled almost like it."""
    header = finding.places[0].column
    if finding.rule != "read-column" or not header:
        return ""
    real = [each.header for each in table.profile.columns.values() if not each.is_virtual]
    missing = [each for each in real if each not in table.sheet.header]
    return next(iter(difflib.get_close_matches(header, missing, 1, _NEAR)), "")


def _propose_cell(finding: Finding, profile: Profile, rows: Mapping[int, Row], vocabulary: Vocabulary) -> str:
    place = finding.places[0]
    row = rows.get(place.row or 0)
    if row is None or not finding.value or not finding.rule.startswith("read-"):
        return ""
    for column in profile.columns.values():
        if column.use in (Use.VALUE, Use.CREDIT) and _stands_at(column, row, place.column):
            cell = _Cell(finding.value, column, row, profile, vocabulary)
            certain = list(dict.fromkeys(_iter_proposals(cell)))
            if len(certain) == 1:
                return certain[0]
    return ""


def _stands_at(column: Column, row: Row, header: str | None) -> bool:
    """Return whether a column's cell stands under a header of the file."""
    names = re.findall(r"\{([^{}]+)\}", column.template) or [column.header]
    return header is not None and header in {row.place_of(each).column for each in names}


def _iter_proposals(cell: _Cell) -> Iterator[str]:
    """Yield what the cell may have been meant to say, the most certain kind alone."""
    if cell.column.type in _DATES:
        for propose in (_last_day, _turned, _in_format):
            found = [each for each in propose(cell) if each != cell.text and cell.reads(each)]
            if found:
                yield from found
                return
    yield from _near_word(cell)
    yield from _swapped(cell)


def _near_word(cell: _Cell) -> Iterator[str]:
    """Yield the word of the profile's own that is spelled almost like the cell."""
    words = {each.casefold(): each for each in cell.column.words}
    near = difflib.get_close_matches(cell.text.casefold(), sorted(words), 1, _NEAR)
    yield from (words[each] for each in near)


def _last_day(cell: _Cell) -> Iterator[str]:
    """Yield the cell with the last day of the month, where it has one that the month has not."""
    for match in _DAY.finditer(cell.text):
        for day in _LAST_DAYS:
            text = f"{cell.text[: match.start()]}{day}{cell.text[match.end() :]}"
            if day < match[0] and cell.reads(text):
                yield text
                return


def _turned(cell: _Cell) -> Iterator[str]:
    """Yield the cell with day and month the other way round."""
    match = _PAIR.search(cell.text)
    if match is not None:
        yield f"{cell.text[: match.start()]}{match[3]}{match[2]}{match[1]}{cell.text[match.end() :]}"


def _in_format(cell: _Cell) -> Iterator[str]:
    """Yield the date in the format of the sheet, where all formats that could be meant give the same day."""
    known = DATETIME_FORMATS if cell.column.type == "datetime" else DATE_FORMATS
    values: set[object] = set()
    for name in (each for each in known if has_year(each)):
        read, problems = parse_cell(cell.text, replace(cell.column, formats=(name,)), cell.vocabulary)
        values.update(() if problems else read)
    if len(values) == 1:
        wanted = next((each for each in reversed(cell.column.formats) if _NUMERIC.fullmatch(each)), "")
        yield from (_write(value, wanted) for value in values if wanted and not isinstance(value, Inferred))


def _write(value: object, name: str) -> str:
    """Return a day or an instant in a format of figures."""
    if isinstance(value, PartialDate) and len(value.value) == len("2026-11-30"):
        moment = datetime.fromisoformat(value.value)
    elif isinstance(value, datetime):
        moment = value
    else:
        return ""
    day, _, time = name.partition(" ")
    written = day.replace("YYYY", f"{moment:%Y}").replace("MM", f"{moment:%m}").replace("DD", f"{moment:%d}")
    return f"{written} {time.replace('HH', f'{moment:%H}').replace('MM', f'{moment:%M}')}".strip()


def _swapped(cell: _Cell) -> Iterator[str]:
    """Yield the text of the one other cell of the row that would do here, where this one would do there."""
    for other in cell.profile.columns.values():
        text = cell.row.cells.get(other.header, "")
        if other.use is not Use.VALUE or other.type in ("text", cell.column.type) or not text:
            continue
        if cell.reads(text) and cell.reads(cell.text, other):
            yield text
