"""Reads a column profile: the TOML file that says what the columns of a sheet mean. `docs/sheets.md` is its description.

    record = "Movie"              # which record a row makes: a name in `RECORDS`, or "Credit" for one credit a row
    sheet = "Films"               # the worksheet of a workbook
    delimiter = ";"               # of a CSV file: one sign, or "tab"; "," by default
    certainty = "external"        # "stated" (the default), "external" or "inferred"
    time_zone = "Europe/Brussels" # of datetime columns
    sources_file = "tables/film-sources.csv"

    [columns."title"]             # the header as the sheet spells it
    property = "name"             # a field of the record; or role = "director", or one of key, ignore, certainty,
    required = true               # reason, source, container = true

The type of a property's values follows from the property; `type` says otherwise.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from filmgraph.errors import SettingsError, UnreadableInputError
from filmgraph.iris import Kind
from filmgraph.model import Certainty
from filmgraph.sources.sheet.column import Column, Lookup, Profile, Use
from filmgraph.sources.sheet.dates import has_year
from filmgraph.sources.sheet.encoding import ENCODINGS
from filmgraph.sources.sheet.profile_column import CREDIT, RECORDS, Frame, read_column, read_parts, types_of
from filmgraph.sources.sheet.profile_table import Table
from filmgraph.vocabulary import Vocabulary

__all__ = ["CREDIT", "RECORDS", "expand", "read_profile", "to_profile"]

_KNOWN: Final = {
    *("record", "sheet", "delimiter", "quote", "encoding", "header", "header_row", "merged", "missing", "certainty", "time_zone"),
    *("time_zones", "day_ends", "first_day", "last_day", "sources_file", "columns", "parts", "lookups", "ignore_rows"),
    *("rows_with", "repeats"),
}
_MERGED: Final = {"": False, "fill": True}
_FIELD: Final = re.compile(r"\{([^{}]+)\}")
_ANY_NUMBER: Final = "*"


def read_profile(data: bytes, path: str, vocabulary: Vocabulary) -> Profile:
    """Return the profile in `data`.

    UnreadableInputError when it is no TOML; SettingsError names the setting, its value and what was expected.
    """
    try:
        tables = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableInputError(f"{path} is not valid TOML: {error}") from error
    return to_profile(tables, path, vocabulary)


def to_profile(tables: Mapping[str, Any], path: str, vocabulary: Vocabulary) -> Profile:
    """Return the profile that some tables describe; SettingsError names the setting, its value and what was expected."""
    root = Table(tables, path)
    root.refuse_unknown(_KNOWN)
    record = root.choose("record", {name: name for name in (*RECORDS, CREDIT)}, "")
    frame = _read_frame(root, record)
    profile = Profile(
        path=path,
        record=record,
        columns=MappingProxyType(_read_columns(root, frame)),
        delimiter=_read_delimiter(root),
        quote=_read_quote(root),
        encoding=root.choose("encoding", {"": "", **{name: name for name in ENCODINGS}}, ""),
        sheet=(root.texts("sheet") or ("",))[0],
        other_sheets=root.texts("sheet")[1:],
        ignored_rows=root.texts("ignore_rows"),
        rows_with=root.get("rows_with", ""),
        repeats=root.get("repeats", False),
        has_header=root.get("header", True),
        header_row=root.get("header_row", 0),
        fills_merged=root.choose("merged", _MERGED, ""),
        certainty=root.choose("certainty", {each.value: each for each in Certainty}, "stated"),
        sources_path=root.get("sources_file", ""),
        first_day=frame.first_day,
        last_day=frame.last_day,
        lookups=_read_lookups(root),
    )
    _check_profile(profile, vocabulary)
    return profile


def expand(profile: Profile, headers: Iterable[str]) -> Profile:
    """Return the profile with a column for each header that a name with `*` stands for, in the order of the numbers."""
    columns: dict[str, Column] = {}
    known = list(headers)
    for header, column in profile.columns.items():
        if _ANY_NUMBER not in header or header in known:
            columns[header] = column
            continue
        pattern = re.compile("([0-9]{1,6})".join(re.escape(each) for each in header.split(_ANY_NUMBER)))
        found = [(int(match[1]), each) for each in known if (match := pattern.fullmatch(each)) and each not in profile.columns]
        columns |= {each: replace(column, header=each) for _, each in sorted(found)} or {header: column}
    return replace(profile, columns=MappingProxyType(columns))


def _read_frame(root: Table, record: str) -> Frame:
    zones = root.words("time_zones")
    first, last = root.day("first_day"), root.day("last_day")
    if (first is None) != (last is None) or (first and last and last < first):
        raise root.error("last_day", "given together with first_day, and not before it")
    return Frame(
        types=types_of(record),
        zone=root.zone("time_zone"),
        zones={text: zone for text in zones if (zone := Table(zones, f"{root.where} [time_zones]").zone(text))},
        missing=root.texts("missing"),
        day_ends=root.hour("day_ends"),
        first_day=first,
        last_day=last,
    )


def _read_columns(root: Table, frame: Frame) -> dict[str, Column]:
    rules = root.tables("parts")
    columns: dict[str, Column] = {}
    for header, table in root.tables("columns").items():
        column = read_column(table, header, frame)
        virtual: tuple[Column, ...] = ()
        if column.use is Use.PARTS:
            column, virtual = read_parts(column, table, rules, frame)
        columns |= {header: column, **{each.header: each for each in virtual}}
    idle = set(rules) - {each.rpartition(": ")[2] for each in columns}
    if idle:
        raise SettingsError(f"{root.where}: no column has the part {min(idle)!r}: name it in the parts of a column")
    return columns


def _read_delimiter(root: Table) -> str:
    text = root.get("delimiter", ",")
    sign = "\t" if text == "tab" else text
    if len(sign) != 1 or sign.isalnum() or sign in "\r\n\"' ":
        raise root.error("delimiter", 'one sign, such as ";" or "|", or "tab"')
    return sign


def _read_quote(root: Table) -> str:
    text = root.get("quote", '"')
    if len(text) > 1 or text.isalnum() or text.isspace() or text == root.get("delimiter", ","):
        raise root.error("quote", "one sign, or empty where the file has no quotes")
    return text


def _read_lookups(root: Table) -> Mapping[str, Lookup]:
    lookups: dict[str, Lookup] = {}
    for name, table in root.tables("lookups").items():
        table.refuse_unknown({"profile", "match", "path"})
        missing = next((key for key in ("profile", "match") if not table.get(key, "")), "")
        if missing:
            raise SettingsError(f"{table.where}: {missing} is missing: name the other sheet's profile, and its column to match")
        lookups[name] = Lookup(name, table.get("profile", ""), table.get("match", ""), table.get("path", ""))
    return MappingProxyType(lookups)


def _check_profile(profile: Profile, vocabulary: Vocabulary) -> None:
    _check_sheet(profile)
    for column in profile.columns.values():
        _check_names(column, profile, vocabulary)
    used = {column.within for column in profile.columns.values()}
    idle = [each.header for each in profile.columns.values() if each.use is Use.CONTAINER and each.header not in used]
    if idle:
        raise SettingsError(
            f"{profile.path}: nothing lies within the container column {idle[0]!r}: name it, or set ignore = true"
        )
    if profile.record == CREDIT:
        missing = [name for name in ("film", "role", "agent") if profile.column_of(name) is None]
        if missing:
            raise SettingsError(f"{profile.path}: a sheet of credits needs a column with property = {missing[0]!r}")


def _check_sheet(profile: Profile) -> None:
    real = [each.header for each in profile.columns.values() if not each.is_virtual]
    odd = [each for each in real if not each.isdigit()]
    if not profile.has_header and (odd or profile.header_row):
        what = f"the column {odd[0]!r}" if odd else "header_row"
        raise SettingsError(f"{profile.path}: with header = false columns go by their number, from 1 on; take out {what}")
    if profile.header_row < 0:
        raise SettingsError(f"{profile.path}: header_row = {profile.header_row} should be the number of a row, from 1 on")
    if profile.rows_with and profile.rows_with not in real:
        raise SettingsError(f"{profile.path}: rows_with = {profile.rows_with!r} should be one of the columns of the profile")
    doubles = [each for each in real if each.count(_ANY_NUMBER) > 1]
    if doubles:
        raise SettingsError(f"{profile.path}: the column {doubles[0]!r} should have one * at most: it stands for a number")


def _check_names(column: Column, profile: Profile, vocabulary: Vocabulary) -> None:
    """Refuse names of roles, columns and other sheets that are not there."""
    if column.role and vocabulary.concept(Kind.ROLE, column.role) is None:
        raise SettingsError(f"{profile.path}: role = {column.role!r} is not in the role scheme")
    if column.role and profile.record not in ("Movie", "ScreeningEvent"):
        raise SettingsError(f"{profile.path}: a {profile.record} has no credits: only Movie and ScreeningEvent have")
    within = profile.columns.get(column.within)
    if column.within and (within is None or within.type != "ref"):
        raise SettingsError(f"{profile.path}: within = {column.within!r} should be the header of a column of references")
    if column.lookup and (column.lookup not in profile.lookups or column.type != "ref"):
        raise SettingsError(
            f"{profile.path}: lookup = {column.lookup!r} should be the name of a [lookups.…] table, for a reference"
        )
    for name in (*_FIELD.findall(column.template), *filter(None, [column.otherwise, column.zone_header])):
        if name not in profile.columns:
            raise SettingsError(
                f"{profile.path}: the column {column.header!r} uses {name!r}: name that column too, with ignore = true if it is "
                "nothing else"
            )
    _check_years(column, profile)


def _check_years(column: Column, profile: Profile) -> None:
    if column.type not in ("date", "datetime") or all(has_year(each) for each in column.formats):
        return
    edition = profile.column_of("super_event")
    if column.years is None and edition is None:
        raise SettingsError(
            f"{profile.path}: the dates of {column.header!r} have no year: give first_day and last_day of the edition, "
            "or a column with property = 'super_event'"
        )
