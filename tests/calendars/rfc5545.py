"""A strict reader of iCalendar, written from RFC 5545 and 7986 alone; it shares nothing with what writes the calendars.

It refuses what lenient libraries let pass: long lines, bare line ends, control characters, properties that are unknown, doubled
or missing, times in zones that are not described, characters that should be escaped.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

__all__ = ["Component", "Property", "moment_of", "read_calendar"]

_CONTROLS = re.compile("[\x00-\x08\x0a-\x1f\x7f]")
_LINE = re.compile(r"([A-Z][A-Z0-9-]*)((?:;[A-Z-]+=[^\";:,]+)*):(.*)", re.DOTALL)
_UTC = re.compile(r"\d{8}T\d{6}Z")
_LOCAL = re.compile(r"\d{8}T\d{6}")
_DURATION = re.compile(r"PT(\d+)([HM])")
_TEXT = re.compile(r"(?:[^\\;,]|\\[\\;,nN])*")
# What each component must and may hold, once unless it stands in _MANY.
_MUST = {
    "VCALENDAR": {"VERSION", "PRODID"},
    "VEVENT": {"UID", "DTSTAMP", "DTSTART"},
    "VTIMEZONE": {"TZID"},
    "STANDARD": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"},
    "DAYLIGHT": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"},
}
_MAY = {
    "VCALENDAR": {"CALSCALE", "UID", "NAME", "DESCRIPTION", "LAST-MODIFIED", "URL", "SOURCE", "REFRESH-INTERVAL"},
    "VEVENT": {
        "LAST-MODIFIED", "SEQUENCE", "DTEND", "DURATION", "SUMMARY", "STATUS", "TRANSP", "LOCATION", "GEO", "URL", "CATEGORIES",
        "DESCRIPTION",
    },
    "VTIMEZONE": set(),
    "STANDARD": {"TZNAME"},
    "DAYLIGHT": {"TZNAME"},
}  # fmt: skip
_WITHIN = {"VCALENDAR": {"VEVENT", "VTIMEZONE"}, "VTIMEZONE": {"STANDARD", "DAYLIGHT"}}
_TEXTS = {"UID", "NAME", "DESCRIPTION", "SUMMARY", "LOCATION", "PRODID", "TZNAME", "X-WR-CALNAME", "X-WR-CALDESC"}


@dataclass(frozen=True)
class Property:
    name: str
    parameters: dict[str, str]
    value: str

    @property
    def text(self) -> str:
        return _unescape(self.value)


@dataclass
class Component:
    name: str
    properties: list[Property] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)

    def __getitem__(self, name: str) -> Property:
        (found,) = [each for each in self.properties if each.name == name]
        return found

    def get(self, name: str) -> str | None:
        return next((each.value for each in self.properties if each.name == name), None)

    def all(self, name: str) -> list[Component]:
        return [each for each in self.components if each.name == name]


def read_calendar(data: bytes) -> Component:
    """Return the one calendar of a file; AssertionError for whatever the specification does not allow."""
    stack: list[Component] = []
    calendar = None
    for line in _unfold(data):
        match = _LINE.fullmatch(line)
        assert match, f"no content line: {line!r}"
        name, value = match[1], match[3]
        parameters = dict(each.split("=", 1) for each in match[2].split(";")[1:])
        assert calendar is None, f"something follows the calendar: {line!r}"
        if name == "BEGIN":
            assert value in (_WITHIN.get(stack[-1].name, set()) if stack else {"VCALENDAR"}), f"{value} has no place here"
            stack.append(Component(value))
        elif name == "END":
            done = stack.pop()
            assert done.name == value, f"{done.name} is ended by {value}"
            _check_component(done)
            if stack:
                stack[-1].components.append(done)
            else:
                calendar = done
        else:
            stack[-1].properties.append(Property(name, parameters, value))
    assert calendar is not None, "the calendar is not ended"
    _check_calendar(calendar)
    return calendar


def moment_of(calendar: Component, event: Component, name: str) -> datetime:
    """Return a time of an event in UTC, worked out from the calendar's own zones."""
    found = event[name]
    if _UTC.fullmatch(found.value):
        assert not found.parameters
        return datetime.strptime(found.value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert _LOCAL.fullmatch(found.value), found.value
    zones = {zone["TZID"].value: zone for zone in calendar.all("VTIMEZONE")}
    local = _read_local(found.value)
    return local.replace(tzinfo=timezone(_offset_at(zones[found.parameters["TZID"]], local))).astimezone(UTC)


def _offset_at(zone: Component, local: datetime) -> timedelta:
    """Return the offset of the last observance before a local time; its start is told by the clock that ends there."""
    starts = [(_read_local(each["DTSTART"].value), each) for each in zone.components]
    begun = [(start, each) for start, each in starts if start <= local]
    assert begun, f"the zone does not say what holds at {local}"
    return _read_offset(max(begun, key=lambda pair: pair[0])[1]["TZOFFSETTO"].value)


def _unfold(data: bytes) -> list[str]:
    assert data.endswith(b"\r\n"), "the last line is not ended"
    lines = data[:-2].split(b"\r\n")
    for each in lines:
        assert 0 < len(each) <= 75, f"a line of {len(each)} bytes"
        each.decode()  # a line that is cut within a character is no UTF-8
    text = data[:-2].decode().replace("\r\n ", "")
    unfolded = text.split("\r\n")
    for line in unfolded:
        assert not _CONTROLS.search(line), f"a control character in {line!r}"
    return unfolded


def _check_component(component: Component) -> None:
    counts = Counter(each.name for each in component.properties)
    names = {each for each in counts if not each.startswith("X-")}
    assert _MUST[component.name] <= names, f"{component.name} lacks {_MUST[component.name] - names}"
    assert names <= _MUST[component.name] | _MAY[component.name], f"{component.name} has {names}"
    assert max(counts.values()) == 1, f"{component.name} repeats {counts.most_common(1)}"
    for each in component.properties:
        if each.name in _TEXTS:
            assert _TEXT.fullmatch(each.value), f"not escaped: {each.value!r}"
    if component.name == "VTIMEZONE":
        assert component.components, "a zone without observances"
    if component.name in ("STANDARD", "DAYLIGHT"):
        assert _LOCAL.fullmatch(component["DTSTART"].value), "an observance starts at a local time"
        _read_offset(component["TZOFFSETFROM"].value)
        _read_offset(component["TZOFFSETTO"].value)
    if component.name == "VEVENT":
        _check_event(component)


def _check_event(event: Component) -> None:
    for name in ("DTSTAMP", "LAST-MODIFIED"):
        assert _UTC.fullmatch(event[name].value), f"{name} is not in UTC"
    assert event.get("STATUS") in ("TENTATIVE", "CONFIRMED", "CANCELLED")
    assert re.fullmatch(r"\d+", event["SEQUENCE"].value)
    assert not (event.get("DTEND") and event.get("DURATION")), "both an end and a length"
    assert _DURATION.fullmatch(event.get("DURATION") or "PT1M")
    assert event.get("TRANSP") in (None, "OPAQUE", "TRANSPARENT")
    if geo := event.get("GEO"):
        latitude, longitude = map(float, geo.split(";"))
        assert abs(latitude) <= 90
        assert abs(longitude) <= 180
    if url := event.get("URL"):
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+", url), f"no URI: {url!r}"


def _check_calendar(calendar: Component) -> None:
    assert calendar["VERSION"].value == "2.0"
    assert calendar.components, "a calendar without any component"
    zones = [zone["TZID"].value for zone in calendar.all("VTIMEZONE")]
    assert len(zones) == len(set(zones)), "a zone is described twice"
    uids = [event["UID"].value for event in calendar.all("VEVENT")]
    assert len(uids) == len(set(uids)), "two events share an identifier"
    for event in calendar.all("VEVENT"):
        if event.get("DTEND"):
            assert moment_of(calendar, event, "DTEND") > moment_of(calendar, event, "DTSTART")
        else:
            moment_of(calendar, event, "DTSTART")
    used = {each.parameters["TZID"] for e in calendar.all("VEVENT") for each in e.properties if "TZID" in each.parameters}
    assert used == set(zones) or not calendar.all("VEVENT"), "zones that are described are not those that are used"


def _unescape(value: str) -> str:
    return re.sub(r"\\([\\;,nN])", lambda match: "\n" if match[1] in "nN" else match[1], value)


def _read_local(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%S")


def _read_offset(text: str) -> timedelta:
    match = re.fullmatch(r"([+-])(\d\d)(\d\d)(\d\d)?", text)
    assert match, f"no offset: {text!r}"
    assert text != "-0000"
    seconds = int(match[2]) * 3600 + int(match[3]) * 60 + int(match[4] or 0)
    return timedelta(seconds=seconds if match[1] == "+" else -seconds)
