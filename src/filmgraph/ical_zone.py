"""VTIMEZONE components (https://www.rfc-editor.org/rfc/rfc5545#section-3.6.5), written from the IANA database.

Each change of the clock stands as a component of its own with its very date: no recurrence rule has to be found that fits, and
what a calendar shows is right in any zone, also in the night when summer time ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

__all__ = ["is_plain", "local_text", "zone_lines"]

_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)


def zone_lines(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[str]:
    """Yield the lines of a zone for all years from that of `first` to that of `last`."""
    start = datetime(first.astimezone(zone).year, 1, 1, tzinfo=UTC) - _DAY
    end = datetime(last.astimezone(zone).year, 12, 31, tzinfo=UTC) + _DAY
    yield from ("BEGIN:VTIMEZONE", f"TZID:{zone.key}")
    yield from _observance(zone, start, start)
    for moment in _transitions(zone, start, end):
        yield from _observance(zone, moment - _SECOND, moment)
    yield "END:VTIMEZONE"


def is_plain(moment: datetime, zone: ZoneInfo) -> bool:
    """Return whether a clock in the zone shows the moment as no other before it.

    A time that comes twice means the first (https://www.rfc-editor.org/rfc/rfc5545#section-3.3.5): the second has to be in UTC.
    """
    return not moment.astimezone(zone).fold


def local_text(moment: datetime) -> str:
    """Return date and time on the clock of the moment's own zone: `20261017T193000`."""
    return moment.strftime("%Y%m%dT%H%M%S")


def _transitions(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the first moment of each new offset or name, in UTC. Two changes within one day would be seen as one."""
    moment = start
    while moment < end:
        following = min(moment + _DAY, end)
        if _state(zone, moment) != _state(zone, following):
            yield _first_after(zone, moment, following)
        moment = following


def _first_after(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    old = _state(zone, before)
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        before, after = (middle, after) if _state(zone, middle) == old else (before, middle)
    return after


def _state(zone: ZoneInfo, moment: datetime) -> tuple[timedelta | None, timedelta | None, str | None]:
    local = moment.astimezone(zone)
    return local.utcoffset(), local.dst(), local.tzname()


def _observance(zone: ZoneInfo, before: datetime, moment: datetime) -> Iterator[str]:
    """Yield what holds from a moment on; its start is told on the clock that was right until then."""
    old, new = before.astimezone(zone), moment.astimezone(zone)
    name = "DAYLIGHT" if new.dst() else "STANDARD"
    offset = old.utcoffset() or timedelta()
    yield f"BEGIN:{name}"
    yield f"DTSTART:{local_text((moment + offset).replace(tzinfo=None))}"
    yield f"TZOFFSETFROM:{_offset_text(old)}"
    yield f"TZOFFSETTO:{_offset_text(new)}"
    yield f"TZNAME:{new.tzname()}"
    yield f"END:{name}"


def _offset_text(moment: datetime) -> str:
    """Return the offset of a moment as `+0200`; with seconds only where it has some."""
    text = moment.strftime("%z")
    return text if len(text) == 5 else text[:7]
