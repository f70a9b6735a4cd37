"""Which times an event repeats at: RRULE, RDATE, EXDATE (https://www.rfc-editor.org/rfc/rfc5545#section-3.8.5). Pure.

A rule is worked out on the clock of the event's zone, so that a screening at eight stays at eight when summer time ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import icalendar
from dateutil.rrule import rrule, rrulestr

from filmgraph.sources.calendar.moments import Moment

__all__ = ["Bounds", "Repeats", "repeat"]

_TOO_OFTEN: Final = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where a rule ends that does not say so itself: after `last_day`; any rule ends after `most` times."""

    last_day: date | None = None
    most: int = 200


@dataclass(frozen=True, slots=True)
class Repeats:
    """The starts of an event in their order. `is_cut` tells that the rule goes on; `idle` are excluded times that are none."""

    starts: tuple[Moment, ...]
    is_cut: bool = False
    idle: tuple[Moment, ...] = ()


def repeat(start: Moment, rules: Iterable[str], extra: Iterable[Moment], excluded: Iterable[Moment], bounds: Bounds) -> Repeats:
    """Return the starts of an event that begins at `start` and repeats by `rules`; ValueError where a rule makes no sense."""
    walls = {start.wall, *(each.on_the_clock_of(start) for each in extra)}
    is_cut = False
    for rule in rules:
        found, is_endless = _follow(rule, start, bounds)
        walls |= found
        is_cut |= is_endless
    kept, idle = set(walls), []
    for each in excluded:
        gone = {wall for wall in walls if wall.date() == each.wall.date()} if each.is_day else {each.on_the_clock_of(start)}
        if not gone & walls:
            idle.append(each)
        kept -= gone
    return Repeats(tuple(start.at(wall) for wall in sorted(kept)), is_cut, tuple(idle))


def _follow(text: str, start: Moment, bounds: Bounds) -> tuple[set[datetime], bool]:
    """Return the times of one rule, and whether it was cut off."""
    rule, is_endless = _parse(text, start)
    last = datetime.combine(bounds.last_day, time.max) if is_endless and bounds.last_day else datetime.max
    found: set[datetime] = set()
    for wall in rule:
        if wall > last or len(found) >= bounds.most:
            return found, True
        found.add(wall)
    return found, False


def _parse(text: str, start: Moment) -> tuple[rrule, bool]:
    parts: Mapping[str, list[object]] = icalendar.vRecur.from_ical(text)
    frequency = str(parts.get("FREQ", [""])[0])
    if frequency in _TOO_OFTEN:
        raise ValueError(f"it repeats {frequency.lower()}, and no screening does")
    until = parts.get("UNTIL", [None])[0]
    if until is not None and "COUNT" in parts:
        raise ValueError("it has both UNTIL and COUNT")
    plain = ";".join(each for each in text.split(";") if each and not each.upper().startswith("UNTIL="))
    rule = rrulestr(plain, dtstart=start.wall)
    if not isinstance(rule, rrule):
        raise ValueError("it is more than one rule")
    if until is not None:
        rule = rule.replace(until=_to_wall(until, start))
    return rule, until is None and "COUNT" not in parts


def _to_wall(until: object, start: Moment) -> datetime:
    """Return the last time of a rule on the event's clock: UNTIL is in UTC, or a whole day."""
    if isinstance(until, datetime):
        return (
            until.replace(tzinfo=None)
            if until.tzinfo is None or start.zone is None
            else (until.astimezone(start.zone).replace(tzinfo=None))
        )
    if isinstance(until, date):
        return datetime.combine(until, time()) + timedelta(days=1, seconds=-1)
    raise ValueError(f"UNTIL={until} is neither a date nor a time")
