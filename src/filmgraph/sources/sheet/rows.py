"""A sheet as rows: place and cells by header, whatever kind of file they are from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.sources.base import UnreadLine

__all__ = ["Layout", "RawRow", "Row", "Sheet", "tabulate"]

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_SEARCHED: Final = 30  # a header stands within the first rows, or is not there


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as the file has it: its first physical line (of a text), its number as a spreadsheet shows it, and its cells."""

    line: int | None
    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its cells by header, blanks around them taken off; a blank cell is not in it.

    `origins` says under which header a cell stands that a rule of the profile has put elsewhere; empty for the row itself.
    """

    place: SourcePlace
    cells: dict[str, str]
    origins: Mapping[str, str] = field(default_factory=lambda: _NOTHING)

    def place_of(self, header: str) -> SourcePlace:
        """Return the place of one cell."""
        # A cell that a rule has moved may stand under a header that has another name in the file.
        column = self.origins.get(header, header)
        column = self.origins.get(column, column)
        return SourcePlace(self.place.path, self.place.line, self.place.row, column or None, self.place.sheet)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the header of a sheet is looked for.

    `wanted` are the headers that the profile names: the header is the row that has the most of them. `row` is its number where
    the profile gives it; without a header, columns go by their numbers.
    """

    sheet: str | None = None
    has_header: bool = True
    row: int = 0
    wanted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with a header; what did not fit under it is in `findings` and `unread`."""

    header_place: SourcePlace
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...] = ()
    unread: tuple[UnreadLine, ...] = ()


def tabulate(raw_rows: Sequence[RawRow], path: str, layout: Layout | None = None) -> Sheet:
    """Return rows under the header, which is the first row that is not empty unless the layout says otherwise."""
    layout = layout or Layout()
    first = _find_header(raw_rows, layout)
    if first is None:
        return _without_header(raw_rows, path, layout)
    if not layout.has_header:
        width = max(len(raw.cells) for raw in raw_rows)
        header, body = [str(number) for number in range(1, width + 1)], raw_rows
    else:
        header, body = _name_columns(raw_rows[first]), raw_rows[first + 1 :]
    place = _place(raw_rows[first], path, layout)
    findings = _check_header(place, header)
    unread = [line for raw in raw_rows[:first] for line in _titles(_place(raw, path, layout), raw)]
    rows: list[Row] = []
    for raw in body:
        row = _to_row(raw, header, _place(raw, path, layout))
        rows.append(row)
        findings += _check_width(raw, header, row)
        unread += _leftovers(raw, header, row)
    return Sheet(place, tuple(dict.fromkeys(header)), tuple(rows), tuple(findings), tuple(unread))


def _find_header(raw_rows: Sequence[RawRow], layout: Layout) -> int | None:
    if layout.row:
        return next((n for n, raw in enumerate(raw_rows) if raw.number == layout.row), None)
    if not raw_rows or not layout.has_header or not layout.wanted:
        return 0 if raw_rows else None
    counts = [len(layout.wanted & set(_name_columns(raw))) for raw in raw_rows[:_SEARCHED]]
    return counts.index(max(counts))


def _without_header(raw_rows: Sequence[RawRow], path: str, layout: Layout) -> Sheet:
    is_text = layout.sheet is None
    place = SourcePlace(path, 1 if is_text else None, None if is_text else layout.row or 1, sheet=layout.sheet)
    if layout.row:
        message = f"Row {layout.row} is empty, and the profile says that it has the headers. Correct header_row."
    else:
        message = "The file has no header row. Put the names of the columns into its first row."
        message = message if is_text else message.replace("file", "worksheet")
    lines = [line for raw in raw_rows for line in _titles(_place(raw, path, layout), raw, is_understood=False)]
    return Sheet(place, (), (), (Finding("read-header", Severity.VIOLATION, message, places=(place,)),), tuple(lines))


def _place(raw: RawRow, path: str, layout: Layout) -> SourcePlace:
    return SourcePlace(path, raw.line, raw.number, sheet=layout.sheet)


def _titles(place: SourcePlace, raw: RawRow, *, is_understood: bool = True) -> list[UnreadLine]:
    text = " | ".join(cell.strip() for cell in raw.cells if cell.strip())
    return [UnreadLine(place, text, "it stands above the headers", is_understood)]


def _name_columns(raw: RawRow) -> list[str]:
    """Return the headers; a column without one is called by its number, so that its cells can be pointed at."""
    return [" ".join(cell.split()) or f"(column {n}, no header)" for n, cell in enumerate(raw.cells, 1)]


def _check_header(place: SourcePlace, header: list[str]) -> list[Finding]:
    doubles = sorted({name for name in header if header.count(name) > 1})
    return [
        Finding(
            "read-header",
            Severity.VIOLATION,
            f"The header {name!r} stands over {header.count(name)} columns; only the first is read. Rename the others.",
            places=(SourcePlace(place.path, place.line, place.row, name, place.sheet),),
        )
        for name in doubles
    ]


def _to_row(raw: RawRow, header: list[str], place: SourcePlace) -> Row:
    cells: dict[str, str] = {}
    for name, cell in zip(header, raw.cells, strict=False):
        if name not in cells:
            cells[name] = cell.strip()
    return Row(place, {name: cell for name, cell in cells.items() if cell})


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
    if len(raw.cells) <= len(header) and len(set(header)) == len(header):
        return []
    seen: set[str] = set()
    leftovers: list[UnreadLine] = []
    for position, cell in enumerate(raw.cells):
        name = header[position] if position < len(header) else f"(column {position + 1}, no header)"
        if position >= len(header) or name in seen:
            why = "two columns have this header" if position < len(header) else "the row has more cells than the header"
            leftovers.append(UnreadLine(row.place_of(name), cell.strip(), why))
        seen.add(name)
    return [each for each in leftovers if each.text]
