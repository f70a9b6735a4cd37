"""Times of a calendar: with a zone, in UTC, floating, or a day; and the zones that their TZID names. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import icalendar
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from filmgraph.sources.calendar.lines import Component

__all__ = ["Moment", "UnknownZoneError", "Zones"]


class UnknownZoneError(Exception):
    """A TZID that neither the tz database nor the calendar explains; the argument is its name."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a clock on the wall shows, and where it hangs: nowhere in particular where `zone` is None. A day has no time."""

    wall: datetime
    zone: tzinfo | None = None
    is_day: bool = False

    def on_the_clock_of(self, other: Moment) -> datetime:
        """Return what the other's clock shows at this moment; a floating one is taken to be the same clock."""
        if self.zone is None or other.zone is None or self.is_day:
            return self.wall
        return self.instant().astimezone(other.zone).replace(tzinfo=None)

    def instant(self) -> datetime:
        """Return the moment with its offset. A time that comes twice is the first (https://www.rfc-editor.org/rfc/rfc5545#section-3.3.5)."""
        return self.wall.replace(tzinfo=self.zone)

    def at(self, wall: datetime) -> Moment:
        """Return another moment on the same clock."""
        return Moment(wall, self.zone, self.is_day)

    def to_key(self) -> str:
        """Return the moment as it tells the repeats of an event apart, whatever zone it is written in."""
        if self.zone is None:
            return self.wall.strftime("%Y%m%d" if self.is_day else "%Y%m%dT%H%M%S")
        return self.instant().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")

    def to_cell(self, home: tzinfo) -> str:
        """Return the moment as a sheet would write it; what is in UTC is told on the clock of `home`."""
        if self.zone is None:
            return self.wall.isoformat(" ", "seconds" if self.wall.second else "minutes")
        moment = self.instant().astimezone(home) if self.zone is UTC else self.instant()
        return moment.isoformat(" ", "seconds" if moment.second else "minutes")


@dataclass(frozen=True, slots=True)
class Zones:
    """The zones of a file. `named` is what the profile says that a TZID means, `defined` what the file itself defines."""

    named: Mapping[str, str] = field(default_factory=dict)
    defined: Mapping[str, Component] = field(default_factory=dict)
    _found: dict[str, tzinfo] = field(default_factory=dict)

    @classmethod
    def of(cls, calendars: Iterable[Component], named: Mapping[str, str]) -> Zones:
        """Return the zones of some calendars."""
        components = (part for each in calendars for part in each.parts if part.name == "VTIMEZONE")
        return cls(named, {name: each for each in components if (name := _property(each, "TZID"))})

    def parse(self, value: str, tzid: str) -> Moment:
        """Return the moment that a value of DTSTART and its like stands for; ValueError where it is none."""
        found: object = icalendar.vDDDTypes.from_ical(value)  # type: ignore[no-untyped-call]
        if isinstance(found, datetime):
            if found.tzinfo is not None:
                return Moment(found.replace(tzinfo=None), UTC)
            return Moment(found, self.find(tzid) if tzid else None)
        if isinstance(found, date):
            return Moment(datetime.combine(found, time()), is_day=True)
        raise ValueError(f"{value!r} is neither a date nor a time")

    def find(self, tzid: str) -> tzinfo:
        """Return the zone that a TZID means; UnknownZoneError."""
        if tzid not in self._found:
            self._found[tzid] = self._look_up(tzid)
        return self._found[tzid]

    def _look_up(self, tzid: str) -> tzinfo:
        # Some programs put a path before the name: /citadel.org/20210210_1/Europe/Brussels.
        tails = ("/".join(tzid.split("/")[-count:]) for count in (2, 3) if tzid.count("/") >= count)
        own = _property(self.defined[tzid], "X-LIC-LOCATION") if tzid in self.defined else ""
        names = (self.named.get(tzid, ""), tzid, WINDOWS_TO_OLSON.get(tzid, ""), own, *tails)
        for name in filter(None, names):
            try:
                return UTC if name in ("UTC", "Etc/UTC") else ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                continue
        if tzid in self.defined:
            return _to_zone(self.defined[tzid], tzid)
        raise UnknownZoneError(tzid)


def _property(component: Component, name: str) -> str:
    return next((line.value.replace("\\", "") for line in component.lines if line.name == name), "")


def _to_zone(component: Component, tzid: str) -> tzinfo:
    """Return a zone as the file defines it: a customised one of Outlook, for instance."""
    try:
        zone = icalendar.Timezone.from_ical(component.to_text())
        if isinstance(zone, icalendar.Timezone):
            built: tzinfo = zone.to_tz(lookup_tzid=False)
            return built
    except (ValueError, KeyError, AttributeError, IndexError, TypeError) as error:
        raise UnknownZoneError(tzid) from error
    raise UnknownZoneError(tzid)
