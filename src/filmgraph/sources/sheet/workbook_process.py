"""The program that reads one workbook: bytes on standard input, JSON on standard output, under limits of its own.

It is started by its path, so that nothing else of filmgraph is loaded, and imports only the standard library and calamine. What
it reads was written by strangers: it may be ended at any moment, and its parent survives that.
"""

from __future__ import annotations

import datetime
import io
import json
import posixpath
import re
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, Final
from xml.etree import ElementTree
from xml.parsers import expat

from python_calamine import CalamineError, PasswordError, SheetTypeEnum, SheetVisibleEnum, load_workbook

__all__ = ["main"]

_CHUNK: Final = 1 << 20
_MEMBERS: Final = 5_000
_MAX_COLUMNS: Final = 16_384
_LISTED: Final = 200
_CELL: Final = rb"<(?:\w+:)?c\b"
_EMPTY_FORMULA: Final = re.compile(
    _CELL + rb'(?=[^>]*?\sr="([A-Z]{1,3})([0-9]{1,7})")[^>]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)'
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_ERROR: Final = re.compile(
    _CELL + rb'(?=[^>]*?\sr="([A-Z]{1,3})([0-9]{1,7})")(?=[^>]*?\st="e")[^>]*>.{0,4000}?<(?:\w+:)?v>([^<]{1,20})</', re.DOTALL
)
_HIDDEN_ROW: Final = re.compile(rb'<(?:\w+:)?row\b(?=[^>]*?\shidden="(?:1|true)")(?=[^>]*?\sr="([0-9]{1,7})")')
_HIDDEN_COLUMN: Final = re.compile(
    rb'<(?:\w+:)?col\b(?=[^>]*?\shidden="(?:1|true)")(?=[^>]*?\smin="([0-9]{1,5})")(?=[^>]*?\smax="([0-9]{1,5})")'
)
_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class _RefusedError(Exception):
    """The file is not read; the message says why, and what to do."""


def main(arguments: list[str]) -> None:
    """Read the workbook on standard input; the arguments are the limits: memory and unpacked bytes, seconds, cells."""
    memory, unpacked, seconds, cells = map(int, arguments)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    try:
        answer = _read(sys.stdin.buffer.read(), unpacked, cells)
    except _RefusedError as error:
        answer = {"refused": str(error)}
    except PasswordError:
        answer = {"refused": "the workbook has a password: save it without one"}
    except (CalamineError, zipfile.BadZipFile, ElementTree.ParseError, expat.ExpatError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        answer = {"refused": f"the workbook is damaged ({str(error)[:200]}): open it in a spreadsheet and save it anew"}
    sys.stdout.write(json.dumps(answer))


def _read(data: bytes, unpacked: int, cells: int) -> dict[str, Any]:
    is_zip = data.startswith(b"PK")
    scans = _scan(data, unpacked) if is_zip else {}
    with load_workbook(io.BytesIO(data)) as workbook:
        sheets = []
        for each in workbook.sheets_metadata:
            if each.typ is SheetTypeEnum.WorkSheet:
                sheet = _read_sheet(workbook.get_sheet_by_name(each.name), cells)
                cells -= sheet.pop("cells")
                visible = each.visible is SheetVisibleEnum.Visible
                sheets.append({"name": each.name, "is_visible": visible, **sheet, **scans.get(each.name, {})})
    return {"sheets": sheets}


def _read_sheet(sheet: Any, cells: int) -> dict[str, Any]:  # noqa: ANN401 -- calamine's sheet has no class to import
    height, width = sheet.height, sheet.width
    if width > _MAX_COLUMNS or height * width > cells:
        raise _RefusedError(
            f"the worksheet {sheet.name!r} has {height} rows and {width} columns, too many to read: "
            "delete what stands far off in it, or split it"
        )
    left = sheet.start[1] if sheet.start else 0
    rows = []
    # The rows come with what is blank above the first cell, and without what is blank left of it.
    for number, values in enumerate(sheet.iter_rows(), 1):
        texts = [_to_text(each) for each in values]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            rows.append((number, [""] * left + texts))
    merged = [[a + 1, b + 1, c + 1, d + 1] for (a, b), (c, d) in sheet.merged_cell_ranges or []]
    return {"rows": rows, "merged": merged, "cells": height * width}


def _to_text(value: object) -> str:
    """Return a typed cell as an editor sees it; dates and times as ISO 8601 writes them."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    if isinstance(value, datetime.datetime):
        moment = (value + datetime.timedelta(microseconds=500_000)).replace(microsecond=0)
        if moment.time() == datetime.time():
            return moment.date().isoformat()  # a spreadsheet's date is the first moment of its day
        return moment.isoformat(" ", "seconds" if moment.second else "minutes")
    if isinstance(value, datetime.time):
        return value.isoformat("seconds" if value.second else "minutes")
    return str(value)


def _number(value: float) -> str:
    """Return a number without what binary fractions add to it: a spreadsheet keeps 15 digits."""
    if value == int(value) and abs(value) < 1e21:
        return str(int(value))
    return f"{value:.15g}"


def _scan(data: bytes, unpacked: int) -> dict[str, dict[str, Any]]:
    """Look through the archive before it is read; return what calamine does not tell of each worksheet."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        _check_members(archive, unpacked)
        names = set(archive.namelist())
        if "content.xml" in names:
            return _OdsScan().run(archive.read("content.xml"))
        if "xl/workbook.xml" in names:
            return {name: _scan_worksheet(archive.read(part)) for name, part in _iter_worksheets(archive) if part in names}
        if "xl/workbook.bin" in names:
            return {}
    raise _RefusedError("it is an archive, but no workbook: save it as XLSX or ODS")


def _check_members(archive: zipfile.ZipFile, unpacked: int) -> None:
    members = archive.infolist()
    if len(members) > _MEMBERS:
        raise _RefusedError(f"the archive holds {len(members)} files, more than {_MEMBERS}: no workbook has so many")
    if sum(each.file_size for each in members) > unpacked:
        raise _RefusedError(f"the archive would unpack to more than {unpacked // 1_000_000} MB: split the workbook")
    left = unpacked
    for each in members:
        if each.filename.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", each.filename) or ":" in each.filename:
            raise _RefusedError(f"the archive has a file {each.filename[:80]!r} outside itself: no spreadsheet writes that")
        if each.flag_bits & 1:
            raise _RefusedError("the workbook has a password: save it without one")
        left -= _check_content(archive, each, left)


def _check_content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> int:
    """Unpack a member piece by piece, whatever size it claims; return its size."""
    size, tail = 0, b""
    is_xml = member.filename.casefold().endswith((".xml", ".rels"))
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            if size == 0 and is_xml and b"\0" in chunk[:64]:
                raise _RefusedError(f"{member.filename!r} in the archive is not UTF-8: save the workbook anew")
            size += len(chunk)
            if size > left:
                raise _RefusedError("the archive unpacks to more than it says: it is no sound workbook")
            if is_xml and (b"<!DOCTYPE" in tail + chunk or b"<!ENTITY" in tail + chunk):
                raise _RefusedError(f"{member.filename!r} in the archive declares entities: no spreadsheet writes that")
            tail = chunk[-16:]
    return size


def _iter_worksheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield the name of each worksheet of an XLSX, and the file in the archive that holds it."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {each.get("Id", ""): each.get("Target", "") for each in relations}
    for each in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if each.tag.endswith("}sheet"):
            target = targets.get(each.get(_RELATION, ""), "")
            yield each.get("name", ""), posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _scan_worksheet(data: bytes) -> dict[str, Any]:
    columns = (range(int(match[1]), int(match[2]) + 1) for match in _HIDDEN_COLUMN.finditer(data))
    return {
        "hidden_rows": [int(match[1]) for match in _HIDDEN_ROW.finditer(data)],
        "hidden_columns": [number for each in columns if len(each) <= _LISTED for number in each],
        "empty_formulas": [_position(match) for match in _EMPTY_FORMULA.finditer(data)],
        "errors": [[*_position(match), match[3].decode("ascii", "replace")] for match in _ERROR.finditer(data)],
    }


def _position(match: re.Match[bytes]) -> list[int]:
    column = 0
    for letter in match[1]:
        column = column * 26 + letter - 64
    return [int(match[2]), column]


class _OdsScan:
    """Reads hidden rows and columns, merged cells and formulas without a value out of an ODS."""

    def __init__(self) -> None:
        self._sheets: dict[str, dict[str, Any]] = {}
        self._sheet: dict[str, Any] = {}
        self._row = self._rows = self._column = self._header = 0
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            "table:table": self._start_table,
            "table:table-column": self._start_column,
            "table:table-row": self._start_row,
            "table:table-cell": self._start_cell,
            "table:covered-table-cell": self._start_cell,
        }

    def run(self, data: bytes) -> dict[str, dict[str, Any]]:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.Parse(data, True)
        return self._sheets

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name in self._starts:
            self._starts[name](attributes)

    def _start_table(self, attributes: dict[str, str]) -> None:
        lists = ("hidden_rows", "hidden_columns", "empty_formulas", "errors", "merged")
        self._sheet = self._sheets[attributes.get("table:name", "")] = {name: [] for name in lists}
        self._row, self._rows, self._header = 0, 1, 0

    def _start_column(self, attributes: dict[str, str]) -> None:
        many = int(attributes.get("table:number-columns-repeated", "1"))
        if attributes.get("table:visibility", "visible") != "visible" and many <= _LISTED:
            self._sheet["hidden_columns"] += range(self._header + 1, self._header + 1 + many)
        self._header += many

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row += self._rows
        self._rows, self._column = int(attributes.get("table:number-rows-repeated", "1")), 1
        if attributes.get("table:visibility", "visible") != "visible" and self._rows <= _LISTED:
            self._sheet["hidden_rows"] += range(self._row + 0, self._row + self._rows)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        row, column = self._row or 1, self._column
        down, across = (int(attributes.get(f"table:number-{each}-spanned", "1")) for each in ("rows", "columns"))
        if down > 1 or across > 1:
            self._sheet["merged"].append([row, column, row + down - 1, column + across - 1])
        if "table:formula" in attributes and "office:value-type" not in attributes:
            self._sheet["empty_formulas"].append([row, column])
        if attributes.get("calcext:value-type") == "error":
            self._sheet["errors"].append([row, column, "an error"])
        self._column += int(attributes.get("table:number-columns-repeated", "1"))


if __name__ == "__main__":
    main(sys.argv[1:])
