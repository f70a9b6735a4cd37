"""Leaves out what only follows from another remark: a start that cannot be read is one fault, and not also a missing start.

A fault that stops publishing is left out only where one that stops it too is told of the same cell or row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from typing import Final

from filmgraph.checking_proposals import Table
from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.iris import Kind
from filmgraph.model import property_iri
from filmgraph.namespaces import FG, SCHEMA
from filmgraph.sources.sheet.profile import CREDIT, RECORDS

__all__ = ["leave_out_effects"]

_STRANGER: Final = "check-ref"
_ROW: Final = "read-row"
_SCREENING: Final = f"/id/{Kind.SCREENING.segment}/"
#: Rules on the running time look at the number of minutes, which the graph has beside the duration.
_SAME: Final = {FG.runtimeMinutes: SCHEMA.duration}
_RowKey = tuple[str, str | None, int]


def leave_out_effects(findings: Iterable[Finding], tables: Iterable[Table]) -> tuple[Finding, ...]:
    """Return the findings without those that follow from another one about the same cell."""
    told, known = tuple(findings), tuple(tables)
    causes = [each for each in told if _is_unread(each)]
    unread = {(_row(each.places[0]), iri) for each in causes for iri in _properties(each, known)}
    rows = {_row(each.places[0]) for each in causes}
    strange = {each.places[0]: each for each in told if each.rule == _STRANGER}
    worse = {each.places[0] for each in told if each.severity is Severity.VIOLATION and each.places and each.places[0] in strange}
    return tuple(
        replace(each, severity=Severity.VIOLATION) if each.rule == _STRANGER and each.places[0] in worse else each
        for each in told
        if not _follows(each, unread, rows, frozenset(strange))
    )


def _follows(finding: Finding, unread: set[tuple[_RowKey, str]], rows: set[_RowKey], strange: frozenset[SourcePlace]) -> bool:
    if not finding.places or finding.rule == _STRANGER:
        return False
    place = finding.places[0]
    if finding.rule == _ROW:
        return _row(place) in rows
    if finding.rule.startswith("read-"):
        return False
    path = _SAME.get(finding.path_iri or "", finding.path_iri or "")
    # A screening is known by its start: without it, those of several rows seem to be one.
    is_nameless = _SCREENING in (finding.focus_iri or "") and (_row(place), SCHEMA.startDate) in unread
    return place in strange or is_nameless or (_row(place), path) in unread


def _is_unread(finding: Finding) -> bool:
    is_cell = bool(finding.places) and finding.places[0].column is not None
    return is_cell and finding.rule.startswith("read-") and finding.severity is Severity.VIOLATION


def _row(place: SourcePlace) -> _RowKey:
    return place.path, place.sheet, place.row or place.line or 0


def _properties(finding: Finding, tables: Iterable[Table]) -> Iterator[str]:
    """Yield the properties that the cell of a finding gives, by the profiles that read it."""
    place = finding.places[0]
    for each in tables:
        at = each.sheet.header_place
        if (at.path, at.sheet) == (place.path, place.sheet):
            yield from _of_column(each, place)


def _of_column(table: Table, place: SourcePlace) -> Iterator[str]:
    if table.profile.record == CREDIT:
        return
    row = table.rows.get(place.row or 0)
    iris = defaultdict(str, {each.name: property_iri(each) or "" for each in fields(RECORDS[table.profile.record][0])})
    for column in table.profile.columns.values():
        if column.property and row is not None and place.column == row.place_of(column.header).column:
            yield iris[column.property]
