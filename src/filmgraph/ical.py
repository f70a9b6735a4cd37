"""Calendars as text (iCalendar, https://www.rfc-editor.org/rfc/rfc5545; calendar properties of RFC 7986). Pure."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from filmgraph.ical_zone import is_plain, local_text, zone_lines

__all__ = ["Calendar", "Entry", "EntryStatus", "to_ical"]

_LINE_BYTES: Final = 75
#: How often a subscriber may ask again: a programme changes during the day.
_REFRESH: Final = "PT1H"
# Line ends of any kind are one `\n`; other control characters have no place in a text.
_LINE_ENDS: Final = re.compile("\r\n|[\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_SPECIAL: Final = re.compile(r"([\\;,])")


class EntryStatus(enum.Enum):
    """Whether an event takes place (https://www.rfc-editor.org/rfc/rfc5545#section-3.8.1.11)."""

    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event. Times carry an offset; `zone` is that of the place, None where it is not known: they are written in UTC then.

    `uid` stays the same for good; `sequence` and `modified` grow with each change. Without `end`, `duration` may say how long.
    """

    uid: str
    summary: str
    start: datetime
    modified: datetime
    end: datetime | None = None
    duration: timedelta | None = None
    zone: ZoneInfo | None = None
    sequence: int = 0
    status: EntryStatus = EntryStatus.CONFIRMED
    description: str = ""
    location: str = ""
    coordinates: tuple[float, float] | None = None
    url: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Events under one name. `url` is the page that shows the same, `source_url` where the calendar itself is had anew.

    `product` names who made it, `uid` the calendar whatever its events are.
    """

    uid: str
    name: str
    product: str
    url: str
    source_url: str
    description: str = ""
    entries: tuple[Entry, ...] = ()

    @property
    def modified(self) -> datetime | None:
        """When an event of it last changed; None without events."""
        return max((each.modified for each in self.entries), default=None)


def to_ical(calendar: Calendar) -> bytes:
    """Return a calendar as its file: UTF-8, lines of at most 75 bytes, each ended by CR and LF."""
    return b"".join(_fold(each) for each in _calendar_lines(calendar))


def _calendar_lines(calendar: Calendar) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{_text(calendar.product)}", "CALSCALE:GREGORIAN")
    yield f"UID:{_text(calendar.uid)}"
    yield f"NAME:{_text(calendar.name)}"
    yield f"X-WR-CALNAME:{_text(calendar.name)}"
    if calendar.description:
        yield f"DESCRIPTION:{_text(calendar.description)}"
        yield f"X-WR-CALDESC:{_text(calendar.description)}"
    if calendar.modified:
        yield f"LAST-MODIFIED:{_utc(calendar.modified)}"
    yield f"URL:{_uri(calendar.url)}"
    yield f"SOURCE;VALUE=URI:{_uri(calendar.source_url)}"
    yield f"REFRESH-INTERVAL;VALUE=DURATION:{_REFRESH}"
    yield f"X-PUBLISHED-TTL:{_REFRESH}"
    yield from _zones(calendar.entries)
    for each in calendar.entries:
        yield from _entry_lines(each)
    yield "END:VCALENDAR"


def _zones(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield every zone that the entries name. A calendar without entries still needs a component, so it gets UTC."""
    spans: dict[str, list[datetime]] = {}
    is_empty = True
    for entry in entries:
        is_empty = False
        if entry.zone is not None and _is_local(entry):
            spans.setdefault(entry.zone.key, []).extend((entry.start, entry.end or entry.start))
    for name, moments in sorted(spans.items()):
        yield from zone_lines(ZoneInfo(name), min(moments), max(moments))
    if is_empty:
        moment = datetime(2000, 1, 1, tzinfo=UTC)
        yield from zone_lines(ZoneInfo("Etc/UTC"), moment, moment)


def _entry_lines(entry: Entry) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(entry.uid)}"
    # Without a method, the stamp is the time of the last change (https://www.rfc-editor.org/rfc/rfc5545#section-3.8.7.2).
    yield f"DTSTAMP:{_utc(entry.modified)}"
    yield f"LAST-MODIFIED:{_utc(entry.modified)}"
    yield f"SEQUENCE:{entry.sequence}"
    yield f"DTSTART{_moment(entry.start, entry)}"
    if entry.end is not None:
        yield f"DTEND{_moment(entry.end, entry)}"
    elif entry.duration is not None:
        yield f"DURATION:PT{entry.duration // timedelta(minutes=1)}M"
    yield f"SUMMARY:{_text(entry.summary)}"
    yield f"STATUS:{entry.status.value}"
    if entry.status is EntryStatus.CANCELLED:
        yield "TRANSP:TRANSPARENT"
    yield from _details(entry)
    yield "END:VEVENT"


def _details(entry: Entry) -> Iterator[str]:
    if entry.location:
        yield f"LOCATION:{_text(entry.location)}"
    if entry.coordinates:
        yield "GEO:{:.6f};{:.6f}".format(*entry.coordinates)
    if entry.url:
        yield f"URL:{_uri(entry.url)}"
    if entry.categories:
        yield "CATEGORIES:" + ",".join(map(_text, entry.categories))
    if entry.description:
        yield f"DESCRIPTION:{_text(entry.description)}"


def _is_local(entry: Entry) -> bool:
    """Return whether both times of an entry can be told by the clock of its place."""
    return entry.zone is not None and all(is_plain(each, entry.zone) for each in (entry.start, entry.end) if each is not None)


def _moment(moment: datetime, entry: Entry) -> str:
    if entry.zone is None or not _is_local(entry):
        return f":{_utc(moment)}"
    return f";TZID={entry.zone.key}:{local_text(moment.astimezone(entry.zone))}"


def _utc(moment: datetime) -> str:
    return local_text(moment.astimezone(UTC)) + "Z"


def _text(text: str) -> str:
    r"""Return a text as the value of a property (https://www.rfc-editor.org/rfc/rfc5545#section-3.3.11).

    >>> print(_text("Here; or, there\\\n"))
    Here\; or\, there\\\n
    """
    return _SPECIAL.sub(r"\\\1", _CONTROLS.sub(" ", _LINE_ENDS.sub("\n", text))).replace("\n", r"\n")


def _uri(iri: str) -> str:
    """Return an IRI without what would end its line; the addresses that are written here are ASCII already."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("", iri))


def _fold(line: str) -> bytes:
    """Return a line cut into pieces of at most 75 bytes, never within a character."""
    whole = line.encode()
    if len(whole) <= _LINE_BYTES:
        return whole + b"\r\n"
    pieces, piece = [], bytearray()
    for character in line:
        data = character.encode()
        if len(piece) + len(data) > _LINE_BYTES:
            pieces.append(bytes(piece))
            piece = bytearray(b" ")
        piece += data
    pieces.append(bytes(piece))
    return b"\r\n".join(pieces) + b"\r\n"
