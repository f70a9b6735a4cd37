"""A sheet as rows: place and cells by header. Only `read_csv_rows` knows CSV; another file format replaces it alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from filmgraph.errors import UnreadableInputError
from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.sources.base import UnreadLine

__all__ = ["RawRow", "Row", "Sheet", "read_csv_rows", "tabulate"]


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as the file has it: its first physical line, its number as a spreadsheet shows it, and its cells."""

    line: int
    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its cells by header, blanks around them taken off; a blank cell is not in it."""

    place: SourcePlace
    cells: dict[str, str]

    def place_of(self, header: str) -> SourcePlace:
        """Return the place of one cell."""
        return SourcePlace(self.place.path, self.place.line, self.place.row, header)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with a header; what did not fit under it is in `findings` and `unread`."""

    header_place: SourcePlace
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...] = ()
    unread: tuple[UnreadLine, ...] = ()


def read_csv_rows(data: bytes, path: str, delimiter: str) -> list[RawRow]:
    """Return the rows of a CSV file (RFC 4180, UTF-8 with or without BOM); empty rows are left out but counted.

    UnreadableInputError when a byte is not UTF-8 or a quote is never closed, since nothing after it can be trusted.
    """
    reader = csv.reader(io.StringIO(_decode(data, path), newline=""), delimiter=delimiter, strict=True)
    rows: list[RawRow] = []
    line, number = 1, 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(RawRow(line, number, tuple(cells)))
            line, number = reader.line_num + 1, number + 1
    except csv.Error as error:
        raise UnreadableInputError(
            f"{path}, line {line}: the row that starts here is not well-formed CSV ({error}): look for a quote that is not closed"
        ) from error
    return rows


def tabulate(raw_rows: Sequence[RawRow], path: str) -> Sheet:
    """Return rows under the header, which is the first row that is not empty."""
    if not raw_rows:
        place = SourcePlace(path, 1)
        message = "The file has no header row. Put the names of the columns into its first row."
        return Sheet(place, (), (), (Finding("read-header", Severity.VIOLATION, message, places=(place,)),))
    header = _name_columns(raw_rows[0])
    findings = _check_header(raw_rows[0], header, path)
    unread: list[UnreadLine] = []
    rows: list[Row] = []
    for raw in raw_rows[1:]:
        row = _to_row(raw, header, path)
        rows.append(row)
        findings += _check_width(raw, header, row)
        unread += _leftovers(raw, header, row)
    place = SourcePlace(path, raw_rows[0].line, raw_rows[0].number)
    return Sheet(place, tuple(dict.fromkeys(header)), tuple(rows), tuple(findings), tuple(unread))


def _decode(data: bytes, path: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableInputError(
            f"{path}, line {line}: byte 0x{data[error.start]:02X} is not UTF-8: save the file as 'CSV UTF-8'"
        ) from error


def _name_columns(raw: RawRow) -> list[str]:
    """Return the headers; a column without one is called by its number, so that its cells can be pointed at."""
    return [cell.strip() or f"(column {n}, no header)" for n, cell in enumerate(raw.cells, 1)]


def _check_header(raw: RawRow, header: list[str], path: str) -> list[Finding]:
    doubles = sorted({name for name in header if header.count(name) > 1})
    return [
        Finding(
            "read-header",
            Severity.VIOLATION,
            f"The header {name!r} stands over {header.count(name)} columns; only the first is read. Rename the others.",
            places=(SourcePlace(path, raw.line, raw.number, name),),
        )
        for name in doubles
    ]


def _to_row(raw: RawRow, header: list[str], path: str) -> Row:
    cells: dict[str, str] = {}
    for name, cell in zip(header, raw.cells, strict=False):
        if name not in cells:
            cells[name] = cell.strip()
    return Row(SourcePlace(path, raw.line, raw.number), {name: cell for name, cell in cells.items() if cell})


def _check_width(raw: RawRow, header: list[str], row: Row) -> list[Finding]:
    if not any(cell.strip() for cell in raw.cells[len(header) :]):
        return []
    message = (
        f"The row has {len(raw.cells)} cells under {len(header)} headers. "
        "Put cells that hold the separator in quotes, or add the missing headers."
    )
    return [Finding("read-row", Severity.VIOLATION, message, places=(row.place,))]


def _leftovers(raw: RawRow, header: list[str], row: Row) -> list[UnreadLine]:
    """Return the cells under no header, and those under the second of two equal headers."""
    seen: set[str] = set()
    leftovers: list[UnreadLine] = []
    for position, cell in enumerate(raw.cells):
        name = header[position] if position < len(header) else f"(column {position + 1}, no header)"
        if position >= len(header) or name in seen:
            why = "two columns have this header" if position < len(header) else "the row has more cells than the header"
            leftovers.append(UnreadLine(row.place_of(name), cell.strip(), why))
        seen.add(name)
    return [each for each in leftovers if each.text]
