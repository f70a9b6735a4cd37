"""A TOML table of a profile that checks what it hands out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from filmgraph.errors import SettingsError

__all__ = ["Table"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Table:
    """The values of one table, and how a message names it."""

    values: Mapping[str, Any]
    where: str

    def get(self, key: str, default: T) -> T:
        """Return a value of the type of the default; SettingsError for another one."""
        value = self.values.get(key, default)
        if type(value) is not type(default):
            raise self.error(key, f"a {type(default).__name__}")
        return value

    def choose(self, key: str, choices: Mapping[str, T], default: str) -> T:
        """Return what a word stands for; SettingsError for a word that is no choice."""
        value = self.get(key, default)
        if value not in choices:
            raise self.error(key, "one of " + ", ".join(repr(each) for each in choices))
        return choices[value]

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return a list of texts; one text alone is a list of one."""
        value = self.values.get(key, list(default))
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            raise self.error(key, "a text or a list of texts")
        return tuple(values)

    def words(self, key: str) -> Mapping[str, str]:
        """Return a table of texts."""
        values = self.get(key, dict[str, Any]())
        if not all(isinstance(each, str) for each in values.values()):
            raise self.error(key, 'a table of texts, such as { "Y" = "yes" }')
        return MappingProxyType(values)

    def tables(self, key: str) -> dict[str, Table]:
        """Return the tables in a table."""
        values = self.get(key, dict[str, Any]())
        tables = {name: Table(each, f'{self.where} [{key}."{name}"]') for name, each in values.items()}
        for each in tables.values():
            if not isinstance(each.values, dict):
                raise SettingsError(f"{each.where} should be a table")
        return tables

    def day(self, key: str) -> date | None:
        """Return a date, written as TOML's or in a text as 2026-10-16."""
        value = self.values.get(key)
        try:
            day = date.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            raise self.error(key, "a date such as 2026-10-16") from None
        if day is not None and type(day) is not date:
            raise self.error(key, "a date such as 2026-10-16")
        return day

    def zone(self, key: str) -> ZoneInfo | None:
        """Return a time zone by its name in the tz database; None where none is given."""
        name = self.get(key, "")
        try:
            return ZoneInfo(name) if name else None
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise self.error(key, "a name of the tz database, such as Europe/Brussels") from None

    def hour(self, key: str) -> int:
        """Return a time of the night in minutes after midnight; 0 where none is given."""
        value = self.get(key, "00:00")
        match = re.fullmatch(r"(0?[0-9]|1[0-2]):([0-5][0-9])", value)
        if not match:
            raise self.error(key, 'a time of the night up to 12:59, such as "06:00"')
        return int(match[1]) * 60 + int(match[2])

    def error(self, key: str, expected: str) -> SettingsError:
        """Return the error that a value is not as expected."""
        return SettingsError(f"{self.where}: {key} = {self.values.get(key)!r} should be {expected}")

    def refuse_unknown(self, known: set[str]) -> None:
        """SettingsError for a setting that there is not."""
        for key in sorted(set(self.values) - known):
            raise SettingsError(f"{self.where}: unknown setting {key!r}; there are {', '.join(sorted(known))}")
