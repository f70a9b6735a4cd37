"""Writes small workbooks (XLSX, ODS, XLS) from Python values, for the tests of their reader."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from xml.sax.saxutils import escape, quoteattr

__all__ = ["Cells", "Formula", "Tab", "Tabs", "column_name", "ods", "pack", "xls", "xlsx"]

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ODS = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
}
_EPOCH = datetime(1899, 12, 30)
# Number formats: general, date, date and time, time, hours that go on past 24.
_STYLES = {date: 1, datetime: 2, time: 3, timedelta: 4}
_FORMATS = (0, 14, 22, 20, 46)


@dataclass(frozen=True)
class Formula:
    """A formula with the value that was calculated last, or without one; `error` is one of the spreadsheet's."""

    text: str
    value: object = None
    error: str = ""


Cells = Sequence[object]


@dataclass(frozen=True)
class Tab:
    """One worksheet: rows from the first on; merged cells by range, rows and columns by number."""

    rows: Sequence[Cells]
    merged: Sequence[str] = ()
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()
    is_hidden: bool = False
    spans: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)


Tabs = Mapping[str, Tab | Sequence[Cells]]


def column_name(number: int) -> str:
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def pack(members: Mapping[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def xlsx(tabs: Tabs) -> bytes:
    names = list(tabs)
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="r{n}"{_state(tabs[name])}/>' for n, name in enumerate(names, 1)
    )
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in range(1, len(names) + 1)
    )
    styles = "".join(f'<xf numFmtId="{number}"/>' for number in _FORMATS)
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return pack(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{main}"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{relations}'
            f'<Relationship Id="s" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
            "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs count="{len(_FORMATS)}">{styles}</cellXfs></styleSheet>',
            **{f"xl/worksheets/sheet{n}.xml": _worksheet(_tab(tabs[name])) for n, name in enumerate(names, 1)},
        }
    )


def _tab(given: Tab | Sequence[Cells]) -> Tab:
    return given if isinstance(given, Tab) else Tab(given)


def _state(given: Tab | Sequence[Cells]) -> str:
    return ' state="hidden"' if _tab(given).is_hidden else ""


def _worksheet(tab: Tab) -> str:
    columns = "".join(f'<col min="{n}" max="{n}" hidden="1"/>' for n in tab.hidden_columns)
    rows = "".join(_row(n, row, n in tab.hidden_rows) for n, row in enumerate(tab.rows, 1))
    merged = "".join(f'<mergeCell ref="{each}"/>' for each in tab.merged)
    return (
        f'<worksheet xmlns="{_MAIN}">'
        + (f"<cols>{columns}</cols>" if columns else "")
        + f"<sheetData>{rows}</sheetData>"
        + (f"<mergeCells>{merged}</mergeCells>" if merged else "")
        + "</worksheet>"
    )


def _row(number: int, cells: Cells, is_hidden: bool) -> str:
    hidden = ' hidden="1"' if is_hidden else ""
    return f'<row r="{number}"{hidden}>{"".join(_cells(number, cells))}</row>'


def _cells(number: int, cells: Cells) -> Iterable[str]:
    return (_cell(f"{column_name(n)}{number}", each) for n, each in enumerate(cells, 1) if each is not None)


def _cell(at: str, value: object) -> str:
    formula = ""
    if isinstance(value, Formula):
        formula = f"<f>{escape(value.text)}</f>"
        if value.error:
            return f'<c r="{at}" t="e">{formula}<v>{value.error}</v></c>'
        if value.value is None:
            return f'<c r="{at}">{formula}</c>'
        value = value.value
    if isinstance(value, bool):
        return f'<c r="{at}" t="b">{formula}<v>{int(value)}</v></c>'
    if isinstance(value, str) and formula:
        return f'<c r="{at}" t="str">{formula}<v>{escape(value)}</v></c>'
    if isinstance(value, str):
        return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{at}" s="{_STYLES.get(type(value), 0)}">{formula}<v>{_serial(value)!r}</v></c>'


def _serial(value: object) -> float:
    if isinstance(value, datetime):
        return (value - _EPOCH) / timedelta(days=1)
    if isinstance(value, date):
        return float((datetime(value.year, value.month, value.day) - _EPOCH).days)
    if isinstance(value, time):
        return (value.hour * 60 + value.minute) / 1440
    if isinstance(value, timedelta):
        return value / timedelta(days=1)
    assert isinstance(value, int | float)
    return float(value)


def ods(tabs: Tabs) -> bytes:
    names = " ".join(f'xmlns:{prefix}="{iri}"' for prefix, iri in _ODS.items())
    tables = "".join(_table(name, _tab(given)) for name, given in tabs.items())
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names} office:version="1.2">'
        '<office:automatic-styles><style:style style:name="hid" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return pack({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def _table(name: str, tab: Tab) -> str:
    width = max(len(row) for row in tab.rows)
    columns = "".join(f"<table:table-column{_collapsed(n in tab.hidden_columns)}/>" for n in range(1, width + 1))
    rows = "".join(
        f"<table:table-row{_collapsed(n in tab.hidden_rows)}>"
        + "".join(_ods_cell(each, tab.spans.get((n, m), (1, 1))) for m, each in enumerate(row, 1))
        + "</table:table-row>"
        for n, row in enumerate(tab.rows, 1)
    )
    style = ' table:style-name="hid"' if tab.is_hidden else ""
    return f"<table:table table:name={quoteattr(name)}{style}>{columns}{rows}</table:table>"


def _collapsed(is_hidden: bool) -> str:
    return ' table:visibility="collapse"' if is_hidden else ""


def _ods_cell(value: object, span: tuple[int, int]) -> str:
    attributes = ""
    if span != (1, 1):
        attributes = f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"'
    if isinstance(value, Formula):
        attributes += f" table:formula={quoteattr(value.text)}"
        value = value.value
    if value is None:
        return f"<table:table-cell{attributes}/>"
    return f"<table:table-cell{attributes} {_ods_value(value)}><text:p>{escape(str(value))}</text:p></table:table-cell>"


def _ods_value(value: object) -> str:
    if isinstance(value, bool):
        return f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    if isinstance(value, int | float):
        return f'office:value-type="float" office:value="{value}"'
    if isinstance(value, date):
        return f'office:value-type="date" office:date-value="{value.isoformat()}"'
    if isinstance(value, time):
        return f'office:value-type="time" office:time-value="PT{value.hour:02}H{value.minute:02}M00S"'
    return 'office:value-type="string"'


def xls(tabs: Mapping[str, Sequence[Cells]]) -> bytes:
    """Return a BIFF8 workbook ([MS-XLS]) of texts, numbers and dates in a compound file ([MS-CFB])."""
    xfs = b"".join(_record(0x00E0, struct.pack("<HH16x", 0, number)) for number in _FORMATS)
    sheets = [_biff_sheet(rows) for rows in tabs.values()]
    sizes = [len(_bound(name, 0)) for name in tabs]
    start = len(_bof(5)) + len(xfs) + sum(sizes) + len(_record(0x000A, b""))
    bounds = b""
    for name, sheet in zip(tabs, sheets, strict=True):
        bounds += _bound(name, start)
        start += len(sheet)
    return _compound(_bof(5) + xfs + bounds + _record(0x000A, b"") + b"".join(sheets))


def _record(number: int, data: bytes) -> bytes:
    return struct.pack("<HH", number, len(data)) + data


def _bof(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _bound(name: str, position: int) -> bytes:
    return _record(0x0085, struct.pack("<IBBBB", position, 0, 0, len(name), 1) + name.encode("utf-16-le"))


def _biff_sheet(rows: Sequence[Cells]) -> bytes:
    records = [_bof(0x10)]
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            if isinstance(value, str):
                text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                records.append(_record(0x0204, struct.pack("<HHH", row, column, 0) + text))
            elif value is not None:
                style = _STYLES.get(type(value), 0)
                records.append(_record(0x0203, struct.pack("<HHHd", row, column, style, _serial(value))))
    return b"".join((*records, _record(0x000A, b"")))


def _compound(stream: bytes) -> bytes:
    size = max(4096, -(-len(stream) // 512) * 512)
    sectors = size // 512
    assert sectors < 126, "one sector of the allocation table holds no more"
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    table = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))
    head = struct.pack("<8s16xHHHHH6xIII4xIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 4096,
                       0xFFFFFFFE, 0, 0xFFFFFFFE, 0)  # fmt: skip
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    entries = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _entry("Workbook", 2, 0xFFFFFFFF, 2, size) + b"\0" * 256
    return head + table + entries + stream.ljust(size, b"\0")


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    links = struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child)
    return text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1) + links + b"\0" * 36 + struct.pack("<IQ", start, size)
