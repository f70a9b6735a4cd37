"""Where a table says its values come from: a companion file with one row per fact, or a column of the table itself."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.sources.sheet.rows import Row, Sheet

__all__ = ["Citations", "read_citations", "split_source_ids"]

_HEADERS = ("key", "column", "source")


@dataclass(frozen=True, slots=True)
class Citations:
    """The cited sources of each cell, by record key and header, and where each citation stands."""

    ids: Mapping[tuple[str, str], tuple[str, ...]]
    places: Mapping[tuple[str, str], SourcePlace]

    def unused(self, cells: set[tuple[str, str]]) -> tuple[Finding, ...]:
        """Return a warning for each citation of a cell that the table does not have."""
        return tuple(
            Finding(
                "read-source",
                Severity.WARNING,
                f"A source is cited for {header!r} of {key!r}, but the table has no such value. Correct the key or the column.",
                value=key,
                places=(place,),
            )
            for (key, header), place in self.places.items()
            if (key, header) not in cells
        )


def read_citations(sheet: Sheet, known_ids: frozenset[str] | None) -> tuple[Citations, tuple[Finding, ...]]:
    """Return what a companion file with the columns key, column and source cites.

    `known_ids` are the ids of the catalogue's sources; None leaves them unchecked.
    """
    missing = [name for name in _HEADERS if name not in sheet.header]
    if missing:
        message = f"The column {missing[0]!r} is missing. A file of sources has the columns key, column and source."
        return Citations({}, {}), (Finding("read-header", Severity.VIOLATION, message, places=(sheet.header_place,)),)
    ids: dict[tuple[str, str], tuple[str, ...]] = {}
    places: dict[tuple[str, str], SourcePlace] = {}
    findings = [
        Finding(
            "read-column",
            Severity.WARNING,
            f"The column {name!r} is not read; a file of sources has key, column and source.",
            places=(sheet.header_place,),
        )
        for name in sheet.header
        if name not in _HEADERS
    ]
    for row in sheet.rows:
        blank = [name for name in _HEADERS if name not in row.cells]
        if blank:
            message = f"A cell is blank. Name the {blank[0]}, or take the row out."
            findings.append(Finding("read-required", Severity.VIOLATION, message, places=(row.place_of(blank[0]),)))
            continue
        cell = (row.cells["key"], row.cells["column"])
        found, problems = split_source_ids(row, "source", known_ids)
        findings += problems
        ids[cell] = tuple(dict.fromkeys((*ids.get(cell, ()), *found)))
        places.setdefault(cell, row.place)
    return Citations(ids, places), tuple(findings)


def split_source_ids(row: Row, header: str, known_ids: frozenset[str] | None) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Return the source ids in one cell, separated by semicolons, and a finding for each that the catalogue lacks."""
    ids = tuple(dict.fromkeys(each.strip() for each in row.cells.get(header, "").split(";") if each.strip()))
    if known_ids is None:
        return ids, ()
    findings = tuple(
        Finding("read-source", Severity.VIOLATION, _unknown(each, known_ids), value=each, places=(row.place_of(header),))
        for each in ids
        if each not in known_ids
    )
    return tuple(each for each in ids if each in known_ids), findings


def _unknown(source_id: str, known_ids: frozenset[str]) -> str:
    close = difflib.get_close_matches(source_id[:100], sorted(known_ids), n=1)
    hint = f" Perhaps {close[0]}?" if close else ""
    return f"No source of the catalogue has the id {source_id!r}. Add it to filmgraph.toml as a cited source.{hint}"
