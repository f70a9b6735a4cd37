"""Reads a sheet (CSV) by a column profile (TOML): a record a row, and nothing dropped in silence.

The modules behind it, in the order of the work: `sheet_profile` (what the columns mean), `sheet_rows` (file → rows),
`sheet_citations` (which source vouches for which cell), `sheet_values` and `sheet_dates` (text → value), `sheet_cells` and
`sheet_records` (row → record).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.model import Thing
from filmgraph.settings import FILE_NAME, SourceSettings, load_settings
from filmgraph.sources.base import Reading, UnreadLine, read_bytes
from filmgraph.sources.sheet.cells import CellReader, Notes
from filmgraph.sources.sheet.citations import Citations, read_citations
from filmgraph.sources.sheet.column import Profile, Use
from filmgraph.sources.sheet.profile import CREDIT, read_profile
from filmgraph.sources.sheet.records import read_record
from filmgraph.sources.sheet.rows import Sheet, read_csv_rows, tabulate
from filmgraph.vocabulary import Vocabulary

__all__ = ["read_sheet"]


def read_sheet(source: SourceSettings, catalogue_path: Path, vocabulary: Vocabulary) -> Reading:
    """Return the records of a sheet; see `sources.base.Reader`.

    UnreadableInputError when the sheet, its profile or its file of sources cannot be opened or decoded; SettingsError when
    the profile makes no sense.
    """
    profile = read_profile(read_bytes(source, catalogue_path, source.profile), source.profile, vocabulary)
    sheet = tabulate(read_csv_rows(read_bytes(source, catalogue_path), source.path, profile.delimiter), source.path)
    known_ids = _known_ids(catalogue_path)
    notes = Notes(list(sheet.findings), list(sheet.unread))
    citations = _read_citations(source, catalogue_path, profile, known_ids, notes)
    _check_columns(sheet, profile, notes)
    cells = CellReader(profile, vocabulary, citations, known_ids, notes)
    records = [record for row in sheet.rows if (record := read_record(row, cells)) is not None]
    notes.findings.extend(_repeated_keys(records, profile))
    notes.findings.extend(citations.unused(_cells_by_key(sheet, profile)))
    companions = (profile.sources_path,) if profile.sources_path else ()
    return Reading(tuple(records), tuple(notes.findings), tuple(notes.unread), companions)


def _known_ids(catalogue_path: Path) -> frozenset[str] | None:
    """Return the ids of the catalogue's sources, or None where a sheet is read outside a catalogue."""
    if not (catalogue_path / FILE_NAME).is_file():
        return None
    return frozenset(each.id for each in load_settings(catalogue_path).sources)


def _read_citations(
    source: SourceSettings, catalogue_path: Path, profile: Profile, known_ids: frozenset[str] | None, notes: Notes
) -> Citations:
    path = profile.sources_path
    if not path:
        return Citations({}, {})
    sheet = tabulate(read_csv_rows(read_bytes(source, catalogue_path, path), path, profile.delimiter), path)
    citations, findings = read_citations(sheet, known_ids)
    notes.findings.extend((*sheet.findings, *findings))
    notes.unread.extend(sheet.unread)
    return citations


def _check_columns(sheet: Sheet, profile: Profile, notes: Notes) -> None:
    """Note the columns that the profile does not name, with their cells, and those it names that are not there."""
    at = sheet.header_place
    for header in (each for each in sheet.header if each not in profile.columns):
        message = f"The profile {profile.path} does not name the column {header!r}. Name it there, or set ignore = true for it."
        place = SourcePlace(at.path, at.line, at.row, header)
        notes.findings.append(Finding("read-column", Severity.WARNING, message, places=(place,)))
        notes.unread.extend(
            UnreadLine(row.place_of(header), row.cells[header], "the profile does not name this column")
            for row in sheet.rows
            if header in row.cells
        )
    for column in profile.columns.values():
        if sheet.header and column.header not in sheet.header:
            severity = Severity.VIOLATION if column.required or column.use is Use.KEY else Severity.WARNING
            message = (
                f"The profile {profile.path} names the column {column.header!r}, which is not here. Add it, or correct its name."
            )
            notes.findings.append(Finding("read-column", severity, message, places=(at,)))


def _repeated_keys(records: Iterable[Thing], profile: Profile) -> list[Finding]:
    """Return a finding for each key that a second row bears; credits are the exception, being many to a film."""
    first_places: dict[str, SourcePlace] = {}
    findings: list[Finding] = []
    for record in records:
        key = record.ref.key
        if key is None or profile.record == CREDIT:
            continue
        first = first_places.setdefault(key, record.place)
        if first is not record.place:
            message = f"Row {first.row} has the key {key!r} too. Give one of the two rows another key, or make them one row."
            findings.append(Finding("read-key", Severity.VIOLATION, message, value=key, places=(record.place, first)))
    return findings


def _cells_by_key(sheet: Sheet, profile: Profile) -> set[tuple[str, str]]:
    key = profile.column_for(Use.KEY)
    if key is None:
        return set()
    return {(row.cells[key.header], header) for row in sheet.rows if key.header in row.cells for header in row.cells}
