"""Opens the file of a sheet, whatever it is: text or workbook → rows under headers, and what the spreadsheet hides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from filmgraph.errors import UnreadableInputError
from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.sources.sheet.column import Profile
from filmgraph.sources.sheet.csvfile import read_csv_rows
from filmgraph.sources.sheet.encoding import decode
from filmgraph.sources.sheet.rows import Layout, RawRow, Sheet, tabulate
from filmgraph.sources.sheet.workbook import Worksheet, is_workbook, read_workbook

__all__ = ["column_letters", "open_sheet"]

_HTML: Final = (b"<html", b"<!doctype", b"<table", b"<?xml")
_NUMBERS_SHOWN: Final = 8


def open_sheet(data: bytes, path: str, profile: Profile) -> Sheet:
    """Return the rows of a file as the profile says to read it; one without rows where a finding asks what it is.

    UnreadableInputError when the file is damaged or asks for more than the limits.
    """
    if is_workbook(data):
        return _open_worksheet(read_workbook(data, path), path, profile)
    if profile.sheet:
        message = f"{path} is no workbook: take sheet = {profile.sheet!r} out of {profile.path}"
        raise UnreadableInputError(f"{message}, or save the file as XLSX" + (": it is a web page" if _is_markup(data) else ""))
    text = decode(data, profile.encoding, path)
    if isinstance(text, Finding):
        return Sheet(text.places[0], (), (), (text,))
    rows = read_csv_rows(text, path, profile.delimiter, profile.quote)
    sheet = tabulate(rows, path, _layout(profile, None))
    hint = _other_separator(sheet, profile)
    return replace(sheet, findings=(*sheet.findings, hint)) if hint else sheet


def _layout(profile: Profile, sheet: str | None) -> Layout:
    real = [each for each in profile.columns.values() if not each.is_virtual]
    wanted = frozenset(header for each in real for header in (each.header, *each.also))
    return Layout(sheet, profile.has_header, profile.header_row, wanted)


def _is_markup(data: bytes) -> bool:
    return data[:200].lstrip().lower().startswith(_HTML)


def _other_separator(sheet: Sheet, profile: Profile) -> Finding | None:
    """Return a hint where the whole header is one cell that another separator would cut."""
    if len(sheet.header) != 1 or len(profile.columns) < 2:
        return None
    counts = {sign: sheet.header[0].count(sign) for sign in (";", "\t", "|", ",") if sign != profile.delimiter}
    best = max(counts, key=lambda sign: counts[sign])
    if not counts[best]:
        return None
    name = "tab" if best == "\t" else best
    message = f'The header is one cell. The separator seems to be another one: put delimiter = "{name}" into {profile.path}.'
    return Finding("read-header", Severity.VIOLATION, message, places=(sheet.header_place,))


def _open_worksheet(worksheets: tuple[Worksheet, ...], path: str, profile: Profile) -> Sheet:
    names = [each.name for each in worksheets]
    if profile.sheet:
        wanted = (profile.sheet, *profile.other_sheets)
        found = sorted((each for each in worksheets if each.name in wanted), key=lambda each: wanted.index(each.name))
    else:
        visible = [each for each in worksheets if each.is_visible]
        found = visible if len(visible) == 1 else []
    if not found:
        place = SourcePlace(path)
        has = f"It has {', '.join(map(repr, names))}" if names else "It has none"
        asked = f"The workbook has no worksheet {profile.sheet!r}." if profile.sheet else "Which worksheet is it?"
        message = f'{asked} {has}: put sheet = "…" into {profile.path}.'
        return Sheet(place, (), (), (Finding("read-sheet", Severity.VIOLATION, message, places=(place,)),))
    worksheet = found[0]
    rows = _fill_merged(worksheet) if profile.fills_merged else worksheet.rows
    sheet = tabulate(rows, path, _layout(profile, worksheet.name))
    notes = tuple(_iter_notes(worksheet, sheet, path, profile))
    return replace(sheet, findings=(*sheet.findings, *notes))


def _fill_merged(worksheet: Worksheet) -> tuple[RawRow, ...]:
    """Return the rows with the text of a merged cell in each row that it spans, in the first of its columns."""
    rows = {raw.number: list(raw.cells) for raw in worksheet.rows}
    for top, left, bottom, _ in worksheet.merged:
        cells = rows.get(top, [])
        text = cells[left - 1] if left <= len(cells) else ""
        for number in range(top + 1, bottom + 1):
            # A row in which nothing but merged cells would stand tells of nothing.
            if text and number in rows:
                rows[number] += [""] * (left - len(rows[number]))
                rows[number][left - 1] = text
    return tuple(RawRow(None, number, tuple(cells)) for number, cells in sorted(rows.items()))


def _iter_notes(worksheet: Worksheet, sheet: Sheet, path: str, profile: Profile) -> Iterator[Finding]:
    """Yield what the spreadsheet does not show, and cells without a value of their own."""
    place = SourcePlace(path, sheet=worksheet.name)
    if not worksheet.is_visible:
        yield Finding("read-hidden", Severity.INFO, "The worksheet is hidden, and is read all the same.", places=(place,))
    hidden_rows = [number for number in worksheet.hidden_rows if number in {raw.number for raw in worksheet.rows}]
    if hidden_rows:
        message = f"Hidden rows are read like the others: {_some(map(str, hidden_rows))}. Show them, or delete them."
        yield Finding("read-hidden", Severity.WARNING, message, places=(place,))
    if worksheet.hidden_columns:
        letters = _some(map(column_letters, worksheet.hidden_columns))
        message = f"Hidden columns are read like the others: {letters}. Show them, or delete them."
        yield Finding("read-hidden", Severity.WARNING, message, places=(place,))
    header_row = sheet.header_place.row or 0
    below = [each for each in worksheet.merged if each[0] > header_row and each[2] > each[0]]
    if below and not profile.fills_merged:
        where = _some(f"{column_letters(left)}{top}:{column_letters(right)}{bottom}" for top, left, bottom, right in below)
        message = f"Cells are merged over several rows, and only the first has the text: {where}. "
        message += f'Put merged = "fill" into {profile.path} if it holds for all of them.'
        yield Finding("read-merged", Severity.WARNING, message, places=(place,))
    yield from _iter_bad_cells(worksheet, sheet, path)


def _iter_bad_cells(worksheet: Worksheet, sheet: Sheet, path: str) -> Iterator[Finding]:
    header_row = sheet.header_place.row or 0
    headers = next((raw.cells for raw in worksheet.rows if raw.number == header_row), ())

    def place(row: int, column: int) -> SourcePlace:
        header = headers[column - 1].strip() if column <= len(headers) else ""
        return SourcePlace(path, None, row, header or column_letters(column), worksheet.name)

    for row, column in worksheet.empty_formulas:
        message = "The cell holds a formula that was never calculated. Save it in a spreadsheet, or write the value."
        yield Finding("read-formula", Severity.VIOLATION, message, places=(place(row, column),))
    for row, column, error in worksheet.errors:
        message = f"The cell holds an error of the spreadsheet ({error}), and is read as blank. Correct the formula."
        yield Finding("read-formula", Severity.VIOLATION, message, value=error, places=(place(row, column),))


def _some(names: Iterable[str]) -> str:
    given = list(names)
    more = len(given) - _NUMBERS_SHOWN
    return ", ".join(given[:_NUMBERS_SHOWN]) + (f" and {more} more" if more > 0 else "")


def column_letters(number: int) -> str:
    """Return how a spreadsheet calls a column: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
