"""The program that colours one workbook: a job as JSON on standard input, the coloured workbook on standard output.

It is started by its path, so that nothing else of filmgraph is loaded, and runs under limits of its own: a workbook that is
quickly read may be large once it is unpacked into objects. What it is given was
read before, and has neither entities nor odd members.
"""

from __future__ import annotations

import base64
import io
import json
import resource
import sys
from typing import Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["main"]

_COLOURS: Final = {"Violation": "FFF4B6B6", "Warning": "FFFBE3A1", "Info": "FFCFE2F7"}
_IN_CELLS: Final = ("Violation", "Warning")  # a hint about every row would hide what matters
_SEARCHED: Final = 30
_WIDTHS: Final = (34, 14, 80, 28)
_COMMENT: Final = (320, 60, 18)
_LONGEST: Final = 30_000  # a cell holds 32,767 characters


def main() -> None:
    """Read the job, colour, write. A workbook that openpyxl cannot read ends this program with its reason."""
    job: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    memory, seconds = job["limits"]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    workbook = _from_rows(job["rows"]) if "rows" in job else _load(base64.b64decode(job["data"]), job["macros"])
    for remark in reversed(job["remarks"]):
        _mark(workbook, remark, job["author"])
    _list(workbook, job)
    stream = io.BytesIO()
    workbook.save(stream)
    sys.stdout.buffer.write(stream.getvalue())


def _load(data: bytes, macros: bool) -> Workbook:
    # Formulas stay formulas; links to other files are not followed, and stay too.
    return load_workbook(io.BytesIO(data), keep_vba=macros, rich_text=True)


def _from_rows(sheets: dict[str, list[tuple[int, list[str]]]]) -> Workbook:
    """Return a workbook with the texts of a file that is none."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for number, cells in rows:
            for column, text in enumerate(cells, 1):
                if text:
                    _write(sheet.cell(number, column), text)
    return workbook


def _write(cell: Cell | MergedCell, text: str) -> None:
    """Write a text as a text, whatever it begins with: a remark is no formula."""
    if isinstance(cell, Cell) and text:
        cell.value = text[:_LONGEST]
        cell.data_type = "s"
        if text.startswith(("=", "+", "-", "@")):
            cell.quotePrefix = True


def _mark(workbook: Workbook, remark: dict[str, Any], author: str) -> None:
    """Colour the cells of a remark, the worst last, and hang the remark on them."""
    for place in remark["places"]:
        sheet = _sheet(workbook, place["sheet"])
        if sheet is None or not place["row"] or remark["severity"] not in _IN_CELLS:
            continue
        cell = sheet.cell(place["row"], _column(sheet, place["column"], place["row"]))
        cell = _first_of_merged(sheet, cell)
        cell.fill = PatternFill("solid", start_color=_COLOURS[remark["severity"]])
        before = f"\n\n{cell.comment.text}" if cell.comment else ""
        width, height, line = _COMMENT
        text = (remark["sentence"] + before)[:_LONGEST]
        cell.comment = Comment(text, author, height + line * (len(text) // 40), width)


def _sheet(workbook: Workbook, name: str | None) -> Worksheet | None:
    names = [each.title for each in workbook.worksheets]
    if name is None:
        return workbook.worksheets[0] if workbook.worksheets else None
    return workbook.worksheets[names.index(name)] if name in names else None


def _column(sheet: Worksheet, header: str | None, row: int) -> int:
    """Return the number of the column under a header, or of the first cell of the row that holds something."""
    if header and header.isdigit():
        return int(header)
    if header:
        for cells in sheet.iter_rows(min_row=1, max_row=min(row, _SEARCHED)):
            for cell in cells:
                if " ".join(str(cell.value or "").split()) == header:
                    return int(cell.column or 1)
    return next((int(cell.column or 1) for cell in sheet[row] if cell.value is not None), 1)


def _first_of_merged(sheet: Worksheet, cell: Cell | MergedCell) -> Cell:
    for area in sheet.merged_cells.ranges:
        if cell.coordinate in area:
            cell = sheet.cell(area.min_row, area.min_col)
    assert isinstance(cell, Cell)
    return cell


def _list(workbook: Workbook, job: dict[str, Any]) -> None:
    """Add the sheet that lists all remarks, in front of the others."""
    name, number = job["sheet"], 1
    while name in workbook.sheetnames:
        number += 1
        name = f"{job['sheet']} {number}"
    sheet = workbook.create_sheet(name, 0)
    workbook.active = 0
    for each in workbook.worksheets:
        each.sheet_view.tabSelected = each is sheet
    lines = [job["headings"], *([each["where"], each["word"], each["text"], each["proposal"]] for each in job["remarks"])]
    for row, line in enumerate(lines, 1):
        for column, text in enumerate(line, 1):
            cell = sheet.cell(row, column)
            _write(cell, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if row == 1:
                cell.font = Font(bold=True)
        if row > 1:
            sheet.cell(row, 2).fill = PatternFill("solid", start_color=_COLOURS[job["remarks"][row - 2]["severity"]])
    for letter, width in zip("ABCD", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"


if __name__ == "__main__":
    main()
