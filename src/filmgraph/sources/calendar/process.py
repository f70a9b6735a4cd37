"""The program that reads one calendar: its bytes and what the profile says of zones → occurrences as JSON. Run by `confined`.

An occurrence is a dict: `uid`, `recurrence` (which repeat; empty for a single one), `line`, `lines` and `cells` by property,
`is_day` (it has no time), and `notes` as in `events.Note`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, date
from typing import Any
from zoneinfo import ZoneInfo

from filmgraph.sources.calendar.events import Event, Note, read_event
from filmgraph.sources.calendar.lines import Component, iter_content_lines, parse_components
from filmgraph.sources.calendar.moments import Moment, Zones
from filmgraph.sources.calendar.recurrence import Bounds, Repeats, repeat
from filmgraph.sources.confined import RefusedError, serve

__all__ = ["read_calendar_bytes"]

_NOT_EVENTS = {"VTODO": "a task", "VJOURNAL": "a journal entry", "VFREEBUSY": "busy time"}


def read_calendar_bytes(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    """Return the occurrences of all events of a calendar, and notes that belong to none."""
    calendars = parse_components(iter_content_lines(data))
    _check_versions(calendars)
    zones = Zones.of(calendars, request["zones"])
    last_day = request["last_day"]
    bounds = Bounds(date.fromisoformat(last_day) if last_day else None, request["most"])
    notes: list[Note] = [*_others(calendars)]
    events = [event for each in calendars for event in _read_events(each, zones)]
    occurrences = []
    for event, repeats in _spread(_newest(events), bounds):
        home = ZoneInfo(request["home"])
        occurrences += [
            _to_json(event, moment, repeats is not None, home) for moment in (repeats.starts if repeats else [event.start])
        ]
    return {"occurrences": occurrences, "notes": [asdict(each) for each in notes]}


def _check_versions(calendars: tuple[Component, ...]) -> None:
    for each in calendars:
        for line in each.lines:
            if line.name == "VERSION" and line.value.startswith("1"):
                raise RefusedError(f"line {line.number}: it is a vCalendar 1.0: export it as iCalendar (VERSION:2.0)")


def _others(calendars: tuple[Component, ...]) -> Iterator[Note]:
    for each in calendars:
        for part in each.parts:
            if part.name in _NOT_EVENTS:
                yield Note(
                    "calendar-component", part.line, part.name, f"It is {_NOT_EVENTS[part.name]}, and no event.", is_fault=False
                )


def _read_events(calendar: Component, zones: Zones) -> Iterator[Event]:
    is_cancelling = any(line.name == "METHOD" and line.value.upper() == "CANCEL" for line in calendar.lines)
    for part in calendar.parts:
        if part.name == "VEVENT":
            event = read_event(part, zones)
            if is_cancelling:
                event.texts["STATUS"] = "CANCELLED"
            yield event


def _newest(events: list[Event]) -> list[Event]:
    """Return the events, of several with one UID the one that was changed last: by SEQUENCE, then LAST-MODIFIED, then place."""
    groups: defaultdict[tuple[str, str], list[Event]] = defaultdict(list)
    for n, event in enumerate(events):
        groups[event.key if event.uid else ("", str(n))].append(event)
    chosen = []
    for group in groups.values():
        newest = max(enumerate(group), key=lambda each: (each[1].version, each[0]))[1]
        for older in (each for each in group if each is not newest):
            message = f"The event stands in line {older.line} too; this one was changed later, and counts."
            newest.notes.append(Note("calendar-newer", newest.line, newest.uid, message, is_fault=False))
        chosen.append(newest)
    return chosen


def _spread(events: list[Event], bounds: Bounds) -> Iterator[tuple[Event, Repeats | None]]:
    """Yield each event with its repeats, without those that stand in the calendar as events of their own."""
    moved: defaultdict[str, set[str]] = defaultdict(set)
    for each in events:
        if each.recurrence:
            moved[each.uid].add(each.recurrence.to_key())
    for event in events:
        if event.recurrence or event.start is None or not (event.rules or event.extra):
            yield event, None
            continue
        repeats = _repeat(event, bounds)
        starts = tuple(each for each in repeats.starts if each.to_key() not in moved[event.uid]) if repeats else ()
        yield event, Repeats(starts) if repeats else None


def _repeat(event: Event, bounds: Bounds) -> Repeats | None:
    line = event.lines.get("RRULE", event.line)
    text = "; ".join(event.rules)
    if event.start is None:
        return None
    try:
        repeats = repeat(event.start, event.rules, event.extra, event.excluded, bounds)
    except (ValueError, TypeError, OverflowError) as error:
        event.notes.append(Note("calendar-rule", line, text, f"The rule of repeats cannot be read: {error}. Correct it."))
        return None
    if repeats.is_cut:
        last = f"{bounds.last_day}, the last day of the edition" if bounds.last_day else f"{bounds.most} times"
        message = (
            f"The event repeats without an end, or too often; it is read up to {last}. Give it an end, or first_day and last_day."
        )
        if len(repeats.starts) >= bounds.most:
            message = (
                f"The event repeats more than {bounds.most} times, and is cut off there. Give it an end, or raise most_repeats."
            )
        event.notes.append(Note("calendar-cut", line, text, message, is_fault=False))
    for each in repeats.idle:
        message = (
            f"The event does not take place on {each.wall:%Y-%m-%d %H:%M} anyway. Correct EXDATE, if another time was meant."
        )
        event.notes.append(Note("calendar-rule", event.lines.get("EXDATE", line), str(each.wall), message, is_fault=False))
    return repeats


def _to_json(event: Event, start: Moment | None, is_repeat: bool, home: ZoneInfo) -> dict[str, Any]:
    cells = dict(event.texts)
    if start is not None and not start.is_day:
        cells["DTSTART"] = start.to_cell(home)
        end = _end(event, start)
        if end is not None:
            cells["DTEND"] = end.to_cell(home)
    recurrence = event.recurrence or (start if is_repeat else None)
    return {
        "uid": event.uid,
        "recurrence": recurrence.to_key() if recurrence else "",
        "line": event.line,
        "lines": event.lines,
        "cells": cells,
        "is_day": start is not None and start.is_day,
        "notes": [asdict(each) for each in event.notes],
    }


def _end(event: Event, start: Moment) -> Moment | None:
    """Return when an occurrence ends; a length is one of hours that pass, whatever clocks do meanwhile."""
    length = event.length
    if event.end is not None and event.start is not None:
        if start == event.start:
            return event.end
        length = event.end.on_the_clock_of(event.start) - event.start.wall
    if length is None:
        return None
    if start.zone is None:
        return start.at(start.wall + length)
    moment = (start.instant().astimezone(UTC) + length).astimezone(start.zone)
    return replace(start, wall=moment.replace(tzinfo=None))


if __name__ == "__main__":
    serve(read_calendar_bytes)
