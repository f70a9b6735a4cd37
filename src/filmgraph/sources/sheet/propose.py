"""Proposes a profile for a sheet by its headers and values, and says what only an editor can know."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from filmgraph.errors import UnreadableInputError
from filmgraph.findings import Finding
from filmgraph.sources.sheet.csvfile import read_csv_rows
from filmgraph.sources.sheet.encoding import decode, propose_encodings
from filmgraph.sources.sheet.propose_values import (
    find_commas,
    find_formats,
    find_missing,
    find_separators,
    has_clock,
    is_imdb_address,
    is_mostly_minutes,
    sample,
)
from filmgraph.sources.sheet.rows import RawRow
from filmgraph.sources.sheet.synonyms import Meaning, find_meaning, find_records
from filmgraph.sources.sheet.workbook import is_workbook, read_workbook

__all__ = ["Proposal", "propose"]

_DELIMITERS: Final = (",", ";", "\t", "|")
_SEARCHED: Final = 30
_NUMBERED: Final = re.compile(r"(.*[^0-9])([0-9]{1,3})([^0-9]*)")
_IMDB_PART: Final = r"https?://(?:www\.|m\.)?imdb\.com/title/(tt[0-9]{7,9})/?(?:\?.*)?"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A profile as TOML with comments, and the questions that it leaves open; `sheet` is empty for a text file."""

    sheet: str
    record: str
    toml: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Grid:
    """A sheet before anything is known of it; `settings` are the lines that say how it was opened."""

    sheet: str
    rows: tuple[RawRow, ...]
    settings: tuple[str, ...]
    questions: tuple[str, ...] = ()


@dataclass(slots=True)
class _Draft:
    """A profile while it is written."""

    record: str
    missing: tuple[str, ...]
    blocks: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    top: list[str] = field(default_factory=list)
    parts: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)


def propose(data: bytes, path: str, sheet: str = "") -> tuple[Proposal, ...]:
    """Return a proposal for each visible worksheet of a workbook, or for the one that is named; one for a text file.

    UnreadableInputError when the file cannot be opened, or has no such worksheet.
    """
    grids = [each for each in _open(data, path, sheet) if each.rows]
    if not grids:
        raise UnreadableInputError(f"{path}: there is nothing in it to make a profile of")
    return tuple(_propose(each, path) for each in grids)


def _open(data: bytes, path: str, sheet: str) -> Iterator[_Grid]:
    if not is_workbook(data):
        yield _open_text(data, path)
        return
    worksheets = read_workbook(data, path)
    if sheet and sheet not in {each.name for each in worksheets}:
        names = ", ".join(repr(each.name) for each in worksheets)
        raise UnreadableInputError(f"{path}: there is no worksheet {sheet!r}; it has {names}")
    for each in worksheets:
        if each.name == sheet or (not sheet and each.is_visible):
            settings, questions = [f"sheet = {_quote(each.name)}"], []
            if any(bottom > top for top, _, bottom, _ in each.merged):
                questions.append('Do merged cells hold for all their rows? If so, write merged = "fill" at the top.')
            yield _Grid(each.name, each.rows, tuple(settings), tuple(questions))


def _open_text(data: bytes, path: str) -> _Grid:
    settings, questions = [], []
    text = decode(data, "", path)
    if isinstance(text, Finding):
        found = propose_encodings(data)
        if not found:
            raise UnreadableInputError(f"{path}: {text.message}")
        first = next(iter(found))
        settings.append(f'encoding = "{first}"')
        choices = "; ".join(f'"{name}" reads {word!r}' for name, word in found.items())
        questions.append(f"In which encoding is the file? {choices}. The first one is written down.")
        text = decode(data, first, path)
        if isinstance(text, Finding):
            raise UnreadableInputError(f"{path}: {text.message}")
    delimiter = max(_DELIMITERS, key=lambda sign: _fit(text, sign))
    if delimiter != ",":
        settings.append(f'delimiter = "{"tab" if delimiter == chr(9) else delimiter}"')
    return _Grid("", tuple(read_csv_rows(text, path, delimiter)), tuple(settings), tuple(questions))


def _fit(text: str, delimiter: str) -> float:
    """Return how well a separator cuts the first rows: into many cells, as many in each row."""
    try:
        rows = read_csv_rows("\n".join(text.splitlines()[:_SEARCHED]), "", delimiter)
    except UnreadableInputError:
        return 0
    widths = [len(raw.cells) for raw in rows]
    usual = max(set(widths), key=widths.count) if widths else 0
    return usual * widths.count(usual) / len(widths) if usual > 1 else 0


def _propose(grid: _Grid, path: str) -> Proposal:
    first, names, has_header = _find_header(grid.rows)
    body = [raw.cells for raw in grid.rows[first + has_header :]]
    records = find_records(names)
    record = max(records, key=lambda each: records[each])
    missing = tuple(find_missing(body))
    draft = _Draft(record, missing, questions=list(grid.questions))
    if not has_header:
        draft.top.append("header = false")
        draft.questions.append("The first row seems to hold no headers, so columns go by their numbers. Is that so?")
    best = sorted(records.values(), reverse=True)
    if best[0] == 0 or best[0] == best[1]:
        draft.questions.append(f"What does a row tell of: {', '.join(records)}? {record} is written down.")
    columns = {name: [_cell(row, n, missing) for row in body] for n, name in enumerate(names)}
    _write_columns(columns, draft)
    return Proposal(grid.sheet, record, _to_toml(grid, draft, path), tuple(draft.questions))


def _find_header(rows: Sequence[RawRow]) -> tuple[int, list[str], bool]:
    """Return the number of the header's row, its names, and whether there is one."""
    counts = [sum(bool(_any_meaning(cell)) for cell in raw.cells) for raw in rows[:_SEARCHED]]
    first = counts.index(max(counts))
    if counts[first] == 0 and any(re.search("[0-9]", cell) for cell in rows[0].cells):
        return 0, [str(n) for n in range(1, max(len(raw.cells) for raw in rows) + 1)], False
    return first, [" ".join(cell.split()) for cell in rows[first].cells], True


def _any_meaning(header: str) -> bool:
    return any(count for count in find_records([header]).values()) if header.strip() else False


def _cell(row: Sequence[str], number: int, missing: Sequence[str]) -> str:
    cell = row[number].strip() if number < len(row) else ""
    return "" if cell in missing else cell


def _write_columns(columns: dict[str, list[str]], draft: _Draft) -> None:
    families = _families(columns)
    meanings = {name: _meaning(name, columns, draft.record) for name in columns}
    headers = {each.part: name for name, each in meanings.items() if each and each.part}
    for name in columns:
        family = families.get(name)
        if not name or (family and family[0] != name):
            continue
        shown = [value for each in family or (name,) for value in columns[each] if value]
        header = _stem(name) if family else name
        _write_column(header, meanings[name], shown, headers, draft)
    _fill_blank_names(columns, meanings, draft)
    if "date" in headers and "time" in headers and "start_date" not in draft.used:
        _write_start(columns, headers, draft)


def _fill_blank_names(columns: dict[str, list[str]], meanings: dict[str, Meaning | None], draft: _Draft) -> None:
    """Where the original title is blank for some films, take the other title, and ask whether that is right."""
    originals = [name for name, each in meanings.items() if each and each.settings == ('property = "name"',)]
    others = [name for name, each in meanings.items() if each and each.settings == ('property = "alternate_name"',)]
    if not originals or len(others) != 1 or all(columns[originals[0]]):
        return
    line = f"otherwise = {_quote(others[0])}"
    start = f"[columns.{_quote(originals[0])}]"
    draft.blocks = [f"{each}\n{line}" if each.startswith(start) else each for each in draft.blocks]
    draft.questions.append(
        f"Where {originals[0]!r} is blank, is the title in {others[0]!r} the original one? Else take otherwise out."
    )


def _families(columns: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Return the columns that differ only in a number, each with all of its kind: director.1, director.2."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for name in columns:
        if _NUMBERED.fullmatch(name):
            groups[_stem(name)].append(name)
    return {name: tuple(each) for each in groups.values() if len(each) > 1 for name in each}


def _stem(name: str) -> str:
    match = _NUMBERED.fullmatch(name)
    return f"{match[1]}*{match[3]}" if match else name


def _meaning(name: str, columns: dict[str, list[str]], record: str) -> Meaning | None:
    found = find_meaning(name, record)
    if found is None or 'property = "name"' not in found.settings or record != "Movie":
        return found
    has_original = any("orig" in each.casefold() or "oorspronk" in each.casefold() for each in columns)
    if has_original and "orig" not in name.casefold() and "oorspronk" not in name.casefold():
        return replace(found, settings=('property = "alternate_name"',), means="another title")
    return found


def _write_column(header: str, meaning: Meaning | None, values: list[str], headers: dict[str, str], draft: _Draft) -> None:
    lines: list[str] = []
    comment = f"# {meaning.means}; " if meaning else "# "
    comment += f"such as {sample(values)}" if values else "all cells are blank"
    if meaning is None:
        lines = ["ignore = true"]
        draft.questions.append(f"What is the column {header!r} ({comment[2:]})? It is left out until you say.")
    elif meaning.record == "":
        lines = list(meaning.settings)
    else:
        lines = _settle(header, meaning, values, headers, draft)
    draft.blocks.append("\n".join([f"[columns.{_quote(header)}]", comment.replace("\n", " "), *lines]))


def _settle(header: str, meaning: Meaning, values: list[str], headers: dict[str, str], draft: _Draft) -> list[str]:
    """Return the lines for a column whose meaning is known, and ask what its values leave open."""
    lines = list(meaning.settings)
    target = next((line.partition('"')[2].rstrip('"') for line in lines if line.startswith(("property", "role"))), "")
    if target == "name" and "name" in draft.used:
        draft.questions.append(f"Two columns seem to be the name. Is {header!r} another title? It is left out until you say.")
        return ["ignore = true"]
    draft.used.add(target)
    if target == "identifier" and is_imdb_address(values):
        draft.parts["imdb"] = f"[parts.imdb]\npattern = '{_IMDB_PART}'\n" + "\n".join(lines)
        return ['parts = ["imdb"]']
    if target == "alternate_name" and not meaning.language:
        draft.questions.append(f'In which language are the titles in {header!r}? Write it down as language = "en".')
    if meaning.part == "venue" and "hall" not in headers:
        lines = ['property = "location"', 'to = "venue"', 'by = "name"']
    if meaning.part == "hall" and "venue" in headers:
        lines.append(f"within = {_quote(headers['venue'])}")
    if meaning.part in ("date", "time"):
        return lines
    return _from_values(header, meaning, target, values, lines, draft)


def _from_values(header: str, meaning: Meaning, target: str, values: list[str], lines: list[str], draft: _Draft) -> list[str]:
    if meaning.is_list:
        lines += _separator_lines(header, meaning, values, draft)
    if target.endswith("_date") or (target == "date_created" and 'type = "year"' not in meaning.settings):
        lines += _format_lines(header, values, draft, with_time=draft.record == "ScreeningEvent")
    if target == "duration" and not is_mostly_minutes(values):
        draft.questions.append(f"The values of {header!r} ({sample(values)}) are no running times. It is left out until you say.")
        return ["ignore = true"]
    if target == "duration" and has_clock(values):
        question = f"Are running times in {header!r} hours and minutes (1:22) or minutes and seconds (82:00)?"
        draft.questions.append(f'{question} Write formats = ["H:MM"] or formats = ["MM:SS"].')
    return lines


def _separator_lines(header: str, meaning: Meaning, values: list[str], draft: _Draft) -> list[str]:
    separators, lines = find_separators(values, is_person=meaning.is_person), list[str]()
    if meaning.is_person:
        commas = find_commas(values)
        if commas.turn_names and not commas.part_names:
            lines.append('name_order = "comma"')
            draft.questions.append(f"Names in {header!r} seem to be written Last, First. Is that so? Else take name_order out.")
        elif commas.part_names and not commas.turn_names:
            separators.append(",")
        elif commas.turn_names or commas.unclear:
            where = f"in {header!r} ({sample(each for each in values if ',' in each)})"
            question = f'Do commas {where} part names or turn them? Write separator = "," or name_order = "comma".'
            draft.questions.append(question)
    elif any("," in value for value in values):
        separators.append(",")
    if separators:
        lines.insert(0, f"separator = [{', '.join(map(_quote, separators))}]")
    return lines


def _format_lines(header: str, values: list[str], draft: _Draft, *, with_time: bool) -> list[str]:
    fits = find_formats(values, with_time=with_time)
    if with_time and not any("time_zone" in line for line in draft.top):
        draft.top.append('time_zone = "UTC"    # ASK: the festival\'s own zone, such as Europe/Brussels')
        draft.questions.append('In which time zone are the times? Write it at the top instead of time_zone = "UTC".')
    if any("YYYY" not in each for each in fits):
        draft.top.append(
            "# first_day = 2026-10-16    # ASK: the dates have no year; give the edition's days\n# last_day = 2026-10-25"
        )
        draft.questions.append(f"The dates in {header!r} have no year: write first_day and last_day of the edition at the top.")
    if len(fits) == 1 and "YYYY" in fits[0]:
        return [f'formats = ["{fits[0]}"]']
    if len(fits) > 1:
        draft.questions.append(f"In which format are the dates in {header!r} ({sample(values)})? All fit: {', '.join(fits)}.")
    elif values and not fits:
        draft.questions.append(
            f"The dates in {header!r} ({sample(values)}) are in no one format. docs/sheets.md lists the formats."
        )
    return [f'# formats = ["{each}"]' for each in fits]


def _write_start(columns: dict[str, list[str]], headers: dict[str, str], draft: _Draft) -> None:
    """Add the start, put together from a column of days and one of hours."""
    days, hours = columns[headers["date"]], columns[headers["time"]]
    moments = [f"{day} {hour}" for day, hour in zip(days, hours, strict=True) if day and hour]
    text = f"{{{headers['date']}}} {{{headers['time']}}}"
    lines = ['property = "start_date"', f"text = {_quote(text)}", *_format_lines("start", moments, draft, with_time=True)]
    draft.blocks.append("\n".join(['[columns."start"]', "# not in the sheet: put together from two columns", *lines]))


def _to_toml(grid: _Grid, draft: _Draft, path: str) -> str:
    name = path.rpartition("/")[2] + (f", worksheet {grid.sheet}" if grid.sheet else "")
    head = [f"# A profile for {name}, proposed by its headers and values. Look it through before you use it."]
    head += [f"# ASK: {question}" for question in draft.questions]
    settings = [f'record = "{draft.record}"', *grid.settings, *draft.top]
    if draft.missing:
        settings.append(f"missing = [{', '.join(map(_quote, draft.missing))}]")
    parts = [*head, "", *settings, "", "\n\n".join(draft.blocks)]
    parts += ["", "\n\n".join(draft.parts.values())] if draft.parts else []
    return "\n".join(parts) + "\n"


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
