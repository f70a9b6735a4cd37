"""Reads a calendar by its profile: a screening for each event that is one, known by its UID, and nothing dropped in silence.

The modules behind it, in the order of the work: `profile` (what the texts mean), `process` (file → occurrences, in a process of
its own; `lines`, `events`, `moments` and `recurrence` are its parts); then the rules of sheets make records of the occurrences.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from filmgraph.errors import UnreadableInputError
from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.iris import Kind
from filmgraph.model import Auditorium, Fact, ProgrammeSection, Ref, ScreeningEvent, Text, Thing
from filmgraph.settings import FILE_NAME, Settings, SourceSettings, load_settings
from filmgraph.sources.base import Reading, UnreadLine, read_bytes
from filmgraph.sources.calendar.profile import CalendarProfile, read_calendar_profile
from filmgraph.sources.confined import Limits, run_confined
from filmgraph.sources.sheet.cells import CellReader, Notes
from filmgraph.sources.sheet.citations import Citations
from filmgraph.sources.sheet.encoding import decode
from filmgraph.sources.sheet.prepare import prepare
from filmgraph.sources.sheet.records import read_record
from filmgraph.sources.sheet.rows import Row
from filmgraph.vocabulary import Vocabulary

__all__ = ["CALENDAR_LIMITS", "read_calendar"]

CALENDAR_LIMITS: Final = Limits(file_bytes=20_000_000, memory_bytes=1_000_000_000, seconds=30)
_PROGRAM: Final = "filmgraph.sources.calendar.process"
#: Properties that are not of a screening: who sent an invitation, and files that hang on it. The coordinates are the venue's.
_APART: Final = frozenset({"ORGANIZER", "ATTENDEE", "ATTACH", "GEO", "IMAGE", "CONFERENCE", "COLOR", "CONTACT", "COMMENT"})


@dataclass(frozen=True, slots=True)
class EventRow(Row):
    """An occurrence as a row; each of its cells has a line of its own."""

    lines: Mapping[str, int] = field(default_factory=dict)
    uid: str = ""
    recurrence: str = ""

    def place_of(self, header: str) -> SourcePlace:
        """Return the place of one property."""
        name = self.origins.get(header, header)
        name = "DURATION" if name == "DTEND" and "DURATION" in self.lines else name
        return SourcePlace(
            self.place.path, self.lines.get(name, self.place.line or 1), column=name if name in self.lines else None
        )


def read_calendar(source: SourceSettings, catalogue_path: Path, vocabulary: Vocabulary) -> Reading:
    """Return the screenings of a calendar; see `sources.base.Reader`.

    UnreadableInputError when the file or its profile cannot be opened or decoded; SettingsError when the profile makes no sense.
    """
    profile = read_calendar_profile(read_bytes(source, catalogue_path, source.profile), source.profile, vocabulary)
    data = _to_utf8(read_bytes(source, catalogue_path), profile, source.path)
    last_day = profile.sheet.last_day
    request = {
        "zones": dict(profile.zones),
        "home": profile.home,
        "last_day": last_day.isoformat() if last_day else "",
        "most": profile.most_repeats,
    }
    answer = run_confined(_PROGRAM, request, data, CALENDAR_LIMITS, source.path)
    settings = load_settings(catalogue_path) if (catalogue_path / FILE_NAME).is_file() else None
    run = _Run(source.path, profile, vocabulary, settings)
    return run.read(answer)


def _to_utf8(data: bytes, profile: CalendarProfile, path: str) -> bytes:
    if len(data) > CALENDAR_LIMITS.file_bytes:
        raise UnreadableInputError(f"{path}: more than {CALENDAR_LIMITS.file_bytes // 1_000_000} MB: split the calendar")
    if not profile.encoding:
        return data
    text = decode(data, profile.encoding, path)
    if isinstance(text, Finding):
        raise UnreadableInputError(f"{path}: {text.message}")
    return text.encode()


@dataclass(frozen=True, slots=True)
class _Run:
    """One reading of one calendar."""

    path: str
    profile: CalendarProfile
    vocabulary: Vocabulary
    settings: Settings | None

    def read(self, answer: Mapping[str, Any]) -> Reading:
        """Return the records of what the process answered."""
        notes = Notes()
        for each in answer["notes"]:
            self._note(each, "", notes)
        rows = self._select(answer["occurrences"], notes)
        self._note_unknown(rows, notes)
        known_ids = frozenset(each.id for each in self.settings.sources) if self.settings else None
        cells = CellReader(self.profile.sheet, self.vocabulary, Citations({}, {}), known_ids, Notes())
        records: list[Thing] = []
        containers: dict[Ref, Thing] = {}
        for row in (self._prepare(each, notes) for each in rows):
            record = read_record(row, cells)
            if isinstance(record, ScreeningEvent):
                records.append(replace(record, ref=self._ref(row)))
                for each in _containers(record):
                    containers.setdefault(each.ref, each)
            self._take_over(row, cells.notes.findings, cells.notes.unread, notes)
            cells.notes.findings.clear()
            cells.notes.unread.clear()
        return Reading((*records, *containers.values()), tuple(dict.fromkeys(notes.findings)), tuple(dict.fromkeys(notes.unread)))

    def _select(self, occurrences: Iterable[Mapping[str, Any]], notes: Notes) -> list[EventRow]:
        """Return the occurrences that are screenings; note all others."""
        rows = []
        for each in occurrences:
            rule = next((rule for rule in self.profile.rules if rule.fits(each["cells"])), None)
            row = EventRow(
                SourcePlace(self.path, each["line"]), dict(each["cells"]), {}, each["lines"], each["uid"], each["recurrence"]
            )
            if rule is not None and not rule.is_screening:
                notes.unread.append(
                    UnreadLine(row.place, row.cells.get("SUMMARY", row.uid), "an event that is no screening", True)
                )
                continue
            for note in each["notes"]:
                self._note(note, row.uid, notes)
            if problem := self._problem(each, is_known=rule is not None):
                self._note({"line": row.place.line, "text": row.cells.get("SUMMARY", row.uid), **problem}, row.uid, notes)
            else:
                rows.append(row)
        return rows

    def _problem(self, occurrence: Mapping[str, Any], *, is_known: bool) -> dict[str, Any] | None:
        """Return why an event cannot be read as a screening."""
        if not is_known:
            message = "No rule of the profile tells whether this is a screening. Add one to [[events]]."
            return {"rule": "calendar-kind", "message": message, "is_fault": False}
        if not occurrence["uid"]:
            message = "The event has no UID, by which it is known when the calendar is read again. Export the calendar with UIDs."
            return {"rule": "calendar-uid", "message": message, "is_fault": True}
        if occurrence["is_day"]:
            message = 'The event has a day and no time, so it is no screening. Give it a time, or a rule with is = "other".'
            return {"rule": "calendar-day", "message": message, "is_fault": True}
        return None

    def _prepare(self, row: EventRow, notes: Notes) -> EventRow:
        """Let the profile's rules cut the texts; what they say of a status counts more than STATUS."""
        prepared = prepare([row], self.profile.sheet)
        self._take_over(row, prepared.findings, prepared.unread, notes)
        (new,) = prepared.rows
        statuses = {header for header, each in self.profile.sheet.columns.items() if each.property == "event_status"} - {"STATUS"}
        cells = {key: text for key, text in new.cells.items() if key != "STATUS" or not statuses & new.cells.keys()}
        return replace(row, cells=cells, origins=new.origins)

    def _ref(self, row: EventRow) -> Ref:
        """Return what a screening is known by: its UID, and the key that stands in a UID of our own."""
        thing = self.settings.iris.parse(row.uid) if self.settings and not row.recurrence else None
        if thing is not None and thing.kind is Kind.SCREENING:
            return Ref(Kind.SCREENING, thing.key, key=thing.key)
        return Ref(Kind.SCREENING, f"{row.uid} {row.recurrence}".strip())

    def _note_unknown(self, rows: Iterable[EventRow], notes: Notes) -> None:
        """Note the properties that the profile does not name, with their texts."""
        seen: set[str] = set()
        for row in rows:
            for name in sorted(row.cells.keys() - self.profile.sheet.columns.keys()):
                place, is_apart = row.place_of(name), name in _APART
                why = "it is not of the screening" if is_apart else f"the profile does not name {name} (UID {row.uid})"
                notes.unread.append(UnreadLine(place, row.cells[name], why, is_apart))
                if name not in seen and not is_apart:
                    message = (
                        f"{self.profile.sheet.path} does not name {name}. Name it in [columns.{name}], or set ignore = true."
                    )
                    notes.findings.append(Finding("read-column", Severity.WARNING, message, places=(place,)))
                    seen.add(name)

    def _note(self, note: Mapping[str, Any], uid: str, notes: Notes) -> None:
        place = SourcePlace(self.path, note["line"])
        message = f"{note['message']} (UID {uid})" if uid else note["message"]
        severity = Severity.VIOLATION if note["is_fault"] else Severity.WARNING
        if note["rule"] in ("calendar-newer", "calendar-component"):
            severity = Severity.INFO
        notes.findings.append(Finding(note["rule"], severity, message, value=note["text"], places=(place,)))
        if note["rule"] not in ("calendar-newer", "calendar-cut"):
            notes.unread.append(UnreadLine(place, note["text"], message, severity is Severity.INFO))

    def _take_over(self, row: EventRow, findings: Iterable[Finding], unread: Iterable[UnreadLine], notes: Notes) -> None:
        """Add the UID to what was noted while a row was read: a line alone is hard to find in a calendar program."""
        notes.findings.extend(replace(each, message=f"{each.message} (UID {row.uid})") for each in findings)
        notes.unread.extend(replace(each, why=f"{each.why} (UID {row.uid})") for each in unread)


def _containers(screening: ScreeningEvent) -> Iterator[Thing]:
    """Yield halls and sections with what they are part of: a calendar is the only place that may tell."""
    for fact in screening.location:
        if fact.value.kind is Kind.HALL and fact.value.within is not None:
            yield Auditorium(
                ref=fact.value, place=fact.place, name=_name(fact), contained_in_place=(replace(fact, value=fact.value.within),)
            )
    for fact in screening.in_section:
        if fact.value.within is not None:
            yield ProgrammeSection(
                ref=fact.value, place=fact.place, name=_name(fact), super_event=(replace(fact, value=fact.value.within),)
            )


def _name(fact: Fact[Ref]) -> tuple[Fact[Text]]:
    return (Fact(Text(fact.value.name), fact.place, fact.certainty, fact.reason, fact.derived_from),)
