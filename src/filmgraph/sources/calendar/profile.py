"""Reads a calendar's profile: which events are screenings, and what their texts mean. `docs/calendars.md` describes it.

    time_zone = "Europe/Brussels"      # of times that name no zone; UTC is told on its clock
    first_day = 2026-10-16             # the edition's days: a rule without an end ends with the last one
    last_day = 2026-10-25

    [[events]]                         # the first rule that fits an event tells what it is
    is = "screening"                   # or "other"
    categories = ["Film"]
    summary = "^Film: "

    [columns.SUMMARY]                  # and so on: a column for each property, as in the profile of a sheet
    parts = ["film", "talk"]

What columns, parts and their settings mean is the same as in sheets; so are the values that come of them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from filmgraph.errors import SettingsError, UnreadableInputError
from filmgraph.sources.sheet.column import Profile
from filmgraph.sources.sheet.encoding import ENCODINGS
from filmgraph.sources.sheet.profile import to_profile
from filmgraph.sources.sheet.profile_table import Table
from filmgraph.vocabulary import Vocabulary

__all__ = ["CalendarProfile", "EventRule", "read_calendar_profile"]

_OWN: Final = {"events", "most_repeats", "encoding", "time_zone_from"}
_OF_SHEETS: Final = {"time_zone", "time_zones", "first_day", "last_day", "certainty", "missing", "columns", "parts"}
_TIMES: Final = ["YYYY-MM-DD HH:MM+HH:MM", "YYYY-MM-DD HH:MM"]
_STATUS: Final = {"CONFIRMED": "scheduled", "TENTATIVE": "", "CANCELLED": "cancelled"}
_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class EventRule:
    """Tells screenings from other events: all that it names must fit. `categories` are folded, `patterns` by property."""

    is_screening: bool
    categories: frozenset[str]
    patterns: Mapping[str, re.Pattern[str]]

    def fits(self, cells: Mapping[str, str]) -> bool:
        """Return whether an event with these texts is one that the rule speaks of."""
        if self.categories and not self.categories & {each.casefold() for each in cells.get("CATEGORIES", "").split("\n")}:
            return False
        return all(pattern.search(cells.get(name, "")) for name, pattern in self.patterns.items())


@dataclass(frozen=True, slots=True)
class CalendarProfile:
    """How one calendar is read: `sheet` is the profile of a table with a column for each property, and a row for each event.

    `home` is the zone of the festival, `zones` what a TZID means that nobody else explains.
    """

    sheet: Profile
    rules: tuple[EventRule, ...]
    home: str
    zones: Mapping[str, str]
    most_repeats: int
    encoding: str


def read_calendar_profile(data: bytes, path: str, vocabulary: Vocabulary) -> CalendarProfile:
    """Return the profile in `data`.

    UnreadableInputError when it is no TOML; SettingsError names the setting, its value and what was expected.
    """
    try:
        tables = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableInputError(f"{path} is not valid TOML: {error}") from error
    root = Table(tables, path)
    root.refuse_unknown(_OWN | _OF_SHEETS)
    most = root.get("most_repeats", 200)
    if not 1 <= most <= _MOST:
        raise root.error("most_repeats", f"a number from 1 to {_MOST}")
    if not root.get("time_zone", ""):
        raise SettingsError(f'{path}: time_zone is missing: name the zone of the festival, as in time_zone = "Europe/Brussels"')
    of_sheet = {key: value for key, value in tables.items() if key in _OF_SHEETS}
    of_sheet |= {"record": "ScreeningEvent", "columns": _with_own_columns(root)}
    return CalendarProfile(
        sheet=to_profile(of_sheet, path, vocabulary),
        rules=_read_rules(root),
        home=root.get("time_zone", ""),
        zones=root.words("time_zones"),
        most_repeats=most,
        encoding=root.choose("encoding", {"": "", **{name: name for name in ENCODINGS}}, ""),
    )


def _with_own_columns(root: Table) -> dict[str, Any]:
    """Return the columns of a profile with those that mean the same in every calendar."""
    time: dict[str, Any] = {"formats": _TIMES}
    if root.get("time_zone_from", ""):
        time["time_zone_from"] = root.get("time_zone_from", "")
    own: dict[str, Any] = {
        "DTSTART": {"property": "start_date", **time},
        "DTEND": {"property": "end_date", **time},
        "STATUS": {"property": "event_status", "map": _STATUS},
        "URL": {"property": "url"},
    }
    return own | dict(root.get("columns", dict[str, Any]()))


def _read_rules(root: Table) -> tuple[EventRule, ...]:
    tables = root.values.get("events", [])
    if not isinstance(tables, list) or not tables or not all(isinstance(each, dict) for each in tables):
        raise SettingsError(
            f'{root.where}: say which events are screenings: [[events]] with is = "screening" and categories or summary'
        )
    return tuple(_read_rule(Table(each, f"{root.where} [[events]] {n}")) for n, each in enumerate(tables, 1))


def _read_rule(table: Table) -> EventRule:
    is_screening = table.choose("is", {"screening": True, "other": False}, "")
    patterns: dict[str, re.Pattern[str]] = {}
    for key in sorted(set(table.values) - {"is", "categories"}):
        if not re.fullmatch("[a-z][a-z-]*", key):
            raise table.error(key, "a pattern for a property by its name in small letters, such as summary")
        try:
            patterns[key.upper()] = re.compile(table.get(key, ""))
        except re.error as error:
            raise table.error(key, f"a regular expression; {error}") from None
    return EventRule(is_screening, frozenset(each.casefold() for each in table.texts("categories")), patterns)
