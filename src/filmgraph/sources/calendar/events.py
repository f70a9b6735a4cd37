"""The events of a calendar: each VEVENT with its texts, times and repeats, and what of it could not be understood. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import icalendar

from filmgraph.sources.calendar.lines import Component
from filmgraph.sources.calendar.moments import Moment, UnknownZoneError, Zones

__all__ = ["Event", "Note", "read_event"]

_LINE: Final = re.compile(
    r'(?P<name>[A-Za-z0-9-]+)(?P<params>(?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(?P<value>.*)',
    re.DOTALL,
)
_TZID: Final = re.compile(r';TZID=(?:"([^"]*)"|([^";:,]*))', re.IGNORECASE)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_COMMA: Final = re.compile(r"(?<!\\)((?:\\\\)*),")
#: What calendars keep for themselves: none of it is of a programme.
_BOOKKEEPING: Final = frozenset(
    {
        "UID",
        "DTSTAMP",
        "CREATED",
        "LAST-MODIFIED",
        "SEQUENCE",
        "TRANSP",
        "PRIORITY",
        "CLASS",
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
    }
    | {"RDATE", "EXDATE", "RECURRENCE-ID", "REQUEST-STATUS", "RELATED-TO"}
)
_OF_PROGRAMS: Final = ("X-MICROSOFT-", "X-APPLE-", "X-MOZ-", "X-ALT-DESC", "X-LIC-", "X-GOOGLE-", "X-MS-", "X-EVOLUTION-")


@dataclass(frozen=True, slots=True)
class Note:
    """What was not understood, or is to be known: rule, line, the text there, and a message. `is_fault` blocks a release."""

    rule: str
    line: int
    text: str
    message: str
    is_fault: bool = True


@dataclass(slots=True)
class Event:
    """One VEVENT. `texts` are its properties by name, several of one name on lines of their own; `lines` says where."""

    line: int
    uid: str = ""
    sequence: int = 0
    modified: str = ""
    start: Moment | None = None
    end: Moment | None = None
    length: timedelta | None = None
    recurrence: Moment | None = None
    rules: list[str] = field(default_factory=list)
    extra: list[Moment] = field(default_factory=list)
    excluded: list[Moment] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    @property
    def version(self) -> tuple[int, str]:
        """What grows with each change of the event."""
        return self.sequence, self.modified

    @property
    def key(self) -> tuple[str, str]:
        """What tells the event from others: its UID, and which of its repeats it stands for."""
        return self.uid, self.recurrence.to_key() if self.recurrence else ""


def read_event(component: Component, zones: Zones) -> Event:
    """Return what a VEVENT says."""
    event = Event(component.line)
    for line in component.lines:
        match = _LINE.fullmatch(line.text)
        if match is None:
            event.notes.append(
                Note("calendar-line", line.number, line.text, "The line is no property of a calendar. Correct it.")
            )
            continue
        name, value = match["name"].upper(), match["value"]
        event.lines.setdefault(name, line.number)
        if name not in _BOOKKEEPING:
            _add_text(event, name, value)
            continue
        try:
            _read_property(event, name, value, match["params"], zones)
        except UnknownZoneError as error:
            event.notes.append(Note("calendar-zone", line.number, line.text, _ask_zone(str(error))))
        except (ValueError, OverflowError) as error:
            event.notes.append(Note("calendar-line", line.number, line.text, f"{name} cannot be read: {error}. Correct it."))
    if "DTSTART" not in event.lines:
        event.notes.append(Note("calendar-line", event.line, event.uid, "The event has no DTSTART: it does not say when it is."))
    return event


def _ask_zone(tzid: str) -> str:
    return (
        f"{tzid!r} is no time zone, and the calendar does not define it. Say in [time_zones] of the profile which it is, as in "
        f'"{tzid}" = "Europe/Brussels".'
    )


def _read_property(event: Event, name: str, value: str, params: str, zones: Zones) -> None:
    tzid = _TZID.search(params)
    zone = (tzid[1] or tzid[2]) if tzid else ""
    match name:
        case "UID":
            event.uid = _unescape(value).strip()
        case "SEQUENCE":
            event.sequence = int(value)
        case "RRULE":
            event.rules.append(value)
        case "RDATE" | "EXDATE":
            times = event.extra if name == "RDATE" else event.excluded
            times += [zones.parse(each.partition("/")[0], zone) for each in value.split(",")]
        case "RECURRENCE-ID" if "RANGE=" in params.upper():
            event.recurrence = zones.parse(value, zone)
            raise ValueError("it stands for all repeats that follow, and is read for one: export each of them")
        case _:
            _read_time(event, name, value, zone, zones)


def _read_time(event: Event, name: str, value: str, zone: str, zones: Zones) -> None:
    match name:
        case "LAST-MODIFIED" | "DTSTAMP":
            event.modified = max(event.modified, zones.parse(value, "").to_key())
        case "DTSTART":
            event.start = zones.parse(value, zone)
        case "DTEND":
            event.end = zones.parse(value, zone)
        case "DURATION":
            event.length = _to_length(value)
        case "RECURRENCE-ID":
            event.recurrence = zones.parse(value, zone)


def _to_length(value: str) -> timedelta:
    length: timedelta = icalendar.vDuration.from_ical(value)  # type: ignore[no-untyped-call]
    return length


def _add_text(event: Event, name: str, value: str) -> None:
    if name.startswith(_OF_PROGRAMS):
        return
    text = "\n".join(_split(value)) if name in ("CATEGORIES", "RESOURCES") else _unescape(value).strip()
    if text:
        event.texts[name] = f"{event.texts[name]}\n{text}" if name in event.texts else text


def _split(value: str) -> Iterator[str]:
    """Yield the texts of a list; a comma behind a backslash belongs to a text."""
    return (text for each in _COMMA.sub("\\1\0", value).split("\0") if (text := _unescape(each).strip()))


def _unescape(value: str) -> str:
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)
