"""The workbook for editors to fill in: headers and drop-downs in their language, notes, one example row. Same input, same bytes.

What stands in it is told by `words/template.toml`; what it means, by the profiles `template-*.toml`, whatever the language.
"""

from __future__ import annotations

import io
import re
import tomllib
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from filmgraph.iris import Kind
from filmgraph.vocabulary import Vocabulary

__all__ = ["SHEETS", "TemplateColumn", "TemplateSheet", "load_sheets", "write_template"]

#: The keys of the sheets, in their order.
SHEETS: Final = ("films", "credits", "screenings", "venues", "guests")
_LISTS: Final = "_lists"
_ROWS: Final = 1000
_MOMENT: Final = "dd/mm/yyyy hh:mm"
_FORMATS: Final = {"moment": _MOMENT, "number": "0", "text": "@", "": "General"}
_CONCEPTS: Final = {"roles": Kind.ROLE, "countries": Kind.COUNTRY, "languages": Kind.LANGUAGE, "genres": Kind.GENRE}
_REFERRED: Final = ("films", "venues")
_STATUSES: Final = "statuses"
#: Of these a cell may hold several: the list helps, and does not forbid.
_SEVERAL: Final = frozenset({"countries", "languages", "genres"})
_WRITTEN: Final = datetime(2026, 1, 1)
_OLDEST: Final = (1980, 1, 1, 0, 0, 0)
_MODIFIED: Final = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(<)")
_HEAD, _EXAMPLE_INK, _PAPER = "FF8F1D2C", "FF7A7066", "FFF1EDE4"


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """One column: its header and note in the language, its drop-down, the format of its cells, and an example.

    `key` names it where other sheets need it.
    """

    header: str
    note: str
    key: str
    choices: str
    format: str
    example: str | int
    width: int


@dataclass(frozen=True, slots=True)
class TemplateSheet:
    """One sheet: its key, and its name in the language."""

    key: str
    name: str
    columns: tuple[TemplateColumn, ...]


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads((files("filmgraph") / "words" / "template.toml").read_text(encoding="utf-8"))


def load_sheets(language: str, time_zone: str) -> tuple[TemplateSheet, ...]:
    """Return the sheets of the template in a language; the notes name the time zone."""
    return tuple(
        TemplateSheet(each["key"], each["name"][language], tuple(_column(one, language, time_zone) for one in each["column"]))
        for each in _words()["sheet"]
    )


def _column(table: Mapping[str, Any], language: str, time_zone: str) -> TemplateColumn:
    example = table.get("example", "")
    return TemplateColumn(
        header=table["header"][language],
        note=table.get("note", {}).get(language, "").replace("{zone}", time_zone),
        key=table.get("key", ""),
        choices=table.get("list", ""),
        format=table.get("format", ""),
        example=example[language] if isinstance(example, dict) else example,
        width=table["width"],
    )


def write_template(vocabulary: Vocabulary, language: str, time_zone: str) -> bytes:
    """Return the workbook in a language of the interface; times in it are local ones of the time zone."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    sheets = load_sheets(language, time_zone)
    for each in sheets:
        _write_sheet(workbook.create_sheet(each.name), each, _words()["example"][language])
    ranges = _write_lists(workbook.create_sheet(_LISTS), _choices(vocabulary, language))
    films, venues = sheets[SHEETS.index("films")], sheets[SHEETS.index("venues")]
    ranges["films"] = _list_films(workbook[_LISTS], films)
    ranges["venues"] = f"{quote_sheetname(venues.name)}!$A$3:$A${_ROWS}"
    for each in sheets:
        _add_choices(workbook[each.name], each, ranges)
    workbook.properties.creator, workbook.properties.created = "filmgraph", _WRITTEN
    stream = io.BytesIO()
    workbook.save(stream)
    return _without_time(stream.getvalue())


def _write_sheet(sheet: Worksheet, template: TemplateSheet, example: str) -> None:
    """Write the header, its notes, and the example row, which the profiles know by how its first cell begins."""
    for number, column in enumerate(template.columns, 1):
        head = sheet.cell(1, number, f"{column.header}")
        head.font, head.fill = Font(bold=True, color="FFFFFFFF"), PatternFill("solid", start_color=_HEAD)
        head.alignment = Alignment(vertical="center")
        if column.note:
            head.comment = Comment(column.note, "filmgraph", 120, 260)
        text = f"{example}{column.example}" if number == 1 else column.example
        shown = sheet.cell(2, number, _to_value(text, column.format))
        shown.font, shown.fill = Font(italic=True, color=_EXAMPLE_INK), PatternFill("solid", start_color=_PAPER)
        letter = get_column_letter(number)
        shown.number_format = _FORMATS[column.format]
        sheet.column_dimensions[letter].width = column.width
        sheet.column_dimensions[letter].number_format = _FORMATS[column.format]
    sheet.row_dimensions[1].height = 22
    sheet.freeze_panes = "B2"


def _to_value(text: str | int, format_name: str) -> str | int | datetime | None:
    if format_name == "moment" and isinstance(text, str) and text:
        return datetime.strptime(text, "%d/%m/%Y %H:%M")
    return text if text != "" else None


def _choices(vocabulary: Vocabulary, language: str) -> dict[str, list[str]]:
    """Return the words of the drop-downs in a language, in its alphabet."""
    lists = {
        name: sorted({each.label(language) for each in vocabulary.concepts(kind)}, key=_alphabetically)
        for name, kind in _CONCEPTS.items()
    }
    return {**lists, _STATUSES: [each["words"][language] for each in _words()["status"]]}


def _alphabetically(text: str) -> tuple[str, str]:
    plain = unicodedata.normalize("NFD", text.casefold())
    return "".join(each for each in plain if not unicodedata.combining(each)), text


def _write_lists(sheet: Worksheet, lists: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Write the lists into a hidden sheet, a column each; return where each of them stands."""
    sheet.sheet_state = "hidden"
    ranges: dict[str, str] = {}
    for number, (name, texts) in enumerate(lists.items(), 1):
        sheet.cell(1, number, name)
        for row, text in enumerate(texts, 2):
            sheet.cell(row, number, text)
        letter = get_column_letter(number)
        ranges[name] = f"{quote_sheetname(_LISTS)}!${letter}$2:${letter}${len(texts) + 1}"
    return ranges


def _list_films(sheet: Worksheet, films: TemplateSheet) -> str:
    """Write formulas that list the films with their years, which tell films of one title apart; return where they stand."""
    name, number = quote_sheetname(films.name), sheet.max_column + 1
    year = get_column_letter(next(n for n, each in enumerate(films.columns, 1) if each.key == "year"))
    sheet.cell(1, number, films.key)
    for row in range(3, _ROWS + 1):
        title, made = f"{name}!A{row}", f"{name}!{year}{row}"
        sheet.cell(row - 1, number, f'=IF({title}="","",{title}&IF({made}="",""," ("&{made}&")"))')
    letter = get_column_letter(number)
    return f"OFFSET({quote_sheetname(_LISTS)}!${letter}$2,0,0,MAX(1,COUNTA({name}!$A$3:$A${_ROWS})),1)"


def _add_choices(sheet: Worksheet, template: TemplateSheet, ranges: Mapping[str, str]) -> None:
    for number, column in enumerate(template.columns, 1):
        if column.choices:
            rule = DataValidation(type="list", formula1=f"={ranges[column.choices]}", allow_blank=True)
            # A name may be typed before its row is there: the check tells more than a spreadsheet's box.
            rule.showErrorMessage = column.choices not in _SEVERAL and column.choices not in _REFERRED
            rule.errorStyle = "warning"
            letter = get_column_letter(number)
            rule.add(f"{letter}3:{letter}{_ROWS}")
            sheet.add_data_validation(rule)


def _without_time(data: bytes) -> bytes:
    """Return a workbook whose members do not say when they were written."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.infolist():
            content = old.read(each)
            if each.filename == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>2026-01-01T00:00:00Z\g<2>", content)
            member = zipfile.ZipInfo(each.filename, _OLDEST)
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, content)
    return stream.getvalue()
