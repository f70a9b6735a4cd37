"""Reads what a profile says of one column, or of one part of a mixed cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from types import MappingProxyType
from typing import Final, get_args, get_type_hints
from zoneinfo import ZoneInfo

from filmgraph.errors import SettingsError
from filmgraph.iris import Kind
from filmgraph.model import (
    Auditorium,
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
from filmgraph.sources.sheet.column import PIECE, Column, Part, Use
from filmgraph.sources.sheet.dates import DATE_FORMATS, DATETIME_FORMATS, Years
from filmgraph.sources.sheet.names import NameOrder
from filmgraph.sources.sheet.profile_table import Table
from filmgraph.sources.sheet.values import LENGTH_FORMATS, VALUE_TYPES

__all__ = ["CREDIT", "KNOWN_SETTINGS", "RECORDS", "Frame", "read_column", "read_parts", "types_of"]

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
_FLAGS: Final = (Use.KEY, Use.CERTAINTY, Use.REASON, Use.SOURCE, Use.CONTAINER, Use.IGNORE)
_OF_PARTS: Final = {"pattern", "texts", "rest"}
KNOWN_SETTINGS: Final = {
    *("property", "type", "role", "separator", "language", "to", "by", "within", "lookup", "scheme", "formats", "required"),
    *(
        "name_order",
        "missing",
        "map",
        "text",
        "otherwise",
        "fill_down",
        "parts",
        "time_zone",
        "time_zone_from",
        "day_ends",
        "inferred",
        "also",
    ),
    *(flag.value for flag in _FLAGS),
}
_ORDERS: Final = {each.value: each for each in NameOrder}


@dataclass(frozen=True, slots=True)
class Frame:
    """What the top of a profile says that its columns need: types of the record's properties, and defaults."""

    types: Mapping[str, tuple[str, type]]
    zone: ZoneInfo | None = None
    zones: Mapping[str, ZoneInfo] | None = None
    missing: tuple[str, ...] = ()
    day_ends: int = 0
    first_day: date | None = None
    last_day: date | None = None

    @property
    def years(self) -> Years | None:
        """The days of the edition."""
        return Years(self.first_day, self.last_day) if self.first_day and self.last_day else None


def types_of(record: str) -> Mapping[str, tuple[str, type]]:
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


def read_column(table: Table, header: str, frame: Frame) -> Column:
    """Return one column; SettingsError names the setting that makes no sense."""
    table.refuse_unknown(KNOWN_SETTINGS)
    use = _read_use(table)
    type_name = _read_type(table, use, frame.types)
    column = Column(
        header=header,
        use=use,
        property=table.get("property", ""),
        type=type_name,
        separators=table.texts("separator"),
        language=table.get("language", "") or None,
        role=table.get("role", ""),
        to=table.choose("to", {kind.segment: kind for kind in _REFERENCES}, Kind.PERSON.segment),
        by_name=table.choose("by", {"key": False, "name": True}, "name" if use is Use.CREDIT else "key"),
        within=table.get("within", ""),
        lookup=table.get("lookup", ""),
        scheme=table.get("scheme", ""),
        formats=_read_formats(table, type_name),
        required=table.get("required", False),
        is_string=use is Use.VALUE and frame.types[table.get("property", "")][1] is str,
        name_order=table.choose("name_order", _ORDERS, NameOrder.AS_WRITTEN.value),
        also=table.texts("also"),
    )
    return _check_column(table, _read_cell_rules(table, column, frame))


def _read_cell_rules(table: Table, column: Column, frame: Frame) -> Column:
    """Return the column with the rules for what its cells are before they are read."""
    return replace(
        column,
        missing=frozenset(table.texts("missing", frame.missing)),
        words=table.words("map"),
        template=table.get("text", ""),
        is_virtual="text" in table.values,
        otherwise=table.get("otherwise", ""),
        fill_down=table.get("fill_down", False),
        time_zone=table.zone("time_zone") or frame.zone,
        zone_header=table.get("time_zone_from", ""),
        zones=frame.zones or {},
        day_ends=table.hour("day_ends") or frame.day_ends,
        years=frame.years,
        reason=table.get("inferred", ""),
    )


def read_parts(column: Column, table: Table, rules: Mapping[str, Table], frame: Frame) -> tuple[Column, tuple[Column, ...]]:
    """Return a column of mixed cells with its rules, and the virtual columns that the pieces go to."""
    parts: list[Part] = []
    columns: dict[str, Column] = {}
    todo = list(table.texts("parts"))
    while todo:
        name = todo.pop(0)
        if name in columns:
            continue
        if name not in rules:
            raise table.error("parts", f"names of [parts.…] tables; there is no {name!r}")
        rule = rules[name]
        part = _read_part(rule, name, column.header)
        parts += [part] if part.pattern or rule.get("rest", False) else []
        todo += part.groups
        columns[name] = _read_part_column(rule, part, column.header, frame)
    inside = {name: each.header for name, each in columns.items()}
    virtual = (replace(each, within=inside.get(each.within, each.within)) for each in columns.values())
    return replace(column, parts=tuple(parts)), tuple(virtual)


def _read_part(rule: Table, name: str, header: str) -> Part:
    texts, pattern = rule.texts("texts"), rule.get("pattern", "")
    if len([each for each in (texts, pattern, rule.get("rest", False)) if each]) > 1:
        raise SettingsError(f"{rule.where}: give only one of pattern, texts and rest")
    if texts:
        pattern = "|".join(_whole(each) for each in sorted(texts, key=lambda text: (-len(text), text)))
    try:
        compiled = re.compile(pattern) if pattern else None
    except re.error as error:
        raise rule.error("pattern", f"a regular expression; {error}") from None
    if compiled is not None and compiled.match(""):
        raise rule.error("pattern", "one that matches something: it matches nothing at all")
    groups = {group: f"{header}: {group}" for group in (compiled.groupindex if compiled else ())}
    return Part(name, f"{header}: {name}", compiled, groups)


def _whole(text: str) -> str:
    """Return the pattern of a text that stands alone: AD, and not the end of a word."""
    before, after = ("(?<![^\\W_])" if text[:1].isalnum() else ""), ("(?![^\\W_])" if text[-1:].isalnum() else "")
    return f"{before}{re.escape(text)}{after}"


def _read_part_column(rule: Table, part: Part, header: str, frame: Frame) -> Column:
    settings = {key: value for key, value in rule.values.items() if key not in _OF_PARTS}
    if part.groups and not settings:
        settings = {"ignore": True}
    column = read_column(Table(settings, rule.where), part.header, frame)
    return replace(column, is_virtual=True, separators=(*column.separators, PIECE))


def _usual_type(property_name: str, value_class: type) -> str:
    if value_class is str:
        return _TYPE_OF_PROPERTY.get(property_name, "text")
    usual = next((name for name, each in VALUE_TYPES.items() if each.result is value_class and name != "year"), "")
    return _TYPE_OF_PROPERTY.get(property_name, usual)


def _read_use(table: Table) -> Use:
    uses = [use for use in (Use.VALUE, Use.CREDIT) if table.get(use.value, "")]
    uses += [Use.PARTS] if table.texts("parts") else []
    uses += [flag for flag in _FLAGS if table.get(flag.value, False)]
    if len(uses) != 1:
        raise SettingsError(f"{table.where}: give exactly one of {', '.join(use.value for use in Use)}")
    return uses[0]


def _read_type(table: Table, use: Use, types: Mapping[str, tuple[str, type]]) -> str:
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


def _read_formats(table: Table, type_name: str) -> tuple[str, ...]:
    known: tuple[str, ...] = {"minutes": LENGTH_FORMATS, "datetime": DATETIME_FORMATS}.get(type_name, DATE_FORMATS)
    formats: list[object] = table.get("formats", [] if type_name == "minutes" else [known[0]])
    names = tuple(each for each in formats if isinstance(each, str) and each in known)
    if (not names and type_name != "minutes") or len(names) != len(formats):
        raise table.error("formats", f"a list out of {', '.join(known)}")
    if len({each[:2] for each in names if each[:5] in ("DD/MM", "MM/DD")}) > 1:
        raise table.error("formats", "unambiguous: a sheet has either DD/MM/YYYY or MM/DD/YYYY")
    return names


def _check_column(table: Table, column: Column) -> Column:
    if column.type == "ref" and column.use is not Use.CREDIT and "to" not in table.values:
        raise SettingsError(f"{table.where}: to is missing: say what it refers to, {', '.join(k.segment for k in _REFERENCES)}")
    if column.type == "identifier" and not column.scheme:
        raise SettingsError(f"{table.where}: scheme is missing: say whose numbering it is, such as imdb")
    if column.type == "datetime" and column.time_zone is None and not column.zone_header:
        raise SettingsError(f'{table.where}: a datetime needs time_zone = "…" at the top of the profile, or time_zone_from')
    if column.separators and set(column.words) & {word for text, word in column.words.items() if word != text}:
        raise table.error("map", "without a text that is another one's word: in a list, texts are looked up twice")
    if column.is_virtual and not column.template:
        raise SettingsError(
            f'{table.where}: text is empty: write what each row gets, with other cells in braces: "{{Date}} {{Time}}"'
        )
    if column.name_order is not NameOrder.AS_WRITTEN and (column.type != "ref" or column.to is not Kind.PERSON):
        raise table.error("name_order", "left out: only names of persons are turned")
    if column.name_order is not NameOrder.AS_WRITTEN and any("," in each for each in column.separators):
        raise table.error("name_order", "left out, or the separator another one: the comma cannot both part names and turn them")
    return column
