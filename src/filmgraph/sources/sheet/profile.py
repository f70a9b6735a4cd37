"""Reads a column profile: the TOML file that says what the columns of a sheet mean.

    record = "Movie"              # which record a row makes: a name in `RECORDS`, or "Credit" for one credit a row
    delimiter = ";"               # "," (the default), ";" or "tab"
    certainty = "external"        # "stated" (the default), "external" or "inferred"
    time_zone = "Europe/Brussels" # of datetime columns
    sources_file = "tables/film-sources.csv"

    [columns."title"]             # the header as the sheet spells it
    property = "name"             # a field of the record; or role = "director", or one of key, ignore, certainty,
    required = true               # reason, source, container = true

The type of a property's values follows from the property; `type` says otherwise.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, Final, TypeVar, get_args, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from filmgraph.errors import SettingsError, UnreadableInputError
from filmgraph.iris import Kind
from filmgraph.model import (
    Auditorium,
    Certainty,
    ConceptRef,
    EventSeries,
    Festival,
    Movie,
    MovieTheater,
    Organization,
    Person,
    ProgrammeSection,
    ScreeningEvent,
    Text,
    Thing,
    property_iri,
)
from filmgraph.sources.sheet.column import Column, Profile, Use
from filmgraph.sources.sheet.dates import DATE_FORMATS, DATETIME_FORMATS
from filmgraph.sources.sheet.values import VALUE_TYPES
from filmgraph.vocabulary import Vocabulary

__all__ = ["CREDIT", "RECORDS", "read_profile"]

CREDIT: Final = "Credit"
RECORDS: Final[Mapping[str, tuple[type[Thing], Kind]]] = MappingProxyType(
    {
        "Movie": (Movie, Kind.FILM),
        "Person": (Person, Kind.PERSON),
        "Organization": (Organization, Kind.ORG),
        "MovieTheater": (MovieTheater, Kind.VENUE),
        "Auditorium": (Auditorium, Kind.HALL),
        "EventSeries": (EventSeries, Kind.SERIES),
        "Festival": (Festival, Kind.FESTIVAL),
        "ProgrammeSection": (ProgrammeSection, Kind.SECTION),
        "ScreeningEvent": (ScreeningEvent, Kind.SCREENING),
    }
)
_CREDIT_TYPES: Final = {
    "film": "ref",
    "role": "role",
    "agent": "ref",
    "agent_kind": "text",
    "character": "text",
    "billing": "integer",
    "credited_as": "text",
}
_REFERENCES: Final = (Kind.FILM, Kind.HALL, Kind.FESTIVAL, Kind.SECTION, Kind.VENUE, Kind.SERIES, Kind.ORG, Kind.PERSON)
_TYPE_OF_PROPERTY: Final = {
    "genre": "genre",
    "form": "form",
    "country_of_origin": "country",
    "in_language": "language",
    "subtitle_language": "language",
}
_DELIMITERS: Final = {",": ",", ";": ";", "tab": "\t", "\t": "\t"}
_FLAGS: Final = (Use.KEY, Use.CERTAINTY, Use.REASON, Use.SOURCE, Use.CONTAINER, Use.IGNORE)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Table:
    """A TOML table that checks what it hands out."""

    values: Mapping[str, Any]
    where: str

    def get(self, key: str, default: T) -> T:
        value = self.values.get(key, default)
        if type(value) is not type(default):
            raise self.error(key, f"a {type(default).__name__}")
        return value

    def choose(self, key: str, choices: Mapping[str, T], default: str) -> T:
        value = self.get(key, default)
        if value not in choices:
            raise self.error(key, "one of " + ", ".join(repr(each) for each in choices))
        return choices[value]

    def error(self, key: str, expected: str) -> SettingsError:
        return SettingsError(f"{self.where}: {key} = {self.values.get(key)!r} should be {expected}")

    def refuse_unknown(self, known: set[str]) -> None:
        for key in sorted(set(self.values) - known):
            raise SettingsError(f"{self.where}: unknown setting {key!r}; there are {', '.join(sorted(known))}")


def read_profile(data: bytes, path: str, vocabulary: Vocabulary) -> Profile:
    """Return the profile in `data`.

    UnreadableInputError when it is no TOML; SettingsError names the setting, its value and what was expected.
    """
    try:
        tables = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableInputError(f"{path} is not valid TOML: {error}") from error
    root = _Table(tables, path)
    root.refuse_unknown({"record", "delimiter", "certainty", "time_zone", "sources_file", "columns"})
    record = root.choose("record", {name: name for name in (*RECORDS, CREDIT)}, "")
    types = _types_of(record)
    zone = _read_zone(root)
    columns = {
        header: _read_column(_Table(values, f'{path} [columns."{header}"]'), header, types, zone)
        for header, values in root.get("columns", dict[str, Any]()).items()
    }
    profile = Profile(
        path=path,
        record=record,
        columns=MappingProxyType(columns),
        delimiter=root.choose("delimiter", _DELIMITERS, ","),
        certainty=root.choose("certainty", {each.value: each for each in Certainty}, "stated"),
        sources_path=root.get("sources_file", ""),
    )
    _check_profile(profile, vocabulary)
    return profile


def _types_of(record: str) -> Mapping[str, tuple[str, type]]:
    """Return each property that a row of this record may give: its usual type, and the class of its values."""
    if record == CREDIT:
        return {name: (kind, VALUE_TYPES[kind].result) for name, kind in _CREDIT_TYPES.items()}
    record_class = RECORDS[record][0]
    hints = get_type_hints(record_class)
    types: dict[str, tuple[str, type]] = {}
    for each in fields(record_class):
        if property_iri(each) is not None:
            value_class = get_args(get_args(hints[each.name])[0])[0]
            types[each.name] = (_usual_type(each.name, value_class), value_class)
    return types


def _usual_type(property_name: str, value_class: type) -> str:
    if value_class is str:
        return _TYPE_OF_PROPERTY.get(property_name, "text")
    usual = next((name for name, each in VALUE_TYPES.items() if each.result is value_class and name != "year"), "")
    return _TYPE_OF_PROPERTY.get(property_name, usual)


def _read_zone(root: _Table) -> ZoneInfo | None:
    name = root.get("time_zone", "")
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise root.error("time_zone", "a name of the tz database, such as Europe/Brussels") from None


def _read_column(table: _Table, header: str, types: Mapping[str, tuple[str, type]], zone: ZoneInfo | None) -> Column:
    if not isinstance(table.values, dict):
        raise SettingsError(f"{table.where} should be a table")
    table.refuse_unknown(
        {"property", "type", "role", "separator", "language", "to", "by", "within", "scheme", "formats", "required"}
        | {flag.value for flag in _FLAGS}
    )
    use = _read_use(table)
    type_name = _read_type(table, use, types)
    column = Column(
        header=header,
        use=use,
        property=table.get("property", ""),
        type=type_name,
        separator=table.get("separator", ""),
        language=table.get("language", "") or None,
        role=table.get("role", ""),
        to=table.choose("to", {kind.segment: kind for kind in _REFERENCES}, Kind.PERSON.segment),
        by_name=table.choose("by", {"key": False, "name": True}, "name" if use is Use.CREDIT else "key"),
        within=table.get("within", ""),
        scheme=table.get("scheme", ""),
        formats=_read_formats(table, type_name),
        time_zone=zone,
        required=table.get("required", False),
        is_string=use is Use.VALUE and types[table.get("property", "")][1] is str,
    )
    return _check_column(table, column)


def _read_use(table: _Table) -> Use:
    uses = [use for use in (Use.VALUE, Use.CREDIT) if table.get(use.value, "")]
    uses += [flag for flag in _FLAGS if table.get(flag.value, False)]
    if len(uses) != 1:
        raise SettingsError(f"{table.where}: give exactly one of {', '.join(use.value for use in Use)}")
    return uses[0]


def _read_type(table: _Table, use: Use, types: Mapping[str, tuple[str, type]]) -> str:
    if use in (Use.CREDIT, Use.CONTAINER):
        return "ref"
    if use is not Use.VALUE:
        return "text"
    name = table.get("property", "")
    if name not in types:
        raise table.error("property", f"one of {', '.join(types)}")
    usual, value_class = types[name]
    if usual in _TYPE_OF_PROPERTY.values():
        return table.choose("type", {usual: usual}, usual)
    choices = {each: each for each, value_type in VALUE_TYPES.items() if _fits(value_type.result, value_class)}
    return table.choose("type", choices, usual)


def _fits(result: type, value_class: type) -> bool:
    """Return whether values of one class can fill a property of another; a plain string takes a text or a country code."""
    return result is value_class or (value_class is str and result in (Text, ConceptRef))


def _read_formats(table: _Table, type_name: str) -> tuple[str, ...]:
    known = DATETIME_FORMATS if type_name == "datetime" else DATE_FORMATS
    formats: list[object] = table.get("formats", [known[0]])
    names = tuple(each for each in formats if isinstance(each, str) and each in known)
    if not names or len(names) != len(formats):
        raise table.error("formats", f"a list out of {', '.join(known)}")
    if len({each[:2] for each in names if "/" in each}) > 1:
        raise table.error("formats", "unambiguous: a sheet has either DD/MM/YYYY or MM/DD/YYYY")
    return names


def _check_column(table: _Table, column: Column) -> Column:
    if column.type == "ref" and column.use is not Use.CREDIT and "to" not in table.values:
        raise SettingsError(f"{table.where}: to is missing: say what it refers to, {', '.join(k.segment for k in _REFERENCES)}")
    if column.type == "identifier" and not column.scheme:
        raise SettingsError(f"{table.where}: scheme is missing: say whose numbering it is, such as imdb")
    if column.type == "datetime" and column.time_zone is None:
        raise SettingsError(f'{table.where}: a datetime needs time_zone = "…" at the top of the profile')
    return column


def _check_profile(profile: Profile, vocabulary: Vocabulary) -> None:
    for column in profile.columns.values():
        if column.role and vocabulary.concept(Kind.ROLE, column.role) is None:
            raise SettingsError(f"{profile.path}: role = {column.role!r} is not in the role scheme")
        if column.role and profile.record not in ("Movie", "ScreeningEvent"):
            raise SettingsError(f"{profile.path}: a {profile.record} has no credits: only Movie and ScreeningEvent have")
        within = profile.columns.get(column.within)
        if column.within and (within is None or within.type != "ref"):
            raise SettingsError(f"{profile.path}: within = {column.within!r} should be the header of a column of references")
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
