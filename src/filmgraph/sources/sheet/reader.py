"""Reads a sheet (CSV, XLSX, ODS, XLS) by a column profile (TOML): a record a row, and nothing dropped in silence.

The modules behind it, in the order of the work: `profile` (what the columns mean), `opening` (file → rows; `encoding` and
`csvfile` for text, `workbook` for the others), `prepare` (what a row's cells are before they are read), `citations` (which source
vouches for which cell), `values` and `dates` (text → value), `cells` and `records` (row → record).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from filmgraph.errors import SettingsError, UnreadableInputError
from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.model import Ref, Thing
from filmgraph.settings import FILE_NAME, SourceSettings, load_settings
from filmgraph.sources.base import Reading, UnreadLine, read_bytes
from filmgraph.sources.sheet.cells import CellReader, Notes
from filmgraph.sources.sheet.citations import Citations, read_citations
from filmgraph.sources.sheet.column import Column, Lookup, Profile, Use
from filmgraph.sources.sheet.opening import open_sheet
from filmgraph.sources.sheet.prepare import leave_out_rows, prepare, rename_columns
from filmgraph.sources.sheet.profile import CREDIT, expand, read_profile
from filmgraph.sources.sheet.records import read_record, read_refs
from filmgraph.sources.sheet.rows import Sheet
from filmgraph.sources.sheet.synonyms import suggest_column
from filmgraph.vocabulary import Vocabulary

__all__ = ["open_source", "read_sheet"]

_ISO = {"date": ("YYYY-MM-DD",), "datetime": ("YYYY-MM-DD HH:MM",)}


def read_sheet(source: SourceSettings, catalogue_path: Path, vocabulary: Vocabulary) -> Reading:
    """Return the records of a sheet; see `sources.base.Reader`.

    UnreadableInputError when the sheet, its profile or its file of sources cannot be opened or decoded; SettingsError when
    the profile makes no sense.
    """
    profile = read_profile(read_bytes(source, catalogue_path, source.profile), source.profile, vocabulary)
    sheet = _open(read_bytes(source, catalogue_path), source.path, profile)
    known_ids = _known_ids(catalogue_path)
    notes = Notes(list(sheet.findings), list(sheet.unread))
    citations = _read_citations(source, catalogue_path, profile, known_ids, notes)
    lookups = {name: _read_lookup(each, profile, source, catalogue_path, vocabulary) for name, each in profile.lookups.items()}
    profile = _with_iso_dates(expand(profile, sheet.header), sheet)
    _check_columns(sheet, profile, notes)
    sheet = _prepare(sheet, profile, notes)
    cells = CellReader(profile, vocabulary, citations, known_ids, notes, lookups)
    records = [record for row in sheet.rows if (record := read_record(row, cells)) is not None]
    notes.findings.extend(_repeated_keys(records, profile))
    notes.findings.extend(citations.unused(_cells_by_key(sheet, profile)))
    return Reading(tuple(records), tuple(notes.findings), tuple(notes.unread), _companions(profile))


def open_source(source: SourceSettings, catalogue_path: Path, vocabulary: Vocabulary) -> tuple[Profile, Sheet]:
    """Return the profile of a sheet, fitted to its headers, and its rows as they stand in the file; errors as `read_sheet`."""
    profile = read_profile(read_bytes(source, catalogue_path, source.profile), source.profile, vocabulary)
    sheet = _open(read_bytes(source, catalogue_path), source.path, profile)
    return _with_iso_dates(expand(profile, sheet.header), sheet), sheet


def _open(data: bytes, path: str, profile: Profile) -> Sheet:
    """Return the rows of a file under the names that the profile has for its columns, without those that are no data."""
    sheet = rename_columns(open_sheet(data, path, profile), profile)
    return leave_out_rows(sheet, profile) if profile.ignored_rows or profile.rows_with else sheet


def _companions(profile: Profile) -> tuple[str, ...]:
    lookups = (name for each in profile.lookups.values() for name in (each.path, each.profile))
    return tuple(dict.fromkeys(name for name in (profile.sources_path, *lookups) if name))


def _with_iso_dates(profile: Profile, sheet: Sheet) -> Profile:
    """Return the profile for a worksheet, where real dates come as ISO 8601 writes them, beside what is typed as text."""
    if sheet.header_place.sheet is None:
        return profile
    columns: dict[str, Column] = {}
    for header, each in profile.columns.items():
        formats = (*_ISO.get(each.type, ()), *each.formats)
        clock = each.formats or (("H:MM",) if each.type == "minutes" else ())
        columns[header] = replace(each, formats=tuple(dict.fromkeys(formats)) if each.type in _ISO else clock)
    return replace(profile, columns=columns)


def _prepare(sheet: Sheet, profile: Profile, notes: Notes) -> Sheet:
    prepared = prepare(sheet.rows, profile)
    notes.findings.extend(prepared.findings)
    notes.unread.extend(prepared.unread)
    return replace(sheet, rows=prepared.rows)


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
    plain = Profile(path=profile.path, record=profile.record, columns={}, delimiter=profile.delimiter)
    sheet = open_sheet(read_bytes(source, catalogue_path, path), path, plain)
    citations, findings = read_citations(sheet, known_ids)
    notes.findings.extend((*sheet.findings, *findings))
    notes.unread.extend(sheet.unread)
    return citations


def _read_lookup(
    lookup: Lookup, profile: Profile, source: SourceSettings, catalogue_path: Path, vocabulary: Vocabulary
) -> Mapping[str, Ref]:
    """Return what the ids of another sheet stand for: the key of their row's thing, or its name."""
    other = read_profile(read_bytes(source, catalogue_path, lookup.profile), lookup.profile, vocabulary)
    path = lookup.path or source.path
    sheet = _open(read_bytes(source, catalogue_path, path), path, other)
    other = expand(other, sheet.header)
    if lookup.match not in sheet.header:
        raise SettingsError(f"{profile.path}: match = {lookup.match!r} should be a header of {path}")
    notes = Notes()
    prepared = _prepare(sheet, _with_iso_dates(other, sheet), notes)
    ids = {row.place: row.cells[lookup.match] for row in sheet.rows if lookup.match in row.cells}
    cells = CellReader(other, vocabulary, Citations({}, {}), None, notes)
    refs: dict[str, Ref] = {}
    for place, ref in read_refs(prepared.rows, cells):
        if place in ids and refs.setdefault(ids[place], ref) != ref:
            raise UnreadableInputError(f"{place}: {ids[place]!r} stands twice in the column {lookup.match!r}: ids stand once")
    return refs


def _check_columns(sheet: Sheet, profile: Profile, notes: Notes) -> None:
    """Note the columns that the profile does not name, with their cells, and those it names that are not there."""
    at = sheet.header_place
    real = {each.header for each in profile.columns.values() if not each.is_virtual}
    for header in (each for each in sheet.header if each not in real):
        _note_unknown(header, sheet, profile, notes)
    for column in profile.columns.values():
        if column.is_virtual or not sheet.header or column.header in sheet.header:
            continue
        severity = Severity.VIOLATION if column.required or column.use is Use.KEY else Severity.WARNING
        message = (
            f"The profile {profile.path} names the column {column.header!r}, which is not here. Add it, or correct its name."
        )
        notes.findings.append(Finding("read-column", severity, message, places=(at,)))


def _note_unknown(header: str, sheet: Sheet, profile: Profile, notes: Notes) -> None:
    at = sheet.header_place
    cells = [row for row in sheet.rows if header in row.cells]
    if header.endswith(", no header)") and not cells:
        return
    place = SourcePlace(at.path, at.line, at.row, header, at.sheet)
    if header in profile.columns:
        message = (
            f"The profile {profile.path} makes a column {header!r}, and the sheet has one already. Call one of them otherwise."
        )
        notes.findings.append(Finding("read-column", Severity.VIOLATION, message, places=(place,)))
        return
    hint = suggest_column(header, profile, sheet.header)
    message = f"The profile {profile.path} does not name the column {header!r}. Name it there, or set ignore = true for it.{hint}"
    notes.findings.append(Finding("read-column", Severity.WARNING, message, places=(place,)))
    notes.unread.extend(
        UnreadLine(row.place_of(header), row.cells[header], "the profile does not name this column") for row in cells
    )


def _repeated_keys(records: Iterable[Thing], profile: Profile) -> list[Finding]:
    """Return a finding for each key that a second row bears; credits are the exception, being many to a film."""
    first_places: dict[str, SourcePlace] = {}
    findings: list[Finding] = []
    for record in records:
        key = record.ref.key
        if key is None or profile.record == CREDIT or profile.repeats:
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
